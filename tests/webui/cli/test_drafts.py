"""`ruam export-pack` gives back what was deployed; `ruam rehearse-draft` plays a draft. What goes well is run as a process, once each."""

from __future__ import annotations

import json
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

from engine.deployment.packs import read_folder
from engine.engine import Engine
from engine.people import SYSTEM
from tests.servers import command, environment
from webui.cli import main

LEAVE = Path(__file__).parents[3] / "bpmn" / "leave"
Inside = Callable[..., click.testing.Result]


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Inside:
    """Runs `ruam` in this process."""
    monkeypatch.setenv("RUAM_HOME", str(tmp_path / "home"))
    return lambda *arguments: click.testing.CliRunner().invoke(main, arguments)


def ruam(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), env=environment(home), capture_output=True, text=True, timeout=120, check=False)


def test_a_pack_goes_out_and_in(tmp_path: Path, inside: Inside) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    assert ruam(home, "deploy", str(LEAVE)).returncode == 0
    made = ruam(home, "export-pack", "leave", "--to", str(out), "--json")
    assert json.loads(made.stdout) == sorted(read_folder(LEAVE))
    assert read_folder(out) == read_folder(LEAVE)
    again = inside("export-pack", "leave", "--to", str(out))
    assert (again.exit_code, "not empty" in again.stderr) == (1, True)
    assert inside("export-pack", "none", "--to", str(tmp_path / "no")).exit_code == 1
    assert inside("export-pack", "leave", "--version", "9", "--to", str(tmp_path / "no")).exit_code == 1
    assert not (tmp_path / "no").exists()


def test_a_draft_is_rehearsed_by_command(tmp_path: Path, inside: Inside) -> None:
    home = tmp_path / "home"
    assert inside("deploy", str(LEAVE)).exit_code == 0
    engine = Engine.open(f"sqlite:///{home}/ruam.db", home=home)
    draft = engine.draft_deployed("leave", title="t", actor=SYSTEM)
    played = ruam(home, "rehearse-draft", draft, "--json")
    assert (json.loads(played.stdout)["state"], played.returncode) == ("ENDED", 0)
    kept = engine.draft(draft, actor=SYSTEM).rehearsal
    engine.close()
    assert kept is not None
    assert kept.result["ended"]
    limits = resource.getrlimit(resource.RLIMIT_CPU)
    assert inside("rehearse-draft", "none").exit_code == 1
    assert resource.getrlimit(resource.RLIMIT_CPU) == limits  # a rehearsal's own limit ends with it
    assert inside("rehearse-draft").exit_code == 2
