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


class Budget:
    """What is left of them."""

    __slots__ = ("_left", "_stop")

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._left = limits.elements
        self._stop = time.thread_time() + limits.seconds

    def spend(self) -> bool:
        """Count one element more; whether it may run."""
        self._left -= 1
        return self._left >= 0 and (self._left % 64 != 0 or time.thread_time() <= self._stop)
