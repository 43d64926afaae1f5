"""The diagram editor in the browser: a draft's diagram drawn, saved, checked; what others have added survives; two people at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from webui.demo import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

READY = '[data-part="canvas"][data-ready]'
SAVED = '[data-part="state"][data-state="saved"]'
OTHERS = "http://other.example/1"
STRANGE = f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
 xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
 xmlns:r="urn:ruam:bpmn:1" xmlns:o="{OTHERS}" id="d" targetNamespace="x">
<bpmn:process id="strange" name="แปลก" isExecutable="true" o:colour="blue">
<bpmn:extensionElements><o:keeper level="3"><o:inner a="1">ก&amp;ข</o:inner><p xmlns="urn:p">ก</p></o:keeper></bpmn:extensionElements>
<bpmn:startEvent id="begin"/>
<bpmn:userTask id="work" name="งาน" r:nameEn="Work" r:unheard="ไม่รู้จัก" camunda:formKey="form" camunda:unheard="x" o:mark="y">
<bpmn:extensionElements>
<camunda:connector><camunda:connectorId>mail</camunda:connectorId></camunda:connector>
<r:unheardToo a="b">text</r:unheardToo>
<r:deliverable key="plan" th="แผน" en="Plan" instalment="1"/>
<o:note xml:space="preserve">  as it is  </o:note>
</bpmn:extensionElements></bpmn:userTask>
<bpmn:endEvent id="over"/>
</bpmn:process>
<bpmndi:BPMNDiagram id="dia"><bpmndi:BPMNPlane id="plane" bpmnElement="strange">
<bpmndi:BPMNShape id="begin_di" bpmnElement="begin"><dc:Bounds x="400" y="200" width="36" height="36"/></bpmndi:BPMNShape>
<bpmndi:BPMNShape id="work_di" bpmnElement="work"><dc:Bounds x="500" y="178" width="120" height="80"/></bpmndi:BPMNShape>
<bpmndi:BPMNShape id="over_di" bpmnElement="over"><dc:Bounds x="700" y="200" width="36" height="36"/></bpmndi:BPMNShape>
</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>
"""


def drafted(page: Page, process: str = "project") -> str:
    """Begin a draft of a deployed process; returns its address."""
    page.goto("/designer/new")
    page.select_option("#process", process)
    page.fill("#title", "ปรับขั้นตอน")
    page.click(".form-bar .primary")
    page.wait_for_url(re.compile(r"/designer/[0-9a-f]{32}$"))
    return page.url


def opened(page: Page, draft: str, path: str) -> None:
    """Open a diagram and wait until it can be drawn on."""
    page.goto(f"{draft}/edit/{path}")
    page.wait_for_selector(READY)


def chosen(page: Page, element: str) -> None:
    """Choose an element as a finding does: by its address."""
    page.evaluate("id => { location.hash = `element=${id}` }", element)
    page.wait_for_function("id => document.querySelector('.panel-id code')?.textContent === id", arg=element)


def panel_open(page: Page) -> None:
    """Open every part of the panel."""
    page.evaluate("document.querySelectorAll('.panel-group').forEach((part) => { part.open = true; })")


def api(page: Page, draft: str, path: str, method: str = "GET", body: dict[str, Any] | None = None) -> Any:
    """Ask the drafts' JSON as the page does."""
    token = page.get_attribute('meta[name="csrf-token"]', "content") or ""
    url = f"/designer/api/drafts/{draft.rpartition('/')[2]}{path}"
    answer = page.request.fetch(url, method=method, data=body, headers={"X-CSRFToken": token, "Referer": page.url})
    assert answer.ok, f"{method} {url}: {answer.status} {answer.text()}"
    return answer.json()


def saved(page: Page, draft: str, path: str) -> etree._Element:
    """The file as the server has it, once the page says that all is saved."""
    page.keyboard.press("Control+s")
    page.wait_for_selector(SAVED)
    return etree.fromstring(api(page, draft, f"/files/{path}")["content"].encode())


