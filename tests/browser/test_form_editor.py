"""Forms and decision tables of a draft changed over their text: previewed, tried, saved; what is not touched stays to the letter."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lxml import etree

from tests.browser.test_designer import SAVED, api, chosen, drafted
from tests.browser.test_designer import opened as diagram_opened

if TYPE_CHECKING:
    from playwright.sync_api import Page

TWICE = "[...document.querySelectorAll('[id]')].map((one) => one.id).filter((id, at, all) => all.indexOf(id) !== at)"
READY = "[data-writing][data-ready]"
PREVIEW = '[data-part="preview"]'
STRANGE = """<?xml version="1.0" encoding="UTF-8"?>
<!-- drawn elsewhere -->
<dmn:definitions xmlns:dmn="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/"
    xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" xmlns:o="urn:other" id="d" name="d" namespace="n" o:colour="blue">
  <dmn:decision id="discount" name="ส่วนลด" o:mark='1'>
    <dmn:extensionElements><o:note><![CDATA[a < b]]></o:note></dmn:extensionElements>
    <dmn:decisionTable id="t1" hitPolicy="UNIQUE">
      <dmn:input id="i1" label="ยอด"><dmn:inputExpression id="e1" typeRef="number"><dmn:text>amount</dmn:text></dmn:inputExpression>
      </dmn:input>
      <dmn:output id="o1" name="rate" typeRef="number" />
      <dmn:annotation name="ที่มา" />
      <dmn:rule id="r1">
        <dmn:inputEntry id="r1i"><dmn:text>&lt; 100</dmn:text></dmn:inputEntry>
        <dmn:outputEntry id="r1o"><dmn:text>0</dmn:text></dmn:outputEntry>
        <dmn:annotationEntry><dmn:text>มติ</dmn:text></dmn:annotationEntry>
      </dmn:rule>
      <dmn:rule id="r2">
        <dmn:inputEntry id="r2i"><dmn:text>&gt;= 100</dmn:text></dmn:inputEntry>
        <dmn:outputEntry id="r2o"><dmn:text>5</dmn:text></dmn:outputEntry>
        <dmn:annotationEntry><dmn:text></dmn:text></dmn:annotationEntry>
      </dmn:rule>
    </dmn:decisionTable>
  </dmn:decision>
  <dmn:decision id="plain" name="นิพจน์"><dmn:literalExpression id="l"><dmn:text>amount * 2</dmn:text></dmn:literalExpression></dmn:decision>
  <dmndi:DMNDI><dmndi:DMNDiagram id="g"><dmndi:DMNShape id="s" dmnElementRef="discount">
    <dc:Bounds height="80" width="180" x="1" y="2" /></dmndi:DMNShape></dmndi:DMNDiagram></dmndi:DMNDI>
