"""All that was deployed together is moved on one page; where something continues is dragged from the old drawing to the new one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.engine.differences import edits
from tests.stories.changing import SIXTH, TWELFTH, Running

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Visit = Callable[..., "Page"]
APPLICATION = ("application.bpmn", ('name="จัดทำข้อเสนอและสมัครส่งผลงาน:', 'name="จัดทำข้อเสนอ:'))
READY = "details => details.querySelectorAll('.diagram[data-ready]').length === 2"


def opened(page: Page) -> Locator:
    """The drawings of the first process, shown and seen whole."""
    box = page.locator("details.mapping").first
    if not box.evaluate("details => details.open"):
        box.locator("summary").click()
    page.wait_for_function(f"() => ({READY})(document.querySelector('details.mapping'))")
    box.scroll_into_view_if_needed()
    for side in ("old", "new"):
        box.locator(f".side-{side} [data-zoom=fit]").click()
    box.evaluate("details => details.scrollIntoView({block: 'center'})")
    return box


def dragged(page: Page, box: Locator, source: str, target: str) -> None:
    """From an element of the old drawing to one of the new."""
    for side, element, act in (("old", source, page.mouse.down), ("new", target, page.mouse.up)):
        found = box.locator(f".side-{side} .djs-shape[data-element-id={element}]").bounding_box()
        assert found is not None
        page.mouse.move(found["x"] + found["width"] / 2, found["y"] + found["height"] / 2, steps=5)
        act()


@pytest.mark.slow
def test_where_it_continues_is_dragged_and_everything_moves(running: Running, visit: Visit, accessible: Callable[[Page], None]) -> None:
    running.changed(edits.edited(*APPLICATION, files=edits.step_removed()))
    deployment = running.engine.definitions(key="project", latest=True).items[0].deployment_id
    page = visit("admin", f"/administration/deployments/{deployment}/move")
    expect(page.locator(".moving.is-live .moving-told .verdict")).to_contain_text("ย้ายได้ทั้งชุด 2 รายการ")
    box = opened(page)
    accessible(page)
    expect(box.locator(".side-old g.mapping-asked")).to_have_attribute("data-element-id", "step06")
    dragged(page, box, "step06", "step07")
    expect(page.locator(".moving-told .verdict")).to_contain_text("ย้ายได้ทั้งชุด 3 รายการ")
    expect(page.locator("#place-1")).to_have_value("step07")
    expect(page.locator("#way-1")).to_have_value("before")
    expect(box.locator("path.line-before")).to_have_count(1)
    page.locator("#place-1").select_option("step08_sign")
    expect(page.locator("#way-1")).to_have_value("before")
    page.locator("#way-1").select_option("map")
    expect(box.locator("path.line-map")).to_have_count(1)
    dragged(page, box, "step06", "step07")
    expect(page.locator("#place-1")).to_have_value("step07")
    page.locator("#more-1").select_option(page.locator("#more-1 option[value$='/step11']").get_attribute("value"))
    expect(page.locator("#place-2")).to_be_visible()
    page.fill("#reason", "ตามที่หารือ")
    page.click("button[name=begin]")
    page.wait_for_url(re.compile(r"/administration/migrations/[0-9a-f]{32}$"))
    expect(page.locator(".verdict")).to_contain_text("ย้ายแล้ว 9 รายการ")
    expect(page.locator(".moving-parts > li")).to_have_count(3)
    accessible(page)
    assert not running.open(running.root(SIXTH), "step06")
    assert len(running.open(running.root(TWELFTH), "apply")) == 3
    page.click("a[href$='/undo']")
    page.fill("#reason", "ยังไม่ถึงเวลา")
    page.click("main .primary")
    expect(page.locator(".verdict")).to_contain_text("ย้อนกลับแล้ว 9 รายการ")
    assert running.open(running.root(SIXTH), "step06")


@pytest.mark.slow
def test_by_touch_on_a_phone(running: Running, visit: Visit) -> None:
    running.changed(edits.step_removed())
    target = running.engine.definitions(key="project", latest=True).items[0].id
    page = visit("admin", f"/administration/processes/{target}/move", width=390, has_touch=True)
    box = opened(page)
    touch = page.context.new_cdp_session(page)
    points = []
    for side, element in (("old", "step06"), ("new", "step07")):
        found = box.locator(f".side-{side} .djs-shape[data-element-id={element}]").bounding_box()
        assert found is not None
        points.append({"x": found["x"] + found["width"] / 2, "y": found["y"] + found["height"] / 2})
    between = {axis: (points[0][axis] + points[1][axis]) / 2 for axis in ("x", "y")}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [points[0]]})
    for point in (between, points[1]):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator(".verdict")).to_contain_text("ย้ายได้ 3 รายการ")
    expect(page.locator("#place-1")).to_have_value("step07")
