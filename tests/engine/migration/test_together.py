"""All that was deployed together moves, and goes back, in one: each root whole with all it called, or not at all."""

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
from engine.errors import Invalid, NotFound
from engine.migration.plan import Instruction, Plan, Way
from engine.migration.views import ItemState
from engine.people import SYSTEM
from engine.testing import ADMINISTRATOR, Stage
from tests.drawing import draw, users
from tests.engine.migration.moves import Staging, image, latest

ENDS = '<startEvent id="s"/><endEvent id="e"/>'
MANY = 3  # what each root calls
CALL = f'<callActivity id="k" name="call" calledElement="child"><multiInstanceLoopCharacteristics><loopCardinality>{MANY}</loopCardinality>\
</multiInstanceLoopCharacteristics></callActivity>'
RUNNER = """
import sys
from engine.dates.clock import RealClock
from engine.engine import Engine
from engine.testing import ADMINISTRATOR
engine = Engine.open(sys.argv[1], home=sys.argv[2], clock=RealClock())
while True:
    now = engine.go_on_migrating(sys.argv[3], limit=1, actor=ADMINISTRATOR)
    if not now.waiting + now.returning:
        break
    print("one more", flush=True)
print("done", flush=True)
"""


def files(*steps: str, child: tuple[str, ...] = ("c",), call: str = CALL) -> dict[str, bytes]:
    """A process that calls another several times, then has these steps."""
    called = " > ".join(("s", *(["k"] if call else []), *steps, "e"))
    return {
        "p.bpmn": draw(ENDS + call + users(*steps), called),
        "child.bpmn": draw(ENDS + users(*child), " > ".join(("s", *child, "e")), key="child"),
    }


def newer(stage: Stage, made: dict[str, bytes]) -> str:
    """Deploy it; the id of the deployment."""
    return stage.engine.deploy(made, name="next", actor=ADMINISTRATOR).id


def plans(stage: Stage, deployment: str, **more: list[Instruction]) -> list[Plan]:
    """What is suggested; with instructions besides, by the key of the process."""
    found = stage.engine.suggest_joint_migration(deployment, actor=ADMINISTRATOR)
    return [plan.with_instructions(*more.get(plan.source.split(":")[0], ())) for plan in found]


def versions(stage: Stage, root: str) -> list[int]:
    """Of a root and all it called."""
    with stage.engine._shared.database.read() as connection:
        return sorted(
            row[0]
            for row in connection.exec_driver_sql(
                f"SELECT d.version FROM instance i JOIN definition d ON d.id = i.definition_id "
                f"WHERE i.root_id = '{root}' AND i.ended IS NULL"
            )
        )


def test_a_root_moves_with_all_it_called_and_back(stage: Staging) -> None:
    here = stage(files("z"))
    roots = [here.start("p") for _ in range(2)]
    before = [image(here, root)[1:7] for root in roots]
    deployment = newer(here, files("y", "z", child=("c", "d")))
    chosen = plans(here, deployment)
    assert [plan.target for plan in chosen] == [latest(here), latest(here, "child")], "what nothing called comes first"
    trial = here.engine.try_joint_migration(deployment, chosen, actor=ADMINISTRATOR)
    assert (trial.movable, trial.refused, [one.movable for one in trial.trials]) == (2, 0, [2, 2 * MANY])
    begun = here.engine.begin_joint_migration(deployment, chosen, reason="all", actor=ADMINISTRATOR)
    assert (begun.waiting, begun.deployment_id) == (2 + 2 * MANY, deployment)
    half = here.engine.go_on_migrating(begun.id, limit=1, actor=ADMINISTRATOR)
    assert (half.moved, half.waiting) == (1 + MANY, 1 + MANY), "one whole, whatever is in it"
    done = here.engine.go_on_migrating(begun.id, actor=ADMINISTRATOR)
    assert (done.state, done.moved, [(part.definition_key, part.moved) for part in done.parts]) == (
        "DONE", 2 + 2 * MANY, [("p", 2), ("child", 2 * MANY)],
    )  # fmt: skip
    assert [versions(here, root.id) for root in roots] == [[2] * (1 + MANY)] * 2
    assert here.engine.audit_verify().ok
    assert here.engine.suggest_joint_migration(deployment, actor=ADMINISTRATOR) == []
    tried = here.engine.try_undoing(done.id, actor=ADMINISTRATOR)
    assert (tried.possible, tried.refused) == (2 + 2 * MANY, 0)
    back = here.engine.begin_undoing(done.id, reason="not so", actor=ADMINISTRATOR)
    assert (back.state, back.returning, back.undo_reason, back.undone_by) == ("RUNNING", 2 + 2 * MANY, "not so", ADMINISTRATOR.user_id)
    assert here.engine.resume_migrations() == 2 + 2 * MANY, "by the clock"
    over = here.engine.migration(done.id, actor=ADMINISTRATOR)
    assert (over.state, over.undone, over.returning) == ("DONE", 2 + 2 * MANY, 0)
    assert [versions(here, root.id) for root in roots] == [[1] * (1 + MANY)] * 2
    assert _without_revisions(before) == _without_revisions([image(here, root)[1:7] for root in roots])
    (event,) = here.engine.history(roots[0].id, event="instance.migration_undone", actor=SYSTEM).items
    assert (event.actor, event.data["reason"]) == (ADMINISTRATOR.user_id, "not so")
    for _ in range(2 * MANY):
        here.complete("c")
    for _ in range(2):
        here.complete("z")
    assert [here.state(root) for root in roots] == ["COMPLETED"] * 2
    assert here.engine.audit_verify().ok


