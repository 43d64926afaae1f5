"""A process that was played, kept as a test: the test passes, and says nothing that whoever keeps it may not read."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from engine.errors import Forbidden, Invalid
from engine.packtests import read
from engine.packtests.model import Deed, Expected, ProcessTest, Step
from engine.packtests.playing import play_all
from engine.packtests.recording import Recorded
from engine.packtests.samples import sample
from engine.packtests.telling import told
from engine.packtests.writing import write
from engine.people import SYSTEM
from engine.testing import ADMINISTRATOR, Stage, process
from engine.views.subjects.external_tasks import EXTERNAL_TASKS
from tests.engine.packtests.test_playing import END, PARTIES, START

Make = Callable[..., Stage]
FORM = """{"type": "object", "title": "คำขอ", "required": ["decision", "score"], "properties": {
 "decision": {"type": "string", "title": "ผล", "x-en": {"title": "Result"}, "oneOf": [
   {"const": "yes", "title": "อนุมัติ", "x-en": {"title": "Approve"}}, {"const": "no", "title": "ไม่อนุมัติ", "x-en": {"title": "Refuse"}}]},
 "who": {"type": "string", "title": "ชื่อ", "maxLength": 10},
 "mail": {"type": "string", "title": "อีเมล", "format": "email"},
 "day": {"type": "string", "title": "วันที่", "format": "date"},
 "score": {"type": "integer", "title": "คะแนน", "minimum": 1, "maximum": 5, "x-sealed": {"category": "scores"}},
 "paper": {"type": "string", "title": "เอกสาร", "x-widget": "file", "x-document": {"category": "report", "kinds": ["pdf"]}}}}"""
BODY = (
    START + '<userTask id="ask" name="ขอครั้งที่ ${1 + 0}" ruam:nameEn="Ask ${1 + 0}" camunda:formKey="f" camunda:candidateGroups="workers"/>'
    '<exclusiveGateway id="g" default="refused"/><userTask id="more" name="ทำต่อ" camunda:candidateGroups="workers"/>'
    f'{END}<endEvent id="no"/><sequenceFlow id="refused" sourceRef="g" targetRef="no"/>'
)
ASKED = process("p", BODY, "start -> ask", "ask -> g", "g -> more: ${decision == 'yes'}", "more -> end",
                attributes='ruam:category="case"')  # fmt: skip
PEOPLE = [
    {"user_id": "somchai", "name": "สมชาย", "groups": ["workers"]},
    {"user_id": "somsri", "name": "สมศรี", "groups": ["workers"]},
]
ANSWERS = {"decision": "yes", "who": "สมปอง ใจดี", "mail": "sompong@example.com", "day": "2009-06-05", "score": 3}


def pack(diagram: bytes, **files: bytes) -> dict[str, bytes]:
    return {"pack.toml": b'key = "p"\nth = "p"\nen = "p"\n', "parties.toml": PARTIES, "p.bpmn": diagram, **files}


def replayed(files: Mapping[str, bytes], found: Recorded) -> str:
    """Why the recorded test fails, with all that can be expected; its text where it passes."""
    text = write(found.kept(name="t", th="ลอง", en="A try", tasks=True, end=True, that=list(found.asserted)))
    (outcome,) = play_all({**files, "tests/t.toml": text.encode()}, names=["t"]).outcomes
    return text if outcome.failure is None else outcome.failure.en


@pytest.fixture
def asked(stage: Make) -> tuple[Stage, str]:
    """A request that somebody wrote, with a paper and a score under seal, and somebody else went on with."""
    one = stage(pack(ASKED, **{"forms/f.json": FORM.encode()}))
    one.engine.add_users(PEOPLE, actor=SYSTEM)
    somchai, somsri = one.engine.actor("somchai"), one.engine.actor("somsri")
    begun = one.start("p", actor=somchai, business_key="7")
    (task,) = one.open("ask")
    paper = one.engine.upload(task.id, "paper", "x.pdf", io.BytesIO(sample("x", ["pdf"])[1]), actor=somchai)
    one.complete("ask", actor=somchai, **ANSWERS, paper=paper.id)
    one.complete("more", actor=somsri, done=True)
    return one, begun.id


FILES = pack(ASKED, **{"forms/f.json": FORM.encode()})


def test_what_was_played_is_a_test_that_passes(asked: tuple[Stage, str]) -> None:
    one, instance_id = asked
    text = replayed(FILES, one.engine.record_test(instance_id, texts=True, actor=SYSTEM))
    assert 'values = { decision = "yes", who = "สมปอง ใจดี", mail = "sompong@example.com", day = "2009-06-05" }' in text, text
    assert 'fill = ["paper", "score"]' in text
    assert 'expect.tasks = ["more"]' in text
    assert 'expect.passed = ["end"]' in text
    assert "decision == 'yes'" in text
    assert "somchai" not in text
    assert "somsri" not in text
    assert '"workers-1" = ["workers"]' in text or 'workers-1 = ["workers"]' in text
    assert 'as = "workers-2"' in text


def test_samples_stand_for_what_people_wrote(asked: tuple[Stage, str]) -> None:
    one, instance_id = asked
    text = replayed(FILES, one.engine.record_test(instance_id, actor=SYSTEM))
    assert 'values = { decision = "yes", who = "ข้อความตัว", mail = "someone@example.org", day = "2009-06-05" }' in text, text
    assert "สมปอง" not in text


def test_a_trial_keeps_what_was_sealed(asked: tuple[Stage, str]) -> None:
    one, instance_id = asked
    somchai = one.engine.actor("somchai")
    assert one.engine.released(instance_id, actor=somchai)[0].value == 3
    with pytest.raises(Forbidden):
        one.engine.record_test(instance_id, trial=True, actor=somchai)
    text = replayed(FILES, one.engine.record_test(instance_id, trial=True, actor=SYSTEM))
    assert "score = 3" in text


def test_an_administrator_is_told_no_answer(asked: tuple[Stage, str]) -> None:
    one, instance_id = asked
    found = one.engine.record_test(instance_id, texts=True, trial=True, actor=ADMINISTRATOR)
    text = write(found.kept(name="t", th="", en="", tasks=True, end=True, that=list(found.asserted)))
    assert found.hidden == 3
    assert not found.asserted
    assert "fill = true" in text
    for secret in ("yes", "สม", "example.com", "2009-06-05", "score", "somchai"):
        assert secret not in text
    assert "fill = true" in replayed(FILES, found)  # the first choice happens to take the same way


def test_time_goes_on_as_it_went(stage: Make) -> None:
    diagram = process(
        "p", START + '<userTask id="a" name="a" camunda:candidateGroups="workers"/><boundaryEvent id="late" attachedToRef="a">'
        '<timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition></boundaryEvent>'
        f'<userTask id="b" name="b" camunda:candidateGroups="workers"/>{END}', "start -> a", "a -> end", "late -> b", "b -> end",
    )  # fmt: skip
    files = pack(diagram)
    one = stage(files)
    begun = one.start("p")
    one.advance(timedelta(days=10))
    one.complete("b")
    found = one.engine.record_test(begun.id, actor=SYSTEM)
    steps = found.test.steps
    assert [(step.deed, step.of) for step in steps] == [(Deed.START, ""), (None, ""), (Deed.COMPLETE, "b")]
    assert steps[1].at is not None
    assert found.test.at is not None
    assert steps[1].at - found.test.at == timedelta(days=3)
    assert steps[2].at is not None
    assert "expect" in replayed(files, found)


def test_messages_signals_and_workers_from_outside(stage: Make) -> None:
    body = (
        START + '<intermediateCatchEvent id="m"><messageEventDefinition messageRef="mm"/></intermediateCatchEvent>'
        '<intermediateCatchEvent id="s"><signalEventDefinition signalRef="ss"/></intermediateCatchEvent>'
        '<serviceTask id="w" camunda:type="external" camunda:topic="work"/><boundaryEvent id="e" attachedToRef="w">'
        '<errorEventDefinition errorRef="ee"/></boundaryEvent><intermediateThrowEvent id="say"><messageEventDefinition messageRef="own"/>'
        '</intermediateThrowEvent><intermediateCatchEvent id="hear"><messageEventDefinition messageRef="own"/></intermediateCatchEvent>'
        f'<parallelGateway id="both"/><endEvent id="said"/>{END}'
    )
    outside = '<message id="mm" name="paid"/><message id="own" name="own"/><signal id="ss" name="go"/><error id="ee" errorCode="BAD"/>'
    flows = ("start -> m", "m -> s", "s -> w", "w -> end", "e -> both", "both -> hear", "both -> say", "say -> said", "hear -> end")
    files = pack(process("p", body, *flows, outside=outside))
    one = stage(files)
    begun = one.start("p")
    engine = one.engine
    engine.correlate("paid", variables={"sum": 7}, actor=SYSTEM)
    engine.signal("go", actor=SYSTEM)
    (work,) = engine.search(EXTERNAL_TASKS, actor=SYSTEM)
    engine.lock_external_task(work.id, "w", timedelta(minutes=1), actor=SYSTEM)
    engine.throw_external_error(work.id, "w", "BAD", actor=SYSTEM)
    found = engine.record_test(begun.id, actor=SYSTEM)
    assert [(step.deed, step.of, step.error) for step in found.test.steps[1:]] == [
        (Deed.MESSAGE, "paid", None), (Deed.SIGNAL, "go", None), (Deed.EXTERNAL, "w", "BAD"),
    ]  # fmt: skip
    assert "sum == 7" in replayed(files, found)


def test_what_happened_in_a_called_process_comes_in_its_order(stage: Make) -> None:
    called = process("c", START + '<userTask id="in1" camunda:candidateGroups="workers"/><userTask id="in2"/>' + END,
                     "start -> in1", "in1 -> in2", "in2 -> end")  # fmt: skip
    body = (
        f'{START}<parallelGateway id="f"/><callActivity id="call" calledElement="c"/><userTask id="x"/><userTask id="y"/>'
        f'<parallelGateway id="j"/>{END}'
    )
    diagram = process("p", body, "start -> f", "f -> call", "f -> x", "x -> y", "call -> j", "y -> j", "j -> end")
    files = pack(diagram, **{"c.bpmn": called})
    one = stage(files)
    begun = one.start("p")
    for name in ("in1", "x", "in2", "y"):  # all at one time: the clock stands still
        one.complete(name)
    found = one.engine.record_test(begun.id, actor=SYSTEM)
    assert [step.of for step in found.test.steps] == ["", "in1", "x", "in2", "y"]
    assert "COMPLETED" in replayed(files, found)


def test_what_is_done_by_hand_is_said(stage: Make) -> None:
    one = stage(pack(process("p", f'{START}<userTask id="a" camunda:candidateGroups="workers"/>{END}', "start -> a", "a -> end")))
    begun = one.start("p")
    one.engine.set_variables(begun.id, {"x": 1}, reason="แก้", actor=ADMINISTRATOR)
    one.engine.cancel(begun.id, reason="พอ", actor=ADMINISTRATOR)
    found = one.engine.record_test(begun.id, actor=ADMINISTRATOR)
    assert [en for _th, en in found.notes] == ["variables were changed by hand", "an administrator cancelled it"]


def test_what_began_by_itself_is_no_test(stage: Make) -> None:
    body = f'<startEvent id="start"><messageEventDefinition messageRef="m"/></startEvent><userTask id="a"/>{END}'
    one = stage(pack(process("p", body, "start -> a", "a -> end", outside='<message id="m" name="go"/>')))
    begun = one.engine.correlate("go", actor=SYSTEM)
    with pytest.raises(Invalid, match="somebody started"):
        one.engine.record_test(str(getattr(begun, "instance_id", begun)), actor=ADMINISTRATOR)


def test_told_in_plain_language(asked: tuple[Stage, str]) -> None:
    one, instance_id = asked
    found = one.engine.record_test(instance_id, actor=SYSTEM)
    start, ask, more = told(found.test, found.words)
    assert start.what == ("เริ่ม: p", "Begin: p")
    assert ask.who is not None
    assert ask.who[0].endswith("คนที่ 1")
    assert ask.what == ("ขอครั้งที่ …", "Ask …")
    assert ask.answers[0] == ("อนุมัติ", "Approve")
    assert ("วันที่: 5 มิ.ย. 2552", "วันที่: 5 Jun 2009") in ask.answers
    assert ask.seen[0] == ("งานที่รออยู่: ทำต่อ", "waiting: ทำต่อ")
    assert ("กระบวนการจบ", "the process has ended") in more.seen


def test_a_test_is_read_as_it_was_written() -> None:
    values: dict[str, Any] = {"text": 'ก"\\\n\x7f', "list": [1, {"a b": True}], "ว่าง": {}, "half": 0.5}
    steps = (
        Step(deed=Deed.START, by="ann", values=values, business_key="k", fill=True),
        Step(after="P2D", deed=Deed.COMPLETE, of="x", unit="TH-50", number=2, fill=("f",), expected=Expected(tasks={"y": 2, "z": 1})),
        Step(deed=Deed.EXTERNAL, of="w", error="BAD", expected=Expected(incidents=(), passed=("e",), that=("x == 'ก'",))),
        Step(deed=Deed.MESSAGE, of="m", correlation=7, expected=Expected(state="COMPLETED", documents={"letter": 1})),
        Step(deed=Deed.COMPLETE, of="y", where="z == 1", process="q", expected=Expected(refused="invalid", tasks={})),
    )
    test = ProcessTest("t", "tests/t.toml", "p", steps, "ก", "A", people={"ann": ("g", "h:1")})
    (found,), problems = read({"tests/t.toml": write(test).encode()})
    assert not problems
    again = ProcessTest(
        "t", "tests/t.toml", "p", tuple(Step(**{**fields(step), "line": 0}) for step in found.steps), "ก", "A", people=found.people
    )
    assert write(again) == write(test)
    assert again.steps[0].values == values
    assert [step.expected for step in again.steps] == [step.expected for step in steps]


def fields(step: Step) -> dict[str, Any]:
    return {name: getattr(step, name) for name in Step.__dataclass_fields__}
