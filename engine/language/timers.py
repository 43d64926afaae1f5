"""Timers: ISO 8601 dates, durations and cycles to instants. The moment is always given, never asked of a clock.

A cron text is refused: ISO cycles say everything that the standard allows (BPMN 2.0, 10.5.5).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from engine.dates.zone import BANGKOK
from engine.errors import LanguageError
from engine.language.thai import said
from engine.language.times import Duration, Period, format_duration, parse_datetime, parse_duration, shift

KINDS = ("date", "duration", "cycle")
_REPEAT = re.compile(r"R(?P<times>-1|\d{1,9})?", re.ASCII)
_SHORTEST = timedelta(seconds=1)  # between two rounds: faster ones would never let the engine rest


@dataclass(frozen=True, slots=True)
class Cycle:
    """What remains of a repeating timer after the round it came with."""

    interval: str  # ISO duration
    remaining: int | None  # rounds still to come after the current one; None: for ever
    anchor: datetime | None = None  # the first round; months are counted from it, so that the 31st comes back after February
    round: int = 0  # of the current one, counted from 0
    end: datetime | None = None
    zone: str = BANGKOK.key

    def next(self, after: datetime) -> Timer | None:
        """The round behind the one that was due at `after`; None when that was the last. `after` is aware."""
        if self.remaining == 0:
            return None
        number = self.round + 1
        duration = parse_duration(self.interval)
        start = self.anchor if self.anchor is not None else after
        due = _step(start, duration, number if self.anchor is not None else 1, ZoneInfo(self.zone))
        if due <= after:  # somebody moved the current round behind the next: go on from where it was moved to
            return replace(self, anchor=after, round=0).next(after)
        if self.end is not None and due > self.end:
            return None
        remaining = None if self.remaining is None else self.remaining - 1
        return Timer(due, replace(self, remaining=remaining, round=number))

    def to_json(self) -> dict[str, Any]:
        """The form it has in a job's row."""
        return {
            "interval": self.interval,
            "remaining": self.remaining,
            "anchor": self.anchor.isoformat() if self.anchor else None,
            "round": self.round,
            "end": self.end.isoformat() if self.end else None,
            "zone": self.zone,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Cycle:
        """What `to_json` wrote."""
        anchor, end = stored.get("anchor"), stored.get("end")
        return cls(
            stored["interval"],
            stored["remaining"],
            datetime.fromisoformat(anchor) if anchor else None,
            stored.get("round", 0),
            datetime.fromisoformat(end) if end else None,
            stored.get("zone", BANGKOK.key),
        )


@dataclass(frozen=True, slots=True)
class Timer:
    """When something is due, aware UTC, and what of a cycle comes after."""

    due: datetime
    cycle: Cycle | None = None


class CycleOver(LanguageError):
    """A cycle ended before its first round: there is nothing to wait for."""


class _Over(ValueError):
    """What is told as CycleOver."""


def parse_timer(kind: str, value: Any, now: datetime, zone: str = BANGKOK.key) -> Timer:
    """The first instant of a timer. `kind`: date, duration or cycle; `value`: ISO text (or a date); `now` is aware.

    A date or time without a zone is of `zone`. A date in the past is due at once. Raises LanguageError that names the text, CycleOver.
    """
    if now.tzinfo is None:
        raise ValueError(f"now needs a zone: {now!r}")
    try:
        place = ZoneInfo(zone)
        if kind == "date":
            return Timer(_instant(value, place))
        if kind == "duration":
            return Timer(_step(now, _duration(value), 1, place))
        if kind == "cycle":
            return _cycle(_text(value), now, place)
    except _Over as error:
        raise CycleOver(str(error), th=partial(said, str(error)), expression=str(value), position=0) from error
    except (ValueError, KeyError, OverflowError) as error:
        raise _unread(kind, value, str(error)) from error
    raise LanguageError(f"there is no timer of kind {kind!r}", th=f"ไม่มีการตั้งเวลาชนิด {kind!r}", expression=str(value), position=0)


def _unread(kind: str, value: Any, why: str) -> LanguageError:
    return LanguageError(f"{kind} timer: {why}", th=lambda: f"อ่านเวลาที่ตั้งไว้ไม่ได้: {said(why)}", expression=str(value), position=0)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is not ISO 8601 text")
    return value.strip()


def _instant(value: Any, zone: ZoneInfo) -> datetime:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
    text = value.isoformat() if isinstance(value, date) else _text(value)
    if text.lstrip("+-").startswith("P"):
        raise ValueError(f"{text!r} is a duration, not a date")
    return parse_datetime(text, zone).astimezone(UTC)


def _duration(value: Any) -> Duration:
    if isinstance(value, timedelta | Period):
        return value
    text = _text(value)
    if not text.lstrip("+-").startswith("P"):
        raise ValueError(f"{text!r} is not an ISO 8601 duration, such as PT10M or P1M")
    return parse_duration(text)


def is_cron(text: str) -> bool:
    """Whether a text is one of cron's, `0 0 9 * * MON` or `@daily`: never one of ISO 8601."""
    return text.startswith("@") or len(text.split()) >= 5


def _step(start: datetime, duration: Duration, times: int, zone: ZoneInfo) -> datetime:
    """`times` durations after a start, counted in the zone's calendar; UTC."""
    local = start.astimezone(zone)
    if isinstance(duration, Period):
        moved = shift(local, Period(duration.months * times, duration.rest * times))
    else:
        moved = shift(start.astimezone(UTC), duration * times)
    assert isinstance(moved, datetime)
    return moved.astimezone(UTC)


def _cycle(text: str, now: datetime, zone: ZoneInfo) -> Timer:
    """`R3/PT10M`, `R/2009-06-01T00:00:00/P1M`, `R2/P1D/2009-07-01`, `R/2009-06-01/2009-06-08` (the interval between two dates)."""
    if not text.startswith(("R", "P")):
        hint = " (cron texts are not read; write R/PT1H or R/2009-06-01T09:00:00/P1D)" if is_cron(text) else ""
        raise ValueError(f"{text!r} is not an ISO 8601 cycle such as R3/PT10M{hint}")
    parts = text.split("/") if text.startswith("R") else ["R1", text]
    repeat = _REPEAT.fullmatch(parts[0])
    if repeat is None or not 2 <= len(parts) <= 3:
        raise ValueError(f"{text!r} is not an ISO 8601 cycle such as R3/PT10M")
    times = None if repeat["times"] in (None, "-1") else int(repeat["times"])
    if times == 0:
        raise ValueError(f"{text!r} repeats no times")
    start, duration, end = _schedule(parts[1:], zone)
    _check_interval(duration, now, zone)
    first = start if start is not None else _step(now, duration, 1, zone)
    if end is not None and first > end:
        raise _Over(f"{text!r} ends before its first round")
    number = _passed(first, duration, now, zone)
    if times is not None:
        number = min(number, times - 1)  # all have passed: the last one is due at once
    remaining = None if times is None else times - 1 - number
    return Timer(_step(first, duration, number, zone), Cycle(format_duration(duration), remaining, first, number, end, zone.key))


def _passed(first: datetime, duration: Duration, now: datetime, zone: ZoneInfo) -> int:
    """How many rounds lay before `now` when the timer was set: they are not made up for."""
    if first >= now:
        return 0
    span = now - first
    if isinstance(duration, timedelta):
        return -(-span // duration)
    number = max(0, span // timedelta(days=31 * duration.months + max(0, duration.rest.days + 1)) - 1)
    while _step(first, duration, number, zone) < now:
        number += 1
    return number


def _schedule(parts: list[str], zone: ZoneInfo) -> tuple[datetime | None, Duration, datetime | None]:
    """Start, interval and end of what follows the R."""
    is_duration = [part.startswith("P") for part in parts]
    if len(parts) == 1 and is_duration == [True]:
        return None, parse_duration(parts[0]), None
    if is_duration == [False, True]:
        return _instant(parts[0], zone), parse_duration(parts[1]), None
    if is_duration == [True, False]:
        return None, parse_duration(parts[0]), _instant(parts[1], zone)
    if is_duration == [False, False]:
        start = _instant(parts[0], zone)
        return start, _instant(parts[1], zone) - start, None
    raise ValueError(f"{'/'.join(parts)!r} needs one interval, such as PT10M")


def _check_interval(duration: Duration, now: datetime, zone: ZoneInfo) -> None:
    if _step(now, duration, 1, zone) - now.astimezone(UTC) < _SHORTEST:
        raise ValueError("the interval of a cycle is at least a second")
