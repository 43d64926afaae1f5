"""External tasks: fetched once, reported by who has them, retried, given up, withdrawn, and shown where nobody fetches them."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from engine.dates.clock import RealClock
from engine.engine import Engine
from engine.errors import Conflict, ExecutionFailed, Forbidden, Invalid, NotFound
from engine.people import SYSTEM, Actor
from engine.registry import Pack
from engine.running.fetching import LockedTask, Looked, Turn, Wanted
from engine.states import IncidentType
from engine.testing import ADMINISTRATOR, Stage, process
from engine.views.searching import Condition, Operator
from engine.views.subjects.external_tasks import EXTERNAL_TASKS

MakeStage = Callable[..., Stage]
MAILER = Actor("mailer", groups=frozenset({"topic:mail"}))
ANY_TOPIC = Actor("robot", groups=frozenset({"topic:*"}))
MINUTE = timedelta(minutes=1)
START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'


def external(attributes: str = "", inside: str = "", *more: str, beside: str = "", of_process: str = "") -> dict[str, bytes]:
    body = f'<serviceTask id="x" name="ส่ง" camunda:type="external" camunda:topic="mail" {attributes}>{inside}</serviceTask>'
    return {"p.bpmn": process("p", START + body + beside + END, "s -> x", "x -> e", *more, attributes=of_process)}


def fetch(here: Stage, topic: str = "mail", *, worker: str = "w", limit: int = 10, actor: Actor = MAILER, **more: Any) -> list[LockedTask]:
    wanted = Wanted(topic, more.pop("duration", MINUTE), **more)
    return list(here.engine.fetch_external_tasks(worker, [wanted], limit=limit, actor=actor))


def waiting(here: Stage, *conditions: Condition) -> list[str]:
    return [task.state for task in here.engine.search(EXTERNAL_TASKS, conditions, actor=SYSTEM)]


@pytest.mark.bpmn("external-task")
def test_a_worker_fetches_does_and_completes(stage: MakeStage) -> None:
    here = stage(external('camunda:taskPriority="7"'))
    instance = here.start("p", business_key="2569", n=1, ผู้รับ="สำนักงาน")
    (locked,) = fetch(here)
    task = locked.task
    assert (task.topic, task.worker_id, task.priority, task.business_key, task.element_id) == ("mail", "w", 7, "2569", "x")
    assert locked.variables == {"n": 1, "ผู้รับ": "สำนักงาน"}
    assert fetch(here, worker="other") == []
    here.engine.complete_external_task(task.id, "w", {"sent": True}, actor=MAILER)
    assert here.state(instance) == "COMPLETED"
    assert here.variables(instance)["sent"] is True
    told = here.engine.history(instance.id, event="external_task.completed", actor=SYSTEM).items[0]
    assert (told.actor, told.data["worker"], told.data["topic"]) == ("mailer", "w", "mail")
    with pytest.raises(NotFound):
        here.engine.complete_external_task(task.id, "w", actor=MAILER)


@pytest.mark.parametrize(
    "node",
    [
        '<sendTask id="x" camunda:type="external" camunda:topic="mail"/>',
        '<businessRuleTask id="x" camunda:type="external" camunda:topic="mail"/>',
        '<serviceTask id="x" camunda:type="external" camunda:topic="${channel}"/>',
        '<serviceTask id="x" xmlns:flowable="http://flowable.org/bpmn" flowable:type="external-worker" flowable:topic="mail"/>',
        '<serviceTask id="x"><extensionElements><z:taskDefinition xmlns:z="http://camunda.org/schema/zeebe/1.0" type="mail" retries="5"/>'
        "</extensionElements></serviceTask>",
        '<scriptTask id="x"><extensionElements><z:taskDefinition xmlns:z="http://camunda.org/schema/zeebe/1.0" type="mail"/>'
        "</extensionElements></scriptTask>",
        '<intermediateThrowEvent id="x"><messageEventDefinition camunda:type="external" camunda:topic="mail"/></intermediateThrowEvent>',
    ],
)
def test_everything_that_may_be_done_outside(stage: MakeStage, node: str) -> None:
    here = stage({"p.bpmn": process("p", START + node + END, "s -> x", "x -> e")})
    instance = here.start("p", channel="mail")
    (locked,) = fetch(here)
    here.engine.complete_external_task(locked.task.id, "w", {"done": 1}, actor=MAILER)
    assert (here.state(instance), here.variables(instance)["done"]) == ("COMPLETED", 1)


def test_a_message_end_event_is_sent_outside(stage: MakeStage) -> None:
    end = '<endEvent id="x"><messageEventDefinition camunda:type="external" camunda:topic="mail"/></endEvent>'
    here = stage({"p.bpmn": process("p", START + end, "s -> x")})
    instance = here.start("p")
    assert here.state(instance) == "ACTIVE"
    here.engine.complete_external_task(fetch(here)[0].task.id, "w", actor=MAILER)
    assert here.state(instance) == "COMPLETED"


def test_the_most_urgent_first_then_the_oldest(stage: MakeStage) -> None:
    here = stage(external('camunda:taskPriority="${p}"'))
    for name, urgency in (("a", 1), ("b", 5), ("c", 5), ("d", 9)):
        here.start("p", business_key=name, p=urgency)
    assert [locked.task.business_key for locked in fetch(here, limit=3)] == ["d", "b", "c"]
    assert [locked.task.business_key for locked in fetch(here)] == ["a"]


@pytest.mark.parametrize("priority", ["high", -(2**31), 2**40])
def test_a_priority_is_a_whole_number_of_some_size(stage: MakeStage, priority: Any) -> None:
    here = stage(external('camunda:taskPriority="${p}"'))
    with pytest.raises(ExecutionFailed, match="priority"):
        here.start("p", p=priority)
    here.start("p", p=0)
    (id,) = (task.id for task in here.engine.search(EXTERNAL_TASKS, actor=SYSTEM))
    if isinstance(priority, int):
        with pytest.raises(Invalid):
            here.engine.set_external_priority(id, priority, actor=ADMINISTRATOR)


@pytest.mark.parametrize(
    ("turn", "expected"),
    [(Turn(newest=True), "cbda"), (Turn(by_priority=False), "abcd"), (Turn(by_priority=False, newest=True), "dcba")],
)
def test_other_turns(stage: MakeStage, turn: Turn, expected: str) -> None:
    here = stage(external('camunda:taskPriority="${p}"'))
    for name, urgency in (("a", 1), ("b", 5), ("c", 5), ("d", 3)):
        here.start("p", business_key=name, p=urgency)
    found = here.engine.fetch_external_tasks("w", [Wanted("mail", MINUTE)], limit=4, turn=turn, actor=MAILER)
    assert "".join(str(locked.task.business_key) for locked in found) == expected


def test_several_topics_in_one_order(stage: MakeStage) -> None:
    two = '<serviceTask id="y" camunda:type="external" camunda:topic="fax" camunda:taskPriority="3"/>'
    here = stage({"p.bpmn": process("p", START + two + END, "s -> y", "y -> e"), "q.bpmn": external()["p.bpmn"].replace(b'"p"', b'"q"')})
    for key in ("q", "p", "q", "p"):
        here.start(key)
    wanted = [Wanted("mail", MINUTE), Wanted("fax", 2 * MINUTE)]
    found = here.engine.fetch_external_tasks("w", wanted, limit=3, actor=ANY_TOPIC)
    assert [locked.task.topic for locked in found] == ["fax", "fax", "mail"]


def test_which_tasks_and_variables_a_worker_wants(stage: MakeStage) -> None:
    inputs = "<extensionElements><camunda:inputOutput><camunda:inputParameter name='to'>${n}</camunda:inputParameter>\
</camunda:inputOutput><camunda:properties><camunda:property name='kind' value='letter'/></camunda:properties></extensionElements>"
    here = stage(external("", inputs, of_process='camunda:versionTag="v1"'))
    for n in range(3):
        here.start("p", business_key=f"key{n}", n=n, m=n)

    def found(**more: Any) -> list[str | None]:
        here_found = fetch(here, worker="looker", **more)
        for locked in here_found:
            here.engine.unlock_external_task(locked.task.id, actor=MAILER)
        return [locked.task.business_key for locked in here_found]

    assert found(business_key="key1") == ["key1"]
    assert found(definition_keys=("p", "q")) == ["key0", "key1", "key2"]
    assert found(definition_keys=("q",)) == found(definition_ids=("q:1:x",)) == found(version_tag="v2") == []
    assert found(version_tag="v1", having={"n": 2}) == ["key2"]
    (only,) = fetch(here, business_key="key2", variables=("to", "absent"))
    assert only.variables == {"to": 2}
    assert only.properties == {"kind": "letter"}
    (own,) = fetch(here, business_key="key1", local=True)
    assert own.variables == {"to": 1}


def test_a_look_sees_what_a_fetch_would_find(stage: MakeStage) -> None:
    here = stage(external())

    def waits(**more: Any) -> bool:
        return here.engine.external_tasks_wait([Wanted("mail", MINUTE, **more)], actor=MAILER)

    assert not waits()
    here.start("p", business_key="2569")
    assert waits()
    assert waits(business_key="2569")
    assert not waits(business_key="2570")
    fetch(here, duration=timedelta(milliseconds=50))
    assert not waits()
    time.sleep(0.06)
    assert waits()


def test_a_rare_one_is_found_behind_hundreds(stage: MakeStage) -> None:
    many = '<serviceTask id="x" camunda:type="external" camunda:topic="mail"><multiInstanceLoopCharacteristics camunda:collection="ns"\
 camunda:elementVariable="n"/></serviceTask>'
    here = stage({"p.bpmn": process("p", START + many + END, "s -> x", "x -> e")})
    here.start("p", ns=list(range(250)))
    (rare,) = fetch(here, having={"n": 240})
    assert rare.variables["loopCounter"] == 240


def test_local_variables_are_for_the_outputs_alone(stage: MakeStage) -> None:
    outputs = "<extensionElements><camunda:inputOutput><camunda:outputParameter name='result'>${raw * 2}</camunda:outputParameter>\
</camunda:inputOutput></extensionElements>"
    here = stage(external("", outputs))
    instance = here.start("p")
    here.engine.complete_external_task(fetch(here)[0].task.id, "w", local={"raw": 21}, actor=MAILER)
    assert here.variables(instance) == {"result": 42}


# ---- locks


def test_only_who_has_it_may_report(stage: MakeStage) -> None:
    here = stage(external())
    here.start("p")
    (id,) = (task.id for task in here.engine.search(EXTERNAL_TASKS, actor=SYSTEM))
    with pytest.raises(Conflict, match="has not locked"):
        here.engine.complete_external_task(id, "w", actor=MAILER)
    fetch(here)
    for report in (
        lambda: here.engine.complete_external_task(id, "other", actor=MAILER),
        lambda: here.engine.fail_external_task(id, "other", retries=1, actor=MAILER),
        lambda: here.engine.throw_external_error(id, "other", "E", actor=MAILER),
        lambda: here.engine.extend_external_lock(id, "other", MINUTE, actor=MAILER),
    ):
        with pytest.raises(Conflict, match="locked by 'w'"):
            report()
    here.engine.unlock_external_task(id, actor=MAILER)
    assert [locked.task.worker_id for locked in fetch(here, worker="other")] == ["other"]


def test_a_lock_runs_out_and_who_had_it_may_report_until_another_has_it(stage: MakeStage) -> None:
    here = stage(external())
    first, second = here.start("p"), here.start("p")
    had = fetch(here, duration=timedelta(milliseconds=1))
    time.sleep(0.01)
    with pytest.raises(Conflict, match="run out"):
        here.engine.extend_external_lock(had[0].task.id, "w", MINUTE, actor=MAILER)
    here.engine.complete_external_task(had[0].task.id, "w", actor=MAILER)
    assert [locked.task.id for locked in fetch(here, worker="other")] == [had[1].task.id]
    with pytest.raises(Conflict, match="locked by 'other'"):
        here.engine.complete_external_task(had[1].task.id, "w", actor=MAILER)
    assert (here.state(first), here.state(second)) == ("COMPLETED", "ACTIVE")


def test_a_lock_is_extended(stage: MakeStage) -> None:
    here = stage(external())
    here.start("p")
    (locked,) = fetch(here, duration=timedelta(seconds=5))
    here.engine.extend_external_lock(locked.task.id, "w", timedelta(hours=1), actor=MAILER)
    until = here.engine.external_task(locked.task.id, actor=MAILER).lock_until
    assert until is not None
    assert locked.task.lock_until is not None
    assert until - locked.task.lock_until > timedelta(minutes=50)


def test_a_very_task_is_taken(stage: MakeStage) -> None:
    here = stage(external())
    here.start("p")
    (id,) = (task.id for task in here.engine.search(EXTERNAL_TASKS, actor=SYSTEM))
    here.engine.lock_external_task(id, "w", timedelta(milliseconds=1), actor=MAILER)
    time.sleep(0.01)
    here.engine.lock_external_task(id, "other", MINUTE, actor=MAILER)
    here.engine.lock_external_task(id, "other", MINUTE, actor=MAILER)
    with pytest.raises(Conflict, match="Another worker"):
        here.engine.lock_external_task(id, "w", MINUTE, actor=MAILER)
    here.engine.fail_external_task(id, "other", message="a\x00b\ud800", details="\x00", actor=MAILER)
    assert here.engine.external_task(id, actor=MAILER).error == "ab?"
    with pytest.raises(Conflict, match="not given out"):
        here.engine.lock_external_task(id, "w", MINUTE, actor=MAILER)


@pytest.mark.parametrize("duration", [timedelta(), timedelta(seconds=-1), timedelta(days=10_000)])
def test_a_lock_lasts_some_time(stage: MakeStage, duration: timedelta) -> None:
    here = stage(external())
    with pytest.raises(Invalid):
        fetch(here, duration=duration)
    here.start("p")
    with pytest.raises(Invalid):
        fetch(here, duration=duration)


def test_workers_at_once_get_each_task_once(stage: MakeStage, engine_url: str) -> None:
    here = stage(external())
    for _ in range(60):
        here.start("p")

    def work(number: int) -> list[str]:
        engine = here.engine if number % 2 else other
        mine: list[str] = []
        while found := engine.fetch_external_tasks(f"w{number}", [Wanted("mail", MINUTE)], limit=3, actor=MAILER):
            for locked in found:
                engine.complete_external_task(locked.task.id, f"w{number}", {"by": number}, actor=MAILER)
                mine.append(locked.task.id)
        return mine

    other = Engine.open(engine_url, home=here.engine.home, clock=RealClock())
    try:
        with ThreadPoolExecutor(6) as pool:
            done = [id for mine in pool.map(work, range(6)) for id in mine]
    finally:
        other.close()
    assert len(done) == len(set(done)) == 60
    assert waiting(here) == []


# ---- failures


def test_attempts_with_waits_then_an_incident_then_retries_given(stage: MakeStage) -> None:
    here = stage(external())
    instance = here.start("p")
    (locked,) = fetch(here)
    id = locked.task.id
    here.engine.fail_external_task(id, "w", message="ไม่มีสัญญาณ", details="trace", retries=2, wait=timedelta(hours=1), actor=MAILER)
    assert fetch(here) == []
    here.engine.unlock_external_task(id, actor=MAILER)
    (again,) = fetch(here)
    assert (again.task.retries, again.task.error, again.task.error_details) == (2, "ไม่มีสัญญาณ", "trace")
    here.engine.fail_external_task(id, "w", message="still", retries=1, variables={"tried": 2}, actor=MAILER)
    assert [locked.variables["tried"] for locked in fetch(here)] == [2]
    here.engine.fail_external_task(id, "w", message="gave up", retries=0, actor=MAILER)
    assert (fetch(here), waiting(here)) == ([], ["FAILED"])
    (incident,) = here.engine.incidents(actor=ADMINISTRATOR).items
    assert (incident.type, incident.message, incident.element_id) == (IncidentType.FAILED_EXTERNAL_TASK, "gave up", "x")
    assert here.engine.sweep() == 0
    here.engine.retry_incident(incident.id, actor=ADMINISTRATOR)
    assert here.engine.incidents(actor=ADMINISTRATOR).total == 0
    here.engine.complete_external_task(fetch(here)[0].task.id, "w", actor=MAILER)
    assert here.state(instance) == "COMPLETED"
    assert [event for event, _ in here.events(instance, "external_task.failed")] == ["external_task.failed"] * 3


def test_retries_and_priority_are_for_administrators(stage: MakeStage) -> None:
    here = stage(external())
    here.start("p")
    (id,) = (task.id for task in here.engine.search(EXTERNAL_TASKS, actor=SYSTEM))
    with pytest.raises(Forbidden):
        here.engine.set_external_retries([id], 3, actor=MAILER)
    with pytest.raises(Forbidden):
        here.engine.set_external_priority(id, 3, actor=MAILER)
    here.engine.set_external_retries([id], 0, actor=ADMINISTRATOR)
    assert waiting(here) == ["FAILED"]
    assert here.engine.incidents(actor=ADMINISTRATOR).total == 1
    here.engine.set_external_retries([id], 3, actor=ADMINISTRATOR)
    here.engine.set_external_priority(id, 90, actor=ADMINISTRATOR)
    (locked,) = fetch(here)
    assert (locked.task.retries, locked.task.priority) == (3, 90)
    with pytest.raises(Invalid):
        here.engine.set_external_retries([id], -1, actor=ADMINISTRATOR)


@pytest.mark.bpmn("boundary-error")
def test_a_bpmn_error_goes_to_its_boundary_event(stage: MakeStage) -> None:
    beside = '<boundaryEvent id="b" attachedToRef="x"><errorEventDefinition errorRef="er" camunda:errorMessageVariable="why"/>\
</boundaryEvent><userTask id="repair"/>'
    error = '<error id="er" errorCode="NO_ADDRESS"/>'
    body = f'{START}<serviceTask id="x" camunda:type="external" camunda:topic="mail"/>{beside}{END}'
    here = stage({"p.bpmn": process("p", body, "s -> x", "x -> e", "b -> repair", outside=error)})
    instance = here.start("p")
    here.engine.throw_external_error(fetch(here)[0].task.id, "w", "NO_ADDRESS", "ไม่มีที่อยู่", {"asked": "x"}, actor=MAILER)
    assert here.names() == ["repair"]
    assert waiting(here) == []
    assert here.variables(instance) == {"why": "ไม่มีที่อยู่", "asked": "x"}


def test_an_error_nobody_catches_is_an_incident_and_the_task_stays(stage: MakeStage) -> None:
    here = stage(external())
    instance = here.start("p")
    (locked,) = fetch(here)
    with pytest.raises(ExecutionFailed, match="nobody catches"):
        here.engine.throw_external_error(locked.task.id, "w", "E", actor=MAILER)
    assert (here.state(instance), waiting(here)) == ("ACTIVE", ["LOCKED"])
    assert [incident.task_id for incident in here.engine.incidents(actor=ADMINISTRATOR).items] == [locked.task.id]
    here.engine.complete_external_task(locked.task.id, "w", actor=MAILER)
    assert here.engine.incidents(actor=ADMINISTRATOR).total == 0


def test_conditions_see_what_an_attempt_tells_though_it_failed(stage: MakeStage) -> None:
    condition = "<conditionalEventDefinition><condition>${hint == 5}</condition></conditionalEventDefinition>"
    beside = f'<userTask id="look"/><boundaryEvent id="b" attachedToRef="x" cancelActivity="false">{condition}</boundaryEvent>'
    inside = '<extensionElements><camunda:inputOutput><camunda:inputParameter name="hint">${0}</camunda:inputParameter>'
    here = stage(external("", inside + "</camunda:inputOutput></extensionElements>", "b -> look", "look -> e", beside=beside))
    here.start("p")
    (locked,) = fetch(here)
    here.engine.fail_external_task(locked.task.id, "w", retries=1, local={"hint": 5}, actor=MAILER)
    assert here.names() == ["look"]


# ---- withdrawn, suspended


def test_an_interrupting_event_withdraws_it(stage: MakeStage) -> None:
    beside = '<boundaryEvent id="b" attachedToRef="x"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>\
</boundaryEvent><userTask id="late"/>'
    here = stage(external("", "", "b -> late", beside=beside))
    here.start("p")
    (locked,) = fetch(here)
    here.advance(timedelta(hours=1))
    assert (here.names(), waiting(here)) == (["late"], [])
    with pytest.raises(NotFound):
        here.engine.complete_external_task(locked.task.id, "w", actor=MAILER)


def test_one_that_is_opened_and_withdrawn_in_one_step_was_never_there(stage: MakeStage) -> None:
    body = f'{START}<serviceTask id="x" camunda:type="external" camunda:topic="mail"/>\
<endEvent id="stop"><terminateEventDefinition/></endEvent><parallelGateway id="g"/>'
    here = stage({"p.bpmn": process("p", body, "s -> g", "g -> x", "g -> stop")})
    assert here.state(here.start("p")) == "COMPLETED"
    assert waiting(here) == []


def test_a_cancelled_instance_takes_its_tasks_along(stage: MakeStage) -> None:
    here = stage(external())
    instance = here.start("p")
    here.engine.cancel(instance.id, reason="ยกเลิก", actor=ADMINISTRATOR)
    assert waiting(here) == []


def test_a_suspended_instance_gives_nothing_out(stage: MakeStage) -> None:
    here = stage(external())
    free, held = here.start("p", business_key="free"), here.start("p", business_key="held")
    (locked,) = fetch(here, business_key="held")
    for instance in (free, held):
        here.engine.suspend(instance.id, reason="ตรวจสอบ", actor=ADMINISTRATOR)
    assert (fetch(here), waiting(here)) == ([], ["SUSPENDED"] * 2)
    with pytest.raises(Conflict, match="suspended"):
        here.engine.complete_external_task(locked.task.id, "w", actor=MAILER)
    for instance in (free, held):
        here.engine.resume(instance.id, reason="ตรวจแล้ว", actor=ADMINISTRATOR)
    assert sorted(waiting(here)) == ["FREE", "LOCKED"]
    here.engine.complete_external_task(locked.task.id, "w", actor=MAILER)
    assert here.state(held) == "COMPLETED"


# ---- who may


def test_a_topic_is_for_its_workers(stage: MakeStage) -> None:
    here = stage(external())
    here.start("p")
    with pytest.raises(Forbidden, match="topic:fax"):
        fetch(here, "fax")
    for other in (Actor("somebody", groups=frozenset({"opdc"})), Actor("faxer", groups=frozenset({"topic:fax"}))):
        with pytest.raises(Forbidden, match="topic:mail"):
            fetch(here, actor=other)
        assert here.engine.search(EXTERNAL_TASKS, actor=other) == ()
        assert here.engine.topics(actor=other) == ()
    (locked,) = fetch(here, actor=ANY_TOPIC)
    with pytest.raises(Forbidden):
        here.engine.complete_external_task(locked.task.id, "w", actor=Actor("somebody"))
    assert here.engine.external_task(locked.task.id, actor=MAILER).topic == "mail"


def test_why_it_failed_is_for_who_does_or_repairs_it(stage: MakeStage) -> None:
    pack = Pack("test")

    @pack.handler("test.show")
    def show(context: Any) -> None:
        context.grant("committee", "project", "*")

    body = (
        START + '<serviceTask id="g" ruam:handler="test.show"/>' + END + external()["p.bpmn"].decode().partition(START)[2].partition(END)[0]
    )
    drawn = process("p", body, "s -> g", "g -> x", "x -> e", attributes='ruam:category="project"')
    here = stage({"pack.toml": b'key = "test"\nth = "t"', "p.bpmn": drawn}, packs=[pack])
    here.start("p")
    (locked,) = fetch(here)
    here.engine.fail_external_task(locked.task.id, "w", message="secret", details="all of it", actor=MAILER)
    told = {}
    for actor in (MAILER, ADMINISTRATOR, Actor("member", groups=frozenset({"committee"}))):
        (listed,) = here.engine.search(EXTERNAL_TASKS, actor=actor)
        assert listed == here.engine.external_task(locked.task.id, actor=actor)
        told[actor.user_id] = (listed.error, listed.error_details)
    assert told == {"mailer": ("secret", "all of it"), "administrator": ("secret", "all of it"), "member": (None, None)}


def test_administrators_do_only_what_is_open_to_everybody(stage: MakeStage) -> None:
    here = stage({**external(), "q.bpmn": external(of_process='ruam:category="project"')["p.bpmn"].replace(b'id="p"', b'id="q"')})
    here.start("p", business_key="open")
    here.start("q", business_key="closed")
    assert [locked.task.business_key for locked in fetch(here, actor=ADMINISTRATOR)] == ["open"]
    (locked,) = fetch(here)
    with pytest.raises(Forbidden):
        here.engine.complete_external_task(locked.task.id, "w", actor=ADMINISTRATOR)
    assert len(waiting(here)) == 2


def test_a_topic_nobody_fetches_is_seen(stage: MakeStage) -> None:
    here = stage(external())
    since = here.engine.clock_now()
    for _ in range(2):
        here.start("p")
        here.advance(timedelta(hours=1))
    fetch(here, limit=1, worker="w")
    (topic,) = here.engine.topics(actor=ADMINISTRATOR)
    assert (topic.topic, topic.free, topic.locked, topic.failed) == ("mail", 1, 1, 0)
    assert topic.since == since + timedelta(hours=1)


def test_lists_by_what_is_asked(stage: MakeStage) -> None:
    here = stage(external('camunda:taskPriority="${n}"'))
    for n in range(3):
        here.start("p", n=n)
    fetch(here, limit=1)
    assert waiting(here, Condition("locked", Operator.IS, True)) == ["LOCKED"]
    assert waiting(here, Condition("locked", Operator.IS, False)) == ["FREE"] * 2
    assert waiting(here, Condition("priority", Operator.AT_LEAST, 1)) == ["FREE", "LOCKED"]
    assert waiting(here, Condition("retries_left", Operator.IS, False)) == []


# ---- what it costs


def test_a_fetch_reads_an_index_and_sorts_nothing(stage: MakeStage, dialect: str) -> None:
    here = stage(external())
    here.start("p")
    query = "SELECT id FROM external_task WHERE state = 'FREE' AND topic = 'mail' ORDER BY -priority, id LIMIT 1"

    def plan(connection: Connection) -> str:
        if dialect == "sqlite":
            return str(connection.exec_driver_sql("EXPLAIN QUERY PLAN " + query).fetchall())
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # which it would choose for one row
        return str(connection.exec_driver_sql("EXPLAIN " + query).fetchall())

    told = here.engine._shared.database.look(plan)
    assert "ix_external_task_free" in told
    assert "sort" not in told.lower()
    assert "b-tree" not in told.lower()  # SQLite's word for it


def test_a_fetch_that_asks_again_reads_what_has_changed(stage: MakeStage) -> None:
    here = stage(external())
    instances = [here.start("p", to=number) for number in range(3)]
    wanted, looked = [Wanted("mail", MINUTE, having={"to": 9})], Looked()

    def fetched() -> list[str]:
        return [one.task.instance_id for one in here.engine.fetch_external_tasks("w", wanted, limit=5, looked=looked, actor=MAILER)]

    assert fetched() == []
    assert len(looked.unsuited[0]) == 3
    assert fetched() == []
    here.engine.set_variables(instances[1].id, {"to": 9}, reason="test", actor=SYSTEM)
    late = here.start("p", to=9)
    assert fetched() == [instances[1].id, late.id]
    assert fetched() == []
