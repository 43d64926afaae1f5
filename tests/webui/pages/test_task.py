"""A task's page: the form, its mistakes, files, drafts, checking the answers, and what comes after."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from flask import Flask

from engine.engine import Engine
from engine.people import SYSTEM
from engine.running import modification
from tests.drawing import draw
from tests.webui.pages.conftest import FILES, LETTER, PDF, Browser

GOOD = {
    "subject": "ขอเชิญประชุม", "day.day": "5", "day.month": "7", "day.year": "2570", "kind": "plain", "copies": "3",
    "places[0][name]": "เชียงใหม่",
}  # fmt: skip


@pytest.fixture
def task(office: Engine) -> str:
    """The id of an open task with the long form."""
    office.start("letter", variables={"year": 2570}, business_key="2570", actor=SYSTEM)
    return office.tasks(actor=SYSTEM).items[0].id


@pytest.fixture
def writer(client: Browser) -> Browser:
    """One of the party whose task it is."""
    client.log_in("writer")
    return client


def drawn(page: str, name: str) -> str:
    """The control of a name, as it stands in the page."""
    found = re.search(rf'<(?:input|textarea|select)\b[^>]*name="{re.escape(name)}"[^>]*>', page)
    assert found, f"{name} is not in the page"
    return found[0]


def test_the_form_is_drawn_with_its_defaults_its_hidden_fields_hidden(writer: Browser, task: str) -> None:
    page = writer.get(f"/tasks/{task}").text
    assert 'value="2"' in drawn(page, "copies")
    assert 'maxlength="80"' in drawn(page, "subject")
    assert 'data-conditional="reason" hidden' in page
    assert "PDF" in page, "what may be uploaded is said before"
    assert "ส่งร่างให้ผู้ตรวจ" in page


def test_completing_goes_on_to_the_next_task_and_says_what_happened(writer: Browser, office: Engine, task: str) -> None:
    writer.get(f"/tasks/{task}")
    answer = writer.send(f"/tasks/{task}/complete", GOOD)
    assert answer.status_code == 302
    following = writer.get(answer.location)
    assert "เสร็จแล้ว: ร่างหนังสือ" in following.text
    assert "ตรวจร่าง" in following.text
    values = office.variables(office.instances(actor=SYSTEM).items[0].id, actor=SYSTEM)
    assert (values["day"], values["copies"], values["places"]) == ("2027-07-05", 3, [{"name": "เชียงใหม่"}])


def test_mistakes_stand_at_their_fields_and_on_top_and_nothing_typed_is_lost(writer: Browser, task: str) -> None:
    writer.get(f"/tasks/{task}")
    typed = GOOD | {"subject": "", "day.day": "31", "day.month": "6", "copies": "หลาย", "body": "ถึงทุกจังหวัด", "places[0][name]": ""}
    answer = writer.send(f"/tasks/{task}/complete", typed)
    assert answer.status_code == 422
    for field in ("f-subject", "f-day", "f-copies", "f-places"):
        assert f'href="#{field}"' in answer.text, field
        assert f'id="{field}"' in answer.text, field
    assert "ไม่มีวันที่ 31 มิถุนายน" in answer.text
    assert "ถึงทุกจังหวัด" in answer.text
    assert 'value="หลาย"' in drawn(answer.text, "copies")
    assert 'value="31"' in drawn(answer.text, "day.day")


def test_a_year_typed_in_the_wrong_era_is_said(writer: Browser, task: str) -> None:
    writer.get(f"/tasks/{task}")
    answer = writer.send(f"/tasks/{task}/complete", GOOD | {"day.year": "70"})
    assert answer.status_code == 422
    assert "โปรดพิมพ์ปีให้ครบสี่หลัก" in answer.text


def test_a_field_that_the_answers_ask_for_is_required_only_then(writer: Browser, task: str) -> None:
    writer.get(f"/tasks/{task}")
    answer = writer.send(f"/tasks/{task}/complete", GOOD | {"kind": "urgent"})
    assert answer.status_code == 422
    assert 'data-conditional="reason" hidden' not in answer.text
    shown = writer.send(f"/tasks/{task}/visible", {"kind": "urgent"}).json
    assert shown is not None
    assert "reason" in shown["visible"]
    hidden = writer.send(f"/tasks/{task}/visible", {"kind": "plain"}).json
    assert hidden is not None
    assert "reason" not in hidden["visible"]


def test_rows_of_a_table_are_added_and_removed_without_a_script(writer: Browser, task: str) -> None:
    writer.get(f"/tasks/{task}")
    more = writer.send(f"/tasks/{task}/complete", GOOD | {"_add": "places"})
    assert "เชียงใหม่" in drawn(more.text, "places[0][name]")
    assert drawn(more.text, "places[1][name]")
    fewer = writer.send(f"/tasks/{task}/complete", GOOD | {"places[1][name]": "ลำพูน", "_remove": "places[0]"})
    assert "ลำพูน" in drawn(fewer.text, "places[0][name]")
    assert "places[1][name]" not in fewer.text


def upload(content: bytes, name: str) -> dict[str, Any]:
    return {"paper": (io.BytesIO(content), name)}


def test_a_file_is_kept_with_the_draft_and_can_be_opened_by_its_reader_only(writer: Browser, task: str) -> None:
    writer.get(f"/tasks/{task}")
    assert writer.send(f"/tasks/{task}/draft", GOOD | upload(PDF, "เชิญ.pdf")).status_code == 302
    page = writer.get(f"/tasks/{task}").text
    link = re.search(r'href="(/documents/\w+)"', page)
    assert link
    assert "เชิญ.pdf" in page
    opened = writer.get(link[1])
    assert opened.data == PDF
    assert opened.mimetype == "application/pdf"
    stranger = Browser(writer.http.application)
    stranger.log_in("stranger")
    assert stranger.get(link[1]).status_code == 404


@pytest.mark.parametrize(("content", "name"), [(b"<html>", "letter.pdf"), (PDF + b" " * 400_000, "large.pdf"), (b"", "empty.pdf")])
def test_a_file_of_a_wrong_kind_or_size_is_refused_at_its_field(writer: Browser, task: str, content: bytes, name: str) -> None:
    writer.get(f"/tasks/{task}")
    answer = writer.send(f"/tasks/{task}/complete", GOOD | upload(content, name))
    assert answer.status_code == 422
    assert 'href="#f-paper"' in answer.text
    assert "ขอเชิญประชุม" in answer.text


def test_a_draft_claims_the_task_and_the_script_is_told_when(writer: Browser, office: Engine, task: str) -> None:
    writer.get(f"/tasks/{task}")
    answer = writer.http.post(f"/tasks/{task}/draft", data=GOOD | {"_csrf": writer.token}, headers={"Accept": "application/json"})
    assert answer.json is not None
    assert "บันทึกร่างแล้ว" in answer.json["saved"]
    assert office.task(task, actor=SYSTEM).task.assignee == "writer"
    assert "ขอเชิญประชุม" in writer.get(f"/tasks/{task}").text
    other = Browser(writer.http.application)
    other.log_in("writer2")
    assert "ขอเชิญประชุม" not in other.get(f"/tasks/{task}").text, "nobody else sees a draft"
    assert other.send(f"/tasks/{task}/complete", GOOD).status_code == 409


def test_what_was_written_is_there_to_copy_when_the_form_has_changed(writer: Browser, office: Engine, task: str) -> None:
    office.save_draft(task, {"subject": "ขอเชิญประชุม", "body": "ห้องเดิมไม่ว่าง", "kind": "urgent"}, actor=office.actor("writer"))
    assert "ไม่มีช่องแล้ว" not in writer.get(f"/tasks/{task}").text
    fields = {name: field for name, field in LETTER["properties"].items() if name not in ("body", "kind", "reason")}
    shorter = LETTER | {"properties": fields, "required": ["subject"]}
    before = office.definitions(key="letter").items[0].id
    office.deploy(FILES | {"forms/letter.json": json.dumps(shorter).encode()}, name="letter", actor=SYSTEM)
    after = office.definitions(key="letter", latest=True).items[0].id
    office.migrate(office.suggest_migration(before, after, actor=SYSTEM), reason="แบบสั้น", actor=SYSTEM)
    page = writer.get(f"/tasks/{task}").text
    assert "ไม่มีช่องแล้ว" in page
    assert re.findall(r"<blockquote[^>]*>([^<]*)<", page) == ["ห้องเดิมไม่ว่าง"], "what was written, no codes of choices"


def test_the_same_form_sent_twice_is_completed_once(writer: Browser, office: Engine, task: str) -> None:
    writer.get(f"/tasks/{task}")
    first = writer.send(f"/tasks/{task}/complete", GOOD | {"_key": "one"})
    again = writer.send(f"/tasks/{task}/complete", GOOD | {"_key": "one"})
    assert first.location == again.location
    assert writer.send(f"/tasks/{task}/complete", GOOD | {"_key": "two"}).status_code == 409
    assert office.tasks(actor=SYSTEM).total == 1


def test_who_filled_in_what_was_taken_away_learns_by_whom_and_why(writer: Browser, office: Engine, task: str) -> None:
    instance_id = office.task(task, actor=SYSTEM).task.instance_id
    writer.get(f"/tasks/{task}")
    writer.send(f"/tasks/{task}/draft", GOOD)
    office.suspend(instance_id, reason="รอคำสั่ง", actor=SYSTEM)
    held = writer.get(f"/tasks/{task}").text
    assert "รอคำสั่ง" in held
    assert "กระบวนการระงับไว้ชั่วคราว" in held
    office.resume(instance_id, actor=SYSTEM)
    assert "รอคำสั่ง" not in writer.get(f"/tasks/{task}").text
    office.modify(instance_id, modification.move(task, "check"), reason="ทำในกระดาษแล้ว", actor=SYSTEM)
    gone = writer.send(f"/tasks/{task}/complete", GOOD)
    assert gone.status_code == 409
    assert "ไม่ได้ส่ง" in gone.text
    assert "ทำในกระดาษแล้ว" in gone.text


def test_a_form_to_check_first_is_shown_once_more_before_it_is_sent(writer: Browser, office: Engine, task: str) -> None:
    writer.get(f"/tasks/{task}")
    check = writer.send(f"/tasks/{task}/complete", GOOD | upload(PDF, "เชิญ.pdf")).location
    page = writer.get(check).text
    assert "ขอเชิญประชุม" in page, "the fact beside the form"
    assert writer.send(f"{check}/complete", {}).status_code == 422
    answer = writer.send(f"{check}/complete", {"verdict": "good"})
    assert answer.location == f"{check}/check"
    summary = writer.get(answer.location).text
    assert "ผ่าน" in summary
    assert f'href="{check}#f-verdict"' in summary
    assert office.tasks(actor=SYSTEM).total == 1, "nothing is sent yet"
    done = writer.send(f"{check}/confirm", {})
    assert (done.status_code, done.location) == (302, "/inbox")
    assert office.tasks(actor=SYSTEM).total == 0


def test_who_has_nothing_to_do_with_it_does_not_learn_that_it_is_there(client: Browser, task: str) -> None:
    client.log_in("stranger")
    assert client.get(f"/tasks/{task}").status_code == 404
    for verb in ("complete", "draft", "claim", "release", "visible"):
        assert client.send(f"/tasks/{task}/{verb}", GOOD).status_code in (403, 404), verb


def test_an_administrator_sees_that_it_is_there_and_not_what_is_in_it(client: Browser, writer: Browser, task: str) -> None:
    writer.get(f"/tasks/{task}")
    writer.send(f"/tasks/{task}/draft", GOOD)
    admin = Browser(writer.http.application)
    admin.log_in("admin")
    page = admin.get(f"/tasks/{task}")
    assert page.status_code == 200
    assert "ขอเชิญประชุม" not in page.text
    assert 'name="subject"' not in page.text


def test_taking_and_giving_back(writer: Browser, office: Engine, task: str) -> None:
    writer.get("/inbox")
    assert writer.post(f"/tasks/{task}/claim").location == f"/tasks/{task}"
    assert office.task(task, actor=SYSTEM).task.assignee == "writer"
    other = Browser(writer.http.application)
    other.log_in("writer2")
    assert other.post(f"/tasks/{task}/claim").location == "/inbox"
    assert "มีผู้อื่นรับงานนี้ไปก่อนแล้ว" in other.get("/inbox").text
    assert writer.post(f"/tasks/{task}/release").location == "/inbox"
    assert office.task(task, actor=SYSTEM).task.assignee is None


def test_a_completed_task_says_who_did_it(writer: Browser, task: str) -> None:
    writer.get(f"/tasks/{task}")
    writer.send(f"/tasks/{task}/complete", GOOD)
    page = writer.get(f"/tasks/{task}").text
    assert "ผู้ใช้ writer ทำงานนี้เสร็จเมื่อ" in page
    assert 'name="subject"' not in page


def test_who_else_did_the_same_task_is_not_told_beside_it(office: Engine, client: Browser) -> None:
    several = '<multiInstanceLoopCharacteristics camunda:collection="judges" camunda:elementVariable="judge"/>'
    judged = f'<userTask id="judge" name="ให้คะแนน" camunda:assignee="${{judge}}">{several}</userTask>'
    before = '<userTask id="before" name="เตรียมการ" camunda:candidateGroups="writers"/>'
    body = f'<startEvent id="s"/>{before}{judged}<endEvent id="e"/>'
    office.deploy({"j.bpmn": draw(body, "s > before > judge > e", key="judging")}, name="judging", actor=SYSTEM)
    instance = office.start("judging", variables={"judges": ["writer", "writer2"]}, actor=SYSTEM)
    (first,) = office.tasks(instance_id=instance.id, actor=SYSTEM).items
    office.complete_task(first.id, {}, actor=office.actor("writer"))
    sheets = {task.assignee: task.id for task in office.tasks(instance_id=instance.id, actor=SYSTEM).items}
    office.complete_task(sheets["writer2"], {}, actor=office.actor("writer2"))
    client.log_in("writer")
    page = client.get(f"/tasks/{sheets['writer']}").text
    assert "เตรียมการ" in page
    assert "ผู้ใช้ writer2" not in page


def test_who_is_barred_is_told_why_and_shown_nothing_of_it(client: Browser, office: Engine) -> None:
    body = '<startEvent id="s"/><userTask id="t" camunda:candidateGroups="writers,checkers" ruam:barred="writers"/><endEvent id="e"/>'
    files = {"p.bpmn": draw(body, "s > t > e", key="judging"), "parties.toml": '[writers]\nth = "ผู้ร่าง"\nen = "Writers"\n'.encode()}
    office.deploy(files, name="judging", actor=SYSTEM)
    office.start("judging", actor=SYSTEM)
    (task,) = office.tasks(actor=SYSTEM).items
    client.log_in("writer")
    page = client.get(f"/tasks/{task.id}").text
    assert "ท่านเป็นสมาชิกของ ผู้ร่าง ซึ่งมีส่วนได้เสีย" in page
    assert f"/tasks/{task.id}/complete" not in page
    assert client.post(f"/tasks/{task.id}/complete").status_code == 403


def test_what_one_answered_is_there_to_read_afterwards_for_nobody_else(writer: Browser, task: str) -> None:
    writer.send(f"/tasks/{task}/complete", GOOD | {"body": "ถึงทุกจังหวัด"} | upload(PDF, "เชิญ.pdf"))
    done = writer.get(f"/tasks/{task}").text
    assert "คำตอบที่ท่านส่ง" in done
    assert "ถึงทุกจังหวัด" in done
    assert "5 ก.ค. 2570" in done
    assert ">เอกสารแนบ</a>" in done, "the paper by what the form called it"
    assert "วันทำการ" not in done, "nothing is left to count down to"
    for name in ("writer2", "checker", "admin"):
        writer.log_in(name)
        assert "ถึงทุกจังหวัด" not in writer.get(f"/tasks/{task}").text, name


NOBODY = draw('<startEvent id="s"/><userTask id="t" name="ค้าง"/><endEvent id="e"/>', "s > t > e", key="nobody")
FORMLESS = draw(
    '<startEvent id="s"/><userTask id="t" camunda:formKey="embedded:app:forms/x.html" camunda:assignee="writer"/><endEvent id="e"/>',
    "s > t > e",
    key="formless",
)


def opened(office: Engine, content: bytes, key: str) -> str:
    """The id of the task of a process that is deployed and started."""
    office.deploy({f"{key}.bpmn": content}, name=key, actor=SYSTEM)
    instance = office.start(key, actor=SYSTEM)
    return office.tasks(actor=SYSTEM, instance_id=instance.id).items[0].id


def test_a_task_of_nobody_says_so_and_leads_to_assigning_it(client: Browser, office: Engine) -> None:
    task_id = opened(office, NOBODY, "nobody")
    client.log_in("admin")
    page = client.get(f"/tasks/{task_id}").text
    assert "งานนี้ไม่ได้ระบุผู้รับผิดชอบ" in page
    assert f"/administration/tasks/{task_id}" in page


def test_a_form_that_is_not_here_is_named(writer: Browser, office: Engine) -> None:
    page = writer.get(f"/tasks/{opened(office, FORMLESS, 'formless')}").text
    assert "embedded:app:forms/x.html" in page
    assert "ส่งงานโดยไม่มีแบบฟอร์ม" in page


def test_who_completes_the_last_task_before_a_date_is_told_that_nobody_has_to_act(office: Engine, app: Flask) -> None:
    timer = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
    body = (
        '<startEvent id="s"/><userTask id="a" ruam:step="1" camunda:candidateGroups="writers"/>'
        '<subProcess id="w" ruam:step="2"><startEvent id="x"/>'
        f'<intermediateCatchEvent id="t">{timer}</intermediateCatchEvent><sequenceFlow id="f" sourceRef="x" targetRef="t"/></subProcess>'
    )
    office.deploy({"goes.bpmn": draw(body, "s > a > w", key="goes")}, name="goes", actor=SYSTEM)
    instance_id = office.start("goes", actor=SYSTEM).id
    office.set_memberships("admin", ["writers"], actor=SYSTEM)
    admin = Browser(app)
    admin.log_in("admin")
    (task,) = office.tasks(actor=SYSTEM, instance_id=instance_id).items
    admin.get(f"/tasks/{task.id}")
    assert admin.send(f"/tasks/{task.id}/complete", {}).status_code == 302
    assert "ระบบ ซึ่งดำเนินการต่อเอง" in admin.get("/inbox").text
