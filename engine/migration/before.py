"""The rows of an instance as they are: what a migration reads of them, and what undoing puts back."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Table

from engine.storage import model

if TYPE_CHECKING:
    from engine.storage.session import Record, Session

Row = dict[str, Any]
KEPT: Mapping[Table, str] = {  # what of a table is of an instance that goes on
    model.scope: "instance_id = ?",
    model.task: "root_id = ? AND instance_id = ? AND ended IS NULL",
    model.job: "instance_id = ?",
    model.subscription: "instance_id = ?",
    model.external_task: "instance_id = ?",
    model.incident: "instance_id = ? AND resolved IS NULL",
}
COLUMNS = {table: [str(column.name) for column in table.columns] for table in KEPT}  # plain texts, which SQLAlchemy's names are not
READ = {table: f"SELECT {', '.join(COLUMNS[table])} FROM {table.name} WHERE {where}" for table, where in KEPT.items()}
_encoder, _decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder()


@dataclass(frozen=True)
class Before:
    """Rows by table, as the drivers give them."""

    scopes: list[Row]
    tasks: list[Row]
    jobs: list[Row]
    subscriptions: list[Row]
    external_tasks: list[Row]
    incidents: list[Row]

    @classmethod
    def read(cls, session: Session, record: Record) -> Before:
        """Of an instance whose row is locked."""
        tables = (
            (COLUMNS[table], session.rows.all(READ[table], (record.root_id, record.id) if table is model.task else (record.id,)))
            for table in KEPT
        )
        found = cls(*([dict(zip(names, row, strict=True)) for row in rows] for names, rows in tables))
        for scope in found.scopes:
            scope["blob"] = bytes(scope["blob"])
        return found

    def pack(self) -> bytes:
        """As it is kept."""
        tables = (self.scopes, self.tasks, self.jobs, self.subscriptions, self.external_tasks, self.incidents)
        return zlib.compress(_encoder.encode([_plain(rows) for rows in tables]), 1)

    @classmethod
    def unpack(cls, kept: bytes) -> Before:
        """As it was kept."""
        tables = _decoder.decode(zlib.decompress(bytes(kept)))
        return cls(*([dict(zip(names, row, strict=True)) for row in rows] for names, rows in tables))


def _plain(rows: list[Row]) -> tuple[list[str], list[list[Any]]]:
    """The names of the columns once, and the values of each row."""
    return list(rows[0]) if rows else [], [list(row.values()) for row in rows]
