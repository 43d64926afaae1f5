"""What an administrator does about an incident: what failed is tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.errors import Conflict, NotFound
from engine.running import external_tasks, incidents, jobs
from engine.states import Event, IncidentType
from engine.storage import model

if TYPE_CHECKING:
    from engine.storage.session import Session


def retry(session: Session, incident_id: str) -> None:
    """Queue the failed job or work outside again, or close the incident of a step that its worker may now repeat.

    Raises NotFound, Conflict.
    """
    row = session.connection.execute(select(model.incident).where(model.incident.c.id == incident_id)).mappings().first()
    if row is None:
        raise NotFound("There is no such incident.", th="ไม่พบเหตุขัดข้องนี้")
    if row["resolved"] is not None:
        raise Conflict("This incident is resolved already.", th="เหตุขัดข้องนี้แก้ไขแล้ว")
    if row["job_id"] is not None:
        jobs.retry(session, row["job_id"])
        return
    if row["type"] == IncidentType.FAILED_EXTERNAL_TASK and row["task_id"] is not None:
        external_tasks.set_retries(session, [row["task_id"]], 1)
        return
    record = session.lock(row["instance_id"])
    if row["type"] == IncidentType.STUCK and not record.over and not incidents.waits(session, record):
        raise Conflict(incidents.STUCK_MESSAGE, th=incidents.STUCK_MESSAGE_TH)
    incidents.close(session, record, incident_id)
    session.record(record, Event.INCIDENT_RESOLVED, element_id=row["element_id"], token_id=row["task_id"])
