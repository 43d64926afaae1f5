"""Sub-processes, multi-instance activities, call activities and the events that interrupt them (BPMN 2.0.2, 13.3 and 13.5)."""

from __future__ import annotations

import pytest

from engine.spiff import BpmnError
from engine.spiff.memory import MemoryHost
from tests.drawing import users
from tests.engine.spiff.test_flows import ENDS, run

TIMER = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
CYCLE = "<timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition>"
MESSAGE = '<messageEventDefinition messageRef="M"/>'
MESSAGES = '<message id="M" name="news"/>'
ERRORS = '<error id="E" errorCode="bad"/><escalation id="X" escalationCode="up"/>'


def sub(inside: str, id: str = "p1", attributes: str = "", characteristics: str = "") -> str:
    return f'<subProcess id="{id}" {attributes}>{characteristics}{inside}{{flows:{id}}}</subProcess>'


INSIDE = '<startEvent id="s1"/>' + users("a", "b") + '<endEvent id="e1"/>'


@pytest.mark.bpmn("embedded-sub-process")
def test_a_sub_process_is_done_when_its_inside_is() -> None:
    r = run(ENDS + users("c") + sub(INSIDE), "s > p1 > c > e", inner={"p1": "s1 > a > b > e1"}).start()
    assert r.complete("a").complete("b").open == ["c"]
    assert r.complete("c").instance.ended
    assert list(r.host.rows) == ["instance"], "the scope of the sub-process is gone"


@pytest.mark.parametrize(
    "inside", ["", "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"]
)
def test_a_sub_process_with_nothing_in_it_passes_at_once(inside: str) -> None:
    r = run(ENDS + users("c") + f'<subProcess id="p1">{inside}</subProcess>', "s > p1 > c > e").start()
    assert r.complete("c").instance.ended


def test_new_variables_go_to_the_root_known_ones_where_they_are() -> None:
    parameter = '<camunda:inputParameter name="mine">${x + 1}</camunda:inputParameter>'
    mapping = f"<extensionElements><camunda:inputOutput>{parameter}</camunda:inputOutput></extensionElements>"
    r = run(ENDS + users("c") + sub(mapping + INSIDE), "s > p1 > c > e", inner={"p1": "s1 > a > b > e1"}).start({"x": 1})
    r.complete("a", {"mine": 10, "x": 5, "new": 1}).complete("b")
    assert r.variables == {"x": 5, "new": 1}


@pytest.mark.bpmn("multi-instance-parallel")
@pytest.mark.parametrize("live", [True, False])
def test_parallel_multi_instance(live: bool) -> None:
    loop = (
        '<multiInstanceLoopCharacteristics camunda:collection="${people}" camunda:elementVariable="person" '
        'ruam:resultCollection="votes" ruam:resultExpression="${vote}"/>'
    )
    r = run(ENDS + users("c") + f'<userTask id="v">{loop}</userTask>', "s > v > c > e", live=live).start({"people": ["x", "y", "z"]})
    assert r.open == ["v", "v", "v"]
    assert [token.view()["person"] for token in r.host.tasks.values()] == ["x", "y", "z"]
    r.complete("v", {"vote": 3}, index=2).complete("v", {"vote": 1}).complete("v", {"vote": 2})
    assert r.open == ["c"]
    assert r.variables == {"people": ["x", "y", "z"], "votes": [1, 2, 3]}


def test_an_empty_collection_passes() -> None:
    loop = '<multiInstanceLoopCharacteristics camunda:collection="xs" camunda:elementVariable="x" ruam:resultCollection="r"/>'
    r = run(ENDS + f'<userTask id="v">{loop}</userTask>', "s > v > e").start({"xs": []})
    assert r.instance.ended
    assert r.variables["r"] == []


@pytest.mark.bpmn("multi-instance-sequential")
def test_sequential_multi_instance_of_a_sub_process() -> None:
    loop = '<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>'
    r = run(ENDS + sub(INSIDE, characteristics=loop), "s > p1 > e", inner={"p1": "s1 > a > b > e1"}).start()
    for _ in range(3):
        assert r.open == ["a"]
        r.complete("a").complete("b")
    assert r.instance.ended


