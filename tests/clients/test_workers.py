"""The public clients of external tasks against a live server: they fetch, wait, complete, fail, give up and throw errors."""

from __future__ import annotations

import base64
import http.client
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from engine.engine import Engine
from engine.people import SYSTEM
from engine.states import IncidentType
from engine.testing import process
from tests.clients import WORKERS, working
from tests.servers import Client, Server, served
from webui.rest.waiting import PLACES

PASSWORD = "correct horse battery"
TASK = '<startEvent id="s"/><serviceTask id="x" camunda:type="external" camunda:topic="{}"><extensionElements>{}</extensionElements>\
</serviceTask><endEvent id="e"/>'
OUTPUT = '<camunda:inputOutput><camunda:outputParameter name="doubled">${local}</camunda:outputParameter></camunda:inputOutput>\
<camunda:properties><camunda:property name="kind" value="registered"/></camunda:properties>'
CATCH = '<boundaryEvent id="b" attachedToRef="x"><errorEventDefinition errorRef="er" camunda:errorMessageVariable="why"/></boundaryEvent>\
<userTask id="repair"/>'
FILES = {
    "letter.bpmn": process("letter", TASK.format("letter", OUTPUT), "s -> x", "x -> e"),
    "fails.bpmn": process("fails", TASK.format("fails", ""), "s -> x", "x -> e"),
    "errs.bpmn": process(
        "errs", TASK.format("errs", "") + CATCH, "s -> x", "x -> e", "b -> repair", outside='<error id="er" errorCode="GONE"/>'
    ),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Engine]]:
    """A live server, and the engine on its database."""
    home: Path = tmp_path_factory.mktemp("workers")
    engine = Engine.open(f"sqlite:///{home}/ruam.db", home=home)
    try:
        engine.upgrade()
        engine.add_user("robot", name="ระบบ", password=PASSWORD, groups=["topic:letter", "topic:fails", "topic:errs"], actor=SYSTEM)
        engine.deploy(FILES, name="workers", actor=SYSTEM)
        with served(home) as server:
            yield server, engine
    finally:
        engine.close()


def eventually(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something holds; raises AssertionError where it does not in time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.05)


def over(engine: Engine, instance_id: str) -> bool:
    return engine.instance(instance_id, actor=SYSTEM).state == "COMPLETED"


@pytest.mark.parametrize("kind", WORKERS)
def test_a_public_client_does_the_work_of_its_topics(place: tuple[Server, Engine], kind: str) -> None:
    server, engine = place
    letter = engine.start("letter", variables={"n": 20, "ชื่อ": "สำนักงาน ก.พ.ร."}, actor=SYSTEM)
    failing = engine.start("fails", actor=SYSTEM)
    wrong = engine.start("errs", business_key="2569", actor=SYSTEM)
    with working(kind, server.url, "robot", PASSWORD):
        eventually(lambda: over(engine, letter.id))
        variables = engine.variables(letter.id, actor=SYSTEM)
        assert variables == {"n": 21, "ชื่อ": "สำนักงาน ก.พ.ร.", "name": "สำนักงาน ก.พ.ร.", "kind": "registered", "doubled": 40}
        eventually(lambda: engine.incidents(root_id=failing.id, actor=SYSTEM).total == 1)
        (incident,) = engine.incidents(root_id=failing.id, actor=SYSTEM).items
        assert (incident.type, incident.message) == (IncidentType.FAILED_EXTERNAL_TASK, "ส่งไม่ได้")
        assert engine.history(failing.id, event="external_task.failed", actor=SYSTEM).total == 3
        eventually(lambda: [task.element_id for task in engine.tasks(instance_id=wrong.id, actor=SYSTEM).items] == ["repair"])
        assert engine.variables(wrong.id, actor=SYSTEM) == {"why": "ไม่มีผู้รับ", "asked": "2569"}
        # it has nothing to do now, and waits: what comes is done at once
        time.sleep(0.5)
        later = engine.start("letter", variables={"n": 1, "ชื่อ": "x"}, actor=SYSTEM)
        eventually(lambda: over(engine, later.id), 3)


def test_workers_of_both_kinds_share_a_topic(place: tuple[Server, Engine]) -> None:
    server, engine = place
    many = [engine.start("letter", variables={"n": n, "ชื่อ": "x"}, actor=SYSTEM).id for n in range(30)]
    with working("python", server.url, "robot", PASSWORD), working("javascript", server.url, "robot", PASSWORD):
        eventually(lambda: all(over(engine, instance) for instance in many), 30)
    done = [engine.history(instance, event="external_task.completed", actor=SYSTEM).items for instance in many]
    assert [len(events) for events in done] == [1] * 30
    assert [engine.variables(instance, actor=SYSTEM)["n"] for instance in many] == list(range(1, 31))


def asking(server: Server, milliseconds: int) -> http.client.HTTPConnection:
    """A fetch of work that there is not, sent and not answered yet."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    topic = {"topicName": "letter", "lockDuration": 1000}
    body = {"workerId": "w", "maxTasks": 1, "asyncResponseTimeout": milliseconds, "topics": [topic]}
    token = base64.b64encode(f"robot:{PASSWORD}".encode()).decode()
    headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
    connection.request("POST", "/engine-rest/external-task/fetchAndLock", json.dumps(body), headers)
    return connection


def answered(server: Server, milliseconds: int) -> tuple[Any, float]:
    """The answer of such a fetch, and the seconds it took."""
    began = time.monotonic()
    with closing(asking(server, milliseconds)) as connection:
        return json.loads(connection.getresponse().read()), time.monotonic() - began


def test_those_who_wait_keep_nobody_else_waiting_and_leave_their_place_when_they_hang_up(place: tuple[Server, Engine]) -> None:
    server, _engine = place
    time.sleep(1)  # until the workers of the tests before have left their places
    assert answered(server, 0)[0] == []
    with ExitStack() as waiting:
        for _ in range(PLACES):
            waiting.enter_context(closing(asking(server, 30_000)))
        time.sleep(1)
        began = time.monotonic()
        Client(server.url).get("/health")
        assert time.monotonic() - began < 2
        found, seconds = answered(server, 30_000)
        assert found == []
        assert seconds < 2, "all places are taken: it is answered at once"
    time.sleep(1)
    found, seconds = answered(server, 1_500)
    assert found == []
    assert seconds > 1.4, "there is room again"
