"""Literal times: ISO 8601 dates, durations and cycles, as timers, due dates and retries write them (CONTRACT: Diagrams from elsewhere)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache

from engine.diagrams.model import Element
from engine.diagrams.rules.expressions import is_expression
from engine.diagrams.rules.subject import Subject
from engine.errors import LanguageError, Problem
from engine.language.timers import is_cron, parse_timer
from engine.language.times import parse_date, parse_datetime, parse_duration

_SOME_DAY = datetime(1970, 1, 1, tzinfo=UTC)  # before any date that is written
_BUDDHIST = 2400  # a CE year from here on is a พ.ศ. year written by mistake
_REPEAT = re.compile(r"R(\d{0,6})")
_DAYS = re.compile(r"\d{1,4}(\s*,\s*\d{1,4})*")


def check(subject: Subject) -> Iterator[Problem]:
    """Yield literal times that are none."""
    for element in subject.process.elements.values():
        for what, kind, text in _times(element):
            if is_expression(text):
                continue
            wrong = _timer(kind, text) if what == "timer" else fault(kind, text)
            if wrong is not None:
                yield subject.error("timer-syntax", element, f"The {what} {text!r} {wrong[0]}.", f"{what} {text!r} {wrong[1]}")


def fault(kind: str, text: str) -> tuple[str, str] | None:
    """What is wrong with a literal time, in English and Thai. `kind`: date, duration, cycle, moment (date or duration), retries, days."""
    text = text.strip()
    if kind == "days":
        return None if _DAYS.fullmatch(text) else ("is not a number of working days", "ไม่ใช่จำนวนวันทำการ")
    if kind == "cycle":
        return _cycle(text)
    if kind == "retries":
        return None if _REPEAT.fullmatch(text) or text.isdecimal() else _cycle(text)
    if kind == "duration" or (kind == "moment" and text.startswith(("P", "-P", "+P"))):
        return _duration(text)
    return _date(text)


def _times(element: Element) -> Iterator[tuple[str, str, str]]:
    for event in element.events:
        if event.kind == "timer" and event.timer and event.expression:
            yield "timer", event.timer, event.expression
    if element.human is not None:
        human = element.human
        for what, kind, text in (
            ("due date", "moment", human.due),
            ("follow-up date", "moment", human.follow_up),
            ("reminder", "days", human.remind),
            ("escalation", "days", human.escalate),
        ):
            if text:
                yield what, kind, text
    if element.work is not None and element.work.retries:
        for text in element.work.retries.split(","):  # Camunda allows a list of waits
            yield "retries", "moment" if text.strip().startswith("P") else "retries", text


@lru_cache(maxsize=256)  # the same few durations stand everywhere
def _timer(kind: str, text: str) -> tuple[str, str] | None:
    if kind == "duration":
        useless = _useless(kind, text)  # reads it too, once
        return (fault(kind, text) or useless) if useless else None
    return fault(kind, text) or _useless(kind, text)


def _useless(kind: str, text: str) -> tuple[str, str] | None:
    """What is written right and cannot be waited for: no rounds, rounds without time between them."""
    try:
        parse_timer(kind, text.strip(), _SOME_DAY)
    except LanguageError as error:
        return f"cannot be waited for: {error.message}", "ใช้เป็นตัวจับเวลาไม่ได้: ไม่มีรอบ หรือไม่มีเวลาระหว่างรอบ"
    return None


def _date(text: str) -> tuple[str, str] | None:
    try:
        found: date = parse_datetime(text) if "T" in text else parse_date(text)
    except ValueError:
        return "is not an ISO 8601 date, such as 2009-06-30T16:30:00", "ไม่ใช่วันที่แบบ ISO 8601 เช่น 2009-06-30T16:30:00"
    if found.year >= _BUDDHIST:
        return (
            f"looks like a Buddhist year; write {found.year - 543} for {found.year}",
            f"ดูเหมือนเป็นปี พ.ศ. โปรดเขียนเป็น ค.ศ. {found.year - 543}",
        )
    return None


def _duration(text: str) -> tuple[str, str] | None:
    try:
        parse_duration(text)
    except ValueError:
        return "is not an ISO 8601 duration, such as P3D or PT10M", "ไม่ใช่ระยะเวลาแบบ ISO 8601 เช่น P3D หรือ PT10M"
    return None


def _cycle(text: str) -> tuple[str, str] | None:
    """`R3/PT10M`, `R/2009-06-01T08:30:00/P1D`, `R2/P1D/2009-06-30`; not cron."""
    parts = text.split("/")
    if is_cron(text):
        return (
            "is a cron text, which is not read; write a repetition of ISO 8601: R/PT1H (each hour), R/2009-06-01T09:00:00/P1D (each day at "
            "nine), R/2009-06-01T09:00:00/P1W (each Monday), R/2009-06-01T09:00:00/P1M (on the first of each month)",
            "เป็นข้อความแบบ cron ซึ่งระบบไม่รองรับ โปรดเขียนรอบแบบ ISO 8601: R/PT1H (ทุกชั่วโมง), R/2009-06-01T09:00:00/P1D (ทุกวันเวลา 9 นาฬิกา), "
            "R/2009-06-01T09:00:00/P1W (ทุกวันจันทร์), R/2009-06-01T09:00:00/P1M (วันที่ 1 ของทุกเดือน)",
        )
    if not _REPEAT.fullmatch(parts[0]) or len(parts) not in (2, 3):
        return "is not an ISO 8601 cycle, such as R3/PT10M", "ไม่ใช่รอบแบบ ISO 8601 เช่น R3/PT10M"
    durations = [part for part in parts[1:] if part.startswith("P")]
    if len(durations) != 1:
        return "needs exactly one duration, as in R3/PT10M", "ต้องมีระยะเวลาหนึ่งค่า เช่น R3/PT10M"
    for part in parts[1:]:
        wrong = _duration(part) if part.startswith("P") else _date(part)
        if wrong is not None:
            return wrong
    return None
