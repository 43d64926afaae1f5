"""The database: an SQLAlchemy engine for SQLite or PostgreSQL, and transactions that say in our own words why they could not be."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, event
from sqlalchemy import create_engine as sqlalchemy_engine
from sqlalchemy.engine import Engine as SqlEngine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from engine.errors import Conflict, Unavailable

T = TypeVar("T")

WAIT_SECONDS = 10.0  # for a lock, before a writer is told that the database is busy
ATTEMPTS = 6  # of one transaction that lost a deadlock or a serialization race
RETRIED_STATES = ("40001", "40P01", "55P03")  # PostgreSQL: serialization failure, deadlock, lock not available
UNIQUE_STATE = "23505"


class Database:
    """Transactions over one URL. On SQLite writers take turns: among this process's threads, then (BEGIN IMMEDIATE) among processes."""

    def __init__(self, url: str) -> None:
        self.url = make_url(_with_driver(url))
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.reader = _create(str(self.url.render_as_string(hide_password=False)), self.sqlite)
        self.writer = self.reader.execution_options(writer=True)
        self._turn = threading.Lock()

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one writing transaction, again from the start where it lost a race. Raises Unavailable."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._taking_turn(), self.writer.begin() as connection:
                    return work(connection)
            except (DBAPIError, sqlite3.Error, psycopg.Error) as error:
                if not _lost_race(error):
                    raise _explained(error) from error
                if attempt == ATTEMPTS:
                    raise Conflict("Too many others changed this at the same time; try again.") from error
                time.sleep(random.uniform(0.005, 0.02) * 2**attempt)
        raise AssertionError("unreachable")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One reading transaction: all of its queries see the same state."""
        try:
            with self.reader.connect() as connection:
                yield connection
        except (DBAPIError, sqlite3.Error, psycopg.Error) as error:
            raise _explained(error) from error

    def close(self) -> None:
        """Close every connection."""
        self.reader.dispose()

    @contextmanager
    def _taking_turn(self) -> Iterator[None]:
        if not self.sqlite:
            yield
            return
        if not self._turn.acquire(timeout=WAIT_SECONDS):
            raise Unavailable("The database is busy; nothing was changed. Try again.")
        try:
            yield
        finally:
            self._turn.release()


def _with_driver(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _create(url: str, sqlite: bool) -> SqlEngine:
    if not sqlite:
        return sqlalchemy_engine(url, pool_size=16, max_overflow=16, pool_pre_ping=False, connect_args={"connect_timeout": 5})
    memory = ":memory:" in url or url.rstrip("/") == "sqlite:"
    kind: dict[str, Any] = {"poolclass": StaticPool} if memory else {"pool_size": 16, "max_overflow": 16}
    engine = sqlalchemy_engine(url, connect_args={"check_same_thread": False, "timeout": WAIT_SECONDS, "cached_statements": 512}, **kind)

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            f"busy_timeout={int(WAIT_SECONDS * 1000)}",
            "foreign_keys=ON",
            "cache_size=-32000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writer") else "BEGIN")

    return engine


def _original(error: BaseException) -> BaseException:
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error


def _lost_race(error: BaseException) -> bool:
    original = _original(error)
    if isinstance(original, psycopg.Error):
        return original.sqlstate in (*RETRIED_STATES, UNIQUE_STATE)
    return isinstance(original, sqlite3.IntegrityError) and "UNIQUE" in str(original)


def _explained(error: BaseException) -> Exception:
    """Our own error for what is the database's fault; a bug of ours (a wrong statement) stays what it is."""
    original = _original(error)
    if isinstance(original, sqlite3.OperationalError | psycopg.OperationalError) or (
        isinstance(original, sqlite3.DatabaseError) and type(original) is sqlite3.DatabaseError
    ):
        text = str(original).strip()
        if isinstance(original, sqlite3.OperationalError) and ("no such column" in text or "syntax error" in text):
            return _as_exception(error)
        return Unavailable(
            f"The database cannot be used now ({text.splitlines()[0] if text else 'no answer'}); nothing was changed. Try again."
        )
    return _as_exception(error)


def _as_exception(error: BaseException) -> Exception:
    return error if isinstance(error, Exception) else RuntimeError(str(error))
