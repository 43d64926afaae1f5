"""What a browser posts to typed values. What cannot be read stays text, so that the validator names it and the person sees it again."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol, runtime_checkable

from engine.dates.thai import arabic_digits, parse_date
from engine.errors import Invalid
from engine.forms import schema as schemas

_MAX_ROWS = 1_000
_ANSWERS = {"on": True, "true": True, "1": True, "yes": True, "off": False, "false": False, "0": False, "no": False}
_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_CELL = re.compile(r"\[(\d{1,6})\]\[([^\[\]]{1,200})\]", re.ASCII)
_PART = re.compile(r"\[([^\[\]]{1,200})\]")


@runtime_checkable
class MultiDict(Protocol):
    """What web frameworks call the posted fields: names with lists of texts."""

    def getlist(self, key: str) -> list[str]: ...
    def keys(self) -> Iterable[str]: ...


class Posted:
    """The posted texts by name, whatever mapping they came in."""

    def __init__(self, source: MultiDict | Mapping[str, Any]) -> None:
        self.texts: dict[str, list[str]] = {}
        for name in source.keys():  # noqa: SIM118  a MultiDict is not iterable everywhere
            found = source.getlist(name) if isinstance(source, MultiDict) else source[name]
            self.texts[name] = [str(item) for item in found] if isinstance(found, list | tuple) else [str(found)]

    def all(self, name: str) -> list[str]:
        return self.texts.get(name, [])

    def cells(self, name: str) -> dict[int, dict[str, list[str]]]:
        """`name[0][column]` by row and column."""
        rows: dict[int, dict[str, list[str]]] = {}
        for key, texts in self.texts.items():
            match = _CELL.fullmatch(key, len(name)) if key.startswith(name + "[") else None
            if match is not None:
                rows.setdefault(int(match[1]), {})[match[2]] = texts
        return rows

    def parts(self, name: str) -> dict[str, list[str]]:
        """`name[part]` by part."""
        matches = ((_PART.fullmatch(key, len(name)), texts) for key, texts in self.texts.items() if key.startswith(name + "["))
        return {match[1]: texts for match, texts in matches if match is not None}


def read(form: Mapping[str, Any], source: MultiDict | Mapping[str, Any]) -> dict[str, Any]:
    """The form's values from what was posted; names the form does not have are left to others (tokens, buttons)."""
    posted = Posted(source)
    return _fields(form, {name: posted.all(name) for name in schemas.properties(form)}, posted)


def _fields(form: Mapping[str, Any], texts: Mapping[str, list[str]], posted: Posted | None) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, field in schemas.properties(form).items():
        found = _field(field, name, texts.get(name, []), posted)
        if found is not None:
            values[name] = found
    return values


def _field(field: Mapping[str, Any], name: str, texts: list[str], posted: Posted | None) -> Any:
    kind = schemas.kind_of(field)
    if kind == "array":
        items = field.get("items") if isinstance(field.get("items"), Mapping) else {}
        if posted is not None and schemas.properties(items or {}):
            return _rows(items or {}, posted.cells(name)) or None
        return [value for text in texts if (value := scalar(items or {}, text)) is not None] or None
    if kind == "object":
        return (_fields(field, posted.parts(name), None) or None) if posted is not None else None
    if kind == "boolean" and not texts:
        return None if field.get("x-widget") == "radio" or field.get("oneOf") else False
    return scalar(field, texts[-1]) if texts else None


def _rows(items: Mapping[str, Any], cells: Mapping[int, Mapping[str, list[str]]]) -> list[dict[str, Any]]:
    """The rows of a table that have something in them, in order."""
    found = []
    for number in sorted(cells)[:_MAX_ROWS]:
        if any(text.strip() for texts in cells[number].values() for text in texts):
            found.append(_fields(items, cells[number], None))
    return found


def scalar(field: Mapping[str, Any], text: str) -> Any:
    """One posted text as the field's type; None where nothing was entered, the text itself where it cannot be read."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        return None
    for value in schemas.constants(field):
        if not isinstance(value, str) and str(value).lower() == text.lower():
            return value
    kind = schemas.kind_of(field)
    if kind in ("number", "integer"):
        return number(text)
    if kind == "boolean":
        return _ANSWERS.get(text.lower(), text)
    if field.get("format") == "date" or field.get("x-widget") == "date":
        try:
            return parse_date(text).isoformat()
        except Invalid:
            return text
    return text


def number(text: str) -> int | float | str:
    """A number as people type it: Thai digits, thousands separated by commas."""
    plain = arabic_digits(text).replace(",", "").replace(" ", "").replace("\u00a0", "")
    if _INTEGER.fullmatch(plain):
        return int(plain)
    if plain.lstrip("+-").isdigit():
        return text  # longer than any number one means; as a float it would be another one
    if _NUMBER.fullmatch(plain) and len(plain) < 400 and math.isfinite(value := float(plain)):
        return value
    return text