@pytest.mark.bpmn("multi-instance-completion")
def test_completion_condition_ends_the_others() -> None:
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality>5</loopCardinality>"
        "<completionCondition>${nrOfCompletedInstances >= 2}</completionCondition></multiInstanceLoopCharacteristics>"
    )
    r = run(ENDS + users("c") + f'<userTask id="v">{loop}</userTask>', "s > v > c > e").start()
    r.complete("v").complete("v")
    assert r.open == ["c"]


@pytest.mark.bpmn("call-activity")
def test_a_called_instance_gives_what_is_declared() -> None:
    call = (
        '<callActivity id="k" calledElement="other"><extensionElements><camunda:in source="x" target="given"/>'
        '<camunda:in sourceExpression="${x * 2}" target="twice"/><camunda:out source="answer" target="y"/>'
        "</extensionElements></callActivity>"
    )
    r = run(ENDS + call, "s > k > e").start({"x": 4, "secret": 1})
    ((_, inputs),) = r.host.called.values()
    assert inputs == {"given": 4, "twice": 8}
    r.complete("k", {"answer": 42, "private": 1})
    assert r.instance.ended
    assert r.variables == {"x": 4, "secret": 1, "y": 42}


@pytest.mark.bpmn("boundary-interrupting")
def test_an_interrupting_boundary_stops_everything_inside() -> None:
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
    body = (
        ENDS
        + users("late")
        + f'<callActivity id="k" calledElement="o">{loop}</callActivity><boundaryEvent id="t" attachedToRef="k">{TIMER}</boundaryEvent>'
    )
    r = run(body, "s > k > e; t > late > e").start()
    assert len(r.host.called) == 3
    assert r.waiting_for == ["t"]
    r.occur("t")
    assert (r.open, r.host.called, r.waiting_for) == (["late"], {}, [])
    assert r.complete("late").instance.ended


@pytest.mark.bpmn("boundary-interrupting")
def test_a_nested_sub_process_is_interrupted_to_the_bottom() -> None:
    inner = sub('<startEvent id="s2"/>' + users("deep"), id="p2")
    body = ENDS + users("late") + sub('<startEvent id="s1"/>' + inner) + f'<boundaryEvent id="t" attachedToRef="p1">{TIMER}</boundaryEvent>'
    r = run(body, "s > p1 > e; t > late > e", inner={"p2": "s2 > deep", "p1": "s1 > p2"}).start()
    assert r.open == ["deep"]
    assert r.occur("t").open == ["late"]
    assert list(r.host.rows) == ["instance"]


@pytest.mark.bpmn("boundary-non-interrupting")
def test_a_non_interrupting_boundary_fires_each_time() -> None:
    body = ENDS + users("a", "n") + f'<boundaryEvent id="m" attachedToRef="a" cancelActivity="false">{MESSAGE}</boundaryEvent>'
    r = run(body, "s > a > e; m > n > e", definitions=MESSAGES).start()
    r.occur("m").occur("m")
    assert sorted(r.open) == ["a", "n", "n"]
    r.complete("a")
    assert r.waiting_for == []
    assert r.complete("n").complete("n").instance.ended


@pytest.mark.bpmn("boundary-non-interrupting")
def test_a_non_interrupting_duration_fires_once_a_cycle_again() -> None:
    body = ENDS + users("a", "n") + '<boundaryEvent id="t" attachedToRef="a" cancelActivity="false">%s</boundaryEvent>'
    assert run(body % TIMER, "s > a > e; t > n > e").start().occur("t").waiting_for == []
    assert run(body % CYCLE, "s > a > e; t > n > e").start().occur("t").occur("t").waiting_for == ["t"]


