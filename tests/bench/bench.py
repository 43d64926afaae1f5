"""`make bench`: measures the figures, ours and the baseline in the same run, prints a table and writes var/bench.json."""

from __future__ import annotations

import json
import operator
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench import checking, decisions, durable, http, memory, migration, rest, timers, workers

RESULT = Path("var/bench.json")


@dataclass(frozen=True)
class Figure:
    """One line of the table. `ratio`: baseline over value, how many times better. `goal`: in words; None: reported only."""

    name: str
    unit: str
    value: float
    baseline: float | None
    ratio: float | None
    goal: str | None
    met: bool | None


def against(name: str, unit: str, value: float, baseline: float, times: float) -> Figure:
    """At least so many times better than stock."""
    ratio = baseline / value
    return Figure(name, unit, value, baseline, ratio, f"≥ {times:g} ×", ratio >= times)


def at_most(name: str, unit: str, value: float, goal: float, baseline: float | None = None) -> Figure:
    """No more than so much."""
    ratio = None if baseline is None else baseline / value
    return Figure(name, unit, value, baseline, ratio, f"≤ {goal:g} {unit}".rstrip(), operator.le(value, goal))


def in_memory(folder: Path) -> Iterator[Figure]:
    yield against("in-memory step, 75 × 6 sub-process tasks", "ms", memory.ours(75, 6), memory.stock(75, 6, 450), 100)
    small, large = memory.ours(10, 6), memory.ours(1000, 6)
    yield at_most("in-memory step, 1,000 × 6 over 10 × 6", "", large / small, 1.5, None)


def on_disk(folder: Path) -> Iterator[Figure]:
    yield against("durable completion, 24 linear tasks", "ms", *durable.linear(folder), 5)
    ours, naive = durable.inside(folder)
    yield against("durable completion, inside 75 provinces", "ms", ours.cpu_ms, naive.cpu_ms, 100)
    yield at_most("changed row values a completion", "KB", ours.row_bytes / 1024, 6, naive.row_bytes / 1024)
    yield Figure("write-ahead log a completion", "KB", (ours.wal_bytes or 0) / 1024, None, None, None, None)


def over_http(folder: Path) -> Iterator[Figure]:
    yield at_most("completion over HTTP, CPU of the server", "ms", http.completion(folder), 6)
    yield at_most("completion over REST, CPU of the server", "ms", rest.completion(folder), 5)
    yield at_most("inbox page, 10,000 open tasks, 100 of them mine, CPU of the server", "ms", http.inbox(folder, 1), 20)
    yield Figure(
        "inbox page, 10,000 open tasks, all of them mine, CPU of the server", "ms", http.inbox(folder, 100), None, None, None, None
    )


def for_workers(folder: Path) -> Iterator[Figure]:
    for waiting in (100, 5000):
        name = f"external task fetched and completed over HTTP, {waiting:,} waiting, CPU"
        yield at_most(name, "ms", workers.fetch_and_complete(folder, waiting), 8)


def due_query(folder: Path) -> Iterator[Figure]:
    yield at_most("due query, 100,000 timers", "ms", timers.due(folder), 2)


def by_tables(folder: Path) -> Iterator[Figure]:
    yield at_most("decision table of 1,000 rules, CPU an evaluation", "ms", decisions.evaluation(), 2)


def deployments(folder: Path) -> Iterator[Figure]:
    yield at_most("deployment of a 1,000-element diagram, CPU", "ms", checking.deployment(folder), 300)
    yield at_most("check of a 1,000-element diagram, CPU", "ms", checking.check(folder), 300)


def migrations(folder: Path) -> Iterator[Figure]:
    done = migration.thousand(folder)
    yield at_most("migration of 1,000 instances, CPU an instance", "ms", done.moved_ms, 10)
    yield Figure("dry run of it, CPU an instance", "ms", done.tried_ms, None, None, None, None)
    yield Figure("undoing it, CPU an instance", "ms", done.undone_ms, None, None, None, None)


GROUPS: tuple[Callable[[Path], Iterator[Figure]], ...] = (
    in_memory,
    on_disk,
    over_http,
    for_workers,
    due_query,
    by_tables,
    deployments,
    migrations,
)


def main() -> int:
    """Measure everything; 1 where a goal is missed."""
    begin, figures = time.monotonic(), []
    print(f"{'figure':<66} {'value':>12} {'baseline':>12} {'ratio':>9}  goal")
    with tempfile.TemporaryDirectory(prefix="ruam-bench-") as folder:
        for group in GROUPS:
            for figure in group(Path(folder)):
                print(line(figure), flush=True)
                figures.append(figure)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps([asdict(figure) for figure in figures], ensure_ascii=False, indent=2) + "\n", "utf-8")
    print(f"{RESULT}, after {time.monotonic() - begin:.0f} s")
    return int(any(figure.met is False for figure in figures))


def line(figure: Figure) -> str:
    """A row of the table."""
    value = f"{figure.value:.3g} {figure.unit}"
    baseline = "" if figure.baseline is None else f"{figure.baseline:.3g} {figure.unit}"
    ratio = "" if figure.ratio is None else f"{figure.ratio:.3g} ×"
    goal = {True: f"{figure.goal}  met", False: f"{figure.goal}  MISSED", None: "reported only"}[figure.met]
    return f"{figure.name:<66} {value:>12} {baseline:>12} {ratio:>9}  {goal}"


if __name__ == "__main__":
    sys.exit(main())
