"""A whole project in the browser: the line, the diagram, the schedule, the instalments on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

PARTS = ("", "/schedule", "/diagram", "/instalments", "/papers", "/provinces", "/history", "/people")
ADMINISTRATION = ("incidents", "jobs", "tasks", "instances", "processes", "clock", "system")
SIZES = {"desk": (1280, 800), "phone": (320, 640)}


def project(page: Page) -> str:
    """The address of the demo's project."""
    page.goto("/projects")
    return page.get_attribute(".projects h2 a", "href") or ""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_a_project(visit: Callable[..., Page], accessible: Callable[[Page], None], size: str, scheme: str) -> None:
    width, height = SIZES[size]
    page = visit("opdc1", "/projects", width=width, height=height, color_scheme=scheme)
    accessible(page)
    root = project(page)
    for part in PARTS:
        page.goto(root + part)
        page.wait_for_load_state("networkidle")
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{part} is wider than {width} px"


@pytest.mark.parametrize("size", SIZES)
def test_everybody_can_use_the_administration(visit: Callable[..., Page], accessible: Callable[[Page], None], size: str) -> None:
    width, height = SIZES[size]
    page = visit("admin", "/administration", width=width, height=height)
    for name in ADMINISTRATION:
        page.goto(f"/administration/{name}")
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} is wider than {width} px"
    page.goto("/administration/tasks")
    page.click(".table .row-actions a")
    accessible(page)
    page.goto("/administration/processes")
    page.click(".table .head a[href*='/leave:']")
    page.wait_for_selector(".diagram[data-ready]")
    names = page.locator(".diagram svg text").all_text_contents()
    assert any("…" in name for name in names), "what is computed in a name is left open"
    assert not any("${" in name for name in names)
    accessible(page)


def test_the_line_leads_to_its_steps(visit: Callable[..., Page]) -> None:
    page = visit("opdc1", "/projects")
    page.goto(project(page))
    assert page.locator(".station").count() == 24
    assert page.locator(".line-months li").count() == 4
    page.locator(".station > a").nth(11).click()
    assert page.url.endswith("#step-12")
    assert page.locator("#step-12").is_visible()


COPIED = """() => {
  const name = [...document.querySelectorAll('.step-name')].find((one) => one.textContent.includes('\u0e2f'));
  getSelection().selectAllChildren(name);
  const copied = new ClipboardEvent('copy', { clipboardData: new DataTransfer(), bubbles: true, cancelable: true });
  name.dispatchEvent(copied);
  return [getSelection().toString(), copied.clipboardData.getData('text/plain')];
}"""


def test_thai_words_stay_whole_and_are_copied_as_they_were_written(visit: Callable[..., Page]) -> None:
    page = visit("opdc1", "/projects")
    page.goto(project(page))
    shown, copied = page.evaluate(COPIED)
    assert "\u2060ฯ" in shown
    assert copied == shown.replace("\u2060", "")


OUTSIDE = """() => [...document.querySelectorAll('.djs-shape[data-element-id^=step]')].filter((shape) => {
  const [box, name] = [shape.querySelector('.djs-visual > rect'), shape.querySelector('.djs-visual > text.djs-label')];
  if (!box || !name) return false;
  const [outer, inner] = [box.getBBox(), name.getBBox()];
  const marker = shape.querySelectorAll('.djs-visual > rect').length > 1 ? 18 : 0;
  return inner.y < outer.y - 1 || inner.y + inner.height > outer.y + outer.height - marker || inner.width > outer.width;
}).map((shape) => shape.dataset.elementId)"""


@pytest.mark.parametrize("english", [False, True], ids=["th", "en"])
def test_names_stay_inside_their_boxes(visit: Callable[..., Page], english: bool) -> None:
    page = visit("opdc1", "/projects", english=english)
    page.goto(project(page) + "/diagram")
    page.wait_for_selector(".diagram[data-ready]")
    assert page.locator(".djs-shape[data-element-id^=step] .djs-visual > text.djs-label").count() >= 24
    assert page.evaluate(OUTSIDE) == []


def test_the_diagram_is_drawn_marked_and_tells_of_an_element(visit: Callable[..., Page]) -> None:
    page = visit("consultant1", "/projects")
    page.goto(project(page) + "/diagram")
    page.wait_for_selector(".diagram[data-ready]")
    assert page.locator(".diagram-open, .diagram-overdue, .diagram-returned").count() >= 1
    assert page.locator(".bjs-powered-by").is_visible()
    assert page.locator(".diagram-step").count() >= 24
    page.click("[data-zoom=fit]")
    page.locator(".djs-element[data-element-id=step01]").first.click(force=True)
    page.wait_for_selector(".element-facts")
    assert "แผนการดำเนินงาน" in page.inner_text("[data-element-facts]")


def test_without_scripts_the_steps_still_stand(visit: Callable[..., Page]) -> None:
    page = visit("opdc1", "/projects")
    address = project(page)
    cookies = page.context.cookies()
    plain = page.context.browser.new_context(java_script_enabled=False, base_url=page.url.split("/projects")[0])  # type: ignore[union-attr]
    plain.add_cookies(cookies)  # type: ignore[arg-type]
    bare = plain.new_page()
    bare.goto(address)
    assert bare.locator("tr[id^=step-]").count() == 24
    bare.goto(address + "/diagram?element=step01")
    assert "แผนการดำเนินงาน" in bare.inner_text("[data-element-facts]")
    plain.close()


def test_the_instalments_fit_on_paper(visit: Callable[..., Page]) -> None:
    page = visit("opdc1", "/projects")
    page.goto(project(page) + "/instalments")
    page.emulate_media(media="print")
    assert not page.locator(".rail").is_visible()
    assert page.locator(".instalment").count() == 3
    page.set_viewport_size({"width": 673, "height": 990})  # the width of A4 within its margins
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_province_sees_its_own_story_only(visit: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    page = visit("province-TH-50", "/projects", width=390, height=844)
    root = project(page)
    page.goto(root)
    assert page.locator(".line-stations").count() == 0
    page.get_by_role("link", name="จังหวัดของฉัน").click()
    assert "เชียงใหม่" in page.inner_text("h1")
    accessible(page)
    page.goto(f"{root}/provinces/TH-51")
    assert "TH-51" not in page.inner_text("main")
