"""What an administrator does with people: a sheet looked at and imported, a one-time link, somebody who leaves hands over."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

PASSWORD = "a sentence only I know"
HEAD = "user,name,groups,roles,from,to\n"


def test_people_come_with_a_sheet_and_leave_with_a_hand_over(
    visit: Callable[..., Page], accessible: Callable[[Page], None], tmp_path: Path
) -> None:
    admin = visit("admin", "/people/import")
    sheet = tmp_path / "คนใหม่.csv"
    sheet.write_bytes((HEAD + "leaver,ผู้ที่จะย้าย,consultant,,,\nstayer,ผู้อยู่ต่อ,nowhere,,,\n").encode("cp874"))
    admin.get_by_role("button", name="ดูผลก่อนนำเข้า").click()
    expect(admin.locator("[data-file-state]")).to_have_text("โปรดเลือกไฟล์")
    admin.set_input_files("input[type=file]", sheet)
    expect(admin.locator("[data-file-chosen]")).to_contain_text("คนใหม่.csv")
    admin.get_by_role("button", name="ดูผลก่อนนำเข้า").click()
    expect(admin.locator(".row-wrong")).to_contain_text("ไม่มีฝ่าย “nowhere”")
    expect(admin.get_by_role("button", name="นำเข้าแถวเหล่านี้")).to_have_count(0)
    accessible(admin)

    sheet.write_text(HEAD + "leaver,ผู้ที่จะย้าย,consultant,,,\nstayer,ผู้อยู่ต่อ,consultant,,1/1/2552,31/12/2599\n", "utf-8-sig")
    admin.goto("/people/import")
    admin.set_input_files("input[type=file]", sheet)
    admin.get_by_role("button", name="ดูผลก่อนนำเข้า").click()
    accessible(admin)
    admin.get_by_role("button", name="นำเข้าแถวเหล่านี้").click()
    expect(admin.locator(".flashes")).to_contain_text("เพิ่มผู้ใช้ 2 แถว")

    admin.goto("/people/leaver")
    admin.get_by_role("button", name="ออกลิงก์ใช้ครั้งเดียว").click()
    link = urlsplit(admin.locator("#link").inner_text()).path
    leaver = visit(None, link)
    accessible(leaver)
    leaver.fill("#f-password", PASSWORD)
    leaver.fill("#f-again", PASSWORD)
    leaver.get_by_role("button", name="ตั้งรหัสผ่านและเข้าสู่ระบบ").click()
    leaver.wait_for_url("**/inbox")
    leaver.click(".work .what a")
    leaver.get_by_role("button", name=re.compile("^รับงาน")).first.click()
    task = leaver.url

    admin.goto("/people/leaver/closing")
    expect(admin.locator(".plain-list li")).to_have_count(1)
    accessible(admin)
    admin.get_by_role("radio", name="มอบทั้งหมดให้บุคคลเดียว").check()
    admin.fill("#f-reason", "ย้ายไปหน่วยงานอื่น")
    admin.locator(".form-bar .danger").click()
    expect(admin.locator(".error-summary")).to_contain_text("โปรดระบุผู้รับงาน")
    admin.get_by_role("radio", name="มอบทั้งหมดให้บุคคลเดียว").check()
    admin.fill("#f-to", "stayer")
    admin.locator(".form-bar .danger").press("Enter")
    expect(admin.locator(".flashes")).to_contain_text("ส่งมอบงานแล้ว 1 งาน")
    leaver.goto(task)
    expect(leaver.locator("#password")).to_be_visible()

    admin.goto("/people/stayer")
    expect(admin.locator(".plain-list li")).to_have_count(1)
    admin.goto("/people/stayer/closing")
    admin.fill("#f-reason", "จบการทดสอบ")
    admin.locator(".form-bar .danger").click()
    expect(admin.locator(".flashes")).to_contain_text("ส่งมอบงานแล้ว 1 งาน")

    admin.goto("/audit?user=leaver")
    expect(admin.locator(".audit tbody tr").first).to_contain_text("ส่งมอบงานที่ค้าง")
    with admin.expect_download() as saved:
        admin.get_by_role("link", name="ส่งออก CSV").click()
    assert "ย้ายไปหน่วยงานอื่น" in Path(saved.value.path()).read_text("utf-8-sig")
    accessible(admin)


def test_the_chains_are_checked_with_one_button(visit: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    page = visit("admin", "/audit/chains")
    page.get_by_role("button", name="ตรวจสอบประวัติ").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("ครบถ้วน", timeout=30_000)
    accessible(page)
