"""`ruam diff`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

from engine.testing import linear
from webui.cli import main

Ruam = Callable[..., click.testing.Result]


@pytest.fixture
def ruam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ruam:
    """Runs `ruam` on a database that has two versions of a process."""
    monkeypatch.setenv("RUAM_HOME", str(tmp_path / "home"))

    def run(*arguments: str, exits: int = 0) -> click.testing.Result:
        result = click.testing.CliRunner().invoke(main, arguments)
        assert result.exit_code == exits, result.output
        return result

    for tasks in (("a",), ("a", "b")):
        (tmp_path / "p.bpmn").write_bytes(linear("p", *tasks))
        run("deploy", str(tmp_path / "p.bpmn"))
    return run


def test_two_versions(ruam: Ruam) -> None:
    assert ruam("diff", "p", "1", "2").output == "p [p.bpmn]\n  + Task “b” added after “a”, for workers\n"
    assert "เพิ่มงาน “b” หลัง “a” ผู้ทำคือ workers" in ruam("diff", "p", "1", "2", "--language", "th").output
    assert ruam("diff", "p", "2", "2").output == "nothing is different\n"


def test_with_files(ruam: Ruam, tmp_path: Path) -> None:
    (tmp_path / "p.bpmn").write_bytes(linear("p", "b"))
    assert ruam("diff", "p", "--with", str(tmp_path / "p.bpmn")).output == "p [p.bpmn]\n  - Task “a” removed\n"
    assert "“b” added" in ruam("diff", "p", "1", "--with", str(tmp_path / "p.bpmn")).output


def test_for_programs(ruam: Ruam) -> None:
    (group,) = json.loads(ruam("diff", "p", "1", "2", "--json").output)["groups"]
    (change,) = group["changes"]
    assert (group["subject"], group["key"], group["marks"]["added"]) == ("process", "p", ["b"])
    assert (change["kind"], change["aspect"], change["element"], change["old_element"]) == ("added", "element", "b", None)
    assert set(change["sentence"]) == {"th", "en"}


def test_what_is_refused_and_what_is_wrong_usage(ruam: Ruam, tmp_path: Path) -> None:
    assert "There is no process" in ruam("diff", "p", "1", "3", exits=1).output
    ruam("diff", "q", "1", "2", exits=1)
    ruam("diff", "p", "1", exits=2)
    ruam("diff", "p", "1", "2", "--with", str(tmp_path), exits=2)
    ruam("diff", "p", "0", "2", exits=2)