def test_a_task_between_two_others(visit: Callable[..., Page]) -> None:
    page = visit("admin", "/designer")
    draft = drafted(page)
    opened(page, draft, "project.bpmn")
    chosen(page, "step02")
    page.click('.djs-context-pad [data-action="append.append-task"]')
    page.keyboard.press("Escape")
    created = page.inner_text(".panel-id code")
    assert created not in ("step02", "step03"), "the new task is chosen"
    page.wait_for_selector('[data-group="person"]')  # a new task is work of people
    page.fill("[name=name]", "สอบทานรายงานการศึกษา")
    page.fill("[name=nameEn]", "Review the study")
    panel_open(page)
    page.select_option("[name=doer]", "party")
    page.select_option("[name=party]", "opdc")
    page.select_option("[name=form]", "study_report")
    page.select_option("[name=due]", "window")
    page.select_option("[name=dueStep]", "3")
    page.select_option("[name=dueSide]", "before")
    page.fill("[name=step]", "2ก")
    page.press("[name=step]", "Enter")
    assert "3 วันทำการก่อนสิ้นสุดช่วงของขั้นตอนที่ 3" in page.inner_text(".prop-said")
    root = saved(page, draft, "project.bpmn")
    made = page.inner_text(".panel-id code")
    task = root.find(f".//{{*}}userTask[@id='{made}']")
    assert task is not None
    assert task.get("name") == "สอบทานรายงานการศึกษา"
    ruam, camunda = "{urn:ruam:bpmn:1}", "{http://camunda.org/schema/1.0/bpmn}"
    assert task.get(f"{ruam}nameEn") == "Review the study"
    assert task.get(f"{ruam}step") == "2ก"
    assert task.get(f"{camunda}formKey") == "study_report"
    assert task.get(f"{camunda}candidateGroups") == "opdc"
    assert task.get(f"{camunda}dueDate") == "${working_days_before(windows['3'].closes, 3)}"
    page.reload()
    page.wait_for_selector(READY)
    chosen(page, made)
    assert page.input_value("[name=name]") == "สอบทานรายงานการศึกษา"
    assert page.input_value("[name=due]") == "window"


def test_a_step_by_keys_and_its_copy_in_another_diagram(visit: Callable[..., Page]) -> None:
    page = visit("admin", "/designer")
    draft = drafted(page)
    opened(page, draft, "project.bpmn")
    chosen(page, "step02")
    page.focus(".djs-container > svg")
    page.keyboard.press("a")
    page.keyboard.insert_text("สอบทานรายงาน")
    page.keyboard.press("Enter")
    page.wait_for_selector(".panel-head h2:has-text('สอบทานรายงาน')")
    page.select_option("[name=form]", "study_report")
    made = page.inner_text(".panel-id code")
    root = saved(page, draft, "project.bpmn")
    before = root.find(f".//{{*}}sequenceFlow[@targetRef='{made}']")
    after = root.find(f".//{{*}}sequenceFlow[@sourceRef='{made}']")
    assert before is not None
    assert after is not None
    assert before.get("sourceRef") == "step02", "it is on the way that led on, not beside it"
    left, step, right = (across(root, one) for one in ("step02", made, after.get("targetRef", "")))
    assert left[1] < step[0], "what follows has made room"
    assert step[1] < right[0]
    page.focus(".djs-container > svg")
    page.keyboard.press("Control+c")
    opened(page, draft, "acceptance.bpmn")
    page.mouse.move(500, 700)
    page.focus(".djs-container > svg")
    page.keyboard.press("Control+v")
    page.mouse.move(600, 290, steps=4)
    page.mouse.down()
    page.mouse.up()
    page.wait_for_selector(".panel-head h2:has-text('สอบทานรายงาน')")
    copy = saved(page, draft, "acceptance.bpmn").find(".//{*}userTask[@name='สอบทานรายงาน']")
    assert copy is not None
    assert copy.get("{http://camunda.org/schema/1.0/bpmn}formKey") == "study_report", "what is not BPMN's own goes with it"
    page.goto("/inbox")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('ruam.'))") == ["ruam.copied admin"]
    page.locator("form[data-logout]").first.evaluate("(form) => form.requestSubmit()")
    page.wait_for_url("**/login*")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('ruam.'))") == [], "who logs out takes it with him"


