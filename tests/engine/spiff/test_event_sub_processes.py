"""Event sub-processes: nested, started by every kind of event, more than once where they do not interrupt (BPMN 2.0.2, 10.3.5, 13.5.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.testing import ADMINISTRATOR, Stage
from tests.drawing import draw, users
from tests.engine.spiff.stored import forget
from tests.engine.spiff.test_conditional_events import when
from tests.engine.spiff.test_flows import ENDS, run
from tests.engine.spiff.test_scopes import CYCLE, ERRORS, MESSAGE, TIMER, sub

BY_EVENT = 'triggeredByEvent="true"'
SIGNAL = '<signalEventDefinition signalRef="S"/>'
ROOTS = '<message id="M" name="news"/><signal id="S" name="alarm"/>' + ERRORS
ESCALATION, ERROR = '<escalationEventDefinition escalationRef="X"/>', '<errorEventDefinition errorRef="E"/>'


def beside(definition: str, inside: str, id: str = "p1", *, stops: bool = True) -> str:
    start = f'<startEvent id="s_{id}" isInterrupting="{str(stops).lower()}">{definition}</startEvent>'
    return sub(start + inside, id=id, attributes=BY_EVENT)


@pytest.mark.bpmn("sub-start-interrupting", "sub-start-non-interrupting")
@pytest.mark.parametrize("stops", [True, False])
@pytest.mark.parametrize("definition", [MESSAGE, SIGNAL, TIMER, CYCLE])
def test_in_a_sub_process_by_what_comes_from_outside(definition: str, stops: bool) -> None:
    inside = '<startEvent id="s2"/>' + users("a") + beside(definition, users("n"), stops=stops)
    r = run(ENDS + users("z") + sub(inside, id="p2"), "s > p2 > z > e", inner={"p1": "s_p1 > n", "p2": "s2 > a"}, definitions=ROOTS)
    r.start().occur("p1")
    assert r.open == (["n"] if stops else ["a", "n"])
    if not stops and definition != TIMER:
        assert r.occur("p1").open == ["a", "n", "n"]
        r.complete("n")
    r.complete("n")
    if not stops:
        r.complete("a")
    assert (r.open, r.waiting_for) == (["z"], [])
    assert r.complete("z").instance.ended


@pytest.mark.parametrize("kind", ["condition", "escalation", "error"])
def test_nested_and_started_from_inside(kind: str) -> None:
    """An event sub-process in an event sub-process in a sub-process: started by what happens in it."""
    thrown = {
        "condition": ('<scriptTask id="t"><script>x = 1</script></scriptTask>', when("x == 1")),
        "escalation": (f'<intermediateThrowEvent id="t">{ESCALATION}</intermediateThrowEvent>', ESCALATION),
        "error": (f'<endEvent id="t">{ERROR}</endEvent>', ERROR),
    }
    throwing, caught = thrown[kind]
    innermost = beside(caught, users("deep"), id="p3", stops=kind == "error")
    middle = beside(MESSAGE, users("n") + throwing + users("after") + innermost, id="p2", stops=False)
    body = ENDS + sub('<startEvent id="s1"/>' + users("a") + middle)
    follows = "s_p2 > n > t" if kind == "error" else "s_p2 > n > t > after"
    r = run(body, "s > p1 > e", inner={"p3": "s_p3 > deep", "p2": follows, "p1": "s1 > a"}, definitions=ROOTS).start({"x": 0})
    r.occur("p2").complete("n")
    assert sorted(r.open) == (["a", "deep"] if kind == "error" else ["a", "after", "deep"])
    for element_id in list(r.open):
        r.complete(element_id)
    assert r.instance.ended


def test_more_than_one_beside_a_scope() -> None:
    body = ENDS + users("a") + beside(MESSAGE, users("m"), id="p1", stops=False) + beside(SIGNAL, users("n"), id="p2", stops=True)
    r = run(body, "s > a > e", inner={"p1": "s_p1 > m", "p2": "s_p2 > n"}, definitions=ROOTS).start()
    r.occur("p1").occur("p1").occur("p2")
    assert (r.open, r.waiting_for) == (["n"], []), "what interrupts ends all beside it"


def test_each_run_has_variables_of_its_own_where_it_declares_them() -> None:
    parameter = '<camunda:inputParameter name="mine">${x}</camunda:inputParameter>'
    task = f'<userTask id="n"><extensionElements><camunda:inputOutput>{parameter}</camunda:inputOutput></extensionElements></userTask>'
    body = ENDS + users("a") + beside(MESSAGE, task, stops=False)
    r = run(body, "s > a > e", inner={"p1": "s_p1 > n"}, definitions=ROOTS).start()
    r.occur("p1", {"x": 1}).occur("p1", {"x": 2})
    assert [token.view()["mine"] for token in r.host.tasks.values() if token.element_id == "n"] == [1, 2]


def test_an_error_in_it_goes_to_the_boundary_around() -> None:
    body = ENDS + users("sorry") + '<boundaryEvent id="b" attachedToRef="p2">' + ERROR + "</boundaryEvent>"
    again = beside(ERROR, users("n") + f'<endEvent id="again">{ERROR}</endEvent>')
    inside = '<startEvent id="s2"/>' + users("a") + f'<endEvent id="bad">{ERROR}</endEvent>' + again
    r = run(
        body + sub(inside, id="p2"), "s > p2 > e; b > sorry > e", inner={"p1": "s_p1 > n > again", "p2": "s2 > a > bad"}, definitions=ROOTS
    )
    assert r.start().complete("a").open == ["n"]
    assert r.complete("n").open == ["sorry"]


def test_catching_all_comes_after_catching_the_code() -> None:
    body = ENDS + users("a") + f'<endEvent id="bad">{ERROR}</endEvent>'
    body += beside("<errorEventDefinition/>", users("any"), id="p1") + beside(ERROR, users("this"), id="p2")
    r = run(body, "s > a > bad", inner={"p1": "s_p1 > any", "p2": "s_p2 > this"}, definitions=ROOTS).start()
    assert r.complete("a").open == ["this"]


@pytest.mark.bpmn("sub-start-escalation", "boundary-escalation")
def test_an_escalation_of_each_instance_of_many() -> None:
    each = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
    inside = f'<startEvent id="s1"/><intermediateThrowEvent id="t">{ESCALATION}</intermediateThrowEvent>' + users("a")
    body = ENDS + users("up") + sub(inside, characteristics=each)
    body += f'<boundaryEvent id="b" attachedToRef="p1" cancelActivity="false">{ESCALATION}</boundaryEvent>'
    r = run(body, "s > p1 > e; b > up > e", inner={"p1": "s1 > t > a"}, definitions=ROOTS).start()
    assert sorted(r.open) == ["a", "a", "a", "up", "up", "up"]


def test_an_interrupting_escalation_ends_all_instances() -> None:
    each = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
    inside = f'<startEvent id="s1"/><intermediateThrowEvent id="t">{ESCALATION}</intermediateThrowEvent>' + users("a")
    body = ENDS + users("up") + sub(inside, characteristics=each) + f'<boundaryEvent id="b" attachedToRef="p1">{ESCALATION}</boundaryEvent>'
    r = run(body, "s > p1 > e; b > up > e", inner={"p1": "s1 > t > a"}, definitions=ROOTS).start()
    assert r.open == ["up"]


@pytest.mark.bpmn("event-definition-ref")
def test_definitions_that_are_referred_to() -> None:
    roots = '<message id="M" name="news"/><messageEventDefinition id="D" messageRef="M"/><terminateEventDefinition id="T"/>'
    body = (
        '<startEvent id="s"/>'
        + users("a", "b")
        + '<intermediateCatchEvent id="w"><eventDefinitionRef>D</eventDefinitionRef></intermediateCatchEvent>'
    )
    body += '<endEvent id="t"><eventDefinitionRef>T</eventDefinitionRef></endEvent>'
    r = run(body, "s > w > a > t; s > b", definitions=roots).start()
    assert (r.open, r.waiting_for) == (["b"], ["w"])
    assert r.occur("w").complete("a").instance.ended


@pytest.mark.bpmn("end-terminate")
def test_terminate_in_an_event_sub_process_ends_only_that() -> None:
    body = ENDS + users("a") + beside(MESSAGE, users("n", "m") + '<endEvent id="t"><terminateEventDefinition/></endEvent>', stops=False)
    r = run(body, "s > a > e", inner={"p1": "s_p1 > n > t; s_p1 > m"}, definitions=ROOTS).start().occur("p1")
    assert r.complete("n").open == ["a"]


def test_terminate_ends_called_instances(stage: Callable[..., Stage]) -> None:
    body = (
        '<startEvent id="s"/>'
        + users("stop")
        + '<callActivity id="k" calledElement="c"/><endEvent id="t"><terminateEventDefinition/></endEvent>'
    )
    on = stage({"p.bpmn": draw(body, "s > k; s > stop > t"), "c.bpmn": draw(ENDS + users("work"), "s > work > e", key="c")})
    one = on.start("p")
    assert on.names() == ["stop", "work"]
    on.complete("stop")
    assert (on.names(), on.state(one)) == ([], "COMPLETED")


@pytest.mark.bpmn("boundary-interrupting")
def test_an_interrupting_boundary_ends_all_inside_also_called_instances(stage: Callable[..., Stage]) -> None:
    each = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    inside = '<startEvent id="s1"/><callActivity id="k" calledElement="c"/>' + sub('<startEvent id="s2"/>' + users("deep"), id="p2")
    body = ENDS + users("late") + sub(inside, characteristics=each) + f'<boundaryEvent id="b" attachedToRef="p1">{SIGNAL}</boundaryEvent>'
    files = {
        "p.bpmn": draw(body, "s > p1 > e; b > late > e", inner={"p2": "s2 > deep", "p1": "s1 > k; s1 > p2"}, definitions=ROOTS),
        "c.bpmn": draw(ENDS + users("work"), "s > work > e", key="c"),
    }
    on = stage(files)
    on.start("p")
    assert on.names() == ["deep", "deep", "work", "work"]
    forget(on)
    on.engine.signal("alarm", actor=ADMINISTRATOR)
    assert on.names() == ["late"]


@pytest.mark.bpmn("catch-signal", "throw-signal")
def test_a_signal_reaches_each_that_waits_once(stage: Callable[..., Stage]) -> None:
    """Behind a gateway, at a boundary, in an event sub-process; not what waits only after it."""
    catch = f'<intermediateCatchEvent id="{{}}">{SIGNAL}</intermediateCatchEvent>'
    body = ENDS + users("a", "m", "one", "two") + catch.format("w1") + catch.format("w2") + catch.format("w3")
    body += '<eventBasedGateway id="g"/>' + f'<intermediateCatchEvent id="t">{TIMER}</intermediateCatchEvent>'
    body += f'<boundaryEvent id="b" attachedToRef="a" cancelActivity="false">{SIGNAL}</boundaryEvent>' + beside(
        SIGNAL, users("n"), stops=False
    )
    flows = "s > w1 > one > e; s > g; g > w2 > two > w3 > e; g > t > e; s > a > e; b > m > e"
    on = stage({"p.bpmn": draw(body, flows, inner={"p1": "s_p1 > n"}, definitions=ROOTS)})
    first, second = on.start("p"), on.start("p")
    assert on.engine.signal("alarm", actor=ADMINISTRATOR) == 8
    for instance in (first, second):
        assert on.names(instance.id) == ["a", "m", "n", "one", "two"]


def test_cycles_keep_handlers_of_their_own(stage: Callable[..., Stage]) -> None:
    cycle = "<timerEventDefinition><timeCycle>R{}/PT{}M</timeCycle></timerEventDefinition>"
    body = ENDS + users("a", "m", "n")
    for key, rounds, minutes in (("b", 3, 10), ("c", 2, 15)):
        body += f'<boundaryEvent id="{key}" attachedToRef="a" cancelActivity="false">{cycle.format(rounds, minutes)}</boundaryEvent>'
    on = stage({"p.bpmn": draw(body, "s > a > e; b > m > e; c > n > e")})
    on.start("p")
    on.advance(timedelta(minutes=16))
    assert on.names() == ["a", "m", "n"]
    on.advance(timedelta(hours=2))
    assert on.names() == ["a", "m", "m", "m", "n", "n"]


def test_a_signal_of_flowable_may_stay_in_its_instance(stage: Callable[..., Stage]) -> None:
    roots = '<signal id="S" name="alarm" xmlns:flowable="http://flowable.org/bpmn" flowable:scope="processInstance"/>'
    body = ENDS + users("a", "n") + f'<intermediateCatchEvent id="w">{SIGNAL}</intermediateCatchEvent>'
    body += f'<intermediateThrowEvent id="t">{SIGNAL}</intermediateThrowEvent>'
    on = stage({"p.bpmn": draw(body, "s > a > t > e; s > w > n > e", definitions=roots)})
    first, second = on.start("p"), on.start("p")
    on.complete("a")
    assert (on.names(first.id), on.names(second.id)) == (["n"], ["a"])
