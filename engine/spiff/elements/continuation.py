"""Elements that begin, or are left, in a transaction of their own: `camunda:asyncBefore`, `camunda:asyncAfter`. Not of BPMN.

What went before is kept, whatever becomes of the element: its failure is a failed job, tried again, then an incident at this very place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff.elements.base import WAITING, FlowNode

if TYPE_CHECKING:
    from engine.spiff.token import Token

PENDING = "continues"  # in a token's internal data: what its job is to do, ENTER or LEAVE
ENTER, LEAVE = "enter", "leave"


class Continued(FlowNode):
    """Mixed in where a job takes the token on. Where flows join, the arrival that completes the join goes on at once."""

    def _update_hook(self, my_task: Token) -> bool:
        at_once = not self.element.async_before or my_task.watching or (self.joins and len(self.element.incoming) > 1)
        if at_once:
            return super()._update_hook(my_task)
        self._wait(my_task, ENTER)
        return False

    def leave(self, token: Token) -> None:
        if not self.element.async_after:
            super().leave(token)
            return
        for child_id in list(token._children):  # nothing watches it any more
            token.workflow.tasks[child_id].cancel()
        self._wait(token, LEAVE)

    def _wait(self, token: Token, what: str) -> None:
        token.internal_data[PENDING] = what
        token.touch()
        token._set_state(WAITING)
        self.host_of(token).continue_later(token, self.element)

    def proceed(self, token: Token) -> None:
        token.touch()
        if token.internal_data.pop(PENDING) == LEAVE:
            super().leave(token)
        elif super()._update_hook(token):
            token._ready()

    def _on_cancel(self, my_task: Token) -> None:
        pending = my_task.internal_data.pop(PENDING, None)
        if pending is not None:
            self.host_of(my_task).drop_continuation(my_task)
        if pending != ENTER:  # else it has not begun
            super()._on_cancel(my_task)
