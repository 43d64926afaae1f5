"""Delegation: who has a task lets somebody else do a part of it, and gets it back before it is completed.

CLAIMED —delegate→ CLAIMED by the other, PENDING —resolve→ CLAIMED by its owner again, RESOLVED. Only the owner completes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select

from engine import people
from engine.errors import Conflict, Forbidden, NotFound
from engine.people.authorization import is_candidate, require_sight
from engine.running import candidates, usertasks
from engine.states import Event, TaskState
from engine.storage import model

if TYPE_CHECKING:
    from engine.storage.session import Record, Session

PENDING, RESOLVED = "PENDING", "RESOLVED"
GIVE = "UPDATE task SET assignee = ?, owner = ?, delegation = ?, state = ?, claimed = ?, revision = revision + 1 WHERE id = ?"


def delegate(session: Session, task_id: str, user_id: str) -> None:
    """Let another candidate (of an administrator: anybody) do it, for who has it now. Raises NotFound, Forbidden, Conflict."""
    record, task = _held(session, task_id)
    actor, other = session.actor, people.actor(session.connection, user_id, session.now)
    if not actor.administrator and not (task.assignee == actor.user_id and is_candidate(other, candidates.of(task))):
        raise Forbidden(
            "Who has a task delegates it to another of its candidates; an administrator to anybody.",
            th="ผู้ที่รับงานมอบหมายต่อได้เฉพาะแก่ผู้มีสิทธิ์ทำงานนี้ ผู้ดูแลระบบมอบหมายให้ผู้ใดก็ได้",
        )
    human = session.execution.definition(record).element(task.element_id).human
    if human is not None and human.barred:
        definition = session.execution.outside(record).definition
        seen = session.execution.instance(record).view_of(task.scope_id, task_id)
        usertasks.refuse_barred(session, definition, human, seen, user_id, other.groups)
    _give(session, record, task, user_id, task.owner if task.delegation == PENDING else task.assignee, PENDING)


def resolve(session: Session, task_id: str) -> None:
    """Give it back to who delegated it. Raises NotFound, Forbidden, Conflict where it was not delegated."""
    record, task = _held(session, task_id)
    if task.assignee != session.actor.user_id and not session.actor.administrator:
        raise Forbidden("This task is not in your hands.", th="งานนี้ไม่ได้อยู่ในมือท่าน")
    if task.delegation != PENDING:
        raise Conflict("This task was not delegated.", th="งานนี้ไม่ได้ถูกมอบหมายต่อ")
    _give(session, record, task, task.owner, task.owner, RESOLVED)


def _held(session: Session, task_id: str) -> tuple[Record, Row[Any]]:
    """An open task the actor may know of, its instance locked."""
    require_sight(session.connection, session.actor, model.task, task_id)
    table = model.task
    record = session.lock(session.connection.scalar(select(table.c.instance_id).where(table.c.id == task_id)) or "")
    task = session.connection.execute(select(table).where(table.c.id == task_id)).first()
    if task is None:
        raise NotFound("There is no such task.", th="ไม่พบงานนี้")
    if task.state not in (TaskState.CREATED, TaskState.CLAIMED):
        raise Conflict("This task is not open.", th="งานนี้ไม่ได้เปิดอยู่", state=task.state)
    return record, task


def _give(session: Session, record: Record, task: Row[Any], user_id: str | None, owner: str | None, delegation: str) -> None:
    state = TaskState.CREATED if user_id is None else TaskState.CLAIMED
    claimed = None if user_id is None else session.now
    session.rows.run(GIVE, (user_id, owner, delegation, state, claimed, task.id))
    facts = {"before": task.assignee, "after": user_id, "reason": delegation}
    session.record(record, Event.TASK_ASSIGNED, element_id=task.element_id, token_id=task.id, step=task.step, facts=facts)
