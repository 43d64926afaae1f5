"""SpiffWorkflow's task and workflows, cut to what is alive.

A `Token` is a SpiffWorkflow Task that exists only while something goes on at its element. A `Scope` is a sub-workflow with
variables of its own; an `Instance` is the workflow of one process instance and its root scope. What has ended leaves the state
at once, so the cost of a step does not grow with what has happened before, nor with what goes on beside it.
"""

from __future__ import annotations

import time
from collections import ChainMap, deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import Conflict, ExecutionFailed, Invalid, NotFound, RuamError, Unavailable
from engine.ids import new_id
from engine.spiff import codec, errors_and_escalations
from engine.spiff.host import COUNTERS, BpmnError, Host, Variables

if TYPE_CHECKING:
    from engine.diagrams.model import Element, Flow
    from engine.spiff.build import Compiled, ScopeSpec
    from engine.spiff.codec import ScopeState
    from engine.spiff.elements.base import FlowNode

FUTURE, WAITING, READY, STARTED = TaskState.FUTURE, TaskState.WAITING, TaskState.READY, TaskState.STARTED

ELEMENT_BUDGET = 100_000  # elements that run and scopes that open in one step of an instance
CPU_BUDGET = 5.0  # seconds of CPU of the thread, the same


class Token(Task):
    """Something going on at one element: an activity, a join that waits for its other flows, an event that is waited for."""

    task_spec: FlowNode
    workflow: Scope

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

    def _set_state(self, value: int) -> None:
        self._state = value
        self.workflow.dirty = True
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


class _Tokens:
    """What an instance and a scope have in common: live tokens, variables, and the counters of their joins."""

    tasks: dict[str, Token]
    data: dict[str, Any]
    spec: ScopeSpec
    scope_id: str
    host_token_id: str | None
    instance: Instance
    parent_scope: Scope | None

    def _prepare(self) -> None:
        self.dirty = True
        self.joins: dict[str, str] = {}  # element id → the token that counts its arrivals
        self.alive = 0  # tokens that keep the scope open; watchers do not
        self._maps: list[dict[str, Any]] | None = None

    @property
    def host_token(self) -> Token | None:
        """The activity this scope is the inside of."""
        return None if self.parent_scope is None or self.host_token_id is None else self.parent_scope.tasks[self.host_token_id]

    def maps(self) -> list[dict[str, Any]]:
        """The dicts of variables seen from inside, innermost first."""
        if self._maps is None:
            host = self.host_token
            around = [] if self.parent_scope is None else [*([host.data] if host else []), *self.parent_scope.maps()]
            self._maps = [self.data, *around]
        return self._maps

    def view(self) -> Variables:
        return ChainMap(*self.maps())

    def assign(self, values: Mapping[str, Any], token: Token | None = None) -> None:
        """Write variables where their names are known, innermost first; new names go to the root scope.

        Out of the instances of a multi-instance activity that declares their result nothing is written.
        """
        for name, value in values.items():
            if name in COUNTERS:
                raise Invalid(f"'{name}' is counted by the engine and cannot be set.")
            if token is not None and name in token.data:
                token.data[name] = value
                self.dirty = True
            else:
                self._owner(name).put(name, value)

    def _owner(self, name: str) -> Scope:
        scope = cast("Scope", self)
        while name not in scope.data and scope.parent_scope is not None and not scope.closed:
            host = scope.host_token
            if host is not None and name in host.data:
                break
            scope = scope.parent_scope
        return scope

    @property
    def closed(self) -> bool:
        host = self.host_token
        return host is not None and host.element.loop is not None and host.element.loop.result_collection is not None

    def put(self, name: str, value: Any) -> None:
        """Set one variable of this very scope."""
        absent = object()
        before = self.data.get(name, absent)
        if before is not absent and codec.same(before, value):
            return
        self.data[name] = value
        self.dirty = True
        known = {} if before is absent else {name: before}
        self.instance.host.variables_changed(cast("Scope", self), known, {name: value})

    # ---- tokens

    def enter(self, element_id: str, flow: Flow | None = None, parent: Token | None = None, watching: bool = False) -> Token:
        """A token arrives at an element, over a flow or (start events, watchers) over none."""
        spec = self.spec.node(element_id)
        waiting = self.joins.get(element_id)
        if waiting is not None:
            token = self.tasks[waiting]
        else:
            token = Token(cast("Scope", self), spec, parent)
            if watching:
                token.internal_data["watching"] = True
            else:
                self.alive += 1
        if flow is not None and spec.joins:
            arrived = token.internal_data.setdefault("arrived", {})
            arrived[flow.id] = arrived.get(flow.id, 0) + 1
            self.joins[element_id] = token.id
        self.dirty = True
        spec._update(token)
        return token

    def remove(self, token: Token) -> None:
        """A token has ended: take it, and what is attached to it, out of the state."""
        for child_id in list(token._children):
            child = self.tasks.get(child_id)
            if child is not None:
                child.cancel()
        del self.tasks[token.id]
        if self.joins.get(token.element_id) == token.id:
            del self.joins[token.element_id]
        if token.owner is not None:
            token.owner._children.remove(token.id)
        self.dirty = True
        if not token.watching:
            self.alive -= 1
            if self.alive == 0:
                self.instance.idle.append(cast("Scope", self))

    def cancel_all(self, besides: Token | None = None) -> None:
        """Cancel every token of this scope."""
        for token in list(self.tasks.values()):
            if token is not besides and token.id in self.tasks and token.owner is None:
                token.cancel()


