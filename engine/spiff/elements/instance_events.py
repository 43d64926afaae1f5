"""Events that a multi-instance activity throws as its instances end: its `behavior` (BPMN 2.0.2, 10.3.8, table 10.30)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.diagrams.model import EventDefinition
from engine.spiff.elements.events import throw
from engine.spiff.elements.repeated import THROWS

if TYPE_CHECKING:
    from engine.spiff.elements.multi_instance import MultiInstance
    from engine.spiff.scope import Scope
    from engine.spiff.token import Token


def throw_for(activity: MultiInstance, token: Token, ended: Scope) -> bool:
    """Throw what the end of an instance throws; whether the activity goes on, which an interrupting boundary event may have ended."""
    for event in _thrown(activity, token, ended):
        _throw(token, event)
        if token.id not in token.workflow.tasks:
            return False
    return True


def _thrown(activity: MultiInstance, token: Token, ended: Scope) -> Iterator[EventDefinition]:
    """None: at each end; One: at the first; All: never; Complex: each event whose condition holds.

    Where the diagram names no event it is the standard's default signal; its name is the activity's id.
    """
    loop = activity.loop
    if loop.behavior == "None" or (loop.behavior == "One" and token.data["nrOfCompletedInstances"] == 1):
        yield loop.event or EventDefinition("signal", name=activity.element.id)
    elif loop.behavior == "Complex":
        for condition, event in loop.complex_events:
            if activity.decides(token, THROWS, condition, ended.view()):
                yield event


def _throw(token: Token, event: EventDefinition) -> None:
    """A signal or message is for the boundary events of the activity first, and leaves the instance only where none waits for it."""
    caught = [] if event.kind not in ("signal", "message") else [child for child in _boundaries(token) if _waits_for(child, event)]
    for child in caught:
        child.task_spec.trigger(child, {})
    if not caught:
        throw(token, event)


def _boundaries(token: Token) -> list[Token]:
    scope = token.workflow
    return [scope.tasks[child_id] for child_id in token._children if child_id in scope.tasks]


def _waits_for(child: Token, thrown: EventDefinition) -> bool:
    host, view = child.workflow.instance.host, child.view()
    name = host.template(thrown.name or "", view)
    return any(event.kind == thrown.kind and host.template(event.name or "", view) == name for event in child.element.events)
