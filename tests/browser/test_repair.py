"""A step is moved and skipped from the instance's page, from its diagram to the task in somebody's inbox."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

FIRST, SECOND, THIRD = "จัดทำแผนการดำเนินงานโครงการ", "จัดทำรายงานการศึกษา", "จัดทำร่างแนวทาง"


def instance_page(admin: Page) -> None:
    """The page of the demo's newest project."""
    admin.goto("/administration/instances?key=project")
    admin.click("main table a, main .table a")
    admin.wait_for_selector(".diagram[data-ready=yes]")


def inbox(visit: Callable[..., Page]) -> str:
    return visit("consultant1", "/inbox").inner_text("main")


def test_moved_and_skipped_from_the_page_to_the_inbox(visit: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    admin = visit("admin")
    instance_page(admin)
    accessible(admin)
    admin.click('.diagram [data-element-id="step01"]')
    admin.wait_for_selector(".element-facts a")
    admin.click(".element-facts a >> nth=0")
    accessible(admin)
    assert FIRST in admin.inner_text("h1")
    admin.check("input[value=move]")
    admin.select_option("#to", "step03")
    admin.click("text=ดูว่าจะเกิดอะไรขึ้น")
    accessible(admin)
    told = admin.inner_text(".outcome")
    assert re.search(rf"{FIRST}.*สิ้นสุดลง", told)
    assert re.search(rf"เปิดงาน “{THIRD}", told)
    assert FIRST in inbox(visit), "nothing has happened yet"
    admin.focus("#reason")
    admin.keyboard.press("Enter")
    admin.wait_for_selector("#reason-lacking:has-text('โปรดกรอกช่องนี้')")  # not the browser's own bubble, in the browser's language
    accessible(admin)
    admin.fill("#reason", "แผนจัดทำไว้แล้ว")
    admin.keyboard.press("Enter")
    admin.wait_for_selector(".flashes .is-done")
    assert THIRD in inbox(visit)
    assert FIRST not in inbox(visit)

    admin.click("#standing a.button")
    admin.check("input[value=move]")
    admin.select_option("#to", "step01")
    admin.click("text=ดูว่าจะเกิดอะไรขึ้น")
    admin.fill("#reason", "คืนที่เดิม")
    admin.click("button[name=sure]")
    admin.wait_for_selector(".flashes .is-done")
    admin.click("#standing a.button")
    admin.check("input[value=skip]")
    admin.focus("text=ดูว่าจะเกิดอะไรขึ้น")
    admin.keyboard.press("Enter")
    admin.wait_for_selector(".outcome")
    admin.fill("#reason", "ทำนอกระบบแล้ว")
    admin.click("button[name=sure]")
    admin.wait_for_selector(".flashes .is-done")
    assert SECOND in inbox(visit)
    admin.click("#standing a.button")
    admin.check("input[value=move]")
    admin.select_option("#to", "step01")
    admin.click("text=ดูว่าจะเกิดอะไรขึ้น")
    admin.fill("#reason", "คืนที่เดิมสำหรับการทดสอบอื่น")
    admin.click("button[name=sure]")
    admin.wait_for_selector(".flashes .is-done")


def test_on_a_phone_nothing_is_cut_off(visit: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    admin = visit("admin", width=320, height=640)
    instance_page(admin)
    accessible(admin)
    admin.click("#standing a.button")
    admin.wait_for_url(re.compile(r"/repair"))
    accessible(admin)
    for _ in range(2):
        assert not admin.evaluate("document.documentElement.scrollWidth > window.innerWidth"), admin.url
        admin.goto(re.sub(r"/repair.*", "/variables", admin.url))
    accessible(admin)
