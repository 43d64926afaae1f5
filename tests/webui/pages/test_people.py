"""The page of users and their groups."""

from __future__ import annotations

from engine.engine import Engine
from tests.webui.pages.conftest import PASSWORD, Browser

NEW = {"user_id": "newcomer", "name": "ผู้มาใหม่", "groups": "writers\nprovince:TH-50", "password": PASSWORD, "again": PASSWORD}


def test_only_administrators_come_in(client: Browser) -> None:
    client.log_in("writer")
    assert client.get("/people").status_code == 403
    assert client.post("/people/new", **NEW).status_code == 403


def test_a_person_is_added_changed_and_kept_out(client: Browser, office: Engine) -> None:
    client.log_in("admin")
    assert client.get("/people?q=writer").text.count("<tr>") == 3, "a head and two people"
    assert client.post("/people/new", **(NEW | {"again": "different"})).status_code == 422
    assert client.post("/people/new", **(NEW | {"user_id": "writer"})).status_code == 422
    assert client.post("/people/new", **NEW).status_code == 302
    assert office.user("newcomer").groups == ("province:TH-50", "writers")
    assert client.post("/people/newcomer", name="ชื่อใหม่", groups="checkers", roles="observer").status_code == 302
    changed = office.user("newcomer")
    assert (changed.name, changed.groups, changed.roles) == ("ชื่อใหม่", ("checkers",), ("observer",))
    assert client.post("/people/newcomer/active", active="no").status_code == 302
    assert not office.user("newcomer").active


def test_nobody_locks_himself_out(client: Browser, office: Engine) -> None:
    client.log_in("admin")
    client.post("/people/admin/active", active="no")
    assert office.user("admin").active
