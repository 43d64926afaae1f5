"""Jobs, incidents, messages and signals: for administrators."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from engine.registry import Pack
from tests.drawing import draw
from tests.webui.rest.conftest import Site
from tests.webui.rest.test_schema import FILES

FAILING = draw(
    '<startEvent id="s"/><serviceTask id="work" ruam:handler="break" ruam:deferred="true"/><endEvent id="e"/>',
    "s > work > e",
    key="failing",
)
CATCHING = draw(
    '<startEvent id="s"/><intermediateCatchEvent id="wait"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>'
    '<intermediateCatchEvent id="hear"><signalEventDefinition signalRef="g"/></intermediateCatchEvent><userTask id="t"/><endEvent id="e"/>',
    "s > wait > hear > t > e",
    key="catching",
    definitions='<message id="m" name="paid"/><signal id="g" name="go"/>',
)
STARTING = draw(
    '<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent><userTask id="t"/><endEvent id="e"/>', "s > t > e",
    key="starting", definitions='<message id="m" name="begin"/>',
)  # fmt: skip
WATCHING = draw(
    '<startEvent id="s"><conditionalEventDefinition><condition>${level > 5}</condition></conditionalEventDefinition></startEvent>'
    '<userTask id="t"/><endEvent id="e"/>',
    "s > t > e",
    key="watching",
)
pack = Pack("breaking")


@pack.handler("break", parameters={})
def break_down(context: Any) -> None:
    """Fail, until a variable says otherwise."""
    if not context.variables.get("mended"):
        raise ValueError("broken")


def test_a_timer(site: Callable[..., Site]) -> None:
    here = site(FILES)
    instance = here.stage.start("waiting")
    (job,) = here.admin.get("/job", processInstanceId=instance.id, timers="true")
    assert (job["processDefinitionKey"], job["retries"], job["suspended"]) == ("waiting", 3, False)
    assert here.admin.get(f"/job/{job['id']}") == job
    assert here.admin.get("/job/count", dueDates="gt_2009-06-01T00:00:00.000+0700") == {"count": 1}
    assert here.admin.post("/job/count", {"dueDates": [{"operator": "lt", "value": "2009-06-01T00:00:00.000+0700"}]}) == {"count": 0}
    here.admin.put(f"/job/{job['id']}/duedate", {"duedate": "2009-07-01T08:30:00.000+0700"})
    assert here.admin.get(f"/job/{job['id']}")["dueDate"] == "2009-07-01T08:30:00.000+0700"
    here.admin.put(f"/job/{job['id']}/suspended", {"suspended": True})
    here.admin.refused("POST", f"/job/{job['id']}/execute", 409)
    here.admin.put(f"/job/{job['id']}/suspended", {"suspended": False})
    here.admin.post(f"/job/{job['id']}/execute", None, 204)
    assert here.admin.get("/job") == []
    assert ("timer.fired", "late") in here.stage.events(instance)
    here.admin.refused("GET", f"/job/{job['id']}", 404)


def test_what_failed_is_seen_and_repeated(site: Callable[..., Site]) -> None:
    here = site({"failing.bpmn": FAILING}, packs=[pack], pack="breaking")
    instance = here.stage.start("failing")
    (job,) = here.admin.get("/job")
    here.admin.refused("PUT", f"/job/{job['id']}/retries", 400, {"retries": -1})
    here.admin.put(f"/job/{job['id']}/retries", {"retries": 1})
    assert here.admin.ask("POST", f"/job/{job['id']}/execute").status_code == 500
    (incident,) = here.admin.get("/incident", processInstanceId=instance.id, incidentType="failedJob")
    assert (incident["activityId"], incident["configuration"]) == ("work", job["id"])
    assert "broken" in here.admin.ask("GET", f"/job/{job['id']}/stacktrace").text
    assert here.admin.get("/incident/count", processDefinitionKeyIn="failing") == {"count": 1}
    assert here.admin.get(f"/incident/{incident['id']}") == incident
    assert here.admin.get("/job", noRetriesLeft="true", withException="true")[0]["id"] == job["id"]
    here.admin.put(f"/process-instance/{instance.id}/variables/mended", {"value": True})
    here.admin.put(f"/job/{job['id']}/retries", {"retries": 2})
    assert here.admin.get("/incident") == []
    here.admin.post(f"/job/{job['id']}/execute", None, 204)
    assert here.stage.state(instance) == "COMPLETED"
    (past,) = here.admin.get("/history/incident", resolved="true")
    assert (past["id"], past["open"], past["resolved"]) == (incident["id"], False, True)


def test_an_incident_is_resolved(site: Callable[..., Site]) -> None:
    here = site({"failing.bpmn": FAILING}, packs=[pack], pack="breaking")
    here.stage.start("failing")
    (job,) = here.admin.get("/job")
    here.admin.put(f"/job/{job['id']}/retries", {"retries": 1})
    here.admin.ask("POST", f"/job/{job['id']}/execute")
    (incident,) = here.admin.get("/incident")
    here.admin.delete(f"/incident/{incident['id']}")
    assert here.admin.get("/incident") == []
    here.admin.refused("DELETE", f"/incident/{incident['id']}", 404)


def test_messages(site: Callable[..., Site]) -> None:
    here = site({"catching.bpmn": CATCHING, "starting.bpmn": STARTING})
    one, two = here.stage.start("catching", business_key="1", order=1), here.stage.start("catching", business_key="2", order=2)
    assert "Cannot correlate" in here.admin.refused("POST", "/message", 400, {"messageName": "paid"})["message"]
    here.admin.refused("POST", "/message", 400, {"messageName": "nothing"})
    body = {
        "messageName": "paid",
        "correlationKeys": {"order": {"value": 2}},
        "processVariables": {"sum": {"value": 7}},
        "resultEnabled": True,
    }
    (reached,) = here.admin.post("/message", body | {"variablesInResultEnabled": True})
    assert (reached["resultType"], reached["execution"]["processInstanceId"]) == ("Execution", two.id)
    assert reached["variables"]["sum"]["value"] == 7
    here.admin.post("/message", {"messageName": "paid", "processInstanceId": one.id}, 204)
    here.admin.refused("POST", "/message", 400, {"messageName": "paid", "processInstanceId": one.id})
    (begun,) = here.admin.post("/message", {"messageName": "begin", "businessKey": "9", "resultEnabled": True})
    assert (begun["resultType"], begun["processInstance"]["businessKey"]) == ("ProcessDefinition", "9")
    here.stage.start("catching")
    here.stage.start("catching")
    assert len(here.admin.post("/message", {"messageName": "paid", "all": True, "resultEnabled": True})) == 2
    here.worker.refused("POST", "/message", 403, {"messageName": "paid"})


def test_signals(site: Callable[..., Site]) -> None:
    here = site({"catching.bpmn": CATCHING})
    instance = here.stage.start("catching")
    here.admin.post("/message", {"messageName": "paid"}, 204)
    here.admin.post("/signal", {"name": "go", "variables": {"x": {"value": 1}}}, 204)
    assert here.stage.names(instance.id) == ["t"]
    assert here.stage.variables(instance) == {"x": 1}
    here.worker.refused("POST", "/signal", 403, {"name": "go"})


def test_conditions(site: Callable[..., Site]) -> None:
    here = site({"watching.bpmn": WATCHING})
    (begun,) = here.admin.post("/condition", {"variables": {"level": {"value": 9}}, "businessKey": "w"})
    assert (begun["businessKey"], begun["definitionId"].partition(":")[0]) == ("w", "watching")
    assert here.admin.post("/condition", {"variables": {"level": {"value": 1}}}) == []
    here.worker.refused("POST", "/condition", 403, {"variables": {"level": {"value": 9}}})


def test_these_are_for_administrators(site: Callable[..., Site]) -> None:
    here = site(FILES)
    here.stage.start("waiting")
    for path in ("/job", "/job/count", "/incident", "/incident/count", "/history/incident", "/user"):
        here.worker.refused("GET", path, 403)
    (job,) = here.admin.get("/job")
    here.worker.refused("POST", f"/job/{job['id']}/execute", 403)
    here.worker.refused("PUT", f"/job/{job['id']}/retries", 403, {"retries": 1})


def test_nothing_told_of_a_task_is_ignored(site: Callable[..., Site]) -> None:
    here = site()
    here.stage.start("letter")
    (task,) = here.admin.get("/task")
    path = "/task/" + task["id"]
    here.admin.put(path, {name: task[name] for name in ("name", "description", "assignee", "owner", "priority", "followUp", "due")})
    for odd in ({"followUp": "2009-06-01T08:30:00.000+0700"}, {"description": "x"}, {"parentTaskId": "x"}, {"tenantId": "x"}):
        here.admin.refused("PUT", path, 400, odd)


def test_an_activity_is_held_in_all_of_a_version(site: Callable[..., Site]) -> None:
    here = site(FILES)
    first = here.stage.start("letter")
    (letter,) = here.admin.get("/process-definition", key="letter")
    here.admin.put(f"/process-definition/{letter['id']}/activity/write/suspended", {"suspended": True, "annotation": "แบบฟอร์มผิด"})
    assert here.admin.get("/process-definition/key/letter/activity/suspended") == ["write"]
    second = here.stage.start("letter")
    assert [task["suspended"] for task in here.admin.get("/task")] == [True, True]
    here.admin.refused("PUT", "/process-definition/key/letter/activity/write/suspended", 409, {"suspended": True})
    here.admin.refused("PUT", "/process-definition/key/letter/activity/start/suspended", 409, {"suspended": True})
    here.worker.refused("PUT", "/process-definition/key/letter/activity/write/suspended", 403, {"suspended": False})
    here.admin.put("/process-definition/key/letter/activity/write/suspended", {"suspended": False})
    assert here.stage.names(first.id) == here.stage.names(second.id) == ["write"]


def test_job_definitions_are_suspended_as_in_camunda(site: Callable[..., Site]) -> None:
    here = site(FILES)
    here.stage.start("waiting")
    (definition,) = here.admin.get("/job-definition", processDefinitionKey="waiting")
    path, body = f"/job-definition/{definition['id']}/suspended", {"suspended": True, "includeJobs": True, "executionDate": None}
    here.admin.put(path, body)
    here.admin.put(path, body)  # once more does no harm
    assert here.admin.get(f"/job-definition/{definition['id']}")["suspended"] is True
    assert [job["suspended"] for job in here.admin.get("/job")] == [True]
    here.stage.start("waiting")
    assert here.admin.get("/job/count", suspended="true") == {"count": 2}
    here.admin.put("/job-definition/suspended", {"suspended": False, "processDefinitionKey": "waiting"})
    assert here.admin.get("/job/count", active="true") == {"count": 2}
    here.admin.refused("PUT", "/job-definition/suspended", 400, {"suspended": False})
    here.admin.refused("PUT", path, 400, body | {"executionDate": "2010-01-01T00:00:00.000+0700"})
    here.worker.refused("PUT", path, 403, body)


def test_failed_jobs_of_a_job_definition_are_tried_again(site: Callable[..., Site]) -> None:
    here = site({"failing.bpmn": FAILING}, packs=[pack], pack="breaking")
    for _ in range(2):
        here.stage.start("failing")
    for job in here.admin.get("/job"):
        here.admin.put(f"/job/{job['id']}/retries", {"retries": 1})
        here.admin.ask("POST", f"/job/{job['id']}/execute")
    (definition,) = here.admin.get("/job-definition", processDefinitionKey="failing")
    assert here.admin.get("/job/count", noRetriesLeft="true") == {"count": 2}
    here.admin.put(f"/job-definition/{definition['id']}/retries", {"retries": 1})
    assert here.admin.get("/job/count", withRetriesLeft="true") == {"count": 2}


def test_many_are_held_at_once(site: Callable[..., Site]) -> None:
    here = site(FILES)
    ids = [here.stage.start("waiting").id for _ in range(2)]
    here.admin.put("/process-instance/suspended", {"suspended": True, "processDefinitionKey": "waiting"})
    assert here.admin.get("/process-instance/count", suspended="true") == {"count": 2}
    here.admin.put("/process-instance/suspended", {"suspended": False, "processInstanceIds": ids[:1]})
    assert [one["id"] for one in here.admin.get("/process-instance", active="true")] == ids[:1]
    here.admin.refused("PUT", "/process-instance/suspended", 400, {"suspended": False})
    here.admin.refused("PUT", "/process-instance/suspended", 404, {"suspended": True, "processInstanceIds": ["nothing"]})
    here.worker.refused("PUT", "/process-instance/suspended", 403, {"suspended": True, "processDefinitionKey": "waiting"})
    here.admin.put("/process-instance/suspended", {"suspended": False, "processDefinitionKey": "waiting"})
    here.admin.put("/job/suspended", {"suspended": True, "processInstanceId": ids[1]})
    assert [one["processInstanceId"] for one in here.admin.get("/job", suspended="true")] == ids[1:]
    here.admin.put("/job/suspended", {"suspended": False, "processDefinitionKey": "waiting"})
    assert here.admin.get("/job/count", active="true") == {"count": 2}
    here.worker.refused("PUT", "/job/suspended", 403, {"suspended": True, "processDefinitionKey": "waiting"})


def test_a_slash_at_the_end_makes_no_difference(site: Callable[..., Site]) -> None:
    here = site(FILES)
    here.stage.start("letter")
    (task,) = here.admin.get("/task/")
    here.admin.put(f"/task/{task['id']}/", {"due": "2009-07-01T08:30:00.000+0700"})
    assert here.admin.get(f"/task/{task['id']}/")["due"] == "2009-07-01T08:30:00.000+0700"


def test_what_is_read_of_something_that_is_not_there_is_404(site: Callable[..., Site]) -> None:
    here = site()
    for path, operations in here.admin.get("/openapi.json")["paths"].items():
        if "{" in path and "get" in operations:
            needed = {one["name"]: "x" for one in operations["get"].get("parameters", ()) if one["in"] == "query" and one.get("required")}
            for client in (here.admin, here.stranger):
                code = client.ask("GET", re.sub(r"\{\w+\}", "nothing", path), query_string=needed).status_code
                assert code == 404 or (code == 403 and client is not here.admin), (path, code)
