"""Reading the history: what happened in an instance, and where it stands in its diagram."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from engine import model
from engine.authorization import require_sight, visible
from engine.queries import DiagramState, HistoryEvent, Page, loads
from engine.states import OPEN_TASK_STATES, Event

if TYPE_CHECKING:
    from engine.session import Session

TELLING = ("values", "after", "before")  # what a name-only view leaves out


def events(
    session: Session, instance_id: str, *, tree: bool = False, event: str | None = None, first: int = 0, limit: int = 200
) -> Page[HistoryEvent]:
    """The history of an instance; with `tree` also of all instances below it that the actor may see. Raises NotFound."""
    from engine.instances import _names_only

    require_sight(session.connection, session.actor, model.instance, instance_id)
    table, instance = model.history, model.instance
    where: list[Any] = [table.c.instance_id == instance_id]
    if tree:
        seen = select(instance.c.id).where(instance.c.root_id == instance_id, visible(session.actor, instance))
        where = [table.c.root_id == instance_id, table.c.instance_id.in_(seen)]
    if event is not None:
        where.append(table.c.event == event)
    total = session.connection.scalar(select(func.count()).select_from(table).where(*where)) or 0
    query = select(table).where(*where).order_by(table.c.time, table.c.instance_id, table.c.seq).offset(first).limit(limit)
    hidden = not session.actor.system and _names_only(session, instance_id)
    return Page(tuple(_view(row, hidden) for row in session.connection.execute(query).mappings()), total)


def _view(row: Any, hidden: bool) -> HistoryEvent:
    facts = loads(row["data"])
    if hidden:
        facts = {name: value for name, value in facts.items() if name not in TELLING or row["event"] not in _WITH_VALUES}
    return HistoryEvent.of(row, data=facts)


_WITH_VALUES = (Event.TASK_COMPLETED.value, Event.VARIABLES_CHANGED.value)


def diagram_state(session: Session, instance_id: str) -> DiagramState:
    """Which elements of the instance's own diagram are done, open, overdue, or have an incident. Raises NotFound."""
    require_sight(session.connection, session.actor, model.instance, instance_id)
    history, task, incident = model.history, model.task, model.incident
    counts: dict[str, dict[str, int]] = {}
    tell = (Event.ACTIVITY_STARTED.value, Event.ACTIVITY_COMPLETED.value, Event.ACTIVITY_CANCELLED.value)
    query = (
        select(history.c.element_id, history.c.event, func.count())
        .where(history.c.instance_id == instance_id, history.c.event.in_(tell))
        .group_by(history.c.element_id, history.c.event)
    )
    for element_id, event, number in session.connection.execute(query):
        counts.setdefault(element_id, {})[event] = number
    running = {element for element, seen in counts.items() if seen.get(tell[0], 0) > seen.get(tell[1], 0) + seen.get(tell[2], 0)}
    done = {element for element, seen in counts.items() if seen.get(tell[1])} - running
    late = select(task.c.element_id).where(task.c.instance_id == instance_id, task.c.state.in_(OPEN_TASK_STATES), task.c.due < session.now)
    failing = select(incident.c.element_id).where(
        incident.c.instance_id == instance_id, incident.c.resolved.is_(None), incident.c.element_id.is_not(None)
    )
    lists = (done, running, set(session.connection.scalars(late)), set(session.connection.scalars(failing)))
    return DiagramState(*(tuple(sorted(elements)) for elements in lists))
