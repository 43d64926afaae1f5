"""The zone of every date and time that names none."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

BANGKOK = ZoneInfo("Asia/Bangkok")


def in_bangkok(instant: datetime) -> datetime:
    """An aware instant in Bangkok's time; at the ends of the calendar, where that is in no year there is, as it was given."""
    try:
        return instant.astimezone(BANGKOK)
    except OverflowError:
        return instant