@pytest.mark.bpmn("boundary-error")
def test_errors_are_caught_by_code_innermost_first() -> None:
    inside = '<startEvent id="s1"/><serviceTask id="w"/><endEvent id="e1"/>'
    catch = (
        '<boundaryEvent id="any" attachedToRef="p1"><errorEventDefinition/></boundaryEvent>'
        '<boundaryEvent id="bad" attachedToRef="p1"><errorEventDefinition errorRef="E"/></boundaryEvent>'
    )
    body, flows = ENDS + users("x", "y") + sub(inside) + catch, "s > p1 > e; any > x > e; bad > y > e"
    for code, opened in (("bad", "y"), ("other", "x")):
        host = MemoryHost(work_done={"w": BpmnError(code)})
        r = run(body, flows, host=host, inner={"p1": "s1 > w > e1"}, definitions=ERRORS).start()
        assert r.open == [opened]
        assert r.complete(opened).instance.ended


@pytest.mark.bpmn("boundary-error", "boundary-escalation")
@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_who_names_one_without_a_code_catches_all_and_its_own_first(kind: str) -> None:
    named = f'<{kind} id="own"/><{kind} id="empty" {kind}Code=""/><{kind} id="coded" {kind}Code="c"/>'
    inside = f'<startEvent id="s1"/><endEvent id="e1"><{kind}EventDefinition {kind}Ref="%s"/></endEvent>'
    for thrown, caught, opened in (("coded", ("empty",), "x0"), ("own", ("empty", "own"), "x1"), ("own", ("coded", "empty"), "x1")):
        body = ENDS + users("x0", "x1") + sub(inside % thrown)
        for number, name in enumerate(caught):
            body += f'<boundaryEvent id="b{number}" attachedToRef="p1"><{kind}EventDefinition {kind}Ref="{name}"/></boundaryEvent>'
        flows = "s > p1 > e;" + ";".join(f"b{number} > x{number} > e" for number in range(len(caught)))
        assert run(body, flows, inner={"p1": "s1 > e1"}, definitions=named).start().open == [opened]


@pytest.mark.bpmn("end-error")
def test_an_error_end_event_leaves_the_sub_process() -> None:
    inside = '<startEvent id="s1"/>' + users("a", "b") + '<endEvent id="e1"><errorEventDefinition errorRef="E"/></endEvent>'
    body = (
        ENDS + users("x") + sub(inside) + '<boundaryEvent id="bad" attachedToRef="p1"><errorEventDefinition errorRef="E"/></boundaryEvent>'
    )
    r = run(body, "s > p1 > e; bad > x > e", inner={"p1": "s1 > a > e1; s1 > b"}, definitions=ERRORS).start()
    assert r.complete("a").open == ["x"]
    assert r.complete("x").instance.ended


@pytest.mark.bpmn("end-error")
def test_an_error_end_event_nobody_catches_ends_the_instance() -> None:
    r = run(
        '<startEvent id="s"/>' + users("a") + '<endEvent id="e"><errorEventDefinition errorRef="E"/></endEvent>',
        "s > a > e",
        definitions=ERRORS,
    )
    r.start().complete("a")
    assert (r.instance.ended, r.instance.end_state, r.instance.uncaught and r.instance.uncaught.code) == (
        True,
        "INTERNALLY_TERMINATED",
        "bad",
    )


@pytest.mark.bpmn("throw-escalation", "boundary-escalation")
def test_an_escalation_may_let_the_work_go_on() -> None:
    inside = (
        '<startEvent id="s1"/><intermediateThrowEvent id="up"><escalationEventDefinition escalationRef="X"/></intermediateThrowEvent>'
        + users("a")
    )
    catch = '<boundaryEvent id="c" attachedToRef="p1" cancelActivity="%s"><escalationEventDefinition escalationRef="X"/></boundaryEvent>'
    for interrupting, opened in (("false", ["a", "x"]), ("true", ["x"])):
        body = ENDS + users("x") + sub(inside) + catch % interrupting
        r = run(body, "s > p1 > e; c > x > e", inner={"p1": "s1 > up > a"}, definitions=ERRORS).start()
        assert sorted(r.open) == opened


