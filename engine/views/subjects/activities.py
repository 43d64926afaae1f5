"""Activity instances: each time a token was at an element, as the history tells it.

Whoever may read an instance's contents, and administrators, are told all of it; others of the tasks they may know of. How often
a multi-instance activity was entered may say what is still sealed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true

from engine.people.authorization import contents, visible
from engine.states import COMPLETED, CUT, ENTERED
from engine.storage import model
from engine.views.activity_types import activity_type
from engine.views.searching import Rule, Subject

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.storage.session import Session

HISTORY, INSTANCE, TASK = model.history, model.instance, model.task
LEFT = HISTORY.alias("left_")


@dataclass(frozen=True, slots=True)
class ActivityInstance:
    """A token's time at an element. `cut`: it was ended from outside."""

    id: str
    instance_id: str
    root_id: str
    definition_id: str
    definition_key: str
    element_id: str
    name: str
    type: str
    started: datetime
    ended: datetime | None
    cut: bool
    task_id: str | None
    assignee: str | None
    called_id: str | None
    within: str | None  # the sub-process it is in


def _query(session: Session) -> Select[Any]:
    ends = and_(
        LEFT.c.instance_id == HISTORY.c.instance_id, LEFT.c.token_id == HISTORY.c.token_id,
        LEFT.c.event.in_(COMPLETED + CUT), LEFT.c.seq == _end(),
    )  # fmt: skip
    joined = (
        HISTORY.join(INSTANCE, INSTANCE.c.id == HISTORY.c.instance_id)
        .outerjoin(LEFT, ends)
        .outerjoin(TASK, TASK.c.id == HISTORY.c.token_id)
    )
    columns = (
        HISTORY.c.token_id, HISTORY.c.seq, HISTORY.c.instance_id, HISTORY.c.root_id, HISTORY.c.element_id, HISTORY.c.time.label("started"),
        LEFT.c.time.label("ended"), LEFT.c.event.label("left_by"), INSTANCE.c.definition_id, INSTANCE.c.definition_key,
        TASK.c.id.label("task_id"), TASK.c.assignee, TASK.c.name.label("task_name"),
    )  # fmt: skip
    return select(*columns).select_from(joined).where(HISTORY.c.event.in_(ENTERED), HISTORY.c.element_id.is_not(None), _told(session))


def _end() -> Any:
    """The first time a token left its element after it came there; where the instance has moved, it may be called otherwise then."""
    later, item = HISTORY.alias("later"), model.migration_item
    moved = exists().where(item.c.instance_id == HISTORY.c.instance_id, item.c.seq.is_not(None)).correlate(HISTORY)
    first = select(later.c.seq).where(
        later.c.instance_id == HISTORY.c.instance_id, later.c.token_id == HISTORY.c.token_id,
        or_(later.c.element_id == HISTORY.c.element_id, moved), later.c.event.in_(COMPLETED + CUT), later.c.seq > HISTORY.c.seq,
    )  # fmt: skip
    return first.order_by(later.c.seq).limit(1).correlate(HISTORY).scalar_subquery()


def _told(session: Session) -> ColumnElement[bool]:
    actor = session.actor
    if actor.administrator:
        return true()
    of_my_tasks = and_(TASK.c.id.is_not(None), visible(actor, TASK))
    return or_(of_my_tasks, and_(visible(actor, INSTANCE), contents(actor)))


def _views(session: Session, rows: Sequence[Mapping[Any, Any]]) -> list[ActivityInstance]:
    called = _called(session, [row["token_id"] for row in rows])
    return [_view(session, row, called) for row in rows]


def _called(session: Session, tokens: Sequence[str]) -> dict[str, str]:
    """The instances that call activities' tokens called, as far as the actor may know of them."""
    query = select(INSTANCE.c.parent_token_id, INSTANCE.c.id).where(
        INSTANCE.c.parent_token_id.in_([token for token in tokens if token]), visible(session.actor, INSTANCE)
    )
    return {row[0]: row[1] for row in session.connection.execute(query)}


def _view(session: Session, row: Mapping[Any, Any], called: Mapping[str, str]) -> ActivityInstance:
    process = session.shared.definitions.get(session.connection, row["definition_id"]).process
    element = process.elements.get(row["element_id"])
    return ActivityInstance(
        id=f"{row['element_id']}:{row['token_id']}", instance_id=row["instance_id"], root_id=row["root_id"],
        definition_id=row["definition_id"], definition_key=row["definition_key"], element_id=row["element_id"],
        name=row["task_name"] or (element.name if element else ""), type=activity_type(element) if element else "",
        started=row["started"], ended=row["ended"], cut=row["left_by"] in CUT, task_id=row["task_id"], assignee=row["assignee"],
        called_id=called.get(row["token_id"] or ""), within=element.parent if element else None,
    )  # fmt: skip


def _elements(session: Session, suits: Callable[[Element], bool]) -> ColumnElement[bool]:
    """By what the diagrams say of elements."""
    definitions = session.connection.scalars(select(INSTANCE.c.definition_id).distinct())
    alike: dict[frozenset[str], list[str]] = {}  # versions of a process mostly have the same: a thousand of them are one condition
    for id in definitions:
        elements = session.shared.definitions.get(session.connection, id).process.elements.values()
        ids = frozenset(element.id for element in elements if suits(element))
        if ids:
            alike.setdefault(ids, []).append(id)
    found = (and_(INSTANCE.c.definition_id.in_(same), HISTORY.c.element_id.in_(sorted(ids))) for ids, same in alike.items())
    return or_(false(), *found)


RULES: dict[str, Rule] = {
    "type": lambda session, value: _elements(session, lambda element: activity_type(element) == value),
    "name": lambda session, value: _elements(session, lambda element: element.name == value),
    "finished": lambda session, wanted: LEFT.c.seq.is_not(None) if wanted else LEFT.c.seq.is_(None),
    "cut": lambda session, wanted: LEFT.c.event.in_(CUT) if wanted else or_(LEFT.c.event.is_(None), LEFT.c.event.not_in(CUT)),
    "id": lambda session, id: HISTORY.c.token_id == id.rpartition(":")[2],
    "ids": lambda session, ids: HISTORY.c.token_id.in_([id.rpartition(":")[2] for id in ids]),
}
FIELDS: dict[str, ColumnElement[Any]] = {
    "token_id": HISTORY.c.token_id, "seq": HISTORY.c.seq, "instance_id": HISTORY.c.instance_id, "root_id": HISTORY.c.root_id,
    "element_id": HISTORY.c.element_id, "started": HISTORY.c.time, "ended": LEFT.c.time, "definition_id": INSTANCE.c.definition_id,
    "definition_key": INSTANCE.c.definition_key, "assignee": TASK.c.assignee,
}  # fmt: skip
ACTIVITIES: Subject[ActivityInstance] = Subject(
    "activity instance", "ประวัติขององค์ประกอบ", _query, FIELDS, _views, RULES, key=("instance_id", "seq")
)
