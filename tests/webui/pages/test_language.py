"""Thai first, English beside it."""

from __future__ import annotations

from engine.engine import Engine
from tests.webui.pages.conftest import Browser


def test_thai_is_the_default_and_english_is_remembered_with_the_account(client: Browser, office: Engine) -> None:
    client.log_in("writer")
    page = client.get("/inbox").text
    assert '<html lang="th">' in page
    assert "กล่องงาน" in page
    chosen = client.post("/language", language="en", next="/inbox?view=mine")
    assert chosen.location == "/inbox?view=mine"
    page = client.get("/inbox").text
    assert '<html lang="en">' in page
    assert "Waiting for me" in page
    assert office.user("writer").locale == "en"
    again = Browser(client.http.application)
    again.log_in("writer")
    assert "Waiting for me" in again.get("/inbox").text


def test_a_language_we_do_not_speak_changes_nothing(client: Browser) -> None:
    client.log_in("writer")
    client.post("/language", language="xx", next="/inbox")
    assert '<html lang="th">' in client.get("/inbox").text


def test_the_login_page_can_be_read_in_english_before_anybody_is_known(client: Browser) -> None:
    client.get("/login")
    client.post("/language", language="en", next="/login")
    assert "User name" in client.get("/login").text
    client.log_in("writer")
    assert "Waiting for me" in client.get("/inbox").text, "the choice is kept through the login"
