"""What each dialect says, folded into the model (CONTRACT: Diagrams from elsewhere)."""

from __future__ import annotations

import pytest

from engine.diagrams.model import DataMapping, EventDefinition, HumanTask
from tests.engine.diagrams.drawing import SPIFF, element, process


def extended(tag: str, inner: str, attributes: str = "") -> str:
    return f'<{tag} id="x" {attributes}><extensionElements>{inner}</extensionElements></{tag}>'


@pytest.mark.parametrize("vendor", ["camunda", "flowable", "activiti"])
def test_human_task_of_camunda_and_relatives(vendor: str) -> None:
    human = element(
        f'<userTask id="x" {vendor}:assignee="${{owner}}" {vendor}:candidateUsers="a, b" {vendor}:candidateGroups="opdc,${{pick(p, q)}}" '
        f'{vendor}:dueDate="P3D" {vendor}:followUpDate="P1D" {vendor}:priority="80" {vendor}:formKey="study_report"/>'
    ).human
    assert human == HumanTask(
        assignee="${owner}",
        candidate_users=("a", "b"),
        candidate_groups=("opdc", "${pick(p, q)}"),
        due="P3D",
        follow_up="P1D",
        priority="80",
        form_key="study_report",
    )


def test_camunda_form_fields_become_a_form() -> None:
    drawn = element(
        extended(
            "userTask",
            (
                '<camunda:formData><camunda:formField id="ชื่อ" label="ชื่อ" type="string"><camunda:validation>'
                '<camunda:constraint name="required"/>'
                '</camunda:validation></camunda:formField><camunda:formField id="n" type="enum"><camunda:value id="a" name="A"/>'
                "</camunda:formField>"
                "</camunda:formData>"
            ),
        )
    )
    assert drawn.properties["camunda:formData"] == [
        {"id": "ชื่อ", "label": "ชื่อ", "type": "string", "validation": {"constraint": {"name": "required"}}},
        {"id": "n", "type": "enum", "value": {"id": "a", "name": "A"}},
    ]
    assert drawn.human is not None
    assert drawn.human.form_schema is not None
    assert list(drawn.human.form_schema["properties"]) == ["ชื่อ", "n"]
    assert drawn.human.form_schema["required"] == ["ชื่อ"]


def test_camunda_inputs_and_outputs() -> None:
    drawn = element(
        extended(
            "userTask",
            (
                '<camunda:inputOutput><camunda:inputParameter name="a">text ${b}</camunda:inputParameter><camunda:inputParameter name="l">'
                "<camunda:list>"
                '<camunda:value>1</camunda:value><camunda:script scriptFormat="juel">${x}</camunda:script></camunda:list>'
                "</camunda:inputParameter>"
                '<camunda:inputParameter name="m"><camunda:map><camunda:entry key="k">v</camunda:entry><camunda:entry key="s">'
                '<camunda:script scriptFormat="python">a + b</camunda:script></camunda:entry></camunda:map></camunda:inputParameter>'
                '<camunda:inputParameter name="empty"/><camunda:outputParameter name="o">${a}</camunda:outputParameter>'
                "</camunda:inputOutput>"
                '<camunda:properties><camunda:property name="colour" value="แดง"/></camunda:properties>'
            ),
        )
    )
    assert drawn.inputs == (
        DataMapping("a", "text ${b}"),
        DataMapping("l", ["1", "${x}"]),
        DataMapping("m", {"k": "v", "s": "${a + b}"}),
        DataMapping("empty", None),
    )
    assert drawn.outputs == (DataMapping("o", "${a}"),)
    assert drawn.properties["camunda:properties"] == {"colour": "แดง"}


