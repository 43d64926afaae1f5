"""What was played is kept as a test: a draft played by hand, and an instance that somebody else played; the list of a draft's tests."""

from __future__ import annotations

import re

from flask import Flask

from engine.engine import Engine
from engine.packtests.trials import Trials
from engine.people import SYSTEM
from tests.webui.pages.conftest import Browser
from tests.webui.pages.test_designer import app as app
from tests.webui.pages.test_designer import as_user, begun

LETTER = {"subject": "เชิญประชุม", "day.day": "3", "day.month": "6", "day.year": "2569", "kind": "urgent", "reason": "ด่วนมาก", "copies": "2",
          "places[0][name]": "จังหวัด"}  # fmt: skip
TASK = re.compile(r"/trial/tasks/([0-9a-f]{32})")


def task_of(page: str) -> str:
    found = TASK.search(page)
    assert found, page
    return found[1]


def played(browser: Browser, draft: str) -> str:
    """The trial of the letter, from start to end; its page."""
    here = f"/designer/{draft}/trial"
    assert 'name="process"' in browser.get(here).text
    assert browser.send(here, {"process": "letter", "date": "1/6/2569"}).status_code == 302
    assert "ปี" in browser.get(here).text
    assert browser.send(f"{here}/start", {"year": "2400"}).status_code == 422
    assert browser.send(f"{here}/start", {"year": "2569"}).status_code == 302
    task = task_of(browser.get(here).text)
    assert browser.send(f"{here}/tasks/{task}", {**LETTER, "subject": ""}).status_code == 422
    assert browser.send(f"{here}/visible?task={task}", LETTER).json["visible"].count("reason") == 1
    assert browser.send(f"{here}/tasks/{task}", LETTER).status_code == 302
    page = browser.get(here).text
    assert b"<" in browser.get(f"{here}/xml").data
    assert browser.get(f"{here}/state").json["done"] == ["s", "write"]
    assert browser.send(f"{here}/tasks/{task_of(page)}", {"verdict": "good"}).status_code == 302
    return browser.get(here).text


def test_a_draft_is_played_once_and_kept_as_a_test(app: Flask, office: Engine) -> None:
    designer = as_user(app, "designer")
    draft = begun(designer)
    page = played(designer, draft)
    assert "writers · <strong>ร่างหนังสือ</strong>" in page
    assert "ด่วน" in page
    kept = designer.send(f"/designer/{draft}/trial/keep", {"keep": "yes", "title": "ผ่านในครั้งเดียว", "tasks": "yes", "end": "yes",
                                                           "that": "verdict == 'good'"})  # fmt: skip
    assert kept.location.endswith(f"/designer/{draft}/tests")
    assert "แบบทดสอบนี้ผ่าน" in designer.get(kept.location).text
    content = office.draft_contents(draft, actor=SYSTEM)["tests/played_1.toml"].decode()
    assert 'th = "ผ่านในครั้งเดียว"' in content
    assert "expect.that = [\"verdict == 'good'\"]" in content
    assert 'expect.passed = ["e"]' in content
    listed = designer.get(f"/designer/{draft}/tests").text
    assert "ผ่านในครั้งเดียว" in listed
    played_again = designer.post(f"/designer/{draft}/tests", name="played_1").text
    assert "is-done" in played_again.split("played_1.toml")[0].rsplit("<section", 1)[1], played_again
    assert designer.send(f"/designer/{draft}/trial/keep", {"keep": "yes", "title": "ว่าง"}).status_code == 302
    assert sum(path.startswith("tests/") for path in office.draft_contents(draft, actor=SYSTEM)) == 1  # it would have expected nothing
    designer.post(f"/designer/{draft}/trial/end")
    assert not Trials(office).there(draft, actor=office.actor("designer"))


def test_a_trial_is_its_players_alone(app: Flask, office: Engine) -> None:
    designer, other, stranger = as_user(app, "designer"), as_user(app, "designer2"), as_user(app, "stranger")
    draft = begun(designer)
    played(designer, draft)
    assert "/trial/tasks/" not in other.get(f"/designer/{draft}/trial").text
    assert other.get(f"/designer/{draft}/trial/state").status_code == 404
    assert stranger.get(f"/designer/{draft}/trial").status_code == 403
    assert stranger.get(f"/designer/{draft}/tests").status_code == 403


def test_a_failing_test_leads_to_its_element_and_file(app: Flask, office: Engine) -> None:
    designer = as_user(app, "designer")
    draft = begun(designer)
    failing = 'th = "เกินไป"\nprocess = "letter"\n[start]\nfill = true\n[[step]]\ncomplete = "check"\nfill = true\nexpect.tasks = []\n'
    office.add_draft_files(draft, {"tests/a.toml": failing.encode(), "tests/b.toml": b"process = 1"}, actor=office.actor("designer"))
    page = designer.post(f"/designer/{draft}/tests").text
    assert "tests/b.toml" in page  # with its mistake nothing is played
    assert "process-test" in page
    revision = next(file.revision for file in office.draft(draft, actor=SYSTEM).files if file.path == "tests/b.toml")
    back = designer.post(f"/designer/{draft}/remove/tests/b.toml", revision=str(revision), next=f"/designer/{draft}/tests")
    assert back.location.endswith("/tests")
    page = designer.post(f"/designer/{draft}/tests").text
    assert "edit/letter.bpmn#element=check" in page
    assert "edit/tests/a.toml" in page
    assert "ไม่มี “ตรวจร่าง” ที่เปิดอยู่" in page
    assert "edit/tests/a.toml" not in designer.get(f"/designer/{draft}/check").text
    checked = designer.post(f"/designer/{draft}/check").text
    assert "edit/letter.bpmn#element=check" in checked
    assert "edit/tests/a.toml" in checked


def test_an_administrator_keeps_what_somebody_played(app: Flask, office: Engine) -> None:
    writer = office.actor("writer")
    instance = office.start("letter", variables={"year": 2569}, actor=writer)
    (task,) = office.tasks(actor=SYSTEM, root_id=instance.id).items
    answers = {"subject": "เชิญนายสมปอง", "day": "2026-06-03", "kind": "plain", "copies": 2, "places": [{"name": "นายสมปอง"}]}
    office.complete_task(task.id, answers, actor=writer)
    admin = as_user(app, "admin")
    here = f"/administration/instances/{instance.id}/test"
    assert here in admin.get(f"/administration/instances/{instance.id}").text
    page = admin.get(here).text
    assert "ทั่วไป" in page
    assert "สมปอง" not in page
    assert "สมปอง" in admin.get(f"{here}?texts=yes").text
    saved = admin.send(here, {"keep": "yes", "title": "Letter", "tasks": "yes", "texts": "no", "download": "yes"})
    assert saved.data.startswith(b'th = "Letter"') or saved.data.startswith(b'en = "Letter"')
    assert "สมปอง".encode() not in saved.data
    assert b"writer" not in saved.data.replace(b"writers", b"")
    kept = admin.send(here, {"keep": "yes", "title": "ร่างแล้ว", "tasks": "yes", "texts": "no", "draft": "new"})
    draft = kept.location.split("/")[-2]
    played = admin.get(f"/designer/{draft}/tests") and admin.post(f"/designer/{draft}/tests").text
    assert "ร่างแล้ว" in played
    assert 'class="state is-done"' in played
    assert as_user(app, "stranger").get(here).status_code == 403
