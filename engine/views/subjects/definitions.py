"""Deployments and process definitions: what runs here is no secret among those who have an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, exists, false, func, select

from engine.deployment.definitions import described
from engine.errors import NotFound
from engine.queries import DefinitionView, Deployment
from engine.storage import model
from engine.views.searching import Rule, Subject

if TYPE_CHECKING:
    from engine.storage.session import Session

DEPLOYMENT, DEFINITION, RESOURCE, INCIDENT = model.deployment, model.definition, model.resource, model.incident


def _deployments(session: Session) -> Select[Any]:
    return select(DEPLOYMENT)


def _definitions(session: Session) -> Select[Any]:
    found: Select[Any] = described()
    return found


def _latest(session: Session, wanted: Any) -> ColumnElement[bool]:
    other = DEFINITION.alias()
    newest = DEFINITION.c.version == select(func.max(other.c.version)).where(other.c.key == DEFINITION.c.key).scalar_subquery()
    return newest if wanted else ~newest


def _startable_by(session: Session, user_id: str) -> ColumnElement[bool]:
    """The definitions a user may start: what their diagrams say of starters, asked of each."""
    from engine.people import actor
    from engine.running.instances import may_start

    kept, found = session.shared.definitions, []
    try:
        who = actor(session.connection, user_id, session.now)
    except NotFound:
        return false()
    for id in session.connection.scalars(select(DEFINITION.c.id).where(DEFINITION.c.startable, ~DEFINITION.c.suspended)):
        if may_start(who, kept.get(session.connection, id)):
            found.append(id)
    return DEFINITION.c.id.in_(found)


def _deployed(session: Session, rows: Sequence[Mapping[Any, Any]]) -> list[Deployment]:
    return [Deployment.of(row) for row in rows]


def _defined(session: Session, rows: Sequence[Mapping[Any, Any]]) -> list[DefinitionView]:
    return [DefinitionView.of(row) for row in rows]


def _failing(session: Session, kind: str) -> ColumnElement[bool]:
    """Definitions with an open incident of a type: administrators are told of those."""
    if not session.actor.administrator:
        return false()
    return exists().where(INCIDENT.c.definition_id == DEFINITION.c.id, INCIDENT.c.resolved.is_(None), INCIDENT.c.type == kind)


def _listens(kind: str) -> Rule:
    table = model.subscription
    return lambda session, name: exists().where(table.c.definition_id == DEFINITION.c.id, table.c.kind == kind, table.c.name == name)


RULES: dict[str, Rule] = {
    "latest": _latest,
    "startable_by": _startable_by,
    "message": _listens("message"),
    "with_incident_of_type": _failing,
}
FIELDS: dict[str, ColumnElement[Any]] = {
    **{column.name: column for column in DEFINITION.columns},
    "resource": RESOURCE.c.path,
    "deployed": DEPLOYMENT.c.created,
}

DEPLOYMENTS: Subject[Deployment] = Subject(
    "deployment", "การติดตั้ง", _deployments, {column.name: column for column in DEPLOYMENT.columns}, _deployed
)
DEFINITIONS: Subject[DefinitionView] = Subject("process definition", "นิยามกระบวนการ", _definitions, FIELDS, _defined, RULES)
