"""Samples in the place of what somebody wrote: a test of what really happened holds no name, address or reason of anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SAMPLE = "ข้อความตัวอย่าง"
_SAYS_WHAT = ("const", "enum", "oneOf", "anyOf", "x-options")  # of texts that are chosen, not written
_FORMATS = {"email": "someone@example.org", "uri": "https://example.org/"}


def is_written(schema: Mapping[str, Any]) -> bool:
    """Whether a field holds free text."""
    return schema.get("type", "string") == "string" and schema.get("format") not in ("date", "date-time", "time") and not _is_chosen(schema)


def is_patterned(schema: Mapping[str, Any]) -> bool:
    """Whether its text has to fit a pattern: then a sample has to be made up by whoever fills the form in."""
    return is_written(schema) and "pattern" in schema


def masked(schema: Mapping[str, Any], value: Any) -> Any:
    """A value with samples in the place of all free text in it; choices, days and numbers stay."""
    if isinstance(value, str):
        return _sample(schema) if is_written(schema) else value
    if isinstance(value, list):
        items = schema.get("items")
        return [masked(items, one) if isinstance(items, Mapping) and not _is_chosen(schema) else one for one in value]
    if isinstance(value, Mapping):
        parts = schema.get("properties", {})
        return {name: masked(parts.get(name, {}), one) for name, one in value.items()}
    return value


def _is_chosen(schema: Mapping[str, Any]) -> bool:
    return any(key in schema for key in _SAYS_WHAT)


def _sample(schema: Mapping[str, Any]) -> str:
    text = _FORMATS.get(str(schema.get("format")), SAMPLE)
    return text.ljust(int(schema.get("minLength", 0)), ".")[: int(schema.get("maxLength", 10_000))]
