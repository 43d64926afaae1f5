"""The schema and its migrations, run by the program itself: no ini file, no command line."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect

from engine.errors import Conflict

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.storage.database import Database

LOCK = 7_261_502_552  # any number: two processes that upgrade at once take turns (PostgreSQL)
OURS = "alembic_version"
HEAD = "head"
VERSIONS = Path(__file__).parent / "versions"


def upgrade(database: Database, revision: str = HEAD) -> tuple[str | None, str | None]:
    """Create or migrate the schema, all or nothing; returns the revision it was and the one it is.

    Raises Conflict for a database of another program or version.
    """

    def run(connection: Connection) -> tuple[str | None, str | None]:
        if not database.sqlite:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        tables = inspect(connection).get_table_names()
        if tables and OURS not in tables:
            raise Conflict(
                "This database belongs to another program: it has tables, and none of them is ours. Name an empty one.",
                th="ฐานข้อมูลนี้เป็นของโปรแกรมอื่น โปรดระบุฐานข้อมูลที่ว่าง",
            )
        before = _current(connection) if tables else None
        if tables and revision == HEAD and before == newest():
            return before, before
        from engine.storage.schema import migrating  # alembic takes longer to load than most commands run

        migrating.migrate(connection, revision)
        return before, _current(connection)

    return database.write(run)


@cache
def newest() -> str:
    """The revision of the newest migration: its file's name begins with it."""
    return max(file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*.py"))


def _current(connection: Connection) -> str | None:
    return connection.exec_driver_sql(f"SELECT version_num FROM {OURS}").scalar()
