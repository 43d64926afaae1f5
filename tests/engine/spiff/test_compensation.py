"""Compensation: what has completed is undone, the last first (BPMN 2.0.2, 10.7 and 13.5.5)."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.spiff import BpmnError
from engine.spiff.memory import MemoryHost
from engine.testing import Stage
from tests.drawing import draw, users
from tests.engine.spiff.stored import forget, rows
from tests.engine.spiff.test_flows import ENDS, run
from tests.engine.spiff.test_scopes import ERRORS, TIMER, sub

BY_EVENT = 'triggeredByEvent="true"'
EACH = '<multiInstanceLoopCharacteristics isSequential="{}" camunda:collection="xs" camunda:elementVariable="x"/>'


def undo(*hosts: str, kind: str = "userTask", more: str = "") -> str:
    """A compensation event on each activity, and its handler: `undo_a` undoes `a`."""
    return "".join(
        f'<boundaryEvent id="c_{host}" attachedToRef="{host}"><compensateEventDefinition/></boundaryEvent>'
        f'<{kind} id="undo_{host}" isForCompensation="true" {more}/>'
        f'<association id="as_{host}" sourceRef="c_{host}" targetRef="undo_{host}"/>'
        for host in hosts
    )


def throw(id: str = "t", reference: str = "", *, waits: bool = True, event: str = "intermediateThrowEvent") -> str:
    named = f'activityRef="{reference}"' if reference else ""
    return f'<{event} id="{id}"><compensateEventDefinition {named} waitForCompletion="{str(waits).lower()}"/></{event}>'


@pytest.mark.bpmn("throw-compensation", "boundary-compensation", "compensation-activity")
@pytest.mark.parametrize("live", [True, False])
def test_what_has_completed_is_undone_the_last_first(live: bool) -> None:
    r = run(ENDS + users("a", "b", "c", "z") + undo("a", "b", "c") + throw(), "s > a > b > t > z > e", live=live).start()
    r.complete("a").complete("b")
    assert r.open == ["undo_b"]
    assert r.complete("undo_b").open == ["undo_a"]
    assert r.complete("undo_a").open == ["z"], "c has never been done"
    assert r.complete("z").instance.ended
    assert r.completed() == ["s", "a", "b", "undo_b", "undo_a", "t", "z", "e"]


def test_nothing_to_undo_goes_on_at_once() -> None:
    assert run(ENDS + users("a", "z") + undo("a") + throw(), "s > t > z > e").start().open == ["z"]


def test_an_activity_is_undone_once() -> None:
    r = run(ENDS + users("a", "z") + undo("a") + throw("t1") + throw("t2"), "s > a > t1 > t2 > z > e").start()
    assert r.complete("a").complete("undo_a").open == ["z"]


def test_only_what_is_named() -> None:
    r = run(ENDS + users("a", "b", "z") + undo("a", "b") + throw(reference="a"), "s > a > b > t > z > e").start()
    assert r.complete("a").complete("b").open == ["undo_a"]
    assert r.complete("undo_a").open == ["z"]


@pytest.mark.bpmn("end-compensation")
def test_an_end_event_waits_for_it_too() -> None:
    r = run('<startEvent id="s"/>' + users("a") + undo("a") + throw("e", event="endEvent"), "s > a > e").start()
    assert r.complete("a").open == ["undo_a"]
    assert not r.instance.ended
    assert r.complete("undo_a").instance.ended


def test_a_thrower_that_does_not_wait() -> None:
    r = run(ENDS + users("a", "b", "z") + undo("a", "b") + throw(waits=False), "s > a > b > t > z > e").start()
    assert r.complete("a").complete("b").open == ["z", "undo_b"]
    assert r.complete("z").open == ["undo_b"]
    assert not r.instance.ended
    assert r.complete("undo_b").complete("undo_a").instance.ended


def test_as_often_as_it_has_completed() -> None:
    body = ENDS + users("a", "z") + '<exclusiveGateway id="x"/>' + undo("a") + throw()
    r = run(body, "s > a > x; x >[more] a; x >* t; t > z > e").start()
    r.complete("a", {"more": True}).complete("a", {"more": True}).complete("a", {"more": False})
    for _ in range(3):
        assert r.open == ["undo_a"]
        r.complete("undo_a")
    assert r.open == ["z"]


@pytest.mark.parametrize(("sequential", "opened"), [("false", ["undo_a", "undo_a"]), ("true", ["undo_a"])])
def test_instances_of_a_repeated_activity(sequential: str, opened: list[str]) -> None:
    """Those of a parallel one together, those of a sequential one in reverse order, each with the variables of its own."""
    a = f'<userTask id="a">{EACH.format(sequential)}</userTask>'
    r = run(ENDS + a + users("z") + undo("a") + throw(), "s > a > t > z > e").start({"xs": ["p", "q"]})
    r.complete("a").complete("a")
    assert r.open == opened
    seen = []
    while r.open != ["z"]:
        seen.append(next(iter(r.host.tasks.values())).view()["x"])
        r.complete("undo_a")
    assert sorted(seen) == ["p", "q"]
    assert sequential == "false" or seen == ["q", "p"]


def test_a_standard_loop() -> None:
    a = '<userTask id="a"><standardLoopCharacteristics loopMaximum="2"/></userTask>'
    r = run(ENDS + a + users("z") + undo("a") + throw(), "s > a > t > z > e").start()
    r.complete("a").complete("a")
    assert r.complete("undo_a").open == ["undo_a"]
    assert r.complete("undo_a").open == ["z"]


INNER = '<startEvent id="s1"/>' + users("a", "b") + undo("a", "b") + '<endEvent id="e1"/>'


@pytest.mark.parametrize("live", [True, False])
def test_a_completed_sub_process_is_undone_from_inside(live: bool) -> None:
    body = ENDS + users("first", "z") + undo("first") + sub(INNER) + throw()
    r = run(body, "s > first > p1 > t > z > e", inner={"p1": "s1 > a > b > e1"}, live=live).start()
    r.complete("first").complete("a").complete("b")
    for element_id in ("undo_b", "undo_a", "undo_first"):
        assert r.open == [element_id]
        r.complete(element_id)
    assert r.open == ["z"]
    assert r.complete("z").instance.ended
    assert list(r.host.rows) == ["instance"]


def test_a_sub_process_undone_sees_its_variables_as_they_were() -> None:
    mine = (
        '<extensionElements><camunda:inputOutput><camunda:inputParameter name="mine">${x}</camunda:inputParameter>'
        "</camunda:inputOutput></extensionElements>"
    )
    r = run(ENDS + users("z") + sub(mine + INNER) + throw(), "s > p1 > t > z > e", inner={"p1": "s1 > a > b > e1"}).start({"x": 1, "y": 1})
    r.complete("a", {"mine": 5}).complete("b", {"x": 7, "y": 2})
    (token,) = r.host.tasks.values()
    assert {name: token.view()[name] for name in ("mine", "x", "y")} == {"mine": 5, "x": 7, "y": 2}
    r.complete("undo_b", {"mine": 6}).complete("undo_a")
    assert r.variables == {"x": 7, "y": 2}


def test_a_handler_of_its_own_comes_before_what_is_inside() -> None:
    body = ENDS + users("z") + sub(INNER) + undo("p1") + throw()
    r = run(body, "s > p1 > t > z > e", inner={"p1": "s1 > a > b > e1"}).start().complete("a").complete("b")
    assert r.open == ["undo_p1"]
    assert r.complete("undo_p1").open == ["z"]


def own(inside: str) -> str:
    start = '<startEvent id="s2"><compensateEventDefinition/></startEvent>'
    return sub(start + inside, id="p2", attributes=BY_EVENT)


@pytest.mark.bpmn("sub-start-compensation")
def test_an_event_sub_process_of_compensation_decides_itself() -> None:
    body = ENDS + users("z") + sub(INNER + own(users("o"))) + throw()
    r = run(body, "s > p1 > t > z > e", inner={"p2": "s2 > o", "p1": "s1 > a > b > e1"}).start().complete("a").complete("b")
    assert r.open == ["o"]
    assert r.complete("o").open == ["z"]
    assert list(r.host.rows) == ["instance"]


def test_an_event_sub_process_of_compensation_undoes_what_is_around_it() -> None:
    body = ENDS + users("z") + sub(INNER + own(users("o") + throw("t2"))) + throw()
    r = run(body, "s > p1 > t > z > e", inner={"p2": "s2 > o > t2", "p1": "s1 > a > b > e1"}).start().complete("a").complete("b")
    assert r.complete("o").open == ["undo_b"]
    assert r.complete("undo_b").complete("undo_a").open == ["z"]


def test_it_does_not_run_where_the_sub_process_has_not_completed() -> None:
    body = ENDS + users("z") + sub(INNER + own(users("o"))) + throw()
    r = run(body, "s > t > z > e", inner={"p2": "s2 > o", "p1": "s1 > a > b > e1"}).start()
    assert r.open == ["z"]


def test_an_event_sub_process_undoes_what_it_stands_beside() -> None:
    start = '<startEvent id="s1"><errorEventDefinition errorRef="E"/></startEvent>'
    caught = sub(start + throw("t") + users("z"), attributes=BY_EVENT)
    body = (
        '<startEvent id="s"/>' + users("a", "b") + undo("a") + caught + '<endEvent id="bad"><errorEventDefinition errorRef="E"/></endEvent>'
    )
    r = run(body, "s > a > b > bad", inner={"p1": "s1 > t > z"}, definitions=ERRORS).start().complete("a").complete("b")
    assert r.open == ["undo_a"]
    assert r.complete("undo_a").open == ["z"]
    assert r.complete("z").instance.ended


@pytest.mark.parametrize(("sequential", "at_once"), [("false", 2), ("true", 1)])
def test_instances_of_a_repeated_sub_process(sequential: str, at_once: int) -> None:
    body = ENDS + users("z") + sub(INNER, characteristics=EACH.format(sequential)) + throw()
    r = run(body, "s > p1 > t > z > e", inner={"p1": "s1 > a > b > e1"}).start({"xs": ["p", "q"]})
    while r.open[0] in "ab":
        r.complete(r.open[0])
    assert r.open == ["undo_b"] * at_once
    seen = {}
    while r.open != ["z"]:
        token = next(iter(r.host.tasks.values()))
        seen.setdefault(token.element_id, []).append(token.view()["x"])
        r.complete(token.element_id)
    assert {name: sorted(values) for name, values in seen.items()} == {"undo_b": ["p", "q"], "undo_a": ["p", "q"]}
    assert list(r.host.rows) == ["instance"]


def test_nested_sub_processes() -> None:
    deep = sub(INNER, id="p1")
    body = ENDS + users("z") + sub('<startEvent id="s3"/>' + deep + users("o") + undo("o"), id="p3") + throw()
    r = run(body, "s > p3 > t > z > e", inner={"p1": "s1 > a > b > e1", "p3": "s3 > p1 > o"}).start()
    for element_id in ("a", "b", "o", "undo_o", "undo_b", "undo_a", "z"):
        assert r.open == [element_id]
        r.complete(element_id)
    assert r.instance.ended


def test_handlers_of_every_kind() -> None:
    inner = '<startEvent id="s2"/>' + users("in")
    handler = f'<subProcess id="undo_b" isForCompensation="true">{inner}{{flows:undo_b}}</subProcess>'
    body = (
        ENDS
        + users("a", "b", "k", "z")
        + undo("a", kind="serviceTask", more='ruam:handler="h"')
        + undo("k", kind="callActivity", more='calledElement="o"')
    )
    body += '<boundaryEvent id="c_b" attachedToRef="b"><compensateEventDefinition/></boundaryEvent>' + handler
    body += '<association sourceRef="c_b" targetRef="undo_b"/>' + throw()
    r = run(body, "s > a > b > k > t > z > e", inner={"undo_b": "s2 > in"}, host=MemoryHost(work_done={"undo_a": {"undone": True}})).start()
    r.complete("a").complete("b").complete("k")
    assert len(r.host.called) == 1
    assert r.complete("undo_k").open == ["in"]
    assert r.complete("in").open == ["z"]
    assert r.variables == {"undone": True}


def test_a_handler_that_is_interrupted_is_done() -> None:
    body = ENDS + users("a", "b", "late", "z") + undo("a", "b") + throw()
    body += f'<boundaryEvent id="w" attachedToRef="undo_b">{TIMER}</boundaryEvent>'
    r = run(body, "s > a > b > t > z > e; w > late").start().complete("a").complete("b")
    assert sorted(r.occur("w").open) == ["late", "undo_a"]
    assert sorted(r.complete("undo_a").open) == ["late", "z"]


def test_an_error_of_a_handler_goes_outwards() -> None:
    inner = '<startEvent id="s1"/>' + users("a") + undo("a", kind="serviceTask", more='ruam:handler="h"') + throw()
    body = (
        ENDS + users("sorry") + sub(inner) + '<boundaryEvent id="b" attachedToRef="p1"><errorEventDefinition errorRef="E"/></boundaryEvent>'
    )
    host = MemoryHost(work_done={"undo_a": BpmnError("bad")})
    r = run(body, "s > p1 > e; b > sorry > e", inner={"p1": "s1 > a > t"}, definitions=ERRORS, host=host).start()
    assert r.complete("a").open == ["sorry"]
    assert list(r.host.rows) == ["instance"]


def test_an_interrupted_scope_forgets_what_it_did() -> None:
    body = ENDS + users("z") + sub(INNER) + f'<boundaryEvent id="w" attachedToRef="p1">{TIMER}</boundaryEvent>' + throw()
    r = run(body, "s > p1 > e; w > t > z > e", inner={"p1": "s1 > a > b > e1"}).start().complete("a").occur("w")
    assert r.open == ["z"]


def test_an_inclusive_join_does_not_wait_for_what_is_undone() -> None:
    body = ENDS + users("z", "y") + '<inclusiveGateway id="f"/><inclusiveGateway id="j"/>' + sub(INNER) + throw(waits=False)
    r = run(body, "s > f; f > p1 > t > j; f >[false] y > j; j > z > e", inner={"p1": "s1 > a > b > e1"}).start()
    assert r.complete("a").complete("b").open == ["undo_b", "z"]


def test_over_the_database(stage: Callable[..., Stage]) -> None:
    """The records stand in the stored scope; each step is one of another process that knows nothing but the database."""
    body = ENDS + users("first", "wait", "z") + undo("first") + sub(INNER, characteristics=EACH.format("false")) + throw()
    on = stage({"p.bpmn": draw(body, "s > first > p1 > wait > t > z > e", inner={"p1": "s1 > a > b > e1"})})
    one = on.start("p", xs=["p", "q"])
    for element_id in ("first", "a", "b", "a", "b", "wait", "undo_b", "undo_a", "undo_b", "undo_a", "undo_first", "z"):
        assert element_id in on.names()
        on.complete(element_id)
        forget(on)
    assert on.state(one) == "COMPLETED"
    assert rows(on, "SELECT count(*) FROM scope WHERE id <> instance_id") == [(0,)]


def test_an_ad_hoc_sub_process_is_undone_and_not_begun_again() -> None:
    inside = users("a", "b") + undo("a", "b") + "<completionCondition>${done}</completionCondition>"
    body = ENDS + users("z") + f'<adHocSubProcess id="p1">{inside}</adHocSubProcess>' + throw()
    r = run(body, "s > p1 > t > z > e").start({"done": False})
    r.complete("b").complete("a", {"done": True})
    assert r.open == ["undo_a"]
    assert r.complete("undo_a").open == ["undo_b"]
    assert r.complete("undo_b").open == ["z"]


def drawn(pick: random.Random, depth: int, numbers: Iterator[int], inner: dict[str, str]) -> tuple[str, str, list[str]]:
    """Something random that is done in sequence: its id, its elements, and what undoes it in the order that is to be."""
    key = f"x{next(numbers)}"
    if depth == 0 or pick.random() < 0.4:
        plain = pick.random() < 0.2
        return key, users(key) + ("" if plain else undo(key)), [] if plain else [f"undo_{key}"]
    parts = [drawn(pick, depth - 1, numbers, inner) for _ in range(pick.randint(1, 3))]
    inner[key] = " > ".join([f"s_{key}", *(part[0] for part in parts)])
    body = f'<startEvent id="s_{key}"/>' + "".join(part[1] for part in parts)
    order = [element_id for part in reversed(parts) for element_id in part[2]]
    repeated = pick.choice([0, 0, 2])
    cardinality = f"<loopCardinality>{repeated}</loopCardinality>"
    loop = f'<multiInstanceLoopCharacteristics isSequential="true">{cardinality}</multiInstanceLoopCharacteristics>'
    own = pick.random() < 0.3
    body = sub(body, id=key, characteristics=loop if repeated else "") + (undo(key) if own else "")
    return key, body, ([f"undo_{key}"] if own else order) * (repeated or 1)


def test_an_error_of_what_undoes_is_caught_around_the_thrower() -> None:
    handler = (
        '<subProcess id="h" isForCompensation="true"><startEvent id="s2"/>'
        '<endEvent id="bad"><errorEventDefinition errorRef="E"/></endEvent>{flows:h}</subProcess>'
        '<boundaryEvent id="ca" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>'
        '<association id="as" sourceRef="ca" targetRef="h"/>'
    )
    caught = '<boundaryEvent id="k" attachedToRef="p1"><errorEventDefinition errorRef="E"/></boundaryEvent>'
    body = ENDS + users("off") + sub('<startEvent id="s1"/>' + users("a") + handler + throw()) + caught
    r = run(body, "s > p1 > e; k > off", inner={"p1": "s1 > a > t", "h": "s2 > bad"}, definitions=ERRORS).start().complete("a")
    assert r.open == ["off"]
    assert r.complete("off").instance.ended


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9), st.booleans())
def test_whatever_was_done_in_sequence_is_undone_in_reverse(seed: int, live: bool) -> None:
    inner: dict[str, str] = {}
    key, body, order = drawn(random.Random(seed), 4, itertools.count(), inner)
    r = run(ENDS + body + throw(), f"s > {key} > t > e", inner=inner, live=live).start()
    done: list[str] = []
    while not r.instance.ended:
        assert len(r.open) == 1
        done += r.open
        r.complete(r.open[0])
    assert [element_id for element_id in done if element_id.startswith("undo_")] == order
    assert live or list(r.host.rows) == ["instance"]
