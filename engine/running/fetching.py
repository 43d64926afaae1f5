"""How workers get external tasks: a few of their topics at a time, each locked for one worker, the most urgent first.

A fetch looks at the free tasks of its topics alone (an index) and at the locks that have run out, so it costs the same however many
tasks are in hands, failed or of other topics. Two workers never get one task: the rows are locked as they are read (SKIP LOCKED; on
SQLite writers take turns). Where variables choose, what was read in vain is remembered while a fetch waits, so that looking again costs
what has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, cast

from engine.dates.clock import real_now
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.people import authorization
from engine.queries import ExternalTaskView
from engine.running.outside import StoredScopes
from engine.running.reporting import check_lock, forbidden
from engine.spiff import Host, Instance
from engine.states import ExternalTaskState
from engine.storage.model import to_text
from engine.storage.rows import instant

if TYPE_CHECKING:
    from engine.people import Actor
    from engine.storage.session import Session

MOST_TASKS = 1_000  # fetched at once
MOST_TOPICS = 100
MOST_DEFINITIONS = 1_000
BATCH = 100  # looked at together where they are chosen by what is in them
COLUMNS = (
    "id", "topic", "state", "priority", "retries", "worker_id", "lock_until", "error", "error_details", "instance_id", "root_id",
    "scope_id", "definition_id", "definition_key", "element_id", "element_name", "business_key", "step", "category", "created",
)  # fmt: skip
TASK = f"SELECT {', '.join(COLUMNS)} FROM external_task"
LOOK = "SELECT id, priority, (SELECT revision FROM instance i WHERE i.id = external_task.instance_id) FROM external_task WHERE "
EXPIRED = "SELECT id FROM external_task WHERE state = 'LOCKED' AND lock_until <= ? ORDER BY lock_until LIMIT 1000"
LOCK = "UPDATE external_task SET state = 'LOCKED', worker_id = ?, lock_until = ? WHERE id = ?"
SKIP_LOCKED = " FOR UPDATE SKIP LOCKED"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A topic a worker asks for: how long it locks what it gets, which variables it wants told, and which tasks it takes."""

    topic: str
    duration: timedelta
    variables: tuple[str, ...] | None = None  # none: all
    local: bool = False  # only the activity's own
    business_key: str | None = None
    definition_ids: tuple[str, ...] = ()
    definition_keys: tuple[str, ...] = ()
    version_tag: str | None = None
    having: Mapping[str, Any] = field(default_factory=dict)  # variables of these values


class Queued(Protocol):
    """What has a turn."""

    @property
    def id(self) -> str: ...

    @property
    def priority(self) -> int: ...


Q = TypeVar("Q", bound=Queued)


@dataclass(frozen=True, slots=True)
class Turn:
    """Which tasks come first. The usual turn reads an index; another one sorts what waits for the topic."""

    by_priority: bool = True
    newest: bool = False  # else the oldest

    @property
    def order(self) -> str:
        return ("-priority, " if self.by_priority else "") + ("id DESC" if self.newest else "id")

    def sort(self, queued: Iterable[Q]) -> list[Q]:
        """The same order, of tasks of several topics."""
        by_age = sorted(queued, key=lambda one: one.id, reverse=self.newest)
        return sorted(by_age, key=lambda one: -one.priority) if self.by_priority else by_age


USUAL = Turn()


@dataclass(frozen=True, slots=True)
class LockedTask:
    """A task for the worker who fetched it."""

    task: ExternalTaskView
    variables: Mapping[str, Any]
    properties: Mapping[str, str]  # camunda:properties of its element


def require_topics(actor: Actor, wanted: Sequence[Wanted]) -> None:
    """Refuse topics that the actor may not work on at all. Raises Forbidden, Invalid."""
    if len(wanted) > MOST_TOPICS:
        raise Invalid(
            f"At most {MOST_TOPICS} topics can be fetched at once.",
            [Problem("Too many topics.", "หัวข้อมากเกินไป", field="topics")],
            th=f"ดึงงานได้ครั้งละไม่เกิน {MOST_TOPICS} หัวข้อ",
        )
    for one in wanted:
        if not authorization.may_fetch(actor, one.topic, None):
            raise forbidden(one.topic)


