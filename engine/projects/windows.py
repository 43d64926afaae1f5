"""When the numbered steps of a root instance are planned, and which dates were moved.

The plan is the root's variable `windows` (`{"12": {"opens": ISO, "closes": ISO}}`) where the process has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, exists, or_, select

from engine.language.times import parse_datetime
from engine.people import authorization
from engine.queries import loads
from engine.states import Event, JobKind
from engine.storage import model

if TYPE_CHECKING:
    from engine.storage.session import Session

WINDOWS = "windows"
MOVES = (Event.TASK_DUE_CHANGED, Event.JOB_DUE_CHANGED)


@dataclass(frozen=True, slots=True)
class Moved:
    """A date that was moved, by whom and why."""

    time: datetime
    actor: str | None
    before: datetime | None
    after: datetime | None
    reason: str


def windows(session: Session, root_id: str) -> dict[str, tuple[datetime | None, datetime | None]]:
    """When each step opens and closes, as planned."""
    found = root_variables(session, root_id).get(WINDOWS)
    if not isinstance(found, Mapping):
        return {}
    return {
        str(n): (_instant(entry.get("opens")), _instant(entry.get("closes"))) for n, entry in found.items() if isinstance(entry, Mapping)
    }


def root_variables(session: Session, root_id: str) -> dict[str, Any]:
    """The root scope's variables; of an instance that has ended, as its history tells them. No question of who asks."""
    from engine.spiff import stored_variables

    blob = session.connection.scalar(select(model.scope.c.blob).where(model.scope.c.id == root_id))
    if blob is not None:
        return stored_variables(bytes(blob))
    table = model.history
    changes = (
        select(table.c.data).where(table.c.instance_id == root_id, table.c.event == Event.VARIABLES_CHANGED.value).order_by(table.c.seq)
    )
    found: dict[str, Any] = {}
    for text in session.connection.scalars(changes):
        facts = loads(text)
        if "scope" not in facts:
            found |= facts.get("after", {})
    return found


def _instant(text: Any) -> datetime | None:
    return parse_datetime(text) if isinstance(text, str) and text else None


def moves(session: Session, root_id: str) -> dict[str, list[Moved]]:
    """The moved dates of each step, oldest first, as far as the actor may see where."""
    table = model.history
    query = select(table).where(table.c.root_id == root_id, table.c.event.in_(MOVES), table.c.step.is_not(None), told(session, root_id))
    found: dict[str, list[Moved]] = {}
    for row in session.connection.execute(query.order_by(table.c.time)).mappings():
        facts = loads(row["data"]) or {}
        if facts.get("kind") == JobKind.REMINDER:  # who is reminded on another day has to be ready on the same
            continue
        moved = Moved(
            row["time"], row["actor"], _instant(facts.get("before")), _instant(facts.get("after")), str(facts.get("reason") or "")
        )
        found.setdefault(row["step"], []).append(moved)
    return found


def told(session: Session, root_id: str) -> ColumnElement[bool]:
    """The history of the root itself and of the called instances the actor may see."""
    table, instance = model.history, model.instance
    seen = exists().where(instance.c.id == table.c.instance_id, authorization.visible(session.actor, instance))
    return or_(table.c.instance_id == root_id, seen)
