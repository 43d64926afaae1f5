"""What operators do. Operands are never Python objects with their own methods: each type is handled here, by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from engine.language.limits import MAX_BITS, Budget, Fault
from engine.language.times import Duration, Period, parse_temporal, shift, since_midnight, start_of_day, turn
from engine.language.values import Interval, type_name

Number = int | float
TEMPORAL = date | time | timedelta | Period


def is_number(value: Any) -> bool:
    """Numbers are int and float; true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def equal(left: Any, right: Any, budget: Budget) -> bool:
    """Equality by value and type: true is not 1; ISO text equals the date it names."""
    budget.charge()
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        return left is right
    if is_number(left) and is_number(right):
        return bool(left == right)
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return len(left) == len(right) and all(key in right and equal(item, right[key], budget) for key, item in left.items())
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(equal(a, b, budget) for a, b in zip(left, right, strict=True))
    if isinstance(left, TEMPORAL) or isinstance(right, TEMPORAL):
        pair = _temporal_pair(left, right)
        return pair is not None and pair[0] == pair[1]
    return type(left) is type(right) and bool(left == right)


def comparable(left: Any, right: Any) -> bool:
    """Whether `compare` can order two values."""
    if (is_number(left) and is_number(right)) or (isinstance(left, str) and isinstance(right, str)):
        return True
    pair = _temporal_pair(left, right)
    return pair is not None and _lengths(*pair) is not None


def compare(operator: str, left: Any, right: Any) -> bool:
    """`<`, `<=`, `>`, `>=` of two numbers, two texts, two dates or two durations."""
    if (is_number(left) and is_number(right)) or (isinstance(left, str) and isinstance(right, str)):
        pair: tuple[Any, Any] | None = (left, right)
    else:
        pair = _temporal_pair(left, right)
    if pair is not None:
        pair = _lengths(*pair)
    if pair is None:
        raise Fault(f"cannot compare {type_name(left)} with {type_name(right)}")
    first, second = pair
    if operator == "<":
        return bool(first < second)
    if operator == "<=":
        return bool(first <= second)
    if operator == ">":
        return bool(first > second)
    return bool(first >= second)


def _temporal_pair(left: Any, right: Any) -> tuple[Any, Any] | None:
    """Both as dates-and-times, or both as durations, where one is and the other can be read as one."""
    if not isinstance(left, TEMPORAL) and not isinstance(right, TEMPORAL):
        return None
    try:
        first = parse_temporal(left) if isinstance(left, str) else left
        second = parse_temporal(right) if isinstance(right, str) else right
    except ValueError:
        return None
    if isinstance(first, date) and isinstance(second, date):
        if isinstance(first, datetime) == isinstance(second, datetime):
            return _aware(first), _aware(second)
        return _aware(_moment(first)), _aware(_moment(second))
    if isinstance(first, timedelta | Period) and isinstance(second, timedelta | Period):
        return first, second
    if isinstance(first, time) and isinstance(second, time):
        return since_midnight(first), since_midnight(second)
    return None


def _lengths(first: Any, second: Any) -> tuple[Any, Any] | None:
    """Two durations as numbers that can be ordered: both in months, or neither. Dates and the like as they are."""
    if isinstance(first, Period) and isinstance(second, Period) and first.rest == second.rest:
        return first.months, second.months
    return None if isinstance(first, Period) or isinstance(second, Period) else (first, second)


def _moment(value: date) -> datetime:
    return value if isinstance(value, datetime) else start_of_day(value)


