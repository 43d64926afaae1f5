"""What a running instance asks of the outside (engine.spiff.host.Host), answered with rows of the session."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine import language
from engine.deployment.definitions import Definition
from engine.errors import LanguageError, NotFound
from engine.ids import new_id
from engine.language.timers import CycleOver, parse_timer
from engine.running import external_tasks, messages, usertasks, work
from engine.spiff import COUNTERS, Deferred, passed
from engine.states import Event, JobKind, JobState
from engine.storage import model
from engine.storage.history import to_json
from engine.storage.session import Record

if TYPE_CHECKING:
    from engine.diagrams.model import Element, EventDefinition
    from engine.running.execution import Execution
    from engine.spiff import Scope, Token
    from engine.storage.session import Session

Variables = Mapping[str, Any]
LOAD_SCOPE = "SELECT parent_scope_id, parent_token_id, element_id, blob FROM scope WHERE id = ?"
CONDITIONS = "SELECT scope_id, token_id FROM subscription WHERE kind = 'conditional' AND name = ? ORDER BY id"
MOVE_PAGES = "UPDATE scope SET parent_scope_id = ? WHERE parent_scope_id = ? AND parent_token_id IS NULL"
DROP_PAGES = "DELETE FROM scope WHERE parent_scope_id = ? AND parent_token_id IS NULL"
SCOPES = "SELECT id FROM scope WHERE instance_id = ? AND (id = ? OR parent_token_id IS NOT NULL) ORDER BY id"  # ids grow: outer ones first
CHILD_SCOPES = "SELECT id FROM scope WHERE parent_scope_id = ? AND parent_token_id = ?"


class StoredScopes:
    """The stored scopes of instances: all that reading a token's variables asks of the outside."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def load_scope(self, scope_id: str) -> tuple[str | None, str | None, str, bytes]:
        row = self.session.rows.one(LOAD_SCOPE, (scope_id,))
        if row is None:
            raise NotFound("This part of the process has ended.", th="ส่วนนี้ของกระบวนการจบไปแล้ว")
        return row[0], row[1], row[2], bytes(row[3])

    def child_scopes(self, scope_id: str, token_id: str) -> Sequence[str]:
        return [row[0] for row in self.session.rows.all(CHILD_SCOPES, (scope_id, token_id))]

    def scopes_of_instance(self, instance_id: str) -> Sequence[str]:
        return [row[0] for row in self.session.rows.all(SCOPES, (instance_id, instance_id))]

    def move_pages(self, scope_id: str, to: str) -> None:
        self.session.rows.run(MOVE_PAGES, (to, scope_id))

    def drop_pages(self, scope_id: str) -> None:
        self.session.rows.run(DROP_PAGES, (scope_id,))


