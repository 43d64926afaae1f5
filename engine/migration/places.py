"""The scopes of an instance in the new version: which go on, which are opened around what moves, which are taken away.

A scope stays where its activity does. Where the new version has a sub-process around something, one is opened around it; where it no longer
has one, what was inside stands in the scope around, with its variables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.ids import new_id
from engine.migration.carried import Carried, Place, Standing
from engine.migration.kinds import is_plain
from engine.migration.refusals import Reason, Refused, refusal
from engine.spiff import COUNTERS

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.migration.versions import Versions
    from engine.spiff import Scope


class Places:
    """Completes the places of `result`."""

    def __init__(self, versions: Versions, result: Carried) -> None:
        self.versions, self.result = versions, result

    def keep(self, scope: Scope, element_id: str, parent: Place | None = None) -> Place:
        """A scope goes on, as the inside of an element of the new version."""
        return self._add(Place(scope.scope_id, element_id, parent, scope.host_token_id, scope, dict(scope.data)))

    def seen_from(self, home: Place, image: str, old: Element) -> Place:
        """The scope in which an element stands: outwards from `home` as far as needed, then inwards. Raises Refused, about `old`."""
        around, place = self._around(image), home
        while place.element_id not in around:
            if place.parent is None or not is_plain(self.versions.becomes(place.element_id)):
                raise Refused([refusal(Reason.MOVED, old, self.versions.name(around[0]))])
            place = place.parent
        for element_id in reversed(around[: around.index(place.element_id)]):
            inside = self._inside(place, element_id)
            if inside is None:
                raise Refused([refusal(Reason.MOVED, old, self.versions.name(element_id))])
            place = inside
        return place

    def spill(self, values: dict[str, Any], into: Place, element: Element) -> None:
        """The variables of a scope that is gone stand in the one around."""
        for name, value in values.items():
            if name in COUNTERS:
                continue
            if name in into.data and into.data[name] != value:
                self.result.refuse(Reason.VARIABLES, element, name)
            into.data[name] = value

    def close_emptied(self) -> None:
        """A scope out of which everything has moved or been cut is taken away without being completed."""
        for place in reversed(list(self.result.places.values())):
            goes_on = any(one.place is place and not one.watching for one in self.result.standing.values())
            if goes_on or any(start.place is place for start in self.result.starts):
                continue
            if place.parent is None or place.host is None:
                self.result.refuse(Reason.NOTHING_LEFT)
            else:
                self._close(place, place.parent, place.host)

    def _close(self, place: Place, around: Place, host_id: str) -> None:
        element = self.versions.becomes(place.element_id)
        if not is_plain(element):
            self.result.refuse(Reason.LOOP, element)
        del self.result.places[place.id]
        host = self.result.standing.pop(host_id, None)
        if host is not None and host.token is not None:
            self.result.dissolved.append(host.token)
            self.spill({**host.token.data, **place.data}, around, element)

    def _around(self, element_id: str) -> list[str]:
        """The ids of what an element stands in, the innermost first; the process last."""
        found, parent = list[str](), self.versions.becomes(element_id).parent
        while parent is not None:
            found.append(parent)
            parent = self.versions.becomes(parent).parent
        return [*found, self.versions.new.process.id]

    def _inside(self, place: Place, element_id: str) -> Place | None:
        """The one scope of a sub-process that is open here, or a new one around what moves into it; None where there are several."""
        there = [inner for inner in self.result.places.values() if inner.parent is place and inner.element_id == element_id]
        if there:
            return there[0] if len(there) == 1 else None
        if not is_plain(self.versions.becomes(element_id)):
            return None
        host = Standing(new_id(), element_id, place, None, None, {})
        self.result.standing[host.id] = host
        return self._add(Place(new_id(), element_id, place, host.id, None, {}))

    def _add(self, place: Place) -> Place:
        self.result.places[place.id] = place
        return place
