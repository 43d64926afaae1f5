"""Diagrams drawn for Camunda 8 run: user tasks, mappings, call activities, scripts, messages, multi-instances."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.people import SYSTEM, Actor
from engine.registry import Pack
from engine.testing import Stage
from tests.engine.dialect_files import bpmn

ZEEBE = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
END = '<endEvent id="e"/>'


def drawn(body: str, *flows: str, key: str = "p", outside: str = "") -> bytes:
    return bpmn(ZEEBE, f'<startEvent id="s"/>{body}{END}', *flows, key=key, outside=outside)


def extended(tag: str, inner: str, attributes: str = "", more: str = "") -> str:
    return f'<{tag} id="t" {attributes}><extensionElements>{inner}</extensionElements>{more}</{tag}>'


ONE = ("s -> t", "t -> e")


def test_user_task(stage: Callable[..., Stage]) -> None:
    inner = (
        '<zeebe:userTask/><zeebe:assignmentDefinition assignee="=owner" candidateGroups="=[&quot;opdc&quot;, unit]" candidateUsers="a,b"/>'
        '<zeebe:taskSchedule dueDate="=now() + duration(&quot;P3D&quot;)" followUpDate="2009-06-02T08:00:00Z"/>'
        '<zeebe:priorityDefinition priority="=40 + 1"/>'
        '<zeebe:ioMapping><zeebe:input source="=\'ก\'" target="greeting"/><zeebe:output source="=answer" target="reply"/></zeebe:ioMapping>'
    )
    one = stage({"p.bpmn": drawn(extended("userTask", inner.replace("'", "&quot;"), 'name="ตอบ"'), *ONE)})
    instance = one.start("p", owner="opdc-1", unit="province:TH-50")
    view = one.engine.task(one.open("t")[0].id, actor=SYSTEM)
    assert (view.task.assignee, view.task.priority) == ("opdc-1", 41)
    assert view.task.due is not None
    assert view.task.due - one.engine.clock_now() == timedelta(days=3)
    assert view.variables["greeting"] == "ก"
    one.complete("t", answer="ตกลง", aside=1)
    assert one.variables(instance) == {"owner": "opdc-1", "unit": "province:TH-50", "reply": "ตกลง"}


def worker() -> Pack:
    pack = Pack("worker")

    @pack.handler("count", parameters={})
    def count(context: Any) -> dict[str, Any]:
        return {"total": 3, "rest": {"a": 1}}

    return pack


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        ("", {"total": 3, "rest": {"a": 1}, "order": {"id": 7}}),
        ('<zeebe:output source="=total + 1" target="sum"/>', {"sum": 4, "order": {"id": 7}}),
        ('<zeebe:output source="=total" target="order.total"/><zeebe:output source="x" target="order.of.whom"/>',
         {"order": {"id": 7, "total": 3, "of": {"whom": "x"}}}),
    ],
)  # fmt: skip
def test_results_go_only_where_they_are_mapped(stage: Callable[..., Stage], mapping: str, expected: dict[str, Any]) -> None:
    inner = f"<zeebe:ioMapping>{mapping}</zeebe:ioMapping>" if mapping else ""
    task = extended("serviceTask", inner, 'ruam:handler="count"')
    one = stage({"p.bpmn": drawn(task, *ONE)}, packs=[worker()], pack="worker")
    assert one.variables(one.start("p", order={"id": 7})) == expected


DOUBLED = '<zeebe:script expression="=x * 2" resultVariable="y"/>'
CHILD = drawn(extended("scriptTask", DOUBLED), *ONE, key="child")


@pytest.mark.parametrize(
    ("called", "mapping", "expected"),
    [
        ('propagateAllChildVariables="true"', "", {"x": 4, "y": 8, "z": 1}),
        ('propagateAllChildVariables="false"', "", {"x": 4, "z": 1}),
        ('propagateAllChildVariables="false"', '<zeebe:output source="=y" target="result"/>', {"x": 4, "z": 1, "result": 8}),
        ('propagateAllChildVariables="true"', '<zeebe:output source="=y" target="result"/>', {"x": 4, "z": 1, "result": 8}),
        ('propagateAllParentVariables="false"', '<zeebe:input source="=5" target="x"/>', {"x": 4, "y": 10, "z": 1}),
    ],
)
def test_call_activity(stage: Callable[..., Stage], called: str, mapping: str, expected: dict[str, Any]) -> None:
    inner = f'<zeebe:calledElement processId="=&quot;ch&quot; + &quot;ild&quot;" {called}/>'
    inner += f"<zeebe:ioMapping>{mapping}</zeebe:ioMapping>" if mapping else ""
    one = stage({"p.bpmn": drawn(extended("callActivity", inner), *ONE), "c.bpmn": CHILD})
    assert one.variables(one.start("p", x=4, z=1)) == expected


def test_script(stage: Callable[..., Stage]) -> None:
    inner = '<zeebe:script expression="=for p in items return p.price * p.count" resultVariable="sums"/>'
    one = stage({"p.bpmn": drawn(extended("scriptTask", inner), *ONE)})
    instance = one.start("p", items=[{"price": 2, "count": 3}, {"price": 1.5, "count": 2}])
    assert one.variables(instance)["sums"] == [6, 3]


def test_multi_instance(stage: Callable[..., Stage]) -> None:
    loop = (
        "<multiInstanceLoopCharacteristics><extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="=provinces" inputElement="province" outputCollection="answers" '
        'outputElement="={province: province, answer: answer}"/></extensionElements></multiInstanceLoopCharacteristics>'
    )
    inner = '<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="=&quot;province:&quot; + province"/>'
    one = stage({"p.bpmn": drawn(extended("userTask", inner, more=loop), *ONE)})
    instance = one.start("p", provinces=["TH-50", "TH-54"])
    for task in one.open("t"):
        one.engine.complete_task(task.id, {"answer": f"จาก {task.party}"}, actor=SYSTEM)
    assert one.variables(instance)["answers"] == [
        {"province": "TH-50", "answer": "จาก province:TH-50"}, {"province": "TH-54", "answer": "จาก province:TH-54"},
    ]  # fmt: skip


def test_message_is_correlated_by_its_key(stage: Callable[..., Stage]) -> None:
    key = '<zeebe:subscription correlationKey="=order.id"/>'
    outside = f'<message id="m" name="ชำระเงินแล้ว"><extensionElements>{key}</extensionElements></message>'
    mapping = '<extensionElements><zeebe:ioMapping><zeebe:output source="=amount" target="paid"/></zeebe:ioMapping></extensionElements>'
    catch = f'<intermediateCatchEvent id="t">{mapping}<messageEventDefinition messageRef="m"/></intermediateCatchEvent>'
    one = stage({"p.bpmn": drawn(catch, *ONE, outside=outside)})
    first, second = (one.start("p", order={"id": number}) for number in ("ก-1", "ก-2"))
    one.engine.correlate("ชำระเงินแล้ว", correlation="ก-2", variables={"amount": 5, "aside": 1}, actor=SYSTEM)
    assert (one.state(first), one.state(second)) == ("ACTIVE", "COMPLETED")
    assert one.variables(second) == {"order": {"id": "ก-2"}, "paid": 5}


MAPPED = '<extensionElements><zeebe:ioMapping><zeebe:output source="=amount" target="paid"/></zeebe:ioMapping></extensionElements>'


@pytest.mark.parametrize("interrupting", ["true", "false"])
def test_a_boundary_event_passes_on_what_is_mapped(stage: Callable[..., Stage], interrupting: str) -> None:
    definition = '<messageEventDefinition messageRef="m"/>'
    boundary = f'<boundaryEvent id="b" attachedToRef="t" cancelActivity="{interrupting}">{MAPPED}{definition}</boundaryEvent>'
    key = '<extensionElements><zeebe:subscription correlationKey="=id"/></extensionElements>'
    outside = f'<message id="m" name="จ่าย">{key}</message>'
    file = drawn(f'<userTask id="t"/>{boundary}<userTask id="u"/>', *ONE, "b -> u", "u -> e", outside=outside)
    one = stage({"p.bpmn": file})
    instance = one.start("p", id=1)
    one.engine.correlate("จ่าย", correlation=1, variables={"amount": 5, "aside": 1}, actor=SYSTEM)
    assert one.names() == (["u"] if interrupting == "true" else ["t", "u"])
    assert one.variables(instance) == {"id": 1, "paid": 5}


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_an_error_or_escalation_passes_on_what_is_mapped(stage: Callable[..., Stage], kind: str) -> None:
    definition = f'<{kind}EventDefinition {kind}Ref="x"/>'
    inside = f'<startEvent id="s1"/><endEvent id="e1">{definition}</endEvent><sequenceFlow sourceRef="s1" targetRef="e1"/>'
    mapped = '<extensionElements><zeebe:ioMapping><zeebe:output source="= n + 1" target="next"/></zeebe:ioMapping></extensionElements>'
    body = f'<subProcess id="t">{inside}</subProcess><boundaryEvent id="b" attachedToRef="t">{mapped}{definition}</boundaryEvent>'
    one = stage({"p.bpmn": drawn(body, *ONE, outside=f'<{kind} id="x" {kind}Code="1"/>')})
    assert one.variables(one.start("p", n=1)) == {"n": 1, "next": 2}


def test_a_message_that_starts_passes_on_what_is_mapped(stage: Callable[..., Stage]) -> None:
    start = f'<startEvent id="s">{MAPPED}<messageEventDefinition messageRef="m"/></startEvent>'
    file = bpmn(ZEEBE, f'{start}<userTask id="t"/>{END}', *ONE, outside='<message id="m" name="จ่าย"/>')
    one = stage({"p.bpmn": file})
    one.engine.correlate("จ่าย", variables={"amount": 5, "aside": 1}, actor=SYSTEM)
    assert one.engine.task(one.open("t")[0].id, actor=SYSTEM).variables == {"paid": 5}


def test_version_tag_and_conditions(stage: Callable[..., Stage]) -> None:
    body = (
        '<extensionElements><zeebe:versionTag value="ปี 2552"/></extensionElements><startEvent id="s"/>'
        '<exclusiveGateway id="t" default="f"/>'
        f'<userTask id="a"/><userTask id="b"/>{END}<sequenceFlow id="f" sourceRef="t" targetRef="b"/>'
    )
    file = bpmn(ZEEBE, body, "s -> t", 't -> a: =amount &gt; 10 and kind = "ด่วน"', "a -> e", "b -> e")
    one = stage({"p.bpmn": file})
    assert one.engine.definitions(latest=True).items[0].version_tag == "ปี 2552"
    one.start("p", amount=11, kind="ด่วน", actor=Actor("x"))
    one.start("p", amount=9, kind="ด่วน")
    assert one.names() == ["a", "b"]
