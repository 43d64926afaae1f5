"""`ruam demo`: an empty database becomes a demo; one that somebody works with does not."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from engine.dates.clock import real_now
from engine.dates.zone import BANGKOK
from engine.engine import Engine
from engine.errors import Conflict, Forbidden
from engine.people import SYSTEM
from webui.cli import demo
from webui.settings import PACKS

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@pytest.fixture
def engine(engine_url: str, tmp_path: Path) -> Engine:
    return Engine.open(engine_url, home=tmp_path / "home", packs=PACKS)


def test_a_demo_has_people_a_clock_and_a_project(engine: Engine) -> None:
    demo.prepare(engine)
    demo.prepare(engine)  # a second start finds it done
    assert engine.clock_now() == datetime(real_now().astimezone(BANGKOK).year + 1, 6, 1, 9, tzinfo=BANGKOK)
    assert engine.instances(key="project", actor=SYSTEM).total == 1
    assert engine.inbox(engine.actor("consultant1")).total > 0
    assert engine.users(group="province", actor=SYSTEM).total >= 75
    assert engine.users(group="cluster_academics", actor=SYSTEM).total == 18
    engine.check_password("admin", demo.PASSWORD, demo=True)
    with pytest.raises(Forbidden):
        engine.check_password("admin", demo.PASSWORD)


def test_a_database_with_users_stays_what_it_is(engine: Engine) -> None:
    engine.add_user("somebody", name="ผู้ใช้", actor=SYSTEM)
    with pytest.raises(Conflict):
        demo.prepare(engine)
    assert engine.setting("demo") is None
