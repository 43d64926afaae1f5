"""The preview of a form and the trial of a decision before they are saved: what they show, who may ask, that nothing is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from engine.engine import Engine
from engine.people import SYSTEM, Actor
from engine.states import Role
from tests.webui.pages.conftest import PASSWORD
from tests.webui.pages.test_designer import Modeler, as_user

DESIGNER = Actor("designer", roles=frozenset({Role.DESIGNER}))
FORM: dict[str, Any] = {
    "type": "object",
    "title": "ตรวจเยี่ยม",
    "x-en": {"title": "Visit"},
    "description": "อ่าน **ก่อน**",
    "x-instructions": {"th": "ถึง${province.th}", "en": "To ${province.en}\n- first"},
    "properties": {
        "note": {"type": "string", "title": "<b>บันทึก</b>", "x-en": {"title": "Note"}},
        "why": {"type": "string", "title": "เหตุผล", "x-visible": "${note == 'x'}"},
        "member": {"type": "array", "x-widget": "checkboxes", "title": "ผู้แทน", "x-options": "${delegates}"},
        "place": {"type": "string", "title": "จังหวัด", "x-options": "${table('places.csv')}"},
    },
}
DECISION = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
<decision id="grade" name="เกรด">
<decisionTable id="t" hitPolicy="UNIQUE"><input id="i"><inputExpression id="e" typeRef="number"><text>score</text></inputExpression></input>
<output id="o" name="grade" typeRef="string"/>
<rule id="r1"><inputEntry id="a"><text>&gt;= 60</text></inputEntry><outputEntry id="b"><text>"pass"</text></outputEntry></rule>
<rule id="r2"><inputEntry id="c"><text>&lt; 80</text></inputEntry><outputEntry id="f"><text>other</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


@pytest.fixture
def app(app: Flask, office: Engine) -> Flask:
    """The application with a designer and somebody who is none."""
    office.add_user("designer", name="ผู้ออกแบบ", password=PASSWORD, roles=[Role.DESIGNER], actor=SYSTEM)
    office.add_user("reads", name="ผู้อ่าน", password=PASSWORD, actor=SYSTEM)
    return app


@pytest.fixture
def draft(app: Flask, office: Engine) -> str:
    """A draft with a table of places."""
    draft = office.draft_deployed("letter", title="ทดลอง", actor=DESIGNER)
    office.add_draft_files(draft, {"places.csv": "value,th,en\n10,กรุงเทพ,Bangkok\n".encode()}, actor=DESIGNER)
    return draft


def shown(browser: Modeler, draft: str, form: dict[str, Any], language: str = "") -> Any:
    return browser.ask("POST", f"{draft}/preview", {"path": "forms/visit.json", "content": json.dumps(form), "language": language})


def test_a_form_is_shown_as_its_task_shows_it(app: Flask, office: Engine, draft: str) -> None:
    browser = as_user(app, "designer")
    before = office.draft(draft, actor=DESIGNER).draft.revision
    thai, english = (shown(browser, draft, FORM, language).json["html"] for language in ("th", "en"))
    assert '<html lang="th">' in thai
    assert "ตรวจเยี่ยม" in thai
    assert '<html lang="en">' in english
    assert "Visit" in english
    assert "&lt;b&gt;บันทึก&lt;/b&gt;" in thai, "what somebody typed is text"
    assert "<strong>ก่อน</strong>" in thai, "written as its task shows it"
    assert "<li>first</li>" in english
    assert "<form" not in thai
    assert "<script" not in thai
    assert "note == &#39;x&#39;" in thai, "a field that is asked at times is shown, and when"
    assert 'data-conditional="why" hidden' not in thai
    assert "กรุงเทพ" in thai, "choices from the draft's own tables"
    assert "ตัวเลือกที่ 1" in thai, "and made-up ones where only what runs knows them"
    assert browser.get("/account").text.count('lang="th"'), "the language of the page itself stays"
    assert office.draft(draft, actor=DESIGNER).draft.revision == before


def test_what_is_answered_says_what_is_asked(app: Flask, draft: str) -> None:
    browser = as_user(app, "designer")
    asked = {"path": "forms/visit.json", "content": json.dumps(FORM)}
    untouched = browser.ask("POST", f"{draft}/preview", asked).json["visible"]
    assert untouched == ["note", "member", "place"]
    told = browser.ask("POST", f"{draft}/preview", asked | {"answered": ["note", "gone"], "answers": {"note": ["x"]}}).json
    assert told["visible"] == ["note", "why", "member", "place"]
    assert 'value="x"' in told["html"], "what was answered stays where the form is changed"
    unknown = {**FORM, "properties": {**FORM["properties"], "when": {"type": "string", "x-visible": "${province.region == 'north'}"}}}
    assert shown(browser, draft, unknown).json["visible"] == [*untouched, "when"], "what only a running instance knows hides nothing"


def test_what_is_no_form_is_said(app: Flask, draft: str) -> None:
    browser = as_user(app, "designer")
    answer = browser.ask("POST", f"{draft}/preview", {"path": "forms/visit.json", "content": "{", "language": "th"})
    assert answer.status_code == 422
    assert answer.json["problems"][0]["rule"] == "form-syntax"
    wrong = shown(browser, draft, {**FORM, "properties": {"a": {"type": "string", "x-visible": "${(}"}}})
    assert wrong.status_code == 422
    assert wrong.json["problems"][0]["field"] == "/a/x-visible"
    assert browser.ask("POST", f"{draft}/preview", {"content": 1}).status_code == 422
    assert shown(browser, "0000", FORM).status_code == 404


def test_a_decision_is_tried(app: Flask, draft: str) -> None:
    browser = as_user(app, "designer")

    def tried(**values: str) -> Any:
        asked = {"path": "grade.dmn", "content": DECISION, "decision": "grade", "values": values}
        return browser.ask("POST", f"{draft}/decide", asked).json

    one = tried(score="90")
    assert one["names"] == ["score", "other"]
    assert one["matched"] == [1]
    assert one["rows"] == [[{"name": "grade", "value": "pass"}]]
    assert one["fault"] is None
    assert tried(score="10", other="ไม่ผ่าน")["rows"] == [[{"name": "grade", "value": "ไม่ผ่าน"}]]
    both = tried(score="70")
    assert both["matched"] == [1, 2]
    assert "UNIQUE" in both["fault"]["en"]
    asked = {"path": "grade.dmn", "content": DECISION.replace("&gt;= 60", ">= ("), "decision": "grade"}
    broken = browser.ask("POST", f"{draft}/decide", asked).json
    assert broken["matched"] == []
    assert broken["fault"]["th"]
    assert browser.ask("POST", f"{draft}/decide", {**asked, "decision": "none"}).status_code == 404
    assert browser.ask("POST", f"{draft}/decide", {**asked, "content": "<"}).status_code == 422


def test_a_finding_names_its_cell(app: Flask, draft: str) -> None:
    browser = as_user(app, "designer")
    content = DECISION.replace("&lt; 80", "80..").replace('"pass"', "lost(")
    found = browser.ask("POST", f"{draft}/check", {"path": "grade.dmn", "content": content}).json["findings"]
    assert {one["field"] for one in found if one["file"] == "grade.dmn"} == {"/rules/0/outputs/0", "/rules/1/inputs/0"}


def test_others_may_not(app: Flask, draft: str) -> None:
    browser = as_user(app, "reads")
    for path in ("preview", "decide"):
        answer = browser.ask("POST", f"{draft}/{path}", {"path": "a.dmn", "content": DECISION, "decision": "grade"})
        assert answer.status_code in (403, 404)
    assert as_user(app, "designer").ask("POST", f"{draft}/preview", {"path": "f", "content": "{}"}, token=False).status_code == 400
