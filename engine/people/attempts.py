"""How often something was tried within a window of real time, counted for all processes on one database: what throttles a login.

What is counted (a name typed, an address) is kept as a digest only.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from engine.dates.clock import real_now

if TYPE_CHECKING:
    from engine.storage.session import Session

COUNT = (
    "INSERT INTO attempt (digest, number, until) VALUES (?, ?, ?) "
    "ON CONFLICT (digest) DO UPDATE SET number = attempt.number + excluded.number RETURNING number"
)


def count(session: Session, subject: str, seconds: int, number: int = 1) -> int:
    """Count an attempt, in a window of so many seconds that begins with the first; returns how many there are in it."""
    session.rows.run("DELETE FROM attempt WHERE until <= ?", (real_now(),))
    row = session.rows.one(COUNT, (_digest(subject), number, real_now() + timedelta(seconds=seconds)))
    return int(row[0]) if row is not None else 0


def counted(session: Session, subject: str) -> tuple[int, datetime | None]:
    """How many attempts there are in the window that runs, and when it ends; (0, None) where none runs."""
    row = session.rows.one("SELECT number, until FROM attempt WHERE digest = ? AND until > ?", (_digest(subject), real_now()))
    return (0, None) if row is None else (int(row[0]), datetime.fromisoformat(row[1]))


def forget(session: Session, subject: str | None) -> int:
    """Forget the attempts at something, or (None) all; returns how many windows were forgotten."""
    if subject is None:
        return session.rows.run("DELETE FROM attempt")
    return session.rows.run("DELETE FROM attempt WHERE digest = ?", (_digest(subject),))


def _digest(subject: str) -> str:
    return hashlib.sha256(subject.encode(errors="replace")).hexdigest()
