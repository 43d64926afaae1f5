"""What an administrator does about an incident: what failed is tried again, with other variables if they were the cause, or left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.errors import Conflict, NotFound
from engine.running import external_tasks, incidents, instances, jobs
from engine.states import Event, IncidentType
from engine.storage import model
from engine.values import check_reason

if TYPE_CHECKING:
    from engine.storage.session import Session

COMPLETED_AGAIN = (
    "The task waits: whoever does it completes it again, which resolves the incident. To be rid of the incident before that, close it."
)
COMPLETED_AGAIN_TH = "งานนี้ยังรออยู่: ผู้ทำงานต้องส่งงานอีกครั้ง แล้วเหตุขัดข้องจะปิดเอง หากต้องการปิดก่อนนั้น โปรดเลือกปิดเหตุขัดข้อง"


def retry(session: Session, incident_id: str, reason: str = "", variables: Mapping[str, Any] | None = None) -> None:
    """Queue the failed job or work outside again, or close the incident of a step whose variables are set right.

    `variables`: set in the instance first. Raises NotFound, Invalid, Conflict (also for a user task that waits to be completed again).
    """
    row = _open(session, incident_id)
    if reason:
        incidents.annotate(session, incident_id, reason)
    if row["instance_id"] is not None and (reason or variables):
        if variables:
            instances.set_variables(session, row["instance_id"], variables, reason)
        facts = {"reason": reason}
        record = session.lock(row["instance_id"])
        session.record(record, Event.INCIDENT_RETRIED, element_id=row["element_id"], token_id=row["task_id"], facts=facts)
        if not _still_open(session, incident_id):
            return  # what was set has led on from there
    if row["job_id"] is not None:
        jobs.retry(session, row["job_id"])
        return
    if row["type"] == IncidentType.FAILED_EXTERNAL_TASK and row["task_id"] is not None:
        external_tasks.set_retries(session, [row["task_id"]], 1)
        return
    record = session.lock(row["instance_id"])
    if row["type"] == IncidentType.FAILED_STEP and not variables and _task_waits(session, row["task_id"]):
        raise Conflict(COMPLETED_AGAIN, th=COMPLETED_AGAIN_TH)
    if row["type"] == IncidentType.STUCK and not record.over and not incidents.waits(session, record):
        raise Conflict(incidents.STUCK_MESSAGE, th=incidents.STUCK_MESSAGE_TH)
    incidents.close(session, incident_id)
    session.record(record, Event.INCIDENT_RESOLVED, element_id=row["element_id"], token_id=row["task_id"])


def dismiss(session: Session, incident_id: str, reason: str) -> None:
    """Close an incident and leave what failed as it is. Raises NotFound, Conflict, Invalid."""
    check_reason(reason)
    row = _open(session, incident_id)
    facts = {"reason": reason, "dismissed": True}
    if row["instance_id"] is not None:
        record = session.lock(row["instance_id"])
        session.record(record, Event.INCIDENT_RESOLVED, element_id=row["element_id"], token_id=row["task_id"], facts=facts)
    incidents.close(session, incident_id)
    incidents.annotate(session, incident_id, reason)


def _open(session: Session, incident_id: str) -> Mapping[Any, Any]:
    row = session.connection.execute(select(model.incident).where(model.incident.c.id == incident_id)).mappings().first()
    if row is None:
        raise NotFound("There is no such incident.", th="ไม่พบเหตุขัดข้องนี้")
    if row["resolved"] is not None:
        raise Conflict("This incident is resolved already.", th="เหตุขัดข้องนี้แก้ไขแล้ว")
    return row


def _task_waits(session: Session, task_id: str | None) -> bool:
    return task_id is not None and session.rows.one("SELECT 1 FROM task WHERE id = ? AND ended IS NULL", (task_id,)) is not None


def _still_open(session: Session, incident_id: str) -> bool:
    return session.rows.one("SELECT 1 FROM incident WHERE id = ? AND resolved IS NULL", (incident_id,)) is not None
