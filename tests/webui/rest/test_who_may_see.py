"""A village never learns of another's affairs: not from a list, not by an id, not from a count, of no resource."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.people import SYSTEM
from tests import projects
from tests.webui.rest.conftest import PASSWORD, Client
from webui.application import create_app
from webui.settings import Settings


class Village:
    """A project in which two villages apply, and a client of everybody's."""

    def __init__(self, folder: Path, *, begun: bool = True) -> None:
        self.engine = projects.opened(folder)
        people = [{"user_id": actor.user_id, "groups": sorted(actor.groups)} for actor in projects.EVERYBODY]
        people.append({"user_id": "admin", "roles": ["administrator"]})
        self.engine.add_users([{"name": f"ผู้ใช้ {one['user_id']}", "password": PASSWORD, **one} for one in people], actor=SYSTEM)
        self.root = projects.start(self.engine)
        if begun:
            projects.do(self.engine, projects.OFFICE, self.root, {"file": "plan.pdf"})
            projects.do(self.engine, projects.COMMITTEE, self.root, projects.ACCEPT)
        self.app = create_app(self.engine, Settings(folder, "sqlite://"))
        everything = self.engine.instances(actor=SYSTEM, key="application").items
        self.applications = {one.unit or "": one.id for one in everything}
        tasks = self.engine.tasks(actor=SYSTEM, root_id=self.root).items
        self.tasks = {task.unit or "": task.id for task in tasks}

    def as_user(self, name: str) -> Client:
        return Client(self.app, name)


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    made = Village(tmp_path_factory.mktemp("villages"))
    yield made
    made.engine.close()


LISTS = (
    "task", "process-instance", "execution", "variable-instance", "history/process-instance", "history/activity-instance", "history/task",
    "history/variable-instance", "history/user-operation",
)  # fmt: skip
OF_INSTANCE = (
    "/process-instance/{id}", "/process-instance/{id}/variables", "/process-instance/{id}/variables/village",
    "/process-instance/{id}/activity-instances", "/execution/{id}", "/history/process-instance/{id}",
)  # fmt: skip
OF_TASK = (
    "/task/{id}", "/task/{id}/variables", "/task/{id}/form-variables", "/task/{id}/comment", "/task/{id}/attachment",
    "/task/{id}/identity-links", "/task/{id}/form", "/task/{id}/deployed-form",
)  # fmt: skip
CHANGES: tuple[tuple[str, str, Any], ...] = (
    ("POST", "/task/{id}/claim", {}), ("POST", "/task/{id}/complete", {}), ("POST", "/task/{id}/unclaim", None),
    ("POST", "/task/{id}/delegate", {"userId": "villager-b"}), ("POST", "/task/{id}/comment/create", {"message": "x"}),
    ("POST", "/task/{id}/submit-form", {}), ("PUT", "/task/{id}", {"due": None}), ("POST", "/task/{id}/assignee", {"userId": "villager-b"}),
)  # fmt: skip


def mentions(village: Village, found: Any, unit: str) -> bool:
    """Whether an answer has to do with a village's application."""
    text = str(found)
    return village.applications[unit] in text or village.tasks[unit] in text or f"2552/{unit}" in text


@pytest.mark.parametrize("noun", LISTS)
def test_lists_and_counts_leave_others_out(village: Village, noun: str) -> None:
    mine, other = village.as_user("villager-a"), village.as_user("villager-b")
    seen, others = mine.get(f"/{noun}"), other.get(f"/{noun}")
    assert not mentions(village, seen, "B")
    assert not mentions(village, others, "A")
    assert mine.get(f"/{noun}/count") == {"count": len(seen)}
    everything = village.as_user("admin").get(f"/{noun}")
    if noun in ("task", "process-instance", "history/process-instance", "history/task", "history/activity-instance"):
        assert seen
        assert len(seen) < len(everything)


@pytest.mark.parametrize("noun", [noun for noun in LISTS if noun != "history/user-operation"])
def test_asking_for_it_by_name_finds_nothing(village: Village, noun: str) -> None:
    name = "processInstanceIdIn" if noun in ("variable-instance", "history/variable-instance") else "processInstanceId"
    name = {"process-instance": "processInstanceIds"}.get(noun, name)
    mine, foreign = village.as_user("villager-a"), village.applications["B"]
    assert mine.get(f"/{noun}", **{name: foreign}) == []
    assert mine.get(f"/{noun}/count", **{name: foreign}) == {"count": 0}


