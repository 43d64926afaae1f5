"""Job definitions: the timers of diagrams, and where they have an instance go on in a transaction of its own.

They stand in no table: the diagrams are asked. What runs here is no secret among those who have an account.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, select

from engine.diagrams.model import Element
from engine.queries import loads
from engine.states import JobKind
from engine.storage import model
from engine.views.searching import Condition, Conditions, Gathered, Operator

if TYPE_CHECKING:
    from engine.deployment.definitions import Definition
    from engine.storage.session import Session

TIMERS = {"startEvent": "timer-start-event", "boundaryEvent": "timer-transition", "intermediateCatchEvent": "timer-intermediate-transition"}
OF_EVENT_SUB_PROCESS = "timer-start-event-subprocess"
ASYNC = "async-continuation"
KINDS: dict[str, str] = {JobKind.TIMER: "timer", JobKind.START: "timer", JobKind.HANDLER: "async", JobKind.CONTINUATION: "async"}
DEFINITION = model.definition


@dataclass(frozen=True, slots=True)
class JobDefinition:
    """What makes jobs of an element. `configuration`: "DURATION: P1D", or "async-before", "async-after"."""

    id: str
    definition_id: str
    definition_key: str
    deployment_id: str
    element_id: str
    type: str
    configuration: str
    suspended: bool
    of_start: bool  # it starts the process


def id_of(definition_id: str | None, element_id: str | None, kind: str) -> str | None:
    """The id of what makes jobs of a kind at an element; None of jobs that no diagram has, such as reminders."""
    if definition_id is None or element_id is None or kind not in KINDS:
        return None
    return f"{definition_id}:{element_id}:{KINDS[kind]}"


def _gather(session: Session, conditions: Conditions) -> list[JobDefinition]:
    query = select(DEFINITION.c.id, DEFINITION.c.deployment_id, DEFINITION.c.suspended, DEFINITION.c.held).where(*_narrowed(conditions))
    kept = session.shared.definitions
    return [
        JobDefinition(
            f"{id}:{element_id}:{kind}", id, definition.key, deployment_id, element_id, type_, configuration,
            bool(suspended) or element_id in (loads(held) or ()), type_ == TIMERS["startEvent"],
        )
        for id, deployment_id, suspended, held in session.connection.execute(query)
        for definition in (kept.get(session.connection, id),)
        for element_id, kind, type_, configuration in _of(definition)
    ]  # fmt: skip


def _narrowed(conditions: Conditions) -> Iterator[ColumnElement[bool]]:
    """The definitions to look into: as many as are named."""
    columns = {"definition_id": DEFINITION.c.id, "definition_key": DEFINITION.c.key}
    for condition in conditions:
        if not isinstance(condition, Condition) or condition.operator is not Operator.IS:
            continue
        if condition.field in columns:
            yield columns[condition.field] == condition.value
        elif condition.field == "id":
            yield DEFINITION.c.id == condition.value.rsplit(":", 2)[0]


def _of(definition: Definition) -> Iterator[tuple[str, str, str, str]]:
    for element in definition.process.elements.values():
        for event in element.events:
            if event.timer is not None and element.type in TIMERS:
                yield element.id, "timer", _timer_type(definition, element), f"{event.timer.upper()}: {event.expression or ''}"
                break  # events with several timers are one definition
        deferred = element.work is not None and element.work.deferred
        if element.async_before or element.async_after or deferred:
            yield element.id, "async", ASYNC, "async-after" if element.async_after and not element.async_before else "async-before"


def _timer_type(definition: Definition, element: Element) -> str:
    around = definition.process.elements.get(element.parent or "")
    inside = element.type == "startEvent" and around is not None and around.triggered_by_event
    return OF_EVENT_SUB_PROCESS if inside else TIMERS[element.type]


FIELDS = frozenset(("id", "definition_id", "definition_key", "deployment_id", "element_id", "type", "configuration", "suspended"))
JOB_DEFINITIONS: Gathered[JobDefinition] = Gathered("job definition", "นิยามงานของระบบ", _gather, FIELDS)
