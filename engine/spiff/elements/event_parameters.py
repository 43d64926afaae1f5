"""Input and output parameters of events: what a thrown message carries, what a caught one becomes (BPMN 2.0.2, 10.4.1, 10.5.1)."""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING, Any, cast

from engine.spiff.elements.base import FlowNode

if TYPE_CHECKING:
    from engine.spiff.token import Token


class KeepsResults(FlowNode):
    """Mixed into what has output mappings of Camunda 8: its results are its own, what is mapped goes on."""

    keeps_results = True


class MapsPayload(FlowNode):
    """Mixed into boundary events with output mappings of Camunda 8: of what a message brings only what is mapped goes on."""

    def trigger(self, token: Token, payload: dict[str, Any]) -> None:
        host, view = self.host_of(token), ChainMap(payload, cast("dict[str, Any]", token.view()))
        super().trigger(token, {mapping.target: host.template(mapping.source, view) for mapping in self.element.outputs})


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
