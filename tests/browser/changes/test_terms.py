"""Dates, forms, rules, names and tables are changed while three projects run, each in its editor; whoever it is up to finds it so."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from engine.people import SYSTEM
from engine.rehearsal import Rehearsal
from tests.browser.changes.journey import (
    ACCEPTANCE,
    APPLICATION,
    PROJECT,
    Visit,
    activated,
    all_moved,
    chosen,
    done,
    found,
    opened,
    renamed,
)
from tests.browser.test_designer import drafted, panel_open, saved
from tests.browser.test_designer import opened as drawn
from tests.browser.test_form_editor import opened as written
from tests.browser.test_form_editor import saved as kept
from tests.stories.changing import FIRST, SIXTH, TWELFTH, Arrived, Running, Up
from webui.demo import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

APPLY = "จัดทำข้อเสนอ"


def province(running: Running) -> str:
    """The first of the provinces that may apply."""
    return str(running.engine.variables(running.root(TWELFTH), actor=SYSTEM)["provinces"][0]["code"])


def applied(page: Page, paper: Path) -> None:
    """A province fills in its open application."""
    page.check("[name=action][value=apply]")
    for name in ("project_name", "public_issue", "leadership", "stakeholders", "sustainability", "summary", "coordinator"):
        page.fill(f"[name={name}]", "ตามที่แนบ")
    for name in ("proposal_file", "performance_file"):
        page.set_input_files(f"[name={name}]", paper)
    done(page)


@pytest.mark.slow
def test_a_timer_is_moved(visit: Visit, running: Running, paper: Path) -> None:
    page = visit("designer", "/designer")
    draft = drafted(page)
    drawn(page, draft, "project.bpmn")
    chosen(page, "step12_closing")
    panel_open(page)
    page.select_option("[name=at]", "window")
    assert page.input_value("[name=atStep]") == "12", "the window of the step it stands at"
    page.select_option("[name=atSide]", "after")
    page.fill("[name=atDays]", "5")
    page.press("[name=atDays]", "Enter")
    expect(page.locator(".prop-said")).to_contain_text("5 วันทำการหลังสิ้นสุดช่วงของขั้นตอนที่ 12")
    root = saved(page, draft, "project.bpmn")
    assert root.findtext(".//{*}boundaryEvent[@id='step12_closing']//{*}timeDate") == "${working_days_after(windows['12'].closes, 5)}"
    all_moved(activated(visit, page, draft), PROJECT, 3, due="timers")
    running.engine.advance_clock(datetime(2009, 8, 5, tzinfo=UTC), actor=SYSTEM)  # it closed on the 31st of July
    applicant = visit(f"province-{province(running)}", "/inbox")
    opened(applicant, APPLY)
    applied(applicant, paper)
    running.engine.advance_clock(datetime(2009, 8, 8, tzinfo=UTC), actor=SYSTEM)
    expect(found(applicant, APPLY)).to_have_count(0)
    assert not running.open(running.root(TWELFTH), "apply"), "it has closed now"


@pytest.mark.slow
def test_a_form_is_changed_under_an_open_task(visit: Visit, running: Running) -> None:
    running.does("consultant1", running.root(SIXTH), "step06")
    page = visit("designer", "/designer")
    draft = drafted(page, "acceptance")
    written(page, draft, "forms/examination.json")
    page.click("[data-field=reasons] .field-head-main")
    page.fill(".is-open [name=minLength]", "20")
    page.press(".is-open [name=minLength]", "Enter")
    page.click("[data-field=decision] .field-head-main")
    page.fill("[name=choice-1-th]", "ส่งคืน")
    page.press("[name=choice-1-th]", "Enter")
    kept(page, draft, "forms/examination.json")
    all_moved(activated(visit, page, draft), ACCEPTANCE, 1)
    inspector = visit("inspection1", "/inbox")
    opened(inspector, "ตรวจรับงานงวดที่ 2", SIXTH)
    inspector.locator("label", has_text="ส่งคืน").first.click()
    inspector.check("[name=returned_keys] >> nth=0")
    inspector.fill("[name=reasons]", "สั้น")
    inspector.click(".form-bar .primary")
    expect(inspector.locator(".error-summary")).to_contain_text("20")
    inspector.fill("[name=reasons]", "รายละเอียดไม่ครบตามที่กำหนดไว้")
    done(inspector)


@pytest.mark.slow
def test_the_pass_mark_is_changed(visit: Visit, running: Running) -> None:
    page = visit("designer", "/designer")
    draft = drafted(page)
    written(page, draft, "scoring.dmn")
    page.fill('[data-cell="/rules/2/outputs/4"]', "65")
    page.press('[data-cell="/rules/2/outputs/4"]', "Enter")
    kept(page, draft, "scoring.dmn")
    page.goto(f"{draft}/difference")
    expect(page.locator(".changes-told")).to_contain_text("60 → 65")
    all_moved(activated(visit, page, draft), PROJECT, 3)
    with pytest.raises(Arrived):
        Rehearsal(running.engine, Up("step13_report", TWELFTH), 1).go_on(running.root(TWELFTH))
    member = visit("central1", "/inbox")
    opened(member, "รับรองรายงานผลการตรวจสอบประเมินระยะที่ 1", TWELFTH)
    expect(member.get_by_text("จังหวัดที่ผ่าน", exact=True)).to_have_count(0)  # with 60 all three did
    done(member)
    assert running.engine.variables(running.root(TWELFTH), actor=SYSTEM)["passed1"] == []


@pytest.mark.slow
def test_everything_is_renamed(visit: Visit, running: Running, paper: Path) -> None:
    page = visit("designer", "/designer")
    draft = drafted(page)
    drawn(page, draft, "project.bpmn")
    renamed(page, "step01", "แผนฉบับใหม่")
    renamed(page, "step06", "แนวทางฉบับใหม่")
    chosen(page, "step11")
    page.fill("[name=name]", "สรุปสัมมนาฉบับใหม่")
    page.fill("[name=nameEn]", "The new summary")
    chosen(page, "project_pool")
    page.fill("[name=processName]", "โครงการชื่อใหม่")
    page.press("[name=processName]", "Control+Enter")
    saved(page, draft, "project.bpmn")
    drawn(page, draft, "application.bpmn")
    renamed(page, "apply", "ใบสมัครฉบับใหม่")
    saved(page, draft, "application.bpmn")
    admin = activated(visit, page, draft)
    all_moved(admin, "โครงการชื่อใหม่", 3)
    admin.goto(f"{draft}/activation")
    all_moved(admin, APPLICATION, 3)
    consultant, applicant = visit("consultant1", "/inbox"), visit(f"province-{province(running)}", "/inbox")
    for name, key in (("แผนฉบับใหม่", FIRST), ("แนวทางฉบับใหม่", SIXTH), ("สรุปสัมมนาฉบับใหม่", TWELFTH)):
        opened(consultant, name, key)
        done(consultant, paper)
    opened(applicant, "ใบสมัครฉบับใหม่")
    applied(applicant, paper)


@pytest.mark.slow
def test_a_province_is_added_in_the_middle_of_step_12(visit: Visit, running: Running, paper: Path) -> None:
    page = visit("designer", "/designer")
    draft = drafted(page)
    written(page, draft, "provinces.csv")
    before = page.input_value("textarea.writing")
    page.click("[data-add-row]")
    page.wait_for_function("document.activeElement.dataset.cell?.endsWith('/0')")
    row = page.locator("tr", has=page.locator("textarea:focus"))
    for cell, value in zip(row.locator("textarea").all(), ("TH-99", "จังหวัดใหม่", "New", "north", "1", "", "0", ""), strict=True):
        cell.fill(value)
    assert kept(page, draft, "provinces.csv") == before + "TH-99,จังหวัดใหม่,New,north,1,,0,\n"
    admin = activated(visit, page, draft)
    all_moved(admin, PROJECT, 3)
    root_id = running.root(TWELFTH)
    running.engine.add_user("newcomer", name="จังหวัดใหม่", groups=["province:TH-99"], password=PASSWORD, actor=SYSTEM)
    admin.goto(f"/administration/instances/{root_id}/repair?to=step12")
    asked = json.loads(admin.input_value("#variables"))
    assert asked == {"province": {"code": "", "th": "", "en": "", "region": "", "cluster": ""}}, (
        "what others are for is not an administrator's"
    )
    told = {"province": {"code": "TH-99", "th": "จังหวัดใหม่", "en": "New", "region": "north", "cluster": "1"}}
    admin.fill("#variables", json.dumps(told, ensure_ascii=False))
    admin.click("main .primary")
    admin.fill("#reason", "จังหวัดตั้งใหม่")
    admin.click("button[name=sure]")
    admin.wait_for_selector(".flashes .is-done")
    newcomer = visit("newcomer", "/inbox")
    opened(newcomer, f"{APPLY}และสมัครส่งผลงาน: จังหวัดจังหวัดใหม่")
    applied(newcomer, paper)
    assert running.engine.variables(root_id, actor=SYSTEM)["provinces"][-1]["code"] == "TH-99"


@pytest.mark.slow
def test_the_schedule_is_of_another_year(visit: Visit, accessible: Callable[[Page], None], paper: Path) -> None:
    page = visit("designer", "/designer")
    draft = drafted(page)
    written(page, draft, "schedule.toml")
    page.fill("[name=year]", "2553")
    page.press("[name=year]", "Enter")
    expect(page.locator(".schedule-table tbody")).to_contain_text("2553")
    page.select_option("[name=closes-12-day]", "30")
    accessible(page)
    after = tomllib.loads(kept(page, draft, "schedule.toml"))["windows"]
    assert (after["6"], after["12"]) == ({"opens": "2010-06-01", "closes": "2010-06-30"}, {"opens": "2010-07-01", "closes": "2010-07-30"})
    page.goto(f"{draft}/difference")
    expect(page.locator(".changes-told")).to_contain_text("กำหนดการทุกขั้นตอนเป็นวันของปี 2553")
    expect(page.locator(".changes-told")).to_contain_text("เลื่อนจาก 31 กรกฎาคม 2553 เป็น 30 กรกฎาคม 2553")
    consultant = visit("consultant1", "/inbox")
    expect(found(consultant, "จัดทำแนวทาง", SIXTH)).to_contain_text("2552")
    all_moved(activated(visit, page, draft), PROJECT, 3, due="recalculate")
    expect(found(consultant, "จัดทำแนวทาง", SIXTH)).to_contain_text("30 มิ.ย. 2553")
    opened(consultant, "จัดทำแนวทาง", SIXTH)
    done(consultant, paper)
