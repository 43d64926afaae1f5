"""What `typeRef` makes of a value: a text that says a number is that number, where the column is of numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

from engine.language.limits import Budget, Fault, Limits
from engine.language.operators import is_number
from engine.language.scalars import to_number
from engine.language.temporal import DURATIONS, to_duration, to_temporal, to_time
from engine.language.values import type_name

Conversion = Callable[[Any], Any]
_BUDGET = Budget(Limits(seconds=float("inf"), steps=1 << 62))  # conversions are of one value: nothing to count


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if is_number(value) else value


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Fault(f"expected a number, not {type_name(value)}")
    return to_number(_BUDGET, value) if isinstance(value, str) else value


def _whole(value: Any) -> Any:
    number = _number(value)
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _double(value: Any) -> Any:
    return float(_number(value))


def _boolean(value: Any) -> Any:
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    if not isinstance(value, bool):
        raise Fault(f"expected true or false, not {type_name(value)}")
    return value


def _temporal(value: Any) -> Any:
    return to_temporal(_BUDGET, value) if isinstance(value, str) else value if isinstance(value, date) else _wrong("a date", value)


def _time(value: Any) -> Any:
    return to_time(_BUDGET, value) if isinstance(value, str | time) else _wrong("a time", value)


def _duration(value: Any) -> Any:
    return to_duration(_BUDGET, value) if isinstance(value, str | DURATIONS[0] | DURATIONS[1]) else _wrong("a duration", value)


def _wrong(expected: str, value: Any) -> Any:
    raise Fault(f"expected {expected}, not {type_name(value)}")


_CONVERSIONS: Mapping[str, Conversion] = {
    "string": _text, "boolean": _boolean, "integer": _whole, "long": _whole, "number": _number, "double": _double, "date": _temporal,
    "datetime": _temporal, "dateandtime": _temporal, "time": _time, "duration": _duration, "daytimeduration": _duration,
    "yearmonthduration": _duration, "daysandtimeduration": _duration, "yearsandmonthsduration": _duration,
}  # fmt: skip


def conversion(type_ref: str | None) -> Conversion | None:
    """What a type makes of a value that is not null; None for a type of the file's own, which is not looked at."""
    name = (type_ref or "").rpartition(":")[2].lower()
    return _CONVERSIONS.get("".join(letter for letter in name if letter.isalpha()))