def _without_revisions(images: list[Any]) -> list[Any]:
    """Scopes, as they are stored; a task's revision goes up whatever happens to it."""
    return [tables[0] for tables in images]


def test_one_that_cannot_keeps_its_root_and_no_other_one(stage: Staging) -> None:
    here = stage(files("z", child=("c", "x")))
    roots = [here.start("p") for _ in range(2)]
    task = next(one for one in here.engine.tasks(actor=SYSTEM, root_id=roots[0].id, limit=50).items if one.element_id == "c")
    here.engine.complete_task(task.id, {}, actor=SYSTEM)
    before = [image(here, roots[0]), versions(here, roots[0].id)]
    deployment = newer(here, files("z", "y", child=("c", "w")))
    chosen = plans(here, deployment)
    trial = here.engine.try_joint_migration(deployment, chosen, actor=ADMINISTRATOR)
    assert (trial.movable, trial.refused, trial.refused_ids) == (1, 1, (roots[0].id,))
    assert [(one.movable, one.refused, one.held) for one in trial.trials] == [(1, 0, 1), (MANY, 1, MANY - 1)]
    begun = here.engine.begin_joint_migration(deployment, chosen, reason="all", actor=ADMINISTRATOR)
    done = here.engine.go_on_migrating(begun.id, actor=ADMINISTRATOR)
    assert (done.state, done.moved, done.refused) == ("DONE", 1 + MANY, 1 + MANY)
    (group,) = done.groups
    assert (group.number, group.instance_ids, group.problem.rule, group.source_id) == (
        1, (task.instance_id,), "gone", trial.trials[1].source_id,
    )  # fmt: skip
    assert [image(here, roots[0]), versions(here, roots[0].id)] == before
    assert versions(here, roots[1].id) == [2] * (1 + MANY)
    rest = plans(here, deployment, child=[Instruction("x", "w", Way.BEFORE)])
    begun = here.engine.begin_joint_migration(deployment, rest, reason="the rest", actor=ADMINISTRATOR)
    assert here.engine.go_on_migrating(begun.id, actor=ADMINISTRATOR).moved == 1 + MANY
    assert sorted(task.element_id for task in _open(here, roots[0].id)) == ["c", "c", "w"]
    assert here.engine.audit_verify().ok


def _open(stage: Stage, root: str) -> list[Any]:
    return list(stage.engine.tasks(actor=SYSTEM, root_id=root, limit=50).items)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_one_that_cannot_be_read_keeps_its_root_and_no_other_one(stage: Staging) -> None:
    here = stage(files("z"))
    roots = [here.start("p") for _ in range(3)]
    deployment = newer(here, files("y", "z", child=("c", "d")))
    chosen = plans(here, deployment)
    begun = here.engine.begin_joint_migration(deployment, chosen, reason="all", actor=ADMINISTRATOR)
    with here.engine._shared.database.writer.begin() as connection:
        connection.exec_driver_sql(f"UPDATE scope SET blob = X'00' WHERE id = '{roots[0].id}'")
    other = Engine.open(str(here.engine._shared.database.url), home=here.engine.home)  # another process, which has nothing in memory
    trial = other.try_joint_migration(deployment, chosen, actor=ADMINISTRATOR)
    assert (trial.movable, trial.refused_ids, trial.trials[0].groups[0].problem.rule) == (2, (roots[0].id,), "failed")
    other.resume_migrations()
    done = other.migration(begun.id, actor=ADMINISTRATOR)
    assert (done.state, done.moved, done.refused) == ("DONE", 2 * (1 + MANY), 1 + MANY)
    other.close()


