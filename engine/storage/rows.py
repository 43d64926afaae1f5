"""The hot path's way to the rows: statement text made once, run on the driver's own cursor inside SQLAlchemy's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table

from engine.storage.model import to_text
from engine.storage.outages import unfit

Row = Mapping[str, Any]
_PLAIN = frozenset({str, int, float, bool, bytes, type(None)})


class Rows:
    """Statements of one transaction. Texts use `?`; values may be datetimes and enums."""

    __slots__ = ("_cursor", "_text", "sqlite")

    def __init__(self, connection: Connection) -> None:
        self.sqlite = connection.dialect.name == "sqlite"
        self._cursor = connection.connection.cursor()
        self._text: Callable[[str], str] = str if self.sqlite else _dollar

    def one(self, text: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row, or None."""
        self._cursor.execute(self._text(text), plain(values))
        row: tuple[Any, ...] | None = self._cursor.fetchone()
        return row

    def all(self, text: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows."""
        self._cursor.execute(self._text(text), plain(values))
        return list(self._cursor.fetchall())

    def run(self, text: str, values: Sequence[Any] = ()) -> int:
        """Number of rows changed."""
        self._cursor.execute(self._text(text), plain(values))
        return int(self._cursor.rowcount)

    def run_many(self, text: str, values: Iterable[Sequence[Any]]) -> None:
        """The same statement for each of many values."""
        many = [plain(row) for row in values]
        if many:
            self._cursor.executemany(self._text(text), many)

    def insert_plain(self, text: str, rows: Sequence[Sequence[Any]]) -> None:
        """Many rows whose values are as the drivers take them."""
        self._cursor.executemany(self._text(text), rows)

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows; columns not given get the default of the model, else NULL."""
        for names, alike in groupby(rows, tuple):
            text, defaults = _insert(table, names)
            self.run_many(text, ((*row.values(), *defaults) for row in alike))


def plain(values: Sequence[Any]) -> list[Any]:
    """Values as the drivers take them. Raises Invalid for a text with a NUL, which PostgreSQL has no place for."""
    made = list(values)
    for place, value in enumerate(made):
        kind = type(value)
        if kind is str:
            if "\x00" in value:
                raise unfit()
        elif kind not in _PLAIN:
            made[place] = _plain(value)
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_text(value)
    return str(value) if isinstance(value, StrEnum) else value


@lru_cache(maxsize=512)
def _dollar(text: str) -> str:
    return text.replace("?", "%s")


@lru_cache(maxsize=256)
def _insert(table: Table, names: tuple[str, ...]) -> tuple[str, tuple[Any, ...]]:
    """The statement for rows that give these columns, and the defaults of those it names besides."""
    defaults = {
        column.name: getattr(column.default, "arg", None)
        for column in table.columns
        if column.name not in names and column.default is not None and column.default.is_scalar
    }
    columns = (*names, *defaults)
    marks = ", ".join("?" for _ in columns)
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})", tuple(defaults.values())


def instant(text: str | None) -> datetime | None:
    """A stored instant read back."""
    return None if text is None else datetime.fromisoformat(text)
