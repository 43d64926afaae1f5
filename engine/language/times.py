"""ISO 8601 dates, times and durations. A date or time without a zone is Asia/Bangkok."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from fractions import Fraction
from zoneinfo import ZoneInfo

from engine.dates.zone import BANGKOK

_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<years>\d+(?:[.,]\d+)?)Y)?(?:(?P<months>\d+(?:[.,]\d+)?)M)?(?:(?P<weeks>\d+(?:[.,]\d+)?)W)?(?:(?P<days>\d+(?:[.,]\d+)?)D)?"
    r"(?:T(?:(?P<hours>\d+(?:[.,]\d+)?)H)?(?:(?P<minutes>\d+(?:[.,]\d+)?)M)?(?:(?P<seconds>\d+(?:[.,]\d+)?)S)?)?",
    re.ASCII,
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}", re.ASCII)
_DATETIME = re.compile(
    r"(?:\d{4}-\d{2}-\d{2}T\d{2}(?::\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)?|\d{8}T\d{2}(?:\d{2}(?:\d{2}(?:[.,]\d{1,9})?)?)?)"
    r"(?P<zone>Z|z|[+-]\d{2}(?::?\d{2})?)?"
    r"(?:@(?P<place>[A-Za-z_]+(?:/[A-Za-z_+-]+)*)|\[(?P<region>[A-Za-z_]+(?:/[A-Za-z_+-]+)*)\])?",
    re.ASCII,
)
_TIME = re.compile(
    r"T?(?P<clock>\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)(?P<zone>Z|z|[+-]\d{2}:\d{2})?(?:@(?P<place>[A-Za-z_]+(?:/[A-Za-z_+-]+)*))?",
    re.ASCII,
)
_MAX_DAYS = 4_000_000  # beyond what a date can hold
_SECONDS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


@dataclass(frozen=True, slots=True)
class Period:
    """A duration with months, whose length depends on where it starts, and the exact rest."""

    months: int
    rest: timedelta = timedelta()

    def __neg__(self) -> Period:
        return Period(-self.months, -self.rest)


Duration = timedelta | Period


def parse_duration(text: str) -> Duration:
    """`PT10M`, `P1Y2M`, `P2W`, `P0.5D`; a timedelta unless it has months or years. Raises ValueError."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or text.strip().endswith("T") or not any(match[name] for name in ("years", "months", *_SECONDS)):
        raise ValueError(f"{text!r} is not an ISO 8601 duration, such as PT10M or P1M")
    sign = -1 if match["sign"] == "-" else 1
    parts = {name: Fraction((match[name] or "0").replace(",", ".")) for name in ("years", "months", *_SECONDS)}
    months = parts["years"] * 12 + parts["months"]
    if months.denominator != 1:
        raise ValueError(f"{text!r} has a part of a month: say it in days")
    seconds = sum((parts[name] * factor for name, factor in _SECONDS.items()), Fraction(0))
    if months > 120_000 or seconds > _MAX_DAYS * 86_400:
        raise ValueError(f"{text!r} is too long")
    rest = sign * timedelta(microseconds=round(seconds * 1_000_000))
    return Period(sign * int(months), rest) if months else rest


