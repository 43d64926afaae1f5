"""The database: an SQLAlchemy engine for SQLite or PostgreSQL, and transactions that say in our own words why they could not be."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Any, TypeVar

from sqlalchemy import Connection, event
from sqlalchemy import create_engine as sqlalchemy_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine import Engine as SqlEngine
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from engine.errors import Conflict, Invalid, Outage, Unavailable
from engine.storage.outages import DRIVERS, UNFIT, explained, lost_race, outage, unfit

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
        self.writer = self._engine.execution_options(begin="BEGIN IMMEDIATE")
        self._losses = 0  # how often the server went away
        if not self.sqlite:
            event.listen(self._engine, "connect", self._date)
            event.listen(self._engine, "checkout", self._refuse_older)
        self._kept = _KeptWriter(self._engine, self.wait_seconds) if self.sqlite and not isinstance(self._engine.pool, StaticPool) else None
        self._writing: Callable[[], AbstractContextManager[Connection]] = (
            self.writer.begin if self._kept is None else self._kept.transaction
        )

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one writing transaction, again from the start where it lost a race or its connection. Raises Unavailable."""
        for attempt in range(1, ATTEMPTS + 1):
            connected = finished = False
            try:
                with self._writing() as connection:
                    connected = True
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
        if self._kept is not None:
            self._kept.close()
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


class _KeptWriter:
    """The one connection that writes to a SQLite file; threads take turns with it.

    Its transactions begin and end on the driver; SQLAlchemy, which would make that cost as much as a small step, is not told of them.
    """

    def __init__(self, engine: SqlEngine, wait_seconds: float) -> None:
        self._engine = engine.execution_options(begin=None)
        self._wait_seconds = wait_seconds
        self._turn = threading.Lock()
        self._connection: Connection | None = None

    def transaction(self) -> _KeptWriter:
        """To be entered with `with`. Raises Unavailable where others take too long."""
        return self

    def __enter__(self) -> Connection:
        if not self._turn.acquire(timeout=self._wait_seconds):
            raise outage(Outage.BUSY)
        try:
            connection = self._connection
            if connection is None:
                connection = self._connection = self._engine.connect()
                self._driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
            self._driver.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._drop()
            raise
        return connection

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is not None:
            self._drop()  # closing it rolls back
            return
        try:
            self._driver.execute("COMMIT")
        except BaseException:
            self._drop()
            raise
        self._turn.release()

    def close(self) -> None:
        """Close the connection; the next transaction opens another."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _drop(self) -> None:
        """After an error: no connection that has seen one is used again."""
        connection, self._connection = self._connection, None
        try:
            if connection is not None:
                connection.close()
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
        raise Invalid(
            "A database's address is sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME, with ?timeout=SECONDS if wanted.",
            th="ที่อยู่ฐานข้อมูลต้องเป็น sqlite:///ไฟล์ หรือ postgresql://ผู้ใช้:รหัสผ่าน@เครื่อง/ชื่อ",
        )
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
            "page_size=2048",  # a step changes a few rows in a dozen places: half a page is half the log
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "cache_size=-32000",
            "wal_autocheckpoint=16000",  # pages: what is written again and again is copied into the file once in a while
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        text = connection.get_execution_options().get("begin", "BEGIN")
        if text is not None:  # else the writer says it
            connection.connection.cursor().execute(text)

    @event.listens_for(engine, "before_cursor_execute")
    def refuse_nul(_connection: Any, _cursor: Any, _text: str, values: Any, _context: Any, many: bool) -> None:
        """What PostgreSQL cannot keep must not get into SQLite either: a backup of one is restored into the other."""
        for row in values if many else (values,):
            if any(isinstance(value, str) and "\x00" in value for value in (row.values() if isinstance(row, dict) else row or ())):
                raise unfit()

    return engine
