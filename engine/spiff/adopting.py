"""An instance put together from what another one was: its scopes and tokens under another version of its process, not started anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from engine.spiff.elements.base import STARTED, WAITING
from engine.spiff.scope import Scope
from engine.spiff.token import Token

if TYPE_CHECKING:
    from engine.spiff.workflow import Instance


@dataclass(frozen=True, slots=True)
class AdoptedScope:
    """A scope. `former`: the one it was; none where it is opened."""

    id: str
    element_id: str
    parent_id: str | None
    host_token_id: str | None
    data: dict[str, Any]
    former: Scope | None


@dataclass(frozen=True, slots=True)
class AdoptedToken:
    """A token. `former`: the one it was; none for the host of a scope that is opened."""

    id: str
    element_id: str
    scope_id: str
    parent_id: str | None
    memory: dict[str, Any]
    former: Token | None


def adopt(instance: Instance, scopes: Iterable[AdoptedScope], tokens: Iterable[AdoptedToken]) -> None:
    """Fill an instance that has not been loaded; outer scopes come first. Everything is to be written."""
    instance.loaded = True
    for state in scopes:
        if state.parent_id is None or state.host_token_id is None:
            scope = cast(Scope, instance)
        else:
            spec = instance.compiled.scopes[state.element_id]
            scope = Scope(spec, state.id, instance.scopes[state.parent_id], state.host_token_id)
        scope.data = state.data
        if state.former is not None:
            scope.records, scope.paged = state.former.records, state.former.paged
        instance.scopes[state.id] = scope
        scope.touch()
    made = [_adopt_token(instance, state) for state in tokens]
    for token in made:
        if token._parent is not None:
            token.workflow.tasks[token._parent]._children.append(token.id)


def _adopt_token(instance: Instance, state: AdoptedToken) -> Token:
    scope, former = instance.scopes[state.scope_id], state.former
    spec = scope.spec.node(state.element_id)
    token = Token(scope, spec, id=state.id, state=STARTED if former is None else former._state)
    token._parent, token.internal_data = state.parent_id, state.memory
    if former is not None:
        token.data, token.apart = former.data, former.apart
    if token.apart:
        instance.changed_apart[token.id] = token
    if spec.joins and "arrived" in state.memory:
        scope.joins[state.element_id] = token.id
        instance.joining[scope.scope_id] = scope
    if not token.watching:
        scope.alive += 1
    return token


def opened(instance: Instance, scope_id: str, token_id: str) -> None:
    """A sub-process has been put around what goes on in it: as if it had been entered, without what it begins with."""
    token = instance.scopes[scope_id].tasks[token_id]
    token.task_spec._on_ready_hook(token)
    for scope in instance.scopes_of(token):
        scope.spec.arm(scope)


def arm(instance: Instance, scope_id: str, element_id: str, parent_id: str | None, flow_id: str | None) -> None:
    """Begin to wait for an event beside the flow."""
    scope = instance.scopes[scope_id]
    parent = None if parent_id is None else scope.tasks[parent_id]
    scope.enter(element_id, None if flow_id is None else scope.spec.flow(flow_id), parent=parent, watching=True)


def meet(instance: Instance) -> None:
    """Ask joins in which something has arrived whether all has: they may have fewer branches now."""
    for scope in list(instance.joining.values()):
        for token_id in list(scope.joins.values()):
            token = scope.tasks.get(token_id)
            if token is not None and token._state == WAITING:
                token.task_spec._update(token)


def close_emptied(instance: Instance) -> None:
    """Scopes in which nothing is left end as such scopes do when the instance goes on."""
    instance.idle += [scope for scope in instance.scopes.values() if scope.alive == 0]


def all_scopes(instance: Instance, scope_ids: Iterable[str]) -> list[Scope]:
    """An instance loaded with these scopes of it, which are answered, outer ones first; its root is none of them."""
    instance.scope_at(instance.scope_id)
    loaded = {scope_id: instance.scope_at(scope_id) for scope_id in scope_ids if scope_id != instance.scope_id}
    return sorted(loaded.values(), key=_depth)


def _depth(scope: Scope) -> int:
    depth, around = 0, scope.parent_scope
    while around is not None:
        depth, around = depth + 1, around.parent_scope
    return depth
