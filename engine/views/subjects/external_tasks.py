"""External tasks: what waits for workers outside or is in their hands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, select

from engine.dates.clock import real_now
from engine.people.authorization import visible
from engine.queries import ExternalTaskView
from engine.running.external_tasks import told
from engine.states import ExternalTaskState
from engine.storage import model
from engine.views.searching import Rule, Subject

if TYPE_CHECKING:
    from engine.storage.session import Session

TABLE = model.external_task
FIELDS: dict[str, ColumnElement[Any]] = {column.name: column for column in TABLE.columns if column.name not in ("error", "error_details")}


def _query(session: Session) -> Select[Any]:
    return select(TABLE).where(visible(session.actor, TABLE))


def _views(session: Session, rows: Sequence[Mapping[Any, Any]]) -> list[ExternalTaskView]:
    return [told(session, row) for row in rows]


def _locked(session: Session, wanted: bool) -> ColumnElement[bool]:
    """Whether somebody has it in hand: its lock has not run out."""
    now = real_now()
    return TABLE.c.lock_until > now if wanted else TABLE.c.lock_until.is_(None) | (TABLE.c.lock_until <= now)


def _retries_left(session: Session, wanted: bool) -> ColumnElement[bool]:
    return TABLE.c.retries.is_(None) | (TABLE.c.retries > 0) if wanted else TABLE.c.retries == 0


def _suspended(session: Session, wanted: bool) -> ColumnElement[bool]:
    return TABLE.c.state == ExternalTaskState.SUSPENDED if wanted else TABLE.c.state != ExternalTaskState.SUSPENDED


RULES: dict[str, Rule] = {"locked": _locked, "retries_left": _retries_left, "suspended": _suspended}
EXTERNAL_TASKS: Subject[ExternalTaskView] = Subject("external task", "งานภายนอก", _query, FIELDS, _views, RULES)
