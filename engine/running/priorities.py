"""How urgent a task is, for people and for workers outside alike: a whole number that the tables can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.errors import LanguageError

if TYPE_CHECKING:
    from engine.running.outside import Outside

MOST_URGENT = 2**31 - 1


def priority(outside: Outside, text: str, variables: Mapping[str, Any]) -> int:
    """The priority that a text of the diagram comes to. Raises LanguageError."""
    value = outside.template(text, variables)
    try:
        found = int(value)
    except (TypeError, ValueError, OverflowError):
        th = f"ลำดับความสำคัญ {value!r} ไม่ใช่จำนวนเต็ม"
        raise LanguageError(f"the priority {value!r} is not a whole number", th=th, expression=text) from None
    if abs(found) > MOST_URGENT:
        raise LanguageError(f"the priority {found} is too large a number", th=f"ลำดับความสำคัญ {found} ใหญ่เกินไป", expression=text)
    return found
