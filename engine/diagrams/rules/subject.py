"""One process under examination, indexed once so that no rule walks it for every element."""

from __future__ import annotations

from dataclasses import dataclass

from engine.diagrams.model import Diagram, Element, Flow, Process
from engine.diagrams.rules.context import Context
from engine.errors import Problem

Place = Element | Flow | Process


@dataclass(frozen=True, slots=True)
class Subject:
    """A process, the file it stands in and the context; rules take it and yield problems."""

    diagram: Diagram
    process: Process
    context: Context
    children: dict[str | None, list[Element]]  # by id of the sub-process they stand in
    boundaries: dict[str, list[Element]]  # by id of the activity they are attached to
    known: frozenset[tuple[str | None, str | None]]  # (rule, element id) of what reading has found

    @property
    def elements(self) -> list[Element]:
        return list(self.process.elements.values())

    def find(self, key: str | None) -> Element | None:
        """The element of that id."""
        return self.process.elements.get(key or "")

    def flows(self, keys: tuple[str, ...]) -> list[Flow]:
        """The flows of these ids."""
        return [self.process.flows[key] for key in keys]

    def error(self, rule: str, place: Place, message: str, message_th: str) -> Problem:
        """A problem that forbids deployment."""
        return Problem(
            message,
            message_th,
            rule=rule,
            file=self.diagram.file,
            line=place.line,
            element_id=place.id,
            element_name=place.name or None,
            element_name_en=getattr(place, "name_en", None) or None,
        )

    def warning(self, rule: str, place: Place, message: str, message_th: str) -> Problem:
        """A problem worth knowing that does not forbid deployment."""
        return Problem(
            message,
            message_th,
            rule=rule,
            severity="warning",
            file=self.diagram.file,
            line=place.line,
            element_id=place.id,
            element_name=place.name or None,
            element_name_en=getattr(place, "name_en", None) or None,
        )

    def noted(self, rule: str, element: Element) -> bool:
        """Whether reading has found this already."""
        return (rule, element.id) in self.known


def examine(diagram: Diagram, process: Process, context: Context) -> Subject:
    """Index a process."""
    children: dict[str | None, list[Element]] = {}
    boundaries: dict[str, list[Element]] = {}
    for element in process.elements.values():
        children.setdefault(element.parent, []).append(element)
        if element.attached_to:
            boundaries.setdefault(element.attached_to, []).append(element)
    known = frozenset((problem.rule, problem.element_id) for problem in diagram.problems)
    return Subject(diagram, process, context, children, boundaries, known)


def describe(element: Element) -> str:
    """How a message names an element: its name in quotes, else its id."""
    return f"{element.name!r}" if element.name else element.id
