"""`ruam migrate`: said before it is done, done, undone, refused with what keeps it back."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.testing import linear
from tests.drawing import draw, users
from tests.webui.cli.test_cli import Ruam, printed
from tests.webui.cli.test_cli import ruam as ruam

ENDS = '<startEvent id="s"/><endEvent id="e"/>'


@pytest.fixture
def running(ruam: Ruam, tmp_path: Path) -> Ruam:
    """Three instances on version 1, one of them at its second task; version 2 has another second task."""
    file = tmp_path / "p.bpmn"
    file.write_bytes(linear("p", "first", "second"))
    ruam("deploy", str(file))
    for _ in range(3):
        ruam("start", "p")
    task = printed(ruam("tasks", "--json"))["items"][0]
    ruam("user", "add", "somebody", "--party", "workers")
    ruam("complete", task["id"], "--user", "somebody")
    file.write_bytes(linear("p", "first", "third"))
    ruam("deploy", str(file))
    return ruam


def elements(ruam: Ruam) -> list[str]:
    return sorted(task["element_id"] for task in printed(ruam("tasks", "--json"))["items"])


def test_tried_then_done_then_undone(running: Ruam) -> None:
    ruam = running
    said = ruam("migrate", "p", "--to", "2", "--dry-run", exits=1).stdout.splitlines()
    assert said[0].endswith(": 2 can move, 1 cannot")
    assert "'second' no longer exists; choose where it continues." in said[1]
    assert "[gone: second]" in said[1]
    (trial,) = printed(ruam("migrate", "p", "--to", "2", "--dry-run", "--before", "second=third", "--json"))
    assert (trial["movable"], trial["refused"], trial["effects"]["continued"]) == (3, 0, 1)
    assert elements(ruam) == ["first", "first", "second"]
    (done,) = printed(ruam("migrate", "p", "--to", "2", "--before", "second=third", "--reason", "agreed", "--json"))
    assert (done["moved"], done["reason"]) == (3, "agreed")
    assert elements(ruam) == ["first", "first", "third"]
    assert ruam("migrate", "p", "--to", "2").stdout == "nothing runs on another version\n"
    assert "3 can go back" in ruam("migrate", "p", "--undo", done["id"], "--dry-run").stdout
    assert "3 went back" in ruam("migrate", "p", "--undo", done["id"]).stdout
    assert elements(ruam) == ["first", "first", "second"]
    (listed,) = printed(ruam("migrations", "--key", "p", "--json"))["items"]
    assert (listed["id"], listed["undone"]) == (done["id"], 3)
    assert done["id"] in ruam("migrations").stdout.splitlines()[1]
    assert done["id"] in ruam("migrations", done["id"]).stdout
    ruam("migrations", "none", exits=1)


def test_only_some(running: Ruam) -> None:
    ruam = running
    one = next(task["instance_id"] for task in printed(ruam("tasks", "--json"))["items"] if task["element_id"] == "first")
    assert "1 moved, 0 did not" in ruam("migrate", "p", "--to", "2", "--instance", one).stdout
    assert "1 moved, 1 did not" in ruam("migrate", "p", "--to", "2", exits=1).stdout
    last = printed(ruam("migrations", "--json"))["items"][0]["id"]
    told = ruam("migrations", last).stdout
    (stayed,) = [task["instance_id"] for task in printed(ruam("tasks", "--json"))["items"] if task["element_id"] == "second"]
    assert "'second' no longer exists; choose where it continues." in told, "why it stayed"
    assert stayed in told, "and which"
    assert "ruam migrate" in told, "the reason that was given"


def test_wrong_usage(running: Ruam) -> None:
    ruam = running
    ruam("migrate", "p", exits=2)
    ruam("migrate", "p", "--to", "2", "--map", "nothing", exits=2)
    assert "no 'nobody'" in ruam("migrate", "p", "--to", "2", "--drop", "nobody", exits=1).stderr
    assert "version 9" in ruam("migrate", "p", "--to", "9", exits=1).stderr


def test_everything_deployed_together_moves_in_one(ruam: Ruam, tmp_path: Path) -> None:
    outer, inner = tmp_path / "outer.bpmn", tmp_path / "inner.bpmn"
    call = ENDS + '<callActivity id="k" calledElement="inner"/>'
    outer.write_bytes(draw(call + users("file"), "s > k > file > e", key="outer"))
    inner.write_bytes(draw(ENDS + users("look"), "s > look > e", key="inner"))
    ruam("deploy", str(outer), str(inner))
    for _ in range(2):
        ruam("start", "outer")
    outer.write_bytes(draw(call + users("sign", "file"), "s > k > sign > file > e", key="outer"))
    inner.write_bytes(draw(ENDS + users("see"), "s > see > e", key="inner"))
    ruam("deploy", str(outer), str(inner))
    whole = ("migrate", "outer", "--to", "2", "--together")
    assert "No version that is left has: nothing" in ruam(*whole, "--drop", "nothing", exits=1).stderr
    ruam("migrate", "outer", "--together", exits=2)
    done = printed(ruam(*whole, "--before", "inner:look=see", "--json"))[0]
    assert (done["moved"], done["refused"], done["state"]) == (4, 0, "DONE")
    assert elements(ruam) == ["see", "see"]
    assert "4 went back" in ruam("migrate", "outer", "--undo", done["id"]).stdout
    assert elements(ruam) == ["look", "look"]
