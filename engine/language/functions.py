"""The fixed table of functions. Each takes the budget first and is pure; what depends on the moment (`now`, `today`) is given by the caller.

Names are those of Python, FEEL (its spaces as underscores; the parser joins them) or JUEL's common methods, one implementation each.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cmp_to_key
from typing import Any

from engine.language import temporal
from engine.language.limits import Budget, Fault
from engine.language.operators import arithmetic, compare, contains, equal, finite, is_number
from engine.language.values import Interval, to_text, type_name

Function = Callable[..., Any]


def _list(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, Mapping):
        return list(value)
    raise Fault(f"expected a list, not {type_name(value)}")


def _many(budget: Budget, values: tuple[Any, ...]) -> list[Any]:
    """`f(xs)` and `f(a, b, c)` alike."""
    items = _list(values[0]) if len(values) == 1 and isinstance(values[0], list | tuple | Mapping) else list(values)
    budget.charge(len(items))
    return items


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Fault(f"expected text, not {type_name(value)}")
    return value


def _number(value: Any) -> int | float:
    if not is_number(value):
        raise Fault(f"expected a number, not {type_name(value)}")
    return value  # type: ignore[no-any-return]


def _int(value: Any) -> int:
    number = _number(value)
    if number != int(number):
        raise Fault(f"expected a whole number, not {number}")
    return int(number)


# lists and dicts
def count(budget: Budget, value: Any) -> int:
    if isinstance(value, str | list | tuple | Mapping):
        return len(value)
    raise Fault(f"cannot count {type_name(value)}")


def total(budget: Budget, *values: Any) -> Any:
    items = _many(budget, values)
    if items and all(isinstance(item, int | float) and not isinstance(item, bool) for item in items):
        return _tidy(math.fsum(items)) if any(isinstance(item, float) for item in items) else finite(sum(items))
    result: Any = 0
    for index, item in enumerate(items):
        result = item if index == 0 else arithmetic("+", result, item, budget)
    if items and isinstance(result, str | bool | list | Mapping):
        raise Fault(f"cannot add up {type_name(result)}")
    return result


def mean(budget: Budget, *values: Any) -> Any:
    items = _many(budget, values)
    return arithmetic("/", total(budget, items), len(items), budget) if items else None


def median(budget: Budget, *values: Any) -> Any:
    items = sorted(_number(item) for item in _many(budget, values))
    middle = len(items) // 2
    if not items:
        return None
    return items[middle] if len(items) % 2 else _tidy((items[middle - 1] + items[middle]) / 2)


def _tidy(value: float) -> int | float:
    finite(value)
    return value


def _order(left: Any, right: Any) -> int:
    if compare("<", left, right):
        return -1
    return 1 if compare(">", left, right) else 0


def _extreme(budget: Budget, values: tuple[Any, ...], sign: int) -> Any:
    best: Any = None
    for item in _many(budget, values):
        if best is None or _order(item, best) * sign > 0:
            best = item
    return best


def minimum(budget: Budget, *values: Any) -> Any:
    return _extreme(budget, values, -1)


def maximum(budget: Budget, *values: Any) -> Any:
    return _extreme(budget, values, 1)


def ordered(budget: Budget, values: Any, key: Any = None, descending: Any = False) -> list[Any]:
    """Sorted; `key` names the entry of each dict to sort by."""
    items = _list(values)
    budget.charge(len(items) * (len(items).bit_length() + 1))

    def by(item: Any) -> Any:
        return item if key is None else get(budget, item, key)

    return sorted(items, key=cmp_to_key(lambda a, b: _order(by(a), by(b))), reverse=descending is True)


def reverse(budget: Budget, values: Any) -> Any:
    return values[::-1] if isinstance(values, str) else _list(values)[::-1]


def unique(budget: Budget, values: Any) -> list[Any]:
    found: list[Any] = []
    seen: set[Any] = set()
    for item in _list(values):
        if isinstance(item, str):
            if item in seen:
                continue
            seen.add(item)
        elif any(equal(item, other, budget) for other in found):
            continue
        budget.charge()
        found.append(item)
    return found


def flatten(budget: Budget, values: Any, depth: int = 0) -> list[Any]:
    if depth > 50:
        raise Fault("the list is nested too deeply")
    found: list[Any] = []
    for item in _list(values):
        budget.charge()
        if isinstance(item, list | tuple):
            found.extend(flatten(budget, item, depth + 1))
        else:
            found.append(item)
        budget.check_size(len(found))
    return found


def concatenate(budget: Budget, *lists: Any) -> list[Any]:
    budget.check_size(sum(len(_list(item)) for item in lists))
    return [item for values in lists for item in _list(values)]


def append(budget: Budget, values: Any, *items: Any) -> list[Any]:
    return concatenate(budget, values, list(items))


def union(budget: Budget, *lists: Any) -> list[Any]:
    return unique(budget, concatenate(budget, *lists))


def sublist(budget: Budget, values: Any, start: Any, length: Any = None) -> list[Any]:
    items, first = _list(values), _position(_int(start), len(_list(values)))
    return items[first:] if length is None else items[first : first + max(0, _int(length))]


def _position(start: int, length: int) -> int:
    if start == 0:
        raise Fault("positions count from 1")
    return start - 1 if start > 0 else max(0, length + start)


def index_of(budget: Budget, values: Any, item: Any) -> list[int]:
    return [number for number, other in enumerate(_list(values), 1) if equal(item, other, budget)]


def remove(budget: Budget, values: Any, position: Any) -> list[Any]:
    items = _list(values)
    index = _position(_int(position), len(items))
    return items[:index] + items[index + 1 :]


def insert_before(budget: Budget, values: Any, position: Any, item: Any) -> list[Any]:
    items = _list(values)
    index = _position(_int(position), len(items))
    return [*items[:index], item, *items[index:]]


def all_true(budget: Budget, *values: Any) -> bool:
    return all(_truth(item) for item in _many(budget, values))


def any_true(budget: Budget, *values: Any) -> bool:
    return any(_truth(item) for item in _many(budget, values))


def _truth(value: Any) -> bool:
    if value is not None and not isinstance(value, bool):
        raise Fault(f"expected true or false, not {type_name(value)}")
    return value is True


def get(budget: Budget, container: Any, key: Any, default: Any = None) -> Any:
    """The value of a key or position, or the default."""
    if isinstance(container, Mapping):
        return container.get(key, default) if isinstance(key, str) else default
    if isinstance(container, list | tuple) and isinstance(key, int):
        return container[key] if -len(container) <= key < len(container) else default
    if container is None:
        return default
    raise Fault(f"cannot get a key of {type_name(container)}")


def _dict(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Fault(f"expected a dict, not {type_name(value)}")
    return value


def keys(budget: Budget, value: Any) -> list[Any]:
    return list(_dict(value))


def values_of(budget: Budget, value: Any) -> list[Any]:
    return list(_dict(value).values())


def items_of(budget: Budget, value: Any) -> list[Any]:
    return [[key, item] for key, item in _dict(value).items()]


def entries(budget: Budget, value: Any) -> list[Any]:
    return [{"key": key, "value": item} for key, item in _dict(value).items()]


def context(budget: Budget, value: Any) -> dict[str, Any]:
    return {_text(_dict(entry)["key"]): _dict(entry)["value"] for entry in _list(value) if contains(_dict(entry), "key", budget)}


def put(budget: Budget, value: Any, key: Any, item: Any) -> dict[str, Any]:
    return {**_dict(value), _text(key): item}


def merge(budget: Budget, *values: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for value in _many(budget, values) if len(values) == 1 and not isinstance(values[0], Mapping) else values:
        found.update(_dict(value))
        budget.check_size(len(found))
    return found


def numbers(budget: Budget, *bounds: Any) -> list[int]:
    """`range(n)`, `range(a, b)`, `range(a, b, step)` as in Python."""
    if not 1 <= len(bounds) <= 3:
        raise Fault("range takes one to three numbers")
    found = range(*(_int(bound) for bound in bounds)) if len(bounds) < 3 or bounds[2] != 0 else None
    if found is None:
        raise Fault("the step of a range cannot be 0")
    if abs(found.stop - found.start) // abs(found.step) > budget.limits.steps:
        raise Fault("the range is too long")
    budget.charge(len(found))
    return list(found)


def enumerated(budget: Budget, values: Any, start: Any = 0) -> list[Any]:
    items = _list(values)
    budget.charge(len(items))
    return [[number, item] for number, item in enumerate(items, _int(start))]


def zipped(budget: Budget, *lists: Any) -> list[Any]:
    columns = [_list(item) for item in lists]
    budget.charge(sum(len(column) for column in columns))
    return [list(row) for row in zip(*columns, strict=False)]


# numbers
def absolute(budget: Budget, value: Any) -> Any:
    return -value if isinstance(value, temporal.DURATIONS) and temporal.negative(value) else value if isinstance(value, temporal.DURATIONS) else abs(_number(value))


def _rounding(mode: str) -> Function:
    def rounded(budget: Budget, value: Any, digits: Any = 0) -> int | float:
        places = _int(digits)
        if abs(places) > 30:
            raise Fault("cannot round to so many digits")
        try:
            result = Decimal(repr(_number(value))).quantize(Decimal(1).scaleb(-places), rounding=mode)
        except InvalidOperation:
            return _number(value)  # more digits than decimals hold: nothing to round
        return int(result) if places <= 0 else float(result)

    return rounded


def square_root(budget: Budget, value: Any) -> float:
    if _number(value) < 0:
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
    text = _text(value).strip().replace(",", "")
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
    return _int(value) % 2 == 1


def even(budget: Budget, value: Any) -> bool:
    return _int(value) % 2 == 0


# texts
def text(budget: Budget, value: Any = None) -> str:
    return "null" if value is None else to_text(value, budget)


def _textual(change: Callable[[str], str]) -> Function:
    def changed(budget: Budget, value: Any) -> str:
        budget.check_size(len(_text(value)))
        return change(_text(value))

    return changed


def has(budget: Budget, container: Any, item: Any) -> bool:
    return contains(container, item, budget)


def starts_with(budget: Budget, value: Any, prefix: Any) -> bool:
    return _text(value).startswith(_text(prefix))


def ends_with(budget: Budget, value: Any, suffix: Any) -> bool:
    return _text(value).endswith(_text(suffix))


def same(budget: Budget, left: Any, right: Any) -> bool:
    return equal(left, right, budget)


def substring(budget: Budget, value: Any, start: Any, length: Any = None) -> str:
    """FEEL's: positions count from 1, negative ones from the end."""
    whole, first = _text(value), _position(_int(start), len(_text(value)))
    return whole[first:] if length is None else whole[first : first + max(0, _int(length))]


