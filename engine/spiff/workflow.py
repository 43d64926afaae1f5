"""SpiffWorkflow's workflow, cut to what is alive.

A `Token` is a SpiffWorkflow Task that exists only while something goes on at its element. A `Scope` is a sub-workflow with
variables of its own; an `Instance` is the workflow of one process instance and its root scope. What has ended leaves the state
at once, so the cost of a step does not grow with what has happened before, nor with what goes on beside it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from SpiffWorkflow.bpmn import BpmnWorkflow

from engine.errors import Conflict, ExecutionFailed, Invalid, NotFound, RuamError, Unavailable
from engine.ids import new_id
from engine.spiff import codec, errors_and_escalations, failures, piles
from engine.spiff.budget import Budget
from engine.spiff.elements import ad_hoc, compensation, conditional_events, transaction
from engine.spiff.host import BpmnError, Host, Variables
from engine.spiff.modification import Modification
from engine.spiff.scope import Change, Scope, Tokens
from engine.spiff.token import READY, Token

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.spiff.build import Compiled, ScopeSpec
    from engine.spiff.codec import ScopeState


class Instance(Tokens, BpmnWorkflow):
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
        self.unasked: list[Token | Change] = []  # new conditions, and changes of variables that conditions read
        self.changed: dict[str, Tokens] = {}  # scopes to be written
        self.changed_apart: dict[str, Token] = {}  # tokens apart to be written
        self.pages: dict[str, codec.Page] = {}  # pages to be written
        self.removed: list[str] = []
        self.budget = Budget()  # of the transaction: whoever runs the instance gives it one
        self.ended = False
        self.end_state = "COMPLETED"
        self.uncaught: BpmnError | None = None
        self.everything = False  # the callers end with it
        self.escalations: list[BpmnError] = []  # thrown and not caught inside: the caller's call activity may
        self._prepare()
        super().__init__(compiled.root, compiled.scopes, script_engine=_NoPython(), deserializing=True)
        self.scopes: dict[str, Scope] = {}
        self.loaded = False

    # ---- verbs: each runs until nothing can go on without the outside

    def start(self, variables: Mapping[str, Any] | None = None, start_event_id: str | None = None) -> None:
        """Begin, at the none start event or at the one named."""
        self._begin(variables or {})
        self.spec.start_scope(cast(Scope, self), start_event_id)
        self._run()

    def _begin(self, variables: Mapping[str, Any]) -> None:
        self.loaded = True
        self.scopes[self.scope_id] = cast(Scope, self)
        self.touch()
        for name, value in variables.items():
            self.put(name, value)

    def complete(self, scope_id: str, token_id: str, variables: Mapping[str, Any] | None = None) -> None:
        """What a token waited for is done: a user task, deferred work, a called instance."""
        token = self._token(scope_id, token_id)
        self._guard(token, lambda: token.task_spec.finish(token, dict(variables or {})))

    def trigger(self, scope_id: str, token_id: str, payload: Mapping[str, Any] | None = None) -> None:
        """A timer or subscription of the token occurred."""
        token = self._token(scope_id, token_id)
        self._guard(token, lambda: token.task_spec.trigger(token, dict(payload or {})))

    def occurred(self, element_id: str, position: int) -> None:
        """The definition at a position has occurred of the parallel multiple start event that the instance has begun with."""
        token = next(
            token for token in self.tasks.values() if (token.element_id, token.internal_data.get("definition")) == (element_id, position)
        )
        self._guard(token, lambda: token.task_spec.trigger(token, {}))

    def proceed(self, scope_id: str, token_id: str) -> None:
        """The job that takes a token on does so."""
        token = self._token(scope_id, token_id)
        self._guard(token, lambda: token.task_spec.proceed(token))

    def throw_error(self, scope_id: str, token_id: str, error: BpmnError, variables: Mapping[str, Any] | None = None) -> None:
        """The work of a token ended with a BPMN error; that of a call activity with what the called instance had come to."""
        token = self._token(scope_id, token_id)

        def step() -> None:
            if variables is not None:
                token.task_spec.report(token, variables)
            errors_and_escalations.throw_error(token, error)

        self._guard(token, step)

    def throw_escalation(self, scope_id: str, token_id: str, escalation: BpmnError, variables: Mapping[str, Any] | None = None) -> None:
        """The work of a token threw an escalation; a called instance did that has these variables now, and does not catch it itself."""
        token = self._token(scope_id, token_id)

        def step() -> None:
            if variables is not None:
                token.task_spec.report(token, variables)
            errors_and_escalations.throw_escalation(token, escalation)

        self._guard(token, step)

    def set_variables(self, scope_id: str, variables: Mapping[str, Any], suspended: bool = False) -> None:
        """Write variables as an activity in that scope would. Nothing moves while the instance is suspended: `ask_again` after."""
        self.scope_at(scope_id).assign(variables)
        if suspended:
            self.unasked.clear()
        self._run()  # conditions may hold now

    def ask_again(self) -> None:
        """Ask all conditions that the instance waits for."""
        waiting = (self.token_at(scope_id, token_id) for scope_id, token_id in self.host.conditions(self.scope_id))
        self.unasked += [token for token in waiting if token is not None]
        self._run()

    def drop_variables(self, scope_id: str, names: Iterable[str]) -> None:
        """Take variables out of a scope; the history keeps what they were."""
        scope = self.scope_at(scope_id)
        for name in names:
            if name in scope.data:
                before = scope.data.pop(name)
                scope.touch()
                self.host.variables_changed(scope, {name: before}, {name: None})
                scope.written((name,), "delete")

    def choices(self, scope_id: str) -> list[str]:
        """The activities that somebody may choose in a scope now."""
        return ad_hoc.choices(self.scope_at(scope_id))

    def start_activity(self, scope_id: str, element_id: str) -> None:
        """Somebody chooses an activity of an ad-hoc sub-process."""
        ad_hoc.start(self.scope_at(scope_id), element_id)
        self._run()

    def modify(self, change: Callable[[Modification], None], variables: Mapping[str, Any] | None = None) -> None:
        """Place and take tokens by hand, then go on from there; a new instance begins so, with `variables`."""
        if variables is None:
            self.scope_at(self.scope_id)
        else:
            self._begin(variables)
            self.spec.arm(cast(Scope, self))
        modification = Modification(self)
        change(modification)
        modification.settle()
        self._run()

    def token_at(self, scope_id: str, token_id: str) -> Token | None:
        """A token, if it is still there."""
        try:
            return self._token(scope_id, token_id)
        except (Conflict, NotFound):
            return None

    def set_locals(self, scope_id: str, token_id: str, variables: Mapping[str, Any]) -> None:
        """Write variables of a waiting activity alone; conditions that read them are asked in the step that follows."""
        token = self._token(scope_id, token_id)
        token.data.update(variables)
        token.touch()
        token.workflow.written(variables)

    def change_locals(
        self, scope_id: str, token_id: str, variables: Mapping[str, Any], remove: Iterable[str] = (), suspended: bool = False
    ) -> None:
        """Write and take out variables of a waiting activity alone; conditions that read them are asked, but not while it is suspended."""
        data = self._token(scope_id, token_id).data
        for name in remove:
            data.pop(name, None)
        self.set_locals(scope_id, token_id, variables)
        if suspended:
            self.unasked.clear()
        self._run()

    def locals_of(self, scope_id: str, token_id: str) -> Variables:
        """The variables of a waiting activity alone."""
        return self._token(scope_id, token_id).data

    def view_of(self, scope_id: str, token_id: str) -> Variables:
        """What a token sees."""
        return self._token(scope_id, token_id).view()

    def cancel(self) -> None:
        """Stop everything."""
        self.scope_at(self.scope_id).cancel_all()
        self.queue.clear()
        self.idle.clear()
        self.unasked.clear()
        self.ended = True
        self.end_state = "EXTERNALLY_TERMINATED"

    def terminate(self) -> None:
        """Stop everything, and whoever called the instance: the process has ended."""
        self.cancel()
        self.end_state = "COMPLETED"
        self.everything = True

    @property
    def result(self) -> dict[str, Any]:
        return dict(self.data)

    def stands_at(self) -> list[Element]:
        """The elements where tokens wait, each once; of a sub-process those inside."""
        found: dict[str, Element] = {}
        pending = [self.scope_at(self.scope_id)]
        while pending:
            for token in [token for token in pending.pop().tasks.values() if not token.watching]:
                inside = self.scopes_of(token) if getattr(token.task_spec, "inside", False) else []
                pending += inside
                if not inside:
                    found[token.element_id] = token.element
        return list(found.values())

    # ---- storing

    def to_store(self) -> list[ScopeState]:
        """What has to be written: changed scopes with their blobs, ended ones with none."""
        if self.ended:
            piles.drop(self)
        changed = [codec.dump(scope) for scope in self.changed.values()]
        changed += [codec.dump_apart(token) for token in self.changed_apart.values()]
        changed += [codec.dump_page(page_id, page) for page_id, page in self.pages.items()]
        return changed + [codec.ended(scope_id) for scope_id in self.removed]

    def clean(self) -> None:
        """Everything has been written."""
        self.changed.clear()
        self.changed_apart.clear()
        self.pages.clear()
        self.removed.clear()
        self.escalations.clear()

    # ---- scopes

    def open_scope(self, host_token: Token, spec: ScopeSpec) -> Scope:
        """A new scope inside an activity."""
        if not self.budget.spend():
            raise failures.too_long(host_token)
        scope = Scope(spec, new_id(), host_token.workflow, host_token.id)
        self.scopes[scope.scope_id] = scope
        scope.touch()
        return scope

    def scopes_of(self, token: Token) -> list[Scope]:
        """The scopes inside an activity, loading those that are only stored."""
        for scope_id in self.host.child_scopes(token.workflow.scope_id, token.id):
            if scope_id not in self.scopes and scope_id not in self.removed:
                self.scope_at(scope_id)
        return [scope for scope in list(self.scopes.values()) if scope.host_token_id == token.id]

    def close_scope(self, scope: Scope) -> None:
        """A scope has ended: cancel what is left in it (its watchers) and forget it."""
        scope.cancel_all()
        piles.drop(scope)
        self.changed.pop(scope.scope_id, None)
        self.scopes.pop(scope.scope_id, None)
        self.joining.pop(scope.scope_id, None)
        self.removed.append(scope.scope_id)

    def drop_page(self, page_id: str) -> None:
        """A page is not needed any more."""
        if self.pages.pop(page_id, None) is None:
            self.removed.append(page_id)

    def scope_at(self, scope_id: str) -> Scope:
        """A scope, loaded where it is only stored. Raises Conflict for one that has ended in this step."""
        if not self.loaded:
            self.loaded = True
            self.scopes[self.scope_id] = cast(Scope, self)
            codec.load(cast(Scope, self), self.host.load_scope(self.scope_id)[3])
        found = self.scopes.get(scope_id)
        if scope_id in self.removed:  # its row is there until the step is stored
            raise Conflict("This is no longer waited for.", scope_id=scope_id, th="กระบวนการไม่ได้รอสิ่งนี้แล้ว")
        if found is None:
            parent_id, host_token_id, element_id, blob = self.host.load_scope(scope_id)
            if parent_id is None or host_token_id is None:
                raise failures.broken(f"scope {scope_id} does not belong to instance {self.scope_id}")
            found = Scope(self.compiled.scopes[element_id], scope_id, self.scope_at(parent_id), host_token_id)
            codec.load(found, blob)
            self.scopes[scope_id] = found
        return found

    def _token(self, scope_id: str, token_id: str) -> Token:
        try:
            return self.scope_at(scope_id).tasks[token_id]
        except KeyError:
            raise Conflict("This is no longer waited for.", th="กระบวนการไม่ได้รอสิ่งนี้แล้ว", token_id=token_id) from None

    # ---- running

    def occur(self, token: Token) -> None:
        """A condition that a token waits for has become true."""
        if not self.budget.spend():
            raise failures.too_long(token)
        self._attempt(token, lambda: token.task_spec.trigger(token, {}))

    def _guard(self, token: Token, step: Callable[[], None]) -> None:
        element = token.element
        try:
            self._attempt(token, step)
        except BpmnError as error:
            raise ExecutionFailed.at(token.element, *failures.uncaught(error)) from error
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
        while not self.ended:
            if self.unasked:
                conditional_events.ask(self)
            elif self.idle:  # an instance of many that is done may make the next ones needless, before they begin
                self._close(self.idle.pop())
            elif self.queue:
                token = self.queue.popleft()
                if token._state == READY and token.id in token.workflow.tasks:
                    if not self.budget.spend():
                        raise failures.too_long(token)
                    self._step(token)
            elif not self._settle():
                return

    def _step(self, token: Token) -> None:
        try:
            self._attempt(token, token.run)
        except (ExecutionFailed, Unavailable):
            raise
        except BpmnError as error:
            raise ExecutionFailed.at(token.element, *failures.uncaught(error)) from error
        except RuamError as error:
            if isinstance(error, Invalid) and any(problem.field for problem in error.problems):
                raise  # a handler refuses what was entered: its form says so, at the field
            raise failures.failed(token, error) from error

    def _close(self, scope: Scope) -> None:
        """End a scope in which nothing is left, unless it has been entered anew."""
        if scope.alive == 0 and scope.scope_id in self.scopes and not scope.spec.goes_on(scope):
            self._finish(scope)

    def _settle(self) -> bool:
        """Nothing is ready: fire the inclusive joins nobody can reach any more; elsewhere nobody has moved since it was asked last."""
        changed = [scope for scope_id, scope in self.joining.items() if scope_id in self.changed] if self.joining else ()
        return any(scope.spec.settle(scope) for scope in changed)

    def _finish(self, scope: Scope) -> None:
        if scope is cast(Scope, self):
            scope.cancel_all()  # its watchers
            self.ended = True
            return
        host = scope.host_token
        if host is None:
            raise failures.broken(f"scope {scope.scope_id} has lost its activity")
        self._guard_end(host, scope)

    @staticmethod
    def _end(host: Token, scope: Scope) -> None:
        if not host.undoing:
            host.task_spec.scope_ended(host, scope)
        elif compensation.emptied(host, scope):
            transaction.undone(host)

    def _guard_end(self, host: Token, scope: Scope) -> None:
        try:
            self._attempt(host, lambda: self._end(host, scope))
        except (ExecutionFailed, Unavailable):
            raise
        except RuamError as error:
            raise failures.failed(host, error) from error


class _NoPython:
    """Stands where SpiffWorkflow keeps a Python script engine: no Python from a diagram is ever executed."""
