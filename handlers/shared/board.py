"""The board of provinces: how far each has come, as far as who asks may know it at this moment.

Nothing here decides who may see: a stage shows where the actor sees the instance or paper that makes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from engine.people import SYSTEM
from engine.projects.progress import StepState
from engine.states import DocumentState, InstanceState
from handlers.shared import provinces

if TYPE_CHECKING:
    from engine.engine import Engine
    from engine.people import Actor
    from engine.projects.progress import Progress, Step
    from engine.queries import InstanceView

PROCESS = "project"  # the definition whose instances have a board
PARTY = "province"
KNOW_THE_AWARD = frozenset({"consultant", "opdc", "subcommission"})  # at once; the others when step 22 has announced it
BE_OFFSET = 543


class Stage(StrEnum):
    INVITED = "invited"
    NOT_APPLIED = "not_applied"
    APPLIED = "applied"
    NOT_PASSED1 = "not_passed1"
    PASSED1 = "passed1"
    NOT_PASSED2 = "not_passed2"
    PASSED2 = "passed2"
    VISITED = "visited"
    AWARDED = "awarded"


WAY = (Stage.INVITED, Stage.APPLIED, Stage.PASSED1, Stage.PASSED2, Stage.VISITED, Stage.AWARDED)
ENDED = {Stage.NOT_APPLIED: Stage.APPLIED, Stage.NOT_PASSED1: Stage.PASSED1, Stage.NOT_PASSED2: Stage.PASSED2}  # where it ended before


@dataclass(frozen=True, slots=True)
class Province:
    """A province and when it reached each stage. `stage` is None before it was invited, or where the actor may not know."""

    code: str
    th: str
    en: str
    region: str
    cluster: str
    stage: Stage | None = None
    reached: Mapping[Stage, datetime | None] = field(default_factory=dict)

    @property
    def far(self) -> int:
        """How many stages of the way it has reached, 0–6."""
        return sum(stage in self.reached for stage in WAY)


@dataclass(frozen=True, slots=True)
class Cluster:
    """The provinces one academic team advises."""

    no: str
    th: str
    en: str
    provinces: tuple[Province, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """One of the four regions, by clusters."""

    key: str
    th: str
    en: str
    clusters: tuple[Cluster, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """All provinces of a project."""

    regions: tuple[Region, ...]

    @property
    def provinces(self) -> tuple[Province, ...]:
        return tuple(province for region in self.regions for cluster in region.clusters for province in cluster.provinces)

    @property
    def counts(self) -> Counter[Stage]:
        """How many have reached each stage of the way."""
        return Counter(stage for province in self.provinces for stage in WAY if stage in province.reached)


def board(engine: Engine, root: InstanceView, actor: Actor) -> Board:
    """The board of a project. Raises NotFound for who has nothing to do with it."""
    facts = _Facts.read(engine, root, actor)
    deployment = engine.definition(root.definition_id).deployment_id
    names = engine.resource(deployment, "regions.toml")
    rows = list(facts.invited) or provinces.of_year(engine.resource(deployment, "provinces.csv"), _year(root))
    found = {row["code"]: facts.province(row) for row in rows}
    return Board(
        tuple(
            Region(region["key"], region["th"], region["en"], tuple(
                Cluster(cluster["no"], cluster["th"], cluster["en"], tuple(found[row["code"]] for row in cluster["provinces"]))
                for cluster in provinces.clusters_of(names, [row for row in rows if row["region"] == region["key"]])
            ))
            for region in provinces.regions_of(names, rows)
        )
    )  # fmt: skip


def _year(root: InstanceView) -> int:
    key = (root.business_key or "").partition("/")[0]
    return int(key) if key.isdecimal() else root.started.year + BE_OFFSET


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the actor may know."""

    invited: Sequence[dict[str, Any]]
    called: Mapping[tuple[str, str], InstanceView]  # the newest instance of a process for a unit
    applied: Mapping[str, datetime]
    letters: Mapping[tuple[str, str], datetime]  # when the letter of a template went to a province
    awarded: frozenset[str]
    steps: Mapping[str, Step]

    @classmethod
    def read(cls, engine: Engine, root: InstanceView, actor: Actor) -> _Facts:
        called = {(child.definition_key, child.unit): child for child in engine.tree(root.id, actor=actor) if child.unit}
        papers = engine.documents(root.id, actor=actor, category="application", deliverable="application", limit=1000).items
        standing = {paper.unit: paper for paper in reversed(papers) if paper.unit}
        applied = {
            unit: paper.created for unit, paper in standing.items() if paper.state not in (DocumentState.RETURNED, DocumentState.DRAFT)
        }
        letters = engine.documents(root.id, actor=actor, category="letter", limit=5000).items
        told = {(letter.deliverable or "", letter.unit): letter.created for letter in reversed(letters) if letter.unit}
        progress = engine.progress(root.id, actor=actor)
        variables = _variables(engine, root) if progress.whole else {}
        awarded = _awarded(actor, progress, variables)
        return cls(variables.get("provinces") or (), called, applied, told, awarded, {step.n: step for step in progress})

    def province(self, row: Mapping[str, Any]) -> Province:
        code = row["code"]
        reached = self._reached(code)
        stage = next((stage for stage in reversed(WAY) if stage in reached), None)
        ended = self._ended(code, reached)
        return Province(code, row["th"], row["en"], row["region"], str(row["cluster"]), ended or stage, reached)

    def _reached(self, code: str) -> dict[Stage, datetime | None]:
        application, desk, site, visit = (
            self.called.get((key, code)) for key in ("application", "desk_assessment", "site_assessment", "visit")
        )
        found: dict[Stage, datetime | None] = {}
        if application is not None:
            found[Stage.INVITED] = application.started
        elif self._state("10") is StepState.DONE:
            found[Stage.INVITED] = self.steps["10"].completed
        if desk is not None or code in self.applied:
            found[Stage.APPLIED] = self.applied.get(code) or (desk.started if desk else None)
        for stage, template, instance in ((Stage.PASSED1, "phase2_notice", site), (Stage.PASSED2, "visit_schedule", visit)):
            when = self.letters.get((template, code)) or (instance.started if instance is not None else None)
            if when is not None:
                found[stage] = when
        if visit is not None and visit.state == InstanceState.COMPLETED:
            found[Stage.VISITED] = visit.ended
        if code in self.awarded or ("award_invitation", code) in self.letters:
            found[Stage.AWARDED] = self.letters.get(("award_invitation", code))
        return {stage: found[stage] for stage in WAY if stage in found}

    def _ended(self, code: str, reached: Mapping[Stage, Any]) -> Stage | None:
        """Where the way of a province has ended, if the actor sees the next stage of others and not of this one."""
        application, desk, site = (self.called.get((key, code)) for key in ("application", "desk_assessment", "site_assessment"))
        if application is not None and application.ended is not None and Stage.APPLIED not in reached:
            return Stage.NOT_APPLIED
        if ("phase1_regret", code) in self.letters or (desk is not None and site is None and self._sees("site_assessment")):
            return Stage.NOT_PASSED1
        if site is not None and Stage.PASSED2 not in reached and self._sees("visit"):
            return Stage.NOT_PASSED2
        return None

    def _sees(self, key: str) -> bool:
        return any(process == key for process, _unit in self.called)

    def _state(self, n: str) -> StepState | None:
        return self.steps[n].state if n in self.steps else None


def _variables(engine: Engine, root: InstanceView) -> Mapping[str, Any]:
    """Read with the engine's own eyes: who is invited stands in the schedule, and `_awarded` says who may know the award."""
    return engine.variables(root.id, actor=SYSTEM)


def _awarded(actor: Actor, progress: Progress, variables: Mapping[str, Any]) -> frozenset[str]:
    """Who is awarded, as far as it is not a letter that says so."""
    announced = any(step.n == "22" and step.state is StepState.DONE for step in progress)
    known = announced or bool(actor.all_groups & KNOW_THE_AWARD)
    return frozenset(province["code"] for province in variables.get("awarded") or ()) if known else frozenset()
