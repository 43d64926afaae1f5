"""What browsers and their users should not send: answered with a page that says what to do, in the reader's language; nothing changes."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.routing import AnyConverter
from werkzeug.test import encode_multipart

from engine.engine import Engine
from engine.people import SYSTEM
from tests import hostile
from tests.webui.pages.conftest import PDF, Browser

GOOD = {
    "subject": "ขอเชิญประชุม", "day.day": "5", "day.month": "7", "day.year": "2570", "kind": "plain", "copies": "3",
    "places[0][name]": "เชียงใหม่",
}  # fmt: skip
SECRET = "ความลับ-7391"
BOTH = pytest.mark.parametrize("dialect", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def task(office: Engine) -> str:
    """The id of an open task with the long form."""
    office.start("letter", variables={"year": 2570}, business_key="2570", actor=SYSTEM)
    return office.tasks(actor=SYSTEM).items[0].id


def logged_in(app: Flask, name: str) -> Browser:
    browser = Browser(app)
    assert browser.log_in(name).status_code == 302
    return browser


def send(browser: Browser, path: str, fields: dict[str, Any]) -> Any:
    """Send a form, whatever its size, without the temporary files of the test client."""
    values = MultiDict[str, Any]()
    for name, value in ({"_csrf": browser.token} | fields).items():
        for one in value if isinstance(value, list) else [value]:
            values.add(name, FileStorage(one[0], one[1]) if isinstance(one, tuple) else one)
    boundary, body = encode_multipart(values)
    return browser.http.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def whole(office: Engine) -> tuple[Any, ...]:
    """All that a refused request must leave as it was; that it was made, and by whom, the journal may tell."""
    tasks = sorted((task.id, task.state, task.assignee or "") for task in office.tasks(actor=SYSTEM, open_only=False, limit=1000).items)
    heads = [head for head in office.audit_heads() if head.instance_id != "system"]
    return (*tasks, heads, office.incidents(actor=SYSTEM).total, office.definitions().total)


def refused(answer: Any, *statuses: int) -> str:
    """The text of a page that refuses; it shows nothing of the inside."""
    assert answer.status_code in statuses, (answer.status_code, answer.request.path)
    assert not hostile.internal(answer.text), (hostile.internal(answer.text), answer.request.path)
    return str(answer.text)


# ---- diagrams


def test_a_hostile_diagram_is_refused_on_the_upload_page_and_nothing_is_half_deployed(app: Flask, office: Engine) -> None:
    admin, before = logged_in(app, "admin"), whole(office)
    admin.get("/administration/processes")
    files = [(io.BytesIO(content), name) for name, (content, _rule) in hostile.DIAGRAMS.items()]
    page = refused(send(admin, "/administration/processes", {"files": [(io.BytesIO(hostile.GOOD), "good.bpmn"), *files]}), 422)
    for name, (_content, rule) in hostile.DIAGRAMS.items():
        assert re.search(rf"{re.escape(name)}(:\d+)?</code>.{{1,200}}\[{rule}\]", page), name
    assert "ไม่อนุญาตให้มี DOCTYPE" in page
    assert whole(office) == before
    for content, said in (
        (b"not a zip", "อ่านไฟล์ zip นี้ไม่ได้"),
        (hostile.archive({"a.bpmn": hostile.GOOD})[:-30], "อ่านไฟล์ zip นี้ไม่ได้"),
        (hostile.locked(hostile.archive({"a.bpmn": hostile.GOOD})), "อ่านไฟล์ zip นี้ไม่ได้"),
        (hostile.archive({"zeros.bpmn": b"\0" * 101 * 1024 * 1024}), "ไม่เกิน 100 MB"),
        (hostile.archive({"../../up.bpmn": hostile.GOOD}), "เป็นชื่อไฟล์ไม่ได้"),
        (hostile.archive({f"{n}.json": b"{}" for n in range(2_100)}), "ไม่เกิน 2000 ไฟล์"),
        (hostile.archive({"read.me": b"x"}), "ไม่มีแผนภาพ"),
    ):
        for verb in ("/administration/processes", "/administration/processes/check"):
            page = refused(send(admin, verb, {"files": (io.BytesIO(content), "pack.zip")}), 422, 200)
            assert said in page, said
    halves = [(io.BytesIO(hostile.archive({f"{n}{half}.json": b"{}" for n in range(1_100)})), f"{half}.zip") for half in "ab"]
    page = refused(send(admin, "/administration/processes", {"files": halves}), 422)
    assert "ไม่เกิน 2000 ไฟล์" in page, "several zips hold no more than one may"
    assert whole(office) == before
    admin.post("/language", language="en")
    deep, bold = hostile.DIAGRAMS["deep.bpmn"][0], "<b>bold<.bpmn"
    page = refused(send(admin, "/administration/processes", {"files": (io.BytesIO(deep), "deep.bpmn")}), 422)
    assert "nested more than 500 levels deep" in page
    page = refused(send(admin, "/administration/processes", {"files": (io.BytesIO(deep), bold)}), 422)
    assert "is not a file name that can be used here" in page
    assert bold not in page


# ---- forms


@BOTH
def test_a_form_with_anything_wrong_comes_back_with_the_fault_at_the_field(app: Flask, office: Engine, task: str) -> None:
    writer = logged_in(app, "writer")
    writer.get(f"/tasks/{task}")
    before = whole(office)
    for typed, field, said in (
        ({"subject": ""}, "f-subject", "เรื่อง"),
        ({"subject": "ก" * 90}, "f-subject", "โปรดกรอกไม่เกิน 80 ตัวอักษร"),
        ({"subject": "a\x00b"}, "f-subject", "อักขระที่อ่านไม่ได้"),
        ({"body": "a\x1b[2J"}, "f-body", "อักขระที่อ่านไม่ได้"),
        ({"body": "ก" * 300_000}, "f-body", "ตัวอักษร"),
        ({"copies": "หลาย"}, "f-copies", "โปรดกรอกจำนวนเต็ม"),
        ({"copies": "NaN"}, "f-copies", "โปรดกรอกจำนวนเต็ม"),
        ({"copies": "Infinity"}, "f-copies", "โปรดกรอกจำนวนเต็ม"),
        ({"copies": "9" * 40}, "f-copies", "โปรดกรอกจำนวนเต็ม"),
        ({"copies": "-1"}, "f-copies", "โปรดกรอกค่าตั้งแต่ 1 ขึ้นไป"),
        ({"kind": "__class__"}, "f-kind", "โปรดเลือกจากตัวเลือกที่มี"),
        ({"day.day": "31", "day.month": "6"}, "f-day", "ไม่มีวันที่ 31 มิถุนายน 2570"),
        ({"day.year": "9999"}, "f-day", "ปี 9999 ไม่ถูกต้อง"),
        ({"day.year": "๗๐"}, "f-day", "โปรดพิมพ์ปีให้ครบสี่หลัก"),
        ({"day.day": "x"}, "f-day", "ไม่ใช่วันที่"),
        ({"places[0][name]": "", "places[0][sent]": "31/6/2570"}, "f-places-0-sent", "ไม่มีวันที่ 31 มิถุนายน 2570"),
        ({"places[0][sent]": "2027-02-30"}, "f-places-0-sent", "ไม่มีวันที่ 30 กุมภาพันธ์ 2570"),
        ({"paper.kept": "0" * 32}, "f-paper", "แนบไฟล์อีกครั้ง"),
    ):
        answer = send(writer, f"/tasks/{task}/complete", GOOD | typed)
        assert answer.status_code == 422, typed
        page = refused(answer, 422)
        assert f'href="#{field}"' in page, typed
        assert said in page, (typed, said)
        assert whole(office) == before, typed
    writer.post("/language", language="en")
    page = refused(send(writer, f"/tasks/{task}/complete", GOOD | {"day.day": "31", "day.month": "6", "day.year": "2027"}), 422)
    assert "There is no 31 June 2027: that month has 30 days." in page
    page = refused(send(writer, f"/tasks/{task}/complete", {}), 422, 400)
    assert whole(office) == before


def test_fields_the_form_does_not_have_are_never_kept_and_too_much_is_refused_whole(app: Flask, office: Engine, task: str) -> None:
    writer = logged_in(app, "writer")
    writer.get(f"/tasks/{task}")
    before = whole(office)
    refused(send(writer, f"/tasks/{task}/complete", GOOD | {"body": "x" * 3_200_000}), 413)
    refused(send(writer, f"/tasks/{task}/complete", GOOD | {f"f{n}": "x" for n in range(5_100)}), 413)
    refused(send(writer, f"/tasks/{task}/complete", GOOD | {"_csrf": "forged"}), 400)
    refused(writer.http.post(f"/tasks/{task}/complete", data=b"\xff\x00{", content_type="application/json"), 400)
    refused(writer.http.post(f"/tasks/{task}/complete", data=b"--x\r\nbroken", content_type="multipart/form-data; boundary=x"), 400)
    refused(send(writer, f"/tasks/{task}/complete", GOOD | {"_key": "k" * 300}), 422)
    assert whole(office) == before
    extra = {
        "typename": "x", "__class__": "x", "salary": "9", "places[0][__class__]": "x", "places[__class__][0]": "x", "year": "1",
        "places[999999][name]": "", "_revision": "0",
    }  # fmt: skip
    assert send(writer, f"/tasks/{task}/complete", GOOD | extra).status_code == 302
    kept = office.variables(office.instances(actor=SYSTEM).items[0].id, actor=SYSTEM)
    assert kept["year"] == 2570
    assert not {"typename", "__class__", "salary"} & set(kept)
    assert kept["places"] == [{"name": "เชียงใหม่"}]


def test_a_file_that_is_not_wanted_is_refused_at_its_field_and_a_hostile_name_is_harmless(app: Flask, office: Engine, task: str) -> None:
    writer = logged_in(app, "writer")
    writer.get(f"/tasks/{task}")
    for content, name, said in (
        (PDF + b"x" * 400_000, "a.pdf", "เกิน 0.3 เมกะไบต์"),
        (b"", "a.pdf", "ไฟล์ว่างเปล่า"),
        (b"MZ\x90\x00", "a.pdf", "ไม่รับไฟล์โปรแกรม"),
        (PDF, "a.exe", "ไม่รับไฟล์โปรแกรม"),
        (b"<html><script>alert(1)</script>", "a.pdf", "ที่นี่รับเฉพาะ PDF"),
        (hostile.BOMB, "a.pdf", "หลังขยายใหญ่เกินไป"),
        (b"PK\x03\x04broken", "a.pdf", "ไฟล์เสียหาย"),
    ):
        page = refused(send(writer, f"/tasks/{task}/complete", GOOD | {"paper": (io.BytesIO(content), name)}), 422)
        assert 'href="#f-paper"' in page, said
        assert said in page, said
        assert office.tasks(actor=SYSTEM).total == 1
    name = '../../<img src=x onerror=alert(1)>"\r\nX-Evil: 1\u202efdp.pdf'
    assert send(writer, f"/tasks/{task}/draft", GOOD | {"paper": (io.BytesIO(PDF), name)}).status_code == 302
    page = writer.get(f"/tasks/{task}").text
    assert "<img" not in page
    assert "\u202e" not in page
    (paper,) = office.task(task, actor=office.actor("writer")).documents
    assert "/" not in paper.name
    answer = writer.http.get(f"/documents/{paper.id}?download=1")
    assert answer.status_code == 200
    assert "X-Evil" not in answer.headers


# ---- tasks that are not one's own


def test_nobody_learns_of_what_is_not_his_by_any_address(app: Flask, office: Engine, task: str) -> None:
    writer = logged_in(app, "writer")
    writer.get(f"/tasks/{task}")
    upload = {"paper": (io.BytesIO(PDF), f"{SECRET}.pdf")}
    assert send(writer, f"/tasks/{task}/draft", GOOD | {"subject": SECRET} | upload).status_code == 302
    instance = office.instances(actor=SYSTEM).items[0]
    (paper,) = office.task(task, actor=office.actor("writer")).documents
    (job, *_) = (*(job.id for job in office.jobs(actor=SYSTEM).items), "0" * 32)
    before = whole(office)
    known = {
        "task_id": task, "instance_id": instance.id, "root_id": instance.id, "document_id": paper.id,
        "definition_id": instance.definition_id,
        "element_id": "write", "job_id": job, "user_id": "writer", "key": "letter", "code": "TH-50",
        "path": "x", "filename": "x",
    }  # fmt: skip
    addresses = app.url_map.bind("localhost")
    apart = ("static", "login.log_out", "account.set_password")
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in apart and not rule.endpoint.startswith("rest.")]
    for name in ("stranger", "checker"):
        other = logged_in(app, name)
        for rule in rules:
            words = {name: one.items for name, one in rule._converters.items() if isinstance(one, AnyConverter)}
            given = {name: min(words[name]) if name in words else known.get(name, "0" * 32) for name in rule.arguments}
            path = addresses.build(rule.endpoint, given)
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                body = {} if rule.endpoint.startswith(("login.", "start.", "language.")) else GOOD | {"reason": "x", "user": name}
                answer = other.get(path) if method == "GET" else send(other, path, body)
                assert answer.status_code not in (500, 503), (name, method, path)
                assert SECRET not in answer.text, (name, method, path)
                if {"task_id", "document_id", "instance_id", "job_id"} & set(rule.arguments) or "administration" in path:
                    assert answer.status_code in (400, 403, 404, 405), (name, method, path, answer.status_code)
    assert whole(office) == before
    assert office.task(task, actor=office.actor("writer")).draft is not None


@BOTH
def test_a_task_that_is_done_suspended_or_unknown_says_which(app: Flask, office: Engine, task: str) -> None:
    writer, late, admin = logged_in(app, "writer"), logged_in(app, "writer2"), logged_in(app, "admin")
    late.get(f"/tasks/{task}")
    for unknown in ("0" * 32, "..%2f..", "%00", "x" * 3_000, "%ff%fe", "'; DROP TABLE task; --"):
        refused(writer.http.get(f"/tasks/{unknown}"), 404, 422, 400)
        refused(send(writer, f"/tasks/{unknown}/complete", GOOD), 404, 422, 400)
    instance = office.instances(actor=SYSTEM).items[0].id
    admin.get(f"/administration/instances/{instance}")
    assert admin.post(f"/administration/instances/{instance}/suspend", reason="พัก").status_code == 302
    assert "พักไว้ชั่วคราว" in refused(send(writer, f"/tasks/{task}/complete", GOOD), 409)
    admin.post(f"/administration/instances/{instance}/suspend", reason="พัก")
    assert "กระบวนการนี้ไม่ได้ดำเนินอยู่" in admin.get("/administration/instances").text, "in Thai on a Thai page"
    admin.post(f"/administration/instances/{instance}/resume", reason="ต่อ")
    assert send(writer, f"/tasks/{task}/complete", GOOD | {"_key": "once"}).status_code == 302
    assert send(writer, f"/tasks/{task}/complete", GOOD | {"_key": "once"}).status_code == 302, "sent twice by one person: the same answer"
    before = whole(office)
    assert "งานนี้ทำเสร็จแล้ว" in refused(send(late, f"/tasks/{task}/complete", GOOD), 409)
    (following,) = office.tasks(actor=SYSTEM).items
    admin.get("/administration/tasks")
    other = office.start("letter", variables={"year": 2570}, actor=SYSTEM)
    (fresh,) = office.tasks(actor=SYSTEM, instance_id=other.id).items
    assert "คำขอนี้ใช้กับงานอื่นไปแล้ว" in refused(send(writer, f"/tasks/{fresh.id}/complete", GOOD | {"_key": "once"}), 409)
    send(admin, f"/administration/tasks/{following.id}/assign", {"user": "nobody", "reason": "ลา"})
    assert "ไม่มีผู้ใช้ “nobody”" in admin.get("/administration/tasks").text
    send(admin, f"/administration/tasks/{following.id}/due", {"date": "31/6/2570", "reason": "เลื่อน"})
    assert "ไม่มีวันที่ 31 มิถุนายน 2570" in admin.get("/administration/tasks").text
    assert before[0] in whole(office)


# ---- addresses


@BOTH
def test_no_search_and_no_address_breaks_a_page(app: Flask, office: Engine, task: str) -> None:
    writer, admin = logged_in(app, "writer"), logged_in(app, "admin")
    bad = ("%00", "a%00b", "%ff%fe", "%ed%a0%80", "%25%25%5c_%27%22", "ก" * 20_000, "x" * 60_000, "%E2%80%AE%0d%0aX:1", "${1/0}", "{{7*7}}")
    pages = (
        "/inbox?q=", "/inbox?view=", "/inbox?first=", "/papers?category=", "/projects?first=", "/schedule?month=", "/notices?first=",
        "/login?name=",
    )  # fmt: skip
    hidden = (
        "/people?q=", "/people?first=", "/administration/instances?q=", "/administration/instances?key=", "/administration/jobs?kind=",
        "/administration/tasks?root=", "/administration/incidents?first=",
    )  # fmt: skip
    for browser, addresses in ((writer, pages), (admin, hidden)):
        for address in addresses:
            for text in (*bad, "9" * 30, "-1", "1e9"):
                answer = browser.http.get(address + text, follow_redirects=True)
                assert answer.status_code in (200, 400, 404, 422), (address, text[:20], answer.status_code)
                assert not hostile.internal(answer.text.replace(text, "")), (address, text[:20])
                assert "\r\nX:1" not in str(answer.headers)
    for path in ("/start/", "/projects/", "/documents/", "/people/", "/welcome/", "/administration/processes/", "/definitions/"):
        for text in bad:
            assert admin.http.get(path + text).status_code in (400, 403, 404, 422), (path, text[:20])
    for text in ("a\x00b", "ก" * 400):
        page = refused(send(admin, "/people/new", {"user_id": text, "name": text, "password": "x" * 12, "again": "x" * 12}), 422)
        assert "ใช้ตัวอักษร" in page
    page = refused(send(admin, "/people/new", {"user_id": "dora", "name": "a\x00b", "password": "x" * 12, "again": "x" * 12}), 422)
    assert "อักขระที่อ่านไม่ได้" in page
    assert "dora" not in [user.id for user in office.users(actor=SYSTEM).items]
