"""What the elements of a process are called in a sentence: by step number and name, else by what they are and what stands before them."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import replace

from engine.diagrams.elements import ACTIVITIES
from engine.diagrams.model import Element, Process
from engine.differences.pack import own_step
from engine.differences.words import Said, listed, named, plain, quoted

_NOUNS = {
    "task": Said("งาน", "task"),
    "userTask": Said("งาน", "task"),
    "manualTask": Said("งานนอกระบบ", "manual task"),
    "serviceTask": Said("งานอัตโนมัติ", "automatic task"),
    "sendTask": Said("การส่งข้อความ", "sending of a message"),
    "receiveTask": Said("การรอรับข้อความ", "receiving of a message"),
    "scriptTask": Said("การคำนวณ", "calculation"),
    "businessRuleTask": Said("การตัดสินใจตามตาราง", "decision by a table"),
    "callActivity": Said("กระบวนการย่อยที่เรียกใช้", "called process"),
    "subProcess": Said("กลุ่มงาน", "group of tasks"),
    "startEvent": Said("จุดเริ่มต้น", "start"),
    "endEvent": Said("จุดสิ้นสุด", "end"),
    "intermediateCatchEvent": Said("จุดรอเหตุการณ์", "waiting event"),
    "intermediateThrowEvent": Said("จุดแจ้งเหตุการณ์", "sending event"),
    "boundaryEvent": Said("เหตุการณ์ที่เกาะงาน", "event on a task"),
    "exclusiveGateway": Said("ทางเลือก", "choice"),
    "inclusiveGateway": Said("ทางเลือกหลายทาง", "choice of several"),
    "parallelGateway": Said("จุดแยกหรือรวมทางขนาน", "parallel gateway"),
    "complexGateway": Said("เกตเวย์ซับซ้อน", "complex gateway"),
    "eventBasedGateway": Said("จุดรอเหตุการณ์แรก", "wait for the first event"),
}
_EVENTS = {
    "timer": Said("ตัวจับเวลา", "timer"),
    "message": Said("ข้อความ", "message"),
    "signal": Said("สัญญาณ", "signal"),
    "error": Said("ข้อผิดพลาด", "error"),
    "escalation": Said("การส่งต่อเรื่อง", "escalation"),
    "conditional": Said("เงื่อนไข", "condition"),
}
_OPENED, _CLOSED = re.compile(r"(?<=[^\s(])“"), re.compile(r"”(?=[ก-๎])")
_MOST = 3  # elements that a sentence names


def noun(element: Element) -> Said:
    """What kind of thing it is."""
    kind = _NOUNS.get(element.type, Said(element.type, element.type))
    event = _EVENTS.get(element.events[0].kind) if element.events else None
    if element.type == "boundaryEvent" and event is not None:
        return event
    return Said(f"{kind.th} ({event.th})", f"{kind.en} ({event.en})") if event is not None else kind


def sentence(said: Said) -> Said:
    """As a sentence of its own: a space around what is quoted in Thai, which writes none between words; a capital in English."""
    return Said(_CLOSED.sub("” ", _OPENED.sub(" “", said.th)), said.en[:1].upper() + said.en[1:])


class Names:
    """What a process's elements are called."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.before: dict[str, list[str]] = {}
        self.after: dict[str, list[str]] = {}
        for flow in process.flows.values():
            self.before.setdefault(flow.target, []).append(flow.source)
            self.after.setdefault(flow.source, []).append(flow.target)
        for element in process.elements.values():
            if element.attached_to is not None:
                self.before.setdefault(element.id, []).append(element.attached_to)

    def name(self, key: str) -> Said:
        """Its name in both languages, empty where it has none."""
        element = self.process.elements[key]
        return named(plain(element.name), plain(element.name_en))

    def called(self, element: Element) -> Element:
        """The element with names: those it has, else what it is and where it stands."""
        if element.name or element.name_en:
            return element
        said = sentence(self.reference(element.id))
        return replace(element, name=said.th, name_en=said.en)

    def subject(self, key: str) -> Said:
        """Step and name, for the beginning of a sentence."""
        element, name = self.process.elements[key], self.name(key)
        if not name:
            return self.reference(key)
        called = quoted(name)
        if own_step(self.process, element):
            return Said(f"ขั้นตอนที่ {element.step} {called.th}", f"step {element.step} {called.en}")
        if element.type not in ACTIVITIES:
            called = Said(f"{noun(element).th} {called.th}", f"{noun(element).en} {called.en}")
        if element.step is not None:
            return Said(f"{called.th} (ขั้นตอนที่ {element.step})", f"{called.en} (step {element.step})")
        return called

    def reference(self, key: str) -> Said:
        """The shortest that says which it is."""
        element = self.process.elements.get(key)
        if element is None:
            return Said(key, key)
        if own_step(self.process, element):
            return Said(f"ขั้นตอนที่ {element.step}", f"step {element.step}")
        if name := self.name(key):
            return quoted(name)
        what, before = noun(element), self.known(key, self.before)
        if before:
            around = listed(self.reference(found) for found in before)
            return Said(f"{what.th}หลัง{around.th}", f"the {what.en} after {around.en}")
        if element.parent is not None:
            around = self.reference(element.parent)
            return Said(f"{what.th}ใน{around.th}", f"the {what.en} in {around.en}")
        return Said(f"{what.th}ของกระบวนการ", f"the {what.en} of the process")

    def known(self, key: str, beside: dict[str, list[str]], passed: Container[str] = ()) -> list[str]:
        """The nearest elements on one side that have a name or number of their own and are none of `passed`."""
        found: list[str] = []
        seen, ahead = {key}, list(beside.get(key, ()))
        while ahead and len(found) < _MOST:
            other = ahead.pop(0)
            element = self.process.elements.get(other)
            if other in seen or element is None:
                continue
            seen.add(other)
            if other not in passed and (element.name or own_step(self.process, element)):
                found.append(other)
            else:
                ahead.extend(beside.get(other, ()))
        return found
