"""What the editors of the schedule and of CSV tables do not change stays to the letter."""

from __future__ import annotations

import json
import subprocess
import tomllib
from pathlib import Path
from typing import Any

from hatch_build import node

ROOT = Path(__file__).parents[2]
READING = ROOT / "webui/frontend/src/scripts/designer/reading"
SCHEDULE = (ROOT / "bpmn/participation/schedule.toml").read_text()
PROVINCES = (ROOT / "bpmn/participation/provinces.csv").read_bytes().decode()
STRANGE = '\ufeffcode,"name, th"\r\n1,"a ""b""\r\nc"\r\n2\r\n'


def told(module: str, expression: str, *given: Any) -> Any:
    """What an expression over the functions of a script (`f`) and what is given (`a`) is."""
    program = f"""
import * as f from '{(READING / module).as_uri()}';
const a = JSON.parse(process.argv[1]);
console.log(JSON.stringify({expression}));"""
    command = ["node", "--no-warnings", "--input-type=module", "-e", program, json.dumps(given)]
    done = subprocess.run(command, env=node()[1], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_all_windows_are_put_into_a_year_and_taken_out_of_it() -> None:
    dated, again, moved = told("schedule.js", "((d) => [d, f.withYear(d, ''), f.withYear(d, '2028')])(f.withYear(a[0], '2027'))", SCHEDULE)
    assert again == SCHEDULE
    windows = tomllib.loads(dated)["windows"]
    assert windows["12"] == {"opens": "2027-07-01", "closes": "2027-07-31"}
    assert {day[:5] for window in windows.values() for day in window.values()} == {"2027-"}
    assert moved == dated.replace("2027-", "2028-")
    assert tomllib.loads(dated)["start"] == "06-01"


def test_a_window_over_the_turn_of_a_year_stays_one() -> None:
    text = '[windows.1]\nopens = "2026-12-01"\ncloses = "2027-02-28"\n'
    assert told("schedule.js", "f.withYear(a[0], '2030')", text) == text.replace("2027", "2031").replace("2026", "2030")
    assert told("schedule.js", "f.asDay({ year: '2027', month: '02', day: '29' })") == "2027-02-28"


def test_a_table_is_changed_in_one_place() -> None:
    changed, added, removed = told(
        "table.js",
        "((t, r) => [f.withCell(t, r, 1, 1, a[1]), f.withRow(t, r, r.length - 1, a[2]), f.withoutRow(t, r, 1)])(a[0], f.readRows(a[0]))",
        PROVINCES,
        'A, "B"',
        ["TH-99", "x"],
    )
    first, second, rest = PROVINCES.split("\n", 2)
    assert changed == "\n".join((first, second.replace("สมุทรปราการ", '"A, ""B"""'), rest))
    assert added == PROVINCES + "TH-99,x\n"
    assert removed == f"{first}\n{rest}"


def test_quotes_and_line_ends_stay_as_they_are() -> None:
    rows = told("table.js", "f.readRows(a[0])", STRANGE)
    assert [row["cells"] for row in rows] == [["code", "name, th"], ["1", 'a "b"\r\nc'], ["2"]]
    changed = told("table.js", "f.withCell(a[0], f.readRows(a[0]), 2, 1, 'x')", STRANGE)
    assert changed == STRANGE.replace("\r\n2\r\n", "\r\n2,x\r\n")
    assert told("table.js", "f.readRows(a[0])", 'a,"b\n') is None
