"""What people do with tasks: claim, release, be assigned, save a draft, complete, get another due date.

CREATED —claim→ CLAIMED —release→ CREATED; either —complete→ COMPLETED. Whatever else ends a task makes it TERMINATED.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine import papers, people
from engine.diagrams.model import HumanTask
from engine.errors import Conflict, ExecutionFailed, Forbidden, Invalid, NotFound
from engine.ids import new_id
from engine.people.authorization import is_barred, is_candidate, may, may_work, require
from engine.queries import Completion
from engine.running import candidates, delegation, incidents, reminders, usertasks
from engine.spiff import BpmnError
from engine.states import Event, InstanceState, TaskState, Verb
from engine.storage import model
from engine.storage.history import to_json
from engine.storage.session import RECORD, RECORD_SIZE, Record
from engine.values import check_reason, check_text, check_values

if TYPE_CHECKING:
    from engine.forms import Form
    from engine.spiff import Instance
    from engine.storage.session import Session

OPEN = (TaskState.CREATED.value, TaskState.CLAIMED.value)


@dataclass(frozen=True, slots=True)
class Task:
    """The row of a task whose instance is locked."""

    id: str
    instance_id: str
    root_id: str
    scope_id: str
    definition_id: str
    element_id: str
    state: str
    assignee: str | None
    step: str | None
    category: str | None
    unit: str | None
    revision: int
    due: str | None
    delegation: str | None
    candidate_groups: str | None
    candidate_users: str | None
    barred_groups: str | None
    troubled: bool  # its instance has an open incident


# One statement for the task, its instance and whether anything is wrong: every completion asks it.
TROUBLED = "EXISTS (SELECT 1 FROM incident i WHERE i.instance_id = t.instance_id AND i.resolved IS NULL)"
READ = (
    f"SELECT {RECORD}, {', '.join(f't.{entry.name}' for entry in fields(Task)[:-1])}, {TROUBLED} "
    "FROM task t JOIN instance i ON i.id = t.instance_id WHERE t.id = ?"
)
Found = tuple[Record, Task, list[candidates.Candidate]]


def _read(session: Session, task_id: str) -> Found:
    row = session.read_locked(READ, task_id)
    if row is None:
        raise NotFound("There is no such task.", th="ไม่พบงานนี้")
    task = Task(*row[RECORD_SIZE:])
    return session.adopt(row[:RECORD_SIZE]), task, candidates.of(task)


def _for_work(session: Session, found: Found, revision: int | None) -> Found:
    """A task, if the actor may work on it now. Raises NotFound, Forbidden, Conflict."""
    record, task, offered = found
    actor = session.actor
    if task.state in (TaskState.COMPLETED, TaskState.TERMINATED):  # it is nobody's any more, so whoever knows its id is told that
        if task.state == TaskState.COMPLETED:
            raise Conflict("This task is done already.", th="งานนี้ทำเสร็จแล้ว", state=task.state)
        raise Conflict("This task was withdrawn.", th="งานนี้ถูกถอนออกแล้ว", state=task.state)
    if not may_work(actor, task.assignee, offered):
        if is_candidate(actor, offered):
            raise Conflict("Somebody else has taken this task.", th="มีผู้อื่นรับงานนี้ไปแล้ว", assignee=task.assignee)
        if may(session.connection, actor, Verb.SEE, model.task, task.id):
            raise Forbidden("This task is not yours to do.", th="งานนี้ไม่ใช่งานของท่าน")
        raise NotFound("There is no such task.", th="ไม่พบงานนี้")
    if revision is not None and revision != task.revision:
        raise Conflict(
            "This task was changed in the meantime; load it again.",
            th="งานนี้มีการเปลี่ยนแปลงระหว่างที่ท่านเปิดอยู่ โปรดเปิดใหม่",
            revision=task.revision,
        )
    if record.state == InstanceState.SUSPENDED or task.state == TaskState.SUSPENDED:
        raise Conflict(
            "The process of this task is suspended.", th="กระบวนการของงานนี้ถูกพักไว้ชั่วคราว ทำงานต่อได้เมื่อผู้ดูแลระบบให้ดำเนินการต่อ", state=task.state
        )
    if not actor.system:
        _refuse_barred(session, record, task, actor.user_id, actor.groups)
    return found


def _refuse_barred(session: Session, record: Record, task: Task, user_id: str, groups: Iterable[str]) -> None:
    definition = session.execution.outside(record).definition
    human = definition.element(task.element_id).human
    if human is not None and human.barred:
        seen = session.execution.instance(record).view_of(task.scope_id, task.id)
        usertasks.refuse_barred(session, definition, human, seen, user_id, groups)


# ---- who has it


def claim(session: Session, task_id: str, revision: int | None) -> None:
    """Take it; taking what one has already changes nothing. No new revision: that others have it is told by its assignee, and who has
    it may send the page he opened before, which keeps its first draft by itself."""
    record, task, _candidates = _for_work(session, _read(session, task_id), revision)
    if task.assignee == session.actor.user_id and task.state == TaskState.CLAIMED:
        return
    text = "UPDATE task SET assignee = ?, state = ?, claimed = ? WHERE id = ?"
    session.rows.run(text, (session.actor.user_id, TaskState.CLAIMED, session.now, task_id))
    session.record(record, Event.TASK_CLAIMED, element_id=task.element_id, token_id=task_id, step=task.step)


def claim_for(session: Session, task_id: str, user_id: str) -> None:
    """Put it into somebody's hands if nobody has it; into others' only who may assign. Raises Conflict, Forbidden."""
    if user_id == session.actor.user_id:
        claim(session, task_id, None)
        return
    require(session.actor, Verb.ASSIGN)
    _record, task, _candidates = _read(session, task_id)
    if task.assignee is not None and task.assignee != user_id:
        raise Conflict("Somebody else has taken this task.", th="มีผู้อื่นรับงานนี้ไปแล้ว", assignee=task.assignee)
    if task.assignee is None:
        assign(session, task_id, user_id, None)


def release(session: Session, task_id: str) -> None:
    """Give it back to its candidates, without one's draft, or to who delegated it. Raises Conflict where it has none."""
    record, task, offered = _read(session, task_id)
    if task.delegation == delegation.PENDING:
        delegation.resolve(session, task_id)
        return
    actor = session.actor
    if task.assignee != actor.user_id and not actor.administrator:
        raise Forbidden("This task is not in your hands.", th="งานนี้ไม่ได้อยู่ในมือท่าน")
    if task.state != TaskState.CLAIMED:
        raise Conflict("This task is in nobody's hands.", th="งานนี้ยังไม่มีผู้รับ", state=task.state)
    if not offered:
        raise Conflict(
            "This task was given to one person; an administrator can give it to another.", th="งานนี้มอบให้บุคคลเดียว ผู้ดูแลระบบมอบให้ผู้อื่นได้"
        )
    text = "UPDATE task SET assignee = NULL, state = ?, claimed = NULL, draft = NULL, revision = revision + 1 WHERE id = ?"
    session.rows.run(text, (TaskState.CREATED, task_id))
    session.record(
        record, Event.TASK_RELEASED, element_id=task.element_id, token_id=task_id, step=task.step, facts={"before": task.assignee}
    )


