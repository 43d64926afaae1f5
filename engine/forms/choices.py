"""What forms choose from besides their own lists: the people of a group, the rows of a table of the pack; as functions of expressions."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from engine.dates.calendar import expression_functions

Members = Callable[[str], Iterable[tuple[str, str, str]]]  # group → (user id, name, English name)
Function = Callable[..., Any]


def functions(now: datetime, holidays: Collection[date], members: Members) -> dict[str, Function]:
    """What expressions may call that depends on the outside: the moment, the calendar, who is a member of what."""
    return {**expression_functions(now, holidays), "people": people(members)}


def people(members: Members) -> Function:
    """`people('opdc')`, `people(['opdc', 'consultant'], 'province:TH-50')`: the members of groups, without those of others, as choices."""

    def choices(groups: Any, without: Any = ()) -> list[dict[str, str]]:
        barred = {user_id for group in _many(without) for user_id, _name, _english in members(group)}
        found = {user_id: (name, english) for group in _many(groups) for user_id, name, english in members(group)}
        return [
            {"value": user_id, "th": name, "en": english or name} for user_id, (name, english) in found.items() if user_id not in barred
        ]

    return choices


def table(files: Mapping[str, list[dict[str, str]]]) -> Function:
    """`table('provinces.csv')`: the rows of a table of the pack, each by the names in the first line."""

    def rows(path: str) -> list[dict[str, str]]:
        if path not in files:
            raise ValueError(f"the pack has no table {path!r}")
        return files[path]

    return rows


def read_table(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file in UTF-8, all cells as text. Raises ValueError."""
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return [{str(name): value or "" for name, value in row.items() if name is not None} for row in reader]


def _many(groups: Any) -> list[str]:
    found = [groups] if isinstance(groups, str) else list(groups or ())
    if not all(isinstance(group, str) for group in found):
        raise ValueError("expected the names of groups")
    return found
