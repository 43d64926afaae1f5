"""The history as people read it: newest first, with the names of elements, tasks and units, and nothing that points at what is hidden.

Left out for everybody: variables (their values are for the forms that show them). Left out for who is no administrator: grants and
failures. A document's events are told to who may see the document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from engine.people import authorization
from engine.projects import naming, roots
from engine.queries import Page, loads
from engine.states import CUT, Event, InstanceState, TaskState
from engine.storage import model

if TYPE_CHECKING:
    from engine.storage.session import Session

DOCUMENTS = (Event.DOCUMENT_ADDED, Event.DOCUMENT_MARKED)
NEVER = (Event.VARIABLES_CHANGED,)
REPAIRS = (
    Event.GRANTED, Event.REVOKED, Event.JOB_FAILED, Event.JOB_RETRIED, Event.EXTERNAL_TASK_FAILED, Event.EXTERNAL_TASK_ERROR,
    Event.EXTERNAL_TASK_RETRIED, Event.INCIDENT_RAISED, Event.INCIDENT_RETRIED, Event.INCIDENT_RESOLVED,
)  # fmt: skip
KINDS: dict[str, tuple[Event, ...]] = {
    "work": (Event.TASK_COMPLETED, Event.TASK_ASSIGNED, Event.TASK_TERMINATED, Event.EXTERNAL_TASK_COMPLETED),
    "papers": DOCUMENTS,
    "time": (Event.TIMER_FIRED, Event.REMINDER_SENT, Event.TASK_DUE_CHANGED, Event.JOB_DUE_CHANGED),
    "process": (
        Event.INSTANCE_STARTED, Event.INSTANCE_ENDED, Event.INSTANCE_SUSPENDED, Event.INSTANCE_RESUMED, Event.INSTANCE_CANCELLED,
        Event.INSTANCE_MODIFIED, Event.INSTANCE_RESTARTED, Event.INSTANCE_MIGRATED, Event.MIGRATION_UNDONE,
        Event.ACTIVITY_SUSPENDED, Event.ACTIVITY_RESUMED, Event.MESSAGE_RECEIVED, Event.MESSAGE_MISSED, Event.SIGNAL_RECEIVED, Event.NOTED,
    ),
    "repairs": REPAIRS,
}  # fmt: skip
TAKING = (Event.INSTANCE_MIGRATED, Event.MIGRATION_UNDONE, Event.INSTANCE_CANCELLED)  # told after what they end; a modification before
TOLD_FACTS = frozenset(
    ("name", "number", "version", "deliverable", "state", "before", "after", "reason", "stage", "to", "due", "note", "message", "category")
) | {"unit", "group", "assignee", "message_th"}


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. `facts` holds what a sentence needs, never form values."""

    instance_id: str
    seq: int
    time: datetime
    event: str
    actor: str | None
    step: str | None
    element_id: str | None
    name: str  # of the task or element
    name_en: str
    process: str  # of the instance it happened in
    process_en: str
    unit: str | None
    facts: Mapping[str, Any]


def happenings(
    session: Session,
    root_id: str,
    *,
    kind: str | None = None,
    step: str | None = None,
    unit: str | None = None,
    actor_id: str | None = None,
    first: int = 0,
    limit: int = 50,
) -> Page[Happening]:
    """What happened under a root instance, as far as the actor may know, newest first. Raises NotFound."""
    roots.row(session, root_id)
    table, instance = model.history, model.instance
    where = [
        table.c.root_id == root_id,
        exists().where(instance.c.id == table.c.instance_id, authorization.visible(session.actor, instance)),
    ]
    where.append(table.c.event.in_(_events(session, kind)))
    where.append(_of_known_tasks(session))
    hidden = _of_hidden_documents(session, root_id)
    where += [table.c.hash.not_in(hidden)] if hidden else []
    where += [table.c.step == step] if step else []
    where += [table.c.actor == actor_id] if actor_id else []
    where += [_about(unit)] if unit else []
    total = session.connection.scalar(select(func.count()).select_from(table).where(*where)) or 0
    return Page(_read(session, where, first, limit), total)


def of_task(session: Session, row: Mapping[Any, Any]) -> Happening | None:
    """By what a task was taken away or is held, where that was somebody's doing and the actor may know of it."""
    found = None
    if row["state"] == TaskState.SUSPENDED:
        found = _hold(session, row)
    elif row["state"] == TaskState.TERMINATED:
        found = _taking(session, row["instance_id"], row["id"], row["ended"])
    if found is None:
        return None
    table, instance = model.history, model.instance
    where = [table.c.instance_id == found[0], table.c.seq == found[1]]
    if row["assignee"] != session.actor.user_id:  # out of whose hands it was taken learns why
        where.append(exists().where(instance.c.id == table.c.instance_id, authorization.visible(session.actor, instance)))
    return next(iter(_read(session, where, 0, 1)), None)


