"""Compensation: undoing completed activities, the last first (BPMN 2.0.2, 10.5.1, 10.7 and 13.5.5).

A scope keeps a record of each completed activity that can be undone: `[element id, insides, partial]`, in a pile (`piles.py`), so that a
step writes what it adds and nothing else. Insides are a pile of what a sub-process or each instance of a repeated activity leaves
behind, `[variables as they were then, records of its own]`; any other activity has none. What undoes an activity is the handler that
an association leads to from its boundary event, or the event sub-process of compensation in it; a sub-process with neither is undone
by undoing what is in it. The instances of a parallel multi-instance activity are undone together.

Handlers run in the scope of what they undo, for the token that has thrown the compensation. A sub-process whose inside is undone gets
a token and a scope again (`undoing`), with the variables of its completion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from engine.diagrams.model import EventDefinition, Process
from engine.spiff import piles
from engine.spiff.elements.base import READY, STARTED, FlowNode
from engine.spiff.token import Token

if TYPE_CHECKING:
    from engine.spiff.build import ScopeSpec
    from engine.spiff.scope import Scope


def compensable(process: Process) -> frozenset[str]:
    """The activities of which a record is kept: with a handler, an event sub-process of compensation, or such activities inside."""
    found: set[str] = set()
    for element in process.elements.values():
        if not any(event.kind == "compensation" for event in element.events):
            continue
        if element.type == "boundaryEvent":
            around: str | None = element.attached_to
        elif element.type == "startEvent":
            around = process.elements[cast(str, element.parent)].parent
        else:
            continue
        while around is not None and around not in found:
            found.add(around)
            around = process.elements[around].parent
    return frozenset(found)


class Compensable(FlowNode):
    """Mixed into activities that can be undone: they leave a record as they complete."""

    def leave(self, token: Token) -> None:
        scope, inside = token.workflow, getattr(self, "inside", False)
        insides = token.internal_data.get("insides")
        super().leave(token)
        if insides or not inside:
            piles.push(scope, scope.records, [self.element.id, insides, False])

    def scope_ended(self, token: Token, scope: Scope) -> None:
        left = _left_behind(scope)
        token.touch()
        piles.push(token.workflow, token.internal_data.setdefault("insides", piles.new()), left)
        super().scope_ended(token, scope)

    def _on_cancel(self, my_task: Token) -> None:
        super()._on_cancel(my_task)
        _undone(my_task)


class Handler(FlowNode):
    """Mixed into activities for compensation: they tell the token that has thrown it when they are done."""

    def leave(self, token: Token) -> None:
        super().leave(token)
        _undone(token)

    def _on_cancel(self, my_task: Token) -> None:
        super()._on_cancel(my_task)
        _undone(my_task)


class CompensationThrow(FlowNode):
    """Mixed into events that throw compensation: by default they wait until all is undone."""

    def _run_hook(self, my_task: Token) -> bool | None:
        if "undo" not in my_task.internal_data:
            if super()._run_hook(my_task) is None:  # what it throws besides
                return None
            for event in self.element.events:
                if event.kind == "compensation":
                    _begin(my_task, event)
        return _go_on(my_task)


def _begin(token: Token, event: EventDefinition) -> None:
    """Take what is to be undone out of the records; a token of its own goes through it where the thrower does not wait."""
    records = [[scope.scope_id, *record] for scope in reversed(_concerned(token, event)) for record in _take(scope, event.activity_ref)]
    pile: piles.Pile = token.internal_data.setdefault("undo", piles.new())
    if event.waits:
        for record in records:
            piles.push(token.workflow, pile, record)
        return
    beside = Token(token.workflow, token.task_spec)
    beside.internal_data |= {"undo": piles.fill(token.workflow, records), "undoing": "beside"}
    token.workflow.alive += 1
    beside._set_state(READY)


def _concerned(token: Token, event: EventDefinition) -> list[Scope]:
    """The scopes whose activities are undone, innermost first: the thrower's, for an event sub-process also the one it stands in.

    An activity that is named is looked for outwards.
    """
    scopes = [token.workflow]
    while (host := scopes[-1].host_token) is not None and (event.activity_ref or host.element.triggered_by_event):
        scopes.append(host.workflow)
    return next(([scope] for scope in scopes if _knows(scope, event.activity_ref)), []) if event.activity_ref else scopes


def _knows(scope: Scope, element_id: str) -> bool:
    return any(record[0] == element_id for record in piles.peek(scope, scope.records))


def _take(scope: Scope, element_id: str | None) -> list[Any]:
    """The records of an activity, or all, the first completed first, taken out of the scope's."""
    if piles.empty(scope.records):
        return []
    records = piles.take(scope, scope.records)
    scope.records = piles.fill(scope, (record for record in records if element_id not in (None, record[0])))
    scope.touch()
    return [record for record in records if element_id in (None, record[0])]


