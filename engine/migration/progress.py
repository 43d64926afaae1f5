"""How far a migration is, what has become of each instance, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import func, select

from engine.errors import NotFound, Problem
from engine.migration.bulk import planned
from engine.migration.moving import Route
from engine.migration.trying import Groups
from engine.migration.views import Group, Item, ItemState, MigrationView, Part
from engine.queries import Page
from engine.storage import model

if TYPE_CHECKING:
    from engine.migration.wholes import Routes
    from engine.storage.session import Session

_problems = msgspec.json.Decoder(list[Problem])


def view(session: Session, migration_id: str) -> MigrationView:
    """A migration with its progress and the reasons of what was refused. Raises NotFound."""
    table = model.migration
    found = session.connection.execute(_query().where(table.c.id == migration_id)).mappings().first()
    if found is None:
        raise NotFound("There is no such migration.", th="ไม่พบการย้ายฉบับนี้")
    routes = planned(session, migration_id).routes
    refused = _groups(session, migration_id, routes, ItemState.REFUSED)
    stayed = _groups(session, migration_id, routes, ItemState.MOVED)
    plans = tuple(route.plan for route in routes.by_source.values())
    return _view(session, found, groups=refused, back_groups=stayed, parts=_parts(session, migration_id, routes), plans=plans)


def page(session: Session, key: str | None, first: int, limit: int) -> Page[MigrationView]:
    """Migrations, newest first."""
    table = model.migration
    where = [] if key is None else [table.c.definition_key == key]
    total = session.connection.scalar(select(func.count()).select_from(table).where(*where)) or 0
    query = _query().where(*where).order_by(table.c.created.desc(), table.c.id.desc()).offset(first).limit(limit)
    return Page(tuple(_view(session, row) for row in session.connection.execute(query).mappings()), total)


def items(session: Session, migration_id: str, state: ItemState | None, first: int, limit: int) -> Page[Item]:
    """The instances of a migration, oldest first. Raises NotFound."""
    planned(session, migration_id)
    item = model.migration_item
    where = [item.c.migration_id == migration_id, *([] if state is None else [item.c.state == state])]
    total = session.connection.scalar(select(func.count()).select_from(item).where(*where)) or 0
    query = select(item.c.instance_id, item.c.state, item.c.problems).where(*where).order_by(item.c.instance_id).offset(first).limit(limit)
    return Page(tuple(Item(id, state, tuple(read_problems(told))) for id, state, told in session.connection.execute(query)), total)


def states(session: Session, migration_id: str) -> dict[str, str]:
    """What has become of each instance."""
    query = "SELECT instance_id, state FROM migration_item WHERE migration_id = ?"
    return {row[0]: row[1] for row in session.rows.all(query, (migration_id,))}


def back(session: Session, migration_id: str) -> tuple[Group, ...]:
    """Why instances that were to go back could not."""
    return _groups(session, migration_id, planned(session, migration_id).routes, ItemState.MOVED)


def read_problems(text: str | None) -> list[Problem]:
    """The problems kept with an item."""
    return _problems.decode(text) if text else []


def _groups(session: Session, migration_id: str, routes: Routes, state: ItemState) -> tuple[Group, ...]:
    item, groups = model.migration_item, Groups()
    query = select(item.c.instance_id, item.c.source_id, item.c.problems)
    chosen = query.where(item.c.migration_id == migration_id, item.c.state == state, item.c.problems.is_not(None))
    for instance_id, source, problems in session.connection.execute(chosen.order_by(item.c.instance_id)):
        groups.add(instance_id, read_problems(problems), routes.by_source.get(source, routes.first))
    return groups.told()


def _parts(session: Session, migration_id: str, routes: Routes) -> tuple[Part, ...]:
    item = model.migration_item
    query = select(item.c.source_id, item.c.state, func.count()).where(item.c.migration_id == migration_id)
    counts: dict[str, dict[str, int]] = {}
    for source, state, number in session.connection.execute(query.group_by(item.c.source_id, item.c.state)):
        counts.setdefault(source, {})[state.lower()] = number
    return tuple(_part(route, counts.get(source, {})) for source, route in routes.by_source.items())


def _part(route: Route, counts: dict[str, int]) -> Part:
    old, new, process = route.old, route.new, route.new.process
    return Part(new.key, old.id, new.id, old.version, new.version, process.name, process.name_en, **counts)


def _query() -> Any:
    table, source, target = model.migration, model.definition.alias("source"), model.definition.alias("target")
    return (
        select(
            table, source.c.version.label("source_version"), target.c.version.label("target_version"), target.c.name, target.c.name_en
        )
        .join(source, source.c.id == table.c.source_id)
        .join(target, target.c.id == table.c.target_id)
    )  # fmt: skip


def _view(session: Session, row: Any, **more: Any) -> MigrationView:
    item = model.migration_item
    query = select(item.c.state, func.count()).where(item.c.migration_id == row["id"]).group_by(item.c.state)
    counts = {state: number for state, number in session.connection.execute(query)}  # noqa: C416
    names = [name for name in MigrationView.__dataclass_fields__ if name in row]
    numbers = {state.lower(): counts.get(state, 0) for state in ItemState}
    return MigrationView(**{name: row[name] for name in names}, **numbers, **more)
