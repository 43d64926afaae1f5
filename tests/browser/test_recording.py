"""A designer plays a draft by hand, as everybody in turn, keeps that as a test and plays the test: in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.test_drafts import begin

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]


def fill_day(page: Page, name: str, day: str) -> None:
    page.fill(f'[name="{name}.day"]', day)
    page.select_option(f'[name="{name}.month"]', "6")
    page.fill(f'[name="{name}.year"]', "2570")


def test_played_once_and_kept_as_a_test(visit: Visit, accessible: Callable[[Page], None]) -> None:
    page = visit("designer", "/designer")
    draft = begin(page, "leave", "ลองเล่นการลา")
    page.goto(f"/designer/{draft}/tests")
    page.click(f"a.primary[href='/designer/{draft}/trial']")
    page.fill("#date", "1/6/2570")
    page.click("form[action$='/trial'] .primary")
    page.fill("[name=name]", "ผู้ขอลา")
    page.check("input[value=sick]")
    fill_day(page, "first_day", "15")
    fill_day(page, "last_day", "16")
    page.fill("[name=reason]", "ไข้หวัด")
    page.click("[data-form] .form-bar .primary")
    expect(page.locator(".diagram [data-element-id=approve].diagram-open")).to_be_attached()
    expect(page.locator("#task")).to_contain_text("หัวหน้างาน")
    page.click("form[action$='/forward'] button")  # two days go by: personnel is asked to remind the head
    expect(page.locator(".task-aside")).to_contain_text("3 มิ.ย. 2570")
    expect(page.locator(".task-aside")).to_contain_text("เตือนหัวหน้า")
    accessible(page)
    page.check("input[value=approve]")
    page.click("[data-form] .form-bar .primary")
    page.fill("#test-title", "อนุมัติหลังเตือน")
    page.click("#keep .primary")
    row = page.locator("section.repair", has_text="อนุมัติหลังเตือน")
    row.get_by_role("button", name="ลองทดสอบ").click()
    expect(page.locator("section.repair .state.is-done")).to_have_count(1)
    page.set_viewport_size({"width": 390, "height": 800})
    row.locator("details.more summary").click()
    expect(row).to_contain_text(re.compile("หัวหน้างาน · (พิจารณาการลา|อนุญาตการลาหรือไม่): อนุมัติ"))  # test_drafts gives it the second name
    accessible(page)


def test_what_somebody_played_is_kept_by_an_administrator(visit: Visit, accessible: Callable[[Page], None]) -> None:
    page = visit("admin", "/administration/instances?key=project")
    page.click("main table a[href*='/administration/instances/'], main a[href^='/administration/instances/']")
    page.click("a[href$='/test']")
    expect(page.locator("main")).to_contain_text("ท่านไม่มีสิทธิ์อ่าน")
    accessible(page)
