"""Two versions of schedule.toml: when the steps open and are due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from engine.dates.thai import BE_OFFSET
from engine.differences.model import Change, Kind
from engine.differences.naming import sentence
from engine.differences.pack import Pack
from engine.differences.structures import Turn, told, turns
from engine.differences.values import value, working_days
from engine.differences.words import Said, alike, quoted

_LABELS: Mapping[str, Said] = {
    "start": Said("วันเริ่มโครงการ", "first day of the project"),
    "year": Said("ปี", "year"),
    "closes_at": Said("เวลาปิดของวันสุดท้าย", "hour at which the last day ends"),
    "closing_step": Said("ขั้นตอนที่ปิดรับเมื่อครบกำหนด", "step that closes when it is due"),
    "reminders.before": Said("เตือนก่อนถึงกำหนด", "reminder before a task is due"),
    "reminders.after": Said("แจ้งเมื่อเลยกำหนด", "escalation after a task was due"),
    "reminders.escalate_to": Said("ผู้รับแจ้งเมื่อเลยกำหนด", "who is told when a task is overdue"),
}
_SIDES = {"opens": Said("วันเปิด", "first day"), "closes": Said("กำหนดส่ง", "due date")}
_ANY_YEAR = "2000-"  # a leap year: every day of a year without one
_ANY_DAY = "MM-DD"
_FEW = 4  # steps that are told one by one though all moved alike


def changes(old: Mapping[str, Any], new: Mapping[str, Any], before: Pack, after: Pack) -> Iterator[Change]:
    """What moved, was added or taken away."""
    then, now = ({str(key): entry for key, entry in side.get("windows", {}).items()} for side in (old, new))
    yield from _windows(then, now, before, after)
    rest = [{key: entry for key, entry in side.items() if key != "windows"} for side in (old, new)]
    for turn in turns(rest[0], rest[1]):
        yield _other(turn, before, after)


def _windows(then: Mapping[str, Any], now: Mapping[str, Any], before: Pack, after: Pack) -> Iterator[Change]:
    moved = list(turns(then, now))
    if len(moved) > _FEW and len(moved) == len(list(_leaves(then))) == len(list(_leaves(now))):
        shifts, years = {_shift(turn) for turn in moved}, {_years(turn) for turn in moved}
        if len(shifts) == 1 and (shift := shifts.pop()) is not None:
            yield _all(*shift)
            return
        if len(years) == 1 and (turned := years.pop()) is not None:
            yield _dated(turned[1])
            moved = [replace(turn, before=_put(turn.before, turned[1])) for turn in moved if _put(turn.before, turned[1]) != turn.after]
    for turn in moved:
        yield _window(turn, before, after)


def _leaves(table: Mapping[str, Any]) -> Iterator[Any]:
    for entry in table.values():
        yield from entry.values() if isinstance(entry, Mapping) else (entry,)


def _all(years: int, days: int) -> Change:
    number, thai, english = (years, "ปี", "year") if years else (days, "วัน", "day")
    many, later = abs(number), number > 0
    return Change(
        Kind.CHANGED,
        "window",
        Said(
            f"เลื่อนกำหนดการทุกขั้นตอน{'ออกไป' if later else 'เข้ามา'} {many} {thai}",
            f"All steps are scheduled {many} {english}{'' if many == 1 else 's'} {'later' if later else 'earlier'}",
        ),
    )


def _dated(year: str) -> Change:
    said = Said("กำหนดการทุกขั้นตอนเป็นวันตามปีของแต่ละโครงการ", "All steps are scheduled in each project's own year")
    if year:
        said = Said(
            f"กำหนดการทุกขั้นตอนเป็นวันของปี {int(year) + BE_OFFSET} ไม่ว่าโครงการเริ่มเมื่อใด",
            f"All steps are scheduled for days of {year}, whenever a project starts",
        )
    return Change(Kind.CHANGED, "window", said)


def _window(turn: Turn, before: Pack, after: Pack) -> Change:
    step, side = turn.path[0], turn.path[1] if len(turn.path) > 1 else ""
    name = (before if turn.kind is Kind.REMOVED else after).steps.get(step)
    of = Said(f"ขั้นตอนที่ {step}", f"step {step}")
    if name:
        of = Said(f"{of.th} {quoted(name).th}", f"{of.en} {quoted(name).en}")
    if turn.kind is Kind.CHANGED and side in _SIDES:
        told_before, told_after = value(turn.before), value(turn.after)
        said = Said(
            f"{_SIDES[side].th}ของ{of.th} เลื่อนจาก {told_before.th} เป็น {told_after.th}",
            f"{_SIDES[side].en} of {of.en} moved from {told_before.en} to {told_after.en}",
        )
        return _stepped(Change(turn.kind, side, sentence(said), told_before, told_after), step, name)
    what = _SIDES.get(side, alike(" ".join(turn.path[1:])) if len(turn.path) > 1 else Said("กำหนดการ", "schedule"))
    label = Said(f"{what.th}ของ{of.th}", f"{what.en} of {of.en}")
    return _stepped(told(turn, label, side or "window"), step, name)


def _stepped(change: Change, step: str, name: Said | None) -> Change:
    return Change(change.kind, change.aspect, change.sentence, change.before, change.after, name=name, step=step)


def _other(turn: Turn, before: Pack, after: Pack) -> Change:
    label = _LABELS.get(".".join(turn.path))
    if label is None:
        return told(turn, alike(" › ".join(turn.path)), turn.path[0])
    if turn.kind is Kind.CHANGED and turn.path[0] == "reminders":
        tell = (lambda pack, found: pack.party(str(found))) if turn.path[-1] == "escalate_to" else (lambda pack, found: working_days(found))
        words = tell(before, turn.before), tell(after, turn.after)
        said = Said(f"{label.th} {words[0].th} → {words[1].th}", f"{label.en} {words[0].en} → {words[1].en}")
        return Change(turn.kind, "remind", sentence(said), *words)
    return told(turn, label, turn.path[0])


def _shift(turn: Turn) -> tuple[int, int] | None:
    """By how many years, else days, something moved, if both are days, either both of a year or both of any."""
    before, after = str(turn.before), str(turn.after)
    then, now = _day(before), _day(after)
    if then is None or now is None or len(before) != len(after):
        return None
    if (then.month, then.day) == (now.month, now.day):
        return now.year - then.year, 0
    return 0, (now - then).days


def _years(turn: Turn) -> tuple[str, str] | None:
    """The years before and after, one of which is none: '' stands for days of every year."""
    before, after = str(turn.before), str(turn.after)
    if _day(before) is None or _day(after) is None:
        return None
    years = before[: -len(_ANY_DAY)][:4], after[: -len(_ANY_DAY)][:4]
    return years if bool(years[0]) != bool(years[1]) else None


def _put(day: str, year: str) -> str:
    return f"{year}-{day[-len(_ANY_DAY) :]}" if year else day[-len(_ANY_DAY) :]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(_ANY_YEAR + text if len(text) == len(_ANY_DAY) else text[:10])
    except ValueError:
        return None