def test_camunda_work() -> None:
    external = element('<serviceTask id="x" camunda:type="external" camunda:topic="send" camunda:taskPriority="5"/>').work
    assert external is not None
    assert (external.kind, external.name, external.priority) == ("external", "send", "5")
    decision = element(
        '<businessRuleTask id="x" camunda:decisionRef="scoring" camunda:resultVariable="r" camunda:mapDecisionResult="singleEntry"/>'
    ).work
    assert decision is not None
    assert (decision.kind, decision.name, decision.result_variable, decision.map_result) == ("decision", "scoring", "r", "singleEntry")
    script = element('<scriptTask id="x" scriptFormat="juel" camunda:resultVariable="r"><script>\na = b\n</script></scriptTask>').work
    assert script is not None
    assert (script.kind, script.script, script.script_format, script.result_variable) == ("script", "a = b", "juel", "r")


def test_camunda_throw_event_works_where_its_definition_says() -> None:
    drawn = element('<endEvent id="x"><messageEventDefinition camunda:type="external" camunda:topic="mail"/></endEvent>')
    assert drawn.work is not None
    assert (drawn.work.kind, drawn.work.name) == ("external", "mail")


def test_camunda_call() -> None:
    call = element(
        extended(
            "callActivity",
            (
                '<camunda:in businessKey="${key}"/><camunda:in source="a" target="b"/><camunda:in sourceExpression="${a + 1}" target="c"/>'
                '<camunda:out variables="all"/><camunda:out source="r" target="s"/>'
            ),
            'calledElement="child" camunda:calledElementBinding="version" camunda:calledElementVersion="3"',
        )
    ).call
    assert call is not None
    assert (call.called, call.binding, call.version, call.business_key) == ("child", "version", "3", "${key}")
    assert call.ins == (DataMapping("b", "${a}", or_null=True), DataMapping("c", "${a + 1}"))
    assert (call.outs, call.all_in, call.all_out) == ((DataMapping("s", "${r}", or_null=True),), False, True)


@pytest.mark.parametrize("vendor", ["camunda", "flowable", "activiti"])
def test_multi_instance_of_camunda_and_relatives(vendor: str) -> None:
    loop = element(
        f'<task id="x"><multiInstanceLoopCharacteristics {vendor}:collection="จังหวัด" {vendor}:elementVariable="p" '
        'ruam:resultCollection="results" ruam:resultExpression="${score}"/></task>'
    ).loop
    assert loop is not None
    assert (loop.kind, loop.collection, loop.element_variable) == ("parallel", "จังหวัด", "p")
    assert (loop.result_collection, loop.result_expression) == ("results", "${score}")


def test_what_is_refused_later_stays_a_property_under_its_usual_prefix() -> None:
    drawn = element(
        '<serviceTask id="x" c:class="a.B" c:asyncBefore="true" c:exclusive="false"><extensionElements>'
        '<c:executionListener event="start" class="a.L"/></extensionElements>'
        "</serviceTask>",
        namespaces='xmlns:c="http://camunda.org/schema/1.0/bpmn"',
    )
    assert drawn.properties == {"camunda:class": "a.B", "camunda:executionListener": {"event": "start", "class": "a.L"}}
    assert drawn.async_before
    assert drawn.work is not None
    assert drawn.work.kind == "none"


def test_flowable() -> None:
    work = element(
        extended(
            "serviceTask",
            '<flowable:field name="decisionTableReferenceKey"><flowable:string>scoring</flowable:string></flowable:field>',
            'flowable:type="dmn"',
        )
    ).work
    assert work is not None
    assert (work.kind, work.name, work.map_result) == ("decision", "scoring", "singleResult")
    call = element('<callActivity id="x" calledElement="child" flowable:inheritVariables="true" flowable:businessKey="${k}"/>').call
    assert call is not None
    assert (call.all_in, call.business_key) == (True, "${k}")
    extras = 'flowable:owner="o" flowable:category="c" flowable:skipExpression="${s}" flowable:businessCalendarName="b"'
    drawn = element(f'<userTask id="x" {extras}/>')
    assert drawn.human is not None
    assert drawn.human.owner == "o"
    assert drawn.properties == {
        "flowable:category": "c",
        "flowable:skipExpression": "${s}",
        "flowable:businessCalendarName": "b",
    }


