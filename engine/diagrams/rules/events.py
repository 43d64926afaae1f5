"""Events: which definitions each position may have, and what they need (BPMN 2.0.2, tables 10.84, 10.89, 10.90 and 10.88)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.diagrams.elements import EVENTS
from engine.diagrams.model import Element, EventDefinition
from engine.diagrams.rules.subject import Subject
from engine.errors import Problem

_ALLOWED = {
    "startEvent": {"message", "timer", "conditional", "signal"},
    "event sub-process": {"message", "timer", "conditional", "signal", "error", "escalation", "compensation"},
    "intermediateCatchEvent": {"message", "timer", "conditional", "signal", "link"},
    "intermediateThrowEvent": {"message", "signal", "escalation", "compensation", "link"},
    "boundaryEvent": {"message", "timer", "conditional", "signal", "error", "escalation", "cancel", "compensation"},
    "endEvent": {"message", "signal", "error", "escalation", "cancel", "compensation", "terminate"},
}
_NEEDS_DEFINITION = ("intermediateCatchEvent", "boundaryEvent")
_TOGETHER = ("message", "timer", "conditional", "signal")  # of a parallel multiple event
_CHANGES = {"create", "update", "delete"}  # of a variable that a condition reads
_THROWING = ("intermediateThrowEvent", "endEvent", "sendTask")


def check(subject: Subject) -> Iterator[Problem]:
    """Yield what is wrong with the events of a process."""
    for element in subject.process.elements.values():
        if element.type in EVENTS:
            yield from _position(subject, element)
        for event in element.events:
            yield from _needs(subject, element, event)
        if element.type == "receiveTask" and not element.events and not subject.noted("dangling-reference", element):
            report = subject.error if element.instantiate else subject.warning
            yield report(
                "message-without-name",
                element,
                f"The receive task names no message; it waits for one with its id as its name: {element.id!r}.",
                f"งานรับไม่ได้ระบุข้อความ จะรอข้อความชื่อเดียวกับ id ({element.id!r})",
            )
    yield from _links(subject)


def _position(subject: Subject, element: Element) -> Iterator[Problem]:
    around = subject.find(element.parent)
    in_event_sub_process = element.type == "startEvent" and around is not None and around.triggered_by_event
    allowed = _ALLOWED["event sub-process" if in_event_sub_process else element.type]
    for event in element.events:
        if event.kind not in allowed:
            yield subject.error(
                "event-not-allowed",
                element,
                f"A {element.type} cannot have a {event.kind} definition here.",
                f"{element.type} ใช้เหตุการณ์ชนิด {event.kind} ที่นี่ไม่ได้",
            )
        elif event.kind == "cancel" and not _in_transaction(subject, element):
            yield subject.error(
                "cancel-outside-transaction", element, "A cancel event belongs to a transaction.", "เหตุการณ์ยกเลิกใช้ได้กับธุรกรรมเท่านั้น"
            )
        elif event.kind in ("error", "cancel") and not element.interrupting and element.type in ("startEvent", "boundaryEvent"):
            yield subject.error(
                "must-interrupt", element, f"A catching {event.kind} event always interrupts.", f"เหตุการณ์ {event.kind} ต้องหยุดงานเสมอ"
            )
    yield from _together(subject, element)
    if element.type in _NEEDS_DEFINITION and not element.events and not subject.noted("dangling-reference", element):
        yield subject.error("event-without-definition", element, "The event does not say what it waits for.", "เหตุการณ์นี้ไม่ได้ระบุว่ารออะไร")


def _together(subject: Subject, element: Element) -> Iterator[Problem]:
    """What a link shares its event with, and what can be waited for together."""
    kinds = {event.kind for event in element.events}
    if "link" in kinds and len(element.events) > 1:
        yield subject.error("event-not-allowed", element, "A link event has no other definition beside it.", "เหตุการณ์ลิงก์มีนิยามอื่นร่วมด้วยไม่ได้")
    elif element.parallel_multiple and len(element.events) > 1 and not kinds <= set(_TOGETHER):
        yield subject.error(
            "event-not-allowed",
            element,
            "A parallel multiple event waits for messages, times, conditions and signals only.",
            "เหตุการณ์แบบหลายนิยามพร้อมกันรอได้เฉพาะข้อความ เวลา เงื่อนไข และสัญญาณ",
        )


def _in_transaction(subject: Subject, element: Element) -> bool:
    """Whether a cancel event is attached to, or ends within, a transaction."""
    owner = subject.find(element.attached_to) if element.type == "boundaryEvent" else subject.find(element.parent)
    while owner is not None and not owner.transaction and element.type == "endEvent":
        owner = subject.find(owner.parent)
    return owner is not None and owner.transaction


def _needs(subject: Subject, element: Element, event: EventDefinition) -> Iterator[Problem]:
    if subject.noted("dangling-reference", element):
        return
    works = element.work is not None and element.work.kind != "none"
    if event.kind in ("message", "signal") and not event.name and not works:
        yield subject.error(
            f"{event.kind}-without-name",
            element,
            f"The {event.kind} has no name, so nothing can be matched with it.",
            f"{'ข้อความ' if event.kind == 'message' else 'สัญญาณ'}ไม่มีชื่อ จึงจับคู่ไม่ได้",
        )
    elif event.kind in ("error", "escalation") and not event.code and element.type in _THROWING:
        yield subject.error(f"{event.kind}-without-code", element, f"A thrown {event.kind} needs a code.", f"การส่ง {event.kind} ต้องระบุรหัส")
    elif event.kind == "timer" and not (event.timer and event.expression):
        yield subject.error(
            "timer-without-time", element, "The timer has no date, duration or cycle.", "ตัวจับเวลาไม่ได้ระบุวันที่ ระยะเวลา หรือรอบ"
        )
    elif event.kind == "conditional" and not event.expression:
        yield subject.error("condition-missing", element, "The conditional event has no condition.", "เหตุการณ์เงื่อนไขไม่มีเงื่อนไข")
    elif unknown := sorted(set(event.changes) - _CHANGES):
        yield subject.error(
            "variable-events",
            element,
            f"A variable has the events create, update and delete, not {', '.join(unknown)}.",
            f"เหตุการณ์ของตัวแปรมี create, update และ delete เท่านั้น ไม่มี {', '.join(unknown)}",
        )


def _links(subject: Subject) -> Iterator[Problem]:
    """Each link thrown has exactly one catch of its name in its scope; a catch has at least one throw."""
    sides: dict[str, list[tuple[Element, tuple[str | None, str | None]]]] = {"intermediateThrowEvent": [], "intermediateCatchEvent": []}
    for element in subject.elements:
        for event in element.events:
            if event.kind != "link" or element.type not in sides:
                continue
            if event.name is None:
                yield subject.error("link-without-name", element, "A link event needs a name.", "เหตุการณ์ลิงก์ต้องมีชื่อ")
            else:
                sides[element.type].append((element, (element.parent, event.name)))
    catches = Counter(key for _, key in sides["intermediateCatchEvent"])
    throws = {key for _, key in sides["intermediateThrowEvent"]}
    for element, key in sides["intermediateThrowEvent"]:
        if catches[key] == 0:
            yield subject.error("link-without-pair", element, f"No link event catches {key[1]!r} here.", f"ไม่มีเหตุการณ์ลิงก์ที่รับ {key[1]!r}")
    for element, key in sides["intermediateCatchEvent"]:
        if key not in throws:
            yield subject.error("link-without-pair", element, f"No link event throws {key[1]!r} here.", f"ไม่มีเหตุการณ์ลิงก์ที่ส่ง {key[1]!r}")
        elif catches[key] > 1:
            yield subject.error(
                "link-caught-twice", element, f"Several link events catch {key[1]!r}.", f"มีเหตุการณ์ลิงก์รับ {key[1]!r} มากกว่าหนึ่ง"
            )
