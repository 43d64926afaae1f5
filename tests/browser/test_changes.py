"""A process is changed while it runs: drawn in the browser, approved by a second person, active, moved, found in somebody's inbox."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from engine.engine import Engine
from tests.browser.test_designer import chosen, drafted, opened, panel_open, saved
from tests.browser.test_drafts import SAVE, begin
from tests.servers import Server, served
from webui.cli.demo import prepare
from webui.settings import PACKS

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]
FIRST, SECOND = "จัดทำแผนการดำเนินงานโครงการ", "จัดทำรายงานการศึกษา"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo of its own: other tests want the processes as they are."""
    home = tmp_path_factory.mktemp("changed")
    engine = Engine.open(f"sqlite:///{home}/ruam.db", home=home, packs=PACKS)
    engine.upgrade()
    prepare(engine)
    engine.close()
    with served(home) as server:
        yield server


def activated(visit: Visit, draft: str, untested: str = "") -> Page:
    """The draft is submitted, approved by a second person and activated; the page from which an administrator moves what runs.

    `untested`: why, where process tests of the pack fail by what was changed.
    """
    page = visit("designer", f"{draft}/approval")
    page.click("main .primary")
    page.wait_for_selector(".flashes .is-done")
    second = visit("approver", f"{draft}/approval")
    second.click("form[action$='/approve'] .primary")
    second.wait_for_selector(".flashes .is-done")
    second.goto(f"{draft}/activation")
    second.click("form[action$='/activate'] .primary")
    second.wait_for_selector(".made, #untested")
    if second.locator("#untested").count():  # the pack's own tests know the step that is gone
        second.fill("#untested", "แบบทดสอบของชุดจะแก้ตามมา")
        second.click("form[action$='/activate'] .primary")
        second.wait_for_selector(".made")
    return visit("admin", f"{draft}/activation")


def to_move(admin: Page, process: str) -> None:
    """From the active draft to moving what runs of a process."""
    admin.locator(".made > li").filter(has_text=process).locator("a.button").click()
    admin.wait_for_selector(".moving.is-live")


def moved(admin: Page, words: str) -> None:
    """Begin, with a reason; `words`: what the page then says."""
    admin.fill("#reason", "ตามที่หารือ")
    admin.click("button[name=begin]")
    admin.wait_for_url(re.compile(r"/administration/migrations/[0-9a-f]{32}$"))
    expect(admin.locator(".verdict")).to_contain_text(words)


def complete_plan(page: Page, paper: Path) -> None:
    """The consultant hands the plan in."""
    page.locator(".work a", has_text=FIRST).first.click()
    page.set_input_files("input[type=file]", paper)
    page.click(".form-bar .primary")
    page.wait_for_selector(".flashes .is-done")


@pytest.mark.slow
def test_a_step_is_added_on_the_canvas_and_found_in_the_inbox(visit: Visit, accessible: Callable[[Page], None], paper: Path) -> None:
    page = visit("designer", "/designer")
    draft = drafted(page)
    opened(page, draft, "project.bpmn")
    chosen(page, "step01")
    page.click('.djs-context-pad [data-action="append.append-task"]')
    page.keyboard.press("Escape")
    made = page.inner_text(".panel-id code")
    page.click('.djs-context-pad [data-action="replace"]')
    page.click('.djs-popup [data-id="replace-with-user-task"]')
    page.wait_for_selector('[data-group="person"]')
    page.fill("[name=name]", "สอบทานแผน")
    panel_open(page)
    page.select_option("[name=doer]", "party")
    page.select_option("[name=party]", "opdc")
    page.fill("[name=step]", "1ก")
    page.press("[name=step]", "Enter")
    chosen(page, "step01_to_step02")
    page.click('.djs-context-pad [data-action="delete"]')
    chosen(page, made)
    page.click('.djs-context-pad [data-action="connect"]')
    page.locator(".djs-element[data-element-id=step02]").first.click(force=True)
    root = saved(page, draft, "project.bpmn")
    assert {flow.get("targetRef") for flow in root.findall(".//{*}sequenceFlow") if flow.get("sourceRef") == made} == {"step02"}
    admin = activated(visit, draft)
    to_move(admin, "โครงการขับเคลื่อน")
    expect(admin.locator(".verdict")).to_contain_text("ย้ายได้ 1 รายการ")
    accessible(admin)
    moved(admin, "ย้ายแล้ว 1 รายการ")
    accessible(admin)
    complete_plan(visit("consultant1", "/inbox"), paper)
    officer = visit("opdc1", "/inbox")
    officer.locator(".work a", has_text="สอบทานแผน").click()
    officer.click(".form-bar .primary")
    officer.wait_for_selector(".flashes .is-done")
    expect(visit("consultant1", "/inbox").locator(".work")).to_contain_text(SECOND)