def assign(session: Session, task_id: str, user_id: str | None, reason: str | None, *, suspended: bool = False) -> None:
    """Put it into somebody's hands, or nobody's; `suspended`: also one that is, which stays so.

    Raises NotFound for an unknown user, Forbidden for one who is barred, Conflict for a task that is not open.
    """
    require(session.actor, Verb.ASSIGN)
    record, task, _candidates = _read(session, task_id)
    held = suspended and task.state == TaskState.SUSPENDED
    if task.state not in OPEN and not held:
        raise Conflict("This task is not open.", th="งานนี้ไม่ได้เปิดอยู่", state=task.state)
    if user_id is not None:
        _refuse_barred(session, record, task, user_id, people.actor(session.connection, user_id, session.now).groups)
    state = TaskState.SUSPENDED if held else TaskState.CREATED if user_id is None else TaskState.CLAIMED
    text = (
        "UPDATE task SET assignee = ?, owner = NULL, delegation = NULL, state = ?, claimed = ?, draft = NULL, revision = revision + 1 "
        "WHERE id = ?"
    )
    session.rows.run(text, (user_id, state, session.now if user_id is not None else None, task_id))
    facts = {"before": task.assignee, "after": user_id, "reason": reason}
    session.record(record, Event.TASK_ASSIGNED, element_id=task.element_id, token_id=task_id, step=task.step, facts=facts)


