"""Where what cannot go on as it is may continue: what an administrator is asked, with what is likeliest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from engine.differences.matching import match
from engine.differences.naming import Names
from engine.differences.words import plain
from engine.migration.kinds import unfit
from engine.migration.plan import Way, continuations
from engine.migration.refusals import Reason
from engine.migration.trying import ANSWERABLE, read, scopes_of
from engine.migration.validating import may_start
from engine.migration.views import Choice, Group, Spot, Target
from engine.views.activity_types import activity_type

if TYPE_CHECKING:
    from engine.deployment.definitions import Definition
    from engine.migration.moving import Route
    from engine.storage.session import Session

ASKED = frozenset({*ANSWERABLE, Reason.CONTINUATION})  # reasons that go away once somebody says where the element's path goes on


def choices(session: Session, route: Route, groups: Iterable[Group], chosen: Iterable[str] = ()) -> tuple[Choice, ...]:
    """A choice for each element that keeps instances back, after those that were made already (`chosen`), each element once."""
    elements, flows = route.old.process.elements, route.old.process.flows
    likely = _Likely()
    for id in chosen:
        if id in elements or id in flows:
            likely.asked.setdefault(id, None)
    for group in groups:
        about, rule = group.problem.element_id, group.problem.rule
        if about is not None and rule in ASKED and about in elements:
            likely.asked.setdefault(about, None)
        elif about is not None and rule == Reason.JOIN:
            for flow in _unknown(route, about):
                likely.asked.setdefault(flow, None)
            likely.asked.setdefault(about, None)
        elif about is not None and rule == Reason.WAITS_FOR_EVER:
            _of_endless_wait(session, route, about, group.instance_ids, likely)
    elsewhere = [id for id in likely.asked if id in elements]
    matched = match(route.old.process, route.new.process) if elsewhere else {}
    old, new = Spots(route.old), Spots(route.new)
    targets = tuple(_targets(new)) if elsewhere else ()
    found = []
    for id, suggested in likely.asked.items():
        if id in flows:
            found.append(_branch(route, old, new, id))
            continue
        best = suggested or _likeliest(route, id, matched.get(id))
        found.append(Choice(old.element(id), _fitting(route, id, targets), best, likely.ways.get(id, Way.BEFORE)))
    return tuple(found)


class Spots:
    """The elements and flows of a version as people know them."""

    def __init__(self, definition: Definition) -> None:
        self.definition, self.names = definition, Names(definition.process)

    def element(self, element_id: str) -> Spot:
        elements = self.definition.process.elements
        element = self.names.called(elements[element_id])
        around = None if element.parent is None else self.names.called(elements[element.parent])
        inside = None if around is None else (around.name, around.name_en or around.name)
        step = self.definition.steps.get(element_id)
        return Spot(element_id, plain(element.name), plain(element.name_en), activity_type(element), step, inside)

    def along(self, flow_id: str) -> Spot:
        """A flow: by where it comes from."""
        before = self.element(self.definition.process.flows[flow_id].source)
        return replace(before, id=flow_id, name_en=before.name_en or before.name, type="sequenceFlow")


@dataclass(slots=True)
class _Likely:
    """What is asked, with where it might continue, and how."""

    asked: dict[str, str | None] = field(default_factory=dict)
    ways: dict[str, Way] = field(default_factory=dict)


def _likeliest(route: Route, element_id: str, image: str | None) -> str | None:
    """What has taken its place, else what followed it."""
    elements = route.new.process.elements
    following = continuations(route.old.compiled, route.plan.images, element_id)
    return next((id for id in (image, *following) if id is not None and may_start(elements[id])), None)


def _targets(new: Spots) -> Iterable[Target]:
    for element in new.definition.process.elements.values():
        if may_start(element) and element.type != "startEvent":
            yield Target(new.element(element.id), False)


def _fitting(route: Route, element_id: str, targets: Sequence[Target]) -> tuple[Target, ...]:
    old, elements = route.old.process.elements[element_id], route.new.process.elements
    return tuple(Target(one.spot, unfit(old, elements[one.spot.id]) is None) for one in targets)


# ---- joins


def _unknown(route: Route, join: str) -> list[str]:
    """The flows to a join of which it cannot be told which flow of the new version they are."""
    image = route.versions.images.get(join)
    known = {} if image is None else route.versions.branches(join, image)
    return [flow for flow in route.old.process.elements[join].incoming if flow not in known]


def _branch(route: Route, was: Spots, becomes: Spots, flow_id: str) -> Choice:
    """Which branch of the new version a branch is."""
    old, new = route.old, route.new
    join = old.process.flows[flow_id].target
    image = route.versions.images.get(join)
    known = {} if image is None else route.versions.branches(join, image)
    incoming = new.process.elements[image].incoming if image is not None else ()
    taken = {other for flow, other in known.items() if flow != flow_id}
    free = [flow for flow in incoming if flow not in taken] or list(incoming)
    targets = tuple(Target(becomes.along(flow), True) for flow in free)
    return Choice(was.along(flow_id), targets, known.get(flow_id, free[0] if free else None), Way.MAP, branch=True)


def _of_endless_wait(session: Session, route: Route, join: str, instance_ids: Sequence[str], likely: _Likely) -> None:
    """A step that was split, a branch more: what stands on one branch continues before all of them, what has arrived is not needed then.

    Where nothing is on its way any more the join itself continues: before the branches part, else behind it.
    """
    fork = _fork(route, join)
    on, at = _between(session, route, join, fork, instance_ids)
    for id in on:
        likely.asked.setdefault(id, fork)
    for id in at:
        likely.asked.setdefault(id, fork or join)
        likely.ways.setdefault(id, Way.DROP if on and fork else Way.BEFORE if fork else Way.AFTER)


def _fork(route: Route, join: str) -> str | None:
    """The nearest element before which all branches of a join part."""
    after, flows = route.versions.after, route.new.process.elements[join].incoming
    for element_id in after.upwards(flows[0]):
        element = route.new.process.elements[element_id]
        inside = may_start(element) and element.type != "startEvent"
        if len(element.outgoing) > 1 and inside and all(element_id in after.above(flow) for flow in flows):
            return element_id
    return None


def _between(session: Session, route: Route, join: str, fork: str | None, instance_ids: Sequence[str]) -> tuple[list[str], list[str]]:
    """Where these instances stand on the branches of the join, and at the join."""
    after, elements = route.versions.after, route.new.process.elements
    before = set[str]() if fork is None else {id for flow in elements[fork].incoming for id in (*after.above(flow), fork)}
    on = {id for flow in elements[join].incoming for id in after.above(flow)} - before
    found, at = dict[str, None](), dict[str, None]()
    for instance_id, rows in scopes_of(session, instance_ids).items():
        for one in read(session, route, instance_id, rows).standing.values():
            if one.token is not None and one.counts and one.element_id == join:
                at[one.token.element_id] = None
            elif one.token is not None and one.counts and one.element_id in on:
                found[one.token.element_id] = None
    return list(found), list(at)
