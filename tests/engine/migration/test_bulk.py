"""Many instances: each whole or not at all, whatever happens in between."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from engine.dates.clock import RealClock
from engine.engine import Engine
from engine.errors import RuamError
from engine.migration import bulk, moving
from engine.migration.carried import Carried
from engine.migration.plan import Instruction, Way
from engine.migration.refusals import Reason, refusal
from engine.migration.versions import Versions
from engine.people import SYSTEM
from engine.running.scheduler import Scheduler
from engine.spiff import Instance, Scope
from engine.testing import ADMINISTRATOR, linear
from tests.drawing import draw, users
from tests.engine.migration.moves import Staging, deploy

ENDS = '<startEvent id="s"/><endEvent id="e"/>'
RUNNER = """
import sys
from engine.dates.clock import RealClock
from engine.engine import Engine
from engine.testing import ADMINISTRATOR
engine = Engine.open(sys.argv[1], home=sys.argv[2], clock=RealClock())
while engine.go_on_migrating(sys.argv[3], limit=1, actor=ADMINISTRATOR).waiting:
    print("one more", flush=True)
print("done", flush=True)
"""
MANY = 60


def test_some_can_move_and_some_cannot(stage: Staging) -> None:
    playing = stage({"p.bpmn": draw(ENDS + users("a", "x"), "s > a > x > e")})
    instances = [playing.start("p") for _ in range(5)]
    for instance in instances[:2]:
        playing.engine.complete_task(playing.open("a", instance.id)[0].id, {}, actor=SYSTEM)
    target = deploy(playing, ENDS + users("a", "b"), "s > a > b > e")
    (plan,) = playing.engine.suggest_migrations("p", actor=ADMINISTRATOR)
    trial = playing.engine.try_migration(plan, actor=ADMINISTRATOR)
    assert (trial.movable, trial.refused, trial.effects.tasks_kept) == (3, 2, 3)
    (group,) = trial.groups
    assert (group.number, group.problem.element_name, group.continuations) == (2, "x", ("e",))
    assert "“x”" in group.problem.message_th
    done = playing.engine.migrate(plan, reason="new", actor=ADMINISTRATOR)
    assert (done.state, done.moved, done.refused, done.waiting, done.total) == ("DONE", 3, 2, 0, 5)
    assert done.groups[0].instance_ids == tuple(sorted(instance.id for instance in instances[:2]))
    more = plan.with_instructions(Instruction("x", "b", Way.BEFORE))
    rest = playing.engine.migrate(more, reason="the rest", actor=ADMINISTRATOR)
    assert (rest.moved, rest.refused) == (2, 0)
    assert playing.engine.definition(target).active_instances == 5
    assert [one.id for one in playing.engine.migrations(key="p", actor=ADMINISTRATOR).items] == [rest.id, done.id]
    assert playing.engine.suggest_migrations("p", actor=ADMINISTRATOR) == []


def test_a_few_at_a_time(stage: Staging) -> None:
    playing = stage({"p.bpmn": draw(ENDS + users("a"), "s > a > e")})
    for _ in range(5):
        playing.start("p")
    deploy(playing, ENDS + users("a", "b"), "s > a > b > e")
    (plan,) = playing.engine.suggest_migrations("p", actor=ADMINISTRATOR)
    begun = playing.engine.begin_migration(plan, reason="new", actor=ADMINISTRATOR)
    seen = [(begun.waiting, begun.moved)]
    while begun.waiting:
        begun = playing.engine.go_on_migrating(begun.id, limit=2, actor=ADMINISTRATOR)
        seen.append((begun.waiting, begun.moved))
    assert seen == [(5, 0), (3, 2), (1, 4), (0, 5)]
    assert begun.state == "DONE"


def _begun(engine: Engine, many: int = MANY) -> tuple[str, str]:
    engine.deploy({"p.bpmn": linear("p", "a", "b")}, name="first", actor=SYSTEM)
    for _ in range(many):
        engine.start("p", actor=SYSTEM)
    engine.deploy({"p.bpmn": linear("p", "a", "c", "b")}, name="second", actor=SYSTEM)
    (plan,) = engine.suggest_migrations("p", actor=SYSTEM)
    return engine.begin_migration(plan, reason="new", actor=ADMINISTRATOR).id, plan.target


def _halves(engine: Engine) -> list[Any]:
    """Instances of which one part says one version and another part another one."""
    with engine._shared.database.read() as connection:
        return connection.exec_driver_sql(
            "SELECT i.id FROM instance i JOIN task t ON t.instance_id = i.id JOIN migration_item m ON m.instance_id = i.id "
            "WHERE i.definition_id <> t.definition_id OR (m.state = 'MOVED') <> (i.definition_id = (SELECT target_id FROM migration))"
        ).all()


def test_killed_in_the_middle_nothing_is_half_moved_and_the_rest_can_follow(engine_url: str, tmp_path: Path) -> None:
    engine = Engine.open(engine_url, home=tmp_path / "home", clock=RealClock())
    migration_id, target = _begun(engine, 3 * MANY)
    broken = 0
    for _round in range(5):
        command = [sys.executable, "-c", RUNNER, engine_url, str(tmp_path / "home"), migration_id]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as runner:
            assert runner.stdout is not None
            for _ in range(random.randint(1, 10)):
                runner.stdout.readline()
            time.sleep(random.uniform(0, 0.01))
            runner.send_signal(signal.SIGKILL)
            broken += "done" not in runner.stdout.read()
        assert _halves(engine) == []
    assert broken > 0
    done = engine.go_on_migrating(migration_id, actor=ADMINISTRATOR)
    assert (done.state, done.moved, done.refused) == ("DONE", 3 * MANY, 0)
    assert _halves(engine) == []
    assert engine.audit_verify().ok
    for task in engine.tasks(actor=SYSTEM, limit=100).items[:5]:
        assert task.definition_id == target
        engine.complete_task(task.id, {}, actor=SYSTEM)
    events = engine.history(task.instance_id, event="instance.migrated", actor=SYSTEM)
    assert events.total == 1
    engine.close()


def test_the_clock_goes_on_with_what_was_broken_off(engine_url: str, tmp_path: Path) -> None:
    engine = Engine.open(engine_url, home=tmp_path / "home", clock=RealClock())
    migration_id, _target = _begun(engine)
    scheduler = Scheduler(engine)
    assert scheduler.migrate() == MANY
    assert scheduler.migrate() == 0
    assert engine.migration(migration_id, actor=SYSTEM).moved == MANY
    engine.close()


def test_completions_at_the_same_time_come_before_or_meet_a_conflict(engine_url: str, tmp_path: Path) -> None:
    engine = Engine.open(engine_url, home=tmp_path / "home", clock=RealClock())
    migration_id, _target = _begun(engine)
    open_tasks = engine.tasks(actor=SYSTEM, limit=100).items
    outcomes: list[str] = []

    def work() -> None:
        for task in reversed(open_tasks):
            try:
                engine.complete_task(task.id, {}, revision=task.revision, actor=SYSTEM)
                outcomes.append("done")
            except RuamError as error:
                outcomes.append(error.code)

    worker = threading.Thread(target=work)
    worker.start()
    done = engine.go_on_migrating(migration_id, actor=ADMINISTRATOR)
    worker.join()
    assert set(outcomes) <= {"done", "conflict"}
    assert (done.moved, done.refused) == (MANY, 0)
    assert len(outcomes) == MANY
    names = [task.element_id for task in engine.tasks(actor=SYSTEM, limit=1000).items]
    first = names.count("a")
    assert first == outcomes.count("conflict")
    assert len(names) == MANY  # who completed before stands at b, who had moved before at c
    assert engine.audit_verify().ok
    for task in engine.tasks(actor=SYSTEM, limit=1000).items:
        engine.complete_task(task.id, {}, actor=SYSTEM)
    assert _halves_left(engine) == []
    engine.close()


def _halves_left(engine: Engine) -> list[Any]:
    with engine._shared.database.read() as connection:
        return connection.exec_driver_sql(
            "SELECT i.id FROM instance i JOIN task t ON t.instance_id = i.id WHERE t.ended IS NULL AND i.definition_id <> t.definition_id"
        ).all()


def test_two_may_go_on_with_one_migration(engine_url: str, tmp_path: Path) -> None:
    engine = Engine.open(engine_url, home=tmp_path / "home", clock=RealClock())
    migration_id, _target = _begun(engine)
    threads = [threading.Thread(target=lambda: engine.go_on_migrating(migration_id, actor=ADMINISTRATOR)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = engine.go_on_migrating(migration_id, actor=ADMINISTRATOR)
    assert (done.moved, done.refused, done.state) == (MANY, 0, "DONE")
    assert engine.audit_verify().ok
    engine.close()


def test_one_that_breaks_keeps_no_other_one_waiting(stage: Staging, monkeypatch: pytest.MonkeyPatch) -> None:
    playing = stage({"p.bpmn": draw(ENDS + users("a"), "s > a > e")})
    ids = [playing.start("p").id for _ in range(3)]
    deploy(playing, ENDS + users("a", "b"), "s > a > b > e")
    (plan,) = playing.engine.suggest_migrations("p", actor=ADMINISTRATOR)
    carry = moving.carry

    def broken(running: Instance, scopes: list[Scope], versions: Versions) -> Carried:
        if running.scope_id == ids[0]:
            raise KeyError("a mistake of ours")
        return carry(running, scopes, versions)

    monkeypatch.setattr(moving, "carry", broken)
    done = playing.engine.migrate(plan, reason="new", actor=ADMINISTRATOR)
    assert (done.moved, done.refused, done.state) == (2, 1, "DONE")
    (group,) = done.groups
    assert (group.instance_ids, group.problem.rule) == ((ids[0],), "failed")
    assert "a mistake of ours" in group.problem.message_th
    monkeypatch.undo()
    playing.engine.retry_migration(done.id, actor=ADMINISTRATOR)
    assert playing.engine.go_on_migrating(done.id, actor=ADMINISTRATOR).moved == 3


def test_what_another_has_moved_meanwhile_is_not_refused_afterwards(stage: Staging) -> None:
    playing = stage({"p.bpmn": draw(ENDS + users("a"), "s > a > e")})
    id = playing.start("p").id
    deploy(playing, ENDS + users("a", "b"), "s > a > b > e")
    (plan,) = playing.engine.suggest_migrations("p", actor=ADMINISTRATOR)
    done = playing.engine.migrate(plan, reason="new", actor=ADMINISTRATOR)
    playing.engine._write(SYSTEM, lambda session: bulk.refuse(session, done.id, id, {id: [refusal(Reason.ENDED)]}))
    assert playing.engine.migration(done.id, actor=ADMINISTRATOR).moved == 1
    assert playing.engine.undo_migration(done.id, reason="back", actor=ADMINISTRATOR).done == 1
