"""What was, over the REST."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from engine.running.fetching import Wanted
from engine.testing import process
from tests.drawing import draw
from tests.engine.test_external_tasks import END, MAILER, START
from tests.webui.rest.conftest import Site
from tests.webui.rest.test_schema import FILES


def test_an_instance_its_tasks_activities_and_variables(site: Callable[..., Site]) -> None:
    here = site(FILES)
    instance = here.stage.start("letter", business_key="1", a=1)
    worker = here.actor("worker")
    here.stage.complete("write", actor=worker, text="ร่าง")
    here.stage.complete("check", actor=worker)
    (past,) = here.admin.get("/history/process-instance", processInstanceBusinessKey="1", finished="true")
    assert (past["id"], past["state"], past["processDefinitionVersion"]) == (instance.id, "COMPLETED", 1)
    assert past["durationInMillis"] == 0
    assert past["startActivityId"] == "start"
    assert here.admin.get(f"/history/process-instance/{instance.id}") == past
    assert here.admin.get("/history/process-instance/count", unfinished="true") == {"count": 0}
    assert here.admin.post("/history/process-instance/count", {"processDefinitionKey": "letter"}) == {"count": 1}
    tasks = here.worker.get("/history/task", processInstanceId=instance.id, sortBy="taskDefinitionKey", sortOrder="asc")
    assert [(task["taskDefinitionKey"], task["deleteReason"], task["assignee"]) for task in tasks] == [
        ("check", "completed", "worker"), ("write", "completed", "worker"),
    ]  # fmt: skip
    activities = here.admin.get("/history/activity-instance", processInstanceId=instance.id, sortBy="occurrence", sortOrder="asc")
    assert [(one["activityId"], one["activityType"], one["canceled"]) for one in activities] == [
        ("start", "startEvent", False), ("write", "userTask", False), ("check", "userTask", False), ("end", "noneEndEvent", False),
    ]  # fmt: skip
    assert all(one["endTime"] for one in activities)
    assert [one["id"] for one in here.admin.get("/history/task", activityInstanceIdIn=activities[1]["id"])] == [activities[1]["taskId"]]
    assert here.admin.get("/history/activity-instance/count", activityType="userTask", finished="true") == {"count": 2}
    assert here.admin.get(f"/history/activity-instance/{activities[1]['id']}") == activities[1]
    variables = here.admin.get("/history/variable-instance", processInstanceId=instance.id, sortBy="variableName", sortOrder="asc")
    assert [(one["name"], one["value"]) for one in variables] == [("a", 1), ("text", "ร่าง")]
    assert here.admin.get(f"/history/variable-instance/{variables[0]['id']}") == variables[0]
    details = here.admin.get("/history/detail", processInstanceId=instance.id, variableUpdates="true", sortBy="time", sortOrder="asc")
    assert [(one["variableName"], one["value"], one["revision"]) for one in details] == [("a", 1, 0), ("text", "ร่าง", 0)]
    assert here.stranger.get("/history/detail", processInstanceId=instance.id) == []
    assert here.admin.get("/process-instance") == []


def test_what_people_did(site: Callable[..., Site]) -> None:
    here = site(FILES)
    instance = here.stage.start("letter")
    (task,) = here.worker.get("/task")
    here.worker.post(f"/task/{task['id']}/claim", {"userId": "worker"}, 204)
    here.worker.post(f"/task/{task['id']}/complete", {}, 204)
    log = here.admin.get("/history/user-operation", processInstanceId=instance.id, sortBy="timestamp", sortOrder="asc")
    assert [(one["operationType"], one["userId"], one["newValue"]) for one in log] == [
        ("Claim", "worker", "worker"),
        ("Complete", "worker", None),
    ]
    assert here.admin.get("/history/user-operation/count", operationType="Complete", userId="worker") == {"count": 1}
    assert here.admin.get("/history/user-operation/count", entityType="Job") == {"count": 0}


def test_keys_of_any_length_are_told_whole(site: Callable[..., Site]) -> None:
    key = "a_process_with_a_key_" + "so_" * 20 + "long"
    body = START + '<userTask id="t"/><serviceTask id="x" camunda:type="external" camunda:topic="mail"/>' + END
    here = site({"p.bpmn": process(key, body, "s -> t", "t -> x", "x -> e")})
    here.stage.start(key)
    here.stage.complete("t")
    (task,) = here.engine.fetch_external_tasks("w", [Wanted("mail", timedelta(minutes=1))], actor=MAILER)
    here.engine.fail_external_task(task.task.id, "w", actor=MAILER)
    for path in ("process-instance", "task", "incident", "activity-instance"):
        (told,) = here.admin.get("/history/" + path, **({"activityId": "t"} if path == "activity-instance" else {}))
        assert told["processDefinitionKey"] == key
    assert here.admin.get("/history/process-instance")[0]["processDefinitionVersion"] == 1


EVENTS = draw(
    '<startEvent id="s"/><transaction id="x"><startEvent id="xs"/><userTask id="t"/><endEvent id="xe"/>{flows:x}</transaction>'
    '<boundaryEvent id="late" attachedToRef="x"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>'
    '</boundaryEvent><intermediateThrowEvent id="tell"><signalEventDefinition signalRef="g"/></intermediateThrowEvent>'
    '<endEvent id="e"/><endEvent id="stop"><terminateEventDefinition/></endEvent>',
    "s > x > e; late > tell > stop",
    inner={"x": "xs > t > xe"},
    key="events",
    definitions='<signal id="g" name="go"/>',
)


def test_types_of_elements_are_called_as_in_camunda(site: Callable[..., Site]) -> None:
    here = site({"events.bpmn": EVENTS})
    id = here.stage.start("events").id
    tree = here.admin.get(f"/process-instance/{id}/activity-instances")
    assert [child["activityType"] for child in tree["childActivityInstances"]] == ["transaction"]
    here.stage.advance(timedelta(days=2))
    entered = here.admin.get("/history/activity-instance", sortBy="occurrence", sortOrder="asc")
    assert {one["activityId"]: one["activityType"] for one in entered} == {
        "s": "startEvent", "x": "transaction", "xs": "startEvent", "t": "userTask", "late": "boundaryTimer",
        "tell": "intermediateSignalThrow", "stop": "terminateEndEvent",
    }  # fmt: skip
    assert here.admin.get("/history/activity-instance/count", activityType="boundaryTimer") == {"count": 1}
    assert here.admin.get("/history/activity-instance/count", activityType="boundaryEvent") == {"count": 0}


def test_tasks_by_whom_they_were_once_offered_to(site: Callable[..., Site]) -> None:
    here = site()
    first, second = here.stage.start("letter").id, here.stage.start("letter").id
    (write,) = here.admin.get("/task", processInstanceId=first)
    here.admin.post(f"/task/{write['id']}/identity-links", {"userId": "second", "type": "candidate"}, 204)
    here.admin.post(f"/task/{write['id']}/identity-links", {"groupId": 'odd"100%', "type": "candidate"}, 204)
    here.as_user("second").post(f"/task/{write['id']}/complete", {}, 204)
    here.engine.cancel(second, reason="x", actor=here.actor("admin"))

    def found(**query: Any) -> set[tuple[str, str]]:
        return {(one["processInstanceId"], one["taskDefinitionKey"]) for one in here.admin.get("/history/task", **query)}

    assert found(taskHadCandidateUser="second") == found(taskHadCandidateGroup='odd"100%') == {(first, "write")}
    assert found(taskInvolvedUser="second") == {(first, "write")}
    assert found(taskInvolvedUser="nobody") == found(taskHadCandidateGroup="100%") == set()
    assert found(taskHadCandidateGroup="workers") == found(withCandidateGroups="true") == {
        (first, "write"), (first, "check"), (second, "write"),
    }  # fmt: skip
    assert found(taskDeleteReason="deleted") == {(second, "write")}
    assert found(taskDeleteReason="completed", taskInvolvedGroup="workers") == {(first, "write")}
