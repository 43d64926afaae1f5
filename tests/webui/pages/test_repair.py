"""Repairing an instance: what happens is read before it is done, and nothing is done without a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.people import SYSTEM
from engine.states import Event
from engine.testing import linear, process
from tests.webui.pages.projects import Site, site

COUNTING = process(
    "counting",
    '<startEvent id="s"/><scriptTask id="count" camunda:asyncBefore="true"><script>b = a + 1</script></scriptTask>'
    '<userTask id="t"/><endEvent id="e"/>',
    "s -> count",
    "count -> t",
    "t -> e",
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Site]:
    for here in site(tmp_path):
        here.engine.deploy({"letter.bpmn": linear("letter", "write", "check", "send"), "c.bpmn": COUNTING}, name="letter", actor=SYSTEM)
        yield here


def standing(place: Site, instance_id: str) -> list[str]:
    return [task.element_id for task in place.engine.tasks(actor=SYSTEM, instance_id=instance_id).items]


def test_a_token_is_moved_after_its_outcome_was_read(place: Site) -> None:
    admin = place.as_user("admin")
    id = place.engine.start("letter", actor=SYSTEM).id
    path = f"/administration/instances/{id}"
    (task,) = place.engine.tasks(actor=SYSTEM, instance_id=id).items
    assert f"/repair?token={task.id}" in admin.get(path).text
    assert 'value="check"' in admin.get(f"{path}/repair?token={task.id}").text
    chosen = {"verb": "move", "token": task.id, "to": "send", "variables": '{"n": 1}'}
    check = admin.post(f"{path}/repair", **chosen).text
    assert "งาน “write” ของ workers สิ้นสุดลงโดยไม่ได้ทำให้เสร็จ" in check
    assert "เปิดงาน “send” ให้ workers" in check
    assert standing(place, id) == ["write"]
    revision = re.search(r'name="revision" value="(\d+)"', check)
    assert revision is not None
    sure = {**chosen, "revision": revision[1], "sure": "yes"}
    assert admin.post(f"{path}/repair", **sure, reason="").status_code == 422
    assert standing(place, id) == ["write"]
    assert admin.post(f"{path}/repair", **sure, reason="ทำไปแล้ว").status_code == 302
    assert standing(place, id) == ["send"]
    (row,) = place.engine.history(id, actor=SYSTEM, event=Event.INSTANCE_MODIFIED).items
    assert (row.data["reason"], row.actor) == ("ทำไปแล้ว", "admin")
    assert place.engine.variables(id, actor=SYSTEM)["n"] == 1
    gone = admin.post(f"{path}/repair", **sure, reason="again").text
    assert (gone.count("ไม่มีอยู่แล้ว"), gone.count("เริ่มที่จุดอื่นเพิ่ม")) == (1, 0)


@pytest.mark.parametrize(("verb", "left"), [("skip", ["check"]), ("repeat", ["write"]), ("cancel", [])])
def test_skipped_repeated_ended(place: Site, verb: str, left: list[str]) -> None:
    admin = place.as_user("admin")
    id = place.engine.start("letter", actor=SYSTEM).id
    (task,) = place.engine.tasks(actor=SYSTEM, instance_id=id).items
    revision = place.engine.standing(id, actor=SYSTEM).revision
    sure = {"verb": verb, "token": task.id, "revision": str(revision), "sure": "yes", "reason": "r"}
    admin.get(f"/administration/instances/{id}")
    assert admin.post(f"/administration/instances/{id}/repair", **sure).status_code == 302
    assert standing(place, id) == left
    assert place.engine.task(task.id, actor=SYSTEM).task.state == "TERMINATED"


def test_an_ended_one_is_started_once_more_and_one_may_begin_elsewhere_too(place: Site) -> None:
    admin = place.as_user("admin")
    id = place.engine.start("letter", business_key="7", actor=SYSTEM).id
    path = f"/administration/instances/{id}"
    revision = place.engine.standing(id, actor=SYSTEM).revision
    admin.get(path)
    more = {"verb": "start", "to": "send", "revision": str(revision), "sure": "yes", "reason": "r"}
    assert admin.post(f"{path}/repair", **more).status_code == 302
    assert sorted(standing(place, id)) == ["send", "write"]
    place.engine.cancel(id, reason="r", actor=SYSTEM)
    assert "restart" in admin.get(path).text
    assert 'value="check"' in admin.get(f"{path}/restart").text
    answer = admin.post(f"{path}/repair", verb="restart", to="check", sure="yes", reason="r")
    new = answer.headers["Location"].rpartition("/")[2]
    assert standing(place, new) == ["check"]


def test_what_cannot_be_done_is_said_and_nobody_else_repairs(place: Site) -> None:
    admin = place.as_user("admin")
    id = place.engine.start("letter", actor=SYSTEM).id
    path = f"/administration/instances/{id}"
    (task,) = place.engine.tasks(actor=SYSTEM, instance_id=id).items
    admin.get(path)
    for wrong in ({"verb": "move"}, {"verb": "skip", "variables": "{"}, {"verb": "skip", "variables": "1"}, {"verb": "move", "to": "zzz"}):
        assert admin.post(f"{path}/repair", token=task.id, **wrong).status_code == 422
    worker = place.as_user("officer")
    worker.get("/inbox")
    assert worker.get(f"{path}/repair").status_code == 403
    assert worker.post(f"{path}/repair", verb="skip", token=task.id, sure="yes", reason="r").status_code == 403
    assert "ไม่มีสิ่งใดอยู่ที่นี่" in admin.get(f"{path}/elements/check").text
    assert task.id in admin.get(f"{path}/elements/write").text


def test_variables_are_set_with_a_reason_and_their_history_is_told(place: Site) -> None:
    admin = place.as_user("admin")
    id = place.engine.start("letter", variables={"n": 1}, actor=SYSTEM).id
    path = f"/administration/instances/{id}/variables"
    admin.get(path)
    admin.post(path, name="n", value='{"a": "ก"}', act="set", reason="แก้ค่า")
    admin.post(path, name="m", value="ข้อความ", act="set", reason="เพิ่ม")
    admin.post(path, name="n", value="{", act="set", reason="r")
    assert "บรรทัดที่ 1 อักษรที่ 2" in admin.get(path).text, "where it stops being JSON, in Thai"
    admin.post(path, name="n", value="5", act="set", reason="")
    assert place.engine.variables(id, actor=SYSTEM) == {"n": {"a": "ก"}, "m": "ข้อความ"}
    told = admin.get(path).text
    assert "{&#34;a&#34;: &#34;ก&#34;}" in told
    assert '<td data-label="เหตุผล">แก้ค่า</td>' in told
    for name, value, words in (
        ("day", "2027-06-31", "ไม่มีวัน 2027-06-31"),
        ("day", "2570-06-30", "2027-06-30"),
        ("two words", "1", "ชื่อตัวแปรต้องไม่มีช่องว่าง"),
    ):
        admin.post(path, name=name, value=value, act="set", reason="ตรวจแล้ว")
        refused = admin.get(path).text
        assert words in refused
        assert (f'value="{name}"' in refused, f">{value}</textarea>" in refused, 'value="ตรวจแล้ว"' in refused) == (True, True, True)
    pieces = "".join(chr(0x4E00 + number * 7) for number in range(1500))
    cookie = admin.post(path, name="m", value=pieces, act="set", reason="").headers.get("Set-Cookie", "")
    assert len(cookie) < 4000, "a browser keeps no more"
    assert f">{pieces}</textarea>" not in admin.get(path).text
    assert set(place.engine.variables(id, actor=SYSTEM)) == {"n", "m"}
    admin.post(path, name="m", act="remove", reason="r")
    assert "m" not in place.engine.variables(id, actor=SYSTEM)


def test_what_was_set_by_hand_is_told_in_thai(place: Site) -> None:
    id = place.engine.start("letter", actor=SYSTEM).id
    place.engine.set_variables(id, {"a": 1}, reason="ตกหล่น", actor=SYSTEM)
    told = place.as_user("admin").get(f"/projects/{id}/history").text
    assert "กำหนดค่าตัวแปรด้วยมือ" in told
    assert "ตกหล่น" in told
    assert "by hand" not in told


def test_incidents_are_seen_to_together(place: Site) -> None:
    admin = place.as_user("admin")
    for _ in range(2):
        place.engine.start("counting", variables={"a": "x"}, actor=SYSTEM)
    for _ in range(4):
        place.engine.advance_clock(place.engine.next_due() or place.engine.clock_now(), actor=SYSTEM)
    ids = [one.id for one in place.engine.incidents(actor=SYSTEM).items if one.element_id == "count"]
    assert len(ids) == 2
    assert ids[0] in admin.get("/administration/incidents").text
    post = "/administration/incidents/repair"
    admin.post(post, incident=ids, act="retry", variables='{"a": 1}', reason="")
    assert place.engine.incidents(actor=SYSTEM).total >= 2
    admin.post(post, incident=ids[0], act="retry", variables='{"a": 1}', reason="ค่าผิด")
    admin.post(post, incident=ids[1], act="dismiss", reason="ทราบแล้ว")
    assert not {one.id for one in place.engine.incidents(actor=SYSTEM).items} & set(ids)
    told = admin.get("/administration/incidents?view=all").text
    assert ("ค่าผิด" in told, "ทราบแล้ว" in told) == (True, True), "why, of those that were tried again, too"


def test_what_fails_again_at_once_is_not_called_seen_to(place: Site) -> None:
    admin = place.as_user("admin")
    place.engine.start("counting", variables={"a": "x"}, actor=SYSTEM)
    for _ in range(4):
        place.engine.advance_clock(place.engine.next_due() or place.engine.clock_now(), actor=SYSTEM)
    (old,) = [one.id for one in place.engine.incidents(actor=SYSTEM).items if one.element_id == "count"]
    assert "counting · ฉบับที่ 1" in admin.get("/administration/incidents").text
    wrong = admin.post("/administration/incidents/repair", incident=old, act="retry", variables='{"a": ', reason="เหตุผลที่พิมพ์ไว้")
    assert wrong.status_code == 422
    assert "เหตุผลที่พิมพ์ไว้" in wrong.text, "what was typed stays"
    assert "{&#34;a&#34;: " in wrong.text
    assert 'id="bulk-variables-error"' in wrong.text
    assert f'value="{old}" form="repair-incidents" checked' in wrong.text
    admin.post("/administration/incidents/repair", incident=old, act="retry", variables='{"a": "y"}', reason="r")
    (new,) = [one.id for one in place.engine.incidents(actor=SYSTEM).items if one.element_id == "count"]
    assert new != old
    told = admin.get("/administration/incidents").text
    assert "ล้มเหลวซ้ำทันที" in told
    assert f'<a href="#incident-{new}">' in told
    assert "จัดการแล้ว" not in told
    admin.post("/administration/incidents/repair", incident=new, act="retry", variables='{"a": 1}', reason="r")
    assert "ล้มเหลวซ้ำทันที" not in admin.get("/administration/incidents").text


def test_files_dates_and_what_was_removed_read_as_such(place: Site) -> None:
    admin = place.as_user("admin")
    file = {"$type": "File", "content": "aGVsbG8=", "filename": "h.txt", "mimeType": "text/plain"}
    given = {"f": file, "d": "2027-06-30T17:00:00+00:00", "gone": 1, "empty": 2}
    id = place.engine.start("letter", variables=given, actor=SYSTEM).id
    path = f"/administration/instances/{id}/variables"
    admin.get(path)
    admin.post(path, name="gone", act="remove", reason="r")
    admin.post(path, name="empty", value="null", act="set", reason="r")
    told = admin.get(path).text
    assert "h.txt · 5 B" in told
    assert "aGVsbG8" not in told
    assert "1 ก.ค. 2570" in told
    assert told.count("<em>นำออกแล้ว</em>") == 1
    assert '<code class="value">null</code>' in told


def test_an_activity_is_held_and_goes_on(place: Site) -> None:
    admin = place.as_user("admin")
    id = place.engine.start("letter", actor=SYSTEM).id
    path = f"/administration/instances/{id}"
    assert "elements/write/suspend" in admin.get(f"{path}/elements/write").text
    admin.get(path)
    admin.post(f"{path}/elements/write/suspend", reason="")
    assert place.engine.instance(id, actor=SYSTEM).held_elements == []
    admin.post(f"{path}/elements/write/suspend", reason="รอเอกสาร")
    assert place.engine.instance(id, actor=SYSTEM).held_elements == ["write"]
    assert "elements/write/resume" in admin.get(path).text
    admin.post(f"{path}/elements/write/resume", reason="ได้รับแล้ว")
    assert place.engine.instance(id, actor=SYSTEM).held_elements == []


MANY = process(
    "many",
    '<startEvent id="s"/><scriptTask id="x"><script>places = ["a", "b"]</script></scriptTask><userTask id="t" name="ที่ ${place}">'
    '<multiInstanceLoopCharacteristics camunda:collection="places" camunda:elementVariable="place"/></userTask><endEvent id="e"/>',
    "s -> x",
    "x -> t",
    "t -> e",
)


def test_one_more_of_many_is_begun_from_what_the_newest_is_for(place: Site) -> None:
    admin = place.as_user("admin")
    place.engine.deploy({"many.bpmn": MANY}, name="many", actor=SYSTEM)
    id = place.engine.start("many", actor=SYSTEM).id
    path = f"/administration/instances/{id}/repair"
    shown = admin.get(f"{path}?to=t").text
    assert "&#34;place&#34;: &#34;b&#34;" in shown
    revision = str(place.engine.standing(id, actor=SYSTEM).revision)
    more = {"verb": "start", "to": "t", "variables": '{"place": "c"}', "revision": revision, "sure": "yes", "reason": "เพิ่ม"}
    assert admin.post(path, **more).status_code == 302
    assert sorted(task.name for task in place.engine.tasks(actor=SYSTEM, instance_id=id).items) == ["ที่ a", "ที่ b", "ที่ c"]
    assert place.engine.variables(id, actor=SYSTEM)["places"] == ["a", "b", "c"]


def test_an_administrator_who_may_not_read_what_is_in_it_begins_one_more_without_an_example(place: Site) -> None:
    admin = place.as_user("admin")
    place.engine.deploy({"many.bpmn": MANY.replace(b'id="many"', b'id="many" ruam:category="project"')}, name="many", actor=SYSTEM)
    id = place.engine.start("many", actor=SYSTEM).id
    answer = admin.get(f"/administration/instances/{id}/repair?to=t")
    assert answer.status_code == 200
    assert "&#34;place&#34;: &#34;&#34;" in answer.text, "its name without what it says"
    assert "&#34;b&#34;" not in answer.text


def test_what_is_no_verb_and_no_revision_is_refused(place: Site) -> None:
    admin = place.as_user("admin")
    id = place.engine.start("letter", actor=SYSTEM).id
    path = f"/administration/instances/{id}"
    admin.get(path)
    assert admin.post(f"{path}/erase", reason="x").status_code == 404
    assert admin.post(f"{path}/elements/write/erase", reason="x").status_code == 404
    asked = {"verb": "start", "to": "check", "revision": "abc", "sure": "yes", "reason": "x"}
    assert admin.post(f"{path}/repair", **asked).status_code == 422
    assert standing(place, id) == ["write"]


def test_one_activity_is_held_in_all_of_a_version(place: Site) -> None:
    admin = place.as_user("admin")
    id = place.engine.start("letter", actor=SYSTEM).id
    (view,) = place.engine.definitions(key="letter").items
    path = f"/administration/processes/{view.id}"
    assert "มี 1 กระบวนการที่อยู่ตรงนี้" in admin.get(f"{path}/elements/write").text
    assert "ตรงนี้ไม่มีอะไรรออยู่ให้พักได้" in admin.get(f"{path}/elements/start").text
    admin.post(f"{path}/elements/suspend", element="write", reason="")
    assert place.engine.definition(view.id).held_elements == [], "nothing is done without a reason"
    assert admin.post(f"{path}/elements/suspend", element="write", reason="แบบฟอร์มผิด").status_code == 302
    later = place.engine.start("letter", actor=SYSTEM).id
    states = [task.state for one in (id, later) for task in place.engine.tasks(actor=SYSTEM, instance_id=one).items]
    assert states == ["SUSPENDED", "SUSPENDED"]
    assert 'id="held-1"' in admin.get(path).text
    admin.post(f"{path}/elements/suspend", element="start", reason="x")
    assert place.engine.definition(view.id).held_elements == ["write"], "where nothing waits nothing is held"
    assert "แบบฟอร์มผิด" in admin.get("/audit?kind=processes").text
    assert admin.post(f"{path}/elements/resume", element="write", reason="แก้แล้ว").status_code == 302
    assert [task.state for task in place.engine.tasks(actor=SYSTEM, instance_id=later).items] == ["CREATED"]
    assert place.as_user("officer").get(f"{path}/elements/write").status_code == 403


def test_activities_of_an_ad_hoc_sub_process_are_begun_from_the_page_and_from_a_task(place: Site) -> None:
    inside = '<adHocSubProcess id="h"><userTask id="a" name="ถาม" camunda:candidateUsers="officer"/><userTask id="b"/></adHocSubProcess>'
    file = process("asked", f'<startEvent id="s"/>{inside}<endEvent id="e"/>', "s -> h", "h -> e")
    place.engine.deploy({"asked.bpmn": file}, name="asked", actor=SYSTEM)
    id = place.engine.start("asked", actor=SYSTEM).id
    admin, officer = place.as_user("admin"), place.as_user("officer")
    path = f"/administration/instances/{id}"
    assert admin.get(path).text.count('name="element"') == 2
    assert admin.post(f"{path}/begin", element="b").status_code == 302
    assert sorted(standing(place, id)) == ["a", "b", "b"]
    task = next(one for one in place.engine.inbox(actor=place.engine.actor("officer")).items if one.instance_id == id)
    assert officer.get(f"/tasks/{task.id}").text.count('name="element"') == 1, "only what he would be asked to do"
    assert officer.post(f"/tasks/{task.id}/begin", element="a").status_code == 302
    assert sorted(standing(place, id)) == ["a", "a", "b", "b"]
    officer.post(f"/tasks/{task.id}/begin", element="b")
    assert sorted(standing(place, id)) == ["a", "a", "b", "b"]
    letter = place.engine.start("letter", actor=SYSTEM).id
    assert 'id="choices"' not in admin.get(f"/administration/instances/{letter}").text
