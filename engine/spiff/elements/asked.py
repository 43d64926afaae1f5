"""Work whose own results may make a condition at its boundary true (BPMN 2.0.2, 10.5.5 and 13.5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff.elements import conditional_events
from engine.spiff.elements.base import FlowNode

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.spiff.build import ScopeSpec
    from engine.spiff.token import Token

_WORKS = frozenset(("scriptTask", "serviceTask", "businessRuleTask", "sendTask", "callActivity"))


class Asked(FlowNode):
    """Mixed into work with conditional boundary events: they are asked when it has written its results, while it is still there."""

    def _on_complete(self, my_task: Token) -> None:
        conditional_events.ask(my_task.workflow.instance)
        if my_task.id in my_task.workflow.tasks:
            super()._on_complete(my_task)


def is_asked(element: Element, spec: ScopeSpec) -> bool:
    """Whether work has a boundary event that waits for a condition."""
    return element.type in _WORKS and any(
        event.kind == "conditional" for boundary in spec.boundaries(element.id) for event in boundary.events
    )
