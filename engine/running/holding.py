"""One activity is suspended, in an instance or in all of a definition: what is open there waits, and so does what comes there.

Which activities are stands in a column of the instance's row, which every step reads anyhow: while none is, a step asks nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.errors import Conflict, NotFound
from engine.running import external_tasks
from engine.states import Event, InstanceState, SystemEvent
from engine.storage import journal
from engine.storage.history import to_json
from engine.values import check_reason

if TYPE_CHECKING:
    from engine.deployment.definitions import Definition
    from engine.diagrams.model import Element
    from engine.storage.session import Record, Session

# "ended IS NULL" and the root, for the index of what is open: an instance may have ended thousands of others
SUSPEND_TASKS = (
    "UPDATE task SET state = 'SUSPENDED', revision = revision + 1 WHERE ended IS NULL AND state IN ('CREATED', 'CLAIMED') "
    "AND root_id = ? AND instance_id = ?"
)
RESUME_TASKS = (
    "UPDATE task SET state = CASE WHEN assignee IS NULL THEN 'CREATED' ELSE 'CLAIMED' END, revision = revision + 1 "
    "WHERE ended IS NULL AND state = 'SUSPENDED' AND root_id = ? AND instance_id = ?"
)
HOLD_ALL = (SUSPEND_TASKS, "UPDATE job SET state = 'SUSPENDED' WHERE state = 'PENDING' AND instance_id = ?", external_tasks.SUSPEND)
LET_ALL_GO = (RESUME_TASKS, "UPDATE job SET state = 'PENDING' WHERE state = 'SUSPENDED' AND instance_id = ?", external_tasks.RESUME)
HOLD, LET_GO = (tuple(f"{text} AND element_id = ?" for text in texts) for texts in (HOLD_ALL, LET_ALL_GO))
SET_HELD = "UPDATE instance SET held = ? WHERE id = ?"
RUNNING = "SELECT id FROM instance WHERE definition_id = ? AND state IN ('ACTIVE', 'SUSPENDED') ORDER BY id"


def can_wait(element: Element) -> bool:
    """Whether anything of an element stands in a table while it waits: a task, work outside, a job. Only that can be held."""
    outside = element.work is not None and (element.work.kind == "external" or element.work.deferred)
    timed = any(event.timer is not None for event in element.events) and not (element.type == "startEvent" and element.parent is None)
    return element.type == "userTask" or outside or timed or element.async_before or element.async_after


def suspend(session: Session, element_id: str, reason: str, *, instance_id: str | None = None, definition_id: str | None = None) -> None:
    """Suspend an activity of an instance, or of a definition with all its instances. Raises NotFound, Conflict, Invalid."""
    _change(session, element_id, reason, True, instance_id, definition_id)


def resume(session: Session, element_id: str, reason: str, *, instance_id: str | None = None, definition_id: str | None = None) -> None:
    """Let it go on. Raises NotFound, Conflict, Invalid."""
    _change(session, element_id, reason, False, instance_id, definition_id)


def hold_all(session: Session, record: Record) -> None:
    """All that is open in an instance waits: it is suspended."""
    _run(session, HOLD_ALL, record)


def let_all_go(session: Session, record: Record) -> None:
    """All of it goes on, but for the activities that are suspended by themselves."""
    _run(session, LET_ALL_GO, record)
    keep(session, record)


def keep(session: Session, record: Record) -> None:
    """An instance goes on: what is suspended in it by itself stays so."""
    for element_id in _named(record.held):
        _run(session, HOLD, record, element_id)


def carry(session: Session, record: Record, former_id: str, images: Mapping[str, str], reason: str) -> None:
    """An instance is of another version than `former_id` now, its rows included; `images`: new element ids by old ones.

    What was suspended in it stays so under its new name. What is suspended in a version is so in the instances of that version.
    """
    held_in = session.execution.held_in
    before, left, there = _named(record.held), _named(held_in(former_id)), _named(held_in(record.definition_id))
    if not (before or there):
        return
    own = [images[name] for name in before if name in images and name not in left]
    now = list(dict.fromkeys([*there, *own]))
    was = [images[name] for name in before if name in images]
    record.held = to_json(now) if now else None
    session.rows.run(SET_HELD, (record.held, record.id))
    for name in was:
        if name not in now:
            _tell(session, record, name, False, reason)
            if record.state == InstanceState.ACTIVE:  # else it goes on with all
                _run(session, LET_GO, record, name)
    for name in now:
        if name not in was:
            _tell(session, record, name, True, reason)
    keep(session, record)


def _change(session: Session, element_id: str, reason: str, held: bool, instance_id: str | None, definition_id: str | None) -> None:
    check_reason(reason)
    if definition_id is None:
        record = session.lock(instance_id or "")
        if record.over:
            raise Conflict("This process has ended.", th="กระบวนการนี้จบแล้ว", state=record.state)
        _known(session.execution.definition(record), element_id, held)
        if record.holds(element_id) == held:
            raise _already(held)
        _set(session, record, element_id, held, reason)
        return
    _known(session.shared.definitions.get(session.connection, definition_id), element_id, held)
    row = session.rows.one("SELECT held FROM definition WHERE id = ?" + ("" if session.rows.sqlite else " FOR UPDATE"), (definition_id,))
    if row is None:
        raise NotFound("There is no such process.", th="ไม่พบกระบวนการนี้")
    if (element_id in _named(row[0])) == held:
        raise _already(held)
    session.rows.run("UPDATE definition SET held = ? WHERE id = ?", (_with(row[0], element_id, held), definition_id))
    event = SystemEvent.ACTIVITY_SUSPENDED if held else SystemEvent.ACTIVITY_RESUMED
    journal.tell(session, event, definition_id, {"activity": element_id, "reason": reason})
    for (id,) in session.rows.all(RUNNING, (definition_id,)):
        record = session.lock(id)
        if not record.over and record.holds(element_id) != held:
            _set(session, record, element_id, held, reason)


def _known(definition: Definition, element_id: str, held: bool) -> None:
    if not can_wait(definition.element(element_id)) and held:
        raise Conflict(f"Nothing waits at {element_id!r} that could be held.", th=f"ที่ “{element_id}” ไม่มีอะไรรออยู่ให้พักได้")


def _set(session: Session, record: Record, element_id: str, held: bool, reason: str) -> None:
    record.held = _with(record.held, element_id, held)
    session.rows.run(SET_HELD, (record.held, record.id))
    _tell(session, record, element_id, held, reason)
    if held or record.state == InstanceState.ACTIVE:  # else all of it is suspended, and goes on with all
        _run(session, HOLD if held else LET_GO, record, element_id)


def _tell(session: Session, record: Record, element_id: str, held: bool, reason: str) -> None:
    event = Event.ACTIVITY_SUSPENDED if held else Event.ACTIVITY_RESUMED
    session.record(record, event, element_id=element_id, facts={"reason": reason})


def _run(session: Session, texts: tuple[str, ...], record: Record, *element_id: str) -> None:
    tasks, *others = texts
    session.rows.run(tasks, (record.root_id, record.id, *element_id))
    for text in others:
        session.rows.run(text, (record.id, *element_id))


def _named(held: str | None) -> list[str]:
    return [] if held is None else list(json.loads(held))


def _with(held: str | None, element_id: str, wanted: bool) -> str | None:
    names = [name for name in _named(held) if name != element_id] + ([element_id] if wanted else [])
    return to_json(names) if names else None


def _already(held: bool) -> Conflict:
    told = ("suspended already", "ถูกพักไว้อยู่แล้ว") if held else ("not suspended", "ไม่ได้ถูกพักไว้")
    return Conflict(f"This activity is {told[0]}.", th=f"ขั้นตอนนี้{told[1]}")
