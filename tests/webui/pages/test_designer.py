"""Process design: from a draft to what is active, by its pages and its JSON; who may; hostile files."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.http import parse_options_header

from engine.engine import Engine
from engine.people import SYSTEM, Actor
from engine.states import Role
from engine.testing import linear
from tests.webui.pages.conftest import FILES, PASSWORD, Browser
from webui.application import create_app
from webui.settings import Settings

DESIGNER = Actor("designer", roles=frozenset({Role.DESIGNER}))
LONGER = FILES["letter.bpmn"].replace('name="ตรวจร่าง"'.encode(), 'name="ตรวจร่างหนังสือ"'.encode())


@pytest.fixture
def app(office: Engine, engine_url: str, tmp_path: Path) -> Flask:
    """The application with two designers and an approver."""
    for name, role in (("designer", Role.DESIGNER), ("designer2", Role.DESIGNER), ("approver", Role.APPROVER)):
        office.add_user(name, name=f"ผู้ใช้ {name}", name_en=f"User {name}", password=PASSWORD, roles=[role], actor=SYSTEM)
    made = create_app(office, Settings(tmp_path / "home", engine_url))
    made.testing = True
    return made


class Modeler(Browser):
    """Asks as the modeler's script does."""

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, *, token: bool = True) -> Any:
        headers = {"Accept": "application/json"} | ({"X-CSRFToken": self.token} if token else {})
        return self.http.open("/designer/api/drafts/" + path, method=method, json=body, headers=headers)


def as_user(app: Flask, name: str) -> Modeler:
    browser = Modeler(app)
    browser.log_in(name)
    browser.get("/account")
    return browser


def begun(browser: Browser, **fields: Any) -> str:
    browser.get("/designer/new")
    answer = browser.send("/designer/new", {"from": "deployed", "process": "letter", "title": "ตรวจให้ชัด", **fields})
    assert answer.status_code == 302, answer.text
    return str(answer.location).rsplit("/", 1)[-1]


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_from_a_draft_to_what_is_active(app: Flask, office: Engine) -> None:
    designer, approver = as_user(app, "designer"), as_user(app, "approver")
    draft = begun(designer)
    read = designer.ask("GET", f"{draft}/files/letter.bpmn").json
    saved = designer.ask("PUT", f"{draft}/files/letter.bpmn", {"content": LONGER.decode(), "revision": read["revision"]}).json
    assert (saved["saved"], saved["revision"]) == (True, 2)
    assert "ตรวจร่างหนังสือ" in designer.get(f"/designer/{draft}/difference").text
    assert designer.post(f"/designer/{draft}/submit", reason="ชื่อให้ตรง").status_code == 302
    assert "รอความเห็นชอบ" in approver.get("/designer").text or "Waits" in approver.get("/designer").text
    page = approver.get(f"/designer/{draft}/approval").text
    assert "ตรวจร่างหนังสือ" in page
    assert "ชื่อให้ตรง" in page
    assert f'<a href="/designer/{draft}">มีร่างกระบวนการรอความเห็นชอบ' in approver.get("/notices").text
    approver.post(f"/designer/{draft}/approve", revision="2", reason="")
    assert f'<a href="/designer/{draft}">เห็นชอบร่างแล้ว' in designer.get("/notices").text
    approver.get(f"/designer/{draft}/activation")
    approver.post(f"/designer/{draft}/activate")
    assert office.definitions(key="letter", latest=True).items[0].version == 2
    for name in ("", "/check", "/difference", "/rehearsal", "/approval", "/activation", "/history"):
        assert approver.get(f"/designer/{draft}{name}").status_code == 200
    assert "designer" in approver.get("/designer?view=over").text


