"""What went wrong with the database, in our own words. What the driver says (it names files, hosts, statements) is for the log alone."""

from __future__ import annotations

import errno
import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError, TimeoutError

from engine.errors import Invalid, Outage, Problem, Unavailable

DRIVERS = (DBAPIError, TimeoutError, sqlite3.Error, psycopg.Error)  # what a database raises, wrapped by SQLAlchemy or not
UNFIT = (UnicodeEncodeError, OverflowError)  # what the drivers say of values no column can hold
RACES = ("40001", "40P01")  # PostgreSQL: serialization failure, deadlock
UNIQUE = "23505"
FULL_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_OF_SQLITE = {
    "BUSY": Outage.BUSY, "LOCKED": Outage.BUSY, "FULL": Outage.FULL, "IOERR": Outage.FULL,
    "CORRUPT": Outage.DAMAGED, "NOTADB": Outage.DAMAGED,
}  # fmt: skip
_OF_POSTGRES = {
    "53": Outage.FULL,
    "55P03": Outage.BUSY,
    "53300": Outage.BUSY,
    "57014": Outage.BUSY,
    "XX": Outage.DAMAGED,
    "42P01": Outage.NO_SCHEMA,
}
_WORDS = {
    Outage.AWAY: ("The database cannot be used now: it does not answer.", "Try again; if it stays away, it has to be started."),
    Outage.BUSY: ("The database cannot be used now: it is locked by somebody else.", "Try again."),
    Outage.FULL: ("The database cannot be used now: its disk is full.", "Make room, then try again."),
    Outage.DAMAGED: ("The database cannot be used: its file is damaged or none of ours.", "Name another one, or restore a backup."),
    Outage.NO_SCHEMA: ("The database cannot be used yet: it does not have our tables.", "Run `ruam db upgrade`."),
}
_UNCERTAIN = "The database went away while it was keeping this. Look whether it was kept before you do it again."
_FILES = {
    Outage.AWAY: ("The files cannot be kept or read now: their folder does not answer.", "Try again."),
    Outage.FULL: ("The file cannot be kept now: the disk is full.", "Make room, then try again."),
}


def outage(kind: Outage, detail: object = "") -> Unavailable:
    """The error that says so; `detail` is kept for the log."""
    what, way_out = _WORDS.get(kind, ("", ""))
    message = _UNCERTAIN if kind is Outage.UNCERTAIN else f"{what} Nothing was changed. {way_out}"
    return Unavailable(message, outage=kind, detail=str(detail).strip())


def file_outage(error: OSError) -> Unavailable:
    """The error for a file store that cannot be written or read."""
    kind = Outage.FULL if error.errno in FULL_DISK else Outage.AWAY
    what, way_out = _FILES[kind]
    return Unavailable(f"{what} Nothing was changed. {way_out}", outage=kind, detail=str(error))


def original(error: BaseException) -> BaseException:
    """What the driver raised."""
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error


def lost_race(error: BaseException) -> bool:
    """Whether the transaction may simply be run again."""
    found = original(error)
    if isinstance(found, psycopg.Error):
        return found.sqlstate in (*RACES, UNIQUE)
    return isinstance(found, sqlite3.IntegrityError) and "UNIQUE" in str(found)


def explained(error: Exception) -> Exception:
    """Our own error for what is the database's fault or of what was given; a bug of ours (a wrong statement) stays what it is."""
    found = original(error)
    kind = _kind(found)
    if kind is not None:
        return outage(kind, found)
    return unfit() if _is_unfit(found) else error


def unfit() -> Invalid:
    """What was given cannot be a value of any column."""
    message = "A text given has characters that cannot be kept or is too long, or a number is too large. Write it anew, shorter."
    thai = "ข้อความที่ส่งมามีอักขระที่เก็บไม่ได้หรือยาวเกินไป หรือตัวเลขมีค่ามากเกินไป โปรดพิมพ์ใหม่ให้สั้นลง"
    return Invalid(message, [Problem(message, thai, rule="unfit")])


def _kind(found: BaseException) -> Outage | None:
    if isinstance(found, TimeoutError):
        return Outage.BUSY  # every connection is in use
    if isinstance(found, sqlite3.DatabaseError):
        return _of_sqlite(found)
    if isinstance(found, psycopg.Error):
        return _of_postgres(found)
    return None


def _of_sqlite(found: sqlite3.DatabaseError) -> Outage | None:
    name = getattr(found, "sqlite_errorname", "").removeprefix("SQLITE_")
    known = _OF_SQLITE.get(name.partition("_")[0])
    if known is not None or not isinstance(found, sqlite3.OperationalError):
        return known
    if name.partition("_")[0] == "ERROR":  # a statement that is wrong is a bug, unless it is the tables that are missing
        return Outage.NO_SCHEMA if "no such table" in str(found) else None
    return Outage.AWAY  # cannot be opened, may not be written


def _of_postgres(found: psycopg.Error) -> Outage | None:
    state = found.sqlstate or ""
    known = _OF_POSTGRES.get(state) or _OF_POSTGRES.get(state[:2])
    if known is not None:
        return known
    return Outage.AWAY if isinstance(found, psycopg.OperationalError | psycopg.InterfaceError) else None


def _is_unfit(found: BaseException) -> bool:
    if isinstance(found, psycopg.DataError | sqlite3.DataError | UnicodeEncodeError):
        return True
    if isinstance(found, sqlite3.OperationalError):
        return "pattern too complex" in str(found)  # a search of many pages
    return isinstance(found, OverflowError) and "SQLite INTEGER" in str(found)
