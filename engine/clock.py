"""The only source of now. Processes see the engine's clock, real or simulated; locks, leases and links always use real time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from engine.errors import Conflict
from engine.model import to_text
from engine.rows import Rows

BANGKOK = ZoneInfo("Asia/Bangkok")
SETTING = "clock"


class Clock(Protocol):
    """What time it is for processes, asked inside a transaction."""

    simulated: bool

    def now(self, rows: Rows) -> datetime: ...


class RealClock:
    """The computer's clock."""

    simulated = False

    def now(self, rows: Rows) -> datetime:
        return real_now()


class SimulatedClock:
    """A clock that stands still until it is moved. Its time is a row of the database, so that all processes on it see the same."""

    simulated = True

    def __init__(self, start: datetime | None = None) -> None:
        self.start = start

    def now(self, rows: Rows) -> datetime:
        row = rows.one("SELECT value FROM setting WHERE key = ?", (SETTING,))
        if row is not None:
            return datetime.fromisoformat(row[0])
        return self.start or real_now()

    def move(self, rows: Rows, to: datetime) -> None:
        """Set the time; never backwards. Raises Conflict."""
        row = rows.one("SELECT value FROM setting WHERE key = ?", (SETTING,))
        if row is None:
            rows.run("INSERT INTO setting (key, value) VALUES (?, ?)", (SETTING, to_text(to)))
        elif to_text(to) < row[0]:
            raise Conflict(f"The clock stands at {row[0]} and cannot go back.")
        else:
            rows.run("UPDATE setting SET value = ? WHERE key = ?", (to_text(to), SETTING))


def real_now() -> datetime:
    """Now, by the computer's clock: aware, UTC."""
    return datetime.now(UTC)
