"""Who somebody is for the agency's own login (OpenID Connect).

An account is bound to the provider's lasting name of its user when he first comes. From then on that name alone counts, so that nobody
who is given a former colleague's user name comes into his account.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from engine.errors import Conflict, Forbidden, Invalid
from engine.people import accounts, memberships
from engine.people.memberships import Membership
from engine.states import SystemEvent
from engine.storage import journal, model

if TYPE_CHECKING:
    from engine.storage.session import Session

WAY = "oidc"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a provider says of who has come. `subject`: issuer and sub; `groups`: of the mapped groups those he is to be a member of."""

    subject: str
    user_id: str
    name: str = ""
    email: str | None = None
    groups: Collection[str] = ()


def come_in(session: Session, identity: Identity, *, create: bool, mapped: Collection[str] = ()) -> str:
    """The user that has come, his mapped groups as the provider says; `mapped`: the groups it decides on.

    Raises Forbidden for who has no account here, another one's, or a closed one.
    """
    table = model.user
    row = session.connection.execute(select(table).where(table.c.subject == identity.subject).with_for_update()).mappings().first()
    if row is None:
        row = session.connection.execute(select(table).where(table.c.id == identity.user_id).with_for_update()).mappings().first()
        if row is not None and (row["subject"] is not None or row["demo"]):
            raise Forbidden("This user name is bound to somebody else.", th="ชื่อผู้ใช้นี้ผูกไว้กับบุคคลอื่นแล้ว")
    if row is not None and not row["active"]:
        raise Forbidden("This account is closed.", th="บัญชีนี้ปิดใช้งานแล้ว")
    user_id = str(row["id"]) if row is not None else _created(session, identity, create)
    if row is None or row["subject"] is None:
        session.connection.execute(update(table).where(table.c.id == user_id).values(subject=identity.subject))
        journal.tell(session, SystemEvent.USER_CHANGED, user_id, {"after": {"identity": identity.subject}}, actor=user_id)
    _follow(session, user_id, set(identity.groups), set(mapped))
    accounts.logged_in(session, user_id, WAY)
    return user_id


def _created(session: Session, identity: Identity, create: bool) -> str:
    if not create:
        raise Forbidden("You have no account here yet. Ask the administrator for one.", th="ท่านยังไม่มีบัญชีในระบบนี้ โปรดติดต่อผู้ดูแลระบบ")
    try:
        accounts.add(session, identity.user_id, name=identity.name or identity.user_id, email=identity.email)
    except (Invalid, Conflict) as error:
        raise Forbidden("An account of this name cannot be made.", th="สร้างบัญชีชื่อนี้ไม่ได้ โปรดติดต่อผู้ดูแลระบบ") from error
    return identity.user_id


def _follow(session: Session, user_id: str, wanted: set[str], mapped: set[str]) -> None:
    held = {one.group for one in memberships.of(session, user_id) if one.state(session.now) == "now"}
    for group in sorted((mapped & held) - wanted):
        memberships.remove(session, user_id, group)
    for group in sorted((mapped & wanted) - held):
        memberships.put(session, user_id, Membership(group))