@pytest.mark.parametrize("name", ["writer", "stranger"])
def test_process_design_is_for_those_with_the_role(app: Flask, name: str) -> None:
    draft = begun(as_user(app, "designer"))
    other = as_user(app, name)
    assert 'href="/designer"' not in other.get("/inbox").text
    for path in ("/designer", "/designer/new", f"/designer/{draft}", f"/designer/{draft}/download", f"/designer/{draft}/approval"):
        assert other.get(path).status_code == 403
    assert other.ask("GET", draft).status_code == 403
    assert other.ask("PUT", f"{draft}/files/letter.bpmn", {"content": "", "revision": 1}).status_code == 403
    assert 'href="/designer"' in as_user(app, "approver").get("/inbox").text


def test_the_author_does_not_approve_and_is_told_who_may(app: Flask, office: Engine) -> None:
    admin = as_user(app, "admin")
    draft = begun(admin)
    admin.ask("PUT", f"{draft}/files/letter.bpmn", {"content": LONGER.decode(), "revision": 1})
    admin.post(f"/designer/{draft}/submit")
    waiting = admin.get(f"/designer/{draft}/approval").text
    assert f"/designer/{draft}/approve" not in waiting
    assert "ผู้ที่เห็นชอบได้: ผู้ใช้ approver" in waiting
    office.deactivate("approver", actor=SYSTEM)
    assert "ยังไม่มีผู้อื่นที่เห็นชอบร่างได้" in admin.get(f"/designer/{draft}/approval").text
    admin.post(f"/designer/{draft}/approve", revision="2")
    assert admin.ask("GET", draft).json["state"] == "SUBMITTED"


def test_of_two_who_save_the_second_is_told_and_loses_nothing(app: Flask) -> None:
    first, second = as_user(app, "designer"), as_user(app, "designer2")
    draft = begun(first)
    assert first.ask("POST", f"{draft}/presence", {"path": "letter.bpmn"}).json == {"presence": []}
    there = second.ask("POST", f"{draft}/presence", {"path": "letter.bpmn"}).json["presence"]
    assert [(one["person"]["id"], one["path"]) for one in there] == [("designer", "letter.bpmn")]
    first.ask("PUT", f"{draft}/files/letter.bpmn", {"content": "<first/>", "revision": 1})
    refused = second.ask("PUT", f"{draft}/files/letter.bpmn", {"content": "<second/>", "revision": 1})
    assert refused.status_code == 409
    conflict = refused.json["conflict"]
    assert (refused.json["code"], conflict["changed_by"]["id"], conflict["revision"], conflict["copy"]) == ("conflict", "designer", 2, 3)
    assert second.ask("GET", f"{draft}/revisions/3/letter.bpmn").json["content"] == "<second/>"
    assert first.ask("GET", f"{draft}/files/letter.bpmn").json["content"] == "<first/>"
    kinds = [one["kind"] for one in second.ask("GET", f"{draft}/revisions?path=letter.bpmn").json]
    assert kinds == ["LOST", "SAVED", "SAVED"]
    back = second.ask("POST", f"{draft}/restore", {"path": "letter.bpmn", "to": 3, "revision": 2}).json
    assert second.ask("GET", f"{draft}/files/letter.bpmn").json["revision"] == back["revision"] == 4
    assert second.ask("POST", f"{draft}/presence", {"path": None}).status_code == 200
    assert first.ask("GET", draft).json["presence"] == []


def test_what_is_not_saved_can_be_checked(app: Flask) -> None:
    designer = as_user(app, "designer")
    draft = begun(designer)
    wrong = FILES["letter.bpmn"].replace(b'formKey="letter"', b'formKey="none"').decode()
    told = designer.ask("POST", f"{draft}/check", {"path": "letter.bpmn", "content": wrong}).json
    assert told["errors"] == 1
    assert told["findings"][0]["element"] == "write"
    assert told["findings"][0]["th"] != told["findings"][0]["en"]
    assert designer.ask("POST", f"{draft}/check", {}).json["errors"] == 0
    designer.ask("PUT", f"{draft}/files/letter.bpmn", {"content": wrong, "revision": 1})
    assert f"/designer/{draft}/edit/letter.bpmn#element=write" in designer.get(f"/designer/{draft}/check").text