class Scope(_Tokens, BpmnSubWorkflow):
    """The inside of a sub-process, or one instance of a multi-instance activity."""

    def __init__(self, spec: ScopeSpec, scope_id: str, parent: Scope, host_token_id: str) -> None:
        self.scope_id = scope_id
        self.parent_scope = parent
        self.host_token_id = host_token_id
        self.instance = parent.instance
        self._prepare()
        super().__init__(spec, host_token_id, parent.instance, deserializing=True)

    def _calculate_depth(self) -> int:
        return 0  # SpiffWorkflow sorts by it; we follow the order of events

    def start(self) -> None:
        """Put tokens on its start events."""
        self.spec.start_scope(self)


class Instance(_Tokens, BpmnWorkflow):
    """One process instance in memory. It runs until it waits; what it needs and does goes through its `Host`."""

    def __init__(self, compiled: Compiled, host: Host, instance_id: str, called: bool = False) -> None:
        self.compiled = compiled
        self.called = called  # by a call activity, which may catch its errors
        self.host = host
        self.scope_id = instance_id
        self.parent_scope = None
        self.host_token_id = None
        self.instance = self
        self.queue: deque[Token] = deque()
        self.idle: list[Scope] = []
        self.joining: dict[str, Scope] = {}  # scopes in which an inclusive gateway waits
        self.removed: list[str] = []
        self._grant()
        self.ended = False
        self.end_state = "COMPLETED"
        self.uncaught: BpmnError | None = None
        self.escalations: list[str | None] = []  # thrown and not caught inside: the caller's call activity may
        self._prepare()
        super().__init__(compiled.root, compiled.scopes, script_engine=_NoPython(), deserializing=True)
        self.scopes: dict[str, Scope] = {}
        self.loaded = False

    # ---- verbs: each runs until nothing can go on without the outside

    def start(self, variables: Mapping[str, Any] | None = None, start_event_id: str | None = None) -> None:
        """Begin, at the none start event or at the one named."""
        self.loaded = True
        self.scopes[self.scope_id] = cast(Scope, self)
        for name, value in (variables or {}).items():
            self.put(name, value)
        self.spec.start_scope(cast(Scope, self), start_event_id)
        self._run()

    def complete(self, scope_id: str, token_id: str, variables: Mapping[str, Any] | None = None) -> None:
        """What a token waited for is done: a user task, deferred work, a called instance."""
        token = self._token(scope_id, token_id)
        self._guard(token, lambda: token.task_spec.finish(token, dict(variables or {})))

    def trigger(self, scope_id: str, token_id: str, payload: Mapping[str, Any] | None = None) -> None:
        """A timer or subscription of the token occurred."""
        token = self._token(scope_id, token_id)
        self._guard(token, lambda: token.task_spec.trigger(token, dict(payload or {})))

    def throw_error(self, scope_id: str, token_id: str, error: BpmnError) -> None:
        """The work of a token ended with a BPMN error."""
        token = self._token(scope_id, token_id)
        self._guard(token, lambda: errors_and_escalations.throw_error(token, error))

    def throw_escalation(self, scope_id: str, token_id: str, code: str | None) -> None:
        """A called instance threw an escalation it does not catch itself."""
        token = self._token(scope_id, token_id)
        self._guard(token, lambda: errors_and_escalations.throw_escalation(token, code))

    def set_variables(self, scope_id: str, variables: Mapping[str, Any]) -> None:
        """Write variables as an activity in that scope would."""
        self._scope(scope_id).assign(variables)

    def waits_at(self, scope_id: str, token_id: str) -> bool:
        """Whether a token is still there."""
        try:
            return self._token(scope_id, token_id) is not None
        except (Conflict, NotFound):
            return False

    def variables(self, scope_id: str | None = None) -> dict[str, Any]:
        """A scope's own variables; by default the root's."""
        return dict(self._scope(scope_id or self.scope_id).data)

    def view_of(self, scope_id: str, token_id: str) -> Variables:
        """What a token sees."""
        return self._token(scope_id, token_id).view()

    def cancel(self) -> None:
        """Stop everything."""
        self._scope(self.scope_id).cancel_all()
        self.queue.clear()
        self.idle.clear()
        self.ended = True
        self.end_state = "EXTERNALLY_TERMINATED"

    @property
    def result(self) -> dict[str, Any]:
        return dict(self.data)

    def waits(self) -> bool:
        """Whether any token is left in what is loaded."""
        return any(scope.tasks for scope in self.scopes.values())

    # ---- storing

    def dirty_scopes(self) -> list[ScopeState]:
        """What has to be written: changed scopes with their blobs, ended ones with none."""
        changed = [codec.dump(scope) for scope in self.scopes.values() if scope.dirty]
        return changed + [codec.ended(scope_id) for scope_id in self.removed]

    def clean(self) -> None:
        """Everything has been written."""
        for scope in self.scopes.values():
            scope.dirty = False
        self.removed.clear()
        self.escalations.clear()

    # ---- scopes

    def open_scope(self, host_token: Token, spec: ScopeSpec) -> Scope:
        """A new scope inside an activity."""
        self._spend(host_token)
        scope = Scope(spec, new_id(), host_token.workflow, host_token.id)
        self.scopes[scope.scope_id] = scope
        return scope

    def scopes_of(self, token: Token) -> list[Scope]:
        """The scopes inside an activity, loading those that are only stored."""
        for scope_id in self.host.child_scopes(token.workflow.scope_id):
            if scope_id not in self.scopes and scope_id not in self.removed:
                self._scope(scope_id)
        return [scope for scope in list(self.scopes.values()) if scope.host_token_id == token.id]

    def close_scope(self, scope: Scope) -> None:
        """A scope has ended: cancel what is left in it (its watchers) and forget it."""
        scope.cancel_all()
        self.scopes.pop(scope.scope_id, None)
        self.joining.pop(scope.scope_id, None)
        self.removed.append(scope.scope_id)

    def _scope(self, scope_id: str) -> Scope:
        if not self.loaded:
            self.loaded = True
            self.scopes[self.scope_id] = cast(Scope, self)
            codec.load(cast(Scope, self), self.host.load_scope(self.scope_id)[3])
        found = self.scopes.get(scope_id)
        if scope_id in self.removed:  # its row is there until the step is stored
            raise Conflict("This is no longer waited for.", scope_id=scope_id)
        if found is None:
            parent_id, host_token_id, element_id, blob = self.host.load_scope(scope_id)
            if parent_id is None or host_token_id is None:
                raise ExecutionFailed(f"scope {scope_id} does not belong to instance {self.scope_id}")
            found = Scope(self.compiled.scopes[element_id], scope_id, self._scope(parent_id), host_token_id)
            codec.load(found, blob)
            self.scopes[scope_id] = found
        return found

    def _token(self, scope_id: str, token_id: str) -> Token:
        try:
            return self._scope(scope_id).tasks[token_id]
        except KeyError:
            raise Conflict("This is no longer waited for.", th="กระบวนการไม่ได้รอสิ่งนี้แล้ว", token_id=token_id) from None

    # ---- running

    def _guard(self, token: Token, step: Callable[[], None]) -> None:
        element = token.element
        try:
            self._attempt(token, step)
        except BpmnError as error:
            raise _failed(token, f"ended with error '{error.code}' ({error}), which nobody catches") from error
        except RuamError as error:
            error.facts.setdefault("element_id", element.id)
            error.facts.setdefault("element_name", element.name)
            raise
        self._run()

    def _attempt(self, token: Token, step: Callable[[], Any]) -> None:
        """Do one thing at a token; a BPMN error goes to whoever catches it."""
        try:
            step()
        except BpmnError as error:
            errors_and_escalations.throw_error(token, error)

    def _run(self) -> None:
        self._grant()
        while not self.ended:
            while self.queue:
                token = self.queue.popleft()
                if token._state == READY and token.id in token.workflow.tasks:
                    self._spend(token)
                    self._step(token)
            if not self._settle():
                return

    def _grant(self) -> None:
        """What one step may cost, from here."""
        self._budget, self._stop = ELEMENT_BUDGET, time.thread_time() + CPU_BUDGET

    def _spend(self, token: Token) -> None:
        """Count an element that runs or a scope that opens; without this a small hostile diagram could keep a worker for hours."""
        self._budget -= 1
        if self._budget < 0 or (self._budget % 64 == 0 and time.thread_time() > self._stop):
            raise _failed(token, "ran longer than one step may: is there a loop in which nobody waits?")

    def _step(self, token: Token) -> None:
        try:
            self._attempt(token, token.run)
        except (ExecutionFailed, Unavailable):
            raise
        except BpmnError as error:
            raise _failed(token, f"ended with error '{error.code}' ({error}), which nobody catches") from error
        except RuamError as error:
            if isinstance(error, Invalid) and any(problem.field for problem in error.problems):
                raise  # a handler refuses what was entered: its form says so, at the field
            raise _failed(token, f"failed: {error.message}") from error

    def _settle(self) -> bool:
        """Nothing is ready: end the scopes that are empty, fire the inclusive joins nobody can reach any more."""
        while self.idle:
            scope = self.idle.pop()
            if scope.alive == 0 and scope.scope_id in self.scopes:
                self._finish(scope)
                return True
        changed = [scope for scope in self.joining.values() if scope.dirty]  # elsewhere nobody has moved since it was asked last
        return any(scope.spec.settle(scope) for scope in changed)

    def _finish(self, scope: Scope) -> None:
        if scope is cast(Scope, self):
            scope.cancel_all()  # its watchers
            self.ended = True
            return
        host = scope.host_token
        if host is None:
            raise ExecutionFailed(f"scope {scope.scope_id} has lost its activity")
        self._guard_end(host, scope)

    def _guard_end(self, host: Token, scope: Scope) -> None:
        try:
            self._attempt(host, lambda: host.task_spec.scope_ended(host, scope))
        except (ExecutionFailed, Unavailable):
            raise
        except RuamError as error:
            raise _failed(host, f"failed: {error.message}") from error


class _NoPython:
    """Stands where SpiffWorkflow keeps a Python script engine: no Python from a diagram is ever executed."""


def _failed(token: Token, reason: str) -> ExecutionFailed:
    element = token.element
    label = element.name or element.id
    return ExecutionFailed(f"'{label}' ({element.id}) {reason}", element_id=element.id, element_name=element.name, reason=reason)
