"""Where an instance stands: its tokens, each inside what it is in. What repairs are said of.

Whoever may read an instance's contents, and administrators, are told all of it; others where the tasks are that they may know of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select

from engine.differences.naming import Names
from engine.people.authorization import require_sight, visible
from engine.projects import naming
from engine.running.holding import can_wait
from engine.running.instances import may_read
from engine.running.outside import StoredScopes
from engine.spiff import Compiled, Host, Instance, open_scopes
from engine.states import InstanceState
from engine.storage import model
from engine.views.activity_types import activity_type

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.spiff import Scope, Token
    from engine.storage.session import Session

BODY = "multiInstanceBody"  # Camunda's type of all instances of an activity together


@dataclass(frozen=True, slots=True)
class Place:
    """A token; or one instance of a repeated sub-process, which has no token of its own (`token_id` is its scope's then)."""

    id: str  # as of the activity instance in the history: element:token
    token_id: str
    within: str | None  # the id of the place it is in; none: in the instance itself
    element_id: str
    name: str
    name_en: str
    type: str  # Camunda's
    body: bool  # it stands for all instances of a repeated activity together
    number: int | None  # which of them it is, from 0
    pending: bool  # it is to go on in a transaction of its own: Camunda's transition instance
    waits_to_join: bool
    blank: Any = None  # of a body: what one of them is for, its names without what they say
    about: tuple[str, str] | None = None  # what the one of many that it is, or is in, is called, Thai and English


@dataclass(frozen=True, slots=True)
class Destination:
    """An element that a token may be put before, or that one may go on behind."""

    id: str
    name: str
    name_en: str
    type: str
    step: str | None
    inside: str | None  # the sub-process it is in
    can_wait: bool = False  # and so be held
    item: tuple[str, str | None] | None = None  # of a repeated activity: the variable of what one is for, and that of them all


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an instance stands, as of a revision; places stand behind those they are in."""

    instance_id: str
    definition_id: str
    revision: int
    places: tuple[Place, ...]
    destinations: tuple[Destination, ...]  # in the order of the file


def standing(session: Session, instance_id: str) -> Standing:
    """Where an instance stands. Raises NotFound."""
    require_sight(session.connection, session.actor, model.instance, instance_id)
    table = model.instance
    query = select(table.c.definition_id, table.c.revision, table.c.state).where(table.c.id == instance_id)
    definition_id, revision, state = session.connection.execute(query).one()
    definition = session.shared.definitions.get(session.connection, definition_id)
    called = map(Names(definition.process).called, definition.process.elements.values())
    elements = {element.id: element for element in naming.told_in(session, instance_id, called)}
    destinations = tuple(
        Destination(one.id, one.name, one.name_en, activity_type(one), definition.steps.get(one.id), one.parent, can_wait(one), _item(one))
        for one in elements.values()
        if one.attached_to is None and not one.for_compensation
    )
    over = state not in (InstanceState.ACTIVE, InstanceState.SUSPENDED)
    places = () if over else _places(session, instance_id, definition.compiled, elements)
    return Standing(instance_id, definition_id, revision, places, destinations)


def holdable(session: Session, definition_id: str) -> tuple[Destination, ...]:
    """The elements of a version at which something waits that can be held, boundary timers among them. Raises NotFound."""
    definition = session.shared.definitions.get(session.connection, definition_id)
    return tuple(
        Destination(one.id, one.name, one.name_en, activity_type(one), definition.steps.get(one.id), one.parent, True)
        for one in map(Names(definition.process).called, definition.process.elements.values())
        if can_wait(one)
    )


def _item(element: Element) -> tuple[str, str | None] | None:
    if element.loop is None or element.loop.element_variable is None:
        return None
    return element.loop.element_variable, element.loop.collection_variable


def _places(session: Session, instance_id: str, compiled: Compiled, elements: Mapping[str, Element]) -> tuple[Place, ...]:
    reader = Instance(compiled, cast(Host, StoredScopes(session)), instance_id)
    known = None if session.actor.administrator or may_read(session, instance_id) else _tasks(session, instance_id)
    found: dict[str, Place] = {}
    for scope in open_scopes(reader):
        around = _around(scope, found)  # its id, and what it is about
        for token in scope.tasks.values():
            if not token.watching and (known is None or token.id in known):
                found[token.id] = _place(token, elements[token.element_id], around)
    return tuple(found.values())


def _tasks(session: Session, instance_id: str) -> set[str]:
    table = model.task
    query = select(table.c.id).where(table.c.instance_id == instance_id, table.c.ended.is_(None), visible(session.actor, table))
    return set(session.connection.scalars(query))


def _around(scope: Scope, found: dict[str, Place]) -> tuple[str | None, tuple[str, str] | None]:
    """The place that a scope is the inside of; an instance of a repeated sub-process gets one of its own."""
    host = scope.host_token
    if host is None or host.id not in found:
        return None, None
    outer = found[host.id]
    about = _about(scope) or outer.about
    if host.element.loop is None or host.element.type != "subProcess":
        return outer.id, about
    place = Place(
        f"{host.element_id}:{scope.scope_id}", scope.scope_id, outer.id, host.element_id, outer.name, outer.name_en,
        activity_type(host.element), False, scope.data.get("loopCounter"), False, False, about=about,
    )  # fmt: skip
    found[scope.scope_id] = place
    return place.id, about


def _about(scope: Scope) -> tuple[str, str] | None:
    """The name that what one of a repeated activity is for has, where it has one (`{"th": …, "en": …}`)."""
    loop = scope.host_token.element.loop if scope.host_token is not None else None
    item = scope.data.get(loop.element_variable) if loop is not None and loop.element_variable is not None else None
    names = (item.get("th"), item.get("en")) if isinstance(item, dict) else ()
    thai, english = (name if isinstance(name, str) else "" for name in names) if names else ("", "")
    return (thai or english, english or thai) if thai or english else None


def _place(token: Token, element: Element, around: tuple[str | None, tuple[str, str] | None]) -> Place:
    within, about = around
    body = token.task_spec.element.loop is not None  # the instances themselves have an element without
    inside = token.workflow.host_token
    number = token.workflow.data.get("loopCounter") if inside is not None and inside.element_id == element.id else None
    pending = "continues" in token.internal_data
    return Place(
        f"{element.id}:{token.id}", token.id, within, element.id, element.name, element.name_en,
        BODY if body else activity_type(element), body, number, pending, token.task_spec.joins and "arrived" in token.internal_data,
        _blank(_newest(token)), about,
    )  # fmt: skip


def _newest(token: Token) -> Any:
    """Of a repeated activity over a list: the last of the list."""
    loop = token.task_spec.element.loop
    items = token.workflow.view().get(loop.collection_variable) if loop is not None and loop.collection_variable else None
    return items[-1] if isinstance(items, list) and items else None


def _blank(value: Any) -> Any:
    """The names in a value, for who is to write another and may not read this one."""
    if isinstance(value, dict):
        return {name: _blank(inner) for name, inner in value.items()}
    return [] if isinstance(value, list) else ""
