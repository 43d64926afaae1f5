"""What becomes of each element of a version when an instance moves to another: the instructions of a migration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import msgspec

from engine.diagrams.model import Element, Process
from engine.differences.matching import match
from engine.migration.kinds import unfit
from engine.spiff import Compiled

_encoder = msgspec.json.Encoder(order="sorted")


class Way(StrEnum):
    """How what stands at an element goes on."""

    MAP = "map"  # the same work at another (or the same) element: its task, timer, draft, claim stay
    BEFORE = "before"  # it ends where it is, and its path goes on before the target
    AFTER = "after"  # the same, behind the target, as if that had been completed
    DROP = "drop"  # it ends where it is, and its path with it


class Due(StrEnum):
    """What becomes of due dates and timers whose meaning may have changed."""

    KEEP = "keep"
    TIMERS = "timers"  # timers as the new version says, due dates stay
    RECALCULATE = "recalculate"  # as the new version says, counted from when the wait began


@dataclass(frozen=True, slots=True)
class Instruction:
    """What becomes of one element; or, with `MAP`, of one sequence flow over which something has arrived at a join."""

    source: str
    target: str | None = None
    way: Way = Way.MAP
    update: bool = False  # what it waits for (timer, message, condition) as the new version says, whatever `Plan.due` is
    host: str | None = None  # of what is suggested for an event attached to an activity: that activity, which it goes with


@dataclass(frozen=True)
class Plan:
    """From one version to another."""

    source: str  # definition ids
    target: str
    instructions: Mapping[str, Instruction] = field(default_factory=dict)  # by source
    due: Due = Due.KEEP

    @classmethod
    def of(cls, source: str, target: str, instructions: list[Instruction] | tuple[Instruction, ...], due: Due = Due.KEEP) -> Plan:
        """A plan of these instructions."""
        return cls(source, target, {one.source: one for one in instructions}, due)

    @cached_property
    def images(self) -> Mapping[str, str]:
        """New id by old id of what goes on as it is."""
        return {one.source: one.target for one in self.instructions.values() if one.way == Way.MAP and one.target is not None}

    def with_instructions(self, *more: Instruction, due: Due | None = None) -> Plan:
        """The plan with some instructions replaced; what is suggested for an attached event goes where its activity goes elsewhere."""
        merged = {**self.instructions, **{one.source: one for one in more}}
        elsewhere = {one.source for one in more if (one.way, one.target) != self._way(one.source)}
        kept = {source: one for source, one in merged.items() if one.host not in elsewhere}
        return Plan(self.source, self.target, kept, due or self.due)

    def _way(self, source: str) -> tuple[Way, str | None] | None:
        found = self.instructions.get(source)
        return None if found is None else (found.way, found.target)

    def to_json(self) -> str:
        """As it is kept."""
        return _encoder.encode(
            {"source": self.source, "target": self.target, "due": self.due, "instructions": list(self.instructions.values())}
        ).decode()

    @classmethod
    def from_kept(cls, kept: Mapping[str, Any]) -> Plan:
        """As it was kept."""
        return cls.of(kept["source"], kept["target"], msgspec.convert(kept["instructions"], list[Instruction]), Due(kept["due"]))


def plans_to_json(plans: Sequence[Plan]) -> str:
    """Several as they are kept."""
    return f"[{', '.join(plan.to_json() for plan in plans)}]"


def plans_from_json(text: str) -> list[Plan]:
    """As they were kept; a plan by itself is one of one."""
    kept: Any = msgspec.json.decode(text)
    return [Plan.from_kept(one) for one in (kept if isinstance(kept, list) else [kept])]


def suggested(source: str, old: Compiled, target: str, new: Compiled, due: Due = Due.KEEP, update: bool = False) -> Plan:
    """What is recognised in the new version goes on there; a message or signal that is called otherwise now is waited for anew."""
    pairs = {id: image for id, image in match(old.process, new.process).items() if _fits(old.process, id, new.process, image)}
    found = []
    for element_id, image in pairs.items():
        before, after = old.process.elements[element_id], new.process.elements[image]
        if before.attached_to is not None and pairs.get(before.attached_to) != after.attached_to:
            continue
        found.append(Instruction(element_id, image, update=update or _called(before) != _called(after), host=before.attached_to))
    return Plan.of(source, target, found, due)


def _fits(old: Process, element_id: str, new: Process, image: str) -> bool:
    return unfit(old.elements[element_id], new.elements[image]) is None


def _called(element: Element) -> list[tuple[str | None, str | None]]:
    return [(event.name, event.correlation) for event in element.events if event.kind in ("message", "signal")]


def continuations(old: Compiled, images: Mapping[str, str], element_id: str) -> tuple[str, ...]:
    """Where the path of an element that is gone may go on: what followed it first of all, as far as that is still there."""
    process, found, seen = old.process, list[str](), {element_id}
    pending = [process.elements[element_id]]
    while pending:
        element = pending.pop(0)
        flows = [process.flows[flow_id] for flow_id in element.outgoing]
        for flow in flows:
            if flow.target in seen:
                continue
            seen.add(flow.target)
            if flow.target in images:
                found.append(images[flow.target])
            else:
                pending.append(process.elements[flow.target])
    return tuple(found)
