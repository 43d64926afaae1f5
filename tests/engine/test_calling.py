"""Between instances: errors and escalations of called ones, signals that meet returns, and what several steps of one transaction leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.context import Context
from engine.errors import ExecutionFailed
from engine.people import SYSTEM
from engine.registry import Pack
from engine.spiff import BpmnError
from engine.testing import ADMINISTRATOR, Stage, process

MakeStage = Callable[..., Stage]
OUTSIDE = (
    '<error id="err" errorCode="withdrawn"/><escalation id="esc" escalationCode="late"/><signal id="sig" name="closed"/>'
    '<signal id="sig2" name="ping"/>'
)
START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'
CALL = '<callActivity id="call" calledElement="c"/>'
ESCALATES = '<intermediateThrowEvent id="up"><escalationEventDefinition escalationRef="esc"/></intermediateThrowEvent>'
ON_ESCALATION = '<escalationEventDefinition escalationRef="esc"/>'
ON_SIGNAL = '<signalEventDefinition signalRef="sig"/>'
pack = Pack("calling")


@pack.handler("calling.fail", parameters={})
def fail(context: Context) -> dict[str, Any]:
    raise BpmnError("withdrawn", "no longer wanted", {"why": "late"})


def boundary(definition: str, attributes: str = "") -> str:
    return f'<boundaryEvent id="b" attachedToRef="call" {attributes}>{definition}</boundaryEvent>'


def drawn(key: str, body: str, *flows: str) -> bytes:
    return process(key, body, *flows, outside=OUTSIDE)


CALLER_FLOWS = ("s -> call", "call -> e", "b -> seen", "seen -> e2")
AFTER = '<userTask id="seen"/><endEvent id="e2"/>'


def test_the_failed_work_of_a_child_is_caught_by_the_call(stage: MakeStage) -> None:
    caller = START + CALL + boundary('<errorEventDefinition errorRef="err"/>') + AFTER + END
    work = START + '<userTask id="t"/><serviceTask id="w" ruam:handler="calling.fail"/>' + END
    files = {"p.bpmn": drawn("p", caller, *CALLER_FLOWS), "c.bpmn": drawn("c", work, "s -> t", "t -> w", "w -> e")}
    here = stage(files, packs=[pack], pack="calling")
    top = here.start("p")
    here.complete("t")
    assert here.names() == ["seen"]
    assert here.variables(top) == {"why": "late"}
    assert [child.state for child in here.engine.children(top.id, actor=SYSTEM)] == ["INTERNALLY_TERMINATED"]
    alone = here.start("c")
    with pytest.raises(ExecutionFailed, match="withdrawn"):
        here.complete("t")
    assert here.names(alone.id) == ["t"], "where nobody called it, the step has failed and can be repeated"


@pytest.mark.parametrize(("attributes", "opened"), [('cancelActivity="false"', ["seen", "t"]), ("", ["seen"])])
def test_an_escalation_of_a_child_reaches_the_call_through_another(stage: MakeStage, attributes: str, opened: list[str]) -> None:
    caller = START + CALL + boundary(ON_ESCALATION, attributes) + AFTER + END
    between = START + '<callActivity id="call2" calledElement="below"/>' + END
    escalating = START + ESCALATES + '<userTask id="t"/>' + END
    here = stage({
        "p.bpmn": drawn("p", caller, *CALLER_FLOWS),
        "c.bpmn": drawn("c", between, "s -> call2", "call2 -> e"),
        "below.bpmn": drawn("below", escalating, "s -> up", "up -> t", "t -> e"),
    })  # fmt: skip
    top = here.start("p")
    assert here.names() == opened
    for element_id in opened:
        here.complete(element_id)
    assert here.state(top) == "COMPLETED"
    assert here.engine.incidents(actor=ADMINISTRATOR).total == 0


@pytest.mark.bpmn("boundary-escalation", "call-activity")
def test_who_catches_an_escalation_sees_what_the_child_returns_by_then(stage: MakeStage) -> None:
    outs = '<camunda:in variables="all"/><camunda:out source="n" target="seen_n"/><camunda:out source="later" target="seen_later"/>'
    call = f'<callActivity id="call" calledElement="c"><extensionElements>{outs}</extensionElements></callActivity>'
    caller = START + call + boundary(ON_ESCALATION, 'cancelActivity="false"') + AFTER + END
    escalating = START + ESCALATES + '<userTask id="t"/>' + END
    here = stage({"p.bpmn": drawn("p", caller, *CALLER_FLOWS), "c.bpmn": drawn("c", escalating, "s -> up", "up -> t", "t -> e")})
    top = here.start("p", n=42)
    assert here.variables(top) == {"n": 42, "seen_n": 42}, "what has no value yet comes when the child ends"
    here.complete("t", n=999, later=True)
    assert here.variables(top) == {"n": 42, "seen_n": 999, "seen_later": True}


@pytest.mark.bpmn("boundary-error", "end-error")
def test_an_error_says_in_words_what_was_wrong(stage: MakeStage) -> None:
    catch = '<errorEventDefinition camunda:errorCodeVariable="code" camunda:errorMessageVariable="words"/>'
    caller = START + CALL + boundary(catch) + AFTER + END
    worded = '<error id="err" errorCode="withdrawn" camunda:errorMessage="Withdrawn by ${who}"/>'
    failing = START + '<userTask id="t"/><endEvent id="e"><errorEventDefinition errorRef="err"/></endEvent>'
    files = {"p.bpmn": drawn("p", caller, *CALLER_FLOWS), "c.bpmn": process("c", failing, "s -> t", "t -> e", outside=worded)}
    here = stage(files)
    top = here.start("p")
    here.complete("t", who="the owner")
    assert here.variables(top) == {"code": "withdrawn", "words": "Withdrawn by the owner"}


@pytest.mark.bpmn("end-escalation")
def test_an_escalation_at_a_childs_end_interrupts_or_not_and_the_return_finds_nobody(stage: MakeStage) -> None:
    ends = START + '<userTask id="t"/><endEvent id="up"><escalationEventDefinition escalationRef="esc"/></endEvent>'
    for attributes, opened in (("", ["seen"]), ('cancelActivity="false"', ["after", "seen"])):
        caller = START + CALL + boundary(ON_ESCALATION, attributes) + AFTER + '<userTask id="after"/>'
        flows = ("s -> call", "call -> after", "b -> seen", "seen -> e2")
        here = stage({"p.bpmn": drawn("p", caller, *flows), "c.bpmn": drawn("c", ends, "s -> t", "t -> up")})
        top = here.start("p")
        here.complete("t")
        assert here.names(top.id) == opened
        for element_id in opened:
            here.complete(element_id)
        assert here.state(top) == "COMPLETED"


def test_a_childs_last_act_interrupts_its_own_call(stage: MakeStage) -> None:
    caller = START + CALL + boundary(ON_SIGNAL) + AFTER + END
    ends = START + f'<userTask id="t"/><endEvent id="up">{ON_SIGNAL}</endEvent>'
    here = stage({"p.bpmn": drawn("p", caller, *CALLER_FLOWS), "c.bpmn": drawn("c", ends, "s -> t", "t -> up")})
    top = here.start("p")
    here.complete("t")
    assert here.names() == ["seen"]
    here.complete("seen")
    assert here.state(top) == "COMPLETED"


def test_two_children_end_at_once_where_the_first_was_enough(stage: MakeStage) -> None:
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
        "<completionCondition>${nrOfCompletedInstances == 1}</completionCondition></multiInstanceLoopCharacteristics>"
    )
    caller = START + CALL.replace("/>", f">{loop}</callActivity>") + '<userTask id="after"/>' + END
    # the one whose task is completed ends and wakes the other, which ends before either has returned
    waits = f'<eventBasedGateway id="g"/><intermediateCatchEvent id="on">{ON_SIGNAL}</intermediateCatchEvent>'
    other = '<intermediateCatchEvent id="ping"><signalEventDefinition signalRef="sig2"/></intermediateCatchEvent>'
    child = START + waits + other + f'<endEvent id="tell">{ON_SIGNAL}</endEvent>' + END
    flows = ("s -> g", "g -> on", "g -> ping", "on -> e", "ping -> tell")
    here = stage({"p.bpmn": drawn("p", caller, "s -> call", "call -> after", "after -> e"), "c.bpmn": drawn("c", child, *flows)})
    top = here.start("p")
    here.engine.signal("ping", actor=ADMINISTRATOR)
    assert here.names() == ["after"]
    here.complete("after")
    assert here.state(top) == "COMPLETED"


@pytest.mark.bpmn("throw-signal", "catch-signal")
def test_a_signal_reaches_the_instance_that_throws_it_and_what_waits_for_nothing_then_is_said(stage: MakeStage) -> None:
    body = (
        START + '<parallelGateway id="f"/><userTask id="t"/><parallelGateway id="j"/>' + END
        + f'<intermediateCatchEvent id="on">{ON_SIGNAL}</intermediateCatchEvent><userTask id="never"/>'
        + f'<intermediateThrowEvent id="tell">{ON_SIGNAL}</intermediateThrowEvent><exclusiveGateway id="x"/>'
    )  # fmt: skip
    flows = ("s -> f", "f -> on", "f -> t", "t -> tell", "tell -> x", "x -> j: stuck", "x -> never: not stuck", "on -> j", "j -> e")
    here = stage({"p.bpmn": drawn("p", body, *flows)})
    top = here.start("p")
    here.complete("t", stuck=True)
    assert here.state(top) == "COMPLETED"
    lame = START + '<parallelGateway id="f"/>' + f'<intermediateCatchEvent id="on">{ON_SIGNAL}</intermediateCatchEvent>'
    lame += (
        f'<intermediateThrowEvent id="tell">{ON_SIGNAL}</intermediateThrowEvent><exclusiveGateway id="x"/><parallelGateway id="j"/>' + END
    )
    flows = ("s -> f", "f -> on", "f -> tell", "on -> x", "tell -> x", "x -> j", "s2 -> j", "j -> e")
    here.engine.deploy(
        {"q.bpmn": drawn("q", lame + '<userTask id="s2"/>', *flows)}, name="lame", actor=SYSTEM
    )  # fmt: skip
    stuck = here.start("q")
    (incident,) = here.engine.incidents(actor=ADMINISTRATOR).items
    assert (incident.type, incident.instance_id) == ("stuck", stuck.id)


def test_signals_that_wake_one_another_without_end_are_stopped(stage: MakeStage) -> None:
    answer = START + '<intermediateCatchEvent id="on"><signalEventDefinition signalRef="sig"/></intermediateCatchEvent>'
    answer += '<intermediateThrowEvent id="tell"><signalEventDefinition signalRef="sig2"/></intermediateThrowEvent>'
    other = answer.replace("sig2", "sig3").replace('"sig"', '"sig2"').replace("sig3", "sig")
    flows = ("s -> on", "on -> tell", "tell -> on")
    here = stage({"p.bpmn": drawn("p", answer, *flows), "q.bpmn": drawn("q", other, *flows)})
    one, two = here.start("p"), here.start("q")
    with pytest.raises(ExecutionFailed, match="waking one another"):
        here.engine.signal("closed", actor=ADMINISTRATOR)
    assert (here.state(one), here.state(two)) == ("ACTIVE", "ACTIVE")


def caller(mappings: str, attributes: str = 'calledElement="child"', after: str = "") -> bytes:
    body = f'<startEvent id="s"/><callActivity id="k" {attributes}><extensionElements>{mappings}</extensionElements></callActivity>'
    return process("parent", f'{body}<userTask id="z"/>{after}', "s -> k", "k -> z")


def child(end: str = '<endEvent id="e"/>', outside: str = "") -> bytes:
    return process("child", f'<startEvent id="s"/><userTask id="work"/>{end}', "s -> work", "work -> e", outside=outside)


@pytest.mark.bpmn("call-activity")
def test_all_that_is_the_call_activitys_own_goes_in(stage: MakeStage) -> None:
    own = '<camunda:inputOutput><camunda:inputParameter name="mine">${1 + 1}</camunda:inputParameter></camunda:inputOutput>'
    loop = '<multiInstanceLoopCharacteristics camunda:collection="xs" camunda:elementVariable="x"/>'
    body = '<startEvent id="s"/><callActivity id="k" calledElement="child"><extensionElements>{}</extensionElements>{}</callActivity>'
    parent = process("parent", body.format(f'{own}<camunda:in variables="all" local="true"/>', loop), "s -> k")
    one = stage({"parent.bpmn": parent, "child.bpmn": child()})
    one.start("parent", xs=["a"], other=1)
    given = one.variables(one.open("work")[0].instance_id)
    assert (given["mine"], given["x"], "other" in given) == (2, "a", False)


@pytest.mark.bpmn("call-activity")
@pytest.mark.parametrize(
    "out", ['<camunda:out variables="all" local="true"/>', '<camunda:out source="answer" target="answer" local="true"/>']
)
def test_what_comes_out_locally_is_for_the_output_parameters_alone(stage: MakeStage, out: str) -> None:
    output = '<camunda:inputOutput><camunda:outputParameter name="twice">${answer * 2}</camunda:outputParameter></camunda:inputOutput>'
    one = stage({"parent.bpmn": caller(output + out), "child.bpmn": child()})
    instance = one.start("parent", x=1)
    one.complete("work", answer=21)
    assert one.variables(instance) == {"x": 1, "twice": 42}


def test_a_source_expression_without_marks_is_a_text(stage: MakeStage) -> None:
    one = stage({"parent.bpmn": caller('<camunda:in sourceExpression="plain" target="word"/>'), "child.bpmn": child()})
    one.start("parent")
    assert one.variables(one.open("work")[0].instance_id) == {"word": "plain"}


@pytest.mark.bpmn("call-activity", "boundary-error")
def test_a_child_that_ends_with_an_error_gives_what_is_declared(stage: MakeStage) -> None:
    failing = child('<endEvent id="e"><errorEventDefinition errorRef="E"/></endEvent>', '<error id="E" errorCode="bad"/>')
    caught = '<boundaryEvent id="b" attachedToRef="k"><errorEventDefinition/></boundaryEvent>'
    mappings = '<camunda:out source="reason" target="why"/><camunda:out source="never" target="never"/>'
    one = stage({"parent.bpmn": caller(mappings, after=caught), "child.bpmn": failing})
    instance = one.start("parent")
    one.complete("work", reason="no money")
    assert (one.state(instance), one.variables(instance)) == ("COMPLETED", {"why": "no money"})


@pytest.mark.bpmn("call-activity")
def test_the_version_to_call_may_be_computed(stage: MakeStage) -> None:
    computed = caller("", 'calledElement="child" camunda:calledElementBinding="version" camunda:calledElementVersion="${v}"')
    one = stage({"parent.bpmn": computed, "child.bpmn": child()})
    one.start("parent", v=1)
    assert one.names() == ["work"]
    for wrong in (7, "newest"):
        with pytest.raises(ExecutionFailed, match="version|no process"):
            one.start("parent", v=wrong)


@pytest.mark.bpmn("throw-signal", "end-signal")
def test_a_signal_takes_along_what_is_written(stage: MakeStage) -> None:
    """Camunda 7's parameters of a signal; without them it takes nothing."""
    taken = '<camunda:in source="n" target="m"/><camunda:in sourceExpression="${n + 1}" target="next"/><camunda:in businessKey="${key}"/>'
    for parcel, brought in (("", {}), (taken, {"m": 1, "next": 2}), ('<camunda:in variables="all"/>', {"n": 1, "key": "K"})):
        thrown = f'<signalEventDefinition signalRef="sig"><extensionElements>{parcel}</extensionElements></signalEventDefinition>'
        throws = START + f'<intermediateThrowEvent id="e">{thrown}</intermediateThrowEvent>'
        started = f'<startEvent id="s">{ON_SIGNAL}</startEvent><userTask id="t"/>'
        here = stage({"p.bpmn": drawn("p", throws, "s -> e"), "c.bpmn": drawn("c", started, "s -> t")})
        here.start("p", n=1, key="K")
        (task,) = here.open("t")
        assert here.variables(task.instance_id) == brought
        assert here.engine.instance(task.instance_id, actor=SYSTEM).business_key == ("K" if parcel == taken else None)
        here.complete("t")


