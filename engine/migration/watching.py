"""What a moved instance waits for beside its flow: boundary events, event sub-processes, the events behind a gateway.

What waits goes on waiting where the new version waits for the same; what it no longer has is dropped, what it has besides begins. What has
occurred already, and occurs once, does not wait again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from engine.migration.carried import Armed, Carried, Place, Standing
from engine.migration.kinds import awaited, is_activity, unfit, watched

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.migration.versions import Versions
    from engine.spiff import Scope, Token


class Watching:
    """Completes what an instance becomes, once it is known where everything else of it stands."""

    def __init__(self, versions: Versions, result: Carried) -> None:
        self.versions, self.images, self.result = versions, versions.images, result

    def settle(self, homes: list[tuple[Scope, Place]]) -> None:
        """`homes`: the scopes as they are, and where what is directly in them goes on."""
        for scope, home in homes:
            self._for_scope(scope, home)
        for one in list(self.result.standing.values()):
            self._for_token(one)

    def _for_scope(self, scope: Scope, home: Place) -> None:
        """The event sub-processes of a scope: those that wait go on waiting, new ones begin to, those that have occurred do not again."""
        new, kept = self.versions.new, set[str]()
        own = home.scope is scope
        for token in scope.tasks.values():
            if token.watching and token.owner is None:
                image = self.images.get(token.element_id)
                element = None if image is None else self.versions.becomes(image)
                if (
                    own
                    and element is not None
                    and (element.parent or new.process.id) == home.element_id
                    and self._waits_alike(token, element)
                ):
                    self._keep_watching(token, element.id, home)
                    kept.add(element.id)
                else:
                    self._drop(token)
        if not own:
            return
        elements = self.versions.old.process.children(scope.spec.name if scope.host_token_id is not None else None)
        known = {self.images.get(one.id) for one in elements if one.triggered_by_event}
        dropped = {self.images.get(token.element_id) for token in self.result.dropped if token.workflow is scope and token.owner is None}
        interrupted = any(_interrupts(self.versions, one) for one in self.result.standing.values() if one.place is home)
        for start in new.scopes[home.element_id].event_starts():
            around = start.parent or ""
            if watched(start) and around not in kept and (around not in known or around in dropped) and not interrupted:
                self.result.armed.append(Armed(home, around))

    def _for_token(self, one: Standing) -> None:
        if one.watching or one.token is None:
            return
        process = self.versions.new.process
        kept = {id for child_id in one.token._children if (id := self._watcher(one, child_id)) is not None}
        element = process.elements[one.element_id]
        if element.type == "eventBasedGateway" and element.event_gateway_type != "Parallel":
            flows = [process.flows[flow_id] for flow_id in element.outgoing]
            self.result.armed += [Armed(one.place, flow.target, one.id, flow.id) for flow in flows if flow.target not in kept]
        elif is_activity(element) and one.element_id != one.place.element_id and self._has_begun(one):
            gone = {child.element_id for child in self.result.dropped if child._parent == one.token.id}
            before = self.versions.old.process.boundaries(one.token.element_id)
            known = {self.images.get(boundary.id) for boundary in before if boundary.id not in gone}
            for boundary in self.versions.new.scopes[one.place.element_id].boundaries(one.element_id):
                if watched(boundary) and boundary.id not in known | kept:
                    self.result.armed.append(Armed(one.place, boundary.id, one.id))

    def _watcher(self, owner: Standing, child_id: str) -> str | None:
        """Whether an event attached to a token goes on being waited for; its new id."""
        token = cast("Token", owner.token).workflow.tasks[child_id]
        image = self.images.get(token.element_id)
        if image is not None and self._waits_alike(token, self.versions.becomes(image)) and self._belongs(image, owner):
            self._keep_watching(token, image, owner.place)
            return image
        self._drop(token)
        return None

    def _belongs(self, image: str, owner: Standing) -> bool:
        element = self.versions.becomes(image)
        if element.attached_to is not None:
            return element.attached_to == owner.element_id
        flows = self.versions.new.process.flows
        return any(flows[flow_id].source == owner.element_id for flow_id in element.incoming)

    def _waits_alike(self, token: Token, new: Element) -> bool:
        old = token.task_spec.awaited
        event = next((start for start in self.versions.new.starts_of(new.id)), new) if new.triggered_by_event else new
        return awaited(old) == awaited(event) and unfit(token.element, new) is None and watched(event)

    def _keep_watching(self, token: Token, image: str, place: Place) -> None:
        """With the tokens of its own, where several events are waited for together."""
        self.result.standing[token.id] = Standing(token.id, image, place, token, token._parent, dict(token.internal_data))
        for child_id in token._children:
            self._keep_watching(token.workflow.tasks[child_id], image, place)

    def _drop(self, token: Token) -> None:
        self.result.dropped.append(token)
        for child_id in token._children:
            self._drop(token.workflow.tasks[child_id])

    def _has_begun(self, one: Standing) -> bool:
        waits = "continues" in one.memory or "arrived" in one.memory or "undoing" in one.memory
        return not waits


def _interrupts(versions: Versions, one: Standing) -> bool:
    """Whether an event sub-process runs instead of all else in its scope."""
    element = versions.becomes(one.element_id)
    return not one.watching and element.triggered_by_event and any(start.interrupting for start in versions.new.starts_of(element.id))
