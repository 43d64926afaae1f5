"""Playing the tests of a pack: what is done, what is seen, and how a failure is told."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from engine.errors import Invalid, NotFound
from engine.packtests import Outcome
from engine.packtests.playing import play_all
from engine.registry import Pack
from engine.testing import process

START = '<startEvent id="start"/>'
END = '<endEvent id="end"/>'
PARTIES = b'[workers]\nth = "\xe0\xb8\x81"\nen = "Workers"\n'
HEAD = 'process = "p"\nat = 2026-06-01\n'


def pack(diagram: bytes, **tests: str) -> Mapping[str, bytes]:
    files = {"pack.toml": b'key = "p"\nth = "p"\nen = "p"\n', "parties.toml": PARTIES, "p.bpmn": diagram}
    return files | {f"tests/{name}.toml": (HEAD + text).encode() for name, text in tests.items()}


def played(diagram: bytes, text: str, **files: bytes) -> Outcome:
    (outcome,) = play_all({**pack(diagram, t=text), **files}).outcomes
    return outcome


def task(id: str, more: str = "", inside: str = "") -> str:
    return f'<userTask id="{id}" name="{id}" camunda:candidateGroups="workers" {more}>{inside}</userTask>'


TWO = process("p", START + task("a") + task("b") + END, "start -> a", "a -> b", "b -> end")


def test_what_fails_is_told_with_its_step_what_was_expected_and_what_is() -> None:
    outcome = played(TWO, '[[step]]\ncomplete = "a"\nexpect.tasks = ["c"]\nexpect.state = "ACTIVE"\n')
    assert outcome.failure is not None
    assert outcome.failure.en == "step 1 (complete “a”): expected the open tasks “c”; found “b”"
    assert outcome.failure.th == "ขั้นที่ 1 (ทำงาน “a”): คาดว่า งานที่เปิดอยู่ “c” แต่พบว่า “b”"
    problem = outcome.problem()
    assert problem is not None
    assert (problem.file, problem.line, problem.element_id, problem.rule) == ("tests/t.toml", 3, "a", "process-test")


def test_tasks_that_are_called_alike_in_one_language_are_told_apart() -> None:
    alike = [f'<userTask id="{id}" name="ตรวจ" ruam:nameEn="{english}"/>' for id, english in (("a", "Check"), ("b", "Inspect"))]
    diagram = process(
        "p", f'{START}<parallelGateway id="f"/>{"".join(alike)}{END}', "start -> f", "f -> a", "f -> b", "a -> end", "b -> end"
    )
    failure = played(diagram, "[start]\nexpect.tasks = []\n").failure
    assert failure is not None
    assert failure.found == ("“ตรวจ” (a), “ตรวจ” (b)", "“Check” (a), “Inspect” (b)")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('[[step]]\ncomplete = "b"\nexpect.tasks = []\n', "no “b” is open; open are “a”"),
        ('[[step]]\ncomplete = "a"\nas = "others"\nexpect.tasks = []\n', "There is no such task"),
        ('[start]\nexpect.state = "COMPLETED"\n', "the process goes on (it waits at “a”)"),
        ('[start]\nvariables = { x = 1 }\nexpect.that = "x == 2"\n', "x = 1"),
        ('[start]\nexpect.that = "x == 2"\n', "there is no variable 'x'"),
        ('[start]\nexpect.documents = { letter = 1 }\n', "letter ×0"),
        ('[[step]]\nafter = "next timer"\nexpect.tasks = []\n', "No timer waits"),
        ('[[step]]\nat = 2025-01-01\nexpect.tasks = []\n', "The clock stands at 2026-06-01T09:00+07:00 already"),
        ('[[step]]\nmessage = "m"\nexpect.tasks = []\n', "Nobody waits for the message 'm'"),
        ('[[step]]\nsignal = "s"\nexpect.tasks = []\n', "Nobody waits for the signal 's'"),
        ('[[step]]\ncomplete = "a"\nexpect.refused = "forbidden"\n', "it is done"),
    ],
)  # fmt: skip
def test_failures(text: str, found: str) -> None:
    outcome = played(TWO, text)
    assert outcome.failure is not None
    assert found in outcome.failure.found[1]
    assert outcome.failure.found[0]


def test_incidents_fail_a_test_that_does_not_expect_them() -> None:
    diagram = process("p", START + task("a") + f'<exclusiveGateway id="g"/>{END}', "start -> a", "a -> g", "g -> end: ${x == 1}")
    failed = '[[step]]\ncomplete = "a"\nexpect.refused = "execution_failed"\nexpect.tasks = ["a"]\n'
    outcome = played(diagram, failed)
    assert outcome.failure is not None
    assert outcome.failure.expected[1] == "no incident"
    assert played(
        diagram, failed + 'expect.incidents = ["g"]\n' + '[[step]]\ncomplete = "a"\nvalues = { x = 1 }\nexpect.incidents = []\n'
    ).passed


def test_what_failed_and_is_tried_again_is_told_as_what_a_test_did_not_see_coming() -> None:
    hands = Pack("p")

    @hands.handler("p.order", parameters={})
    def order(_context: object) -> None:
        raise Invalid("no paper is left", th="กระดาษหมด")

    work = '<serviceTask id="order" ruam:handler="p.order" ruam:deferred="true"/>'
    diagram = process("p", START + work + END, "start -> order", "order -> end")
    (outcome,) = play_all(pack(diagram, t='[[step]]\nafter = "next timer"\nexpect.tasks = []\n'), packs=[hands]).outcomes
    assert outcome.failure is not None
    assert outcome.failure.found[1].startswith("No timer waits; “order” failed and is tried again: ")
    assert "no paper is left" in outcome.failure.found[1]
    assert "“order” ทำไม่สำเร็จและจะลองใหม่: " in outcome.failure.found[0]
    assert "กระดาษหมด" in outcome.failure.found[0]


def test_one_of_many_is_chosen_by_what_it_sees_by_who_does_it_or_by_its_number() -> None:
    loop = '<multiInstanceLoopCharacteristics camunda:collection="who" camunda:elementVariable="one"/>'
    diagram = process("p", START + task("each", 'camunda:assignee="${one}"', loop) + END, "start -> each", "each -> end")
    people = '[people]\nann = "workers"\nbo = "workers"\ncy = "workers"\n[start]\nvariables = { who = ["ann", "bo", "cy"] }\n'
    steps = """
