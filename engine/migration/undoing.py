"""Back to the version before, as long as nothing further was completed since: the rows that were kept are put back.

What people have done meanwhile to what they have open (claimed, released, drafted, remarks, papers uploaded) stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import NotFound, Problem
from engine.migration.before import Before, Row
from engine.migration.moving import GIVE_BACK, SET_VERSION
from engine.migration.refusals import Reason, Refused, refusal
from engine.migration.rewriting import SET_CALLER
from engine.migration.trying import Groups, as_stored
from engine.migration.views import ItemState, Undoing
from engine.running import candidates, external_tasks, holding, usertasks
from engine.spiff import adopting
from engine.states import Event, InstanceState, JobKind, JobState, TaskState
from engine.storage import model

if TYPE_CHECKING:
    from engine.deployment.definitions import Definition
    from engine.migration.bulk import Planned
    from engine.migration.moving import Cause, Route
    from engine.spiff import Token
    from engine.storage.session import Record, Session

HARMLESS = (  # what may have happened since
    Event.TASK_CLAIMED, Event.TASK_RELEASED, Event.TASK_ASSIGNED, Event.TASK_DRAFTED, Event.TASK_DUE_CHANGED, Event.JOB_FAILED,
    Event.JOB_RETRIED, Event.REMINDER_SENT, Event.INCIDENT_RAISED, Event.INCIDENT_RESOLVED, Event.DOCUMENT_ADDED, Event.NOTED,
    Event.INSTANCE_SUSPENDED, Event.INSTANCE_RESUMED, Event.EXTERNAL_TASK_FAILED, Event.EXTERNAL_TASK_RETRIED, Event.GRANTED, Event.REVOKED,
    Event.ACTIVITY_SUSPENDED, Event.ACTIVITY_RESUMED, Event.INCIDENT_RETRIED,
)  # fmt: skip
ASSIGNMENTS = (Event.TASK_CLAIMED, Event.TASK_RELEASED, Event.TASK_ASSIGNED)
SINCE = "SELECT event, element_id, token_id FROM history WHERE instance_id = ? AND seq > ? ORDER BY seq"
CALLED = "SELECT id, parent_token_id FROM instance WHERE parent_id = ? AND state IN ('ACTIVE', 'SUSPENDED') ORDER BY id"
DEEDS = (  # of people, programs and others: what a process does by itself it does again
    Event.TASK_COMPLETED, Event.EXTERNAL_TASK_COMPLETED, Event.EXTERNAL_TASK_ERROR, Event.MESSAGE_RECEIVED, Event.SIGNAL_RECEIVED,
)  # fmt: skip
DONE_BELOW = (
    "WITH RECURSIVE below (id, definition_id) AS (SELECT id, definition_id FROM instance WHERE id = ? "
    "UNION ALL SELECT i.id, i.definition_id FROM instance i JOIN below b ON i.parent_id = b.id) "
    "SELECT b.definition_id, h.element_id FROM below b JOIN history h ON h.instance_id = b.id "
    f"WHERE h.event IN ({', '.join('?' for _ in DEEDS)}) ORDER BY h.time LIMIT 1"
)
ITEM = "SELECT state, seq, before, final FROM migration_item WHERE migration_id = ? AND instance_id = ?"
MOVED = "SELECT instance_id, source_id, whole_id FROM migration_item WHERE migration_id = ? AND state = 'MOVED' ORDER BY instance_id"
SET_UNDONE = "UPDATE migration_item SET state = 'UNDONE', before = NULL WHERE migration_id = ? AND instance_id = ?"
INCIDENT = "UPDATE incident SET definition_id = ?, element_id = ?, element_name = ? WHERE id = ?"
DRAWN = (
    "definition_id",
    "element_id",
    "scope_id",
    "name",
    "name_en",
    "form_key",
    "step",
    "party",
    "category",
    "unit",
    "context",
    "priority",
)
HANDS = ("assignee", "owner", "delegation", "claimed")
OUTSIDE = ("definition_id", "element_id", "element_name", "step", "scope_id", "topic")
Happened = list[tuple[str, str | None, str | None]]


@dataclass(frozen=True, slots=True)
class Ready:
    """A locked instance that can go back: the rows kept of it, and what has happened since."""

    record: Record
    route: Route
    kept: bytes
    happened: Happened


def attempt(session: Session, planned: Planned) -> Undoing:
    """What going back would do: each whole does, or not."""
    migration_id, routes = planned.cause.migration_id, planned.routes
    moved = session.rows.all(MOVED, (migration_id,))
    found = {id: problems(session, migration_id, id, routes.by_source[source]) for id, source, _whole in moved}
    kept_back = {whole for id, _source, whole in moved if found[id]}
    groups = Groups()
    for id, source, _whole in moved:
        groups.add(id, found[id], routes.by_source[source])
    possible = sum(whole not in kept_back for _id, _source, whole in moved)
    return Undoing(migration_id, possible, 0, len(moved) - possible, groups.told())


def problems(session: Session, migration_id: str, instance_id: str, route: Route) -> tuple[Problem, ...]:
    """Why an instance cannot go back; none where it can."""
    row = session.rows.one("SELECT state, definition_id FROM instance WHERE id = ?", (instance_id,))
    state, definition_id = row if row is not None else (None, None)
    try:
        _item(session, migration_id, instance_id, state, definition_id, route)
    except Refused as refused:
        return refused.problems
    return ()


def ready(session: Session, migration_id: str, instance_id: str, route: Route) -> Ready:
    """Lock an instance that is to go back. Raises Refused."""
    try:
        record = session.lock(instance_id)
    except NotFound:
        raise Refused([refusal(Reason.ENDED)]) from None
    kept, happened = _item(session, migration_id, instance_id, record.state, record.definition_id, route)
    return Ready(record, route, kept, happened)


def _item(
    session: Session, migration_id: str, instance_id: str, state: str | None, definition_id: str | None, route: Route
) -> tuple[bytes, Happened]:
    """The rows kept of an instance that can go back, and what has happened since. Raises Refused."""
    row = session.rows.one(ITEM, (migration_id, instance_id))
    if row is None or row[0] not in (ItemState.MOVED, ItemState.RETURNING):
        raise Refused([refusal(Reason.NOT_MOVED)])
    if state not in (InstanceState.ACTIVE, InstanceState.SUSPENDED):
        raise Refused([refusal(Reason.ENDED)])
    if definition_id != route.plan.target:
        raise Refused([refusal(Reason.VERSION)])
    if row[3]:
        raise Refused([refusal(Reason.FINAL)])
    happened = [(one[0], one[1], one[2]) for one in session.rows.all(SINCE, (instance_id, row[1]))]
    further = next((one for one in happened if one[0] not in HARMLESS), None)
    if further is not None:
        raise Refused([_went_on(route.new, further[1])])
    if (problem := _done_below(session, instance_id, row[2], route)) is not None:
        raise Refused([problem])
    return row[2], happened


def _went_on(definition: Definition, element_id: str | None) -> Problem:
    element = definition.process.elements.get(element_id or "")
    return refusal(Reason.WENT_ON, element or element_id or definition.process.name or definition.key)


def _done_below(session: Session, instance_id: str, kept: bytes, route: Route) -> Problem | None:
    """What was done in processes that the move has called: going back would end them."""
    called = session.rows.all(CALLED, (instance_id,))
    if not called:
        return None
    rows = {
        row["id"]: (row["parent_scope_id"], row["parent_token_id"], row["element_id"], row["blob"]) for row in Before.unpack(kept).scopes
    }
    stood = {id for scope in as_stored(session, route.old, instance_id, rows)[0].scopes.values() for id in scope.tasks}
    for id, token_id in called:
        done = None if token_id in stood else session.rows.one(DONE_BELOW, (id, *DEEDS))
        if done is not None:
            return _went_on(session.shared.definitions.get(session.connection, done[0]), done[1])
    return None


def undo(session: Session, instance: Ready, cause: Cause) -> None:
    """Put one instance back."""
    record, route, happened = instance.record, instance.route, instance.happened
    session.write()
    session.rows.run(GIVE_BACK, (record.id,))
    before, now = Before.unpack(instance.kept), Before.read(session, record)
    left = _tokens(session, record, now)
    session.execution.release(record)
    record.definition_id = route.old.id
    session.rows.run(SET_VERSION, (route.old.id, record.id))
    _restore(session, record, before, now, happened)
    back = _tokens(session, record, before)
    _tell(session, record, left, back)
    _hold(session, record)
    holding.carry(session, record, route.new.id, {new: old for old, new in route.plan.images.items()}, cause.reason)
    back_to = {new: old for old, new in route.renamed.items()}
    facts = {"from": route.new.id, "to": route.old.id, "versions": [route.new.version, route.old.version], "mapping": back_to,
             "migration": cause.migration_id, "reason": cause.reason}  # fmt: skip
    session.record(record, Event.MIGRATION_UNDONE, facts=facts, actor=cause.actor)
    session.rows.run(SET_UNDONE, (cause.migration_id, record.id))


def _tokens(session: Session, record: Record, rows: Before) -> dict[str, Token]:
    """Everything that stands in the instance, by its version of now."""
    running = session.execution.instance(record)
    adopting.all_scopes(running, [row["id"] for row in rows.scopes if row["parent_token_id"] is not None])
    return {token.id: token for scope in running.scopes.values() for token in scope.tasks.values() if not token.watching}


def _tell(session: Session, record: Record, left: dict[str, Token], back: dict[str, Token]) -> None:
    """The history of what stands no more and of what stands again; called instances that began with the move end."""
    outside = session.execution.outside(record)
    for token_id in left.keys() - back.keys():
        token = left[token_id]
        if token.element.type != "userTask" or token.element.loop is not None:
            session.record(record, Event.ACTIVITY_CANCELLED, element_id=token.element_id, token_id=token_id)
        if token.element.call is not None:
            session.execution.cancel_child(token_id, "the move to another version was undone")
    for token_id in back.keys() & left.keys():
        if back[token_id].element.call is not None and back[token_id].scope_id != left[token_id].scope_id:
            session.rows.run(SET_CALLER, (back[token_id].scope_id, token_id))
    for token_id in back.keys() - left.keys():
        outside.started(back[token_id], back[token_id].element)
    session.execution.run()


def _restore(session: Session, record: Record, before: Before, now: Before, happened: Happened) -> None:
    for table in ("scope", "job", "subscription"):
        session.rows.run(f"DELETE FROM {table} WHERE instance_id = ?", (record.id,))
    session.rows.insert(model.scope, before.scopes)
    session.rows.insert(model.job, _jobs(session, before.jobs, now.jobs))
    session.rows.insert(model.subscription, before.subscriptions)
    there = {row["id"]: row for row in now.external_tasks}
    for row in before.external_tasks:
        if row["id"] in there:
            _set(session, "external_task", row, OUTSIDE)
    free = {"state": "FREE", "worker_id": None, "lock_until": None}
    session.rows.insert(model.external_task, [row | free for row in before.external_tasks if row["id"] not in there])
    for id in there.keys() - {row["id"] for row in before.external_tasks}:
        external_tasks.drop(session, id)
    session.rows.run("UPDATE incident SET definition_id = ? WHERE instance_id = ? AND resolved IS NULL", (record.definition_id, record.id))
    for row in before.incidents:
        session.rows.run(INCIDENT, (row["definition_id"], row["element_id"], row["element_name"], row["id"]))
    _restore_tasks(session, record, before, now, happened)


def _jobs(session: Session, before: Sequence[Row], now: Sequence[Row]) -> list[Row]:
    """Jobs as they were; those that have failed or been held since still are, reminders that were sent are not sent again."""
    there, found = {row["id"]: row for row in now}, []
    for row in before:
        current = there.get(row["id"])
        if current is None and row["kind"] == JobKind.REMINDER and row["due"] <= session.now_text:
            continue
        if current is None:
            waits = row["state"] == JobState.SUSPENDED  # it is held again where its activity or the instance still is
            found.append(row | {"state": JobState.PENDING} if waits else row)
            continue
        same = current["error"] == row["error"]
        names = ("state",) if same else ("state", "due", "retries", "retry_wait", "error", "error_th")
        found.append(row | {name: current[name] for name in names})
    return found


def _restore_tasks(session: Session, record: Record, before: Before, now: Before, happened: Happened) -> None:
    there = {row["id"]: row for row in now.tasks}
    for id in there.keys() - {row["id"] for row in before.tasks}:
        usertasks.terminate(session, record, id)
    for row in before.tasks:
        current = there.get(row["id"])
        if current is not None:
            candidates.withdraw(session, row["id"], _offered(current))
        offered = [{"kind": kind, "name": name, "task_id": row["id"]} for kind, name in _offered(row)]
        session.rows.insert(model.candidate, offered)
        since = {event for event, _element, token_id in happened if token_id == row["id"]}
        names = [*DRAWN, *candidates.COLUMNS.values()]
        if Event.TASK_DUE_CHANGED not in since:
            names.append("due")
        if current is None or since.isdisjoint(ASSIGNMENTS):
            names += HANDS
            if current is not None and current["assignee"] != row["assignee"]:  # the move took it out of them
                names.append("draft")
        _set(session, "task", row, names)
        assignee = row["assignee"] if current is None or "assignee" in names else current["assignee"]
        state = TaskState.CREATED if assignee is None else TaskState.CLAIMED
        session.rows.run("UPDATE task SET state = ?, ended = NULL, revision = revision + 1 WHERE id = ?", (state, row["id"]))
        if current is None:
            facts = {"again": True}
            session.record(record, Event.TASK_CREATED, element_id=row["element_id"], token_id=row["id"], step=row["step"], facts=facts)


def _offered(row: Row) -> list[candidates.Candidate]:
    return candidates.listed(*(row[column] for column in candidates.COLUMNS.values()))


def _set(session: Session, table: str, row: Row, names: Sequence[str]) -> None:
    text = ", ".join(f"{name} = ?" for name in names)
    values: list[Any] = [row[name] for name in names]
    session.rows.run(f"UPDATE {table} SET {text} WHERE id = ?", (*values, row["id"]))


def _hold(session: Session, record: Record) -> None:
    """What was put back is held, or not, as the instance is now."""
    if record.state == InstanceState.SUSPENDED:
        holding.hold_all(session, record)
        return
    session.rows.run(holding.RESUME_TASKS, (record.root_id, record.id))
    session.rows.run(external_tasks.RESUME, (record.id,))
