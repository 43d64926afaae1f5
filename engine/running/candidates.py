"""To whom a task is offered: said in its own row, and turned round in the rows of `candidate`, which inboxes look into while it is open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.people.authorization import require
from engine.queries import loads
from engine.states import Event, TaskState, Verb
from engine.storage import model
from engine.storage.history import to_json
from engine.values import check_text

if TYPE_CHECKING:
    from engine.storage.session import Session

Candidate = tuple[str, str]  # kind ("group", "user", or "barred" of a group whose members may not do it) and name
COLUMNS = {"group": "candidate_groups", "user": "candidate_users", "barred": "barred_groups"}
KINDS = ("group", "user")
WITHDRAW = "DELETE FROM candidate WHERE kind = ? AND name = ? AND task_id = ?"
OPEN = (TaskState.CREATED, TaskState.CLAIMED, TaskState.SUSPENDED)


def offer(session: Session, row: dict[str, Any], groups: Iterable[str], users: Iterable[str], barred: Iterable[str]) -> None:
    """Offer a task whose row is still to be written."""
    for (kind, column), names in zip(COLUMNS.items(), (groups, users, barred), strict=True):
        once = list(dict.fromkeys(names))
        row[column] = to_json(once) if once else None
        for name in once:
            session.add(model.candidate, {"kind": kind, "name": name, "task_id": row["id"]})


def listed(groups: str | None, users: str | None, barred: str | None) -> list[Candidate]:
    """What the columns of a task say."""
    found = [("group", name) for name in loads(groups)] if groups else []
    if users:
        found += [("user", name) for name in loads(users)]
    if barred:
        found += [("barred", name) for name in loads(barred)]
    return found


def of(row: Any) -> list[Candidate]:
    """What the row of a task says, whatever has these columns as attributes."""
    return listed(row.candidate_groups, row.candidate_users, row.barred_groups)


def withdraw(session: Session, task_id: str, offered: Iterable[Candidate]) -> None:
    """Take a task out of inboxes. Its own row keeps whom it was offered to."""
    session.rows.run_many(WITHDRAW, [(kind, name, task_id) for kind, name in offered])


def change(session: Session, task_id: str, kind: str, name: str, offered: bool) -> None:
    """Offer a task to a group or user, or no longer; what is so already stays. Raises Forbidden, NotFound, Conflict, Invalid."""
    require(session.actor, Verb.ASSIGN)
    if kind not in KINDS or not name:
        message = "A task is offered to a group or to a user."
        raise Invalid(message, [Problem(message, "ต้องระบุกลุ่มหรือผู้ใช้", field="kind", rule="choice")])
    check_text(name, "name")
    task = model.task
    record = session.lock(session.connection.scalar(select(task.c.instance_id).where(task.c.id == task_id)) or "")
    row = session.connection.execute(select(task).where(task.c.id == task_id)).first()
    if row is None:
        raise NotFound("There is no such task.", th="ไม่พบงานนี้")
    if row.state not in OPEN:
        raise Conflict("This task is not open.", th="งานนี้ไม่ได้เปิดอยู่", state=row.state)
    names = [known for held, known in of(row) if held == kind]
    if (name in names) == offered:
        return
    if offered:
        names.append(name)
        session.rows.insert(model.candidate, [{"kind": kind, "name": name, "task_id": task_id}])
    else:
        names.remove(name)
        withdraw(session, task_id, [(kind, name)])
    session.rows.run(f"UPDATE task SET {COLUMNS[kind]} = ? WHERE id = ?", (to_json(names) if names else None, task_id))
    facts = {"note": "offered" if offered else "no longer offered", "to": name}
    session.record(record, Event.NOTED, element_id=row.element_id, token_id=task_id, step=row.step, facts=facts)