@pytest.mark.bpmn("end-terminate")
@pytest.mark.parametrize("attribute", ["", 'flowable:terminateAll="true"'])
def test_terminate_ends_its_scope_or_all_the_callers_too(stage: MakeStage, attribute: str) -> None:
    end = f'<endEvent id="e"><terminateEventDefinition xmlns:flowable="http://flowable.org/bpmn" {attribute}/></endEvent>'
    inside = (
        '<startEvent id="s1"/><userTask id="t"/><sequenceFlow sourceRef="s1" targetRef="t"/><sequenceFlow sourceRef="t" targetRef="e"/>'
    )
    child = START + f'<subProcess id="sub">{inside}{end}</subProcess><userTask id="after"/>'
    here = stage({
        "p.bpmn": drawn("p", START + CALL + "<userTask id='beside'/><userTask id='seen'/>", "s -> call", "s -> beside", "call -> seen"),
        "c.bpmn": drawn("c", child, "s -> sub", "sub -> after"),
    })  # fmt: skip
    top = here.start("p")
    here.complete("t")
    if not attribute:
        assert here.names() == ["after", "beside"]
    else:
        assert here.names() == []
        assert [one.state for one in (here.engine.instance(top.id, actor=SYSTEM), *here.engine.children(top.id, actor=SYSTEM))] == [
            "COMPLETED",
            "COMPLETED",
        ]


