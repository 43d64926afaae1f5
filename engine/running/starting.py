"""Processes that events start: the newest version of a definition waits for its messages, signals and times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine import language
from engine.deployment import definitions
from engine.errors import LanguageError
from engine.ids import new_id
from engine.language.timers import Cycle, CycleOver, parse_timer
from engine.queries import loads
from engine.spiff import starters, waits_for_all
from engine.states import JobKind, JobState
from engine.storage import model
from engine.storage.history import to_json
from engine.values import check_values

if TYPE_CHECKING:
    from engine.diagrams.model import Element, EventDefinition, Process
    from engine.running.jobs import Job
    from engine.storage.session import Record, Session

CONDITIONAL_STARTS = (
    "SELECT s.definition_id, s.element_id FROM subscription s JOIN definition d ON d.id = s.definition_id "
    "WHERE s.kind = 'conditional' AND s.name = '' AND NOT d.suspended ORDER BY s.id"
)


def watch_starts(session: Session, definition_id: str, process: Process) -> None:
    """Wait for the start events of a new version, and no longer for those of former ones."""
    table = model.definition
    former = session.connection.scalars(select(table.c.id).where(table.c.key == process.id, table.c.id != definition_id))
    definitions.forget_starts(session.connection, list(former))
    for element in starters(process):
        for event in element.events:
            _watch(session, definition_id, element, event)


def _watch(session: Session, definition_id: str, element: Element, event: EventDefinition) -> None:
    if event.kind in ("message", "signal", "conditional"):
        session.rows.insert(
            model.subscription,
            [
                {
                    "id": new_id(),
                    "kind": event.kind,
                    "name": _name(event),
                    "definition_id": definition_id,
                    "element_id": element.id,
                    "created": session.now,
                }
            ],
        )
    elif event.kind == "timer":
        value = language.template(event.expression or "", {}, functions=session.functions)
        try:
            timer = parse_timer(event.timer or "cycle", value, session.now)
        except CycleOver:
            return
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
    if not definitions.definition(session.connection, definition_id).suspended:  # what is missed then is not made up for
        start(session, definition_id, job.element_id or "", {}, trigger=("timer", ""))
    timer = Cycle.from_json(loads(job.cycle)).next(datetime.fromisoformat(job.due)) if job.cycle else None
    if timer is not None and timer.cycle is not None:
        _add_job(session, definition_id, job.element_id or "", job.element_name, timer.due, to_json(timer.cycle.to_json()))


def start(
    session: Session,
    definition_id: str,
    element_id: str,
    variables: Mapping[str, Any],
    business_key: str | None = None,
    trigger: tuple[str, str] | None = None,
) -> Record:
    """Start an instance at a start event. `trigger`: kind and name of what has occurred; a start event may wait for more beside it."""
    definition = session.shared.definitions.get(session.connection, definition_id)
    element = definition.process.elements[element_id]
    given = received(element, variables)
    if element.results_local:  # Camunda 8: what is mapped becomes variables, nothing else
        given = {one.target: language.template(one.source, given, functions=session.functions) for one in element.outputs}
    record = session.execution.start(definition, given, business_key=business_key, start_event_id=element_id)
    if trigger is not None and waits_for_all(element):
        position = [(event.kind, _name(event)) for event in element.events].index(trigger)
        session.execution.step(record, lambda running: running.occurred(element_id, position))
    return record


def received(element: Element, variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a message or signal brings, as variables: SpiffArena's events put all of it into one."""
    for event in element.events:
        if event.variable and event.kind in ("message", "signal") and set(variables) != {event.variable}:
            return {event.variable: dict(variables)}
    return variables


def start_where_it_holds(session: Session, key: str | None, variables: Mapping[str, Any], business_key: str | None) -> list[Record]:
    """Start an instance at each conditional start event whose condition the variables meet, of one process or of all."""
    check_values(variables)
    started = []
    for definition_id, element_id in session.rows.all(CONDITIONAL_STARTS):
        definition = session.shared.definitions.get(session.connection, definition_id)
        if key is None or definition.key == key:
            events = definition.process.elements[element_id].events
            if any(event.kind == "conditional" and _holds(session, event, variables) for event in events):
                started.append(start(session, definition_id, element_id, variables, business_key, ("conditional", "")))
    return started


def _holds(session: Session, event: EventDefinition, variables: Mapping[str, Any]) -> bool:
    """Whether a condition is true; where a variable that it reads was not given, it is not."""
    try:
        return language.evaluate(event.expression or "", variables, functions=session.functions) is True
    except LanguageError as error:
        if error.facts.get("missing"):
            return False
        raise


def _name(event: EventDefinition) -> str:
    return str(language.template(event.name or "", {})) if event.kind in ("message", "signal") else ""
