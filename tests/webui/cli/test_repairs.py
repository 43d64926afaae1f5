"""`ruam modify` and `ruam restart`: said before it is done, done with a reason, refused with nothing changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.testing import linear
from tests.webui.cli.test_cli import Ruam, printed
from tests.webui.cli.test_cli import ruam as ruam


@pytest.fixture
def running(ruam: Ruam, tmp_path: Path) -> tuple[Ruam, str]:
    """An instance of three tasks that stands at the first."""
    file = tmp_path / "p.bpmn"
    file.write_bytes(linear("p", "first", "second", "third"))
    ruam("deploy", str(file))
    return ruam, printed(ruam("start", "p", "--business-key", "7", "--json"))["id"]


def tasks(ruam: Ruam, instance_id: str) -> list[str]:
    return [task["element_id"] for task in printed(ruam("tasks", "--instance", instance_id, "--json"))["items"]]


def test_said_then_done(running: tuple[Ruam, str]) -> None:
    ruam, id = running
    moved = ("modify", id, "--start-before", "third", "--cancel", "first", "--reason", "r", "--data", '{"n": 1}')
    said = ruam(*moved, "--dry-run").stdout.splitlines()
    assert said[0] == "Variables are set: n."
    assert said[-1] == "Nothing was changed."
    assert tasks(ruam, id) == ["first"]
    assert ruam(*moved).stdout.splitlines() == said[:-1]
    assert tasks(ruam, id) == ["third"]
    (task,) = printed(ruam("tasks", "--instance", id, "--json"))["items"]
    outcome = printed(ruam("modify", id, "--cancel", task["id"], "--start-after", "first", "--reason", "r", "--json"))
    assert (outcome["done"], outcome["state"]) == (True, "ACTIVE")
    assert tasks(ruam, id) == ["second"]


def test_refused_without_a_reason_or_an_element(running: tuple[Ruam, str]) -> None:
    ruam, id = running
    ruam("modify", id, "--cancel", "first", exits=2)
    assert "no element 'nothing'" in ruam("modify", id, "--start-before", "nothing", "--reason", "r", exits=1).stderr
    assert tasks(ruam, id) == ["first"]


def test_one_that_has_ended_is_started_once_more(running: tuple[Ruam, str]) -> None:
    ruam, id = running
    ruam("restart", id, "--start-before", "second", "--reason", "r", exits=1)
    ruam("modify", id, "--cancel", "first", "--reason", "stop")
    new = ruam("restart", id, "--start-before", "second", "--reason", "r").stdout.splitlines()[0]
    assert tasks(ruam, new) == ["second"]
    assert printed(ruam("show", new, "--json"))["instance"]["business_key"] == "7"
