"""Sealed values that an actor may read: his own, and those whose category was granted to his groups. No role opens a seal.

A handler reads them with the engine's own eyes (`engine.context`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from engine.people import authorization
from engine.projects import roots
from engine.queries import loads
from engine.storage import model

if TYPE_CHECKING:
    from engine.storage.session import Session


@dataclass(frozen=True, slots=True)
class Released:
    """One sealed field of one form."""

    task_id: str
    instance_id: str
    category: str
    unit: str | None
    field: str
    value: Any
    created: datetime
    created_by: str


def released(session: Session, root_id: str, *, category: str | None = None, unit: str | None = None) -> tuple[Released, ...]:
    """The sealed values under a root instance that the actor may read, oldest first. Raises NotFound."""
    roots.row(session, root_id)
    table, actor = model.sealed, session.actor
    query = select(table).where(table.c.root_id == root_id, or_(table.c.created_by == actor.user_id, authorization.granted(actor, table)))
    if category is not None:
        query = query.where(table.c.category == category)
    if unit is not None:
        query = query.where(table.c.unit == unit)
    rows = session.connection.execute(query.order_by(table.c.created, table.c.id)).mappings()
    names = Released.__dataclass_fields__
    return tuple(Released(**{name: loads(row[name]) if name == "value" else row[name] for name in names}) for row in rows)
