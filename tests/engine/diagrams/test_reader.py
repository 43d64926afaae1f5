"""The standard's own elements, read into the model."""

from __future__ import annotations

from time import process_time

import pytest

from engine.diagrams import read
from engine.diagrams.model import Accepts, Deliverable, EventDefinition, MessageFlow
from tests.engine.diagrams.drawing import element, file, process


def test_any_prefix_and_flows_without_ids() -> None:
    text = (
        '<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL"><b:process id="p">'
        '<b:startEvent id="Start"/><b:sequenceFlow sourceRef="Start" targetRef="End"/><b:sequenceFlow sourceRef="Start" targetRef="End"/>'
        '<b:endEvent id="End"/></b:process></b:definitions>'
    )
    drawn = read(text.encode(), "x.bpmn").processes[0]
    assert list(drawn.flows) == ["flow:Start:End:1", "flow:Start:End:2"]
    assert drawn.elements["Start"].outgoing == drawn.elements["End"].incoming == ("flow:Start:End:1", "flow:Start:End:2")
    assert drawn.executable


def test_elements_stand_in_the_order_of_the_file_with_lines_and_parents() -> None:
    drawn = process(
        '<task id="a"/>\n<subProcess id="b"><task id="c"/>\n<transaction id="d"><task id="e"/></transaction></subProcess>\n<task id="f"/>'
    )
    assert list(drawn.elements) == ["a", "b", "c", "d", "e", "f"]
    assert [item.parent for item in drawn.elements.values()] == [None, None, "b", "b", "d", None]
    assert [item.line for item in drawn.elements.values()] == [3, 4, 4, 5, 5, 6]
    assert drawn.elements["d"].type == "subProcess"
    assert drawn.elements["d"].transaction


def test_names_in_thai_and_english() -> None:
    drawn = element('<userTask id="x" name="กำหนด\nรายชื่อ" ruam:nameEn="List"><documentation> อธิบาย </documentation></userTask>')
    assert (drawn.name, drawn.name_en, drawn.documentation) == ("กำหนด รายชื่อ", "List", "อธิบาย")


@pytest.mark.bpmn("lane")
def test_innermost_lane_wins_and_sub_processes_hand_theirs_down() -> None:
    lanes = (
        '<laneSet><lane id="outer" name="นอก"><flowNodeRef>a</flowNodeRef><flowNodeRef>s</flowNodeRef><childLaneSet>'
        '<lane id="l1" ruam:party="opdc" name="สำนักงาน ก.พ.ร."><flowNodeRef>a</flowNodeRef></lane>'
        '<lane id="l2"><flowNodeRef>s</flowNodeRef></lane></childLaneSet></lane><lane name="จังหวัด"><flowNodeRef>b</flowNodeRef>'
        "</lane></laneSet>"
    )
    drawn = process(f'{lanes}<task id="a"/><task id="b"/><subProcess id="s"><task id="in"/></subProcess><task id="free"/>')
    assert {key: item.lane for key, item in drawn.elements.items()} == {"a": "opdc", "b": "จังหวัด", "s": "l2", "in": "l2", "free": None}
    assert drawn.lanes == (("opdc", "สำนักงาน ก.พ.ร."), ("l2", "l2"), ("จังหวัด", "จังหวัด"))


def test_steps_are_inherited_from_the_sub_process_around() -> None:
    drawn = process(
        '<subProcess id="s" ruam:step="14"><task id="a"/><subProcess id="t" ruam:step="15"><task id="b"/></subProcess>'
        '</subProcess><task id="c"/>'
    )
    assert {key: item.step for key, item in drawn.elements.items()} == {"s": "14", "a": "14", "t": "15", "b": "15", "c": None}


def test_conditions_and_defaults() -> None:
    drawn = process(
        '<exclusiveGateway id="g" default="g-b"/><task id="a"/><task id="b"/>'
        '<sequenceFlow id="g-a" name="ใช่" sourceRef="g" targetRef="a"><conditionExpression xsi:type="tFormalExpression" language="juel">'
        "${ ผ่าน &gt; 3 }</conditionExpression></sequenceFlow>",
        "g>b",
    )
    assert drawn.elements["g"].default == "g-b"
    assert drawn.elements["g"].outgoing == ("g-a", "g-b")
    flow = drawn.flows["g-a"]
    assert (flow.condition, flow.language, flow.name, drawn.flows["g-b"].condition) == ("${ ผ่าน > 3 }", "juel", "ใช่", None)