def test_paths_are_led_elsewhere_without_a_mouse(visit: Callable[..., Page]) -> None:
    page = visit("admin", "/designer")
    draft = drafted(page, "leave")
    opened(page, draft, "leave.bpmn")
    chosen(page, "approved")
    leads = page.locator('[data-group="paths"]')
    assert leads.locator("label", has_text="ส่งคืน").count() == 1, "each path is called by its name"
    assert leads.locator("[name=leadTo] option").all_inner_texts()[0] == "เลือก…"
    page.locator("[name=target]").first.select_option(label="บันทึกแล้ว")
    page.wait_for_function("() => [...document.querySelectorAll('[name=target]')].some((one) => one.selectedOptions[0].text === 'บันทึกแล้ว')")
    page.select_option("[name=leadTo]", label="แก้ไขคำขอลา")
    page.press("[name=leadTo]", "Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('[name=target]').length === 3")
    root = saved(page, draft, "leave.bpmn")
    ends = {one.get("id"): one.get("targetRef") for one in root.iterfind(".//{*}sequenceFlow[@sourceRef='approved']")}
    assert ends["approved_to_revise"] == "ended"
    assert sorted(ends.values()) == ["ended", "record", "revise"]
    page.get_by_role("button", name="เปิดเส้นทางนี้").nth(2).click()
    page.wait_for_selector('[data-group="ends"]')
    new = page.inner_text(".panel-id code")
    assert ends[new] == "revise"
    page.get_by_role("button", name="ไปที่นั่น").click()
    page.wait_for_function("() => document.querySelector('.panel-id code').textContent === 'revise'")
    panel_open(page)
    assert page.locator(".ways-here button").all_inner_texts() == ["อนุมัติหรือไม่"]


def across(root: etree._Element, element: str) -> tuple[float, float]:
    """Where a shape begins and ends, from left to right."""
    bounds = root.find(f".//{{*}}BPMNShape[@bpmnElement='{element}']/{{*}}Bounds")
    assert bounds is not None
    return float(bounds.get("x", 0)), float(bounds.get("x", 0)) + float(bounds.get("width", 0))


def test_every_change_can_be_undone(visit: Callable[..., Page]) -> None:
    page = visit("admin", "/designer")
    draft = drafted(page)
    opened(page, draft, "project.bpmn")
    before = etree.tostring(saved_unchanged(page, draft), method="c14n")
    chosen(page, "step01")
    panel_open(page)
    page.fill("[name=remind]", "5")
    page.press("[name=remind]", "Enter")
    page.click('[data-group="papers"] .add-row >> nth=0')
    page.wait_for_function("() => document.querySelectorAll('[data-group=papers] .rows-one').length === 2")
    page.select_option("[name=loop]", "all")
    page.fill("[name=collection]", "provinces")
    page.press("[name=collection]", "Enter")
    assert saved(page, draft, "project.bpmn").find(".//{*}userTask[@id='step01']/{*}multiInstanceLoopCharacteristics") is not None
    page.fill("[name=elementId]", "step02")
    page.press("[name=elementId]", "Enter")
    assert "step02" in page.inner_text("[data-group=identity] [role=alert]"), "another element has it"
    page.fill("[name=elementId]", "step01_plan")
    page.press("[name=elementId]", "Enter")
    page.wait_for_selector("[data-group=identity] [role=status]:has-text('step01_plan')")
    panel_open(page)
    root = saved(page, draft, "project.bpmn")
    flows = root.findall(".//{*}sequenceFlow[@targetRef='step01_plan']") + root.findall(".//{*}sequenceFlow[@sourceRef='step01_plan']")
    assert len(flows) == 2, "what refers to it follows"
    assert root.find(".//{*}flowNodeRef[.='step01_plan']") is not None
    assert root.find(".//{*}BPMNShape[@bpmnElement='step01_plan']") is not None
    assert b'"step01"' not in etree.tostring(root)
    while page.is_enabled('[data-act="undo"]'):
        page.click('[data-act="undo"]')
    assert page.input_value("[name=remind]") == ""
    page.wait_for_function("() => document.querySelectorAll('[data-group=papers] .rows-one').length === 1")
    page.click('[data-act="redo"]')
    page.click('[data-act="undo"]')
    assert etree.tostring(saved(page, draft, "project.bpmn"), method="c14n") == before


def saved_unchanged(page: Page, draft: str) -> etree._Element:
    """The file as bpmn-js writes it without any change of meaning: a name set and set back."""
    chosen(page, "step01")
    page.fill("[name=name]", "อื่น")
    page.press("[name=name]", "Control+Enter")
    page.wait_for_function("() => !document.querySelector('[data-act=undo]').disabled")
    page.click('[data-act="undo"]')
    return saved(page, draft, "project.bpmn")