@pytest.mark.bpmn("boundary-error")
def test_an_error_that_is_not_in_the_file_is_the_code_itself(stage: MakeStage) -> None:
    failing = child('<endEvent id="e"><errorEventDefinition errorRef="E"/></endEvent>', '<error id="E" errorCode="bad"/>')
    caught = '<boundaryEvent id="b" attachedToRef="k"><errorEventDefinition errorRef="{}"/></boundaryEvent>'
    files = {"child.bpmn": failing, "parent.bpmn": caller("", after=caught.format("bad"))}
    one = stage(files)
    assert [problem.rule for problem in one.engine.check(files) if problem.severity == "error"] == []
    instance = one.start("parent")
    one.complete("work")
    assert one.state(instance) == "COMPLETED"
    other = stage({"child.bpmn": failing, "parent.bpmn": caller("", after=caught.format("worse"))})
    instance = other.start("parent")
    other.complete("work")
    assert other.state(instance) == "INTERNALLY_TERMINATED"


@pytest.mark.bpmn("end-error")
@pytest.mark.parametrize("called", [False, True])
def test_an_error_end_event_nobody_catches_ends_all_that_called_it_and_says_so(stage: MakeStage, called: bool) -> None:
    error = '<error id="E" errorCode="ขาดงบ" camunda:errorMessage="ไม่มีงบ"/>'
    failing = child('<endEvent id="e"><errorEventDefinition errorRef="E"/></endEvent>', error)
    one = stage({"parent.bpmn": caller(""), "child.bpmn": failing})
    instance = one.start("parent" if called else "child")
    one.complete("work")
    for view in [instance, *one.engine.children(instance.id, actor=ADMINISTRATOR)]:
        ended = one.engine.instance(view.id, actor=ADMINISTRATOR)
        assert (ended.state, ended.end_reason) == ("INTERNALLY_TERMINATED", "ไม่มีงบ [ขาดงบ]")
    assert one.names() == []
    assert one.engine.incidents(actor=ADMINISTRATOR).total == 0


