"""What elements of an instance were called before it moved to other versions: its history names them as they were then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.queries import loads
from engine.states import Event
from engine.storage import model

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.diagrams.model import Process


def former_ids(connection: Connection, instance_id: str, process: Process) -> Mapping[str, str]:
    """By ids of former versions, which the process does not have, what they are called in it now."""
    item = model.migration_item
    if connection.scalar(select(item.c.seq).where(item.c.instance_id == instance_id, item.c.seq.is_not(None)).limit(1)) is None:
        return {}  # it has never moved: the history need not be read
    table = model.history
    moves = (Event.INSTANCE_MIGRATED, Event.MIGRATION_UNDONE)
    query = select(table.c.data).where(table.c.instance_id == instance_id, table.c.event.in_(moves)).order_by(table.c.seq)
    found: dict[str, str] = {}
    for data in connection.scalars(query):
        mapping: dict[str, str] = (loads(data) or {}).get("mapping", {})
        found = mapping | {former: mapping.get(now, now) for former, now in found.items()}
    return {former: now for former, now in found.items() if former not in process.elements}


def known_as(connection: Connection, instance_id: str, process: Process, element_id: str) -> list[str]:
    """The id of an element, and those it had before: what its history and its ended tasks may name it."""
    former = former_ids(connection, instance_id, process)
    return [element_id, *(id for id, now in former.items() if now == element_id)]
