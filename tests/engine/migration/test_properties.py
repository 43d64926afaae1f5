"""Whatever is edited in whatever is built of well-formed blocks: an instance moves whole and can be done to its end, or is untouched."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.migration.plan import Instruction, Way
from engine.people import SYSTEM
from engine.queries import InstanceView
from engine.testing import ADMINISTRATOR, Stage, linear
from tests.drawing import draw
from tests.engine.migration.edits import Edited
from tests.engine.migration.moves import image
from tests.engine.spiff.test_properties import Drawing, block


def drawn(pick: random.Random, key: str) -> bytes:
    """Some blocks, one behind the other."""
    drawing = Drawing()
    blocks = [block(pick, drawing, pick.randint(1, 4)) for _ in range(pick.randint(1, 3))]
    between = [f"{last} > {first}" for (_first, last), (first, _last) in pairwise(blocks)]
    flows = "; ".join([f"s > {blocks[0][0]}", *drawing.flows, *between, f"{blocks[-1][1]} > e"])
    return draw('<startEvent id="s"/><endEvent id="e"/>' + "".join(drawing.body), flows, inner=drawing.inner, key=key)


def step(stage: Stage, instance: InstanceView, pick: random.Random) -> bool:
    """Complete one open task of the instance or of what it called; whether there was one."""
    tasks = [task for task in stage.engine.tasks(root_id=instance.id, actor=SYSTEM, limit=1000).items if task.ended is None]
    if tasks:
        stage.engine.complete_task(pick.choice(tasks).id, {}, actor=SYSTEM)
    return bool(tasks)


def finish(stage: Stage, instance: InstanceView, pick: random.Random) -> None:
    """Do all there is to do until the instance has ended."""
    for _ in range(400):
        if stage.state(instance) == "COMPLETED":
            assert stage.engine.incidents(root_id=instance.id, actor=ADMINISTRATOR).total == 0
            return
        if pick.random() < 0.05 or not step(stage, instance, pick):
            stage.advance(timedelta(hours=2))
    raise AssertionError(f"it does not end: {stage.names(instance.id)}")


def prepared(stage: Stage, seed: int) -> tuple[InstanceView, str, random.Random] | None:
    """An instance somewhere in a random diagram, and the id of an edited version; None where it has ended already."""
    pick, key = random.Random(seed), f"p{seed}x{random.randrange(10**9)}"
    content = drawn(pick, key)
    edited = Edited(content, pick)
    for _ in range(pick.randint(1, 4)):
        edited.edit()
    stage.engine.deploy({"p.bpmn": content}, name="first", actor=SYSTEM)
    instance = stage.engine.start(key, actor=SYSTEM)
    for _ in range(pick.randint(0, 5)):
        step(stage, instance, pick)
    if stage.state(instance) != "ACTIVE":
        return None
    stage.engine.deploy({"p.bpmn": edited.content()}, name="second", actor=SYSTEM)
    return instance, stage.engine.definitions(key=key, latest=True).items[0].id, pick


def test_random_edits_move_whole_or_leave_untouched(tmp_path: Path) -> None:
    stage, seen = Stage({"other.bpmn": linear("other", "inside")}, home=tmp_path), Counter[str]()

    @settings(max_examples=100, deadline=None)
    @given(st.integers(0, 10**9))
    def moves(seed: int) -> None:
        found = prepared(stage, seed)
        if found is None:
            seen["ended"] += 1
            return
        instance, target, pick = found
        plan = stage.engine.suggest_migration(instance.definition_id, target, actor=ADMINISTRATOR)
        before, trial = image(stage, instance), stage.engine.try_migration(plan, actor=ADMINISTRATOR)
        assert not trial.problems, trial.problems
        done = stage.engine.migrate(plan, reason="edited", actor=ADMINISTRATOR)
        assert (done.moved, done.refused) == (trial.movable, trial.refused)
        if done.refused:
            assert image(stage, instance) == before
            seen[f"refused: {done.groups[0].problem.rule}"] += 1
            elsewhere = [Instruction(group.problem.element_id or "", group.continuations[0], Way.BEFORE)
                         for group in done.groups if group.continuations]  # fmt: skip
            more = stage.engine.migrate(plan.with_instructions(*elsewhere), reason="chosen", actor=ADMINISTRATOR)
            seen["then moved"] += more.moved
        else:
            seen["moved"] += 1
        finish(stage, instance, pick)

    moves()
    assert stage.engine.audit_verify().ok
    assert seen["moved"] > 20, seen
    stage.close()


def test_random_edits_can_be_undone(tmp_path: Path) -> None:
    stage, seen = Stage({"other.bpmn": linear("other", "inside")}, home=tmp_path), Counter[str]()

    @settings(max_examples=40, deadline=None)
    @given(st.integers(0, 10**9))
    def undoes(seed: int) -> None:
        found = prepared(stage, seed)
        if found is None:
            return
        instance, target, pick = found
        plan = stage.engine.suggest_migration(instance.definition_id, target, actor=ADMINISTRATOR)
        scopes = image(stage, instance)[1]
        done = stage.engine.migrate(plan, reason="edited", actor=ADMINISTRATOR)
        if done.moved:
            assert stage.engine.undo_migration(done.id, reason="back", actor=ADMINISTRATOR).done == 1
            assert image(stage, instance)[1] == scopes
            seen["undone"] += 1
        finish(stage, instance, pick)

    undoes()
    assert stage.engine.audit_verify().ok
    assert seen["undone"] > 10, seen
    stage.close()
