"""Process instances, their variables, where they stand; executions and variable instances."""

from __future__ import annotations

from collections.abc import Callable

from engine.people import SYSTEM
from tests.drawing import draw
from tests.webui.rest.conftest import Site
from tests.webui.rest.test_schema import FILES


def test_found_and_counted(site: Callable[..., Site]) -> None:
    here = site(FILES)
    one = here.stage.start("letter", business_key="1")
    two = here.stage.start("waiting", business_key="2")
    assert {row["id"] for row in here.admin.get("/process-instance")} == {one.id, two.id}
    (found,) = here.admin.get("/process-instance", processDefinitionKey="waiting", businessKey="2")
    assert found == here.admin.get(f"/process-instance/{two.id}")
    assert (found["ended"], found["suspended"], found["links"]) == (False, False, [])
    assert here.admin.get("/process-instance/count", activityIdIn="t,nothing") == {"count": 1}
    assert here.admin.post("/process-instance/count", {"processInstanceIds": [one.id], "leafProcessInstances": True}) == {"count": 1}
    assert here.admin.get("/process-instance/count", suspended="true") == {"count": 0}
    assert [row["id"] for row in here.admin.get("/execution", processInstanceId=one.id)] == [one.id]
    assert here.admin.get(f"/execution/{one.id}")["processInstanceId"] == one.id


def test_variables_are_set_and_taken_out(site: Callable[..., Site]) -> None:
    here = site()
    id = here.stage.start("letter", a=1, b=2).id
    path = f"/process-instance/{id}/variables"
    here.admin.put(f"{path}/a", {"value": 5, "type": "Integer"})
    here.admin.post(path, {"modifications": {"c": {"value": "x"}}, "deletions": ["b", "nothing"]}, 204)
    assert {name: one["value"] for name, one in here.admin.get(path).items()} == {"a": 5, "c": "x"}
    here.admin.delete(f"{path}/c")
    here.admin.refused("GET", f"{path}/c", 404)
    here.admin.refused("PUT", f"{path}/loopCounter", 400, {"value": 1})
    assert [(one["name"], one["value"], one["type"]) for one in here.admin.get("/variable-instance", processInstanceIdIn=id)] == [
        ("a", 5, "Integer")
    ]
    assert here.admin.get("/variable-instance", variableValues="a_gt_4")[0]["processInstanceId"] == id
    assert here.admin.get("/variable-instance", variableValues="a_gt_5") == []
    body = {"processInstanceIdIn": [id], "variableName": "a", "variableValues": [{"name": "a", "operator": "eq", "value": 5}]}
    (found,) = here.admin.post("/variable-instance", body)
    assert here.admin.get(f"/variable-instance/{found['id']}") == found
    here.admin.refused("GET", "/variable-instance/nothing", 404)


def test_a_file_is_sent_as_such(site: Callable[..., Site]) -> None:
    import io

    here = site()
    id = here.stage.start("letter").id
    path = f"/process-instance/{id}/variables/paper/data"
    parts = {"data": (io.BytesIO("เนื้อหา".encode()), "ก.txt", "text/plain"), "valueType": "File"}
    assert here.admin.ask("POST", path, data=parts, content_type="multipart/form-data").status_code == 204
    answer = here.admin.ask("GET", path)
    assert (answer.data.decode(), answer.mimetype) == ("เนื้อหา", "text/plain")


def test_suspended_resumed_ended(site: Callable[..., Site]) -> None:
    here = site()
    id = here.stage.start("letter").id
    for body in ({"suspended": True}, {"suspended": True}):
        here.admin.put(f"/process-instance/{id}/suspended", body)
    assert here.admin.get(f"/process-instance/{id}")["suspended"] is True
    assert here.worker.get("/task/count", suspended="true") == {"count": 0}  # it is no task of the worker's until it goes on
    here.admin.put(f"/process-instance/{id}/suspended", {"suspended": False})
    here.worker.refused("DELETE", f"/process-instance/{id}", 404)
    here.admin.delete(f"/process-instance/{id}")
    assert here.stage.state(id) == "EXTERNALLY_TERMINATED"
    here.admin.refused("DELETE", f"/process-instance/{id}", 404)
    here.admin.delete(f"/process-instance/{id}", failIfNotExists="false")


def test_where_it_stands(site: Callable[..., Site]) -> None:
    here = site(FILES)
    id = here.stage.start("waiting").id
    tree = here.admin.get(f"/process-instance/{id}/activity-instances")
    assert (tree["id"], tree["activityType"]) == (id, "processDefinition")
    inside = next(child for child in tree["childActivityInstances"] if child["activityId"] == "inside")
    (task,) = inside["childActivityInstances"]
    assert (task["activityId"], task["activityType"], task["parentActivityInstanceId"]) == ("t", "userTask", inside["id"])


def test_found_by_their_variables(site: Callable[..., Site]) -> None:
    here = site()
    one = here.stage.start("letter", amount=5, name="ก")
    two = here.stage.start("letter", amount=9, name="ข")
    assert [row["id"] for row in here.admin.get("/process-instance", variables="amount_gt_5")] == [two.id]
    assert [row["id"] for row in here.admin.get("/process-instance", variables="amount_gteq_5,name_eq_ก")] == [one.id]
    body = {"processVariables": [{"name": "name", "operator": "like", "value": "ข%"}]}
    assert here.admin.post("/task/count", body) == {"count": 1}
    assert here.admin.get("/history/process-instance/count", variables="name_neq_ก") == {"count": 1}
    assert here.worker.get("/task/count") == {"count": 2}
    assert here.worker.get("/task/count", processVariables="amount_gt_0") == {"count": 0}  # he may not read them
    here.admin.refused("GET", "/process-instance", 400, variables="amount")