def before(budget: Budget, value: Any, match: Any) -> Any:
    """FEEL's `substring before`; of two moments or ranges: whether the first lies before."""
    if isinstance(value, str) and isinstance(match, str):
        return value.partition(match)[0] if match in value else ""
    return compare("<", _end(value, "high"), _end(match, "low"))


def after(budget: Budget, value: Any, match: Any) -> Any:
    if isinstance(value, str) and isinstance(match, str):
        return value.partition(match)[2]
    return compare(">", _end(value, "low"), _end(match, "high"))


def _end(value: Any, end: str) -> Any:
    return getattr(value, end) if isinstance(value, Interval) else value


def join(budget: Budget, first: Any, second: Any = "") -> str:
    """`join(xs, ', ')`; also Python's `', '.join(xs)`."""
    values, separator = (second, first) if isinstance(first, str) and isinstance(second, list | tuple) else (first, second)
    parts = [to_text(item, budget) for item in _list(values) if item is not None]
    glue = "" if separator is None else _text(separator)
    budget.check_size(sum(len(part) + len(glue) for part in parts))
    return glue.join(parts)


def split(budget: Budget, value: Any, separator: Any = None) -> list[str]:
    budget.check_size(len(_text(value)))
    if separator == "":
        raise Fault("the separator is empty")
    return _text(value).split(None if separator is None else _text(separator))


