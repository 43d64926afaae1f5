"""Diagrams drawn for Flowable, Activiti and SpiffArena run; what of them does not is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.people import SYSTEM
from engine.registry import Pack
from engine.testing import Stage
from tests.engine.dialect_files import bpmn

FLOWABLE = 'xmlns:flowable="http://flowable.org/bpmn" xmlns:activiti="http://activiti.org/bpmn"'
SPIFF = 'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
ONE = ("s -> t", "t -> e")
END = '<endEvent id="e"/>'


def flowable(body: str, *flows: str, start: str = '<startEvent id="s"/>') -> bytes:
    return bpmn(FLOWABLE, f"{start}{body}{END}", *(flows or ONE))


def spiff(body: str, *flows: str, key: str = "p", start: str = '<startEvent id="s"/>', outside: str = "") -> bytes:
    return bpmn(SPIFF, f"{start}{body}{END}", *(flows or ONE), key=key, outside=outside)


# ---- Flowable


@pytest.mark.parametrize("vendor", ["flowable", "activiti"])
def test_user_task_of_flowable(stage: Callable[..., Stage], vendor: str) -> None:
    task = (
        f'<userTask id="t" {vendor}:owner="${{หัวหน้า}}" {vendor}:assignee="worker" {vendor}:category="งานด่วน" {vendor}:dueDate="P1D" '
        f'{vendor}:businessCalendarName="dueDate"><extensionElements><{vendor}:formProperty id="วัน" name="วัน" type="long" required="true"/>'
        f'<{vendor}:formProperty id="ok" type="boolean" variable="ยินยอม" default="true"/></extensionElements></userTask>'
    )
    one = stage({"p.bpmn": flowable(task)})
    instance = one.start("p", หัวหน้า="chief")
    found = one.open("t")[0]
    assert (found.assignee, found.owner) == ("worker", "chief")
    view = one.engine.task(found.id, actor=SYSTEM)
    assert view.form is not None
    assert list(view.form.properties) == ["วัน", "ยินยอม"]
    one.complete("t", วัน=3, ยินยอม=False)
    assert one.variables(instance) == {"หัวหน้า": "chief", "วัน": 3, "ยินยอม": False}


def test_multi_instance_of_flowable(stage: Callable[..., Stage]) -> None:
    loop = (
        '<multiInstanceLoopCharacteristics isSequential="true" flowable:collection="${people}" flowable:elementVariable="who" '
        'flowable:elementIndexVariable="ลำดับ"/>'
    )
    one = stage({"p.bpmn": flowable(f'<userTask id="t" name="${{ลำดับ}}/${{loopCounter}} ${{who}}">{loop}</userTask>')})
    one.start("p", people=["ก", "ข"])
    assert [task.name for task in one.open("t")] == ["0/0 ก"]
    one.complete("t")
    assert [task.name for task in one.open("t")] == ["1/1 ข"]


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ('<userTask id="t" flowable:skipExpression="${skip}"/>', "skip-expression"),
        ('<userTask id="t" flowable:dueDate="P1D" flowable:businessCalendarName="holidays"/>', "business-calendar"),
        (
            '<intermediateCatchEvent id="t"><timerEventDefinition flowable:businessCalendarName="holidays">'
            "<timeDuration>P1D</timeDuration></timerEventDefinition></intermediateCatchEvent>",
            "business-calendar",
        ),
        ('<serviceTask id="t" flowable:type="mail"/>', "task-type"),
        ('<serviceTask id="t" flowable:class="org.example.Pay"/>', "java-class"),
        ('<serviceTask id="t" activiti:expression="${bean.pay()}"/>', "expression-syntax"),
    ],
)
def test_what_of_flowable_is_refused(stage: Callable[..., Stage], body: str, rule: str) -> None:
    found = stage().engine.check({"p.bpmn": flowable(body)})
    assert rule in {problem.rule for problem in found if problem.severity == "error"}


def test_decision_task_of_flowable(stage: Callable[..., Stage]) -> None:
    dmn = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="f" namespace="n"><decision id="grade" name="grade">'
        '<decisionTable hitPolicy="FIRST"><input><inputExpression><text>score</text></inputExpression></input><output name="grade"/>'
        '<output name="หมายเหตุ"/><rule><inputEntry><text>&gt;= 80</text></inputEntry><outputEntry><text>"A"</text></outputEntry>'
        '<outputEntry><text>"ดีมาก"</text></outputEntry></rule></decisionTable></decision></definitions>'
    ).encode()
    fields = '<flowable:field name="decisionTableReferenceKey"><flowable:string>grade</flowable:string></flowable:field>'
    task = f'<serviceTask id="t" flowable:type="dmn"><extensionElements>{fields}</extensionElements></serviceTask>'
    one = stage({"p.bpmn": flowable(task), "r.dmn": dmn})
    assert one.variables(one.start("p", score=90)) == {"score": 90, "grade": "A", "หมายเหตุ": "ดีมาก"}


def test_conditions_of_flowable(stage: Callable[..., Stage]) -> None:
    body = '<exclusiveGateway id="t" default="flow3"/><userTask id="a"/><userTask id="b"/>'
    flows = ("s -> t", "t -> a: ${variables:getOrDefault(days, 0) &gt; 3 &amp;&amp; vars:eq(kind, 'ลา')}", "a -> e", "t -> b", "b -> e")
    one = stage({"p.bpmn": flowable(body, *flows)})
    one.start("p", days=4, kind="ลา")
    one.start("p")
    assert one.names() == ["a", "b"]


# ---- SpiffArena


@pytest.mark.bpmn("script-task")
def test_a_script_of_spiffarena_decides_and_goes_through_lists(stage: Callable[..., Stage]) -> None:
    script = """ผลรวม = 0
