"""Who catches a BPMN error or escalation: innermost first, by code before by none (BPMN 2.0.2, 10.5.7 and 13.5.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.spiff.host import BpmnError

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.spiff.workflow import Scope, Token


def throw_error(token: Token, error: BpmnError) -> None:
    """Give an error to its catcher.

    With none the instance ends with it (`Instance.uncaught`), but the failed work of an instance nobody called fails the step.
    """
    if _deliver(token, "error", error):
        return
    instance = token.workflow.instance
    if token.element.type != "endEvent" and not instance.called:
        raise error
    instance.cancel()
    instance.end_state = "INTERNALLY_TERMINATED"
    instance.uncaught = error


def throw_escalation(token: Token, code: str | None) -> None:
    """Give an escalation to its catcher; with none it goes on to whoever called the instance (`Instance.escalations`)."""
    if not _deliver(token, "escalation", BpmnError(code)):
        token.workflow.instance.escalations.append(code)


def _deliver(token: Token, kind: str, thrown: BpmnError) -> bool:
    for scope, host in _levels(token):
        catcher = _boundary(scope, host, kind, thrown.code) if host is not None else _event_sub_process(scope, kind, thrown.code)
        if catcher is None:
            continue
        variable = catcher_variable(catcher, kind)
        if variable:
            scope.assign({variable: thrown.code, **thrown.variables})
        elif thrown.variables:
            scope.assign(thrown.variables)
        if host is not None:
            scope.spec.node(catcher.id).catch(scope, host)
        else:
            scope.spec.node(catcher.parent or "").catch(scope)
        return True
    return False


def catcher_variable(catcher: Element, kind: str) -> str | None:
    return next((event.variable for event in catcher.events if event.kind == kind), None)


def _levels(token: Token) -> Iterator[tuple[Scope, Token | None]]:
    """First the activity itself, then the scope's event sub-processes, then the activity around, and so on outwards."""
    current: Token | None = token
    while current is not None:
        yield current.workflow, current
        yield current.workflow, None
        current = current.workflow.host_token


def _boundary(scope: Scope, host: Token, kind: str, code: str | None) -> Element | None:
    return _match(scope.spec.boundaries(host.element_id), kind, code)


def _event_sub_process(scope: Scope, kind: str, code: str | None) -> Element | None:
    return _match(scope.spec.event_starts(), kind, code)


def _match(catchers: list[Element], kind: str, code: str | None) -> Element | None:
    candidates = [(catcher, event.code) for catcher in catchers for event in catcher.events if event.kind == kind]
    exact = [catcher for catcher, wanted in candidates if wanted is not None and wanted == code]
    anything = [catcher for catcher, wanted in candidates if wanted is None]
    return next(iter(exact + anything), None)
