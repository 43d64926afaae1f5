"""Identifiers: 32 hex digits, ordered by time so that new rows go to the end of an index (RFC 9562, version 7)."""

from __future__ import annotations

import os
import time


def new_id() -> str:
    """Return a new UUIDv7 without dashes; those of one process sort in the order they were made (to about 250 ns)."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000  # RFC 9562, 6.2, method 3
    random = int.from_bytes(os.urandom(8), "big")
    value = (milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << 62) | (random & (1 << 62) - 1)
    return f"{value:032x}"
