"""What people do with the pages: log in with one click, fill in a form, with and without scripts, with the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from webui.demo import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_on_a_demo_one_click_fills_in_who_to_be(visit: Callable[..., Page]) -> None:
    page = visit()
    page.click("[data-fill-user=consultant1]")
    page.click("[data-login]")
    page.wait_for_url("**/inbox")
    expect(page.locator(".work .what a").first).to_have_text("จัดทำแผนการดำเนินงานโครงการ")


def test_a_draft_keeps_itself_while_one_writes(visit: Callable[..., Page]) -> None:
    page = visit("consultant1", "/inbox")
    page.click(".work .what a")
    page.fill("#f-plan_note", "เรียนคณะกรรมการ")
    expect(page.locator("[data-draft-state]")).to_contain_text("บันทึกร่างแล้วเมื่อ")
    page.reload()
    expect(page.locator("#f-plan_note")).to_have_value("เรียนคณะกรรมการ")
    page.get_by_role("button", name="คืนงาน").click()
    expect(page.locator(".flashes")).to_contain_text("คืนงานแล้ว")


def test_a_form_is_sent_and_the_next_task_follows(visit: Callable[..., Page], paper: Path) -> None:
    page = visit("consultant1", "/inbox")
    page.click(".work .what a")
    expect(page.locator(".strip")).to_contain_text("ขั้นตอน 1 จาก 24")
    page.set_input_files("input[type=file]", paper)
    page.click("text=ส่งแผนการดำเนินงาน")
    expect(page.locator(".flashes")).to_contain_text("เสร็จแล้ว: จัดทำแผนการดำเนินงานโครงการ")
    expect(page.locator(".strip")).to_contain_text("ขั้นตอน 2 จาก 24")


def test_without_scripts_everything_that_matters_works(visit: Callable[..., Page], paper: Path) -> None:
    page = visit("opdc1", "/start/project", java_script_enabled=False)
    expect(page.locator("input[name=inspection_members]:checked")).to_have_count(3)
    page.check("input[name=invite][value=some]")
    page.click(".form-bar .primary")
    expect(page.locator(".error-summary a").first).to_be_visible()
    ticked = page.locator("input[name=province_codes]:checked")
    page.locator("button[name=_all][value='province_codes[2]']").click()  # the provinces of one region
    expect(ticked).to_have_count(17)
    page.locator("button[name=_none][value=province_codes]").click()
    expect(ticked).to_have_count(0)


def test_fields_appear_as_answers_ask_for_them_and_many_are_ticked_at_once(visit: Callable[..., Page]) -> None:
    page = visit("opdc1", "/start/project")
    expect(page.locator("[data-conditional=phase1_pass]")).to_be_hidden()
    page.check("input[name=own_criteria]")
    expect(page.locator("[data-conditional=phase1_pass]")).to_be_visible()
    page.check("input[name=invite][value=some]")
    page.locator("button[data-tick][name=_all][value=province_codes]").click()
    expect(page.locator("input[name=province_codes]:checked")).to_have_count(76)


def test_enter_in_a_field_sends_the_form_and_ticks_nothing(visit: Callable[..., Page]) -> None:
    page = visit("opdc1", "/start/project")
    page.fill("input[name=year]", "12")
    page.press("input[name=year]", "Enter")
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("input[name=province_codes]:checked")).to_have_count(0)


def test_the_keyboard_alone_gets_everywhere(visit: Callable[..., Page]) -> None:
    page = visit("opdc1", "/inbox")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.locator(".account summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".account-menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".account-menu")).to_be_hidden()


def test_the_language_is_switched_and_stays(visit: Callable[..., Page]) -> None:
    page = visit("subcommission1", "/inbox")
    page.click(".account summary")
    page.click("button[name=language]")
    expect(page.locator("h1")).to_have_text("Inbox")
    page.goto("/account")
    expect(page.locator("h1")).to_have_text("Account and password")


def test_what_was_typed_outlives_the_session(visit: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    page = visit("consultant2", "/inbox")
    page.click(".work .what a")
    task = page.url
    note, state = page.locator("form[data-draft] textarea").first, page.locator("[data-draft-state]")
    kept = note.input_value()
    page.context.clear_cookies()
    note.fill("พิมพ์หลังหมดเวลา")
    expect(state).to_contain_text("เพราะท่านออกจากระบบไปแล้ว")
    expect(state).to_contain_text("ยังอยู่ในเบราว์เซอร์นี้")
    accessible(page)
    state.get_by_role("link").click()
    _log_in(page, "consultant2")
    page.wait_for_url(task)
    expect(note).to_have_value("พิมพ์หลังหมดเวลา")
    expect(page.locator(".put-back")).to_contain_text("ยังไม่ได้บันทึก")
    accessible(page)
    page.get_by_role("button", name="กลับไปใช้ฉบับที่บันทึกไว้").click()
    expect(page.locator(".put-back")).to_be_hidden()
    expect(note).to_have_value(kept)


def test_a_form_sent_after_the_session_comes_back_filled_in(visit: Callable[..., Page]) -> None:
    page = visit("consultant2", "/inbox")
    page.click(".work .what a")
    task = page.url
    page.context.clear_cookies()
    page.locator("form[data-draft] textarea").first.fill("ส่งหลังหมดเวลา")
    page.click(".form-bar .primary")
    _log_in(page, "consultant2")
    page.wait_for_url(task)
    expect(page.locator("form[data-draft] textarea").first).to_have_value("ส่งหลังหมดเวลา")
    page.click(".account summary")
    page.locator("form[data-logout] button").click()
    page.wait_for_url("**/login")
    assert page.evaluate("Object.keys(sessionStorage)") == [], "who logs out takes along what he typed"


def test_without_a_connection_it_says_so_and_goes_on_by_itself(visit: Callable[..., Page]) -> None:
    page = visit("consultant2", "/inbox", english=True)
    page.click(".work .what a")
    state = page.locator("[data-draft-state]")
    page.route("**/draft", lambda route: route.fulfill(status=429, body="{}"))
    page.locator("form[data-draft] textarea").first.fill("without the server")
    expect(state).to_contain_text("the server cannot keep anything at the moment")
    assert page.evaluate("Object.keys(sessionStorage).length") == 1
    page.unroute("**/draft")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(state).to_contain_text("Draft kept at")
    assert page.evaluate("Object.keys(sessionStorage)") == []
    page.reload()
    page.get_by_role("button", name="Give it back").click()


def test_a_file_is_chosen_in_the_language_of_the_page(visit: Callable[..., Page], accessible: Callable[[Page], None], paper: Path) -> None:
    page = visit("consultant2", "/inbox")
    page.click(".work .what a")
    choose = page.get_by_role("button", name="เลือกไฟล์ ").first
    expect(page.locator("input[type=file]").first).to_be_hidden()
    expect(page.locator("[data-file-state]").first).to_contain_text("ยังไม่ได้เลือกไฟล์")
    choose.focus()
    with page.expect_file_chooser() as chooser:  # asked for before the key: the browser is told of it without an answer
        expect(choose).to_be_focused()
        page.keyboard.press("Enter")
    chooser.value.set_files(paper)
    expect(page.locator("[data-file-chosen]").first).to_contain_text(f"{paper.name}{paper.stat().st_size} B")
    accessible(page)
    page.get_by_role("button", name=f"เอาออก {paper.name}").click()
    expect(choose).to_be_focused()
    expect(page.locator("[data-file-state]").first).to_contain_text("ยังไม่ได้เลือกไฟล์")
    page.locator("input[type=file]").first.set_input_files(paper)
    page.get_by_role("button", name="บันทึกร่าง").click()
    expect(page.locator(".kept-file").first).to_contain_text("เก็บไว้แล้ว")
    expect(page.get_by_role("button", name="เปลี่ยนไฟล์ ")).to_be_visible()
    accessible(page)
    page.get_by_label(f"เอาออก {paper.name}").check()
    page.get_by_role("button", name="บันทึกร่าง").click()
    expect(page.locator(".kept-file")).to_have_count(0)
    page.get_by_role("button", name="คืนงาน").click()


def _log_in(page: Page, user: str) -> None:
    page.fill("#name", user)
    page.fill("#password", PASSWORD)
    page.click("[data-login]")