def test_a_finding_leads_to_its_element(visit: Callable[..., Page]) -> None:
    page = visit("admin", "/designer")
    draft = drafted(page)
    opened(page, draft, "project.bpmn")
    chosen(page, "step06")
    panel_open(page)
    page.select_option("[name=doer]", "text")
    page.fill("[name=groups]", "nobody_of_this_name")
    page.press("[name=groups]", "Control+Enter")
    page.evaluate("location.hash = 'element=step22'")
    page.click('.check-one[data-element="step06"]')
    page.wait_for_function("() => document.querySelector('.panel-id code').textContent === 'step06'")
    assert page.locator(".check-badge").first.is_visible(), "it is marked on the canvas too"
    page.click('[data-act="undo"]')
    page.wait_for_function("() => !document.querySelector('.check-one[data-element=step06]')")


def test_what_others_added_survives(visit: Callable[..., Page]) -> None:
    page = visit("admin", "/designer")
    draft = drafted(page)
    opened(page, draft, "project.bpmn")
    api(page, draft, "/files", "POST", {"path": "strange.bpmn", "content": STRANGE})
    opened(page, draft, "strange.bpmn")
    chosen(page, "work")
    page.fill("[name=name]", "งานใหม่")
    page.press("[name=name]", "Control+Enter")
    page.evaluate("location.hash = ''")
    chosen(page, "work")
    page.focus('[data-part="canvas"] svg[tabindex]')
    page.keyboard.press("Control+c")  # a copy has it all too
    page.keyboard.press("Control+v")
    for x in range(480, 540, 10):
        page.mouse.move(x, 620)
    page.mouse.down()
    page.mouse.up()
    page.wait_for_function("() => !['work', 'strange'].includes(document.querySelector('.panel-id code').textContent)")
    after, before = saved(page, draft, "strange.bpmn"), etree.fromstring(STRANGE.encode())
    assert foreign(after.find(".//{*}process")) == foreign(before.find(".//{*}process"))
    original = foreign(before.find(".//{*}userTask"))
    tasks = after.findall(".//{*}userTask")
    assert [foreign(task) for task in tasks] == [original, original]


def foreign(element: etree._Element | None) -> tuple[dict[str, str], list[bytes]]:
    """What is not BPMN's on an element: attributes, and extension elements in canonical form, white space between them aside."""
    assert element is not None
    plain = etree.XMLParser(remove_blank_text=True)
    extensions = element.find("{*}extensionElements")
    children = [etree.fromstring(etree.tostring(child, with_tail=False), plain) for child in (() if extensions is None else extensions)]
    attributes = {name: value for name, value in element.attrib.items() if name.startswith("{")}
    return attributes, [etree.tostring(child, method="c14n", exclusive=True) for child in children]


def test_two_who_change_the_same_diagram(visit: Callable[..., Page]) -> None:
    first = visit("admin", "/designer")
    draft = drafted(first)
    opened(first, draft, "project.bpmn")
    second = visit("designer", "/designer")
    opened(second, draft, "project.bpmn")
    second.wait_for_selector('[data-part="others"]:not([hidden])')
    first.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as every half minute
    first.wait_for_selector('[data-part="others"]:not([hidden])')
    for page, name in ((first, "ของคนแรก"), (second, "ของคนที่สอง")):
        chosen(page, "step01")
        page.fill("[name=name]", name)
        page.press("[name=name]", "Control+Enter")
        if page is first:
            saved(first, draft, "project.bpmn")
    second.wait_for_selector("dialog[open]")
    assert second.locator("[data-part=state]").get_attribute("data-state") == "conflict"
    second.evaluate("document.querySelector('.designer-back span').textContent = 'ชื่อร่างที่ยาวมาก '.repeat(9)")
    shown = second.locator("[data-part=state]").bounding_box()
    assert shown is not None
    assert shown["width"] > 90, "that it is not saved is seen however long the names are"
    copy = re.search(r"\d+", second.inner_text("dialog .primary"))
    assert copy, "what the second had is kept, under a number"
    second.click("dialog .primary")
    second.wait_for_selector(READY)
    chosen(second, "step01")
    assert second.input_value("[name=name]") == "ของคนแรก"
    lost = api(second, draft, f"/revisions/{copy[0]}/project.bpmn")
    assert "ของคนที่สอง" in lost["content"]


