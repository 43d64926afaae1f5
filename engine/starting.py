"""Processes that events start: the newest version of a definition waits for its messages, signals and times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine import definitions, language, model
from engine.history import to_json
from engine.ids import new_id
from engine.language.timers import Cycle, parse_timer
from engine.queries import loads
from engine.spiff import starters
from engine.states import JobKind, JobState

if TYPE_CHECKING:
    from engine.diagrams.model import Element, EventDefinition, Process
    from engine.jobs import Job
    from engine.session import Record, Session


def watch_starts(session: Session, definition_id: str, process: Process) -> None:
    """Wait for the start events of a new version, and no longer for those of former ones."""
    table = model.definition
    former = session.connection.scalars(select(table.c.id).where(table.c.key == process.id, table.c.id != definition_id))
    definitions.forget_starts(session.connection, list(former))
    for element in starters(process):
        for event in element.events:
            _watch(session, definition_id, element, event)


def _watch(session: Session, definition_id: str, element: Element, event: EventDefinition) -> None:
    if event.kind in ("message", "signal"):
        session.rows.insert(
            model.subscription,
            [
                {
                    "id": new_id(),
                    "kind": event.kind,
                    "name": str(language.template(event.name or "", {})),
                    "definition_id": definition_id,
                    "element_id": element.id,
                    "created": session.now,
                }
            ],
        )
    elif event.kind == "timer":
        value = language.template(event.expression or "", {}, functions=session.functions)
        timer = parse_timer(event.timer or "cycle", value, session.now)
        cycle = to_json(timer.cycle.to_json()) if timer.cycle is not None else None
        _add_job(session, definition_id, element.id, element.name, timer.due, cycle)


def _add_job(session: Session, definition_id: str, element_id: str, element_name: str, due: datetime, cycle: str | None) -> None:
    session.rows.insert(
        model.job,
        [
            {
                "id": new_id(),
                "kind": JobKind.START,
                "state": JobState.PENDING,
                "due": due,
                "cycle": cycle,
                "definition_id": definition_id,
                "element_id": element_id,
                "element_name": element_name,
                "created": session.now,
            }
        ],
    )


def fire(session: Session, job: Job) -> None:
    """A timed start has come; the next round of a cycle is planned."""
    definition_id = job.definition_id or ""
    start(session, definition_id, job.element_id or "", {})
    timer = Cycle.from_json(loads(job.cycle)).next(datetime.fromisoformat(job.due)) if job.cycle else None
    if timer is not None and timer.cycle is not None:
        _add_job(session, definition_id, job.element_id or "", job.element_name, timer.due, to_json(timer.cycle.to_json()))


def start(session: Session, definition_id: str, element_id: str, variables: Mapping[str, Any], business_key: str | None = None) -> Record:
    """Start an instance at a start event."""
    definition = session.shared.definitions.get(session.connection, definition_id)
    return session.execution.start(definition, variables, business_key=business_key, start_event_id=element_id)
