"""Parallel multiple events: they occur when each of their definitions has occurred (BPMN 2.0.2, 10.5.1, tables 10.84 and 10.89).

A multiple event that waits for any of its definitions needs nothing of its own: its token waits for all of them, and the first ends that.
Here each definition is waited for by a token of its own, attached to the token of the event; the last one lets that go on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.spiff.elements.base import WAITING, FlowNode
from engine.spiff.elements.events import occurs_once, watch
from engine.spiff.token import Token

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.spiff.scope import Scope


class AllOf(FlowNode):
    """Mixed into events and event sub-processes that wait for several definitions together."""

    def begin(self, scope: Scope) -> None:
        """One definition has started the instance; `Instance.occurred` tells which, the others are still to come."""
        scope.enter(self.element.id)

    def watch(self, token: Token) -> None:
        """Wait for each definition with a token of its own."""
        for position, event in enumerate(self.awaited.events):
            each = Token(token.workflow, self, parent=token)
            each.internal_data |= {"watching": True, "definition": position}
            each._set_state(WAITING)
            watch(each, self.awaited, [event])

    def trigger(self, token: Token, payload: dict[str, Any]) -> None:
        if "definition" not in token.internal_data:
            super().trigger(token, payload)
            return
        scope, whole = token.workflow, token.owner
        if whole is None:
            raise self.failed("has lost what it waits for", "ไม่พบสิ่งที่รออยู่ โปรดย้ายตำแหน่งของกระบวนการด้วยตนเอง")
        scope.assign(payload)
        token.cancel()
        if whole._children:
            return
        if not self.awaited.interrupting and not occurs_once(self.awaited):
            self.watch(whole)  # for the next time
        super().trigger(whole, {})


def waits_for_all(event: Element) -> bool:
    """Whether an event waits for several definitions together."""
    return event.parallel_multiple and len(event.events) > 1
