"""Sequence flows: their ends, defaults and conditions (BPMN 2.0.2, 8.4.13 and 10.6)."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.model import Element, Flow
from engine.diagrams.rules.subject import Subject, describe
from engine.errors import Problem

_UNDECIDED = ("parallelGateway", "eventBasedGateway")  # take their flows whatever a condition says
_WITHOUT_DEFAULT = (*_UNDECIDED, "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent")


def check(subject: Subject) -> Iterator[Problem]:
    """Yield what is wrong with the flows of a process."""
    for flow in subject.process.flows.values():
        yield from _ends(subject, flow)
    for element in subject.process.elements.values():
        yield from _at(subject, element)
        if element.default is not None:
            yield from _default(subject, element)


def _ends(subject: Subject, flow: Flow) -> Iterator[Problem]:
    ends = {}
    for side, key in (("source", flow.source), ("target", flow.target)):
        ends[side] = subject.find(key)
        if ends[side] is None:
            yield subject.error(
                "dangling-reference",
                flow,
                f"The flow's {side} {key!r} is not an element of its process.",
                f"{'ต้นทาง' if side == 'source' else 'ปลายทาง'}ของเส้น ({key!r}) ไม่ใช่องค์ประกอบในกระบวนการเดียวกัน",
            )
    source, target = ends["source"], ends["target"]
    if source is not None and target is not None and source.parent != target.parent:
        yield subject.error(
            "crosses-scope",
            flow,
            f"The flow from {describe(source)} to {describe(target)} crosses a sub-process's edge.",
            "เส้นลากข้ามขอบของกระบวนการย่อย",
        )
    if flow.condition and source is not None and source.type in _UNDECIDED:
        yield subject.warning(
            "condition-ignored",
            flow,
            f"The condition is not looked at: {describe(source)} decides nothing.",
            f"เงื่อนไขนี้ไม่มีผล เพราะ {describe(source)} ไม่ได้เลือกทาง",
        )


def _at(subject: Subject, element: Element) -> Iterator[Problem]:
    if element.type == "startEvent" and element.incoming:
        yield subject.error("start-with-incoming", element, "A flow leads into a start event.", "มีเส้นเข้าสู่เหตุการณ์เริ่มต้น")
    if element.type == "boundaryEvent" and element.incoming:
        yield subject.error("boundary-with-incoming", element, "A flow leads into a boundary event.", "มีเส้นเข้าสู่เหตุการณ์ขอบ")
    if element.type == "endEvent" and element.outgoing:
        yield subject.error("end-with-outgoing", element, "A flow leaves an end event.", "มีเส้นออกจากเหตุการณ์สิ้นสุด")
    links = any(event.kind == "link" for event in element.events)
    if links and (element.outgoing if element.type == "intermediateThrowEvent" else element.incoming):
        yield subject.error(
            "link-with-flow",
            element,
            "A link is the flow: none leaves the event that throws it, none leads to the one that catches it.",
            "ลิงก์คือเส้นเชื่อมอยู่แล้ว เหตุการณ์ที่ส่งต้องไม่มีเส้นออก เหตุการณ์ที่รับต้องไม่มีเส้นเข้า",
        )
    if element.triggered_by_event and (element.incoming or element.outgoing):
        yield subject.error(
            "event-sub-process-with-flow",
            element,
            "An event sub-process has no flows of its own.",
            "กระบวนการย่อยแบบเหตุการณ์ต้องไม่มีเส้นเข้าหรือออก",
        )
    if element.for_compensation and (element.incoming or element.outgoing):
        yield subject.error(
            "compensation-with-flow", element, "An activity for compensation has no flows of its own.", "งานสำหรับชดเชยต้องไม่มีเส้นเข้าหรือออก"
        )


def _default(subject: Subject, element: Element) -> Iterator[Problem]:
    if element.type in _WITHOUT_DEFAULT:
        yield subject.error(
            "default-not-allowed", element, f"A {element.type} has no default flow.", f"{element.type} มีเส้นทางเริ่มต้น (default) ไม่ได้"
        )
    elif element.default not in element.outgoing:
        yield subject.error(
            "default-not-outgoing",
            element,
            f"The default flow {element.default!r} does not leave this element.",
            f"เส้น default {element.default!r} ไม่ได้ออกจากองค์ประกอบนี้",
        )
    elif subject.process.flows[element.default].condition:
        yield subject.warning(
            "condition-on-default", element, "The default flow's condition is not looked at.", "เงื่อนไขบนเส้น default ไม่มีผล"
        )