def test_what_the_properties_panel_offers(app: Flask) -> None:
    designer = as_user(app, "designer")
    draft = begun(designer)
    offered = designer.ask("GET", f"{draft}/choices").json
    form = next(one for one in offered["forms"] if one["key"] == "letter")
    kind = next(one for one in form["fields"] if one["name"] == "kind")
    assert (form["en"], kind["choices"][0]) == ("Draft a letter", {"value": "plain", "th": "ทั่วไป", "en": "Plain"})
    assert [(one["key"], one["path"]) for one in offered["processes"]] == [("letter", "letter.bpmn")]
    more = designer.ask("POST", f"{draft}/choices", {"files": {"more.bpmn": linear("more", "a").decode()}}).json
    assert {"letter", "more"} == {one["key"] for one in more["processes"]}


def test_files_are_added_renamed_removed(app: Flask) -> None:
    designer = as_user(app, "designer")
    draft = begun(designer)
    assert designer.ask("POST", f"{draft}/files", {"path": "visit.bpmn", "template": "process", "title": "เยี่ยม"}).status_code == 201
    assert designer.ask("POST", f"{draft}/files", {"path": "visit.bpmn", "content": ""}).status_code == 409
    assert designer.ask("POST", f"{draft}/check", {}).json["errors"] == 0
    revision = designer.ask("GET", f"{draft}/files/visit.bpmn").json["revision"]
    moved = designer.ask("POST", f"{draft}/rename", {"path": "visit.bpmn", "to": "visits.bpmn", "revision": revision}).json
    file = next(one for one in moved["files"] if one["path"] == "visits.bpmn")
    left = designer.ask("POST", f"{draft}/remove", {"path": "visits.bpmn", "revision": file["revision"]}).json
    assert sorted(one["path"] for one in left["files"]) == sorted(FILES)
    assert designer.send(f"/designer/{draft}/files", {"folder": "texts", "files": [(io.BytesIO(b"x"), "th.toml")]}).status_code == 302
    assert designer.ask("GET", f"{draft}/files/texts/th.toml").json["content"] == "x"
    assert "texts/th.toml" in designer.get(f"/designer/{draft}").text


def test_a_pack_goes_out_as_a_zip_and_comes_in_as_one(app: Flask, office: Engine) -> None:
    designer = as_user(app, "designer")
    packed = designer.http.get(f"/designer/{begun(designer)}/download")
    with zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
        assert {name.partition("/")[2]: archive.read(name) for name in archive.namelist()} == FILES
    answer = designer.send("/designer/new", {"from": "files", "title": "เข้ามา", "files": [(io.BytesIO(packed.data), "pack.zip")]})
    draft = str(answer.location).rsplit("/", 1)[-1]
    assert office.draft_contents(draft, actor=DESIGNER) == FILES


HOSTILE = {
    "up": {"../evil.bpmn": b"x"},
    "inside": {"a/../../evil.bpmn": b"x"},
    "absolute": {"/etc/evil.bpmn": b"x"},
    "drive": {"C:\\evil.bpmn": b"x"},
    "name of a control character": {"evil\x01.bpmn": b"x"},
    "right to left": {"evil\u202e.bpmn": b"x"},
    "too long": {"a" * 201: b"x"},
    "too deep": {"/".join("abcdefghij"): b"x"},
    "dots": {"a/./b.bpmn": b"x"},
    "case": {"A.bpmn": b"x", "a.bpmn": b"y"},
    "a file where a folder is": {"a": b"x", "a/b.bpmn": b"y"},
    "too many": {f"{number}.txt": b"" for number in range(2_001)},
    "a bomb": {"bomb.txt": b"0" * (101 * 1024 * 1024)},
    "one too large": {"large.txt": b"0" * (21 * 1024 * 1024), "p.bpmn": b"x"},
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_packs_become_no_draft(app: Flask, office: Engine, name: str) -> None:
    designer = as_user(app, "designer")
    designer.get("/designer/new")
    inside = {"zipped/" + path if name not in ("absolute", "drive", "up") else path: content for path, content in HOSTILE[name].items()}
    answer = designer.send("/designer/new", {"from": "files", "title": "x", "files": [(io.BytesIO(zipped(inside)), "p.zip")]})
    assert answer.status_code == 422
    assert office.drafts(actor=DESIGNER).total == 0


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"not at all"])
def test_what_is_no_zip_is_said_to_be_none(app: Flask, content: bytes) -> None:
    designer = as_user(app, "designer")
    designer.get("/designer/new")
    assert designer.send("/designer/new", {"from": "files", "title": "x", "files": [(io.BytesIO(content), "p.zip")]}).status_code == 422


