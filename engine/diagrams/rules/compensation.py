"""Compensation and transactions: one way to undo an activity, within reach of who asks for it (BPMN 2.0.2, 10.7 and 13.5.5)."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.model import Element, EventDefinition
from engine.diagrams.rules.subject import Subject
from engine.errors import Problem

_THROWING = ("intermediateThrowEvent", "endEvent")


def check(subject: Subject) -> Iterator[Problem]:
    """Yield what is wrong with compensation."""
    undone: set[str | None] = set()
    for element in subject.process.elements.values():
        for event in element.events:
            if event.kind != "compensation":
                continue
            if element.type in _THROWING:
                yield from _reach(subject, element, event)
            elif event.activity_ref or not event.waits:
                yield subject.warning(
                    "compensation-caught",
                    element,
                    "activityRef and waitForCompletion are for who throws compensation; here they say nothing.",
                    "activityRef และ waitForCompletion ใช้กับผู้ส่งการชดเชย ที่นี่ไม่มีผล",
                )
            if element.type == "boundaryEvent":
                yield from _association(subject, element)
                yield from _once(subject, element, element.attached_to, undone)
            elif element.type == "startEvent":
                yield from _own(subject, element, undone)


def _reach(subject: Subject, element: Element, event: EventDefinition) -> Iterator[Problem]:
    """What is named stands beside the event or beside what the event is in: of what is deeper no record is left there."""
    activity = subject.find(event.activity_ref)
    if activity is None and event.activity_ref:
        yield subject.error(
            "dangling-reference",
            element,
            f"There is no activity {event.activity_ref!r} to compensate.",
            f"ไม่พบงาน {event.activity_ref!r} ที่จะชดเชย",
        )
    elif activity is not None and activity.parent not in _around(subject, element):
        yield subject.error(
            "compensation-out-of-reach",
            element,
            f"The activity {activity.id!r} stands in another sub-process; compensate that, or the activity from inside.",
            f"งาน {activity.id!r} อยู่ในกระบวนการย่อยอื่น โปรดชดเชยกระบวนการย่อยนั้น หรือชดเชยจากข้างใน",
        )


def _around(subject: Subject, element: Element) -> set[str | None]:
    """The sub-processes an element stands in, and the process."""
    found: set[str | None] = {None}
    parent = element.parent
    while parent is not None and parent not in found:
        found.add(parent)
        around = subject.find(parent)
        parent = around.parent if around is not None else None
    return found


def _association(subject: Subject, element: Element) -> Iterator[Problem]:
    handler = subject.find(element.compensation_handler)
    if element.outgoing:
        yield subject.error(
            "compensation-with-flow",
            element,
            "An association, not a flow, joins a compensation event to its activity.",
            "เหตุการณ์ชดเชยต้องเชื่อมด้วยเส้นเชื่อมโยง (association) ไม่ใช่เส้นลำดับ",
        )
    elif handler is None or not handler.for_compensation:
        yield subject.error(
            "compensation-handler", element, "No association leads to an activity for compensation.", "ไม่มีเส้นเชื่อมโยงไปยังงานสำหรับชดเชย"
        )


def _own(subject: Subject, start: Element, undone: set[str | None]) -> Iterator[Problem]:
    """The event sub-process of compensation of a sub-process."""
    event_sub_process = subject.find(start.parent)
    if event_sub_process is None or not event_sub_process.triggered_by_event:
        return  # event-not-allowed says it
    if event_sub_process.parent is None:
        yield subject.error(
            "compensation-of-process",
            event_sub_process,
            "Nothing compensates a whole process; draw this event sub-process in the sub-process that it undoes.",
            "ไม่มีสิ่งใดชดเชยทั้งกระบวนการ โปรดวาดไว้ในกระบวนการย่อยที่ต้องการชดเชย",
        )
    else:
        yield from _once(subject, event_sub_process, event_sub_process.parent, undone)


def _once(subject: Subject, element: Element, activity_id: str | None, undone: set[str | None]) -> Iterator[Problem]:
    if activity_id in undone:
        yield subject.error(
            "compensated-twice",
            element,
            f"There is another event by which {activity_id!r} is compensated; it can be undone in one way only.",
            f"มีเหตุการณ์ชดเชยของ {activity_id!r} อยู่แล้ว กำหนดได้เพียงวิธีเดียว",
        )
    undone.add(activity_id)
