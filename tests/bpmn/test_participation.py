"""The participation pack as data: the 24 steps of the plan, their parties, forms, papers and drawing."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from importlib import resources
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

from engine.diagrams import read
from engine.diagrams.model import Process
from engine.diagrams.rules import check
from engine.diagrams.rules.context import Context
from engine.forms import Form
from handlers import pack as handlers
from tests.bpmn import geometry

PACK = Path(__file__).parents[2] / "bpmn" / "participation"
FILES = sorted(PACK.glob("*.bpmn"))

# The plan's table 3: number, what is done, whose it is first of all.
STEPS = [
    ("1", "จัดทำแผนการดำเนินงานโครงการ", "consultant"),
    ("2", "จัดทำรายงานการศึกษา หลักเกณฑ์ แนวทาง วิธีการในการมอบรางวัลฯ จากภายในประเทศ และต่างประเทศ", "consultant"),
    ("3", "จัดทำร่างแนวทาง หลักเกณฑ์ วิธีการในการตรวจประเมินฯ", "consultant"),
    ("4", "เสนอร่างแนวทาง หลักเกณฑ์ วิธีการในการตรวจประเมินฯ ต่อ อ.ก.พ.ร. เพื่อรับคำแนะนำ", "opdc"),
    ("5", "ตรวจรับงานงวดที่ 1", "inspection_committee"),
    ("6", "จัดทำแนวทาง หลักเกณฑ์ วิธีการในการตรวจประเมิน", "consultant"),
    ("7", "ตรวจรับงานงวดที่ 2 เฉพาะแนวทาง หลักการฯ เพื่อใช้ในการประชุม", "inspection_committee"),
    ("8", "แจ้งจังหวัด ${count(provinces)} จังหวัดเข้าร่วมประชุมสัมมนา", "opdc"),
    ("9", "จัดประชุม สัมมนา เพื่อชี้แจงหลักเกณฑ์ และแนวทางฯ ใน 4 ภูมิภาค (เหนือ กลาง ตะวันออกเฉียงเหนือ ใต้)", "consultant"),
    ("10", "แจ้งจังหวัด ${count(provinces)} จังหวัด เชิญชวนสมัครเข้าร่วม เพื่อส่งผลงานประกวด", "opdc"),
    ("11", "จัดทำรายงานสรุปผลการประชุม สัมมนา", "consultant"),
    ("12", "จังหวัดดำเนินการตามแผนงานและจัดทำรายงานผลการดำเนินงานฯ เสนอสำนักงาน ก.พ.ร.", "province"),
    ("13", "ตรวจสอบประเมินระยะที่ 1 (จากเอกสารรายงาน)", "central_committee"),
    ("14", "แจ้งจังหวัดที่ผ่านการประเมินรอบแรก และตรวจสอบประเมินระยะที่ 2 (การปฏิบัติงานจริง)", "opdc"),
    (
        "15",
        "จัดทำรายงานผลการตรวจสอบประเมินระยะที่ 2 และเสนอรายชื่อจังหวัดที่ผ่านเกณฑ์ต่อ อ.ก.พ.ร. เพื่อทราบและมอบหมายผู้แทนตรวจเยี่ยม",
        "consultant",
    ),
    ("16", "ตรวจสอบเพื่อยืนยันผลการพิจารณา", "opdc"),
    ("17", "จัดทำรายงานสรุปผลการศึกษาข้อมูลในพื้นที่ ผลการวิเคราะห์ Best Practice และร่างเอกสารสรุปผลการถอดบทเรียน", "consultant"),
    ("18", "ที่ประชุม อ.ก.พ.ร. ร่วมกันพิจารณา", "subcommission"),
    ("19", "ตรวจรับงานงวดที่ 2", "inspection_committee"),
    ("20", "จัดทำโล่สำหรับมอบรางวัล และเอกสารสรุปผลการถอดบทเรียน", "consultant"),
    ("21", "ตรวจรับโล่ และเอกสารสรุปผลการถอดบทเรียน (งานงวดที่ 3) เพื่อใช้สำหรับมอบรางวัล", "inspection_committee"),
    ("22", "แจ้งผลการพิจารณาและเชิญจังหวัดที่ผ่านเกณฑ์เข้าร่วมรับรางวัล และจัดพิธีมอบรางวัล", "opdc"),
    ("23", "ตรวจรับงานงวดที่ 3", "inspection_committee"),
    ("24", "รายงานสรุปผลการดำเนินโครงการเสนอ อ.ก.พ.ร. ส่วนร่วมฯ", "opdc"),
]
PARTIES = {
    "consultant": "ที่ปรึกษา (สถาบันพระปกเกล้า)",
    "opdc": "สำนักงาน ก.พ.ร.",
    "inspection_committee": "คณะกรรมการจ้างที่ปรึกษาโดยวิธีคัดเลือก และตรวจรับผลงาน",
    "subcommission": "อ.ก.พ.ร. เกี่ยวกับการพัฒนาและส่งเสริมการบริหารราชการแบบมีส่วนร่วม",
    "central_committee": "คณะกรรมการกลาง (สถาบันพระปกเกล้า และผู้แทนสำนักงาน ก.พ.ร.)",
    "area_committee": "คณะกรรมการในพื้นที่",
    "cluster_academics": "คณะวิชาการประจำกลุ่มจังหวัด",
    "province": "จังหวัดที่สมัครส่งผลงานเข้าร่วมประกวด",
}
INSTALMENTS = {
    1: {"plan", "study_report", "draft_guidelines"},
    2: {"guidelines", "seminar_summary", "field_report", "best_practice_analysis", "draft_lessons"},
    3: {"plaques", "lessons", "award_seminar_report", "final_report"},
}
# Everybody the plan gives work in a step (table 3, column "responsible"; inner tasks name the others).
WORKERS = {
    "4": {"opdc", "subcommission"},
    "14": {"opdc", "area_committee", "central_committee", "cluster_academics"},
    "15": {"consultant", "opdc", "subcommission"},
    "16": {"opdc", "subcommission", "central_committee", "province"},
    "18": {"subcommission", "consultant"},
    "22": {"opdc", "consultant", "province"},
    "24": {"opdc", "subcommission"},
}


def process(name: str) -> Process:
    return read((PACK / f"{name}.bpmn").read_bytes(), f"{name}.bpmn").processes[0]


def toml(name: str) -> dict:
    return tomllib.loads((PACK / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def project() -> Process:
    return process("project")


def test_nothing_is_wrong_with_any_file() -> None:
    diagrams = [read(path.read_bytes(), path.name) for path in FILES]
    forms = {path.stem for path in (PACK / "forms").glob("*.json")}
    context = Context(forms=forms, handlers=handlers.handlers, parties=set(toml("parties.toml")), decisions={"scoring"})
    assert [problem for diagram in diagrams for problem in diagram.problems] == []
    assert check(diagrams, context) == []


def test_the_24_steps_are_those_of_the_plan_in_its_order(project: Process) -> None:
    numbered = [e for e in project.elements.values() if e.parent is None and e.step is not None]
    assert [(e.step, e.name, e.lane) for e in sorted(numbered, key=lambda e: int(e.step or 0))] == STEPS
    assert [e.id for e in sorted(numbered, key=lambda e: int(e.step or 0))] == [f"step{n:02d}" for n in range(1, 25)]


def test_the_lanes_are_the_eight_parties(project: Process) -> None:
    assert dict(project.lanes) == PARTIES
    assert len(project.lanes) == 8


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_everything_a_person_reads_has_both_languages(path: Path) -> None:
    found = process(path.stem)
    assert found.name_en
    for element in found.elements.values():
        assert bool(element.name) == bool(element.name_en), element.id


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_user_task_has_a_due_date_a_form_and_somebody_to_do_it(path: Path) -> None:
    for element in process(path.stem).elements.values():
        if element.type == "userTask":
            assert element.human is not None
            assert element.human.due, element.id
            assert (PACK / "forms" / f"{element.human.form_key}.json").is_file(), element.id
            assert element.human.assignee or element.human.candidate_groups or element.lane, element.id


def test_every_form_is_asked_somewhere(project: Process) -> None:
    asked = {e.human.form_key for path in FILES for e in process(path.stem).elements.values() if e.human is not None}
    asked |= {project.elements["started"].start_form}
    assert asked == {path.stem for path in (PACK / "forms").glob("*.json")}


@pytest.mark.parametrize("path", sorted((PACK / "forms").glob("*.json")), ids=lambda path: path.stem)
def test_a_form_loads_and_speaks_both_languages(path: Path) -> None:
    form = Form.load(path.read_bytes(), f"forms/{path.name}")
    assert form.problems() == []
    content = json.loads(path.read_text(encoding="utf-8"))
    for key in ("x-submit", "x-instructions"):
        assert content[key]["th"], key
        assert content[key]["en"], key
    assert content["x-en"]["title"]
    assert not re.search(r"(?i)\bsubmit\b", content["x-submit"]["en"]), "a button says what happens"
    for name, field in content["properties"].items():
        assert field["title"], name
        assert field["x-en"]["title"], name
        if "x-document" in field:
            assert field["x-document"]["kinds"], name
            assert field["x-document"]["max_mb"] > 0, name


@pytest.mark.parametrize("phase", [1, 2])
def test_the_score_sheets_seal_what_a_judge_thinks(phase: int) -> None:
    form = json.loads((PACK / "forms" / f"score_sheet_{phase}.json").read_text(encoding="utf-8"))
    sealed = {name for name, field in form["properties"].items() if "x-sealed" in field}
    assert sealed == {"leadership", "sustainability", "public_issue", "stakeholders", "opinion"}
    for name in sealed - {"opinion"}:
        assert (form["properties"][name]["minimum"], form["properties"][name]["maximum"]) == (0, 100)
    assert {form["properties"][name]["x-sealed"]["category"] for name in sealed} == {f"score{phase}"}
    assert {choice["const"] for choice in form["properties"]["action"]["oneOf"]} == {"score", "conflict", "ask"}


def test_a_step_in_several_hands_names_each_of_them(project: Process) -> None:
    for step, parties in WORKERS.items():
        assert parties <= _workers(project, f"step{int(step):02d}"), step


def _workers(of: Process, element_id: str) -> set[str]:
    """The parties of the user tasks inside an element and what it calls."""
    found: set[str] = set()
    for element in of.elements.values():
        inside = element.id == element_id or element.parent == element_id
        if inside and element.human is not None:
            groups = element.human.candidate_groups or ((element.lane,) if element.lane else ())
            found |= {group.partition(":")[0] for group in groups}
        elif inside and element.call is not None:
            called = process(element.call.called)
            for task in called.elements.values():
                if task.human is not None:
                    found |= {group.partition(":")[0] for group in task.human.candidate_groups or (task.lane or "",)}
                elif task.type == "subProcess":
                    found.add(task.lane or "")
    return found


def test_the_closing_is_one_interrupting_timer_on_step_12(project: Process) -> None:
    [closing] = project.boundaries("step12")
    assert closing.interrupting
    assert [(event.kind, event.timer, event.expression) for event in closing.events] == [("timer", "date", "${closing}")]
    step12 = project.elements["step12"]
    assert step12.type == "callActivity"
    assert step12.loop is not None
    assert (step12.loop.kind, step12.loop.collection) == ("parallel", "provinces")


def test_children_carry_business_key_category_and_unit(project: Process) -> None:
    calls = {e.call.called: e.call for e in project.elements.values() if e.call is not None}
    of_province = {"application": "application", "desk_assessment": "round1", "site_assessment": "round2", "visit": "visit"}
    for called, category in of_province.items():
        call = calls[called]
        assert (call.business_key, call.category, call.unit) == (
            "${execution.processBusinessKey}/${province.code}",
            category,
            "${province.code}",
        )
    for called in ("acceptance", "seminar"):
        assert (calls[called].business_key, calls[called].category) == ("${execution.processBusinessKey}", "project")
    assert (calls["cluster"].category, calls["cluster"].unit) == ("cluster", "${cluster.no}")
    assert set(calls) == {path.stem for path in FILES} - {"project"}


def test_no_at_step_18_leads_back_to_17_and_yes_on_to_19(project: Process) -> None:
    targets = {project.flows[flow].target for flow in project.elements["approved"].outgoing}
    assert targets == {"to_lessons", "step19"}
    assert project.flows[project.elements["to_lessons"].outgoing[0]].target == "step17"


@pytest.mark.parametrize("gateway", ["any_applicants", "any_passed1", "any_passed2"])
def test_without_provinces_the_flow_goes_on_to_step_17(project: Process, gateway: str) -> None:
    default = project.elements[gateway].default
    assert default is not None
    place, seen = project.flows[default].target, []
    while place != "step17":
        seen.append(place)
        flows = project.elements[place].outgoing
        place = project.flows[project.elements[place].default or flows[0]].target
    assert not any(step.startswith("step") for step in seen)


def test_the_deliverables_are_said_once_in_diagram_and_table_alike(project: Process) -> None:
    drawn = {d.key: d for e in project.elements.values() for d in e.deliverables if d.instalment is not None}
    steps = {d.key: e.step for e in project.elements.values() for d in e.deliverables}
    table = toml("deliverables.toml")
    assert drawn.keys() == table.keys()
    for key, row in table.items():
        paper = drawn[key]
        assert (paper.instalment, paper.copies, paper.cds, paper.th, paper.en, steps[key]) == (
            row["instalment"], row.get("copies"), row.get("cds"), row["th"], row["en"], row["step"],
        )  # fmt: skip
    for number, keys in INSTALMENTS.items():
        assert {key for key, row in table.items() if row["instalment"] == number} == keys


def test_each_acceptance_examines_what_it_passes_on(project: Process) -> None:
    examined: dict[int, set[str]] = {}
    for step in ("step05", "step07", "step19", "step21", "step23"):
        element = project.elements[step]
        assert element.call is not None
        [accepts] = element.accepts
        examined.setdefault(accepts.instalment, set()).update(accepts.deliverables)
        given = next(mapping.source for mapping in element.call.ins if mapping.target == "deliverables")
        assert given == ("${papers21}" if step == "step21" else f"${{{list(accepts.deliverables)}}}")
    assert examined == INSTALMENTS


def test_parties_and_what_they_may_see_from_the_start() -> None:
    parties = toml("parties.toml")
    assert {key: row["th"] for key, row in parties.items() if key != "observer"} == PARTIES
    assert all(row["en"] for row in parties.values())
    assert parties["inspection_committee"]["see"] == ["project"]
    assert "project" not in parties["province"]["see"]
    assert {entry for entry in parties["province"]["see"] if entry.endswith(":own")} == {"application:own", "letter:own", "lesson:own"}
    assert not any(entry.startswith(("score", "round")) for row in parties.values() for entry in row["see"])


def test_75_provinces_in_2552_and_76_from_2554() -> None:
    rows = list(csv.DictReader((PACK / "provinces.csv").read_text(encoding="utf-8").splitlines()))
    assert len([row for row in rows if not row["since"]]) == 75
    [late] = [row for row in rows if row["since"]]
    facts = [late[key] for key in ("iso_3166_2", "name_th", "region", "cluster_no", "since")]
    assert facts == ["TH-38", "บึงกาฬ", "northeast", "10", "2554"]
    assert {row["region"] for row in rows} == {"north", "central", "northeast", "south"}
    names = toml("regions.toml")
    assert {row["cluster_no"]: row["cluster_th"] for row in rows} == {key: row["th"] for key, row in names["clusters"].items()}
    assert len(names["clusters"]) == 18


def test_the_schedule_is_the_months_of_table_2() -> None:
    schedule = toml("schedule.toml")
    months = {n: window["opens"][:2] for n, window in schedule["windows"].items()}
    assert [months[str(n)] for n in range(1, 25)] == ["06"] * 7 + ["07"] * 5 + ["08"] * 6 + ["09"] * 6
    assert all(window["opens"][:2] == window["closes"][:2] for window in schedule["windows"].values())
    assert (schedule["closing_step"], schedule["windows"]["12"]["closes"]) == ("12", "07-31")
    assert [activity["n"] for activity in schedule["activities"]] == list(range(1, 12))


def test_every_notice_a_handler_sends_has_its_texts() -> None:
    th, en = toml("texts/th.toml"), toml("texts/en.toml")
    assert th.keys() == en.keys()
    source = "\n".join(path.read_text(encoding="utf-8") for path in (PACK.parents[1] / "handlers").rglob("*.py"))
    assert [key for key in th if f'"{key}"' not in source] == []


# ---- the drawing


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_other_tools_can_read_it(path: Path) -> None:
    schema = resources.files("SpiffWorkflow").joinpath("bpmn/parser/schema/BPMN20.xsd")  # the standard's own
    with resources.as_file(schema) as file:
        etree.XMLSchema(etree.parse(file)).assertValid(etree.parse(path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_everything_is_drawn_without_overlaps(path: Path) -> None:
    drawing = geometry.read(path)
    drawn = {box.element for plane in drawing.planes for box in plane.boxes.values()}
    lines = {line.flow for plane in drawing.planes for line in plane.lines}
    nodes = {key for key, kind in drawing.elements.items() if kind.endswith(geometry.FLOW_NODES)}
    assert nodes <= drawn
    assert {key for key, kind in drawing.elements.items() if kind == "sequenceFlow"} == lines
    for plane in drawing.planes:
        boxes = [box for box in plane.nodes if box.kind != "boundaryEvent"]
        clashes = [(a.element, b.element) for n, a in enumerate(boxes) for b in boxes[n + 1 :] if a.overlaps(b)]
        assert clashes == []
        for lane in plane.of_kind("lane"):
            assert plane.of_kind("participant")[0].contains(lane)


@pytest.mark.parametrize("path", [*FILES, PACK.parent / "leave" / "leave.bpmn"], ids=lambda path: path.stem)
def test_everything_is_drawn_in_its_lane(path: Path) -> None:
    """A modeler puts a thing into the lane it is drawn in as soon as it is moved, and that reads as somebody's change."""
    drawing = geometry.read(path)
    for plane in drawing.planes:
        lanes = plane.of_kind("lane")
        drawn = {box.element: [lane.element for lane in lanes if lane.touches(box.middle)] for box in plane.nodes if lanes}
        assert drawn == {key: [drawing.lanes[key]] for key in drawn}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_lines_are_straight_meet_their_shapes_and_cross_no_other(path: Path) -> None:
    for plane in geometry.read(path).planes:
        for line in plane.lines:
            assert plane.boxes[line.source].touches(line.points[0]), line.flow
            assert plane.boxes[line.target].touches(line.points[-1]), line.flow
            for start, end in line.pieces:
                assert start[0] == end[0] or start[1] == end[1], line.flow
                others = [box for box in plane.nodes if box.element not in (line.source, line.target) and box.kind != "boundaryEvent"]
                host = plane.boxes[line.source].kind == "boundaryEvent"  # its line begins at the edge of the activity it is attached to
                assert host or not any(box.crossed(start, end) for box in others), line.flow


