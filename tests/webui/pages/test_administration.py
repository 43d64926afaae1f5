"""The administration: repairs with a reason, the clock, deploying, and nobody else inside."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.people import SYSTEM
from engine.running.fetching import Wanted
from engine.states import Event
from engine.testing import process
from engine.views.audit import Asked
from tests.projects import COMMITTEE, FILES, OFFICE, START, do
from tests.webui.pages.projects import Site, site

PAGES = ("incidents", "jobs", "workers", "tasks", "instances", "processes", "clock", "system")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Site]:
    yield from site(tmp_path)


@pytest.mark.parametrize("name", PAGES)
def test_for_administrators_only(place: Site, name: str) -> None:
    assert place.as_user("admin").get(f"/administration/{name}").status_code == 200
    assert place.as_user("officer").get(f"/administration/{name}").status_code == 403


def test_an_instance_is_held_goes_on_and_is_cancelled(place: Site) -> None:
    admin = place.as_user("admin")
    path = f"/administration/instances/{place.root}"
    assert "2552" in admin.get("/administration/instances").text
    admin.get(path)
    admin.post(f"{path}/suspend", reason="ตรวจสอบ")
    assert place.engine.instance(place.root, actor=SYSTEM).state == "SUSPENDED"
    assert "เหตุผล: ตรวจสอบ" in admin.get(path).text
    admin.post(f"{path}/resume", reason="ตรวจแล้ว")
    assert "เหตุผล: ตรวจสอบ" not in admin.get(path).text
    admin.post(f"{path}/cancel", reason="")
    assert place.engine.instance(place.root, actor=SYSTEM).state == "ACTIVE", "without a reason nothing is cancelled"
    admin.post(f"{path}/cancel", reason="เลิกโครงการ")
    ended = place.engine.instance(place.root, actor=SYSTEM)
    assert (ended.state, ended.end_reason) == ("EXTERNALLY_TERMINATED", "เลิกโครงการ")


def test_a_process_that_is_suspended_cannot_be_started_until_it_is_resumed(place: Site) -> None:
    admin = place.as_user("admin")
    (newest,) = place.engine.definitions(key="undertaking", latest=True).items
    path = f"/administration/processes/{newest.id}"
    admin.get(path)
    assert place.as_user("officer").post(f"{path}/suspend").status_code in (400, 403)
    assert admin.post(f"{path}/suspend").status_code == 302
    assert "โปรดระบุเหตุผล" in admin.get(path).text
    assert "undertaking" in [one.key for one in place.engine.startable(actor=OFFICE)], "nothing is done without a reason"
    assert admin.post(f"{path}/suspend", reason="ทบทวนแบบ").status_code == 302
    assert "ไม่มีผู้ใดเริ่มฉบับนี้ได้" in admin.get(path).text
    assert "undertaking" not in [one.key for one in place.engine.startable(actor=OFFICE)]
    assert admin.post(f"{path}/resume", reason="ทบทวนแล้ว").status_code == 302
    assert "undertaking" in [one.key for one in place.engine.startable(actor=OFFICE)]
    told = [one.facts.get("reason") for one in place.engine.deeds(Asked(kind="processes"), actor=SYSTEM).items if one.actor == "admin"]
    assert told == ["ทบทวนแล้ว", "ทบทวนแบบ"]
    assert admin.post(f"{path}/erase", reason="x").status_code == 404


def test_a_task_gets_other_hands_and_another_date(place: Site) -> None:
    admin = place.as_user("admin")
    task = place.engine.tasks(actor=SYSTEM).items[0]
    assert "จัดทำแผน" in admin.get("/administration/tasks").text
    admin.get(f"/administration/tasks/{task.id}")
    give = f"/administration/tasks/{task.id}/assign"
    outsider = admin.post(give, user="watcher", reason="ลอง")
    assert "ไม่ได้ทำงานให้ สำนักงาน" in (asked := admin.get(outsider.location).text), "he would not find it by his party"
    assert 'name="outside" value="watcher"' in asked
    assert place.engine.tasks(actor=SYSTEM).items[0].assignee is None
    admin.post(give, user="watcher", outside="watcher", reason="ลอง")
    assert place.engine.tasks(actor=SYSTEM).items[0].assignee == "watcher"
    admin.post(give, user="officer", reason="คนเดิมลา")
    admin.post(f"/administration/tasks/{task.id}/due", date="15/7/2552", reason="วันหยุด")
    found = place.engine.tasks(actor=SYSTEM).items[0]
    assert found.assignee == "officer"
    assert found.due is not None
    assert found.due.isoformat() == "2009-07-15T16:59:59+00:00"
    assert "วันหยุด" in place.as_user("officer").get(f"/projects/{place.root}").text


def test_the_clock_moves_and_what_falls_due_fires(place: Site) -> None:
    do(place.engine, OFFICE, place.root, {"file": "plan.pdf"})
    do(place.engine, COMMITTEE, place.root, {"decision": "accept", "reasons": ""})
    admin = place.as_user("admin")
    assert "จ. 1 มิ.ย. 2552" in admin.get("/administration/clock").text
    admin.post("/administration/clock", to="day")
    assert place.engine.clock_now() == START + timedelta(days=1)
    admin.post("/administration/clock", to="date", date="12/7/2552", date_time="09:00")
    assert place.engine.clock_now().isoformat() == "2009-07-12T02:00:00+00:00"
    admin.post("/administration/clock", to="date", date="1/6/2552")
    assert place.engine.clock_now().isoformat() == "2009-07-12T02:00:00+00:00", "it never goes back"


def test_deploying_lists_every_problem_by_file_and_line(place: Site) -> None:
    admin = place.as_user("admin")
    admin.get("/administration/processes")
    broken = FILES["application.bpmn"].replace(b'targetRef="end"', b'targetRef="nowhere"')
    answer = admin.send("/administration/processes", {"name": "x", "files": (io.BytesIO(broken), "broken.bpmn")})
    assert answer.status_code == 422
    assert "broken.bpmn" in answer.text
    assert place.engine.definitions(key="application").total == 1


def test_a_zip_of_a_pack_is_deployed_as_a_new_version(place: Site) -> None:
    admin = place.as_user("admin")
    admin.get("/administration/processes")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, text in FILES.items():
            archive.writestr(f"undertaking/{path}", text.replace(b"2009-07-10", b"2009-07-11"))
    content.seek(0)
    answer = admin.send("/administration/processes", {"name": "undertaking", "pack": "undertaking", "files": (content, "pack.zip")})
    assert answer.status_code == 302
    assert place.engine.definitions(key="application").total == 2
    newest = place.engine.definitions(key="undertaking").items[0]
    assert "data-xml" in admin.get(f"/administration/processes/{newest.id}").text


def test_when_the_history_was_checked_last_is_told(place: Site) -> None:
    admin = place.as_user("admin")
    assert 'href="/audit/chains"' in admin.get("/administration/system").text
    place.engine.verify_begun(place.engine.begin_verification(actor=SYSTEM))
    assert "ตรวจสอบล่าสุด" in admin.get("/administration/system").text


def test_a_job_that_failed_is_tried_again_with_a_reason(place: Site) -> None:
    admin = place.as_user("admin")
    body = '<startEvent id="s"/><scriptTask id="count" camunda:asyncBefore="true"><script>b = a + 1</script></scriptTask><endEvent id="e"/>'
    place.engine.deploy({"c.bpmn": process("counting", body, "s -> count", "count -> e")}, name="c", actor=SYSTEM)
    id = place.engine.start("counting", actor=SYSTEM).id
    (job,) = place.engine.jobs(actor=SYSTEM, instance_id=id).items
    admin.get(f"/administration/jobs/{job.id}")
    back = admin.post(f"/administration/jobs/{job.id}/move", date="1/6/2551", reason="พิมพ์ปีผิด")
    assert back.location.endswith(f"/administration/jobs/{job.id}")
    refused = admin.get(back.location).text
    assert "วันนั้นผ่านไปแล้ว" in refused, "a year that was mistyped fires nothing"
    assert ('value="1/6/2551"' in refused, 'value="พิมพ์ปีผิด"' in refused) == (True, True), "what was typed is still there"
    assert 'value="1/6/2551"' not in admin.get(back.location).text, "once"
    assert place.engine.jobs(actor=SYSTEM, instance_id=id).items[0].due == job.due
    for _ in range(4):
        place.engine.advance_clock(place.engine.next_due() or place.engine.clock_now(), actor=SYSTEM)
    shown = admin.get(f"/administration/jobs/{job.id}").text
    assert f'action="/administration/jobs/{job.id}/retry"' in shown
    assert "/run" not in shown.partition("<main")[2]
    place.engine.set_variables(id, {"a": 1}, reason="ลืม", actor=SYSTEM)
    admin.post(f"/administration/jobs/{job.id}/retry")
    assert place.engine.jobs(actor=SYSTEM, instance_id=id).items[0].state == "FAILED", "not without a reason"
    admin.post(f"/administration/jobs/{job.id}/retry", reason="ตั้งค่าแล้ว")
    place.engine.run_due()
    assert place.engine.instance(id, actor=SYSTEM).state == "COMPLETED"
    (event,) = place.engine.history(id, event=Event.JOB_RETRIED, actor=SYSTEM).items
    assert (event.actor, event.data["reason"]) == ("admin", "ตั้งค่าแล้ว")
    assert admin.get("/administration/jobs/none").status_code == 200


def test_a_topic_nobody_fetches_is_seen_and_who_could(place: Site) -> None:
    admin = place.as_user("admin")
    assert "ไม่มีงานที่รอโปรแกรมภายนอก" in admin.get("/administration/workers").text
    task = '<startEvent id="s"/><serviceTask id="x" name="ส่งหนังสือ" camunda:type="external" camunda:topic="mail"/><endEvent id="e"/>'
    place.engine.deploy({"outside.bpmn": process("outside", task, "s -> x", "x -> e")}, name="outside", actor=SYSTEM)
    started = place.engine.start("outside", actor=SYSTEM)
    text = admin.get("/administration/workers").text
    assert "mail" in text
    assert "topic:mail" in text, "the group is named while nobody is in it"
    place.engine.add_user("mailer", name="ระบบส่งหนังสือ", groups=["topic:mail"], actor=SYSTEM)
    assert "ระบบส่งหนังสือ" in admin.get("/administration/workers").text
    mailer = place.engine.actor("mailer")
    wanted = [Wanted("mail", timedelta(minutes=1))]
    (locked,) = place.engine.fetch_external_tasks("w", wanted, actor=mailer)
    shown = admin.get(f"/administration/instances/{started.id}").text
    assert "รอโปรแกรมภายนอก" in shown
    assert "กำลังทำ: w" in shown
    place.engine.complete_external_task(locked.task.id, "w", actor=mailer)
    assert "ระบบส่งหนังสือ" in admin.get(f"/projects/{started.id}/history").text
