"""Grants: that a group may see a category and unit of one root instance. Rows, because who may see what changes while a project runs.

The unit `*` means all, `own` the unit of the member's own group (`province:TH-50` sees the unit `TH-50`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.states import Event

if TYPE_CHECKING:
    from engine.deployment.definitions import Definition
    from engine.storage.session import Record, Session

ADD = "INSERT INTO grant_ (root_id, group_, category, unit) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
REMOVE = "DELETE FROM grant_ WHERE root_id = ? AND group_ = ? AND category = ? AND unit = ?"


def grant(session: Session, record: Record, group: str, category: str, unit: str = "*") -> None:
    """Let a group see; nothing happens where it may already."""
    if session.rows.run(ADD, (record.root_id, group, category, unit)):
        session.record(record, Event.GRANTED, facts={"group": group, "category": category, "unit": unit})


def revoke(session: Session, record: Record, group: str, category: str, unit: str = "*") -> None:
    """Take a grant back."""
    if session.rows.run(REMOVE, (record.root_id, group, category, unit)):
        session.record(record, Event.REVOKED, facts={"group": group, "category": category, "unit": unit})


def grant_from_start(session: Session, record: Record, definition: Definition) -> None:
    """What parties.toml lets the parties see of every instance from its start (`see = ["project", "application:own"]`)."""
    rows = [
        (record.root_id, party.key, category, unit or "*")
        for party in definition.files.parties.values()
        for category, _colon, unit in (entry.partition(":") for entry in party.see)
    ]
    session.rows.run_many(ADD, rows)
    if rows:
        facts = [{"group": group, "category": category, "unit": unit} for _root, group, category, unit in rows]
        session.record(record, Event.GRANTED, facts={"from_start": facts})
