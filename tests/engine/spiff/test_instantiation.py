"""Processes that begin with an event-based gateway or a receive task, and parallel event-based gateways (BPMN 2.0.2, 10.6.6 and 13.2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.people import SYSTEM
from engine.testing import ADMINISTRATOR, Stage, process
from tests.drawing import users
from tests.engine.spiff.test_flows import ENDS, run

MakeStage = Callable[..., Stage]
MESSAGES = '<message id="M" name="order"/><message id="N" name="payment"/><signal id="S" name="open"/>'
ORDER = '<intermediateCatchEvent id="order"><messageEventDefinition messageRef="M"/></intermediateCatchEvent>'
PAYMENT = '<receiveTask id="payment" messageRef="N"/>'
OPEN = '<intermediateCatchEvent id="open"><signalEventDefinition signalRef="S"/></intermediateCatchEvent>'
TASKS = '<userTask id="a"/><userTask id="b"/><userTask id="c"/><endEvent id="e"/>'
FLOWS = ("g -> order", "g -> payment", "g -> open", "order -> a", "payment -> b", "open -> c", "a -> e", "b -> e", "c -> e")


def begun(key: str, attributes: str, *flows: str) -> dict[str, bytes]:
    body = f'<eventBasedGateway id="g" instantiate="true" {attributes}/>' + ORDER + PAYMENT + OPEN + TASKS
    return {f"{key}.bpmn": process(key, body, *flows or FLOWS, outside=MESSAGES)}


@pytest.mark.bpmn("event-based-gateway-instantiating")
def test_the_first_event_starts_an_instance_and_the_next_another(stage: MakeStage) -> None:
    here = stage(begun("p", ""))
    here.engine.correlate("order", variables={"item": "desk"}, business_key="1", actor=ADMINISTRATOR)
    assert here.names() == ["a"]
    here.engine.correlate("payment", business_key="2", actor=ADMINISTRATOR)
    assert here.names() == ["a", "b"]
    here.engine.signal("open", actor=ADMINISTRATOR)
    assert here.names() == ["a", "b", "c"]
    first, second, third = (task.instance_id for task in here.open())
    assert here.variables(first) == {"item": "desk"}
    assert len({first, second, third}) == 3
    here.complete("a")
    assert here.state(first) == "COMPLETED"
    entered = [element for event, element in here.events(first) if event == "activity.started"]
    assert entered == ["g", "order", "e"]


@pytest.mark.bpmn("event-based-gateway-parallel")
def test_a_parallel_one_has_not_ended_before_all_events_have_occurred(stage: MakeStage) -> None:
    here = stage(begun("p", 'eventGatewayType="Parallel"'))
    here.engine.correlate("payment", business_key="7", actor=ADMINISTRATOR)
    assert here.names() == ["b"]
    (instance,) = {task.instance_id for task in here.open()}
    here.complete("b")
    assert here.state(instance) == "ACTIVE"
    here.engine.correlate("order", business_key="7", actor=ADMINISTRATOR)
    assert [task.instance_id for task in here.open()] == [instance], "the message is for the instance that waits for it"
    here.engine.signal("open", actor=ADMINISTRATOR)
    here.complete("a")
    assert here.state(instance) == "ACTIVE"
    here.complete("c")
    assert here.state(instance) == "COMPLETED"
    again = [task for task in here.open() if task.element_id == "c"]
    assert len(again) == 1, "the signal started an instance of its own, too"


@pytest.mark.bpmn("receive-task-instantiating")
def test_a_receive_task_starts_the_process(stage: MakeStage) -> None:
    body = '<receiveTask id="r" messageRef="M" instantiate="true"/>' + TASKS
    here = stage({"p.bpmn": process("p", body, "r -> a", "a -> e", outside=MESSAGES)})
    here.engine.correlate("order", variables={"item": "desk"}, actor=ADMINISTRATOR)
    assert here.names() == ["a"]
    (task,) = here.open()
    assert here.variables(task.instance_id) == {"item": "desk"}
    here.complete("a")
    assert here.state(task.instance_id) == "COMPLETED"


def test_a_start_event_stands_beside_a_gateway_that_starts(stage: MakeStage) -> None:
    body = f'<startEvent id="s"/><eventBasedGateway id="g" instantiate="true"/>{ORDER}{PAYMENT}{OPEN}{TASKS}'
    here = stage({"p.bpmn": process("p", body, "s -> c", *FLOWS, outside=MESSAGES)})
    said = {problem.rule for problem in here.engine.check({"p.bpmn": process("p", body, "s -> c", *FLOWS, outside=MESSAGES)})}
    assert said == {"nobody-to-do-it", "event-gateway-mixed"}
    here.start("p")
    assert here.names() == ["c"]
    here.engine.correlate("order", actor=ADMINISTRATOR)
    assert here.names() == ["a", "c"]


@pytest.mark.bpmn("receive-task-instantiating", "event-based-gateway-instantiating")
def test_a_start_event_may_stand_before_what_starts(stage: MakeStage) -> None:
    receive = '<startEvent id="s"/><receiveTask id="r" messageRef="M" instantiate="true"/>' + TASKS
    gateway = '<startEvent id="s"/><eventBasedGateway id="g" instantiate="true"/>' + ORDER + PAYMENT + OPEN + TASKS
    drawn = [
        (receive, ("s -> r", "r -> a", "a -> e"), ["s", "r"]),
        (gateway, ("s -> g", *FLOWS), ["s", "g", "order"]),
    ]
    for body, flows, passed in drawn:
        here = stage({"p.bpmn": process("p", body, *flows, outside=MESSAGES)})
        here.engine.correlate("order", actor=ADMINISTRATOR)
        (task,) = here.open()
        assert [element for _, element in here.events(task.instance_id, "activity.completed")] == passed
        here.complete("a")


def test_started_by_hand_it_waits_for_its_events(stage: MakeStage) -> None:
    here = stage(begun("p", ""))
    instance = here.start("p", business_key="9")
    assert here.names() == []
    here.engine.correlate("order", business_key="9", actor=ADMINISTRATOR)
    assert here.names(instance.id) == ["a"]
    assert here.engine.instance(instance.id, actor=SYSTEM).state == "ACTIVE"


def test_a_parallel_gateway_inside_a_process_waits_for_all_events_too() -> None:
    body = ENDS + users("a", "b") + '<eventBasedGateway id="g" eventGatewayType="Parallel"/>' + ORDER + PAYMENT
    r = run(body, "s > g; g > order > a > e; g > payment > b > e", definitions=MESSAGES).start()
    assert sorted(r.waiting_for) == ["order", "payment"]
    r.occur("order")
    assert (r.open, r.waiting_for) == (["a"], ["payment"])
    r.occur("payment").complete("a")
    assert not r.instance.ended
    assert r.complete("b").instance.ended
