"""Deploying as Camunda Modeler does it, and looking at what is deployed."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from engine.testing import linear, process
from tests.webui.rest.conftest import Client, Site

NAME = {"deployment-name": "โครงการ", "deployment-source": "Camunda Modeler"}


def deploy(client: Client, files: dict[str, bytes], status: int = 200, **fields: str) -> Any:
    """The modeler's call: one part a field, one part a file."""
    parts: dict[str, Any] = {**NAME, **{name.replace("_", "-"): value for name, value in fields.items()}}
    parts |= {name: (io.BytesIO(content), name) for name, content in files.items()}
    answer = client.ask("POST", "/deployment/create", data=parts, content_type="multipart/form-data")
    assert answer.status_code == status, answer.text
    return answer.json


def test_deployed_and_found(site: Callable[..., Site]) -> None:
    here = site({})
    made = deploy(here.admin, {"letter.bpmn": linear("letter", "write")})
    (definition,) = made["deployedProcessDefinitions"].values()
    assert (made["name"], made["source"], made["tenantId"]) == ("โครงการ", "Camunda Modeler", None)
    assert (definition["key"], definition["version"], definition["resource"]) == ("letter", 1, "letter.bpmn")
    (found,) = here.worker.get("/deployment", nameLike="โครง%")
    assert (found["id"], found["source"]) == (made["id"], "Camunda Modeler")
    assert here.worker.get("/deployment/count", withoutSource="true") == {"count": 0}
    assert here.worker.get(f"/deployment/{made['id']}") == found
    assert here.worker.get("/deployment", maxResults=0) == []  # how the modeler asks whether somebody is there
    (file,) = here.admin.get(f"/deployment/{made['id']}/resources")
    assert file["name"] == "letter.bpmn"
    data = here.admin.ask("GET", f"/deployment/{made['id']}/resources/{file['id']}/data")
    assert data.data == linear("letter", "write")
    assert "attachment" in data.headers["Content-Disposition"]
    here.worker.refused("GET", f"/deployment/{made['id']}/resources", 403)
    here.worker.refused("GET", "/deployment/nowhere", 404)


def test_the_same_again(site: Callable[..., Site]) -> None:
    here = site({})
    files = {"letter.bpmn": linear("letter", "write")}
    first = deploy(here.admin, files)
    again = deploy(here.admin, files, enable_duplicate_filtering="true")
    assert (again["id"], again["deployedProcessDefinitions"]) == (first["id"], None)
    third = deploy(here.admin, files, enable_duplicate_filtering="false")
    assert third["id"] != first["id"]
    assert [one["version"] for one in third["deployedProcessDefinitions"].values()] == [2]


def test_only_what_has_changed_is_a_new_version(site: Callable[..., Site]) -> None:
    here = site({})
    deploy(here.admin, {"a.bpmn": linear("a", "one"), "b.bpmn": linear("b", "one")})
    changed = deploy(
        here.admin, {"a.bpmn": linear("a", "one"), "b.bpmn": linear("b", "two")},
        enable_duplicate_filtering="true", deploy_changed_only="true",
    )  # fmt: skip
    assert [(one["key"], one["version"]) for one in changed["deployedProcessDefinitions"].values()] == [("b", 2)]
    latest = here.worker.get("/process-definition", latestVersion="true", sortBy="key", sortOrder="asc")
    assert [(one["key"], one["version"]) for one in latest] == [("a", 1), ("b", 2)]


def test_findings_come_by_file_line_and_element(site: Callable[..., Site]) -> None:
    here = site({})
    elements = '<startEvent id="s"/><serviceTask id="java" name="ส่ง" camunda:class="a.B"/><manualTask id="alone"/>'
    bad = process("bad", elements, "s -> java")
    error = deploy(here.admin, {"bad.bpmn": bad}, 400)
    assert error["type"] == "ParseException"
    (finding,) = [one for one in error["details"]["bad.bpmn"]["errors"] if one["mainElementId"] == "java"]
    assert finding["line"] > 0
    assert " / " in finding["message"]
    assert [one["mainElementId"] for one in error["details"]["bad.bpmn"]["warnings"]] == ["alone"]
    assert "alone" not in error["message"]
    assert here.worker.get("/deployment/count") == {"count": 0}
    deploy(here.admin, {"no.bpmn": b"not xml"}, 400)
    deploy(here.admin, {}, 400)
    nameless = b"--x\r\nContent-Disposition: form-data\r\n\r\n0\r\n--x--\r\n"
    answer = here.admin.ask("POST", "/deployment/create", data=nameless, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 400
    deploy(here.admin, {"letter.bpmn": linear("letter", "write")}, 400, tenant_id="one")
    deploy(here.worker, {"letter.bpmn": linear("letter", "write")}, 403)


def test_a_deployment_that_nobody_used_can_be_taken_back(site: Callable[..., Site]) -> None:
    here = site({})
    deploy(here.admin, {"letter.bpmn": linear("letter", "write")})
    second = deploy(here.admin, {"letter.bpmn": linear("letter", "sign")})
    here.worker.refused("DELETE", f"/deployment/{second['id']}", 403)
    here.admin.delete(f"/deployment/{second['id']}")
    started = here.worker.post("/process-definition/key/letter/start", {})
    assert started["definitionId"].startswith("letter:1:")
    (first,) = here.worker.get("/deployment")
    here.admin.refused("DELETE", f"/deployment/{first['id']}", 409)
    here.admin.refused("DELETE", "/deployment/nowhere", 404)
