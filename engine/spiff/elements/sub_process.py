"""Embedded and event sub-processes (BPMN 2.0.2, 10.3.5, 13.3.4 and 13.5.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.spiff.elements.activity import Activity
from engine.spiff.elements.base import WAITING
from engine.spiff.elements.events import occurs_once, watch

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.spiff.scope import Scope
    from engine.spiff.token import Token


class SubProcess(Activity):
    """Opens a scope; done when that is."""

    inside = True

    def _run_hook(self, my_task: Token) -> bool | None:
        instance = my_task.workflow.instance
        scope = instance.open_scope(my_task, instance.compiled.scopes[self.element.id])
        scope.start()
        return None

    def write_outputs(self, token: Token) -> None:
        """Written in `scope_ended`, while the inside can still be seen."""

    def scope_ended(self, token: Token, scope: Scope) -> None:
        values = self.output_values(token, scope.view())
        token.workflow.instance.close_scope(scope)
        token.workflow.assign(values)
        token.complete()


class EventSubProcess(SubProcess):
    """Waits beside its scope for its start event; then runs, instead of the scope or beside it."""

    @property
    def start(self) -> Element:
        return next(start for start in self.scope_spec.event_starts() if start.parent == self.element.id)

    @property
    def awaited(self) -> Element:
        return self.start

    def _update_hook(self, my_task: Token) -> bool:
        if not my_task.watching:
            return True
        my_task._set_state(WAITING)
        self.watch(my_task)
        return False

    def watch(self, token: Token) -> None:
        """Wait for the definitions of the start event."""
        watch(token, self.start, self.start.events)

    def trigger(self, token: Token, payload: dict[str, Any]) -> None:
        scope = token.workflow
        scope.assign(payload)
        if occurs_once(self.start):
            token.cancel()
        self.catch(scope)

    def catch(self, scope: Scope, host: Token | None = None) -> None:
        """The start event occurred: end the scope's other work if it interrupts, then run."""
        if self.start.interrupting:
            scope.cancel_all()
        scope.enter(self.element.id)

    def _on_cancel(self, my_task: Token) -> None:
        if my_task.watching:
            self.host_of(my_task).unwatch(my_task)
        super()._on_cancel(my_task)
