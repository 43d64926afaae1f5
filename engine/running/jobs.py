"""Jobs: timers, deferred handlers, reminders, timed starts. Claimed with a lease, run one a transaction, retried, then an incident.

A job's row is deleted in the transaction that does its work, so it is done once however many processes look for work; one whose
worker dies is claimed again when its lease (real time) has run out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select

from engine.dates import clock
from engine.dates.clock import real_now
from engine.drafts import life
from engine.errors import Conflict, ExecutionFailed, Invalid, NotFound, Problem, RuamError, Unavailable
from engine.ids import new_id
from engine.language.timers import Cycle
from engine.queries import JobView, Page, loads
from engine.running import incidents, reminders, starting, work
from engine.running.incidents import LONGEST
from engine.spiff import BpmnError
from engine.states import Event, IncidentType, InstanceState, JobKind, JobState
from engine.storage import model
from engine.storage.history import to_json
from engine.values import check_reason

if TYPE_CHECKING:
    from engine.storage.session import Record, Session

LEASE = timedelta(minutes=10)
PAUSE = timedelta(seconds=10)  # of real time, before what the database or the files were away for is tried again
MOST_RETRIES = 1000
LONGEST_WAIT = 24 * 3600  # seconds between two attempts


@dataclass(frozen=True, slots=True)
class Job:
    """The row of a claimed job."""

    id: str
    kind: str
    due: str
    retries: int
    retry_wait: int
    cycle: str | None
    locked_by: str
    definition_id: str | None
    instance_id: str | None
    root_id: str | None
    scope_id: str | None
    token_id: str | None
    element_id: str | None
    element_name: str
    step: str | None
    payload: str | None


COLUMNS = ", ".join(entry.name for entry in fields(Job))
DUE = "SELECT id FROM job WHERE state = 'PENDING' AND due <= ? ORDER BY due, id LIMIT ?"
OURS = " WHERE id = ? AND state = 'RUNNING' AND locked_by = ?"
RELEASE = "UPDATE job SET state = 'PENDING', locked_by = NULL, lock_until = NULL WHERE state = 'RUNNING' AND "
NEXT_DUE = "SELECT due FROM job WHERE state = 'PENDING' ORDER BY due LIMIT 1"


def claim(session: Session, limit: int, claimant: str | None = None, broken_off: Collection[str] = ()) -> list[Job]:
    """Lease the jobs that are due, the longest due first; first give back what claims that were broken off have left."""
    rows, now = session.rows, real_now()
    rows.run(RELEASE + "lock_until < ?", (now,))
    for former in broken_off:
        rows.run(RELEASE + "locked_by = ?", (former,))
    due = DUE if rows.sqlite else DUE + " FOR UPDATE SKIP LOCKED"
    text = f"UPDATE job SET state = 'RUNNING', locked_by = ?, lock_until = ? WHERE id IN ({due}) RETURNING {COLUMNS}"
    claimed = [Job(*row) for row in rows.all(text, (claimant or new_id(), now + LEASE, session.now, limit))]
    return sorted(claimed, key=lambda job: (job.due, job.id))


def run(session: Session, job: Job) -> None:
    """Do a claimed job's work in this transaction; nothing happens where it is no longer ours or no longer wanted."""
    record = _lock(session, job)
    if record is not None and (record.state == InstanceState.SUSPENDED or record.holds(job.element_id)):
        session.rows.run("UPDATE job SET state = 'SUSPENDED', locked_by = NULL, lock_until = NULL" + OURS, (job.id, job.locked_by))
        return
    if not session.rows.run("DELETE FROM job" + OURS, (job.id, job.locked_by)):  # where two run it, the second waits here for the first
        return
    if job.kind == JobKind.START:
        starting.fire(session, job)
    elif job.kind == JobKind.ACTIVATION:
        life.on_time(session, job)
    elif record is not None and not record.over:
        DO[job.kind](session, record, job)
        incidents.resolve(session, record, job_id=job.id)