class Outside(StoredScopes):
    """The outside of one instance in one session."""

    def __init__(self, execution: Execution, record: Record, definition: Definition) -> None:
        super().__init__(execution.session)
        self.execution = execution
        self.record = record
        self.definition = definition
        self.last: Element | None = None  # where the instance was last, for messages
        self.opened = False  # something to wait for was opened in this step
        self.done: set[str] = set()  # tokens whose task, job or child has ended by itself
        self.unwatched: set[str] = set()
        self.dropped_children: set[str] = set()
        self._changes: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}

    # ---- expressions

    @cached_property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """The session's, and what `execution` says of this instance."""
        return {**self.session.functions, "execution": self._execution}

    def _execution(self, part: str) -> str | None:
        record = self.record
        parts = {"business_key": record.business_key, "instance_id": record.id, "root_id": record.root_id}
        return record.definition_id if part == "definition_id" else parts[part]

    def now(self) -> datetime:
        return self.session.now

    def evaluate(self, expression: str, variables: Variables) -> Any:
        if "${" in expression:
            return language.template(expression, variables, functions=self.functions)
        return language.evaluate(expression, variables, functions=self.functions)

    def template(self, text: Any, variables: Variables) -> Any:
        if isinstance(text, str):
            if "{" not in text and not text.startswith("="):
                return text
            return language.template(text, variables, functions=self.functions)
        if isinstance(text, Mapping):
            return {str(self.template(name, variables)): self.template(value, variables) for name, value in text.items()}
        return [self.template(value, variables) for value in text] if isinstance(text, list | tuple) else text

    def run_script(self, script: str, variables: Variables, result: str | None = None) -> dict[str, Any]:
        return language.run_script(script, variables, functions=self.functions, result=result)

    # ---- waiting

    def open_task(self, token: Token, element: Element, variables: Variables) -> None:
        self.last, self.opened = element, True
        usertasks.open(self, token, element, variables)

    def close_task(self, token: Token) -> None:
        if token.id not in self.done:
            usertasks.terminate(self.session, self.record, token.id)

    def schedule(self, token: Token, element: Element, event: EventDefinition, variables: Variables) -> None:
        self.last, self.opened = element, True
        value = self.template(event.expression or "", variables)
        try:
            timer = parse_timer(event.timer or "duration", value, self.session.now)
        except CycleOver:
            return
        row = self._job(JobKind.TIMER, token, element, timer.due)
        row["cycle"] = to_json(timer.cycle.to_json()) if timer.cycle is not None else None
        self.session.add(model.job, row)

    def subscribe(self, token: Token, element: Element, event: EventDefinition, variables: Variables) -> None:
        self.last, self.opened = element, True
        correlation = self._correlation(event, variables)
        name = str(self.template(event.name or "", variables))
        self._wait_for(event.kind, name, None if correlation is None else to_json(correlation), token, element)

    def _correlation(self, event: EventDefinition, variables: Variables) -> Any:
        """What a message is correlated by; nothing by a key that has no value yet."""
        if event.correlation is None:
            return None
        try:
            return self.evaluate(event.correlation, variables)
        except LanguageError as error:
            if event.said and error.facts.get("missing"):
                return None
            raise

    def _wait_for(self, kind: str, name: str, correlation: str | None, token: Token, element: Element) -> None:
        self.session.add(
            model.subscription,
            {
                "id": new_id(),
                "kind": kind,
                "name": name,
                "correlation": correlation,
                "definition_id": None,
                "instance_id": self.record.id,
                "scope_id": token.scope_id,
                "token_id": token.id,
                "element_id": element.id,
                "created": self.session.now,
            },
        )

    def watch_conditions(self, token: Token, element: Element, scope_ids: Sequence[str]) -> None:
        """A row a scope, named by it: a change finds the conditions that see it by one key."""
        self.last, self.opened = element, True
        for scope_id in scope_ids:
            self._wait_for("conditional", scope_id, None, token, element)

    def conditions(self, scope_id: str) -> Sequence[tuple[str, str]]:
        stored = self.session.rows.all(CONDITIONS, (scope_id,))
        pending = [row for row in self.session.pending(model.subscription) if (row["kind"], row["name"]) == ("conditional", scope_id)]
        return [(row[0], row[1]) for row in stored] + [(row["scope_id"], row["token_id"]) for row in pending]

    def unwatch(self, token: Token) -> None:
        self.unwatched.add(token.id)
        self._drop(token.id, JobKind.TIMER)
        pending = self.session.pending(model.subscription)
        pending[:] = [row for row in pending if row["token_id"] != token.id]
        self.session.rows.run("DELETE FROM subscription WHERE token_id = ?", (token.id,))

    def _drop(self, token_id: str, kind: JobKind) -> None:
        pending = self.session.pending(model.job)
        pending[:] = [row for row in pending if row["token_id"] != token_id or row["kind"] != kind]
        self.session.rows.run("DELETE FROM job WHERE token_id = ? AND kind = ?", (token_id, kind))

    def _job(self, kind: JobKind, token: Token, element: Element, due: datetime) -> dict[str, Any]:
        return {
            "id": new_id(),
            "kind": kind,
            "state": JobState.PENDING if self.record.held is None or not self.record.holds(element.id) else JobState.SUSPENDED,
            "due": due,
            "definition_id": self.record.definition_id,
            "instance_id": self.record.id,
            "root_id": self.record.root_id,
            "scope_id": token.scope_id,
            "token_id": token.id,
            "element_id": element.id,
            "element_name": element.name,
            "step": self.step_of(element),
            "created": self.session.now,
        }

    # ---- work

    def work(self, token: Token, element: Element, variables: Variables) -> dict[str, Any] | Deferred:
        self.last = element
        result = work.do(self, element, variables, token.id)
        if isinstance(result, Deferred):
            self.opened = True
            if external_tasks.is_external(element):
                external_tasks.open(self, token, element, variables)
                return result
            self.session.add(model.job, self._job(JobKind.HANDLER, token, element, self.session.now) | work.attempts(element))
        return result

    def drop_work(self, token: Token) -> None:
        if token.id in self.done:
            return
        if external_tasks.is_external(token.element):
            external_tasks.drop(self.session, token.id)
        else:
            self._drop(token.id, JobKind.HANDLER)

    def continue_later(self, token: Token, element: Element) -> None:
        self.last, self.opened = element, True
        row = self._job(JobKind.CONTINUATION, token, element, self.session.now) | work.attempts(element)
        self.session.add(model.job, row)
        self.session.continuations.append(row["id"])

    def drop_continuation(self, token: Token) -> None:
        self._drop(token.id, JobKind.CONTINUATION)

    # ---- other instances

    def start_child(self, token: Token, element: Element, variables: Variables, inputs: Variables) -> None:
        self.last, self.opened = element, True
        call = element.call
        if call is None:
            raise NotFound(f"'{element.id}' does not say what it calls.", th=f"“{element.id}” ไม่ได้ระบุกระบวนการที่จะเรียก")
        key, version, business_key, category, unit = (
            None if text is None else str(self.template(text, variables))
            for text in (call.called, call.version, call.business_key, call.category, call.unit)
        )
        called = self.session.shared.definitions.called(self.session.connection, self.definition, call.binding, key or "", version)
        self.execution.start_child(
            self.record,
            element,
            token.scope_id,
            token.id,
            called,
            inputs,
            business_key=business_key,
            category=category,
            unit=unit,
            step=self.step_of(element),
            party=self.definition.lanes.get(element.id) or self.record.party,
        )

    def cancel_child(self, token: Token) -> None:
        self.dropped_children.add(token.id)
        if token.id not in self.done:
            th, en = token.element.name or token.element_id, token.element.name_en or token.element.name or token.element_id
            self.execution.later(lambda: self.execution.cancel_child(token.id, f"“{th}” สิ้นสุดลง ('{en}' was ended)"))

    def throw(self, token: Token, element: Element, event: EventDefinition, variables: Variables) -> None:
        self.last = element
        name = str(self.template(event.name or "", variables))
        payload = self.evaluate(event.payload, variables) if event.payload else {}
        if not isinstance(payload, Mapping):
            payload = {event.variable or name: payload}
        given = {**token.data, **payload}  # the input parameters of an event or send task are what it sends
        correlation = None if event.correlation is None else self._correlation(event, ChainMap(given, dict(variables)))
        if event.kind == "signal":
            within, parcel, business_key = self.record.id if event.within else None, event.parcel, None
            if parcel is not None:
                given |= {name: value for name, value in variables.items() if name not in COUNTERS} if parcel.all_in else {}
                given |= {mapping.target: passed(self, mapping, variables) for mapping in parcel.ins}
                business_key = self.template(parcel.business_key, variables)
            self.execution.later(lambda: messages.deliver_signal(self.session, name, given, within, business_key))
        else:
            self.execution.later(lambda: messages.deliver_thrown(self.session, name, correlation, self.record.business_key, given))

    # ---- state and history

    def started(self, token: Token, element: Element) -> None:
        self.last = element
        self._record(Event.ACTIVITY_STARTED, token, element)

    def completed(self, token: Token, element: Element) -> None:
        self._record(Event.ACTIVITY_COMPLETED, token, element)

    def cancelled(self, token: Token, element: Element) -> None:
        self._record(Event.ACTIVITY_CANCELLED, token, element)

    def _record(self, event: Event, token: Token, element: Element) -> None:
        if element.type == "userTask" and element.loop is None:
            return  # the task's own events tell it
        self.session.record(self.record, event, element_id=element.id, token_id=token.id, step=self.step_of(element))

    def variables_changed(self, scope: Scope, before: Variables, after: Variables) -> None:
        known, now = self._changes.setdefault(scope.scope_id, ({}, {}))
        for name, value in after.items():
            if name not in now and name in before:
                known[name] = before[name]
            now[name] = value

    def settle(self) -> None:
        """The step is over: tell the history which variables it changed, first and last value."""
        for scope_id, (before, after) in self._changes.items():
            facts: dict[str, Any] = {"after": after}
            if before:
                facts["before"] = before
            if scope_id != self.record.id:
                facts["scope"] = scope_id
            self.session.record(self.record, Event.VARIABLES_CHANGED, facts=facts)
        self._changes.clear()

    # ---- conveniences

    def step_of(self, element: Element) -> str | None:
        """The number of an element: of the instance's calling element, else its own."""
        return self.record.step or self.definition.steps.get(element.id)

    def group_of(self, party_key: str, variables: Variables) -> str:
        """The group that a party is in this instance: `party`, or `party:unit` where the unit's variable is known."""
        party = self.definition.files.parties.get(party_key)
        if party is None or party.unit is None:
            return party_key
        try:
            unit = self.evaluate(party.unit, variables)
        except LanguageError:
            return party_key
        return f"{party_key}:{unit}" if isinstance(unit, str | int) and str(unit) else party_key
