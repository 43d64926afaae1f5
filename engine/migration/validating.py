"""Whether a plan makes sense at all, whichever instance it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import Problem
from engine.migration.kinds import is_activity, unfit
from engine.migration.plan import Instruction, Plan, Way
from engine.migration.refusals import Reason, refusal

if TYPE_CHECKING:
    from engine.deployment.definitions import Definition
    from engine.diagrams.model import Element, Process


def validate(old: Definition, new: Definition, plan: Plan) -> dict[str | None, list[Problem]]:
    """What is wrong, by the source of the instruction; under None what is wrong with the whole."""
    found: dict[str | None, list[Problem]] = {}
    if old.key != new.key:
        found[None] = [refusal(Reason.OTHER_PROCESS)]
    elif old.id == new.id:
        found[None] = [refusal(Reason.SAME_VERSION)]
    for instruction in plan.instructions.values():
        problems = _of(old.compiled.process, new.compiled.process, plan, instruction)
        if problems:
            found[instruction.source] = problems
    return found


def problems_of(old: Definition, new: Definition, plan: Plan) -> list[Problem]:
    """The same as one list."""
    return [problem for problems in validate(old, new, plan).values() for problem in problems]


def _of(old: Process, new: Process, plan: Plan, instruction: Instruction) -> list[Problem]:
    source, target = instruction.source, instruction.target
    if source in old.flows and instruction.way == Way.MAP:
        return [] if target in new.flows else [refusal(Reason.NO_SUCH_TARGET, str(target))]
    if source not in old.elements:
        return [refusal(Reason.NO_SUCH_SOURCE, source)]
    if instruction.way == Way.DROP:
        return []
    if target is None or target not in new.elements:
        return [refusal(Reason.NO_SUCH_TARGET, str(target))]
    element, image = old.elements[source], new.elements[target]
    if instruction.way == Way.BEFORE:
        return [] if may_start(image) else [refusal(Reason.CANNOT_START, image)]
    if instruction.way == Way.AFTER:
        return [] if image.attached_to is None and not image.triggered_by_event else [refusal(Reason.CANNOT_START, image)]
    reason = unfit(element, image)
    if reason is not None:
        return [refusal(reason, element, image.name or image.type)]
    if element.attached_to is not None and image.attached_to != plan.images.get(element.attached_to):
        host = new.elements.get(image.attached_to or "")
        return [refusal(Reason.BOUNDARY, element, (host.name or host.id) if host is not None else "")]
    return []


def may_start(element: Element) -> bool:
    """Whether a path may go on before an element: it stands in the flow."""
    return element.attached_to is None and not element.triggered_by_event and not element.for_compensation


def waits(element: Element) -> bool:
    """Whether an instance may stand at an element for a while."""
    catching = element.type in ("intermediateCatchEvent", "eventBasedGateway")
    return (
        is_activity(element) and element.type not in ("scriptTask", "manualTask", "task") and not element.triggered_by_event
    ) or catching
