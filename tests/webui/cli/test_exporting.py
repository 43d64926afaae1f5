"""`ruam export`: an instance with all below it, in a file that needs no engine."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.engine import Engine
from engine.people import SYSTEM
from engine.testing import linear, process
from webui.cli import main

CALLER = process("caller", '<startEvent id="s"/><callActivity id="c" calledElement="called"/><endEvent id="e"/>', "s -> c", "c -> e")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_an_instance_goes_out_with_what_it_called(engine: Engine, engine_url: str, tmp_path: Path) -> None:
    engine.deploy({"caller.bpmn": CALLER, "called.bpmn": linear("called", "งาน")}, name="d", actor=SYSTEM)
    root = engine.start("caller", variables={"ปี": 2569}, actor=SYSTEM)
    other = engine.start("called", variables={}, actor=SYSTEM)
    child = engine.children(root.id, actor=SYSTEM)[0]
    engine.comment(child.id, "ดูแล้ว", actor=SYSTEM)

    def ruam(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, env={"RUAM_HOME": str(tmp_path / "home"), "RUAM_DATABASE_URL": engine_url})

    out = tmp_path / "out.zip"
    made = ruam("export", root.id, "--to", str(out), "--json")
    assert made.exit_code == 0, made.output
    assert json.loads(made.output) == {"file": str(out), "instances": 2, "documents": 0}
    with zipfile.ZipFile(out) as archive:
        told = {name: archive.read(name) for name in archive.namelist()}
    names = {f"instances/{root.id}.json", f"instances/{child.id}.json", "documents.json"}
    diagrams = {f"diagrams/{one.definition_id.replace(':', '-')}.bpmn" for one in (root, child)}
    assert set(told) == names | diagrams
    whole = json.loads(told[f"instances/{root.id}.json"])
    assert whole["variables"] == {"ปี": 2569}
    assert whole["history"][0]["event"] == "instance.started"
    assert json.loads(told[f"instances/{child.id}.json"])["comments"][0]["text"] == "ดูแล้ว"
    assert told[f"diagrams/{root.definition_id.replace(':', '-')}.bpmn"] == CALLER

    assert ruam("export", root.id, "--to", str(out)).exit_code == 2, "a file that is there is not written over"
    assert ruam("export", "none", "--to", str(tmp_path / "no.zip")).exit_code == 1
    assert ruam("export", other.id, "--to", str(tmp_path / "other.zip")).output.endswith("1 instances, 0 documents\n")
    assert sorted(path.name for path in tmp_path.glob("*.zip*")) == ["other.zip", "out.zip"]
