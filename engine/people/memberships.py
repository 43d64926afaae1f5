"""Which groups somebody is a member of, and from when to when. A day counts as it is in Bangkok, its last one whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, delete, insert, or_, select

from engine.dates.calendar import start_of_day
from engine.dates.zone import BANGKOK
from engine.errors import Invalid, NotFound, Problem
from engine.states import SystemEvent
from engine.storage import journal, model
from engine.values import check_text

if TYPE_CHECKING:
    from engine.storage.session import Session


@dataclass(frozen=True, slots=True)
class Membership:
    """A group of a user's. `since` and `until`: none for always; he is a member before `until`, no longer at it."""

    group: str
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of_days(cls, group: str, first: date | None, last: date | None) -> Membership:
        """One from the beginning of a first day to the end of a last one."""
        return cls(group, start_of_day(first) if first else None, start_of_day(last + timedelta(days=1)) if last else None)

    @property
    def first_day(self) -> date | None:
        return self.since.astimezone(BANGKOK).date() if self.since else None

    @property
    def last_day(self) -> date | None:
        return (self.until - timedelta(microseconds=1)).astimezone(BANGKOK).date() if self.until else None

    def state(self, now: datetime) -> str:
        """`coming`, `now` or `over`."""
        if self.until is not None and self.until <= now:
            return "over"
        return "coming" if self.since is not None and self.since > now else "now"


def current(now: datetime) -> tuple[Any, ...]:
    """The rows of memberships that hold now."""
    table = model.membership
    return (or_(table.c.since.is_(None), table.c.since <= now), or_(table.c.until.is_(None), table.c.until > now))


def listed(connection: Connection, user_ids: Iterable[str]) -> dict[str, list[Membership]]:
    """All memberships of users, past and coming ones too, by user."""
    table = model.membership
    query = select(table).where(table.c.user_id.in_(list(user_ids))).order_by(table.c.user_id, table.c.group_)
    found: dict[str, list[Membership]] = {}
    for row in connection.execute(query):
        found.setdefault(row.user_id, []).append(Membership(row.group_, row.since, row.until))
    return found


def put(session: Session, user_id: str, membership: Membership) -> None:
    """Make a user a member from and to these times, instead of those before. Raises NotFound, Invalid."""
    had = {one.group: one for one in of(session, user_id)}
    _check(membership)
    if had.get(membership.group) != membership:
        _write(session, user_id, {**had, membership.group: membership}, had)


def remove(session: Session, user_id: str, group: str) -> None:
    """Forget that a user is or was a member; to end it, `put` it with an end. Raises NotFound."""
    had = {one.group: one for one in of(session, user_id)}
    if group in had:
        _write(session, user_id, {key: one for key, one in had.items() if key != group}, had)


def replace(session: Session, user_id: str, groups: Iterable[str]) -> None:
    """Make these, from now on and without end, the user's groups and no others. Raises NotFound."""
    had, now = {one.group: one for one in of(session, user_id)}, session.now
    wanted = {group: had[group] if group in had and had[group].state(now) == "now" else Membership(group) for group in groups}
    for one in wanted.values():
        _check(one)
    if wanted != had:
        _write(session, user_id, wanted, had)


def of(session: Session, user_id: str) -> list[Membership]:
    """A user's memberships. Raises NotFound."""
    if session.connection.scalar(select(model.user.c.id).where(model.user.c.id == user_id)) is None:
        raise NotFound(f"There is no user {user_id!r}.", th=f"ไม่มีผู้ใช้ “{user_id}”")
    return listed(session.connection, [user_id]).get(user_id, [])


def _check(one: Membership) -> None:
    check_text(one.group, "group")
    if not one.group.strip() or "," in one.group:
        raise Invalid(
            "That is no group.", [Problem(f"'{one.group}' is no group: party or party:unit.", f"“{one.group}” ไม่ใช่กลุ่ม", field="group")],
            th="ไม่ใช่ชื่อกลุ่ม",
        )  # fmt: skip
    if one.since and one.until and one.until <= one.since:
        message, th = "It ends before it begins.", "วันสิ้นสุดอยู่ก่อนวันเริ่ม"
        raise Invalid(message, [Problem(message, th, field="until")], th=th)


def _write(session: Session, user_id: str, wanted: dict[str, Membership], had: dict[str, Membership]) -> None:
    table = model.membership
    gone = [group for group, one in had.items() if wanted.get(group) != one]
    fresh = [one for group, one in wanted.items() if had.get(group) != one]
    if gone:
        session.connection.execute(delete(table).where(and_(table.c.user_id == user_id, table.c.group_.in_(gone))))
    if fresh:
        rows = [{"user_id": user_id, "group_": one.group, "since": one.since, "until": one.until} for one in fresh]
        session.connection.execute(insert(table), rows)
    facts = {"before": _told(had[group] for group in gone), "after": _told(fresh)}
    journal.tell(session, SystemEvent.MEMBERSHIPS_CHANGED, user_id, facts)


def _told(many: Iterable[Membership]) -> list[dict[str, Any]]:
    return [
        {"group": one.group, **({"from": str(one.first_day)} if one.since else {}), **({"to": str(one.last_day)} if one.until else {})}
        for one in sorted(many, key=lambda one: one.group)
    ]
