"""How far the numbered steps are, and who is told what of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.dates.clock import SimulatedClock
from engine.engine import Engine
from engine.errors import NotFound
from engine.people import SYSTEM, Actor
from engine.projects.progress import StepState
from engine.running import modification
from engine.states import JobKind
from tests import databases
from tests.drawing import draw

START = datetime(2009, 6, 1, 2, 0, tzinfo=UTC)
PARTIES = """
[office]
th = "สำนักงาน"
en = "Office"
see = ["project"]
[village]
th = "หมู่บ้าน"
en = "Village"
unit_variable = "village.code"
see = ["application:own"]
[watcher]
th = "ผู้เฝ้าดู"
en = "Watcher"
see = ["project"]
"""
PROJECT = draw(
    '<startEvent id="start"/>'
    '<scriptTask id="plan"><script>windows = {"1": {"opens": "2009-06-01T00:00:00+07:00", "closes": "2009-06-30T23:59:59+07:00"}, '
    '"2": {"opens": "2009-07-01T00:00:00+07:00", "closes": "2009-07-31T23:59:59+07:00"}, '
    '"10": {"opens": "2009-08-01T00:00:00+07:00", "closes": "2009-08-31T23:59:59+07:00"}}; '
    'villages = [{"code": "A"}, {"code": "B"}]</script></scriptTask>'
    '<userTask id="first" name="แผน" ruam:nameEn="Plan" ruam:step="1" ruam:remind="2" camunda:candidateGroups="office"/>'
    '<callActivity id="second" name="สมัคร" calledElement="apply" ruam:step="2" ruam:category="application" ruam:unit="${village.code}">'
    '<extensionElements><camunda:in source="village" target="village"/></extensionElements>'
    '<multiInstanceLoopCharacteristics camunda:collection="villages" camunda:elementVariable="village"/></callActivity>'
    '<userTask id="tenth" name="ตัดสิน" ruam:step="10" camunda:candidateGroups="office" camunda:formKey="again"/>'
    '<exclusiveGateway id="enough"/><endEvent id="end"/>',
    "start > plan > first > second > tenth > enough >[again] second; enough >* end",
    key="project",
).replace(b'<process id="project"', b'<process id="project" ruam:category="project"')
APPLY = draw(
    '<startEvent id="start"/><endEvent id="end"/>'
    '<userTask id="fill" name="ใบสมัคร" camunda:candidateGroups="village:${village.code}" camunda:dueDate="2009-07-10"/>',
    "start > fill > end",
    key="apply",
)
AGAIN = '{"type": "object", "properties": {"again": {"type": "boolean", "title": "อีกรอบ"}}}'
FILES = {"project.bpmn": PROJECT, "apply.bpmn": APPLY, "parties.toml": PARTIES.encode(), "forms/again.json": AGAIN.encode()}

OFFICE = Actor("officer", frozenset({"office"}))
VILLAGE_A, VILLAGE_B = Actor("a", frozenset({"village:A"})), Actor("b", frozenset({"village:B"}))
WATCHER, STRANGER = Actor("w", frozenset({"watcher"})), Actor("x", frozenset({"elsewhere"}))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = Engine.open(databases.sqlite_url(tmp_path / "ruam.db"), home=tmp_path, clock=SimulatedClock(START))
    opened.upgrade()
    opened.deploy(FILES, name="t", actor=SYSTEM)
    yield opened
    opened.close()


@pytest.fixture
def root(engine: Engine) -> str:
    return engine.start("project", business_key="2552", actor=OFFICE).id


def do(engine: Engine, actor: Actor, root_id: str, values: dict[str, object] | None = None) -> None:
    """Complete the actor's first task."""
    task = engine.inbox(actor, root_id=root_id).items[0]
    engine.complete_task(task.id, values, actor=actor)


def states(engine: Engine, root_id: str, actor: Actor = OFFICE) -> list[StepState | None]:
    return [step.state for step in engine.progress(root_id, actor=actor)]


def test_steps_stand_in_the_order_of_their_numbers(engine: Engine, root: str) -> None:
    found = engine.progress(root, actor=OFFICE)
    assert [step.n for step in found] == ["1", "2", "10"]
    assert states(engine, root) == [StepState.OPEN, StepState.NOT_STARTED, StepState.NOT_STARTED]
    assert found.steps[0].name_en == "Plan"
    assert str(found.steps[1].month) == "2009-07-01"
    assert found.whole
    assert not found.done


def test_an_open_step_says_for_whom_it_waits(engine: Engine, root: str) -> None:
    do(engine, OFFICE, root)
    second = engine.progress(root, actor=SYSTEM).steps[1]
    (waiting,) = second.waits_for
    assert (waiting.party, waiting.tasks, waiting.units) == ("village", 2, ("A", "B"))
    assert second.times == 1  # one entry, however many instances it called


def test_tasks_that_one_may_not_see_are_not_counted(engine: Engine, root: str) -> None:
    do(engine, OFFICE, root)
    second = engine.progress(root, actor=WATCHER).steps[1]
    assert second.state is StepState.OPEN
    assert second.waits_for == ()


