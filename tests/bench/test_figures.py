"""The bench itself: both engines do the same work, and a missed goal is called missed."""

from __future__ import annotations

from pathlib import Path

from engine.diagrams import check, read
from engine.spiff import Compiled, Instance
from engine.spiff.memory import MemoryHost
from engine.storage.database import Database
from tests.bench import bench, diagrams, durable, naive


def test_both_engines_do_the_same_number_of_tasks() -> None:
    content = diagrams.inside(3, 2)
    workflow = naive.start({"inside.bpmn": content}, "inside")
    stock = 0
    while found := naive.open_tasks(workflow):
        naive.step(workflow, found[0].id)
        stock += 1
    host = MemoryHost()
    instance = Instance(Compiled.build(read(content, "inside.bpmn").processes[0]), host, "instance")
    instance.start()
    ours = 0
    while host.tasks:
        token = next(iter(host.tasks.values()))
        instance.complete(token.scope_id, token.id)
        ours += 1
    assert ours == stock == 6
    assert workflow.completed
    assert instance.ended


def test_the_naive_loop_keeps_its_state(tmp_path: Path) -> None:
    store = naive.NaiveStore(tmp_path / "naive.db")
    store.save(naive.start({"linear.bpmn": diagrams.linear(2)}, "linear"))
    for _ in range(2):
        (task,) = naive.open_tasks(store.load())
        assert store.complete(task.id) > 1000
    assert store.load().completed
    store.close()


def test_changed_values_are_counted_and_unchanged_ones_are_not(tmp_path: Path) -> None:
    assert durable._difference(("a", 1, None), ("a", 12, "ก")) == 2 + 3
    assert durable._difference(None, ("a", b"xyz", None)) == 4


def test_the_large_diagram_is_as_large_as_it_says_and_right() -> None:
    diagram = read(diagrams.large(1_000), "large.bpmn", thorough=True)
    assert 995 <= len(diagram.processes[0].elements) <= 1_000
    assert check([diagram]) == []


def test_a_missed_goal_is_called_missed() -> None:
    assert bench.against("x", "ms", 1.0, 5.0, 5).met is True
    missed = bench.against("x", "ms", 1.0, 4.9, 5)
    assert missed.met is False
    assert "MISSED" in bench.line(missed)
    assert bench.at_most("y", "KB", 6.1, 6).met is False
    assert bench.at_most("y", "KB", 6.0, 6, baseline=60).ratio == 10


def test_both_stores_have_the_same_pragmas(tmp_path: Path) -> None:
    store = naive.NaiveStore(tmp_path / "naive.db")
    database = Database(f"sqlite:///{tmp_path / 'ours.db'}")
    with database.read() as connection:
        for name in (
            "busy_timeout",
            "journal_mode",
            "synchronous",
            "foreign_keys",
            "cache_size",
            "wal_autocheckpoint",
            "page_size",
            "mmap_size",
        ):
            assert store.pragma(name) == connection.exec_driver_sql(f"PRAGMA {name}").scalar(), name
    database.close()
    store.close()
