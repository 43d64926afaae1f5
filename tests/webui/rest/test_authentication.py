"""Name and password, or a token; nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable

from engine.people import SYSTEM
from engine.views.audit import Asked
from tests.webui.rest.conftest import PASSWORD, Client, Site
from webui.application import create_app
from webui.settings import Settings


def test_without_credentials_one_is_asked_for_them(site: Callable[..., Site]) -> None:
    here = site()
    answer = here.app.test_client().get("/engine-rest/task")
    assert answer.status_code == 401
    assert [one.partition(" ")[0].lower() for one in answer.headers.getlist("WWW-Authenticate")] == ["basic", "bearer"]
    assert answer.json is not None
    assert set(answer.json) == {"type", "message", "code"}


def test_a_session_of_the_pages_is_nothing_here(site: Callable[..., Site]) -> None:
    here = site()
    here.app.config["WTF_CSRF_ENABLED"] = False
    browser = here.app.test_client()
    assert browser.post("/login", data={"name": "worker", "password": PASSWORD}).status_code == 302
    assert browser.get("/inbox").status_code == 200
    assert browser.get("/engine-rest/task").status_code == 401


def test_name_and_password(site: Callable[..., Site]) -> None:
    here = site()
    assert here.worker.get("/task") == []
    assert Client(here.app, "worker", "wrong password!").ask("GET", "/task").status_code == 401
    assert Client(here.app, "nobody").ask("GET", "/task").status_code == 401


def test_a_password_is_worked_out_once_and_forgotten_when_it_changes(site: Callable[..., Site]) -> None:
    here = site()
    here.worker.get("/version")
    begin = time.process_time()
    for _ in range(20):
        here.worker.get("/version")
    assert (time.process_time() - begin) / 20 < 0.02
    here.engine.set_password("worker", "another sentence", actor=here.actor("worker"))
    assert here.worker.ask("GET", "/task").status_code == 401
    assert Client(here.app, "worker", "another sentence").get("/task") == []
    here.engine.deactivate("worker", actor=SYSTEM)
    assert Client(here.app, "worker", "another sentence").ask("GET", "/task").status_code == 401


def test_guessing_is_slowed_down(site: Callable[..., Site]) -> None:
    here = site()
    guesser = Client(here.app, "worker", "wrong password!")
    assert [guesser.ask("GET", "/task").status_code for _ in range(6)] == [401] * 5 + [429]
    assert here.worker.ask("GET", "/task").status_code == 429  # not even the right one, for a minute
    assert here.admin.ask("GET", "/task").status_code == 200


def test_tokens(site: Callable[..., Site]) -> None:
    here = site()
    me = here.actor("worker")
    token, secret = here.engine.add_api_token("worker", "reports", actor=me)
    http = here.app.test_client()
    bearing = {"Authorization": f"Bearer {secret}"}
    assert http.get("/engine-rest/task", headers=bearing).status_code == 200
    assert http.get("/engine-rest/task", headers={"Authorization": f"Bearer {secret}x"}).status_code == 401
    assert [one.name for one in here.engine.api_tokens("worker", actor=me)] == ["reports"]
    here.engine.set_password("worker", "another sentence", actor=me)
    assert http.get("/engine-rest/task", headers=bearing).status_code == 200
    here.engine.revoke_api_token(token.id, actor=me)
    assert http.get("/engine-rest/task", headers=bearing).status_code == 401


def test_a_token_runs_out(site: Callable[..., Site]) -> None:
    here = site()
    _token, secret = here.engine.add_api_token("worker", "short", days=-1, actor=SYSTEM)
    assert here.app.test_client().get("/engine-rest/task", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_pages_of_other_sites_cannot_use_a_password_that_a_browser_kept(site: Callable[..., Site]) -> None:
    here = site()
    assert here.worker.ask("GET", "/task", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert here.worker.ask("GET", "/task", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_unknown_paths_and_methods_are_told_as_errors_of_the_rest(site: Callable[..., Site]) -> None:
    here = site()
    here.worker.refused("GET", "/nothing", 404)
    here.worker.refused("DELETE", "/task", 405)
    assert here.worker.get("/engine/default/task") == []
    assert here.app.test_client().get("/engine-rest/openapi.json").status_code == 200


def test_that_a_program_came_in_is_told_once_an_hour(site: Callable[..., Site]) -> None:
    here = site()
    token, secret = here.engine.add_api_token("worker", "รายงานประจำวัน", actor=here.actor("worker"))
    bearer = {"Authorization": f"Bearer {secret}"}

    def comings() -> list[tuple[str | None, object, object]]:
        found = here.engine.deeds(Asked(kind="access"), actor=SYSTEM).items
        return [(one.actor, one.facts["way"], one.facts.get("name")) for one in reversed(found)]

    for _ in range(3):
        here.worker.get("/task")
        assert here.worker.http.get("/engine-rest/task", headers=bearer).status_code == 200
        here.admin.get("/task")
    assert comings() == [("worker", "program", None), ("worker", "token", token.name), ("admin", "program", None)]
    other = create_app(here.engine, Settings(here.engine.home, "sqlite://"))  # another process on the same database
    assert Client(other, "worker").get("/task") == []
    assert len(comings()) == 3
    here.engine.forget_attempts()  # the hour is over
    Client(create_app(here.engine, Settings(here.engine.home, "sqlite://")), "worker").get("/task")
    assert len(comings()) == 4
    assert here.worker.http.get("/engine-rest/task", headers={"Authorization": "Bearer ruam_wrong"}).status_code == 401
    assert len(comings()) == 4
