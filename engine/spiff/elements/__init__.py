"""One class a kind of element: SpiffWorkflow task specs with the behaviour the standard gives them."""

from __future__ import annotations

from engine.diagrams.model import Element
from engine.errors import ExecutionFailed
from engine.spiff.elements.base import FlowNode
from engine.spiff.elements.call_activity import CallActivity
from engine.spiff.elements.events import BoundaryEvent, CatchEvent, EndEvent, StartEvent, ThrowEvent
from engine.spiff.elements.gateways import EventBasedGateway, ExclusiveGateway, ParallelGateway
from engine.spiff.elements.inclusive_gateway import InclusiveGateway
from engine.spiff.elements.multi_instance import MultiInstance
from engine.spiff.elements.sub_process import EventSubProcess, SubProcess
from engine.spiff.elements.tasks import ManualTask, ReceiveTask, ScriptTask, SendTask, ServiceTask, Task, UserTask

NODES: dict[str, type[FlowNode]] = {
    "startEvent": StartEvent,
    "endEvent": EndEvent,
    "intermediateCatchEvent": CatchEvent,
    "intermediateThrowEvent": ThrowEvent,
    "boundaryEvent": BoundaryEvent,
    "task": Task,
    "userTask": UserTask,
    "manualTask": ManualTask,
    "serviceTask": ServiceTask,
    "businessRuleTask": ServiceTask,
    "sendTask": SendTask,
    "receiveTask": ReceiveTask,
    "scriptTask": ScriptTask,
    "subProcess": SubProcess,
    "callActivity": CallActivity,
    "exclusiveGateway": ExclusiveGateway,
    "parallelGateway": ParallelGateway,
    "inclusiveGateway": InclusiveGateway,
    "eventBasedGateway": EventBasedGateway,
}


def node_class(element: Element) -> type[FlowNode]:
    """The class that executes an element."""
    if element.loop is not None:
        return MultiInstance
    if element.triggered_by_event:
        return EventSubProcess
    try:
        return NODES[element.type]
    except KeyError:
        raise ExecutionFailed(f"'{element.id}': a {element.type} is not executed", element_id=element.id) from None
