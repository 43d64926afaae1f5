"""Exclusive, parallel and event-based gateways (BPMN 2.0.2, 10.6 and 13.4); the inclusive and the complex one have their own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.diagrams.model import Flow
from engine.spiff.elements.base import COMPLETED, WAITING, FlowNode

if TYPE_CHECKING:
    from engine.spiff.token import Token


class ExclusiveGateway(FlowNode):
    """Takes the first flow whose condition holds, else the default; every arrival passes (13.4.2)."""

    def flows_taken(self, token: Token) -> list[Flow]:
        flows = self.outgoing
        if not flows or (len(flows) == 1 and flows[0].condition is None):
            return flows
        default = self.element.default
        for flow in flows:
            if flow.id != default and flow.condition is not None and self.holds(flow, token):
                return [flow]
        fallback = [flow for flow in flows if flow.id == default] or [flow for flow in flows if flow.condition is None][:1]
        if not fallback:
            raise self.no_way_out()
        return fallback


class ParallelGateway(FlowNode):
    """Waits for a token on each incoming flow, then puts one on each outgoing (13.4.1)."""

    joins = True

    def _update_hook(self, my_task: Token) -> bool:
        arrived = my_task.internal_data.get("arrived", {})
        if len(arrived) < len(self.element.incoming):
            my_task._set_state(WAITING)
            return False
        return True

    def flows_taken(self, token: Token) -> list[Flow]:
        return self.outgoing

    def _on_complete(self, my_task: Token) -> None:
        surplus = {flow: count - 1 for flow, count in my_task.internal_data.get("arrived", {}).items() if count > 1}
        scope = my_task.workflow
        super()._on_complete(my_task)
        for flow_id, count in surplus.items():  # tokens beyond the first of a flow wait for the next round
            for _ in range(count):
                scope.enter(self.element.id, self.scope_spec.flow(flow_id))


class EventBasedGateway(FlowNode):
    """Waits for the first of the events behind it (13.4.4)."""

    def _update_hook(self, my_task: Token) -> bool:
        my_task._set_state(WAITING)
        self.host_of(my_task).started(my_task, self.element)
        for flow in self.outgoing:
            my_task.workflow.enter(flow.target, flow, parent=my_task, watching=True)
        return False

    def decided(self, token: Token, winner: Token) -> None:
        """One event occurred: the others are no longer waited for."""
        scope = token.workflow
        token._children.remove(winner.id)
        winner._parent = None
        del winner.internal_data["watching"]
        scope.alive += 1
        self.host_of(token).started(winner, winner.element)
        token._state = COMPLETED
        self.host_of(token).completed(token, self.element)
        scope.remove(token)


class ParallelEventGateway(FlowNode):
    """Waits for all of the events behind it (10.6.6): each goes on by itself, none ends the wait for another."""

    def flows_taken(self, token: Token) -> list[Flow]:
        return self.outgoing
