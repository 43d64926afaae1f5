"""Figures 3 to 5: a completion through `Engine` with all of its rows, and the naive loop's one row."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from engine.engine import Engine
from engine.people import SYSTEM, Actor
from engine.queries import Completion
from tests.bench import diagrams, naive

LINEAR = 24
PROVINCES, TASKS = 75, 6
ROUNDS = 7
GROUP = "workers"
Files = Mapping[str, bytes]


@contextmanager
def engine_on(path: Path) -> Iterator[tuple[Engine, Actor]]:
    """An engine on a new SQLite file, and somebody who may do every task of the diagrams."""
    engine = Engine.open(f"sqlite:///{path}", home=path.parent / f"{path.stem}-home")
    try:
        engine.upgrade()
        engine.add_user("worker", name="ผู้ทำงาน", groups=[GROUP], actor=SYSTEM)
        yield engine, engine.actor("worker")
    finally:
        engine.close()


def linear(folder: Path) -> tuple[float, float]:
    """Milliseconds of CPU a completion, 24 tasks one after another: ours and the naive loop's, instances taking turns; medians."""
    ours: list[float] = []
    theirs: list[float] = []
    with engine_on(folder / "linear.db") as (engine, actor):
        engine.deploy({"linear.bpmn": diagrams.linear(LINEAR)}, name="linear", actor=SYSTEM)
        _complete_all(engine, engine.start("linear", actor=SYSTEM).id, actor)  # what is read once a version is read now
        for n in range(ROUNDS):
            ours += _complete_all(engine, engine.start("linear", actor=SYSTEM).id, actor)
            theirs += _naive_all(folder / f"naive{n}.db")
    return median(ours) * 1000, median(theirs) * 1000


def _complete_all(engine: Engine, instance_id: str, actor: Actor) -> list[float]:
    return _follow(engine, engine.tasks(instance_id=instance_id, actor=SYSTEM).items[0].id, actor, LINEAR)


def _follow(engine: Engine, task_id: str, actor: Actor, number: int) -> list[float]:
    """Seconds that each of so many completions takes, from a task on: a completion answers which task comes next."""
    steps: list[float] = []
    done: list[Completion] = []
    for _ in range(number):
        steps.append(_cpu(lambda task_id=task_id: done.append(engine.complete_task(task_id, {}, actor=actor))))
        task_id = done[-1].next_task_id or ""
    return steps


def _naive_all(path: Path) -> list[float]:
    store = naive.NaiveStore(path)
    workflow = naive.start({"linear.bpmn": diagrams.linear(LINEAR)}, "linear")
    store.save(workflow)
    steps = []
    for _ in range(LINEAR):
        task_id = naive.open_tasks(store.load())[0].id
        steps.append(_cpu(lambda task_id=task_id: store.complete(task_id)))
    store.close()
    return steps


@dataclass(frozen=True)
class Written:
    """What one completion costs inside 75 provinces."""

    cpu_ms: float
    row_bytes: float
    wal_bytes: float | None = None


def inside(folder: Path) -> tuple[Written, Written]:
    """A completion halfway through 75 child instances of 6 tasks: ours and the naive loop's, taking turns; medians."""
    path = folder / "inside.db"
    store, ids = _naive_halfway(folder / "naive-inside.db")
    with engine_on(path) as (engine, actor):
        root = _halfway(engine, actor)
        first = engine.tasks(root_id=root, actor=SYSTEM).items[: len(ids)]
        changed = [_changed(path, lambda task=task: engine.complete_task(task.id, {}, actor=actor)) for task in first]
        waiting = [task.id for task in engine.tasks(root_id=root, actor=SYSTEM).items]
        assert len(waiting) == PROVINCES
        ours, theirs, sizes = [], [], []
        turn = PROVINCES // len(ids)
        for n, task_id in enumerate(ids):
            for one in waiting[n * turn : (n + 1) * turn]:
                ours += _follow(engine, one, actor, TASKS // 2 - 1)  # none of them the last of its instance
            theirs.append(_cpu(lambda task_id=task_id: sizes.append(store.complete(task_id))))
    store.close()
    written = Written(median(ours) * 1000, median(rows for rows, _ in changed), median(log for _, log in changed))
    return written, Written(median(theirs) * 1000, median(sizes))


def _halfway(engine: Engine, actor: Actor) -> str:
    engine.deploy(diagrams.called(PROVINCES, TASKS), name="called", actor=SYSTEM)
    root = engine.start("called", actor=SYSTEM).id
    while engine.run_due(limit=1000):
        pass
    for _ in range(TASKS // 2):
        for task in engine.tasks(root_id=root, actor=SYSTEM).items:
            engine.complete_task(task.id, {}, actor=actor)
    return root


def _naive_halfway(path: Path) -> tuple[naive.NaiveStore, list[UUID]]:
    store = naive.NaiveStore(path)
    workflow = naive.start(diagrams.called(PROVINCES, TASKS), "called")
    for _ in range(TASKS // 2):
        for task in naive.open_tasks(workflow):
            naive.step(workflow, task.id)
    store.save(workflow)
    return store, [task.id for task in naive.open_tasks(workflow)][: ROUNDS * 2]


def _cpu(work: Callable[[], Any]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def _changed(path: Path, work: Callable[[], Any]) -> tuple[int, int]:
    """Bytes of the values of rows that were added or changed, and by how much the write-ahead log grew."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        before = _rows(connection)
        work()
        grown = path.with_name(path.name + "-wal").stat().st_size
        after = _rows(connection)
    finally:
        connection.close()
    changed = sum(_difference(before.get(key), row) for key, row in after.items() if before.get(key) != row)
    return changed, grown


def _rows(connection: sqlite3.Connection) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Every row of the database by its table and primary key."""
    found = {}
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").fetchall():
        key = [column for column, *_rest, part in connection.execute(f"PRAGMA table_info({table})") if part]
        for row in connection.execute(f"SELECT * FROM {table}"):
            found[table, *(row[column] for column in key)] = row
    return found


def _difference(before: tuple[Any, ...] | None, after: tuple[Any, ...]) -> int:
    if before is None:
        return sum(map(_size, after))
    return sum(_size(new) for old, new in zip(before, after, strict=True) if old != new)


def _size(value: Any) -> int:
    if value is None:
        return 0
    return len(value) if isinstance(value, bytes) else len(str(value).encode())
