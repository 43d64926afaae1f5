"""Which groups somebody is a member of, and from when to when. A day counts as it is in Bangkok, its last one whole.

Who left a group and came back has several periods in it; no two of them meet.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, delete, insert, or_, select

from engine.dates.calendar import start_of_day
from engine.dates.zone import BANGKOK
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.states import SystemEvent
from engine.storage import journal, model
from engine.values import check_text

if TYPE_CHECKING:
    from engine.storage.session import Session


@dataclass(frozen=True, slots=True)
class Membership:
    """A period in a group of a user's. `since` and `until`: none for always; he is a member before `until`, no longer at it."""

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

    def meets(self, other: Membership) -> bool:
        """Whether there is a moment in both."""
        if self.group != other.group:
            return False
        begun = self.since is None or other.until is None or self.since < other.until
        return begun and (other.since is None or self.until is None or other.since < self.until)


def current(now: datetime) -> tuple[Any, ...]:
    """The rows of memberships that hold now."""
    table = model.membership
    return (or_(table.c.since.is_(None), table.c.since <= now), or_(table.c.until.is_(None), table.c.until > now))


def listed(connection: Connection, user_ids: Iterable[str]) -> dict[str, list[Membership]]:
    """All memberships of users, past and coming ones too, by user."""
    table = model.membership
    query = select(table).where(table.c.user_id.in_(list(user_ids))).order_by(table.c.user_id, table.c.group_, table.c.number)
    found: dict[str, list[Membership]] = {}
    for row in connection.execute(query):
        found.setdefault(row.user_id, []).append(Membership(row.group_, row.since, row.until))
    return found


def put(session: Session, user_id: str, membership: Membership, instead: Membership | None = None) -> None:
    """Make a user a member in this period, in the place of those it meets, or of `instead` alone; his other periods stay.

    Raises NotFound, Invalid, Conflict where `instead` is no longer there.
    """
    had = of(session, user_id)
    _check(membership)
    if instead is not None and instead not in had:
        raise gone()
    if instead is not None:
        others = [one for one in had if one != instead]
        if any(one.meets(membership) for one in others):
            message, th = "Another period in this group is in the way.", "ซ้อนกับช่วงเวลาอื่นในกลุ่มเดียวกัน"
            raise Invalid(message, [Problem(message, th, field="since")], th=th)
        _write(session, user_id, [*others, membership], had)
        return
    given = begun(membership, had, session.now)
    _write(session, user_id, [*(one for one in had if not one.meets(given)), given], had)


def gone() -> Conflict:
    """Somebody else has changed the period, or taken it away, since one looked at it."""
    return Conflict("This was changed in the meantime; load it again.", th="ข้อมูลนี้มีการเปลี่ยนแปลงระหว่างที่ท่านเปิดอยู่ โปรดเปิดใหม่")


def begun(one: Membership, had: Iterable[Membership], now: datetime) -> Membership:
    """A period without a first day begins as the one that holds now did; where there was none but earlier ones, now."""
    of_group = [other for other in had if other.group == one.group]
    if one.since is not None or (one.until is not None and one.until <= now):
        return one
    if (held := next((other for other in of_group if other.state(now) == "now"), None)) is not None:
        return dataclasses.replace(one, since=held.since)
    return dataclasses.replace(one, since=now) if any(other.state(now) == "over" for other in of_group) else one


def remove(session: Session, user_id: str, group: str) -> None:
    """Make a user no member any more, as if he were none now; periods that are over stay on record. Raises NotFound."""
    had = of(session, user_id)
    _write(session, user_id, [one for one in had if one.group != group or one.state(session.now) == "over"], had)


def forget(session: Session, user_id: str, membership: Membership) -> None:
    """Take a period off the record. Raises NotFound."""
    had = of(session, user_id)
    _write(session, user_id, [one for one in had if one != membership], had)


def replace(session: Session, user_id: str, groups: Iterable[str]) -> None:
    """Make these, from now on and without end, the user's groups and no others; what is over stays. Raises NotFound."""
    had, now, wanted = of(session, user_id), session.now, set(groups)
    kept = [one for one in had if one.state(now) == "over" or (one.state(now) == "now" and one.group in wanted)]
    fresh = [begun(Membership(group), had, now) for group in wanted - {one.group for one in kept if one.state(now) == "now"}]
    for one in fresh:
        _check(one)
    _write(session, user_id, [*kept, *fresh], had)


def of(session: Session, user_id: str) -> list[Membership]:
    """A user's memberships, nobody else's to change until the transaction ends. Raises NotFound."""
    if session.connection.scalar(select(model.user.c.id).where(model.user.c.id == user_id).with_for_update()) is None:
        raise NotFound(f"There is no user {user_id!r}.", th=f"ไม่มีผู้ใช้ “{user_id}”")
    return listed(session.connection, [user_id]).get(user_id, [])


def _check(one: Membership) -> None:
    check_text(one.group, "group")
    party, colon, unit = one.group.partition(":")
    if not party.strip() or "," in one.group or (colon and not unit.strip()):
        raise Invalid(
            "That is no group.", [Problem(f"'{one.group}' is no group: party or party:unit.", f"“{one.group}” ไม่ใช่กลุ่ม", field="group")],
            th="ไม่ใช่ชื่อกลุ่ม",
        )  # fmt: skip
    if one.since and one.until and one.until <= one.since:
        message, th = "It ends before it begins.", "วันสิ้นสุดอยู่ก่อนวันเริ่ม"
        raise Invalid(message, [Problem(message, th, field="until")], th=th)


def _write(session: Session, user_id: str, wanted: Iterable[Membership], had: list[Membership]) -> None:
    table, many = model.membership, list(wanted)
    gone, fresh = [one for one in had if one not in many], [one for one in many if one not in had]
    if not gone and not fresh:
        return
    touched = {one.group for one in (*gone, *fresh)}
    session.connection.execute(delete(table).where(and_(table.c.user_id == user_id, table.c.group_.in_(touched))))
    rows = []
    for group in touched:
        periods = sorted((one for one in many if one.group == group), key=_beginning)
        rows += [{"user_id": user_id, "group_": group, "number": n, "since": p.since, "until": p.until} for n, p in enumerate(periods, 1)]
    if rows:
        session.connection.execute(insert(table), rows)
    journal.tell(session, SystemEvent.MEMBERSHIPS_CHANGED, user_id, {"before": _told(gone), "after": _told(fresh)})


def _beginning(one: Membership) -> datetime:
    return one.since or datetime.min.replace(tzinfo=UTC)


def _told(many: Iterable[Membership]) -> list[dict[str, Any]]:
    return [
        {"group": one.group, **({"from": str(one.first_day)} if one.since else {}), **({"to": str(one.last_day)} if one.until else {})}
        for one in sorted(many, key=lambda one: (one.group, _beginning(one)))
    ]
