"""What may be posted at all, before any schema is asked: size, depth, names, finite numbers, readable text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.errors import Problem

MAX_SIZE = 1_000_000  # characters of all texts and names, and 8 for every other value
MAX_DEPTH = 12
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def is_reserved(name: str) -> bool:
    """Names the engine needs for itself: SpiffWorkflow's codec reads `typename` as the type of a stored value."""
    return name == "typename" or name.startswith("__")


def pointer(path: Iterator[str | int] | tuple[str | int, ...] | list[str | int]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def problems(values: Any) -> list[Problem]:
    """Everything about the values that no form could accept."""
    if not isinstance(values, Mapping):
        return [Problem("The form's values are an object.", "ข้อมูลของแบบฟอร์มต้องเป็นออบเจกต์", field="", rule="type")]
    found: list[Problem] = []
    size = 0
    pending: list[tuple[tuple[str | int, ...], Any]] = [((), values)]
    while pending:
        path, value = pending.pop()
        size += len(value) if isinstance(value, str) else 8
        if size > MAX_SIZE or len(path) > MAX_DEPTH:
            return [Problem("The form's values are too large.", "ข้อมูลมีขนาดใหญ่เกินไป โปรดลดขนาดลง", field="", rule="size")]
        if isinstance(value, Mapping):
            for name, item in value.items():
                found.extend(_name(path, name))
                size += len(str(name))
                pending.append(((*path, str(name)), item))
        elif isinstance(value, list | tuple):
            pending.extend(((*path, number), item) for number, item in enumerate(value))
        else:
            found.extend(_scalar(path, value))
    return found


def _name(path: tuple[str | int, ...], name: Any) -> Iterator[Problem]:
    where = pointer((*path, str(name)))
    if not isinstance(name, str) or _UNREADABLE.search(name):
        yield Problem(f"{name!r} is not a name.", "ชื่อช่องข้อมูลไม่ถูกต้อง", field=where, rule="name")
    elif is_reserved(name):
        yield Problem(f"The name '{name}' is reserved.", f"ชื่อ “{name}” สงวนไว้สำหรับระบบ", field=where, rule="reserved")


def _scalar(path: tuple[str | int, ...], value: Any) -> Iterator[Problem]:
    if isinstance(value, float) and not math.isfinite(value):
        yield Problem("Enter a number.", "โปรดกรอกตัวเลข", field=pointer(path), rule="type")
    elif isinstance(value, int | float) and abs(value) >= 2**63:
        yield Problem("The number is too large.", "ตัวเลขมีค่ามากเกินไป", field=pointer(path), rule="maximum")
    elif isinstance(value, str) and _UNREADABLE.search(value):
        yield Problem("The text has characters that cannot be read.", "ข้อความมีอักขระที่อ่านไม่ได้ โปรดพิมพ์ใหม่", field=pointer(path), rule="text")
    elif value is not None and not isinstance(value, str | int | float | bool):
        yield Problem("The value is of a kind forms do not have.", "ชนิดของข้อมูลไม่ถูกต้อง", field=pointer(path), rule="type")
