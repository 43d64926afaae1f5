"""Activities: input and output parameters, and the boundary events that watch them (BPMN 2.0.2, 10.3 and 13.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.spiff.elements import conditional_events
from engine.spiff.elements.base import WATCHED, FlowNode, assign

if TYPE_CHECKING:
    from engine.spiff.host import Variables
    from engine.spiff.scope import Scope
    from engine.spiff.token import Token


def write_before_leaving(token: Token, variables: Variables) -> bool:
    """Write what an activity is completed with; whether it is still there when the conditions that this concerns have been asked."""
    assign(token, variables)
    instance = token.workflow.instance
    if instance.unasked:
        conditional_events.ask(instance)
    return token.id in token.workflow.tasks


class Activity(FlowNode):
    """Base of tasks, sub-processes and call activities."""

    inside = False  # keeps scopes of its own

    def _on_ready_hook(self, my_task: Token) -> None:
        super()._on_ready_hook(my_task)
        self.read_inputs(my_task)
        self.arm_boundaries(my_task)

    def read_inputs(self, token: Token) -> None:
        """Input parameters become variables of the activity alone."""
        for mapping in self.element.inputs:
            token.data[mapping.target] = self.host_of(token).template(mapping.source, token.view())
            token.workflow.touch()

    def arm_boundaries(self, token: Token) -> None:
        for boundary in self.scope_spec.boundaries(self.element.id):
            if any(event.kind in WATCHED for event in boundary.events):
                token.workflow.enter(boundary.id, parent=token, watching=True)

    def _on_complete(self, my_task: Token) -> None:
        self.write_outputs(my_task)
        super()._on_complete(my_task)

    def write_outputs(self, token: Token) -> None:
        """Output parameters are evaluated inside and written outside."""
        if self.element.outputs:
            token.workflow.assign(self.output_values(token, token.view()))

    def output_values(self, token: Token, view: Variables) -> dict[str, Any]:
        """The values of the output parameters, as seen from inside."""
        host = self.host_of(token)
        return {mapping.target: host.template(mapping.source, view) for mapping in self.element.outputs}

    def finish(self, token: Token, variables: dict[str, Any]) -> None:
        if write_before_leaving(token, variables):
            token.complete()

    def _on_cancel(self, my_task: Token) -> None:
        if self.inside:
            instance = my_task.workflow.instance
            for scope in instance.scopes_of(my_task):
                instance.close_scope(scope)
        super()._on_cancel(my_task)

    def scope_ended(self, token: Token, scope: Scope) -> None:
        token.workflow.instance.close_scope(scope)
        token.complete()
