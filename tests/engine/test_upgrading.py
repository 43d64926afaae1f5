"""A database of the first schema, with instances standing in all that is stored otherwise today, is upgraded and they go on to their ends.

`schema_0001.tar.gz` is a backup written by the program of that schema.
"""

from __future__ import annotations

import base64
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from engine.engine import Engine
from engine.errors import Conflict
from engine.people import SYSTEM, Actor
from engine.storage import schema
from engine.storage.database import Database

pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
BACKUP = Path(__file__).with_name("schema_0001.tar.gz")


def fill(database: Database) -> None:
    """Put the rows of the backup into tables of the first schema."""
    schema.upgrade(database, "0001")

    def run(connection: sa.Connection) -> None:
        tables = sa.MetaData()
        tables.reflect(connection)
        with tarfile.open(BACKUP) as archive:
            for table in tables.sorted_tables:
                if f"tables/{table.name}.jsonl" not in archive.getnames():
                    continue
                stream = archive.extractfile(f"tables/{table.name}.jsonl")
                assert stream is not None
                rows = [{name: typed(table.c[name], value) for name, value in json.loads(line).items()} for line in stream]
                if rows:
                    connection.execute(sa.insert(table), rows)

    database.write(run)


def typed(column: sa.Column[Any], value: Any) -> Any:
    return base64.b64decode(value) if isinstance(column.type, sa.LargeBinary) and value is not None else value


@pytest.fixture
def engine(empty_url: str, tmp_path: Path) -> Iterator[Engine]:
    database = Database(empty_url)
    fill(database)
    database.close()
    opened = Engine.open(empty_url, home=tmp_path / "home")
    opened.upgrade()
    yield opened
    opened.close()


def finish(engine: Engine, key: str) -> list[tuple[list[str], dict[str, Any]]]:
    """Complete all that is open in each instance of a process: the elements in their order, and the variables at its end."""
    found = []
    for instance in engine.instances(key=key, actor=SYSTEM).items:
        done = list[str]()
        while waiting := [task for task in engine.tasks(actor=SYSTEM, limit=100).items if task.root_id == instance.root_id]:
            done.append(waiting[0].element_id)
            engine.complete_task(waiting[0].id, {}, actor=SYSTEM)
        assert engine.instance(instance.id, actor=SYSTEM).state == "COMPLETED"
        found.append((done, engine.variables(instance.id, actor=SYSTEM)))
    return found


def test_repeated_activities_go_on_where_they_stood(engine: Engine) -> None:
    ((done, variables),) = finish(engine, "par")
    assert done == ["t", "t", "after"]
    assert variables["found"] == ["ก", "ข", "ค"]
    ((done, variables),) = finish(engine, "outer")
    assert done == ["t", "t", "after", "u"]
    ((done, variables),) = [one for one in finish(engine, "seq") if one[0]]
    assert done == ["t", "t", "after"]
    assert variables["found"] == ["ก", "ข", "ค"]
    assert engine.audit_verify().ok


def test_what_could_be_undone_still_can(engine: Engine) -> None:
    undone = ["unbook"] * 3
    assert sorted(done for done, _variables in finish(engine, "undo")) == sorted(
        [["book", "book", "decide", *undone], ["decide", *undone], undone[1:]]
    )


def test_joins_and_inboxes(engine: Engine) -> None:
    worker = Actor("one", groups=frozenset({"workers"}))
    assert [task.element_id for task in engine.inbox(worker).items if task.element_id == "a"] == ["a"]
    assert [task.element_id for task in engine.inbox(Actor("อาทิตย์")).items] == ["a"]
    assert finish(engine, "both") == [(["y"], {})]
    assert sorted(done for done, _variables in finish(engine, "line")) == [[], ["a"]]


def test_users_whose_names_differed_only_in_capitals_keep_them(empty_url: str, tmp_path: Path) -> None:
    database = Database(empty_url)
    schema.upgrade(database, "0010")
    row = {"name": "ก", "name_en": "", "roles": "[]", "demo": False, "active": True, "session": "", "created": "2026-01-01T00:00:00Z"}

    def run(connection: sa.Connection) -> None:
        tables = sa.MetaData()
        tables.reflect(connection, only=["user_"])
        connection.execute(sa.insert(tables.tables["user_"]), [row | {"id": name} for name in ("Ann", "ann", "Bob")])

    database.write(run)
    database.close()
    engine = Engine.open(empty_url, home=tmp_path / "home")
    engine.upgrade()
    for name in ("Ann", "ann", "Bob"):
        engine.set_password(name, f"the password of {name}", actor=SYSTEM)
    assert [engine.log_in(typed, f"the password of {typed}").user_id for typed in ("Ann", "ann")] == ["Ann", "ann"]
    assert engine.log_in("BOB", "the password of Bob").user_id == "Bob"
    with pytest.raises(Conflict):
        engine.add_user("ANN", name="ข", actor=SYSTEM)
    engine.close()


def test_once_is_enough_and_there_is_no_way_back_but_a_backup(engine: Engine) -> None:
    engine.upgrade()
    with pytest.raises(CommandError, match="restore the backup"):
        engine._shared.database.write(downgrade)
    assert len(finish(engine, "undo")) == 3


def downgrade(connection: sa.Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent))
    config.attributes["connection"] = connection
    command.downgrade(config, "0006")
