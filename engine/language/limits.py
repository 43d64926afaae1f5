"""What an expression may cost. A diagram may be written by anybody; a mistake or malice in it ends here, with a clear error."""

from __future__ import annotations

import time
from dataclasses import dataclass

MAX_TEXT = 65_536  # characters of an expression, template or script
MAX_NESTING = 40  # brackets and operators inside each other while reading
MAX_HEIGHT = 120  # of the syntax tree: the evaluator recurses over it
MAX_DIGITS = 300  # of a number literal
MAX_BITS = 4_096  # of a whole number


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one evaluation."""

    steps: int = 200_000  # nodes evaluated and items touched
    size: int = 1_000_000  # characters of a text, or items and characters of a list or dict together
    seconds: float = 2.0  # CPU time of the thread


class Fault(Exception):
    """Something wrong at a place of an expression; becomes a LanguageError, which names the expression, at the way out."""

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


class Missing(Fault):
    """A name or key that is not there: `empty`, `defined` and `default` expect it."""


class Budget:
    """Counts what an evaluation has cost so far."""

    __slots__ = ("_deadline", "_next_look", "limits", "steps")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.steps = 0
        self._next_look = min(512, limits.steps + 1)
        self._deadline = time.thread_time() + limits.seconds

    def charge(self, steps: int = 1) -> None:
        """Count steps; raises Fault when there were too many or it took too long."""
        self.steps += steps
        if self.steps >= self._next_look:
            self._look()

    def _look(self) -> None:
        if self.steps > self.limits.steps:
            raise Fault(f"takes more than {self.limits.steps} steps")
        if time.thread_time() > self._deadline:
            raise Fault(f"takes more than {self.limits.seconds} seconds")
        self._next_look = self.steps + 512

    def check_size(self, size: int) -> None:
        """Refuse a text or list of that many characters or items, before it is made."""
        if size > self.limits.size:
            raise Fault(f"makes a value larger than {self.limits.size}")
        if size > 64:
            self.charge(size >> 6)
