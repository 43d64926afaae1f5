"""The database: an SQLAlchemy engine for SQLite or PostgreSQL, and transactions that say in our own words why they could not be."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, event
from sqlalchemy import create_engine as sqlalchemy_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine import Engine as SqlEngine
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from engine.errors import Conflict, Invalid, Outage, Unavailable
from engine.outages import DRIVERS, UNFIT, explained, lost_race, outage, unfit

T = TypeVar("T")

WAIT_SECONDS = 10.0  # for a lock, before one is told that the database is busy; `?timeout=` of the URL says otherwise
ATTEMPTS = 6  # of one transaction that lost a deadlock or a serialization race
BACKENDS = ("sqlite", "postgresql")


class Database:
    """Transactions over one URL. On SQLite writers take turns: among this process's threads, then (BEGIN IMMEDIATE) among processes."""

    def __init__(self, url: str) -> None:
        """Raises Invalid for a URL that names no database of a kind we use."""
        self.url, self.wait_seconds = read_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._engine = _sqlite(self.url, self.wait_seconds) if self.sqlite else _postgresql(self.url, self.wait_seconds)
        # SQLite reads a snapshot anyway; PostgreSQL, unless told so, takes a new one for every query
        self.reader = self._engine if self.sqlite else self._engine.execution_options(isolation_level="REPEATABLE READ")
        self.writer = self._engine.execution_options(writer=True)
        self._turn = threading.Lock()
        self._losses = 0  # how often the server went away
        if not self.sqlite:
            event.listen(self._engine, "connect", self._date)
            event.listen(self._engine, "checkout", self._refuse_older)
        self._keeps_writer = self.sqlite and not isinstance(self._engine.pool, StaticPool)
        self._kept_writer: Connection | None = None

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one writing transaction, again from the start where it lost a race or its connection. Raises Unavailable."""
        for attempt in range(1, ATTEMPTS + 1):
            connected = finished = False
            try:
                with self._taking_turn(), self._for_writing() as connection:
                    connected = True
                    with connection.begin():
                        result = work(connection)
                        finished = True
                return result
            except (*DRIVERS, *UNFIT) as error:
                if lost_race(error):
                    if attempt == ATTEMPTS:
                        raise Conflict(
                            "Too many others changed this at the same time; try again.", th="มีผู้แก้ไขพร้อมกันหลายคน โปรดลองอีกครั้ง"
                        ) from error
                    time.sleep(random.uniform(0.005, 0.02) * 2**attempt)
                    continue
                told = self._told(error)
                away = not self.sqlite and isinstance(told, Unavailable) and told.outage is Outage.AWAY
                if away and finished:
                    raise outage(Outage.UNCERTAIN, error) from error
                if not (away and connected and attempt == 1):  # else: kept from before the server was restarted
                    raise told from error
        raise AssertionError("unreachable")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One reading transaction: all of its queries see the same state. Raises Unavailable."""
        try:
            with self.reader.begin() as connection:
                yield connection
        except (*DRIVERS, *UNFIT) as error:
            raise self._told(error) from error

    def look(self, look: Callable[[Connection], T]) -> T:
        """`read` for a function, which may be called twice: again where the connection was from before the server was restarted."""
        try:
            with self.read() as connection:
                return look(connection)
        except Unavailable as error:
            if self.sqlite or error.outage is not Outage.AWAY:
                raise
        with self.read() as connection:
            return look(connection)

    def close(self) -> None:
        """Close every connection."""
        with self._turn:
            if self._kept_writer is not None:
                self._kept_writer.close()
                self._kept_writer = None
        self._engine.dispose()

    def _told(self, error: Exception) -> Exception:
        """The error in our words. Where the server went away, no connection kept from before is used again."""
        told = explained(error)
        if not self.sqlite and isinstance(told, Unavailable) and told.outage is Outage.AWAY:
            self._losses += 1
        return told

    def _date(self, _connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["losses"] = self._losses

    def _refuse_older(self, _connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        """A connection from before the server was lost; the pool makes another one."""
        if record.info.get("losses") != self._losses:
            raise DisconnectionError

    @contextmanager
    def _for_writing(self) -> Iterator[Connection]:
        """A connection of the pool; on a SQLite file always the same one, since its writers take turns."""
        if not self._keeps_writer:
            with self.writer.connect() as connection:
                yield connection
            return
        if self._kept_writer is None:
            self._kept_writer = self.writer.connect()
        try:
            yield self._kept_writer
        except BaseException:
            kept, self._kept_writer = self._kept_writer, None
            kept.close()
            raise

    @contextmanager
    def _taking_turn(self) -> Iterator[None]:
        if not self.sqlite:
            yield
            return
        if not self._turn.acquire(timeout=self.wait_seconds):
            raise outage(Outage.BUSY)
        try:
            yield
        finally:
            self._turn.release()


def read_url(text: str) -> tuple[URL, float]:
    """An SQLAlchemy URL without our own `?timeout=` (seconds to wait for a lock), and that. Raises Invalid."""
    for prefix in ("postgresql://", "postgres://"):
        if text.startswith(prefix):
            text = "postgresql+psycopg://" + text.removeprefix(prefix)
    try:
        url = make_url(text)
        wait = float(str(url.query.get("timeout", WAIT_SECONDS)))
        known = url.get_backend_name() in BACKENDS
    except (ArgumentError, ValueError):
        known, wait, url = False, 0.0, None
    if url is None or not known or not 0 < wait <= 3600:
        raise Invalid("A database's address is sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME, with ?timeout=SECONDS if wanted.")
    return url.difference_update_query(["timeout"]), wait


def _postgresql(url: URL, wait_seconds: float) -> SqlEngine:
    engine = sqlalchemy_engine(url, pool_size=16, max_overflow=16, pool_pre_ping=False, connect_args={"connect_timeout": 5})

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.execute(f"SET lock_timeout = {int(wait_seconds * 1000)}")
        connection.commit()

    return engine


def _sqlite(url: URL, wait_seconds: float) -> SqlEngine:
    memory = url.database in (None, "", ":memory:")
    kind: dict[str, Any] = {"poolclass": StaticPool} if memory else {"pool_size": 16, "max_overflow": 16}
    engine = sqlalchemy_engine(url, connect_args={"check_same_thread": False, "timeout": wait_seconds, "cached_statements": 512}, **kind)

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={int(wait_seconds * 1000)}",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "cache_size=-32000",
            "wal_autocheckpoint=8000",  # pages: what is written again and again is copied into the file once in a while
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        cursor = connection.connection.cursor()
        cursor.execute("BEGIN IMMEDIATE" if connection.get_execution_options().get("writer") else "BEGIN")
        cursor.close()

    @event.listens_for(engine, "before_cursor_execute")
    def refuse_nul(_connection: Any, _cursor: Any, _text: str, values: Any, _context: Any, many: bool) -> None:
        """What PostgreSQL cannot keep must not get into SQLite either: a backup of one is restored into the other."""
        for row in values if many else (values,):
            if any(isinstance(value, str) and "\x00" in value for value in (row.values() if isinstance(row, dict) else row or ())):
                raise unfit()

    return engine
