"""The inclusive gateway (BPMN 2.0.2, 10.6.3 and 13.4.3)."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from engine.spiff.elements.base import WAITING, FlowNode

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.spiff.build import ScopeSpec
    from engine.spiff.scope import Scope
    from engine.spiff.token import Token


class InclusiveGateway(FlowNode):
    """Joins what can still arrive, then takes every flow whose condition holds.

    It may fire when each token upstream that could still reach an empty incoming flow could reach a filled one as well
    (both without passing the gateway): the rule of 13.4.3.
    """

    joins = True

    def __init__(self, spec: ScopeSpec, element: Element, **more: Any) -> None:
        super().__init__(spec, element, **more)
        self._known: dict[str, set[str]] = {}

    def _update_hook(self, my_task: Token) -> bool:
        if len(self.element.incoming) <= 1:
            return True
        my_task._set_state(WAITING)  # `try_fire` is asked as soon as nothing else in the instance is ready
        scope = my_task.workflow
        scope.instance.joining[scope.scope_id] = scope
        return False

    def try_fire(self, scope: Scope) -> bool:
        token_id = scope.joins.get(self.element.id)
        if token_id is None or scope.tasks[token_id]._state != WAITING:
            return False
        token = scope.tasks[token_id]
        if self.awaits(scope, token, token.internal_data["arrived"]):
            return False
        token._ready()
        return True

    def awaits(self, scope: Scope, token: Token, arrived: Collection[str]) -> bool:
        """Whether something may still arrive over a flow that is not among those arrived over."""
        empty = [self._upstream(flow) for flow in self.element.incoming if flow not in arrived]
        filled = [self._upstream(flow) for flow in arrived]
        positions = {other.element_id for other in scope.tasks.values() if other is not token and not other.watching and not other.undoing}
        for other in scope.tasks.values():  # what a boundary event would start may arrive too
            positions |= {boundary.id for boundary in scope.spec.boundaries(other.element_id)}
        return any(
            any(position in elements for elements in empty) and not any(position in elements for elements in filled)
            for position in positions
        )

    def _upstream(self, flow_id: str) -> set[str]:
        """Elements from which a flow is reached without passing this gateway; looked up once."""
        known = self._known.get(flow_id)
        if known is not None:
            return known
        spec, seen = self.scope_spec, set[str]()
        pending = [spec.flow(flow_id).source]
        while pending:
            element_id = pending.pop()
            if element_id == self.element.id or element_id in seen:
                continue
            seen.add(element_id)
            element = spec.elements[element_id]
            pending += [spec.flow(flow_id).source for flow_id in element.incoming]
            if element.attached_to is not None:
                pending.append(element.attached_to)
        self._known[flow_id] = seen
        return seen

    def _on_complete(self, my_task: Token) -> None:
        surplus = {flow: count - 1 for flow, count in my_task.internal_data.get("arrived", {}).items() if count > 1}
        scope = my_task.workflow
        super()._on_complete(my_task)
        for flow_id, count in surplus.items():
            for _ in range(count):
                scope.enter(self.element.id, self.scope_spec.flow(flow_id))
