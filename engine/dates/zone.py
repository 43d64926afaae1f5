"""The zone of every date and time that names none."""

from __future__ import annotations

from zoneinfo import ZoneInfo

BANGKOK = ZoneInfo("Asia/Bangkok")
