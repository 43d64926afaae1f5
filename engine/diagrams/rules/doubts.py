"""What the standard allows and hardly anybody means, or forbids and we read all the same: warnings."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.model import Element
from engine.diagrams.rules.subject import Subject, describe
from engine.errors import Problem


def check(subject: Subject) -> Iterator[Problem]:
    """Yield doubts about a process."""
    yield from _same_flows(subject)
    yield from _unused_handlers(subject)
    caught: dict[tuple[str | None, str, str | None], Element] = {}
    for element in subject.process.elements.values():
        yield from _caught_twice(subject, element, caught)
        if element.type == "eventBasedGateway":
            yield from _mixed(subject, element)
        if element.loop is not None and element.loop.kind == "loop" and not (element.loop.loop_condition or element.loop.maximum):
            yield subject.warning(
                "loop-once",
                element,
                "The loop has neither a condition nor a maximum: it is done once.",
                "การวนซ้ำไม่มีเงื่อนไขและไม่มีจำนวนสูงสุด จึงทำเพียงครั้งเดียว",
            )


def _same_flows(subject: Subject) -> Iterator[Problem]:
    """Two flows the same way are two tokens, or a choice of nothing."""
    seen: set[tuple[str, str, str | None]] = set()
    for flow in subject.process.flows.values():
        key = (flow.source, flow.target, (flow.condition or "").strip() or None)
        source = subject.find(flow.source)
        if key in seen and source is not None:
            yield subject.warning(
                "duplicate-flow",
                flow,
                f"Another flow leads from {describe(source)} the same way, on the same condition.",
                f"มีเส้นอื่นจาก {describe(source)} ไปทางเดียวกันด้วยเงื่อนไขเดียวกัน",
            )
        seen.add(key)


def _unused_handlers(subject: Subject) -> Iterator[Problem]:
    """An activity for compensation that no event leads to never runs."""
    used = {element.compensation_handler for element in subject.process.elements.values()}
    for element in subject.process.elements.values():
        if element.for_compensation and element.id not in used and not element.triggered_by_event:
            yield subject.warning(
                "compensation-unused",
                element,
                "No compensation event is associated with this activity, so it never runs.",
                "ไม่มีเหตุการณ์ชดเชยเชื่อมกับงานนี้ จึงไม่มีวันทำงาน",
            )


def _caught_twice(subject: Subject, element: Element, caught: dict[tuple[str | None, str, str | None], Element]) -> Iterator[Problem]:
    """Of two that catch the same error or escalation of the same activity, one never does."""
    around = subject.find(element.parent)
    if element.type == "boundaryEvent":
        activity = element.attached_to
    elif element.type == "startEvent" and around is not None and around.triggered_by_event:
        activity = f"in {around.parent}"
    else:
        return
    for event in element.events:
        if event.kind not in ("error", "escalation", "cancel"):
            continue
        key = (activity, event.kind, event.code)
        first = caught.setdefault(key, element)
        if first is not element:
            yield subject.warning(
                "caught-twice",
                element,
                f"{describe(first)} catches the same {event.kind}; only one of them ever does.",
                f"{describe(first)} รับ {event.kind} เดียวกันอยู่แล้ว จะมีเพียงหนึ่งที่ทำงาน",
            )


def _mixed(subject: Subject, gateway: Element) -> Iterator[Problem]:
    """Events that catch messages and receive tasks are not to follow the same gateway (10.6.6)."""
    targets = [target for flow in subject.flows(gateway.outgoing) if (target := subject.find(flow.target)) is not None]
    receives = any(target.type == "receiveTask" for target in targets)
    if receives and any(event.kind == "message" for target in targets if target.type != "receiveTask" for event in target.events):
        yield subject.warning(
            "event-gateway-mixed",
            gateway,
            "Message events and receive tasks follow the same gateway; the standard wants one kind. Both are executed.",
            "หลังเกตเวย์นี้มีทั้งเหตุการณ์ข้อความและงานรับ มาตรฐานให้ใช้อย่างใดอย่างหนึ่ง ระบบดำเนินการทั้งสองแบบ",
        )
