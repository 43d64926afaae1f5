"""To whom an open task is offered, changed by an administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, insert, select

from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.people.authorization import require
from engine.states import Event, TaskState, Verb
from engine.storage import model
from engine.values import check_text

if TYPE_CHECKING:
    from engine.storage.session import Session

KINDS = ("group", "user")
OPEN = (TaskState.CREATED, TaskState.CLAIMED, TaskState.SUSPENDED)


def change(session: Session, task_id: str, kind: str, name: str, offered: bool) -> None:
    """Offer a task to a group or user, or no longer; what is so already stays. Raises Forbidden, NotFound, Conflict, Invalid."""
    require(session.actor, Verb.ASSIGN)
    if kind not in KINDS or not name:
        message = "A task is offered to a group or to a user."
        raise Invalid(message, [Problem(message, "ต้องระบุกลุ่มหรือผู้ใช้", field="kind", rule="choice")])
    check_text(name, "name")
    task, candidate = model.task, model.candidate
    record = session.lock(session.connection.scalar(select(task.c.instance_id).where(task.c.id == task_id)) or "")
    row = session.connection.execute(select(task).where(task.c.id == task_id)).first()
    if row is None:
        raise NotFound("There is no such task.", th="ไม่พบงานนี้")
    if row.state not in OPEN:
        raise Conflict("This task is not open.", th="งานนี้ไม่ได้เปิดอยู่", state=row.state)
    same = and_(candidate.c.task_id == task_id, candidate.c.kind == kind, candidate.c.name == name)
    had = session.connection.scalar(select(candidate.c.name).where(same)) is not None
    if had == offered:
        return
    if offered:
        session.connection.execute(insert(candidate).values(task_id=task_id, kind=kind, name=name))
    else:
        session.connection.execute(delete(candidate).where(same))
    facts = {"note": "offered" if offered else "no longer offered", "to": name}
    session.record(record, Event.NOTED, element_id=row.element_id, token_id=task_id, step=row.step, facts=facts)
