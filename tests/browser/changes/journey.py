"""What an administrator does with a process that runs: draws in a draft, has it approved, activates it, moves what runs, finds the task."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.test_designer import chosen as led_to
from tests.browser.test_designer import panel_open

if TYPE_CHECKING:
    from lxml import etree
    from playwright.sync_api import Locator, Page

Visit = Callable[..., "Page"]
PROJECT, ACCEPTANCE, APPLICATION = "โครงการขับเคลื่อน", "การตรวจรับงาน", "การสมัคร"
MIDDLE = """flow => {
  const path = document.querySelector(`.djs-element[data-element-id="${flow}"] .djs-visual > path`);
  const { x, y } = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM());
  return [x, y];
}"""


# ---- drawing


def chosen(page: Page, element: str) -> None:
    """Choose an element, also where one was led to it before and has chosen others since."""
    page.evaluate("location.hash = ''")
    led_to(page, element)


def appended(page: Page, after: str, kind: str = "append-task") -> str:
    """Append an element behind another, as the pad beside it offers; returns its id."""
    chosen(page, after)
    page.click(f'.djs-context-pad [data-action="append.{kind}"]')
    page.keyboard.press("Escape")
    page.wait_for_function("id => document.querySelector('.panel-id code')?.textContent !== id", arg=after)
    return page.inner_text(".panel-id code")


def inserted(page: Page, flow: str) -> str:
    """Drop a new task onto a flow, which goes through it from then on; returns its id."""
    chosen(page, flow)
    x, y = page.evaluate(MIDDLE, flow)
    page.click('.djs-palette [data-action="create.task"]')
    page.mouse.move(x - 20, y - 20)
    page.mouse.move(x, y, steps=4)
    page.mouse.down()
    page.mouse.up()
    page.keyboard.press("Escape")
    page.wait_for_function("id => document.querySelector('.panel-id code')?.textContent !== id", arg=flow)
    return page.inner_text(".panel-id code")


def connected(page: Page, source: str, target: str) -> None:
    """Draw a flow from one element to another."""
    chosen(page, source)
    page.click('.djs-context-pad [data-action="connect"]')
    page.locator(f".djs-element[data-element-id={target}]").first.click(force=True)


def flow_between(root: etree._Element, source: str, target: str) -> str:
    """The id of a flow in a saved diagram."""
    (flow,) = [one for one in root.iter("{*}sequenceFlow") if (one.get("sourceRef"), one.get("targetRef")) == (source, target)]
    return flow.attrib["id"]


def removed(page: Page, element: str) -> None:
    """Take an element or a flow off the canvas."""
    chosen(page, element)
    page.click('.djs-context-pad [data-action="delete"]')


def described(page: Page, name: str, step: str = "", party: str = "") -> None:
    """Of the chosen task, work of people: what it is called; `party`: whose, where it is not its lane's."""
    page.wait_for_selector('[data-group="person"]')
    page.fill("[name=name]", name)
    panel_open(page)
    if party:
        page.select_option("[name=doer]", "party")
        page.select_option("[name=party]", party)
    page.fill("[name=step]", step)
    page.press("[name=step]", "Enter")


def renamed(page: Page, element: str, name: str) -> None:
    """Write another name into an element on the canvas."""
    chosen(page, element)
    page.locator(f".djs-element[data-element-id={element}] .djs-visual").first.dblclick(force=True)
    page.fill(".djs-direct-editing-content", name)
    page.keyboard.press("Control+Enter")


def dragged(page: Page, element: str, onto: str) -> None:
    """Drag an element straight up or down into another lane."""
    chosen(page, element)
    begin = page.locator(f".djs-element[data-element-id={element}] .djs-visual").first.bounding_box()
    lane = page.locator(f".djs-element[data-element-id={onto}] .djs-visual").first.bounding_box()
    assert begin is not None
    assert lane is not None
    x, y = begin["x"] + begin["width"] / 2, begin["y"] + begin["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 20, steps=3)
    page.mouse.move(x, lane["y"] + lane["height"] / 2, steps=8)
    page.mouse.up()


# ---- from the draft to what runs


def activated(visit: Visit, page: Page, draft: str) -> Page:
    """The draft is submitted, approved by a second person and activated; the page from which an administrator moves what runs."""
    page.goto(f"{draft}/approval")
    page.click("main .primary")
    page.wait_for_selector(".flashes .is-done")
    second = visit("approver", f"{draft}/approval")
    second.click("form[action$='/approve'] .primary")
    second.wait_for_selector(".flashes .is-done")
    second.goto(f"{draft}/activation")
    second.click("form[action$='/activate'] .primary")
    second.wait_for_selector(".made, #untested")
    if second.locator("#untested").count():  # the pack's own tests know the process as it was
        second.fill("#untested", "แบบทดสอบของชุดจะแก้ตามมา")
        second.click("form[action$='/activate'] .primary")
        second.wait_for_selector(".made")
    return visit("admin", f"{draft}/activation")


def to_move(admin: Page, process: str) -> None:
    """From the active draft to moving what runs of a process."""
    admin.locator(".made > li").filter(has_text=process).locator("a.button").click()
    admin.wait_for_selector(".moving.is-live")


def moved(admin: Page, number: int) -> None:
    """Begin, with a reason; `number`: how many instances the page then says it has moved."""
    admin.fill("#reason", "ตามที่หารือ")
    admin.click("button[name=begin]")
    admin.wait_for_url(re.compile(r"/administration/migrations/[0-9a-f]{32}$"))
    expect(admin.locator(".verdict")).to_contain_text(f"ย้ายแล้ว {number} รายการ")


def all_moved(admin: Page, process: str, number: int, due: str = "keep") -> None:
    """All that runs of a process can move, and does. `due`: what becomes of due dates and timers."""
    to_move(admin, process)
    if due != "keep":
        with admin.expect_response(lambda answer: answer.request.method == "POST"):
            admin.check(f"input[name=due][value={due}]")
    expect(admin.locator(".verdict")).to_contain_text(f"ย้ายได้ {number} รายการ")
    moved(admin, number)


# ---- work


def found(page: Page, words: str, key: str = "") -> Locator:
    """A task in the inbox, by words of its name and the name of its project."""
    page.goto("/inbox")
    return page.locator(".work > li").filter(has_text=words).filter(has_text=key)


def opened(page: Page, words: str, key: str = "") -> None:
    """Open a task from the inbox."""
    found(page, words, key).first.locator(".what a").click()
    page.wait_for_selector(".form-bar")


def done(page: Page, paper: Path | None = None) -> None:
    """Send the open task's form, checked first where it asks for that; `paper`: handed in."""
    if paper is not None and page.locator("input[type=file]").count() == 1:
        page.set_input_files("input[type=file]", paper)
    here, task = page.url, re.sub(r"(/tasks/[0-9a-f]{32}).*", r"\1", page.url)
    page.click(".form-bar .primary")
    page.wait_for_function("here => location.href !== here", arg=here)
    if page.url == f"{task}/check":
        page.click(".form-bar .primary")
        page.wait_for_function("task => !location.href.startsWith(task)", arg=task)
    expect(page.locator(".flashes .is-done")).to_be_visible()