def test_after_something_was_completed_no_part_of_it_goes_back(stage: Staging) -> None:
    here = stage(files("z"))
    roots = [here.start("p") for _ in range(2)]
    deployment = newer(here, files("y", "z", child=("c", "d")))
    begun = here.engine.begin_joint_migration(deployment, plans(here, deployment), reason="all", actor=ADMINISTRATOR)
    here.engine.go_on_migrating(begun.id, actor=ADMINISTRATOR)
    here.engine.complete_task(_open(here, roots[1].id)[0].id, {}, actor=SYSTEM)
    tried = here.engine.try_undoing(begun.id, actor=ADMINISTRATOR)
    assert (tried.possible, tried.refused, [group.problem.rule for group in tried.groups]) == (1 + MANY, 1 + MANY, ["went-on"])
    done = here.engine.undo_migration(begun.id, reason="back", actor=ADMINISTRATOR)
    assert done.done == 1 + MANY
    assert [group.problem.rule for group in done.groups] == ["went-on"]
    assert [versions(here, root.id) for root in roots] == [[1] * (1 + MANY), [2] * (1 + MANY)]
    assert here.engine.migration(begun.id, actor=ADMINISTRATOR).back_groups == done.groups
    assert here.engine.audit_verify().ok


def test_what_is_no_longer_called_ends_with_the_move(stage: Staging) -> None:
    here = stage(files("z"))
    root = here.start("p")
    deployment = newer(here, files("z", child=("other",), call=""))
    chosen = plans(here, deployment, p=[Instruction("k", "z", Way.BEFORE)])
    trial = here.engine.try_joint_migration(deployment, chosen, actor=ADMINISTRATOR)
    assert (trial.movable, trial.refused, trial.trials[0].effects.calls_ended) == (1, 0, MANY)
    assert [(one.movable, one.refused, one.ends) for one in trial.trials] == [(1, 0, 0), (0, 0, MANY)], (
        "it needs no place in the new version"
    )
    begun = here.engine.begin_joint_migration(deployment, chosen, reason="all", actor=ADMINISTRATOR)
    done = here.engine.go_on_migrating(begun.id, actor=ADMINISTRATOR)
    assert (done.state, done.moved, done.passed, done.refused) == ("DONE", 1, MANY, 0)
    assert [one.element_id for one in _open(here, root.id)] == ["z"]
    assert here.engine.try_undoing(done.id, actor=ADMINISTRATOR).groups[0].problem.rule == "final"
    assert here.engine.audit_verify().ok


def test_what_is_there_when_its_turn_comes_moves(stage: Staging) -> None:
    """One called has ended, another was called since; the root itself runs on."""
    loop = '<exclusiveGateway id="g"/><callActivity id="k" calledElement="child"/>'
    first = {"p.bpmn": draw(ENDS + loop + users("z"), "s > g > k > z > e"), "child.bpmn": files()["child.bpmn"]}
    here = stage(first)
    roots = [here.start("p") for _ in range(2)]
    second = {"p.bpmn": draw(ENDS + loop + users("z", "y"), "s > g > k > z > y > e"), "child.bpmn": files(child=("c", "d"))["child.bpmn"]}
    deployment = newer(here, second)
    begun = here.engine.begin_joint_migration(deployment, plans(here, deployment), reason="all", actor=ADMINISTRATOR)
    here.engine.complete_task(_open(here, roots[0].id)[0].id, {}, actor=SYSTEM)
    done = here.engine.go_on_migrating(begun.id, actor=ADMINISTRATOR)
    assert (done.moved, done.passed, done.refused, done.state) == (3, 1, 0, "DONE")
    assert here.engine.undo_migration(done.id, reason="back", actor=ADMINISTRATOR).done == 3
    begun = here.engine.begin_joint_migration(deployment, plans(here, deployment), reason="again", actor=ADMINISTRATOR)
    here.engine.cancel(roots[0].id, reason="no more", actor=ADMINISTRATOR)
    done = here.engine.go_on_migrating(begun.id, actor=ADMINISTRATOR)
    assert (done.moved, done.passed, done.state) == (2, 1, "DONE")


def test_only_some_roots_and_plans_that_make_no_sense(stage: Staging) -> None:
    here = stage(files("z"))
    roots = [here.start("p") for _ in range(3)]
    deployment = newer(here, files("z", "y", child=("c", "d")))
    chosen = plans(here, deployment)
    some = [roots[1].id]
    assert here.engine.try_joint_migration(deployment, chosen, instance_ids=some, actor=ADMINISTRATOR).movable == 1
    begun = here.engine.begin_joint_migration(deployment, chosen, instance_ids=some, reason="one", actor=ADMINISTRATOR)
    assert here.engine.go_on_migrating(begun.id, actor=ADMINISTRATOR).moved == 1 + MANY
    assert [versions(here, root.id)[0] for root in roots] == [1, 2, 1]
    nonsense = plans(here, deployment, child=[Instruction("c", "nowhere")])
    trial = here.engine.try_joint_migration(deployment, nonsense, actor=ADMINISTRATOR)
    assert [problem.rule for problem in trial.problems] == ["no-such-target"]
    assert trial.movable == 0
    with pytest.raises(Invalid):
        here.engine.begin_joint_migration(deployment, nonsense, reason="r", actor=ADMINISTRATOR)
    with pytest.raises(Invalid):
        here.engine.begin_joint_migration(deployment, [], reason="r", actor=ADMINISTRATOR)
    with pytest.raises(NotFound):
        here.engine.suggest_joint_migration("none", actor=ADMINISTRATOR)


