"""A token: SpiffWorkflow's task, existing only while something goes on at its element."""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING, Any, cast

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.ids import new_id
from engine.spiff.host import Variables

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.spiff.elements.base import FlowNode
    from engine.spiff.scope import Scope

FUTURE, READY = TaskState.FUTURE, TaskState.READY


class Token(Task):
    """Something going on at one element: an activity, a join that waits for its other flows, an event that is waited for."""

    task_spec: FlowNode
    workflow: Scope
    apart = False  # what it holds is stored in a row of its own

    def __init__(self, scope: Scope, spec: FlowNode, parent: Token | None = None, id: str | None = None, state: int = FUTURE) -> None:
        # Not SpiffWorkflow's __init__: it names tasks with UUID objects and links every task to the one before.
        self.id = id or new_id()
        self.workflow = scope
        self.task_spec = spec
        self._parent = parent.id if parent is not None else None
        self._children: list[str] = []
        self._state = state
        self.triggered = False
        self.thread_id = 0
        self.data: dict[str, Any] = {}
        self.internal_data: dict[str, Any] = {}
        self.last_state_change = 0.0
        scope.tasks[self.id] = self
        if parent is not None:
            parent._children.append(self.id)

    @property
    def element(self) -> Element:
        return self.task_spec.element

    @property
    def element_id(self) -> str:
        return self.task_spec.element.id

    @property
    def scope_id(self) -> str:
        return self.workflow.scope_id

    @property
    def watching(self) -> bool:
        """It only waits for an event beside the flow: it does not keep its scope open."""
        return "watching" in self.internal_data

    @property
    def undoing(self) -> bool:
        """Its activity has completed or is cancelled: what happens inside undoes it."""
        return "undoing" in self.internal_data

    @property
    def owner(self) -> Token | None:
        """The token this one is attached to: the activity of a boundary event, the gateway of an awaited event."""
        return None if self._parent is None else self.workflow.tasks.get(self._parent)

    @property
    def local(self) -> dict[str, Any]:
        """Variables of this activity alone (its input parameters)."""
        return self.data

    @property
    def loop_index(self) -> int | None:
        """Which instance of a multi-instance activity this belongs to, from 0."""
        scope: Scope | None = self.workflow
        while scope is not None:
            if "loopCounter" in scope.data:
                return cast(int, scope.data["loopCounter"])
            scope = scope.parent_scope
        return None

    def view(self) -> Variables:
        """What this token sees: its own variables, then its scope's, then those of the scopes around."""
        maps = self.workflow.maps()
        return ChainMap(self.data, *maps) if self.data else ChainMap(*maps)

    def touch(self) -> None:
        """What it holds is to be written when the step is stored: with its scope, or apart from it where its element counts much."""
        if not self.task_spec.apart:
            self.workflow.touch()
            return
        if not self.apart:
            self.apart = True
            self.workflow.touch()
        self.workflow.instance.changed_apart[self.id] = self

    def _set_state(self, value: int) -> None:
        self._state = value
        self.workflow.touch()
        if value == READY and not self.task_spec.manual:
            self.workflow.instance.queue.append(self)

    def _inherit_data(self) -> None:
        """Variables live in scopes: nothing to copy."""

    def cancel(self) -> None:
        """End without completing: everything inside and attached goes with it."""
        if self.id not in self.workflow.tasks:
            return
        self._set_state(TaskState.CANCELLED)
        self.task_spec._on_cancel(self)
        self.workflow.remove(self)
