"""Edits made while projects run: each as a draft that a second person approves, activated, moved, and its task found and completed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.errors import Invalid
from engine.migration.plan import Due, Instruction, Way
from engine.migration.refusals import Reason
from engine.people import SYSTEM
from engine.rehearsal import Rehearsal
from engine.running import modification
from engine.states import JobKind
from engine.views.searching import Condition, Operator
from engine.views.subjects.instances import RUNNING_INSTANCES
from handlers.shared import provinces
from tests import databases
from tests.engine.differences import edits
from tests.stories.changing import FIRST, SIXTH, TWELFTH, Arrived, Running, Up, prepare
from tests.stories.playing import opened

TEMPLATE = "projects_template"  # on PostgreSQL


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def projects(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A database of each kind with three projects, made once; and its files."""
    folder, kind = tmp_path_factory.mktemp("projects"), str(request.param)
    url = databases.sqlite_url(folder / "ruam.db") if kind == "sqlite" else request.getfixturevalue("postgres").create(TEMPLATE)
    prepare(folder, url)
    return kind, folder


@pytest.fixture
def running(projects: tuple[str, Path], tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Running]:
    """A copy of it."""
    kind, folder = projects
    home = shutil.copytree(folder, tmp_path / "home")
    with ExitStack() as stack:
        if kind == "sqlite":
            url = databases.sqlite_url(home / "ruam.db")
        else:
            url = stack.enter_context(request.getfixturevalue("postgres").database(TEMPLATE))
        yield Running(stack.enter_context(opened(url, home)))


def test_a_step_is_added(running: Running) -> None:
    running.changed(edits.step_added())
    assert running.moved() == 3
    root = running.root(FIRST)
    running.does("consultant1", root, "step01")
    assert not running.open(root, "step02")
    task = running.does("opdc1", root, "x")
    assert (task.step, task.party) == ("1a", "opdc")
    running.does("consultant1", root, "step02")
    assert running.open(running.root(SIXTH), "step06")


def test_one_that_waits_is_removed(running: Running) -> None:
    running.changed(edits.step_removed())
    assert running.refused() == [(Reason.GONE, "step06", 1)]
    assert running.moved(instructions=[Instruction("step06", "step07", Way.BEFORE)]) == 3
    root = running.root(SIXTH)
    assert not running.open(root, "step06")
    for member in ("inspection1", "inspection2", "inspection3"):
        running.does(member, root, "examine", decision="accept")
    running.engine.run_due()
    assert running.open(root, "step08_sign")


def test_one_is_split_between_two_parties(running: Running) -> None:
    running.changed(edits.step_split())
    assert running.moved() == 3
    root = running.root(SIXTH)
    assert running.does("consultant1", root, "step06").name == "ร่างแนวทาง"
    assert running.does("opdc1", root, "x").step == "6ข"
    assert running.found("inspection1", root, "examine")


def test_one_is_shared_by_two_parties(running: Running) -> None:
    running.changed(edits.step_shared())
    assert running.refused() == [(Reason.WAITS_FOR_EVER, "join", 1)]
    assert running.moved(instructions=[Instruction("step06", "fork", Way.BEFORE)]) == 3
    root = running.root(SIXTH)
    running.does("opdc1", root, "x")
    assert not running.open(root, "examine")
    running.does("consultant1", root, "step06")
    assert running.found("inspection1", root, "examine")


def test_a_lane_is_changed(running: Running) -> None:
    root = running.root(TWELFTH)
    before = running.found("consultant1", root, "step11")
    running.changed(edits.edited(edits.PROJECT, *edits.lane("step11", "step10", "step11")))
    assert running.moved() == 3
    assert running.does("opdc1", root, "step11").id == before.id
    assert not running.open(root, "step11")


def test_a_timer_is_moved(running: Running) -> None:
    running.changed(edits.timer_moved())
    assert running.moved(due=Due.RECALCULATE) == 3
    engine, root = running.engine, running.root(TWELFTH)
    engine.advance_clock(datetime(2009, 9, 1, tzinfo=UTC), actor=SYSTEM)
    code = engine.variables(root, actor=SYSTEM)["provinces"][0]["code"]
    running.does(f"province-{code}", root, "apply", action="apply")
    (job,) = [job for job in engine.jobs(actor=SYSTEM, instance_id=root, kind=JobKind.TIMER).items if job.element_id == "step12_closing"]
    assert job.due == datetime(2027, 8, 7, 16, 59, 59, tzinfo=UTC)


def test_a_form_is_changed(running: Running) -> None:
    root = running.root(SIXTH)
    running.does("consultant1", root, "step06")
    before = running.found("inspection1", root, "examine")
    running.changed(edits.form_changed())
    assert running.moved("acceptance") == 1
    returned = {"decision": "return", "returned_keys": ["guidelines"]}
    with pytest.raises(Invalid) as refused:
        running.does("inspection1", root, "examine", **returned, reasons="สั้น")
    assert [problem.field for problem in refused.value.problems] == ["/reasons"]
    assert running.does("inspection1", root, "examine", **returned, reasons="รายละเอียดไม่ครบตามที่กำหนดไว้").id == before.id


@pytest.mark.parametrize(("changed", "passed"), [(False, True), (True, False)])
def test_the_pass_mark_is_changed(running: Running, changed: bool, passed: bool) -> None:
    if changed:
        running.changed(edits.pass_mark_changed())
        assert running.moved() == 3
    root = running.root(TWELFTH)
    with pytest.raises(Arrived):
        Rehearsal(running.engine, Up("17", TWELFTH), 1).go_on(root)
    variables = running.engine.variables(root, actor=SYSTEM)
    assert variables["scoring1"]["pass"] == (65 if changed else 60)
    assert bool(variables["passed1"]) is passed


