"""`ruam backup` and `ruam restore`: from either database into either, all or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import click.testing
import pytest
import sqlalchemy as sa

from engine.model import metadata
from tests import databases
from tests.bench import diagrams
from webui.cli import main


def ruam(home: Path, url: str, *arguments: str, exits: int = 0) -> str:
    environment = {"RUAM_HOME": str(home), "RUAM_DATABASE_URL": url}
    result = click.testing.CliRunner().invoke(main, arguments, env=environment)
    assert result.exit_code == exits, result.output
    return result.output


@pytest.fixture
def filled(engine_url: str, tmp_path: Path) -> tuple[Path, str]:
    """A data folder with a user, an instance, and a file whose row we add by hand."""
    home, file = tmp_path / "from", tmp_path / "linear.bpmn"
    file.write_bytes(diagrams.linear(2))
    ruam(home, engine_url, "deploy", str(file))
    ruam(home, engine_url, "user", "add", "worker", "--party", "workers")
    ruam(home, engine_url, "start", "linear", "--business-key", "หนึ่ง")
    return home, engine_url


def rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    database = sa.create_engine(url)
    try:
        with database.connect() as connection:
            return {
                table.name: [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))]
                for table in metadata.sorted_tables
            }
    finally:
        database.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def target_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind to restore into."""
    if request.param == "sqlite":
        yield databases.sqlite_url(tmp_path / "target.db")
    else:
        server: databases.PostgresServer = request.getfixturevalue("postgres")
        with server.database() as url:
            yield url


def test_a_restored_database_says_the_same(filled: tuple[Path, str], target_url: str, tmp_path: Path) -> None:
    home, url = filled
    archive = tmp_path / "backup.tar.gz"
    ruam(home, url, "backup", "--to", str(archive))
    ruam(home, url, "backup", "--to", str(archive), exits=2)  # it exists
    assert "checked" in ruam(tmp_path / "to", target_url, "restore", str(archive))
    assert rows(target_url) == rows(url)
    ruam(tmp_path / "to", target_url, "restore", str(archive), exits=1)  # not empty any more


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_half_a_backup_restores_nothing(filled: tuple[Path, str], tmp_path: Path) -> None:
    home, url = filled
    archive, half = tmp_path / "backup.tar.gz", tmp_path / "half.tar.gz"
    ruam(home, url, "backup", "--to", str(archive))
    half.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    target = databases.sqlite_url(tmp_path / "target.db")
    ruam(tmp_path / "to", target, "restore", str(half), exits=1)
    shutil.copy(__file__, half)
    ruam(tmp_path / "to", target, "restore", str(half), exits=1)
    assert not any(rows(target).values())
    ruam(tmp_path / "to", target, "restore", str(archive))