@pytest.mark.bpmn("event-definition-ref")
def test_event_definitions_are_resolved() -> None:
    roots = (
        '<message id="m" name="ใบสมัคร"/><signal id="s" name="halt"/><error id="e" errorCode="E1"/><error id="plain"/>'
        '<escalation id="c" escalationCode="C1"/><timerEventDefinition id="t"><timeDuration>P3D</timeDuration></timerEventDefinition>'
    )
    expected = {
        '<messageEventDefinition messageRef="m"/>': EventDefinition("message", name="ใบสมัคร"),
        '<signalEventDefinition signalRef="s"/>': EventDefinition("signal", name="halt"),
        '<errorEventDefinition errorRef="e" camunda:errorCodeVariable="code"/>': EventDefinition("error", code="E1", variable="code"),
        '<errorEventDefinition errorRef="plain"/>': EventDefinition("error", code="plain", any_code=True),
        "<errorEventDefinition/>": EventDefinition("error"),
        '<escalationEventDefinition escalationRef="c"/>': EventDefinition("escalation", code="C1"),
        "<eventDefinitionRef>t</eventDefinitionRef>": EventDefinition("timer", timer="duration", expression="P3D"),
        "<timerEventDefinition><timeCycle> R3/PT10M </timeCycle></timerEventDefinition>": EventDefinition(
            "timer", timer="cycle", expression="R3/PT10M"
        ),
        "<timerEventDefinition><timeDate>${due}</timeDate></timerEventDefinition>": EventDefinition(
            "timer", timer="date", expression="${due}"
        ),
        "<timerEventDefinition><timeDate>due</timeDate></timerEventDefinition>": EventDefinition(
            "timer", timer="date", expression="${due}"
        ),
        "<conditionalEventDefinition><condition>${a}</condition></conditionalEventDefinition>": EventDefinition(
            "conditional", expression="${a}"
        ),
        '<linkEventDefinition name="หน้า 2"/>': EventDefinition("link", name="หน้า 2"),
        '<compensateEventDefinition activityRef="a"/>': EventDefinition("compensation", activity_ref="a"),
        "<cancelEventDefinition/>": EventDefinition("cancel"),
        "<terminateEventDefinition/>": EventDefinition("terminate"),
        '<terminateEventDefinition flowable:terminateAll="true"/>': EventDefinition("terminate", everything=True),
        '<messageEventDefinition flowable:messageExpression="${n}"/>': EventDefinition("message", name="${n}"),
        '<signalEventDefinition flowable:signalExpression="${n}"/>': EventDefinition("signal", name="${n}"),
        '<timerEventDefinition><timeCycle flowable:endDate="${end}">R/PT1H</timeCycle></timerEventDefinition>': EventDefinition(
            "timer", timer="cycle", expression="R/PT1H/${end}"
        ),
    }
    for text, definition in expected.items():
        assert element(f'<intermediateCatchEvent id="x">{text}</intermediateCatchEvent>', roots=roots).events == (definition,)


def test_references_carry_the_file_s_namespace_prefix() -> None:
    drawn = element('<receiveTask id="x" messageRef="tns:m"/>', roots='<message id="m" name="reply"/>', namespaces='xmlns:tns="t"')
    assert drawn.events == (EventDefinition("message", name="reply"),)


def test_dangling_references_are_noted_where_they_stand() -> None:
    diagram = read(file('<endEvent id="x"><signalEventDefinition signalRef="nowhere"/></endEvent>'), "x.bpmn")
    (problem,) = diagram.problems
    assert (problem.rule, problem.element_id, problem.line) == ("dangling-reference", "x", 3)


