"""The only source of now. Processes see the engine's clock, real or simulated; locks, leases and links always use real time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

from engine.errors import Conflict
from engine.storage.model import to_text
from engine.storage.rows import Rows

SETTING = "clock"
KEPT = f"(SELECT value FROM setting WHERE key = '{SETTING}')"  # the simulated time that the database keeps: a column of any SELECT


class Clock(Protocol):
    """What time it is for processes, told what the database keeps: the text of a simulated time, or None."""

    def now(self, kept: str | None) -> datetime: ...
    def is_simulated(self, kept: str | None) -> bool: ...


class RealClock:
    """The computer's clock."""

    def now(self, kept: str | None) -> datetime:
        return real_now()

    def is_simulated(self, kept: str | None) -> bool:
        return False


class DatabaseClock:
    """Simulated where the database keeps a simulated time, else real."""

    def now(self, kept: str | None) -> datetime:
        return real_now() if kept is None else datetime.fromisoformat(kept)

    def is_simulated(self, kept: str | None) -> bool:
        return kept is not None


class SimulatedClock:
    """A clock that stands still until it is moved. Its time is a row of the database, so that all processes on it see the same."""

    def __init__(self, start: datetime | None = None) -> None:
        self.start = start

    def now(self, kept: str | None) -> datetime:
        return datetime.fromisoformat(kept) if kept is not None else self.start or real_now()

    def is_simulated(self, kept: str | None) -> bool:
        return True


def move(rows: Rows, to: datetime) -> None:
    """Set the simulated time; never backwards. Raises Conflict."""
    before = kept(rows)
    if before is None:
        rows.run("INSERT INTO setting (key, value) VALUES (?, ?)", (SETTING, to_text(to)))
    elif to_text(to) < before:
        raise Conflict(f"The clock stands at {before} and cannot go back.", th="นาฬิกาย้อนเวลาไม่ได้")
    else:
        rows.run("UPDATE setting SET value = ? WHERE key = ?", (to_text(to), SETTING))


def kept(rows: Rows) -> str | None:
    """The simulated time that the database keeps, if it keeps one."""
    row = rows.one(f"SELECT {KEPT}")
    return None if row is None else row[0]


def real_now() -> datetime:
    """Now, by the computer's clock: aware, UTC."""
    return datetime.now(UTC)
