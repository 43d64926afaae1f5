"""Instances kept in memory between steps, so that a step need not read and decode what the last one has just written.

An instance is taken out while a transaction uses it and put back after the commit; after an error it is simply not put back.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.spiff import Instance

CAPACITY = 1000  # instances


class Live:
    """A bounded, thread-safe cache of instances by id and revision."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self._kept: OrderedDict[str, tuple[int, Instance]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, instance_id: str, revision: int) -> Instance | None:
        """Take an instance out, if what is kept is of that revision."""
        with self._lock:
            found = self._kept.pop(instance_id, None)
        return found[1] if found is not None and found[0] == revision else None

    def put(self, instance_id: str, revision: int, instance: Instance) -> None:
        """Keep an instance as of a committed revision."""
        with self._lock:
            self._kept[instance_id] = (revision, instance)
            self._kept.move_to_end(instance_id)
            while len(self._kept) > self.capacity:
                self._kept.popitem(last=False)

    def moved(self, instance_id: str, before: int, after: int) -> None:
        """The row's revision changed without the instance: keep it as of the new one."""
        with self._lock:
            found = self._kept.get(instance_id)
            if found is not None and found[0] == before:
                self._kept[instance_id] = (after, found[1])
