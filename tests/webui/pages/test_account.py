"""One's own account: tokens for programs."""

from __future__ import annotations

import re

from engine.engine import Engine
from tests.webui.pages.conftest import Browser

SECRET = re.compile(r"<code>(ruam_[\w-]+)</code>")


def test_a_token_is_shown_once_works_and_is_taken_back(client: Browser, office: Engine) -> None:
    client.log_in("writer")
    client.get("/account")
    made = SECRET.search(client.post("/account/tokens", name="รายงานประจำวัน").text)
    assert made is not None
    listed = client.get("/account").text
    assert "รายงานประจำวัน" in listed
    assert made[1] not in listed
    bearing = {"Authorization": f"Bearer {made[1]}"}
    http = client.http.application.test_client()
    assert http.get("/engine-rest/task", headers=bearing).status_code == 200
    (token,) = office.api_tokens("writer", actor=office.actor("writer"))
    assert client.post(f"/account/tokens/{token.id}/revoke").status_code == 302
    assert http.get("/engine-rest/task", headers=bearing).status_code == 401


def test_nobody_takes_back_anothers(client: Browser, office: Engine) -> None:
    token, _secret = office.add_api_token("writer", "x", actor=office.actor("writer"))
    client.log_in("checker")
    client.get("/account")
    assert client.post(f"/account/tokens/{token.id}/revoke").status_code == 404
    assert office.api_tokens("writer", actor=office.actor("writer")) == [token]


def test_a_token_is_good_for_as_long_as_one_says(client: Browser, office: Engine) -> None:
    client.log_in("writer")
    assert 'name="days" value="90" checked' in client.get("/account").text
    for days in ("30", "none", "100000"):  # the last is nothing of the list
        client.post("/account/tokens", name=days, days=days)
    lasting = {
        token.name: token.expires and round((token.expires - token.created).days)
        for token in office.api_tokens("writer", actor=office.actor("writer"))
    }
    assert lasting == {"30": 30, "none": None, "100000": 365}
