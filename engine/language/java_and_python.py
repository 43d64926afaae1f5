"""What methods of Java and Python do that FEEL has no word for. Positions count from 0 here, as in those languages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from engine.language import lists, patterns, scalars, temporal
from engine.language.arguments import a_list, a_text, an_int
from engine.language.limits import Budget, Fault
from engine.language.operators import arithmetic, compare, contains, equal, is_number
from engine.language.times import Period
from engine.language.values import to_text, type_name

_FORMAT = re.compile(r"[<>^=]?[+ ]?0?\d{0,3},?(?:\.\d{1,2})?[dfgns%]?")
_FIELD = re.compile(r"\{\{|\}\}|\{(\d*)(?::([^{}]*))?\}")


def _stripped(strip: Callable[[str, str | None], str]) -> Callable[..., str]:
    def done(budget: Budget, value: Any, characters: Any = None) -> str:
        budget.check_size(len(a_text(value)))
        return strip(value, None if characters is None else a_text(characters))

    return done


def _same_text(budget: Budget, left: Any, right: Any) -> bool:
    return isinstance(right, str) and a_text(left).lower() == right.lower()


def _between(budget: Budget, value: Any, begin: Any, end: Any = None) -> str:
    """Java's `substring(begin, end)`."""
    text, first = a_text(value), an_int(begin)
    last = len(text) if end is None else an_int(end)
    if not 0 <= first <= last <= len(text):
        raise Fault(f"there are no characters {first} to {last}: the text has {len(text)}")
    return text[first:last]


def _joined(budget: Budget, value: Any, *more: Any) -> str:
    budget.check_size(sum(len(a_text(part)) for part in (value, *more)))
    return "".join((value, *more))


def _character(budget: Budget, value: Any, position: Any) -> str:
    return _between(budget, value, position, an_int(position) + 1)


def _last_position(budget: Budget, container: Any, item: Any) -> int:
    if isinstance(container, str):
        return container.rfind(a_text(item))
    found = [number for number, other in enumerate(a_list(container)) if equal(item, other, budget)]
    return found[-1] if found else -1


def _index(budget: Budget, container: Any, item: Any) -> int:
    found = lists.position(budget, container, item)
    if found < 0:
        raise Fault("it is not in there")
    return found


def _occurrences(budget: Budget, container: Any, item: Any) -> int:
    if isinstance(container, str):
        return container.count(a_text(item))
    return sum(equal(item, other, budget) for other in a_list(container))


def _padded(budget: Budget, value: Any, width: Any) -> str:
    budget.check_size(an_int(width))
    return a_text(value).zfill(an_int(width))


def _compared(budget: Budget, left: Any, right: Any) -> int:
    return 0 if equal(left, right, budget) else -1 if compare("<", left, right) else 1


def format_value(budget: Budget, value: Any, written: Any = "") -> str:
    """Python's `{value:.2f}`: width, sign, thousands, digits; of numbers and texts. Raises Fault."""
    how = a_text(written)
    if not how:
        return to_text(value, budget)
    if _FORMAT.fullmatch(how) is None:
        raise Fault(f"the format '{how}' is not part of the language")
    try:
        return format(value if is_number(value) else to_text(value, budget), how)
    except ValueError as error:
        raise Fault(str(error)) from error


