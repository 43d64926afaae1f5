"""The engine's tests run on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.testing import Stage


@pytest.fixture
def stage(engine_url: str, tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """Makes a stage on a database of the test's own."""
    opened: list[Stage] = []

    def make(files: dict[str, bytes] | None = None, **options: Any) -> Stage:
        opened.append(Stage(files, url=engine_url, home=tmp_path / "home", **options))
        return opened[-1]

    yield make
    for one in opened:
        one.close()