def test_who_was_logged_out_meanwhile_loses_nothing(visit: Callable[..., Page]) -> None:
    page = visit("admin", "/designer")
    draft = drafted(page)
    page.goto(f"{draft}/edit/schedule.toml")
    page.wait_for_selector("[data-writing][data-ready]")
    page.context.clear_cookies()
    page.select_option("[name=closes-12-month]", "08")
    page.keyboard.press("Control+s")
    page.wait_for_selector('[data-part="state"][data-state="loggedOut"]')
    other = page.context.new_page()
    other.goto("/login")
    other.fill("#name", "admin")
    other.fill("#password", PASSWORD)
    other.click("[data-login]")
    other.wait_for_url("**/inbox*")
    page.bring_to_front()
    page.keyboard.press("Control+s")  # else it is tried by itself
    page.wait_for_selector(SAVED)
    kept = tomllib.loads(api(page, draft, "/files/schedule.toml")["content"])
    assert kept["windows"]["12"]["closes"] == "08-31"


def test_conditions_and_times_in_words(visit: Callable[..., Page]) -> None:
    page = visit("admin", "/designer", english=True)
    draft = drafted(page)
    opened(page, draft, "site_assessment.bpmn")
    chosen(page, "asks_to_answer")
    assert page.input_value("[name=comparison-0]") == "=="
    page.select_option("[name=comparison-0]", "!=")
    page.click('[data-group="flow"] .add-row')
    page.wait_for_selector("[name=join]")
    page.select_option("[name=join]", "or")
    root = saved(page, draft, "site_assessment.bpmn")
    told = root.findtext(".//{*}sequenceFlow[@id='asks_to_answer']/{*}conditionExpression") or ""
    assert told.startswith("${action != 'ask' or "), told
    opened(page, draft, "project.bpmn")
    chosen(page, "step12_closing")
    page.select_option("[name=timer]", "duration")
    page.fill("[name=afterAmount]", "2")
    page.press("[name=afterAmount]", "Enter")
    page.select_option("[name=afterUnit]", "week")
    root = saved(page, draft, "project.bpmn")
    assert root.findtext(".//{*}boundaryEvent[@id='step12_closing']//{*}timeDuration") == "P2W"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(visit: Callable[..., Page], accessible: Callable[[Page], None], scheme: str) -> None:
    page = visit("admin", "/designer", color_scheme=scheme)
    draft = drafted(page)
    opened(page, draft, "project.bpmn")
    chosen(page, "step02")
    panel_open(page)
    accessible(page)
    page.click('[data-act="help"]')
    page.wait_for_selector("dialog[open]")
    accessible(page)


def test_a_narrow_screen_reads(visit: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    page = visit("admin", "/designer", width=390, height=800)
    draft = drafted(page)
    opened(page, draft, "project.bpmn")
    assert page.locator(".is-narrow").is_visible()
    assert page.locator(".djs-palette").count() == 0, "nothing to draw with"
    assert page.locator(".bjs-powered-by").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    accessible(page)


def test_the_schedule_as_a_table(visit: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    page = visit("admin", "/designer")
    draft = drafted(page)
    page.goto(f"{draft}/edit/schedule.toml")
    page.wait_for_selector("[data-writing][data-ready]")
    before = api(page, draft, "/files/schedule.toml")["content"]
    assert page.locator(".schedule-table tbody tr").count() == 24
    assert "จัดทำรายงานการศึกษา" in page.inner_text(".schedule-table tbody tr >> nth=1"), "a step is told by its name"
    page.select_option("[name=closes-12-month]", "08")
    page.select_option("[name=closes-12-day]", "07")
    page.fill("[name=before]", "5")
    page.press("[name=before]", "Enter")
    accessible(page)
    page.wait_for_selector(SAVED)
    after = api(page, draft, "/files/schedule.toml")["content"]
    window = '[windows.12]\nopens = "07-01"\ncloses = "{}"'
    assert after == before.replace(window.format("07-31"), window.format("08-07")).replace("before = 3", "before = 5")
    page.click("[data-view=text]")
    assert window.format("08-07") in page.input_value("textarea")
