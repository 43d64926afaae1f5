"""One verb's transaction: its actor, its time, the instances it has locked, and the rows it will write when it ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table

from engine.dates import clock
from engine.errors import Conflict, NotFound
from engine.ids import new_id
from engine.states import Event, InstanceState
from engine.storage import history, model
from engine.storage.model import to_text
from engine.storage.rows import Rows

if TYPE_CHECKING:
    from engine.dates.clock import Clock
    from engine.deployment.definitions import Definitions
    from engine.papers.documents import DocumentStore
    from engine.papers.typesetting import Typesetter
    from engine.people import Actor
    from engine.registry import Registry
    from engine.running.execution import Execution
    from engine.running.live import Live
    from engine.spiff import Limits
    from engine.storage.database import Database


@dataclass(frozen=True, slots=True)
class Shared:
    """What all sessions of an engine have in common."""

    database: Database
    clock: Clock
    registry: Registry
    definitions: Definitions
    live: Live
    store: DocumentStore
    typesetter: Callable[[], Typesetter]  # made when the first letter is set: it reads fonts
    limits: Limits  # of one transaction


@dataclass(slots=True)
class Record:
    """An instance's row while this transaction holds its lock."""

    id: str
    definition_id: str
    definition_key: str
    business_key: str | None
    root_id: str
    parent_id: str | None
    parent_scope_id: str | None
    parent_token_id: str | None
    state: str
    category: str | None
    unit: str | None
    step: str | None
    party: str | None
    started: datetime | str
    started_by: str | None
    ended: datetime | str | None
    end_reason: str | None
    revision: int
    history_seq: int
    history_head: str
    held: str | None  # JSON list of the elements that are suspended

    @property
    def over(self) -> bool:
        return self.state not in (InstanceState.ACTIVE, InstanceState.SUSPENDED)

    def holds(self, element_id: str | None) -> bool:
        """Whether an element is suspended in it."""
        return self.held is not None and element_id in json.loads(self.held)


