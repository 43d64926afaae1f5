"""What the files of a pack are called."""

from __future__ import annotations

from pathlib import Path

from engine.differences.pack import Pack
from engine.differences.titles import titles
from engine.differences.words import Said

PARTICIPATION = Path(__file__).parents[3] / "bpmn" / "participation"


def test_files_are_called_what_people_call_them() -> None:
    files = {path.relative_to(PARTICIPATION).as_posix(): path.read_bytes() for path in PARTICIPATION.rglob("*") if path.is_file()}
    found = titles(Pack(files))
    assert next(iter(found)) == "project.bpmn"  # what nothing calls is first
    assert found["acceptance.bpmn"] == Said("การตรวจรับงาน", "Acceptance of work")
    assert found["forms/advice.json"] == Said("คำแนะนำต่อร่างแนวทาง", "Advice on the draft")
    assert found["scoring.dmn"].en == "Weights of the criteria and pass mark of each phase"
    assert found["schedule.toml"] == Said("กำหนดการ", "Schedule")
    assert found["letters/application_invitation.typ"].th.endswith("ประจำปี …")  # what is computed is no part of a name
    assert found["letters/cluster_ranking.typ"].th == "รายงานการจัดลำดับผลการดำเนินงานในกลุ่มจังหวัด"
    assert "letters/form.typ" not in found


def test_what_cannot_be_read_has_no_name() -> None:
    assert titles(Pack({"a.bpmn": b"<no", "b.dmn": b"", "forms/c.json": b"{", "letters/d.typ": b"\xff", "e.csv": b"a"})) == {}
