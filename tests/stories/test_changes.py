"""Edits made while projects run: each as a draft that a second person approves, activated, moved, and its task found and completed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.differences import edits
from tests.stories.changing import FIRST, SIXTH, TWELFTH, Running, prepare
from tests.stories.playing import opened


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with three projects, made once."""
    return prepare(tmp_path_factory.mktemp("projects"))


@pytest.fixture
def running(projects: Path, tmp_path: Path) -> Iterator[Running]:
    """A copy of it."""
    shutil.copytree(projects.parent, tmp_path / "home", dirs_exist_ok=True)
    with opened(f"sqlite:///{tmp_path}/home/ruam.db", tmp_path / "home") as engine:
        yield Running(engine)


def test_a_step_is_added(running: Running) -> None:
    running.changed(edits.step_added())
    assert running.moved() == 3
    root = running.root(FIRST)
    running.does("consultant1", root, "step01")
    assert not running.open(root, "step02")
    task = running.does("opdc1", root, "x")
    assert (task.step, task.party) == ("1a", "opdc")
    running.does("consultant1", root, "step02")
    assert running.open(running.root(SIXTH), "step06")
