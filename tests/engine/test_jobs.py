"""Timers, deferred handlers, reminders: once, in time, caught up, retried, and then an incident."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.dates.clock import RealClock
from engine.engine import Engine
from engine.errors import Conflict, ExecutionFailed, Invalid
from engine.people import SYSTEM, Actor
from engine.registry import Pack
from engine.spiff import BpmnError
from engine.testing import ADMINISTRATOR, Stage, process

MakeStage = Callable[..., Stage]
TIMER = '<intermediateCatchEvent id="wait" name="รอ"><timerEventDefinition><timeDuration>{}</timeDuration></timerEventDefinition>\
</intermediateCatchEvent>'


def waiting(duration: str = "PT1H") -> dict[str, bytes]:
    body = f'<startEvent id="s"/>{TIMER.format(duration)}<endEvent id="e"/>'
    return {"p.bpmn": process("waiting", body, "s -> wait", "wait -> e")}


@pytest.mark.bpmn("catch-timer")
def test_a_timer_fires_when_it_is_due(stage: MakeStage) -> None:
    here = stage(waiting())
    instance = here.start("waiting")
    assert here.advance(timedelta(minutes=59)) == 0
    assert here.state(instance) == "ACTIVE"
    assert here.advance(timedelta(minutes=1)) == 1
    assert here.state(instance) == "COMPLETED"
    assert ("timer.fired", "wait") in here.events(instance)


def test_a_stop_is_caught_up(stage: MakeStage) -> None:
    here = stage(waiting())
    instances = [here.start("waiting") for _ in range(3)]
    assert here.advance(timedelta(days=30)) == 3
    assert {here.state(instance) for instance in instances} == {"COMPLETED"}


@pytest.mark.bpmn("boundary-non-interrupting")
def test_a_cycle_beside_an_open_task_and_its_end(stage: MakeStage) -> None:
    body = '<startEvent id="s"/><userTask id="task"/><boundaryEvent id="tick" attachedToRef="task" cancelActivity="false">\
<timerEventDefinition>\
<timeCycle>R3/P1D</timeCycle></timerEventDefinition></boundaryEvent><scriptTask id="count"><script>n = n + 1</script></scriptTask>\
<endEvent id="e"/><endEvent id="e2"/>'
    here = stage({"p.bpmn": process("ticking", body, "s -> task", "task -> e", "tick -> count", "count -> e2")})
    instance = here.start("ticking", n=0)
    assert here.advance(timedelta(days=2)) == 2
    assert here.variables(instance)["n"] == 2
    assert here.advance(timedelta(days=10)) == 1
    assert here.engine.next_due() is None
    other = here.start("ticking", n=0)
    here.engine.complete_task(here.open("task", other.id)[0].id, actor=SYSTEM)
    assert here.engine.jobs(actor=ADMINISTRATOR, instance_id=other.id).total == 0


@pytest.mark.bpmn("boundary-non-interrupting", "start-timer")
def test_a_cycle_that_is_over_is_not_waited_for(stage: MakeStage) -> None:
    over = "<timerEventDefinition><timeCycle>R/PT1H/2009-05-01T00:00:00</timeCycle></timerEventDefinition>"
    body = (
        f'<startEvent id="s"/><startEvent id="timed">{over}</startEvent><userTask id="task"/>'
        f'<boundaryEvent id="b" attachedToRef="task" cancelActivity="false">{over}</boundaryEvent><userTask id="late"/>'
    )
    here = stage({"p.bpmn": process("ended", body, "s -> task", "timed -> task", "b -> late")})
    here.start("ended")
    assert here.engine.next_due() is None
    assert here.names() == ["task"]


@pytest.mark.bpmn("boundary-interrupting")
def test_an_interrupting_timer_withdraws_the_task_and_keeps_its_draft(stage: MakeStage) -> None:
    body = '<startEvent id="s"/><userTask id="task" camunda:candidateGroups="workers"/><boundaryEvent id="late" attachedToRef="task">\
<timerEventDefinition><timeDate>2009-06-02T08:30:00</timeDate></timerEventDefinition></boundaryEvent><endEvent id="e"/><endEvent id="e2"/>'
    here = stage({"p.bpmn": process("closing", body, "s -> task", "task -> e", "late -> e2")})
    instance = here.start("closing")
    task = here.open("task")[0]
    ann = Actor("ann", frozenset({"workers"}))
    here.engine.save_draft(task.id, {"a": 1}, actor=ann)
    assert here.advance(timedelta(days=2)) == 1
    assert here.state(instance) == "COMPLETED"
    with pytest.raises(Conflict, match="withdrawn"):
        here.engine.complete_task(task.id, actor=ann)
    assert here.engine.task(task.id, actor=SYSTEM).task.has_draft
    assert ("task.terminated", "task") in here.events(instance)


def test_a_timer_due_date_can_be_moved(stage: MakeStage) -> None:
    here = stage(waiting())
    instance = here.start("waiting")
    (job,) = here.engine.jobs(actor=ADMINISTRATOR).items
    with pytest.raises(Invalid):
        here.engine.move_job(job.id, job.due, reason="", actor=ADMINISTRATOR)
    here.engine.move_job(job.id, job.due + timedelta(hours=1), reason="later", actor=ADMINISTRATOR)
    assert here.advance(timedelta(minutes=90)) == 0
    assert here.advance(timedelta(minutes=30)) == 1
    assert here.state(instance) == "COMPLETED"


def test_a_bad_timer_fails_the_step_that_meets_it(stage: MakeStage) -> None:
    body = f'<startEvent id="s"/><userTask id="ask"/>{TIMER.format("${wait_for}")}<endEvent id="e"/>'
    here = stage({"p.bpmn": process("bad", body, "s -> ask", "ask -> wait", "wait -> e")})
    instance = here.start("bad")
    with pytest.raises(ExecutionFailed, match="รอ"):
        here.complete("ask", wait_for="soon")
    assert here.names() == ["ask"]
    assert here.engine.incidents(actor=ADMINISTRATOR).items[0].element_id == "wait"
    here.complete("ask", wait_for="PT1M")
    assert here.advance(timedelta(minutes=1)) == 1
    assert here.state(instance) == "COMPLETED"


def test_a_bad_one_does_not_hold_up_its_neighbours(stage: MakeStage) -> None:
    body = f'<startEvent id="s"/>{TIMER.format("PT1H")}<scriptTask id="count"><script>b = a + 1</script></scriptTask><endEvent id="e"/>'
    here = stage({"p.bpmn": process("counting", body, "s -> wait", "wait -> count", "count -> e")})
    bad = here.start("counting", a="text")
    good = [here.start("counting", a=1) for _ in range(5)]
    here.advance(timedelta(hours=1))
    assert {here.state(instance) for instance in good} == {"COMPLETED"}
    assert here.state(bad) == "ACTIVE"
    assert here.engine.incidents(actor=ADMINISTRATOR).total == 0
    here.advance(timedelta(hours=1))
    (incident,) = here.engine.incidents(actor=ADMINISTRATOR).items
    assert (incident.type, incident.instance_id) == ("failedJob", bad.id)
    here.engine.set_variables(bad.id, {"a": 1}, reason="it was text", actor=ADMINISTRATOR)
    here.engine.retry_incident(incident.id, actor=ADMINISTRATOR)
    here.engine.run_due()
    assert here.state(bad) == "COMPLETED"
    assert here.engine.incidents(actor=ADMINISTRATOR).total == 0
    assert here.engine.audit_verify().ok


def handlers(calls: list[Any]) -> Pack:
    pack = Pack("test")

    @pack.handler("work.send", parameters={"to": str})
    def send(context: Any, to: str) -> dict[str, Any]:
        calls.append(to)
        context.next_number("letters")
        if to == "nobody":
            raise RuntimeError("no such address")
        if to == "error":
            raise BpmnError("bad_address", "not an address")
        return {"sent": to}

    return pack


def sending(deferred: str) -> dict[str, bytes]:
    service = f'<serviceTask id="send" ruam:handler="work.send" ruam:deferred="{deferred}"><extensionElements>\
<ruam:parameter name="to">${{to}}</ruam:parameter>\
<camunda:failedJobRetryTimeCycle>R2/PT10M</camunda:failedJobRetryTimeCycle></extensionElements></serviceTask>'
    caught = '<boundaryEvent id="caught" attachedToRef="send"><errorEventDefinition errorRef="err"/></boundaryEvent><endEvent id="e2"/>'
    body = f'<startEvent id="s"/>{service}{caught}<endEvent id="e"/>'
    error = '<error id="err" errorCode="bad_address"/>'
    return {
        "p.bpmn": process("sending", body, "s -> send", "send -> e", "caught -> e2", outside=error),
        "pack.toml": b'key = "test"\nth = "t"',
    }


@pytest.mark.bpmn("service-task")
@pytest.mark.parametrize("deferred", ["false", "true"])
def test_a_handler_sets_variables_or_throws_an_error(stage: MakeStage, deferred: str) -> None:
    calls: list[Any] = []
    here = stage(sending(deferred), packs=[handlers(calls)])
    one, two = here.start("sending", to="opdc"), here.start("sending", to="error")
    here.engine.run_due()
    assert here.variables(one)["sent"] == "opdc"
    assert ("activity.completed", "e2") in here.events(two)
    assert {here.state(one), here.state(two)} == {"COMPLETED"}


def test_a_deferred_handler_is_retried_then_an_incident(stage: MakeStage) -> None:
    calls: list[Any] = []
    here = stage(sending("true"), packs=[handlers(calls)])
    instance = here.start("sending", to="nobody")
    assert calls == []
    here.engine.run_due()
    here.engine.run_due()
    assert len(calls) == 1
    here.advance(timedelta(minutes=10))
    assert len(calls) == 2
    (incident,) = here.engine.incidents(actor=ADMINISTRATOR).items
    assert "no such address" in incident.message
    here.engine.set_variables(instance.id, {"to": "opdc"}, reason="corrected", actor=ADMINISTRATOR)
    here.engine.retry_incident(incident.id, actor=ADMINISTRATOR)
    here.engine.run_due()
    assert here.state(instance) == "COMPLETED"


def test_reminders_before_and_after(stage: MakeStage) -> None:
    body = '<startEvent id="s"/><userTask id="task" name="รายงาน" camunda:candidateGroups="workers" camunda:dueDate="2009-06-12"/>\
<endEvent id="e"/>'
    tables = {
        "pack.toml": b'key = "test"\nth = "t"',
        "schedule.toml": b'[reminders]\nbefore = 3\nafter = 1\nescalate_to = "opdc"\n',
        "parties.toml": '[opdc]\nth = "ก"\nen = "OPDC"\n[workers]\nth = "ข"\n'.encode(),
    }
    here = stage({"p.bpmn": process("reporting", body, "s -> task", "task -> e"), **tables})
    here.start("reporting")
    ann, opdc = Actor("ann", frozenset({"workers"})), Actor("o", frozenset({"opdc"}))
    assert here.advance(datetime(2009, 6, 9, 12, tzinfo=UTC)) == 0
    assert here.advance(datetime(2009, 6, 9, 17, tzinfo=UTC)) == 1  # 23:59:59 in Bangkok, three working days before the 12th
    (notice,) = here.engine.notices(ann).items
    assert notice.subject == "ใกล้ถึงกำหนด: รายงาน"
    assert "ครบกำหนด 12 มิ.ย. 2552" in notice.body
    assert "is due 12 Jun 2009" in notice.body
    assert here.engine.notices(opdc).total == 0
    assert here.advance(datetime(2009, 6, 16, tzinfo=UTC)) == 1  # the 15th: the 13th is a Saturday
    assert [notice.subject for notice in here.engine.notices(opdc).items] == ["เกินกำหนด: รายงาน"]
    assert here.engine.next_due() is None
    here.start("reporting")
    here.complete("task", actor=ann)
    here.complete("task", actor=ann)
    assert here.engine.jobs(actor=ADMINISTRATOR).total == 0


def test_a_moved_due_date_is_reminded_of_as_its_task_says(stage: MakeStage) -> None:
    body = '<startEvent id="s"/><userTask id="task" name="รายงาน" camunda:candidateGroups="workers" camunda:dueDate="2009-06-12" \
ruam:remind="2"/><endEvent id="e"/>'
    here = stage({"p.bpmn": process("reporting", body, "s -> task", "task -> e")})
    here.start("reporting")
    assert here.advance(datetime(2009, 6, 12, tzinfo=UTC)) == 1
    assert here.engine.next_due() is None
    here.engine.set_task_due(here.open("task")[0].id, datetime(2009, 6, 19, 9, tzinfo=UTC), reason="later", actor=ADMINISTRATOR)
    assert here.engine.next_due() == datetime(2009, 6, 17, 9, tzinfo=UTC)


@pytest.mark.bpmn("start-timer")
def test_timed_and_cyclic_starts_are_of_the_newest_version(stage: MakeStage) -> None:
    start = '<startEvent id="s"><timerEventDefinition><timeCycle>R/2009-06-02T08:00:00/P1D</timeCycle></timerEventDefinition></startEvent>'
    here = stage({"p.bpmn": process("daily", f'{start}<userTask id="a"/><endEvent id="e"/>', "s -> a", "a -> e")})
    here.engine.deploy(
        {"p.bpmn": process("daily", f'{start}<userTask id="b"/><endEvent id="e"/>', "s -> b", "b -> e")}, name="next", actor=SYSTEM
    )
    assert here.advance(datetime(2009, 6, 4, 12, tzinfo=UTC)) == 3
    assert here.names() == ["b", "b", "b"]


def _runner(url: str, home: str, results: Any) -> None:
    engine = Engine.open(url, home=home, clock=RealClock())
    total = 0
    while ran := engine.run_due():
        total += ran
    engine.close()
    results.put(total)


def test_each_timer_fires_once_in_two_processes_and_many_threads(engine_url: str, tmp_path: Path) -> None:
    engine = Engine.open(engine_url, home=tmp_path / "home", clock=RealClock())
    engine.deploy(waiting("PT0S"), name="p", actor=SYSTEM)
    instances = [engine.start("waiting", actor=SYSTEM) for _ in range(60)]
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    others = [context.Process(target=_runner, args=(engine_url, str(tmp_path / "home"), results)) for _ in range(2)]
    for other in others:
        other.start()
    with ThreadPoolExecutor(3) as pool:
        mine = sum(pool.map(lambda _n: engine.run_due(), range(3)))
    theirs = sum(results.get(timeout=60) for _ in others)
    for other in others:
        other.join(timeout=60)
    engine.run_due()
    assert mine + theirs == 60
    for instance in instances:
        assert engine.history(instance.id, actor=SYSTEM, event="timer.fired").total == 1
    assert engine.audit_verify().ok
    engine.close()


def test_the_clock_is_not_turned_back(stage: MakeStage) -> None:
    here = stage(waiting())
    here.advance(timedelta(days=1))
    stands = here.engine.clock_now()
    with pytest.raises(Conflict):
        here.advance(stands - timedelta(hours=1))
    assert here.engine.clock_now() == stands


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_reminders_that_nobody_lives_to_see(stage: MakeStage) -> None:
    body = (
        '<startEvent id="s"/><userTask id="a" camunda:candidateGroups="workers" camunda:dueDate="${due}" ruam:remind="${days}" '
        'ruam:escalate="2" ruam:escalateTo="opdc"/><endEvent id="e"/>'
    )
    here = stage({"p.bpmn": process("p", body, "s -> a", "a -> e")})
    here.start("p", due="9999-12-31", days=1)
    (reminder,) = here.engine.jobs(actor=SYSTEM).items
    here.engine.move_job(reminder.id, here.engine.clock_now(), reason="now", actor=SYSTEM)
    assert here.engine.run_due() == 1, "it is told, and tells nobody after the end of the calendar"
    assert (here.engine.jobs(actor=SYSTEM).items, here.engine.incidents(actor=SYSTEM).total) == ((), 0)
    with pytest.raises(ExecutionFailed, match="working days"):
        here.start("p", due="P10D", days=1_000_000)
