"""The values expressions compute with, and their JSON-like form: null, booleans, numbers, text, lists and dicts enter variables."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from engine.language.limits import Budget, Fault
from engine.language.times import Period, format_duration

MAX_DEPTH = 50  # of lists and dicts in each other


@dataclass(frozen=True, slots=True)
class Interval:
    """The value of a FEEL range; a missing end is open-ended."""

    low: Any
    high: Any
    low_closed: bool
    high_closed: bool


class Closure:
    """A function written in an expression, as a value: it can be called and given to others, not stored."""

    def __init__(self, body: Callable[..., Any]) -> None:
        self._body = body

    def __call__(self, *arguments: Any) -> Any:
        return self._body(*arguments)


def type_name(value: Any) -> str:
    """What to call a value's type in an error."""
    if value is None:
        return "null"
    for kind, name in _TYPE_NAMES:
        if isinstance(value, kind):
            return name
    return type(value).__name__


_TYPE_NAMES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true/false"),
    ((int, float), "a number"),
    (str, "text"),
    (datetime, "a date and time"),
    (date, "a date"),
    (time, "a time"),
    ((timedelta, Period), "a duration"),
    (Interval, "a range"),
    (Closure, "a function"),
    (Mapping, "a dict"),
    ((list, tuple), "a list"),
)


def to_json(value: Any, budget: Budget, depth: int = 0) -> Any:
    """A copy of the value in JSON's types, dates and durations as ISO text. Raises Fault where it has none or is too large."""
    budget.charge()
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Fault("the result is not a finite number")
        return value
    if depth > MAX_DEPTH:
        raise Fault("the result is nested too deeply")
    if isinstance(value, Mapping):
        return {_key(key): to_json(item, budget, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item, budget, depth + 1) for item in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta | Period):
        return _duration(value)
    raise Fault(f"the result is {type_name(value)}, which cannot be stored")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise Fault(f"a key must be text, not {type_name(key)}")
    return key


def _duration(value: timedelta | Period) -> str:
    try:
        return format_duration(value)
    except ValueError as error:
        raise Fault(str(error)) from error


def measure(value: Any, budget: Budget) -> int:
    """Characters and items of a value together."""
    budget.charge()
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(len(key) + measure(item, budget) for key, item in value.items()) + len(value)
    if isinstance(value, list | tuple):
        return sum(measure(item, budget) for item in value) + len(value)
    return 8


def stored(value: Any, budget: Budget) -> Any:
    """`to_json` with the size checked: what leaves the language."""
    if not isinstance(value, bool | int | float) and value is not None:
        budget.check_size(measure(value, budget))
    return to_json(value, budget)


def to_text(value: Any, budget: Budget) -> str:
    """How a value reads inside a text: null is nothing, true is "true", 2.0 is "2", lists and dicts are JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta | Period):
        return _duration(value)
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(stored(value, budget), ensure_ascii=False)
    if isinstance(value, Interval | Closure):
        raise Fault(f"{type_name(value)} cannot be written as text")
    return str(value)
