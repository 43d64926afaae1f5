"""The open work of somebody who has left goes to somebody else, or back to those it was offered to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from engine import people
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.people.authorization import require
from engine.running import candidates, tasks
from engine.states import Verb
from engine.storage import model
from engine.values import check_reason

if TYPE_CHECKING:
    from engine.storage.session import Session

NOBODY: Mapping[str, str] = {}
NOBODY_ELSE = (
    "ไม่มีผู้อื่นที่ทำงานนี้ได้ โปรดเลือกผู้รับงาน",
    "Nobody else may do it: choose who gets it.",
)


@dataclass(frozen=True, slots=True)
class Handed:
    """An open task of who left. `obstacle`: why it stays with him, Thai and English."""

    task_id: str
    name: str
    name_en: str
    instance_id: str
    business_key: str | None
    obstacle: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Reassignment:
    """What becomes of somebody's open work; `to`: none for back to the candidates."""

    user_id: str
    to: str | None
    done: bool
    handed: tuple[Handed, ...]
    stays: tuple[Handed, ...]


def open_work(session: Session, user_id: str) -> Reassignment:
    """The open tasks of a user as they would go back to their candidates; looked at, not locked."""
    require(session.actor, Verb.ASSIGN)
    return _told(user_id, None, [_handed(row, NOBODY_ELSE if _his_alone(row, user_id) else None) for row in _of(session, user_id)])


def reassign(
    session: Session, user_id: str, to: str | None, reason: str, single: Mapping[str, str] = NOBODY, others_too: bool = True
) -> Reassignment:
    """Hand over the open tasks of a user: those he has, those he has delegated, those offered to him alone.

    `single`: who gets single tasks, by id; without `others_too` only they are handed over. Raises NotFound for an unknown receiver,
    Invalid, also where who was chosen for a single task cannot get it.
    """
    require(session.actor, Verb.ASSIGN)
    check_reason(reason)
    if to is not None:
        _receives(session, user_id, to)
    for task_id, receiver in single.items():
        try:
            _receives(session, user_id, receiver)
        except (Invalid, NotFound) as error:
            raise _at_task(task_id, error.message, error.thai) from error
    told = []
    for row in _locked(session, user_id):
        if row.id in single:
            told.append(_give(session, row, single[row.id], reason))
        elif others_too:
            told.append(_hand_over(session, row, user_id, to, reason))
    return _told(user_id, to, told)


def _told(user_id: str, to: str | None, tasks: list[Handed]) -> Reassignment:
    handed, stays = (tuple(one for one in tasks if (one.obstacle is None) == free) for free in (True, False))
    return Reassignment(user_id, to, False, handed, stays)


def _handed(row: Any, obstacle: tuple[str, str] | None = None) -> Handed:
    return Handed(row.id, row.name, row.name_en, row.instance_id, row.business_key, obstacle)


def _locked(session: Session, user_id: str) -> list[Any]:
    """The tasks that are still his once nobody else can change them; in one order, so that two who hand over wait, not block each other."""
    for instance_id in sorted({row.instance_id for row in _of(session, user_id)}):
        session.lock(instance_id)
    return [row for row in _of(session, user_id) if row.instance_id in session.records]


def _of(session: Session, user_id: str) -> list[Any]:
    task, candidate = model.task, model.candidate
    offered = select(candidate.c.task_id).where(candidate.c.kind == "user", candidate.c.name == user_id)
    his = or_(task.c.assignee == user_id, task.c.owner == user_id, task.c.id.in_(offered))
    query = select(task).where(task.c.ended.is_(None), his).order_by(task.c.instance_id, task.c.id)
    found = list(session.connection.execute(query))
    return [row for row in found if user_id in (row.assignee, row.owner) or (row.assignee is None and _his_alone(row, user_id))]


def _his_alone(row: Any, user_id: str) -> bool:
    """Whether it is offered to nobody else."""
    return not any(kind == "group" or (kind == "user" and name != user_id) for kind, name in candidates.of(row))


def _receives(session: Session, user_id: str, receiver: str) -> None:
    """Refuse who left himself, and who is nobody."""
    if receiver == user_id:
        raise Invalid("Choose somebody else.", th="โปรดเลือกผู้อื่น")
    people.actor(session.connection, receiver, session.now)


def _at_task(task_id: str, message: str, th: str) -> Invalid:
    """What is wrong with who was chosen for a single task: `field` is the task's id."""
    return Invalid(message, [Problem(message, th, field=task_id)], th=th)


def _give(session: Session, row: Any, to: str, reason: str) -> Handed:
    try:
        tasks.assign(session, row.id, to, reason, suspended=True)
    except (Forbidden, NotFound, Conflict) as error:
        raise _at_task(row.id, f"“{row.name_en or row.name}”, {to}: {error.message}", f"“{row.name}” ({to}): {error.thai}") from error
    return _handed(row)


def _hand_over(session: Session, row: Any, user_id: str, to: str | None, reason: str) -> Handed:
    if to is None and _his_alone(row, user_id):
        return _handed(row, NOBODY_ELSE)
    try:
        tasks.assign(session, row.id, to, reason, suspended=True)
    except (Forbidden, NotFound, Conflict) as error:  # barred from it; completed at this moment
        return _handed(row, (error.message_th or error.message, error.message))
    return _handed(row)
