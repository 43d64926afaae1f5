"""What went wrong and waits for somebody: rows that are resolved, never deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select

from engine.errors import Conflict, ExecutionFailed, NotFound
from engine.ids import new_id
from engine.queries import IncidentView, Page
from engine.states import Event, IncidentType
from engine.storage import model
from engine.values import LONGEST_REASON, check_text

if TYPE_CHECKING:
    from engine.running.jobs import Job
    from engine.storage.session import Record, Session

WAITS = (
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM task WHERE root_id = ? AND instance_id = ? AND ended IS NULL) "
    "OR EXISTS (SELECT 1 FROM job WHERE instance_id = ?) OR EXISTS (SELECT 1 FROM subscription WHERE instance_id = ?) "
    "OR EXISTS (SELECT 1 FROM external_task WHERE instance_id = ?) "
    "OR EXISTS (SELECT 1 FROM instance WHERE parent_id = ? AND state IN ('ACTIVE', 'SUSPENDED'))"
)
STUCK = (
    "SELECT i.id FROM instance i WHERE i.state = 'ACTIVE' "
    "AND NOT EXISTS (SELECT 1 FROM task t WHERE t.root_id = i.root_id AND t.instance_id = i.id AND t.ended IS NULL) "
    "AND NOT EXISTS (SELECT 1 FROM job j WHERE j.instance_id = i.id) "
    "AND NOT EXISTS (SELECT 1 FROM subscription s WHERE s.instance_id = i.id) "
    "AND NOT EXISTS (SELECT 1 FROM external_task e WHERE e.instance_id = i.id) "
    "AND NOT EXISTS (SELECT 1 FROM instance c WHERE c.parent_id = i.id AND c.state IN ('ACTIVE', 'SUSPENDED')) "
    "AND NOT EXISTS (SELECT 1 FROM incident n WHERE n.instance_id = i.id AND n.resolved IS NULL)"
)
STUCK_MESSAGE = (
    "The process has not ended but waits for nothing: no task, timer, message or called process is open. "
    "Move it to another place on the page of its instance, or cancel it there; mend the diagram for those to come."
)
STUCK_MESSAGE_TH = (
    "กระบวนการยังไม่จบแต่ไม่ได้รอสิ่งใดอีก ไม่มีงาน เวลา ข้อความ หรือกระบวนการที่เรียกใช้ค้างอยู่ โปรดย้ายไปจุดอื่นหรือยกเลิกที่หน้ากระบวนการ และแก้แผนภาพสำหรับครั้งต่อไป"
)
LONGEST = 4000  # characters of a message
MOST_NAMED = 5  # elements in a message
ANY = "SELECT 1 FROM incident WHERE instance_id = ? AND resolved IS NULL"
RESOLVE = "UPDATE incident SET resolved = ?, resolved_by = ? WHERE resolved IS NULL AND instance_id = ?"

OUTLIVED = (
    " AND ((job_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM job j WHERE j.id = incident.job_id)) "
    "OR (job_id IS NULL AND task_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM task t WHERE t.id = incident.task_id AND t.ended IS NULL) "
    "AND NOT EXISTS (SELECT 1 FROM external_task e WHERE e.id = incident.task_id)))"
)


def add(
    session: Session,
    kind: IncidentType,
    message: str,
    message_th: str,
    record: Record | None,
    *,
    job: Job | None = None,
    task_id: str | None = None,
    element_id: str | None = None,
    element_name: str = "",
    definition_id: str | None = None,
) -> None:
    """Write an incident, said in English and Thai, and the instance's history of it."""
    row = {
        "id": new_id(),
        "type": kind.value,
        "instance_id": record.id if record else None,
        "root_id": record.root_id if record else None,
        "definition_id": record.definition_id if record else definition_id,
        "job_id": job.id if job else None,
        "task_id": task_id,
        "element_id": element_id,
        "element_name": element_name or "",
        "message": message[:LONGEST],
        "message_th": message_th[:LONGEST],
        "created": session.now,
    }
    session.rows.insert(model.incident, [row])
    if record is not None:
        facts = {"type": kind.value, "message": row["message"], "message_th": row["message_th"]}
        session.record(record, Event.INCIDENT_RAISED, element_id=element_id, token_id=task_id, facts=facts)


def failed_step(session: Session, error: ExecutionFailed) -> None:
    """A verb of a person failed and was rolled back: keep what is known of it beside the instance it was about."""
    origin = error.facts["origin"]
    record = session.lock(origin["instance_id"])
    same = select(model.incident.c.id).where(
        model.incident.c.instance_id == record.id,
        model.incident.c.task_id == origin.get("task_id"),
        model.incident.c.message == error.message[:LONGEST],
        model.incident.c.resolved.is_(None),
    )
    if not record.over and session.connection.scalar(same) is None:
        add(
            session,
            IncidentType.FAILED_STEP,
            error.message,
            error.thai,
            record,
            task_id=origin.get("task_id"),
            element_id=error.facts.get("element_id"),
            element_name=error.facts.get("element_name") or "",
        )


