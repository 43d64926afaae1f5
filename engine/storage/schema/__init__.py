"""The schema's migrations (alembic), run by the program itself: no ini file, no command line."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import inspect

from engine.errors import Conflict

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.storage.database import Database

LOCK = 7_261_502_552  # any number: two processes that upgrade at once take turns (PostgreSQL)
OURS = "alembic_version"
FOLDER = Path(__file__).parent
ALEMBIC = threading.Lock()  # what it works on is of the process: two databases, made at once by two threads, take turns


def upgrade(database: Database, revision: str = "head") -> tuple[str | None, str | None]:
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
        before = MigrationContext.configure(connection).get_current_revision() if tables else None
        if tables and revision == "head" and before == _newest():
            return before, before
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes["connection"] = connection
        try:
            with ALEMBIC:
                command.upgrade(config, revision)
        except CommandError as error:
            raise Conflict(
                f"This database was written by another version of the program ({error}). Use that version.",
                th="ฐานข้อมูลนี้เขียนโดยโปรแกรมรุ่นอื่น โปรดใช้โปรแกรมรุ่นนั้น",
            ) from error
        return before, MigrationContext.configure(connection).get_current_revision()

    return database.write(run)


@cache
def _newest() -> str | None:
    """What the newest migration is called: alembic reads all of them to tell."""
    return ScriptDirectory(FOLDER).get_current_head()
