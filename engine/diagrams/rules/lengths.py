"""Ids and names that become keys of rows: 255 characters at most. Names that people read may be longer."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.model import Element
from engine.diagrams.rules.expressions import is_expression
from engine.diagrams.rules.subject import Place, Subject
from engine.errors import Problem

LONGEST = 255
_KEEP = 40  # characters of it shown in a message


def check(subject: Subject) -> Iterator[Problem]:
    """Yield what is too long."""
    process = subject.process
    yield from _at(subject, process, ("id", process.id), ("version tag", process.version_tag), ("category", process.category))
    for flow in process.flows.values():
        yield from _at(subject, flow, ("id", flow.id))
    for element in process.elements.values():
        yield from _at(subject, element, *_texts(element))


def _texts(element: Element) -> Iterator[tuple[str, str | None]]:
    yield "id", element.id
    yield "step", element.step
    yield "lane", element.lane
    for event in element.events:
        yield f"name of the {event.kind}", event.name
    if element.human is not None:
        human = element.human
        yield from (("form key", human.form_key), ("assignee", human.assignee), ("category", human.category), ("unit", human.unit))
        yield from (("candidate", name) for name in (*human.candidate_groups, *human.candidate_users))
    if element.work is not None:
        yield "name of the work", element.work.name


def _at(subject: Subject, place: Place, *texts: tuple[str, str | None]) -> Iterator[Problem]:
    for what, text in texts:
        if text is not None and len(text) > LONGEST and not is_expression(text):
            yield subject.error(
                "too-long",
                place,
                f"The {what} {text[:_KEEP]!r}… is longer than {LONGEST} characters.",
                f"{what} {text[:_KEEP]!r}… ยาวเกิน {LONGEST} ตัวอักษร",
            )
