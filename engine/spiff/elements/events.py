"""Start, end, intermediate and boundary events (BPMN 2.0.2, 10.5 and 13.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.diagrams.model import Element, EventDefinition
from engine.spiff import errors_and_escalations
from engine.spiff.elements import conditional_events
from engine.spiff.elements.base import WAITING, FlowNode, assign, choose, do_work, has_work
from engine.spiff.host import BpmnError
from engine.spiff.token import Token

if TYPE_CHECKING:
    from engine.spiff.scope import Scope


class StartEvent(FlowNode):
    """Where a scope begins."""


class CatchEvent(FlowNode):
    """Waits for its events; the first that occurs lets the token go on."""

    def _update_hook(self, my_task: Token) -> bool:
        if not self.element.events:
            return True
        my_task._set_state(WAITING)
        if not my_task.watching:
            self.host_of(my_task).started(my_task, self.element)
        self.watch(my_task)
        return False

    def begin(self, scope: Scope) -> None:
        token = Token(scope, self)
        scope.alive += 1
        self.host_of(token).started(token, self.element)
        self.leave(token)

    def watch(self, token: Token) -> None:
        """Wait for the event's definitions."""
        watch(token, self.element, self.element.events)

    def trigger(self, token: Token, payload: dict[str, Any]) -> None:
        choose(token)
        self.host_of(token).unwatch(token)
        assign(token, payload)
        token.complete()

    def _on_cancel(self, my_task: Token) -> None:
        self.host_of(my_task).unwatch(my_task)
        super()._on_cancel(my_task)


class BoundaryEvent(CatchEvent):
    """Watches an activity; what it catches interrupts the activity or starts something beside it."""

    def trigger(self, token: Token, payload: dict[str, Any]) -> None:
        scope, host_token = token.workflow, token.owner
        if occurs_once(self.element):
            token.cancel()
        self.receive(scope, host_token, payload)

    def receive(self, scope: Scope, host: Token | None, payload: dict[str, Any]) -> None:
        """The event occurred and brought something."""
        scope.assign(payload)
        self.catch(scope, host)

    def catch(self, scope: Scope, host: Token | None = None) -> None:
        """The event occurred: go on over its flows, ending the activity first if it interrupts."""
        if self.element.interrupting and host is not None:
            host.cancel()
        caught = Token(scope, self)
        scope.alive += 1
        self.host_of(caught).started(caught, self.element)
        self.leave(caught)


class ThrowEvent(FlowNode):
    """Intermediate throw events: none, message, signal, escalation. Work named with a message is how it is sent."""

    def _run_hook(self, my_task: Token) -> bool | None:
        return do_work(my_task) if has_work(self.element) else throw_all(my_task)

    def finish(self, token: Token, variables: dict[str, Any]) -> None:
        assign(token, variables)
        token.complete()

    def _on_cancel(self, my_task: Token) -> None:
        self.host_of(my_task).drop_work(my_task)
        super()._on_cancel(my_task)


class EndEvent(ThrowEvent):
    """Ends its path; an error, escalation, message, signal or terminate end does that besides."""

    def _on_complete(self, my_task: Token) -> None:
        terminates = [event for event in self.element.events if event.kind == "terminate"]
        if terminates and any(event.everything for event in terminates):
            self.host_of(my_task).completed(my_task, self.element)
            my_task.workflow.remove(my_task)
            my_task.workflow.instance.terminate()
            return
        if terminates:
            my_task.workflow.cancel_all(besides=my_task)
        super()._on_complete(my_task)


def throw_all(token: Token) -> bool | None:
    """Throw what an event throws; None if that ended the thrower, as an interrupting catcher does."""
    for event in token.element.events:
        throw(token, event)
    return True if token.id in token.workflow.tasks else None


def throw(token: Token, event: EventDefinition) -> None:
    """Throw one event; an error goes outwards as an exception."""
    host = FlowNode.host_of(token)
    if event.kind in ("message", "signal"):
        host.throw(token, token.element, event, token.view())
    elif event.kind == "escalation":
        errors_and_escalations.throw_escalation(token, thrown(token, event))
    elif event.kind == "error":
        raise thrown(token, event)


def thrown(token: Token, event: EventDefinition) -> BpmnError:
    """An error or escalation with what it says; SpiffArena's has a payload, for the variable that is named with it."""
    host, view = FlowNode.host_of(token), token.view()
    payload = {event.variable: host.evaluate(event.payload, view)} if event.payload and event.variable else {}
    return BpmnError(host.template(event.code, view), host.template(event.message, view) or token.element.name or "", payload)


def watch(token: Token, element: Element, events: Sequence[EventDefinition]) -> None:
    """Ask the outside to tell when one of an element's events occurs."""
    host = FlowNode.host_of(token)
    for event in events:
        if event.kind == "timer":
            host.schedule(token, element, event, token.view())
        elif event.kind in ("message", "signal"):
            host.subscribe(token, element, event, token.view())
    if any(event.kind == "conditional" for event in events):
        conditional_events.await_condition(token, element)


def occurs_once(element: Element) -> bool:
    """A date or duration occurs once, several each by itself unless waited for together; all else may occur again."""
    timed = all(event.kind == "timer" and event.timer != "cycle" for event in element.events)
    return timed and (len(element.events) == 1 or element.parallel_multiple)
