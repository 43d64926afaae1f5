"""Errors become pages that say what to do, with their codes."""

from __future__ import annotations

import pytest
from flask import Flask

from engine.errors import Conflict, ExecutionFailed, Forbidden, Invalid, LanguageError, NotFound, Problem, Unavailable
from tests.webui.pages.conftest import Browser
from webui.errors import status_of


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound(), 404),
        (Forbidden(), 403),
        (Conflict(), 409),
        (Invalid(), 422),
        (Unavailable(), 503),
        (ExecutionFailed(), 500),
        (LanguageError(), 500),
    ],
)
def test_each_error_has_one_code(error: Exception, status: int) -> None:
    assert status_of(error) == status  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "page"),
    [
        ("/people/", "/people"),
        ("/audit/?user=ann&kind=people", "/audit?user=ann&kind=people"),
        ("/people/writer/membership/end", "/people/writer"),
        ("/people/import/do", "/people/import"),
        ("/logout", "/"),
    ],
)
def test_an_address_that_is_nearly_a_page_leads_to_it(client: Browser, asked: str, page: str) -> None:
    client.log_in("admin")
    assert client.http.get(asked).location == page


@pytest.mark.parametrize("asked", ["/nowhere/", "/engine-rest/user/create"])
def test_other_addresses_lead_nowhere(client: Browser, asked: str) -> None:
    client.log_in("admin")
    assert client.get(asked).status_code in (404, 405)


def raising(app: Flask, error: Exception) -> None:
    """Give the application a page that fails."""

    def fail() -> str:
        raise error

    app.add_url_rule("/fail", "health.fail", fail)


def test_a_page_says_what_happened_and_what_to_do(app: Flask, client: Browser) -> None:
    raising(app, ExecutionFailed("boom", element_name="ออกหนังสือ"))
    client.log_in("writer")
    answer = client.get("/fail")
    assert answer.status_code == 500
    assert "กระบวนการดำเนินต่อไม่ได้" in answer.text
    assert "ออกหนังสือ" in answer.text
    assert "boom" not in answer.text


def test_the_problems_of_what_was_given_are_listed_in_the_users_language(app: Flask, client: Browser) -> None:
    raising(app, Invalid("no", [Problem("wrong <b>", "ผิด <b>")]))
    client.log_in("writer")
    assert "ผิด &lt;b&gt;" in client.get("/fail").text


def test_a_crash_tells_a_page_nothing_of_the_inside(app: Flask, client: Browser) -> None:
    raising(app, KeyError("secret"))
    client.log_in("writer")
    answer = client.get("/fail")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_a_script_is_answered_in_json(app: Flask, client: Browser) -> None:
    raising(app, Conflict("late", th="สาย"))
    client.log_in("writer")
    script = {"Accept": "application/json"}
    answer = client.http.get("/fail", headers=script)
    assert (answer.status_code, answer.json) == (409, {"code": "conflict", "message": "late", "message_th": "สาย"})
    nobody = Browser(app).http.get("/fail", headers=script)
    assert nobody.status_code == 401
    assert nobody.json == {
        "code": "login_needed",
        "message": "Please log in. Your session has ended. Log in again; what you typed stays in this browser.",
        "message_th": "โปรดเข้าสู่ระบบ หมดเวลาการเข้าสู่ระบบแล้ว โปรดเข้าสู่ระบบอีกครั้ง ข้อความที่พิมพ์ไว้ยังอยู่ในเบราว์เซอร์นี้",
    }
    old = client.http.post("/logout", headers=script)
    assert (old.status_code, old.json["code"]) == (400, "stale"), "the page has the token of a session that has ended"


def test_an_unknown_page_and_a_request_too_large(app: Flask, client: Browser) -> None:
    client.log_in("writer")
    assert client.get("/nothing/here").status_code == 404
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = client.post("/language", language="en" * 1000)
    assert answer.status_code == 413
    assert "ใหญ่เกินไป" in answer.text


def test_every_answer_carries_the_security_headers(client: Browser) -> None:
    headers = client.http.get("/login").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_health_needs_no_login(client: Browser) -> None:
    assert client.http.get("/health").json == {"status": "ok"}
