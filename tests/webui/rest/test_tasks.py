"""Tasks over the REST: found, claimed, delegated, completed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.testing import process
from tests.drawing import draw
from tests.webui.rest.conftest import Site

FORM = (
    '<startEvent id="s"/><userTask id="write" name="ร่าง" camunda:candidateGroups="workers" camunda:dueDate="P2D" camunda:priority="70">'
    '<extensionElements><camunda:formData><camunda:formField id="subject" label="เรื่อง" type="string"/>'
    '<camunda:formField id="copies" label="ฉบับ" type="long" defaultValue="2"/></camunda:formData></extensionElements></userTask>'
    '<userTask id="check" name="ตรวจ" camunda:candidateGroups="workers"/><endEvent id="e"/>'
)


def test_the_list_its_filters_and_its_order(site: Callable[..., Site]) -> None:
    here = site()
    for key in ("1", "2", "3"):
        here.stage.start("letter", business_key=key)
    found = here.worker.get("/task", sortBy="created", sortOrder="desc")
    assert [task["taskDefinitionKey"] for task in found] == ["write"] * 3
    assert here.worker.get("/task/count") == {"count": 3}
    assert len(here.worker.get("/task", maxResults=2)) == 2
    assert len(here.worker.get("/task", firstResult=2)) == 1
    (second,) = here.worker.get("/task", processInstanceBusinessKey="2")
    assert here.worker.get(f"/task/{second['id']}") == second
    assert here.worker.get("/task", processInstanceBusinessKeyIn="1,3", name="write", unassigned="true", candidateGroup="workers") != []
    assert here.worker.get("/task", assignee="worker") == []
    assert here.worker.get("/task/count", candidateUser="second") == {"count": 3}
    assert here.worker.get("/task", nameLike="wri%", active="true")[0]["name"] == "write"
    assert here.worker.get("/task", createdAfter="2100-01-01T00:00:00.000+0700") == []
    body = {"processDefinitionKey": "letter", "sorting": [{"sortBy": "created", "sortOrder": "asc"}], "orQueries": [
        {"processInstanceBusinessKey": "2", "assignee": "nobody"}]}  # fmt: skip
    assert here.worker.post("/task", body) == [second]
    assert here.worker.post("/task/count", {"taskDefinitionKey": "check"}) == {"count": 0}


def test_a_filter_that_is_not_known_is_refused(site: Callable[..., Site]) -> None:
    here = site()
    here.worker.refused("GET", "/task", 400, assigne="worker")
    here.worker.refused("POST", "/task", 400, {"assigne": "worker"})
    here.worker.refused("GET", "/task", 400, sortBy="mood", sortOrder="asc")
    here.worker.refused("GET", "/task", 400, dueBefore="tomorrow")


def test_claimed_given_back_completed(site: Callable[..., Site]) -> None:
    here = site()
    instance = here.stage.start("letter")
    (task,) = here.worker.get("/task")
    assert (task["assignee"], task["processInstanceId"], task["suspended"]) == (None, instance.id, False)
    here.worker.post(f"/task/{task['id']}/claim", {"userId": "worker"}, 204)
    assert here.worker.get(f"/task/{task['id']}")["assignee"] == "worker"
    here.as_user("second").refused("POST", f"/task/{task['id']}/claim", 409, {"userId": "second"})
    here.worker.refused("POST", f"/task/{task['id']}/assignee", 403, {"userId": "second"})
    here.worker.post(f"/task/{task['id']}/unclaim", None, 204)
    here.admin.post(f"/task/{task['id']}/assignee", {"userId": "worker"}, 204)
    assert here.worker.get("/task", assignee="worker") != []
    here.worker.post(f"/task/{task['id']}/complete", {"variables": {"subject": {"value": "เรื่อง", "type": "String"}}}, 204)
    (following,) = here.worker.get("/task")
    assert following["taskDefinitionKey"] == "check"
    assert here.worker.post(f"/task/{following['id']}/complete", {"withVariablesInReturn": True}) == {}
    assert here.stage.state(instance) == "COMPLETED"
    assert here.stage.variables(instance)["subject"] == "เรื่อง"
    here.worker.refused("POST", f"/task/{following['id']}/complete", 409, {})
    here.worker.refused("GET", f"/task/{following['id']}", 404)


def test_delegated_and_given_back(site: Callable[..., Site]) -> None:
    here = site()
    here.stage.start("letter")
    (task,) = here.worker.get("/task")
    path = f"/task/{task['id']}"
    here.worker.post(f"{path}/claim", {"userId": "worker"}, 204)
    here.worker.refused("POST", f"{path}/delegate", 403, {"userId": "stranger"})
    here.worker.post(f"{path}/delegate", {"userId": "second"}, 204)
    told = here.admin.get(path)
    assert (told["owner"], told["assignee"], told["delegationState"]) == ("worker", "second", "PENDING")
    second = here.as_user("second")
    second.refused("POST", f"{path}/complete", 409, {})
    second.post(f"{path}/resolve", {}, 204)
    told = here.worker.get(path)
    assert (told["owner"], told["assignee"], told["delegationState"]) == ("worker", "worker", "RESOLVED")
    links = here.worker.get(f"{path}/identity-links")
    assert {"userId": "worker", "groupId": None, "type": "assignee"} in links
    assert {"userId": None, "groupId": "workers", "type": "candidate"} in links
    here.worker.post(f"{path}/complete", {}, 204)


def test_whom_it_is_offered_to_is_changed_by_administrators(site: Callable[..., Site]) -> None:
    here = site()
    here.stage.start("letter")
    (task,) = here.worker.get("/task")
    path = f"/task/{task['id']}/identity-links"
    link = {"type": "candidate", "userId": "stranger"}
    here.worker.refused("POST", path, 403, link)
    here.admin.post(path, link, 204)
    assert [one["id"] for one in here.stranger.get("/task")] == [task["id"]]
    here.admin.post(f"{path}/delete", {"type": "candidate", "groupId": "workers"}, 204)
    assert here.worker.get("/task") == []
    here.admin.refused("POST", path, 400, {"type": "candidate"})
    here.admin.refused("POST", path, 400, {"type": "owner", "userId": "worker"})
    here.admin.post(path, {"type": "assignee", "userId": "worker"}, 204)
    assert here.stranger.get("/task") == []


def test_a_form_drawn_for_camunda_takes_what_a_client_adds(site: Callable[..., Site]) -> None:
    here = site({"form.bpmn": draw(FORM, "s > write > check > e", key="form")})
    instance = here.stage.start("form")
    (task,) = here.worker.get("/task")
    here.worker.refused("POST", f"/task/{task['id']}/complete", 400, {"variables": {"copies": {"value": "many"}}})
    approvers = {"value": '["a", "b"]', "type": "Json"}
    here.worker.post(f"/task/{task['id']}/complete", {"variables": {"subject": {"value": "เรื่อง"}, "approvers": approvers}}, 204)
    assert here.stage.variables(instance) == {"subject": "เรื่อง", "approvers": ["a", "b"]}


def test_a_form_and_its_variables(site: Callable[..., Site]) -> None:
    here = site({"form.bpmn": draw(FORM, "s > write > check > e", key="form")})
    instance = here.stage.start("form", secret="not for workers", subject="แต่เดิม")
    (task,) = here.worker.get("/task", dueAfter="2009-06-02T00:00:00.000+0700", priority=70)
    path = f"/task/{task['id']}"
    fields = here.worker.get(f"{path}/form-variables")
    assert {name: (one["value"], one["type"]) for name, one in fields.items()} == {"subject": ("แต่เดิม", "String"), "copies": (2, "Long")}
    assert set(here.worker.get(f"{path}/variables")) == {"subject"}
    assert "secret" in here.admin.get(f"{path}/variables")
    assert here.worker.get(f"{path}/variables/subject")["value"] == "แต่เดิม"
    here.worker.refused("GET", f"{path}/variables/secret", 404)
    here.worker.refused("POST", f"{path}/complete", 400, {"variables": {"copies": {"value": "many", "type": "Integer"}}})
    here.worker.refused("PUT", f"{path}/variables/subject", 403, {"value": "x", "type": "String"})
    here.admin.put(f"{path}/variables/subject", {"value": "ใหม่", "type": "String"})
    assert here.worker.get(f"{path}/variables/subject")["value"] == "ใหม่"
    assert "properties" in here.worker.get(f"{path}/deployed-form")
    here.worker.post(f"{path}/submit-form", {"variables": {"subject": {"value": "เสร็จ"}, "copies": {"value": 3, "type": "Long"}}}, 204)
    assert {"subject": "เสร็จ", "copies": 3}.items() <= here.stage.variables(instance).items()


def test_remarks_and_due_dates(site: Callable[..., Site]) -> None:
    here = site()
    here.stage.start("letter")
    (task,) = here.worker.get("/task")
    path = f"/task/{task['id']}"
    made = here.worker.post(f"{path}/comment/create", {"message": "ขอแก้ไข"})
    assert here.as_user("second").get(f"{path}/comment") == [made]
    assert here.worker.get(f"{path}/comment/{made['id']}")["userId"] == "worker"
    assert here.worker.get(f"{path}/attachment") == []
    here.worker.refused("PUT", path, 403, {"due": "2030-01-02T03:04:05.000+0700"})
    here.admin.put(path, {"due": "2030-01-02T03:04:05.000+0700"})
    assert here.worker.get(path)["due"] == "2030-01-02T03:04:05.000+0700"


def test_a_stranger_knows_of_nothing(site: Callable[..., Site]) -> None:
    here = site()
    here.stage.start("letter")
    (task,) = here.worker.get("/task")
    path = f"/task/{task['id']}"
    assert here.stranger.get("/task") == []
    assert here.stranger.get("/task/count") == {"count": 0}
    for end in ("", "/variables", "/form-variables", "/comment", "/attachment", "/identity-links", "/form", "/deployed-form"):
        here.stranger.refused("GET", path + end, 404)
    for end in ("/claim", "/complete", "/resolve", "/unclaim", "/submit-form"):
        here.stranger.refused("POST", path + end, 404, {})
    here.stranger.refused("POST", f"{path}/delegate", 404, {"userId": "second"})
    here.stranger.refused("POST", f"{path}/comment/create", 404, {"message": "x"})


THROWING = draw(
    '<startEvent id="s"/><userTask id="t" camunda:candidateGroups="workers"/>'
    '<boundaryEvent id="bad" attachedToRef="t"><errorEventDefinition errorRef="wrong" camunda:errorMessageVariable="why"/></boundaryEvent>'
    '<boundaryEvent id="tell" attachedToRef="t" cancelActivity="false"><escalationEventDefinition escalationRef="slow"/></boundaryEvent>'
    '<userTask id="mend" camunda:candidateGroups="workers"/><userTask id="boss" camunda:candidateGroups="elsewhere"/><endEvent id="e"/>',
    "s > t > e; bad > mend > e; tell > boss > e",
    key="throwing",
    definitions='<error id="wrong" errorCode="WRONG"/><escalation id="slow" escalationCode="SLOW"/>',
)


def test_errors_and_escalations_of_tasks(site: Callable[..., Site]) -> None:
    here = site({"throwing.bpmn": THROWING})
    instance = here.stage.start("throwing")
    (task,) = here.worker.get("/task")
    path = f"/task/{task['id']}"
    here.stranger.refused("POST", f"{path}/bpmnError", 404, {"errorCode": "WRONG"})
    here.worker.post(f"{path}/bpmnEscalation", {"escalationCode": "SLOW", "variables": {"days": {"value": 3}}}, 204)
    assert here.stage.names() == ["boss", "t"]
    here.worker.refused("POST", f"{path}/bpmnError", 500, {"errorCode": "UNKNOWN"})
    assert here.admin.get("/incident/count", activityId="t") == {"count": 1}
    here.worker.post(f"{path}/bpmnError", {"errorCode": "WRONG", "errorMessage": "ยอดไม่ตรง", "variables": {"sum": {"value": 5}}}, 204)
    assert here.stage.names() == ["boss", "mend"]
    assert here.stage.variables(instance) == {"days": 3, "sum": 5, "why": "ยอดไม่ตรง"}
    here.worker.refused("POST", f"{path}/bpmnError", 409, {"errorCode": "WRONG"})


FIELDS = (
    '<startEvent id="s"><extensionElements><camunda:formData><camunda:formField id="begun" type="date"/>'
    '<camunda:formField id="year" type="long" defaultValue="2552"/></camunda:formData></extensionElements></startEvent>'
    '<userTask id="t" camunda:candidateGroups="workers"><extensionElements><camunda:formData>'
    '<camunda:formField id="due" type="date"/><camunda:formField id="text" type="string"/><camunda:formField id="yes" type="boolean"/>'
    '<camunda:formField id="copies" type="long" defaultValue="2"/><camunda:formField id="of" type="string" defaultValue="${year}"/>'
    '<camunda:formField id="pages" type="long"/></camunda:formData></extensionElements></userTask><endEvent id="e"/>'
)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-01-05T00:00:00.000+0700", "2026-01-05"),
        ("2026-01-05T23:30:00.000-0500", "2026-01-05"),
        ("2026-01-04T17:00:00.000Z", "2026-01-05"),
        ("2026-01-05T00:00:00", "2026-01-05"),
        ("2026-01-05", "2026-01-05"),
    ],
)
def test_a_date_is_the_day_it_was_written_as(site: Callable[..., Site], written: str, day: str) -> None:
    here = site({"p.bpmn": draw(FIELDS, "s > t > e", key="p")})
    begun = here.admin.post("/process-definition/key/p/start", {"variables": {"begun": {"value": written, "type": "Date"}}})
    assert here.stage.variables(begun["id"])["begun"] == day
    (task,) = here.worker.get("/task", processDefinitionKey="p")
    given = {"due": {"value": written, "type": "date"}, "of": {"value": "x"}}
    here.worker.post(f"/task/{task['id']}/complete", {"variables": given}, 204)
    assert here.stage.variables(begun["id"])["due"] == day
    wrong = {"variables": {"begun": {"value": "5 January", "type": "Date"}}}
    assert "not a date" in here.admin.refused("POST", "/process-definition/key/p/start", 400, wrong)["message"]


def test_fields_left_out_begin_with_their_default_and_are_typed(site: Callable[..., Site]) -> None:
    here = site({"p.bpmn": draw(FIELDS, "s > t > e", key="p")})
    told = here.admin.get("/process-definition/key/p/form-variables")
    assert {name: (one["type"], one["value"]) for name, one in told.items()} == {"begun": ("Date", None), "year": ("Long", 2552)}
    begun = here.admin.post("/process-definition/key/p/submit-form", {"variables": {"begun": {"value": "2026-01-05", "type": "Date"}}})
    assert here.stage.variables(begun["id"]) == {"begun": "2026-01-05", "year": 2552}
    (task,) = here.worker.get("/task", processDefinitionKey="p")
    told = here.admin.get(f"/task/{task['id']}/form-variables")
    assert {name: (one["type"], one["value"]) for name, one in told.items()} == {
        "due": ("Date", None), "text": ("String", None), "yes": ("Boolean", None), "copies": ("Long", 2), "of": ("Integer", 2552),
        "pages": ("Long", None),
    }  # fmt: skip
    here.worker.refused("POST", f"/task/{task['id']}/submit-form", 400, {"variables": {"copies": {"value": "x"}}})
    here.admin.post(f"/task/{task['id']}/assignee", {"userId": "worker"}, 204)
    assert here.worker.get(f"/task/{task['id']}")["owner"] is None
    given = {"due": {"value": None, "type": "Null"}, "of": {"value": "y"}}
    here.worker.post(f"/task/{task['id']}/submit-form", {"variables": given}, 204)
    assert {name: here.stage.variables(begun["id"]).get(name) for name in ("copies", "pages", "of")} == {
        "copies": 2,
        "pages": None,
        "of": "y",
    }


def test_things_of_one_moment_are_in_the_order_of_the_list(site: Callable[..., Site]) -> None:
    body = '<startEvent id="s"/><parallelGateway id="g"/><userTask id="a"/><userTask id="b"/><userTask id="c"/>'
    here = site({"p.bpmn": process("p", body, "s -> g", "g -> a", "g -> b", "g -> c")})
    here.stage.start("p")
    rising = [one["id"] for one in here.admin.get("/task", sortBy="created", sortOrder="asc")]
    assert [one["id"] for one in here.admin.get("/task", sortBy="created", sortOrder="desc")] == rising[::-1]


def test_what_is_refused_is_said_for_programs(site: Callable[..., Site]) -> None:
    here = site()
    typed = {kind: {"variables": {"v": {"value": "x", "type": kind}}} for kind in ("Integer", "Double")}
    for kind, body in typed.items():
        assert here.admin.refused("POST", "/process-definition/key/letter/start", 400, body)["message"].endswith(f"'v': it is no {kind}")
    assert (
        "like 2009-06-01T08:30:00.000+0700 - at `$.dueBefore`" in here.admin.refused("GET", "/task", 400, dueBefore="tomorrow")["message"]
    )
    assert "no resource /engine-rest/nothing" in here.admin.refused("GET", "/nothing", 404)["message"]
    assert "does not take PATCH" in here.admin.refused("PATCH", "/task", 405)["message"]
    told = here.admin.refused("GET", "/process-definition/key/nope", 404)
    assert told["message"] == "Process definition with key 'nope' does not exist."


def test_variables_of_a_task_alone(site: Callable[..., Site]) -> None:
    inputs = '<camunda:inputOutput><camunda:inputParameter name="rate">${5 + 2}</camunda:inputParameter></camunda:inputOutput>'
    body = (
        f'<startEvent id="s"/><userTask id="t" camunda:candidateGroups="workers"><extensionElements>{inputs}</extensionElements></userTask>'
        '<userTask id="u"/><endEvent id="e"/>'
    )
    here = site({"p.bpmn": process("p", body, "s -> t", "t -> u", "u -> e")})
    instance = here.stage.start("p", amount=3)
    (task,) = here.worker.get("/task")
    path = f"/task/{task['id']}/localVariables"
    assert {name: one["value"] for name, one in here.admin.get(path).items()} == {"rate": 7}
    here.admin.put(f"{path}/note", {"value": "ด่วน", "type": "String"})
    assert here.admin.get(f"{path}/note")["value"] == "ด่วน"
    assert set(here.admin.get(f"/task/{task['id']}/variables")) == {"amount", "rate", "note"}
    here.admin.post(path, {"modifications": {"n": {"value": 1}}, "deletions": ["rate", "nothing"]}, 204)
    assert set(here.admin.get(path)) == {"note", "n"}
    here.admin.delete(f"{path}/n")
    here.admin.refused("GET", f"{path}/n", 404)
    here.admin.refused("GET", f"{path}/amount", 404)  # it is the instance's
    here.worker.refused("PUT", f"{path}/note", 403, {"value": "x"})
    assert here.worker.get(path) == {}, "who does a task reads the fields of its form"
    here.stranger.refused("GET", path, 404)
    here.stage.complete("t")
    assert here.stage.variables(instance) == {"amount": 3}, "they end with the task"
    here.admin.refused("GET", path, 404)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_last_moment_of_the_calendar_keeps_nobody_from_the_lists(site: Callable[..., Site]) -> None:
    here, last = site(), "9999-12-31T23:59:59.000+0000"
    here.stage.start("letter")
    (task,) = here.worker.get("/task")
    here.admin.put(f"/task/{task['id']}", {"due": last})
    assert [one["due"] for one in here.worker.get("/task")] == [last]
    assert [one["dueDate"] for one in here.admin.get("/job")] == []
    assert here.admin.ask("GET", f"/history/user-operation?taskId={task['id']}").status_code == 200
