"""kill -9 at any moment: nothing lost, nothing twice. Full disk and locked database: a clear answer, nothing half-done."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.dates.clock import RealClock
from engine.engine import Engine
from engine.errors import Unavailable
from engine.people import SYSTEM
from engine.testing import linear, process

WORKER = """
import sys
from engine.dates.clock import RealClock
from engine.engine import Engine
from engine.people import SYSTEM
engine = Engine.open(sys.argv[1], home=sys.argv[2], clock=RealClock())
print("ready", flush=True)
while True:
    engine.run_due()
    for task in engine.tasks(actor=SYSTEM, limit=1).items:
        number = int(engine.variables(task.instance_id, actor=SYSTEM).get("number", 0))
        done = engine.complete_task(task.id, {"number": number + 1}, actor=SYSTEM, key=task.id)
        print(done.task_id, flush=True)
"""
LOOP = process(
    "loop",
    '<startEvent id="s"/><userTask id="work"/><scriptTask id="count"><script>counted = counted + 1</script></scriptTask>'
    '<intermediateCatchEvent id="wait"><timerEventDefinition><timeDuration>PT0S</timeDuration></timerEventDefinition>\
</intermediateCatchEvent>',
    "s -> work", "work -> count", "count -> wait", "wait -> work",
)  # fmt: skip


def test_kill_at_random_moments(engine_url: str, tmp_path: Path) -> None:
    engine = Engine.open(engine_url, home=tmp_path / "home", clock=RealClock())
    engine.deploy({"loop.bpmn": LOOP}, name="loop", actor=SYSTEM)
    instance = engine.start("loop", variables={"number": 0, "counted": 0}, actor=SYSTEM)
    answered: list[str] = []
    for _round in range(6):
        command = [sys.executable, "-c", WORKER, engine_url, str(tmp_path / "home")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
            time.sleep(random.uniform(0.05, 0.5))
            worker.send_signal(signal.SIGKILL)
            answered += [line.strip() for line in worker.stdout.read().splitlines() if len(line) == 32]
    _release_leases(engine)
    engine.run_due()
    variables = engine.variables(instance.id, actor=SYSTEM)
    completed = [event.token_id for event in engine.history(instance.id, actor=SYSTEM, event="task.completed", limit=100_000).items]
    assert variables["counted"] == variables["number"] == len(completed)
    assert len(set(completed)) == len(completed)
    assert set(answered) <= set(completed)
    assert len(completed) <= len(answered) + 6  # a kill between commit and answer
    assert len(completed) > 0
    assert len(engine.tasks(actor=SYSTEM).items) == 1
    assert engine.audit_verify().ok
    engine.close()


def _release_leases(engine: Engine) -> None:
    """What ten minutes do."""
    engine._write(SYSTEM, lambda session: session.rows.run("UPDATE job SET lock_until = ? WHERE state = 'RUNNING'", ("2001",)))


@pytest.fixture
def small(tmp_path: Path) -> Engine:
    engine = Engine.open(f"sqlite:///{tmp_path / 'small.db'}", home=tmp_path / "home", clock=RealClock())
    engine.upgrade()
    engine.deploy({"p.bpmn": linear("p", "a", "b")}, name="p", actor=SYSTEM)
    engine.start("p", actor=SYSTEM)
    return engine


def test_a_full_disk_is_said_and_nothing_is_half_done(small: Engine) -> None:
    task = small.tasks(actor=SYSTEM).items[0]
    with small._shared.database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    _limit(small, int(pages or 0))
    with pytest.raises(Unavailable, match="full"):
        small.complete_task(task.id, {"text": "x" * 900_000}, actor=SYSTEM)
    assert [found.element_id for found in small.tasks(actor=SYSTEM).items] == ["a"]
    _limit(small, 1_000_000)
    small.complete_task(task.id, {"text": "x" * 900_000}, actor=SYSTEM)
    assert [found.element_id for found in small.tasks(actor=SYSTEM).items] == ["b"]
    assert small.audit_verify().ok
    small.close()


def _limit(engine: Engine, pages: int) -> None:
    """The writer's connection may use no more of the disk than this."""
    engine._write(SYSTEM, lambda session: session.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}"))


def test_a_locked_database_is_said(small: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = small.tasks(actor=SYSTEM).items[0]
    small._write(SYSTEM, lambda session: session.connection.exec_driver_sql("PRAGMA busy_timeout = 50"))
    other = sqlite3.connect(tmp_path / "small.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked"):
        small.complete_task(task.id, actor=SYSTEM)
    assert [found.element_id for found in small.tasks(actor=SYSTEM).items] == ["a"]
    other.execute("ROLLBACK")
    other.close()
    small.complete_task(task.id, actor=SYSTEM)
    small.close()


def test_a_database_that_is_away_is_said(tmp_path: Path) -> None:
    engine = Engine.open(f"postgresql:///nothing?host={tmp_path}", home=tmp_path, clock=RealClock())
    with pytest.raises(Unavailable, match="cannot be used now"):
        engine.run_due()
    engine.close()
    missing = Engine.open(f"sqlite:///{tmp_path / 'no' / 'folder.db'}", home=tmp_path, clock=RealClock())
    with pytest.raises(Unavailable):
        missing.upgrade()
    assert not os.path.exists(tmp_path / "no")
    missing.close()
