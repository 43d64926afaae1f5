"""The order in which things happened in several instances at one and the same time, as on a simulated clock that stands still."""

from __future__ import annotations

from collections.abc import Iterable

from engine.queries import HistoryEvent

LAST = "~"  # behind all ids


def in_order(events: Iterable[HistoryEvent]) -> list[HistoryEvent]:
    """Events by time; those of one time by what followed them: the ids of tokens are in the order in which tokens came into being.

    What happened in one instance stays in its order.
    """
    by_instance: dict[str, list[HistoryEvent]] = {}
    for event in events:
        by_instance.setdefault(event.instance_id, []).append(event)
    followed: dict[tuple[str, int], str] = {}
    for many in by_instance.values():
        many.sort(key=lambda event: event.seq)
        first = {event.token_id: event.seq for event in reversed(many) if event.token_id is not None}
        following = LAST
        for event in reversed(many):
            if event.token_id is not None and first[event.token_id] == event.seq:
                following = min(following, event.token_id)
            followed[event.instance_id, event.seq] = following
    everything = (event for many in by_instance.values() for event in many)
    return sorted(everything, key=lambda event: (event.time, followed[event.instance_id, event.seq], event.instance_id, event.seq))