def set_due(session: Session, task_id: str, due: datetime | None, reason: str) -> None:
    """Move the due date; its reminders move with it. Raises Invalid without a reason."""
    check_reason(reason)
    record, task, _candidates = _read(session, task_id)
    if task.state not in (*OPEN, TaskState.SUSPENDED):
        raise Conflict("This task is not open.", th="งานนี้ไม่ได้เปิดอยู่", state=task.state)
    session.rows.run("UPDATE task SET due = ?, revision = revision + 1 WHERE id = ?", (due, task_id))
    row = session.connection.execute(select(model.task).where(model.task.c.id == task_id)).mappings().one()
    human = session.execution.definition(record).element(task.element_id).human
    seen = session.execution.instance(record).view_of(task.scope_id, task.id)
    reminders.replan(session, row, reminders.rules(session.execution.outside(record), human or HumanTask(), seen))
    facts = {"before": task.due, "after": due, "reason": reason}
    session.record(record, Event.TASK_DUE_CHANGED, element_id=task.element_id, token_id=task_id, step=task.step, facts=facts)


# ---- doing it


def save_draft(session: Session, task_id: str, values: Mapping[str, Any]) -> None:
    """Keep an unfinished form with the task; who saves one has claimed it. Raises Invalid for what could never be submitted."""
    record, task, _candidates = _for_work(session, _read(session, task_id), None)
    check_values(values)
    form = _form(session, record, task)
    if form is not None:
        _refuse_unknown(form, values)
    claim(session, task_id, None)
    session.rows.run("UPDATE task SET draft = ? WHERE id = ?", (to_json(values), task_id))
    session.record(record, Event.TASK_DRAFTED, element_id=task.element_id, token_id=task_id, step=task.step)


def complete(session: Session, task_id: str, values: Mapping[str, Any], revision: int | None, key: str | None) -> Completion:
    """Complete it: authorise, check the form, run the instance on. The same key gives the same answer."""
    found = _read(session, task_id)  # locked before the key is looked for: its first use may be under way
    if key is not None:
        check_text(key, "_key")
        former = _answered(session, task_id, key)
        if former is not None:
            return former
    record, task, offered = _for_work(session, found, revision)
    if task.delegation == delegation.PENDING:
        raise Conflict("This task is done for its owner: give it back instead.", th="งานนี้ทำแทนผู้รับผิดชอบ โปรดส่งคืนให้ผู้รับผิดชอบ")
    check_values(values)
    variables = _accept(session, record, task, values)
    usertasks.complete(session, task_id, offered=offered, timed=task.due is not None)
    facts = {"values": variables} if variables else None
    session.record(record, Event.TASK_COMPLETED, element_id=task.element_id, token_id=task_id, step=task.step, facts=facts)
    if task.troubled:
        incidents.resolve(session, record, task_id=task_id)
    try:
        session.execution.finish(record, task.scope_id, task_id, variables)
    except ExecutionFailed as error:
        error.facts["origin"] = {"instance_id": record.id, "task_id": task_id}
        raise
    completion = Completion(task_id, record.id, _just_opened(session, record) or _next(session, record))
    if key is not None:
        _remember(session, completion, key)
    return completion


def throw_error(session: Session, task_id: str, code: str, message: str, variables: Mapping[str, Any]) -> None:
    """It ends with a BPMN error, for a boundary event or an event sub-process. Raises as `complete` does, also where nobody catches it."""
    thrown = BpmnError(code, message, variables)
    _throw(session, task_id, thrown, lambda running, scope_id: running.throw_error(scope_id, task_id, thrown))


def throw_escalation(session: Session, task_id: str, code: str, variables: Mapping[str, Any]) -> None:
    """Somebody is told of it by a BPMN escalation, which ends the task only where its catcher interrupts. Raises as `complete` does."""
    thrown = BpmnError(code, "", variables)
    _throw(session, task_id, thrown, lambda running, scope_id: running.throw_escalation(scope_id, task_id, thrown))


def _throw(session: Session, task_id: str, thrown: BpmnError, step: Callable[[Instance, str], None]) -> None:
    check_values(thrown.variables)
    check_text(thrown.code or "", "code")
    record, task, _offered = _for_work(session, _read(session, task_id), None)
    facts = {"note": thrown.code}
    session.record(record, Event.NOTED, element_id=task.element_id, token_id=task_id, step=task.step, facts=facts)
    try:
        session.execution.step(record, lambda running: step(running, task.scope_id))
    except ExecutionFailed as error:
        error.facts["origin"] = {"instance_id": record.id, "task_id": task_id}
        raise


