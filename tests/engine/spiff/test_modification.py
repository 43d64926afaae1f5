"""Tokens placed and taken by hand: where they stand then, and what becomes of the scopes around."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import Conflict, Invalid
from engine.spiff.memory import Run
from engine.spiff.modification import BODY
from tests.drawing import users
from tests.engine.spiff.test_flows import ENDS, run

CHAIN = "s > a > b > c > e"
INSIDE = '<subProcess id="sub">' + '<startEvent id="i"/>' + users("x", "y") + '<endEvent id="o"/>{flows:sub}</subProcess>'
FLOWS = {"sub": "i > x > y > o"}


def many(attributes: str = "", inside: str = "") -> str:
    loop = f'<multiInstanceLoopCharacteristics camunda:collection="xs" camunda:elementVariable="x" {attributes}/>'
    return f'<userTask id="v" name="v">{loop}</userTask>' if not inside else f'<subProcess id="v">{loop}{inside}</subProcess>'


def late(host: str) -> str:
    timer = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
    return f'<boundaryEvent id="late" attachedToRef="{host}">{timer}</boundaryEvent>'


def votes(*xs: Any, attributes: str = "") -> Run:
    return run(ENDS + many(attributes) + users("z"), "s > v > z > e").start({"xs": list(xs)})


@pytest.mark.parametrize("live", [False, True])
def test_a_token_is_moved_back_and_forth(live: bool) -> None:
    r = run(ENDS + users("a", "b", "c"), CHAIN, live=live).start()
    here = r.at("a")
    r.modify(lambda change: (change.start_before("c", near=here), change.cancel(here)))
    assert r.open == ["c"]
    there = r.at("c")
    r.modify(lambda change: (change.cancel(there), change.start_before("a")))
    assert r.open == ["a"]
    r.complete("a").complete("b").complete("c")
    assert r.instance.ended


def test_going_on_behind_an_element_follows_its_conditions() -> None:
    r = run(ENDS + users("a", "b", "c"), "s > a; a >[n == 1] b; a >* c; b > e; c > e").start({"n": 1})
    here = r.at("a")
    r.modify(lambda change: (change.start_after(None, near=here), change.cancel(here)))
    assert r.open == ["b"]


def test_variables_are_set_before_the_token_moves() -> None:
    r = run(ENDS + users("a", "b", "c"), "s > a; a >[n == 1] b; a >* c; b > e; c > e").start({"n": 1})
    here = r.at("a")
    r.modify(lambda change: (change.start_after(None, near=here, variables={"n": 2}), change.cancel(here)))
    assert r.open == ["c"]
    assert r.variables["n"] == 2


def test_a_flow_is_taken_by_its_id() -> None:
    r = run(ENDS + users("a", "b"), "s > a > b > e").start()
    r.modify(lambda change: change.take("f1_a_b"))
    assert sorted(r.open) == ["a", "b"]
    with pytest.raises(Invalid, match="no sequence flow"):
        r.modify(lambda change: change.take("nowhere"))


def test_local_variables_belong_to_the_activity_alone() -> None:
    r = run(ENDS + users("a", "b"), "s > a > b > e").start()
    r.modify(lambda change: change.start_before("b", local={"only": 1}))
    (token,) = [token for token in r.host.tasks.values() if token.element_id == "b"]
    assert token.view()["only"] == 1
    assert "only" not in r.variables


def test_the_activities_around_are_entered_without_their_start_events() -> None:
    r = run(ENDS + users("a") + INSIDE, "s > a > sub > e", inner=FLOWS).start()
    here = r.at("a")
    r.modify(lambda change: (change.start_before("y", near=here), change.cancel(here)))
    assert r.open == ["y"]
    assert ("started", "i") not in r.host.trail
    assert ("started", "sub") in r.host.trail
    r.complete("y")
    assert r.instance.ended


def test_an_open_scope_is_used_and_several_have_to_be_told_apart() -> None:
    r = run(ENDS + users("a") + INSIDE, "s > a > sub > e", inner=FLOWS).start().complete("a")
    r.modify(lambda change: change.start_before("y"))
    assert r.completed().count("sub") == 0
    assert sorted(r.open) == ["x", "y"]
    r.modify(lambda change: change.start_before("sub"))
    with pytest.raises(Conflict, match="2 places"):
        r.modify(lambda change: change.start_before("y"))
    second = r.at("sub", 1)
    r.modify(lambda change: change.start_before("y", within=second))
    assert sorted(r.open) == ["x", "x", "y", "y"]


def test_in_an_instance_named_as_ancestor_the_activities_between_are_entered_anew() -> None:
    r = run(ENDS + INSIDE, "s > sub > e", inner=FLOWS).start()
    r.modify(lambda change: change.start_before("y", within="instance"))
    assert sorted(r.open) == ["x", "y"]
    assert r.host.trail.count(("started", "sub")) == 2


def test_boundary_events_of_what_is_entered_by_hand_watch_it() -> None:
    timer = late("sub")
    r = run(ENDS + users("a", "b") + INSIDE + timer, "s > a > sub > e; late > b > e", inner=FLOWS).start()
    here = r.at("a")
    r.modify(lambda change: (change.start_before("y"), change.cancel(here)))
    assert r.waiting_for == ["late"]
    assert r.occur("late").open == ["b"]


def test_what_nothing_is_left_in_is_given_up_and_its_flow_does_not_go_on() -> None:
    r = run(ENDS + users("a", "b") + INSIDE, "s > sub > b > e; s > a > e", inner=FLOWS).start()
    inside = r.at("x")
    r.modify(lambda change: change.cancel(inside))
    assert r.open == ["a"]
    assert ("cancelled", "sub") in r.host.trail
    r.complete("a")
    assert r.instance.ended
    assert "b" not in r.completed()


def test_what_is_skipped_to_its_end_is_completed_and_its_flow_goes_on() -> None:
    r = run(ENDS + users("b") + INSIDE, "s > sub > b > e", inner=FLOWS).start().complete("x")
    inside = r.at("y")
    r.modify(lambda change: (change.start_after(None, near=inside), change.cancel(inside)))
    assert r.open == ["b"]
    assert "sub" in r.completed()


def test_an_instance_nothing_is_left_in_is_cancelled() -> None:
    r = run(ENDS + users("a", "b"), "s > a > b > e").start()
    r.modify(lambda change: change.cancel_all("a"))
    assert r.instance.ended
    assert r.instance.end_state == "EXTERNALLY_TERMINATED"


def test_at_a_join_an_arrival_counts_for_a_flow_over_which_none_has_come() -> None:
    body = ENDS + users("a", "b", "c") + '<parallelGateway id="fork"/><parallelGateway id="join"/>'
    r = run(body, "s > fork > a > join > c > e; fork > b > join").start().complete("a")
    here = r.at("b")
    r.modify(lambda change: (change.start_before("join"), change.cancel(here)))
    assert r.open == ["c"]


def test_one_of_many_is_given_up_and_the_others_decide() -> None:
    r = votes("p", "q", "r")
    given_up = r.at("v", 2)  # the body stands first
    r.modify(lambda change: change.cancel(given_up))
    assert [token.view()["x"] for token in r.host.tasks.values()] == ["p", "r"]
    assert r.complete("v").complete("v").open == ["z"]


def test_one_more_of_many_is_started_with_what_it_is_for() -> None:
    r = votes("p", "q")
    with pytest.raises(Invalid, match="needs 'x'"):
        r.modify(lambda change: change.start_before("v"))
    r.modify(lambda change: change.start_before("v", local={"x": "new"}))
    assert [token.view()["x"] for token in r.host.tasks.values()] == ["p", "q", "new"]
    assert [token.view()["loopCounter"] for token in r.host.tasks.values()] == [0, 1, 2]
    r.complete("v").complete("v")
    assert r.complete("v").open == ["z"]


def test_results_keep_their_places_when_one_is_given_up() -> None:
    loop = (
        '<multiInstanceLoopCharacteristics camunda:collection="xs" camunda:elementVariable="x" '
        'ruam:resultCollection="ys" ruam:resultExpression="${y}"/>'
    )
    r = run(ENDS + f'<userTask id="v">{loop}</userTask>' + users("z"), "s > v > z > e").start({"xs": [1, 2, 3]})
    given_up = r.at("v", 1)
    r.modify(lambda change: change.cancel(given_up))
    r.complete("v", {"y": 20}).complete("v", {"y": 30})
    assert r.variables["ys"] == [None, 20, 30]


def test_one_of_many_is_repeated_with_what_it_is_for_and_skipped_as_if_done() -> None:
    r = votes("p", "q")
    first = r.at("v", 1)
    r.modify(lambda change: (change.start_before(None, near=first), change.cancel(first)))
    assert sorted(token.view()["x"] for token in r.host.tasks.values()) == ["p", "q"]
    second = r.at("v", 1)
    r.modify(lambda change: (change.start_after(None, near=second), change.cancel(second)))
    assert r.complete("v").open == ["z"]


def test_the_last_of_many_given_up_gives_up_all_of_it() -> None:
    r = votes("p")
    last = r.at("v", 1)
    r.modify(lambda change: change.cancel(last))
    assert r.instance.ended
    assert "z" not in r.completed()


def test_all_of_many_are_begun_again_and_those_in_sequence_follow_one_another() -> None:
    r = votes("p", "q", attributes='isSequential="true"')
    with pytest.raises(Conflict, match="one after the other"):
        r.modify(lambda change: change.start_before("v", local={"x": 1}))
    body = r.at("v")
    r.modify(lambda change: (change.start_before("v" + BODY), change.cancel(body)))
    assert [token.view()["x"] for token in r.host.tasks.values()] == ["p"]
    assert r.complete("v").complete("v").open == ["z"]


def test_inside_a_repeated_sub_process_a_token_moves_within_its_own_round() -> None:
    inside = '<startEvent id="i"/>' + users("x1", "y1") + '<endEvent id="o"/>{flows:v}'
    r = run(ENDS + many(inside=inside) + users("z"), "s > v > z > e", inner={"v": "i > x1 > y1 > o"}).start({"xs": ["p", "q"]})
    second = list(r.host.tasks)[1]
    r.modify(lambda change: (change.start_before("y1", near=second), change.cancel(second)))
    assert sorted((token.element_id, token.view()["x"]) for token in r.host.tasks.values()) == [("x1", "p"), ("y1", "q")]
    with pytest.raises(Conflict, match="2 places"):
        r.modify(lambda change: change.start_before("y1"))


def test_in_a_repeated_activity_of_which_none_runs_nothing_is_started() -> None:
    inside = '<startEvent id="i"/>' + users("x1") + '<endEvent id="o"/>{flows:v}'
    r = run(ENDS + users("a") + many(inside=inside), "s > a > v > e", inner={"v": "i > x1 > o"}).start({"xs": [1]})
    with pytest.raises(Invalid, match="several times"):
        r.modify(lambda change: change.start_before("x1"))


def test_what_cannot_be_done_is_refused_by_name() -> None:
    event = late("a")
    r = run(ENDS + users("a", "b") + event, "s > a > e; late > b > e").start()
    with pytest.raises(Invalid, match="no element 'nothing'"):
        r.modify(lambda change: change.start_before("nothing"))
    with pytest.raises(Invalid, match="'late'.*attached"):
        r.modify(lambda change: change.start_before("late"))
    with pytest.raises(Conflict, match="Nothing stands at 'b'"):
        r.modify(lambda change: change.cancel_all("b"))
    with pytest.raises(Conflict, match="no longer there"):
        r.modify(lambda change: change.cancel("gone"))
    assert r.modify(lambda change: change.start_after("late")).open == ["a", "b"]


def test_an_instance_begins_where_it_is_told_with_its_event_sub_processes_armed() -> None:
    handler = (
        '<subProcess id="stop" triggeredByEvent="true"><startEvent id="told"><messageEventDefinition messageRef="m"/></startEvent>'
        '<endEvent id="so"/>{flows:stop}</subProcess>'
    )
    r = run(ENDS + users("a", "b") + handler, "s > a > b > e", inner={"stop": "told > so"}, definitions='<message id="m" name="m"/>')
    r.instance.modify(lambda change: change.start_before("b"), {"n": 1})
    r._stored()
    assert r.open == ["b"]
    assert r.waiting_for == ["stop"]
    assert r.variables == {"n": 1}
    assert r.complete("b").instance.ended
