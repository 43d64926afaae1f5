"""Every ending of the 24-step project, on both databases (docs/participation.md, PROCESS.md by number)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from engine.engine import Engine
from engine.people import SYSTEM
from engine.queries import TaskItem
from engine.states import InstanceState
from handlers.rehearsal import OPINIONS, ParticipationPlay, Scenario
from handlers.shared.scoring import CRITERIA
from tests.stories.playing import PROVINCES, played

EASY = Scenario(applying=1, withdrawing=0, quality=(90, 1), returns={}, refusals=0)  # everybody applies, passes and is awarded
KEYS = [
    "state", "result", "year", "user_tasks", "timers_fired", "returned", "history_events", "audit_ok", "cpu_seconds", "clock", "provinces",
    "letters", "steps", "instalments",
]  # fmt: skip


def altered(**changes: Any) -> Scenario:
    from dataclasses import replace

    return replace(EASY, **changes)


def test_award_after_one_return_and_one_no(engine_url: str, tmp_path: Path) -> None:
    with played(engine_url, tmp_path, altered(returns={"19": "seminar_summary"}, refusals=1)) as story:
        result = story.result
        assert list(result) == KEYS
        assert (result["state"], result["result"], result["year"]) == ("COMPLETED", "award", 2552)
        assert (result["returned"], result["audit_ok"]) == (1, True)
        counts = ["invited", "applied", "phase1_passed", "phase2_passed", "visited"]
        assert [result["provinces"][name] for name in counts] == [PROVINCES] * len(counts)
        assert 0 < result["provinces"]["awarded"] <= PROVINCES
        assert result["letters"] == {"8": 3, "10": 3, "14": 3, "16": 3, "22": result["provinces"]["awarded"]}
        assert [step["n"] for step in result["steps"]] == list(range(1, 25))
        assert {n: step["times"] for n, step in story.steps.items() if step["times"] != 1} == {17: 2, 18: 2}
        assert story.papers["seminar_summary"]["returned"] == 1
        assert all(paper["accepted"] and paper["delivered"] for paper in story.papers.values())
        assert result["clock"]["from"] == "2009-06-01T00:00:00+07:00"
        assert _ordered(story.steps)
        (child,) = [child for child in story.children("acceptance") if child.step == "21"]
        plaques = story.engine.variables(child.id, actor=SYSTEM)["examined"][0]
        assert (plaques["key"], plaques["copies"]) == ("plaques", result["provinces"]["awarded"])


def _ordered(steps: dict[int, dict[str, Any]]) -> bool:
    """1 to 24 begin one after the other, but 11 and 12 together."""
    begun = [datetime.fromisoformat(steps[n]["started"]) for n in range(1, 25)]
    return begun == sorted(begun) and steps[11]["started"] == steps[12]["started"]


def test_the_coming_year_without_any_return(engine_url: str, tmp_path: Path) -> None:
    with played(engine_url, tmp_path, altered(year=2570)) as story:
        assert (story.result["result"], story.result["year"], story.result["returned"]) == ("award", 2570, 0)
        assert story.result["clock"]["from"] == "2027-06-01T00:00:00+07:00"
        assert story.steps[12]["completed"] == "2027-07-30T23:59:59+07:00"  # the 31st is a Saturday
        assert {step["times"] for step in story.result["steps"]} == {1}


RETURNED = {"5": "plan", "7": "guidelines", "19": "draft_lessons", "21": "lessons", "23": "final_report"}


def test_returned_at_each_acceptance(engine_url: str, tmp_path: Path) -> None:
    with played(engine_url, tmp_path, altered(returns=RETURNED)) as story:
        assert story.result["returned"] == 5
        assert {key: paper["returned"] for key, paper in story.papers.items() if paper["returned"]} == dict.fromkeys(RETURNED.values(), 1)
        assert {step["times"] for step in story.result["steps"]} == {1}  # the main flow does not run again
        certificates = story.engine.documents(story.root_id, actor=SYSTEM, category="project", deliverable="acceptance_certificate").items
        assert sorted(int(paper.step or 0) for paper in certificates) == [5, 7, 19, 21, 23]
        for child in story.children("acceptance"):
            rounds = story.engine.variables(child.id, actor=SYSTEM)["rounds"]
            assert [bool(record["returned"]) for record in rounds] == [True, False]
            assert rounds[1]["examined"] == rounds[0]["returned"]  # only what was returned is examined again
            assert rounds[1]["versions"][rounds[1]["examined"][0]] == 2


class Reading(ParticipationPlay):
    """Reads what stands beside the form of each examination of the first instalment."""

    engine: Engine | None = None

    def at(self, task: TaskItem, variables: Mapping[str, Any], planned: datetime) -> datetime | None:
        if task.element_id == "examine" and task.step == "5" and self.engine is not None:
            view = self.engine.task(task.id, actor=self.engine.actor(task.assignee or ""))
            assert view.form is not None
            shown = view.form.view("th", view.values, view.variables, functions={})
            beside = {part.title: str(part.value) for part in shown.shown if part.title in ("เหตุที่ส่งคืนในรอบก่อน", "สิ่งที่ปรับแก้แล้ว")}
            READ.setdefault(view.variables["round"], beside)
        return super().at(task, variables, planned)


READ: dict[int, dict[str, str]] = {}


def test_who_examines_again_reads_why_it_was_returned_and_what_was_changed(sqlite_template: Path, tmp_path: Path) -> None:
    READ.clear()
    shutil.copy(sqlite_template, tmp_path / "ruam.db")
    with played(f"sqlite:///{tmp_path}/ruam.db", tmp_path, altered(applying=0, returns={"5": "plan"}), play=Reading) as story:
        (child, *_others) = story.children("acceptance")
        (reworked,) = story.engine.variables(child.id, actor=SYSTEM)["reworked"]
    assert not any(READ[1].values()) or set(READ[1].values()) == {"[]"}
    assert reworked["reasons"] in READ[2]["เหตุที่ส่งคืนในรอบก่อน"]
    assert reworked["changes"] in READ[2]["สิ่งที่ปรับแก้แล้ว"]
    assert reworked["th"] in READ[2]["สิ่งที่ปรับแก้แล้ว"]


def test_no_twice_at_step_18(engine_url: str, tmp_path: Path) -> None:
    with played(engine_url, tmp_path, altered(refusals=2)) as story:
        assert story.result["result"] == "award"
        assert {n: step["times"] for n, step in story.steps.items() if step["times"] != 1} == {17: 3, 18: 3}


@pytest.mark.parametrize(
    ("scenario", "skipped", "counts"),
    [
        pytest.param(altered(applying=0), {13, 14, 15, 16}, (0, 0, 0), id="nobody applies"),
        pytest.param(altered(withdrawing=1), {13, 14, 15, 16}, (0, 0, 0), id="all withdraw"),
        pytest.param(altered(quality=(20, 1)), {14, 15, 16}, (PROVINCES, 0, 0), id="all fail phase 1"),
        pytest.param(altered(quality=(65, 0)), {15, 16}, (PROVINCES, PROVINCES, 0), id="all fail phase 2"),
        pytest.param(altered(award=False), set(), (PROVINCES, PROVINCES, PROVINCES), id="nobody is selected"),
    ],
)
def test_no_award(engine_url: str, tmp_path: Path, scenario: Scenario, skipped: set[int], counts: tuple[int, int, int]) -> None:
    with played(engine_url, tmp_path, scenario) as story:
        result, provinces = story.result, story.result["provinces"]
        assert (result["state"], result["result"], provinces["awarded"]) == ("COMPLETED", "no_award", 0)
        assert (provinces["applied"], provinces["phase1_passed"], provinces["phase2_passed"]) == counts
        assert {n for n, step in story.steps.items() if step["times"] == 0} == skipped
        assert "22" not in result["letters"]
        assert story.papers["plaques"]["delivered"] is None
        assert all(instalment["accepted"] for instalment in result["instalments"])


class Drafting(ParticipationPlay):
    """Provinces that do not apply leave a draft behind."""

    engine: Engine | None = None

    def at(self, task: TaskItem, variables: Mapping[str, Any], planned: datetime) -> datetime | None:
        if task.element_id == "apply" and task.unit not in self._applying and self.engine is not None:
            self.engine.save_draft(task.id, {"action": "apply", "project_name": "ร่าง"}, actor=self.engine.actor(f"province-{task.unit}"))
            return None
        return super().at(task, variables, planned)


def test_the_deadline_closes_an_open_application(engine_url: str, tmp_path: Path) -> None:
    with played(engine_url, tmp_path, altered(applying=0.5), play=Drafting, seed=2) as story:
        assert 0 < story.result["provinces"]["applied"] < PROVINCES
        applications = story.children("application")
        assert {child.state for child in applications} == {InstanceState.INTERNALLY_TERMINATED}
        assert {child.ended.isoformat() for child in applications} == {"2009-07-31T16:59:59+00:00"}
        tasks = story.engine.tasks(actor=SYSTEM, root_id=story.root_id, open_only=False, limit=1000).items
        drafts = [task for task in tasks if task.element_id == "apply" and task.has_draft]
        assert len(drafts) == PROVINCES - story.result["provinces"]["applied"]
        assert {task.state for task in drafts} == {"TERMINATED"}


class StandingIn(ParticipationPlay):
    """Of the committee one is away: an administrator puts each of his tasks into another's hands, who answers."""

    engine: Engine | None = None

    def at(self, task: TaskItem, variables: Mapping[str, Any], planned: datetime) -> datetime | None:
        if task.element_id == "examine" and task.assignee == "inspection3" and self.engine is not None:
            self.engine.assign(task.id, "opdc2", reason="ลาป่วย", actor=self.engine.actor("admin"))
            self.engine.complete_task(task.id, {"decision": "accept"}, actor=self.engine.actor("opdc2"))
            return None
        return super().at(task, variables, planned)


