"""The audit page: for auditors and administrators, searched, exported, the chains checked."""

from __future__ import annotations

import csv
import io
import json

import pytest

from engine.engine import Engine
from engine.people import SYSTEM
from tests.webui.pages.conftest import Browser


@pytest.fixture
def auditor(client: Browser, office: Engine) -> Browser:
    office.change_user("checker", roles=["auditor"], actor=SYSTEM)
    office.change_user("writer2", name="=cmd|' /C calc'!A0", actor=office.actor("admin"))
    office.start("letter", business_key="2569/1", variables={"year": 2569}, actor=office.actor("admin"))
    client.log_in("checker")
    return client


def test_others_do_not_come_in(client: Browser, auditor: Browser) -> None:
    other = Browser(client.http.application)
    other.log_in("writer")
    assert [other.get(page).status_code for page in ("/audit", "/audit/chains", "/audit/export.csv")] == [403] * 3
    assert "/audit" not in other.get("/inbox").text
    assert "/audit" in auditor.get("/inbox").text
    assert auditor.get("/administration").status_code == 403


def test_it_says_who_did_what(auditor: Browser) -> None:
    page = auditor.get("/audit").text
    assert "เข้าสู่ระบบ" in page
    assert "2569 · 1" in page
    assert "ผู้ใช้ admin" in page
    assert "2569 · 1" in auditor.get("/audit?kind=instances&user=admin").text
    assert "2569 · 1" not in auditor.get("/audit?kind=access").text
    nothing = auditor.get("/audit?q=nothing-of-the-kind").text
    assert "ไม่พบรายการ" in nothing
    assert 'href="/audit?q=nothing-of-the-kind&amp;engine=yes"' in nothing, "what happened by itself is one click away"
    assert "ค้นรวมสิ่งที่ระบบทำเองด้วย" not in auditor.get("/audit?q=nothing-of-the-kind&engine=yes").text
    assert "2569 · 1" in auditor.get("/audit?user=ผู้ใช้ adm").text, "found by what people are called"
    assert "2569 · 1" in auditor.get("/audit?user=ADMIN").text
    assert "วันสุดท้ายอยู่ก่อนวันแรก" in auditor.get("/audit?since=2/6/2569&until=1/6/2569").text
    assert "เดือนนั้นมี 28 วัน" in auditor.get("/audit?since=31/2/2569").text
    for place in ("nonsense", "2009-06-01|system|1", f"2009-06-01T00:00Z|system|{'9' * 5_000}", "0001-01-01T00:00+07:00|system|1"):
        assert auditor.get(f"/audit?before={place.replace('+', '%2B')}").status_code == 200, place


def test_the_auditor_reads_histories_and_nothing_of_what_was_entered(auditor: Browser, office: Engine) -> None:
    (task,) = office.tasks(actor=SYSTEM).items
    entered = {"subject": "a secret subject", "day": "2026-01-05", "kind": "plain", "copies": 1, "places": [{"name": "ก"}]}
    office.complete_task(task.id, entered, actor=office.actor("writer"))
    history = auditor.get(f"/projects/{task.root_id}/history")
    assert history.status_code == 200
    assert "ร่างหนังสือ" in history.text
    for page in (history.text, auditor.get(f"/projects/{task.root_id}").text, auditor.get("/audit?engine=yes").text):
        assert "a secret subject" not in page
    assert "a secret subject" not in auditor.get("/audit/export.jsonl?engine=yes").text


def test_it_is_exported_for_spreadsheets_and_programs(auditor: Browser) -> None:
    answer = auditor.http.get("/audit/export.csv?kind=people")
    assert answer.data.startswith("\ufeffเวลา".encode())
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows
    assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "@")], "no formula"
    assert any(cell.startswith("'=cmd") for row in rows for cell in row.values())
    lines = [json.loads(line) for line in auditor.http.get("/audit/export.jsonl").data.splitlines()]
    assert {"time", "event", "actor", "subject", "facts", "chain", "seq"} <= set(lines[0])
    assert lines[0]["event"] == "audit.exported", "the one before"


def test_the_chains_are_checked_beside_the_page(auditor: Browser, office: Engine) -> None:
    auditor.get("/audit/chains")
    assert auditor.post("/audit/chains").status_code == 302
    (begun,) = office.verifications(actor=SYSTEM)
    assert auditor.http.get(f"/audit/chains/{begun.id}").json["state"] == "RUNNING"  # type: ignore[index]
    assert "data-rehearsal" in auditor.get("/audit/chains").text
    office.verify_begun(begun.id)
    assert auditor.http.get(f"/audit/chains/{begun.id}").json["state"] == "ENDED"  # type: ignore[index]
    assert "data-rehearsal" not in auditor.get("/audit/chains").text


def test_who_got_the_work_and_what_was_changed_by_hand_is_told_by_name(auditor: Browser, office: Engine) -> None:
    (task,) = office.tasks(actor=SYSTEM).items
    office.claim(task.id, actor=office.actor("writer"))
    office.close_account("writer", to=None, single={task.id: "writer2"}, hand_over=False, reason="ย้าย", actor=office.actor("admin"))
    office.change_user("writer2", name="ผู้รับใหม่", actor=SYSTEM)
    page = auditor.get("/audit").text
    assert "ผู้รับงาน: ผู้รับใหม่ · งาน: 1 · เหตุผล: ย้าย" in page
    assert task.id not in page
    office._write(SYSTEM, lambda session: session.rows.run("UPDATE history SET actor = 'x' WHERE seq = 1"))
    office.verify_begun(office.begin_verification(actor=SYSTEM))
    told = auditor.get("/audit/chains").text
    assert f'href="/projects/{task.root_id}/history"' in told
    assert "รายการที่ 1:" in told
