"""Process instances: those that go on, and all that ever were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select

from engine.people.authorization import contents, visible
from engine.queries import InstanceView
from engine.states import Event, InstanceState
from engine.storage import model
from engine.views.searching import Rule, Subject
from engine.views.subjects.variables import of_instances

if TYPE_CHECKING:
    from engine.storage.session import Session

INSTANCE, DEFINITION, INCIDENT, TASK = model.instance, model.definition, model.incident, model.task
RUNNING = (InstanceState.ACTIVE, InstanceState.SUSPENDED)
FIELDS: dict[str, ColumnElement[Any]] = {
    **{column.name: column for column in INSTANCE.columns},
    "definition_name": DEFINITION.c.name,
    "definition_version": DEFINITION.c.version,
    "deployment_id": DEFINITION.c.deployment_id,
}


def _all(session: Session) -> Select[Any]:
    definition = (DEFINITION.c.name, DEFINITION.c.name_en, DEFINITION.c.version)
    names = [column.label(f"definition_{column.name}") for column in definition]
    joined = INSTANCE.join(DEFINITION, DEFINITION.c.id == INSTANCE.c.definition_id)
    return select(INSTANCE, *names).select_from(joined).where(visible(session.actor, INSTANCE))


def _ever(session: Session) -> Select[Any]:
    """With where they began: the history's second event, after that of the instance, says so of all that begin at a start event."""
    table = model.history
    begun = (table.c.instance_id == INSTANCE.c.id, table.c.seq == 2, table.c.event == Event.ACTIVITY_STARTED)
    return _all(session).add_columns(select(table.c.element_id).where(*begun).scalar_subquery().label("start_element_id"))


def _running(session: Session) -> Select[Any]:
    return _all(session).where(INSTANCE.c.state.in_(RUNNING))


def _views(session: Session, rows: Sequence[Mapping[Any, Any]]) -> list[InstanceView]:
    return [InstanceView.of(row) for row in rows]


def _failing(session: Session, *named: ColumnElement[bool]) -> ColumnElement[bool]:
    """Instances with an open incident: administrators are told of those."""
    if not session.actor.administrator:
        return false()
    return exists().where(INCIDENT.c.instance_id == INSTANCE.c.id, INCIDENT.c.resolved.is_(None), *named)


def _has_child(session: Session, child_id: str) -> ColumnElement[bool]:
    child = INSTANCE.alias("child")
    known = select(INSTANCE.c.id).where(visible(session.actor, INSTANCE)).correlate(None)
    return exists().where(child.c.parent_id == INSTANCE.c.id, child.c.id == child_id, child.c.id.in_(known))


def _leaf(session: Session, wanted: Any) -> ColumnElement[bool]:
    child = INSTANCE.alias("child")
    calls = exists().where(child.c.parent_id == INSTANCE.c.id, child.c.state.in_(RUNNING))
    return ~calls if wanted else calls


def _waits_at(session: Session, element_ids: list[str]) -> ColumnElement[bool]:
    """With a task there that the actor may know of; of instances whose contents he may read, with anything that waits there."""
    tasks = and_(TASK.c.root_id == INSTANCE.c.root_id, TASK.c.instance_id == INSTANCE.c.id, TASK.c.element_id.in_(element_ids))
    found: list[ColumnElement[bool]] = [exists().where(tasks, TASK.c.ended.is_(None), visible(session.actor, TASK))]
    for table in (model.job, model.subscription, model.external_task):
        found.append(
            and_(contents(session.actor), exists().where(table.c.instance_id == INSTANCE.c.id, table.c.element_id.in_(element_ids)))
        )
    return or_(*found)


def _listens(kind: str) -> Rule:
    table = model.subscription
    return lambda session, name: and_(
        contents(session.actor), exists().where(table.c.instance_id == INSTANCE.c.id, table.c.kind == kind, table.c.name == name)
    )


RULES: dict[str, Rule] = {
    "message": _listens("message"),
    "signal": _listens("signal"),
    "waits_at": lambda session, element_id: _waits_at(session, [element_id]),
    "with_incident": lambda session, wanted: _failing(session) if wanted else ~_failing(session),
    "incident_id": lambda session, id: _failing(session, INCIDENT.c.id == id),
    "incident_type": lambda session, kind: _failing(session, INCIDENT.c.type == kind),
    "child_id": _has_child,
    "leaf": _leaf,
    "activity_in": _waits_at,
}
OF_RUNNING: dict[str, Rule] = RULES | {"variables": of_instances(ended=False)}
OF_ALL: dict[str, Rule] = RULES | {"variables": of_instances(ended=True)}
RUNNING_INSTANCES: Subject[InstanceView] = Subject("process instance", "กระบวนการ", _running, FIELDS, _views, OF_RUNNING)
ALL_INSTANCES: Subject[InstanceView] = Subject("process instance", "กระบวนการ", _ever, FIELDS, _views, OF_ALL)