def test_an_absent_member_is_replaced(engine_url: str, tmp_path: Path) -> None:
    with played(engine_url, tmp_path, altered(applying=0), play=StandingIn) as story:
        for child in story.children("acceptance"):
            (record,) = story.engine.variables(child.id, actor=SYSTEM)["rounds"]
            assert {verdict["member"]: verdict["by"] for verdict in record["verdicts"]}["inspection3"] == "opdc2"
            assert "ผู้ใช้สาธิต: เจ้าหน้าที่สำนักงาน ก.พ.ร. 2" in {verdict["name"] for verdict in record["verdicts"]}


def test_scores_leave_no_trace_outside_the_sealed_rows(engine_url: str, tmp_path: Path) -> None:
    with played(engine_url, tmp_path, altered(quality=(75, 5))) as story:
        engine = story.engine
        events = engine.history(story.root_id, actor=SYSTEM, tree=True, limit=100_000).items
        told = [dict(event.data) for event in events]
        for child in story.children("desk_assessment") + story.children("site_assessment"):
            told.append(engine.variables(child.id, actor=SYSTEM))
        text = json.dumps(told, ensure_ascii=False)
        assert "TH-" in text
        assert not [opinion for opinion in OPINIONS if opinion in text]
        assert not list(_points(told))


def _points(value: Any) -> Iterator[Any]:
    """Numbers given for a criterion, wherever they stand; the weights of the scoring table (beside its pass mark) are none."""
    if isinstance(value, Mapping):
        if "pass" not in value:
            yield from ((name, value[name]) for name in CRITERIA if isinstance(value.get(name), int | float))
        for inner in value.values():
            yield from _points(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _points(inner)


def test_each_party_finds_its_letters_only(engine_url: str, tmp_path: Path) -> None:
    with played(engine_url, tmp_path, EASY) as story:
        engine, codes = story.engine, [child.unit for child in story.children("application")]
        expected = {"seminar_invitation", "application_invitation", "phase2_notice", "visit_schedule"}
        for code in codes:
            seen = engine.documents(story.root_id, actor=engine.actor(f"province-{code}"), category="letter", limit=1000).items
            assert {letter.unit for letter in seen} == {code}
            assert {letter.deliverable for letter in seen} >= expected
        everything = engine.documents(story.root_id, actor=engine.actor("opdc1"), category="letter", limit=1000).items
        _view, stream = engine.open_document(seen[0].id, actor=engine.actor(f"province-{codes[-1]}"))
        with stream:
            assert stream.read(5) == b"%PDF-"
        numbers = [letter.number for letter in everything]
        assert len(numbers) == len(set(numbers)) > len(codes)
        assert not engine.documents(story.root_id, actor=engine.actor("inspection1"), category="letter").items


def test_the_same_seed_gives_the_same_project(sqlite_template: Path, tmp_path: Path) -> None:
    results = []
    for name in ("first.db", "second.db"):
        shutil.copy(sqlite_template, tmp_path / name)
        with played(f"sqlite:///{tmp_path / name}", tmp_path, Scenario(), seed=3) as story:
            results.append({key: value for key, value in story.result.items() if key != "cpu_seconds"})
    assert results[0] == results[1]


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("year", "invited"), [(2552, 75), (2570, 76)])
def test_the_whole_country(engine_url: str, tmp_path: Path, year: int, invited: int) -> None:
    with played(engine_url, tmp_path, Scenario(year=year), seed=7, provinces=invited) as story:
        result = story.result
        assert (result["state"], result["result"], result["audit_ok"], result["returned"]) == ("COMPLETED", "award", True, 1)
        assert result["provinces"]["invited"] == result["letters"]["8"] == result["letters"]["10"] == invited
        assert len(story.children("cluster")) == 18
        assert len(story.children("seminar")) == 4
        assert not story.engine.incidents(actor=SYSTEM).items