def test_zeebe_user_task() -> None:
    drawn = element(
        extended(
            "userTask",
            (
                "<zeebe:userTask/>"
                '<zeebe:assignmentDefinition assignee="= owner" candidateUsers="a, b" candidateGroups="= [&quot;a&quot;, b]"/>'
                '<zeebe:taskSchedule dueDate="= now() + duration(&quot;P1D&quot;)" followUpDate="2026-11-30T09:00:00+07:00"/>'
                '<zeebe:priorityDefinition priority="70"/>'
                '<zeebe:formDefinition formId="study_report"/><zeebe:ioMapping><zeebe:input source="= order.id" target="id"/>'
                '<zeebe:input source="plain" target="t"/><zeebe:output source="= r" target="result"/></zeebe:ioMapping>'
                '<zeebe:properties><zeebe:property name="k" value="v"/></zeebe:properties>'
            ),
        )
    )
    assert drawn.human == HumanTask(
        assignee="= owner",
        candidate_users=("a", "b"),
        candidate_groups=('= ["a", b]',),
        due='= now() + duration("P1D")',
        follow_up="2026-11-30T09:00:00+07:00",
        priority="70",
        form_key="study_report",
    )
    assert drawn.inputs == (DataMapping("id", "= order.id"), DataMapping("t", "plain"))
    assert drawn.outputs == (DataMapping("result", "= r"),)
    assert drawn.properties == {"zeebe:properties": {"k": "v"}}


def test_zeebe_work() -> None:
    task = element(extended("serviceTask", '<zeebe:taskDefinition type="send-mail" retries="5"/>')).work
    assert task is not None
    assert (task.kind, task.name, task.retries) == ("external", "send-mail", "R5")
    decision = element(extended("businessRuleTask", '<zeebe:calledDecision decisionId="d" resultVariable="r"/>')).work
    assert decision is not None
    assert (decision.kind, decision.name, decision.result_variable) == ("decision", "d", "r")
    script = element(extended("scriptTask", '<zeebe:script expression="= a + b" resultVariable="c"/>')).work
    assert script is not None
    assert (script.kind, script.script, script.result_variable, script.script_format) == ("script", "= a + b", "c", "feel")


def test_zeebe_call_loop_and_subscription() -> None:
    drawn = element(
        extended("callActivity", '<zeebe:calledElement processId="child" propagateAllChildVariables="false"/>').replace(
            "</callActivity>",
            '<multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="= items" inputElement="item" '
            'outputCollection="results" outputElement="= r"/></extensionElements></multiInstanceLoopCharacteristics></callActivity>',
        )
    )
    assert drawn.call is not None
    assert (drawn.call.called, drawn.call.all_in, drawn.call.all_out) == ("child", True, False)
    assert drawn.loop is not None
    assert (drawn.loop.collection, drawn.loop.element_variable, drawn.loop.result_collection, drawn.loop.result_expression) == (
        "= items",
        "item",
        "results",
        "= r",
    )
    waiting = element(
        '<receiveTask id="x" messageRef="m"/>',
        roots='<message id="m" name="paid"><extensionElements><zeebe:subscription correlationKey="= orderId"/></extensionElements>'
        "</message>",
    )
    assert waiting.events == (EventDefinition("message", name="paid", correlation="= orderId"),)