def go_on(session: Session, job_id: str) -> None:
    """Do a job that the transaction before has left for this one; nothing happens where somebody else was quicker."""
    job = _seize(session, job_id)
    if job is not None:
        run(session, job)


def not_gone_on(session: Session, job_id: str, error: Exception) -> None:
    """Such a job's transaction was rolled back: an attempt less."""
    job = _seize(session, job_id)
    if job is not None:
        failed(session, job, error)


def _seize(session: Session, job_id: str) -> Job | None:
    found = session.rows.one("SELECT instance_id FROM job WHERE id = ?", (job_id,))
    if found is None:
        return None
    if found[0] is not None:
        session.lock(found[0])  # before its job, as everybody does: else each waits for the other
    text = f"UPDATE job SET state = 'RUNNING', locked_by = ?, lock_until = ? WHERE id = ? AND state = 'PENDING' RETURNING {COLUMNS}"
    row = session.rows.one(text, (new_id(), real_now() + LEASE, job_id))
    return None if row is None else Job(*row)


def _lock(session: Session, job: Job) -> Record | None:
    if job.instance_id is None:
        return None
    try:
        return session.lock(job.instance_id)
    except NotFound:
        return None


def _fire_timer(session: Session, record: Record, job: Job) -> None:
    token_id, scope_id = job.token_id or "", job.scope_id or ""
    session.record(record, Event.TIMER_FIRED, element_id=job.element_id, token_id=token_id, step=job.step, facts={"due": job.due})
    session.execution.step(record, lambda running: running.trigger(scope_id, token_id))
    following = _next_round(job)
    if following is not None and not record.over and token_id not in session.execution.outside(record).unwatched:
        session.add(model.job, following | {"created": session.now})


def _next_round(job: Job) -> dict[str, Any] | None:
    """The row of a cycle's next round."""
    timer = Cycle.from_json(loads(job.cycle)).next(datetime.fromisoformat(job.due)) if job.cycle else None
    if timer is None or timer.cycle is None:
        return None
    names = ("definition_id", "instance_id", "root_id", "scope_id", "token_id", "element_id", "element_name", "step", "payload")
    row = {name: getattr(job, name) for name in names}
    return row | {"id": new_id(), "kind": job.kind, "state": JobState.PENDING, "due": timer.due, "cycle": to_json(timer.cycle.to_json())}


def _do_work(session: Session, record: Record, job: Job) -> None:
    """A deferred handler."""
    token_id, scope_id = job.token_id or "", job.scope_id or ""
    running, outside = session.execution.instance(record), session.execution.outside(record)
    outside.done.add(token_id)
    element = outside.definition.element(job.element_id or "")
    try:
        variables = work.perform(outside, element, running.view_of(scope_id, token_id), token_id)
    except BpmnError as error:
        thrown = error
        session.execution.step(record, lambda running: running.throw_error(scope_id, token_id, thrown))
        return
    session.execution.finish(record, scope_id, token_id, variables)


def _proceed(session: Session, record: Record, job: Job) -> None:
    """A token goes on in a transaction of its own."""
    session.execution.step(record, lambda running: running.proceed(job.scope_id or "", job.token_id or ""))


DO: dict[str, Callable[[Session, Record, Job], None]] = {
    JobKind.TIMER: _fire_timer,
    JobKind.HANDLER: _do_work,
    JobKind.CONTINUATION: _proceed,
    JobKind.REMINDER: reminders.fire,
}