def test_conditions_on_what_is_hidden_find_nothing(village: Village) -> None:
    mine = village.as_user("villager-a")
    assert mine.get("/task", processInstanceBusinessKey="2552/B") == []
    assert mine.get("/process-instance", subProcessInstance=village.applications["B"]) == []
    assert mine.get("/process-instance/count", businessKeyLike="2552/%") == {"count": 1}
    assert mine.get("/task/count", candidateGroup="village:B") == {"count": 0}
    watcher = village.as_user("watcher")  # sees the project, and no application
    assert watcher.get("/process-instance", subProcessInstance=village.applications["B"]) == []
    assert [one["id"] for one in watcher.get("/process-instance")] == [village.root]


@pytest.mark.parametrize("path", OF_INSTANCE)
def test_an_instance_by_its_id(village: Village, path: str) -> None:
    village.as_user("villager-a").refused("GET", path.format(id=village.applications["B"]), 404)


@pytest.mark.parametrize("path", OF_TASK)
def test_a_task_by_its_id(village: Village, path: str) -> None:
    village.as_user("villager-a").refused("GET", path.format(id=village.tasks["B"]), 404)


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
def test_a_task_cannot_be_changed_by_others(village: Village, method: str, path: str, body: Any) -> None:
    village.as_user("villager-a").refused(method, path.format(id=village.tasks["B"]), 404, body)


def test_seeing_is_not_reading(village: Village) -> None:
    mine, own = village.as_user("villager-a"), village.applications["A"]
    assert mine.get(f"/process-instance/{own}")["businessKey"] == "2552/A"
    mine.refused("GET", f"/process-instance/{own}/variables", 403)
    assert mine.get("/variable-instance") == []
    assert mine.get("/history/variable-instance") == []
    assert mine.get(f"/task/{village.tasks['A']}/variables") == {}  # it has no form
    officer = village.as_user("officer")  # who started the project
    assert "villages" in officer.get(f"/process-instance/{village.root}/variables")
    watcher = village.as_user("watcher")
    watcher.refused("GET", f"/process-instance/{village.root}/variables", 403)
    watcher.refused("GET", f"/process-instance/{own}", 404)


def test_papers_are_read_by_who_may(village: Village) -> None:
    done = village.as_user("officer").get("/history/task", taskDefinitionKey="write")[0]["id"]
    (paper,) = village.as_user("officer").get(f"/task/{done}/attachment")
    assert village.as_user("officer").ask("GET", f"/task/{done}/attachment/{paper['id']}/data").data == projects.PDF
    assert village.as_user("admin").ask("GET", f"/task/{done}/attachment/{paper['id']}/data").status_code == 403
    village.as_user("villager-a").refused("GET", f"/task/{done}/attachment/{paper['id']}/data", 404)


def test_how_often_a_hidden_step_was_entered_is_not_told(village: Village) -> None:
    told = village.as_user("watcher").get("/history/activity-instance", activityId="apply")
    assert told == []
    assert len(village.as_user("officer").get("/history/activity-instance", activityId="apply")) == 3  # the whole and each of it


def test_a_paper_is_uploaded_and_submitted(tmp_path: Path) -> None:
    made = Village(tmp_path, begun=False)
    officer = made.as_user("officer")
    (task,) = officer.get("/task", taskDefinitionKey="write")
    path = f"/task/{task['id']}/attachment"
    parts = {"content": (io.BytesIO(projects.PDF), "แผน.pdf")}
    answer = officer.ask("POST", f"{path}/create", data=parts, content_type="multipart/form-data")
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert (answer.json["name"], answer.json["type"]) == ("แผน.pdf", "application/pdf")
    wrong = {"content": (io.BytesIO(b"MZ"), "a.exe")}
    assert officer.ask("POST", f"{path}/create", data=wrong, content_type="multipart/form-data").status_code == 400
    officer.refused("POST", f"{path}/create", 400)
    officer.post(f"/task/{task['id']}/complete", {"variables": {"file": {"value": answer.json["id"], "type": "String"}}}, 204)
    made.engine.close()


def test_a_file_variable_becomes_a_document(tmp_path: Path) -> None:
    made = Village(tmp_path, begun=False)
    officer = made.as_user("officer")
    (task,) = officer.get("/task", taskDefinitionKey="write")
    content = base64.b64encode(projects.PDF).decode()
    file = {"value": content, "type": "File", "valueInfo": {"filename": "แผน.pdf"}}
    officer.post(f"/task/{task['id']}/complete", {"variables": {"file": file}}, 204)
    (paper,) = made.engine.documents(made.root, actor=projects.OFFICE).items
    assert (paper.name, paper.state, paper.size) == ("แผน.pdf", "SUBMITTED", len(projects.PDF))
    made.engine.close()
