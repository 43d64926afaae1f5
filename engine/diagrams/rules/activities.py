"""Activities: what a repeated one needs, token quantities, and what may start a process (BPMN 2.0.2, 10.3, 10.3.8 and 10.6.6)."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.model import Element
from engine.diagrams.rules.subject import Subject, describe
from engine.errors import Problem

MOST_TOKENS = 10_000  # of one activity


def check(subject: Subject) -> Iterator[Problem]:
    """Yield what is wrong with the activities of a process, and with gateways that start it."""
    for element in subject.process.elements.values():
        loop = element.loop
        if loop is not None and loop.kind != "loop" and not (loop.cardinality or loop.collection):
            yield subject.error(
                "loop-without-count",
                element,
                "The multi-instance activity says neither how many instances it has nor what collection it goes through.",
                "งานแบบหลายรายการไม่ได้ระบุจำนวนหรือรายการที่จะทำซ้ำ",
            )
        if not all(1 <= quantity <= MOST_TOKENS for quantity in (element.start_quantity, element.completion_quantity)):
            yield subject.error(
                "wrong-number",
                element,
                f"startQuantity and completionQuantity are whole numbers from 1 to {MOST_TOKENS:,}.",
                f"startQuantity และ completionQuantity ต้องเป็นจำนวนเต็มตั้งแต่ 1 ถึง {MOST_TOKENS:,}",
            )
        if element.instantiate:
            yield from _starting(subject, element)


def _starting(subject: Subject, element: Element) -> Iterator[Problem]:
    sources = [subject.find(flow.source) for flow in subject.flows(element.incoming)]
    if element.parent is not None or any(source is None or source.type != "startEvent" or source.events for source in sources):
        yield subject.error(
            "instantiate-not-at-start",
            element,
            "What starts the process stands at its beginning: nothing leads there but a start event without a trigger.",
            "องค์ประกอบที่เริ่มกระบวนการ (instantiate) ต้องอยู่ต้นกระบวนการ",
        )
    for flow in subject.flows(element.outgoing) if element.type == "eventBasedGateway" else ():
        target = subject.find(flow.target)
        if target is not None and any(event.kind not in ("message", "signal") for event in target.events):
            yield subject.error(
                "event-gateway-target",
                target,
                f"{describe(target)} follows a gateway that starts the process; only messages and signals may.",
                "หลังเกตเวย์ที่เริ่มกระบวนการต้องเป็นข้อความหรือสัญญาณเท่านั้น",
            )
