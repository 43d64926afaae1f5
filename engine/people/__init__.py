"""Who acts: actors, users, their memberships and passwords, one-time links."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from engine.dates.clock import real_now
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.states import Role
from engine.storage import model
from engine.storage.model import to_text
from engine.values import check_text

if TYPE_CHECKING:
    from engine.queries import UserView
    from engine.storage.rows import Rows

SHORTEST_PASSWORD = 10
USER_ID = re.compile(r"^[\w.@+-]{2,64}$")
RESERVED_IDS = frozenset({"system", "anonymous"})
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
    query = select(table.c.group_).where(table.c.user_id == user_id, *_current(now))
    return frozenset(connection.scalars(query))


def _current(now: datetime) -> tuple[Any, ...]:
    table = model.membership
    return (or_(table.c.since.is_(None), table.c.since <= now), or_(table.c.until.is_(None), table.c.until > now))


def members(connection: Connection, group: str, now: datetime) -> list[tuple[str, str, str]]:
    """(user id, name, English name) of the active members of a group, or of any unit of a party."""
    link, user = model.membership, model.user
    inside = (
        or_(link.c.group_ == group, link.c.group_.startswith(group + ":", autoescape=True)) if ":" not in group else link.c.group_ == group
    )
    query = (
        select(user.c.id, user.c.name, user.c.name_en)
        .join(link, link.c.user_id == user.c.id)
        .where(inside, user.c.active, *_current(now))
        .distinct()
        .order_by(user.c.id)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def add_user(
    connection: Connection,
    user_id: str,
    *,
    name: str,
    name_en: str = "",
    email: str | None = None,
    password: str | None = None,
    roles: Iterable[str] = (),
    groups: Iterable[str] = (),
    demo: bool = False,
    locale: str | None = None,
) -> None:
    """Add a user. Raises Invalid, or Conflict where the id is taken."""
    problems = []
    if not USER_ID.match(user_id) or user_id in RESERVED_IDS:
        problems.append(Problem("2 to 64 letters, digits or . @ + - _", "ใช้ตัวอักษร ตัวเลข หรือ . @ + - _ ยาว ๒ ถึง ๖๔ ตัว", field="user_id"))
    if not name.strip():
        problems.append(Problem("A name is needed.", "ต้องมีชื่อ", field="name"))
    if problems:
        raise Invalid("The user cannot be added.", problems, th="เพิ่มผู้ใช้ไม่ได้")
    if connection.scalar(select(model.user.c.id).where(model.user.c.id == user_id)) is not None:
        raise Conflict(f"There is a user {user_id!r} already.", th=f"มีผู้ใช้ “{user_id}” อยู่แล้ว")
    row = {
        "id": user_id,
        "name": name.strip(),
        "name_en": name_en,
        "email": email,
        "roles": _roles(roles),
        "demo": demo,
        "locale": locale,
        "password": None if password is None else _hashed(password),
        "session": secrets.token_hex(8),
        "created": real_now(),
    }
    connection.execute(insert(model.user).values(**row))
    set_memberships(connection, user_id, groups)


def _roles(roles: Iterable[str]) -> str:
    try:
        return json.dumps(sorted({str(Role(role)) for role in roles}))
    except ValueError as error:
        raise Invalid("There is no such role.", [Problem(str(error), "ไม่มีบทบาทนี้", field="roles")], th="ไม่มีบทบาทนี้") from error


def _hashed(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        text = f"At least {SHORTEST_PASSWORD} characters."
        raise Invalid(text, [Problem(text, f"ต้องยาวอย่างน้อย {SHORTEST_PASSWORD} ตัว", field="password")])
    return _hasher.hash(password)


def set_password(connection: Connection, user_id: str, password: str) -> None:
    """Set a password (at least 10 characters) and end the user's other sessions. Raises Invalid, NotFound."""
    changed = update(model.user).where(model.user.c.id == user_id).values(password=_hashed(password), session=secrets.token_hex(8))
    if connection.execute(changed).rowcount == 0:
        raise NotFound(f"There is no user {user_id!r}.", th=f"ไม่มีผู้ใช้ “{user_id}”")


def check_password(connection: Connection, user_id: str, password: str, now: datetime, *, demo: bool = False) -> Actor:
    """The actor with that name and password; a demo user only where `demo` allows them. Raises Forbidden, always after the same work."""
    row = connection.execute(select(model.user).where(model.user.c.id == user_id)).mappings().first()
    stored = row["password"] if row is not None and row["password"] else _absent()
    right = _verified(stored, password)
    if row is None or not right or stored is _absent() or not row["active"] or (row["demo"] and not demo):
        raise Forbidden("Wrong name or password.", th="ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง")
    return actor(connection, user_id, now)


