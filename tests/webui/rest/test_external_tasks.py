"""External tasks over the REST: bodies, typed variables, errors and waiting as clients of Camunda 7 expect them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from engine.people import SYSTEM
from engine.testing import process
from tests.webui.rest.conftest import Client, Site
from webui.rest import waiting
from webui.rest.waiting import WaitingRoom

MakeSite = Callable[..., Site]
BODY = '<startEvent id="s"/><serviceTask id="x" camunda:type="external" camunda:topic="mail" camunda:taskPriority="${p}">\
<extensionElements><camunda:properties><camunda:property name="kind" value="letter"/></camunda:properties></extensionElements>\
</serviceTask><boundaryEvent id="b" attachedToRef="x"><errorEventDefinition errorRef="er"/></boundaryEvent><userTask id="repair"/>\
<endEvent id="e"/>'
FILES = {
    "p.bpmn": process(
        "p", BODY, "s -> x", "x -> e", "b -> repair", outside='<error id="er" errorCode="GONE"/>', attributes='camunda:versionTag="v1"'
    )
}


@pytest.fixture
def here(site: MakeSite) -> Site:
    made = site(FILES)
    made.engine.add_user("mailer", name="ระบบส่งหนังสือ", password="correct horse battery", groups=["topic:mail"], actor=SYSTEM)
    return made


def start(here: Site, **variables: Any) -> str:
    return here.engine.start("p", variables={"p": 0, **variables}, business_key="2569", actor=SYSTEM).id


def fetch(client: Client, **more: Any) -> Any:
    topic = {"topicName": "mail", "lockDuration": 60_000} | more.pop("topic", {})
    return client.post("/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 10, "topics": [topic]} | more)


def test_what_a_worker_is_told(here: Site) -> None:
    instance = start(here, name="สำนักงาน", ratio=0.5, done=True, rows=[1, {"a": None}], nothing=None)
    (task,) = fetch(here.as_user("mailer"), topic={"includeExtensionProperties": True}, usePriority=True, sorting=None)
    told = {
        name: task[name] for name in ("topicName", "workerId", "retries", "priority", "suspended", "activityId", "businessKey", "tenantId")
    }
    assert told == {
        "topicName": "mail", "workerId": "w", "retries": None, "priority": 0, "suspended": False, "activityId": "x", "businessKey": "2569",
        "tenantId": None,
    }  # fmt: skip
    assert (task["processInstanceId"], task["processDefinitionKey"], task["processDefinitionVersionTag"]) == (instance, "p", "v1")
    assert task["extensionProperties"] == {"kind": "letter"}
    assert (task["lockExpirationTime"][-5:], task["errorMessage"], task["errorDetails"]) == ("+0700", None, None)
    assert {name: (typed["type"], typed["value"]) for name, typed in task["variables"].items()} == {
        "p": ("Integer", 0), "name": ("String", "สำนักงาน"), "ratio": ("Double", 0.5), "done": ("Boolean", True),
        "rows": ("Json", '[1,{"a":null}]'), "nothing": ("Null", None),
    }  # fmt: skip
    assert fetch(here.as_user("mailer")) == []


def test_complete_with_typed_variables(here: Site) -> None:
    instance = start(here)
    mailer = here.as_user("mailer")
    (task,) = fetch(mailer)
    given = {"n": {"value": "7", "type": "Long"}, "when": {"value": "2026-11-22T09:00:00.000+0000", "type": "Date"}, "bare": {"value": [1]}}
    mailer.post(f"/external-task/{task['id']}/complete", {"workerId": "w", "variables": given, "localVariables": {}}, 204)
    assert here.stage.state(instance) == "COMPLETED"
    assert here.stage.variables(instance) == {"p": 0, "n": 7, "when": "2026-11-22T09:00:00+00:00", "bare": [1]}
    assert mailer.refused("POST", f"/external-task/{task['id']}/complete", 404, {"workerId": "w"})["type"] == "InvalidRequestException"


def test_failure_error_details_and_retries(here: Site) -> None:
    start(here)
    mailer, admin = here.as_user("mailer"), here.admin
    (task,) = fetch(mailer)
    path = f"/external-task/{task['id']}"
    failure = {"workerId": "w", "errorMessage": "ล้ม", "errorDetails": "line 1\nline 2", "retries": 1, "retryTimeout": 60_000}
    mailer.post(path + "/failure", failure, 204)
    assert fetch(mailer) == []
    assert mailer.ask("GET", path + "/errorDetails").text == "line 1\nline 2"
    mailer.post(path + "/unlock", None, 204)
    assert [(one["retries"], one["errorMessage"]) for one in fetch(mailer)] == [(1, "ล้ม")]
    mailer.post(path + "/failure", {**failure, "retries": 0}, 204)
    assert admin.get("/external-task/count", noRetriesLeft="true") == {"count": 1}
    assert here.engine.incidents(actor=SYSTEM).total == 1
    assert mailer.refused("PUT", path + "/retries", 403, {"retries": 3})["type"] == "AuthorizationException"
    admin.put("/external-task/retries", {"retries": 2, "externalTaskIds": [task["id"]]})
    admin.put(path + "/retries", {"retries": 3})
    admin.put(path + "/priority", {"priority": 77})
    assert [(one["retries"], one["priority"]) for one in fetch(mailer)] == [(3, 77)]


def test_a_bpmn_error_and_who_may_not_report(here: Site) -> None:
    start(here)
    mailer = here.as_user("mailer")
    (task,) = fetch(mailer)
    path = f"/external-task/{task['id']}"
    for verb, body in (
        ("complete", {}),
        ("failure", {}),
        ("bpmnError", {"errorCode": "GONE"}),
        ("extendLock", {"newDuration": 1000}),
        ("lock", {"lockDuration": 1000}),
    ):
        refusal = mailer.refused("POST", f"{path}/{verb}", 400, {"workerId": "other", **body})
        assert refusal["type"] == "InvalidRequestException"
        assert here.stranger.refused("POST", f"{path}/{verb}", 403, {"workerId": "w", **body})["type"] == "AuthorizationException"
    mailer.post(path + "/extendLock", {"workerId": "w", "newDuration": 120_000}, 204)
    variables = {"who": {"value": "x", "type": "string", "valueInfo": {}}}
    mailer.post(path + "/bpmnError", {"workerId": "w", "errorCode": "GONE", "errorMessage": "ไม่อยู่แล้ว", "variables": variables}, 204)
    assert here.stage.names() == ["repair"]


@pytest.mark.parametrize(
    "body",
    [
        {"workerId": "w", "maxTasks": 0},
        {"workerId": "w", "maxTasks": 10_000},
        {"workerId": "", "maxTasks": 1},
        {"maxTasks": 1},
        {"workerId": "w", "maxTasks": 1, "asyncResponseTimeout": 1_800_001},
        {"workerId": "w", "maxTasks": 1, "sorting": [{"sortBy": "priority"}]},
        {"workerId": "w", "maxTasks": 1, "unknown": 1},
    ],
)
def test_requests_that_are_refused(here: Site, body: dict[str, Any]) -> None:
    body["topics"] = [{"topicName": "mail", "lockDuration": 1000}]
    here.as_user("mailer").refused("POST", "/external-task/fetchAndLock", 400, body)


def test_the_newest_first_without_priority_and_no_tenants(here: Site) -> None:
    for urgency in (9, 1):
        start(here, p=urgency)
    mailer = here.as_user("mailer")
    assert fetch(mailer, topic={"tenantIdIn": ["a"]}) == []
    sorting = [{"sortBy": "createTime", "sortOrder": "desc"}]
    assert [one["priority"] for one in fetch(mailer, sorting=sorting, topic={"tenantIdIn": None})] == [1, 9]


def test_lists(here: Site) -> None:
    for urgency in (1, 2, 3):
        start(here, p=urgency)
    mailer = here.as_user("mailer")
    fetch(mailer, maxTasks=1)
    assert [one["priority"] for one in mailer.get("/external-task", sortBy="taskPriority", sortOrder="desc")] == [3, 2, 1]
    assert [one["priority"] for one in mailer.get("/external-task", locked="true")] == [3]
    assert mailer.post("/external-task/count", {"notLocked": True, "topicName": "mail"}) == {"count": 2}
    (one,) = mailer.post("/external-task", {"priorityHigherThanOrEquals": 2, "sorting": [{"sortBy": "id"}]}, firstResult=1, maxResults=5)
    assert mailer.get(f"/external-task/{one['id']}") == one
    assert mailer.get("/external-task/topic-names") == ["mail"]
    assert mailer.get("/external-task/topic-names", withRetriesLeft="true", withLockedTasks="true") == ["mail"]
    assert here.stranger.get("/external-task") == here.stranger.get("/external-task/topic-names") == []
    here.stranger.refused("GET", f"/external-task/{one['id']}", 404)


# ---- waiting


def test_a_fetch_waits_for_a_task_to_come(here: Site) -> None:
    mailer, answers = here.as_user("mailer"), list[Any]()
    thread = threading.Thread(target=lambda: answers.append(fetch(mailer, asyncResponseTimeout=20_000)))
    thread.start()
    time.sleep(0.1)
    instance = start(here)
    thread.join(15)
    assert [task["processInstanceId"] for task in answers[0]] == [instance]


def test_a_fetch_waits_no_longer_than_it_says(here: Site) -> None:
    began = time.monotonic()
    assert fetch(here.as_user("mailer"), asyncResponseTimeout=300) == []
    assert 0.3 <= time.monotonic() - began < 5


def test_where_all_places_are_taken_one_is_answered_at_once(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "room", WaitingRoom(1))
    mailer, began = here.as_user("mailer"), time.monotonic()
    thread = threading.Thread(target=lambda: fetch(mailer, asyncResponseTimeout=3_000))
    thread.start()
    time.sleep(0.5)
    assert fetch(mailer, asyncResponseTimeout=30_000) == []
    assert time.monotonic() - began < 2.5
    waiting.room.close()
    thread.join(2)
    assert not thread.is_alive()
