"""What the form editor reads of the packs' forms it writes back as it was; its changes leave alone what they are not about."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from engine.forms import Form
from hatch_build import node

ROOT = Path(__file__).parents[2]
READING = ROOT / "webui/frontend/src/scripts/designer/reading/form.js"
FORMS = sorted((ROOT / "bpmn").glob("*/forms/*.json"))
PROGRAM = """
import { readFileSync } from 'node:fs';
import * as f from 'READING';
const texts = JSON.parse(process.argv[1]).map((path) => readFileSync(path, 'utf8'));
const told = texts.map((text) => {
  const { form } = f.readForm(text);
  const names = Object.keys(form.properties);
  const kinds = names.map((name) => f.kindOf(form.properties[name]));
  const last = names.at(-1);
  const fields = names.map((name) => form.properties[name]);
  const made = (kind) => ({ type: 'object', title: 't', properties: { one: f.withKind(fields[0], kind) } });
  return {
    written: f.asText(f.withGroups(form, f.groupsOf(form)), text), kinds, top: f.keptOnTop(form).map((one) => one.name),
    kept: fields.flatMap((field) => f.keptOf(field).map((one) => one.name)),
    upDown: f.moved(f.moved(form, last, -1), last, 1), thereBack: f.renamed(f.renamed(form, last, 'other_name'), 'other_name', last),
    defaults: fields.map((field) => f.withDefault(field, f.defaultOf(field))), every: Object.keys(f.KINDS).map(made),
  };
});
console.log(JSON.stringify(told));
"""


@pytest.fixture(scope="module")
def told() -> list[dict[str, Any]]:
    """What the script makes of all forms."""
    program = PROGRAM.replace("READING", READING.as_uri())
    given = json.dumps([str(path) for path in FORMS])
    command = ["node", "--no-warnings", "--input-type=module", "-e", program, given]
    done = subprocess.run(command, env=node()[1], capture_output=True, text=True, check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_what_is_read_is_written_to_the_letter(told: list[dict[str, Any]]) -> None:
    for path, one in zip(FORMS, told, strict=True):
        text = path.read_text()
        if "x-sections" in text:  # its fields are put into the order in which they are shown
            assert json.loads(one["written"]) == json.loads(text), path
        else:
            assert one["written"] == text, path


def test_every_field_is_of_a_kind_and_stays_what_it_is(told: list[dict[str, Any]]) -> None:
    for path, one in zip(FORMS, told, strict=True):
        fields = list(json.loads(path.read_text())["properties"].values())
        assert None not in one["kinds"], path
        assert set(one["kept"]) <= {"x-sealed", "pattern"}, path
        assert one["top"] == [], path
        assert one["defaults"] == fields, path


def test_a_step_and_its_opposite_change_nothing(told: list[dict[str, Any]]) -> None:
    for path, one in zip(FORMS, told, strict=True):
        form = json.loads(path.read_text())
        assert one["thereBack"] == form, path
        assert {key: one["upDown"][key] for key in form} == form, path


def test_every_kind_a_field_is_made_can_be_deployed(told: list[dict[str, Any]]) -> None:
    for path, one in zip(FORMS, told, strict=True):
        for form in one["every"]:
            assert [problem for problem in Form(form).problems() if problem.severity == "error"] == [], (path, form)