def check(worker_id: str, wanted: Sequence[Wanted], limit: int) -> None:
    """Refuse what cannot be fetched. Raises Invalid."""
    if not 0 < limit <= MOST_TASKS:
        raise Invalid(
            f"1 to {MOST_TASKS} tasks can be fetched at once.",
            [Problem("Too many, or none.", "จำนวนไม่ถูกต้อง", field="maxTasks")],
            th=f"ดึงงานได้ครั้งละ 1 ถึง {MOST_TASKS} งาน",
        )
    for one in wanted:
        check_lock(worker_id, one.duration)
        if len(one.definition_ids) + len(one.definition_keys) > MOST_DEFINITIONS:
            raise Invalid(
                f"At most {MOST_DEFINITIONS} definitions can be named for a topic.",
                [Problem("Too many.", "มากเกินไป", field="topics")],
                th=f"ระบุนิยามกระบวนการได้ไม่เกิน {MOST_DEFINITIONS} รายการต่อหัวข้อ",
            )


class Free(NamedTuple):
    """A task that may be fetched, and the revision of its instance: while that stays, so do the variables."""

    id: str
    priority: int
    revision: int


@dataclass(slots=True)
class Looked:
    """What a fetch that waits has read in vain, by the place of the topic among those wanted: tasks with the revisions they had then."""

    unsuited: dict[int, dict[str, int]] = field(default_factory=dict)


Sight = tuple[tuple[Wanted, tuple[str, ...] | None], ...]  # topics something waits for; where variables choose, the tasks that suit


def look(session: Session, wanted: Sequence[Wanted], limit: int, turn: Turn, looked: Looked) -> Sight:
    """What a fetch may take; nothing is locked. What did not suit is read again only when its instance has changed."""
    now, sight = to_text(real_now()), list[tuple[Wanted, tuple[str, ...] | None]]()
    for place, one in enumerate(wanted):
        where, values = _conditions(session, one)
        free = ((f"state = 'FREE' AND {where}", values), (f"state = 'LOCKED' AND lock_until <= ? AND {where}", [now, *values]))
        if one.having:
            rows = [Free(*row) for text, given in free for row in session.rows.all(LOOK + text, given)]
            if ids := _suiting(session, one, turn.sort(rows), limit, looked.unsuited.setdefault(place, {})):
                sight.append((one, ids))
        elif any(session.rows.one(f"SELECT 1 FROM external_task WHERE {text} LIMIT 1", given) for text, given in free):
            sight.append((one, None))
    return tuple(sight)


def _suiting(session: Session, wanted: Wanted, free: Sequence[Free], limit: int, unsuited: dict[str, int]) -> tuple[str, ...]:
    """The first tasks with the wanted variables, up to `limit`; the others are remembered as unsuited."""
    unread = [one for one in free if unsuited.get(one.id) != one.revision]
    ids: list[str] = []
    for start in range(0, len(unread), BATCH):
        part = unread[start : start + BATCH]
        suited = {found.id for found in _opened(session, wanted, [one.id for one in part])}
        unsuited.update((one.id, one.revision) for one in part if one.id not in suited)
        ids += [one.id for one in part if one.id in suited]
        if len(ids) >= limit:
            break
    return tuple(ids[:limit])


def fetch(session: Session, worker_id: str, sight: Sight, limit: int, turn: Turn) -> tuple[LockedTask, ...]:
    """Lock up to `limit` of the tasks in sight that are still free for a worker; what was asked has been checked."""
    now = real_now()
    _free_expired(session, now)
    found: dict[str, _Found] = {}
    for one, ids in sight:
        for candidate in _free(session, one, limit, turn) if ids is None else _opened(session, one, ids, to_lock=True):
            found.setdefault(candidate.id, candidate)
    chosen = turn.sort(found.values())[:limit]
    session.rows.run_many(LOCK, [(worker_id, now + candidate.wanted.duration, candidate.id) for candidate in chosen])
    return tuple(candidate.locked(session, worker_id, now) for candidate in chosen)


def _free_expired(session: Session, now: datetime) -> None:
    """Those whose lock has run out are free; whose they were stays on them, for he may still report."""
    session.rows.run(f"UPDATE external_task SET state = 'FREE' WHERE id IN ({EXPIRED + _skipping(session)})", (now,))


