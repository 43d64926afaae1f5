"""A process test as the file it is kept in; `reading` reads it back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.dates.zone import BANGKOK
from engine.packtests.model import Deed, Expected, ProcessTest, Step
from engine.packtests.reading import OPENS

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_CONTROL = re.compile(r"\x7f")


def write(test: ProcessTest) -> str:
    """The TOML text of a test. What TOML has no word for (null) is left out."""
    lines = [f"# {text}" for text in test.note.splitlines()]
    lines += [f"{key} = {_value(text)}" for key, text in (("th", test.th), ("en", test.en), ("process", test.process)) if text]
    if test.at is not None:
        lines.append(f"at = {_moment(test.at)}")
    if test.people:
        lines += ["", "[people]", *(f"{_key(name)} = {_value(list(groups))}" for name, groups in test.people.items())]
    for step in test.steps:
        found = list(_step(step))
        if step.deed is not Deed.START:
            lines += ["", "[[step]]", *found]
        elif found:
            lines += ["", "[start]", *found]
    return "\n".join(lines) + "\n"


def _step(step: Step) -> Iterator[str]:
    if step.at is not None:
        yield f"at = {_moment(step.at)}"
    elif step.after is not None:
        yield f"after = {_value(step.after)}"
    if step.deed not in (None, Deed.START):
        yield f"{step.deed} = {_value(step.of)}"
    told: dict[str, Any] = {
        "process": step.process, "as": step.by, "unit": step.unit, "where": step.where, "number": step.number if step.number > 1 else None,
        "business_key": step.business_key, "correlation": step.correlation, "error": step.error,
        "values" if step.deed is Deed.COMPLETE else "variables": step.values or None,
        "fill": list(step.fill) if isinstance(step.fill, tuple) else step.fill,
    }  # fmt: skip
    for key, value in told.items():
        if value not in (None, []):
            yield f"{key} = {_value(value)}"
    yield from _expected(step.expected)


def _expected(expected: Expected) -> Iterator[str]:
    told: dict[str, Any] = {
        "state": expected.state,
        "tasks": _counts(expected.tasks),
        "that": list(expected.that) or None,
        "documents": expected.documents,
        "passed": list(expected.passed) or None,
        "incidents": None if expected.incidents is None else list(expected.incidents),
        "refused": expected.refused,
    }
    for key, value in told.items():
        if value is not None:
            yield f"expect.{key} = {_value(value)}"


def _counts(counts: Mapping[str, int] | None) -> Any:
    """A list of ids where there is one of each."""
    return list(counts) if counts is not None and all(number == 1 for number in counts.values()) else counts


def _moment(moment: datetime) -> str:
    """In Bangkok; a day alone where it is when offices open."""
    local = moment.astimezone(BANGKOK).replace(tzinfo=None)
    return local.date().isoformat() if local.time() == OPENS else local.isoformat(timespec="seconds")


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(str(key))} = {_value(one)}" for key, one in value.items() if one is not None)
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(one) for one in value if one is not None)}]"
    return _CONTROL.sub(r"\\u007f", json.dumps(value, ensure_ascii=False))


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)
