"""Functions of dates, times and durations, and their parts (`due.year`)."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from engine.language.limits import Budget, Fault
from engine.language.times import (
    Period,
    format_duration,
    parse_date,
    parse_datetime,
    parse_duration,
    parse_temporal,
    parse_time,
    shift,
    start_of_day,
)
from engine.language.values import type_name

DURATIONS = (timedelta, Period)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def negative(value: Any) -> bool:
    """Whether a duration goes back in time."""
    return value.months < 0 if isinstance(value, Period) else value < timedelta()


def _reading(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except (ValueError, OverflowError) as error:
        raise Fault(str(error)) from error


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Fault(f"expected a whole number, not {type_name(value)}")
    return value


def to_date(budget: Budget, *parts: Any) -> date | None:
    """`date("2009-06-01")`, `date(2009, 6, 1)`, `date(moment)`."""
    if len(parts) == 3:
        return _reading(lambda: date(*(_whole(part) for part in parts)))  # type: ignore[no-any-return]
    if len(parts) != 1:
        raise Fault("date takes a text or year, month, day")
    value = parts[0]
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise Fault(f"cannot make a date of {type_name(value)}")
    return _reading(lambda: parse_date(value) if "T" not in value else parse_datetime(value).date())  # type: ignore[no-any-return]


def to_datetime(budget: Budget, value: Any = None, clock: Any = None) -> datetime | None:
    """`datetime("2009-06-01T08:30:00")`, `datetime(day)`, `datetime(day, "08:30")`; without a zone it is Asia/Bangkok."""
    if value is None or (isinstance(value, datetime) and clock is None):
        return value
    day = value if isinstance(value, date) else None
    if isinstance(value, datetime):
        day = value.date()
    if clock is not None:
        day = to_date(budget, value)
        written = clock.isoformat() if isinstance(clock, time) else clock
        return _reading(lambda: parse_datetime(f"{day}T{written}"))  # type: ignore[no-any-return]
    if day is not None:
        return start_of_day(day)
    if not isinstance(value, str):
        raise Fault(f"cannot make a date and time of {type_name(value)}")
    return _reading(lambda: parse_datetime(value))  # type: ignore[no-any-return]


def to_time(budget: Budget, *parts: Any) -> time | None:
    """`time("08:30:00")`, `time(8, 30, 0)`, `time(8, 30, 0, duration("PT7H"))`, `time(moment)`."""
    if len(parts) >= 3:
        offset = timezone(to_duration(budget, parts[3])) if len(parts) > 3 and parts[3] is not None else None
        hour, minute, second = (int(part) for part in parts[:3])
        return _reading(lambda: time(hour, minute, second, tzinfo=offset))  # type: ignore[no-any-return]
    value = parts[0] if len(parts) == 1 else ""
    if value is None or isinstance(value, time):
        return value
    if isinstance(value, datetime):
        return value.timetz()
    if not isinstance(value, str):
        raise Fault(f"cannot make a time of {type_name(value)}")
    return _reading(lambda: parse_time(value) if "T" not in value[1:] else parse_datetime(value).timetz())  # type: ignore[no-any-return]


def last_day_of_month(budget: Budget, moment: Any) -> date:
    """The last day of a date's month."""
    day = _moment(moment)
    return date(day.year, day.month, calendar.monthrange(day.year, day.month)[1])


def to_duration(budget: Budget, value: Any) -> Any:
    if value is None or isinstance(value, DURATIONS):
        return value
    if not isinstance(value, str):
        raise Fault(f"cannot make a duration of {type_name(value)}")
    return _reading(lambda: parse_duration(value))


def to_temporal(budget: Budget, value: Any) -> Any:
    """FEEL's `@"2009-06-01"`."""
    return _reading(lambda: parse_temporal(value))


def days(budget: Budget, number: Any) -> timedelta:
    return _span("days", number)


def hours(budget: Budget, number: Any) -> timedelta:
    return _span("hours", number)


def minutes(budget: Budget, number: Any) -> timedelta:
    return _span("minutes", number)


def months(budget: Budget, number: Any) -> Period:
    if abs(_whole(number)) > 120_000:
        raise Fault("the duration is too long")
    return Period(number)


def _span(unit: str, number: Any) -> timedelta:
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise Fault(f"expected a number of {unit}, not {type_name(number)}")
    return _reading(lambda: timedelta(**{unit: number}))  # type: ignore[no-any-return]


def add_days(budget: Budget, moment: Any, number: Any) -> Any:
    return _reading(lambda: shift(_moment(moment), _span("days", number)))


