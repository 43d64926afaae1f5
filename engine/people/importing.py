"""Users from a sheet: what each row would do, told before anything happens; then all rows, or none where one is mistaken.

A row adds a user, or changes the one of that name: what a cell leaves empty stays as it is, groups are added or get new dates, roles
become those named. Somebody with several groups and dates has several rows.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.dates import thai
from engine.errors import Conflict, Invalid, Problem
from engine.people import accounts, directory, memberships, particulars
from engine.people.authorization import IN_THAI, WORKERS
from engine.people.memberships import Membership
from engine.people.sheets import FORMULA, Line
from engine.states import Role, SystemEvent
from engine.storage import journal, model
from engine.storage.history import to_json

if TYPE_CHECKING:
    from engine.storage.session import Session

COLUMNS: Mapping[str, tuple[str, ...]] = {  # what a column may be called besides
    "user": ("user_id", "username", "ชื่อผู้ใช้", "ผู้ใช้"),
    "name": ("ชื่อ", "ชื่อ-สกุล", "ชื่อ–สกุล"),
    "name_en": ("ชื่ออังกฤษ", "ชื่อภาษาอังกฤษ"),
    "email": ("e-mail", "อีเมล"),
    "groups": ("group", "กลุ่ม"),
    "roles": ("role", "บทบาท"),
    "from": ("ตั้งแต่", "since"),
    "to": ("ถึง", "until"),
}
NEEDED = ("user",)
NO_ROLES = "-"  # in the cell of roles: none any more
_SEPARATOR = re.compile(r"[,;\n]")


@dataclass(frozen=True, slots=True)
class RowPlan:
    """What a row of the sheet would do: `added`, `changed`, `unchanged`, or nothing because of a `mistake` at the column named."""

    number: int
    user_id: str
    outcome: str
    cells: Mapping[str, str]
    changes: tuple[tuple[str, str, str], ...] = ()  # what (name, email, roles, a group), before, after
    mistakes: Mapping[str, Problem] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a sheet would do. `fingerprint` is another one as soon as the sheet or what it meets has changed."""

    rows: tuple[RowPlan, ...]
    fingerprint: str
    done: bool = False

    @property
    def ok(self) -> bool:
        return not any(row.mistakes for row in self.rows)

    def count(self, outcome: str) -> int:
        """How many rows have an outcome."""
        return sum(row.outcome == outcome for row in self.rows)


@dataclass(slots=True)
class _Wanted:
    """A user as he is, or would be after the rows read so far."""

    new: bool
    active: bool = True
    name: str = ""
    name_en: str = ""
    email: str = ""
    roles: tuple[str, ...] = ()
    groups: list[Membership] = field(default_factory=list)
    said: dict[str, int] = field(default_factory=dict)  # what a row has set, and which
    told: list[tuple[int, Membership]] = field(default_factory=list)  # the periods that rows have named


def with_keys(lines: Iterable[Line], called: Mapping[str, str]) -> list[Line]:
    """The lines with the keys of groups for what the groups are `called`, which people write as well."""
    return [
        replace(line, cells={**line.cells, "groups": _keys(line.cells["groups"], called)}) if "groups" in line.cells else line
        for line in lines
    ]


def _keys(text: str, called: Mapping[str, str]) -> str:
    return ", ".join(called.get(part, part) for part in _split(text)) if text[:1] not in FORMULA else text


def plan(session: Session, lines: Collection[Line], units: Mapping[str, Collection[str]]) -> ImportPlan:
    """What the lines would do; `units`: the groups with a unit that are known, by party (a party without is not checked for them)."""
    ids = {line.cells.get("user", "") for line in lines}
    rows = _Rows(
        _present(session, ids), _taken(session, ids), {key: row.has_units for key, row in _parties(session).items()}, units, session.now
    )
    planned = tuple(rows.planned(line) for line in lines)
    told = [(row.number, row.user_id, row.outcome, row.cells, row.changes, sorted(row.mistakes)) for row in planned]
    return ImportPlan(planned, hashlib.sha256(to_json(told).encode()).hexdigest())


