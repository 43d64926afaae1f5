"""For tests of packs and of the engine: tiny diagrams as text, and an engine in memory on a simulated clock."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from engine.dates.clock import SimulatedClock
from engine.engine import Engine
from engine.people import SYSTEM, Actor
from engine.queries import Completion, InstanceView, TaskItem
from engine.registry import Pack
from engine.spiff import LIMITS, Limits
from engine.states import Role

BEGINNING = datetime(2009, 6, 1, 1, 30, tzinfo=UTC)  # 08:30 in Bangkok, a Monday
ADMINISTRATOR = Actor("administrator", roles=frozenset({Role.ADMINISTRATOR}))
NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:ruam="urn:ruam:bpmn:1"'
)


def process(key: str, body: str, *flows: str, attributes: str = "", outside: str = "") -> bytes:
    """A BPMN file: `body` holds the elements; each of `flows` is "a -> b" or "a -> b: condition"; `outside` e.g. messages."""
    lines = [_flow(text, number) for number, text in enumerate(flows)]
    text = (
        f'<definitions {NAMESPACES} targetNamespace="t" id="d">{outside}'
        f'<process id="{key}" name="{key}" isExecutable="true" {attributes}>{body}{"".join(lines)}</process></definitions>'
    )
    return text.encode()


def _flow(text: str, number: int) -> str:
    ends, _colon, condition = text.partition(":")
    source, _arrow, target = (part.strip() for part in ends.partition("->"))
    inside = f"<conditionExpression>{condition.strip()}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="flow{number}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'


def linear(key: str, *tasks: str, group: str = "workers") -> bytes:
    """A file with user tasks one after the other."""
    body = "".join(f'<userTask id="{task}" name="{task}" camunda:candidateGroups="{group}"/>' for task in tasks)
    names = ["start", *tasks, "end"]
    flows = [f"{before} -> {after}" for before, after in pairwise(names)]
    return process(key, f'<startEvent id="start"/>{body}<endEvent id="end"/>', *flows)


class Stage:
    """An engine with deployed files; tasks are done by the name of their element."""

    def __init__(
        self,
        files: Mapping[str, bytes] | None = None,
        *,
        packs: Iterable[Pack | str] = (),
        pack: str | None = None,
        url: str = "sqlite://",
        at: datetime = BEGINNING,
        home: Path | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="ruam-stage-") if home is None else None
        folder = home if home is not None else Path(self._folder.name) if self._folder is not None else Path()
        self.engine = Engine.open(url, home=folder, packs=packs, clock=SimulatedClock(at), limits=limits)
        self.engine.upgrade()
        self.engine.simulate(at, actor=SYSTEM)
        if files:
            self.engine.deploy(files, name="stage", pack=pack, actor=SYSTEM)

    def close(self) -> None:
        """Close the engine and forget its files."""
        self.engine.close()
        if self._folder is not None:
            self._folder.cleanup()

    def start(self, key: str, /, *, business_key: str | None = None, actor: Actor = SYSTEM, **variables: Any) -> InstanceView:
        """Start a process."""
        return self.engine.start(key, variables=variables, business_key=business_key, actor=actor)

    def open(self, element_id: str | None = None, instance_id: str | None = None) -> list[TaskItem]:
        """Open tasks, oldest first."""
        found = self.engine.tasks(actor=SYSTEM, instance_id=instance_id, limit=10_000).items
        return [task for task in found if element_id in (None, task.element_id)]

    def names(self, instance_id: str | None = None) -> list[str]:
        """The element ids of the open tasks, sorted."""
        return sorted(task.element_id for task in self.open(instance_id=instance_id))

    def complete(self, element_id: str, /, *, actor: Actor = SYSTEM, **values: Any) -> Completion:
        """Complete the oldest open task of an element."""
        return self.engine.complete_task(self.open(element_id)[0].id, values, actor=actor)

    def state(self, instance: InstanceView | str) -> str:
        """The state of an instance now."""
        return self.engine.instance(instance if isinstance(instance, str) else instance.id, actor=SYSTEM).state

    def variables(self, instance: InstanceView | str) -> dict[str, Any]:
        """The root variables of an instance."""
        return self.engine.variables(instance if isinstance(instance, str) else instance.id, actor=SYSTEM)

    def events(self, instance: InstanceView | str, event: str | None = None) -> list[tuple[str, str | None]]:
        """(event, element id) of an instance's history."""
        found = self.engine.history(instance if isinstance(instance, str) else instance.id, actor=SYSTEM, event=event, limit=100_000)
        return [(row.event, row.element_id) for row in found.items]

    def advance(self, by: timedelta | datetime) -> int:
        """Move the clock and run what falls due on the way; returns how many jobs ran."""
        to = by if isinstance(by, datetime) else self.engine.clock_now() + by
        return self.engine.advance_clock(to, actor=SYSTEM)
