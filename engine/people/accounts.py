"""Accounts: who is added, changed, locked until he sets a password, shut out. Everything is told in the journal."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, or_, select, update

from engine.dates.clock import real_now
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.people import api_tokens, attempts, hashed, links, memberships, particulars
from engine.states import Role, SystemEvent
from engine.storage import journal, model

if TYPE_CHECKING:
    from engine.storage.session import Session

HOUR = 3600  # seconds
TOLD = ("name", "name_en", "email", "roles")  # changes of these stand in the journal
HELD_BY_ADMINISTRATORS = f'%"{Role.ADMINISTRATOR}"%'  # a pattern over the column of roles


def add(
    session: Session,
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
    password_hash: str | None = None,
) -> None:
    """Add a user. Raises Invalid, or Conflict where the id is taken, also in other capitals: people take such names for one."""
    if problems := list(particulars.wrong({"user_id": user_id, "name": name, "name_en": name_en, "email": email})):
        raise Invalid("The user cannot be added.", problems, th="เพิ่มผู้ใช้ไม่ได้")
    alike = or_(model.user.c.id == user_id, model.user.c.lower_id == particulars.same(user_id))
    if (taken := session.connection.scalar(select(model.user.c.id).where(alike))) is not None:
        raise Conflict(f"There is a user {taken!r} already.", th=f"มีผู้ใช้ “{taken}” อยู่แล้ว")
    row = {
        "id": user_id,
        "lower_id": particulars.same(user_id),
        "name": name.strip(),
        "name_en": name_en,
        "email": email,
        "roles": roles_text(roles),
        "demo": demo,
        "locale": locale,
        "password": password_hash if password is None else hashed(password),
        "session": secrets.token_hex(8),
        "created": real_now(),
    }
    session.connection.execute(insert(model.user).values(**row))
    journal.tell(session, SystemEvent.USER_ADDED, user_id, {"name": row["name"], "email": email, "roles": json.loads(str(row["roles"]))})
    memberships.replace(session, user_id, groups)


def add_many(session: Session, users: Iterable[Mapping[str, Any]]) -> None:
    """Add many users; the same password is hashed once (a demo's users share one)."""
    hashes: dict[str, str] = {}
    for given in users:
        rest = dict(given)
        password = rest.pop("password", None)
        if password is not None and password not in hashes:
            hashes[password] = hashed(password)
        add(session, rest.pop("user_id"), **rest, password_hash=hashes.get(password) if password else None)


def roles_text(roles: Iterable[str]) -> str:
    """Roles as the column has them. Raises Invalid."""
    try:
        return json.dumps(sorted({str(Role(role)) for role in roles}))
    except ValueError as error:
        raise Invalid("There is no such role.", [Problem(str(error), "ไม่มีบทบาทนี้", field="roles")], th="ไม่มีบทบาทนี้") from error


def change(session: Session, user_id: str, **changes: Any) -> None:
    """Change name, name_en, email, roles or locale. Raises NotFound, Invalid, Conflict where nobody would be administrator any more."""
    if "roles" in changes:
        changes["roles"] = roles_text(changes["roles"])
    if problems := list(particulars.wrong({name: changes[name] for name in ("name", "name_en", "email") if name in changes})):
        raise Invalid("The user cannot be changed.", problems, th="แก้ไขผู้ใช้ไม่ได้")
    before = _locked(session, user_id)
    if "roles" in changes and Role.ADMINISTRATOR in json.loads(before["roles"]) and Role.ADMINISTRATOR not in json.loads(changes["roles"]):
        _keep_an_administrator(session, user_id)
    session.connection.execute(update(model.user).where(model.user.c.id == user_id).values(**changes))
    told = [name for name in TOLD if name in changes and changes[name] != before[name]]
    if told:
        facts = {"before": {name: _plain(before[name]) for name in told}, "after": {name: _plain(changes[name]) for name in told}}
        journal.tell(session, SystemEvent.USER_CHANGED, user_id, facts)


def set_password(session: Session, user_id: str, password: str) -> None:
    """Set a password (at least 10 characters), end the user's other sessions, withdraw his links. Raises Invalid, NotFound."""
    _locked(session, user_id)
    changed = update(model.user).where(model.user.c.id == user_id).values(password=hashed(password), session=secrets.token_hex(8))
    session.connection.execute(changed)
    links.withdraw(session.connection, user_id)
    journal.tell(session, SystemEvent.PASSWORD_SET, user_id)


def invite(session: Session, user_id: str) -> str:
    """The token of a one-time link with which a user sets his password; until then nobody comes in with the one before. Raises NotFound,
    Conflict for who has no access, and for oneself: one would be out at once, and the link lost with the page."""
    if user_id == session.actor.user_id:
        message = "A link would lock you out at once. Change your password on your account's page."
        raise Conflict(message, th="หากออกลิงก์ให้ตนเอง ท่านจะออกจากระบบทันที โปรดเปลี่ยนรหัสผ่านที่หน้าบัญชีของท่าน")
    if not _locked(session, user_id)["active"]:
        raise Conflict("This person has no access; give it back first.", th="ผู้ใช้นี้ไม่มีสิทธิ์เข้าใช้ โปรดคืนสิทธิ์ก่อน")
    session.connection.execute(update(model.user).where(model.user.c.id == user_id).values(password=None, session=secrets.token_hex(8)))
    token = links.create(session.connection, links.PASSWORD, user_id, hours=links.HOURS)
    journal.tell(session, SystemEvent.LINK_MADE, user_id, {"hours": links.HOURS})
    return token


def accept(session: Session, token: str, password: str) -> str:
    """Set the password a link is for and use the link up; returns whose it is. Raises Forbidden, Invalid."""
    secret = hashed(password)
    user_id = links.use(session.connection, token, links.PASSWORD) or ""
    changed = update(model.user).where(model.user.c.id == user_id).values(password=secret, session=secrets.token_hex(8))
    session.connection.execute(changed)
    journal.tell(session, SystemEvent.LINK_USED, user_id, actor=user_id)
    return user_id


def check_welcome(session: Session, token: str) -> None:
    """Raises Forbidden where a link is no good, or an administrator can log in: what was printed before is of no use any more."""
    links.check(session.connection, token, links.FIRST_ADMINISTRATOR)
    if administrators(session):
        raise links.over()


def first_administrator(session: Session, token: str, user_id: str, *, name: str, password: str) -> None:
    """Add the administrator a link is for and use the link up. Raises Forbidden, Invalid, Conflict; then the link is still good."""
    check_welcome(session, token)
    links.use(session.connection, token, links.FIRST_ADMINISTRATOR)
    add(session, user_id, name=name, password=password, roles=[Role.ADMINISTRATOR])


def deactivate(session: Session, user_id: str, reason: str = "") -> None:
    """Shut somebody out at once: sessions, tokens and links end; what he did stays. Raises NotFound, Conflict (the last administrator)."""
    row = _locked(session, user_id)
    if not row["active"]:
        return
    if Role.ADMINISTRATOR in json.loads(row["roles"]):
        _keep_an_administrator(session, user_id)
    tokens = session.connection.execute(delete(model.api_token).where(model.api_token.c.user_id == user_id)).rowcount
    links.withdraw(session.connection, user_id)
    session.connection.execute(update(model.user).where(model.user.c.id == user_id).values(active=False, session=secrets.token_hex(8)))
    journal.tell(session, SystemEvent.USER_DEACTIVATED, user_id, {"tokens": tokens, **({"reason": reason} if reason else {})})


def reactivate(session: Session, user_id: str) -> None:
    """Give access back; tokens that ended stay so. Raises NotFound."""
    if not _locked(session, user_id)["active"]:
        session.connection.execute(update(model.user).where(model.user.c.id == user_id).values(active=True))
        journal.tell(session, SystemEvent.USER_REACTIVATED, user_id)


def named(session: Session, typed: str) -> str:
    """The user name that is meant: as it was typed where there is such a user, else the one that differs only in capitals."""
    table = model.user
    found = list(
        session.connection.scalars(select(table.c.id).where(or_(table.c.id == typed, table.c.lower_id == particulars.same(typed))))
    )
    return typed if typed in found or not found else found[0]


def logged_in(session: Session, user_id: str, way: str) -> None:
    """Tell that somebody came in, with a `password` or the agency's own login (`oidc`)."""
    session.connection.execute(update(model.user).where(model.user.c.id == user_id).values(last_login=session.now))
    journal.tell(session, SystemEvent.LOGGED_IN, user_id, {"way": way}, actor=user_id)


def came_by_program(session: Session, user_id: str, secret: str | None) -> None:
    """Tell that a program came in for somebody, by a token or with his password: the first time within an hour, for all processes."""
    token = None if secret is None else api_tokens.owned(session, secret)
    facts = {"way": "program"} if token is None else {"way": "token", "name": token.name}
    if attempts.count(session, f"program {user_id} {token.id if token else ''}", HOUR) == 1:
        session.connection.execute(update(model.user).where(model.user.c.id == user_id).values(last_login=session.now))
        journal.tell(session, SystemEvent.LOGGED_IN, user_id, facts, actor=user_id)


def login_failed(session: Session, name: str, way: str) -> None:
    """Tell that somebody tried. A name that is nobody's is not kept: people type passwords into the wrong field."""
    known = session.connection.scalar(select(model.user.c.id).where(model.user.c.id == name))
    journal.tell(session, SystemEvent.LOGIN_FAILED, known, {"way": way})


def _locked(session: Session, user_id: str) -> Mapping[Any, Any]:
    row = session.connection.execute(select(model.user).where(model.user.c.id == user_id).with_for_update()).mappings().first()
    if row is None:
        raise NotFound(f"There is no user {user_id!r}.", th=f"ไม่มีผู้ใช้ “{user_id}”")
    return row


def administrators(session: Session, *, lock: bool = False) -> set[str]:
    """The administrators who can log in."""
    table = model.user
    able = (table.c.active, or_(table.c.password.is_not(None), table.c.subject.is_not(None)))
    query = select(table.c.id).where(*able, table.c.roles.like(HELD_BY_ADMINISTRATORS)).order_by(table.c.id)
    return set(session.connection.scalars(query.with_for_update() if lock else query))


def _keep_an_administrator(session: Session, user_id: str) -> None:
    """Refuse to take away the last one who can log in. The rows are locked: of two who take each other's role away, one is refused."""
    if not administrators(session, lock=True) - {user_id}:
        message = "This is the last administrator who can log in. Make somebody else one first."
        raise Conflict(message, th="ผู้ใช้นี้เป็นผู้ดูแลระบบคนสุดท้ายที่เข้าสู่ระบบได้ โปรดตั้งผู้อื่นเป็นผู้ดูแลระบบก่อน")


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value.startswith("[") else value
