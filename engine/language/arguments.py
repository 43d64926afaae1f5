"""Arguments of functions: each reader returns the value if it is of the type, or raises a Fault that says what was expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.language.limits import Budget, Fault
from engine.language.operators import is_number
from engine.language.values import type_name


def a_list(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, Mapping):
        return list(value)
    raise Fault(f"expected a list, not {type_name(value)}")


def many(budget: Budget, values: tuple[Any, ...]) -> list[Any]:
    """`f(xs)` and `f(a, b, c)` alike."""
    items = a_list(values[0]) if len(values) == 1 and isinstance(values[0], list | tuple | Mapping) else list(values)
    budget.charge(len(items))
    return items


def a_text(value: Any) -> str:
    if not isinstance(value, str):
        raise Fault(f"expected text, not {type_name(value)}")
    return value


def a_number(value: Any) -> int | float:
    if not is_number(value):
        raise Fault(f"expected a number, not {type_name(value)}")
    return value  # type: ignore[no-any-return]


def an_int(value: Any) -> int:
    number = a_number(value)
    if number != int(number):
        raise Fault(f"expected a whole number, not {number}")
    return int(number)


def offset(start: int, length: int) -> int:
    """FEEL's position, counted from 1 or from the end, as an offset."""
    if start == 0:
        raise Fault("positions count from 1")
    return start - 1 if start > 0 else max(0, length + start)
