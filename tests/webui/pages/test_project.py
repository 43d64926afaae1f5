"""A project's pages: its list, steps, papers, instalments, schedule, diagram, history, and who sees what of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.people import SYSTEM
from engine.projects.progress import StepState
from engine.states import Event
from engine.testing import linear
from engine.views.happenings import Happening
from tests.projects import ACCEPT, COMMITTEE, OFFICE, VILLAGE_A, do
from tests.webui.pages.projects import Site, site
from webui import sentences
from webui.pages.schedule import chart


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Site]:
    yield from site(tmp_path)


def handed_in(place: Site) -> None:
    do(place.engine, OFFICE, place.root, {"file": "แผน.pdf"})


def test_the_list_shows_what_each_takes_part_in(place: Site) -> None:
    assert "โครงการ 2552" in place.as_user("officer").get("/projects").text
    assert "โครงการ 2552" in place.as_user("villager-a").get("/projects").text
    assert "ไม่มีโครงการที่ดำเนินอยู่" in place.as_user("stranger").get("/projects").text


def test_the_steps_say_who_when_and_whom_they_wait_for(place: Site) -> None:
    text = place.as_user("officer").get(f"/projects/{place.root}").text
    for words in ("จัดทำแผน", "มิถุนายน 2552", "กรกฎาคม 2552", "สำนักงาน", "1 งาน", "งวดที่ 1"):
        assert words in text


def test_who_only_takes_part_sees_dates(place: Site) -> None:
    answer = place.as_user("villager-a").get(f"/projects/{place.root}")
    assert "ท่านเห็นกำหนดการ" in answer.text
    assert "line-stations" not in answer.text
    for path in ("diagram", "instalments", "people"):
        assert place.as_user("villager-a").get(f"/projects/{place.root}/{path}").status_code == 404


def test_a_stranger_finds_nothing(place: Site) -> None:
    stranger = place.as_user("stranger")
    for path in (
        "",
        "/schedule",
        "/papers",
        "/papers.zip",
        "/history",
        "/people",
        "/diagram",
        "/instalments",
        "/provinces",
        "/provinces/A",
    ):
        assert stranger.get(f"/projects/{place.root}{path}").status_code == 404, path
    assert stranger.get(f"/instances/{place.root}/diagram.json").status_code == 404
    assert stranger.get(f"/instances/{place.root}/elements/write").status_code == 404


def test_papers_are_listed_shown_and_packed(place: Site) -> None:
    handed_in(place)
    officer = place.as_user("officer")
    listed = officer.get(f"/projects/{place.root}/papers?category=paper").text
    assert ">แผน</a>" in listed, "what the contract calls it, then the file's name"
    assert "แผน.pdf" in listed
    paper = place.engine.documents(place.root, actor=OFFICE).items[0]
    shown = officer.get(f"/projects/{place.root}/papers/{paper.id}").text
    assert f'<iframe class="paper-sheet" src="/documents/{paper.id}"' in shown
    with officer.http.get(f"/projects/{place.root}/papers.zip") as packed, zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
        assert archive.namelist() == ["แผน-แผน.pdf"]
    watcher = place.as_user("watcher")
    assert "แผน.pdf" not in watcher.get(f"/projects/{place.root}/papers").text
    assert watcher.get(f"/projects/{place.root}/papers/{paper.id}").status_code == 404
    assert watcher.get(f"/projects/{place.root}/papers.zip").status_code == 404
    admin = place.as_user("admin").get(f"/projects/{place.root}/papers").text
    assert "แผน.pdf" in admin
    assert f"/papers/{paper.id}" not in admin  # its name only


def test_instalments_tell_the_return(place: Site) -> None:
    handed_in(place)
    do(place.engine, COMMITTEE, place.root, {"decision": "return", "reasons": "สั้นไป"})
    text = place.as_user("watcher").get(f"/projects/{place.root}/instalments").text
    assert "สั้นไป" in text
    assert "ส่งคืน 1 ครั้ง" in text
    assert "0/1 · 0%" in text


def test_the_diagram_and_what_is_known_of_an_element(place: Site) -> None:
    handed_in(place)
    officer = place.as_user("officer")
    assert f'data-state="/instances/{place.root}/diagram.json"' in officer.get(f"/projects/{place.root}/diagram").text
    state = officer.get(f"/instances/{place.root}/diagram.json").get_json()
    assert "write" in state["done"]
    assert "accept" in state["open"]
    assert "จัดทำแผน" in officer.get(f"/instances/{place.root}/elements/write").text
    child = place.engine.children(place.root, actor=OFFICE)[0]
    assert "ตรวจรับ" in officer.get(f"/instances/{place.root}/elements/accept").text
    assert officer.get(f"/projects/{place.root}/diagram?instance={child.id}").status_code == 200
    xml = officer.get(f"/definitions/{child.definition_id}/xml")
    assert xml.mimetype == "application/xml"
    drawn = '<?xml version="1.0" encoding="tis-620"?>' + linear("thai", "ตรวจ").decode().rpartition("?>")[2]
    deployed = place.engine.deploy({"thai.bpmn": drawn.encode("tis-620")}, name="thai", actor=SYSTEM).definitions[0].id
    assert "ตรวจ" in officer.get(f"/definitions/{deployed}/xml").text
    saved = officer.http.get(f"/definitions/{deployed}/xml?download=1")
    assert saved.data == drawn.encode("tis-620")
    assert "thai.bpmn" in saved.headers["Content-Disposition"]


def test_the_diagram_marks_what_was_returned_until_it_is_accepted(place: Site) -> None:
    handed_in(place)
    officer = place.as_user("officer")
    path = f"/instances/{place.root}/diagram.json"
    assert officer.get(path).get_json()["returned"] == []
    do(place.engine, COMMITTEE, place.root, {"decision": "return", "reasons": "สั้นไป"})
    assert officer.get(path).get_json()["returned"] == ["accept"]
    assert "ส่งคืน กำลังทำใหม่" in officer.get(f"/projects/{place.root}/diagram").text


def test_cancelled_projects_stand_on_a_list_of_their_own(place: Site) -> None:
    officer = place.as_user("officer")
    place.engine.suspend(place.root, reason="รอ", actor=SYSTEM)
    assert f"/projects/{place.root}" in officer.get("/projects").text, "what is suspended still runs"
    place.engine.cancel(place.root, reason="ยกเลิกสัญญา", actor=SYSTEM)
    for view, there in (("", False), ("ended", False), ("cancelled", True)):
        text = officer.get(f"/projects?view={view}").text
        assert (f"/projects/{place.root}" in text, "ยกเลิกสัญญา" in text) == (there, there)


def test_history_is_sentences(place: Site) -> None:
    handed_in(place)
    do(place.engine, COMMITTEE, place.root, ACCEPT)
    do(place.engine, VILLAGE_A, place.root)
    text = place.as_user("officer").get(f"/projects/{place.root}/history").text
    for words in ("เสร็จแล้ว: จัดทำแผน", "ผู้ใช้ officer", "ส่งเอกสาร: แผน.pdf", "เริ่ม: โครงการ"):
        assert words in text
    assert "ใบสมัคร" not in place.as_user("watcher").get(f"/projects/{place.root}/history?kind=work").text


def test_what_happens_to_many_at_once_is_one_line(place: Site) -> None:
    began = datetime(2026, 6, 1, 2, tzinfo=UTC)

    def seen(unit: str, second: int, minute: int = 0, reason: str = "") -> Happening:
        facts = {"group": f"team:{unit}", "category": "application", "unit": unit, "reason": reason}
        when = began + timedelta(minutes=minute, seconds=second)
        return Happening("i", 1, when, Event.GRANTED, "officer", None, "start", "", "", "โครงการ", "Project", None, facts)

    alike, two = [seen(str(n), n // 10) for n in range(75)], [seen("a", 0, 7), seen("b", 1, 7)]
    with place.browser.http.application.test_request_context():
        (only,) = sentences.by_day([*two, *alike])
        (each,) = sentences.by_day([seen(unit, 0, reason=f"because of {unit}") for unit in "abcd"])
    assert [len(run.more) for run in only.runs] == [0, 0, 74]
    assert [run.first.detail for run in each.runs] == [f"because of {unit}" for unit in "abcd"], "what somebody wrote is not folded away"


def test_the_schedule_draws_plan_and_truth(place: Site) -> None:
    handed_in(place)
    with place.browser.http.application.test_request_context():
        found = chart(place.engine.progress(place.root, actor=OFFICE), place.engine.clock_now())
    assert found is not None
    assert (found.days, found.today, [month.days for month in found.months]) == (61, 0, [30, 31])
    first = found.months[0].rows[0]
    assert first.step.state is StepState.DONE
    assert first.plan is not None
    assert (first.plan.start, first.plan.days) == (0, 30)
    assert first.real is not None
    assert (first.real.start, first.real.days) == (0, 1)
    assert "1 มิ.ย. – 30 มิ.ย." in place.as_user("villager-a").get(f"/projects/{place.root}/schedule").text


def test_english(place: Site) -> None:
    officer = place.as_user("officer")
    officer.post("/language", language="en", next="/projects")
    text = officer.get(f"/projects/{place.root}").text
    assert "Undertaking 2552" in text
    assert "Write the plan" in text


def test_pages_without_a_project(place: Site) -> None:
    stranger = place.as_user("stranger")
    for path in ("/schedule", "/papers", "/provinces"):
        assert "ยังไม่มีโครงการ" in stranger.get(path).text
