"""How the work of each topic stands: what waits for workers outside, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, select

from engine.people import authorization
from engine.states import ExternalTaskState
from engine.storage import model
from engine.storage.rows import instant

if TYPE_CHECKING:
    from engine.storage.session import Session


@dataclass(frozen=True, slots=True)
class TopicView:
    """How the work of a topic stands. `since`: when the oldest of those that nobody has in hands was made."""

    topic: str
    free: int
    locked: int
    failed: int
    suspended: int
    since: datetime | None


def topics(session: Session) -> tuple[TopicView, ...]:
    """The topics something waits for, as far as the actor may know; where the oldest waits first."""
    table = model.external_task
    counts: list[Any] = [func.sum(case((table.c.state == state, 1), else_=0)) for state in ExternalTaskState]
    oldest = func.min(case((table.c.state == "FREE", table.c.created)))
    query: Any = select(table.c.topic, *counts, oldest).where(authorization.visible(session.actor, table)).group_by(table.c.topic)
    found = []
    for topic, free, locked, failed, suspended, since in session.connection.execute(query):
        at = since if isinstance(since, datetime) else instant(since)
        found.append(TopicView(topic, int(free), int(locked), int(failed), int(suspended), at))
    return tuple(sorted(found, key=lambda view: (view.since is None, view.since, view.topic)))
