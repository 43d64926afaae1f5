"""Multiple events: any of several definitions; parallel multiple events: all of them (BPMN 2.0.2, 10.5.1, tables 10.84 to 10.90)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.testing import ADMINISTRATOR, Stage
from tests.drawing import draw, users
from tests.engine.spiff.stored import forget
from tests.engine.spiff.test_conditional_events import when
from tests.engine.spiff.test_flows import ENDS, run
from tests.engine.spiff.test_scopes import TIMER, sub

ROOTS = '<message id="M" name="news"/><signal id="S" name="alarm"/><escalation id="X" escalationCode="up"/>'
MESSAGE, SIGNAL = '<messageEventDefinition messageRef="M"/>', '<signalEventDefinition signalRef="S"/>'
BOTH, ALL = MESSAGE + SIGNAL, 'parallelMultiple="true"'


def catch(definitions: str, attributes: str = "") -> str:
    return f'<intermediateCatchEvent id="w" {attributes}>{definitions}</intermediateCatchEvent>'


@pytest.mark.bpmn("multiple")
@pytest.mark.parametrize("name", ["news", "alarm"])
def test_any_of_several(name: str) -> None:
    r = run(ENDS + users("a") + catch(BOTH), "s > w > a > e", definitions=ROOTS).start()
    assert r.waiting_for == ["w", "w"]
    assert r.occur("w", name=name).open == ["a"]
    assert r.waiting_for == []


def test_a_time_or_a_condition() -> None:
    body = ENDS + users("a") + catch(TIMER + when("x > 1"))
    assert run(body, "s > w > a > e").start().occur("w").open == ["a"]
    assert run(body, "s > w > a > e").start().set(x=2).open == ["a"]


@pytest.mark.bpmn("parallel-multiple")
@pytest.mark.parametrize("order", [("news", "alarm"), ("alarm", "news")])
@pytest.mark.parametrize("live", [True, False])
def test_all_of_several(order: tuple[str, str], live: bool) -> None:
    r = run(ENDS + users("a") + catch(BOTH, ALL), "s > w > a > e", definitions=ROOTS, live=live).start()
    r.occur("w", {"one": 1}, name=order[0])
    assert (r.open, r.waiting_for) == ([], ["w"])
    assert r.occur("w", {"two": 2}, name=order[1]).open == ["a"]
    assert (r.waiting_for, r.variables) == ([], {"one": 1, "two": 2})
    assert r.complete("a").instance.ended


def test_all_of_a_time_and_a_condition() -> None:
    r = run(ENDS + users("a") + catch(TIMER + when("x > 1"), ALL), "s > w > a > e").start()
    assert r.occur("w").open == []
    assert r.set(x=2).open == ["a"]


@pytest.mark.bpmn("multiple", "throw-message", "throw-signal")
def test_a_throw_event_throws_all() -> None:
    escalation = '<escalationEventDefinition escalationRef="X"/>'
    body = ENDS + users("up") + sub(f'<startEvent id="s1"/><intermediateThrowEvent id="t">{BOTH}{escalation}</intermediateThrowEvent>')
    body += f'<boundaryEvent id="b" attachedToRef="p1" cancelActivity="false">{escalation}</boundaryEvent>'
    r = run(body, "s > p1 > e; b > up > e", inner={"p1": "s1 > t"}, definitions=ROOTS).start()
    assert r.host.thrown == [("message", "news"), ("signal", "alarm")]
    assert r.open == ["up"]


def test_an_end_event_throws_all() -> None:
    r = run(f'<startEvent id="s"/><endEvent id="e">{BOTH}</endEvent>', "s > e", definitions=ROOTS).start()
    assert r.instance.ended
    assert r.host.thrown == [("message", "news"), ("signal", "alarm")]


@pytest.mark.bpmn("multiple")
def test_a_boundary_event_of_any() -> None:
    body = ENDS + users("a", "n") + f'<boundaryEvent id="b" attachedToRef="a" cancelActivity="false">{BOTH}</boundaryEvent>'
    r = run(body, "s > a > e; b > n > e", definitions=ROOTS).start()
    r.occur("b", name="news").occur("b", name="alarm").occur("b", name="news")
    assert r.open == ["a", "n", "n", "n"]


@pytest.mark.bpmn("parallel-multiple")
def test_a_boundary_event_of_all_begins_anew_each_time() -> None:
    body = ENDS + users("a", "n") + f'<boundaryEvent id="b" attachedToRef="a" cancelActivity="false" {ALL}>{BOTH}</boundaryEvent>'
    r = run(body, "s > a > e; b > n > e", definitions=ROOTS).start()
    for opened in (["a", "n"], ["a", "n", "n"]):
        r.occur("b", name="news")
        assert r.occur("b", name="alarm").open == opened
    r.complete("a")
    assert r.waiting_for == []
    r.complete("n").complete("n")
    assert r.instance.ended


@pytest.mark.bpmn("parallel-multiple")
def test_an_interrupting_boundary_event_of_all() -> None:
    body = ENDS + users("a", "n") + f'<boundaryEvent id="b" attachedToRef="a" {ALL}>{BOTH}</boundaryEvent>'
    r = run(body, "s > a > e; b > n > e", definitions=ROOTS).start()
    assert r.occur("b", name="news").open == ["a"]
    assert r.occur("b", name="alarm").open == ["n"]


@pytest.mark.parametrize(("stops", "opened"), [("true", ["n"]), ("false", ["a", "n"])])
def test_an_event_sub_process_of_all(stops: str, opened: list[str]) -> None:
    start = f'<startEvent id="s1" isInterrupting="{stops}" {ALL}>{BOTH}</startEvent>'
    body = ENDS + users("a") + sub(start + users("n"), attributes='triggeredByEvent="true"')
    r = run(body, "s > a > e", inner={"p1": "s1 > n"}, definitions=ROOTS).start()
    assert r.occur("p1", name="alarm").open == ["a"]
    assert r.occur("p1", name="news").open == opened
    assert r.waiting_for == (["p1", "p1"] if stops == "false" else [])
    for element_id in opened:
        r.complete(element_id)
    assert r.instance.ended


def test_an_event_sub_process_of_any_also_of_an_error() -> None:
    start = f'<startEvent id="s1">{MESSAGE}<errorEventDefinition errorRef="E"/></startEvent>'
    failing = sub('<startEvent id="s2"/>' + users("f") + '<endEvent id="bad"><errorEventDefinition errorRef="E"/></endEvent>', id="p2")
    body = ENDS + failing + sub(start + users("n"), attributes='triggeredByEvent="true"')
    r = run(body, "s > p2 > e", inner={"p1": "s1 > n", "p2": "s2 > f > bad"}, definitions=ROOTS + '<error id="E" errorCode="bad"/>').start()
    assert r.complete("f").open == ["n"]


def test_over_the_database(stage: Callable[..., Stage]) -> None:
    body = ENDS + users("a", "n") + f'<boundaryEvent id="b" attachedToRef="a" {ALL}>{BOTH}{TIMER}</boundaryEvent>'
    on = stage({"p.bpmn": draw(body, "s > a > e; b > n > e", definitions=ROOTS)})
    one = on.start("p", business_key="1")
    on.start("p", business_key="2")
    on.engine.signal("alarm", actor=ADMINISTRATOR)
    forget(on)
    on.engine.correlate("news", business_key="1", actor=ADMINISTRATOR)
    assert on.names(one.id) == ["a"]
    on.advance(on.engine.clock_now().replace(hour=12))
    assert on.names() == ["a", "n"], "the other still waits for its message"
    assert on.names(one.id) == ["n"]


@pytest.mark.parametrize(("attributes", "opened"), [("", ["a", "n", "n"]), (ALL, ["a", "n"])])
def test_several_times_each_by_itself_or_together(stage: Callable[..., Stage], attributes: str, opened: list[str]) -> None:
    hours = "".join(f"<timerEventDefinition><timeDuration>PT{n}H</timeDuration></timerEventDefinition>" for n in (1, 2))
    body = ENDS + users("a", "n") + f'<boundaryEvent id="b" attachedToRef="a" cancelActivity="false" {attributes}>{hours}</boundaryEvent>'
    on = stage({"p.bpmn": draw(body, "s > a > e; b > n > e")})
    one = on.start("p")
    on.advance(timedelta(days=1))
    assert on.names() == opened
    for element_id in opened:
        on.complete(element_id)
    assert on.state(one) == "COMPLETED"


def test_behind_an_event_based_gateway() -> None:
    body = ENDS + users("a", "late") + catch(BOTH, ALL) + '<eventBasedGateway id="g"/>'
    body += f'<intermediateCatchEvent id="t">{TIMER}</intermediateCatchEvent>'
    r = run(body, "s > g; g > w > a > e; g > t > late > e", definitions=ROOTS).start()
    assert r.occur("w", name="news").waiting_for == ["t", "w"]
    assert r.occur("w", name="alarm").open == ["a"]
    assert r.waiting_for == []
    assert run(body, "s > g; g > w > a > e; g > t > late > e", definitions=ROOTS).start().occur("w", name="news").occur("t").open == [
        "late"
    ]