@pytest.mark.slow
def test_the_pass_mark_is_changed_while_the_project_runs(visit: Visit) -> None:
    page = visit("designer", "/designer")
    draft = begin(page, "project", "เกณฑ์ผ่านสูงขึ้น")
    assert page.evaluate(SAVE, [draft, "scoring.dmn", "<text>60</text>", "<text>65</text>"]) == 200
    page.goto(f"/designer/{draft}/difference")
    expect(page.locator(".told")).to_contain_text("60 → 65")
    admin = activated(visit, f"/designer/{draft}")
    to_move(admin, "โครงการขับเคลื่อน")
    moved(admin, "ย้ายแล้ว 1 รายการ")
    expect(visit("consultant1", "/inbox").locator(".work")).to_contain_text("จัดทำ")


@pytest.mark.slow
def test_one_that_waits_is_removed_on_the_canvas_and_continues_where_it_is_said(visit: Visit, accessible: Callable[[Page], None]) -> None:
    page = visit("designer", "/designer")
    draft = drafted(page)
    opened(page, draft, "project.bpmn")
    chosen(page, "step02")
    page.click('.djs-context-pad [data-action="delete"]')
    root = saved(page, draft, "project.bpmn")
    assert root.find(".//{*}userTask[@id='step02']") is None
    admin = activated(visit, draft)
    to_move(admin, "โครงการขับเคลื่อน")
    expect(admin.locator(".moving-told")).to_contain_text("ไม่มีในฉบับใหม่แล้ว")
    accessible(admin)
    admin.locator("#place-1").select_option("step04_submit")
    expect(admin.locator(".verdict")).to_contain_text("ย้ายได้ 1 รายการ")
    admin.locator("#place-1").select_option("step03")
    expect(admin.locator("#place-1")).to_have_value("step03")
    admin.check("input[name=due][value=recalculate]")
    expect(admin.locator(".continuation")).to_contain_text("เลือกแล้ว")
    moved(admin, "ย้ายแล้ว 1 รายการ")
    inbox = visit("consultant1", "/inbox").locator(".work")
    expect(inbox).to_contain_text("จัดทำร่างแนวทาง")
    expect(inbox).not_to_contain_text(SECOND)
    admin.click("a[href$='/undo']")
    accessible(admin)
    admin.fill("#reason", "ผิดฉบับ")
    admin.click("main .primary")
    admin.wait_for_selector(".flashes .is-done")
    expect(visit("consultant1", "/inbox").locator(".work")).to_contain_text(SECOND)


@pytest.mark.slow
def test_a_form_is_changed_under_an_open_task(visit: Visit) -> None:
    employee = visit("employee", "/start/leave")
    employee.fill("[name=name]", "ผู้ใช้สาธิต")
    employee.check("[name=kind][value=holiday]")
    for name, day in (("first_day", "14"), ("last_day", "15")):
        employee.fill(f"[name='{name}.day']", day)
        employee.select_option(f"[name='{name}.month']", "6")
        employee.fill(f"[name='{name}.year']", "2570")
    employee.fill("[name=reason]", "พักผ่อน")
    employee.click(".form-bar .primary")
    page = visit("designer", "/designer")
    draft = begin(page, "leave", "ผู้แทนระหว่างลา")
    more = '"properties": {"deputy": {"type": "string", "title": "ผู้ปฏิบัติงานแทน"},'
    assert page.evaluate(SAVE, [draft, "forms/decision.json", '"properties": {', more]) == 200
    admin = activated(visit, f"/designer/{draft}")
    to_move(admin, "ลา")
    moved(admin, "ย้ายแล้ว 1 รายการ")
    head = visit("head", "/inbox")
    head.locator(".work a", has_text="พิจารณาการลา").click()
    head.fill("[name=deputy]", "เจ้าหน้าที่ธุรการ")
    head.check("[name=decision] >> nth=0")
    head.click(".form-bar .primary")
    expect(visit("personnel", "/inbox").locator(".work")).to_contain_text("บันทึกวันลา")
