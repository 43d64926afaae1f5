"""Processes that begin with an event-based gateway or a receive task (BPMN 2.0.2, 10.3.3, 10.6.6 and 13.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff.token import Token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.diagrams.model import Element, Process
    from engine.spiff.scope import Scope


def starters(process: Process) -> Iterator[Element]:
    """What of a process waits for an event that starts it: start events, receive tasks that do, and what is behind gateways that do."""
    for element in process.children(None):
        if element.type == "startEvent" or (element.type == "receiveTask" and element.instantiate and not element.incoming):
            yield element
        elif element.instantiate and element.type == "eventBasedGateway" and not element.incoming:
            yield from (process.elements[process.flows[flow_id].target] for flow_id in element.outgoing)


def begin(scope: Scope, element: Element) -> None:
    """The event that an element waits for has occurred and started the instance.

    Behind a parallel gateway the other events are still to come: the instance has not ended before they have.
    """
    for flow_id in element.incoming:
        gateway = scope.spec.node(scope.spec.flow(flow_id).source)
        host, token = gateway.host_of, Token(scope, gateway)
        scope.alive += 1
        host(token).started(token, gateway.element)
        host(token).completed(token, gateway.element)
        scope.remove(token)
        if gateway.element.event_gateway_type == "Parallel":
            for flow in gateway.outgoing:
                if flow.target != element.id:
                    scope.enter(flow.target, flow)
    scope.spec.node(element.id).begin(scope)
