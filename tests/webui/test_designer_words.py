"""What the diagram editor reads as words it writes back as the same expression; what it cannot read it leaves alone."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hatch_build import node

READING = Path(__file__).parents[2] / "webui/frontend/src/scripts/designer/reading"
MOMENTS = {
    "": {"kind": "none"},
    "${windows['12'].closes}": {"kind": "window", "step": "12", "edge": "closes", "days": 0},
    "${working_days_before(windows['12'].closes, 3)}": {"kind": "window", "step": "12", "edge": "closes", "days": -3},
    "${working_days_after(windows['2'].opens, 10)}": {"kind": "window", "step": "2", "edge": "opens", "days": 10},
    "${end_of_day(working_days_after(now(), 5))}": {"kind": "begun", "days": 5},
    "${due}": {"kind": "variable", "name": "due", "days": 0},
    "${end_of_day(working_days_before(held_on, 1))}": {"kind": "variable", "name": "held_on", "days": -1},
    "${วันประชุม.เริ่ม}": {"kind": "variable", "name": "วันประชุม.เริ่ม", "days": 0},
    "2009-07-31": {"kind": "date", "date": "2009-07-31"},
    "P3D": {"kind": "span", "amount": 3, "unit": "day"},
    "PT10M": {"kind": "span", "amount": 10, "unit": "minute"},
    "P1M": {"kind": "span", "amount": 1, "unit": "month"},
    "P1DT12H": {"kind": "expression", "text": "P1DT12H"},
    "${a.due if late else due}": {"kind": "expression", "text": "${a.due if late else due}"},
}
CONDITIONS: dict[str, Any] = {
    "${action == 'ask'}": {"join": "and", "rows": [{"name": "action", "comparison": "==", "value": "ask"}]},
    "${accepted}": {"join": "and", "rows": [{"name": "accepted", "comparison": "yes", "value": None}]},
    "${not accepted}": {"join": "and", "rows": [{"name": "accepted", "comparison": "no", "value": None}]},
    "${not empty(passed)}": {"join": "and", "rows": [{"name": "passed", "comparison": "filled", "value": None}]},
    "${sheets > 0 or score.total >= 2.5}": {
        "join": "or",
        "rows": [{"name": "sheets", "comparison": ">", "value": 0}, {"name": "score.total", "comparison": ">=", "value": 2.5}],
    },
    "${คำตอบ == 'ก and ข' and open != false}": {
        "join": "and",
        "rows": [{"name": "คำตอบ", "comparison": "==", "value": "ก and ข"}, {"name": "open", "comparison": "!=", "value": False}],
    },
    "${'post' in default(ways, []) and 'ก' not in default(ways, [])}": {
        "join": "and",
        "rows": [{"name": "ways", "comparison": "has", "value": "post"}, {"name": "ways", "comparison": "has not", "value": "ก"}],
    },
    "${a == 1 and b == 2 or c == 3}": None,
    "${(a or b) and c}": None,
    "${len(xs) > 2}": None,
    "= a = 1": None,
}
ENDS = {  # what is typed over a file → what is saved
    ("a\nb\n", "a\nb\n"): "a\nb\n",
    ("a\nb", "a\nb\n"): "a\nb",
    ("a\nx\nb\n", "a\r\nb\r\n"): "a\r\nx\r\nb\r\n",
    ("a\nb", "a\r\nb"): "a\r\nb",
    ("a\nb\nc", "a\r\nb"): "a\r\nb\r\nc",
    ("a\nc\nd\n", "a\nb\r\nc\r\nd\n"): "a\nc\r\nd\n",
    ("a\n\n\nb\n", "a\r\rb\r"): "a\r\r\rb\r",
    ("", "a\r\n"): "",
    ("a\n", "\ufeffa\n"): "\ufeffa\n",
}
PROGRAM = """
import { asMoment, readMoment } from 'READING/moment.js';
import { asCondition, readCondition } from 'READING/condition.js';
import { withEnds } from 'READING/ends.js';
const [moments, conditions, ends] = JSON.parse(process.argv[1]);
const told = (text) => { const read = readCondition(text); return [read, read && asCondition(read)]; };
const timed = moments.map((text) => [readMoment(text), asMoment(readMoment(text))]);
console.log(JSON.stringify([timed, conditions.map(told), ends.map(([text, before]) => withEnds(text, before))]));
"""


@pytest.fixture(scope="module")
def answers() -> list[list[Any]]:
    """What the scripts make of all of them."""
    program = PROGRAM.replace("READING", READING.as_uri())
    asked = json.dumps([list(MOMENTS), [*CONDITIONS, "${a == 1 && !empty(b)}"], list(ENDS)])
    done = subprocess.run(
        ["node", "--no-warnings", "--input-type=module", "-e", program, asked], env=node()[1], capture_output=True, text=True, check=True
    )
    found: list[list[Any]] = json.loads(done.stdout)
    return found


def test_moments(answers: list[list[Any]]) -> None:
    for (text, meant), (read, written) in zip(MOMENTS.items(), answers[0], strict=True):
        assert read == meant, text
        assert written == text


def test_conditions(answers: list[list[Any]]) -> None:
    for (text, meant), (read, written) in zip(CONDITIONS.items(), answers[1][:-1], strict=True):
        assert read == meant, text
        assert written == (text if meant else None)


def test_lines_end_as_they_did(answers: list[list[Any]]) -> None:
    assert answers[2] == list(ENDS.values())


def test_the_ways_of_java_are_read_and_written_in_ours(answers: list[list[Any]]) -> None:
    assert answers[1][-1][1] == "${a == 1 and not empty(b)}"
