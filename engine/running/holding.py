"""One activity is suspended, in an instance or in all of a definition: what is open there waits, and so does what comes there.

Which activities are stands in a column of the instance's row, which every step reads anyhow: while none is, a step asks nothing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from engine.errors import Conflict, NotFound
from engine.running import external_tasks
from engine.states import Event, InstanceState
from engine.storage.history import to_json
from engine.values import check_reason

if TYPE_CHECKING:
    from engine.storage.session import Record, Session

HOLD = (
    "UPDATE task SET state = 'SUSPENDED', revision = revision + 1 "
    "WHERE instance_id = ? AND element_id = ? AND state IN ('CREATED', 'CLAIMED')",
    "UPDATE job SET state = 'SUSPENDED' WHERE instance_id = ? AND element_id = ? AND state = 'PENDING'",
    "UPDATE external_task SET state = 'SUSPENDED' WHERE instance_id = ? AND element_id = ?",
)
LET_GO = (
    "UPDATE task SET state = CASE WHEN assignee IS NULL THEN 'CREATED' ELSE 'CLAIMED' END, revision = revision + 1 "
    "WHERE instance_id = ? AND element_id = ? AND state = 'SUSPENDED'",
    "UPDATE job SET state = 'PENDING' WHERE instance_id = ? AND element_id = ? AND state = 'SUSPENDED'",
    external_tasks.RESUME + " AND element_id = ?",
)
RUNNING = "SELECT id FROM instance WHERE definition_id = ? AND state IN ('ACTIVE', 'SUSPENDED') ORDER BY id"


def suspend(session: Session, element_id: str, reason: str, *, instance_id: str | None = None, definition_id: str | None = None) -> None:
    """Suspend an activity of an instance, or of a definition with all its instances. Raises NotFound, Conflict, Invalid."""
    _change(session, element_id, reason, True, instance_id, definition_id)


def resume(session: Session, element_id: str, reason: str, *, instance_id: str | None = None, definition_id: str | None = None) -> None:
    """Let it go on. Raises NotFound, Conflict, Invalid."""
    _change(session, element_id, reason, False, instance_id, definition_id)


def keep(session: Session, record: Record) -> None:
    """An instance goes on: what is suspended in it by itself stays so."""
    for element_id in _named(record.held):
        _run(session, HOLD, record.id, element_id)


def _change(session: Session, element_id: str, reason: str, held: bool, instance_id: str | None, definition_id: str | None) -> None:
    check_reason(reason)
    if definition_id is None:
        record = session.lock(instance_id or "")
        if record.over:
            raise Conflict("This process has ended.", th="กระบวนการนี้จบแล้ว", state=record.state)
        session.execution.definition(record).element(element_id)
        if record.holds(element_id) == held:
            raise _already(held)
        _set(session, record, element_id, held, reason)
        return
    session.shared.definitions.get(session.connection, definition_id).element(element_id)
    row = session.rows.one("SELECT held FROM definition WHERE id = ?" + ("" if session.rows.sqlite else " FOR UPDATE"), (definition_id,))
    if row is None:
        raise NotFound("There is no such process.", th="ไม่พบกระบวนการนี้")
    if (element_id in _named(row[0])) == held:
        raise _already(held)
    session.rows.run("UPDATE definition SET held = ? WHERE id = ?", (_with(row[0], element_id, held), definition_id))
    for (id,) in session.rows.all(RUNNING, (definition_id,)):
        record = session.lock(id)
        if not record.over and record.holds(element_id) != held:
            _set(session, record, element_id, held, reason)


def _set(session: Session, record: Record, element_id: str, held: bool, reason: str) -> None:
    record.held = _with(record.held, element_id, held)
    session.rows.run("UPDATE instance SET held = ? WHERE id = ?", (record.held, record.id))
    event = Event.ACTIVITY_SUSPENDED if held else Event.ACTIVITY_RESUMED
    session.record(record, event, element_id=element_id, facts={"reason": reason})
    if held or record.state == InstanceState.ACTIVE:  # else all of it is suspended, and goes on with all
        _run(session, HOLD if held else LET_GO, record.id, element_id)


def _run(session: Session, texts: tuple[str, ...], instance_id: str, element_id: str) -> None:
    for text in texts:
        session.rows.run(text, (instance_id, element_id))


def _named(held: str | None) -> list[str]:
    return [] if held is None else list(json.loads(held))


def _with(held: str | None, element_id: str, wanted: bool) -> str | None:
    names = [name for name in _named(held) if name != element_id] + ([element_id] if wanted else [])
    return to_json(names) if names else None


def _already(held: bool) -> Conflict:
    told = ("suspended already", "ถูกพักไว้อยู่แล้ว") if held else ("not suspended", "ไม่ได้ถูกพักไว้")
    return Conflict(f"This activity is {told[0]}.", th=f"ขั้นตอนนี้{told[1]}")
