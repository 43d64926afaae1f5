"""What flows where: which branch of a join is which of another version, and joins that would wait for what can no longer come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.diagrams.model import Element, Process


class Streams:
    """The flows of a process, looked at against their direction; what is found is kept."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self._known: dict[str, frozenset[str]] = {}
        self.joins: dict[str, list[Element]] = {}  # by the scope they stand in
        for element in process.elements.values():
            waits = element.type == "parallelGateway" or (element.type == "complexGateway" and element.activation_condition is not None)
            if waits and len(element.incoming) > 1:
                self.joins.setdefault(element.parent or process.id, []).append(element)

    def above(self, flow_id: str) -> frozenset[str]:
        """The elements from which a flow is reached without passing the element it leads to."""
        if flow_id not in self._known:
            self._known[flow_id] = frozenset(self.upwards(flow_id))
        return self._known[flow_id]

    def upwards(self, flow_id: str, closed: Iterable[str] = ()) -> Iterator[str]:
        """The same, the nearest first; nothing comes through what is `closed`."""
        flows, stop = self.process.flows, self.process.flows[flow_id].target
        pending, seen = [flows[flow_id].source], {stop, *closed}
        while pending:
            element_id = pending.pop(0)
            if element_id in seen:
                continue
            seen.add(element_id)
            yield element_id
            element = self.process.elements[element_id]
            pending += [flows[incoming].source for incoming in element.incoming]
            if element.attached_to is not None:
                pending.append(element.attached_to)

    def starved(
        self, scope_name: str, positions: Collection[str], arrived: Mapping[str, Collection[str]], started: Iterable[str] = ()
    ) -> dict[str, str]:
        """The joins of a scope that wait, or will, for a flow nothing can come over any more, each with such a flow.

        `positions`: where something goes on; `arrived`: by join, the flows that something has arrived over; `started`: complex gateways
        that wait for the rest, out of which only flows with a condition may still be taken.
        """
        standing, found = self._origins(positions), dict[str, str]()
        closed = {id for id in started if all(self.process.flows[flow].condition is None for flow in self.process.elements[id].outgoing)}
        for join in self.joins.get(scope_name, ()):
            here = arrived.get(join.id, ())
            above = {flow: self.upwards(flow, closed) if closed else self.above(flow) for flow in join.incoming if flow not in here}
            empty = [flow for flow, sources in above.items() if standing.isdisjoint(sources)]
            if empty and len(empty) < len(join.incoming):
                found[join.id] = empty[0]
        return found

    def free(self, join: Element, positions: Collection[str], arrived: Collection[str]) -> str:
        """The flow of a join that is most in need of an arrival: over which none has come, and best none can."""
        standing = self._origins(positions)
        empty = [flow for flow in join.incoming if flow not in arrived]
        starving = [flow for flow in empty if standing.isdisjoint(self.above(flow))]
        return (starving or empty or list(join.incoming))[0]

    def _origins(self, positions: Collection[str]) -> set[str]:
        """Where something goes on, and what is attached there."""
        return {*positions, *(boundary.id for position in positions for boundary in self.process.boundaries(position))}


def branches(old: Streams, join: str, new: Streams, image: str, images: Mapping[str, str]) -> dict[str, str]:
    """New incoming flow by old incoming flow of a join: of the same id, from the same element, else from the nearest that is in both."""
    ours, theirs = old.process.elements[join].incoming, list(new.process.elements[image].incoming)
    found: dict[str, str] = {}

    def settle(flow: str, candidates: list[str]) -> None:
        if len(candidates) == 1 and flow not in found:
            found[flow] = candidates[0]
            theirs.remove(candidates[0])

    for flow in ours:
        settle(flow, [other for other in theirs if images.get(flow, flow) == other])
    for flow in ours:
        source = images.get(old.process.flows[flow].source)
        settle(flow, [other for other in theirs if new.process.flows[other].source == source])
    for flow in ours:
        for element_id in old.upwards(flow):
            settle(flow, [other for other in theirs if images.get(element_id) in new.above(other)])
    left = [flow for flow in ours if flow not in found]
    if len(left) == len(theirs) == 1:
        settle(left[0], list(theirs))
    return found
