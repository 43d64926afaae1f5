"""Event subscriptions: what instances wait for, and what the newest versions of processes are started by.

What starts a process is told to everybody who has an account, as its diagram is; what an instance waits for to who may read it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from engine.people.authorization import contents, visible
from engine.queries import FromRow
from engine.storage import model
from engine.views.searching import Subject

if TYPE_CHECKING:
    from engine.storage.session import Session

SUBSCRIPTION, INSTANCE = model.subscription, model.instance


@dataclass(frozen=True, slots=True)
class SubscriptionView(FromRow):
    """What is waited for, by whom and where. `kind`: message signal conditional."""

    id: str
    kind: str
    name: str
    instance_id: str | None  # none: it starts its definition
    element_id: str
    created: datetime


def _query(session: Session) -> Select[Any]:
    joined = SUBSCRIPTION.outerjoin(INSTANCE, INSTANCE.c.id == SUBSCRIPTION.c.instance_id)
    of_its_scope = SUBSCRIPTION.c.name == SUBSCRIPTION.c.scope_id  # a condition has a row for each scope it sees
    once = or_(SUBSCRIPTION.c.kind != "conditional", SUBSCRIPTION.c.instance_id.is_(None), of_its_scope)
    told = or_(SUBSCRIPTION.c.instance_id.is_(None), and_(visible(session.actor, INSTANCE), contents(session.actor)))
    return select(SUBSCRIPTION).select_from(joined).where(told, once)


def _views(session: Session, rows: Sequence[Mapping[Any, Any]]) -> list[SubscriptionView]:
    return [SubscriptionView.of(row) for row in rows]


FIELDS: dict[str, ColumnElement[Any]] = {column.name: column for column in SUBSCRIPTION.columns if column.name != "correlation"}
SUBSCRIPTIONS: Subject[SubscriptionView] = Subject("event subscription", "การรอเหตุการณ์", _query, FIELDS, _views)
