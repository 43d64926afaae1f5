"""Users (for administrators) and groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, or_, select, union

from engine.people.authorization import require
from engine.people.directory import users_of
from engine.people.memberships import current
from engine.queries import UserView
from engine.states import Verb
from engine.storage import model
from engine.views.searching import Rule, Subject

if TYPE_CHECKING:
    from engine.storage.session import Session

USER, MEMBERSHIP, PARTY = model.user, model.membership, model.party
KNOWN = union(select(MEMBERSHIP.c.group_.label("id")), select(PARTY.c.key.label("id"))).subquery("known")


@dataclass(frozen=True, slots=True)
class Group:
    """A party, or a unit of one: `province:TH-50`."""

    id: str
    name: str


def _users(session: Session) -> Select[Any]:
    return select(USER).where(USER.c.active)


def _groups(session: Session) -> Select[Any]:
    return select(KNOWN.c.id)


def _group_views(session: Session, rows: Sequence[Mapping[Any, Any]]) -> list[Group]:
    names = dict(session.connection.execute(select(PARTY.c.key, PARTY.c.th)).all())
    found = []
    for row in rows:
        party, _colon, unit = row["id"].partition(":")
        found.append(Group(row["id"], " ".join(part for part in (names.get(party, party), unit) if part)))
    return found


def _in_group(session: Session, group: str) -> ColumnElement[bool]:
    inside = or_(MEMBERSHIP.c.group_ == group, MEMBERSHIP.c.group_.startswith(group + ":", autoescape=True))
    return USER.c.id.in_(select(MEMBERSHIP.c.user_id).where(inside, *current(session.now)))


def _of_member(session: Session, user_id: str) -> ColumnElement[bool]:
    """The groups of a user: one's own, or for who manages people anybody's. Raises Forbidden."""
    if user_id != session.actor.user_id:
        require(session.actor, Verb.MANAGE_PEOPLE)
    return KNOWN.c.id.in_(select(MEMBERSHIP.c.group_).where(MEMBERSHIP.c.user_id == user_id, *current(session.now)))


def _user_views(session: Session, rows: Sequence[Mapping[Any, Any]]) -> list[UserView]:
    return users_of(session, rows)


USER_FIELDS: dict[str, ColumnElement[Any]] = {"id": USER.c.id, "name": USER.c.name, "email": USER.c.email}
USER_RULES: dict[str, Rule] = {"group": _in_group}
USERS: Subject[UserView] = Subject("user", "ผู้ใช้", _users, USER_FIELDS, _user_views, USER_RULES, verb=Verb.MANAGE_PEOPLE)
GROUPS: Subject[Group] = Subject("group", "กลุ่ม", _groups, {"id": KNOWN.c.id}, _group_views, {"member": _of_member})
