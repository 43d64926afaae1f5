"""Jobs and incidents: for administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from engine.queries import IncidentView, JobView
from engine.states import JobKind, JobState, Verb
from engine.storage import model
from engine.views.searching import Rule, Subject

if TYPE_CHECKING:
    from engine.storage.session import Session

JOB, INCIDENT, INSTANCE, DEFINITION = model.job, model.incident, model.instance, model.definition
KEY = DEFINITION.c.key.label("definition_key")


def _jobs(session: Session) -> Select[Any]:
    return select(JOB, KEY).outerjoin(DEFINITION, DEFINITION.c.id == JOB.c.definition_id)


def _incidents(session: Session) -> Select[Any]:
    joined = INCIDENT.outerjoin(INSTANCE, INSTANCE.c.id == INCIDENT.c.instance_id)
    joined = joined.outerjoin(DEFINITION, DEFINITION.c.id == INCIDENT.c.definition_id)
    return select(INCIDENT, INSTANCE.c.business_key, KEY).select_from(joined)


def _open_incidents(session: Session) -> Select[Any]:
    return _incidents(session).where(INCIDENT.c.resolved.is_(None))


def _job_views(session: Session, rows: Sequence[Mapping[Any, Any]]) -> list[JobView]:
    return [JobView.of(row) for row in rows]


def _incident_views(session: Session, rows: Sequence[Mapping[Any, Any]]) -> list[IncidentView]:
    return [IncidentView.of(row) for row in rows]


def _keys_of(table: Any) -> Rule:
    """By the keys of definitions."""
    definition = model.definition
    return lambda session, keys: table.c.definition_id.in_(select(definition.c.id).where(definition.c.key.in_(keys)))


JOB_RULES: dict[str, Rule] = {
    "definition_key": lambda session, key: _keys_of(JOB)(session, [key]),
    "timers": lambda session, wanted: JOB.c.kind.in_((JobKind.TIMER, JobKind.START, JobKind.REMINDER)),
    "messages": lambda session, wanted: JOB.c.kind.in_((JobKind.HANDLER, JobKind.CONTINUATION)),
    "executable": lambda session, wanted: and_(JOB.c.state == JobState.PENDING, JOB.c.due <= session.now, JOB.c.retries > 0),
    "suspended": lambda session, wanted: JOB.c.state == JobState.SUSPENDED if wanted else JOB.c.state != JobState.SUSPENDED,
}
JOBS: Subject[JobView] = Subject(
    "job", "งานของระบบ", _jobs, {column.name: column for column in JOB.columns}, _job_views, JOB_RULES, verb=Verb.ADMINISTER
)
_INCIDENT_FIELDS: dict[str, ColumnElement[Any]] = {column.name: column for column in INCIDENT.columns}
_INCIDENT_RULES: dict[str, Rule] = {
    "definition_keys": _keys_of(INCIDENT),
    "cause": lambda session, id: or_(INCIDENT.c.job_id == id, INCIDENT.c.task_id == id),
}
OPEN_INCIDENTS: Subject[IncidentView] = Subject(
    "incident", "เหตุขัดข้อง", _open_incidents, _INCIDENT_FIELDS, _incident_views, _INCIDENT_RULES, verb=Verb.ADMINISTER
)
ALL_INCIDENTS: Subject[IncidentView] = Subject(
    "incident", "เหตุขัดข้อง", _incidents, _INCIDENT_FIELDS, _incident_views, _INCIDENT_RULES, verb=Verb.ADMINISTER
)