def _formatted(budget: Budget, text: Any, *values: Any) -> str:
    """Python's `'{} of {}'.format(a, b)`."""
    following = iter(range(len(values)))

    def put(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        number = int(match[1]) if match[1] else next(following, len(values))
        if number >= len(values):
            raise Fault(f"the text has more places than the {len(values)} values given")
        return format_value(budget, values[number], match[2] or "")

    made = _FIELD.sub(put, a_text(text))
    budget.check_size(len(made))
    return made


def _without(budget: Budget, container: Any, key: Any = -1, *_: Any) -> Any:
    """`pop` as a statement: without a key or position."""
    if isinstance(container, Mapping):
        return {name: item for name, item in container.items() if name != key}
    items, position = a_list(container), an_int(key)
    if not -len(items) <= position < len(items):
        raise Fault(f"there is no item {position}, there are {len(items)}")
    del items[position]
    return items


def _without_item(budget: Budget, values: Any, item: Any) -> list[Any]:
    items = a_list(values)
    del items[_index(budget, items, item)]
    return items


def _inserted(budget: Budget, values: Any, position: Any, item: Any) -> list[Any]:
    items = a_list(values)
    items.insert(an_int(position), item)
    return items


def _with_default(budget: Budget, value: Any, key: Any, item: Any = None) -> Any:
    return value if isinstance(value, Mapping) and key in value else lists.put(budget, value, key, item)


def _contains_all(budget: Budget, container: Any, *items: Any) -> bool:
    return all(contains(container, item, budget) for item in items)


def _contains_any(budget: Budget, container: Any, *items: Any) -> bool:
    return any(contains(container, item, budget) for item in items)


def _parsed(budget: Budget, value: Any) -> Any:
    """Spin's `JSON(x)` and `S(x)`: a text read, anything else as it is."""
    if not isinstance(value, str):
        return value
    budget.check_size(len(value))
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise Fault("the text is not JSON") from error


def _made_dict(budget: Budget, value: Any = None, **entries: Any) -> dict[str, Any]:
    pairs = value.items() if isinstance(value, Mapping) else [] if value is None else [tuple(a_list(pair)) for pair in a_list(value)]
    return {a_text(key): item for key, item in [*pairs, *entries.items()]}


def _made_duration(budget: Budget, **units: Any) -> timedelta:
    """Python's `timedelta(days=1, hours=2)`."""
    for unit, number in units.items():
        if unit not in ("weeks", "days", "hours", "minutes", "seconds") or not is_number(number):
            raise Fault(f"a duration has weeks, days, hours, minutes and seconds, all numbers, not {unit}")
    try:
        return timedelta(**units)
    except OverflowError as error:
        raise Fault("the duration is too long") from error


def _printed(budget: Budget, *values: Any, **options: Any) -> None:
    """Python's `print`: scripts left over from trying them out run; there is nowhere to print to."""


def _moved(unit: str, sign: int) -> Callable[..., Any]:
    def moved(budget: Budget, moment: Any, number: Any) -> Any:
        count = sign * an_int(number)
        if abs(count) > 1_000_000_000:
            raise Fault("the duration is too long")
        months = {"months": 1, "years": 12}.get(unit)
        try:
            duration = Period(count * months) if months else timedelta(**{unit: count})
        except OverflowError as error:
            raise Fault("the duration is too long") from error
        start = temporal.to_temporal(budget, moment) if isinstance(moment, str) else moment
        if isinstance(start, temporal.DURATIONS) or is_number(start):
            raise Fault(f"expected a date, not {type_name(start)}")
        return arithmetic("+", start, duration, budget)

    return moved


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "strip": _stripped(str.strip), "strip_left": _stripped(str.lstrip), "strip_right": _stripped(str.rstrip),
    "title": scalars.textual(str.title), "capitalize": scalars.textual(str.capitalize), "equals_ignoring_case": _same_text,
    "between": _between, "joined": _joined, "character": _character, "last_position": _last_position, "index": _index,
    "occurrences": _occurrences, "padded": _padded, "compared": _compared, "formatted": _formatted, "format": format_value,
    "lines": lambda budget, value: a_text(value).splitlines(), "is_digits": lambda budget, value: a_text(value).isdigit(),
    "matches_whole": patterns.matches_whole, "replace_pattern": patterns.replace, "replace_text": scalars.replace,
    "without": _without, "without_item": _without_item, "inserted": _inserted, "with_default": _with_default,
    "contains_all": _contains_all, "contains_any": _contains_any, "parsed": _parsed, "JSON": _parsed, "S": _parsed,
    "dict": _made_dict, "tuple": scalars.listed, "set": lambda budget, value=None: lists.unique(budget, scalars.listed(budget, value)),
    "timedelta": _made_duration, "print": _printed,
    **{f"{word}_{unit}": _moved(unit, sign) for word, sign in (("plus", 1), ("minus", -1))
       for unit in ("seconds", "minutes", "hours", "days", "weeks", "months", "years")},
}  # fmt: skip
