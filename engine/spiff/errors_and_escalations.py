"""Who catches a BPMN error or escalation: innermost first, by code before by none (BPMN 2.0.2, 10.5.7 and 13.5.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.spiff.host import BpmnError

if TYPE_CHECKING:
    from engine.diagrams.model import Element, EventDefinition
    from engine.spiff.scope import Scope
    from engine.spiff.token import Token


def throw_error(token: Token, error: BpmnError) -> None:
    """Give an error to its catcher.

    With none the instance ends with it (`Instance.uncaught`), and what called it catches it or ends likewise. Work that has failed,
    where no end event says so, fails the step at last: at the instance that nobody called.
    """
    if _deliver(token, "error", error):
        return
    instance = token.workflow.instance
    error.drawn = error.drawn or token.element.type == "endEvent"
    if not error.drawn and not instance.called:
        raise error
    instance.cancel()
    instance.end_state = "INTERNALLY_TERMINATED"
    instance.uncaught = error


def throw_escalation(token: Token, escalation: BpmnError) -> None:
    """Give an escalation to its catcher; with none it goes on to whoever called the instance (`Instance.escalations`)."""
    if not _deliver(token, "escalation", escalation):
        token.workflow.instance.escalations.append(escalation)


def _deliver(token: Token, kind: str, thrown: BpmnError) -> bool:
    for scope, host, catchers in _levels(token):
        caught = _match(scope, catchers, kind, thrown.code)
        if caught is None:
            continue
        catcher, event = caught
        known = {event.variable: thrown.code, event.message_variable: str(thrown)}
        brought = {name: value for name, value in known.items() if name} | thrown.variables
        if host is not None:
            scope.spec.node(catcher.id).receive(scope, host, brought)
        else:
            scope.assign(brought)
            scope.spec.node(catcher.parent or "").catch(scope)
        return True
    return False


def _levels(token: Token) -> Iterator[tuple[Scope, Token | None, list[Element]]]:
    """Who may catch: first at the activity itself, then the scope's event sub-processes, then the activity around, and so on outwards.

    What is thrown inside an event sub-process is not for that one to catch: it would start itself again and again. Around what
    undoes a completed activity nothing of that activity catches any more; of a transaction that is cancelled its boundary events do.
    """
    current: Token | None = token
    while current is not None:
        scope, element_id = current.workflow, current.element_id
        around = scope.host_token
        if not current.undoing or current.internal_data["undoing"] == "cancel":
            yield scope, current, scope.spec.boundaries(element_id)
        if around is None or not around.undoing:
            yield scope, None, [start for start in scope.spec.event_starts() if start.parent != element_id]
        current = around


def _match(scope: Scope, catchers: list[Element], kind: str, code: str | None) -> tuple[Element, EventDefinition] | None:
    """Who catches this very code, else who catches any, as one does whose error or escalation has no code (10.5.6)."""
    host, view = scope.instance.host, scope.view()
    candidates = [(catcher, event) for catcher in catchers for event in catcher.events if event.kind == kind]
    exact = [pair for pair in candidates if pair[1].code is not None and host.template(pair[1].code, view) == code]
    return next(iter(exact + [pair for pair in candidates if pair[1].code is None or pair[1].any_code]), None)
