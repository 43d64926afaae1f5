"""Gateways: what leaves them and whether a way is always open (BPMN 2.0.2, 10.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.diagrams.elements import GATEWAYS
from engine.diagrams.model import Element
from engine.diagrams.rules.subject import Subject, describe
from engine.errors import Problem

_OPPOSITES = (("==", "!="), (">=", "<"), ("<=", ">"))
_AWAITED = ("message", "timer", "signal", "conditional")


def check(subject: Subject) -> Iterator[Problem]:
    """Yield what is wrong with the gateways of a process."""
    for element in subject.process.elements.values():
        if element.type not in GATEWAYS:
            continue
        if not element.outgoing and (
            len(element.incoming) < 2 or element.type == "eventBasedGateway"
        ):  # a join may be the end of its paths
            yield subject.error("gateway-without-flows", element, "No flow leaves this gateway.", "ไม่มีเส้นออกจากเกตเวย์นี้")
        elif element.type in ("exclusiveGateway", "inclusiveGateway"):
            yield from _decision(subject, element)
        elif element.type == "eventBasedGateway":
            yield from _event_gateway(subject, element)


def _decision(subject: Subject, gateway: Element) -> Iterator[Problem]:
    flows = subject.flows(gateway.outgoing)
    if len(flows) < 2:
        return
    others = [flow for flow in flows if flow.id != gateway.default]
    open_flows = [flow for flow in others if not flow.condition]
    if gateway.type == "exclusiveGateway" and len(open_flows) > (gateway.default is None):
        # one flow without a condition is taken where no other is, as the default is; a second such flow never
        yield subject.warning(
            "flow-without-condition",
            gateway,
            "Several flows without a condition leave this gateway; only the default or the first of them is ever taken.",
            "มีเส้นที่ไม่มีเงื่อนไขมากกว่าหนึ่ง จะเลือกเฉพาะเส้น default หรือเส้นแรกเท่านั้น",
        )
    if not open_flows and gateway.default is None and not _complete([flow.condition or "" for flow in flows]):
        yield subject.warning(
            "no-way-out",
            gateway,
            "If none of the conditions holds, the process cannot go on; mark one flow as default.",
            "ถ้าไม่มีเงื่อนไขใดเป็นจริง กระบวนการจะไปต่อไม่ได้ โปรดกำหนดเส้น default",
        )


def _complete(conditions: list[str]) -> bool:
    """Whether two of the conditions are plainly each other's opposite, so that one always holds."""
    texts = {_plain(condition) for condition in conditions}
    return any(opposite in texts for text in texts for opposite in _opposites(text)) or "true" in {text.lower() for text in texts}


def _plain(condition: str) -> str:
    text = condition.strip()
    wrapped = re.fullmatch(r"[$#]\{(.*)\}", text, re.DOTALL)
    text = wrapped.group(1) if wrapped else text.removeprefix("=")
    return re.sub(r"\s+", " ", text).strip()


def _opposites(text: str) -> Iterator[str]:
    """Ways to write the opposite of a condition; only those nobody could read otherwise."""
    yield from (f"not {text}", f"not({text})", f"not ({text})", f"!{text}", f"! {text}", f"!({text})")
    if any(word in text for word in (" and ", " or ", "&&", "||")):
        return
    if " = " in text:  # FEEL's equality
        yield text.replace(" = ", " != ")
    for one, other in _OPPOSITES:
        if one in text:
            yield text.replace(one, other)
    for word, other in (("true", "false"), ("True", "False")):
        if text.endswith(f"= {word}"):
            yield f"{text.removesuffix(word)}{other}"


def _event_gateway(subject: Subject, gateway: Element) -> Iterator[Problem]:
    if len(gateway.outgoing) < 2:
        yield subject.warning(
            "event-gateway-alone",
            gateway,
            "An event-based gateway chooses between at least two events.",
            "เกตเวย์แบบเหตุการณ์ควรมีทางเลือกอย่างน้อยสองทาง",
        )
    for flow in subject.flows(gateway.outgoing):
        target = subject.find(flow.target)
        if target is None:
            continue
        awaited = target.type == "receiveTask" or (
            target.type == "intermediateCatchEvent" and all(event.kind in _AWAITED for event in target.events)
        )
        if awaited and (target.loop is not None or subject.boundaries.get(target.id)):
            yield subject.error(
                "event-gateway-target",
                target,
                f"{describe(target)} follows an event-based gateway; it cannot be repeated nor have events attached.",
                "งานรับหลังเกตเวย์แบบเหตุการณ์ต้องไม่ทำซ้ำและต้องไม่มีเหตุการณ์ขอบ",
            )
        if not awaited:
            yield subject.error(
                "event-gateway-target",
                target,
                f"{describe(target)} follows an event-based gateway; only catching message, timer, signal and conditional "
                "events and receive tasks may.",
                "หลังเกตเวย์แบบเหตุการณ์ต้องเป็นเหตุการณ์รับ (ข้อความ เวลา สัญญาณ เงื่อนไข) หรืองานรับเท่านั้น",
            )
        elif any(other.source != gateway.id for other in subject.flows(target.incoming)):
            yield subject.error(
                "event-gateway-target",
                target,
                f"{describe(target)} follows an event-based gateway; no other flow may lead there.",
                "มีเส้นอื่นเข้าสู่เหตุการณ์ที่ต่อจากเกตเวย์แบบเหตุการณ์",
            )