def test_a_return_is_added(running: Running) -> None:
    running.changed(edits.return_added())
    assert running.moved() == 3
    root = running.root(SIXTH)
    for answer in ("back", "good"):
        running.does("consultant1", root, "step06")
        running.does("opdc1", root, "x", look=answer)
    assert running.found("inspection1", root, "examine")


def test_the_acceptance_is_changed_under_an_open_one(running: Running) -> None:
    root = running.root(SIXTH)
    running.does("consultant1", root, "step06")
    running.does("inspection1", root, "examine", decision="accept")
    running.changed(edits.acceptance_changed())
    assert running.moved("acceptance") == 1
    for member in ("inspection2", "inspection3"):
        running.does(member, root, "examine", decision="accept")
    running.does("opdc1", root, "countersign")
    running.engine.run_due()
    assert running.found("opdc1", root, "step08_sign")


def test_everything_is_renamed(running: Running) -> None:
    running.changed(edits.everything_renamed())
    assert running.moved() == 3
    assert running.moved("application") == 3
    for user, key, element in (("consultant1", FIRST, "step01"), ("consultant1", SIXTH, "step06"), ("consultant1", TWELFTH, "step11")):
        assert running.does(user, running.root(key), element).name.startswith("ใหม่ ")
    root = running.root(TWELFTH)
    (code, *_others) = [one["code"] for one in running.engine.variables(root, actor=SYSTEM)["provinces"]]
    assert running.does(f"province-{code}", root, "apply", action="apply").name.startswith("ใหม่ จัดทำข้อเสนอ")


def test_a_province_is_added_in_the_middle_of_step_12(running: Running) -> None:
    engine, root, admin = running.engine, running.root(TWELFTH), running.engine.actor("admin")
    running.changed(edits.province_added())
    assert running.moved() == 3
    (new,) = [one for one in provinces.of_year(edits.province_added()["provinces.csv"], 2552) if one["code"] == "TH-99"]
    engine.add_user("newcomer", name="จังหวัดใหม่", groups=["province:TH-99"], actor=SYSTEM)
    more = modification.Instruction(modification.Do.START_BEFORE, "step12", variables={"province": new})
    engine.modify(root, [more], reason="เพิ่มจังหวัด", actor=admin)
    assert engine.variables(root, actor=SYSTEM)["provinces"][-1] == new
    assert len(running.open(root, "apply")) == 4
    task = running.does("newcomer", root, "apply", action="apply")
    assert (task.unit, task.name) == ("TH-99", "จัดทำข้อเสนอและสมัครส่งผลงาน: จังหวัดจังหวัดใหม่")
    running.does("consultant1", root, "step11")
    engine.advance_clock(datetime(2009, 8, 1, tzinfo=UTC), actor=SYSTEM)
    assert [one["code"] for one in engine.variables(root, actor=SYSTEM)["applicants"]] == ["TH-99"]


def test_the_project_and_what_it_called_change_together_at_step_12(running: Running) -> None:
    engine, root, admin = running.engine, running.root(TWELFTH), running.engine.actor("admin")
    before = running.open(root, "apply")
    running.changed(edits.project_and_application_changed())
    done = running.moved_together()
    assert {part.definition_key: part.moved for part in done.parts} == {"project": 3, "application": len(before), "cluster": 3}

    def versions() -> set[int]:
        found = engine.search(RUNNING_INSTANCES, [Condition("root_id", Operator.IS, root)], actor=admin)
        return {one.definition_version for one in found}

    assert versions() == {2}
    engine.begin_undoing(done.id, reason="ยังไม่ถึงเวลา", actor=admin)
    engine.resume_migrations()
    assert engine.migration(done.id, actor=admin).undone == done.moved
    assert versions() == {1}
    running.moved_together()
    assert {one.id for one in running.open(root, "apply")} == {one.id for one in before}
    code = engine.variables(root, actor=SYSTEM)["provinces"][0]["code"]
    running.does(f"province-{code}", root, "apply", action="apply")
    running.does("opdc1", root, "note")
    assert running.open(root, "check") or running.open(root, "change")
    running.does("consultant1", running.root(FIRST), "step01")
    assert running.does("opdc1", running.root(FIRST), "x").step == "1a"


def test_the_schedule_is_of_another_year(running: Running) -> None:
    engine, sixth, root = running.engine, running.root(SIXTH), running.root(TWELFTH)
    before = running.found("consultant1", sixth, "step06")
    running.changed(edits.year_changed(2010))
    assert running.moved_together(due=Due.RECALCULATE).moved == 9, "what was called goes by the windows of the project, which moves first"
    after = running.found("consultant1", sixth, "step06")
    assert (after.id, before.due, after.due) == (
        before.id,
        datetime(2009, 6, 30, 16, 59, 59, tzinfo=UTC),
        datetime(2010, 6, 30, 16, 59, 59, tzinfo=UTC),
    )
    engine.advance_clock(datetime(2010, 7, 1, tzinfo=UTC), actor=SYSTEM)
    code = engine.variables(root, actor=SYSTEM)["provinces"][0]["code"]
    task = running.does(f"province-{code}", root, "apply", action="apply")
    assert task.due == datetime(2010, 7, 30, 16, 59, 59, tzinfo=UTC)
    running.does("consultant1", root, "step11")
    engine.advance_clock(datetime(2010, 7, 31, tzinfo=UTC), actor=SYSTEM)
    assert [one["code"] for one in engine.variables(root, actor=SYSTEM)["applicants"]] == [code]
    running.does("consultant1", sixth, "step06")
