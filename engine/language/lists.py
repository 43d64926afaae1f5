"""Functions of lists and dicts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cmp_to_key
from typing import Any

from engine.language.arguments import a_list, a_number, a_text, an_int, many, offset
from engine.language.limits import Budget, Fault
from engine.language.operators import arithmetic, compare, contains, equal, finite
from engine.language.values import type_name


def count(budget: Budget, value: Any) -> int:
    if isinstance(value, str | list | tuple | Mapping):
        return len(value)
    raise Fault(f"cannot count {type_name(value)}")


def total(budget: Budget, *values: Any) -> Any:
    items = many(budget, values)
    if items and all(isinstance(item, int | float) and not isinstance(item, bool) for item in items):
        return _tidy(math.fsum(items)) if any(isinstance(item, float) for item in items) else finite(sum(items))
    result: Any = 0
    for index, item in enumerate(items):
        result = item if index == 0 else arithmetic("+", result, item, budget)
    if items and isinstance(result, str | bool | list | Mapping):
        raise Fault(f"cannot add up {type_name(result)}")
    return result


def mean(budget: Budget, *values: Any) -> Any:
    items = many(budget, values)
    return arithmetic("/", total(budget, items), len(items), budget) if items else None


def median(budget: Budget, *values: Any) -> Any:
    items = sorted(a_number(item) for item in many(budget, values))
    middle = len(items) // 2
    if not items:
        return None
    return items[middle] if len(items) % 2 else _tidy((items[middle - 1] + items[middle]) / 2)


def _tidy(value: float) -> int | float:
    finite(value)
    return value


def _order(budget: Budget, left: Any, right: Any) -> int:
    """Paid for by the length of texts: a short list of long ones that begin alike takes long to order."""
    budget.charge(2 + (len(left) >> 6 if isinstance(left, str) else 0))
    if compare("<", left, right):
        return -1
    return 1 if compare(">", left, right) else 0


def _extreme(budget: Budget, values: tuple[Any, ...], sign: int) -> Any:
    best: Any = None
    for item in many(budget, values):
        if best is None or _order(budget, item, best) * sign > 0:
            best = item
    return best


def minimum(budget: Budget, *values: Any) -> Any:
    return _extreme(budget, values, -1)


def maximum(budget: Budget, *values: Any) -> Any:
    return _extreme(budget, values, 1)


def ordered(budget: Budget, values: Any, key: Any = None, descending: Any = False, reverse: Any = False) -> list[Any]:
    """Sorted; `key` names the entry of each dict to sort by, or is a function of the item."""

    def by(item: Any) -> Any:
        if callable(key):
            return key(item)
        return item if key is None else get(budget, item, key)

    def order(left: Any, right: Any) -> int:
        return _order(budget, by(left), by(right))

    return sorted(a_list(values), key=cmp_to_key(order), reverse=descending is True or reverse is True)


def by_precedence(budget: Budget, values: Any, precedes: Callable[[Any, Any], Any]) -> list[Any]:
    """Sorted by a function that says whether its first argument comes before its second."""

    def order(left: Any, right: Any) -> int:
        return -1 if precedes(left, right) is True else 1 if precedes(right, left) is True else 0

    return sorted(a_list(values), key=cmp_to_key(order))


def reverse(budget: Budget, values: Any) -> Any:
    return values[::-1] if isinstance(values, str) else a_list(values)[::-1]


def unique(budget: Budget, values: Any) -> list[Any]:
    found: list[Any] = []
    seen: set[Any] = set()
    for item in a_list(values):
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
    for item in a_list(values):
        budget.charge()
        if isinstance(item, list | tuple):
            found.extend(flatten(budget, item, depth + 1))
        else:
            found.append(item)
        budget.check_size(len(found))
    return found


def concatenate(budget: Budget, *lists: Any) -> list[Any]:
    budget.check_size(sum(len(a_list(item)) for item in lists))
    return [item for values in lists for item in a_list(values)]


def append(budget: Budget, values: Any, *items: Any) -> list[Any]:
    return concatenate(budget, values, list(items))


def union(budget: Budget, *lists: Any) -> list[Any]:
    return unique(budget, concatenate(budget, *lists))


def sublist(budget: Budget, values: Any, start: Any, length: Any = None) -> list[Any]:
    items, first = a_list(values), offset(an_int(start), len(a_list(values)))
    return items[first:] if length is None else items[first : first + max(0, an_int(length))]


def index_of(budget: Budget, values: Any, item: Any) -> list[int]:
    return [number for number, other in enumerate(a_list(values), 1) if equal(item, other, budget)]


def remove(budget: Budget, values: Any, position: Any) -> list[Any]:
    items = a_list(values)
    index = offset(an_int(position), len(items))
    return items[:index] + items[index + 1 :]


def insert_before(budget: Budget, values: Any, position: Any, item: Any) -> list[Any]:
    items = a_list(values)
    index = offset(an_int(position), len(items))
    return [*items[:index], item, *items[index:]]


def all_true(budget: Budget, *values: Any) -> bool:
    return all(_truth(item) for item in many(budget, values))


def any_true(budget: Budget, *values: Any) -> bool:
    return any(_truth(item) for item in many(budget, values))


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
    return {a_text(_dict(entry)["key"]): _dict(entry)["value"] for entry in a_list(value) if contains(_dict(entry), "key", budget)}


def put(budget: Budget, value: Any, key: Any, item: Any) -> dict[str, Any]:
    """A dict with a key more; `key` may be a path of keys."""
    if not isinstance(key, list | tuple):
        return {**_dict(value), a_text(key): item}
    if not 0 < len(key) <= 50:
        raise Fault("a path has 1 to 50 keys")
    budget.charge()
    inner = _dict(value).get(a_text(key[0])) if len(key) > 1 else None
    return {**_dict(value), a_text(key[0]): item if len(key) == 1 else put(budget, inner if inner is not None else {}, key[1:], item)}


def merge(budget: Budget, *values: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for value in many(budget, values) if len(values) == 1 and not isinstance(values[0], Mapping) else values:
        found.update(_dict(value))
        budget.check_size(len(found))
    return found


def numbers(budget: Budget, *bounds: Any) -> list[int]:
    """`range(n)`, `range(a, b)`, `range(a, b, step)` as in Python."""
    if not 1 <= len(bounds) <= 3:
        raise Fault("range takes one to three numbers")
    found = range(*(an_int(bound) for bound in bounds)) if len(bounds) < 3 or bounds[2] != 0 else None
    if found is None:
        raise Fault("the step of a range cannot be 0")
    if abs(found.stop - found.start) // abs(found.step) > budget.limits.steps:
        raise Fault("the range is too long")
    budget.charge(len(found))
    return list(found)


def enumerated(budget: Budget, values: Any, start: Any = 0) -> list[Any]:
    items = a_list(values)
    budget.charge(len(items))
    return [[number, item] for number, item in enumerate(items, an_int(start))]


def zipped(budget: Budget, *lists: Any) -> list[Any]:
    columns = [a_list(item) for item in lists]
    budget.charge(sum(len(column) for column in columns))
    return [list(row) for row in zip(*columns, strict=False)]


def position(budget: Budget, container: Any, item: Any) -> int:
    """Java's `indexOf`: counted from 0, -1 where there is none."""
    if isinstance(container, str):
        return container.find(a_text(item))
    return next((number for number, other in enumerate(a_list(container)) if equal(item, other, budget)), -1)