def resolve(session: Session, record: Record, *, task_id: str | None = None, job_id: str | None = None) -> None:
    """Close the open incidents of an instance, or those of one of its tasks or jobs."""
    if session.rows.one(ANY, (record.id,)) is None:
        return
    text, values = RESOLVE, [session.now_text, session.actor.user_id, record.id]
    if task_id is not None:
        text, values = text + " AND task_id = ?", [*values, task_id]
    if job_id is not None:
        text, values = text + " AND job_id = ?", [*values, job_id]
    if session.rows.run(text, values):
        session.record(record, Event.INCIDENT_RESOLVED, token_id=task_id)


def resolve_stuck(session: Session, record: Record) -> None:
    """By hand something is changed about where an instance stands: whether it is stuck is asked anew."""
    text, values = RESOLVE + " AND type = ?", (session.now_text, session.actor.user_id, record.id, IncidentType.STUCK.value)
    if session.rows.run(text, values):
        session.record(record, Event.INCIDENT_RESOLVED)


def resolve_outlived(session: Session, record: Record) -> None:
    """Close the incidents about jobs, tasks and work outside that are not there any more."""
    if session.rows.run(RESOLVE + OUTLIVED, (session.now_text, session.actor.user_id, record.id)):
        session.record(record, Event.INCIDENT_RESOLVED)


def stuck(session: Session, record: Record) -> None:
    """Make an incident of an instance that waits for nothing and has not ended."""
    if record.over:
        return
    session.write()
    if not waits(session, record):
        _add_stuck(session, record)


def _add_stuck(session: Session, record: Record) -> None:
    """Name the joins that wait for tokens that cannot come, which it mostly is: one, or several for one another."""
    elements = session.execution.instance(record).stands_at()
    if not elements:
        add(session, IncidentType.STUCK, STUCK_MESSAGE, STUCK_MESSAGE_TH, record)
        return
    first, named, more = elements[0], elements[:MOST_NAMED], ["…"] if len(elements) > MOST_NAMED else []
    th = " และ ".join([*(f"“{element.name or element.id}” ({element.id})" for element in named), *more])
    en = " and ".join([*(f"'{element.name_en or element.name or element.id}' ({element.id})" for element in named), *more])
    if len(elements) == 1:
        th, en = f"{th} รอสิ่งที่มาไม่ถึง", f"{en} waits for what cannot come"
    elif all(element.type == "inclusiveGateway" for element in elements):
        th, en = f"{th} ต่างรอกันเอง", f"{en} wait for one another"
    else:
        th, en = f"{th} รอสิ่งที่มาไม่ถึง", f"{en} wait for what cannot come"
    said = (f"{en}. {STUCK_MESSAGE}", f"{th} {STUCK_MESSAGE_TH}")
    add(session, IncidentType.STUCK, *said, record, element_id=first.id, element_name=first.name)


def sweep(session: Session) -> int:
    """Look through all instances for such; returns how many were found."""
    found = 0
    for (instance_id,) in session.rows.all(STUCK):
        record = session.lock(instance_id)  # it may have gone on before this
        if not record.over and not waits(session, record) and session.rows.one(ANY, (record.id,)) is None:
            _add_stuck(session, record)
            found += 1
    return found


def waits(session: Session, record: Record) -> bool:
    """Whether an instance waits for anything: a task, a job, a message, work outside, an instance it called."""
    return session.rows.one(WAITS, (record.root_id, *(record.id,) * 5)) is not None


def close(session: Session, incident_id: str) -> None:
    """Say of one incident that it is resolved. Raises Conflict where it was already."""
    values = (session.now_text, session.actor.user_id, incident_id)
    if not session.rows.run("UPDATE incident SET resolved = ?, resolved_by = ? WHERE id = ? AND resolved IS NULL", values):
        raise Conflict("This incident is resolved already.", th="เหตุขัดข้องนี้แก้ไขแล้ว")


def annotate(session: Session, incident_id: str, text: str | None) -> None:
    """Note something about an incident, or take the note away. Raises NotFound, Invalid."""
    check_text(text or "", "annotation", LONGEST_REASON)
    if not session.rows.run("UPDATE incident SET annotation = ? WHERE id = ?", (text, incident_id)):
        raise NotFound("There is no such incident.", th="ไม่พบเหตุขัดข้องนี้")


def page(
    connection: Connection, *, root_id: str | None = None, open_only: bool = True, first: int = 0, limit: int = 50
) -> Page[IncidentView]:
    """Incidents, newest first."""
    table, instance = model.incident, model.instance
    where: list[Any] = []
    if open_only:
        where.append(table.c.resolved.is_(None))
    if root_id is not None:
        where.append(table.c.root_id == root_id)
    total = connection.scalar(select(func.count()).select_from(table).where(*where)) or 0
    query = (
        select(table, instance.c.business_key)
        .outerjoin(instance, instance.c.id == table.c.instance_id)
        .where(*where)
        .order_by(table.c.created.desc(), table.c.id.desc())
        .offset(first)
        .limit(limit)
    )
    return Page(tuple(IncidentView.of(row) for row in connection.execute(query).mappings()), total)
