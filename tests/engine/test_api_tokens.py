"""Personal tokens: kept as digests, as good as their owner."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import create_engine, text

from engine.errors import Forbidden, Invalid, NotFound
from engine.people import SYSTEM, Actor
from engine.testing import ADMINISTRATOR, Stage

ONE, TWO = Actor("one"), Actor("two")


@pytest.fixture
def here(stage: Callable[..., Stage]) -> Stage:
    made = stage()
    for actor in (ONE, TWO):
        made.engine.add_user(actor.user_id, name=actor.user_id, groups=["workers"], actor=SYSTEM)
    return made


def test_a_token_stands_for_its_owner_as_he_is_now(here: Stage, engine_url: str) -> None:
    token, secret = here.engine.add_api_token("one", "report", actor=ONE)
    assert here.engine.bearer(secret)[0].groups == {"workers"}
    here.engine.set_memberships("one", ["others"], actor=SYSTEM)
    assert here.engine.bearer(secret)[0].groups == {"others"}
    assert here.engine.api_tokens("one", actor=ONE) == [token]
    database = create_engine(engine_url)
    with database.connect() as connection:
        assert secret not in str(connection.execute(text("SELECT * FROM api_token")).all())
    database.dispose()
    here.engine.deactivate("one", actor=SYSTEM)
    with pytest.raises(Forbidden):
        here.engine.bearer(secret)


def test_one_makes_and_takes_back_ones_own(here: Stage) -> None:
    token, secret = here.engine.add_api_token("one", "", actor=ONE)
    assert token.name == "API"
    for ask in (lambda: here.engine.add_api_token("one", "x", actor=TWO), lambda: here.engine.api_tokens("one", actor=TWO)):
        with pytest.raises(Forbidden):
            ask()
    with pytest.raises(NotFound):
        here.engine.revoke_api_token(token.id, actor=TWO)
    here.engine.revoke_api_token(token.id, actor=ADMINISTRATOR)
    with pytest.raises(Forbidden):
        here.engine.bearer(secret)


def test_what_cannot_be_one(here: Stage) -> None:
    with pytest.raises(NotFound):
        here.engine.add_api_token("nobody", "x", actor=ADMINISTRATOR)
    with pytest.raises(Invalid):
        here.engine.add_api_token("one", "x" * 300, actor=ONE)
    _token, secret = here.engine.add_api_token("one", "x", days=-1, actor=ONE)
    for wrong in (secret, "", "ruam_", "x" * 5000, "\x00"):
        with pytest.raises(Forbidden):
            here.engine.bearer(wrong)
