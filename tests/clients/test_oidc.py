"""Logging in with the agency's own login, against a real provider on loopback."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from engine.engine import Engine
from engine.people import SYSTEM
from engine.states import SystemEvent
from engine.views.audit import Asked
from tests.clients import providing
from webui.application import create_app
from webui.provider import Provider
from webui.settings import Settings

PASSWORD = "correct horse battery"
HERE = "http://localhost"
SECRET = "a secret of the tests"
TOKEN = re.compile(r'name="_csrf" value="([^"]+)"')


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider that knows whoever logs in as `sub/user name/groups`."""
    with providing(f"{HERE}/login/agency/back", f"{HERE}/login") as url:
        yield url


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = Engine.open(f"sqlite:///{tmp_path}/ruam.db", home=tmp_path)
    opened.upgrade()
    opened.add_user("ann", name="อรุณ", password=PASSWORD, groups=["opdc"], actor=SYSTEM)
    yield opened
    opened.close()


def application(engine: Engine, issuer: str, **more: object) -> Flask:
    given = {"client_id": "ruam", "client_secret": SECRET, **more}
    made = create_app(engine, Settings(engine.home, "sqlite://", provider=Provider(issuer, **given)))  # type: ignore[arg-type]
    made.testing = True
    return made


def allowed(address: str, who: str) -> str:
    """What a person (`sub/user name/groups`) does at the provider: logs in and agrees. Returns where he is sent back to."""
    browser = requests.Session()
    sub, name, groups = (*who.split("/"), "")[:3]
    browser.get(requests.compat.urljoin(address, "/claims"), params={"sub": sub, "name": name, "groups": groups}, timeout=10)
    for _step in range(12):
        if address.startswith(HERE + "/"):
            return address.removeprefix(HERE)
        answer = browser.get(address, allow_redirects=False, timeout=10)
        if "location" not in answer.headers:
            form = re.search(r'<form[^>]* action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert form
            assert prompt, answer.text
            sent = {"prompt": prompt[1], "login": sub, "password": "any"}
            answer = browser.post(unescape(form[1]), data=sent, allow_redirects=False, timeout=10)
        address = requests.compat.urljoin(answer.url, answer.headers["location"])
    raise AssertionError(f"the provider does not send back: {address}")


def begun(browser: FlaskClient, going: str = "") -> str:
    """The address at the provider."""
    answer = browser.get("/login/agency", query_string={"next": going} if going else None)
    assert answer.status_code == 302, answer.text
    return answer.location


def logged_in_as(browser: FlaskClient) -> str | None:
    found = re.search(r'<body data-user="([^"]+)"', browser.get("/account").text)
    return found[1] if found else None


def failures(engine: Engine) -> int:
    return sum(one.event == SystemEvent.LOGIN_FAILED for one in engine.deeds(Asked(kind="access"), actor=SYSTEM).items)


def test_who_has_an_account_comes_in_and_goes_on_to_where_he_was_going(engine: Engine, issuer: str) -> None:
    browser = application(engine, issuer).test_client()
    assert 'href="/login/agency' in browser.get("/login").text
    asked = parse_qs(urlsplit(begun(browser, "/inbox?view=done")).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    back = browser.get(allowed(begun(browser, "/inbox?view=done"), "s-1/ann"))
    assert (back.status_code, back.location) == (302, "/inbox?view=done")
    assert logged_in_as(browser) == "ann"
    assert engine.user("ann").groups == ("opdc",), "groups are not the provider's business unless they are mapped"
    login = engine.deeds(Asked(kind="access"), actor=SYSTEM).items[0]
    assert (login.event, login.subject, login.facts) == ("login", "ann", {"way": "oidc"})
    token = TOKEN.search(browser.get("/account").text)
    assert token
    out = browser.post("/logout", data={"_csrf": token[1]})
    assert out.location.startswith(issuer), "the provider's session ends, too"
    assert logged_in_as(browser) is None


def test_of_many_logins_begun_the_last_comes_to_its_end(engine: Engine, issuer: str) -> None:
    browser = application(engine, issuer).test_client()
    addresses = [begun(browser, "/inbox") for _again in range(12)]
    cookie = browser.get_cookie("ruam")
    assert cookie
    assert len(cookie.value) < 3_000, "what a browser would not keep any more"
    assert browser.get(allowed(addresses[-2], "s-1/ann")).status_code == 302
    assert logged_in_as(browser) == "ann"


def test_local_accounts_stay_beside_it(engine: Engine, issuer: str) -> None:
    browser = application(engine, issuer).test_client()
    token = TOKEN.search(browser.get("/login").text)
    assert token
    assert browser.post("/login", data={"_csrf": token[1], "name": "ann", "password": PASSWORD}).status_code == 302
    token = TOKEN.search(browser.get("/account").text)
    assert token
    assert browser.post("/logout", data={"_csrf": token[1]}).location == "/login"


def test_an_unknown_user_is_refused_or_gets_an_account_without_groups(engine: Engine, issuer: str) -> None:
    browser = application(engine, issuer).test_client()
    refused = browser.get(allowed(begun(browser), "s-2/newcomer"))
    assert refused.status_code == 401
    assert "ยังไม่มีบัญชี" in refused.text
    assert failures(engine) == 1
    browser = application(engine, issuer, create=True).test_client()
    assert browser.get(allowed(begun(browser), "s-2/newcomer")).status_code == 302
    made = engine.user("newcomer")
    assert (made.name, made.email, made.groups, made.roles) == ("ผู้ใช้ newcomer", "newcomer@example.org", (), ())
    assert browser.get(allowed(begun(browser), "s-3/no name here!")).status_code == 401


def test_mapped_groups_follow_the_provider_and_others_stay(engine: Engine, issuer: str) -> None:
    more = {"groups_claim": "groups", "groups": {"CM": "province:TH-50", "CR": "province:TH-57"}}
    browser = application(engine, issuer, **more).test_client()
    browser.get(allowed(begun(browser), "s-1/ann/CM unknown"))
    assert engine.user("ann").groups == ("opdc", "province:TH-50")
    assert browser.get(allowed(begun(browser), "s-1/ann/CR")).status_code == 302
    assert engine.user("ann").groups == ("opdc", "province:TH-57")


def test_a_closed_account_stays_closed(engine: Engine, issuer: str) -> None:
    browser = application(engine, issuer, create=True).test_client()
    browser.get(allowed(begun(browser), "s-1/ann"))
    engine.deactivate("ann", actor=SYSTEM)
    assert logged_in_as(browser) is None, "the session has ended"
    refused = browser.get(allowed(begun(browser), "s-1/ann"))
    assert refused.status_code == 401
    assert "บัญชีนี้ปิดใช้งานแล้ว" in refused.text


def test_who_is_given_somebody_elses_name_does_not_come_into_his_account(engine: Engine, issuer: str) -> None:
    browser = application(engine, issuer, create=True).test_client()
    browser.get(allowed(begun(browser), "s-1/ann"))
    other = application(engine, issuer, create=True).test_client()
    assert other.get(allowed(begun(other), "s-9/ann")).status_code == 401
    assert browser.get(allowed(begun(browser), "s-1/ann.renamed")).status_code == 302
    assert logged_in_as(browser) == "ann", "the lasting name counts"


def test_what_is_not_as_it_was_begun_is_refused(engine: Engine, issuer: str) -> None:
    app = application(engine, issuer)
    mine, theirs = app.test_client(), app.test_client()
    back = allowed(begun(mine), "s-1/ann")
    assert theirs.get(back).status_code == 401, "another browser's state"
    parts = parse_qs(urlsplit(back).query)
    wrong = {"code": parts["code"][0], "state": "made up"}
    assert mine.get("/login/agency/back", query_string=wrong).status_code == 401
    assert mine.get("/login/agency/back").status_code == 401
    assert mine.get("/login/agency/back?error=access_denied&state=x").status_code == 401
    begun(theirs)
    with theirs.session_transaction() as kept:
        state = next(name for name in kept if name.startswith("_state_agency_")).removeprefix("_state_agency_")
    stolen = {"code": parts["code"][0], "state": state, "iss": issuer}
    assert theirs.get("/login/agency/back", query_string=stolen).status_code == 401, "another's code: its verifier is missing"
    assert logged_in_as(mine) is logged_in_as(theirs) is None
    assert failures(engine) == 5


def test_an_answer_with_another_nonce_is_refused(engine: Engine, issuer: str) -> None:
    browser = application(engine, issuer).test_client()
    back = allowed(begun(browser), "s-1/ann")
    with browser.session_transaction() as kept:
        name = next(name for name in kept if name.startswith("_state_agency_"))
        kept[name] = {**kept[name], "data": {**kept[name]["data"], "nonce": "another"}}
    assert browser.get(back).status_code == 401
    assert logged_in_as(browser) is None


def test_a_code_is_good_once_and_in_time(engine: Engine, issuer: str) -> None:
    hasty = application(engine, issuer, client_id="hasty").test_client()
    back = allowed(begun(hasty), "s-1/ann")
    time.sleep(2)
    assert hasty.get(back).status_code == 401, "too late"
    browser = application(engine, issuer).test_client()
    back = allowed(begun(browser), "s-1/ann")
    with browser.session_transaction() as kept:
        before = dict(kept)
    assert browser.get(back).status_code == 302
    again = application(engine, issuer).test_client()
    with again.session_transaction() as kept:
        kept.update(before)
    assert again.get(back).status_code == 401, "used"


def test_where_the_provider_is_away_one_is_told_and_passwords_work(engine: Engine) -> None:
    browser = application(engine, "http://127.0.0.1:9").test_client()
    answer = browser.get("/login/agency")
    assert answer.status_code == 502
    assert "เข้าสู่ระบบด้วยรหัสผ่าน" in answer.text


def test_without_a_provider_there_is_no_such_page(engine: Engine) -> None:
    app = create_app(engine, Settings(engine.home, "sqlite://"))
    assert app.test_client().get("/login/agency").status_code == 404
    assert "/login/agency" not in app.test_client().get("/login").text
