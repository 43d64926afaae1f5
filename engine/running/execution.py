"""Load → run to the next wait → store: how instances run inside one transaction.

What a step causes in other instances (a child to start, a parent to go on, a signal to arrive) is put on a work list and done in
the same transaction after the step, one after the other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from engine.deployment.definitions import Definition
from engine.errors import Conflict, ExecutionFailed, Invalid, RuamError, Unavailable
from engine.ids import new_id
from engine.people.grants import grant_from_start
from engine.running import incidents
from engine.running.outside import Outside, StoredScopes
from engine.spiff import BpmnError, Budget, Host, Instance, uncaught
from engine.states import Event, InstanceState
from engine.storage import model
from engine.storage.session import Record

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.storage.session import Session

DELETE_SCOPE = "DELETE FROM scope WHERE id = ?"
PUT_SCOPE = (
    "INSERT INTO scope (id, instance_id, parent_scope_id, parent_token_id, element_id, blob) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET blob = excluded.blob"
)
MOST_WORK = 20_000  # entries of one transaction's work list
TOO_DEEP = ("is nested too deeply: mend the diagram", "ซ้อนกันลึกเกินไป โปรดแก้แผนภาพ")
MOST_DEPTH = 50  # signals that cause signals that cause signals …: each takes a handful of Python frames


class Execution:
    """The instances that run in one session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._running: dict[str, tuple[Instance, Outside]] = {}
        self._work: deque[Callable[[], object]] = deque()
        self._done = self._depth = 0
        self._budget = Budget(session.shared.limits)
        self._holding: dict[str, str | None] = {}  # by definition

    # ---- what verbs ask

    def start(
        self,
        definition: Definition,
        variables: Mapping[str, Any],
        *,
        business_key: str | None = None,
        start_event_id: str | None = None,
    ) -> Record:
        """Start a root instance and run it to its first wait."""
        record = self.new_root(definition, business_key)
        self.begin(record, definition, variables, start_event_id)
        self.run()
        return record

    def new_root(self, definition: Definition, business_key: str | None) -> Record:
        """The record of a root instance to come."""
        record = self._new_record(definition, new_id(), business_key)
        record.category = definition.process.category
        return record

    def step(self, record: Record, action: Callable[[Instance], None]) -> None:
        """Do something to an instance and all that follows from it."""
        self.act(record, action)
        self.run()

    def finish(self, record: Record, scope_id: str, token_id: str, variables: Mapping[str, Any]) -> None:
        """What a token waited for (a task, deferred work) is done; all that follows from it."""
        self._open(record)[1].done.add(token_id)
        self.step(record, lambda running: running.complete(scope_id, token_id, variables))

    def run(self) -> None:
        """Work off the list. A signal or message delivered from the list works off what it causes before the next is delivered."""
        self._depth += 1
        while self._work:
            self._done += 1
            if self._done > MOST_WORK or self._depth > MOST_DEPTH:
                raise ExecutionFailed(
                    "The processes of this step keep starting or waking one another without end: is there a loop in which nobody waits? "
                    "Mend the diagram and move the process to the new version.",
                    th="กระบวนการในครั้งนี้เริ่มหรือปลุกกันเองไม่สิ้นสุด อาจมีวงรอบที่ไม่มีใครต้องรอ โปรดแก้แผนภาพแล้วย้ายกระบวนการไปฉบับที่แก้แล้ว",
                )
            self._work.popleft()()
        self._depth -= 1

    def later(self, work: Callable[[], object]) -> None:
        """Put something on the work list."""
        self._work.append(work)

    # ---- one instance

    def instance(self, record: Record) -> Instance:
        """The instance in memory: of this session, of the live cache, or a fresh one that loads its scopes as needed."""
        return self._open(record)[0]

    def definition(self, record: Record) -> Definition:
        """The definition of an instance."""
        return self.session.shared.definitions.get(self.session.connection, record.definition_id)

    def _open(self, record: Record) -> tuple[Instance, Outside]:
        found = self._running.get(record.id)
        if found is None:
            definition = self.definition(record)
            outside = Outside(self, record, definition)
            instance = self.session.shared.live.take(record.id, record.revision)
            if instance is None:
                instance = Instance(definition.compiled, outside, record.id, called=record.parent_id is not None)
            else:
                instance.host = outside
            instance.budget = self._budget
            found = self._running[record.id] = (instance, outside)
        return found

    def release(self, record: Record) -> None:
        """Forget an instance in memory without storing it: its state is about to be replaced (engine/migration)."""
        self._running.pop(record.id, None)
        self.session.shared.live.take(record.id, record.revision)

    def begin(self, record: Record, definition: Definition, variables: Mapping[str, Any], start_event_id: str | None = None) -> None:
        """Put a new instance's row, history and tokens in place."""
        self.place(record, definition)
        initiator = next((element.initiator for element in definition.process.elements.values() if element.initiator), None)
        given = dict(variables) | ({initiator: record.started_by} if initiator else {})
        self.act(record, lambda running: running.start(given, start_event_id))

    def place(self, record: Record, definition: Definition) -> None:
        """A new instance's row and the beginning of its history; it stands nowhere yet."""
        session = self.session
        session.add_instance(record)
        outside = Outside(self, record, definition)
        instance = Instance(definition.compiled, outside, record.id, called=record.parent_id is not None)
        instance.budget = self._budget
        self._running[record.id] = (instance, outside)
        facts = {"definition": definition.id, "business_key": record.business_key, "parent": record.parent_id}
        session.record(record, Event.INSTANCE_STARTED, facts={name: value for name, value in facts.items() if value is not None})
        if record.parent_id is None:
            grant_from_start(session, record, definition)

    def seen(self, instance_id: str, definition_id: str, scope_id: str, token_id: str) -> dict[str, Any]:
        """What an open task's token sees, read without a lock."""
        definition = self.session.shared.definitions.get(self.session.connection, definition_id)
        reader = Instance(definition.compiled, cast(Host, StoredScopes(self.session)), instance_id)
        return dict(reader.view_of(scope_id, token_id))

    def outside(self, record: Record) -> Outside:
        """The outside of an instance in this session."""
        return self._open(record)[1]

    def act(self, record: Record, action: Callable[[Instance], None]) -> None:
        """Run an instance until it waits; turn what goes wrong into ExecutionFailed that names the place."""
        if record.over:
            raise Conflict("This process has ended.", th="กระบวนการนี้จบแล้ว")
        instance, outside = self._open(record)
        outside.opened = False
        try:
            action(instance)
        except BpmnError as error:
            raise self._failed(outside, outside.last, *uncaught(error)) from error
        except (Conflict, Invalid, Unavailable):
            raise
        except ExecutionFailed as error:
            error.facts.setdefault("definition_id", record.definition_id)
            raise
        except RuamError as error:
            at = outside.definition.process.elements.get(error.facts.get("element_id") or "") or outside.last
            raise self._failed(outside, at, f"failed: {error.message}", f"ทำไม่สำเร็จ: {error.thai}") from error
        except RecursionError as error:
            raise self._failed(outside, outside.last, *TOO_DEEP) from error
        outside.settle()
        self._pass_on_escalations(record, instance)
        if instance.ended:
            self._ended(record, instance)
        elif not outside.opened:
            self.later(lambda: incidents.stuck(self.session, record))

    @staticmethod
    def _failed(outside: Outside, element: Element | None, reason: str, th: str) -> ExecutionFailed:
        failure = ExecutionFailed.at(element or outside.definition.process, reason, th, definition_id=outside.definition.id)
        if element is None:  # it is said of the process, which is no element
            failure.facts["element_id"] = failure.facts["element_name"] = None
        return failure

    def _ended(self, record: Record, instance: Instance) -> None:
        session = self.session
        record.state = instance.end_state
        record.ended = session.now
        facts = {"state": record.state}
        if instance.uncaught is not None:
            record.end_reason = facts["reason"] = f"{instance.uncaught} [{instance.uncaught.code or ''}]"
        session.record(record, Event.INSTANCE_ENDED, facts=facts)
        self._forget(record)
        if record.parent_id is not None and instance.everything:
            self.later(lambda: self._terminate(record))
        elif record.parent_id is not None:
            result, uncaught = instance.result, instance.uncaught
            self.later(lambda: self._return(record, result, uncaught))

    def _return(self, child: Record, result: dict[str, Any], uncaught: BpmnError | None) -> None:
        """A child has ended: its parent goes on."""
        parent, scope_id, token_id = self._caller(child)
        if parent is None:
            return
        self.outside(parent).done.add(token_id)
        if uncaught is not None:
            error = uncaught
            self.act(parent, lambda running: running.throw_error(scope_id, token_id, error, result))
        else:
            self.act(parent, lambda running: running.complete(scope_id, token_id, result))

    def _terminate(self, child: Record) -> None:
        """A child has ended everything: its parent ends too."""
        parent, _scope_id, token_id = self._caller(child)
        if parent is not None:
            self.outside(parent).done.add(token_id)
            self.act(parent, lambda running: running.terminate())

    def _pass_on_escalations(self, child: Record, instance: Instance) -> None:
        """What an instance escalated and does not catch itself is for the call activity that it was started by."""
        thrown = list(instance.escalations)
        instance.escalations.clear()
        for escalation in thrown:
            self.later(lambda one=escalation, result=instance.result: self._escalate(child, one, result))  # type: ignore[misc]

    def _escalate(self, child: Record, escalation: BpmnError, result: dict[str, Any]) -> None:
        parent, scope_id, token_id = self._caller(child)
        if parent is not None:
            self.act(parent, lambda running: running.throw_escalation(scope_id, token_id, escalation, result))

    def _caller(self, child: Record) -> tuple[Record | None, str, str]:
        """The parent, and the scope and token of its call activity; no parent where nobody waits: it may have been interrupted just now."""
        scope_id, token_id = child.parent_scope_id or "", child.parent_token_id or ""
        if child.parent_id is None:
            return None, scope_id, token_id
        parent = self.session.lock(child.parent_id)
        waits = not parent.over and self.instance(parent).token_at(scope_id, token_id) is not None
        return (parent if waits else None), scope_id, token_id

    # ---- children

    def start_child(
        self,
        parent: Record,
        element: Element,
        scope_id: str,
        token_id: str,
        definition: Definition,
        inputs: Mapping[str, Any],
        *,
        business_key: str | None,
        category: str | None,
        unit: str | None,
        step: str | None,
        party: str | None,
    ) -> None:
        """Put the start of a child instance on the work list."""
        record = self._new_record(definition, new_id(), business_key or parent.business_key)
        record.root_id, record.parent_id = parent.root_id, parent.id
        record.parent_scope_id, record.parent_token_id = scope_id, token_id
        record.category = category or definition.process.category or parent.category
        record.unit = unit if unit is not None else parent.unit
        record.step, record.party = step, party
        self.later(lambda: self._begin_child(parent, record, definition, dict(inputs), element))

    def _begin_child(self, parent: Record, record: Record, definition: Definition, inputs: dict[str, Any], element: Element) -> None:
        instance, _outside = self._open(parent)
        if instance.ended or (record.parent_token_id or "") in self._open(parent)[1].dropped_children:
            return
        try:
            self.begin(record, definition, inputs)
        except ExecutionFailed as error:
            error.facts.setdefault("called_from", element.id)
            raise

    def cancel_child(self, token_id: str, reason: str) -> None:
        """End the child instances of a call activity's token."""
        self.session.write()
        query = "SELECT id FROM instance WHERE parent_token_id = ? AND state IN ('ACTIVE', 'SUSPENDED')"
        for (child_id,) in self.session.rows.all(query, (token_id,)):
            record = self.session.lock(child_id)
            if not record.over:
                self.end(record, InstanceState.INTERNALLY_TERMINATED, reason)

    def end(self, record: Record, state: InstanceState, reason: str) -> None:
        """Stop an instance where it stands; its children follow from the work list."""
        instance, outside = self._open(record)
        instance.cancel()
        outside.settle()
        record.state, record.ended, record.end_reason = state, self.session.now, reason
        event = Event.INSTANCE_CANCELLED if state == InstanceState.EXTERNALLY_TERMINATED else Event.INSTANCE_ENDED
        self.session.record(record, event, facts={"state": state, "reason": reason})
        self._forget(record)

    def _forget(self, record: Record) -> None:
        """An instance has ended: nothing of it is waited for, and its incidents are nobody's any more."""
        for table in ("job", "subscription"):
            self.session.rows.run(f"DELETE FROM {table} WHERE instance_id = ?", (record.id,))
        for pending in (self.session.pending(model.job), self.session.pending(model.subscription)):
            pending[:] = [row for row in pending if row["instance_id"] != record.id]
        incidents.resolve(self.session, record)

    def _new_record(self, definition: Definition, id: str, business_key: str | None) -> Record:
        return Record(
            id=id,
            definition_id=definition.id,
            definition_key=definition.key,
            business_key=business_key,
            root_id=id,
            parent_id=None,
            parent_scope_id=None,
            parent_token_id=None,
            state=InstanceState.ACTIVE.value,
            category=None,
            unit=None,
            step=None,
            party=None,
            started=self.session.now,
            started_by=self.session.actor.user_id,
            ended=None,
            end_reason=None,
            revision=0,
            history_seq=0,
            history_head="",
            held=self.held_in(definition.id),
        )

    def held_in(self, definition_id: str) -> str | None:
        """The elements that are suspended in every instance of a definition. Who suspends one waits for what is started meanwhile."""
        if definition_id not in self._holding:
            text = "SELECT held FROM definition WHERE id = ?"  # the lock is that of the reference from the instance's row
            row = self.session.rows.one(text if self.session.rows.sqlite else text + " FOR KEY SHARE", (definition_id,))
            self._holding[definition_id] = None if row is None else row[0]
        return self._holding[definition_id]

    # ---- storing

    def store_scopes(self) -> None:
        """Write the scopes that have changed."""
        puts: list[tuple[Any, ...]] = []
        gone: list[tuple[str]] = []
        for instance_id, (instance, _outside) in self._running.items():
            for state in instance.to_store():
                if state.blob is None:
                    gone.append((state.id,))
                else:
                    puts.append((state.id, instance_id, state.parent_scope_id, state.parent_token_id, state.element_id, state.blob))
        if gone:
            self.session.rows.run_many(DELETE_SCOPE, gone)
        self.session.rows.run_many(PUT_SCOPE, puts)

    def keep(self) -> None:
        """After the commit: instances that go on stay in memory."""
        for instance_id, (instance, _outside) in self._running.items():
            if not instance.ended:
                instance.clean()
                self.session.shared.live.put(instance_id, self.session.records[instance_id].revision, instance)
        self._running.clear()  # no circle is left for the garbage collector
