"""What is different between two versions, in words and on both drawings, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from engine.testing import process

if TYPE_CHECKING:
    from playwright.sync_api import Page

ENDS = '<startEvent id="s" name="เริ่ม"/><endEvent id="e" name="จบ"/>'
TASK = '<userTask id="{}" name="{}" ruam:nameEn="{}" ruam:step="{}" camunda:candidateGroups="opdc"/>'
PLAN, SIGN, FILE = (
    TASK.format("plan", "วางแผน", "Plan", 1),
    TASK.format("sign", "ลงนาม", "Sign", 2),
    TASK.format("keep", "จัดเก็บ", "File", 3),
)
CHECK = TASK.format("check", "ตรวจทาน", "Check", "1a")


def drawn(tasks: str, *keys: str) -> bytes:
    """A process of these elements one after the other, with a drawing of them in a row."""
    flows = [f"{before} -> {after}" for before, after in pairwise(keys)]
    shapes = "".join(SHAPE.format(key, 50 + 170 * place, *((36, 36) if len(key) == 1 else (120, 80))) for place, key in enumerate(keys))
    return process("compared", ENDS + tasks, *flows).replace(b"</definitions>", PLANE.format(shapes).encode())


PLANE = (
    '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC">'
    '<bpmndi:BPMNPlane bpmnElement="compared">{}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>'
)
SHAPE = '<bpmndi:BPMNShape bpmnElement="{}"><dc:Bounds x="{}" y="100" width="{}" height="{}"/></bpmndi:BPMNShape>'
OLD = drawn(PLAN + SIGN + FILE, "s", "plan", "sign", "keep", "e")
NEW = drawn(PLAN.replace("วางแผน", "จัดทำแผน") + CHECK + SIGN, "s", "plan", "check", "sign", "e")
DRAWINGS = {side: f".side-{side} .diagram" for side in ("old", "new")}


@pytest.fixture
def compared(visit: Callable[..., Page]) -> Callable[..., Page]:
    """The page of the two versions, which an administrator deploys if they are not there yet."""

    def open_page(**options: object) -> Page:
        page = visit("admin", "/administration/processes", **options)
        for content in () if page.locator("text=compared").count() else (OLD, NEW):
            page.set_input_files("input[name=files]", {"name": "compared.bpmn", "mimeType": "application/xml", "buffer": content})
            with page.expect_navigation():
                page.locator("input[name=files]").locator("xpath=ancestor::form").locator("button.primary").click()
        page.goto("/differences/processes/compared")
        for drawing in DRAWINGS.values():
            page.wait_for_selector(f"{drawing}[data-ready]", state="attached")
        return page

    return open_page


def marked(page: Page, side: str, kind: str) -> set[str]:
    """Ids of the elements that are coloured so."""
    found = page.locator(f"{DRAWINGS[side]} .djs-shape.difference-{kind}")
    return set(found.evaluate_all("elements => elements.map((element) => element.dataset.elementId)"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_words_and_on_both_drawings(compared: Callable[..., Page], accessible: Callable[[Page], None], scheme: str) -> None:
    page = compared(color_scheme=scheme)
    words = page.locator(".difference-words").all_inner_texts()
    assert "เพิ่มขั้นตอนที่ 1a “ตรวจทาน” ระหว่างขั้นตอนที่ 1 กับขั้นตอนที่ 2 ผู้ทำคือสำนักงาน ก.พ.ร." in [" ".join(text.split()) for text in words]
    assert marked(page, "new", "added") == {"check"}
    assert marked(page, "old", "removed") == {"keep"}
    assert marked(page, "new", "changed") == marked(page, "old", "changed") == {"plan"}
    assert page.locator(f"{DRAWINGS['new']} .badge-added").inner_text() == "+", "not by colour alone"
    assert page.locator(".comparison-key b").all_inner_texts() == ["+", "−", "≠", "↔"]
    boxes = [page.locator(drawing).bounding_box() for drawing in DRAWINGS.values()]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["y"] == boxes[1]["y"], "side by side"
    accessible(page)


def test_a_change_leads_to_its_element(compared: Callable[..., Page]) -> None:
    page = compared()
    page.locator("a[data-goto=check]").click()
    page.wait_for_selector(f"{DRAWINGS['new']} [data-element-id=check].diagram-chosen")
    page.locator("a[data-goto-old=keep]").click()
    page.wait_for_selector(f"{DRAWINGS['old']} [data-element-id=keep].diagram-chosen")
    assert page.locator(f"{DRAWINGS['new']} .diagram-chosen").count() == 0
    assert page.evaluate("document.activeElement.closest('.side-old') !== null")


def test_on_a_phone_one_drawing_at_a_time(compared: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    page = compared(width=390, height=844, english=True)
    old, new = (page.locator(drawing) for drawing in DRAWINGS.values())
    assert (old.is_visible(), new.is_visible()) == (False, True)
    page.get_by_role("button", name="version 1").click()
    assert (old.is_visible(), new.is_visible()) == (True, False)
    page.locator("a[data-goto=check]").click()
    assert (old.is_visible(), new.is_visible()) == (False, True)
    assert page.get_by_role("button", name="version 2").get_attribute("aria-pressed") == "true"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    accessible(page)


def test_other_versions_are_chosen(compared: Callable[..., Page]) -> None:
    page = compared(english=True)
    page.select_option("#from", "2")
    page.get_by_role("button", name="Compare").click()
    page.wait_for_selector("text=Nothing is different")
    page.select_option("#from", "2")
    page.select_option("#to", "1")
    page.get_by_role("button", name="Compare").click()
    page.wait_for_selector(f"{DRAWINGS['new']}[data-ready]")
    assert "Step 1a “Check” removed" in page.locator(".difference-words").all_inner_texts()