</dmn:definitions>
"""


def opened(page: Page, draft: str, path: str) -> None:
    """Open a file in its editor."""
    page.goto(f"{draft}/edit/{path}")
    page.wait_for_selector(READY)


def added(page: Page, draft: str, path: str, content: str) -> None:
    """Put a file into the draft and open it."""
    opened(page, draft, "schedule.toml")
    api(page, draft, "/files", "POST", {"path": path, "content": content})
    opened(page, draft, path)


def saved(page: Page, draft: str, path: str) -> str:
    """The file as the server has it, once the page says that all is saved."""
    page.keyboard.press("Control+s")
    page.wait_for_selector(SAVED)
    return str(api(page, draft, f"/files/{path}")["content"])


def preview_has(page: Page, selector: str, text: str) -> None:
    """Wait until the preview says so."""
    page.frame_locator(PREVIEW).locator(selector).filter(has_text=text).first.wait_for()


def dragged(page: Page, one: str, onto: str) -> None:
    """Drag as a hand does, in many small steps."""
    page.locator(one).scroll_into_view_if_needed()
    begin, end = page.locator(one).bounding_box(), page.locator(onto).bounding_box()
    assert begin is not None
    assert end is not None
    page.mouse.move(begin["x"] + 10, begin["y"] + 20)
    page.mouse.down()
    page.mouse.move(begin["x"] + 15, begin["y"] + 10, steps=4)
    page.mouse.move(end["x"] + 10, end["y"] + 20, steps=8)
    page.mouse.up()


def test_a_title_and_a_choice_are_previewed_and_saved(visit: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    page = visit("admin", "/designer")
    draft = drafted(page)
    opened(page, draft, "forms/plan.json")
    before = json.loads(api(page, draft, "/files/forms/plan.json")["content"])
    preview_has(page, "legend", "แผนการดำเนินงานโครงการ")
    page.click("[data-field=plan_copies] .field-head-main")
    page.fill("[data-field=plan_copies] [name=title-th]", "จำนวนเล่มที่ส่ง")
    preview_has(page, "label", "จำนวนเล่มที่ส่ง")
    page.click('[data-add-field="0"]')
    page.fill(".is-open [name=title-th]", "วิธีส่ง")
    page.fill(".is-open [name=title-en]", "Way of delivery")
    page.press(".is-open [name=title-en]", "Tab")
    page.wait_for_selector("[data-field=way_of_delivery].is-open")
    page.select_option(".is-open [name=kind]", "one")
    page.fill("[name=choice-0-value]", "post")
    page.fill("[name=choice-0-th]", "ทางไปรษณีย์")
    page.fill("[name=choice-0-en]", "By post")
    page.press("[name=choice-0-en]", "Enter")
    preview_has(page, "[data-field=way_of_delivery] .choice", "ทางไปรษณีย์")
    page.click("[data-language=en]")
    preview_has(page, "[data-field=way_of_delivery] .choice", "By post")
    page.click(".is-open label:has-text('ต้องกรอก')")
    accessible(page)
    assert not page.evaluate(TWICE), "labels of different parts lead to one control"
    after = json.loads(saved(page, draft, "forms/plan.json"))
    assert after["properties"]["plan_copies"] == before["properties"]["plan_copies"] | {"title": "จำนวนเล่มที่ส่ง"}
    assert after["properties"].pop("way_of_delivery") == {
        "type": "string",
        "x-widget": "radio",
        "title": "วิธีส่ง",
        "x-en": {"title": "Way of delivery"},
        "oneOf": [{"const": "post", "title": "ทางไปรษณีย์", "x-en": {"title": "By post"}}],
    }
    assert after["required"] == [*before["required"], "way_of_delivery"]
    assert list(after["properties"]) == list(before["properties"])


def test_an_untouched_form_stays_to_the_letter(visit: Callable[..., Page]) -> None:
    page = visit("admin", "/designer")
    draft = drafted(page)
    field = '{"b": {"title": "ข", "type": "string", "x-own": {"deep": [null]}}}'
    strange = f'{{\n    "x-unheard": {{"a": [1.0, 2]}},\n    "title": "แปลก",  "properties": {field}\n}}'
    added(page, draft, "forms/strange.json", strange)
    page.click("[data-field=b] .field-head-main")
    assert "x-own" in page.inner_text(".is-open .kept-keywords")
    page.click("[data-view=text]")
    assert page.input_value("textarea.writing") == strange
    page.click("[data-view=table]")
    page.fill("[data-field=b] [name=title-th]", "ค")
    page.press("[data-field=b] [name=title-th]", "Enter")
    after = saved(page, draft, "forms/strange.json")
    assert json.loads(after) == json.loads(strange.replace('"ข"', '"ค"')), "what is not known is kept"
    assert after.startswith('{\n    "x-unheard"'), "indented as it was"
    page.focus("[data-field=b] .field-head-main")
    page.keyboard.press("Control+z")
    assert saved(page, draft, "forms/strange.json") == strange


def test_text_and_fields_never_disagree(visit: Callable[..., Page]) -> None:
    page = visit("admin", "/designer", english=True)
    draft = drafted(page)
    opened(page, draft, "forms/plan.json")
    preview_has(page, "h1", "Prepare the project plan")
    page.click("[data-view=text]")
    written = page.input_value("textarea.writing")
    page.fill("textarea.writing", written.replace('"x-confirm"', "").replace("{", "{{", 1))
    page.wait_for_selector('[data-part="preview-note"]:not([hidden])')
    page.click("[data-view=table]")
    assert "Mend it as text" in page.inner_text(".form-unread")
    page.click('[data-act="undo"]')
    page.wait_for_selector("[data-field=plan_file]")
    page.wait_for_selector('[data-part="preview-note"]', state="hidden")


def test_fields_are_moved_duplicated_removed_and_put_back(visit: Callable[..., Page]) -> None:
    page = visit("admin", "/designer", english=True)
    draft = drafted(page)
    opened(page, draft, "forms/application.json")
    page.focus('[data-field=coordinator] [data-move="1"]')
    page.keyboard.press("Enter")  # the last of its section: into the next
    page.wait_for_function(
        "() => document.activeElement.closest('[data-field=coordinator]') && document.activeElement.dataset.move === '1'"
    )
    dragged(page, "[data-field=summary] .field-grip", "[data-field=leadership] .field-grip")
    page.click("[data-field=public_issue] [data-duplicate]")
    page.click("[data-field=leadership] [data-remove]")
    assert "Leadership" in page.inner_text(".form-removed")
    form = json.loads(saved(page, draft, "forms/application.json"))
    assert form["x-sections"][0]["fields"] == ["action", "decline_reasons"]
    assert form["x-sections"][1]["fields"] == [
        "project_name",
        "public_issue",
        "public_issue_2",
        "summary",
        "stakeholders",
        "sustainability",
    ]
    assert form["x-sections"][2]["fields"][0] == "coordinator"
    assert "leadership" not in form["properties"]
    assert "leadership" not in form["required"]
    assert "leadership" in page.inner_text(".prop-said.is-warning"), "what runs keeps its values under that name"
    page.click("[data-put-back]")
    assert "leadership" in json.loads(saved(page, draft, "forms/application.json"))["properties"]


def test_a_field_is_renamed_where_the_form_reads_it(visit: Callable[..., Page]) -> None:
    page = visit("admin", "/designer", english=True)
    draft = drafted(page)
    opened(page, draft, "forms/application.json")
    page.click("[data-field=action] .field-head-main")
    page.fill("[name=fieldName]", "answer_given")
    page.press("[name=fieldName]", "Enter")
    page.wait_for_selector("[data-field=answer_given]")
    page.click("[data-field=decline_reasons] .field-head-main")
    assert page.input_value("[name=field-0]") == "answer_given"
    page.select_option("[name=comparison-0]", "!=")
    page.select_option("[name=value-0]", "apply")
    page.click(".is-when .add-row")
    page.select_option("[name=field-1]", "leadership")
    page.select_option("[name=comparison-1]", "filled")
    page.select_option("[name=join]", "or")
    form = json.loads(saved(page, draft, "forms/application.json"))
    assert form["properties"]["decline_reasons"]["x-visible"] == "${answer_given != 'apply' or not empty(leadership)}"
    assert form["properties"]["summary"]["x-visible"] == "${answer_given == 'apply'}"
    assert "answer_given" in form["required"]
    assert "action" in page.inner_text(".prop-said.is-warning")


def test_a_task_begins_its_own_form(visit: Callable[..., Page]) -> None:
    page = visit("admin", "/designer")
    draft = drafted(page)
    diagram_opened(page, draft, "project.bpmn")
    chosen(page, "step02")
    page.select_option("[name=form]", "")
    page.click("[data-new-form]")
    page.wait_for_selector('a[href$="edit/forms/step02.json"]')
    page.keyboard.press("Control+s")
    page.wait_for_selector(SAVED)
    page.click('a[href$="edit/forms/step02.json"]')
    page.wait_for_selector("[data-field=remark]")
    assert page.input_value("[name=title-en]") not in ("", page.input_value("[name=title-th]")), "it has both names of the task"
    assert 'formKey="step02"' in api(page, draft, "/files/project.bpmn")["content"]


def test_a_new_form_from_the_list_of_files(visit: Callable[..., Page]) -> None:
    page = visit("admin", "/designer")
    draft = drafted(page)
    page.click(".draft-rare summary:has-text('ไฟล์ใหม่')")
    page.fill("#new-key", "site_visit")
    page.fill("#new-title", "บันทึกการลงพื้นที่")
    page.click("form[action$='/begin'] button")
    page.wait_for_url("**/edit/forms/site_visit.json")
    page.wait_for_selector(READY)
    preview_has(page, "h1", "บันทึกการลงพื้นที่")
    page.goto(draft)
    page.click(".draft-rare summary:has-text('ไฟล์ใหม่')")
    page.fill("#new-key", "site_visit")
    page.fill("#new-title", "อีกครั้ง")
    page.click("form[action$='/begin'] button")
    page.wait_for_selector(".notice.is-overdue")


def test_a_phone_shows_the_form(visit: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    page = visit("admin", "/designer", width=390, height=800)
    draft = drafted(page)
    opened(page, draft, "forms/plan.json")
    preview_has(page, "legend", "แผนการดำเนินงานโครงการ")
    assert page.locator(".is-narrow").is_visible()
    assert not page.locator(".form-editor").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    accessible(page)


def test_nothing_can_be_sent_from_the_preview(visit: Callable[..., Page]) -> None:
    page = visit("admin", "/designer")
    draft = drafted(page)
    opened(page, draft, "forms/application.json")
    inside = page.frame_locator(PREVIEW)
    inside.locator("button.primary").click()
    assert inside.locator("form").count() == 0
    summary = inside.locator("[data-field=summary]")
    assert not summary.is_visible(), "asked of who applies only"
    inside.locator("[data-field=action] [value=apply]").check()
    summary.wait_for()
    inside.locator("[data-field=action] [value=decline]").check()
    summary.wait_for(state="hidden")
    assert page.evaluate("inside => inside.scrollHeight <= inside.clientHeight", inside.locator(":root").element_handle())
    page.check("[data-part=preview-all] input")
    summary.wait_for()
    assert "เฉพาะเมื่อ" in summary.inner_text()
    assert page.get_attribute(PREVIEW, "sandbox") == "allow-same-origin"
    assert page.url.endswith("forms/application.json")


def test_a_pass_mark_is_raised(visit: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    page = visit("admin", "/designer")
    draft = drafted(page)
    opened(page, draft, "scoring.dmn")
    before = api(page, draft, "/files/scoring.dmn")["content"]
    cell = '[data-cell="/rules/2/outputs/4"]'
    assert page.input_value(cell) == "60"
    page.fill(cell, "65")
    page.press(cell, "Enter")
    page.wait_for_function("() => document.activeElement.dataset.cell === '/rules/3/outputs/4'")
    accessible(page)
    assert saved(page, draft, "scoring.dmn") == before.replace("<text>60</text>", "<text>65</text>"), (
        "nothing else has changed, to the letter"
    )
    page.goto(f"{draft}/difference")
    told = page.inner_text("main")
    assert re.search(r"60\D+65", told), told


def test_a_mistake_stands_at_its_cell(visit: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    page = visit("admin", "/designer", english=True)
    draft = drafted(page)
    opened(page, draft, "scoring.dmn")
    cell = '[data-cell="/rules/2/inputs/0"]'
    page.fill(cell, "1..")
    page.press(cell, "Tab")
    page.wait_for_selector(f"{cell}[aria-invalid]")
    accessible(page)
    page.click(".checks-found .check-one.is-error")
    page.wait_for_function("() => document.activeElement.dataset.cell === '/rules/2/inputs/0'")
    page.keyboard.press("Tab")
    page.click('[data-act="undo"]')
    page.wait_for_selector(f"{cell}:not([aria-invalid])")


def test_what_others_added_survives(visit: Callable[..., Page]) -> None:
    page = visit("admin", "/designer")
    draft = drafted(page)
    added(page, draft, "other.dmn", STRANGE)
    page.fill('[data-cell="/rules/1/outputs/0"]', "7")
    page.press('[data-cell="/rules/1/outputs/0"]', "Tab")
    assert canonical(saved(page, draft, "other.dmn")) == canonical(STRANGE.replace(">5<", ">7<"))
    page.fill('[data-cell="/rules/0/annotations/0"]', "มติ ครม.")
    page.press('[data-cell="/rules/0/annotations/0"]', "Tab")
    page.click(".decision-choice button >> nth=1")
    page.fill("[name=expression]", "amount * 3")
    page.press("[name=expression]", "Control+Enter")
    expected = STRANGE.replace(">5<", ">7<").replace("มติ<", "มติ ครม.<").replace("amount * 2", "amount * 3")
    before = saved(page, draft, "other.dmn")
    assert canonical(before) == canonical(expected)
    page.fill("[name=decisionName-en]", "Twice")
    page.press("[name=decisionName-en]", "Tab")
    page.click(".another summary")
    page.fill("[name=another-th]", "ค่าขนส่ง")
    page.fill("[name=another-en]", "Freight")
    page.fill("[name=anotherKey]", "plain")
    assert page.is_disabled("[data-add-decision]"), "another has that key"
    page.fill("[name=anotherKey]", "freight")
    page.click("[data-add-decision]")
    page.wait_for_selector('.decision-choice [aria-pressed=true]:has-text("ค่าขนส่ง")')
    after = saved(page, draft, "other.dmn")
    named = 'xmlns:ruam="urn:ruam:bpmn:1">', ' ruam:nameEn="Twice">'
    assert after.startswith(before.partition(">\n  <dmn:decision")[0] + " " + named[0]), "in the root's tag"
    assert after.count("urn:ruam:bpmn:1") == 1
    assert named[1] in after
    root = etree.fromstring(after.encode())
    assert [one.get("{urn:ruam:bpmn:1}nameEn") for one in root.findall("{*}decision")] == [None, "Twice", "Freight"]
    assert [one.get("dmnElementRef") for one in root.iter("{*}DMNShape")] == ["discount", "freight"]
    found = api(page, draft, "/check", "POST", {})["findings"]
    assert [one for one in found if one["file"] == "other.dmn" and one["severity"] == "error"] == []
    page.click("[data-remove-decision]")
    page.click(".decision-choice button >> nth=1")
    page.fill("[name=decisionName-en]", "")
    page.press("[name=decisionName-en]", "Tab")
    assert saved(page, draft, "other.dmn").replace(" " + named[0], ">") == before


def canonical(text: str) -> bytes:
    return bytes(etree.tostring(etree.fromstring(text.encode()), method="c14n"))


def test_rules_and_columns_are_added_moved_and_tried(visit: Callable[..., Page]) -> None:
    page = visit("admin", "/designer", english=True)
    draft = drafted(page)
    added(page, draft, "other.dmn", STRANGE)
    page.click("[data-add-rule]")
    page.wait_for_function("() => document.activeElement.dataset.cell === '/rules/2/inputs/0'")
    page.keyboard.type(">= 1000")
    page.press('[data-cell="/rules/2/inputs/0"]', "Tab")
    page.fill('[data-cell="/rules/2/outputs/0"]', "9")
    page.press('[data-cell="/rules/2/outputs/0"]', "Tab")
    page.click('[data-rule="2"] [data-act-rule=up]')
    page.click('[data-rule="1"] [data-act-rule=up]')
    page.select_option("[name=policy]", "FIRST")
    page.click("[data-add-input]")
    page.fill("[name=input-1-label]", "Kind")
    page.fill("[name=input-1-name]", "kind")
    page.press("[name=input-1-name]", "Tab")
    page.click(".trial summary")
    page.fill("[name=try-amount]", "2000")
    page.wait_for_selector('[data-rule="0"].is-matched')
    assert "Rules 1, 3 match." in page.inner_text(".trial-told")
    assert "9" in page.inner_text(".trial-row")
    root = etree.fromstring(saved(page, draft, "other.dmn").encode())
    rules = root.findall(".//{*}rule")
    assert [[text.text for text in rule.iter("{*}text")] for rule in rules] == [
        [">= 1000", "-", "9", None],
        ["< 100", "-", "0", "มติ"],
        [">= 100", "-", "5", None],
    ]
    found: list[dict[str, Any]] = api(page, draft, "/check", "POST", {})["findings"]
    assert [one for one in found if one["file"] == "other.dmn" and one["severity"] == "error"] == []


def test_a_table_is_changed_in_one_place(visit: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    page = visit("admin", "/designer")
    draft = drafted(page)
    small = 'code,name\r\n1,"a, ""b"""\r\n2,c\r\n'
    added(page, draft, "places.csv", small)
    assert page.input_value('[data-cell="1/1"]') == 'a, "b"'
    page.fill('[data-cell="2/1"]', "ค")
    page.press('[data-cell="2/1"]', "Enter")
    page.click("[data-add-row]")
    page.wait_for_function("() => document.activeElement.dataset.cell === '3/0'")
    page.keyboard.type("3")
    page.keyboard.press("Tab")
    accessible(page)
    assert saved(page, draft, "places.csv") == small.replace("2,c", "2,ค") + "3,\r\n"
    page.click('[data-cell="1/0"] >> xpath=ancestor::tr >> button >> nth=1')
    page.wait_for_selector('[data-cell="3/0"]', state="detached")
    page.click('[data-act="undo"]')
    assert page.input_value('[data-cell="1/1"]') == 'a, "b"'
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
