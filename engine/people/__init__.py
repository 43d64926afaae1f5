"""Who acts: actors with the groups they have now, and whether a password is somebody's."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, or_, select

from engine.errors import Forbidden, Invalid, NotFound, Problem
from engine.people.memberships import current
from engine.states import Role
from engine.storage import model
from engine.storage.model import to_text

if TYPE_CHECKING:
    from engine.queries import UserView
    from engine.storage.rows import Rows

SHORTEST_PASSWORD = 10
_hasher = PasswordHasher()


@cache
def _absent() -> str:
    """A hash to check against, so that an unknown name takes as long as a wrong password."""
    return _hasher.hash("somebody who is not there")


@dataclass(frozen=True)
class Actor:
    """Who asks: a user with the groups and roles he has now. A member of `province:TH-50` is also a member of `province`."""

    user_id: str
    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    system: bool = False  # the engine itself: may do everything

    @cached_property
    def all_groups(self) -> frozenset[str]:
        """The groups, the parties they are units of, and the group of the observers for who has that role."""
        parties = {group.partition(":")[0] for group in self.groups}
        observing = {str(Role.OBSERVER)} if Role.OBSERVER in self.roles else set()
        return self.groups | parties | observing

    @cached_property
    def units(self) -> dict[str, frozenset[str]]:
        """The units of each party this actor is a member of: {"province": {"TH-50"}}."""
        found: dict[str, set[str]] = {}
        for group in self.groups:
            party, colon, unit = group.partition(":")
            if colon:
                found.setdefault(party, set()).add(unit)
        return {party: frozenset(units) for party, units in found.items()}

    @property
    def administrator(self) -> bool:
        return self.system or Role.ADMINISTRATOR in self.roles

    @property
    def participant(self) -> Actor:
        """The same without what he sees as an auditor: as whom he takes part."""
        return replace(self, roles=self.roles - {Role.AUDITOR})

    @property
    def overseer(self) -> bool:
        """Whether he sees that everything is there, though not what is in it: administrators, and auditors, who change nothing."""
        return self.administrator or Role.AUDITOR in self.roles


SYSTEM = Actor("system", system=True)


def actor(connection: Connection, user_id: str, now: datetime) -> Actor:
    """The actor a user is now. Raises NotFound for an unknown or deactivated one."""
    found = connection.execute(select(model.user).where(model.user.c.id == user_id, model.user.c.active)).mappings().first()
    if found is None:
        raise NotFound(f"There is no active user {user_id!r}.", th=f"ไม่มีผู้ใช้ “{user_id}” ที่ใช้งานอยู่")
    return Actor(user_id, groups_of(connection, user_id, now), frozenset(json.loads(found["roles"])))


def groups_of(connection: Connection, user_id: str, now: datetime) -> frozenset[str]:
    """The groups a user is a member of now."""
    table = model.membership
    query = select(table.c.group_).where(table.c.user_id == user_id, *current(now))
    return frozenset(connection.scalars(query))


def members(connection: Connection, group: str, now: datetime) -> list[tuple[str, str, str]]:
    """(user id, name, English name) of the active members of a group, or of any unit of a party."""
    link, user = model.membership, model.user
    inside = (
        or_(link.c.group_ == group, link.c.group_.startswith(group + ":", autoescape=True)) if ":" not in group else link.c.group_ == group
    )
    query = (
        select(user.c.id, user.c.name, user.c.name_en)
        .join(link, link.c.user_id == user.c.id)
        .where(inside, user.c.active, *current(now))
        .distinct()
        .order_by(user.c.id)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def check_password(connection: Connection, user_id: str, password: str, now: datetime, *, demo: bool = False) -> Actor:
    """The actor with that name and password; a demo user only where `demo` allows them. Raises Forbidden, always after the same work."""
    row = connection.execute(select(model.user).where(model.user.c.id == user_id)).mappings().first()
    stored = row["password"] if row is not None and row["password"] else _absent()
    right = _verified(stored, password)
    if row is None or not right or stored is _absent() or not row["active"] or (row["demo"] and not demo):
        raise Forbidden("Wrong name or password.", th="ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง")
    return actor(connection, user_id, now)


def hashed(password: str) -> str:
    """The hash that is kept of a password. Raises Invalid for one of less than 10 characters."""
    if len(password) < SHORTEST_PASSWORD:
        text = f"At least {SHORTEST_PASSWORD} characters."
        raise Invalid(text, [Problem(text, f"ต้องยาวอย่างน้อย {SHORTEST_PASSWORD} ตัว", field="password")])
    return _hasher.hash(password)


def _verified(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


USER = "SELECT id, name, name_en, email, demo, active, locale, session, created, roles FROM user_ WHERE id = ?"
GROUPS = "SELECT group_, since, until FROM membership WHERE user_id = ? ORDER BY group_"


def signed_in(rows: Rows, user_id: str, now: datetime) -> tuple[UserView, Actor]:
    """A user, and as what he acts now. Raises NotFound for an unknown or deactivated one."""
    from engine.queries import UserView

    row = rows.one(USER, (user_id,))
    if row is None or not row[5]:
        raise NotFound(f"There is no active user {user_id!r}.", th=f"ไม่มีผู้ใช้ “{user_id}” ที่ใช้งานอยู่")
    member, moment = rows.all(GROUPS, (user_id,)), to_text(now)
    held = frozenset(group for group, since, until in member if (since is None or since <= moment) and (until is None or until > moment))
    roles = tuple(json.loads(row[9]))
    id, name, name_en, email, demo, _active, locale, session, created = row[:9]
    groups = tuple(dict.fromkeys(group for group, _, _ in member if group in held))
    view = UserView(id, name, name_en, email, bool(demo), True, locale, session, datetime.fromisoformat(created), roles, groups)
    return view, Actor(user_id, held, frozenset(roles))


def parties(connection: Connection) -> dict[str, tuple[str, str]]:
    """Thai and English name of every party by key."""
    table = model.party
    return {key: (th, en) for key, th, en in connection.execute(select(table.c.key, table.c.th, table.c.en).order_by(table.c.key))}