def _go_on(token: Token) -> bool | None:
    """Undo the next; True where nothing is left."""
    undo: piles.Pile = token.internal_data["undo"]
    if not piles.empty(undo):
        scope_id, *record = piles.pop(token.workflow, undo)
        scope = token.workflow.instance.scope_at(scope_id)
        insides = _first(scope, record)
        if _remains(record):
            piles.push(token.workflow, undo, [scope_id, *record])
        token.internal_data["waits"] = len(insides)
        for inside in insides:
            _undo(scope, record, inside, [token.scope_id, token.id])
        return None
    if token.internal_data.get("undoing") == "beside":
        token.workflow.remove(token)
        return None
    return True


def _first(scope: Scope, record: list[Any]) -> list[Any]:
    """What is undone at once of a record, taken out of its insides."""
    element_id, insides, _partial = record
    if insides is None:
        return [None]
    loop = scope.spec.elements[element_id].loop
    return piles.take(scope, insides) if loop is not None and loop.kind == "parallel" else [piles.pop(scope, insides)]


def _remains(record: list[Any]) -> bool:
    return record[1] is not None and not piles.empty(record[1])


def _undo(scope: Scope, record: list[Any], inside: list[Any] | None, thrower: list[str] | None) -> None:
    """Start to undo one completed activity, or one instance of it."""
    element_id, _insides, partial = record
    variables, records = inside or ({}, piles.new())
    handler = None if partial else handler_of(scope.spec, element_id)
    token = Token(scope, scope.spec.node(handler or element_id))
    scope.alive += 1
    scope.touch()
    if thrower is not None:
        token.internal_data["undoes"] = thrower
    if handler is not None:
        token.data.update(variables)
        token.task_spec._update(token)
        return
    token.internal_data["undoing"] = "partial" if partial else "whole"
    token._set_state(STARTED)
    restore(token, variables, records)


def restore(host: Token, variables: dict[str, Any], records: piles.Pile) -> None:
    """Open a scope again for what has completed in it, and begin to undo that."""
    instance = host.workflow.instance
    scope = instance.open_scope(host, instance.compiled.scopes[host.element_id])
    scope.data.update(variables)
    scope.records = records
    start = _own_handler(scope.spec) if host.internal_data["undoing"] == "whole" else None
    if start is not None:
        scope.enter(start)
    elif not undo_next(scope):
        instance.idle.append(scope)


def undo_next(scope: Scope) -> bool:
    """Undo what has completed last in a scope that is itself undone; False where nothing is left."""
    if piles.empty(scope.records):
        return False
    record = piles.pop(scope, scope.records)
    scope.touch()
    insides = _first(scope, record)
    if _remains(record):
        piles.push(scope, scope.records, record)
    for inside in insides:
        _undo(scope, record, inside, None)
    return True


def emptied(host: Token, scope: Scope) -> bool:
    """Nothing runs any more in a scope that is undone: go on in it, or close it. True when all inside of its activity is undone."""
    handled = host.internal_data["undoing"] == "whole" and _own_handler(scope.spec) is not None
    if not handled and undo_next(scope):
        return False
    instance = host.workflow.instance
    instance.close_scope(scope)
    return not instance.scopes_of(host)


def ended(host: Token) -> None:
    """An activity whose inside was to be undone is."""
    host.workflow.remove(host)
    _undone(host)


def _undone(token: Token) -> None:
    """Tell the thrower that one more is undone."""
    thrower = token.internal_data.get("undoes")
    waiting = thrower and token.workflow.instance.token_at(*thrower)
    if waiting:
        waiting.internal_data["waits"] -= 1
        waiting.workflow.touch()
        if waiting.internal_data["waits"] == 0:
            waiting._set_state(READY)


def gather(scope: Scope) -> None:
    """Keep records of what has completed inside of the activities that still run in a scope, for these are going to be cancelled."""
    for token in list(scope.tasks.values()):
        if token.watching or token.undoing or not getattr(token.task_spec, "inside", False):
            continue
        if token.internal_data.get("insides"):
            piles.push(scope, scope.records, [token.element_id, token.internal_data["insides"], False])
        for inner in scope.instance.scopes_of(token):
            gather(inner)
            if not piles.empty(inner.records):
                piles.push(scope, scope.records, [token.element_id, piles.fill(scope, [_left_behind(inner)]), True])


def _left_behind(scope: Scope) -> list[Any]:
    """What is kept of a scope that is going to close: its variables, with those of its activity, and its records."""
    host = scope.host_token
    if host is None:
        return [dict(scope.data), scope.records]
    piles.hand_over(scope, host.workflow)
    return [{**({} if host.element.loop is not None else host.data), **scope.data}, scope.records]


def handler_of(spec: ScopeSpec, element_id: str) -> str | None:
    """The activity that undoes an activity, if its boundary event leads to one."""
    return next((event.compensation_handler for event in spec.boundaries(element_id) if event.compensation_handler), None)


def _own_handler(spec: ScopeSpec) -> str | None:
    """The event sub-process of compensation of a scope."""
    return next((start.parent for start in spec.event_starts() if any(event.kind == "compensation" for event in start.events)), None)