def carry_out(session: Session, lines: Collection[Line], units: Mapping[str, Collection[str]], fingerprint: str | None) -> ImportPlan:
    """Do what `plan` told. Raises Invalid where a row is mistaken, Conflict where it would do something else by now."""
    planned = plan(session, lines, units)
    if fingerprint is not None and planned.fingerprint != fingerprint:
        raise Conflict("Something has changed since this was looked at; look again.", th="ข้อมูลมีการเปลี่ยนแปลงหลังการตรวจดู โปรดตรวจดูอีกครั้ง")
    if not planned.ok:
        problems = [replace(mistake, line=row.number) for row in planned.rows for mistake in row.mistakes.values()]
        raise Invalid("The sheet has mistakes; nothing was done.", problems, th="ไฟล์มีข้อผิดพลาด จึงยังไม่ได้ดำเนินการใด")
    for row in planned.rows:
        _do(session, row)
    counts = {outcome: planned.count(outcome) for outcome in ("added", "changed", "unchanged")}
    journal.tell(session, SystemEvent.USERS_IMPORTED, facts=counts)
    return replace(planned, done=True)


def _do(session: Session, row: RowPlan) -> None:
    cells, groups = row.cells, _split(row.cells.get("groups", ""))
    given: dict[str, Any] = {key: cells[key] for key in ("name", "name_en", "email") if cells.get(key)}
    if cells.get("roles"):
        given["roles"] = _roles(cells["roles"])
    if row.outcome == "added":
        accounts.add(session, row.user_id, **given)
    elif row.outcome == "changed" and given:
        accounts.change(session, row.user_id, **given)
    first, last = (_day(cells.get(key, "")) for key in ("from", "to"))
    for group in groups if row.outcome != "unchanged" else ():
        memberships.put(session, row.user_id, Membership.of_days(group, first, last))


class _Rows:
    """Plans row after row, each over what those before have made of its user."""

    def __init__(
        self,
        users: dict[str, _Wanted],
        taken: dict[str, str],
        parties: Mapping[str, bool],
        units: Mapping[str, Collection[str]],
        now: datetime,
    ) -> None:
        self._users, self._taken, self._parties, self._units, self._now = users, taken, parties, units, now

    def planned(self, line: Line) -> RowPlan:
        """What a line would do."""
        user_id, mistakes = line.cells.get("user", ""), self._mistakes(line)
        user = self._users.setdefault(user_id, _Wanted(new=True))
        if user.new and not line.cells.get("name") and not user.said:
            mistakes.setdefault("name", Problem("A new user needs a name.", "ผู้ใช้ใหม่ต้องมีชื่อ", field="name"))
        taken = self._taken.setdefault(particulars.same(user_id), user_id)
        if user.new and taken != user_id:
            message, th = f"Is '{taken}' meant? Capitals make no other name.", f"หมายถึง “{taken}” หรือไม่ ตัวพิมพ์เล็กและใหญ่ถือเป็นชื่อเดียวกัน"
            mistakes.setdefault("user", Problem(message, th, field="user"))
        if not user.active:
            mistakes["user"] = Problem("This account is closed; give access back first.", "บัญชีนี้ปิดใช้งานแล้ว โปรดคืนสิทธิ์ก่อน", field="user")
        if mistakes:
            return RowPlan(line.number, user_id, "mistake", line.cells, mistakes=mistakes)
        first = user.new and not user.said
        changes = [*self._about(user, line, mistakes), *self._groups(user, line, mistakes)]
        user.said.setdefault("row", line.number)
        outcome = "mistake" if mistakes else "added" if first else "changed" if changes else "unchanged"
        return RowPlan(line.number, user_id, outcome, line.cells, tuple(changes), mistakes)

    def _about(self, user: _Wanted, line: Line, mistakes: dict[str, Problem]) -> list[tuple[str, str, str]]:
        changes = []
        for key in ("name", "name_en", "email", "roles"):
            text = line.cells.get(key, "")
            if not text:
                continue
            value: Any = tuple(sorted(_roles(text))) if key == "roles" else text
            had = getattr(user, key)
            if value != had and key in user.said:
                mistakes[key] = Problem(f"Row {user.said[key]} says something else.", f"ไม่ตรงกับแถวที่ {user.said[key]}", field=key)
            elif value != had:
                changes.append((key, _shown(had), _shown(value)))
                setattr(user, key, value)
            user.said.setdefault(key, line.number)
        return changes

    def _groups(self, user: _Wanted, line: Line, mistakes: dict[str, Problem]) -> list[tuple[str, str, str]]:
        changes = []
        first, last = (_day(line.cells.get(key, "")) for key in ("from", "to"))
        for group in _split(line.cells.get("groups", "")):
            wanted = memberships.begun(Membership.of_days(group, first, last), user.groups, self._now)
            had = [one for one in user.groups if one.meets(wanted)]
            said = next((row for row, one in user.told if one != wanted and one.meets(wanted)), None)
            if said is not None:
                message = f"Row {said} has other dates for '{group}'."
                mistakes["groups"] = Problem(message, f"แถวที่ {said} ระบุวันที่ของ “{group}” ไว้ต่างกัน", field="groups")
            elif had != [wanted]:
                changes.append((group, ", ".join(_dates(one) for one in had), _dates(wanted)))
                user.groups = [*(one for one in user.groups if one not in had), wanted]
            user.told.append((line.number, wanted))
        return changes

    def _mistakes(self, line: Line) -> dict[str, Problem]:
        found: dict[str, Problem] = {}

        def wrong(column: str, message: str, th: str) -> None:
            found.setdefault(column, Problem(message, th, field=column))

        cells = line.cells
        for column, text in cells.items():
            if column in line.formulas or (text[:1] in FORMULA and text not in ("", NO_ROLES)):
                wrong(column, "A formula, or a text that begins like one.", "เป็นสูตร หรือขึ้นต้นเหมือนสูตร")
        said = {"user_id": cells.get("user", ""), **{name: cells[name] for name in ("name", "name_en", "email") if cells.get(name)}}
        for problem in particulars.wrong(said):
            wrong("user" if problem.field == "user_id" else str(problem.field), problem.message, problem.message_th)
        for name in _split(cells.get("roles", "")):
            if name != NO_ROLES and name.casefold() not in _ROLE_NAMES:
                wrong("roles", f"There is no role '{name[:40]}'.", f"ไม่มีบทบาท “{name[:40]}”")
        for group in _split(cells.get("groups", "")):
            if unknown := self._unknown(group):
                wrong("groups", *unknown)
        self._wrong_days(cells, wrong)
        return found

    def _unknown(self, group: str) -> tuple[str, str] | None:
        party, colon, unit = group.partition(":")
        if party == WORKERS and unit:
            return None
        if party not in self._parties:
            return f"There is no party '{party[:40]}'.", f"ไม่มีฝ่าย “{party[:40]}”"
        known = self._units.get(party)
        if colon and (not self._parties[party] or (known and group not in known)):
            return f"'{party}' has no unit '{unit[:40]}'.", f"“{party}” ไม่มีหน่วย “{unit[:40]}”"
        return None

    @staticmethod
    def _wrong_days(cells: Mapping[str, str], wrong: Any) -> None:
        days: list[date | None] = []
        for column in ("from", "to"):
            try:
                days.append(_day(cells.get(column, "")))
            except Invalid as error:
                wrong(column, error.problems[0].message, error.problems[0].message_th)
        if len(days) == 2 and days[0] and days[1] and days[1] < days[0]:
            wrong("to", "It ends before it begins.", "วันสิ้นสุดอยู่ก่อนวันเริ่ม")
        if any(days) and not cells.get("groups"):
            wrong("groups", "Dates are those of a group; none is named.", "วันที่เป็นของกลุ่ม แต่ไม่ได้ระบุกลุ่ม")


