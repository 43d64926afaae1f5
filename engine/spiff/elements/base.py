"""What every element does: a token arrives, becomes ready, runs, completes and leaves over the outgoing flows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from engine.diagrams.model import Element, Flow
from engine.errors import ExecutionFailed
from engine.spiff.host import Deferred

if TYPE_CHECKING:
    from engine.spiff.build import ScopeSpec
    from engine.spiff.host import Host, Variables
    from engine.spiff.scope import Scope
    from engine.spiff.token import Token


class FlowNode(BpmnSpecMixin):
    """A SpiffWorkflow task spec that keeps no predictions and passes tokens on by flow, not by tree."""

    apart = False  # what its tokens hold is stored apart from their scope
    joins = False  # arrivals over different flows meet in one token
    keeps_results = False  # what its work gives stays with it; only its output parameters go on (Camunda 8)

    def __init__(self, spec: ScopeSpec, element: Element, **more: Any) -> None:
        super().__init__(spec, element.id, bpmn_name=element.name, lane=element.lane, **more)
        self.element = element

    # ---- SpiffWorkflow's life cycle

    def test(self) -> None:
        """The checker has done it for the whole diagram (engine.diagrams.rules)."""

    def _predict(self, my_task: Token, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """Nothing is predicted."""

    def _update(self, my_task: Token) -> None:
        if my_task._state != READY and self._update_hook(my_task):
            my_task._ready()

    def _update_hook(self, my_task: Token) -> bool:
        return True

    def _on_ready_hook(self, my_task: Token) -> None:
        self.host_of(my_task).started(my_task, self.element)

    def _run_hook(self, my_task: Token) -> bool | None:
        return True

    def _on_complete(self, my_task: Token) -> None:
        self.leave(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        if not my_task.watching:
            self.host_of(my_task).cancelled(my_task, self.element)

    def _on_error(self, my_task: Token) -> None:
        """Errors go to whoever catches them: errors_and_escalations."""

    # ---- what the outside may say to a waiting token

    def finish(self, token: Token, variables: dict[str, Any]) -> None:
        raise self.failed("waits for nothing that could be completed", "ไม่ได้รองานที่จะทำให้เสร็จได้")

    def trigger(self, token: Token, payload: dict[str, Any]) -> None:
        raise self.failed("waits for no event", "ไม่ได้รอเหตุการณ์ใด")

    def proceed(self, token: Token) -> None:
        raise self.failed("waits for no continuation", "ไม่ได้รอทำขั้นต่อไป")

    def scope_ended(self, token: Token, scope: Scope) -> None:
        raise self.failed("has no inside", "ไม่มีส่วนย่อยอยู่ข้างใน")

    def catch(self, scope: Scope, host: Token | None = None) -> None:
        raise self.failed("catches nothing", "ไม่ได้รองรับเหตุการณ์ใด")

    def given_up(self, token: Token, scope: Scope) -> bool:
        """By hand the last token was taken out of a scope inside: whether the activity goes on without that."""
        return False

    @property
    def awaited(self) -> Element:
        """The event that its tokens wait for."""
        return self.element

    def begin(self, scope: Scope) -> None:
        """The instance begins here: a start event, or what the event that started it was for."""
        scope.enter(self.element.id)

    def decided(self, token: Token, winner: Token) -> None:
        raise self.failed("waits for no first of several events", "ไม่ได้รอเหตุการณ์แรกจากหลายเหตุการณ์")

    # ---- leaving

    def leave(self, token: Token) -> None:
        """The token ends here and goes on over the flows that are to be taken."""
        scope = token.workflow
        self.host_of(token).completed(token, self.element)
        flows = self.flows_taken(token)
        scope.remove(token)
        for flow in flows:
            scope.enter(flow.target, flow)

    def flows_taken(self, token: Token) -> list[Flow]:
        """All flows without a condition, those whose condition holds, else the default; one at least (BPMN 2.0.2, 13.2.1 and 8.4.13)."""
        flows = self.outgoing
        if len(flows) == 1 and flows[0].condition is None:
            return flows
        default = self.element.default
        taken = [flow for flow in flows if flow.condition is None and flow.id != default]
        conditional = [flow for flow in flows if flow.condition is not None and flow.id != default]
        chosen = [flow for flow in conditional if self.holds(flow, token)]
        if not chosen and default is not None:
            chosen = [flow for flow in flows if flow.id == default]
        if flows and not taken and not chosen:
            raise self.no_way_out()
        return taken + chosen

    def no_way_out(self) -> ExecutionFailed:
        """The path would end here unseen; as in Camunda it is an error of the diagram."""
        return self.failed(
            "cannot choose a flow: no condition of its flows holds and it has no default flow",
            "เลือกเส้นทางไม่ได้: ไม่มีเงื่อนไขของเส้นทางใดเป็นจริง และไม่มีเส้นทางปริยาย",
        )

    def holds(self, flow: Flow, token: Token) -> bool:
        """Whether a flow's condition is true; anything but true or false is an error that names the flow."""
        result = self.host_of(token).evaluate(cast(str, flow.condition), self.seen(token))
        if not isinstance(result, bool):
            label = flow.name or flow.id
            raise self.failed(
                f"cannot decide flow '{label}': its condition {flow.condition} gives {result!r}, not true or false",
                f"ตัดสินเส้นทาง “{label}” ไม่ได้: เงื่อนไข {flow.condition} ให้ค่า {result!r} ไม่ใช่จริงหรือเท็จ (true/false)",
            )
        return result

    def seen(self, token: Token) -> Variables:
        """What the conditions of its flows see."""
        return token.view()

    @property
    def outgoing(self) -> list[Flow]:
        flows = self.__dict__.get("_flows")
        if flows is None:
            flows = self.__dict__["_flows"] = [self.scope_spec.flow(flow_id) for flow_id in self.element.outgoing]
        return cast("list[Flow]", flows)

    # ---- conveniences

    @property
    def scope_spec(self) -> ScopeSpec:
        return cast("ScopeSpec", self._wf_spec)

    @staticmethod
    def host_of(token: Token) -> Host:
        return token.workflow.instance.host

    def failed(self, reason: str, th: str) -> ExecutionFailed:
        """An error that names this element."""
        return ExecutionFailed.at(self.element, reason, th)


def assign(token: Token, values: Mapping[str, Any]) -> None:
    """Write variables as the activity of this token."""
    if token.task_spec.keeps_results:
        token.data.update(values)
        token.touch()
    else:
        token.workflow.assign(values, token)


def has_work(element: Element) -> bool:
    """Whether a handler, a decision or the like does what the element is for."""
    return element.work is not None and element.work.kind != "none"


def do_work(token: Token) -> bool | None:
    """The element's work, now; None where it is deferred."""
    result = FlowNode.host_of(token).work(token, token.element, token.view())
    if isinstance(result, Deferred):
        return None
    assign(token, result)
    return True


def choose(token: Token) -> None:
    """An awaited event has occurred: the event-based gateway it stands behind, if any, waits for no other."""
    if token.owner is not None:
        token.owner.task_spec.decided(token.owner, token)


WATCHED = frozenset({"timer", "message", "signal", "conditional"})  # events the outside tells of; errors and escalations come from inside
READY, WAITING, STARTED, COMPLETED = TaskState.READY, TaskState.WAITING, TaskState.STARTED, TaskState.COMPLETED
