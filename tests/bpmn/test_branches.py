"""The ways through the project that a smooth year does not take, in one small project played on the engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from random import Random
from typing import Any

import pytest

from engine.engine import Engine
from engine.people import SYSTEM
from engine.queries import TaskItem, TaskView
from engine.rehearsal import Rehearsal
from engine.states import TaskState
from handlers.rehearsal import ParticipationPlay, Scenario

PROVINCES = 4


class Uneven(ParticipationPlay):
    """Nobody confirms a seminar, no team is trained in time, one province withdraws and applies again, another's judges all step aside."""

    def __init__(self) -> None:
        super().__init__(seed=3, units=PROVINCES, scenario=Scenario(applying=1, withdrawing=0, quality=(90, 1), refusals=0, returns={}))
        self.changes = 0
        self.withdrawing, self.conflicting = (province["code"] for province in self.invited[:2])

    def at(self, task: TaskItem, variables: Any, planned: datetime) -> datetime | None:
        if task.element_id in ("train", "advise") or (task.element_id == "confirm" and task.definition_id.startswith("seminar")):
            return None
        if task.element_id == "change":
            return planned if task.unit == self.withdrawing and not self.changes else None
        return super().at(task, variables, planned)

    def decide(self, view: TaskView, random: Random, today: date) -> dict[str, Any]:
        if view.task.element_id == "change":
            self.changes += 1
            return {"action": "withdraw", "withdraw_reasons": "เอกสารยังไม่พร้อม"}
        if view.task.element_id == "score" and view.task.unit == self.conflicting and view.task.assignee != "opdc1":
            return {"action": "conflict"}
        if view.task.element_id == "appoint":
            return {"appointed": ["opdc1"]}
        return super().decide(view, random, today)


class Played:
    """What is left after the playing."""

    def __init__(self, engine: Engine, play: Uneven) -> None:
        self.engine, self.play = engine, play
        self.result = Rehearsal(engine, play, play.seed).run()
        (self.root,) = (found.id for found in engine.instances(actor=SYSTEM, limit=1000).items if found.definition_key == "project")

    def states(self, element_id: str, definition: str, unit: str | None = None) -> list[str]:
        """States of the tasks of an element, sorted."""
        tasks = self.engine.tasks(actor=SYSTEM, root_id=self.root, open_only=False, limit=10_000).items
        return sorted(
            task.state for task in tasks
            if task.element_id == element_id and task.definition_id.startswith(f"{definition}:") and unit in (None, task.unit)
        )  # fmt: skip


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    home = tmp_path_factory.mktemp("uneven")
    engine = Engine.open(f"sqlite:///{home}/ruam.db", home=home, packs=["handlers:pack"])
    engine.upgrade()
    yield Played(engine, Uneven())
    engine.close()


def test_it_comes_to_its_end(played: Played) -> None:
    assert (played.result["state"], played.result["result"]) == ("COMPLETED", "award")
    assert played.engine.incidents(actor=SYSTEM).total == 0


def test_a_seminar_is_held_on_its_day_whoever_confirmed(played: Played) -> None:
    assert set(played.states("confirm", "seminar")) == {TaskState.TERMINATED}
    assert set(played.states("hold", "seminar")) == {TaskState.COMPLETED}


def test_who_withdraws_may_apply_again_until_closing(played: Played) -> None:
    code = played.play.withdrawing
    assert played.states("change", "application", code) == [TaskState.COMPLETED, TaskState.TERMINATED]  # withdrawn, then open until closing
    assert played.states("apply", "application", code) == [TaskState.COMPLETED, TaskState.COMPLETED]
    assert played.result["provinces"]["applied"] == PROVINCES


def test_where_every_judge_has_a_conflict_others_are_appointed(played: Played) -> None:
    code = played.play.conflicting
    assert played.states("appoint", "desk_assessment", code) == [TaskState.COMPLETED]
    assert played.states("appoint", "site_assessment", code) == [TaskState.COMPLETED]
    assert played.result["provinces"]["phase2_passed"] == PROVINCES  # the others' sheets count


def test_the_clusters_report_when_the_rounds_are_over_trained_or_not(played: Played) -> None:
    assert set(played.states("train", "cluster")) == {TaskState.TERMINATED}
    reports = played.states("report", "cluster")
    assert set(reports) == {TaskState.COMPLETED}
    assert len(reports) == len({province["cluster"] for province in played.play.invited})
