"""Users and groups over the REST."""

from __future__ import annotations

from collections.abc import Callable

from tests.webui.rest.conftest import PASSWORD, Client, Site


def test_oneself(site: Callable[..., Site]) -> None:
    here = site()
    assert here.worker.get("/user/worker/profile")["firstName"] == "ผู้ปฏิบัติงาน"
    here.worker.refused("GET", "/user/second/profile", 403)
    assert [group["id"] for group in here.worker.get("/identity/groups", userId="worker")["groups"]] == ["workers"]
    here.worker.refused("GET", "/identity/groups", 403, userId="second")
    assert here.worker.get("/group", member="worker") == [{"id": "workers", "name": "workers", "type": "PARTY"}]
    here.worker.refused("GET", "/group", 403, member="second")
    for wrong in ({}, {"authenticatedUserPassword": "a guess of mine"}):
        here.worker.refused("PUT", "/user/worker/credentials", 400, {"password": "another sentence", **wrong})
    here.worker.put("/user/worker/credentials", {"password": "another sentence", "authenticatedUserPassword": PASSWORD})
    assert Client(here.app, "worker", "another sentence").get("/version")
    here.as_user("second").refused("PUT", "/user/worker/credentials", 403, {"password": "another sentence"})


def test_people_are_managed_by_administrators(site: Callable[..., Site]) -> None:
    here = site()
    made = {
        "profile": {"id": "newcomer", "firstName": "คน", "lastName": "ใหม่", "email": "new@example.com"},
        "credentials": {"password": PASSWORD},
    }
    here.worker.refused("POST", "/user/create", 403, made)
    here.admin.post("/user/create", made, 204)
    here.admin.refused("POST", "/user/create", 409, made)
    assert here.admin.get("/user/newcomer/profile")["lastName"] == "ใหม่"
    here.admin.put("/group/workers/members/newcomer", None)
    assert [user["id"] for user in here.admin.get("/user", memberOfGroup="workers", sortBy="userId", sortOrder="asc")] == [
        "newcomer",
        "second",
        "worker",
    ]
    here.admin.delete("/group/workers/members/newcomer")
    assert here.admin.get("/user/count", memberOfGroup="workers") == {"count": 2}
    here.worker.refused("PUT", "/group/workers/members/worker", 403)
    here.admin.put("/user/newcomer/credentials", {"password": "another sentence"})
    assert Client(here.app, "newcomer", "another sentence").get("/version")
    here.admin.put("/user/newcomer/profile", {"id": "newcomer", "firstName": "ชื่ออื่น"})
    assert here.admin.get("/user/newcomer/profile")["firstName"] == "ชื่ออื่น"
    here.admin.delete("/user/newcomer")
    assert here.admin.get("/user", id="newcomer") == []


def test_a_password_is_verified(site: Callable[..., Site]) -> None:
    here = site()
    told = here.worker.post("/identity/verify", {"username": "second", "password": PASSWORD})
    assert told == {"authenticatedUser": "second", "authenticated": True}
    assert here.worker.post("/identity/verify", {"username": "second", "password": "wrong"})["authenticated"] is False


def test_a_token_alone_sets_nobodys_password(site: Callable[..., Site]) -> None:
    here = site()
    administrator = here.engine.actor("admin")
    _token, secret = here.engine.add_api_token("admin", "script", actor=administrator)
    shown = {"Authorization": f"Bearer {secret}"}

    def set_password(**more: str) -> int:
        path, body = "/engine-rest/user/second/credentials", {"password": "another sentence", **more}
        return here.app.test_client().put(path, json=body, headers=shown).status_code

    assert set_password() == 400
    assert set_password(authenticatedUserPassword="a guess of mine") == 400
    assert here.as_user("second").get("/version"), "his password is what it was"
    assert set_password(authenticatedUserPassword=PASSWORD) == 204