def failed(session: Session, job: Job, error: Exception) -> None:
    """A job's transaction was rolled back: wait for the next attempt, or make an incident of it."""
    if isinstance(error, Unavailable):  # nothing is known against the job: no attempt is counted
        session.rows.run("UPDATE job SET lock_until = ?" + OURS, (real_now() + PAUSE, job.id, job.locked_by))
        return
    record = _lock(session, job)
    said = _said(session, record, job, error)
    message, message_th = said.message, said.thai
    left = job.retries - 1
    state = JobState.PENDING if left > 0 else JobState.FAILED
    due = session.now + timedelta(seconds=job.retry_wait) if left > 0 else datetime.fromisoformat(job.due)
    changed = session.rows.run(
        "UPDATE job SET state = ?, retries = ?, retry_wait = ?, due = ?, error = ?, error_th = ?, locked_by = NULL, lock_until = NULL"
        + OURS,
        (state, max(left, 0), min(job.retry_wait * 2, LONGEST_WAIT), due, message[:LONGEST], message_th[:LONGEST], job.id, job.locked_by),
    )
    if not changed:
        return
    if record is not None:
        session.record(
            record,
            Event.JOB_FAILED,
            element_id=job.element_id,
            token_id=job.token_id,
            step=job.step,
            facts={"message": message[:1000], "message_th": message_th[:1000], "retries": left},
        )
    if left <= 0:
        incidents.add(
            session,
            IncidentType.FAILED_JOB,
            message,
            message_th,
            record,
            job=job,
            element_id=job.element_id,
            element_name=job.element_name,
            definition_id=job.definition_id,
        )


def _said(session: Session, record: Record | None, job: Job, error: Exception) -> RuamError:
    """What went wrong, in both languages, with its place where the error does not name it."""
    known = error if isinstance(error, RuamError) else _unforeseen(error)
    if record is None or isinstance(error, ExecutionFailed):
        return known
    element = session.execution.definition(record).process.elements.get(job.element_id or "")
    return known if element is None else ExecutionFailed.at(element, f"failed: {known.message}", f"ทำไม่สำเร็จ: {known.thai}")


def _unforeseen(error: Exception) -> RuamError:
    """What no module of ours raises on purpose: its own words, for whoever maintains the program."""
    said = f"{type(error).__name__}: {error}"
    return RuamError(f"an error of the program: {said}", th=f"โปรแกรมเกิดข้อผิดพลาด โปรดแจ้งผู้ดูแลโปรแกรม: {said}")


# ---- what people do with jobs


def retry(session: Session, job_id: str, reason: str = "") -> None:
    """Queue a failed job again, due now, with one more attempt. Raises NotFound, Conflict."""
    row, record = _known(session, job_id)
    if row["state"] != JobState.FAILED:
        raise Conflict("This job has not failed; it runs when it is due.", th="งานของระบบนี้ไม่ได้ล้มเหลว จะทำงานเมื่อถึงกำหนด")
    _again(session, row, record, 1, reason)


def set_retries(session: Session, job_id: str, retries: int) -> None:
    """Say how many attempts a job has left; a failed one is queued again. Raises NotFound, Invalid."""
    if not 0 <= retries <= MOST_RETRIES:
        message = f"The number of attempts is 0 to {MOST_RETRIES}."
        raise Invalid(message, [Problem(message, f"จำนวนครั้งต้องอยู่ระหว่าง 0 ถึง {MOST_RETRIES}", field="retries", rule="range")])
    row, record = _known(session, job_id)
    if row["state"] == JobState.FAILED and retries > 0:
        _again(session, row, record, retries)
    else:
        session.rows.run("UPDATE job SET retries = ? WHERE id = ?", (retries, job_id))


def _known(session: Session, job_id: str) -> tuple[Mapping[Any, Any], Record | None]:
    """A job's row, its instance locked. Raises NotFound."""
    row = session.connection.execute(select(model.job).where(model.job.c.id == job_id)).mappings().first()
    if row is None:
        raise NotFound("There is no such job.", th="ไม่พบงานของระบบนี้")
    return row, session.lock(row["instance_id"]) if row["instance_id"] is not None else None


def _again(session: Session, row: Mapping[Any, Any], record: Record | None, retries: int, reason: str = "") -> None:
    values = (retries, session.now, row["id"])
    if not session.rows.run(
        "UPDATE job SET state = 'PENDING', retries = ?, due = ?, error = NULL, error_th = NULL WHERE id = ? AND state = 'FAILED'", values
    ):
        raise Conflict("Somebody else has queued this job already.", th="มีผู้สั่งให้งานนี้ทำซ้ำแล้ว")
    if record is not None:
        facts = {"reason": reason} if reason else {}
        session.record(record, Event.JOB_RETRIED, element_id=row["element_id"], token_id=row["token_id"], step=row["step"], facts=facts)
        incidents.resolve(session, record, job_id=row["id"])
    else:
        session.rows.run(
            "UPDATE incident SET resolved = ?, resolved_by = ? WHERE job_id = ? AND resolved IS NULL",
            (session.now, session.actor.user_id, row["id"]),
        )


