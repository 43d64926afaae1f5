"""Messages go to the one who waits for them, signals to all; either may start a process.

A suspended instance receives nothing. Nothing is kept for it either: its history says that a message came, and when it goes on an
administrator may send the message again. Who threw it goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from engine import language
from engine.errors import Conflict, ExecutionFailed, LanguageError, NotFound
from engine.projects.windows import root_variables
from engine.running import starting
from engine.states import Event, InstanceState
from engine.storage.history import to_json
from engine.values import check_values
from engine.views.searching import Operator, holds

if TYPE_CHECKING:
    from engine.storage.session import Record, Session


@dataclass(frozen=True, slots=True)
class Waiting:
    """A subscription of an instance, and the instance's state when it was read."""

    id: str
    instance_id: str
    scope_id: str
    token_id: str
    element_id: str
    business_key: str | None
    state: str
    correlation: str | None


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom a message is for. `keys`: root variables the instance is to have with these values, or what its subscription correlates by."""

    business_key: str | None = None
    correlation: Any = None
    instance_id: str | None = None
    keys: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivered:
    """An instance that a message has reached, or that it has started."""

    instance_id: str
    started: bool = False


WAITING = (
    "SELECT s.id, s.instance_id, s.scope_id, s.token_id, s.element_id, i.business_key, i.state, s.correlation FROM subscription s "
    "JOIN instance i ON i.id = s.instance_id WHERE s.kind = ? AND s.name = ?"
)
KEYED = (
    "SELECT i.definition_id, s.element_id FROM subscription s JOIN instance i ON i.id = s.instance_id "
    "WHERE s.kind = 'message' AND s.name = ? AND s.correlation IS NOT NULL LIMIT 1"
)
PAGE = 100  # of those who wait, read together
STILL = "SELECT 1 FROM subscription WHERE id = ?"
STARTS = (
    "SELECT s.definition_id, s.element_id FROM subscription s JOIN definition d ON d.id = s.definition_id "
    "WHERE s.kind = ? AND s.name = ? AND s.instance_id IS NULL AND NOT d.suspended ORDER BY s.id"
)


def correlate(session: Session, name: str, sought: Sought, variables: Mapping[str, Any]) -> Delivered:
    """Deliver a message to exactly one who is not suspended. Raises NotFound where nobody waits, Conflict where more than one does."""
    check_values(variables)
    if sought == Sought():
        sought = Sought(correlation=_said(session, name, variables))
    to: Waiting | None = None  # the first who runs, else the first
    for one in _sought(session, name, sought):
        runs = one.state == InstanceState.ACTIVE
        if to is None or (runs and to.state != InstanceState.ACTIVE):
            to = one
        elif runs and (one.instance_id, one.element_id) != (to.instance_id, to.element_id):  # instances of one activity are alike
            raise Conflict(
                f"Several wait for the message {name!r}: say which by business key or correlation.",
                th=f"มีผู้รอข้อความ “{name}” หลายราย โปรดระบุว่าส่งให้รายใด ด้วยรหัสอ้างอิงหรือค่าที่ใช้จับคู่",
            )
    if to is not None:
        try:
            return Delivered(_deliver_now(session, name, to, variables))
        except ExecutionFailed as error:
            error.facts["origin"] = {"instance_id": to.instance_id}
            raise
    return _start(session, name, sought, variables)


def correlate_all(session: Session, name: str, sought: Sought, variables: Mapping[str, Any]) -> tuple[Delivered, ...]:
    """Deliver a message to all who wait for it and are not suspended, and start what it starts."""
    check_values(variables)
    reached = []
    for to in tuple(_sought(session, name, sought)):
        if _deliver(session, Event.MESSAGE_RECEIVED, name, to, session.lock(to.instance_id), variables):
            session.write()
            reached.append(Delivered(to.instance_id))
    if sought.instance_id is None and session.rows.all(STARTS, ("message", name)):
        reached.append(_start(session, name, sought, variables))
    return tuple(reached)


def _start(session: Session, name: str, sought: Sought, variables: Mapping[str, Any]) -> Delivered:
    starts = session.rows.all(STARTS, ("message", name))
    if not starts or sought.instance_id is not None:
        raise NotFound(f"Nobody waits for the message {name!r}.", th=f"ไม่มีกระบวนการใดรอข้อความ “{name}”")
    return Delivered(
        starting.start(session, starts[0][0], starts[0][1], variables, sought.business_key, ("message", name)).id, started=True
    )


def _sought(session: Session, name: str, sought: Sought) -> Iterator[Waiting]:
    """Who waits for the message and is meant, the longest first."""
    if sought.instance_id is None and not sought.keys:
        return _matching(session, name, sought.business_key, sought.correlation)
    text, values = WAITING, ["message", name]
    for column, value in (("i.id", sought.instance_id), ("i.business_key", sought.business_key)):
        if value is not None:
            text, values = f"{text} AND {column} = ?", [*values, value]
    return (one for one in _paged(session, text, values) if not sought.keys or _has(session, one, sought.keys))


def _has(session: Session, waiting: Waiting, keys: Mapping[str, Any]) -> bool:
    if waiting.correlation is not None and all(to_json(value) == waiting.correlation for value in keys.values()):
        return True
    variables = root_variables(session, waiting.instance_id)
    return all(name in variables and holds(variables[name], Operator.IS, value) for name, value in keys.items())


def _said(session: Session, name: str, variables: Mapping[str, Any]) -> Any:
    """What a message says its conversation is, where those who wait for it have a correlation key."""
    found = session.rows.one(KEYED, (name,))
    if found is None:
        return None
    element = session.shared.definitions.get(session.connection, found[0]).element(found[1])
    said = next((event.said for event in element.events if event.said), None)
    try:
        return None if said is None else language.evaluate(said, variables, functions=session.functions)
    except LanguageError as error:
        if error.facts.get("missing"):
            return None
        raise


def _paged(session: Session, text: str, values: Sequence[Any]) -> Iterator[Waiting]:
    """Read as far as they are asked for: thousands may wait where the first two say enough. Ids are in the order of time."""
    last, more = "", True
    while more:
        rows = session.rows.all(f"{text} AND s.id > ? ORDER BY s.id LIMIT {PAGE}", (*values, last))
        yield from (Waiting(*row) for row in rows)
        more = len(rows) == PAGE
        last = rows[-1][0] if rows else ""


def _matching(session: Session, name: str, business_key: str | None, correlation: Any) -> Iterator[Waiting]:
    """Who waits for this very correlation; with a business key, of its instances also who waits for none, or where none was said."""
    text, values = WAITING, ["message", name]
    wanted = None if correlation is None else to_json(correlation)
    if business_key is not None:
        text, values = text + " AND i.business_key = ?", [*values, business_key]
    if wanted is not None:
        either = " OR s.correlation IS NULL" if business_key is not None else ""
        text, values = f"{text} AND (s.correlation = ?{either})", [*values, wanted]
    elif business_key is None:
        text += " AND s.correlation IS NULL"
    return _paged(session, text, values)


def _deliver_now(session: Session, name: str, to: Waiting, variables: Mapping[str, Any]) -> str:
    record = session.lock(to.instance_id)
    if record.state == InstanceState.SUSPENDED:
        raise Conflict(
            "The process that waits for it is suspended; resume it first.",
            th="กระบวนการที่รอข้อความนี้ถูกพักไว้ โปรดให้ดำเนินการต่อก่อน",
            state=record.state,
        )
    if not _deliver(session, Event.MESSAGE_RECEIVED, name, to, record, variables):
        raise Conflict("Somebody else has delivered it in the meantime.", th="มีผู้ส่งข้อความนี้ไปก่อนแล้ว")
    return record.id


def _deliver(session: Session, event: Event, name: str, to: Waiting, record: Record, variables: Mapping[str, Any]) -> bool:
    """Deliver to an instance that is locked; False where it is not active or does not wait any more."""
    if record.state != InstanceState.ACTIVE or session.rows.one(STILL, (to.id,)) is None:
        return False
    _tell(session, event, name, to, record)
    given = starting.received(session.execution.definition(record).element(to.element_id), variables)
    session.execution.step(record, lambda running: running.trigger(to.scope_id, to.token_id, given))
    return True


def _tell(session: Session, event: Event, name: str, to: Waiting, record: Record) -> None:
    step = session.execution.definition(record).steps.get(to.element_id)
    session.record(record, event, element_id=to.element_id, token_id=to.token_id, step=record.step or step, facts={"name": name})


def deliver_thrown(session: Session, name: str, correlation: Any, business_key: str | None, variables: Mapping[str, Any]) -> None:
    """A message thrown by an instance: to the first it correlates with, else to what it starts; else lost (BPMN 2.0.2, 10.5.4).

    Of those it correlates with the ones of the thrower's business key come first; it does not go to another because they are suspended.
    """
    session.write()
    for to in _meant(session, name, correlation, business_key):
        if _deliver(session, Event.MESSAGE_RECEIVED, name, to, session.lock(to.instance_id), variables):
            return
    for to in _meant(session, name, correlation, business_key):
        record = session.lock(to.instance_id)
        if record.state == InstanceState.SUSPENDED and session.rows.one(STILL, (to.id,)) is not None:
            _tell(session, Event.MESSAGE_MISSED, name, to, record)
            return
    for definition_id, element_id in session.rows.all(STARTS, ("message", name))[:1]:
        starting.start(session, definition_id, element_id, variables, business_key, ("message", name))


def _meant(session: Session, name: str, correlation: Any, business_key: str | None) -> Iterator[Waiting]:
    """Who waits for this very correlation, else who waits for none and whose conversation begins only now; of them those of the key."""
    key = ("i.business_key IS NULL", ()) if business_key is None else ("i.business_key = ?", (business_key,))
    said = ("s.correlation = ?", (to_json(correlation),)) if correlation is not None else None
    for correlated in filter(None, (said, ("s.correlation IS NULL", ()))):
        for chosen in ((correlated, key), (correlated,)):
            text = " AND ".join((WAITING, *(condition for condition, _values in chosen)))
            waiting = _paged(session, text, ["message", name, *(value for _condition, values in chosen for value in values)])
            first = next(waiting, None)
            if first is not None:
                return chain((first,), waiting)
    return iter(())


def signal(session: Session, name: str, variables: Mapping[str, Any]) -> int:
    """Deliver a signal to all who wait for it; returns how many."""
    check_values(variables)
    return deliver_signal(session, name, variables)


def deliver_signal(
    session: Session, name: str, variables: Mapping[str, Any], within: str | None = None, business_key: str | None = None
) -> int:
    """To everybody who waits and is not suspended, then to what it starts, under the key; `within` one instance to who waits there."""
    session.write()
    reached = 0
    text, values = (WAITING, ["signal", name]) if within is None else (f"{WAITING} AND i.id = ?", ["signal", name, within])
    waiting = [Waiting(*row) for row in session.rows.all(text, values)]
    for to in sorted(waiting, key=lambda one: (one.instance_id, one.id)):
        if _deliver(session, Event.SIGNAL_RECEIVED, name, to, session.lock(to.instance_id), variables):
            session.write()
            reached += 1
    for definition_id, element_id in session.rows.all(STARTS, ("signal", name)) if within is None else ():
        starting.start(session, definition_id, element_id, variables, business_key, ("signal", name))
        reached += 1
    return reached
