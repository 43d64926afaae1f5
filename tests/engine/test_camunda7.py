"""Diagrams drawn for Camunda 7 run: who starts and does what, forms, parameters, jobs, called processes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.errors import Forbidden, Invalid
from engine.people import SYSTEM, Actor
from engine.registry import Pack
from engine.states import Role
from engine.testing import ADMINISTRATOR, Stage, process

END = '<endEvent id="e"/>'
ONE = ("s -> t", "t -> e")
OPDC = Actor("opdc-1", groups=frozenset({"opdc"}))


def drawn(body: str, *flows: str, start: str = '<startEvent id="s"/>', **more: str) -> bytes:
    return process("p", f"{start}{body}{END}", *(flows or ONE), **more)


def extended(tag: str, inner: str, attributes: str = "", more: str = "") -> str:
    return f'<{tag} id="t" {attributes}><extensionElements>{inner}</extensionElements>{more}</{tag}>'


def test_initiator_and_candidate_starters(stage: Callable[..., Stage]) -> None:
    task = '<userTask id="t" camunda:assignee="${ผู้เริ่ม}"/>'
    starters = 'camunda:candidateStarterUsers="somchai, opdc-1" camunda:candidateStarterGroups="chiefs"'
    one = stage({"p.bpmn": drawn(task, start='<startEvent id="s" camunda:initiator="ผู้เริ่ม"/>', attributes=starters)})
    one.start("p", actor=OPDC)
    one.start("p", actor=Actor("another", groups=frozenset({"chiefs"})))
    assert sorted(task.assignee or "" for task in one.open("t")) == ["another", "opdc-1"]
    with pytest.raises(Forbidden):
        one.start("p", actor=Actor("another"))


def test_not_startable_in_the_task_list(stage: Callable[..., Stage]) -> None:
    one = stage({"p.bpmn": drawn('<userTask id="t"/>', attributes='camunda:isStartableInTasklist="false"')})
    assert one.engine.startable(actor=ADMINISTRATOR) == []
    with pytest.raises(Forbidden):
        one.start("p", actor=OPDC)
    assert one.start("p", actor=ADMINISTRATOR).state == "ACTIVE"


def test_form_fields_and_the_business_key_among_them(stage: Callable[..., Stage]) -> None:
    fields = (
        '<camunda:formData businessKey="เลขที่"><camunda:formField id="เลขที่" label="เลขที่" type="string"><camunda:validation>'
        '<camunda:constraint name="required"/><camunda:constraint name="minlength" config="3"/></camunda:validation></camunda:formField>'
        '<camunda:formField id="amount" label="จำนวน" type="long" defaultValue="5"><camunda:validation>'
        '<camunda:constraint name="max" config="10"/></camunda:validation></camunda:formField>'
        '<camunda:formField id="kind" label="ชนิด" type="enum"><camunda:value id="a" name="ก"/><camunda:value id="b" name="ข"/>'
        "</camunda:formField></camunda:formData>"
    )
    start = f'<startEvent id="s"><extensionElements>{fields}</extensionElements></startEvent>'
    one = stage({"p.bpmn": drawn('<userTask id="t"/>', start=start)})
    with pytest.raises(Invalid) as caught:
        one.start("p", เลขที่="1", amount=11, kind="c")
    assert sorted(problem.field or "" for problem in caught.value.problems) == ["/amount", "/kind", "/เลขที่"]
    instance = one.start("p", เลขที่="ก-001", amount=10, kind="b")
    assert instance.business_key == "ก-001"


def test_input_and_output_parameters(stage: Callable[..., Stage]) -> None:
    inner = (
        '<camunda:inputOutput><camunda:inputParameter name="หัวเรื่อง">เรื่อง ${subject}</camunda:inputParameter>'
        '<camunda:inputParameter name="xs"><camunda:list><camunda:value>${n}</camunda:value>'
        '<camunda:script scriptFormat="juel">${n * 2}</camunda:script></camunda:list></camunda:inputParameter>'
        '<camunda:inputParameter name="m"><camunda:map><camunda:entry key="a">${n}</camunda:entry><camunda:entry key="b"><camunda:list>'
        "<camunda:value>x</camunda:value></camunda:list></camunda:entry></camunda:map></camunda:inputParameter>"
        '<camunda:outputParameter name="ผล">${หัวเรื่อง}: ${xs[1] + m.a}</camunda:outputParameter>'
        '<camunda:outputParameter name="all"><camunda:map><camunda:entry key="m">${m}</camunda:entry></camunda:map>'
        "</camunda:outputParameter></camunda:inputOutput>"
        '<camunda:properties><camunda:property name="สี" value="แดง"/></camunda:properties>'
    )
    one = stage({"p.bpmn": drawn(extended("userTask", inner))})
    instance = one.start("p", subject="งบ", n=3)
    one.complete("t", extra=1)
    assert one.variables(instance) == {"subject": "งบ", "n": 3, "extra": 1, "ผล": "เรื่อง งบ: 9", "all": {"m": {"a": 3, "b": ["x"]}}}


def test_a_deferred_job_is_tried_again_as_often_as_it_says(stage: Callable[..., Stage]) -> None:
    pack, tries = Pack("pack"), list[int]()

    @pack.handler("fail", parameters={})
    def fail(context: Any) -> dict[str, Any]:
        tries.append(1)
        raise ValueError("ไม่สำเร็จ")

    inner = "<camunda:failedJobRetryTimeCycle>R3/PT10M</camunda:failedJobRetryTimeCycle>"
    one = stage(
        {"p.bpmn": drawn(extended("serviceTask", inner, 'camunda:asyncBefore="true" ruam:handler="fail"'))}, packs=[pack], pack="pack"
    )
    one.start("p")
    assert len(tries) == 1
    one.advance(timedelta(minutes=9))
    assert len(tries) == 1
    one.advance(timedelta(hours=2))
    assert len(tries) == 3
    assert len(one.engine.incidents(actor=SYSTEM).items) == 1


def test_due_dates_candidates_and_priority(stage: Callable[..., Stage]) -> None:
    task = (
        '<userTask id="t" camunda:dueDate="${dateTime().plusDays(3).toDate()}" camunda:followUpDate="${now()}" '
        'camunda:priority="${10 + n}" camunda:candidateUsers="${users}" camunda:candidateGroups="opdc, ${group}"/>'
    )
    one = stage({"p.bpmn": drawn(task)})
    one.start("p", n=5, users=["a", "b"], group="province:TH-50")
    found = one.open("t")[0]
    assert found.due is not None
    assert (found.due - one.engine.clock_now(), found.priority) == (timedelta(days=3), 15)
    for actor in (Actor("b"), OPDC, Actor("x", groups=frozenset({"province:TH-50"}))):
        assert [item.id for item in one.engine.inbox(actor).items] == [found.id]
    assert one.engine.inbox(Actor("c", roles=frozenset[Role]())).items == ()


def test_called_process_and_what_goes_in_and_out(stage: Callable[..., Stage]) -> None:
    inner = (
        '<camunda:in businessKey="#{execution.processBusinessKey}"/><camunda:in source="a" target="ก"/>'
        '<camunda:in sourceExpression="${a + 1}" target="b"/><camunda:out source="ก" target="back"/>'
        '<camunda:out sourceExpression="${b * 2}" target="twice"/>'
    )
    called = extended("callActivity", inner, 'calledElement="child"')
    child = process("child", '<startEvent id="s"/><userTask id="u"/><endEvent id="e"/>', "s -> u", "u -> e")
    one = stage({"p.bpmn": drawn(called), "c.bpmn": child})
    instance = one.start("p", business_key="k", a=1, hidden=9)
    assert one.engine.task(one.open("u")[0].id, actor=SYSTEM).variables == {"ก": 1, "b": 2}
    one.complete("u", ก=7)
    assert one.variables(instance) == {"a": 1, "hidden": 9, "back": 7, "twice": 4}


def test_multi_instance_over_a_collection(stage: Callable[..., Stage]) -> None:
    loop = (
        '<multiInstanceLoopCharacteristics camunda:collection="จังหวัด" camunda:elementVariable="ที่">'
        "<completionCondition>${nrOfCompletedInstances ge 2}</completionCondition></multiInstanceLoopCharacteristics>"
    )
    one = stage({"p.bpmn": drawn(f'<userTask id="t" name="ตรวจ ${{ที่}}">{loop}</userTask>')})
    instance = one.start("p", จังหวัด=["แพร่", "น่าน", "ลำปาง"])
    assert sorted(task.name for task in one.open("t")) == ["ตรวจ น่าน", "ตรวจ ลำปาง", "ตรวจ แพร่"]
    one.complete("t")
    one.complete("t")
    assert one.state(instance) == "COMPLETED"


def test_conditions_of_users_of_camunda(stage: Callable[..., Stage]) -> None:
    body = '<exclusiveGateway id="t" default="flow3"/><userTask id="a"/><userTask id="b"/>'
    flows = ("s -> t", "t -> a: ${approved == 'true' and amount gt 100}", "a -> e", "t -> b", "b -> e")
    one = stage({"p.bpmn": drawn(body, *flows)})
    one.start("p", approved=True, amount="150")
    one.start("p", approved=True, amount=None)
    assert one.names() == ["a", "b"]


@pytest.mark.bpmn("service-task", "send-task", "business-rule-task")
@pytest.mark.parametrize("task", ["serviceTask", "sendTask", "businessRuleTask"])
def test_an_expression_is_work_whose_value_goes_to_a_variable(stage: Callable[..., Stage], task: str) -> None:
    one = stage({"p.bpmn": drawn(f'<{task} id="t" camunda:expression="${{amount * 2}}" camunda:resultVariable="twice"/>')})
    instance = one.start("p", amount=21)
    assert (one.state(instance), one.variables(instance)) == ("COMPLETED", {"amount": 21, "twice": 42})
    plain = stage({"p.bpmn": drawn(f'<{task} id="t" camunda:expression="${{true}}"/>')})
    assert plain.variables(plain.start("p")) == {}


def test_keys_of_maps_may_be_computed_and_nothing_is_null(stage: Callable[..., Stage]) -> None:
    entries = '<camunda:entry key="${k}">1</camunda:entry><camunda:entry key="b">${n}</camunda:entry><camunda:entry key="c"/>'
    inner = (
        f'<camunda:inputOutput><camunda:inputParameter name="m"><camunda:map>{entries}</camunda:map></camunda:inputParameter>'
        '<camunda:inputParameter name="empty"/><camunda:outputParameter name="result">${m}</camunda:outputParameter></camunda:inputOutput>'
    )
    one = stage({"p.bpmn": drawn(extended("userTask", inner))})
    instance = one.start("p", k="ก", n=3)
    assert one.engine.task(one.open("t")[0].id, actor=SYSTEM).variables["empty"] is None
    one.complete("t")
    assert one.variables(instance)["result"] == {"ก": "1", "b": 3, "c": None}
    bad = extended("userTask", inner.replace("${k}", "${k"))
    assert "expression-syntax" in {problem.rule for problem in one.engine.check({"p.bpmn": drawn(bad)})}


@pytest.mark.parametrize("namespace", [b"http://camunda.org/bpmn", b"http://operaton.org/schema/1.0/bpmn"])
def test_the_namespaces_of_its_early_files_and_of_its_heir(stage: Callable[..., Stage], namespace: bytes) -> None:
    loop = '<multiInstanceLoopCharacteristics camunda:collection="xs" camunda:elementVariable="x"/>'
    file = drawn(f'<userTask id="t" camunda:assignee="${{x}}">{loop}</userTask>')
    other = file.replace(b"http://camunda.org/schema/1.0/bpmn", namespace)
    assert other != file
    one = stage({"p.bpmn": other})
    one.start("p", xs=["a", "b"])
    assert [task.assignee for task in one.open("t")] == ["a", "b"]
    java = drawn('<serviceTask id="t" camunda:class="a.B"/>').replace(b"http://camunda.org/schema/1.0/bpmn", namespace)
    assert "java-class" in {problem.rule for problem in one.engine.check({"p.bpmn": java})}
