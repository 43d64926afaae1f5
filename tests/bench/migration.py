"""Moving running instances to another version of their definition."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from engine.people import SYSTEM
from engine.testing import linear
from tests.bench.durable import engine_on

INSTANCES = 1_000


@dataclass(frozen=True)
class Moved:
    """Milliseconds of CPU an instance."""

    tried_ms: float
    moved_ms: float
    undone_ms: float


def thousand(folder: Path) -> Moved:
    """1,000 instances of 24 tasks, standing at three different ones, to a version with a step more and another party."""
    steps = [f"step{number}" for number in range(24)]
    with engine_on(folder / "migration.db") as (engine, _actor):
        engine.deploy({"p.bpmn": linear("p", *steps)}, name="first", actor=SYSTEM)
        for number in range(INSTANCES):
            instance = engine.start("p", business_key=str(number), actor=SYSTEM)
            for _ in range(number % 3):
                task = engine.tasks(instance_id=instance.id, actor=SYSTEM).items[0]
                engine.complete_task(task.id, {}, actor=SYSTEM)
        engine.deploy({"p.bpmn": linear("p", *steps[:12], "more", *steps[12:], group="others")}, name="second", actor=SYSTEM)
        (plan,) = engine.suggest_migrations("p", actor=SYSTEM)
        begin = time.process_time()
        assert engine.try_migration(plan, actor=SYSTEM).movable == INSTANCES
        tried = time.process_time()
        done = engine.migrate(plan, reason="bench", actor=SYSTEM)
        moved = time.process_time()
        assert engine.undo_migration(done.id, reason="bench", actor=SYSTEM).done == INSTANCES
        undone = time.process_time()
    assert done.moved == INSTANCES
    each = 1000 / INSTANCES
    return Moved((tried - begin) * each, (moved - tried) * each, (undone - moved) * each)
