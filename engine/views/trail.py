"""Reading the history: what happened in an instance, and where it stands in its diagram."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from engine.errors import Forbidden
from engine.migration.renamed import former_ids
from engine.people.authorization import IS_OPEN, contents, require_sight, visible
from engine.projects import naming, progress
from engine.queries import DiagramState, HistoryEvent, Page, loads
from engine.running.instances import may_read
from engine.states import COMPLETED, CUT, ENTERED, Event
from engine.storage import model

if TYPE_CHECKING:
    from engine.deployment.definitions import Definition
    from engine.diagrams.model import Element
    from engine.storage.session import Session

TELLING = ("values", "after", "before")  # what a name-only view leaves out


def events(
    session: Session, instance_id: str, *, tree: bool = False, event: str | None = None, first: int = 0, limit: int = 200
) -> Page[HistoryEvent]:
    """The history of an instance; with `tree` (of a root instance) also of all below it, as far as one may read it.

    Raises NotFound, Forbidden. An administrator is told what happened, but no value that was entered. For others there is `happenings`.
    """
    require_sight(session.connection, session.actor, model.instance, instance_id)
    table, instance, actor = model.history, model.instance, session.actor
    if not actor.overseer and not may_read(session, instance_id):
        raise Forbidden("You may see that this process is there, not what is in it.", th="คุณดูได้ว่ามีกระบวนการนี้อยู่ แต่ไม่มีสิทธิ์ดูข้อมูลภายใน")
    where: list[Any] = [table.c.instance_id == instance_id]
    readable = select(instance.c.id).where(instance.c.root_id == table.c.root_id, contents(actor)).correlate(table)
    if tree:
        told = select(instance.c.id).where(
            instance.c.root_id == instance_id, visible(actor, instance) if actor.overseer else contents(actor)
        )
        where = [table.c.root_id == instance_id, table.c.instance_id.in_(told)]
    if event is not None:
        where.append(table.c.event == event)
    total = session.connection.scalar(select(func.count()).select_from(table).where(*where)) or 0
    query = (
        select(table, table.c.instance_id.in_(readable).label("whole"))
        .where(*where)
        .order_by(table.c.time, table.c.instance_id, table.c.seq)
        .offset(first)
        .limit(limit)
    )
    return Page(tuple(_view(row) for row in session.connection.execute(query).mappings()), total)


def _view(row: Any) -> HistoryEvent:
    facts = loads(row["data"])
    if not row["whole"] and row["event"] in _WITH_VALUES:
        facts = {name: value for name, value in facts.items() if name not in TELLING}
    return HistoryEvent.of(row, data=facts)


_WITH_VALUES = (Event.TASK_COMPLETED.value, Event.VARIABLES_CHANGED.value)


def diagram_state(session: Session, instance_id: str) -> DiagramState:
    """Which elements of the instance's own diagram are done, open, overdue, or have an incident. Raises NotFound."""
    require_sight(session.connection, session.actor, model.instance, instance_id)
    history, task, incident = model.history, model.task, model.incident
    counts: dict[str, dict[str, int]] = {}
    query = (
        select(history.c.element_id, history.c.event, func.count())
        .where(history.c.instance_id == instance_id, history.c.event.in_(ENTERED + COMPLETED + CUT))
        .group_by(history.c.element_id, history.c.event)
    )
    process = _definition(session, instance_id).process
    elements, former = process.elements, former_ids(session.connection, instance_id, process)
    for element_id, event, number in session.connection.execute(query):
        seen = counts.setdefault(former.get(element_id, element_id), {})
        seen[event] = seen.get(event, 0) + number
    running = {element for element, seen in counts.items() if _times(seen, ENTERED) > _times(seen, COMPLETED + CUT)}
    done = {element for element, seen in counts.items() if _times(seen, COMPLETED)} - running
    late = select(task.c.element_id).where(task.c.instance_id == instance_id, IS_OPEN, task.c.due < session.now)
    failing = select(incident.c.element_id).where(
        incident.c.instance_id == instance_id, incident.c.resolved.is_(None), incident.c.element_id.is_not(None)
    )
    overdue, failed = set(session.connection.scalars(late)), set(session.connection.scalars(failing))
    names = naming.changed(session, instance_id, elements.values())
    again = {element for element in running if _times(counts[element], ENTERED) > 1}
    returned = _returned(session, instance_id, [elements[id] for id in running if id in elements], again)
    done_, open_, late_, failed_, returned_ = (tuple(sorted(ids)) for ids in (done, running, overdue, failed, returned))
    return DiagramState(done_, open_, late_, failed_, returned_, names)


def _returned(session: Session, instance_id: str, running: list[Element], again: set[str]) -> set[str]:
    """Of the elements something is going on in: examinations of what was sent back, and numbered steps that are done once more."""
    found = {element.id for element in running if element.step is not None and element.loop is None and element.id in again}
    examined = {element.id: {key for accepts in element.accepts for key in accepts.deliverables} for element in running if element.accepts}
    if examined:
        root_id = session.connection.scalar(select(model.instance.c.root_id).where(model.instance.c.id == instance_id))
        standing = progress.standing_returned(session, str(root_id))
        found |= {id for id, keys in examined.items() if keys & standing}
    return found


def _definition(session: Session, instance_id: str) -> Definition:
    definition_id = session.connection.scalar(select(model.instance.c.definition_id).where(model.instance.c.id == instance_id))
    return session.shared.definitions.get(session.connection, str(definition_id))


def _times(seen: Mapping[str, int], events: tuple[Event, ...]) -> int:
    return sum(seen.get(event, 0) for event in events)