def suspend(session: Session, job_id: str, suspended: bool) -> None:
    """Hold a waiting job, or let it go on; what is so already stays. Raises NotFound, Conflict where its instance is suspended."""
    row, record = _known(session, job_id)
    if record is not None and record.state == InstanceState.SUSPENDED:
        raise Conflict("The process of this job is suspended; resume that one.", th="กระบวนการของงานนี้ถูกพักไว้ โปรดให้กระบวนการนั้นดำเนินการต่อ")
    before, after = (JobState.PENDING, JobState.SUSPENDED) if suspended else (JobState.SUSPENDED, JobState.PENDING)
    session.rows.run("UPDATE job SET state = ? WHERE id = ? AND state = ?", (after, job_id, before))


def take(session: Session, job_id: str) -> Job:
    """Lease one job to run it now, whenever it is due. Raises NotFound, Conflict where it is in hands or held."""
    row, record = _known(session, job_id)
    if record is not None and record.state == InstanceState.SUSPENDED:
        raise Conflict("The process of this job is suspended.", th="กระบวนการของงานนี้ถูกพักไว้")
    if row["state"] == JobState.FAILED:
        _again(session, row, record, 1)
    text = f"UPDATE job SET state = 'RUNNING', locked_by = ?, lock_until = ? WHERE id = ? AND state = 'PENDING' RETURNING {COLUMNS}"
    found = session.rows.one(text, (new_id(), real_now() + LEASE, job_id))
    if found is None:
        raise Conflict("This job is being run, or held.", th="งานของระบบนี้กำลังทำงานอยู่ หรือถูกพักไว้")
    return Job(*found)


def move(session: Session, job_id: str, due: datetime, reason: str) -> None:
    """Change when a waiting job is due. Raises NotFound, Conflict, Invalid."""
    check_reason(reason)
    row, record = _known(session, job_id)
    if not session.rows.run("UPDATE job SET due = ? WHERE id = ? AND state IN ('PENDING', 'SUSPENDED')", (due, job_id)):
        raise Conflict("This job does not wait any more.", th="งานของระบบนี้ไม่ได้รออยู่แล้ว")
    if record is not None:
        facts = {"kind": row["kind"], "before": row["due"], "after": due, "reason": reason}
        session.record(record, Event.JOB_DUE_CHANGED, element_id=row["element_id"], token_id=row["token_id"], step=row["step"], facts=facts)


# ---- looking


def next_due(connection: Connection) -> datetime | None:
    """When the next job is due."""
    due = connection.exec_driver_sql(NEXT_DUE).scalar()
    return None if due is None else datetime.fromisoformat(due)


def move_clock(session: Session, to: datetime) -> datetime:
    """Move the simulated clock to the next due job, or to `to` if that comes first; returns where it stands. Raises Conflict."""
    due = next_due(session.connection)
    target = to if due is None or due >= to else max(session.now, due)
    clock.move(session.rows, target)
    return target


def page(
    connection: Connection,
    *,
    root_id: str | None = None,
    instance_id: str | None = None,
    kind: str | None = None,
    state: str | None = None,
    first: int = 0,
    limit: int = 50,
) -> Page[JobView]:
    """Jobs by due time."""
    table = model.job
    wanted = {"root_id": root_id, "instance_id": instance_id, "kind": kind, "state": state}
    where = [table.c[name] == value for name, value in wanted.items() if value is not None]
    total = connection.scalar(select(func.count()).select_from(table).where(*where)) or 0
    query = select(table).where(*where).order_by(table.c.due, table.c.id).offset(first).limit(limit)
    return Page(tuple(JobView.of(row) for row in connection.execute(query).mappings()), total)
