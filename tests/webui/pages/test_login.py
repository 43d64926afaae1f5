"""Logging in, the throttle, CSRF, sessions that end, the first administrator."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from engine.engine import Engine
from engine.errors import Forbidden, NotFound
from engine.people import SYSTEM
from tests.webui.pages.conftest import PASSWORD, TOKEN, Browser, as_demo
from webui.application import create_app
from webui.demo import PASSWORD as DEMO
from webui.settings import Settings


def test_every_page_needs_a_login_and_comes_back_to_where_one_was_going(client: Browser) -> None:
    asked = client.http.get("/inbox?view=overdue")
    assert (asked.status_code, asked.location) == (302, "/login?next=/inbox?view%3Doverdue")
    client.get("/login?next=/inbox?view%3Doverdue")
    assert client.post("/login", name="writer", password=PASSWORD, next="/inbox?view=overdue").location == "/inbox?view=overdue"


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "/\t\\elsewhere.example", "javascript:alert(1)"]
)
def test_it_never_goes_on_to_another_site(client: Browser, target: str) -> None:
    client.get("/login")
    assert client.post("/login", name="writer", password=PASSWORD, next=target).location == "/"


def test_a_wrong_name_and_a_wrong_password_read_the_same(client: Browser) -> None:
    client.get("/login")
    wrong = client.post("/login", name="writer", password="no").text
    nobody = client.post("/login", name="nobody", password="no").text
    assert "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง" in wrong
    assert TOKEN.sub("", wrong.replace("writer", "nobody")) == TOKEN.sub("", nobody)


def test_after_five_wrong_attempts_a_name_waits_even_with_the_right_password(client: Browser) -> None:
    client.get("/login")
    for _ in range(5):
        assert client.post("/login", name="writer", password="no").status_code == 401
    refused = client.post("/login", name="Writer", password=PASSWORD)
    assert refused.status_code == 429
    assert "ลองหลายครั้งเกินไป" in refused.text
    assert client.log_in("writer2").status_code == 302, "others are not held up"


def test_wrong_attempts_at_one_process_count_at_the_others(client: Browser, app: Flask, engine_url: str, tmp_path: Path) -> None:
    with closing(Engine.open(engine_url, home=tmp_path / "home")) as second:
        other = Browser(create_app(second, Settings(tmp_path / "home", engine_url)))
        for browser in (client, other, client, other, client):
            browser.get("/login")
            assert browser.post("/login", name="writer", password="no").status_code == 401
        for browser in (client, other):
            assert browser.post("/login", name="writer", password=PASSWORD).status_code == 429


def test_what_is_counted_is_kept_as_a_digest_until_its_window_ends(office: Engine, engine_url: str) -> None:
    assert [office.count_attempt("login writer", seconds) for seconds in (60, 60)] == [1, 2]
    office.count_attempt("login checker", 0)
    with closing(sqlite3.connect(engine_url.removeprefix("sqlite:///"))) as database:
        rows = database.execute("SELECT * FROM attempt").fetchall()
    assert "writer" not in str(rows)
    assert office.attempts("login writer")[0] == 2
    assert office.attempts("login checker") == (0, None), "its window has ended"
    assert office.forget_attempts("login writer") == 1
    assert office.attempts("login writer") == (0, None)


def test_what_comes_without_the_token_is_refused(client: Browser) -> None:
    client.log_in("writer")
    assert client.http.post("/logout").status_code == 400
    assert client.get("/inbox").status_code == 200, "still logged in"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Browser) -> None:
    cookie = client.log_in("writer").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_new_password_ends_the_sessions_elsewhere_and_not_this_one(client: Browser, app: object) -> None:
    elsewhere = Browser(client.http.application)
    elsewhere.log_in("writer")
    client.log_in("writer")
    new = "another correct horse"
    assert client.post("/account/password", old="wrong", password=new, again=new).status_code == 422
    assert client.post("/account/password", old=PASSWORD, password=new, again="something else").status_code == 422
    assert client.post("/account/password", old=PASSWORD, password="short", again="short").status_code == 422
    assert client.post("/account/password", old=PASSWORD, password=new, again=new).status_code == 302
    assert client.http.get("/inbox").status_code == 200
    assert elsewhere.http.get("/inbox").status_code == 302


def test_logging_out_ends_the_session(client: Browser) -> None:
    client.log_in("writer")
    assert client.post("/logout").status_code == 302
    assert client.http.get("/inbox").status_code == 302


def test_a_user_without_access_is_out_at_once(client: Browser, office: Engine) -> None:
    client.log_in("writer")
    office.deactivate("writer", actor=SYSTEM)
    assert client.http.get("/inbox").status_code == 302
    assert client.log_in("writer").status_code == 401


def test_the_first_administrators_link_works_once(engine: Engine, tmp_path: Path) -> None:
    office, client = engine, Browser(create_app(engine, Settings(tmp_path / "home", "sqlite://")))
    office.add_user("writer", name="ผู้เขียน", password=PASSWORD, actor=SYSTEM)
    token, other = (office.create_link("welcome", hours=1, actor=SYSTEM) for _ in range(2))
    asked = {"user_id": "chief", "name": "ผู้ดูแล", "password": "a long password", "again": "a long password"}
    assert client.get(f"/welcome/{token}").status_code == 200
    assert client.post(f"/welcome/{token}", **(asked | {"again": "different"})).status_code == 422
    assert client.post(f"/welcome/{token}", **(asked | {"user_id": "writer"})).status_code == 422, "the name is taken"
    known = client.post(f"/welcome/{token}", **(asked | {"password": DEMO, "again": DEMO}))
    assert known.status_code == 422, "what everybody knows is no password"
    made = client.post(f"/welcome/{token}", **asked)
    assert (made.status_code, made.location) == (302, "/people")
    assert office.user("chief").roles == ("administrator",)
    assert client.get(f"/welcome/{token}").status_code == 403
    assert client.get(f"/welcome/{other}").status_code == 403, "another that was printed is of no use any more"
    with pytest.raises(Forbidden):
        office.first_administrator(other, "second", name="ผู้ดูแล", password="a long password")
    with pytest.raises(Forbidden):  # of two who send it at the same moment the second one adds nobody
        office.first_administrator(token, "second", name="ผู้ดูแล", password="a long password")
    with pytest.raises(NotFound):
        office.user("second")


def test_a_demo_lists_its_users_and_their_password_and_nothing_else_does(client: Browser, office: Engine) -> None:
    assert "data-fill-user" not in client.get("/login").text
    office.add_user("demo1", name="ผู้ใช้สาธิต: ผู้เขียน", password=PASSWORD, groups=["writers"], demo=True, actor=SYSTEM)
    assert client.log_in("demo1").status_code == 401, "refused where this is no demo"
    as_demo(office)
    page = client.get("/login").text
    assert PASSWORD in page
    assert 'data-fill-user="demo1"' in page
    assert 'data-fill-user="writer"' not in page, "real users are not listed"
    assert client.log_in("demo1").status_code == 302


def test_who_was_logged_out_over_a_form_is_led_back_to_it(client: Browser, office: Engine) -> None:
    answer = client.http.post("/tasks/abc/complete", data={"_csrf": "old"}, headers={"Referer": "http://localhost/tasks/abc"})
    assert (answer.status_code, answer.location) == (302, "/login?next=/tasks/abc")
    assert "ท่านออกจากระบบไปแล้ว" in client.get(answer.location).text
    away = client.http.post("/tasks/abc/complete", data={"_csrf": "old"}, headers={"Referer": "http://elsewhere//evil"})
    assert away.location == "/login"
