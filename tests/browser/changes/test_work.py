"""What is done, by whom, in which order: changed on the canvas while three projects run, and found in the inbox of whoever it is up to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.changes.journey import (
    ACCEPTANCE,
    PROJECT,
    Visit,
    activated,
    all_moved,
    appended,
    chosen,
    connected,
    described,
    done,
    dragged,
    flow_between,
    found,
    inserted,
    moved,
    opened,
    removed,
    to_move,
)  # fmt: skip
from tests.browser.test_designer import SAVED, drafted, saved
from tests.browser.test_designer import opened as drawn
from tests.stories.changing import FIRST, SIXTH, TWELFTH, Running

if TYPE_CHECKING:
    from playwright.sync_api import Page

GUIDELINES, EXAMINE = "จัดทำแนวทาง", "ตรวจรับงานงวดที่ 2"


@pytest.mark.slow
def test_a_step_is_added(visit: Visit, accessible: Callable[[Page], None], paper: Path) -> None:
    page = visit("designer", "/designer")
    draft = drafted(page)
    drawn(page, draft, "project.bpmn")
    made = appended(page, "step01")
    described(page, "สอบทานแผน", "1ก", "opdc")
    removed(page, "step01_to_step02")
    connected(page, made, "step02")
    root = saved(page, draft, "project.bpmn")
    assert {flow.get("targetRef") for flow in root.findall(".//{*}sequenceFlow") if flow.get("sourceRef") == made} == {"step02"}
    admin = activated(visit, page, draft)
    to_move(admin, PROJECT)
    expect(admin.locator(".verdict")).to_contain_text("ย้ายได้ 3 รายการ")
    accessible(admin)
    moved(admin, 3)
    accessible(admin)
    consultant = visit("consultant1", "/inbox")
    opened(consultant, "จัดทำแผนการดำเนินงานโครงการ", FIRST)
    done(consultant, paper)
    officer = visit("opdc1", "/inbox")
    opened(officer, "สอบทานแผน", FIRST)
    done(officer)
    expect(found(consultant, "จัดทำรายงานการศึกษา", FIRST)).to_be_visible()


@pytest.mark.slow
def test_one_that_waits_is_removed(visit: Visit, accessible: Callable[[Page], None]) -> None:
    page = visit("designer", "/designer")
    draft = drafted(page)
    drawn(page, draft, "project.bpmn")
    removed(page, "step06")
    assert saved(page, draft, "project.bpmn").find(".//{*}userTask[@id='step06']") is None
    admin = activated(visit, page, draft)
    to_move(admin, PROJECT)
    expect(admin.locator(".verdict")).to_contain_text("ไม่ได้ 1 รายการ")
    expect(admin.locator(".moving-told")).to_contain_text("ไม่มีในฉบับใหม่แล้ว")
    accessible(admin)
    admin.locator("#place-1").select_option("step08_sign")
    expect(admin.locator(".verdict")).to_contain_text("ย้ายได้ 3 รายการ")
    admin.locator("#place-1").select_option("step07")
    expect(admin.locator("#place-1")).to_have_value("step07")
    admin.check("input[name=due][value=recalculate]")
    expect(admin.locator(".continuation")).to_contain_text("เลือกแล้ว")
    moved(admin, 3)
    inspector, consultant = visit("inspection1", "/inbox"), visit("consultant1", "/inbox")
    expect(found(inspector, EXAMINE, SIXTH)).to_be_visible()
    expect(found(consultant, GUIDELINES, SIXTH)).to_have_count(0)
    admin.click("a[href$='/undo']")
    accessible(admin)
    admin.fill("#reason", "ผิดฉบับ")
    admin.click("main .primary")
    expect(admin.locator(".verdict")).to_contain_text("ย้อนกลับแล้ว 3 รายการ")
    expect(found(consultant, GUIDELINES, SIXTH)).to_be_visible()
    expect(found(inspector, EXAMINE, SIXTH)).to_have_count(0)


@pytest.mark.slow
def test_one_is_split_between_two_parties(visit: Visit, paper: Path) -> None:
    page = visit("designer", "/designer")
    draft = drafted(page)
    drawn(page, draft, "project.bpmn")
    chosen(page, "step06")
    page.fill("[name=name]", "ร่างแนวทาง")
    made = inserted(page, "step06_to_step07")  # there the flow crosses the lane of OPDC
    described(page, "ตรวจทานแนวทาง", "6ข")
    root = saved(page, draft, "project.bpmn")
    assert flow_between(root, "step06", made)
    assert flow_between(root, made, "step07")
    all_moved(activated(visit, page, draft), PROJECT, 3)
    consultant = visit("consultant1", "/inbox")
    opened(consultant, "ร่างแนวทาง", SIXTH)
    done(consultant, paper)
    officer = visit("opdc1", "/inbox")
    opened(officer, "ตรวจทานแนวทาง", SIXTH)
    done(officer)
    expect(found(visit("inspection1", "/inbox"), EXAMINE, SIXTH)).to_be_visible()


@pytest.mark.slow
def test_a_lane_is_changed(visit: Visit, paper: Path) -> None:
    page = visit("designer", "/designer")
    draft = drafted(page)
    drawn(page, draft, "project.bpmn")
    dragged(page, "step11", "project_lane_opdc")
    root = saved(page, draft, "project.bpmn")
    assert "step11" in [ref.text for ref in root.findall(".//{*}lane[@id='project_lane_opdc']/{*}flowNodeRef")]
    all_moved(activated(visit, page, draft), PROJECT, 3)
    officer = visit("opdc1", "/inbox")
    opened(officer, "สรุป", TWELFTH)
    done(officer, paper)
    expect(found(officer, "สรุป", TWELFTH)).to_have_count(0)


@pytest.mark.slow
def test_a_return_is_added(visit: Visit, paper: Path) -> None:
    page = visit("designer", "/designer")
    draft = drafted(page)
    drawn(page, draft, "project.bpmn")
    look = appended(page, "step06")
    described(page, "ตรวจแนวทาง", "6ก", "opdc")
    page.click("[data-new-form]")
    page.wait_for_selector(f'a[href$="edit/forms/{look}.json"]')
    removed(page, "step06_to_step07")
    good = appended(page, look, "gateway")
    connected(page, good, "step07")
    connected(page, good, "step06")
    root = saved(page, draft, "project.bpmn")
    asked_for_a_verdict(page, f"{draft}/edit/forms/{look}.json")
    drawn(page, draft, "project.bpmn")
    chosen(page, flow_between(root, good, "step06"))
    page.click('[data-group="flow"] .add-row')
    page.select_option("[name=field-0]", "verdict")
    page.select_option("[name=value-0]", "back")
    chosen(page, flow_between(root, good, "step07"))
    page.check("[name=default]")
    root = saved(page, draft, "project.bpmn")
    assert [one.text for one in root.iter("{*}conditionExpression") if "verdict" in (one.text or "")] == ["${verdict == 'back'}"]
    all_moved(activated(visit, page, draft), PROJECT, 3)
    consultant, officer = visit("consultant1", "/inbox"), visit("opdc1", "/inbox")
    for answer in ("back", "good"):
        opened(consultant, GUIDELINES, SIXTH)
        done(consultant, paper)
        opened(officer, "ตรวจแนวทาง", SIXTH)
        officer.check(f"[name=verdict][value={answer}]")
        done(officer)
    expect(found(visit("inspection1", "/inbox"), EXAMINE, SIXTH)).to_be_visible()


def asked_for_a_verdict(page: Page, form: str) -> None:
    """In the editor of a form: one more field, to be answered with one of two choices."""
    page.goto(form)
    page.click('[data-add-field="0"]')
    page.fill(".is-open [name=title-th]", "ผลการตรวจ")
    page.fill(".is-open [name=title-en]", "Verdict")
    page.press(".is-open [name=title-en]", "Tab")
    page.wait_for_selector("[data-field=verdict].is-open")
    page.select_option(".is-open [name=kind]", "one")
    page.click(".choice-rows .add-row")
    for index, (value, words) in enumerate((("good", "ใช้ได้"), ("back", "ส่งกลับ"))):
        page.fill(f"[name=choice-{index}-value]", value)
        page.fill(f"[name=choice-{index}-th]", words)
    page.press("[name=choice-1-th]", "Enter")
    page.check(".is-open [name=required]")
    page.keyboard.press("Control+s")
    page.wait_for_selector(SAVED)


@pytest.mark.slow
def test_the_acceptance_is_changed_under_an_open_one(visit: Visit, running: Running) -> None:
    root_id = running.root(SIXTH)
    running.does("consultant1", root_id, "step06")
    running.does("inspection1", root_id, "examine", decision="accept")
    page = visit("designer", "/designer")
    draft = drafted(page, "acceptance")
    drawn(page, draft, "acceptance.bpmn")
    inserted(page, "all_accepted_to_certify")
    described(page, "ลงนามรับทราบ", party="opdc")
    saved(page, draft, "acceptance.bpmn")
    all_moved(activated(visit, page, draft), ACCEPTANCE, 1)
    running.does("inspection2", root_id, "examine", decision="accept")
    inspector = visit("inspection3", "/inbox")
    opened(inspector, EXAMINE, SIXTH)
    inspector.check("[name=decision][value=accept]")
    done(inspector)
    officer = visit("opdc1", "/inbox")
    opened(officer, "ลงนามรับทราบ", SIXTH)
    done(officer)
    running.engine.run_due()
    expect(found(officer, "ลงนามหนังสือเชิญประชุมสัมมนา", SIXTH)).to_be_visible()