# ---- killed in the middle


def _begun(engine: Engine, many: int) -> str:
    engine.deploy(files("z"), name="first", actor=SYSTEM)
    for _ in range(many):
        engine.start("p", actor=SYSTEM)
    deployment = engine.deploy(files("y", "z", child=("c", "d")), name="second", actor=SYSTEM).id
    chosen = engine.suggest_joint_migration(deployment, actor=SYSTEM)
    return engine.begin_joint_migration(deployment, chosen, reason="new", actor=ADMINISTRATOR).id


def _halves(engine: Engine) -> list[Any]:
    """Roots of which one instance says one version and another another one; tasks and rows of migrations that say another than theirs."""
    with engine._shared.database.read() as connection:
        roots = connection.exec_driver_sql(
            "SELECT i.root_id FROM instance i JOIN definition d ON d.id = i.definition_id "
            "GROUP BY i.root_id HAVING COUNT(DISTINCT d.version) > 1"
        ).all()
        tasks = connection.exec_driver_sql(
            "SELECT i.id FROM instance i JOIN task t ON t.instance_id = i.id JOIN migration_item m ON m.instance_id = i.id "
            "WHERE i.definition_id <> t.definition_id OR (m.state IN ('MOVED', 'RETURNING')) = (i.definition_id = m.source_id)"
        ).all()
    return [*roots, *tasks]


def _killed(engine: Engine, url: str, home: Path, migration_id: str, rounds: int) -> int:
    """Go on in processes that are killed at any moment; how many were at work then."""
    broken = 0
    for _ in range(rounds):
        command = [sys.executable, "-c", RUNNER, url, str(home), migration_id]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as runner:
            assert runner.stdout is not None
            for _ in range(random.randint(1, 4)):
                runner.stdout.readline()
            time.sleep(random.uniform(0, 0.02))
            runner.send_signal(signal.SIGKILL)
            broken += "done" not in runner.stdout.read()
        assert _halves(engine) == []
    return broken


def test_killed_in_the_middle_there_and_back_no_root_is_half_moved(engine_url: str, tmp_path: Path) -> None:
    many, home = 24, tmp_path / "home"
    engine = Engine.open(engine_url, home=home, clock=RealClock())
    migration_id = _begun(engine, many)
    assert _killed(engine, engine_url, home, migration_id, 2) > 0
    done = engine.go_on_migrating(migration_id, actor=ADMINISTRATOR)
    assert (done.state, done.moved, done.refused) == ("DONE", many * (1 + MANY), 0)
    engine.begin_undoing(migration_id, reason="back", actor=ADMINISTRATOR)
    assert _killed(engine, engine_url, home, migration_id, 1) > 0
    back = engine.go_on_migrating(migration_id, actor=ADMINISTRATOR)
    assert (back.state, back.undone, back.moved) == ("DONE", many * (1 + MANY), 0)
    assert _halves(engine) == []
    assert engine.audit_verify().ok
    engine.close()


def test_two_may_go_on_with_it_while_others_complete(engine_url: str, tmp_path: Path) -> None:
    many = 8
    engine = Engine.open(engine_url, home=tmp_path / "home", clock=RealClock())
    migration_id = _begun(engine, many)
    outcomes: list[str] = []

    def work() -> None:
        for task in engine.tasks(actor=SYSTEM, limit=100).items[::4]:
            try:
                engine.complete_task(task.id, {}, revision=task.revision, actor=SYSTEM)
                outcomes.append("done")
            except Exception as error:
                outcomes.append(getattr(error, "code", repr(error)))

    threads = [threading.Thread(target=lambda: engine.go_on_migrating(migration_id, actor=ADMINISTRATOR)) for _ in range(2)]
    threads.append(threading.Thread(target=work))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = engine.go_on_migrating(migration_id, actor=ADMINISTRATOR)
    assert set(outcomes) <= {"done", "conflict"}
    assert (done.state, done.refused, done.waiting) == ("DONE", 0, 0)
    states = {one.state for one in engine.migration_items(migration_id, limit=100, actor=ADMINISTRATOR).items}
    assert states <= {ItemState.MOVED, ItemState.PASSED}
    assert engine.audit_verify().ok
    engine.close()