[[step]]
complete = "each"
as = "cy"
values = { last = "cy" }
expect.tasks = { each = 2 }
[[step]]
complete = "each"
where = "one == 'bo'"
values = { last = "bo" }
[[step]]
complete = "each"
number = 2
expect.refused = "not_found"
[[step]]
complete = "each"
as = "workers"
expect.state = "COMPLETED"
"""
    outcome = played(diagram, people + steps)
    assert outcome.failure is None, outcome.failure.en


def test_timers_messages_signals_and_external_tasks() -> None:
    body = (
        START + '<intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>P1M</timeDuration></timerEventDefinition>'
        '</intermediateCatchEvent><intermediateCatchEvent id="m"><messageEventDefinition messageRef="mm"/></intermediateCatchEvent>'
        '<intermediateCatchEvent id="s"><signalEventDefinition signalRef="ss"/></intermediateCatchEvent>'
        '<serviceTask id="w" camunda:type="external" camunda:topic="work"/><boundaryEvent id="e" attachedToRef="w">'
        f'<errorEventDefinition errorRef="ee"/></boundaryEvent>{task("after")}{END}'
    )
    outside = '<message id="mm" name="paid"/><signal id="ss" name="go"/><error id="ee" errorCode="BAD"/>'
    flows = ("start -> t", "t -> m", "m -> s", "s -> w", "w -> end", "e -> after", "after -> end")
    steps = """
[[step]]
after = "P29D"
expect.tasks = []
[[step]]
after = "next timer"
message = "paid"
variables = { sum = 7 }
expect.that = ["sum == 7", "today() == '2026-07-01'"]
[[step]]
signal = "go"
[[step]]
external = "w"
"""
    diagram = process("p", body, *flows, outside=outside)
    assert played(diagram, steps + 'variables = { done = true }\nexpect.state = "COMPLETED"\nexpect.that = "done"\n').failure is None
    assert played(diagram, steps + 'error = "BAD"\nexpect.tasks = ["after"]\n').failure is None


FORM = """{"type": "object", "title": "f", "properties": {
 "paper": {"type": "string", "title": "p", "x-widget": "file", "x-document": {"category": "report", "kinds": ["xlsx"]}},
 "secret": {"type": "integer", "title": "s", "minimum": 3, "x-sealed": {"category": "c"}},
 "free": {"type": "string", "title": "t"}}, "required": ["paper", "secret"]}"""


@pytest.mark.parametrize("fill", ["true", '["paper", "secret"]'])
def test_files_and_sealed_values_are_made_up(fill: str) -> None:
    diagram = process("p", START + task("a", 'camunda:formKey="f"') + END, "start -> a", "a -> end")
    text = f'[[step]]\ncomplete = "a"\nfill = {fill}\nexpect.documents = {{ report = 1 }}\nexpect.state = "COMPLETED"\n'
    outcome = played(diagram, text, **{"forms/f.json": FORM.encode()})
    assert outcome.failure is None, outcome.failure.en
    missing = played(diagram, text.replace(f"fill = {fill}\n", ""), **{"forms/f.json": FORM.encode()})
    assert missing.failure is not None
    assert "secret" in missing.failure.found[1]


def test_who_starts_it_is_somebody_who_may() -> None:
    more = 'camunda:candidateStarterGroups="workers"'
    start = '<startEvent id="start" camunda:initiator="by"/>'
    diagram = process("p", start + task("a", 'camunda:assignee="${by}"') + END, "start -> a", "a -> end", attributes=more)
    assert played(diagram, '[start]\nexpect.that = "by == \'workers\'"\n[[step]]\ncomplete = "a"\nas = "workers"\n').passed
    refused = played(diagram, '[start]\nas = "others"\nexpect.refused = "forbidden"\n')
    assert refused.passed
    on = played(diagram, '[start]\nas = "others"\nexpect.refused = "forbidden"\n[[step]]\ncomplete = "a"\n')
    assert on.failure is not None
    assert on.failure.step == 1


def test_the_time_of_all_tests_together_is_bounded() -> None:
    text = '[[step]]\ncomplete = "a"\nexpect.tasks = ["b"]\n'
    begun = time.thread_time()
    report = play_all(pack(TWO, a=text, b=text), seconds=0.0)
    assert time.thread_time() - begun < 5
    assert not report.ok
    assert all(outcome.failure is not None and outcome.failure.found[1] == "the time is over" for outcome in report.outcomes)


def test_names_and_mistakes() -> None:
    good = '[start]\nexpect.tasks = ["a"]\n'
    assert [outcome.test.name for outcome in play_all(pack(TWO, x=good, y=good), names=["y"]).outcomes] == ["y"]
    assert play_all(pack(TWO)).outcomes == ()
    with pytest.raises(NotFound):
        play_all(pack(TWO, x=good), names=["z"])
    with pytest.raises(Invalid) as refused:
        play_all(pack(TWO, x=good, y=""))
    assert "'y' expects nothing" in refused.value.problems[0].message
    with pytest.raises(Invalid):  # the pack itself
        play_all(pack(b"<definitions/>", x=good))
