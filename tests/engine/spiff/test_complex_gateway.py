"""The complex gateway: starts early, then waits for the rest before it can start again (BPMN 2.0.2, 13.4.5)."""

from __future__ import annotations

import pytest

from engine.errors import ExecutionFailed
from engine.spiff.memory import Run
from tests.drawing import users
from tests.engine.spiff.test_flows import ENDS, run

pytestmark = pytest.mark.bpmn("complex-gateway")


def gateway(condition: str | None, attributes: str = "") -> str:
    inside = f"<activationCondition>{condition}</activationCondition>" if condition else ""
    return f'<complexGateway id="g" {attributes}>{inside}</complexGateway>'


def three(condition: str | None, after: str = "g > after > e", **variables: object) -> Run:
    return run(ENDS + users("a", "b", "c", "after", "late") + gateway(condition), f"s > a > g; s > b > g; s > c > g; {after}").start(
        variables
    )


@pytest.mark.parametrize(
    ("condition", "needed"), [("${activationCount >= 1}", 1), ("${activationCount >= 2}", 2), ("${activationCount == n}", 3)]
)
def test_so_many_of_three_are_enough_and_what_comes_late_starts_nothing(condition: str, needed: int) -> None:
    r = three(condition, n=3)
    for done, task in enumerate("abc", 1):
        r.complete(task)
        assert ("after" in r.open) is (done >= needed)
    assert r.open == ["after"]
    assert r.complete("after").instance.ended


def test_the_instance_waits_for_what_may_still_arrive() -> None:
    r = three("${activationCount >= 2}").complete("a").complete("b").complete("after")
    assert (r.open, r.instance.ended) == (["c"], False)
    assert r.complete("c").instance.ended


def test_a_condition_on_variables_is_asked_again_as_others_go_on() -> None:
    r = three("${activationCount >= 1 and enough}", enough=False).complete("a")
    assert r.open == ["b", "c"]
    r.complete("b", {"enough": True})
    assert sorted(r.open) == ["after", "c"]
    flows = "s > a > g; s > b > x; s > c > g; g > after > e"
    r = run(ENDS + users("a", "b", "c", "x", "after") + gateway("${enough}"), flows).start({"enough": False}).complete("a")
    assert sorted(r.complete("b", {"enough": True}).open) == ["after", "c", "x"]


def test_flows_are_counted_by_their_ids() -> None:
    body = ENDS + users("a", "b", "after") + gateway("${of_b > 0}")
    flows = '<sequenceFlow id="of_a" sourceRef="a" targetRef="g"/><sequenceFlow id="of_b" sourceRef="b" targetRef="g"/>'
    r = run(body + flows, "s > a; s > b; g > after > e").start().complete("a")
    assert r.open == ["b"]
    assert r.complete("b").open == ["after"]


def test_in_a_loop_it_starts_anew_after_its_reset() -> None:
    flows = "s > m; m > f; f > a > g; f > b > g; g > after > x; x >[again] m; x >* e"
    gates = '<exclusiveGateway id="m"/><parallelGateway id="f"/><exclusiveGateway id="x"/>'
    r = run(ENDS + users("a", "b", "after") + gates + gateway("${activationCount >= 1}"), flows).start()
    for again in (True, False):
        assert sorted(r.open) == ["a", "b"]
        r.complete("a")
        assert sorted(r.open) == ["after", "b"]
        r.complete("b")
        assert r.open == ["after"]
        r.complete("after", {"again": again})
    assert r.instance.ended


def test_a_second_token_of_a_flow_waits_for_the_next_start() -> None:
    r = run(
        ENDS + users("a", "b", "c", "after") + gateway("${activationCount >= 2}") + '<exclusiveGateway id="m"/>',
        "s > a > m; s > b > m; m > g; s > c > g; g > after > e",
    ).start()
    r.complete("a").complete("b")
    assert r.open == ["c", "after"], "two tokens have arrived, though over one flow; one of them was taken"
    r.complete("c")
    assert r.open == ["after"], "the reset takes the third; the one left is not enough to start again"
    r.complete("after")
    assert not r.instance.ended


def test_outgoing_conditions_may_ask_whether_it_starts_or_resets() -> None:
    after = "g >[waitingForStart] after; g >[not waitingForStart] late; after > e; late > e"
    r = three("${activationCount >= 2}", after).complete("a").complete("b")
    assert r.open == ["c", "after"]
    assert sorted(r.complete("c").open) == ["after", "late"]


def test_with_several_outgoing_flows_those_that_hold_else_the_default() -> None:
    body = ENDS + users("a", "b", "c") + gateway(None)
    flows = "s > g; g >[x > 1] a; g >[x > 2] b; g >* c"
    assert [run(body, flows).start({"x": x}).open for x in (1, 2, 3)] == [["c"], ["a"], ["a", "b"]]
    with pytest.raises(ExecutionFailed, match=r"\(g\) cannot choose"):
        run(body, "s > g; g >[x > 1] a; g >[x > 2] b").start({"x": 0})


def test_without_a_condition_it_waits_for_all_that_can_arrive() -> None:
    r = run(
        ENDS + users("a", "b", "c", "after") + gateway(None) + '<inclusiveGateway id="f"/>',
        "s > f; f >[true] a; f >[true] b; f >[false] c; a > g; b > g; c > g; g > after > e",
    ).start()
    assert r.complete("a").open == ["b"]
    assert r.complete("b").open == ["after"]
    assert r.complete("after").instance.ended


def test_a_condition_that_says_neither_names_the_gateway() -> None:
    with pytest.raises(ExecutionFailed, match=r"\(g\) cannot decide whether to start"):
        three("${activationCount}").complete("a")
