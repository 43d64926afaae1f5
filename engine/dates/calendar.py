"""Working days: Monday to Friday without holidays. Holidays are rows that people keep; the laws' fixed ones come as a first stock.

All times are Asia/Bangkok. `holidays` is a set of days; what the cabinet adds each year is added to the table by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from engine.dates.zone import BANGKOK, in_bangkok

_CATEGORIES = ("public", "government")  # the second: days on which only offices are closed
MOST_DAYS = 3_660  # a count of working days beyond ten years is a mistake


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day off, as a row of table holiday."""

    day: date
    th: str
    en: str


def seed_holidays(years: range) -> list[Holiday]:
    """Thailand's public holidays of these years (CE), in both languages, with the days in lieu."""
    import holidays  # slow to import, and needed only when a year is added

    thai = holidays.country_holidays("TH", years=years, language="th", categories=_CATEGORIES)
    english = holidays.country_holidays("TH", years=years, language="en_US", categories=_CATEGORIES)
    return [Holiday(day, str(thai[day]), str(english.get(day, thai[day]))) for day in sorted(thai)]


def is_working_day(day: date, holidays: Collection[date] = frozenset()) -> bool:
    """Whether offices are open that day."""
    return day.weekday() < 5 and day not in holidays


def working_days_after(instant: datetime, number: int, holidays: Collection[date] = frozenset()) -> datetime:
    """The same time of day, that many working days later; 0 gives the instant itself. Aware, in Bangkok's zone."""
    return _move(instant, number, 1, holidays)


def working_days_before(instant: datetime, number: int, holidays: Collection[date] = frozenset()) -> datetime:
    """The same time of day, that many working days earlier; 0 gives the instant itself. Aware, in Bangkok's zone."""
    return _move(instant, number, -1, holidays)


def _move(instant: datetime, number: int, step: int, holidays: Collection[date]) -> datetime:
    if not 0 <= number <= MOST_DAYS:
        raise ValueError(f"{number} working days: expected 0 to {MOST_DAYS}")
    local = _local(instant)
    day = local.date()
    while number:
        day += timedelta(days=step)
        number -= is_working_day(day, holidays)
    return datetime.combine(day, local.timetz())


def working_days_between(start: date, end: date, holidays: Collection[date] = frozenset()) -> int:
    """Working days after `start` up to and with `end` (days in Bangkok); negative when `end` lies before."""
    first, last = _day(start), _day(end)
    sign = 1 if last >= first else -1
    if sign < 0:
        first, last = last, first
    weeks, rest = divmod((last - first).days, 7)
    days = weeks * 5 + sum((last - timedelta(days=back)).weekday() < 5 for back in range(rest))
    return sign * (days - sum(first < day <= last and day.weekday() < 5 for day in holidays))


def last_working_day(day: date, holidays: Collection[date] = frozenset()) -> date:
    """The last working day of the month that a day lies in."""
    found = _day(day)
    found = (found.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    while not is_working_day(found, holidays):
        found -= timedelta(days=1)
    return found


def end_of_day(day: date) -> datetime:
    """23:59:59 of a day in Bangkok, aware: when a window closes."""
    return datetime.combine(_day(day), time(23, 59, 59), tzinfo=BANGKOK)


def start_of_day(day: date) -> datetime:
    """The first moment of a day in Bangkok, aware."""
    return datetime.combine(_day(day), time(), tzinfo=BANGKOK)


def _local(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {instant!r}")
    return in_bangkok(instant)


def _day(value: date) -> date:
    if isinstance(value, datetime):
        return _local(value).date()
    return value


def expression_functions(now: datetime, holidays: Collection[date] = frozenset()) -> dict[str, Callable[..., Any]]:
    """The functions that expressions get from the caller: the moment and the calendar. They take dates as values or as ISO text."""
    moment = now if now.tzinfo else now.replace(tzinfo=UTC)

    def given(value: Any) -> datetime:
        from engine.language.times import parse_datetime

        if isinstance(value, str):
            return parse_datetime(value)
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=BANGKOK)
        if isinstance(value, date):
            return start_of_day(value)
        raise ValueError("expected a date")

    return {
        "now": lambda: moment.astimezone(BANGKOK),
        "today": lambda: moment.astimezone(BANGKOK).date(),
        "working_days_after": lambda value, number: working_days_after(given(value), number, holidays),
        "working_days_before": lambda value, number: working_days_before(given(value), number, holidays),
        "working_days_between": lambda start, end: working_days_between(given(start), given(end), holidays),
        "last_working_day": lambda value: last_working_day(given(value), holidays),
        "end_of_day": lambda value: end_of_day(given(value)),
    }
