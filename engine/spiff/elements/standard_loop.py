"""Activities with standard loop characteristics (BPMN 2.0.2, 10.3.8 and 13.3.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff.elements.repeated import GOES_ON, Repeated

if TYPE_CHECKING:
    from engine.spiff.scope import Scope
    from engine.spiff.token import Token


class StandardLoop(Repeated):
    """Repeats as long as its condition holds and its maximum is not reached, asking before (`testBefore`) or after each round.

    `loopCounter` counts the rounds done where the condition is asked. Without a condition the maximum alone decides; with
    neither there is one round, as nothing says how the loop would ever end. A maximum of zero or less allows no further round.
    """

    def _run_hook(self, my_task: Token) -> bool | None:
        my_task.data["loopCounter"] = 0
        my_task.touch()
        if self.loop.test_before and not self._goes_on(my_task):
            return True
        self.open_round(my_task, 0, {})
        return None

    def scope_ended(self, token: Token, scope: Scope) -> None:
        self.write_outputs_of(token, scope)
        token.workflow.instance.close_scope(scope)
        token.data["loopCounter"] += 1
        token.touch()
        if self._goes_on(token):
            self.open_round(token, token.data["loopCounter"], {})
        else:
            token.complete()

    def _goes_on(self, token: Token) -> bool:
        done, condition = token.data["loopCounter"], self.loop.loop_condition
        if self.loop.maximum is not None:
            said, maximum = self.number(token, self.loop.maximum)
            if maximum is None:
                raise self.failed(
                    f"cannot count its rounds: its maximum {self.loop.maximum} gives {said!r}, not a whole number",
                    f"นับจำนวนรอบไม่ได้: จำนวนรอบสูงสุด {self.loop.maximum} ให้ค่า {said!r} ไม่ใช่จำนวนเต็ม",
                )
            if done >= maximum:
                return False
        elif condition is None:
            return bool(done == 0)
        return condition is None or self.decides(token, GOES_ON, condition, token.view())
