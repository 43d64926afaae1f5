"""Any deployed process can be rehearsed; a pack may say how."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from random import Random

import pytest
from pypdf import PdfReader

from engine.deployment.packs import read_folder
from engine.engine import Engine
from engine.errors import Invalid, NotFound
from engine.forms import Form
from engine.people import SYSTEM
from engine.rehearsal import rehearse, sample_pdf
from engine.rehearsal.filling import Filling


def test_a_small_pack_is_played_to_its_end(engine: Engine) -> None:
    engine.deploy(read_folder(Path("bpmn/leave")), name="leave", pack=None, actor=SYSTEM)
    result = rehearse(engine, "leave", seed=5)
    assert result["state"] == "COMPLETED"
    assert result["user_tasks"] >= 2
    assert result["audit_ok"]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize("year", [2570, 2027])
def test_it_is_played_in_the_year_that_is_asked_for(engine: Engine, year: int) -> None:
    engine.deploy(read_folder(Path("bpmn/leave")), name="leave", pack=None, actor=SYSTEM)
    assert rehearse(engine, "leave", year=year)["clock"]["from"].startswith("2027-01-01T09:00:00+07:00")
    with pytest.raises(Invalid):
        rehearse(engine, "leave", year=70)


def test_an_unknown_process(engine: Engine) -> None:
    with pytest.raises(NotFound):
        rehearse(engine, "nothing")


def test_the_sample_is_a_whole_pdf() -> None:
    reader = PdfReader(io.BytesIO(sample_pdf("step (1) แผน")), strict=True)
    assert reader.pages[0].extract_text().startswith("step ?1?")


def test_forms_are_filled_validly() -> None:
    form = Form({
        "type": "object",
        "title": "ทดสอบ",
        "properties": {
            "kind": {"type": "string", "title": "ชนิด", "oneOf": [{"const": "a", "title": "ก"}, {"const": "b", "title": "ข"}]},
            "hidden": {"type": "string", "title": "ซ่อน", "x-visible": "${kind == 'b'}"},
            "day": {"type": "string", "title": "วัน", "format": "date"},
            "time": {"type": "string", "title": "เวลา", "pattern": "^[0-2][0-9]:[0-5][0-9]$"},
            "number": {"type": "integer", "title": "จำนวน", "minimum": 3, "maximum": 4},
            "chosen": {"type": "array", "title": "เลือก", "minItems": 2, "items": {"type": "string"}, "x-options": "${places}"},
            "rows": {
                "type": "array", "title": "ตาราง", "x-widget": "table", "x-default": "${[{'name': p, 'count': None} for p in places]}",
                "items": {"type": "object", "required": ["name", "count"],
                          "properties": {"name": {"type": "string", "title": "ชื่อ"}, "count": {"type": "integer", "title": "นับ"}}},
            },
            "note": {"type": "string", "title": "หมายเหตุ"},
        },
        "required": ["kind", "hidden", "day", "time", "number", "chosen", "rows"],
    })  # fmt: skip
    variables = {"places": ["x", "y", "z"]}
    values = Filling(form, variables, date(2009, 6, 5), Random(1), lambda field, document: "").fill({})
    assert form.validate(values, variables) == []
    assert values["kind"] == "a"
    assert "hidden" not in values
    assert "note" not in values
    assert [row["name"] for row in values["rows"]] == ["x", "y", "z"]