def test_what_cannot_be_read_is_refused(site: Callable[..., Site]) -> None:
    here = site()
    id, deep = here.admin.post("/process-definition/key/letter/start", {})["id"], "[" * 20_000
    for value in ({"type": "Json", "value": deep}, {"type": "Double", "value": "1e999"}, {"type": "File", "value": {}}):
        here.admin.refused("PUT", f"/process-instance/{id}/variables/odd", 400, value)
    body = '{"type": "Double", "value": 1' + "0" * 400 + "}"
    assert here.admin.ask("PUT", f"/process-instance/{id}/variables/odd", data=body, content_type="application/json").status_code == 400
    assert here.admin.get("/task", processVariables="odd_eq_" + deep) == []


def test_what_is_set_by_hand_is_checked_as_on_the_page(site: Callable[..., Site]) -> None:
    here = site()
    id = here.admin.post("/process-definition/key/letter/start", {})["id"]
    instance, task = f"/process-instance/{id}", f"/task/{here.stage.open(instance_id=id)[0].id}"
    wrong = {"two words": 1, "loopCounter": 1, "__class__": 1, "day": "2027-06-31", "year": "2570-06-30"}
    for name, value in wrong.items():
        for path in (f"{instance}/variables", f"{task}/variables", f"{task}/localVariables"):
            here.admin.refused("POST", path, 400, {"modifications": {name: {"value": value}}})
        here.admin.refused("POST", f"{instance}/modification", 400, {
            "instructions": [{"type": "startBeforeActivity", "activityId": "write", "variables": {name: {"value": value}}}],
        })  # fmt: skip
    assert here.admin.get(f"{instance}/variables") == {}
    here.admin.post(f"{instance}/variables", {"modifications": {"day": {"value": "2027-06-30"}}}, 204)


def test_a_file_s_odd_names_do_no_harm(site: Callable[..., Site]) -> None:
    here = site()
    path = "/process-instance/" + here.admin.post("/process-definition/key/letter/start", {})["id"] + "/variables/odd"
    odd = {"filename": "a\r\nb.txt", "mimeType": "text/plain\rX-Odd: 1"}
    here.admin.put(path, {"type": "File", "value": "aGk=", "valueInfo": odd})
    answer = here.admin.ask("GET", path + "/data")
    assert (answer.data, answer.mimetype, "X-Odd" in answer.headers) == (b"hi", "application/octet-stream", False)
    here.admin.put(path, {"value": {"$type": "File", "content": "aGk=", "mimeType": 5, "filename": [1]}})
    assert here.admin.ask("GET", path + "/data").data == b"hi"
    here.admin.put(path, {"value": {"$type": "File", "content": "a"}})
    here.admin.refused("GET", path + "/data", 400)


def test_an_activity_of_an_ad_hoc_sub_process_is_started_once_more(site: Callable[..., Site]) -> None:
    inside = '<adHocSubProcess id="h"><userTask id="a"/><userTask id="b"/></adHocSubProcess>'
    here = site({"p.bpmn": draw(f'<startEvent id="s"/>{inside}<endEvent id="e"/>', "s > h > e")})
    path = f"/process-instance/{here.stage.start('p').id}/activity"
    here.admin.post(f"{path}/a/start", None, 204)
    assert here.stage.names() == ["a", "a", "b"]
    here.admin.refused("POST", f"{path}/e/start", 409)
    here.admin.refused("POST", f"{path}/nothing/start", 404)
    here.worker.refused("POST", f"{path}/a/start", 404)


AD_HOC = draw(
    '<startEvent id="s"/><adHocSubProcess id="h" name="ตามต้องการ" ruam:nameEn="As needed"><userTask id="a" name="ขอข้อมูล" '
    'ruam:nameEn="Ask" camunda:candidateGroups="${whose}"/><userTask id="b" camunda:candidateGroups="elsewhere"/>'
    '<serviceTask id="c" camunda:type="external" camunda:topic="x"/></adHocSubProcess><endEvent id="e"/>',
    "s > h > e",
    key="needed",
)


def test_whose_task_it_is_begins_an_activity_of_an_ad_hoc_sub_process(site: Callable[..., Site]) -> None:
    here = site({"p.bpmn": AD_HOC})
    id = here.stage.start("needed", whose="workers").id
    path = f"/process-instance/{id}/activity"
    (offered,) = here.worker.get(f"{path}/startable")
    assert (offered["activityId"], offered["activityName"]) == ("a", "ขอข้อมูล")
    assert [one["activityId"] for one in here.admin.get(f"{path}/startable")] == ["a", "b", "c"]
    here.worker.post(f"{path}/a/start", None, 204)
    assert here.stage.names() == ["a", "a", "b"]
    here.worker.refused("POST", f"{path}/b/start", 404)  # he may not know of the instance
    here.worker.refused("POST", f"{path}/c/start", 404)
    (event,) = [one for one in here.engine.history(id, actor=SYSTEM).items if one.data.get("note") == "started by hand"]
    assert (event.actor, event.element_id) == ("worker", "a")
    here.engine.suspend_activity("a", instance_id=id, reason="x", actor=here.actor("admin"))
    here.worker.refused("GET", f"{path}/startable", 404)
    here.engine.suspend(id, reason="x", actor=here.actor("admin"))
    assert here.admin.get(f"{path}/startable") == []
    here.admin.refused("GET", "/process-instance/nothing/activity/startable", 404)
    here.admin.refused("POST", f"{path}/b/start", 409)
