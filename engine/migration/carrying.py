"""What a plan makes of one instance. Nothing is changed: the instance is read, and what it would become is answered, or why it cannot be.

Each token is taken on its own: it ends, is taken away around what is in it, or stands in the new version, where it stays what it is (a
task's id is its token's). What keeps one back is noted, and the others are looked at all the same: all reasons are told at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from engine.migration.carried import Carried, Place, Standing, Start
from engine.migration.kinds import is_plain, unfit
from engine.migration.memory import remembered
from engine.migration.places import Places
from engine.migration.plan import Instruction, Way
from engine.migration.refusals import Reason, Refused, refusal
from engine.migration.starving import refuse_endless_waits
from engine.migration.watching import Watching

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.migration.versions import Versions
    from engine.spiff import Instance, Scope, Token

UNDOING = ("undo", "undoing", "undoes", "insides")  # what compensation keeps in tokens
Homes = list[tuple["Scope", Place]]  # the scopes as they are, and where what is directly in each goes on


def carry(running: Instance, scopes: list[Scope], versions: Versions) -> Carried:
    """What an instance, all of whose scopes are given (outer ones first), becomes."""
    result = Carried()
    places = Places(versions, result)
    homes = _Tokens(scopes, versions, places, result).carry(cast("Scope", running))
    if not result.refusals:
        places.close_emptied()
    Watching(versions, result).settle([(scope, home) for scope, home in homes if home.id in result.places])
    if not result.refusals:
        refuse_endless_waits(versions, result)
    return result


class _Tokens:
    """The tokens that are in the flow; those that only wait beside it follow: watching.py."""

    def __init__(self, scopes: list[Scope], versions: Versions, places: Places, result: Carried) -> None:
        self.versions, self.places, self.result = versions, places, result
        self.homes: Homes = []
        self.inner: dict[str, list[Scope]] = {}  # by the token they are the inside of
        for scope in scopes:
            if scope.host_token_id is not None:
                self.inner.setdefault(scope.host_token_id, []).append(scope)

    def carry(self, root: Scope) -> Homes:
        """All of them. Sub-processes and repeated activities first: what else moves may move into them."""
        self._enter(root, self.places.keep(root, self.versions.new.process.id))
        for scope, home in self.homes:
            for token in scope.tasks.values():
                if token.owner is None and not token.watching and token.id not in self.inner:
                    self._carry(token, home)
        return self.homes

    def _enter(self, scope: Scope, home: Place) -> None:
        self.homes.append((scope, home))
        if not self.versions.undoes_alike and _has_records(scope):
            self.result.refuse(Reason.UNDOING, self.versions.was(scope.host_token.element_id) if scope.host_token else scope.spec.name)
        for token in scope.tasks.values():
            if token.id in self.inner:
                self._carry(token, home)

    def _carry(self, token: Token, home: Place) -> None:
        try:
            self._settle(token, home)
        except Refused as refused:
            self.result.refusals += refused.problems

    def _settle(self, token: Token, home: Place) -> None:
        if _is_round(token):
            self._stand(token, home.element_id, home)
            return
        old, image = self.versions.was(token.element_id), self.versions.images.get(token.element_id)
        instruction = self.versions.plan.instructions.get(old.id)
        if instruction is not None and instruction.way != Way.MAP:
            self._end(token, instruction, home)
        elif image is not None:
            self._go_on(token, old, image, home)
        elif self._can_dissolve(token):
            self._dissolve(token, home)
        else:
            raise self._gone(old)

    # ---- what becomes of a token

    def _go_on(self, token: Token, old: Element, image: str, home: Place) -> None:
        new = self.versions.becomes(image)
        reason = unfit(old, new) or self._unfit_now(token, new)
        if reason is not None:
            raise Refused([refusal(reason, old, self.versions.name(image))])
        place = self.places.seen_from(home, image, old)
        if self._stand(token, image, place):
            for scope in self.inner.get(token.id, ()):
                self._enter(scope, self.places.keep(scope, image, place))

    def _stand(self, token: Token, image: str, place: Place) -> bool:
        """Whether it stands there. Where what it waits with is gone it ends."""
        memory = remembered(token, image, self.versions)
        if memory is None:
            self.result.cut.append(token)
            return False
        if token.apart and token.workflow.scope_id != place.id:  # stored by itself, under its scope
            raise Refused([refusal(Reason.MOVED, token.element, self.versions.name(place.element_id))])
        self.result.standing[token.id] = Standing(token.id, image, place, token, token._parent, memory)
        return True

    def _end(self, token: Token, instruction: Instruction, home: Place) -> None:
        """It ends; its path may go on elsewhere."""
        self.result.cut.append(token)
        if instruction.way == Way.DROP or instruction.target is None:
            return
        place = self.places.seen_from(home, instruction.target, self.versions.was(token.element_id))
        flow_id = self.versions.branch_of(token.element_id, instruction.target) if instruction.way == Way.BEFORE else None
        self.result.starts.append(Start(place, instruction.target, instruction.way, flow_id))

    def _can_dissolve(self, token: Token) -> bool:
        """Whether a sub-process that is gone can be taken away around what is in it."""
        scopes = self.inner.get(token.id, ())
        return len(scopes) == 1 and is_plain(token.element) and not token.undoing and not _has_records(scopes[0]) and not scopes[0].paged

    def _dissolve(self, token: Token, home: Place) -> None:
        self.result.dissolved.append(token)
        (scope,) = self.inner[token.id]
        self.places.spill({**token.data, **scope.data}, home, token.element)
        self._enter(scope, home)

    # ---- why it cannot

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

    def _gone(self, old: Element) -> Refused:
        new = self.versions.new.process.elements.get(old.id)
        if new is None:
            return Refused([refusal(Reason.GONE, old)])
        return Refused([refusal(unfit(old, new) or Reason.KIND, old, new.name or new.type)])


def _is_round(token: Token) -> bool:
    """One round of a repeated activity: it stands where the activity does."""
    around = token.workflow.host_token
    return around is not None and around.element_id == token.element_id


def _has_records(scope: Scope) -> bool:
    return scope.records not in ([], [None, []])
