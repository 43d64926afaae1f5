"""Values in words: durations, dates, expressions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from engine.dates.thai import MONTHS, MONTHS_EN, format_date, format_datetime
from engine.differences.words import LONGEST_VALUE, Said, alike, listed, short

_DURATION = re.compile(
    r"P(?=.)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
_UNITS = (
    ("years", "ปี", "year"), ("months", "เดือน", "month"), ("weeks", "สัปดาห์", "week"), ("days", "วัน", "day"),
    ("hours", "ชั่วโมง", "hour"), ("minutes", "นาที", "minute"), ("seconds", "วินาที", "second"),
)  # fmt: skip
_CYCLE = re.compile(r"R(?P<times>\d*)/(?P<rest>.+)")
_WHOLE_EXPRESSION = re.compile(r"\$\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}|=\s*(.+)", re.S)
_WINDOW = re.compile(r"""windows\[['"](?P<step>[^'"\]]+)['"]\]\.(?P<end>opens|closes)""")
_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})")


def value(found: Any) -> Said:
    """A value of a file as people read it."""
    if found is None:
        return Said("ไม่มี", "nothing")
    if isinstance(found, bool):
        return Said("ใช่", "yes") if found else Said("ไม่ใช่", "no")
    if isinstance(found, datetime):
        return Said(format_datetime(found), format_datetime(found, locale="en"))
    if isinstance(found, date):
        return Said(format_date(found), format_date(found, locale="en"))
    if isinstance(found, str):
        return text(found)
    if isinstance(found, Mapping):
        if found.keys() and found.keys() <= {"th", "en"}:
            return Said(short(str(found.get("th", found.get("en")))), short(str(found.get("en", found.get("th")))))
        return _cut(listed(Said(f"{key}: {entry.th}", f"{key}: {entry.en}") for key, entry in ((k, value(v)) for k, v in found.items())))
    if isinstance(found, list | tuple | set | frozenset):
        return _cut(listed(map(value, found)))
    return alike(found)


def _cut(said: Said) -> Said:
    return Said(short(said.th), short(said.en))


def text(found: str) -> Said:
    """A text that may be a duration, a date or an expression."""
    written = found.strip()
    said = duration(written) or cycle(written) or day(written) or window(written)
    if said is not None:
        return said
    whole = _WHOLE_EXPRESSION.fullmatch(written)
    return alike(short(whole[1] or whole[2] or written) if whole else short(written))


def duration(written: str) -> Said | None:
    """`P7D` as 7 days."""
    match = _DURATION.fullmatch(written)
    if match is None:
        return None
    parts = [(int(match[unit]), th, en) for unit, th, en in _UNITS if match[unit] is not None]
    if not parts:
        return None
    return Said(" ".join(f"{n} {th}" for n, th, _ in parts), " ".join(f"{n} {en}{'' if n == 1 else 's'}" for n, _, en in parts))


def cycle(written: str) -> Said | None:
    """`R3/PT10M` as every 10 minutes, 3 times."""
    match = _CYCLE.fullmatch(written)
    every = duration(match["rest"]) if match is not None else None
    if match is None or every is None:
        return None
    times = Said(f" รวม {match['times']} ครั้ง", f", {match['times']} times") if match["times"] else Said("", "")
    return Said(f"ทุก {every.th}{times.th}", f"every {every.en}{times.en}")


def day(written: str) -> Said | None:
    """A day, an instant, or a day of any year (`07-31`)."""
    match = _MONTH_DAY.fullmatch(written)
    if match is not None:
        month, number = int(match[1]), int(match[2])
        return Said(f"{number} {MONTHS[month - 1]}", f"{number} {MONTHS_EN[month - 1]}") if 1 <= month <= 12 else None
    if not re.match(r"\d{4}-\d{2}-\d{2}", written):
        return None
    try:
        return value(datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written))
    except ValueError:
        return None


def window(written: str) -> Said | None:
    """`${windows['12'].closes}`: a day of the schedule."""
    whole = _WHOLE_EXPRESSION.fullmatch(written)
    match = _WINDOW.fullmatch((whole[1] or whole[2] or "").strip()) if whole is not None else None
    if match is None:
        return None
    if match["end"] == "closes":
        return Said(f"วันสุดท้ายของขั้นตอนที่ {match['step']} ตามกำหนดการ", f"the last day of step {match['step']} in the schedule")
    return Said(f"วันแรกของขั้นตอนที่ {match['step']} ตามกำหนดการ", f"the first day of step {match['step']} in the schedule")


def working_days(found: Any) -> Said:
    """A number of working days, which may be computed."""
    written = str(found)
    if written.isdecimal():
        return Said(f"{written} วันทำการ", f"{written} working day{'' if written == '1' else 's'}")
    return text(written)


def pair(before: Any, after: Any) -> tuple[Said, Said]:
    """Two values so that one sees what is different: of long texts the part around it, of what reads alike the very text."""
    said = value(before), value(after)
    if isinstance(before, str) and isinstance(after, str) and (said[0] == said[1] or max(len(before), len(after)) > LONGEST_VALUE):
        start = _parting(before, after)
        return alike(_from(before, start)), alike(_from(after, start))
    if said[0] == said[1]:
        return alike(repr(before)), alike(repr(after))
    return said


def _parting(before: str, after: str) -> int:
    """Where a context that is worth showing begins before two texts part."""
    common = 0
    for ours, theirs in zip(before, after, strict=False):
        if ours != theirs:
            break
        common += 1
    return max(before.rfind(" ", 0, max(common - 12, 0)) + 1, 0) if common > 24 else 0


def _from(written: str, start: int) -> str:
    return ("… " if start else "") + short(written[start:])