def days_between(budget: Budget, start: Any, end: Any) -> int:
    """Whole calendar days from one date to another."""
    first, last = to_date(budget, start), to_date(budget, end)
    if first is None or last is None:
        raise Fault("expected two dates")
    return (last - first).days


def years_and_months(budget: Budget, start: Any, end: Any) -> Period:
    """FEEL's `years and months duration(from, to)`."""
    first, last = to_date(budget, start), to_date(budget, end)
    if first is None or last is None:
        raise Fault("expected two dates")
    number = (last.year - first.year) * 12 + last.month - first.month
    if number > 0 and last.day < first.day:
        number -= 1
    elif number < 0 and last.day > first.day:
        number += 1
    return Period(number)


def _moment(value: Any) -> date:
    found = parse_temporal(value) if isinstance(value, str) else value
    if not isinstance(found, date):
        raise Fault(f"expected a date, not {type_name(found)}")
    return found


def _of_date(part: Callable[[date], Any]) -> Callable[..., Any]:
    return lambda budget, value: _reading(lambda: part(_moment(value)))


def cycle(budget: Budget, *parts: Any) -> str:
    """Zeebe's `cycle(3, duration("PT1H"))` and `cycle(duration("PT1H"))`, as ISO text."""
    interval = to_duration(budget, parts[-1]) if 1 <= len(parts) <= 2 else None
    if interval is None or (len(parts) == 2 and parts[0] is not None and _whole(parts[0]) < -1):
        raise Fault("cycle takes a number of times and a duration")
    times = parts[0] if len(parts) == 2 and parts[0] not in (None, -1) else ""
    return f"R{times}/{_reading(lambda: format_duration(interval))}"


def total_seconds(budget: Budget, value: Any) -> float:
    found = to_duration(budget, value)
    if not isinstance(found, timedelta):
        raise Fault("a duration with months has no fixed length")
    return found.total_seconds()


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "date": to_date, "time": to_time, "last_day_of_month": last_day_of_month,
    "datetime": to_datetime, "date_and_time": to_datetime, "duration": to_duration, "temporal": to_temporal,
    "days": days, "hours": hours, "minutes": minutes, "months": months, "add_days": add_days, "days_between": days_between,
    "years_and_months_duration": years_and_months, "total_seconds": total_seconds, "cycle": cycle,
    "day_of_week": _of_date(lambda day: _DAYS[day.weekday()]), "month_of_year": _of_date(lambda day: _MONTHS[day.month - 1]),
    "day_of_year": _of_date(lambda day: day.timetuple().tm_yday), "week_of_year": _of_date(lambda day: day.isocalendar()[1]),
}  # fmt: skip

_DATE_PARTS: Mapping[str, Callable[[Any], Any]] = {
    "year": lambda value: value.year, "month": lambda value: value.month, "day": lambda value: value.day,
    "weekday": lambda value: value.isoweekday(), "year_be": lambda value: value.year + 543,
}  # fmt: skip
_TIME_PARTS: Mapping[str, Callable[[Any], Any]] = {
    "hour": lambda value: value.hour, "minute": lambda value: value.minute, "second": lambda value: value.second,
    "date": lambda value: value.date(), "time offset": lambda value: value.utcoffset(), "timezone": lambda value: value.tzname(),
}  # fmt: skip
_CLOCK_PARTS: Mapping[str, Callable[[Any], Any]] = {name: read for name, read in _TIME_PARTS.items() if name != "date"}
_DURATION_PARTS: Mapping[str, Callable[[Any], Any]] = {
    "days": lambda value: value.days, "hours": lambda value: value.seconds // 3600,
    "minutes": lambda value: value.seconds // 60 % 60, "seconds": lambda value: value.seconds % 60, "text": format_duration,
}  # fmt: skip
_PERIOD_PARTS: Mapping[str, Callable[[Any], Any]] = {"years": lambda value: value.months // 12, "months": lambda value: value.months % 12}


def part(value: Any, name: str) -> Any:
    """`due.year` and its like: a fixed table, never Python's attributes. Raises KeyError where there is no such part."""
    if isinstance(value, datetime):
        return (_TIME_PARTS.get(name) or _DATE_PARTS[name])(value)
    if isinstance(value, date):
        return _DATE_PARTS[name](value)
    if isinstance(value, time):
        return _CLOCK_PARTS[name](value)
    if isinstance(value, Period):
        return _PERIOD_PARTS[name](value)
    return _DURATION_PARTS[name](value)
