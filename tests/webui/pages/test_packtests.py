"""Process tests in the pages: a draft whose tests fail is not activated without a reason; nor are posted files deployed."""

from __future__ import annotations

import io

from flask import Flask

from engine.engine import Engine
from engine.people import SYSTEM
from tests.webui.pages.conftest import FILES
from tests.webui.pages.test_designer import app as app
from tests.webui.pages.test_designer import as_user, begun, zipped

FAILING = 'process = "letter"\n[start]\nfill = true\nexpect.tasks = ["check"]\n'


def test_a_draft_whose_tests_fail_needs_a_reason(app: Flask, office: Engine) -> None:
    designer, approver = as_user(app, "designer"), as_user(app, "approver")
    draft = begun(designer)
    office.add_draft_files(draft, {"tests/first.toml": FAILING.encode()}, actor=office.actor("designer"))
    designer.post(f"/designer/{draft}/submit", reason="เพิ่มการทดสอบ")
    approver.post(f"/designer/{draft}/approve", revision=str(office.draft(draft, actor=SYSTEM).draft.revision), reason="")
    assert 'name="untested"' not in approver.get(f"/designer/{draft}/activation").text
    for way, more in (("activate", {}), ("schedule", {"date": "1/1/2600", "time": "06:00"})):
        refused = approver.post(f"/designer/{draft}/{way}", **more)
        assert refused.status_code == 422
        assert "edit/tests/first.toml" in refused.text
        assert "งานที่เปิดอยู่ “ตรวจร่าง” แต่พบว่า “ร่างหนังสือ”" in refused.text
        assert 'name="untested"' in refused.text
    assert 'value="1/1/2600"' in refused.text
    assert office.definitions(key="letter", latest=True).items[0].version == 1
    assert approver.post(f"/designer/{draft}/activate", untested="แก้การทดสอบพรุ่งนี้").status_code == 302
    assert office.definitions(key="letter", latest=True).items[0].version == 2
    assert "แก้การทดสอบพรุ่งนี้" in approver.get(f"/designer/{draft}/history").text


def test_posted_files_whose_tests_fail_need_a_reason(app: Flask, office: Engine) -> None:
    admin = as_user(app, "admin")
    admin.get("/administration/processes")

    def deploy(**more: str) -> tuple[int, str]:
        files = {"files": (io.BytesIO(zipped({**FILES, "tests/first.toml": FAILING.encode()})), "pack.zip")}
        answer = admin.send("/administration/processes", {**files, "name": "letter", **more})
        return answer.status_code, answer.text

    status, page = deploy()
    assert status == 422
    assert "process-test" in page
    assert 'name="untested"' in page
    assert deploy(untested="แก้การทดสอบพรุ่งนี้")[0] == 302
    assert office.definitions(key="letter", latest=True).items[0].version == 2
