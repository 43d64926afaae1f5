"""Drafts by REST, from what is deployed to what will be; and what is different, in both languages."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from engine.people import SYSTEM
from engine.testing import linear
from tests.webui.rest.conftest import PASSWORD, Client, Site

FIRST = {"letter.bpmn": linear("letter", "write", "check")}
SECOND = linear("letter", "write", "check", "send")


@pytest.fixture
def here(site: Callable[..., Site]) -> Site:
    """With somebody who drafts and a second person who approves."""
    found = site(FIRST)
    people = [{"user_id": name, "name": name, "roles": [role], "password": PASSWORD} for name, role in ROLES.items()]
    found.engine.add_users(people, actor=SYSTEM)
    return found


ROLES = {"drafter": "designer", "second-person": "approver"}


def send(client: Client, to: str, content: bytes, status: int = 200, name: str = "data", **query: Any) -> Any:
    """Send a file as a part of a form."""
    parts = {name: (io.BytesIO(content), name)}
    answer = client.ask("POST", to, data=parts, content_type="multipart/form-data", query_string=query)
    assert answer.status_code == status, answer.text
    return answer.json


def test_from_what_is_deployed_to_what_will_be(here: Site) -> None:
    drafter, approver = here.as_user("drafter"), here.as_user("second-person")
    draft = drafter.post("/draft/create", {"title": "เพิ่มการส่ง", "processDefinitionKey": "letter"})
    path = f"/draft/{draft['id']}"
    assert (draft["state"], draft["author"], "submit" in draft["may"]) == ("DRAFT", "drafter", True)
    (file,) = drafter.get(f"{path}/file")
    assert drafter.ask("GET", f"{path}/file/data", query_string={"path": "letter.bpmn"}).data == FIRST["letter.bpmn"]
    at = {"path": "letter.bpmn", "revision": file["revision"]}
    assert send(drafter, f"{path}/file/data", SECOND.replace(b'targetRef="end"', b'targetRef="nowhere"'), **at)["saved"] is True
    assert {one["severity"] for one in drafter.get(f"{path}/check")} >= {"error"}
    drafter.refused("POST", f"{path}/submit", 400, {})
    send(drafter, f"{path}/file/data", SECOND, 409, **at)  # of a revision that is no more
    (file,) = drafter.get(f"{path}/file")
    send(drafter, f"{path}/file/data", SECOND, path="letter.bpmn", revision=file["revision"])
    assert drafter.get(f"{path}/check") == []
    (group,) = drafter.get(f"{path}/differences")["groups"]
    assert "send" in [change["element"] for change in group["changes"]]
    assert all(change["sentence"]["th"] and change["sentence"]["en"] for change in group["changes"])
    drafter.post(f"{path}/submit", {"note": "โปรดดู"}, 204)
    drafter.refused("POST", f"{path}/approve", 403, {"revision": 1})
    revision = approver.get(path)["revision"]
    approver.refused("POST", f"{path}/approve", 409, {"revision": revision + 5})
    approver.post(f"{path}/approve", {"revision": revision}, 204)
    made = drafter.post(f"{path}/activate", {})
    (view,) = made["deployedProcessDefinitions"].values()
    assert (view["key"], view["version"]) == ("letter", 2)
    assert [one["state"] for one in drafter.get("/draft", over="true")] == ["ACTIVE"]
    assert drafter.get("/draft/count") == {"count": 0}


def test_files_of_a_draft_come_and_go(here: Site) -> None:
    drafter = here.as_user("drafter")
    parts = {"title": "นำเข้า", "other.bpmn": (io.BytesIO(linear("other", "a")), "other.bpmn")}
    answer = drafter.ask("POST", "/draft/create-with-files", data=parts, content_type="multipart/form-data")
    assert answer.status_code == 200, answer.text
    path = f"/draft/{answer.json['id']}"
    send(drafter, f"{path}/file/data", b'{"type": "object"}', path="forms/a.json", revision=0)
    (form,) = [one for one in drafter.get(f"{path}/file") if one["path"] == "forms/a.json"]
    assert (form["kind"], form["change"]) == ("form", "added")
    gone = drafter.ask("DELETE", f"{path}/file", query_string={"path": "forms/a.json", "revision": form["revision"]})
    assert gone.status_code == 204
    assert [one["path"] for one in drafter.get(f"{path}/file")] == ["other.bpmn"]
    drafter.post(f"{path}/discard", {"reason": "ไม่ใช้แล้ว"}, 204)
    assert drafter.get(path)["state"] == "DISCARDED"
    here.worker.refused("GET", "/draft", 403)
    drafter.refused("GET", "/draft/nothing", 404)


def test_versions_are_compared_with_each_other_and_with_files(here: Site) -> None:
    admin = here.admin
    admin.refused("GET", "/process-definition/key/letter/differences", 400)  # there is no version before the first
    found = send(admin, "/process-definition/key/letter/differences", SECOND, name="letter.bpmn")
    here.engine.deploy({"letter.bpmn": SECOND}, name="again", actor=SYSTEM)
    assert admin.get("/process-definition/key/letter/differences") == found
    newest, first = admin.get("/process-definition", key="letter", sortBy="version", sortOrder="desc")
    (group,) = admin.get(f"/process-definition/{newest['id']}/differences", **{"from": first["id"]})["groups"]
    assert (group["subject"], group["key"], group["file"]) == ("process", "letter", "letter.bpmn")
    assert "เพิ่ม" in " ".join(change["sentence"]["th"] for change in group["changes"])
    back = admin.get(f"/process-definition/{first['id']}/differences", **{"from": newest["id"]})
    assert "removed" in [change["kind"] for change in back["groups"][0]["changes"]]
    assert admin.get(f"/process-definition/{first['id']}/differences", **{"from": first["id"]}) == {"groups": []}
    here.worker.refused("GET", "/process-definition/key/letter/differences", 403)
