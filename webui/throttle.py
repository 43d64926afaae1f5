"""Where flask-limiter counts attempts: in the engine's database, so that a limit holds however many processes answer."""

from __future__ import annotations

import time

from limits.storage import Storage

from webui import current


class EngineStorage(Storage):
    """The counts of `engine.people.attempts`, as the limits library asks for them; of the application whose request is in hand."""

    STORAGE_SCHEME = ["ruam"]

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """None to be wrapped: a database that is away is said as on every page."""
        return ()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count one more; `expiry`: seconds the window lasts."""
        return current.engine().count_attempt(key, expiry, amount)

    def get(self, key: str) -> int:
        """How many there are."""
        return current.engine().attempts(key)[0]

    def get_expiry(self, key: str) -> float:
        """When the window ends (seconds since the epoch)."""
        until = current.engine().attempts(key)[1]
        return time.time() if until is None else until.timestamp()

    def check(self) -> bool:
        """Whether counts can be kept: the database answers."""
        current.engine().attempts("")
        return True

    def reset(self) -> int | None:
        """Forget all counts."""
        return current.engine().forget_attempts()

    def clear(self, key: str) -> None:
        """Forget one."""
        current.engine().forget_attempts(key)
