"""Fixtures all tests share: databases of both kinds, an engine on each, a browser page."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import browsers, databases

if TYPE_CHECKING:
    from argon2 import PasswordHasher
    from playwright.sync_api import Browser, Page
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

    from engine.engine import Engine

# A machine's own settings must not reach the tests, nor the tests its database.
for name in [name for name in os.environ if name.startswith("RUAM_")]:
    if name != "RUAM_CHROMIUM":
        del os.environ[name]


# Thousands of collected tests live to the end: to look through them for garbage time and again took a twentieth of the time.
gc.set_threshold(20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first."""
    from tests.distribution import in_order

    in_order(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """Who runs what where there are several processes: `--dist loadgroup` is ours."""
    from tests.distribution import ByFile

    return ByFile(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.fixture(scope="session", autouse=True)
def hasher() -> Iterator[PasswordHasher]:
    """What hashes passwords outside the tests; inside them it is argon2 with the least of work: it took a third of their time."""
    from argon2 import PasswordHasher

    from engine import people

    with pytest.MonkeyPatch.context() as patch:
        real = people._hasher
        patch.setattr(people, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield real


@pytest.fixture(scope="session", autouse=True)
def applications(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every test of a page makes an application; its templates and rules are those of the test before."""
    from tests.applications import share

    with pytest.MonkeyPatch.context() as patch:
        share(patch, tmp_path_factory.mktemp("templates"))
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[databases.PostgresServer]:
    """The PostgreSQL server of this test process."""
    server = databases.PostgresServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres: databases.PostgresServer) -> str:
    """Name of a database with our schema, to copy."""
    databases.create_schema(postgres.create(databases.TEMPLATE))
    return databases.TEMPLATE


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with our schema, to copy."""
    path = tmp_path_factory.mktemp("template") / "ruam.db"
    databases.create_schema(databases.sqlite_url(path))
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    """The test runs once on each database; `@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)` for one alone."""
    return str(request.param)


@pytest.fixture
def empty_url(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of a database of the test's own without any table."""
    if dialect == "sqlite":
        yield databases.sqlite_url(tmp_path / "ruam.db")
    else:
        server: databases.PostgresServer = request.getfixturevalue("postgres")
        with server.database() as url:
            yield url


@pytest.fixture
def engine_url(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of a database of the test's own with our schema."""
    if dialect == "sqlite":
        path = tmp_path / "ruam.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield databases.sqlite_url(path)
    else:
        server: databases.PostgresServer = request.getfixturevalue("postgres")
        with server.database(request.getfixturevalue("postgres_template")) as url:
            yield url


@pytest.fixture
def engine(engine_url: str, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a database of the test's own, of each kind, with our handlers and the real clock."""
    from engine.engine import Engine

    opened = Engine.open(engine_url, home=tmp_path / "home")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, installed by `make install`."""
    with browsers.chromium() as launched:
        yield launched


@pytest.fixture
def browser_page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh browser context (no cookies), Thai first, 1280 × 800; every failed assertion waits up to 10 s."""
    context = browser.new_context(locale="th-TH", timezone_id="Asia/Bangkok", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
