"""Remarks about instances and tasks, by those who may see them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import insert, or_, select

from engine.errors import Invalid, Problem
from engine.ids import new_id
from engine.people.authorization import require_sight, visible
from engine.queries import CommentView
from engine.storage import model

if TYPE_CHECKING:
    from engine.people import Actor
    from engine.storage.session import Session

LONGEST = 5000  # characters


def add(session: Session, instance_id: str, text: str, task_id: str | None) -> CommentView:
    """Add a remark. Raises NotFound, Invalid."""
    _require(session, session.actor.participant, instance_id, task_id)
    text = text.strip()
    if not text or len(text) > LONGEST:
        message = f"A remark has 1 to {LONGEST} characters."
        raise Invalid(message, [Problem(message, f"ข้อความต้องยาว 1 ถึง {LONGEST} ตัวอักษร", field="text")])
    view = CommentView(new_id(), instance_id, task_id, session.actor.user_id, text, session.now)
    session.connection.execute(insert(model.comment).values(**asdict(view)))
    return view


def listed(session: Session, instance_id: str, task_id: str | None, with_tasks: bool = False) -> list[CommentView]:
    """Remarks, oldest first: about a task, or about the instance itself. Raises NotFound.

    `with_tasks`: of an instance also those about its tasks, as far as the actor may see the tasks.
    """
    _require(session, session.actor, instance_id, task_id)
    table, task = model.comment, model.task
    query = select(table).where(table.c.instance_id == instance_id).order_by(table.c.created, table.c.id)
    if task_id is not None:
        query = query.where(table.c.task_id == task_id)
    elif not with_tasks:
        query = query.where(table.c.task_id.is_(None))
    else:
        seen = select(task.c.id).where(task.c.instance_id == instance_id, visible(session.actor, task))
        query = query.where(or_(table.c.task_id.is_(None), table.c.task_id.in_(seen)))
    return [CommentView.of(row) for row in session.connection.execute(query).mappings()]


def _require(session: Session, actor: Actor, instance_id: str, task_id: str | None) -> None:
    """Whoever sees the task may speak about it; else the instance must be seen."""
    if task_id is None:
        require_sight(session.connection, actor, model.instance, instance_id)
        return
    require_sight(session.connection, actor, model.task, task_id)
    task = model.task
    if session.connection.scalar(select(task.c.instance_id).where(task.c.id == task_id)) != instance_id:
        raise Invalid("The task is not of this instance.", th="งานนี้ไม่ได้อยู่ในกระบวนการนี้")
