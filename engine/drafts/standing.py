"""How many running instances stand at an element of a process: who gives it another id should know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, union

from engine.drafts import record
from engine.states import InstanceState
from engine.storage import model

if TYPE_CHECKING:
    from engine.storage.session import Session

RUNNING = (InstanceState.ACTIVE, InstanceState.SUSPENDED)


def standing(session: Session, draft_id: str, key: str, element_id: str) -> int:
    """The running instances, of any version of a process, whose task, work, timer, message or called process is at that element.

    Raises NotFound where there is no such draft.
    """
    record.row_of(session, draft_id)
    instance, history, called = model.instance, model.history, model.instance.alias("called")
    versions = select(model.definition.c.id).where(model.definition.c.key == key)
    running = select(instance.c.id).where(instance.c.definition_id.in_(versions), instance.c.state.in_(RUNNING))
    waits: list[Any] = [
        select(table.c.instance_id).where(table.c.element_id == element_id, table.c.instance_id.in_(running))
        for table in (model.job, model.external_task, model.subscription)
    ]
    waits.append(
        select(model.task.c.instance_id).where(
            model.task.c.element_id == element_id, model.task.c.ended.is_(None), model.task.c.instance_id.in_(running)
        )
    )
    entered = (history.c.instance_id == called.c.parent_id) & (history.c.token_id == called.c.parent_token_id)
    calls = select(called.c.parent_id).join(history, entered).where(called.c.parent_id.in_(running), called.c.state.in_(RUNNING))
    waits.append(calls.where(history.c.element_id == element_id))
    return session.connection.scalar(select(func.count()).select_from(union(*waits).subquery())) or 0
