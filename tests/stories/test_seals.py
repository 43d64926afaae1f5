"""Who sees which scores when, and who may judge whom (PROCESS.md 10, 11), while the project runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from engine.engine import Engine
from engine.people import SYSTEM
from engine.queries import TaskView
from handlers.rehearsal import ParticipationPlay, Scenario
from tests.stories.playing import played

SCENARIO = Scenario(applying=1, withdrawing=0, quality=(85, 2), returns={}, refusals=0)
STRANGERS = ("opdc1", "consultant1", "subcommission1", "inspection1", "observer", "admin")


class Watching(ParticipationPlay):
    """Looks, whenever somebody answers a form, at what everybody may read of the scores."""

    engine: Engine | None = None

    def decide(self, view: TaskView, random: Random, today: date) -> dict[str, Any]:
        self.look(view)
        return super().decide(view, random, today)

    def look(self, view: TaskView) -> None:
        key, root = view.task.form_key, view.task.root_id
        province, other = (f"province-{province['code']}" for province in self.invited[:2])
        if key == "score_sheet_1":
            assert all(not self.read(root, "score1", who) for who in (*STRANGERS, province, other))
            assert {value.created_by for value in self.read(root, "score1", str(view.task.assignee))} <= {view.task.assignee}
        if key == "phase1_report":
            assert all(self.read(root, "score1", who) for who in ("opdc1", "consultant1", "central1"))
            assert not any(self.read(root, "score1", who) for who in ("subcommission1", "inspection1", "observer", "admin", province))
        if key == "score_sheet_2":
            assert not any(self.read(root, "score2", who) for who in (*STRANGERS, province))
        if key == "delegation":
            assert all(self.read(root, category, "subcommission1") for category in ("score1", "score2"))
            assert not any(self.read(root, category, province) for category in ("score1", "score2"))
        if key == "ceremony_reply":
            for number, who in enumerate((province, other)):
                assert {value.unit for value in self.read(root, "score1", who)} == {self.invited[number]["code"]}
        self.seen.add(str(key))

    @property
    def seen(self) -> set[str]:
        return self.__dict__.setdefault("_seen", set())

    def read(self, root_id: str, category: str, user_id: str) -> Sequence[Any]:
        assert self.engine is not None
        return self.engine.released(root_id, category=category, actor=self.engine.actor(user_id))


def test_seals_are_opened_to_each_in_his_time(engine_url: str, tmp_path: Path) -> None:
    with played(engine_url, tmp_path, SCENARIO, play=Watching) as story:
        assert story.result["result"] == "award"
        assert story.play.seen >= {"score_sheet_1", "phase1_report", "score_sheet_2", "delegation", "ceremony_reply"}  # type: ignore[attr-defined]


class Torn(ParticipationPlay):
    """A member of the central committee belongs to a province that applies."""

    @property
    def code(self) -> str:
        return str(self.invited[0]["code"])

    def people(self) -> list[Mapping[str, Any]]:
        return [
            {**person, "groups": [*person["groups"], f"province:{self.code}"]} if person["user_id"] == "central1" else person
            for person in super().people()
        ]


def test_nobody_scores_a_province_he_belongs_to(engine_url: str, tmp_path: Path) -> None:
    with played(engine_url, tmp_path, SCENARIO, play=Torn, provinces=2) as story:
        own = story.play.code  # type: ignore[attr-defined]
        judges = {child.unit: story.engine.variables(child.id, actor=SYSTEM)["judges"] for child in story.children("desk_assessment")}
        assert judges.pop(own) == ["central2", "central3"]
        assert list(judges.values()) == [["central1", "central2", "central3"]]
        for child in story.children("site_assessment"):
            assert ("central1" in story.engine.variables(child.id, actor=SYSTEM)["judges"]) == (child.unit != own)
