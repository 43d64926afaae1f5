"""What people did, as the history tells it: to each as far as he sees the instances and tasks it is about; repairs to administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from engine.people import SYSTEM
from engine.people.authorization import visible
from engine.queries import HistoryEvent, loads
from engine.states import Event
from engine.storage import model
from engine.views.happenings import TOLD_FACTS
from engine.views.searching import Subject

if TYPE_CHECKING:
    from engine.storage.session import Session

HISTORY, INSTANCE, TASK = model.history, model.instance, model.task
EVERYBODYS = (
    Event.INSTANCE_STARTED, Event.INSTANCE_SUSPENDED, Event.INSTANCE_RESUMED, Event.INSTANCE_CANCELLED,
    Event.INSTANCE_MIGRATED, Event.TASK_CLAIMED,
    Event.TASK_RELEASED, Event.TASK_ASSIGNED, Event.TASK_COMPLETED, Event.TASK_DUE_CHANGED,
)  # fmt: skip
REPAIRS = (Event.JOB_RETRIED, Event.JOB_DUE_CHANGED, Event.INCIDENT_RESOLVED)


def _query(session: Session) -> Select[Any]:
    actor = session.actor
    joined = HISTORY.join(INSTANCE, INSTANCE.c.id == HISTORY.c.instance_id).outerjoin(TASK, TASK.c.id == HISTORY.c.token_id)
    told: Sequence[Event] = EVERYBODYS + REPAIRS if actor.administrator else EVERYBODYS
    known = or_(TASK.c.id.is_(None), visible(actor, TASK))
    return (
        select(HISTORY, INSTANCE.c.definition_id, INSTANCE.c.definition_key)
        .select_from(joined)
        .where(HISTORY.c.event.in_(told), HISTORY.c.actor != SYSTEM.user_id, and_(visible(actor, INSTANCE), known))
    )


def _views(session: Session, rows: Sequence[Mapping[Any, Any]]) -> list[HistoryEvent]:
    return [_view(row) for row in rows]


def _view(row: Mapping[Any, Any]) -> HistoryEvent:
    facts = {name: value for name, value in (loads(row["data"]) or {}).items() if name in TOLD_FACTS}
    return HistoryEvent.of(row, data=facts | {"definition_id": row["definition_id"], "definition_key": row["definition_key"]})


FIELDS: dict[str, ColumnElement[Any]] = {
    **{column.name: column for column in HISTORY.columns if column.name not in ("data", "hash")},
    "definition_id": INSTANCE.c.definition_id,
    "definition_key": INSTANCE.c.definition_key,
    "task_id": TASK.c.id,
}
OPERATION_LOG: Subject[HistoryEvent] = Subject("operation", "รายการดำเนินการ", _query, FIELDS, _views, key=("instance_id", "seq"))