def _aware(value: date) -> date:
    """A datetime given without a zone (by a caller) is Bangkok's, like one written so."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=start_of_day(value).tzinfo)
    return value


def contains(container: Any, item: Any, budget: Budget) -> bool:
    """`item in container`: an item of a list, a key of a dict, a part of a text, within a range."""
    if isinstance(container, list | tuple):
        return any(_is_or_within(item, other, budget) for other in container)
    if isinstance(container, Mapping):
        return isinstance(item, str) and item in container
    if isinstance(container, str):
        if not isinstance(item, str):
            raise Fault(f"cannot look for {type_name(item)} in text")
        budget.check_size(len(container))
        return item in container
    if isinstance(container, Interval):
        return within(container, item)
    raise Fault(f"cannot look into {type_name(container)}")


def _is_or_within(item: Any, other: Any, budget: Budget) -> bool:
    """An item of a list, or a value of one of its ranges."""
    if isinstance(other, Interval) and not isinstance(item, Interval):
        return within(other, item)
    return equal(item, other, budget)


def within(interval: Interval, value: Any) -> bool:
    """Whether a value lies in a range; null and what cannot be compared with its ends do not."""
    if value is None or not all(end is None or comparable(value, end) for end in (interval.low, interval.high)):
        return False
    low = interval.low is None or compare(">=" if interval.low_closed else ">", value, interval.low)
    return low and (interval.high is None or compare("<=" if interval.high_closed else "<", value, interval.high))


def arithmetic(operator: str, left: Any, right: Any, budget: Budget) -> Any:
    """`+ - * / // % **` of numbers; `+` of texts and lists; dates and durations."""
    if is_number(left) and is_number(right):
        return _numeric(operator, left, right)
    if operator == "+":
        if isinstance(left, str) and isinstance(right, str):
            budget.check_size(len(left) + len(right))
            return left + right
        if isinstance(left, list | tuple) and isinstance(right, list | tuple):
            budget.check_size(len(left) + len(right))
            return [*left, *right]
    if operator == "*" and isinstance(left, str | list | tuple) and isinstance(right, int) and not isinstance(right, bool):
        budget.check_size(len(left) * max(right, 0))
        return left * right if isinstance(left, str) else list(left) * right
    found = _temporal(operator, left, right)
    if found is None:
        hint = ": write string(…) to join texts" if operator == "+" and isinstance(left, str) != isinstance(right, str) else ""
        raise Fault(f"cannot calculate {type_name(left)} {operator} {type_name(right)}{hint}")
    return found


def arithmetic_or_null(operator: str, left: Any, right: Any, budget: Budget) -> Any:
    """FEEL's: what cannot be calculated (text and a number, a division by zero) is null; what costs too much is an error still."""
    if left is None or right is None or (is_number(right) and right == 0 and operator in ("/", "//", "%")):
        return None
    if is_number(left) and is_number(right):
        return _numeric(operator, left, right)
    if isinstance(left, str) and isinstance(right, str) and operator == "+":
        return arithmetic(operator, left, right, budget)
    if not isinstance(left, TEMPORAL) and not isinstance(right, TEMPORAL):
        return None
    return _temporal(operator, left, right)


def _numeric(operator: str, left: Number, right: Number) -> Number:
    try:
        result = _POWERLESS[operator](left, right) if operator != "**" else _power(left, right)
    except ZeroDivisionError:
        raise Fault("division by zero") from None
    except OverflowError:
        raise Fault("the number is too large") from None
    return finite(result)


def finite(result: Number) -> Number:
    """The number, if it is one and not too large."""
    if isinstance(result, complex) or (isinstance(result, float) and not math.isfinite(result)):
        raise Fault("the result is not a finite number")
    if isinstance(result, int) and result.bit_length() > MAX_BITS:
        raise Fault("the number is too large")
    return result


def _divide(left: Number, right: Number) -> Number:
    """4 / 2 is the whole number 2, 1 / 2 is 0.5."""
    if isinstance(left, int) and isinstance(right, int) and right and left % right == 0:
        return left // right
    return left / right


def _power(left: Number, right: Number) -> Number:
    if isinstance(left, int) and isinstance(right, int) and right > 0 and left.bit_length() * right > MAX_BITS:
        raise Fault("the number is too large")
    result: Any = left**right
    return _whole(result) if isinstance(left, int) and isinstance(right, int) and not isinstance(result, complex) else result


def _whole(value: Number) -> Number:
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


_POWERLESS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divide,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
}


