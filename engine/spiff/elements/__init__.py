"""One class a kind of element: SpiffWorkflow task specs with the behaviour the standard gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from engine.diagrams.elements import EVENTS
from engine.diagrams.model import Element
from engine.errors import ExecutionFailed
from engine.spiff.elements.ad_hoc import InAdHoc
from engine.spiff.elements.asked import Asked, is_asked
from engine.spiff.elements.base import FlowNode
from engine.spiff.elements.call_activity import CallActivity
from engine.spiff.elements.compensation import Compensable, CompensationThrow, Handler
from engine.spiff.elements.complex_gateway import ComplexGateway
from engine.spiff.elements.continuation import Continued
from engine.spiff.elements.data_associations import Associated
from engine.spiff.elements.event_parameters import EventParameters, KeepsResults, MapsPayload
from engine.spiff.elements.events import BoundaryEvent, CatchEvent, EndEvent, StartEvent, ThrowEvent
from engine.spiff.elements.gateways import EventBasedGateway, ExclusiveGateway, ParallelEventGateway, ParallelGateway
from engine.spiff.elements.inclusive_gateway import InclusiveGateway
from engine.spiff.elements.multi_instance import MultiInstance
from engine.spiff.elements.multiple_events import AllOf, waits_for_all
from engine.spiff.elements.quantities import Quantified
from engine.spiff.elements.scripts import Scripted
from engine.spiff.elements.standard_loop import StandardLoop
from engine.spiff.elements.sub_process import EventSubProcess, SubProcess
from engine.spiff.elements.tasks import ManualTask, ReceiveTask, ScriptTask, SendTask, ServiceTask, Task, UserTask
from engine.spiff.elements.transaction import CancelEnd

if TYPE_CHECKING:
    from engine.spiff.build import ScopeSpec

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
    "complexGateway": ComplexGateway,
    "eventBasedGateway": EventBasedGateway,
}


def maps_payload(element: Element) -> bool:
    """Whether output mappings of Camunda 8 are made of what occurs before anything of it is a variable."""
    return element.results_local and (element.type == "boundaryEvent" or (element.type == "startEvent" and element.parent is None))


_COMPOSED: dict[tuple[type[FlowNode], ...], type[FlowNode]] = {}


def node_class(element: Element, spec: ScopeSpec) -> type[FlowNode]:
    """The class that executes an element in its scope: that of its kind, with what the element has beside it."""
    kinds = {event.kind for event in element.events}
    added = [
        (Asked, is_asked(element, spec)),
        (MapsPayload, element.results_local and element.type == "boundaryEvent"),
        (KeepsResults, element.results_local and not maps_payload(element)),
        (EventParameters, element.type in EVENTS and bool(element.inputs or element.outputs) and not maps_payload(element)),
        (Handler, element.for_compensation and element.id != spec.name),
        (Compensable, element.id in spec.compiled.compensable and element.id != spec.name),
        (CompensationThrow, "compensation" in kinds and element.type in ("intermediateThrowEvent", "endEvent")),
        (CancelEnd, "cancel" in kinds and element.type == "endEvent"),
        (AllOf, any(waits_for_all(event) for event in (element, *spec.starts_in(element)))),
        (InAdHoc, spec.ad_hoc and element.id != spec.name),
        (Quantified, (element.start_quantity, element.completion_quantity) != (1, 1)),
        (Associated, bool(element.data_inputs or element.data_outputs)),
        (Scripted, bool(element.pre_script or element.post_script) and not (element.loop and element.scripts_on_instances)),
        (Continued, element.async_before or element.async_after),
    ]
    kind, mixins = _kind(element), tuple(mixin for mixin, wanted in added if wanted)
    return _composed((*mixins, kind)) if mixins else kind


def _composed(classes: tuple[type[FlowNode], ...]) -> type[FlowNode]:
    found = _COMPOSED.get(classes)
    if found is None:
        found = _COMPOSED[classes] = cast("type[FlowNode]", type(classes[-1].__name__, classes, {}))
    return found


def _kind(element: Element) -> type[FlowNode]:
    if element.loop is not None:
        return StandardLoop if element.loop.kind == "loop" else MultiInstance
    if element.triggered_by_event:
        return EventSubProcess
    if element.type == "scriptTask" and element.work is not None and element.work.kind == "external":
        return ServiceTask  # Camunda 8's script task with a job type
    if element.work is not None and element.work.kind == "script":
        return ScriptTask  # also Camunda 7's expression of a service task
    if element.type == "startEvent" and element.parent is None and waits_for_all(element):
        return CatchEvent
    if element.event_gateway_type == "Parallel":
        return ParallelEventGateway
    try:
        return NODES[element.type]
    except KeyError:
        raise ExecutionFailed.at(element, f"is a {element.type}, which is not executed", f"เป็น {element.type} ซึ่งระบบไม่รองรับ") from None