def test_a_step_past_its_date_is_overdue(engine: Engine, root: str) -> None:
    engine.advance_clock(START + timedelta(days=40), actor=SYSTEM)
    assert states(engine, root)[0] is StepState.OVERDUE


def test_going_back_counts_the_entries_and_shows_as_returned(engine: Engine, root: str) -> None:
    for actor, values in ((OFFICE, None), (VILLAGE_A, None), (VILLAGE_B, None), (OFFICE, {"again": True})):
        do(engine, actor, root, values)
    second = engine.progress(root, actor=OFFICE).steps[1]
    assert (second.state, second.times) == (StepState.RETURNED, 2)


def test_when_all_is_over(engine: Engine, root: str) -> None:
    for actor, values in ((OFFICE, None), (VILLAGE_A, None), (VILLAGE_B, None), (OFFICE, {"again": False})):
        do(engine, actor, root, values)
    found = engine.progress(root, actor=OFFICE)
    assert [step.state for step in found] == [StepState.DONE] * 3
    assert found.steps[2].closes == datetime(2009, 8, 31, 16, 59, 59, tzinfo=UTC)  # the plan is known after the end, too


def test_cancelled_steps_have_stopped_and_later_ones_are_skipped(engine: Engine, root: str) -> None:
    engine.cancel(root, reason="no budget", actor=SYSTEM)
    assert states(engine, root, SYSTEM) == [StepState.STOPPED, StepState.SKIPPED, StepState.SKIPPED]


def test_a_step_led_past_by_hand_is_not_done(engine: Engine, root: str) -> None:
    (task,) = engine.tasks(actor=SYSTEM, instance_id=root).items
    engine.modify(root, modification.move(task.id, "tenth"), reason="agreed elsewhere", actor=SYSTEM)
    found = engine.progress(root, actor=OFFICE)
    assert [step.state for step in found.steps] == [StepState.SKIPPED, StepState.NOT_STARTED, StepState.OPEN]
    assert (found.steps[0].completed, found.done) == (None, 0)


def test_who_only_takes_part_is_told_dates_and_his_own_tasks(engine: Engine, root: str) -> None:
    do(engine, OFFICE, root)
    found = engine.progress(root, actor=VILLAGE_A)
    assert not found.whole
    assert [step.state for step in found] == [None, StepState.OPEN, None]
    assert found.steps[1].open_tasks == 1  # his own, not the other village's
    assert found.steps[0].started is None
    assert found.steps[2].opens is not None


def test_his_own_tasks_that_are_held_or_were_stopped_are_not_done(engine: Engine, root: str) -> None:
    do(engine, OFFICE, root)
    engine.suspend(root, reason="a question", actor=SYSTEM)
    assert states(engine, root, VILLAGE_A) == [None, StepState.OPEN, None]
    engine.resume(root, reason="answered", actor=SYSTEM)
    do(engine, VILLAGE_B, root)
    engine.cancel(root, reason="no budget", actor=SYSTEM)
    assert [states(engine, root, one)[1] for one in (VILLAGE_A, VILLAGE_B)] == [StepState.STOPPED, StepState.DONE]


def test_a_stranger_is_told_nothing(engine: Engine, root: str) -> None:
    with pytest.raises(NotFound):
        engine.progress(root, actor=STRANGER)
    assert engine.roots(actor=STRANGER).total == 0


def test_roots_and_what_runs_under_them(engine: Engine, root: str) -> None:
    do(engine, OFFICE, root)
    assert [(found.instance.id, found.whole) for found in engine.roots(actor=VILLAGE_A).items] == [(root, False)]
    assert engine.roots(actor=OFFICE).items[0].whole
    assert [child.unit for child in engine.tree(root, actor=VILLAGE_A)] == ["A"]
    assert engine.tree(root, actor=WATCHER) == ()
    assert {child.unit for child in engine.tree(root, actor=SYSTEM)} == {"A", "B"}


def test_a_moved_date_is_told_with_its_reason(engine: Engine, root: str) -> None:
    task = engine.inbox(OFFICE).items[0]
    engine.set_task_due(task.id, START + timedelta(days=50), reason="holidays", actor=SYSTEM)
    first = engine.progress(root, actor=OFFICE).steps[0]
    assert first.due == START + timedelta(days=50)
    assert [(moved.reason, moved.after) for moved in first.moved] == [("holidays", START + timedelta(days=50))]


def test_a_reminder_on_another_day_moves_no_date(engine: Engine, root: str) -> None:
    task = engine.inbox(OFFICE).items[0]
    engine.set_task_due(task.id, START + timedelta(days=50), reason="holidays", actor=SYSTEM)
    reminder = next(job for job in engine.jobs(actor=SYSTEM).items if job.kind == JobKind.REMINDER)
    engine.move_job(reminder.id, START + timedelta(days=2), reason="earlier", actor=SYSTEM)
    assert [moved.reason for moved in engine.progress(root, actor=OFFICE).steps[0].moved] == ["holidays"]