def format_duration(value: Duration) -> str:
    """ISO 8601 text of a duration, `P1M`, `P3DT4H0.5S`."""
    months, rest = (value.months, value.rest) if isinstance(value, Period) else (0, value)
    negative = months < 0 or (months == 0 and rest < timedelta())
    if negative:
        months, rest = -months, -rest
    if rest < timedelta():
        raise ValueError("a duration with parts of opposite signs cannot be written")
    hours, seconds = divmod(rest.seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    fraction = f".{rest.microseconds:06d}".rstrip("0") if rest.microseconds else ""
    text = "-P" if negative else "P"
    text += "".join(f"{number}{unit}" for number, unit in ((months // 12, "Y"), (months % 12, "M"), (rest.days, "D")) if number)
    clock = "".join(f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M")) if number)
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    text += f"T{clock}" if clock else ""
    return f"{text}T0S" if text.endswith("P") else text


def parse_date(text: str) -> date:
    """`2009-06-01`. Raises ValueError that says what is wrong."""
    if _DATE.fullmatch(text.strip()) is None:
        raise ValueError(f"{text!r} is not a date such as 2009-06-01")
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"{text!r} is not a day of the calendar") from error


def parse_datetime(text: str, zone: tzinfo = BANGKOK) -> datetime:
    """`2009-06-01T08:30:00`, with Z, an offset or a place (`@Europe/Berlin`, `[Europe/Berlin]`), or a date alone (its first moment).

    Without any of them it is of `zone`. Always aware. Raises ValueError.
    """
    text = text.strip()
    if _DATE.fullmatch(text):
        return start_of_day(parse_date(text), zone)
    match = _DATETIME.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a date and time such as 2009-06-01T08:30:00")
    plain = re.split(r"[@[]", text)[0].replace("z", "Z").replace(",", ".")
    plain = re.sub(r"(\.\d{6})\d+", r"\1", plain)
    try:
        found = datetime.fromisoformat(plain)
        if match["place"] or match["region"]:
            zone = ZoneInfo(match["place"] or match["region"])
    except (ValueError, KeyError, OSError) as error:
        raise ValueError(f"{text!r} is not a date and time of the calendar") from error
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def parse_time(text: str) -> time:
    """`08:30:00`, with Z, an offset or a place, or without any. Raises ValueError."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a time such as 08:30:00")
    clock = re.sub(r"(\.\d{6})\d+", r"\1", match["clock"].replace(",", "."))
    try:
        found = time.fromisoformat(clock + (match["zone"] or "").upper())
        return found.replace(tzinfo=ZoneInfo(match["place"])) if match["place"] else found
    except (ValueError, KeyError, OSError) as error:
        raise ValueError(f"{text!r} is not a time of the day") from error


def parse_temporal(text: str, zone: tzinfo = BANGKOK) -> date | datetime | time | Duration:
    """Whatever of a date, a time, a date and time or a duration the text is. Raises ValueError."""
    text = text.strip()
    if text[2:3] == ":" or text[:1] == "T":
        return parse_time(text)
    if text.lstrip("+-").startswith("P"):
        return parse_duration(text)
    return parse_date(text) if _DATE.fullmatch(text) else parse_datetime(text, zone)


def start_of_day(day: date, zone: tzinfo = BANGKOK) -> datetime:
    """The first moment of a day, aware."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def add_months(moment: date, months: int) -> date:
    """That many months later; the last day of a shorter month. Raises ValueError out of the calendar's years."""
    index = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        raise ValueError("the date is out of the calendar's years")
    return moment.replace(year=year, month=month + 1, day=min(moment.day, calendar.monthrange(year, month + 1)[1]))


def since_midnight(value: time) -> timedelta:
    """How far into the day a time lies; of one with an offset that of UTC, of one without that of Bangkok."""
    passed = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    return passed - (value.utcoffset() or timedelta(hours=7))


def turn(value: time, by: timedelta) -> time:
    """A time moved around the clock."""
    moved = datetime.combine(date(2000, 1, 1), value.replace(tzinfo=None)) + timedelta(seconds=by.total_seconds() % 86_400)
    return moved.time().replace(tzinfo=value.tzinfo)


def shift(moment: date, duration: Duration) -> date:
    """A date or datetime moved by a duration; a datetime stays one. Raises ValueError out of the calendar's years."""
    months, rest = (duration.months, duration.rest) if isinstance(duration, Period) else (0, duration)
    try:
        moved = add_months(moment, months) if months else moment
        if not isinstance(moved, datetime) and rest.seconds + rest.microseconds:
            return start_of_day(moved) + rest
        return moved + rest
    except OverflowError as error:
        raise ValueError("the date is out of the calendar's years") from error