@dataclass(frozen=True, slots=True)
class _Found:
    """A free task, and what its token sees."""

    wanted: Wanted
    row: Mapping[str, Any]
    instance: Instance

    @property
    def id(self) -> str:
        return str(self.row["id"])

    @property
    def priority(self) -> int:
        return int(self.row["priority"])

    def locked(self, session: Session, worker_id: str, now: datetime) -> LockedTask:
        row, process = self.row, session.shared.definitions.get(session.connection, self.row["definition_id"]).process
        task = ExternalTaskView.of(
            row,
            state=ExternalTaskState.LOCKED.value,
            worker_id=worker_id,
            lock_until=now + self.wanted.duration,
            created=instant(row["created"]),
            version_tag=process.version_tag,
        )
        return LockedTask(task, self._told(), process.elements[row["element_id"]].properties.get("camunda:properties") or {})

    def _told(self) -> dict[str, Any]:
        wanted, scope_id, token_id = self.wanted, self.row["scope_id"], self.row["id"]
        seen = self.instance.locals_of(scope_id, token_id) if wanted.local else self.instance.view_of(scope_id, token_id)
        return dict(seen) if wanted.variables is None else {name: seen[name] for name in wanted.variables if name in seen}

    def suits(self) -> bool:
        seen = self.instance.view_of(self.row["scope_id"], self.row["id"])
        absent = object()
        return all(seen.get(name, absent) == value for name, value in self.wanted.having.items())


def _free(session: Session, wanted: Wanted, limit: int, turn: Turn) -> list[_Found]:
    """Up to `limit` free tasks that a worker wants and the actor may do, in their turn."""
    where, values = _conditions(session, wanted)
    text = f"{TASK} WHERE state = 'FREE' AND {where} ORDER BY {turn.order} LIMIT ? OFFSET ?" + _skipping(session)
    found, seen = list[_Found](), 0
    while len(found) < limit:
        rows = session.rows.all(text, (*values, limit, seen))
        found += _found(session, wanted, rows)
        seen += len(rows)
        if len(rows) < limit:
            break
    return found[:limit]


def _opened(session: Session, wanted: Wanted, ids: Sequence[str], *, to_lock: bool = False) -> list[_Found]:
    """Those of these tasks that have the wanted variables; to lock them those that are still free."""
    text = f"{TASK} WHERE id IN ({', '.join('?' for _id in ids)})"
    if to_lock:
        text += " AND state = 'FREE'" + _skipping(session)
    return _found(session, wanted, session.rows.all(text, ids))


def _skipping(session: Session) -> str:
    return "" if session.rows.sqlite else SKIP_LOCKED


def _found(session: Session, wanted: Wanted, rows: Iterable[Sequence[Any]]) -> list[_Found]:
    """Tasks with their instances as stored; not those that go on without them just now, or have other variables than wanted."""
    definitions, scopes, found = session.shared.definitions, cast(Host, StoredScopes(session)), list[_Found]()
    for values in rows:
        row = dict(zip(COLUMNS, values, strict=True))
        compiled = definitions.get(session.connection, row["definition_id"]).compiled
        one = _Found(wanted, row, Instance(compiled, scopes, row["instance_id"]))
        with suppress(NotFound, Conflict):
            if one.suits():
                found.append(one)
    return found


def _conditions(session: Session, wanted: Wanted) -> tuple[str, list[Any]]:
    parts: list[str] = ["topic = ?"]
    values: list[Any] = [wanted.topic]
    if not authorization.works_on(session.actor, wanted.topic):
        parts.append("category IS NULL")
    if wanted.business_key is not None:
        parts.append("business_key = ?")
        values.append(wanted.business_key)
    for column, among in (("definition_id", wanted.definition_ids), ("definition_key", wanted.definition_keys)):
        if among:
            parts.append(f"{column} IN ({', '.join('?' for _one in among)})")
            values += among
    if wanted.version_tag is not None:
        parts.append("definition_id IN (SELECT id FROM definition WHERE version_tag = ?)")
        values.append(wanted.version_tag)
    return " AND ".join(parts), values
