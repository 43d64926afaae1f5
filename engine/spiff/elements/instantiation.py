"""Processes that begin with an event-based gateway or a receive task (BPMN 2.0.2, 10.3.3, 10.6.6 and 13.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff.token import Token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.diagrams.model import Element, Process
    from engine.spiff.elements.base import FlowNode
    from engine.spiff.scope import Scope


def starters(process: Process) -> Iterator[Element]:
    """What of a process waits for an event that starts it: start events, receive tasks that do, and what is behind gateways that do."""
    for element in process.children(None):
        if element.type == "startEvent" or (element.type == "receiveTask" and element.instantiate):
            yield element
        elif element.instantiate and element.type == "eventBasedGateway":
            yield from (process.elements[process.flows[flow_id].target] for flow_id in element.outgoing)


def begin(scope: Scope, element: Element) -> None:
    """The event that an element waits for has occurred and started the instance.

    Behind a parallel gateway the other events are still to come: the instance has not ended before they have.
    """
    before = list(_before(scope, element))
    for node in reversed(before):
        _pass(scope, node)
    if before and before[0].element.event_gateway_type == "Parallel":
        for flow in before[0].outgoing:
            if flow.target != element.id:
                scope.enter(flow.target, flow)
    scope.spec.node(element.id).begin(scope)


def _before(scope: Scope, element: Element) -> Iterator[FlowNode]:
    """What leads to a beginning: its gateway, and a start event that stands before either; the nearest first."""
    while element.incoming:
        node = scope.spec.node(scope.spec.flow(element.incoming[0]).source)
        yield node
        element = node.element


def _pass(scope: Scope, node: FlowNode) -> None:
    token = Token(scope, node)
    scope.alive += 1
    node.host_of(token).started(token, node.element)
    node.host_of(token).completed(token, node.element)
    scope.remove(token)
