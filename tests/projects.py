"""A small project: a paper is written, examined and perhaps returned, then villages apply. For tests of what projects show."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.dates.clock import SimulatedClock
from engine.engine import Engine
from engine.people import SYSTEM, Actor
from engine.registry import Pack
from tests import databases
from tests.drawing import draw

START = datetime(2009, 6, 1, 2, 0, tzinfo=UTC)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PARTIES = """
[office]
th = "สำนักงาน"
en = "Office"
see = ["project", "paper", "application"]
[committee]
th = "คณะกรรมการ"
en = "Committee"
see = ["project", "paper"]
[village]
th = "หมู่บ้าน"
en = "Village"
unit_variable = "village.code"
see = ["application:own"]
[watcher]
th = "ผู้เฝ้าดู"
en = "Watcher"
see = ["project"]
"""
WINDOWS = (
    'windows = {"1": {"opens": "2009-06-01T00:00:00+07:00", "closes": "2009-06-30T23:59:59+07:00"}, '
    '"2": {"opens": "2009-06-01T00:00:00+07:00", "closes": "2009-06-30T23:59:59+07:00"}, '
    '"3": {"opens": "2009-07-01T00:00:00+07:00", "closes": "2009-07-31T23:59:59+07:00"}}; '
    'villages = [{"code": "A"}, {"code": "B"}]'
)
PROJECT = draw(
    """<startEvent id="start"/><scriptTask id="plan"><script>{WINDOWS}</script></scriptTask>
    <userTask id="write" name="จัดทำแผน" ruam:nameEn="Write the plan" ruam:step="1" camunda:candidateGroups="office" camunda:formKey="paper">
      <extensionElements><ruam:deliverable key="plan" copies="10" cds="2" instalment="1" th="แผน" en="Plan"/></extensionElements></userTask>
    <callActivity id="accept" name="ตรวจรับ" ruam:nameEn="Accept" calledElement="acceptance" ruam:step="2" ruam:category="project">
      <extensionElements><ruam:accepts instalment="1" deliverables="plan"/></extensionElements></callActivity>
    <callActivity id="apply" name="สมัคร" calledElement="application" ruam:step="3" ruam:category="application"
      ruam:unit="${village.code}"><extensionElements><camunda:in businessKey="2552/${village.code}"/>
      <camunda:in source="village" target="village"/></extensionElements>
      <multiInstanceLoopCharacteristics camunda:collection="villages" camunda:elementVariable="village"/></callActivity>
    <endEvent id="end"/>""".replace("{WINDOWS}", WINDOWS),
    "start > plan > write > accept > apply > end",
    key="undertaking",
).replace(
    b'<process id="undertaking"', '<process id="undertaking" name="โครงการ" ruam:nameEn="Undertaking" ruam:category="project"'.encode()
)
ACCEPTANCE = draw(
    """<startEvent id="start"/><userTask id="examine" name="ตรวจ" camunda:candidateGroups="committee" camunda:formKey="examination"/>
    <serviceTask id="conclude" ruam:handler="conclude"><extensionElements><ruam:parameter name="decision">${decision}</ruam:parameter>
    <ruam:parameter name="reasons">${reasons}</ruam:parameter></extensionElements></serviceTask><exclusiveGateway id="good"/>
    <userTask id="rework" name="ปรับแก้" camunda:candidateGroups="office" camunda:formKey="paper"/><endEvent id="end"/>""",
    "start > examine > conclude > good >[decision == 'return'] rework > examine; good >* end",
    key="acceptance",
)
APPLICATION = draw(
    """<startEvent id="start"/><userTask id="fill" name="ใบสมัคร" camunda:candidateGroups="village:${village.code}"
    camunda:dueDate="2009-07-10"/><endEvent id="end"/>""",
    "start > fill > end",
    key="application",
)
KINDS = {"category": "paper", "deliverable": "plan", "kinds": ["pdf"]}
PAPER = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "title": "ไฟล์", "x-widget": "file", "x-document": KINDS}},
}
EXAMINATION = {
    "type": "object",
    "required": ["decision"],
    "properties": {
        "decision": {"type": "string", "title": "ผล", "oneOf": [{"const": "accept", "title": "รับ"}, {"const": "return", "title": "คืน"}]},
        "reasons": {"type": "string", "title": "เหตุผล"},
    },
}
ACCEPT = {"decision": "accept", "reasons": ""}
FILES = {
    "undertaking.bpmn": PROJECT,
    "acceptance.bpmn": ACCEPTANCE,
    "application.bpmn": APPLICATION,
    "parties.toml": PARTIES.encode(),
    "forms/paper.json": json.dumps(PAPER).encode(),
    "forms/examination.json": json.dumps(EXAMINATION).encode(),
}

OFFICE, COMMITTEE = Actor("officer", frozenset({"office"})), Actor("member", frozenset({"committee"}))
VILLAGE_A, VILLAGE_B = Actor("villager-a", frozenset({"village:A"})), Actor("villager-b", frozenset({"village:B"}))
WATCHER, STRANGER = Actor("watcher", frozenset({"watcher"})), Actor("stranger", frozenset({"elsewhere"}))
EVERYBODY = (OFFICE, COMMITTEE, VILLAGE_A, VILLAGE_B, WATCHER, STRANGER)

pack = Pack("undertaking")


@pack.handler("conclude", parameters={"decision": str, "reasons": str})
def conclude(context: Any, decision: str, reasons: str) -> None:
    """Mark the newest version of the plan."""
    newest = max(context.documents.find(deliverable="plan"), key=lambda document: document.version)
    context.documents.mark(newest.id, "ACCEPTED" if decision == "accept" else "RETURNED", reasons or None)


def opened(folder: Path) -> Engine:
    """An engine on SQLite with the pack deployed and a clock that stands at the 1st of June."""
    engine = Engine.open(databases.sqlite_url(folder / "ruam.db"), home=folder, packs=[pack], clock=SimulatedClock(START))
    engine.upgrade()
    engine.deploy(FILES, name="undertaking", pack="undertaking", actor=SYSTEM)
    return engine


def start(engine: Engine) -> str:
    """A project that has begun; its id."""
    return engine.start("undertaking", business_key="2552", actor=OFFICE).id


def do(engine: Engine, actor: Actor, root_id: str, values: dict[str, Any] | None = None) -> None:
    """Complete the actor's first task; `{"file": …}` uploads."""
    task = engine.inbox(actor, root_id=root_id).items[0]
    given = dict(values or {})
    if "file" in given:
        given["file"] = engine.upload(task.id, "file", given["file"], io.BytesIO(PDF), actor=actor).id
    engine.complete_task(task.id, given, actor=actor)
