"""Functions of numbers and texts, and from one to the other."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.language import intervals, temporal
from engine.language.arguments import a_list, a_number, a_text, an_int, offset
from engine.language.limits import Budget, Fault
from engine.language.operators import arithmetic, contains, equal, finite, is_number
from engine.language.values import to_text, type_name

Function = Callable[..., Any]


def absolute(budget: Budget, value: Any) -> Any:
    if isinstance(value, temporal.DURATIONS):
        return -value if temporal.negative(value) else value
    return abs(a_number(value))


def rounding(mode: str) -> Function:
    def rounded(budget: Budget, value: Any, digits: Any = 0) -> int | float:
        places = an_int(digits)
        if abs(places) > 30:
            raise Fault("cannot round to so many digits")
        try:
            result = Decimal(repr(a_number(value))).quantize(Decimal(1).scaleb(-places), rounding=mode)
        except InvalidOperation:
            return a_number(value)  # more digits than decimals hold: nothing to round
        return int(result) if places <= 0 else float(result)

    return rounded


def square_root(budget: Budget, value: Any) -> float:
    if a_number(value) < 0:
        raise Fault("a negative number has no square root")
    return math.sqrt(value)


def modulo(budget: Budget, left: Any, right: Any) -> Any:
    return arithmetic("%", left, right, budget)


def to_number(budget: Budget, value: Any, *_: Any) -> int | float | None:
    """Text of digits (Thai ones too) to a number."""
    if value is None or is_number(value):
        return value  # type: ignore[no-any-return]
    if isinstance(value, bool):
        return int(value)
    text = a_text(value).strip().replace(",", "")
    if len(text) > 300:
        raise Fault("the number is too long")
    try:
        return finite(int(text) if text.lstrip("+-").isdigit() else float(text))
    except ValueError:
        raise Fault(f"{value!r} is not a number") from None


def integer(budget: Budget, value: Any) -> int:
    number = to_number(budget, value)
    return 0 if number is None else int(number)


def odd(budget: Budget, value: Any) -> bool:
    return an_int(value) % 2 == 1


def even(budget: Budget, value: Any) -> bool:
    return an_int(value) % 2 == 0


def text(budget: Budget, value: Any = None) -> str:
    return "null" if value is None else to_text(value, budget)


def textual(change: Callable[[str], str]) -> Function:
    def changed(budget: Budget, value: Any) -> str:
        budget.check_size(len(a_text(value)))
        return change(a_text(value))

    return changed


def has(budget: Budget, container: Any, item: Any) -> bool:
    return contains(container, item, budget)


def starts_with(budget: Budget, value: Any, prefix: Any) -> bool:
    return a_text(value).startswith(a_text(prefix))


def ends_with(budget: Budget, value: Any, suffix: Any) -> bool:
    return a_text(value).endswith(a_text(suffix))


def same(budget: Budget, left: Any, right: Any) -> bool:
    return equal(left, right, budget)


def substring(budget: Budget, value: Any, start: Any, length: Any = None) -> str:
    """FEEL's: positions count from 1, negative ones from the end."""
    whole, first = a_text(value), offset(an_int(start), len(a_text(value)))
    return whole[first:] if length is None else whole[first : first + max(0, an_int(length))]


def before(budget: Budget, value: Any, match: Any) -> Any:
    """FEEL's `substring before`; of two moments or ranges: whether the first lies before."""
    if isinstance(value, str) and isinstance(match, str):
        return value.partition(match)[0] if match in value else ""
    return intervals.relates_before(budget, value, match)


def after(budget: Budget, value: Any, match: Any) -> Any:
    if isinstance(value, str) and isinstance(match, str):
        return value.partition(match)[2]
    return intervals.relates_after(budget, value, match)


def join(budget: Budget, first: Any, second: Any = "") -> str:
    """`join(xs, ', ')`; also Python's `', '.join(xs)`."""
    values, separator = (second, first) if isinstance(first, str) and isinstance(second, list | tuple) else (first, second)
    parts = [to_text(item, budget) for item in a_list(values) if item is not None]
    glue = "" if separator is None else a_text(separator)
    budget.check_size(sum(len(part) + len(glue) for part in parts))
    return glue.join(parts)


def split(budget: Budget, value: Any, separator: Any = None) -> list[str]:
    budget.check_size(len(a_text(value)))
    if separator == "":
        raise Fault("the separator is empty")
    return a_text(value).split(None if separator is None else a_text(separator))


def replace(budget: Budget, value: Any, old: Any, new: Any) -> str:
    """Literal, not a pattern: patterns can take for ever."""
    whole = a_text(value)
    growth = max(0, len(a_text(new)) - len(a_text(old)))
    budget.check_size(len(whole) + whole.count(old) * growth)
    return whole.replace(old, new)


def boolean(budget: Budget, value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    if is_number(value):
        return bool(value != 0)
    raise Fault(f"{type_name(value)} is neither true nor false")


def listed(budget: Budget, value: Any = None) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, str):
        budget.check_size(len(value))
        return list(value)
    return a_list(value)


def is_date(budget: Budget, value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def is_blank(budget: Budget, value: Any) -> bool:
    """Whether a text has nothing but white space; null is blank."""
    return value is None or not a_text(value).strip()
