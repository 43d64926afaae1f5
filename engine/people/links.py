"""One-time links: for the first administrator, and for who is to set a password. Only a digest is kept; times are real."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select, update

from engine.dates.clock import real_now
from engine.errors import Forbidden
from engine.storage import model

PASSWORD = "password"  # purpose: a user sets his password
FIRST_ADMINISTRATOR = "welcome"  # purpose: where no administrator can log in, somebody begins
HOURS = 72.0  # such a link is good


def create(connection: Connection, purpose: str, user_id: str | None, *, hours: float) -> str:
    """A link's token, valid for so many hours; an earlier one for the same user and purpose is so no longer."""
    table = model.link
    if user_id is not None:
        withdraw(connection, user_id, purpose)
    token = secrets.token_urlsafe(32)
    row = {"token_hash": _digest(token), "purpose": purpose, "user_id": user_id, "expires": real_now() + timedelta(hours=hours)}
    connection.execute(insert(table).values(**row))
    return token


def use(connection: Connection, token: str, purpose: str) -> str | None:
    """Use up a link; returns the user it was made for. Raises Forbidden where it is unknown, used, withdrawn or too old."""
    found = update(model.link).where(_fresh(token, purpose)).values(used=real_now()).returning(model.link.c.user_id)
    return _owner(connection.execute(found).first())


def check(connection: Connection, token: str, purpose: str) -> str | None:
    """Whom a link is for, without using it up. Raises Forbidden."""
    return _owner(connection.execute(select(model.link.c.user_id).where(_fresh(token, purpose))).first())


def withdraw(connection: Connection, user_id: str, purpose: str = PASSWORD) -> None:
    """Make a user's links of a purpose worthless."""
    table = model.link
    connection.execute(delete(table).where(table.c.user_id == user_id, table.c.purpose == purpose, table.c.used.is_(None)))


def waiting(connection: Connection, user_id: str) -> datetime | None:
    """Until when a user's link to set a password is good; None where there is none."""
    table = model.link
    open_link = (table.c.user_id == user_id, table.c.purpose == PASSWORD, table.c.used.is_(None), table.c.expires > real_now())
    return connection.scalar(select(table.c.expires).where(*open_link))


def over() -> Forbidden:
    """What is said of a link that is unknown, used, withdrawn or too old."""
    return Forbidden("This link is not valid any more.", th="ลิงก์นี้ใช้ไม่ได้แล้ว โปรดขอลิงก์ใหม่จากผู้ดูแลระบบ")


def _fresh(token: str, purpose: str) -> Any:
    table = model.link
    return and_(table.c.token_hash == _digest(token), table.c.purpose == purpose, table.c.used.is_(None), table.c.expires > real_now())


def _owner(row: Any) -> str | None:
    if row is None:
        raise over()
    return str(row[0]) if row[0] is not None else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