def _hold(session: Session, row: Mapping[Any, Any]) -> tuple[str, int] | None:
    """The event that holds a task: of the whole instance while that is held, else of its own activity."""
    table, instance_id = model.history, row["instance_id"]
    state = session.connection.scalar(select(model.instance.c.state).where(model.instance.c.id == instance_id))
    if state == InstanceState.SUSPENDED:
        about = [table.c.event == Event.INSTANCE_SUSPENDED.value]
    else:
        about = [table.c.event == Event.ACTIVITY_SUSPENDED.value, table.c.element_id == row["element_id"]]
    seq = session.connection.scalar(select(func.max(table.c.seq)).where(table.c.instance_id == instance_id, *about))
    return None if seq is None else (instance_id, seq)


def _taking(session: Session, instance_id: str, token_id: str, ended: datetime) -> tuple[str, int] | None:
    """The event of the same transaction that ended a token, in its instance or one that called it. A clock that stands still gives
    many transactions one time: then it is the event next to the end."""
    table, instance, event = model.history, model.instance, model.history.c.event
    own = select(table.c.seq).where(table.c.instance_id == instance_id)
    end = session.connection.scalar(own.where(table.c.token_id == token_id, event.in_([one.value for one in CUT])))
    if end is None:
        return None
    cause = or_(
        and_(event == Event.INSTANCE_MODIFIED.value, table.c.seq < end), and_(event.in_([one.value for one in TAKING]), table.c.seq > end)
    )
    seq = session.connection.scalar(
        own.where(table.c.time == ended, cause).order_by(func.abs(table.c.seq - end), table.c.seq.desc()).limit(1)
    )
    if seq is not None:
        return instance_id, seq
    caller = select(instance.c.parent_id, instance.c.parent_token_id).where(instance.c.id == instance_id)
    parent_id, parent_token = session.connection.execute(caller).one()
    return None if parent_id is None else _taking(session, parent_id, parent_token, ended)


def _events(session: Session, kind: str | None) -> list[str]:
    kinds = (kind,) if kind in KINDS else tuple(KINDS)
    hidden = () if session.actor.overseer else REPAIRS
    return [event.value for name in kinds for event in KINDS[name] if event not in hidden]


def _about(unit: str) -> ColumnElement[bool]:
    instance = model.instance
    return exists().where(instance.c.id == model.history.c.instance_id, instance.c.unit == unit)


def _of_known_tasks(session: Session) -> ColumnElement[bool]:
    """Events that are about no task, or about one the actor may know of."""
    table, task = model.history, model.task
    of_task = select(task.c.id).where(task.c.id == table.c.token_id).correlate(table)  # the list itself joins tasks for their names
    return or_(~of_task.exists(), of_task.where(authorization.visible(session.actor, task)).exists())


def _of_hidden_documents(session: Session, root_id: str) -> Sequence[str]:
    """The hashes of events about documents the actor may not know of."""
    table, document = model.history, model.document
    seen = set(
        session.connection.scalars(
            select(document.c.id).where(document.c.root_id == root_id, authorization.visible(session.actor, document))
        )
    )
    events = select(table.c.hash, table.c.data).where(table.c.root_id == root_id, table.c.event.in_([event.value for event in DOCUMENTS]))
    return [hash for hash, text in session.connection.execute(events) if (loads(text) or {}).get("document") not in seen]


def _read(session: Session, where: Sequence[ColumnElement[bool]], first: int, limit: int) -> tuple[Happening, ...]:
    table, instance, task = model.history, model.instance, model.task
    query = select(table).where(*where).order_by(table.c.time.desc(), table.c.instance_id.desc(), table.c.seq.desc())
    rows = session.connection.execute(query.offset(first).limit(limit)).mappings().all()
    places = select(instance.c.id, instance.c.definition_id, instance.c.unit).where(instance.c.id.in_({row["instance_id"] for row in rows}))
    where_it_was = {id: (definition_id, unit) for id, definition_id, unit in session.connection.execute(places)}
    named = select(task.c.id, task.c.name, task.c.name_en).where(task.c.id.in_({row["token_id"] for row in rows if row["token_id"]}))
    names = {id: (name, name_en) for id, name, name_en in session.connection.execute(named)}
    return tuple(_happening(session, row, *where_it_was[row["instance_id"]], *names.get(row["token_id"], ("", ""))) for row in rows)


def _happening(session: Session, row: Mapping[Any, Any], definition_id: str, unit: str | None, name: str, name_en: str) -> Happening:
    process = session.shared.definitions.get(session.connection, definition_id).process
    drawn = process.elements.get(row["element_id"] or "")
    element = naming.told_in(session, row["instance_id"], [drawn])[0] if drawn and not name else drawn
    facts = {name: value for name, value in (loads(row["data"]) or {}).items() if name in TOLD_FACTS}
    return Happening(
        row["instance_id"], row["seq"], row["time"], row["event"], row["actor"], row["step"], row["element_id"],
        name or (element.name if element else ""), name_en or (element.name_en if element else ""),
        process.name, process.name_en, unit, facts,
    )  # fmt: skip