# What `Session.adopt` takes: the columns of an instance `i`, and with them, for nothing, what the clock asks.
RECORD = ", ".join(f"i.{entry.name}" for entry in fields(Record)) + f", {clock.KEPT}"
RECORD_SIZE = len(fields(Record)) + 1
LOCK = f"SELECT {RECORD} FROM instance i WHERE i.id = ?"
LOCK_BY_TASK = "SELECT id FROM instance WHERE id = (SELECT instance_id FROM task WHERE id = ?) FOR UPDATE"
# Two texts, because SQLite writes every index of a column that a statement sets, changed or not.
FENCE = "UPDATE instance SET revision = ?, history_seq = ?, history_head = ? WHERE id = ? AND revision = ?"
FENCE_STATE = FENCE.replace(" WHERE", ", state = ?, ended = ?, end_reason = ? WHERE")
WRITE_ORDER: tuple[Table, ...] = (
    model.instance,
    model.task,
    model.candidate,
    model.job,
    model.external_task,
    model.subscription,
    model.document,
    model.sealed,
    model.outbox,
)
HISTORY = (
    "INSERT INTO history (instance_id, seq, root_id, time, event, actor, element_id, token_id, step, data, hash) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Session:
    """What verbs work with. They add rows and never commit: engine.running.transactions does, once."""

    def __init__(self, shared: Shared, connection: Connection, actor: Actor) -> None:
        self.shared = shared
        self.connection = connection
        self.actor = actor
        self.rows = Rows(connection)
        self.records: dict[str, Record] = {}
        self._pending: dict[Table, list[dict[str, Any]]] = {table: [] for table in WRITE_ORDER}
        self._new: set[str] = set()
        self.continuations: list[str] = []  # jobs to do as soon as this is committed
        self._happened: list[tuple[Any, ...]] = []  # rows of the history
        self._states: dict[str, str] = {}  # instance id → state as stored
        self._moved: dict[str, int] = {}  # instance id → revision before
        self._now: datetime | None = None
        self._now_text: str | None = None
        self._execution: Execution | None = None

    @property
    def now(self) -> datetime:
        """The process's now, the same for the whole transaction."""
        if self._now is None:
            self._now = self.shared.clock.now(clock.kept(self.rows))
        return self._now

    @property
    def now_text(self) -> str:
        """`now` as rows have it."""
        if self._now_text is None:
            self._now_text = to_text(self.now)
        return self._now_text

    @cached_property
    def holidays(self) -> frozenset[date]:
        """The days off, from their table."""
        return frozenset(date.fromisoformat(row[0]) for row in self.rows.all("SELECT day FROM holiday"))

    @cached_property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """What expressions may call besides the language's own: the moment, the calendar, the people of a group."""
        from engine import people
        from engine.forms import choices

        known = choices.functions(self.now, self.holidays, lambda group: people.members(self.connection, group, self.now))
        return {**known, "currentUser": lambda: self.actor.user_id, "currentUserGroups": lambda: sorted(self.actor.groups)}

    @property
    def execution(self) -> Execution:
        """What runs instances in this transaction."""
        if self._execution is None:
            from engine.running.execution import Execution

            self._execution = Execution(self)
        return self._execution

    # ---- instances

    def lock(self, instance_id: str) -> Record:
        """The instance's row, locked until this transaction ends. Raises NotFound."""
        known = self.records.get(instance_id)
        if known is not None:
            return known
        row = self.rows.one(LOCK if self.rows.sqlite else LOCK + " FOR UPDATE", (instance_id,))
        if row is None:
            raise NotFound("There is no such instance.", th="ไม่พบกระบวนการนี้")
        return self.adopt(row)

    def read_locked(self, text: str, task_id: str) -> tuple[Any, ...] | None:
        """The row a SELECT finds of a task once the row of its instance is locked; on SQLite the whole transaction is the lock."""
        if not self.rows.sqlite:  # two statements: what is read while one waits for a lock is of the time before
            self.rows.one(LOCK_BY_TASK, (task_id,))
        return self.rows.one(text, (task_id,))

    def adopt(self, row: Sequence[Any]) -> Record:
        """The record that the columns `RECORD` of a locked row make, or the one known already."""
        found = self.records.get(row[0])
        if found is None:
            *columns, kept = row
            found = self.records[row[0]] = Record(*columns)
            self._states[found.id] = found.state
            if self._now is None:
                self._now = self.shared.clock.now(kept)
        return found

    def add_instance(self, record: Record) -> None:
        """A new instance's row; written with its final values when the transaction ends, or before its first reader needs it."""
        self.records[record.id] = record
        self._new.add(record.id)

    # ---- rows

    def add(self, table: Table, row: dict[str, Any]) -> None:
        """Write a row with the transaction's other rows, in an order that keeps references whole."""
        self._pending[table].append(row)

    def pending(self, table: Table) -> list[dict[str, Any]]:
        """Rows of a table that are not written yet; those taken out will never be."""
        return self._pending[table]

    def record(
        self,
        record: Record,
        event: Event,
        *,
        element_id: str | None = None,
        token_id: str | None = None,
        step: str | None = None,
        facts: Mapping[str, Any] | None = None,
        actor: str | None = None,
    ) -> None:
        """Add to the instance's history."""
        record.history_seq += 1
        row = (
            record.id,
            record.history_seq,
            record.root_id,
            self.now_text,
            str(event),
            actor or self.actor.user_id,
            element_id,
            token_id,
            step or record.step,
            history.data_of(facts) if facts else "{}",
        )
        record.history_head = history.chained(record.history_head, row)
        self._happened.append((*row, record.history_head))

    def notify(
        self, recipient: str, subject: str, subject_en: str = "", body: str = "", *, record: Record, task_id: str | None = None
    ) -> None:
        """A notice for a group or user: a row of the outbox."""
        self.add(
            model.outbox,
            {
                "id": new_id(),
                "kind": "notice",
                "recipient": recipient,
                "subject": subject,
                "subject_en": subject_en,
                "body": body,
                "root_id": record.root_id,
                "instance_id": record.id,
                "task_id": task_id,
                "created": self.now,
            },
        )

    def write(self) -> None:
        """Write what is pending, so that queries of this transaction see it."""
        if self._new:
            rows = [{entry.name: getattr(self.records[id], entry.name) for entry in fields(Record)} for id in self._new]
            self._pending[model.instance].extend(rows)
            self._states.update((id, self.records[id].state) for id in self._new)
            self._new.clear()
        for table in WRITE_ORDER:
            rows = self._pending[table]
            if rows:
                self._pending[table] = []
                self.rows.insert(table, rows)
        if self._happened:
            happened, self._happened = self._happened, []
            self.rows.insert_plain(HISTORY, happened)

    def close(self) -> None:
        """Write everything. Raises Conflict where an instance was changed behind the lock (the fence)."""
        fresh = set(self._new)
        self.write()
        if self._execution is not None:
            self._execution.store_scopes()
        for record in self.records.values():
            if record.id not in fresh:
                self._pass_fence(record)

    def _pass_fence(self, record: Record) -> None:
        before = record.revision
        record.revision += 1
        moved = (record.revision, record.history_seq, record.history_head)
        key = (record.id, before)
        if record.state == self._states[record.id]:
            changed = self.rows.run(FENCE, (*moved, *key))
        else:
            changed = self.rows.run(FENCE_STATE, (*moved, record.state, record.ended, record.end_reason, *key))
        if changed != 1:
            raise Conflict("This was changed in the meantime; load it again.", th="ข้อมูลนี้มีการเปลี่ยนแปลงระหว่างที่ท่านเปิดอยู่ โปรดเปิดใหม่")
        self._moved[record.id] = before

    def committed(self) -> None:
        """After the commit: what is kept in memory is of the new revisions."""
        if self._execution is not None:
            self._execution.keep()
        for instance_id, before in self._moved.items():
            self.shared.live.moved(instance_id, before, before + 1)