def test_boundary_events_and_interruption() -> None:
    drawn = process(
        '<task id="a"/><boundaryEvent id="b" attachedToRef="a" cancelActivity="false"/><boundaryEvent id="c" attachedToRef="a"/>'
        '<subProcess id="es" triggeredByEvent="true"><startEvent id="st" isInterrupting="false"/></subProcess>'
    )
    assert [item.id for item in drawn.boundaries("a")] == ["b", "c"]
    assert [drawn.elements[key].interrupting for key in ("b", "c", "st")] == [False, True, False]
    assert drawn.elements["es"].triggered_by_event


def test_compensation_handler_is_found_through_the_association() -> None:
    drawn = process(
        '<task id="a"/><boundaryEvent id="b" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>'
        '<task id="undo" isForCompensation="true"/>'
        '<association sourceRef="b" targetRef="undo"/>'
    )
    assert drawn.elements["b"].compensation_handler == "undo"
    assert drawn.elements["undo"].for_compensation


def test_multi_instance_and_loops_of_the_standard() -> None:
    body = (
        '<dataObject id="d" name="provinces"/><task id="x"><ioSpecification><dataInput id="in1" name="รายการ"/></ioSpecification>'
        '<multiInstanceLoopCharacteristics isSequential="true" behavior="None"><loopCardinality>3</loopCardinality>'
        '<loopDataInputRef>{ref}</loopDataInputRef><loopDataOutputRef>results</loopDataOutputRef><inputDataItem name="p"/>'
        '<outputDataItem name="r"/>'
        "<completionCondition>${{n &gt; 1}}</completionCondition></multiInstanceLoopCharacteristics></task>"
    )
    loop = element(body.format(ref="d")).loop
    assert loop is not None
    assert (loop.kind, loop.cardinality, loop.collection, loop.element_variable) == ("sequential", "3", "provinces", "p")
    assert (loop.completion_condition, loop.behavior, loop.result_collection, loop.result_expression) == (
        "${n > 1}",
        "None",
        "results",
        "${r}",
    )
    named = element(body.format(ref="in1")).loop
    assert named is not None
    assert named.collection == "รายการ"
    standard = element(
        '<task id="x"><standardLoopCharacteristics testBefore="true" loopMaximum="5"><loopCondition>a</loopCondition>'
        "</standardLoopCharacteristics></task>"
    ).loop
    assert standard is not None
    assert (standard.kind, standard.test_before, standard.maximum, standard.loop_condition) == ("loop", True, "5", "a")


def test_ad_hoc_complex_and_event_gateways() -> None:
    drawn = process(
        '<adHocSubProcess id="a" ordering="Sequential" cancelRemainingInstances="false"><completionCondition>done</completionCondition>'
        "</adHocSubProcess>"
        '<complexGateway id="c"><activationCondition>n &gt; 1</activationCondition></complexGateway>'
        '<eventBasedGateway id="g" instantiate="true" eventGatewayType="Parallel"/>'
        '<task id="q" startQuantity="2" completionQuantity="3"/>'
    ).elements
    assert (drawn["a"].type, drawn["a"].ad_hoc, drawn["a"].ordering, drawn["a"].cancel_remaining, drawn["a"].completion_condition) == (
        "subProcess",
        True,
        "Sequential",
        False,
        "done",
    )
    assert drawn["c"].activation_condition == "n > 1"
    assert (drawn["g"].instantiate, drawn["g"].event_gateway_type) == (True, "Parallel")
    assert (drawn["q"].start_quantity, drawn["q"].completion_quantity) == (2, 3)


@pytest.mark.bpmn("performer")
def test_potential_owners_and_performers() -> None:
    role = "<{0}><resourceAssignmentExpression><formalExpression>{1}</formalExpression></resourceAssignmentExpression></{0}>"
    owners = role.format("potentialOwner", "user(ก), group(province:TH-50), opdc")
    performer = role.format("humanPerformer", "somchai")
    human = element(f'<userTask id="x">{owners}{performer}</userTask>').human
    assert human is not None
    assert (human.assignee, human.candidate_users, human.candidate_groups) == ("somchai", ("ก",), ("province:TH-50", "opdc"))
    stronger = element(f'<userTask id="x" camunda:candidateGroups="explicit">{owners}</userTask>').human
    assert stronger is not None
    assert (stronger.candidate_groups, stronger.candidate_users) == (("explicit",), ())