@pytest.mark.bpmn("end-terminate")
def test_terminate_ends_its_scope_only() -> None:
    inside = '<startEvent id="s1"/>' + users("a", "b") + '<endEvent id="e1"><terminateEventDefinition/></endEvent>'
    r = run(ENDS + users("c") + sub(inside), "s > p1 > c > e", inner={"p1": "s1 > a > e1; s1 > b"}).start()
    assert r.complete("a").open == ["c"]


@pytest.mark.bpmn("event-sub-process", "sub-start-interrupting", "sub-start-non-interrupting")
@pytest.mark.parametrize(("interrupting", "opened"), [("true", ["n"]), ("false", ["a", "n"])])
def test_an_event_sub_process_runs_instead_of_or_beside_its_scope(interrupting: str, opened: list[str]) -> None:
    inside = f'<startEvent id="s1" isInterrupting="{interrupting}">{MESSAGE}</startEvent>' + users("n")
    body = ENDS + users("a") + sub(inside, attributes='triggeredByEvent="true"')
    r = run(body, "s > a > e", inner={"p1": "s1 > n"}, definitions=MESSAGES).start()
    assert r.waiting_for == ["p1"]
    r.occur("p1", {"news": 1})
    assert sorted(r.open) == opened
    assert r.variables == {"news": 1}
    for element_id in opened:
        r.complete(element_id)
    assert r.instance.ended
    assert r.waiting_for == []


@pytest.mark.bpmn("sub-start-error")
def test_an_event_sub_process_catches_an_error_of_its_scope() -> None:
    inside = '<startEvent id="s1"><errorEventDefinition errorRef="E"/></startEvent>' + users("n")
    body = ENDS + '<serviceTask id="w"/>' + sub(inside, attributes='triggeredByEvent="true"')
    host = MemoryHost(work_done={"w": BpmnError("bad")})
    r = run(body, "s > w > e", inner={"p1": "s1 > n"}, host=host, definitions=ERRORS).start()
    assert r.open == ["n"]
    assert r.complete("n").instance.ended


@pytest.mark.bpmn("receive-task", "throw-message")
def test_a_receive_task_and_a_message_throw() -> None:
    body = ENDS + f'<receiveTask id="r" messageRef="M"/><intermediateThrowEvent id="t">{MESSAGE}</intermediateThrowEvent>'
    r = run(body, "s > t > r > e", definitions=MESSAGES).start()
    assert r.host.thrown == [("message", "news")]
    assert r.waiting_for == ["r"]
    assert r.occur("r").instance.ended


def test_cancelling_an_instance_stops_all_it_waits_for() -> None:
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
    body = ENDS + f'<userTask id="v">{loop}</userTask><boundaryEvent id="t" attachedToRef="v">{TIMER}</boundaryEvent>'
    r = run(body, "s > v > e").start()
    r.instance.cancel()
    assert (r.open, r.waiting_for, r.instance.end_state) == ([], [], "EXTERNALLY_TERMINATED")


@pytest.mark.bpmn("throw-escalation", "boundary-escalation")
def test_an_escalation_nobody_catches_inside_is_left_for_the_caller() -> None:
    throw = '<intermediateThrowEvent id="up"><escalationEventDefinition escalationRef="X"/></intermediateThrowEvent>'
    child = run(ENDS + throw + users("a"), "s > up > a > e", definitions=ERRORS, live=True)
    child.instance.start()
    assert [escalation.code for escalation in child.instance.escalations] == ["up"]
    body = ENDS + users("x") + '<callActivity id="k" calledElement="o"/>'
    catch = '<boundaryEvent id="c" attachedToRef="k" cancelActivity="false"><escalationEventDefinition escalationRef="X"/></boundaryEvent>'
    caller = run(body + catch, "s > k > e; c > x > e", definitions=ERRORS, live=True).start()
    ((token, _),) = caller.host.called.values()
    caller.instance.throw_escalation(token.scope_id, token.id, BpmnError("up"))
    assert caller.open == ["x"]
    assert caller.complete("x").complete("k").instance.ended
