"""A process as SpiffWorkflow specifications: one `ScopeSpec` for the process and one for each inside of an activity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.diagrams.model import Element, Flow, Process
from engine.errors import ExecutionFailed
from engine.spiff.elements import ad_hoc, instantiation, node_class
from engine.spiff.elements.base import WATCHED, FlowNode
from engine.spiff.elements.compensation import compensable
from engine.spiff.elements.conditional_events import names_read
from engine.spiff.elements.inclusive_gateway import InclusiveGateway
from engine.spiff.elements.link_events import joined

if TYPE_CHECKING:
    from engine.spiff.scope import Scope


class ScopeSpec(BpmnProcessSpec):
    """The elements of one scope and their flows. Immutable once built, shared by all instances of a version."""

    def __init__(self, compiled: Compiled, name: str, elements: list[Element]) -> None:
        # Not BpmnProcessSpec's __init__: it adds elements named Start and End, which a diagram may use for its own.
        WorkflowSpec.__init__(self, name=name)
        self.io_specification = None
        self.data_objects: dict[str, object] = {}
        self.data_stores: dict[str, object] = {}
        self.correlation_keys: dict[str, object] = {}
        self.bpmn_start_events: list[object] = []
        self.compiled = compiled
        around = compiled.process.elements.get(name)
        self.ad_hoc = around is not None and around.ad_hoc
        self.values = compiled.process.values if name == compiled.process.id else around.values if around is not None else {}
        self.elements = {element.id: element for element in elements}
        self._boundaries: dict[str, list[Element]] = {}
        for element in elements:
            if element.attached_to is not None:
                self._boundaries.setdefault(element.attached_to, []).append(element)
        self._event_starts = [start for element in elements if element.triggered_by_event for start in compiled.starts_of(element.id)]

    def build_nodes(self) -> None:
        """Make the task specs and connect them."""
        for element in self.elements.values():
            node_class(element, self)(self, element)
        for element in self.elements.values():
            for flow_id in element.outgoing:
                self.node(element.id).connect(self.node(self.flow(flow_id).target))
        self.inclusive = [node for node in self.task_specs.values() if isinstance(node, InclusiveGateway)]

    def node(self, element_id: str) -> FlowNode:
        """The task spec of an element of this scope."""
        try:
            return cast(FlowNode, self.task_specs[element_id])
        except KeyError:
            raise ExecutionFailed(
                f"There is no element '{element_id}' in '{self.name}'.",
                th=f"ไม่มีองค์ประกอบ “{element_id}” ใน “{self.name}”",
                element_id=element_id,
            ) from None

    def flow(self, flow_id: str) -> Flow:
        return self.compiled.process.flows[flow_id]

    def boundaries(self, host_id: str) -> list[Element]:
        """Boundary events on an activity of this scope."""
        return self._boundaries.get(host_id, [])

    def event_starts(self) -> list[Element]:
        """Start events of the event sub-processes of this scope."""
        return self._event_starts

    def starts_in(self, element: Element) -> list[Element]:
        """The start events of an event sub-process of this scope."""
        return [start for start in self._event_starts if start.parent == element.id]

    def arm(self, scope: Scope) -> None:
        """Wait for the events of its event sub-processes, and set what its variables are at first."""
        for start in self._event_starts:
            if any(event.kind in WATCHED for event in start.events):
                scope.enter(cast(str, start.parent), watching=True)
        for name, value in self.values.items():
            if name not in scope.data:
                scope.put(name, value)

    def start_scope(self, scope: Scope, start_event_id: str | None = None) -> None:
        """Arm the event sub-processes, then put tokens where the scope begins (BPMN 2.0.2, 13.3.4)."""
        self.arm(scope)
        if start_event_id is not None:
            instantiation.begin(scope, self.elements[start_event_id])
        elif self.ad_hoc:
            ad_hoc.begin(scope)
        else:
            for element in self._beginnings():
                scope.enter(element.id)
        if scope.alive == 0:
            scope.instance.idle.append(scope)

    def _beginnings(self) -> list[Element]:
        starts = [element for element in self.elements.values() if element.type == "startEvent"]
        if starts:
            return [element for element in starts if not element.events][:1] or starts[:1]
        return self.without_incoming()

    def without_incoming(self) -> list[Element]:
        """What begins where there is no start event: elements that nothing leads to (10.5.2)."""
        return [
            element
            for element in self.elements.values()
            if not element.incoming and element.attached_to is None and not element.triggered_by_event and not element.for_compensation
        ]

    def goes_on(self, scope: Scope) -> bool:
        """Nothing runs in the scope any more: whether something starts in it all the same."""
        return self.ad_hoc and ad_hoc.goes_on(scope)

    def settle(self, scope: Scope) -> bool:
        """Fire inclusive joins that wait for nobody any more; tell whether one did."""
        return any(join.try_fire(scope) for join in self.inclusive)


class Compiled:
    """A process ready to be executed."""

    def __init__(self, process: Process) -> None:
        process = joined(process)
        self.process = process
        self.conditions = names_read(process.elements.values())
        self.compensable = compensable(process)
        self._children: dict[str | None, list[Element]] = {}
        for element in process.elements.values():
            self._children.setdefault(element.parent, []).append(element)
        self.scopes: Mapping[str, ScopeSpec] = self._scopes()
        self.root = self.scopes[process.id]

    @classmethod
    def build(cls, process: Process) -> Compiled:
        """Compile a process; diagrams have passed `engine.diagrams.check` before."""
        return cls(process)

    def starts_of(self, sub_process_id: str) -> list[Element]:
        return [element for element in self._children.get(sub_process_id, []) if element.type == "startEvent"]

    def _scopes(self) -> dict[str, ScopeSpec]:
        scopes = {self.process.id: ScopeSpec(self, self.process.id, self._children.get(None, []))}
        for element in self.process.elements.values():
            if element.type == "subProcess":
                scopes[element.id] = ScopeSpec(self, element.id, self._children.get(element.id, []))
            elif element.loop is not None:
                scopes[element.id] = ScopeSpec(self, element.id, [_alone(element)])
        for spec in scopes.values():
            spec.build_nodes()
        return scopes


def _alone(element: Element) -> Element:
    """One round of a repeated activity: the activity without its loop and flows, and without its scripts unless each round runs them."""
    alone = replace(
        element,
        loop=None,
        incoming=(),
        outgoing=(),
        default=None,
        start_quantity=1,
        completion_quantity=1,
        async_before=False,
        async_after=False,
    )
    return alone if element.scripts_on_instances else replace(alone, pre_script=None, post_script=None)
