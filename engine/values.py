"""What may become a variable: JSON of bounded size, with no name that an executor could mistake for its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.dates.thai import BE_OFFSET, FIRST_BE_YEAR
from engine.errors import Invalid, Problem

LARGEST = 1_000_000  # bytes of all values together
LONGEST_KEY = 255  # characters of what has a column of its own
LONGEST_REASON = 4_000
DEEPEST = 50
RESERVED = frozenset({"typename", "loopCounter", "nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances"})

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL has no NUL, UTF-8 no half characters


def check_text(text: str, field: str, longest: int = LONGEST_KEY) -> None:
    """Refuse what no column could keep. Raises Invalid with the field's name."""
    if _UNREADABLE.search(text):
        message = "The text has characters that cannot be read; type it anew."
        raise Invalid(message, [Problem(message, "ข้อความมีอักขระที่อ่านไม่ได้ โปรดพิมพ์ใหม่", field=field, rule="text")])
    if len(text) > longest:
        message = f"Write at most {longest} characters."
        raise Invalid(message, [Problem(message, f"โปรดกรอกไม่เกิน {longest} ตัวอักษร", field=field, rule="maxLength")])


def check_reason(reason: str) -> None:
    """Refuse an empty or unreadable reason. Raises Invalid."""
    if not reason.strip():
        raise Invalid("A reason is needed.", [Problem("A reason is needed.", "ต้องระบุเหตุผล", field="reason", rule="required")])
    check_text(reason, "reason", LONGEST_REASON)


def check_values(values: Mapping[str, Any]) -> None:
    """Refuse what is not JSON, reserved or too large. Raises Invalid with a problem a place."""
    if not values:
        return
    problems: list[Problem] = []
    size = _walk(values, "", 0, problems)
    if size > LARGEST:
        problems.append(Problem(f"The values are larger than {LARGEST // 1000} kB.", "ข้อมูลมีขนาดใหญ่เกินไป", rule="size"))
    if problems:
        raise Invalid("These values cannot be kept.", problems, th="บันทึกค่าเหล่านี้ไม่ได้")


def check_set_by_hand(values: Mapping[str, Any]) -> None:
    """What `check_values` refuses, and what somebody who sets variables himself has mistyped: names that no expression could call, days
    there are not, and those of a year พ.ศ. Raises Invalid with a problem a variable."""
    check_values(values)
    if problems := [problem for name, value in values.items() if (problem := _mistyped(name, value)) is not None]:
        raise Invalid(problems[0].message, problems, th=problems[0].message_th)


def _mistyped(name: str, value: Any) -> Problem | None:
    if any(sign.isspace() for sign in name):
        message = "A variable's name has no spaces: expressions could not call it."
        return Problem(message, "ชื่อตัวแปรต้องไม่มีช่องว่าง มิฉะนั้นเงื่อนไขจะเรียกใช้ไม่ได้", field=name, rule="name")
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        year = date.fromisoformat(value).year
    except ValueError:
        message = f"There is no such day: {value}. Write it as 2027-06-30."
        return Problem(message, f"ไม่มีวัน {value} เขียนวันที่เช่น 2027-06-30", field=name, rule="date")
    if year < FIRST_BE_YEAR:
        return None
    meant = f"{year - BE_OFFSET}{value[4:]}"
    return Problem(f"In values the years are A.D.: write {meant}.", f"ค่าวันที่ใช้ปี ค.ศ. โปรดเขียน {meant}", field=name, rule="date")


def _walk(value: Any, place: str, depth: int, problems: list[Problem]) -> int:
    """The approximate size of a value, noting what is wrong in it."""
    if value is None or isinstance(value, bool):
        return 4
    if isinstance(value, str):
        if _UNREADABLE.search(value):
            problems.append(_problem(place, "value", "has characters that cannot be read", "มีอักขระที่อ่านไม่ได้ โปรดพิมพ์ใหม่"))
        return len(value) + 2 if value.isascii() else len(value) * 3 + 2
    if isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            problems.append(_problem(place, "value", "is too large a number", "ตัวเลขใหญ่เกินไป"))
        return 8
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            problems.append(_problem(place, "value", "is not a number", "ไม่ใช่ตัวเลข"))
        return 8
    if depth > DEEPEST:
        problems.append(_problem(place, "depth", "is nested too deeply", "ซ้อนกันลึกเกินไป"))
        return 0
    if isinstance(value, Mapping):
        return 2 + sum(_entry(name, item, place, depth, problems) for name, item in value.items())
    if isinstance(value, list | tuple):
        return 2 + sum(1 + _walk(item, f"{place}/{index}", depth + 1, problems) for index, item in enumerate(value))
    problems.append(_problem(place, "value", f"is of a kind that cannot be kept ({type(value).__name__})", "เป็นชนิดข้อมูลที่เก็บไม่ได้"))
    return 0


def _entry(name: Any, item: Any, place: str, depth: int, problems: list[Problem]) -> int:
    inside = f"{place}/{name}" if place else str(name)
    if not isinstance(name, str) or not name or _UNREADABLE.search(name):
        problems.append(_problem(inside, "name", "is not a name", "ชื่อไม่ถูกต้อง"))
        return 0
    if name.startswith("__") or name == "typename" or (depth == 0 and name in RESERVED):
        problems.append(_problem(inside, "reserved", "is a reserved name", "เป็นชื่อที่สงวนไว้"))
    return len(name) + 4 + _walk(item, inside, depth + 1, problems)


def _problem(place: str, rule: str, message: str, message_th: str) -> Problem:
    return Problem(f"'{place}' {message}.", f"“{place}” {message_th}", field=place or None, rule=rule)
