"""`ruam backup` and `ruam restore`: from either database into either, all or nothing."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click.testing
import pytest
import sqlalchemy as sa

from engine.engine import Engine
from engine.people import SYSTEM
from engine.rehearsal import sample_pdf
from engine.storage.model import metadata
from tests import databases
from tests.bench import diagrams
from webui.cli import main

FORM = {
    "type": "object",
    "properties": {
        "paper": {
            "type": "string",
            "title": "รายงาน",
            "x-widget": "file",
            "x-document": {"category": "paper", "kinds": ["pdf"], "max_mb": 1},
        }
    },
}


def ruam(home: Path, url: str, *arguments: str, exits: int = 0) -> str:
    environment = {"RUAM_HOME": str(home), "RUAM_DATABASE_URL": url}
    result = click.testing.CliRunner().invoke(main, arguments, env=environment)
    assert result.exit_code == exits, result.output
    return result.output


@pytest.fixture
def filled(engine_url: str, tmp_path: Path) -> tuple[Path, str]:
    """A data folder with a user, an instance, and a document uploaded with its task."""
    home, pack = tmp_path / "from", tmp_path / "pack"
    (pack / "forms").mkdir(parents=True)
    (pack / "form.bpmn").write_bytes(diagrams.one_form())
    (pack / "forms" / "report.json").write_text(json.dumps(FORM))
    ruam(home, engine_url, "deploy", str(pack))
    ruam(home, engine_url, "user", "add", "worker", "--party", "workers")
    ruam(home, engine_url, "start", "form", "--business-key", "หนึ่ง")
    engine = Engine.open(engine_url, home=home)
    (task,) = engine.tasks(actor=SYSTEM).items
    engine.upload(task.id, "paper", "รายงาน.pdf", io.BytesIO(sample_pdf("report")), actor=engine.actor("worker"))
    engine.close()
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
    engine = Engine.open(target_url, home=tmp_path / "to")
    (document,) = engine.documents(engine.instances(actor=SYSTEM).items[0].id, actor=SYSTEM).items
    with engine.open_document(document.id, actor=SYSTEM)[1] as content:
        assert content.read() == sample_pdf("report")
    engine.close()
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


def test_an_instance_is_exported_with_its_papers(filled: tuple[Path, str], tmp_path: Path) -> None:
    home, url = filled
    (one,) = json.loads(ruam(home, url, "instances", "--json"))["items"]
    made = json.loads(ruam(home, url, "export", one["id"], "--to", str(tmp_path / "one.zip"), "--json"))
    assert made["documents"] == 1
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        (paper,) = json.loads(archive.read("documents.json"))
        assert archive.read(f"documents/{paper['id']}/รายงาน.pdf") == sample_pdf("report")