def _temporal(operator: str, left: Any, right: Any) -> Any:
    """Dates and durations; ISO text on one side is read as what it says. None where it makes no sense."""
    duration = timedelta | Period
    if isinstance(left, TEMPORAL) and isinstance(right, str):
        right = _read(right)
    elif isinstance(right, TEMPORAL) and isinstance(left, str):
        left = _read(left)
    try:
        if isinstance(left, date) and isinstance(right, duration) and operator in ("+", "-"):
            return shift(left, right if operator == "+" else -right)
        if isinstance(left, duration) and isinstance(right, date) and operator == "+":
            return shift(right, left)
        if isinstance(left, date) and isinstance(right, date) and operator == "-":
            return _aware(_moment(left)) - _aware(_moment(right))
        if isinstance(left, time) or isinstance(right, time):
            return _clocks(operator, left, right)
        if isinstance(left, duration) and isinstance(right, duration) and operator in ("+", "-", "/"):
            return _durations(operator, left, right)
        if isinstance(left, duration) and is_number(right) and operator in ("*", "/"):
            return _scaled(left, right if operator == "*" else 1 / right)
        if is_number(left) and isinstance(right, duration) and operator == "*":
            return _scaled(right, left)
    except ZeroDivisionError:
        raise Fault("division by zero") from None
    except (ValueError, OverflowError) as error:
        raise Fault(str(error)) from error
    return None


def _clocks(operator: str, left: Any, right: Any) -> Any:
    """Times of the day: moved by a duration, or how far apart."""
    if isinstance(left, time) and isinstance(right, time) and operator == "-":
        return since_midnight(left) - since_midnight(right)
    if isinstance(left, time) and isinstance(right, timedelta) and operator in ("+", "-"):
        return turn(left, right if operator == "+" else -right)
    return turn(right, left) if isinstance(left, timedelta) and isinstance(right, time) and operator == "+" else None


def _read(text: str) -> Any:
    try:
        return parse_temporal(text)
    except ValueError as error:
        raise Fault(str(error)) from error


def _durations(operator: str, left: Duration, right: Duration) -> Any:
    if operator == "/":
        if isinstance(left, timedelta) and isinstance(right, timedelta):
            return left / right
        return None
    first = left if isinstance(left, Period) else Period(0, left)
    second = right if isinstance(right, Period) else Period(0, right)
    if operator == "-":
        second = -second
    total = Period(first.months + second.months, first.rest + second.rest)
    return total if total.months else total.rest


def _scaled(value: Duration, factor: Number) -> Duration:
    if isinstance(value, timedelta):
        return value * factor
    months = value.months * factor
    if months != int(months):
        raise ValueError("a part of a month has no fixed length")
    return Period(int(months), value.rest * factor)


def whole(value: Any) -> int:
    """A value used as a position."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise Fault(f"expected a whole number, not {type_name(value)}")
    return int(value)


def through(interval: Interval, budget: Budget) -> Iterator[Any]:
    """The whole numbers or days of a range from end to end, also backwards; an open end is left out."""
    if isinstance(interval.low, date) and isinstance(interval.high, date):
        low, high = interval.low.toordinal(), interval.high.toordinal()
    else:
        low, high = whole(interval.low), whole(interval.high)
    step = 1 if high >= low else -1
    for number in range(low if interval.low_closed else low + step, high + step if interval.high_closed else high, step):
        budget.charge()
        yield date.fromordinal(number) if isinstance(interval.low, date) else number


def feel_item(items: list[Any], position: int) -> Any:
    """FEEL's `xs[1]`: counted from 1, or from the end with a negative number; null where there is none."""
    if 1 <= position <= len(items):
        return items[position - 1]
    return items[position] if position < 0 and -position <= len(items) else None


# FEEL's `x instance of type`
INSTANCES: Mapping[str, Callable[[Any], bool]] = {
    "number": is_number,
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "date": lambda value: isinstance(value, date) and not isinstance(value, datetime),
    "date and time": lambda value: isinstance(value, datetime),
    "time": lambda value: isinstance(value, time),
    "Null": lambda value: value is None,
    "function": callable,
    "list": lambda value: isinstance(value, list | tuple),
    "context": lambda value: isinstance(value, Mapping),
    "Any": lambda value: value is not None,
    "any": lambda value: value is not None,
    "days and time duration": lambda value: isinstance(value, timedelta),
    "years and months duration": lambda value: isinstance(value, Period),
}
