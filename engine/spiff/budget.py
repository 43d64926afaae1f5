"""What one transaction may cost: a small diagram, careless or hostile, could else keep a worker for hours."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one transaction; beyond them it fails, and the state before it is kept."""

    elements: int = 50_000  # that run, and scopes that open
    seconds: float = 5.0  # of CPU of the thread


LIMITS = Limits()
LOOK = 64  # elements between two looks at the clock


class Budget:
    """What is left of them."""

    __slots__ = ("_left", "_seconds", "_stop")

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._left = limits.elements
        self._seconds = limits.seconds
        self._stop: float | None = None

    def spend(self) -> bool:
        """Count one element more; whether it may run."""
        self._left -= 1
        return self._left >= 0 and (self._left % LOOK != 0 or self._in_time())

    def _in_time(self) -> bool:
        """Whether there is CPU time left; what goes on for fewer than `LOOK` elements is never asked, as asking costs as much as a step."""
        now = time.thread_time()
        if self._stop is None:
            self._stop = now + self._seconds
        return now <= self._stop