def _accept(session: Session, record: Record, task: Task, values: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that the submitted values become; sealed ones and documents go where they belong. Raises Invalid."""
    form = _form(session, record, task)
    if form is None:
        return dict(values)
    _refuse_unknown(form, values)
    seen = session.execution.instance(record).view_of(task.scope_id, task.id)
    problems = form.validate(values, seen, functions=session.functions)
    if problems:
        raise Invalid("The form has mistakes.", problems, th="แบบฟอร์มยังไม่ถูกต้อง")
    variables, sealed, documents = form.split(values, seen, functions=session.functions)
    outside = session.execution.outside(record)
    for field, category, unit, value in sealed:
        own = task.unit if unit is None else str(outside.template(unit, seen))
        _seal(session, record, task, field, value, str(outside.template(category, seen)), own)
    papers.submit(session, record, task.id, {id: field for field, ids, _rules in documents for id in ids})
    return dict(variables)


def _form(session: Session, record: Record, task: Task) -> Form | None:
    definition = session.execution.outside(record).definition
    return session.shared.definitions.form(session.connection, definition, definition.element(task.element_id))


def _refuse_unknown(form: Form, values: Mapping[str, Any]) -> None:
    unknown = form.unknown(values)
    if unknown:
        raise Invalid("The form has no such field.", unknown, th="แบบฟอร์มไม่มีช่องนี้")


def _seal(session: Session, record: Record, task: Task, field: str, value: Any, category: str, unit: str | None) -> None:
    session.add(
        model.sealed,
        {
            "id": new_id(),
            "root_id": record.root_id,
            "instance_id": record.id,
            "task_id": task.id,
            "category": category,
            "unit": unit,
            "field": field,
            "value": to_json(value),
            "created": session.now,
            "created_by": session.actor.user_id,
        },
    )


def _answered(session: Session, task_id: str, key: str) -> Completion | None:
    row = session.rows.one("SELECT task_id, user_id, result FROM completion WHERE key = ?", (key,))
    if row is None:
        return None
    if (row[0], row[1]) != (task_id, session.actor.user_id):
        raise Conflict("This key was used for something else.", th="คำขอนี้ใช้กับงานอื่นไปแล้ว โปรดเปิดงานใหม่แล้วทำอีกครั้ง")
    return Completion(**json.loads(row[2]))


def _remember(session: Session, completion: Completion, key: str) -> None:
    result = {"task_id": completion.task_id, "instance_id": completion.instance_id, "next_task_id": completion.next_task_id}
    session.rows.insert(
        model.completion,
        [{"key": key, "task_id": completion.task_id, "user_id": session.actor.user_id, "result": to_json(result), "created": session.now}],
    )


# ---- what next


def _just_opened(session: Session, record: Record) -> str | None:
    """The first task of the instance that this very step has opened and the actor may do."""
    for row in session.pending(model.task):
        if row["instance_id"] == record.id and row["state"] in OPEN:
            offered = candidates.listed(*(row[column] for column in candidates.COLUMNS.values()))
            if may_work(session.actor, row["assignee"], offered) and not is_barred(session.actor, offered):
                return str(row["id"])
    return None


OLDEST_OPEN = "SELECT id FROM task WHERE ended IS NULL AND state IN ('CREATED', 'CLAIMED') AND"


def _next(session: Session, record: Record) -> str | None:
    """An open task the actor may do now: of the same instance first, else of the same root; the oldest."""
    session.write()
    text, values = _mine(session)
    for place, ids in (("instance_id = ? AND root_id = ?", (record.id, record.root_id)), ("root_id = ?", (record.root_id,))):
        row = session.rows.one(f"{OLDEST_OPEN} {place}{text} ORDER BY created, id LIMIT 1", (*ids, *values))
        if row is not None:
            return str(row[0])
    return None


def _mine(session: Session) -> tuple[str, list[str]]:
    """`authorization.waiting` as text, for the hot path."""
    actor = session.actor
    if actor.system:
        return "", []
    groups = sorted(actor.all_groups)
    marks = ", ".join("?" for _ in groups) or "NULL"
    text = (
        " AND (assignee = ? OR (assignee IS NULL AND EXISTS (SELECT 1 FROM candidate c WHERE c.task_id = task.id AND "
        f"((c.kind = 'group' AND c.name IN ({marks})) OR (c.kind = 'user' AND c.name = ?))) "
        f"AND NOT EXISTS (SELECT 1 FROM candidate c WHERE c.task_id = task.id AND c.kind = 'barred' AND c.name IN ({marks}))))"
    )
    return text, [actor.user_id, *groups, actor.user_id, *groups]
