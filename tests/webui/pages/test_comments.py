"""Remarks: said and read by those who see the task or the project, and by nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.engine import Engine
from engine.people import SYSTEM
from tests.webui.pages.conftest import Browser
from tests.webui.pages.projects import Site, site

TEXT = "ขอเอกสารเพิ่ม <b>"
SHOWN = "ขอเอกสารเพิ่ม &lt;b&gt;"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Site]:
    yield from site(tmp_path)


@pytest.fixture
def task(office: Engine) -> str:
    instance = office.start("letter", variables={"year": 2552}, actor=SYSTEM)
    return office.tasks(actor=SYSTEM, instance_id=instance.id).items[0].id


def test_a_remark_about_a_task_is_read_with_its_author(client: Browser, task: str) -> None:
    client.log_in("writer")
    answer = client.post(f"/tasks/{task}/comments", text=TEXT)
    assert answer.location == f"/tasks/{task}#remarks"
    client.log_in("writer2")
    text = client.get(f"/tasks/{task}").text
    assert SHOWN in text
    assert "ผู้ใช้ writer ·" in text
    assert "ข้อคิดเห็น" in text
    client.post("/language", language="en")
    assert "Remarks" in client.get(f"/tasks/{task}").text


def test_a_stranger_neither_says_nor_reads(client: Browser, office: Engine, task: str) -> None:
    client.log_in("stranger")
    assert client.post(f"/tasks/{task}/comments", text=TEXT).status_code == 404
    instance = office.task(task, actor=SYSTEM).task.instance_id
    assert office.comments(instance, actor=SYSTEM) == []


@pytest.mark.parametrize("text", ["", "  ", "ก" * 5001])
def test_nothing_and_too_much_are_refused_in_words(client: Browser, task: str, text: str) -> None:
    client.log_in("writer")
    assert client.post(f"/tasks/{task}/comments", text=text).status_code == 302
    page = client.get(f"/tasks/{task}").text
    assert "ข้อความต้องยาว" in page
    assert 'class="happened' not in page


def test_a_remark_about_a_project_is_for_who_sees_the_whole(place: Site) -> None:
    officer, villager = place.as_user("officer"), place.as_user("villager-a")
    assert officer.post(f"/projects/{place.root}/comments", text=TEXT).location == f"/projects/{place.root}#remarks"
    assert SHOWN in officer.get(f"/projects/{place.root}").text
    assert "ขอเอกสารเพิ่ม" not in villager.get(f"/projects/{place.root}").text
    assert villager.post(f"/projects/{place.root}/comments", text=TEXT).status_code == 404
    assert len(place.engine.comments(place.root, actor=SYSTEM)) == 1


def test_a_remark_about_a_task_does_not_stand_on_the_projects_page(place: Site) -> None:
    task = place.engine.tasks(actor=SYSTEM, root_id=place.root).items[0]
    place.engine.comment(task.instance_id, TEXT, task_id=task.id, actor=SYSTEM)
    assert SHOWN not in place.as_user("officer").get(f"/projects/{place.root}").text
