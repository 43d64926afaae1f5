"""The windows of the 24 steps: the months of schedule.toml in the project's year, moved as a whole by a different start date."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from engine.dates.calendar import end_of_day, is_working_day, start_of_day

BE_OFFSET = 543


def of_project(schedule: Mapping[str, Any], year: int, start_date: date, holidays: Collection[date]) -> dict[str, dict[str, str]]:
    """`{"1": {"opens", "closes"}}`, ISO instants of Asia/Bangkok; `closes` ends the last working day of the window.

    `schedule`: schedule.toml, whose days are MM-DD of the project's year when it starts on `start`, or YYYY-MM-DD whenever it starts;
    `year` in พ.ศ.
    """
    shift = start_date - planned_start(schedule, year)
    return {
        step: {
            "opens": start_of_day(_moved(year, window["opens"], shift)).isoformat(),
            "closes": end_of_day(_working(_moved(year, window["closes"], shift), holidays)).isoformat(),
        }
        for step, window in schedule["windows"].items()
    }


def planned_start(schedule: Mapping[str, Any], year: int) -> date:
    """The first day of a year's project as the plan has it."""
    return _day(year, schedule["start"])


def closing(window: Mapping[str, str], now: datetime, holidays: Collection[date]) -> str:
    """When a window closes; entered after that, it is as long as planned from now (PROCESS.md 5)."""
    opens, closes = datetime.fromisoformat(window["opens"]), datetime.fromisoformat(window["closes"])
    if now < closes:
        return window["closes"]
    day = (now + (closes - opens)).date()
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return end_of_day(day).isoformat()


def part(window: Mapping[str, str], start: float, end: float) -> dict[str, str]:
    """The part of a window between two fractions of its length."""
    opens, closes = datetime.fromisoformat(window["opens"]), datetime.fromisoformat(window["closes"])
    return {"opens": (opens + (closes - opens) * start).isoformat(), "closes": (opens + (closes - opens) * end).isoformat()}


def spread(window: Mapping[str, str], count: int, holidays: Collection[date]) -> list[str]:
    """So many working days of a window, as far apart as they fit, as ISO dates."""
    first, last = (datetime.fromisoformat(window[end]).date() for end in ("opens", "closes"))
    days = [day for offset in range((last - first).days + 1) if is_working_day(day := first + timedelta(days=offset), holidays)] or [last]
    return [days[min(len(days) - 1, (2 * place + 1) * len(days) // (2 * count))].isoformat() for place in range(count)]


def _moved(year: int, text: str, shift: timedelta) -> date:
    return date.fromisoformat(text) if len(text) > len("MM-DD") else _day(year, text) + shift


def _day(year: int, text: str) -> date:
    month, day = text.split("-")
    return date(year - BE_OFFSET, int(month), int(day))


def _working(day: date, holidays: Collection[date]) -> date:
    while not is_working_day(day, holidays):
        day -= timedelta(days=1)
    return day
