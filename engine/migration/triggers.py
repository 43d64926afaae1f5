"""What a moved instance waits for: timers as they were or as the new version says, messages by their new names."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.language.timers import CycleOver, parse_timer
from engine.migration.plan import Due
from engine.migration.rewriting import awaited
from engine.spiff.elements import conditional_events
from engine.states import JobKind
from engine.storage.history import to_json

if TYPE_CHECKING:
    from engine.diagrams.model import EventDefinition
    from engine.migration.before import Before
    from engine.migration.carried import Carried, Standing
    from engine.migration.moving import Route
    from engine.running.outside import Outside
    from engine.spiff import Token
    from engine.storage.session import Record, Session

SET_DUE = "UPDATE job SET due = ?, cycle = ? WHERE id = ?"
DROP = "DELETE FROM subscription WHERE token_id = ? AND kind IN ('message', 'signal')"
DROP_CONDITIONS = "DELETE FROM subscription WHERE token_id = ? AND kind = 'conditional'"


def renew(session: Session, record: Record, route: Route, carried: Carried, before: Before) -> None:
    """Bring what is waited for in line with the new version, as the plan says."""
    timers = [row for row in before.jobs if row["kind"] == JobKind.TIMER]
    messages = {row["token_id"] for row in before.subscriptions if row["kind"] in ("message", "signal")}
    conditions = {row["token_id"] for row in before.subscriptions if row["kind"] == "conditional"}
    outside = session.execution.outside(record)
    for row in timers:
        one = carried.standing.get(row["token_id"])
        if one is not None and (route.plan.due != Due.KEEP or _updates(route, one)):
            _recalculate(session, route, outside, row, one)
    for token_id in messages:
        one = carried.standing.get(token_id)
        if one is not None and _updates(route, one):
            session.rows.run(DROP, (token_id,))
            token, element = _token(outside, one), awaited(route.new, one)
            for event in _definitions(route, one):
                if event.kind in ("message", "signal"):
                    outside.subscribe(token, element, event, token.view())
    if carried.dissolved or any(place.scope is None for place in carried.places.values()):
        for token_id in conditions & carried.standing.keys():
            one = carried.standing[token_id]
            session.rows.run(DROP_CONDITIONS, (token_id,))
            conditional_events.await_condition(_token(outside, one), awaited(route.new, one))


def _updates(route: Route, one: Standing) -> bool:
    instruction = route.plan.instructions.get(one.token.element_id) if one.token is not None else None
    return instruction is not None and instruction.update


def _token(outside: Outside, one: Standing) -> Token:
    return outside.execution.instance(outside.record).scopes[one.place.id].tasks[one.id]


def _definitions(route: Route, one: Standing) -> list[EventDefinition]:
    """The definitions that a token waits for: of several that are waited for together, its own."""
    events = list(awaited(route.new, one).events)
    position = one.memory.get("definition")
    return events if position is None else [events[position]]


def _recalculate(session: Session, route: Route, outside: Outside, row: dict[str, Any], one: Standing) -> None:
    """A timer as the new version says it, counted from when it began; a cycle only where it is another one."""
    events = [event for event in _definitions(route, one) if event.kind == "timer"]
    if len(events) != 1:  # which of several a job is for is not told by its row: they stay
        return
    (event,), token = events, _token(outside, one)
    former = route.old.element(row["element_id"]).events
    if event.timer == "cycle" and any((event.timer, event.expression) == (other.timer, other.expression) for other in former):
        return
    base = session.now if event.timer == "cycle" else datetime.fromisoformat(row["created"])
    value = outside.template(event.expression or "", token.view())
    try:
        timer = parse_timer(event.timer or "duration", value, base)
    except CycleOver:
        return
    session.rows.run(SET_DUE, (timer.due, to_json(timer.cycle.to_json()) if timer.cycle is not None else None, row["id"]))
