"""Deployment of a diagram of a thousand elements, as a modeler draws one, and what `ruam check` says of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from engine.engine import Engine
from engine.people import SYSTEM
from tests.bench import diagrams

ELEMENTS = 1_000
ROUNDS = 3


def deployment(folder: Path) -> float:
    """CPU ms of a deployment on SQLite; each of another diagram, the first of which warms up."""
    with _opened(folder / "deployed") as engine:
        return _least(lambda n: engine.deploy({"large.bpmn": diagrams.large(ELEMENTS, f"large{n}")}, name=f"large{n}", actor=SYSTEM))


def check(folder: Path) -> float:
    """CPU ms of what `ruam check` asks for, without the start of the program."""
    with _opened(folder / "checked") as engine:
        return _least(lambda n: engine.check({"large.bpmn": diagrams.large(ELEMENTS, f"large{n}")}))


class _opened:
    """An engine on a database of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.engine = Engine.open(f"sqlite:///{folder / 'ruam.db'}", home=folder)

    def __enter__(self) -> Engine:
        self.engine.upgrade()
        return self.engine

    def __exit__(self, *error: object) -> None:
        self.engine.close()


def _least(work: Callable[[int], object]) -> float:
    """The least CPU time of several rounds, in ms: whatever else ran on the machine only adds to it."""
    work(0)
    found = []
    for number in range(1, ROUNDS + 1):
        begin = time.process_time()
        work(number)
        found.append(time.process_time() - begin)
    return min(found) * 1000
