"""External tasks: work that a worker outside fetches by its topic, does, and reports. What of it waits is a row, gone when it is done.

FREE —fetch→ LOCKED —its time runs out, or unlocked→ FREE; LOCKED —failed, with retries left→ FREE or, to wait for its next attempt, LOCKED;
LOCKED —failed for the last time→ FAILED —retries given→ FREE. A worker reports what it has locked, also after its time has run out,
as long as nobody else has been given it. Locks and waits are in real time: workers know no other. What they do: fetching.py, reporting.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.errors import Invalid, NotFound, Problem
from engine.people.authorization import visible, works_on
from engine.queries import ExternalTaskView
from engine.running import incidents
from engine.running.priorities import MOST_URGENT, priority
from engine.states import Event, ExternalTaskState, IncidentType
from engine.storage import model
from engine.values import check_text

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.running.outside import Outside
    from engine.spiff import Token
    from engine.storage.session import Record, Session

Variables = Mapping[str, Any]
DEFAULT_PRIORITY = 0  # as in Camunda 7; a user task's is 50
NO_SUCH = "There is no such external task: it is done, or was withdrawn."


@dataclass(frozen=True, slots=True)
class ExternalTask:
    """The row of an external task whose instance is locked."""

    id: str
    topic: str
    state: str
    retries: int | None
    worker_id: str | None
    lock_until: str | None
    error: str | None
    instance_id: str
    scope_id: str
    element_id: str
    element_name: str
    step: str | None
    category: str | None


READ = f"SELECT {', '.join(entry.name for entry in fields(ExternalTask))} FROM external_task WHERE id = ?"
DELETE = "DELETE FROM external_task WHERE id = ?"
SUSPEND = "UPDATE external_task SET state = 'SUSPENDED' WHERE instance_id = ?"
RESUME = (
    "UPDATE external_task SET state = CASE WHEN retries = 0 THEN 'FAILED' WHEN lock_until IS NOT NULL THEN 'LOCKED' ELSE 'FREE' END "
    "WHERE instance_id = ? AND state = 'SUSPENDED'"
)


# ---- as the instance goes on


def is_external(element: Element) -> bool:
    """Whether an element's work is for a worker outside."""
    return element.work is not None and element.work.kind == "external"


def open(outside: Outside, token: Token, element: Element, variables: Variables) -> None:
    """Put the work of a token where workers find it. Raises LanguageError where a text cannot be evaluated."""
    task, record = element.work, outside.record
    if task is None:
        return
    session = outside.session
    topic = str(outside.template(task.name or "", variables))
    check_text(topic, "topic")
    row = {
        "id": token.id,
        "topic": topic,
        "state": ExternalTaskState.FREE if record.held is None or not record.holds(element.id) else ExternalTaskState.SUSPENDED,
        "priority": _priority(outside, element, variables),
        "retries": int(task.retries[1:]) if task.retries and task.retries[1:].isdigit() else None,  # Camunda 8: R5
        "instance_id": record.id,
        "root_id": record.root_id,
        "scope_id": token.scope_id,
        "definition_id": record.definition_id,
        "definition_key": record.definition_key,
        "element_id": element.id,
        "element_name": element.name,
        "business_key": record.business_key,
        "step": outside.step_of(element),
        "category": record.category,
        "unit": record.unit,
        "created": session.now,
    }
    session.add(model.external_task, row)


def _priority(outside: Outside, element: Element, variables: Variables) -> int:
    own = element.work.priority if element.work is not None else None
    text = own or outside.definition.process.properties.get("camunda:taskPriority")
    return priority(outside, text, variables) if text else DEFAULT_PRIORITY


def drop(session: Session, token_id: str) -> None:
    """The token was ended from outside: nobody is to do its work any more."""
    pending = session.pending(model.external_task)
    pending[:] = [row for row in pending if row["id"] != token_id]
    session.rows.run(DELETE, (token_id,))


# ---- its row


def row_of(session: Session, id: str, *, for_update: bool = False) -> ExternalTask:
    """One of them, whoever may do it; `for_update`: once its instance is locked, so that nobody can end it. Raises NotFound."""
    row = session.rows.one(READ + (" FOR UPDATE" if for_update and not session.rows.sqlite else ""), (id,))
    if row is None:
        raise NotFound(NO_SUCH, th="ไม่พบงานภายนอกนี้ อาจทำเสร็จแล้วหรือถูกถอนออก")
    return ExternalTask(*row)


