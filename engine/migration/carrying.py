"""What a plan makes of one instance. Nothing is changed: the instance is read, and what it would become is answered, or why it cannot be.

Tokens stay what they are (a task's id is its token's). A scope stays where its activity does. Where the new version has a sub-process
around something, one is opened around it; where it no longer has one, what was inside stands in the scope around, with its variables.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from engine.ids import new_id
from engine.migration.carried import Carried, Place, Standing, Start
from engine.migration.kinds import JOINS, unfit
from engine.migration.plan import Instruction, Way
from engine.migration.refusals import Reason, refusal
from engine.migration.versions import Versions
from engine.migration.watching import Watching
from engine.spiff import COUNTERS

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.spiff import Instance, Scope, Token

UNDOING = ("undo", "undoing", "undoes", "insides")  # what compensation keeps in tokens


def carry(running: Instance, scopes: list[Scope], versions: Versions) -> Carried:
    """What an instance, all of whose scopes are given (outer ones first), becomes."""
    return _Carrying(running, scopes, versions).carried()


class _Carrying:
    def __init__(self, running: Instance, scopes: list[Scope], versions: Versions) -> None:
        self.versions, self.plan, self.images = versions, versions.plan, versions.images
        self.result = Carried()
        self.inner: dict[str, list[Scope]] = {}
        for scope in scopes:
            if scope.host_token_id is not None:
                self.inner.setdefault(scope.host_token_id, []).append(scope)
        self.root = self._add(Place(running.scope_id, versions.new.process.id, None, None, cast("Scope", running), dict(running.data)))
        self.homes: list[tuple[Scope, Place]] = []  # where what is directly in each scope goes on

    def carried(self) -> Carried:
        self._enter(cast("Scope", self.root.scope), self.root)
        for scope, home in self.homes:
            for token in scope.tasks.values():
                if token.owner is None and not token.watching and token.id not in self.inner:
                    self._token(token, home)
        if not self.result.refusals:
            self._close_emptied()
        Watching(self.versions, self.result).settle(self.homes)
        if not self.result.refusals:
            self._refuse_endless_waits()
        return self.result

    # ---- tokens

    def _enter(self, scope: Scope, home: Place) -> None:
        """Sub-processes and repeated activities first: what else moves may move into them."""
        self.homes.append((scope, home))
        if not self.versions.undoes_alike and _has_records(scope):
            self._refuse(Reason.UNDOING, self.versions.was(scope.host_token.element_id) if scope.host_token else scope.spec.name)
        for token in scope.tasks.values():
            if token.id in self.inner:
                self._token(token, home)

    def _token(self, token: Token, home: Place) -> None:
        around = token.workflow.host_token
        if around is not None and around.element_id == token.element_id:  # one round of a repeated activity
            self._put(token, home.element_id, home)
            return
        instruction = self.plan.instructions.get(token.element_id)
        if instruction is not None and instruction.way != Way.MAP:
            self._cut(token, instruction, home)
            return
        old, image = self.versions.was(token.element_id), self.images.get(token.element_id)
        if image is None and self._dissolves(token):
            self._dissolve(token, home)
            return
        if image is None:
            self._refuse_gone(old)
            return
        reason = unfit(old, self.versions.becomes(image)) or self._unfit_now(token, self.versions.becomes(image))
        if reason is not None:
            self._refuse(reason, old, self._name(image))
            return
        place = self._place(home, image, old)
        if place is not None and self._put(token, image, place):
            for scope in self.inner.get(token.id, ()):
                self._enter(scope, self._add(Place(scope.scope_id, image, place, token.id, scope, dict(scope.data))))

    def _unfit_now(self, token: Token, new: Element) -> Reason | None:
        """Why this very token cannot stand at an element its like can stand at."""
        pending = token.internal_data.get("continues")
        if pending is not None and not (new.async_before if pending == "enter" else new.async_after):
            return Reason.CONTINUATION
        deferred = pending is None and token.element.work is not None and token.element.work.deferred and token.element.loop is None
        if deferred and (new.work is None or new.work.kind not in ("handler", "decision")):
            return Reason.KIND
        collects = new.loop is not None and new.loop.kind != "loop" and new.loop.result_collection is not None
        if collects and pending is None and "results" not in token.internal_data:
            return Reason.LOOP
        if not self.versions.undoes_alike and any(key in token.internal_data for key in UNDOING):
            return Reason.UNDOING
        return None

    def _put(self, token: Token, image: str, place: Place) -> bool:
        memory = self._memory(token, image)
        if memory is None:
            return False
        if _is_apart(token) and token.workflow.scope_id != place.id:
            self._refuse(Reason.MOVED, token.element, self._name(place.element_id))
            return False
        self.result.standing[token.id] = Standing(token.id, image, place, token, token._parent, memory)
        return True

    def _memory(self, token: Token, image: str) -> dict[str, Any] | None:
        """What a token keeps for itself, in the words of the new version; None where it does not go on."""
        memory = dict(token.internal_data)
        if "arrived" in memory and token.element.type in JOINS:
            known = self.versions.branches(token.element_id, image)
            fewer = len(token.element.incoming) > len(self.versions.becomes(image).incoming)
            lost = [flow for flow in memory["arrived"] if flow not in known]
            if lost and not fewer:
                source = self.versions.old.process.flows[lost[0]].source
                self._refuse(Reason.JOIN, token.element, self.versions.was(source).name or source)
                return None
            memory["arrived"] = {known[flow]: count for flow, count in memory["arrived"].items() if flow in known}
            if lost and not memory["arrived"] and "passed" not in memory:  # only over branches that are gone
                self.result.cut.append(token)
                return None
            if "passed" in memory:
                memory["passed"] = [known[flow] for flow in memory["passed"] if flow in known]
        elif "arrived" in memory:  # an activity that takes several tokens: over which flows does not matter
            incoming = self.versions.becomes(image).incoming
            memory["arrived"] = {incoming[0]: sum(memory["arrived"].values())} if incoming else memory["arrived"]
        if "ad_hoc" in memory:
            memory["ad_hoc"] = {
                scope_id: kept | {"waiting": [self.images[id] for id in kept.get("waiting", ()) if id in self.images]}
                for scope_id, kept in memory["ad_hoc"].items()
            }
        return memory

    def _cut(self, token: Token, instruction: Instruction, home: Place) -> None:
        """The token ends; its path may go on elsewhere."""
        self.result.cut.append(token)
        if instruction.way == Way.DROP or instruction.target is None:
            return
        place = self._place(home, instruction.target, self.versions.was(token.element_id))
        if place is not None:
            flow_id = self.versions.branch_of(token.element_id, instruction.target) if instruction.way == Way.BEFORE else None
            self.result.starts.append(Start(place, instruction.target, instruction.way, flow_id))

    # ---- places

    def _place(self, home: Place, image: str, old: Element) -> Place | None:
        """The scope in which an element stands, seen from a scope: outwards as far as needed, then inwards."""
        chain = self._around(image)
        place = home
        while place.element_id not in chain:
            if place.parent is None or not _plain(self.versions.becomes(place.element_id)):
                self._refuse(Reason.MOVED, old, self._name(chain[0]))
                return None
            place = place.parent
        for element_id in reversed(chain[: chain.index(place.element_id)]):
            inside = self._inside(place, element_id)
            if inside is None:
                self._refuse(Reason.MOVED, old, self._name(element_id))
                return None
            place = inside
        return place

    def _around(self, element_id: str) -> list[str]:
        """The ids of what an element stands in, the innermost first; the process last."""
        found, parent = list[str](), self.versions.becomes(element_id).parent
        while parent is not None:
            found.append(parent)
            parent = self.versions.becomes(parent).parent
        return [*found, self.versions.new.process.id]

    def _inside(self, place: Place, element_id: str) -> Place | None:
        """The one scope of a sub-process that is open here, or a new one around what moves into it."""
        there = [inner for inner in self.result.places.values() if inner.parent is place and inner.element_id == element_id]
        if there:
            return there[0] if len(there) == 1 else None
        if not _plain(self.versions.becomes(element_id)):
            return None
        host = Standing(new_id(), element_id, place, None, None, {})
        self.result.standing[host.id] = host
        return self._add(Place(new_id(), element_id, place, host.id, None, {}))

    def _add(self, place: Place) -> Place:
        self.result.places[place.id] = place
        return place

    def _dissolves(self, token: Token) -> bool:
        """Whether a sub-process that is gone can be taken away around what is in it."""
        scopes = self.inner.get(token.id, ())
        return len(scopes) == 1 and _plain(token.element) and not token.undoing and not _has_records(scopes[0]) and not _is_paged(scopes[0])

    def _dissolve(self, token: Token, home: Place) -> None:
        self.result.dissolved.append(token)
        (scope,) = self.inner[token.id]
        self._spill({**token.data, **scope.data}, home, token.element)
        self._enter(scope, home)

    def _spill(self, values: dict[str, Any], into: Place, element: Element) -> None:
        """The variables of a scope that is gone stand in the one around."""
        for name, value in values.items():
            if name in COUNTERS:
                continue
            if name in into.data and into.data[name] != value:
                self._refuse(Reason.VARIABLES, element, name)
            into.data[name] = value

    def _close_emptied(self) -> None:
        """A scope out of which everything has moved or been cut is taken away without being completed."""
        for place in reversed(list(self.result.places.values())):
            inside = [one for one in self.result.standing.values() if one.place is place and not one.watching]
            if inside or any(start.place is place for start in self.result.starts):
                continue
            if place.parent is None or place.host is None:
                self._refuse(Reason.NOTHING_LEFT)
                continue
            host = self.result.standing.pop(place.host, None)
            element = self.versions.becomes(place.element_id)
            if not _plain(element):
                self._refuse(Reason.LOOP, element)
            del self.result.places[place.id]
            self.homes = [(scope, home) for scope, home in self.homes if home is not place]
            if host is not None and host.token is not None:
                self.result.dissolved.append(host.token)
                self._spill({**host.token.data, **place.data}, place.parent, element)

    # ---- refusing

    def _refuse_endless_waits(self) -> None:
        """Joins that could be passed before, and now wait for a branch on which nothing is."""
        for place in self.result.places.values():
            here = [one for one in self.result.standing.values() if one.place is place and one.counts]
            arrived = {one.element_id: [*one.memory.get("passed", ()), *one.memory["arrived"]] for one in here if "arrived" in one.memory}
            positions = {one.element_id for one in here} | {start.element_id for start in self.result.starts if start.place is place}
            self._arrive(place, positions, arrived)
            started = [one.element_id for one in here if "passed" in one.memory]
            starved = self.versions.after.starved(place.element_id, positions, arrived, started)
            if starved:
                before = self._starved_before(place.scope)
                for join, flow in starved.items():
                    if join not in before and join not in started:
                        source = self.versions.new.process.flows[flow].source
                        self._refuse(Reason.WAITS_FOR_EVER, self.versions.becomes(join), self._name(source))

    def _arrive(self, place: Place, positions: set[str], arrived: dict[str, list[str]]) -> None:
        """What goes on before a join arrives there over a flow: one over which nothing else comes, if there is such a flow."""
        for number, start in enumerate(self.result.starts):
            join = self.versions.becomes(start.element_id)
            if start.place is place and start.way == Way.BEFORE and join.type in JOINS and len(join.incoming) > 1:
                there = arrived.setdefault(join.id, [])
                flow = start.flow_id or self.versions.after.free(join, positions - {join.id}, there)
                there.append(flow)
                self.result.starts[number] = replace(start, flow_id=flow)

    def _starved_before(self, scope: Scope | None) -> set[str | None]:
        if scope is None:
            return set()
        here = [token for token in scope.tasks.values() if not token.watching and not token.undoing]
        arrived = {token.element_id: list(token.internal_data["arrived"]) for token in here if "arrived" in token.internal_data}
        started = [token.element_id for token in here if "passed" in token.internal_data]
        found = self.versions.before.starved(scope.spec.name, {token.element_id for token in here}, arrived, started)
        return {self.images.get(join) for join in found}

    def _refuse_gone(self, old: Element) -> None:
        new = self.versions.new.process.elements.get(old.id)
        if new is not None:
            self._refuse(unfit(old, new) or Reason.KIND, old, new.name or new.type)
        else:
            self._refuse(Reason.GONE, old)

    def _refuse(self, reason: Reason, element: Element | str | None = None, other: str = "") -> None:
        self.result.refusals.append(refusal(reason, element, other))

    def _name(self, element_id: str) -> str:
        found = self.versions.new.process.elements.get(element_id)
        return (found.name or found.id) if found is not None else self.versions.new.process.name or element_id


def _plain(element: Element) -> bool:
    """An embedded sub-process that is entered once."""
    return element.type == "subProcess" and element.loop is None and not element.ad_hoc and not element.triggered_by_event


def _has_records(scope: Scope) -> bool:
    return scope.records not in ([], [None, []])


def _is_paged(scope: Scope) -> bool:
    return getattr(scope, "paged", False)


def _is_apart(token: Token) -> bool:
    return getattr(token, "apart", False)
