"""Running migrations: alembic, on a connection that is in a transaction."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from engine.errors import Conflict

if TYPE_CHECKING:
    from sqlalchemy import Connection

ALEMBIC = threading.Lock()  # what it works on is of the process: two databases, made at once by two threads, take turns


def migrate(connection: Connection, revision: str) -> None:
    """Run what is missing up to a revision. Raises Conflict for a database that a newer version of the program wrote."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    try:
        with ALEMBIC:
            command.upgrade(config, revision)
    except CommandError as error:
        raise Conflict(
            f"This database was written by another version of the program ({error}). Use that version.",
            th="ฐานข้อมูลนี้เขียนโดยโปรแกรมรุ่นอื่น โปรดใช้โปรแกรมรุ่นนั้น",
        ) from error
