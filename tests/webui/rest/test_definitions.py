"""Process and decision definitions over the REST."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from engine.people import Actor
from engine.running.fetching import Wanted
from engine.testing import linear, process
from tests.drawing import draw
from tests.webui.rest.conftest import Site
from tests.webui.rest.test_schema import DMN

START = (
    '<startEvent id="s"><extensionElements><camunda:formData><camunda:formField id="year" label="ปี" type="long" defaultValue="2552"/>'
    '</camunda:formData></extensionElements></startEvent><userTask id="t"/><endEvent id="e"/>'
)
NOT_THEIRS = {
    "Integer": "x", "Short": 40000, "Long": 2**63, "Boolean": 1, "Date": "1.6.2552", "Json": "{", "Double": True, "Bytes": "!",
    "File": "YQ==", "Money": 1,
}  # fmt: skip


def test_found_by_id_and_by_key(site: Callable[..., Site]) -> None:
    here = site()
    (listed,) = here.worker.get("/process-definition", key="letter")
    assert here.worker.get("/process-definition/count", keyLike="let%") == {"count": 1}
    assert here.worker.get(f"/process-definition/{listed['id']}") == listed
    assert here.worker.get("/process-definition/key/letter") == listed
    xml = here.worker.get("/process-definition/key/letter/xml")
    assert xml["id"] == listed["id"]
    assert xml["bpmn20Xml"].encode() == linear("letter", "write", "check")
    here.worker.refused("GET", "/process-definition/key/nothing", 404)
    here.worker.refused("GET", "/process-definition/nothing:1:x/xml", 404)
    assert here.worker.get("/process-definition", startableBy="worker") == [listed]
    assert here.worker.get("/process-definition", startableBy="nobody-knows") == []


def test_started_with_typed_variables(site: Callable[..., Site]) -> None:
    here = site()
    body = {
        "businessKey": "ก-1",
        "withVariablesInReturn": True,
        "variables": {
            "name": {"value": "สมบัติ", "type": "String"}, "count": {"value": 3, "type": "Short"}, "big": {"value": 2**40, "type": "Long"},
            "share": {"value": 0.5, "type": "Double"}, "yes": {"value": "true", "type": "Boolean"}, "none": {"value": None, "type": "Null"},
            "day": {"value": "2009-06-01T08:30:00.000+0700", "type": "Date"}, "list": {"value": "[1, {\"a\": 2}]", "type": "Json"},
            "bytes": {"value": "YWJj", "type": "Bytes"}, "plain": {"value": {"a": [1]}},
            "object": {"value": "{\"x\": 1}", "type": "Object", "valueInfo": {"serializationDataFormat": "application/json"}},
            "file": {"value": "YWJj", "type": "File", "valueInfo": {"filename": "ก.txt", "mimetype": "text/plain"}},
        },
    }  # fmt: skip
    started = here.worker.post("/process-definition/key/letter/start", body)
    assert (started["businessKey"], started["ended"], started["suspended"]) == ("ก-1", False, False)
    told = {name: (one["type"], one["value"]) for name, one in started["variables"].items()}
    assert told == {
        "name": ("String", "สมบัติ"), "count": ("Integer", 3), "big": ("Long", 2**40), "share": ("Double", 0.5), "yes": ("Boolean", True),
        "none": ("Null", None), "day": ("Date", "2009-06-01T08:30:00.000+0700"), "list": ("Json", '[1,{"a":2}]'), "bytes": ("Bytes",
        "YWJj"),
        "plain": ("Json", '{"a":[1]}'), "object": ("Json", '{"x":1}'), "file": ("File", None),
    }  # fmt: skip
    assert started["variables"]["file"]["valueInfo"] == {"filename": "ก.txt", "mimeType": "text/plain"}
    path = f"/process-instance/{started['id']}/variables"
    assert here.worker.ask("GET", f"{path}/file/data").data == b"abc"
    assert here.worker.ask("GET", f"{path}/bytes/data").data == b"abc"
    here.worker.refused("GET", f"{path}/name/data", 400)


def test_a_value_that_is_not_of_its_type_is_refused(site: Callable[..., Site]) -> None:
    here = site()
    for kind, value in NOT_THEIRS.items():
        body = {"variables": {"v": {"value": value, "type": kind}}}
        error = here.worker.refused("POST", "/process-definition/key/letter/start", 400, body)
        assert "'v'" in error["message"], kind
    assert here.worker.get("/process-instance/count") == {"count": 0}


def test_a_start_form(site: Callable[..., Site]) -> None:
    here = site({"form.bpmn": draw(START, "s > t > e", key="form")})
    assert here.worker.get("/process-definition/key/form/form-variables")["year"]["value"] == 2552
    here.worker.refused("POST", "/process-definition/key/form/submit-form", 400, {"variables": {"year": {"value": "x", "type": "String"}}})
    made = here.worker.post("/process-definition/key/form/submit-form", {"variables": {"year": {"value": 2553}}, "businessKey": "53"})
    assert here.stage.variables(made["id"]) == {"year": 2553}
    given = {"year": {"value": 2554}, "approvers": {"value": "ก"}}  # a client may give more than the form of Camunda asks
    made = here.worker.post("/process-definition/key/form/start", {"variables": given})
    assert here.stage.variables(made["id"]) == {"year": 2554, "approvers": "ก"}


def test_a_suspended_definition_is_not_started(site: Callable[..., Site]) -> None:
    here = site()
    here.worker.refused("PUT", "/process-definition/key/letter/suspended", 403, {"suspended": True})
    here.admin.put("/process-definition/key/letter/suspended", {"suspended": True})
    here.admin.put("/process-definition/key/letter/suspended", {"suspended": True})
    assert here.worker.get("/process-definition", suspended="true")[0]["suspended"] is True
    here.worker.refused("POST", "/process-definition/key/letter/start", 409, {})
    here.admin.put("/process-definition/key/letter/suspended", {"suspended": False})
    here.worker.post("/process-definition/key/letter/start", {})
    here.admin.put("/process-definition/suspended", {"processDefinitionKey": "letter", "suspended": True})
    assert here.worker.get("/process-definition/key/letter")["suspended"] is True
    here.admin.refused("PUT", "/process-definition/suspended", 400, {"suspended": True})


def test_statistics_count_what_one_sees(site: Callable[..., Site]) -> None:
    here = site()
    here.stage.start("letter")
    assert [one["instances"] for one in here.admin.get("/process-definition/statistics", incidents="true", failedJobs="true")] == [1]
    assert [one["instances"] for one in here.stranger.get("/process-definition/statistics")] == [0]
    told = here.admin.get("/process-definition/key/letter/statistics", incidents="true", failedJobs="true")
    assert told == [{"id": "write", "instances": 1, "failedJobs": 0, "incidents": []}]
    assert here.stranger.get("/process-definition/key/letter/statistics") == []


def test_statistics_tell_incidents_by_kind(site: Callable[..., Site]) -> None:
    body = '<startEvent id="s"/><serviceTask id="x" camunda:type="external" camunda:topic="mail"/><endEvent id="e"/>'
    here = site({"p.bpmn": process("p", body, "s -> x", "x -> e")})
    mailer = Actor("mailer", groups=frozenset({"topic:mail"}))
    for _instance in range(2):
        here.stage.start("p")
        (task,) = here.engine.fetch_external_tasks("w", [Wanted("mail", timedelta(minutes=1))], actor=mailer)
        here.engine.fail_external_task(task.task.id, "w", actor=mailer)
    for path in ("/process-definition/statistics", "/process-definition/key/p/statistics"):
        (told,) = here.admin.get(path, incidents="true")
        assert (told["instances"], told["incidents"]) == (2, [{"incidentType": "failedExternalTask", "incidentCount": 2}])
        (told,) = here.admin.get(path, incidentsForType="failedJob")
        assert (told["instances"], told["incidents"]) == (2, [])


def test_decisions(site: Callable[..., Site]) -> None:
    here = site({"fee.dmn": DMN})
    (listed,) = here.worker.get("/decision-definition", key="fee", latestVersion="true")
    assert (listed["name"], listed["version"]) == ("Fee", 1)
    assert here.worker.get("/decision-definition/count") == {"count": 1}
    assert here.worker.get(f"/decision-definition/{listed['id']}/xml")["dmnXml"].encode() == DMN
    answer = here.worker.post("/decision-definition/key/fee/evaluate", {"variables": {"amount": {"value": 12, "type": "Integer"}}})
    assert answer == [{"fee": {"value": 2, "type": "Integer", "valueInfo": {}}}]
    (row,) = here.worker.post(f"/decision-definition/{listed['id']}/evaluate", {"variables": {"amount": {"value": 2}}})
    assert row["fee"]["value"] == 1
    here.worker.refused("POST", "/decision-definition/key/nothing/evaluate", 404, {})
    assert here.worker.post("/decision-definition/key/fee/evaluate", {}) == []


def test_a_start_form_as_a_schema_and_no_sorting_by_variables(site: Callable[..., Site]) -> None:
    here = site({"form.bpmn": draw(START, "s > t > e", key="form")})
    assert here.worker.get("/process-definition/key/form/deployed-start-form")["properties"]["year"]["type"] == "integer"
    here.worker.refused("GET", "/process-definition/key/letter/deployed-start-form", 404)
    sorting = {"sorting": [{"sortBy": "processVariable", "sortOrder": "asc", "parameters": {"variable": "a", "type": "String"}}]}
    assert "not sorted by variables" in here.worker.refused("POST", "/task", 400, sorting)["message"]