def test_the_project_reads_from_left_to_right_in_its_lanes(project: Process) -> None:
    [plane] = [plane for plane in geometry.read(PACK / "project.bpmn").planes if plane.shows == "project_collaboration"]
    boxes = [plane.boxes[f"step{n:02d}"] for n in range(1, 25)]
    assert all(later.x >= earlier.x for earlier, later in pairwise(boxes))  # equal where one stands below the other
    for box in boxes:
        lane = project.elements[box.element].lane
        assert plane.boxes[f"project_lane_{lane}"].contains(box), box.element


def test_the_project_has_no_two_lines_that_cross() -> None:
    [plane] = [plane for plane in geometry.read(PACK / "project.bpmn").planes if plane.shows == "project_collaboration"]
    crossing = []
    for n, one in enumerate(plane.lines):
        for other in plane.lines[n + 1 :]:
            if {one.source, one.target} & {other.source, other.target}:
                continue
            crossing += [(one.flow, other.flow) for a in one.pieces for b in other.pieces if _cross(a, b)]
    assert crossing == []


def _cross(one: tuple[geometry.Point, geometry.Point], other: tuple[geometry.Point, geometry.Point]) -> bool:
    (ax1, ay1), (ax2, ay2) = sorted(one)
    (bx1, by1), (bx2, by2) = sorted(other)
    return ax1 < bx2 and bx1 < ax2 and min(ay1, ay2) < max(by1, by2) and min(by1, by2) < max(ay1, ay2)
