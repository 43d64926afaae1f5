"""Whether what stands at an element of one version can stand at an element of another."""

from __future__ import annotations

from engine.diagrams.elements import ACTIVITIES
from engine.diagrams.model import Element
from engine.migration.refusals import Reason
from engine.spiff import waits_for_all

CATCHING = frozenset({"intermediateCatchEvent", "boundaryEvent", "startEvent"})
WATCHED = frozenset({"timer", "message", "signal", "conditional"})
JOINS = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})


def kind(element: Element) -> tuple[object, ...]:
    """What a token at an element is: a task of somebody, deferred work, a wait for events, a join …"""
    if element.work is not None and element.work.kind == "external":
        return ("external",)
    if element.type in ("serviceTask", "sendTask", "businessRuleTask", "scriptTask") and element.loop is None:
        return ("work",)
    flags = (element.triggered_by_event, element.transaction, element.ad_hoc)
    return (element.type, element.event_gateway_type if element.type == "eventBasedGateway" else flags)


def awaited(element: Element) -> tuple[object, ...]:
    """The kinds of events that an element waits for."""
    return (waits_for_all(element), *(event.kind for event in element.events))


def unfit(old: Element, new: Element) -> Reason | None:
    """Why a token of one element cannot be one of the other."""
    if (old.loop.kind if old.loop else None) != (new.loop.kind if new.loop else None):
        return Reason.LOOP
    if kind(old) != kind(new):
        return Reason.KIND
    if old.type in CATCHING and awaited(old) != awaited(new):
        return Reason.EVENT
    return None


def watched(element: Element) -> bool:
    """Whether the outside tells of any of its events."""
    return any(event.kind in WATCHED for event in element.events)


def is_activity(element: Element) -> bool:
    """A task, sub-process or call activity."""
    return element.type in ACTIVITIES


def is_plain(element: Element) -> bool:
    """An embedded sub-process that is entered once."""
    return element.type == "subProcess" and element.loop is None and not element.ad_hoc and not element.triggered_by_event
