"""Messages go to the one who waits for them, signals to all; either may start a process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine import starting
from engine.errors import Conflict, ExecutionFailed, NotFound
from engine.history import to_json
from engine.states import Event, InstanceState
from engine.values import check_values

if TYPE_CHECKING:
    from engine.session import Session

WAITING = (
    "SELECT s.id, s.instance_id, s.scope_id, s.token_id, s.element_id, s.correlation, i.business_key FROM subscription s "
    "JOIN instance i ON i.id = s.instance_id WHERE s.kind = ? AND s.name = ? ORDER BY s.created, s.id"
)
STARTS = "SELECT definition_id, element_id FROM subscription WHERE kind = ? AND name = ? AND instance_id IS NULL ORDER BY id"


def correlate(session: Session, name: str, business_key: str | None, correlation: Any, variables: Mapping[str, Any]) -> str:
    """Deliver a message to exactly one. Raises NotFound where nobody waits, Conflict where more than one does."""
    check_values(variables)
    matching = _matching(session, name, business_key, correlation)
    if len(matching) > 1:
        raise Conflict(f"{len(matching)} wait for the message {name!r}: say which by business key or correlation.", waiting=len(matching))
    if matching:
        try:
            return _deliver(session, Event.MESSAGE_RECEIVED, name, matching[0], variables)
        except ExecutionFailed as error:
            error.facts["origin"] = {"instance_id": matching[0][1]}
            raise
    starts = session.rows.all(STARTS, ("message", name))
    if not starts:
        raise NotFound(f"Nobody waits for the message {name!r}.")
    record = starting.start(session, starts[0][0], starts[0][1], variables, business_key)
    return record.id


def _matching(session: Session, name: str, business_key: str | None, correlation: Any) -> list[tuple[Any, ...]]:
    wanted = None if correlation is None else to_json(correlation)
    rows = session.rows.all(WAITING, ("message", name))
    if business_key is not None:
        rows = [row for row in rows if row[6] == business_key]
    return [
        row
        for row in rows
        if row[5] == wanted or (row[5] is None and business_key is not None) or (wanted is None and business_key is not None)
    ]


def _deliver(session: Session, event: Event, name: str, row: tuple[Any, ...], variables: Mapping[str, Any]) -> str:
    subscription_id, instance_id, scope_id, token_id, element_id = row[:5]
    record = session.lock(instance_id)
    if record.state == InstanceState.SUSPENDED:
        raise Conflict("The process that waits for it is suspended.")
    if session.rows.one("SELECT 1 FROM subscription WHERE id = ?", (subscription_id,)) is None:
        raise Conflict("Somebody else has delivered it in the meantime.")
    step = session.execution.definition(record).steps.get(element_id)
    session.record(record, event, element_id=element_id, token_id=token_id, step=record.step or step, facts={"name": name})
    session.execution.step(record, lambda running: running.trigger(scope_id, token_id, variables))
    return record.id


def deliver_thrown(session: Session, name: str, correlation: Any, business_key: str | None, variables: Mapping[str, Any]) -> None:
    """A message thrown by an instance: to the first it correlates with, else to what it starts; else lost (BPMN 2.0.2, 10.5.4)."""
    session.write()
    matching = _matching(session, name, None, correlation)
    same_key = [row for row in matching if row[6] == business_key]
    if matching:
        _deliver(session, Event.MESSAGE_RECEIVED, name, (same_key or matching)[0], variables)
        return
    for definition_id, element_id in session.rows.all(STARTS, ("message", name))[:1]:
        starting.start(session, definition_id, element_id, variables, business_key)


def signal(session: Session, name: str, variables: Mapping[str, Any]) -> int:
    """Deliver a signal to all who wait for it; returns how many."""
    check_values(variables)
    return deliver_signal(session, name, variables)


def deliver_signal(session: Session, name: str, variables: Mapping[str, Any]) -> int:
    """To everybody who waits and is not suspended, then to what it starts."""
    session.write()
    reached = 0
    for row in sorted(session.rows.all(WAITING, ("signal", name)), key=lambda row: (row[1], row[0])):
        record = session.lock(row[1])
        still = session.rows.one("SELECT 1 FROM subscription WHERE id = ?", (row[0],))
        if record.state == InstanceState.ACTIVE and still is not None:
            _deliver(session, Event.SIGNAL_RECEIVED, name, row, variables)
            session.write()
            reached += 1
    for definition_id, element_id in session.rows.all(STARTS, ("signal", name)):
        starting.start(session, definition_id, element_id, variables)
        reached += 1
    return reached
