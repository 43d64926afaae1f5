"""Joins that could be passed before, and in the new version would wait for a branch on which nothing is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.migration.kinds import JOINS
from engine.migration.plan import Way
from engine.migration.refusals import Reason

if TYPE_CHECKING:
    from engine.migration.carried import Carried, Place
    from engine.migration.versions import Versions
    from engine.spiff import Scope


def refuse_endless_waits(versions: Versions, result: Carried) -> None:
    """Look at each place as it would be, and say which flow each start arrives over where it goes on before a join."""
    for place in result.places.values():
        here = [one for one in result.standing.values() if one.place is place and one.counts]
        arrived = {one.element_id: [*one.memory.get("passed", ()), *one.memory["arrived"]] for one in here if "arrived" in one.memory}
        positions = {one.element_id for one in here} | {start.element_id for start in result.starts if start.place is place}
        _arrive(versions, result, place, positions, arrived)
        started = [one.element_id for one in here if "passed" in one.memory]
        starved = versions.after.starved(place.element_id, positions, arrived, started)
        if not starved:
            continue
        before = _starved_before(versions, place.scope)
        for join, flow in starved.items():
            if join not in before and join not in started:
                source = versions.new.process.flows[flow].source
                result.refuse(Reason.WAITS_FOR_EVER, versions.becomes(join), versions.name(source))


def _arrive(versions: Versions, result: Carried, place: Place, positions: set[str], arrived: dict[str, list[str]]) -> None:
    """What goes on before a join arrives there over a flow: one over which nothing else comes, if there is such a flow."""
    for number, start in enumerate(result.starts):
        join = versions.becomes(start.element_id)
        if start.place is place and start.way == Way.BEFORE and join.type in JOINS and len(join.incoming) > 1:
            there = arrived.setdefault(join.id, [])
            flow = start.flow_id or versions.after.free(join, positions - {join.id}, there)
            there.append(flow)
            result.starts[number] = replace(start, flow_id=flow)


def _starved_before(versions: Versions, scope: Scope | None) -> set[str | None]:
    """The joins of a scope that wait in vain already, by what they become."""
    if scope is None:
        return set()
    here = [token for token in scope.tasks.values() if not token.watching and not token.undoing]
    arrived = {token.element_id: list(token.internal_data["arrived"]) for token in here if "arrived" in token.internal_data}
    started = [token.element_id for token in here if "passed" in token.internal_data]
    found = versions.before.starved(scope.spec.name, {token.element_id for token in here}, arrived, started)
    return {versions.images.get(join) for join in found}
