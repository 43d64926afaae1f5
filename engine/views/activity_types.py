"""What clients call the kinds of elements: Camunda 7's activity types, which name an event by its place and by what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.diagrams.model import Element

STARTS = {
    "timer": "startTimerEvent", "message": "messageStartEvent", "signal": "signalStartEvent", "conditional": "conditionalStartEvent",
    "error": "errorStartEvent", "escalation": "escalationStartEvent", "compensation": "compensationStartEvent",
}  # fmt: skip
CATCHES = {
    "timer": "intermediateTimer", "message": "intermediateMessageCatch", "signal": "intermediateSignalCatch",
    "conditional": "intermediateConditional", "link": "intermediateLinkCatch",
}  # fmt: skip
BOUNDARIES = {
    "timer": "boundaryTimer", "message": "boundaryMessage", "signal": "boundarySignal", "conditional": "boundaryConditional",
    "error": "boundaryError", "escalation": "boundaryEscalation", "compensation": "compensationBoundaryCatch",
    "cancel": "cancelBoundaryCatch",
}  # fmt: skip
THROWS = {
    "": "intermediateNoneThrowEvent", "message": "intermediateMessageThrowEvent", "signal": "intermediateSignalThrow",
    "escalation": "intermediateEscalationThrowEvent", "compensation": "intermediateCompensationThrowEvent",
}  # fmt: skip
ENDS = {
    "": "noneEndEvent", "message": "messageEndEvent", "signal": "signalEndEvent", "error": "errorEndEvent",
    "escalation": "escalationEndEvent", "compensation": "compensationEndEvent", "cancel": "cancelEndEvent",
    "terminate": "terminateEndEvent",
}  # fmt: skip
EVENTS = {
    "startEvent": STARTS, "intermediateCatchEvent": CATCHES, "boundaryEvent": BOUNDARIES, "intermediateThrowEvent": THROWS,
    "endEvent": ENDS,
}  # fmt: skip


def activity_type(element: Element) -> str:
    """The type of an element; of an event with several definitions, which Camunda 7 does not know, its BPMN name."""
    if element.type in EVENTS and len(element.events) <= 1:
        about = element.events[0].kind if element.events else ""
        return EVENTS[element.type].get(about, element.type)
    if element.transaction:
        return "transaction"
    return "adHocSubProcess" if element.ad_hoc else element.type
