"""The tasks (BPMN 2.0.2, 10.3.3 and 13.3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins import (
    ManualTaskMixin,
    NoneTaskMixin,
    ScriptTaskMixin,
    ServiceTaskMixin,
    UserTaskMixin,
)

from engine.diagrams.model import EventDefinition
from engine.spiff.elements.activity import Activity, write_before_leaving
from engine.spiff.elements.base import WAITING, assign, choose, do_work, has_work
from engine.spiff.elements.events import throw_all
from engine.spiff.token import Token

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.spiff.build import ScopeSpec
    from engine.spiff.scope import Scope


class Task(Activity, NoneTaskMixin):
    """A task of no kind: passes."""

    def __init__(self, spec: ScopeSpec, element: Element) -> None:
        super().__init__(spec, element)
        self.manual = False  # SpiffWorkflow would have somebody complete it


class UserTask(Activity, UserTaskMixin):
    """Waits, ready, until somebody completes it."""

    def __init__(self, spec: ScopeSpec, element: Element) -> None:
        super().__init__(spec, element)
        self.manual = True

    def _on_ready_hook(self, my_task: Token) -> None:
        super()._on_ready_hook(my_task)
        self.host_of(my_task).open_task(my_task, self.element, my_task.view())

    def _on_cancel(self, my_task: Token) -> None:
        self.host_of(my_task).close_task(my_task)
        super()._on_cancel(my_task)

    def finish(self, token: Token, variables: dict[str, Any]) -> None:
        if write_before_leaving(token, variables):
            token.run()


class ManualTask(Activity, ManualTaskMixin):
    """Work the engine knows nothing of: passes, as the standard says (13.3.3)."""

    def __init__(self, spec: ScopeSpec, element: Element) -> None:
        super().__init__(spec, element)
        self.manual = False


class ServiceTask(Activity, ServiceTaskMixin):
    """Service, business-rule and send tasks: a handler, a decision; now or deferred."""

    def _run_hook(self, my_task: Token) -> bool | None:
        return do_work(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        self.host_of(my_task).drop_work(my_task)
        super()._on_cancel(my_task)


class SendTask(ServiceTask):
    """Does its work, or throws its message where it has none."""

    def _run_hook(self, my_task: Token) -> bool | None:
        return do_work(my_task) if has_work(self.element) else throw_all(my_task)


class ScriptTask(Activity, ScriptTaskMixin):
    """Assignments in our own language; the value of the last statement may go to a variable (camunda:resultVariable)."""

    def __init__(self, spec: ScopeSpec, element: Element) -> None:
        super().__init__(spec, element, script=element.work.script if element.work and element.work.script else "")
        self.result = element.work.result_variable if element.work is not None else None

    def _run_hook(self, my_task: Token) -> bool | None:
        assign(my_task, self.host_of(my_task).run_script(self.script, my_task.view(), self.result))
        return True


class ReceiveTask(Activity):
    """Waits for its message; where the diagram names none, for one with its id as its name."""

    def _update_hook(self, my_task: Token) -> bool:
        my_task._set_state(WAITING)
        if my_task.watching:  # behind an event-based gateway it starts when its message is there
            self.read_inputs(my_task)
        else:
            self._on_ready_hook(my_task)
        for event in self.element.events or (EventDefinition("message", name=self.element.id),):
            self.host_of(my_task).subscribe(my_task, self.element, event, my_task.view())
        return False

    def begin(self, scope: Scope) -> None:
        token = Token(scope, self)
        scope.alive += 1
        self._on_ready_hook(token)
        token.complete()

    def trigger(self, token: Token, payload: dict[str, Any]) -> None:
        choose(token)
        assign(token, payload)
        token.complete()

    def _on_complete(self, my_task: Token) -> None:
        self.host_of(my_task).unwatch(my_task)
        super()._on_complete(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        self.host_of(my_task).unwatch(my_task)
        super()._on_cancel(my_task)
