"""A host without a database: for tests of element behaviour and for measuring the executor alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from engine import language
from engine.diagrams.model import Element, EventDefinition
from engine.errors import NotFound
from engine.spiff import codec
from engine.spiff.budget import LIMITS, Budget
from engine.spiff.build import Compiled
from engine.spiff.host import DEFERRED, Deferred, Variables
from engine.spiff.modification import Modification
from engine.spiff.scope import Scope
from engine.spiff.token import Token
from engine.spiff.workflow import Instance

Work = Mapping[str, Any]


@dataclass
class MemoryHost:
    """Keeps what a host is told in plain collections, keyed by token id."""

    work_done: dict[str, Any] = field(default_factory=dict)  # element id → variables, DEFERRED, or an exception to raise
    tasks: dict[str, Token] = field(default_factory=dict)
    timers: dict[str, tuple[Token, EventDefinition]] = field(default_factory=dict)  # the last of a token's
    subscriptions: dict[str, list[tuple[Token, EventDefinition]]] = field(default_factory=dict)
    watched: dict[str, tuple[Token, Sequence[str]]] = field(default_factory=dict)  # conditions and the scopes they see
    deferred: dict[str, Token] = field(default_factory=dict)
    continuations: dict[str, Token] = field(default_factory=dict)
    called: dict[str, tuple[Token, dict[str, Any]]] = field(default_factory=dict)
    thrown: list[tuple[str, str | None]] = field(default_factory=list)
    trail: list[tuple[str, str]] = field(default_factory=list)  # (started|completed|cancelled, element id)
    rows: dict[str, codec.ScopeState] = field(default_factory=dict)

    def now(self) -> datetime:
        return datetime(2009, 6, 1, 1, 0, tzinfo=UTC)

    def evaluate(self, expression: str, variables: Variables) -> Any:
        return language.template(expression, variables) if "${" in expression else language.evaluate(expression, variables)

    def template(self, text: Any, variables: Variables) -> Any:
        return language.template(text, variables) if isinstance(text, str) else text

    def run_script(self, script: str, variables: Variables, result: str | None = None) -> dict[str, Any]:
        return language.run_script(script, variables, result=result)

    def open_task(self, token: Token, element: Element, variables: Variables) -> None:
        self.tasks[token.id] = token

    def close_task(self, token: Token) -> None:
        self.tasks.pop(token.id, None)

    def schedule(self, token: Token, element: Element, event: EventDefinition, variables: Variables) -> None:
        self.timers[token.id] = (token, event)

    def subscribe(self, token: Token, element: Element, event: EventDefinition, variables: Variables) -> None:
        self.subscriptions.setdefault(token.id, []).append((token, event))

    def watch_conditions(self, token: Token, element: Element, scope_ids: Sequence[str]) -> None:
        self.watched[token.id] = (token, scope_ids)

    def conditions(self, scope_id: str) -> Sequence[tuple[str, str]]:
        return [(token.scope_id, token.id) for token, seen in self.watched.values() if scope_id in seen]

    def unwatch(self, token: Token) -> None:
        self.timers.pop(token.id, None)
        self.watched.pop(token.id, None)
        self.subscriptions.pop(token.id, None)

    def work(self, token: Token, element: Element, variables: Variables) -> dict[str, Any] | Deferred:
        outcome = self.work_done.get(element.id, {})
        if isinstance(outcome, Exception):
            raise outcome
        if outcome is DEFERRED:
            self.deferred[token.id] = token
        return outcome  # type: ignore[no-any-return]

    def drop_work(self, token: Token) -> None:
        self.deferred.pop(token.id, None)

    def continue_later(self, token: Token, element: Element) -> None:
        self.continuations[token.id] = token

    def drop_continuation(self, token: Token) -> None:
        self.continuations.pop(token.id, None)

    def start_child(self, token: Token, element: Element, variables: Variables, inputs: Variables) -> None:
        self.called[token.id] = (token, dict(inputs))

    def cancel_child(self, token: Token) -> None:
        self.called.pop(token.id, None)

    def throw(self, token: Token, element: Element, event: EventDefinition, variables: Variables) -> None:
        self.thrown.append((event.kind, event.name))

    def load_scope(self, scope_id: str) -> tuple[str | None, str | None, str, bytes]:
        row = self.rows[scope_id]
        if row.blob is None:
            raise NotFound(f"scope {scope_id} has ended", th="ส่วนนี้ของกระบวนการจบไปแล้ว")
        return row.parent_scope_id, row.parent_token_id, row.element_id, row.blob

    def child_scopes(self, scope_id: str, token_id: str) -> Sequence[str]:
        return [row.id for row in self.rows.values() if (row.parent_scope_id, row.parent_token_id) == (scope_id, token_id)]

    def scopes_of_instance(self, instance_id: str) -> Sequence[str]:
        return [row.id for row in self.rows.values() if row.id == instance_id or row.parent_token_id is not None]

    def move_pages(self, scope_id: str, to: str) -> None:
        self.rows.update({row.id: replace(row, parent_scope_id=to) for row in self._pages(scope_id)})

    def drop_pages(self, scope_id: str) -> None:
        for row in self._pages(scope_id):
            del self.rows[row.id]

    def _pages(self, scope_id: str) -> list[codec.ScopeState]:
        return [row for row in self.rows.values() if row.parent_scope_id == scope_id and row.parent_token_id is None]

    def started(self, token: Token, element: Element) -> None:
        self.trail.append(("started", element.id))

    def completed(self, token: Token, element: Element) -> None:
        self.tasks.pop(token.id, None)
        self.deferred.pop(token.id, None)
        self.called.pop(token.id, None)
        self.trail.append(("completed", element.id))

    def cancelled(self, token: Token, element: Element) -> None:
        self.trail.append(("cancelled", element.id))

    def variables_changed(self, scope: Scope, before: Variables, after: Variables) -> None: ...


class Run:
    """One instance over a `MemoryHost`, addressed by element ids; every step stores and loads again unless `live`."""

    limits = LIMITS

    def __init__(self, compiled: Compiled, host: MemoryHost | None = None, live: bool = False) -> None:
        self.compiled = compiled
        self.host = host or MemoryHost()
        self.live = live
        self.instance = Instance(compiled, self.host, "instance")

    def start(self, variables: Mapping[str, Any] | None = None, start_event_id: str | None = None) -> Run:
        self.instance.budget = Budget(self.limits)
        self.instance.start(variables, start_event_id)
        return self._stored()

    @property
    def open(self) -> list[str]:
        """Element ids of the open user tasks, in the order they opened."""
        return [token.element_id for token in self.host.tasks.values()]

    @property
    def waiting_for(self) -> list[str]:
        """Element ids that have a timer or a subscription."""
        return [token.element_id for token, _ in self.host.timers.values()] + [
            token.element_id for watched in [*self.host.subscriptions.values(), self.host.watched.values()] for token, _ in watched
        ]

    def set(self, **variables: Any) -> Run:
        """Write variables of the root scope from outside."""
        self.instance.set_variables(self.instance.scope_id, variables)
        return self._stored()

    def complete(self, element_id: str, variables: Mapping[str, Any] | None = None, index: int = 0) -> Run:
        """Complete the open user task, deferred work or called instance at an element."""
        tokens = [*self.host.tasks.values(), *self.host.deferred.values(), *(token for token, _ in self.host.called.values())]
        token = [token for token in tokens if token.element_id == element_id][index]
        self.instance.complete(token.scope_id, token.id, variables)
        return self._stored()

    def proceed(self, element_id: str) -> Run:
        """Do the job that takes a token on at an element."""
        token = next(token for token in self.host.continuations.values() if token.element_id == element_id)
        del self.host.continuations[token.id]
        self.instance.proceed(token.scope_id, token.id)
        return self._stored()

    def modify(self, change: Callable[[Modification], None]) -> Run:
        """Place and take tokens by hand."""
        self.instance.modify(change)
        return self._stored()

    def at(self, element_id: str, index: int = 0) -> str:
        """The id of a token at an element, of those that do not watch, the outermost scope first."""
        scopes = [self.instance.scope_at(scope_id) for scope_id in self.host.scopes_of_instance(self.instance.scope_id)]
        return [token.id for scope in scopes for token in scope.tasks.values() if token.element_id == element_id and not token.watching][
            index
        ]

    def occur(self, element_id: str, payload: Mapping[str, Any] | None = None, name: str | None = None) -> Run:
        """Let the timer or subscription (of a name) at an element (for an event sub-process: of that sub-process) occur."""
        watched = [*self.host.timers.values(), *(entry for entries in self.host.subscriptions.values() for entry in entries)]
        token = next(token for token, event in watched if token.element_id == element_id and name in (None, event.name))
        self.instance.trigger(token.scope_id, token.id, payload)
        return self._stored()

    def completed(self) -> list[str]:
        """Element ids in the order they completed."""
        return [element_id for what, element_id in self.host.trail if what == "completed"]

    @property
    def variables(self) -> dict[str, Any]:
        return dict(self.instance.scope_at(self.instance.scope_id).data)

    def _stored(self) -> Run:
        for state in self.instance.to_store():
            if state.blob is None:
                self.host.rows.pop(state.id, None)
            else:
                self.host.rows[state.id] = state
        self.instance.clean()
        if not self.live and not self.instance.ended:
            self.instance = Instance(self.compiled, self.host, "instance")
        self.instance.budget = Budget(self.limits)
        return self
