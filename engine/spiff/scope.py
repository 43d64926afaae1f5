"""Where tokens are: the root of an instance, the inside of a sub-process, one instance of a multi-instance activity."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow

from engine.errors import Invalid, RuamError
from engine.spiff import codec, piles
from engine.spiff.host import COUNTERS, Variables
from engine.spiff.token import Token

if TYPE_CHECKING:
    from engine.diagrams.model import Flow
    from engine.spiff.build import ScopeSpec
    from engine.spiff.workflow import Instance


@dataclass(frozen=True, slots=True)
class Change:
    """A variable that conditions read was written in a scope, or in an activity of it."""

    scope: Scope
    name: str
    kind: str  # "create" "update" "delete"


class Tokens:
    """What an instance and a scope have in common: live tokens, variables, and the counters of their joins."""

    tasks: dict[str, Token]
    data: dict[str, Any]
    spec: ScopeSpec
    scope_id: str
    host_token_id: str | None
    instance: Instance
    parent_scope: Scope | None

    def _prepare(self) -> None:
        self.joins: dict[str, str] = {}  # element id → the token that counts its arrivals
        self.alive = 0  # tokens that keep the scope open; watchers do not
        self.records = piles.new()  # completed activities that can be undone: elements/compensation.py
        self.paged = False  # has pages of piles
        self._maps: list[dict[str, Any]] | None = None

    def touch(self) -> None:
        """It is to be written when the step is stored."""
        self.instance.changed[self.scope_id] = self

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
                raise Invalid(f"'{name}' is counted by the engine and cannot be set.", th=f"“{name}” เป็นค่าที่ระบบนับเอง จึงกำหนดไม่ได้")
            if token is not None and name in token.data:
                token.data[name] = value
                token.touch()
                self.written((name,))
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
        self.touch()
        if name in self.instance.compiled.conditions:
            self.instance.unasked.append(Change(cast("Scope", self), name, "create" if before is absent else "update"))
        known = {} if before is absent else {name: before}
        self.instance.host.variables_changed(cast("Scope", self), known, {name: value})

    def written(self, names: Iterable[str], kind: str = "update") -> None:
        """Variables of this scope, or of an activity of it, have changed: conditions may read them."""
        for name in names:
            if name in self.instance.compiled.conditions:
                self.instance.unasked.append(Change(cast("Scope", self), name, kind))

    # ---- tokens

    def enter(self, element_id: str, flow: Flow | None = None, parent: Token | None = None, watching: bool = False) -> Token:
        """A token arrives at an element, over a flow or (start events, watchers) over none."""
        spec = self.spec.node(element_id)
        self.touch()
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
        try:
            spec._update(token)
        except RuamError as error:  # it is entered while the element before it still runs: the error is about this one
            error.facts.setdefault("element_id", spec.element.id)
            error.facts.setdefault("element_name", spec.element.name)
            raise
        return token

    def remove(self, token: Token) -> None:
        """A token has ended: take it, and what is attached to it, out of the state."""
        for child_id in list(token._children):
            child = self.tasks.get(child_id)
            if child is not None:
                child.cancel()
        del self.tasks[token.id]
        if token.apart:
            self.instance.changed_apart.pop(token.id, None)
            self.instance.removed.append(token.id)
        if self.joins.get(token.element_id) == token.id:
            del self.joins[token.element_id]
        if token.owner is not None:
            token.owner._children.remove(token.id)
        self.touch()
        if not token.watching:
            self.alive -= 1
            if self.alive == 0:
                self.instance.idle.append(cast("Scope", self))

    def cancel_all(self, besides: Token | None = None) -> None:
        """Cancel every token of this scope."""
        for token in list(self.tasks.values()):
            if token is not besides and token.id in self.tasks and token.owner is None:
                token.cancel()


class Scope(Tokens, BpmnSubWorkflow):
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
