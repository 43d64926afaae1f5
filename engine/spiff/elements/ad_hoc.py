"""The inside of ad-hoc sub-processes (BPMN 2.0.2, 10.3.5 and 13.3.5).

What can start there is enabled from the beginning: activities nothing leads to. A person chooses by completing the task he was
offered or by leaving it; what needs nobody runs. With `ordering="Sequential"` they are started one after the other, in the order
of the file. The completion condition is asked as each activity ends. While it does not hold nothing is over: when all has ended,
what can start is started again. Camunda 8's `activeElementsCollection` names what is started instead, and its `outputCollection`
is a list of what the last activity of each path gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from engine.diagrams.elements import ACTIVITIES
from engine.errors import Conflict
from engine.spiff import piles
from engine.spiff.elements.base import FlowNode

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.spiff.build import ScopeSpec
    from engine.spiff.host import Variables
    from engine.spiff.scope import Scope
    from engine.spiff.token import Token


class InAdHoc(FlowNode):
    """An element inside an ad-hoc sub-process: when its activity ends, the completion condition decides whether anything follows."""

    def leave(self, token: Token) -> None:
        scope = token.workflow
        if self.element.type in ACTIVITIES and not self.outgoing:
            _add_result(scope, token.view())
        if _host(scope).undoing or not (_memory(scope).get("over") or self._ends(token)):
            super().leave(token)
            return
        _remember(scope, over=True)
        self.host_of(token).completed(token, self.element)
        if around(scope.spec).cancel_remaining:
            scope.cancel_all(besides=token)
        else:
            _cancel_joining(scope, besides=token)
        scope.remove(token)

    def _ends(self, token: Token) -> bool:
        if self.element.type in ACTIVITIES:
            return _complete(token.workflow, token.view())
        return any(event.kind == "terminate" for event in self.element.events)


def _cancel_joining(scope: Scope, besides: Token) -> None:
    """What waits for its other paths waits in vain: what still runs leads nowhere any more."""
    for token_id in list(scope.joins.values()):
        token = scope.tasks[token_id]
        if token is not besides and "arrived" in token.internal_data:
            token.cancel()


def begin(scope: Scope) -> None:
    """Start what is enabled: all of it, or the first."""
    enabled = _enabled(scope)
    if around(scope.spec).ordering == "Sequential":
        _remember(scope, waiting=enabled[1:])
        enabled = enabled[:1]
    for element_id in enabled:
        scope.enter(element_id)


def choices(scope: Scope) -> list[str]:
    """What somebody may choose to start now."""
    if not scope.spec.ad_hoc or _memory(scope).get("over") or (around(scope.spec).ordering == "Sequential" and scope.alive):
        return []
    return [inner.id for inner in scope.spec.without_incoming() if inner.type != "endEvent"]


def start(scope: Scope, element_id: str) -> None:
    """Start an activity once more. Raises Conflict where it cannot be chosen now."""
    if element_id not in choices(scope):
        raise Conflict(f"'{element_id}' cannot be started there now.", th="ยังเริ่มงานนี้ไม่ได้ในขณะนี้")
    scope.enter(element_id)


def goes_on(scope: Scope) -> bool:
    """Nothing runs in the scope any more: start what waits for its turn, or everything again; tell whether anything was started."""
    if _host(scope).undoing:
        return False
    known = _memory(scope)
    if not known.get("over"):
        if known.get("waiting"):
            first, *rest = known["waiting"]
            _remember(scope, waiting=rest)
            scope.enter(first)
        elif around(scope.spec).completion_condition is not None and not _complete(scope, scope.view()):
            begin(scope)
    if scope.alive == 0:
        _publish(scope)
        _host(scope).internal_data.get("ad_hoc", {}).pop(scope.scope_id, None)
    return scope.alive > 0


def around(spec: ScopeSpec) -> Element:
    """The ad-hoc sub-process."""
    return spec.compiled.process.elements[spec.name]


def _complete(scope: Scope, view: Variables) -> bool:
    condition = around(scope.spec).completion_condition
    result = condition is not None and scope.instance.host.evaluate(condition, view)
    if not isinstance(result, bool):
        raise _host(scope).task_spec.failed(
            f"cannot decide whether it is complete: {condition} gives {result!r}, not true or false",
            f"ตัดสินไม่ได้ว่าครบแล้วหรือไม่: {condition} ให้ค่า {result!r} ไม่ใช่จริงหรือเท็จ (true/false)",
        )
    return result


def _add_result(scope: Scope, view: Variables) -> None:
    """What the last activity of a path adds to the results that Camunda 8 collects."""
    results = around(scope.spec).ad_hoc_results
    if results is not None:
        host, pile = _host(scope), _memory(scope).get("results") or piles.new()
        piles.push(host.workflow, pile, scope.instance.host.evaluate(results[1], view))
        _remember(scope, results=pile)


def _publish(scope: Scope) -> None:
    results = around(scope.spec).ad_hoc_results
    if results is not None:
        outer, pile = _host(scope).workflow, _memory(scope).get("results") or piles.new()
        outer.assign({results[0]: piles.take(outer, pile)})


def _enabled(scope: Scope) -> list[str]:
    named = around(scope.spec).active_elements
    if named is None:
        return [inner.id for inner in scope.spec.without_incoming() if inner.type != "endEvent"]
    found = scope.instance.host.evaluate(named, scope.view())
    if not isinstance(found, list) or any(name not in scope.spec.elements for name in found):
        raise _host(scope).task_spec.failed(
            f"cannot start {found!r}: {named} must give a list of ids of elements inside it",
            f"เริ่ม {found!r} ไม่ได้: {named} ต้องให้รายการรหัสขององค์ประกอบที่อยู่ข้างใน",
        )
    return found


def _host(scope: Scope) -> Token:
    return cast("Token", scope.host_token)


def _memory(scope: Scope) -> dict[str, Any]:
    """Of this scope: the ids `waiting` for their turn, whether it is `over`. Kept with the activity: scopes hold variables only."""
    return cast("dict[str, Any]", _host(scope).internal_data.get("ad_hoc", {}).get(scope.scope_id, {}))


def _remember(scope: Scope, **facts: Any) -> None:
    host = _host(scope)
    host.internal_data.setdefault("ad_hoc", {}).setdefault(scope.scope_id, {}).update(facts)
    host.touch()
