"""What a running instance asks of the outside: `engine/running/outside.py` answers over the database, `memory.py` in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from engine.diagrams.model import Element, EventDefinition
    from engine.spiff.scope import Scope
    from engine.spiff.token import Token

Variables = Mapping[str, Any]
COUNTERS = frozenset({"loopCounter", "nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances"})  # set by the engine alone


class Deferred:
    """Returned by `Host.work` for work that is not done yet: the token waits until `Instance.complete`."""


DEFERRED = Deferred()


class Host(Protocol):
    """Every call happens inside one transaction, in the order things happen. A token's `id` names it from then on.

    `variables` is a read-only view of what the token sees, innermost scope first.
    """

    def now(self) -> datetime: ...

    # expressions (engine.language); text without ${…} or a leading = is an expression too, unless it is a template
    def evaluate(self, expression: str, variables: Variables) -> Any: ...
    def template(self, text: Any, variables: Variables) -> Any:
        """The value of a text with ${…}, or of a list or mapping of such texts."""

    def run_script(self, script: str, variables: Variables, result: str | None = None) -> dict[str, Any]:
        """What a script assigns; `result` names a variable for the value of its last statement."""

    # waiting
    def open_task(self, token: Token, element: Element, variables: Variables) -> None: ...
    def close_task(self, token: Token) -> None: ...
    def schedule(self, token: Token, element: Element, event: EventDefinition, variables: Variables) -> None: ...
    def subscribe(self, token: Token, element: Element, event: EventDefinition, variables: Variables) -> None: ...
    def watch_conditions(self, token: Token, element: Element, scope_ids: Sequence[str]) -> None:
        """The token's conditions concern what changes in these scopes."""

    def conditions(self, scope_id: str) -> Sequence[tuple[str, str]]:
        """(scope id, token id) of those whose conditions concern what changes in a scope, in the order they began to wait."""

    def unwatch(self, token: Token) -> None:
        """Drop the token's timers, subscriptions and conditions."""

    # work
    def work(self, token: Token, element: Element, variables: Variables) -> dict[str, Any] | Deferred:
        """Do what a service or business-rule task says; return the variables it sets. May raise `BpmnError`."""

    def drop_work(self, token: Token) -> None: ...

    # going on in another transaction: `Instance.proceed`
    def continue_later(self, token: Token, element: Element) -> None: ...
    def drop_continuation(self, token: Token) -> None: ...

    # other instances
    def start_child(self, token: Token, element: Element, variables: Variables, inputs: Variables) -> None:
        """Start what a call activity calls with `inputs`; `variables` is what its key, business key and unit are written in."""

    def cancel_child(self, token: Token) -> None: ...
    def throw(self, token: Token, element: Element, event: EventDefinition, variables: Variables) -> None:
        """A message or signal leaves the instance."""

    # state and history
    def load_scope(self, scope_id: str) -> tuple[str | None, str | None, str, bytes]:
        """(parent scope id, parent token id, element id, blob) of a stored scope, token apart or page."""

    def child_scopes(self, scope_id: str, token_id: str) -> Sequence[str]:
        """Ids of the stored scopes inside an activity of a scope."""

    def scopes_of_instance(self, instance_id: str) -> Sequence[str]:
        """Ids of all stored scopes, the outermost first."""

    def move_pages(self, scope_id: str, to: str) -> None:
        """The stored pages of a scope become those of another."""

    def drop_pages(self, scope_id: str) -> None:
        """Delete the stored pages of a scope."""

    def started(self, token: Token, element: Element) -> None: ...
    def completed(self, token: Token, element: Element) -> None: ...
    def cancelled(self, token: Token, element: Element) -> None: ...
    def variables_changed(self, scope: Scope, before: Variables, after: Variables) -> None: ...


class BpmnError(Exception):
    """A BPMN error or escalation with a code, thrown by a handler or an event; caught by the innermost handler of that code."""

    def __init__(self, code: str | None, message: str = "", variables: Variables | None = None) -> None:
        super().__init__(message or code or "error")
        self.code = code
        self.variables = dict(variables or {})
        self.drawn = False  # an end event says so; else work has failed
