"""Three projects that stand at steps 1, 6 and 12, a copy of them for each test; its pages are served by a thread of this process."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from waitress import create_server, wasyncore

from engine.people import SYSTEM
from tests.stories.changing import Running, prepare
from tests.stories.playing import opened
from webui.application import create_app
from webui.demo import PASSWORD, SETTING
from webui.settings import Settings


@dataclass(frozen=True)
class Served:
    """Where the pages are."""

    url: str


@pytest.fixture(scope="session")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the database with the three projects, made once."""
    folder = tmp_path_factory.mktemp("projects")
    prepare(folder, f"sqlite:///{folder}/ruam.db", PASSWORD)
    with opened(f"sqlite:///{folder}/ruam.db", folder) as engine:
        engine.put_setting(SETTING, PASSWORD, actor=SYSTEM)
    return folder


@pytest.fixture
def running(projects: Path, tmp_path: Path) -> Iterator[Running]:
    """A copy of it; jobs run when the test says so."""
    home = tmp_path / "home"
    shutil.copytree(projects, home)
    with opened(f"sqlite:///{home}/ruam.db", home) as engine:
        yield Running(engine)


@pytest.fixture
def demo(running: Running) -> Iterator[Served]:
    """Its pages."""
    server = create_server(create_app(running.engine, Settings(running.engine.home, "sqlite://")), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield Served(f"http://127.0.0.1:{server.effective_port}")
    server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))  # in its own thread: it may be reading from them
    thread.join(10)
    server.task_dispatcher.shutdown()
