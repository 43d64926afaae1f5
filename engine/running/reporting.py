"""What workers outside report of the external tasks that they have fetched (engine/running/fetching.py): done, failed, longer to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine.dates.clock import real_now
from engine.errors import Conflict, ExecutionFailed, Forbidden, Invalid, Problem
from engine.people.authorization import may_fetch, workers_of
from engine.running import incidents
from engine.running.external_tasks import ExternalTask, check_retries, drop, give_up, note, row_of
from engine.spiff import BpmnError
from engine.states import Event, ExternalTaskState
from engine.values import check_text, check_values

if TYPE_CHECKING:
    from engine.storage.session import Record, Session

Variables = Mapping[str, Any]
LONGEST_ERROR, LONGEST_DETAILS = 4_000, 100_000  # characters kept
LONGEST_LOCK = timedelta(days=366)
FREE = (
    "UPDATE external_task SET worker_id = NULL, lock_until = NULL, state = CASE state WHEN 'LOCKED' THEN 'FREE' ELSE state END WHERE id = ?"
)
TAKE = (
    "UPDATE external_task SET state = 'LOCKED', worker_id = ?, lock_until = ? "
    "WHERE id = ? AND (state = 'FREE' OR state = 'LOCKED' AND (lock_until <= ? OR worker_id = ?))"
)
EXTEND = "UPDATE external_task SET lock_until = ? WHERE id = ? AND state = 'LOCKED' AND worker_id = ? AND lock_until > ?"


def complete(session: Session, id: str, worker_id: str, variables: Variables, local: Variables) -> None:
    """The work is done; the instance goes on. Raises NotFound, Forbidden, Conflict, Invalid, ExecutionFailed."""
    check_values(variables)
    check_values(local)
    record, task = _held(session, id, worker_id)
    _end(session, record, task, Event.EXTERNAL_TASK_COMPLETED, {})
    execution = session.execution
    if local:
        execution.instance(record).set_locals(task.scope_id, id, local)
    try:
        execution.finish(record, task.scope_id, id, variables)
    except ExecutionFailed as error:
        error.facts["origin"] = {"instance_id": record.id, "task_id": id}
        raise


def throw(session: Session, id: str, worker_id: str, code: str, message: str, variables: Variables) -> None:
    """The work ended with a BPMN error. Raises as `complete` does, also where nobody catches it."""
    check_values(variables)
    check_text(code, "errorCode")
    message = _kept(message, LONGEST_ERROR)
    record, task = _held(session, id, worker_id)
    _end(session, record, task, Event.EXTERNAL_TASK_ERROR, {"code": code, "message": message})
    execution, error = session.execution, BpmnError(code, message, variables)
    execution.outside(record).done.add(id)
    try:
        execution.step(record, lambda running: running.throw_error(task.scope_id, id, error))
    except ExecutionFailed as failure:
        failure.facts["origin"] = {"instance_id": record.id, "task_id": id}
        raise


def _end(session: Session, record: Record, task: ExternalTask, event: Event, facts: Mapping[str, Any]) -> None:
    drop(session, task.id)
    incidents.resolve(session, record, task_id=task.id)
    note(session, record, task, event, {"topic": task.topic, "worker": task.worker_id, **facts})


def fail(
    session: Session,
    id: str,
    worker_id: str,
    *,
    message: str,
    details: str,
    retries: int,
    wait: timedelta,
    variables: Variables,
    local: Variables,
) -> None:
    """An attempt failed: the next after `wait`, or an incident where no retries are left. Raises as `complete` does."""
    check_values(variables)
    check_values(local)
    check_retries(retries)
    message, details = _kept(message, LONGEST_ERROR), _kept(details, LONGEST_DETAILS)
    record, task = _held(session, id, worker_id)
    waits = retries > 0 and wait > timedelta()
    state = ExternalTaskState.FAILED if retries == 0 else ExternalTaskState.LOCKED if waits else ExternalTaskState.FREE
    session.rows.run(
        "UPDATE external_task SET state = ?, retries = ?, worker_id = NULL, lock_until = ?, error = ?, error_details = ? WHERE id = ?",
        (state, retries, real_now() + min(wait, LONGEST_LOCK) if waits else None, message, details, id),
    )
    facts = {"topic": task.topic, "worker": worker_id, "message": message[:1000], "retries": retries}
    note(session, record, task, Event.EXTERNAL_TASK_FAILED, facts)
    if retries == 0:
        give_up(session, record, task, message)
    if local:
        session.execution.instance(record).set_locals(task.scope_id, id, local)
    if variables or local:  # conditions may read them
        session.execution.step(record, lambda running: running.set_variables(task.scope_id, variables))


def lock(session: Session, id: str, worker_id: str, duration: timedelta) -> None:
    """A worker takes this very task, without a fetch. Raises NotFound, Forbidden, Invalid, Conflict where another has it."""
    check_lock(worker_id, duration)
    task, now = _read(session, id), real_now()
    if not session.rows.run(TAKE, (worker_id, now + duration, id, now, worker_id)):
        if task.state in (ExternalTaskState.FAILED, ExternalTaskState.SUSPENDED):
            raise Conflict("This external task is not given out now.", th="งานภายนอกนี้ยังดึงไปทำไม่ได้", state=task.state)
        raise Conflict("Another worker has this external task.", th="มีผู้อื่นจองงานภายนอกนี้ไว้", worker_id=task.worker_id)


def extend(session: Session, id: str, worker_id: str, duration: timedelta) -> None:
    """The worker needs longer: its lock ends `duration` from now. Raises NotFound, Forbidden, Conflict."""
    _check_duration(duration, "newDuration")
    task = _read(session, id)
    now = real_now()
    if not session.rows.run(EXTEND, (now + duration, id, worker_id, now)):
        _refuse_other(task, worker_id)
        raise Conflict("The lock of this external task has run out.", th="หมดเวลาที่จองงานภายนอกนี้ไว้แล้ว", worker_id=task.worker_id)


def unlock(session: Session, id: str) -> None:
    """Give it back, for anybody to fetch. Raises NotFound, Forbidden."""
    _read(session, id)
    session.rows.run(FREE, (id,))


def _held(session: Session, id: str, worker_id: str) -> tuple[Record, ExternalTask]:
    """A task that this worker may report on, its instance locked."""
    record = session.lock(_read(session, id).instance_id)
    task = row_of(session, id, for_update=True)  # as it is now that nobody else can end it
    _refuse_other(task, worker_id)
    if task.state == ExternalTaskState.SUSPENDED:
        raise Conflict("The process of this external task is suspended.", th="กระบวนการของงานภายนอกนี้ถูกพักไว้", state=task.state)
    return record, task


def _read(session: Session, id: str) -> ExternalTask:
    """A task that the actor may do."""
    task = row_of(session, id)
    if not may_fetch(session.actor, task.topic, task.category):
        raise forbidden(task.topic)
    return task


def _refuse_other(task: ExternalTask, worker_id: str) -> None:
    if task.worker_id is None:
        raise Conflict(
            f"Worker '{worker_id}' has not locked this external task; fetch it first.",
            th="ยังไม่ได้จองงานภายนอกนี้ โปรดดึงงานมาก่อน",
            worker_id=None,
        )
    if task.worker_id != worker_id:
        raise Conflict(
            f"Worker '{worker_id}' has not locked this external task: it is locked by '{task.worker_id}'.",
            th=f"งานภายนอกนี้ “{task.worker_id}” จองไว้",
            worker_id=task.worker_id,
        )


def _kept(text: str, longest: int) -> str:
    """What a column can keep of a text: why something failed is not to fail itself."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()[:longest]


def _check_duration(duration: timedelta, field: str) -> None:
    if not timedelta() < duration <= LONGEST_LOCK:
        text = f"A lock lasts longer than 0 and at most {LONGEST_LOCK.days} days."
        raise Invalid(text, [Problem(text, f"ระยะเวลาต้องมากกว่า 0 และไม่เกิน {LONGEST_LOCK.days} วัน", field=field)])


def check_lock(worker_id: str, duration: timedelta) -> None:
    """Refuse what cannot be a lock. Raises Invalid."""
    if not worker_id:
        raise Invalid("A worker needs an id.", [Problem("A worker needs an id.", "ต้องระบุรหัสผู้ปฏิบัติงาน", field="workerId")])
    check_text(worker_id, "workerId")
    _check_duration(duration, "lockDuration")


def forbidden(topic: str) -> Forbidden:
    """What somebody is told who is no worker of a topic."""
    group = workers_of(topic)
    return Forbidden(
        f"The external tasks of the topic '{topic}' are for members of the group '{group}'.",
        th=f"งานภายนอกหัวข้อ “{topic}” เป็นของสมาชิกกลุ่ม “{group}”",
        group=group,
    )
