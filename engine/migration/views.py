"""What is answered about migrations: for pages, the REST and the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from engine.errors import Problem
from engine.migration.plan import Plan, Way


class MigrationState(StrEnum):
    """How far a migration of many is."""

    RUNNING = "RUNNING"  # some instances wait for their turn, there or back
    DONE = "DONE"  # each has moved, is back, or was refused


class ItemState(StrEnum):
    """What has become of one instance of it."""

    WAITING = "WAITING"  # for its turn
    MOVED = "MOVED"
    REFUSED = "REFUSED"  # untouched; its problems say why
    RETURNING = "RETURNING"  # moved, and waits for its turn to go back
    UNDONE = "UNDONE"  # moved, and back; or still waited when that was asked for
    PASSED = "PASSED"  # had ended when what it belongs to had its turn, or ended with that


@dataclass(frozen=True, slots=True)
class Group:
    """Instances that one reason keeps from moving, or from going back. `instance_ids`: the first of them; `number`: how many there are."""

    problem: Problem
    number: int
    instance_ids: tuple[str, ...]
    continuations: tuple[str, ...] = ()  # ids of elements of the new version where the path of the element may go on
    source_id: str | None = None  # the version they run on, or left


@dataclass(frozen=True, slots=True)
class Effects:
    """What moving would do, counted over all instances that can move."""

    tasks_kept: int = 0
    tasks_ended: int = 0  # they have no place in the new version, or their path goes on elsewhere
    timers_kept: int = 0
    watches_begun: int = 0  # new boundary events, event sub-processes
    watches_ended: int = 0
    continued: int = 0  # paths that go on elsewhere
    calls_ended: int = 0  # called processes whose activity has no place in the new version


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
    held: int = 0  # could move by themselves, but not with what they belong to
    ends: int = 0  # are ended by the move of what called them


@dataclass(frozen=True, slots=True)
class JointTrial:
    """What moving all that was deployed together would do; nothing was changed. `movable`, `refused`: roots, each with all it called."""

    deployment_id: str
    movable: int
    refused: int
    trials: tuple[Trial, ...]  # a plan each
    refused_ids: tuple[str, ...] = ()  # the first of the roots that cannot move

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Of the plans themselves."""
        return tuple(problem for trial in self.trials for problem in trial.problems)


@dataclass(frozen=True, slots=True)
class Part:
    """One process of a migration: from one version to another, and how many of its instances stand how."""

    definition_key: str
    source_id: str
    target_id: str
    source_version: int
    target_version: int
    name: str
    name_en: str
    waiting: int = 0
    moved: int = 0
    refused: int = 0
    returning: int = 0
    undone: int = 0
    passed: int = 0


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
    returning: int = 0
    passed: int = 0
    deployment_id: str | None = None  # of one that moves all that was deployed together
    undo_reason: str | None = None
    undone_by: str | None = None
    parts: tuple[Part, ...] = ()  # by process and version that is left
    groups: tuple[Group, ...] = ()  # why instances were refused
    back_groups: tuple[Group, ...] = ()  # why instances that were to go back could not
    plans: tuple[Plan, ...] = field(default=(), repr=False)  # by version that is left

    @property
    def total(self) -> int:
        """How many instances it is about."""
        return self.waiting + self.moved + self.refused + self.undone + self.returning + self.passed


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
    """What keeps instances back until somebody says where it continues: an element; or, as a `branch`, a flow that leads to a join."""

    source: Spot
    targets: tuple[Target, ...]  # in the order of the file; of a branch the flows that lead to the join of the new version
    suggested: str | None  # the id of the likeliest one
    way: Way = Way.BEFORE  # how, as suggested; DROP: nowhere
    branch: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One instance of a migration."""

    instance_id: str
    state: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Stand:
    """An element at which something may wait, and where that goes on: nowhere said (`target` None, `way` MAP), or its path ends (DROP)."""

    spot: Spot
    target: str | None
    way: Way
    fitting: tuple[str, ...]  # where it could go on as it is


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plan as it is drawn."""

    stands: tuple[Stand, ...]
    targets: tuple[str, ...]  # where a path may go on
    inside: tuple[dict[str, str], dict[str, str]]  # of both versions, by element the sub-process it is in: what is drawn where it is not
