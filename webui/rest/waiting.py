"""Requests that wait for something to come: so many at once, each in a thread of the server that has nothing else to do.

The server has `PLACES` threads more than pages need (webui/cli/serving.py), so whoever waits keeps nobody else waiting. Where all
places are taken a request is answered at once, with nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import BoundedSemaphore, Event
from typing import TypeVar

from flask import request

T = TypeVar("T")
PLACES = 32
LONGEST = 60.0  # seconds: clients ask again; a lost one keeps its place no longer
LOOK = 0.25  # seconds between two looks at least
PATIENCE = 10  # times as long as a look took: one that is long is not made often


class WaitingRoom:
    """A number of places to wait in."""

    def __init__(self, places: int = PLACES) -> None:
        self._free = BoundedSemaphore(places)
        self._closed = Event()

    def until(self, look: Callable[[], T], seconds: float) -> T | None:
        """What `look` finds first; None after so many seconds, or where no place is free, the client has gone, or the room closes."""
        if not self._free.acquire(blocking=False):
            return None
        try:
            return self._wait(look, time.monotonic() + min(seconds, LONGEST))
        finally:
            self._free.release()

    def _wait(self, look: Callable[[], T], end: float) -> T | None:
        pause = LOOK
        while (left := end - time.monotonic()) > 0:
            if self._closed.wait(min(pause, left)) or _gone():
                return None
            start = time.monotonic()
            if found := look():
                return found
            pause = max(LOOK, PATIENCE * (time.monotonic() - start))
        return None

    def close(self) -> None:
        """Let everybody go: the server stops."""
        self._closed.set()


def _gone() -> bool:
    """Whether the client has hung up, where the server can tell."""
    tell = request.environ.get("waitress.client_disconnected")
    return tell is not None and bool(tell())


room = WaitingRoom()
