"""The page of one file of a draft: which editor it gets, who may open it, what its policy allows."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from engine.engine import Engine
from engine.people import SYSTEM, Actor
from engine.states import Role
from tests.webui.pages.conftest import PASSWORD, Browser
from webui.application import create_app
from webui.provider import Provider
from webui.settings import Settings

DESIGNER = Actor("draws", roles=frozenset({Role.DESIGNER}))


def test_each_kind_of_file_gets_its_editor(app: Flask, office: Engine) -> None:
    office.add_user("draws", name="ผู้ออกแบบ", name_en="Designer", password=PASSWORD, roles=[Role.DESIGNER], actor=SYSTEM)
    draft = office.draft_deployed("letter", title="ตรวจให้ชัด", actor=DESIGNER)
    browser = Browser(app)
    browser.log_in("draws")
    diagram = browser.get(f"/designer/{draft}/edit/letter.bpmn")
    assert diagram.status_code == 200
    assert 'data-path="letter.bpmn"' in diagram.text
    assert "data-designer" in diagram.text
    policy = diagram.headers["Content-Security-Policy"]
    assert policy.endswith("; style-src-attr 'unsafe-inline'")
    assert "script-src 'self';" in policy
    form = next(one.path for one in office.draft(draft, actor=DESIGNER).files if one.kind == "form")
    assert "data-writing" in browser.get(f"/designer/{draft}/edit/{form}").text
    assert browser.get(f"/designer/{draft}/edit/nothing.bpmn").status_code == 404
    assert browser.get("/designer/0000/edit/letter.bpmn").status_code == 404


def test_others_do_not_know_of_it(app: Flask, office: Engine) -> None:
    office.add_user("draws", name="ผู้ออกแบบ", name_en="Designer", password=PASSWORD, roles=[Role.DESIGNER], actor=SYSTEM)
    draft = office.draft_deployed("letter", title="ตรวจให้ชัด", actor=DESIGNER)
    office.add_user("reads", name="ผู้อ่าน", name_en="Reader", password=PASSWORD, actor=SYSTEM)
    browser = Browser(app)
    browser.log_in("reads")
    assert browser.get(f"/designer/{draft}/edit/letter.bpmn").status_code in (403, 404)


def test_who_logs_out_there_is_sent_on_to_the_agencys_login_as_from_any_page(office: Engine, engine_url: str, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", engine_url, provider=Provider("https://login.example/x", "ruam"))
    browser = Browser(create_app(office, settings))
    browser.log_in("admin")
    draft = office.draft_deployed("letter", title="ตรวจให้ชัด", actor=DESIGNER)
    policies = [browser.get(path).headers["Content-Security-Policy"] for path in ("/inbox", f"/designer/{draft}/edit/letter.bpmn")]
    assert all("form-action 'self' https://login.example" in policy.split("; ") for policy in policies)
    assert ["unsafe" in policy for policy in policies] == [False, True]
