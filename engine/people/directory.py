"""Whom and what there is: users with what they are, parties with how many work for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from engine.errors import NotFound
from engine.people import links, memberships
from engine.people.memberships import Membership, current
from engine.queries import UserView
from engine.states import Role
from engine.storage import model

if TYPE_CHECKING:
    from engine.storage.session import Session

STATES = ("active", "locked", "inactive")  # comes in; has no password yet; shut out


@dataclass(frozen=True, slots=True)
class Person:
    """A user with all his memberships, those that are over and to come too."""

    user: UserView
    memberships: tuple[Membership, ...]
    link_until: datetime | None  # a one-time link waits for him until then


@dataclass(frozen=True, slots=True)
class PartyView:
    """A party of the packs, and how many active users work for it now: in all, and for each unit that has any."""

    key: str
    th: str
    en: str
    pack: str | None
    has_units: bool
    members: int
    units: Mapping[str, int]


def users(
    session: Session,
    *,
    search: str | None = None,
    group: str | None = None,
    role: str | None = None,
    state: str | None = None,
    first: int = 0,
    limit: int = 50,
) -> tuple[list[UserView], int]:
    """Users by id, and how many there are; `group`: members now, of any unit where a party is named; `state`: one of `STATES`."""
    table = model.user
    where: list[ColumnElement[bool]] = []
    if search:
        columns = (table.c.id, table.c.name, table.c.name_en, table.c.email)
        where.append(or_(*(column.icontains(search, autoescape=True) for column in columns)))
    if group:
        where.append(table.c.id.in_(select(model.membership.c.user_id).where(_inside(group), *current(session.now))))
    if role:
        where.append(table.c.roles.contains(f'"{role}"', autoescape=True))
    if state in STATES:
        locked = and_(table.c.password.is_(None), table.c.subject.is_(None))
        where.append({"active": and_(table.c.active, ~locked), "locked": and_(table.c.active, locked), "inactive": ~table.c.active}[state])
    total = session.connection.scalar(select(func.count()).select_from(table).where(*where)) or 0
    query = select(table).where(*where).order_by(table.c.id).offset(first).limit(limit)
    return users_of(session, session.connection.execute(query).mappings().all()), total


def users_of(session: Session, rows: Sequence[Mapping[Any, Any]]) -> list[UserView]:
    """The rows of users with the groups they have now."""
    held, now = memberships.listed(session.connection, [row["id"] for row in rows]), session.now
    return [UserView.of(row, [one.group for one in held.get(row["id"], ()) if one.state(now) == "now"]) for row in rows]


def user(session: Session, user_id: str) -> UserView:
    """One user. Raises NotFound."""
    return person(session, user_id).user


def person(session: Session, user_id: str) -> Person:
    """One user with all his memberships. Raises NotFound."""
    row = session.connection.execute(select(model.user).where(model.user.c.id == user_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no user {user_id!r}.", th=f"ไม่มีผู้ใช้ “{user_id}”")
    held = memberships.listed(session.connection, [user_id]).get(user_id, [])
    view = UserView.of(row, [one.group for one in held if one.state(session.now) == "now"])
    return Person(view, tuple(held), links.waiting(session.connection, user_id))


def parties(session: Session) -> list[PartyView]:
    """The parties by key, with those that are only in memberships."""
    link, person_ = model.membership, model.user
    active = select(link.c.group_, link.c.user_id).join(person_, person_.c.id == link.c.user_id).where(person_.c.active)
    inside: dict[str, dict[str, set[str]]] = {}
    for group, user_id in session.connection.execute(active.where(*current(session.now))):
        party, _colon, unit = group.partition(":")
        inside.setdefault(party, {}).setdefault(unit, set()).add(user_id)
    observing = select(person_.c.id).where(person_.c.active, person_.c.roles.contains(f'"{Role.OBSERVER}"', autoescape=True))
    for user_id in session.connection.scalars(observing):  # their group is a role: Actor.all_groups
        inside.setdefault(Role.OBSERVER, {}).setdefault("", set()).add(user_id)
    known = {row.key: row for row in session.connection.execute(select(model.party))}
    found = []
    for key in sorted({*known, *inside}):
        row, units = known.get(key), inside.get(key, {})
        everybody = len(set().union(*units.values()))
        counted = {unit: len(who) for unit, who in sorted(units.items()) if unit}
        if row is None:
            found.append(PartyView(key, key, key, None, bool(counted), everybody, counted))
        else:
            found.append(PartyView(key, row.th, row.en, row.pack, row.unit_variable is not None, everybody, counted))
    return found


def _inside(group: str) -> ColumnElement[bool]:
    column = model.membership.c.group_
    return column == group if ":" in group else or_(column == group, column.startswith(group + ":", autoescape=True))