@pytest.mark.bpmn("pool", "message-flow")
def test_collaboration() -> None:
    pools = (
        '<collaboration id="c"><participant id="ours" processRef="p"/><participant id="theirs"/>'
        '<messageFlow sourceRef="theirs" targetRef="x" name="คำขอ"/></collaboration>'
    )
    diagram = read(file('<task id="x"/>', roots=pools), "x.bpmn")
    assert diagram.targets == {"ours": "p"}
    assert diagram.message_flows == (MessageFlow("theirs", "x", "คำขอ", "messageFlow:theirs:x"),)


def test_global_tasks_are_processes_of_one_element() -> None:
    roots = '<globalUserTask id="g" name="ตรวจ" camunda:assignee="a"/>'
    diagram = read(file('<callActivity id="x" calledElement="g"/>', roots=roots), "x.bpmn")
    task = diagram.processes[1]
    assert task.global_task
    assert task.elements["g"].type == "userTask"
    assert task.elements["g"].human is not None
    assert task.elements["g"].human.assignee == "a"


def test_our_own_attributes() -> None:
    drawn = process(
        '<startEvent id="s"/><serviceTask id="x" ruam:handler="opdc.issue_letters" ruam:deferred="true"><extensionElements>'
        '<ruam:parameter name="to">${provinces}</ruam:parameter>'
        '<ruam:deliverable key="plan" copies="10" cds="5" instalment="1" th="แผน" en="Plan"/>'
        '<ruam:accepts instalment="1" deliverables="plan study_report"/>'
        "<camunda:failedJobRetryTimeCycle>R3/PT10M</camunda:failedJobRetryTimeCycle>"
        '</extensionElements></serviceTask><userTask id="u" ruam:remind="3" ruam:escalate="1" ruam:escalateTo="opdc"/>'
        '<callActivity id="c" calledElement="application" ruam:category="application" ruam:unit="${province.code}"/>',
        attributes='ruam:category="project" ruam:startForm="start" ruam:nameEn="Project" camunda:versionTag="2" '
        'camunda:candidateStarterGroups="opdc, consultant"',
    )
    work, human, call = drawn.elements["x"].work, drawn.elements["u"].human, drawn.elements["c"].call
    assert work is not None
    assert human is not None
    assert call is not None
    assert (work.kind, work.name, work.parameters, work.deferred, work.retries) == (
        "handler",
        "opdc.issue_letters",
        {"to": "${provinces}"},
        True,
        "R3/PT10M",
    )
    assert drawn.elements["x"].deliverables == (Deliverable("plan", 10, 5, 1, "แผน", "Plan"),)
    assert drawn.elements["x"].accepts == (Accepts(1, ("plan", "study_report")),)
    assert (human.remind, human.escalate, human.escalate_to) == ("3", "1", "opdc")
    assert (call.called, call.binding, call.category, call.unit) == ("application", "deployment", "application", "${province.code}")
    assert (drawn.category, drawn.name_en, drawn.version_tag, drawn.candidate_starter_groups) == (
        "project",
        "Project",
        "2",
        ("opdc", "consultant"),
    )
    assert drawn.elements["s"].start_form == "start"


def test_unknown_extensions_become_properties() -> None:
    drawn = element(
        '<task id="x" other:colour="red"><extensionElements><other:note a="1">text</other:note><other:flag>ใช่</other:flag>'
        "</extensionElements></task>"
    )
    assert drawn.properties == {"other:colour": "red", "other:note": {"a": "1", "text": "text"}, "other:flag": "ใช่"}


def test_duplicate_and_missing_ids_are_noted() -> None:
    diagram = read(file('<task id="x"/><task id="x"/><task/>'), "x.bpmn")
    assert [problem.rule for problem in diagram.problems] == ["duplicate-id", "missing-id"]


def test_flows_without_ids_between_the_same_elements_take_linear_time() -> None:
    before = process_time()
    drawn = process('<task id="a"/>' + '<sequenceFlow sourceRef="a" targetRef="a"/>' * 9_900)
    assert len(drawn.elements["a"].outgoing) == 9_900
    assert process_time() - before < 5
