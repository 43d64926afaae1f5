"""Where what cannot go on as it is may continue: what an administrator is asked, with what is likeliest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from engine.differences.matching import match
from engine.differences.words import plain
from engine.migration.kinds import unfit
from engine.migration.plan import continuations
from engine.migration.refusals import Reason
from engine.migration.trying import ANSWERABLE, SCOPES, read
from engine.migration.validating import may_start
from engine.migration.views import Choice, Group, Spot, Target
from engine.views.activity_types import activity_type

if TYPE_CHECKING:
    from engine.deployment.definitions import Definition
    from engine.diagrams.model import Element
    from engine.migration.moving import Route
    from engine.storage.session import Session

ASKED = frozenset({*ANSWERABLE, Reason.CONTINUATION})  # reasons that go away once somebody says where the element's path goes on


def choices(session: Session, route: Route, groups: Iterable[Group], chosen: Iterable[str] = ()) -> tuple[Choice, ...]:
    """A choice for each element that keeps instances back, after those that were made already (`chosen`), each element once."""
    elements = route.old.process.elements
    asked: dict[str, str | None] = {id: None for id in chosen if id in elements}
    for group in groups:
        about, rule = group.problem.element_id, group.problem.rule
        if about is not None and rule in ASKED and about in elements:
            asked.setdefault(about, None)
        elif about is not None and rule == Reason.WAITS_FOR_EVER:
            fork = _fork(route, about)
            for id in _between(session, route, about, fork, group.instance_ids):
                asked.setdefault(id, fork)
    matched = match(route.old.process, route.new.process) if asked else {}
    targets = tuple(_targets(route)) if asked else ()
    return tuple(
        Choice(_spot(route.old, elements[id]), _fitting(route, id, targets), fork or _likeliest(route, id, matched.get(id)))
        for id, fork in asked.items()
    )


def _likeliest(route: Route, element_id: str, image: str | None) -> str | None:
    """What has taken its place, else what followed it."""
    elements = route.new.process.elements
    following = continuations(route.old.compiled, route.plan.images, element_id)
    return next((id for id in (image, *following) if id is not None and may_start(elements[id])), None)


def _targets(route: Route) -> Iterable[Target]:
    for element in route.new.process.elements.values():
        if may_start(element) and element.type != "startEvent":
            yield Target(_spot(route.new, element), False)


def _fitting(route: Route, element_id: str, targets: Sequence[Target]) -> tuple[Target, ...]:
    old, elements = route.old.process.elements[element_id], route.new.process.elements
    return tuple(Target(one.spot, unfit(old, elements[one.spot.id]) is None) for one in targets)


def _spot(definition: Definition, element: Element) -> Spot:
    elements = definition.process.elements
    around = elements.get(element.parent or "")
    inside = None if around is None else (around.name or around.id, around.name_en or around.name or around.id)
    step = definition.steps.get(element.id)
    return Spot(element.id, plain(element.name), plain(element.name_en), activity_type(element), step, inside)


# ---- a step that was split: what stands on one branch continues before all of them


def _fork(route: Route, join: str) -> str | None:
    """The nearest element before which all branches of a join part."""
    after, flows = route.versions.after, route.new.process.elements[join].incoming
    for element_id in after.upwards(flows[0]):
        element = route.new.process.elements[element_id]
        if len(element.outgoing) > 1 and may_start(element) and all(element_id in after.above(flow) for flow in flows):
            return element_id
    return None


def _between(session: Session, route: Route, join: str, fork: str | None, instance_ids: Sequence[str]) -> list[str]:
    """Where these instances stand on the branches of the join."""
    after, elements = route.versions.after, route.new.process.elements
    before = set[str]() if fork is None else {id for flow in elements[fork].incoming for id in (*after.above(flow), fork)}
    on = {id for flow in elements[join].incoming for id in after.above(flow)} - before
    marks, found = ", ".join("?" for _ in instance_ids), dict[str, None]()
    stored: dict[str, dict[str, tuple[str | None, str | None, str, bytes]]] = {}
    for row in session.rows.all(SCOPES.format(marks=marks), instance_ids):
        stored.setdefault(row[5], {})[row[0]] = (row[1], row[2], row[3], bytes(row[4]))
    for instance_id, rows in stored.items():
        for one in read(session, route, instance_id, rows).standing.values():
            if one.token is not None and one.counts and one.element_id in on:
                found[one.token.element_id] = None
    return list(found)