def _verified(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def set_memberships(connection: Connection, user_id: str, groups: Iterable[str], since: datetime | None = None) -> None:
    """Make these the user's groups, and no others. Raises NotFound."""
    wanted = set(groups)
    if connection.scalar(select(model.user.c.id).where(model.user.c.id == user_id)) is None:
        raise NotFound(f"There is no user {user_id!r}.", th=f"ไม่มีผู้ใช้ “{user_id}”")
    table = model.membership
    had = set(connection.scalars(select(table.c.group_).where(table.c.user_id == user_id)))
    if had - wanted:
        connection.execute(delete(table).where(and_(table.c.user_id == user_id, table.c.group_.in_(had - wanted))))
    if wanted - had:
        connection.execute(insert(table), [{"user_id": user_id, "group_": group, "since": since} for group in sorted(wanted - had)])


def change_membership(connection: Connection, user_id: str, group: str, member: bool) -> None:
    """Make a user a member of a group, or none any more. Raises NotFound, Invalid."""
    check_text(group, "group")
    had = set(user(connection, user_id).groups)
    set_memberships(connection, user_id, had | {group} if member else had - {group})


def change_user(connection: Connection, user_id: str, **changes: Any) -> None:
    """Change name, name_en, email, roles, locale or active. Raises NotFound."""
    if "roles" in changes:
        changes["roles"] = _roles(changes["roles"])
    if changes.get("active") is False:
        changes["session"] = secrets.token_hex(8)
    if connection.execute(update(model.user).where(model.user.c.id == user_id).values(**changes)).rowcount == 0:
        raise NotFound(f"There is no user {user_id!r}.", th=f"ไม่มีผู้ใช้ “{user_id}”")


def users(
    connection: Connection, *, search: str | None = None, group: str | None = None, first: int = 0, limit: int = 50
) -> tuple[list[UserView], int]:
    """Users by name with their groups, and how many there are."""
    from sqlalchemy import func

    table, link = model.user, model.membership
    where = []
    if search:
        where.append(or_(*(column.icontains(search, autoescape=True) for column in (table.c.id, table.c.name, table.c.name_en))))
    if group:
        where.append(
            table.c.id.in_(
                select(link.c.user_id).where(or_(link.c.group_ == group, link.c.group_.startswith(group + ":", autoescape=True)))
            )
        )
    total = connection.scalar(select(func.count()).select_from(table).where(*where)) or 0
    rows = connection.execute(select(table).where(*where).order_by(table.c.id).offset(first).limit(limit)).mappings().all()
    return users_of(connection, rows), total


def users_of(connection: Connection, rows: Sequence[Mapping[Any, Any]]) -> list[UserView]:
    """The rows of users with their groups."""
    from engine.queries import UserView

    link = model.membership
    groups: dict[str, list[str]] = {}
    for user_id, name in connection.execute(
        select(link.c.user_id, link.c.group_).where(link.c.user_id.in_([row["id"] for row in rows])).order_by(link.c.group_)
    ):
        groups.setdefault(user_id, []).append(name)
    return [UserView.of(row, groups.get(row["id"], [])) for row in rows]


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
    groups = tuple(group for group, _, _ in member)
    view = UserView(id, name, name_en, email, bool(demo), True, locale, session, datetime.fromisoformat(created), roles, groups)
    return view, Actor(user_id, held, frozenset(roles))


def user(connection: Connection, user_id: str) -> UserView:
    """One user. Raises NotFound."""
    from engine.queries import UserView

    row = connection.execute(select(model.user).where(model.user.c.id == user_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no user {user_id!r}.", th=f"ไม่มีผู้ใช้ “{user_id}”")
    link = model.membership
    groups: Sequence[str] = connection.scalars(select(link.c.group_).where(link.c.user_id == user_id).order_by(link.c.group_)).all()
    return UserView.of(row, groups)


def create_link(connection: Connection, purpose: str, user_id: str | None, *, hours: float) -> str:
    """A one-time link's token (only its hash is kept), valid for so many hours of real time."""
    token = secrets.token_urlsafe(32)
    row = {"token_hash": _token_hash(token), "purpose": purpose, "user_id": user_id, "expires": real_now() + timedelta(hours=hours)}
    connection.execute(insert(model.link).values(**row))
    return token


def use_link(connection: Connection, token: str, purpose: str) -> str | None:
    """Use up a link; returns the user it was made for. Raises Forbidden where it is unknown, used or too old."""
    table = model.link
    fresh = and_(table.c.token_hash == _token_hash(token), table.c.purpose == purpose, table.c.used.is_(None), table.c.expires > real_now())
    row = connection.execute(update(table).where(fresh).values(used=real_now()).returning(table.c.user_id)).first()
    if row is None:
        raise Forbidden("This link is not valid any more.", th="ลิงก์นี้ใช้ไม่ได้แล้ว โปรดขอลิงก์ใหม่จากผู้ดูแลระบบ")
    return str(row[0]) if row[0] is not None else None


def check_link(connection: Connection, token: str, purpose: str) -> str | None:
    """Whom a link is for, without using it up. Raises Forbidden."""
    table = model.link
    fresh = and_(table.c.token_hash == _token_hash(token), table.c.purpose == purpose, table.c.used.is_(None), table.c.expires > real_now())
    row = connection.execute(select(table.c.user_id).where(fresh)).first()
    if row is None:
        raise Forbidden("This link is not valid any more.", th="ลิงก์นี้ใช้ไม่ได้แล้ว โปรดขอลิงก์ใหม่จากผู้ดูแลระบบ")
    return str(row[0]) if row[0] is not None else None


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def add_users(connection: Connection, users: Iterable[Mapping[str, Any]]) -> None:
    """Add many users; the same password is hashed once (a demo's users share one)."""
    hashes: dict[str, str] = {}
    for given in users:
        rest = dict(given)
        user_id, password = rest.pop("user_id"), rest.pop("password", None)
        add_user(connection, user_id, **rest)
        if password is not None:
            if password not in hashes:
                hashes[password] = _hashed(password)
            connection.execute(update(model.user).where(model.user.c.id == user_id).values(password=hashes[password]))


def parties(connection: Connection) -> dict[str, tuple[str, str]]:
    """Thai and English name of every party by key."""
    table = model.party
    return {key: (th, en) for key, th, en in connection.execute(select(table.c.key, table.c.th, table.c.en).order_by(table.c.key))}
