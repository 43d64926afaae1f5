"""The complex gateway (BPMN 2.0.2, 10.6.5 and 13.4.5)."""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING, Any

from engine.spiff.elements.base import WAITING, FlowNode
from engine.spiff.elements.inclusive_gateway import InclusiveGateway
from engine.spiff.token import Token

if TYPE_CHECKING:
    from engine.diagrams.model import Flow
    from engine.spiff.host import Variables
    from engine.spiff.scope import Scope


class ComplexGateway(InclusiveGateway):
    """Starts as soon as its activation condition holds, then waits for what may still arrive (the reset) before it can start again.

    Its conditions see `activationCount` (tokens that have arrived), the same of each incoming flow by the flow's id, and
    `waitingForStart` (false in the reset). In the reset only flows whose condition holds get a token, and only if one arrived in it;
    flows without a condition are taken at the start alone, so that a join of the first two of three goes on once. Without an
    activation condition the gateway starts when nothing more can arrive, as an inclusive one.
    """

    def _update_hook(self, my_task: Token) -> bool:
        condition = self.element.activation_condition
        if condition is None and len(self.element.incoming) <= 1:
            return True
        my_task._set_state(WAITING)  # `try_fire` is asked as soon as nothing else in the instance is ready
        scope = my_task.workflow
        scope.instance.joining[scope.scope_id] = scope
        return condition is not None and "passed" not in my_task.internal_data and self._starts(my_task, condition)

    def _starts(self, token: Token, condition: str) -> bool:
        result = self.host_of(token).evaluate(condition, self.seen(token))
        if not isinstance(result, bool):
            raise self.failed(
                f"cannot decide whether to start: {condition} gives {result!r}, not true or false",
                f"ตัดสินไม่ได้ว่าจะเริ่มหรือไม่: {condition} ให้ค่า {result!r} ไม่ใช่จริงหรือเท็จ (true/false)",
            )
        return result

    def seen(self, token: Token) -> Variables:
        """Its own counts, and the variables."""
        arrived = token.internal_data.get("arrived", {})
        own: dict[str, Any] = dict.fromkeys(self.element.incoming, 0) | arrived
        own |= {"activationCount": sum(arrived.values()), "waitingForStart": "passed" not in token.internal_data}
        return ChainMap(own, *token.workflow.maps())

    def try_fire(self, scope: Scope) -> bool:
        """Start where its condition has come to hold; without one, or to reset, when nothing more is expected."""
        token_id = scope.joins.get(self.element.id)
        if token_id is None or scope.tasks[token_id]._state != WAITING:
            return False
        token = scope.tasks[token_id]
        passed = token.internal_data.get("passed")
        condition = self.element.activation_condition
        if passed is None and condition is not None:
            starts = self._starts(token, condition)
            if starts:
                token._ready()
            return starts
        if passed is None:
            return super().try_fire(scope)
        late = {flow: count for flow, count in token.internal_data["arrived"].items() if flow not in passed}
        if self.awaits(scope, token, {*passed, *late}):
            return False
        if late:
            token._ready()
        else:
            self._end_phase(token, [])
        return True

    def _on_complete(self, my_task: Token) -> None:
        self.leave(my_task)

    def leave(self, token: Token) -> None:
        """Take one token of each flow that has one (in the reset: of those that had none before) and go on."""
        flows = self.flows_taken(token)
        self.host_of(token).completed(token, self.element)
        self._end_phase(token, flows)

    def _end_phase(self, token: Token, flows: list[Flow]) -> None:
        scope, memory = token.workflow, token.internal_data
        arrived, before = memory.get("arrived", {}), memory.get("passed")
        taken = [flow for flow in arrived if flow not in (before or ())]
        rest = {flow: count for flow, count in arrived.items() if flow not in taken}
        rest |= {flow: arrived[flow] - 1 for flow in taken if arrived[flow] > 1}
        scope.remove(token)
        resets = before is None and len(taken) < len(self.element.incoming)
        if resets or rest:
            self._wait(scope, rest, taken if resets else None)
        for flow in flows:
            scope.enter(flow.target, flow)

    def _wait(self, scope: Scope, arrived: dict[str, int], passed: list[str] | None) -> None:
        token = Token(scope, self)
        token.internal_data["arrived"] = arrived
        if passed is not None:
            token.internal_data["passed"] = passed
        scope.joins[self.element.id] = token.id
        scope.alive += 1
        self._update(token)

    def flows_taken(self, token: Token) -> list[Flow]:
        if "passed" in token.internal_data:
            return [flow for flow in self.outgoing if flow.condition is not None and self.holds(flow, token)]
        return FlowNode.flows_taken(self, token)