def replace(budget: Budget, value: Any, old: Any, new: Any) -> str:
    """Literal, not a pattern: patterns can take for ever."""
    whole = _text(value)
    growth = max(0, len(_text(new)) - len(_text(old)))
    budget.check_size(len(whole) + whole.count(old) * growth)
    return whole.replace(old, new)


# types
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
    return _list(value)


def is_date(budget: Budget, value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def position(budget: Budget, container: Any, item: Any) -> int:
    """Java's `indexOf`: counted from 0, -1 where there is none."""
    if isinstance(container, str):
        return container.find(_text(item))
    return next((number for number, other in enumerate(_list(container)) if equal(item, other, budget)), -1)


FUNCTIONS: Mapping[str, Function] = {
    "len": count, "count": count, "size": count, "string_length": count,
    "sum": total, "mean": mean, "median": median, "min": minimum, "max": maximum,
    "sorted": ordered, "sort": ordered, "reverse": reverse, "reversed": reverse, "unique": unique, "distinct_values": unique,
    "flatten": flatten, "concatenate": concatenate, "append": append, "union": union, "sublist": sublist, "index_of": index_of, "position": position,
    "remove": remove, "insert_before": insert_before, "all": all_true, "any": any_true, "list_contains": has,
    "get": get, "get_value": get, "keys": keys, "values": values_of, "items": items_of, "get_entries": entries, "entries": entries,
    "context": context, "put": put, "context_put": put, "merge": merge, "context_merge": merge, "range": numbers, "enumerate": enumerated, "zip": zipped,
    "abs": absolute, "round": _rounding(ROUND_HALF_UP), "round_half_up": _rounding(ROUND_HALF_UP), "round_half_even": _rounding(ROUND_HALF_EVEN),
    "decimal": _rounding(ROUND_HALF_EVEN), "floor": _rounding(ROUND_FLOOR), "ceiling": _rounding(ROUND_CEILING), "ceil": _rounding(ROUND_CEILING),
    "sqrt": square_root, "modulo": modulo, "number": to_number, "float": to_number, "int": integer, "odd": odd, "even": even,
    "string": text, "str": text, "lower": _textual(str.lower), "lower_case": _textual(str.lower), "upper": _textual(str.upper),
    "upper_case": _textual(str.upper), "trim": _textual(str.strip), "strip": _textual(str.strip), "contains": has,
    "starts_with": starts_with, "ends_with": ends_with, "substring": substring, "substring_before": before, "substring_after": after,
    "before": before, "after": after, "equals": same, "join": join, "string_join": join, "split": split, "replace": replace,
    "bool": boolean, "boolean": boolean, "list": listed, "is_date": is_date,
    **temporal.FUNCTIONS,
}  # fmt: skip

# x.name(…) → name(x, …)
METHODS: Mapping[str, str] = {
    "size": "len", "length": "len", "contains": "contains", "containsKey": "contains", "startsWith": "starts_with", "endsWith": "ends_with",
    "toLowerCase": "lower", "toUpperCase": "upper", "lower": "lower", "upper": "upper", "trim": "trim", "strip": "strip", "isEmpty": "empty",
    "equals": "equals", "get": "get", "getOrDefault": "get", "keys": "keys", "values": "values", "items": "items", "keySet": "keys", "startswith": "starts_with",
    "endswith": "ends_with", "join": "join", "split": "split", "replace": "replace", "toString": "string", "isoformat": "string", "indexOf": "position",
}  # fmt: skip

# FEEL's names of several words → ours
SPACED: Mapping[str, str] = {
    **{name.replace("_", " "): name for name in FUNCTIONS if "_" in name},
    "date and time": "date_and_time",
    "years and months duration": "years_and_months_duration",
    "day of week": "day_of_week",
    "day of year": "day_of_year",
    "week of year": "week_of_year",
    "month of year": "month_of_year",
    "is defined": "is_defined",
    "get or else": "get_or_else",
}

# given by the caller, since they depend on the moment or the calendar (engine/calendar.py)
HOST_FUNCTIONS = frozenset({"now", "today", "working_days_before", "working_days_after", "working_days_between", "end_of_day", "last_working_day"})