# ---- what administrators look at and mend


def one(session: Session, id: str) -> ExternalTaskView:
    """One that the actor may know of. Raises NotFound."""
    table = model.external_task
    query = select(table).where(table.c.id == id, visible(session.actor, table))
    row = session.connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(NO_SUCH, th="ไม่พบงานภายนอกนี้ อาจทำเสร็จแล้วหรือถูกถอนออก")
    return told(session, row)


def told(session: Session, row: Mapping[Any, Any]) -> ExternalTaskView:
    """A task as the actor may know of it: why it failed is for who does such work, or repairs it."""
    process = session.shared.definitions.get(session.connection, row["definition_id"]).process
    hidden = {} if session.actor.administrator or works_on(session.actor, row["topic"]) else {"error": None, "error_details": None}
    return ExternalTaskView.of(row, version_tag=process.version_tag, **hidden)


def set_retries(session: Session, ids: Sequence[str], retries: int) -> None:
    """Give tasks attempts, so that they are fetched again; none makes incidents of them. Raises NotFound, Invalid."""
    check_retries(retries)
    for id in sorted(set(ids)):  # in one order, so that two who do it do not wait for each other
        _set_retries(session, id, retries)


def _set_retries(session: Session, id: str, retries: int) -> None:
    record = session.lock(row_of(session, id).instance_id)
    task = row_of(session, id, for_update=True)
    state = task.state
    if state != ExternalTaskState.SUSPENDED:
        if retries == 0:
            state = ExternalTaskState.FAILED
        elif state == ExternalTaskState.FAILED:
            state = ExternalTaskState.FREE
    session.rows.run("UPDATE external_task SET retries = ?, state = ? WHERE id = ?", (retries, state, id))
    note(session, record, task, Event.EXTERNAL_TASK_RETRIED, {"topic": task.topic, "before": task.retries, "after": retries})
    if retries > 0:
        incidents.resolve(session, record, task_id=id)
    elif task.retries != 0:
        give_up(session, record, task, task.error or "", left=True)


def set_priority(session: Session, id: str, wanted: int) -> None:
    """Change which of a topic's tasks is fetched first. Raises NotFound, Invalid."""
    if abs(wanted) > MOST_URGENT:
        raise Invalid(
            "The priority is too large a number.",
            [Problem("It is too large.", "ตัวเลขใหญ่เกินไป", field="priority")],
            th="ลำดับความสำคัญเป็นตัวเลขใหญ่เกินไป",
        )
    if not session.rows.run("UPDATE external_task SET priority = ? WHERE id = ?", (wanted, id)):
        raise NotFound(NO_SUCH, th="ไม่พบงานภายนอกนี้ อาจทำเสร็จแล้วหรือถูกถอนออก")


def give_up(session: Session, record: Record, task: ExternalTask, message: str, *, left: bool = False) -> None:
    """An incident of it: the worker's own words, as Camunda has them; `left`: an administrator left it no retries."""
    en = message or (
        "An administrator left it no retries." if left else f"The worker '{task.worker_id}' gave up and did not say why: look at its log."
    )
    why = f": {message}" if message else " และไม่ได้แจ้งสาเหตุ โปรดดูบันทึกของโปรแกรมนั้น"
    th = (
        "ผู้ดูแลระบบกำหนดไม่ให้ลองอีก"
        if left and not message
        else f"โปรแกรมภายนอก “{task.worker_id}” แจ้งว่าทำ “{task.element_name or task.element_id}” ไม่สำเร็จ{why}"
    )
    incidents.add(
        session,
        IncidentType.FAILED_EXTERNAL_TASK,
        en,
        th,
        record,
        task_id=task.id,
        element_id=task.element_id,
        element_name=task.element_name,
    )


def note(session: Session, record: Record, task: ExternalTask, event: Event, facts: Mapping[str, Any]) -> None:
    """Tell the history of the instance what became of it."""
    session.record(record, event, element_id=task.element_id, token_id=task.id, step=task.step, facts=facts)


def check_retries(retries: int) -> None:
    """Refuse what cannot be a number of attempts. Raises Invalid."""
    if not 0 <= retries < 2**31:
        text = "The number of retries must be 0 or more."
        raise Invalid(text, [Problem(text, "จำนวนครั้งที่ลองใหม่ต้องเป็น 0 หรือมากกว่า", field="retries")])
