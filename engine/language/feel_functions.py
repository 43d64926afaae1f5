"""Functions that mean something else in FEEL than in plain text and JUEL, or are there alone; and the names of FEEL's parameters."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping
from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_UP
from typing import Any

from engine.language import intervals, lists, patterns, scalars, temporal
from engine.language.arguments import a_list, a_number, a_text, an_int, many
from engine.language.limits import Budget, Fault
from engine.language.operators import arithmetic, equal
from engine.language.values import Interval, to_text


def _total(budget: Budget, *values: Any) -> Any:
    return lists.total(budget, *values) if many(budget, values) else None


def _product(budget: Budget, *values: Any) -> Any:
    found: Any = None
    for item in many(budget, values):
        found = a_number(item) if found is None else arithmetic("*", found, a_number(item), budget)
    return found


def _stddev(budget: Budget, *values: Any) -> float | None:
    items = [a_number(item) for item in many(budget, values)]
    if len(items) < 2:
        return None
    mean = math.fsum(items) / len(items)
    return math.sqrt(math.fsum((item - mean) ** 2 for item in items) / (len(items) - 1))


def _mode(budget: Budget, *values: Any) -> list[Any]:
    """The most frequent numbers, in ascending order."""
    items = [a_number(item) for item in many(budget, values)]
    counts = {item: items.count(item) for item in set(items)} if len(items) <= 1_000 else _counts(items)
    most = max(counts.values(), default=0)
    return sorted(item for item, count in counts.items() if count == most)


def _counts(items: list[int | float]) -> dict[int | float, int]:
    counts: dict[int | float, int] = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    return counts


def _all(budget: Budget, *values: Any) -> bool | None:
    """Three values: false where one is, else null where one is neither."""
    items = many(budget, values)
    return False if any(item is False for item in items) else True if all(item is True for item in items) else None


def _any(budget: Budget, *values: Any) -> bool | None:
    items = many(budget, values)
    return True if any(item is True for item in items) else False if all(item is False for item in items) else None


def _text(budget: Budget, value: Any = None) -> str | None:
    return None if value is None else to_text(value, budget)


def _number(budget: Budget, value: Any, grouping: Any = None, decimal: Any = None) -> Any:
    """`number("1.000,5", ".", ",")`."""
    if isinstance(value, str) and grouping:
        value = value.replace(a_text(grouping), "")
    if isinstance(value, str) and decimal:
        value = value.replace(a_text(decimal), ".")
    return scalars.to_number(budget, value)


def _joined(budget: Budget, values: Any, separator: Any = None, prefix: Any = "", suffix: Any = "") -> str:
    return a_text(prefix) + scalars.join(budget, a_list(values), "" if separator is None else separator) + a_text(suffix)


def _sorted(budget: Budget, values: Any, precedes: Any = None) -> list[Any]:
    return lists.ordered(budget, values) if precedes is None else lists.by_precedence(budget, values, precedes)


def _list_replace(budget: Budget, values: Any, where: Any, item: Any) -> list[Any]:
    """`list replace(xs, 2, v)`, or where a function of (item, new item) holds."""
    items = a_list(values)
    if callable(where):
        return [item if where(other, item) is True else other for other in items]
    index = an_int(where)
    if index == 0 or abs(index) > len(items):
        raise Fault("there is no such position")
    index = index - 1 if index > 0 else len(items) + index
    return [*items[:index], item, *items[index + 1 :]]


def _duplicates(budget: Budget, values: Any) -> list[Any]:
    items = a_list(values)
    return [item for item in lists.unique(budget, items) if sum(equal(item, other, budget) for other in items) > 1]


def _partition(budget: Budget, values: Any, size: Any) -> list[Any]:
    items, step = a_list(values), an_int(size)
    if step < 1:
        raise Fault("the size of a part is at least 1")
    return [items[start : start + step] for start in range(0, len(items), step)]


def _empty(budget: Budget, value: Any) -> bool:
    return value is None or (isinstance(value, str | list | tuple | Mapping) and len(value) == 0)


def _is(budget: Budget, left: Any, right: Any) -> bool:
    """The same value of the same type."""
    return type(left) is type(right) and equal(left, right, budget)


def _asserted(budget: Budget, value: Any, condition: Any, reason: Any = None) -> Any:
    if condition is not True:
        raise Fault(a_text(reason) if reason is not None else "what the expression asserts does not hold")
    return value


def _logarithm(budget: Budget, value: Any) -> float:
    return math.log(a_number(value))


def _exponential(budget: Budget, value: Any) -> float:
    return math.exp(a_number(value))


def _get_value(budget: Budget, container: Any, key: Any) -> Any:
    """`get value(ctx, "a")`, `get value(ctx, ["a", "b"])`."""
    for step in key if isinstance(key, list | tuple) else [key]:
        container = lists.get(budget, container, step)
    return container


def _base64(budget: Budget, value: Any) -> str:
    return base64.b64encode(a_text(value).encode()).decode()


def _interval(budget: Budget, text: Any) -> Interval:
    """`range("[1..5)")`: a range of numbers or dates, written as text."""
    written = a_text(text).strip()
    low, dots, high = written[1:-1].partition("..")
    if not dots or written[:1] not in ("[", "(", "]") or written[-1:] not in ("]", ")", "["):
        raise Fault(f"{written!r} is not a range such as [1..5]")
    return Interval(_end(budget, low), _end(budget, high), written[0] == "[", written[-1] == "]")


def _end(budget: Budget, text: str) -> Any:
    text = text.strip().strip('"')
    try:
        return scalars.to_number(budget, text)
    except Fault:
        return temporal.to_temporal(budget, text)


FEEL: Mapping[str, Callable[..., Any]] = {
    "sum": _total, "product": _product, "stddev": _stddev, "mode": _mode, "all": _all, "any": _any, "string": _text, "number": _number,
    "string_join": _joined, "sort": _sorted, "list_replace": _list_replace, "duplicate_values": _duplicates, "partition": _partition,
    "is_empty": _empty, "is": _is, "assert": _asserted, "log": _logarithm, "exp": _exponential, "get_value": _get_value,
    "matches": patterns.matches, "replace": patterns.replace, "split": patterns.split, "extract": patterns.extract,
    "to_base64": _base64, "range": _interval,
    "round_up": scalars.rounding(ROUND_UP), "round_down": scalars.rounding(ROUND_DOWN),
    "round_half_down": scalars.rounding(ROUND_HALF_DOWN), **intervals.FUNCTIONS,
}  # fmt: skip

# the parameters' names, for `substring(string: "abc", start position: 2)` (DMN 1.3, 10.3.4)
PARAMETERS: Mapping[str, tuple[str, ...]] = {
    name: tuple(parameters.split(", "))
    for name, parameters in {
        "substring": "string, start position, length", "string_length": "string", "upper_case": "string", "lower_case": "string",
        "substring_before": "string, match", "substring_after": "string, match", "replace": "input, pattern, replacement, flags",
        "contains": "string, match", "starts_with": "string, match", "ends_with": "string, match", "matches": "input, pattern, flags",
        "split": "string, delimiter", "string_join": "list, delimiter", "list_contains": "list, element", "count": "list", "min": "list",
        "max": "list", "sum": "list", "mean": "list", "all": "list", "any": "list", "sublist": "list, start position, length",
        "append": "list, item", "insert_before": "list, position, newItem", "remove": "list, position", "reverse": "list",
        "index_of": "list, match", "distinct_values": "list", "flatten": "list", "product": "list", "median": "list", "stddev": "list",
        "mode": "list", "sort": "list, precedes", "decimal": "n, scale", "floor": "n, scale", "ceiling": "n, scale", "abs": "n",
        "round_up": "n, scale", "round_down": "n, scale", "round_half_up": "n, scale", "round_half_down": "n, scale",
        "modulo": "dividend, divisor", "sqrt": "number", "log": "number", "exp": "number", "odd": "number", "even": "number",
        "number": "from, grouping separator, decimal separator", "string": "from", "date": "from", "time": "from", "duration": "from",
        "date_and_time": "from", "years_and_months_duration": "from, to", "get_value": "m, key", "get_entries": "m",
        "context_put": "context, key, value", "context_merge": "contexts", "context": "entries", "list_replace": "list, position, newItem",
        "is": "value1, value2",
    }.items()
}  # fmt: skip
