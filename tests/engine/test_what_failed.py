"""What fails as a process runs is said in both languages, with its place, and kept so."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from engine.context import Context
from engine.errors import ExecutionFailed
from engine.people import Actor
from engine.registry import Pack
from engine.spiff import BpmnError
from engine.states import Event
from engine.testing import ADMINISTRATOR, Stage, process

OFFICER = Actor("officer", frozenset({"office"}))
BODY = '<startEvent id="s"/><userTask id="ask" camunda:candidateGroups="office"/><scriptTask id="count">\
<script>b = a + 1</script></scriptTask><endEvent id="e"/>'
FLOWS = ("s -> ask", "ask -> x", "x -> e")
TO_E = ("s -> ask", "ask -> x", "x -> two: ${score > 7}")
NEVER = "<timerEventDefinition><timeDuration>${score}</timeDuration></timerEventDefinition>"
LATER = "<camunda:failedJobRetryTimeCycle>R1/PT1M</camunda:failedJobRetryTimeCycle>"
ALL = '<multiInstanceLoopCharacteristics camunda:collection="score" camunda:elementVariable="one"/>'
ELSE = '<endEvent id="two"/>'
FAILING = {  # what stands at x: body, flows, what the incident says in English and Thai
    "script": ('<scriptTask id="x" name="คำนวณ" ruam:nameEn="Sum"><script>b = nothing + 1</script></scriptTask>', FLOWS,
        "'Sum' (x) failed: there is no variable 'nothing'", "“คำนวณ” (x) ทำไม่สำเร็จ: ไม่มีตัวแปร 'nothing'"),
    "no-way": (f'<exclusiveGateway id="x" name="ผ่านหรือไม่"/>{ELSE}', (*TO_E, "x -> e: ${score > 5}"),
        "'ผ่านหรือไม่' (x) cannot choose a flow: no condition", "“ผ่านหรือไม่” (x) เลือกเส้นทางไม่ได้: ไม่มีเงื่อนไข"),
    "undecided": (f'<exclusiveGateway id="x"/>{ELSE}', (*TO_E, "x -> e: ${score}"), "'x' (x) cannot decide flow", "“x” (x) ตัดสินเส้นทาง"),
    "list": (f'<userTask id="x">{ALL}</userTask>', FLOWS,
        "cannot go through score: it is a number, not a list", "ทำทีละรายการของ score ไม่ได้: เป็นตัวเลข ไม่ใช่รายการ"),
    "timer": (f'<intermediateCatchEvent id="x">{NEVER}</intermediateCatchEvent>', FLOWS,
        "duration timer: 3 is not ISO 8601 text", "อ่านเวลาที่ตั้งไว้ไม่ได้: 3 ไม่ใช่เวลาที่เขียนแบบ ISO 8601"),
    "error": ('<serviceTask id="x" ruam:handler="t.refuse"/>', FLOWS,
        "ended with error 'BAD': no more, which nobody catches", "จบด้วยข้อผิดพลาด “BAD”: no more ซึ่งแผนภาพไม่มีเหตุการณ์บนขอบงาน"),
    "handler": ('<serviceTask id="x" ruam:handler="t.broken"/>', FLOWS,
        "failed in handler 't.broken': ZeroDivisionError", "ตัวดำเนินการ “t.broken” ล้มเหลว: ZeroDivisionError"),
    "parameter": ('<serviceTask id="x" ruam:handler="t.send"><extensionElements><ruam:parameter name="to">${score}</ruam:parameter>'
        "</extensionElements></serviceTask>", FLOWS,
        "parameter 'to' of handler t.send", "พารามิเตอร์ “to” ของตัวดำเนินการ “t.send” ไม่ถูกต้อง"),
    "job": (f'<serviceTask id="x" name="ส่ง" ruam:handler="t.broken" ruam:deferred="true"><extensionElements>{LATER}</extensionElements>'
        "</serviceTask>", FLOWS, "'ส่ง' (x) failed in handler 't.broken'", "“ส่ง” (x) ตัวดำเนินการ “t.broken” ล้มเหลว"),
}  # fmt: skip


def _handlers() -> Pack:
    pack = Pack("t")

    @pack.handler("t.broken")
    def broken(_context: Context) -> None:
        _ = 1 // 0

    @pack.handler("t.refuse")
    def refuse(_context: Context) -> None:
        raise BpmnError("BAD", "no more")

    @pack.handler("t.send", parameters={"to": list})
    def send(_context: Context, to: list[str]) -> None:
        """Never reached: what it is given is no list."""

    return pack


def _failed(stage: Callable[..., Stage], kind: str) -> Stage:
    body, flows, *_said = FAILING[kind]
    asked = '<startEvent id="s"/><userTask id="ask"/><endEvent id="e"/>'
    here = stage({"p.bpmn": process("p", asked + body, *flows)}, packs=[_handlers()], pack="t")
    here.start("p")
    with suppress(ExecutionFailed):
        here.complete("ask", score=3)
    here.engine.run_due()
    return here


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", FAILING)
def test_what_failed_is_said_in_both_languages(stage: Callable[..., Stage], kind: str) -> None:
    *_drawn, english, thai = FAILING[kind]
    here = _failed(stage, kind)
    (incident,) = here.engine.incidents(actor=ADMINISTRATOR).items
    assert english in incident.message
    assert thai in (incident.message_th or "")
    happened = here.engine.history(str(incident.instance_id), actor=ADMINISTRATOR).items
    (raised,) = [one.data for one in happened if one.event == Event.INCIDENT_RAISED]
    assert (raised["message"], raised["message_th"]) == (incident.message, incident.message_th)


def test_a_job_says_what_its_incident_says(stage: Callable[..., Stage]) -> None:
    here = _failed(stage, "job")
    (job,), (incident,) = here.engine.jobs(actor=ADMINISTRATOR).items, here.engine.incidents(actor=ADMINISTRATOR).items
    assert incident.message_th
    assert (job.error, job.error_th) == (incident.message, incident.message_th)
    here.engine.retry_job(job.id, actor=ADMINISTRATOR)
    (again,) = here.engine.jobs(actor=ADMINISTRATOR).items
    assert (again.error, again.error_th) == (None, None)


def test_an_incident_of_before_there_was_thai_is_still_told(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": process("counting", BODY, "s -> ask", "ask -> count", "count -> e")})
    here.start("counting", actor=OFFICER)
    with pytest.raises(ExecutionFailed):
        here.complete("ask", actor=OFFICER, a="x")
    with here.engine._shared.database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE incident SET message_th = NULL")
    (incident,) = here.engine.incidents(actor=ADMINISTRATOR).items
    assert incident.message_th is None
    assert "cannot calculate" in incident.message
