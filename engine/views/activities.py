"""One element of an instance's diagram: what it is, how often and when it was entered, which tasks and called instances it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.migration.renamed import known_as
from engine.people import authorization
from engine.projects import naming
from engine.queries import InstanceView
from engine.running.instances import may_read
from engine.states import COMPLETED, CUT, ENTERED
from engine.storage import model

if TYPE_CHECKING:
    from engine.storage.session import Session


@dataclass(frozen=True, slots=True)
class Entry:
    """One token's time at an element. `cut`: it was ended from outside."""

    started: datetime
    ended: datetime | None
    cut: bool


@dataclass(frozen=True, slots=True)
class ActivityTask:
    """A task of the element, as somebody may see it who may not work on it."""

    id: str
    name: str
    name_en: str
    state: str
    party: str | None
    assignee: str | None
    due: datetime | None
    ended: datetime | None
    ended_by: str | None


@dataclass(frozen=True, slots=True)
class Activity:
    """What one may know of an element of an instance."""

    id: str
    type: str
    name: str
    name_en: str
    documentation: str
    step: str | None
    party: str | None
    called: str | None  # key of the process it calls
    entries: tuple[Entry, ...]
    tasks: tuple[ActivityTask, ...]
    children: tuple[InstanceView, ...]


def activity(session: Session, instance_id: str, element_id: str) -> Activity:
    """An element of an instance the actor may see; tasks and called instances only as far as he may. Raises NotFound."""
    connection = session.connection
    authorization.require_sight(connection, session.actor, model.instance, instance_id)
    row = connection.execute(select(model.instance).where(model.instance.c.id == instance_id)).mappings().one()
    definition = session.shared.definitions.get(connection, row["definition_id"])
    (element,) = naming.told_in(session, instance_id, [definition.element(element_id)])
    names = known_as(connection, instance_id, definition.process, element_id)
    tokens = _entries(session, instance_id, names)
    entries = tuple(tokens.values())
    if element.loop is not None and entries and not may_read(session, instance_id):
        entries = (_together(entries),)  # how many they are may say what is still sealed
    return Activity(
        element.id, element.type, element.name, element.name_en, element.documentation, row["step"] or definition.steps.get(element.id),
        definition.lanes.get(element.id) or row["party"], element.call.called if element.call else None, entries,
        _tasks(session, instance_id, names), _children(session, instance_id, list(tokens)),
    )  # fmt: skip


def calling_element(session: Session, instance_id: str) -> str | None:
    """The element of the parent's diagram that called an instance. Raises NotFound."""
    authorization.require_sight(session.connection, session.actor, model.instance, instance_id)
    instance, history = model.instance, model.history
    query = (
        select(history.c.element_id)
        .join(instance, (instance.c.parent_token_id == history.c.token_id) & (instance.c.parent_id == history.c.instance_id))
        .where(instance.c.id == instance_id)
        .limit(1)
    )
    return session.connection.scalar(query)


def _entries(session: Session, instance_id: str, names: list[str]) -> dict[str, Entry]:
    table = model.history
    query = (
        select(table.c.token_id, table.c.event, table.c.time)
        .where(table.c.instance_id == instance_id, table.c.element_id.in_(names), table.c.event.in_(ENTERED + COMPLETED + CUT))
        .order_by(table.c.seq)
    )
    found: dict[str, Entry] = {}
    for token_id, event, time in session.connection.execute(query):
        if event in ENTERED:
            found[token_id] = Entry(time, None, False)
        elif token_id in found:
            found[token_id] = Entry(found[token_id].started, time, event in CUT)
    return found


def _together(entries: tuple[Entry, ...]) -> Entry:
    """The many of a multi-instance activity as one."""
    ends = [entry.ended for entry in entries if entry.ended is not None]
    whole = len(ends) == len(entries)
    return Entry(min(entry.started for entry in entries), max(ends) if whole else None, whole and entries[-1].cut)


def _tasks(session: Session, instance_id: str, names: list[str]) -> tuple[ActivityTask, ...]:
    table = model.task
    seen = authorization.visible(session.actor, table)
    query = (
        select(table).where(table.c.instance_id == instance_id, table.c.element_id.in_(names), seen).order_by(table.c.created, table.c.id)
    )
    told = ActivityTask.__dataclass_fields__
    return tuple(ActivityTask(**{name: row[name] for name in told}) for row in session.connection.execute(query).mappings())


def _children(session: Session, instance_id: str, tokens: list[str]) -> tuple[InstanceView, ...]:
    table, definition = model.instance, model.definition
    names = (definition.c.name.label("definition_name"), definition.c.name_en.label("definition_name_en"))
    query = (
        select(table, *names)
        .join(definition, definition.c.id == table.c.definition_id)
        .where(table.c.parent_id == instance_id, table.c.parent_token_id.in_(tokens), authorization.visible(session.actor, table))
        .order_by(table.c.unit, table.c.started, table.c.id)
    )
    rows: list[Mapping[Any, Any]] = list(session.connection.execute(query).mappings())
    return tuple(InstanceView.of({str(name): value for name, value in row.items()}) for row in rows)
