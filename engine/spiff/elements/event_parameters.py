"""Input and output parameters of events: what a thrown message carries, what a caught one becomes (BPMN 2.0.2, 10.4.1, 10.5.1)."""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING, Any, cast

from engine.spiff.elements.base import FlowNode
from engine.spiff.elements.events import BoundaryEvent

if TYPE_CHECKING:
    from engine.spiff.scope import Scope
    from engine.spiff.token import Token


class KeepsResults(FlowNode):
    """Mixed into what has output mappings of Camunda 8: its results are its own, what is mapped goes on."""

    keeps_results = True


class MapsPayload(BoundaryEvent):
    """Mixed into boundary events with output mappings of Camunda 8: of what a message or error brings only what is mapped goes on."""

    def receive(self, scope: Scope, host: Token | None, payload: dict[str, Any]) -> None:
        view = ChainMap(payload, cast("dict[str, Any]", scope.view()))
        mapped = {mapping.target: scope.instance.host.template(mapping.source, view) for mapping in self.element.outputs}
        super().receive(scope, host, mapped)


class EventParameters(FlowNode):
    """Mixed into events with parameters; the inputs of a throw event are the payload (`Host.throw` finds them with the token)."""

    def _on_ready_hook(self, my_task: Token) -> None:
        super()._on_ready_hook(my_task)
        for mapping in self.element.inputs:
            my_task.data[mapping.target] = self.host_of(my_task).template(mapping.source, my_task.view())

    def leave(self, token: Token) -> None:
        host, view = self.host_of(token), token.view()
        token.workflow.assign({mapping.target: host.template(mapping.source, view) for mapping in self.element.outputs})
        super().leave(token)
