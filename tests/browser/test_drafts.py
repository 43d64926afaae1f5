"""A process is changed, checked, rehearsed, approved by a second person, activated: in a browser, from the draft to the inbox."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]
SAVE = """async ([draft, path, before, after]) => {
  const address = `/designer/api/drafts/${draft}/files/${path}`;
  const token = document.querySelector('input[name=_csrf]').value;
  const file = await (await fetch(address, { headers: { Accept: 'application/json' } })).json();
  const body = JSON.stringify({ content: file.content.replace(before, after), revision: file.revision });
  const headers = { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRFToken': token };
  return (await fetch(address, { method: 'PUT', headers, body })).status;
}"""


def begin(page: Page, process: str, title: str) -> str:
    """A draft of a deployed process; returns its id."""
    page.goto("/designer")
    page.click(".page-head .primary")
    page.select_option("#process", process)
    page.fill("#title", title)
    page.click(".form-bar .primary")
    page.wait_for_url(re.compile(r"/designer/[0-9a-f]{32}$"))
    return page.url.rsplit("/", 1)[-1]


@pytest.mark.slow
def test_from_a_draft_to_the_inbox_with_a_second_person(visit: Visit) -> None:
    page = visit("designer", "/designer")
    draft = begin(page, "leave", "ให้ชื่องานชัดเจน")
    assert page.evaluate(SAVE, [draft, "leave.bpmn", "พิจารณาการลา: ", "อนุญาตการลาหรือไม่: "]) == 200
    page.goto(f"/designer/{draft}/difference")
    expect(page.locator(".changes-told")).to_contain_text("อนุญาตการลาหรือไม่")
    page.goto(f"/designer/{draft}/rehearsal")
    page.click(".next .primary")
    expect(page.locator(".load")).to_be_visible(timeout=60_000)
    page.goto(f"/designer/{draft}/approval")
    page.fill("#note", "ตามที่หารือ")
    page.click("main .primary")
    expect(page.locator(".flashes")).to_be_visible()

    second = visit("approver", "/notices")
    expect(second.locator("main")).to_contain_text("ให้ชื่องานชัดเจน")
    second.goto(f"/designer/{draft}")
    second.click(".next .primary")
    expect(second.locator("main")).to_contain_text("ตามที่หารือ")
    second.click("form[action$='/approve'] .primary")
    second.click("main a.primary")
    second.click("form[action$='/activate'] .primary")
    expect(second.locator(".draft-way li").last).to_have_class("is-done")

    employee = visit("employee", "/start/leave")
    employee.fill("[name=name]", "ผู้ใช้สาธิต")
    employee.check("[name=kind][value=holiday]")
    for name, day in (("first_day", "14"), ("last_day", "15")):
        employee.fill(f"[name='{name}.day']", day)
        employee.select_option(f"[name='{name}.month']", "6")
        employee.fill(f"[name='{name}.year']", "2570")
    employee.fill("[name=reason]", "พักผ่อน")
    employee.click(".form-bar .primary")
    expect(visit("head", "/inbox").locator(".work")).to_contain_text("อนุญาตการลาหรือไม่")


def test_a_fault_leads_to_its_element_and_holds_the_approval_up(visit: Visit) -> None:
    page = visit("designer", "/designer")
    draft = begin(page, "leave", "ผิดที่หนึ่ง")
    assert page.evaluate(SAVE, [draft, "leave.bpmn", 'camunda:formKey="', 'camunda:formKey="no_such_']) == 200
    page.goto(f"/designer/{draft}")
    page.click(".next .primary")
    link = page.locator(".findings a[href*='#element=']").first
    assert f"/designer/{draft}/edit/leave.bpmn#element=" in (link.get_attribute("href") or "")
    page.goto(f"/designer/{draft}/approval")
    expect(page.locator("form[action$='/submit']")).to_have_count(0)
    page.goto(f"/designer/{draft}")
    page.click(".draft-rare summary:has-text('ยกเลิกร่าง')")
    page.fill("#discard-reason", "ทดลองเท่านั้น")
    page.click(".danger[class*=button]:has-text('ยกเลิกร่างนี้')")
    expect(page.locator("main")).to_contain_text("ทดลองเท่านั้น")


@pytest.mark.parametrize("width", [1280, 320])
def test_the_pages_of_a_draft_can_be_used_by_everybody(visit: Visit, accessible: Callable[[Page], None], width: int) -> None:
    page = visit("designer", "/designer", width=width)
    draft = begin(page, "leave", "อ่านได้ทุกคน")
    page.evaluate(SAVE, [draft, "leave.bpmn", 'camunda:formKey="', 'camunda:formKey="no_such_'])
    parts = ("", "/check", "/difference", "/rehearsal", "/approval", "/activation", "/history", "/revisions/leave.bpmn")
    places = ["/designer", "/designer/new", "/designer/new?from=files", "/designer/new?from=empty"]
    for path in (*places, *(f"/designer/{draft}{part}" for part in parts)):
        page.goto(path)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
