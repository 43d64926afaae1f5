"""Root instances (projects) that an actor sees or takes part in, and all that runs under one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from engine.errors import NotFound
from engine.people import authorization
from engine.queries import InstanceView, Page
from engine.storage import model

if TYPE_CHECKING:
    from engine.people import Actor
    from engine.storage.session import Session


@dataclass(frozen=True, slots=True)
class Root:
    """A root instance. `whole`: the actor sees it; else he only takes part (engine.projects.progress tells him dates)."""

    instance: InstanceView
    whole: bool


def takes_part(actor: Actor) -> ColumnElement[bool]:
    """Instances the actor sees, or under which something is granted to him or was his to do."""
    instance, grant, task = model.instance, model.grant, model.task
    below = instance.alias("below")
    return or_(
        authorization.visible(actor, instance),
        exists().where(grant.c.root_id == instance.c.id, grant.c.group_.in_(sorted(actor.all_groups))),
        exists().where(below.c.root_id == instance.c.id, task.c.instance_id == below.c.id, authorization.visible(actor, task)),
    )


def row(session: Session, root_id: str) -> Mapping[str, Any]:
    """The row of a root instance the actor sees or takes part in. Raises NotFound."""
    table = model.instance
    query = select(table).where(table.c.id == root_id, table.c.parent_id.is_(None), takes_part(session.actor))
    found = session.connection.execute(query).mappings().first()
    if found is None:
        raise NotFound("There is no such project.", th="ไม่พบโครงการนี้ หรือท่านไม่มีสิทธิ์ดู")
    return dict(found)


def root(session: Session, root_id: str) -> Root:
    """One root instance. Raises NotFound."""
    row(session, root_id)
    return _root(session.connection.execute(_query(session.actor).where(model.instance.c.id == root_id)).mappings().one())


def roots(
    session: Session, *, key: str | None = None, state: str | None = None, states: Collection[str] = (), first: int = 0, limit: int = 50
) -> Page[Root]:
    """Root instances the actor sees or takes part in, newest first; those in a state, or in one of several."""
    table = model.instance
    where = [table.c.parent_id.is_(None), takes_part(session.actor)]
    where += [table.c.definition_key == key] if key else []
    where += [table.c.state == state] if state else []
    where += [table.c.state.in_(sorted(states))] if states else []
    total = session.connection.scalar(select(func.count()).select_from(table).where(*where)) or 0
    query = _query(session.actor).where(*where).order_by(table.c.started.desc(), table.c.id.desc()).offset(first).limit(limit)
    return Page(tuple(_root(found) for found in session.connection.execute(query).mappings()), total)


def tree(session: Session, root_id: str) -> tuple[InstanceView, ...]:
    """The instances called under a root, by anybody, that the actor may see; oldest first."""
    row(session, root_id)
    table = model.instance
    query = _query(session.actor).where(
        table.c.root_id == root_id, table.c.parent_id.is_not(None), authorization.visible(session.actor, table)
    )
    found = session.connection.execute(query.order_by(table.c.started, table.c.id)).mappings()
    return tuple(_root(one).instance for one in found)


def _query(actor: Actor) -> Select[Any]:
    instance, definition, task = model.instance, model.definition, model.task
    open_tasks = select(func.count()).where(*authorization.open_in(instance), authorization.visible(actor, task)).scalar_subquery()
    whole = authorization.visible(actor, instance)
    names = (definition.c.name.label("definition_name"), definition.c.name_en.label("definition_name_en"))
    return select(instance, *names, open_tasks.label("open_tasks"), whole.label("whole")).join(
        definition, definition.c.id == instance.c.definition_id
    )


def _root(found: Mapping[Any, Any]) -> Root:
    return Root(InstanceView.of({str(name): value for name, value in found.items()}), bool(found["whole"]))
