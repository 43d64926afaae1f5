"""Personal tokens: what a program shows instead of its user's name and password. Shown once; only a digest is kept.

A token acts as its owner with the groups he has at the moment, until it runs out, is taken back, or the owner is deactivated. It outlives
a change of password: programs would stop otherwise.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from engine import people
from engine.dates.clock import real_now
from engine.errors import Forbidden, Invalid, NotFound, Problem
from engine.ids import new_id
from engine.people import directory
from engine.people.authorization import require
from engine.queries import FromRow
from engine.states import SystemEvent, Verb
from engine.storage import journal, model
from engine.storage.model import to_text
from engine.values import check_text

if TYPE_CHECKING:
    from engine.people import Actor
    from engine.storage.session import Session

PREFIX = "ruam_"  # tells people, and scanners of repositories, what they have found
LONGEST_DAYS = 36_500
OWNER = "SELECT user_id FROM api_token WHERE digest = ? AND (expires IS NULL OR expires > ?)"


@dataclass(frozen=True, slots=True)
class ApiToken(FromRow):
    """A token, without its secret."""

    id: str
    user_id: str
    name: str
    created: datetime
    expires: datetime | None


def add(session: Session, user_id: str, name: str, days: float | None) -> tuple[ApiToken, str]:
    """A new token of a user's and its secret. Raises NotFound, Invalid, Forbidden for who makes one for somebody else."""
    _own(session, user_id)
    directory.user(session, user_id)
    check_text(name, "name")
    if days is not None and days > LONGEST_DAYS:
        message, th = f"Days: at most {LONGEST_DAYS}.", f"ระบุจำนวนวันไม่เกิน {LONGEST_DAYS}"
        raise Invalid(message, [Problem(message, th, field="days")], th=th)
    secret, now = PREFIX + secrets.token_urlsafe(32), real_now()
    token = ApiToken(new_id(), user_id, name.strip() or "API", now, None if days is None else now + timedelta(days=days))
    row = {field: getattr(token, field) for field in ApiToken.__slots__}
    session.connection.execute(insert(model.api_token).values(digest=_digest(secret), **row))
    facts = {"name": token.name, "expires": token.expires}
    journal.tell(session, SystemEvent.TOKEN_MADE, user_id, facts)
    return token, secret


def listed(session: Session, user_id: str) -> list[ApiToken]:
    """A user's tokens, newest first. Raises Forbidden."""
    _own(session, user_id)
    table = model.api_token
    query = select(table).where(table.c.user_id == user_id).order_by(table.c.created.desc(), table.c.id.desc())
    return [ApiToken.of(row) for row in session.connection.execute(query).mappings()]


def revoke(session: Session, token_id: str) -> None:
    """Take a token back. Raises NotFound, also for who may not know of it."""
    table = model.api_token
    row = session.connection.execute(select(table.c.user_id, table.c.name).where(table.c.id == token_id)).first()
    if row is None or (row.user_id != session.actor.user_id and not session.actor.administrator):
        raise NotFound("There is no such token.", th="ไม่มีโทเค็นนี้")
    session.connection.execute(delete(table).where(table.c.id == token_id))
    journal.tell(session, SystemEvent.TOKEN_REVOKED, row.user_id, {"name": row.name})


def bearer(session: Session, secret: str) -> Actor:
    """Whom a token stands for, as he may act now. Raises Forbidden for one that is unknown or has run out."""
    row = session.rows.one(OWNER, (_digest(secret), to_text(real_now())))
    try:
        if row is None:
            raise NotFound
        return people.signed_in(session.rows, row[0], session.now)[1]
    except NotFound:
        raise Forbidden("This token is not valid.", th="โทเค็นนี้ใช้ไม่ได้") from None


def owned(session: Session, secret: str) -> ApiToken | None:
    """The token of a secret, if there is one."""
    row = session.connection.execute(select(model.api_token).where(model.api_token.c.digest == _digest(secret))).mappings().first()
    return None if row is None else ApiToken.of(row)


def _own(session: Session, user_id: str) -> None:
    if session.actor.user_id != user_id:
        require(session.actor, Verb.MANAGE_PEOPLE)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
