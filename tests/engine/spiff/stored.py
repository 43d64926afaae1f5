"""Looking at what a stage has stored."""

from __future__ import annotations

from typing import Any

from engine.storage.rows import Rows
from engine.testing import Stage


def rows(on: Stage, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of a query with `?` for values."""
    return on.engine._shared.database.look(lambda connection: Rows(connection).all(query, values))


def forget(on: Stage) -> None:
    """Keep no instance in memory: the next step reads what is stored."""
    on.engine._shared.live._kept.clear()
