"""The variables of an open task alone: what its inputs gave it, and what was set for it; they end with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select

from engine.errors import NotFound
from engine.people.authorization import require_sight
from engine.running.outside import StoredScopes
from engine.spiff import Instance
from engine.states import Event, InstanceState
from engine.storage import model
from engine.values import check_reason, check_set_by_hand

if TYPE_CHECKING:
    from sqlalchemy import Row

    from engine.spiff import Host
    from engine.storage.session import Session


def names(session: Session, task_id: str) -> frozenset[str]:
    """What they are called. Raises NotFound."""
    task = _open(session, task_id)
    definition = session.shared.definitions.get(session.connection, task.definition_id)
    reader = Instance(definition.compiled, cast("Host", StoredScopes(session)), task.instance_id)
    return frozenset(reader.locals_of(task.scope_id, task_id))


def change(session: Session, task_id: str, variables: Mapping[str, Any], remove: Iterable[str], reason: str) -> None:
    """Set some and take some out, to repair. Raises NotFound, Invalid."""
    check_reason(reason)
    check_set_by_hand(variables)
    task = _open(session, task_id)
    record = session.lock(task.instance_id)
    suspended = record.state == InstanceState.SUSPENDED
    facts = {"note": "variables set by hand", "reason": reason}
    session.record(record, Event.NOTED, element_id=task.element_id, token_id=task_id, facts=facts)
    session.execution.step(record, lambda running: running.change_locals(task.scope_id, task_id, variables, remove, suspended))


def _open(session: Session, task_id: str) -> Row[Any]:
    require_sight(session.connection, session.actor, model.task, task_id)
    table = model.task
    row = session.connection.execute(select(table).where(table.c.id == task_id)).first()
    if row is None:
        raise NotFound("There is no such task.", th="ไม่พบงานนี้")
    if row.ended is not None:
        raise NotFound("This task is not open.", th="งานนี้ไม่ได้เปิดอยู่")
    return row