def test_failed_work_of_a_called_process_that_nobody_catches_is_an_incident(stage: MakeStage) -> None:
    one = stage({"parent.bpmn": caller(""), "child.bpmn": child()})
    instance = one.start("parent")
    with pytest.raises(ExecutionFailed, match="which nobody catches"):
        one.engine.throw_task_error(one.open("work")[0].id, "bad", actor=SYSTEM)
    assert one.state(instance) == "ACTIVE"
    assert one.names() == ["work"]


@pytest.mark.bpmn("call-activity")
def test_a_variable_that_is_not_there_is_passed_as_null_an_expression_must_have_a_value(stage: MakeStage) -> None:
    mappings = '<camunda:in source="ไม่มี" target="given"/><camunda:out source="never" target="result"/>'
    one = stage({"parent.bpmn": caller(mappings), "child.bpmn": child()})
    instance = one.start("parent")
    assert one.variables(one.open("work")[0].instance_id) == {"given": None}
    one.complete("work")
    assert (one.names(), one.variables(instance)) == (["z"], {"result": None})
    other = stage({"parent.bpmn": caller('<camunda:in sourceExpression="${missing + 1}" target="given"/>'), "child.bpmn": child()})
    with pytest.raises(ExecutionFailed, match="there is no variable 'missing'"):
        other.start("parent")
