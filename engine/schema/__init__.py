"""The schema's migrations (alembic), run by the program itself: no ini file, no command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.database import Database

LOCK = 7_261_502_552  # any number: two processes that upgrade at once take turns (PostgreSQL)


def upgrade(database: Database, revision: str = "head") -> None:
    """Create or migrate the schema, all or nothing."""

    def run(connection: Connection) -> None:
        if not database.sqlite:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    database.write(run)