def test_spiffarena() -> None:
    drawn = element(
        extended(
            "userTask",
            (
                '<spiffworkflow:properties><spiffworkflow:property name="formJsonSchemaFilename" value="study_report.json"/>'
                '<spiffworkflow:property name="formUiSchemaFilename" value="study_report-ui.json"/></spiffworkflow:properties>'
                "<spiffworkflow:instructionsForEndUser>เรียน {{ name }} มี {{ len(items) }} รายการ</spiffworkflow:instructionsForEndUser>"
                "<spiffworkflow:preScript>a = 1</spiffworkflow:preScript><spiffworkflow:postScript>del a</spiffworkflow:postScript>"
            ),
        ),
        namespaces=SPIFF,
    )
    assert drawn.human is not None
    assert (drawn.human.form_key, drawn.human.instructions) == ("study_report", "เรียน ${name} มี ${len(items)} รายการ")
    assert (drawn.pre_script, drawn.post_script) == ("a = 1", "del a")
    work = element(
        extended(
            "serviceTask",
            (
                '<spiffworkflow:serviceTaskOperator id="http/Get" resultVariable="answer"><spiffworkflow:parameters>'
                '<spiffworkflow:parameter id="url" type="str" value="base + path"/></spiffworkflow:parameters>'
                "</spiffworkflow:serviceTaskOperator>"
            ),
        ),
        namespaces=SPIFF,
    ).work
    assert work is not None
    assert (work.kind, work.name, work.parameters, work.result_variable) == ("handler", "http/Get", {"url": "${base + path}"}, "answer")
    named = "<spiffworkflow:calledDecisionId>d</spiffworkflow:calledDecisionId>"
    decision = element(extended("businessRuleTask", named), namespaces=SPIFF).work
    assert decision is not None
    assert (decision.kind, decision.name) == ("decision", "d")


def test_spiffarena_shares_data_with_called_processes() -> None:
    call = element('<callActivity id="x" calledElement="child"/>', namespaces=SPIFF).call
    assert call is not None
    assert (call.all_in, call.all_out) == (True, True)
    plain = element('<callActivity id="x" calledElement="child"/>').call
    assert plain is not None
    assert (plain.all_in, plain.all_out) == (False, False)


@pytest.mark.parametrize(
    ("drawn", "read"),
    [
        ('"PT5M"', "PT5M"),
        ("due_date", "${due_date}"),
        ("P3D", "P3D"),
        ("R3/PT1M", "R3/PT1M"),
        ("${a}", "${a}"),
    ],
)
@pytest.mark.parametrize("namespaces", [SPIFF, ""])  # SpiffWorkflow's own files name no namespace of it
def test_spiffworkflows_timers_are_python(drawn: str, read: str, namespaces: str) -> None:
    timer = f"<timerEventDefinition><timeDuration>{drawn}</timeDuration></timerEventDefinition>"
    waiting = element(f'<intermediateCatchEvent id="x">{timer}</intermediateCatchEvent>', namespaces=namespaces)
    assert waiting.events == (EventDefinition("timer", timer="duration", expression=read),)


def test_spiffarena_messages() -> None:
    message = (
        '<message id="m" name="order"><extensionElements><spiffworkflow:messagePayload>{"id": n}</spiffworkflow:messagePayload>'
        "<spiffworkflow:messageVariable>answer</spiffworkflow:messageVariable></extensionElements></message>"
    )
    drawn = element('<sendTask id="x" messageRef="m"/>', roots=message, namespaces=SPIFF)
    assert drawn.events == (EventDefinition("message", name="order", payload='{"id": n}', variable="answer"),)


def test_an_explicit_attribute_beats_another_dialect_s() -> None:
    drawn = process(
        '<serviceTask id="x" ruam:handler="ours" camunda:type="external" camunda:topic="theirs"><extensionElements>'
        '<zeebe:taskDefinition type="third"/></extensionElements></serviceTask>'
    ).elements["x"]
    assert drawn.work is not None
    assert (drawn.work.kind, drawn.work.name) == ("handler", "ours")


def test_flowables_external_worker_is_an_external_task() -> None:
    work = element(
        '<serviceTask id="x" xmlns:flowable="http://flowable.org/bpmn" flowable:type="external-worker" flowable:topic="mail"/>'
    ).work
    assert work is not None
    assert (work.kind, work.name) == ("external", "mail")
