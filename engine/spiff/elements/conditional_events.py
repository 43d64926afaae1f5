"""Conditional events: they occur when a condition over variables becomes true (BPMN 2.0.2, 10.5.1 and 10.5.5).

A condition is asked as the event begins to wait and then whenever a variable that it reads changes where the event can see it. It must
have been false before it can occur again. Which conditions can see a scope the host knows (`Host.conditions`), so that a change
costs as much as there are conditions that see it, whatever else is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from engine import language
from engine.errors import LanguageError
from engine.spiff.token import Token

if TYPE_CHECKING:
    from engine.diagrams.model import Element, EventDefinition
    from engine.spiff.scope import Change, Scope
    from engine.spiff.workflow import Instance


def names_read(elements: Iterable[Element]) -> frozenset[str]:
    """The variables whose changes concern any conditional event of a process."""
    conditions = (
        event for element in elements if not _starts_a_process(element) for event in element.events if event.kind == "conditional"
    )
    return frozenset(name for event in conditions for name in _names_of(event))


def _starts_a_process(element: Element) -> bool:
    """Whether there is no instance yet whose variables could change."""
    return element.type == "startEvent" and element.parent is None and not element.parallel_multiple


def await_condition(token: Token, element: Element) -> None:
    """Wait for a token's conditions; they are asked before the next element runs."""
    seen: list[str] = []
    scope: Scope | None = token.workflow
    while scope is not None:
        seen.append(scope.scope_id)
        scope = scope.parent_scope
    instance = token.workflow.instance
    instance.host.watch_conditions(token, element, seen)
    instance.unasked.append(token)


def ask(instance: Instance) -> None:
    """Ask the conditions of new events, and those that the variables written since concern."""
    pending, instance.unasked = instance.unasked, []
    for entry in pending:
        if isinstance(entry, Token):
            _ask(entry, None)
        else:
            for scope_id, token_id in instance.host.conditions(entry.scope.scope_id):
                token = instance.token_at(scope_id, token_id)
                if token is not None:
                    _ask(token, entry)


def _ask(token: Token, change: Change | None) -> None:
    """Trigger the token with the first of its conditions that has become true."""
    if token.id not in token.workflow.tasks:
        return
    for position, event in _conditions(token):
        if change is not None and not _concerns(event, change):
            continue
        held: list[int] = token.internal_data.get("held", [])
        holds = _holds(token, event)
        if holds == (position in held):
            continue
        token.internal_data["held"] = [*held, position] if holds else [other for other in held if other != position]
        token.workflow.touch()
        if holds:
            token.workflow.instance.occur(token)
            return


def _conditions(token: Token) -> Iterator[tuple[int, EventDefinition]]:
    """The conditional definitions a token waits for, with their positions; of a parallel multiple event one a token."""
    only = token.internal_data.get("definition")
    for position, event in enumerate(token.task_spec.awaited.events):
        if event.kind == "conditional" and only in (None, position):
            yield position, event


def _holds(token: Token, event: EventDefinition) -> bool:
    """Whether a condition is true; while a variable it reads does not exist yet, it is not."""
    node = token.task_spec
    owner = token.owner if node.element.attached_to is not None else None
    try:
        result = node.host_of(token).evaluate(event.expression or "", (owner or token).view())
    except LanguageError as error:
        if error.facts.get("missing"):
            return False
        raise node.failed(f"cannot ask its condition: {error.message}", f"ตรวจเงื่อนไขไม่ได้: {error.thai}") from error
    if not isinstance(result, bool | None):
        raise node.failed(
            f"cannot decide: its condition {event.expression} gives {result!r}, not true or false",
            f"ตัดสินไม่ได้: เงื่อนไข {event.expression} ให้ค่า {result!r} ไม่ใช่จริงหรือเท็จ (true/false)",
        )
    return bool(result)


def _concerns(event: EventDefinition, change: Change) -> bool:
    return change.name in _names_of(event) and (not event.changes or change.kind in event.changes)


def _names_of(event: EventDefinition) -> set[str]:
    return {event.variable} if event.variable else language.names(event.expression or "")
