"""What a process and its sub-processes need to start, and what nothing ever reaches (BPMN 2.0.2, 10.3 and 10.5.2)."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.elements import ACTIVITIES
from engine.diagrams.model import Element, Flow
from engine.diagrams.rules.subject import Place, Subject
from engine.errors import Problem

DEEPEST = 40  # levels of sub-processes


def check(subject: Subject) -> Iterator[Problem]:
    """Yield what is wrong with the shape of a process."""
    if subject.process.global_task:
        return
    yield from _starts(subject, subject.process, None)
    for element in subject.process.elements.values():
        if element.type == "subProcess" and not element.ad_hoc:
            yield from _event_sub_process(subject, element) if element.triggered_by_event else _starts(subject, element, element.id)
        if element.ad_hoc:
            yield from _ad_hoc(subject, element)
        if element.attached_to is not None or element.type == "boundaryEvent":
            yield from _attached(subject, element)
    yield from _too_deep(subject)
    yield from _unreachable(subject)
    yield from _never_joined(subject)
    yield from _same_steps(subject)


def _too_deep(subject: Subject) -> Iterator[Problem]:
    """The executor goes down and up the sub-processes by recursion."""
    levels: dict[str | None, int] = {None: 0}
    for element in subject.process.elements.values():  # a sub-process stands before what is in it
        levels[element.id] = levels[element.parent] + 1
        if levels[element.id] == DEEPEST + 1:
            yield subject.error(
                "nested-too-deeply",
                element,
                f"Sub-processes are nested more than {DEEPEST} levels deep.",
                f"กระบวนการย่อยซ้อนกันลึกเกิน {DEEPEST} ชั้น",
            )


def _starts(subject: Subject, place: Place, scope: str | None) -> Iterator[Problem]:
    inner = subject.children.get(scope, [])
    starts = [element for element in inner if element.type == "startEvent"]
    if not inner and scope is not None:  # a collapsed sub-process that nobody has drawn yet is one without anything to wait for (13.3.4)
        yield subject.warning(
            "empty-sub-process", place, "Nothing is drawn in the sub-process: it passes at once.", "ไม่มีสิ่งใดในกระบวนการย่อย จึงผ่านไปทันที"
        )
    elif not starts and not any(element.instantiate for element in inner):
        # without a start event whatever has no incoming flow begins (10.5.2), if there is such a thing
        report = subject.warning if any(_begins(element) for element in inner) else subject.error
        yield report("no-start-event", place, "There is no start event.", "ไม่มีเหตุการณ์เริ่มต้น")
    for extra in [element for element in starts if not element.events][1:]:
        yield subject.error(
            "several-start-events",
            extra,
            "There is another start event without a trigger; only one can be.",
            "มีเหตุการณ์เริ่มต้นแบบธรรมดามากกว่าหนึ่ง",
        )
    if scope is not None:
        for start in starts:
            if start.events:
                yield subject.error(
                    "start-with-trigger",
                    start,
                    "The start event of an embedded sub-process must have no trigger.",
                    "เหตุการณ์เริ่มต้นของกระบวนการย่อยต้องไม่มีตัวกระตุ้น",
                )


def _begins(element: Element) -> bool:
    return not (element.incoming or element.attached_to or element.triggered_by_event or element.for_compensation)


def _event_sub_process(subject: Subject, element: Element) -> Iterator[Problem]:
    starts = [inner for inner in subject.children.get(element.id, []) if inner.type == "startEvent"]
    if len(starts) != 1 or not starts[0].events:
        yield subject.error(
            "event-sub-process-start",
            element,
            "An event sub-process has exactly one start event, with a trigger.",
            "กระบวนการย่อยแบบเหตุการณ์ต้องมีเหตุการณ์เริ่มต้นที่มีตัวกระตุ้นเพียงหนึ่งเดียว",
        )


def _ad_hoc(subject: Subject, element: Element) -> Iterator[Problem]:
    """Its activities are done in any order: it has no start and no end, and at least one activity (10.3.5)."""
    inner = subject.children.get(element.id, [])
    for event in inner:
        if event.type in ("startEvent", "endEvent"):
            yield subject.error(
                "ad-hoc-start-or-end",
                event,
                "An ad-hoc sub-process has no start and no end events.",
                "กระบวนการย่อยแบบเฉพาะกิจต้องไม่มีเหตุการณ์เริ่มต้นและสิ้นสุด",
            )
    if not any(child.type in ACTIVITIES for child in inner):
        yield subject.error(
            "ad-hoc-empty", element, "There is no activity in the ad-hoc sub-process.", "กระบวนการย่อยแบบเฉพาะกิจไม่มีงานใดอยู่ภายใน"
        )


def _attached(subject: Subject, event: Element) -> Iterator[Problem]:
    host = subject.find(event.attached_to)
    if event.type != "boundaryEvent":
        return
    if host is None:
        yield subject.error(
            "dangling-reference",
            event,
            f"The event is attached to {event.attached_to!r}, which is not in the process.",
            f"เหตุการณ์ติดอยู่กับ {event.attached_to!r} ซึ่งไม่มีในกระบวนการ",
        )
    elif not (host.type.endswith("Task") or host.type in ("task", "subProcess", "callActivity")) or host.triggered_by_event:
        yield subject.error(
            "boundary-host",
            event,
            f"An event may be attached to an activity only, not to the {host.type} {host.id!r}.",
            "เหตุการณ์ขอบติดได้กับงานหรือกระบวนการย่อยเท่านั้น",
        )
    elif host.parent != event.parent:
        yield subject.error(
            "crosses-scope",
            event,
            "The event stands in another sub-process than the activity it is attached to.",
            "เหตุการณ์ขอบอยู่คนละกระบวนการย่อยกับงานที่ติดอยู่",
        )


def _unreachable(subject: Subject) -> Iterator[Problem]:
    """Warn of elements no token gets to. A scope without a start event is reported as that and not walked."""
    reached, _ = _walk(subject)
    for element in subject.elements:
        if element.id not in reached and not element.for_compensation:
            yield subject.warning("unreachable", element, "Nothing leads here.", "ไม่มีเส้นทางใดมาถึงองค์ประกอบนี้")


def _never_joined(subject: Subject) -> Iterator[Problem]:
    """Warn of parallel joins that wait for what only they themselves let go on, as in a loop, or for what nothing leads to (13.4.1)."""
    if not any(element.type == "parallelGateway" and len(element.incoming) > 1 for element in subject.elements):
        return
    reached, arrived = _walk(subject, joining=True)
    for key, flows in arrived.items():
        join = subject.process.elements[key]
        if key not in reached:
            missing = next(flow for flow in subject.flows(join.incoming) if flow.id not in flows)
            yield subject.warning(
                "join-waits-for-ever",
                join,
                f"The join waits for ever: nothing can come from {missing.source!r} before it has gone on itself.",
                f"จุดรวมนี้จะรอตลอดไป เพราะไม่มีสิ่งใดมาจาก {missing.source!r} ได้ก่อนที่จุดรวมจะไปต่อ",
            )


def _walk(subject: Subject, *, joining: bool = False) -> tuple[set[str], dict[str, set[str]]]:
    """The ids tokens may get to, and the flows that have brought something to parallel gateways.

    With `joining` a parallel gateway lets nothing on before each of its flows has.
    """
    links = {
        (e.parent, event.name): e
        for e in subject.elements
        if e.type == "intermediateCatchEvent"
        for event in e.events
        if event.kind == "link" and event.name
    }
    started = {element.parent for element in subject.elements if element.type == "startEvent"}
    waiting = [
        element
        for element in subject.elements
        if element.type == "startEvent" or element.triggered_by_event or element.instantiate or element.parent not in started
    ]
    reached: set[str] = set()
    arrived: dict[str, set[str]] = {}
    while waiting:
        element = waiting.pop()
        if element.id in reached:
            continue
        reached.add(element.id)
        following = [
            subject.find(flow.target) for flow in subject.flows(element.outgoing) if not joining or _passes(subject, flow, arrived)
        ]
        following += subject.boundaries.get(element.id, [])
        following.append(subject.find(element.compensation_handler))
        if element.type == "intermediateThrowEvent":
            following += [links.get((element.parent, event.name)) for event in element.events if event.kind == "link" and event.name]
        waiting.extend(found for found in following if found is not None)
    return reached, arrived


def _passes(subject: Subject, flow: Flow, arrived: dict[str, set[str]]) -> bool:
    """Whether what comes over a flow goes on at its target; notes what has come to a parallel gateway."""
    target = subject.find(flow.target)
    if target is None or target.type != "parallelGateway":
        return True
    flows = arrived.setdefault(target.id, set())
    flows.add(flow.id)
    return len(flows) == len(target.incoming)


def _same_steps(subject: Subject) -> Iterator[Problem]:
    """Warn of a step number two elements carry themselves (one inherited from the sub-process around is no second one)."""
    seen: dict[str, Element] = {}
    for element in subject.elements:
        around = subject.find(element.parent)
        if element.step is None or (around is not None and around.step == element.step):
            continue
        if element.step in seen:
            yield subject.warning(
                "duplicate-step",
                element,
                f"{seen[element.step].id!r} has step number {element.step} too.",
                f"เลขขั้นตอน {element.step} ซ้ำกับ {seen[element.step].id!r}",
            )
        seen.setdefault(element.step, element)