for รายการ in รายการสั่งซื้อ:
    if รายการ["จำนวน"] == 0:
        continue
    รายการ["รวม"] = รายการ["จำนวน"] * รายการ["ราคา"]
    ผลรวม += รายการ["รวม"]
if ผลรวม &gt; 100:
    ระดับ = "สูง"
else:
    ระดับ = "ต่ำ"
"""
    one = stage({"p.bpmn": spiff(f'<scriptTask id="t"><script>{script}</script></scriptTask>')})
    orders = [{"จำนวน": 3, "ราคา": 50}, {"จำนวน": 0, "ราคา": 9}]
    found = one.variables(one.start("p", รายการสั่งซื้อ=orders))
    assert found == {"รายการสั่งซื้อ": [{"จำนวน": 3, "ราคา": 50, "รวม": 150}, orders[1]], "ผลรวม": 150, "ระดับ": "สูง"}


def test_scripts_and_instructions_of_spiffarena(stage: Callable[..., Stage]) -> None:
    inner = (
        "<spiffworkflow:preScript>รายการ = [x * 2 for x in จำนวน]\nดี = {'a': len(รายการ)}</spiffworkflow:preScript>"
        "<spiffworkflow:postScript>ยอด = sum(รายการ) + เพิ่ม</spiffworkflow:postScript>"
        "<spiffworkflow:instructionsForEndUser>โปรดตรวจ {{ รายการ[0] }} ของ {{ดี.a}}</spiffworkflow:instructionsForEndUser>"
    )
    one = stage({"p.bpmn": spiff(f'<userTask id="t"><extensionElements>{inner}</extensionElements></userTask>')})
    instance = one.start("p", จำนวน=[1, 2])
    definition = one.engine.task(one.open("t")[0].id, actor=SYSTEM)
    assert definition.variables["รายการ"] == [2, 4]
    one.complete("t", เพิ่ม=1)
    assert one.variables(instance)["ยอด"] == 7


def test_operator_and_decision_of_spiffarena(stage: Callable[..., Stage]) -> None:
    pack = Pack("pack")

    @pack.handler("http/GetRequest", parameters={"url": str, "params": dict})
    def get(context: Any, url: str, params: dict[str, Any]) -> dict[str, Any]:
        return {"status": 200, "asked": f"{url}?{params['q']}"}

    operator = (
        '<spiffworkflow:serviceTaskOperator id="http/GetRequest" resultVariable="คำตอบ"><spiffworkflow:parameters>'
        '<spiffworkflow:parameter id="url" type="str" value="\'https://\' + host"/>'
        '<spiffworkflow:parameter id="params" type="any" value="{\'q\': คำถาม}"/>'
        "</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
    )
    body = f'<serviceTask id="t"><extensionElements>{operator}</extensionElements></serviceTask>'
    one = stage({"p.bpmn": spiff(body)}, packs=[pack], pack="pack")
    assert one.variables(one.start("p", host="ก", คำถาม="ข"))["คำตอบ"] == {"status": 200, "asked": "https://ก?ข"}


def test_messages_of_spiffarena_between_two_processes(stage: Callable[..., Stage]) -> None:
    sent = "<spiffworkflow:messagePayload>{'เลขที่': number, 'items': xs}</spiffworkflow:messagePayload>"
    got = "<spiffworkflow:messageVariable>คำสั่งซื้อ</spiffworkflow:messageVariable>"
    outside = '<message id="m" name="สั่งซื้อ"/>'
    throw = f'<sendTask id="t" messageRef="m"><extensionElements>{sent}</extensionElements></sendTask>'
    definition = f'<messageEventDefinition messageRef="m"><extensionElements>{got}</extensionElements></messageEventDefinition>'
    start = f'<startEvent id="s">{definition}</startEvent>'
    receive = '<userTask id="t"/>'
    files = {"p.bpmn": spiff(throw, outside=outside), "q.bpmn": spiff(receive, key="q", start=start, outside=outside)}
    one = stage(files)
    one.start("p", number="ก-1", xs=[1])
    assert one.engine.task(one.open("t")[0].id, actor=SYSTEM).variables == {"คำสั่งซื้อ": {"เลขที่": "ก-1", "items": [1]}}


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_what_errors_and_escalations_of_spiffarena_carry(stage: Callable[..., Stage], kind: str) -> None:
    carried = "<spiffworkflow:payloadExpression>{'why': reason}</spiffworkflow:payloadExpression>"
    extensions = f"<extensionElements>{carried}<spiffworkflow:variableName>result</spiffworkflow:variableName></extensionElements>"
    outside = f'<{kind} id="x" name="x" {kind}Code="1">{extensions}</{kind}>'
    thrown = f'<{kind}EventDefinition {kind}Ref="x"/>'
    inside = f'<startEvent id="s1"/><endEvent id="e1">{thrown}</endEvent><sequenceFlow sourceRef="s1" targetRef="e1"/>'
    body = f'<subProcess id="t">{inside}</subProcess><boundaryEvent id="b" attachedToRef="t">{thrown}</boundaryEvent>'
    one = stage({"p.bpmn": spiff(body, outside=outside)})
    assert one.variables(one.start("p", reason="late")) == {"reason": "late", "result": {"why": "late"}}


def test_a_receive_task_puts_the_payload_into_its_variable(stage: Callable[..., Stage]) -> None:
    variable = "<extensionElements><spiffworkflow:messageVariable>got</spiffworkflow:messageVariable></extensionElements>"
    outside = f'<message id="m" name="ตอบ">{variable}</message>'
    one = stage({"p.bpmn": spiff('<receiveTask id="t" messageRef="m"/>', outside=outside)})
    instance = one.start("p")
    one.engine.correlate("ตอบ", variables={"a": 1}, actor=SYSTEM)
    assert one.variables(instance) == {"got": {"a": 1}}


def test_call_activity_of_spiffarena_shares_everything(stage: Callable[..., Stage]) -> None:
    child = spiff('<scriptTask id="t"><script>y = x + 1</script></scriptTask>', key="child")
    one = stage({"p.bpmn": spiff('<callActivity id="t" calledElement="child"/>'), "c.bpmn": child})
    assert one.variables(one.start("p", x=1)) == {"x": 1, "y": 2}


def test_jinja_that_is_not_filled_in_is_said(stage: Callable[..., Stage]) -> None:
    text = "{% for x in xs %}{{ x | upper }}{% endfor %}"
    inner = f"<spiffworkflow:instructionsForEndUser>{text}</spiffworkflow:instructionsForEndUser>"
    found = stage().engine.check({"p.bpmn": spiff(f'<userTask id="t"><extensionElements>{inner}</extensionElements></userTask>')})
    assert "instructions-template" in {problem.rule for problem in found if problem.severity == "warning"}


@pytest.mark.parametrize("kind", ["manualTask", "task", "scriptTask"])
def test_instructions_nobody_would_see_are_said(stage: Callable[..., Stage], kind: str) -> None:
    inner = "<extensionElements><spiffworkflow:instructionsForEndUser>โปรดอ่าน</spiffworkflow:instructionsForEndUser></extensionElements>"
    script = "<script>a = 1</script>" if kind == "scriptTask" else ""
    found = stage().engine.check({"p.bpmn": spiff(f'<{kind} id="t" name="อ่าน">{inner}{script}</{kind}>')})
    [told] = [one for one in found if one.rule == "instructions-not-shown"]
    assert (told.element_id, told.element_name, told.severity) == ("t", "อ่าน", "warning")
    assert "user task" in told.message
    assert "user task" in told.message_th
