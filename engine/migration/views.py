"""What is answered about migrations: for pages, the REST and the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from engine.errors import Problem


class MigrationState(StrEnum):
    """How far a migration of many is."""

    RUNNING = "RUNNING"  # some instances wait for their turn
    DONE = "DONE"  # each has moved, or was refused


class ItemState(StrEnum):
    """What has become of one instance of it."""

    WAITING = "WAITING"  # for its turn
    MOVED = "MOVED"
    REFUSED = "REFUSED"  # untouched; its problems say why
    UNDONE = "UNDONE"  # moved, and back


@dataclass(frozen=True, slots=True)
class Group:
    """Instances that one reason keeps from moving, or from going back. `instance_ids`: the first of them; `number`: how many there are."""

    problem: Problem
    number: int
    instance_ids: tuple[str, ...]
    continuations: tuple[str, ...] = ()  # ids of elements of the new version where the path of the element may go on


@dataclass(frozen=True, slots=True)
class Effects:
    """What moving would do, counted over all instances that can move."""

    tasks_kept: int = 0
    tasks_ended: int = 0  # they have no place in the new version, or their path goes on elsewhere
    timers_kept: int = 0
    watches_begun: int = 0  # new boundary events, event sub-processes
    watches_ended: int = 0
    continued: int = 0  # paths that go on elsewhere


@dataclass(frozen=True, slots=True)
class Trial:
    """What a plan would do to running instances; nothing was changed."""

    source_id: str
    target_id: str
    movable: int
    refused: int
    groups: tuple[Group, ...]
    effects: Effects
    problems: tuple[Problem, ...] = ()  # of the plan itself: then no instance was looked at
    movable_ids: tuple[str, ...] = ()  # the first of them


@dataclass(frozen=True, slots=True)
class MigrationView:
    """A migration and how far it is."""

    id: str
    definition_key: str
    source_id: str
    target_id: str
    source_version: int
    target_version: int
    name: str  # of the process
    name_en: str
    state: str
    reason: str
    created: datetime
    created_by: str
    ended: datetime | None
    waiting: int
    moved: int
    refused: int
    undone: int
    groups: tuple[Group, ...] = ()  # why instances were refused
    plan: str = field(default="", repr=False)  # JSON

    @property
    def total(self) -> int:
        """How many instances it is about."""
        return self.waiting + self.moved + self.refused + self.undone


@dataclass(frozen=True, slots=True)
class Undoing:
    """What going back would do, or has done: how many can, and why the others cannot."""

    migration_id: str
    possible: int
    done: int
    refused: int
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """An element of a version as people know it."""

    id: str
    name: str
    name_en: str
    type: str  # Camunda's
    step: str | None
    inside: tuple[str, str] | None  # the sub-process it is in, in Thai and English


@dataclass(frozen=True, slots=True)
class Target:
    """Where a path may go on; `fits`: what stood at the old element can also go on there as it is."""

    spot: Spot
    fits: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """An element that keeps instances back until somebody says where it continues."""

    source: Spot
    targets: tuple[Target, ...]  # in the order of the file
    suggested: str | None  # the id of the likeliest one


@dataclass(frozen=True, slots=True)
class Item:
    """One instance of a migration."""

    instance_id: str
    state: str
    problems: tuple[Problem, ...]