@pytest.mark.parametrize("path", ["../x.bpmn", "/x", "a//b", "x\x00y", "", " ", "con:x", "a/..", "…/\u0000"])
def test_no_hostile_path_gets_in_by_the_json(app: Flask, path: str) -> None:
    designer = as_user(app, "designer")
    draft = begun(designer)
    assert designer.ask("POST", f"{draft}/files", {"path": path, "content": "x"}).status_code == 422
    assert designer.ask("POST", f"{draft}/rename", {"path": "letter.bpmn", "to": path, "revision": 1}).status_code == 422


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"content": 5, "revision": 1}', b'{"content": "x"}', b"[" * 100_000, b'{"content": "\\ud800", "revision": 1}'],
)
def test_what_is_no_request_is_refused(app: Flask, body: bytes) -> None:
    designer = as_user(app, "designer")
    draft = begun(designer)
    headers = {"Accept": "application/json", "X-CSRFToken": designer.token, "Content-Type": "application/json"}
    answer = designer.http.put(f"/designer/api/drafts/{draft}/files/letter.bpmn", data=body, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")


def test_nothing_is_changed_without_the_token(app: Flask) -> None:
    designer = as_user(app, "designer")
    draft = begun(designer)
    answer = designer.ask("PUT", f"{draft}/files/letter.bpmn", {"content": "x", "revision": 1}, token=False)
    assert answer.status_code == 400
    assert designer.ask("GET", f"{draft}/files/letter.bpmn").json["content"] == FILES["letter.bpmn"].decode()


def test_a_rehearsal_runs_beside_the_pages(app: Flask, office: Engine) -> None:
    import time

    designer = as_user(app, "designer")
    draft = begun(designer)
    designer.get(f"/designer/{draft}/rehearsal")
    assert designer.post(f"/designer/{draft}/rehearsal", process="letter").status_code == 302
    for _ in range(60):
        told = designer.http.get(f"/designer/{draft}/rehearsal.json").json
        if told["state"] != "RUNNING":
            break
        time.sleep(0.5)
    assert (told["state"], told["done"]) == ("ENDED", 2)
    page = designer.get(f"/designer/{draft}/rehearsal").text
    assert 'class="weeks"' in page
    assert office.instances(actor=SYSTEM).total == 0


def test_a_newer_version_of_somebody_elses_is_told_and_taken_in(app: Flask, office: Engine) -> None:
    designer, approver = as_user(app, "designer"), as_user(app, "approver")
    draft = begun(designer)
    designer.ask("PUT", f"{draft}/files/letter.bpmn", {"content": LONGER.decode(), "revision": 1})
    theirs = FILES | {"letter.bpmn": FILES["letter.bpmn"].replace("ร่างหนังสือ".encode(), "เขียนหนังสือ".encode()), "notes.txt": b"n"}
    office.deploy(theirs, name="letter", actor=SYSTEM)
    for name in ("", "/check", "/difference", "/rehearsal", "/approval", "/activation", "/history", "/revisions/letter.bpmn"):
        assert "ฉบับที่ใหม่กว่า" in designer.get(f"/designer/{draft}{name}").text
    stale = designer.ask("GET", draft).json["base"]["stale"]
    assert [(one["key"], one["began"], one["newest"]) for one in stale] == [("letter", 1, 2)]
    page = designer.get(f"/designer/{draft}/activation").text
    assert 'name="take:letter.bpmn"' in page
    assert "notes.txt" in page
    designer.post(f"/designer/{draft}/submit")
    assert 'name="replace"' in approver.get(f"/designer/{draft}/approval").text
    approver.post(f"/designer/{draft}/approve", revision="2")
    assert designer.ask("GET", draft).json["state"] == "SUBMITTED"
    designer.post(f"/designer/{draft}/withdraw", reason="ปรับตามรุ่นใหม่")
    designer.send(f"/designer/{draft}/rebase", {"take:letter.bpmn": "ours"})
    whole = designer.ask("GET", draft).json
    assert (whole["base"]["stale"], "notes.txt" in {file["path"] for file in whole["files"]}) == ([], True)


def test_it_is_activated_at_a_time(app: Flask, office: Engine) -> None:
    designer, approver = as_user(app, "designer"), as_user(app, "approver")
    draft = begun(designer)
    designer.ask("PUT", f"{draft}/files/letter.bpmn", {"content": LONGER.decode(), "revision": 1})
    designer.post(f"/designer/{draft}/submit")
    approver.post(f"/designer/{draft}/approve", revision="2")
    day = {"date": "1 ม.ค. 2699"}
    for typed in ({"date": "ไม่ใช่วัน"}, {"date": "1 ม.ค. 2500"}, {**day, "date_time": "25:00"}, {**day, "date_time": "9"}):
        refused = approver.send(f"/designer/{draft}/schedule", typed)
        assert (refused.status_code, f'value="{typed["date"]}"' in refused.text) == (422, True), "what was typed stays"
        assert designer.ask("GET", draft).json["state"] == "APPROVED"
    approver.send(f"/designer/{draft}/schedule", {"date": "1 ม.ค. 2699", "date_time": "๖.30 น."})
    assert "1 ม.ค. 2699 06:30" in designer.get(f"/designer/{draft}/activation").text
    assert "1 ม.ค. 2699 06:30" in as_user(app, "admin").get("/administration/jobs").text
    designer.post(f"/designer/{draft}/unschedule", reason="รอก่อน")
    assert office.jobs(actor=SYSTEM, kind="activation").total == 0
    designer.post(f"/designer/{draft}/reopen", reason="แก้คำ")
    designer.post(f"/designer/{draft}/discard", reason="ไม่ใช้แล้ว")
    page = designer.get(f"/designer/{draft}").text
    assert "ไม่ใช้แล้ว" in page
    assert f"/designer/{draft}/discard" not in page


def test_who_designs_reads_what_is_different_and_goes_back_to_the_drafts(app: Flask, office: Engine) -> None:
    office.deploy({**FILES, "letter.bpmn": LONGER}, name="letter", actor=SYSTEM)
    page = as_user(app, "designer").get("/differences/processes/letter").text
    assert "ตรวจร่างหนังสือ" in page
    assert "/administration/" not in page, "that is for administrators"
    assert "/administration/" in as_user(app, "admin").get("/differences/processes/letter").text


def test_a_diagram_of_a_thai_name_is_saved_under_it(app: Flask, office: Engine) -> None:
    name = 'หนังสือ "ก".bpmn'
    office.deploy({name: FILES["letter.bpmn"].replace(b'id="letter"', b'id="thai"'), **FILES}, name="thai", actor=SYSTEM)
    (view,) = office.definitions(key="thai").items
    answer = as_user(app, "admin").http.get(f"/definitions/{view.id}/xml?download=1")
    assert parse_options_header(answer.headers["Content-Disposition"]) == ("attachment", {"filename": name})
    assert all(value.isascii() for _name, value in answer.headers.to_wsgi_list()), "else the server has no way to say it"
