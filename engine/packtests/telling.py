"""A process test in plain language, Thai and English: who does what, and what must be seen then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.dates import thai
from engine.differences.values import duration
from engine.forms import Form, schema
from engine.forms.view import fixed_options
from engine.packtests.model import NEXT_TIMER, Deed, Expected, Pair, ProcessTest, Step
from engine.packtests.words import Words

MOST = 4  # answers of one step
LONGEST = 60  # characters of an answer
STATES: Mapping[str, Pair] = {
    "ACTIVE": ("กระบวนการยังดำเนินอยู่", "the process goes on"),
    "SUSPENDED": ("กระบวนการถูกพักไว้", "the process is held"),
    "COMPLETED": ("กระบวนการจบ", "the process has ended"),
    "EXTERNALLY_TERMINATED": ("กระบวนการถูกยกเลิก", "the process was cancelled"),
    "INTERNALLY_TERMINATED": ("กระบวนการถูกหยุด", "the process was stopped"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One step: when and by whom what is done, what is answered, what must be seen. Each in Thai and English."""

    when: Pair | None
    who: Pair | None
    what: Pair | None
    answers: tuple[Pair, ...]
    seen: tuple[Pair, ...]


def told(test: ProcessTest, words: Words) -> tuple[Told, ...]:
    """The steps of a test, the start first."""
    return tuple(_Telling(test, words).step(step) for step in test.steps)


@dataclass(frozen=True, slots=True)
class _Telling:
    test: ProcessTest
    words: Words

    def step(self, step: Step) -> Told:
        form = self.words.starts.get(self.test.process) if step.deed is Deed.START else self.words.forms.get(step.of)
        return Told(_when(step), self._who(step.by), self._what(step), tuple(_answers(step, form)), tuple(self._seen(step.expected)))

    def _who(self, by: str | None) -> Pair | None:
        if by is None:
            return None
        groups = self.test.people.get(by)
        if not groups:
            return self.words.group(by)
        th, en = self.words.group(groups[0])
        alike = [name for name, many in self.test.people.items() if many == groups]
        number = f" {alike.index(by) + 1}" if len(alike) > 1 else ""
        return f"{th}{f' คนที่{number}' if number else ''}", f"{en}{number}"

    def _what(self, step: Step) -> Pair | None:
        if step.deed is None:
            return None
        if step.deed is Deed.START:
            return _said("เริ่ม", "Begin", self.words.process(self.test.process))
        if step.deed is Deed.MESSAGE:
            return f"ได้รับข้อความ “{step.of}”", f"The message “{step.of}” arrives"
        if step.deed is Deed.SIGNAL:
            return f"ส่งสัญญาณ “{step.of}”", f"The signal “{step.of}” is sent"
        th, en = self.words.element(step.of)
        return (f"{th} (ระบบภายนอก)", f"{en} (a worker outside)") if step.deed is Deed.EXTERNAL else (th, en)

    def _seen(self, expected: Expected) -> Iterator[Pair]:
        if expected.refused is not None:
            yield f"ระบบปฏิเสธ ({expected.refused})", f"it is refused ({expected.refused})"
        if expected.tasks:
            yield _said("งานที่รออยู่", "waiting", _joined(self._counted(expected.tasks)))
        elif expected.tasks is not None and expected.state != "COMPLETED":
            yield "ไม่มีงานรออยู่", "no task waits"
        if expected.passed:
            yield _said("ผ่าน", "passed", _joined([self.words.element(one) for one in expected.passed]))
        if expected.state is not None:
            yield STATES[expected.state]
        for text in expected.that:
            yield text, text
        if expected.documents:
            listed = ", ".join(f"{name} {number}" for name, number in expected.documents.items())
            yield f"เอกสาร {listed}", f"documents {listed}"
        if expected.incidents:
            yield _said("เหตุขัดข้องที่", "incidents at", _joined([self.words.element(one) for one in expected.incidents]))

    def _counted(self, tasks: Mapping[str, int]) -> list[Pair]:
        named = [(self.words.element(id), f" ×{number}" if number > 1 else "") for id, number in tasks.items()]
        return [(f"{th}{times}", f"{en}{times}") for (th, en), times in named]


def _when(step: Step) -> Pair | None:
    if step.at is not None:
        return thai.format_datetime(step.at), thai.format_datetime(step.at, locale="en")
    if step.after == NEXT_TIMER:
        return "เมื่อถึงกำหนดเวลาถัดไป", "when the next timer is due"
    if step.after is None:
        return None
    length = duration(step.after)
    return (f"อีก {length.th}", f"{length.en} later") if length is not None else (step.after, step.after)


def _answers(step: Step, form: Form | None) -> Iterator[Pair]:
    """What is answered, as the form calls it: choices alone, all else behind its title."""
    if step.fill is True:
        yield "คำตอบเป็นค่าตัวอย่าง", "with made-up answers"
    pairs = [_answer(name, value, form) for name, value in step.values.items()]
    yield from pairs[:MOST]
    if len(pairs) > MOST:
        yield f"และอีก {len(pairs) - MOST} ช่อง", f"and {len(pairs) - MOST} more fields"
    for name in step.fill if isinstance(step.fill, tuple) else ():
        yield _said("ค่าตัวอย่าง", "a sample", _title(name, form))


def _answer(name: str, value: Any, form: Form | None) -> Pair:
    field = form.properties.get(name, {}) if form is not None else {}
    words = zip(fixed_options(field, "th"), fixed_options(field, "en"), strict=True)
    chosen = {str(th.value): (th.title, en.title) for th, en in words}
    many = value if isinstance(value, list) else [value]
    if chosen:
        return _joined([chosen.get(str(one), (str(one), str(one))) for one in many])
    if isinstance(value, str) and field.get("format") == "date":
        shown = thai.format_date(value, "short"), thai.format_date(value, "short", locale="en")
    elif any(isinstance(one, dict | list) for one in many):
        shown = f"{len(many)} รายการ", f"{len(many)} rows"
    else:
        text = ", ".join(map(_plain, many))
        shown = (text[:LONGEST] + "…",) * 2 if len(text) > LONGEST else (text, text)
    th, en = _title(name, form)
    return f"{th}: {shown[0]}", f"{en}: {shown[1]}"


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _title(name: str, form: Form | None) -> Pair:
    field = form.properties.get(name, {}) if form is not None else {}
    return schema.title(field, "th", name), schema.title(field, "en", name)


def _said(th: str, en: str, what: Pair) -> Pair:
    return f"{th}: {what[0]}", f"{en}: {what[1]}"


def _joined(pairs: list[Pair]) -> Pair:
    return ", ".join(th for th, _en in pairs), ", ".join(en for _th, en in pairs)
