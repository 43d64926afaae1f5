"""How points and ranges lie to one another: FEEL's range functions (DMN 1.3, 10.3.2.10 and table 78). A point is a range of one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.language.limits import Budget, Fault
from engine.language.operators import compare, equal
from engine.language.values import Interval


def _range(value: Any) -> Interval:
    found = value if isinstance(value, Interval) else Interval(value, value, True, True)
    if found.low is None or found.high is None:
        raise Fault("expected a range with both ends")
    return found


def _relation(test: Callable[[Budget, Interval, Interval], bool]) -> Callable[..., bool]:
    return lambda budget, first, second: test(budget, _range(first), _range(second))


def before(budget: Budget, first: Interval, second: Interval) -> bool:
    """The first ends before the second begins."""
    if compare("<", first.high, second.low):
        return True
    return equal(first.high, second.low, budget) and not (first.high_closed and second.low_closed)


def _after(budget: Budget, first: Interval, second: Interval) -> bool:
    return before(budget, second, first)


def _meets(budget: Budget, first: Interval, second: Interval) -> bool:
    return first.high_closed and second.low_closed and equal(first.high, second.low, budget)


def _includes(budget: Budget, first: Interval, second: Interval) -> bool:
    low = compare("<", first.low, second.low) or (equal(first.low, second.low, budget) and (first.low_closed or not second.low_closed))
    high = compare(">", first.high, second.high) or (
        equal(first.high, second.high, budget) and (first.high_closed or not second.high_closed)
    )
    return low and high


def _overlaps(budget: Budget, first: Interval, second: Interval) -> bool:
    return not before(budget, first, second) and not before(budget, second, first)


def _begins_earlier(budget: Budget, first: Interval, second: Interval) -> bool:
    return compare("<", first.low, second.low) or (equal(first.low, second.low, budget) and first.low_closed and not second.low_closed)


def _ends_earlier(budget: Budget, first: Interval, second: Interval) -> bool:
    return compare("<", first.high, second.high) or (
        equal(first.high, second.high, budget) and (second.high_closed or not first.high_closed)
    )


def _overlaps_before(budget: Budget, first: Interval, second: Interval) -> bool:
    return _overlaps(budget, first, second) and _begins_earlier(budget, first, second) and _ends_earlier(budget, first, second)


def _starts(budget: Budget, first: Interval, second: Interval) -> bool:
    same = equal(first.low, second.low, budget) and first.low_closed == second.low_closed
    return same and _includes(budget, second, first)


def _finishes(budget: Budget, first: Interval, second: Interval) -> bool:
    same = equal(first.high, second.high, budget) and first.high_closed == second.high_closed
    return same and _includes(budget, second, first)


def _coincides(budget: Budget, first: Interval, second: Interval) -> bool:
    return _includes(budget, first, second) and _includes(budget, second, first)


def _swapped(test: Callable[[Budget, Interval, Interval], bool]) -> Callable[[Budget, Interval, Interval], bool]:
    return lambda budget, first, second: test(budget, second, first)


FUNCTIONS: Mapping[str, Callable[..., bool]] = {
    name: _relation(test)
    for name, test in {
        "meets": _meets, "met_by": _swapped(_meets), "overlaps": _overlaps, "overlaps_before": _overlaps_before,
        "overlaps_after": _swapped(_overlaps_before), "finishes": _finishes, "finished_by": _swapped(_finishes),
        "includes": _includes, "during": _swapped(_includes), "starts": _starts, "started_by": _swapped(_starts), "coincides": _coincides,
    }.items()
}  # fmt: skip

relates_before, relates_after = _relation(before), _relation(_after)

_PARTS: Mapping[str, Callable[[Interval], Any]] = {
    "start": lambda found: found.low, "end": lambda found: found.high,
    "start included": lambda found: found.low_closed, "end included": lambda found: found.high_closed,
}  # fmt: skip


def part(value: Interval, name: str) -> Any:
    """`[1..5].start`, `.end`, `.start included`, `.end included`. Raises KeyError for any other name."""
    return _PARTS[name](value)
