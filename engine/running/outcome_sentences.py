"""What a repair does, in sentences a person reads before saying yes: Thai and English. The same words for what would be and what was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.dates.thai import format_date
from engine.states import InstanceState

if TYPE_CHECKING:
    from engine.running.outcomes import Effect

ENDS = {
    "task": ("งาน “{name}”{of} สิ้นสุดลงโดยไม่ได้ทำให้เสร็จ", "Task “{name}”{of} ends without being done."),
    "timer": ("กำหนดเวลา “{name}”{due} ถูกยกเลิก", "The date of “{name}”{due} is dropped."),
    "work": ("ขั้นตอนอัตโนมัติ “{name}” จะไม่ทำต่อ", "The automatic step “{name}” is not carried out any more."),
    "message": ("เลิกรอข้อความ “{name}”", "The message of “{name}” is no longer waited for."),
    "signal": ("เลิกรอสัญญาณ “{name}”", "The signal of “{name}” is no longer waited for."),
    "conditional": ("เลิกรอเงื่อนไข “{name}”", "The condition of “{name}” is no longer waited for."),
    "outside": ("งานของระบบภายนอก “{name}”{whose} ถูกยกเลิก", "Work outside, “{name}”{whose}, is withdrawn."),
    "called": ("กระบวนการย่อย “{name}”{whose} สิ้นสุดลง", "The called process “{name}”{whose} ends."),
    "incident": ("เหตุขัดข้องปิดลง: {name}", "The incident is closed: {name}"),
}
BEGINS = {
    "task": ("เปิดงาน “{name}”{to}", "Task “{name}” opens{to}."),
    "timer": ("ตั้งกำหนดเวลา “{name}”{due}", "The date of “{name}”{due} is set."),
    "work": ("ขั้นตอนอัตโนมัติ “{name}” จะทำต่อไป", "The automatic step “{name}” is carried out next."),
    "message": ("เริ่มรอข้อความ “{name}”", "The message of “{name}” is waited for."),
    "signal": ("เริ่มรอสัญญาณ “{name}”", "The signal of “{name}” is waited for."),
    "conditional": ("เริ่มรอเงื่อนไข “{name}”", "The condition of “{name}” is waited for."),
    "outside": ("เปิดงานของระบบภายนอก “{name}”{whose}", "Work outside, “{name}”{whose}, is offered."),
    "called": ("เริ่มกระบวนการย่อย “{name}”{whose}", "The called process “{name}”{whose} begins."),
    "incident": ("เกิดเหตุขัดข้อง: {name}", "Something goes wrong: {name}"),
}
PASSES = ("ผ่านขั้นตอน “{name}” ซึ่งมีผลทันที", "“{name}” is carried out on the way.")
STATES = {
    InstanceState.COMPLETED: ("กระบวนการนี้จบลง", "The process comes to its end."),
    InstanceState.EXTERNALLY_TERMINATED: ("ไม่เหลืองานใดในกระบวนการนี้ กระบวนการถูกยกเลิก", "Nothing is left of the process: it is cancelled."),
    InstanceState.INTERNALLY_TERMINATED: ("กระบวนการนี้ถูกหยุดโดยแผนภาพของตนเอง", "The process is stopped by its own diagram."),
    InstanceState.SUSPENDED: ("กระบวนการยังถูกพักไว้ งานใหม่จะถูกพักไว้ด้วย", "The process stays suspended, and what begins is suspended with it."),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that happens. `kind`: ends, begins, passes, sets, state, trouble, nothing."""

    kind: str
    th: str
    en: str


def sentences(
    ends: Sequence[Effect], begins: Sequence[Effect], passes: Sequence[Effect], variables: Sequence[str], state: str
) -> tuple[Sentence, ...]:
    """All that happens, what ends first; the same thing many times is one sentence with its number."""
    told = [_said("ends", effect, ENDS[effect.kind]) for effect in ends]
    told += [_said("passes", effect, PASSES) for effect in passes]
    told += [_said("trouble" if effect.kind == "incident" else "begins", effect, BEGINS[effect.kind]) for effect in begins]
    if variables:
        names = ", ".join(variables)
        told.insert(0, Sentence("sets", f"กำหนดค่าตัวแปร {names}", f"Variables are set: {names}."))
    if state in STATES:
        told.append(Sentence("state", *STATES[InstanceState(state)]))
    return tuple(_counted(told)) or (Sentence("nothing", "ไม่มีสิ่งใดเปลี่ยนแปลง", "Nothing changes."),)


def _said(kind: str, effect: Effect, words: tuple[str, str]) -> Sentence:
    th, en = effect.whose or ("", "")
    day_th, day_en = ("", "") if effect.due is None else (_day(effect.due, "th"), _day(effect.due, "en"))
    in_thai = {"of": _thai("ของ", th), "to": _thai("ให้", th), "whose": th and f" ({th})", "due": day_th}
    in_english = {"of": en and f" of {en}", "to": en and f" for {en}", "whose": en and f" ({en})", "due": day_en}
    return Sentence(kind, words[0].format(name=effect.name, **in_thai), words[1].format(name=effect.name_en or effect.name, **in_english))


def _thai(word: str, name: str) -> str:
    """The word before a name; a space parts it from what is not written in Thai."""
    return name and f" {word}{' ' if name[0].isascii() else ''}{name}"


def _day(due: str, locale: str) -> str:
    return f" ({format_date(due, 'weekday', locale=locale)})"


def _counted(told: Iterable[Sentence]) -> Iterable[Sentence]:
    for one, number in Counter(told).items():
        yield one if number == 1 else Sentence(one.kind, f"{one.th} ({number} รายการ)", f"{one.en} ({number} times)")