_ROLE_NAMES = {name.casefold(): role for role in Role for name in (role.value, IN_THAI[role])}


def _roles(text: str) -> list[str]:
    return [str(_ROLE_NAMES[name.casefold()]) for name in _split(text) if name != NO_ROLES]


def _split(text: str) -> list[str]:
    return [part.strip() for part in _SEPARATOR.split(text) if part.strip()]


def _day(text: str) -> date | None:
    return thai.parse_date(text) if text else None


def _shown(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _dates(one: Membership) -> str:
    return f"{one.first_day or '…'} – {one.last_day or '…'}"


def _present(session: Session, ids: Collection[str]) -> dict[str, _Wanted]:
    rows = session.connection.execute(select(model.user).where(model.user.c.id.in_(ids))).mappings().all()
    held = memberships.listed(session.connection, [row["id"] for row in rows])
    found = {}
    for row, view in zip(rows, directory.users_of(session, rows), strict=True):
        groups = held.get(view.id, [])
        found[view.id] = _Wanted(False, view.active, view.name, view.name_en, row["email"] or "", tuple(sorted(view.roles)), groups)
    return found


def _taken(session: Session, ids: Collection[str]) -> dict[str, str]:
    """The users there are whose names are those of the sheet but for capitals, by what such names have in common."""
    table = model.user
    found = session.connection.scalars(select(table.c.id).where(table.c.lower_id.in_({particulars.same(one) for one in ids})))
    return {particulars.same(one): one for one in found}


def _parties(session: Session) -> dict[str, directory.PartyView]:
    return {party.key: party for party in directory.parties(session)}
