"""What expressions of diagrams are told of the instance they run in, and by whom it was moved."""

from __future__ import annotations

from collections.abc import Callable

from engine.people import Actor
from engine.testing import Stage, process


def test_execution_and_the_user(stage: Callable[..., Stage]) -> None:
    body = (
        '<startEvent id="s"/><userTask id="t" camunda:assignee="${currentUser()}"><extensionElements><camunda:inputOutput>'
        '<camunda:inputParameter name="key">#{execution.processBusinessKey}</camunda:inputParameter>'
        '<camunda:outputParameter name="said">${key}/${execution.processInstanceId == execution.id}</camunda:outputParameter>'
        '</camunda:inputOutput></extensionElements></userTask><endEvent id="e"/>'
    )
    one = stage({"p.bpmn": process("p", body, "s -> t", "t -> e")})
    instance = one.start("p", business_key="ปี ๒๕๕๒", actor=Actor("opdc-1"))
    assert one.open("t")[0].assignee == "opdc-1"
    one.complete("t")
    assert one.variables(instance)["said"] == "ปี ๒๕๕๒/true"


def test_a_called_process_gets_the_business_key(stage: Callable[..., Stage]) -> None:
    call = (
        '<startEvent id="s"/><callActivity id="c" calledElement="child"><extensionElements>'
        '<camunda:in businessKey="#{execution.processBusinessKey}"/></extensionElements></callActivity><endEvent id="e"/>'
    )
    child = process("child", '<startEvent id="s"/><userTask id="t" camunda:candidateGroups="g"/><endEvent id="e"/>', "s -> t", "t -> e")
    one = stage({"p.bpmn": process("p", call, "s -> c", "c -> e"), "c.bpmn": child})
    one.start("p", business_key="2552-กพร")
    assert [task.business_key for task in one.open("t")] == ["2552-กพร"]
