"""Starting a project from its page: nobody types a code or a login name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from engine.dates.clock import SimulatedClock
from engine.dates.zone import BANGKOK
from engine.deployment.packs import read_folder
from engine.engine import Engine
from engine.people import SYSTEM
from handlers.demo import demo_users
from handlers.rehearsal import FOLDER
from tests.drawing import draw
from tests.webui.pages.conftest import PASSWORD, Browser
from webui.application import create_app
from webui.settings import Settings

CODES = ("TH-50", "TH-51")
BEGINNING = datetime(2027, 6, 1, 9, tzinfo=BANGKOK)


@pytest.fixture
def opened(tmp_path: Path, sqlite_template: Path) -> Iterator[Engine]:
    engine = Engine.open(f"sqlite:///{tmp_path}/ruam.db", home=tmp_path, packs=["handlers:pack"], clock=SimulatedClock(BEGINNING))
    engine.upgrade()
    files = read_folder(FOLDER)
    engine.deploy(files, name="participation", pack="participation", actor=SYSTEM)
    people = [person for person in demo_users(files, CODES) if person["user_id"] != "inspection3"]
    both = {"user_id": "inspection3", "name": "ทั้งสองฝ่าย", "groups": ["inspection_committee", "consultant"]}
    engine.add_users([{**person, "demo": False, "password": PASSWORD} for person in [*people, both]], actor=SYSTEM)
    yield engine
    engine.close()


@pytest.fixture
def page(opened: Engine, tmp_path: Path) -> Browser:
    app = create_app(opened, Settings(tmp_path, "sqlite://"))
    app.testing = True
    browser = Browser(app)
    browser.log_in("opdc1")
    return browser


def started(engine: Engine) -> dict[str, object]:
    (root,) = engine.instances(actor=SYSTEM, key="project", roots=True).items
    return engine.variables(root.id, actor=SYSTEM)


def test_people_and_provinces_are_chosen_from_lists(page: Browser) -> None:
    text = page.get("/start/project").text
    assert 'value="2570"' in text  # the coming year
    assert text.count('name="province_codes"') == 76
    assert 'value="inspection1" checked' in text
    assert 'value="central3" checked' in text
    assert 'value="inspection3"' not in text  # also of the consultant: never a member
    assert 'type="text" name="inspection_members' not in text


def test_the_coming_year_starts_on_its_planned_day(page: Browser, opened: Engine) -> None:
    members = {"inspection_members": ["inspection1"], "central_members": ["central1"]}
    answer = page.send("/start/project", {"year": "2570", "invite": "all", **members})
    assert answer.status_code == 302
    found = started(opened)
    assert len(found["provinces"]) == 76  # type: ignore[arg-type]
    assert found["windows"]["1"]["opens"] == "2027-06-01T00:00:00+07:00"  # type: ignore[index]
    assert found["inspection_members"] == ["inspection1"]


def test_the_year_2552_had_75_provinces(page: Browser, opened: Engine) -> None:
    refused = page.send("/start/project", {"year": "2552", "invite": "some", "province_codes": ["TH-50", "TH-38"]})
    assert refused.status_code == 422
    assert refused.text.count('name="province_codes"') == 75
    assert 'value="TH-50" checked' in refused.text
    assert page.send("/start/project", {"year": "2552", "invite": "all"}).status_code == 302
    found = started(opened)
    assert len(found["provinces"]) == 75  # type: ignore[arg-type]
    assert found["windows"]["12"]["closes"] == "2009-07-31T23:59:59+07:00"  # type: ignore[index]


def test_none_chosen_and_nobody_of_the_consultant(page: Browser, opened: Engine) -> None:
    assert page.send("/start/project", {"year": "2570", "invite": "some"}).status_code == 422
    refused = page.send("/start/project", {"year": "2570", "invite": "all", "inspection_members": ["inspection3"]})
    assert refused.status_code == 422
    assert opened.instances(actor=SYSTEM, key="project").total == 0


def test_a_whole_region_is_ticked_without_a_script(page: Browser) -> None:
    answer = page.send("/start/project", {"year": "2570", "invite": "some", "province_codes": ["TH-90"], "_all": "province_codes[2]"})
    assert answer.status_code == 200
    assert answer.text.count('name="province_codes" value="TH-5') == 9
    again = page.send("/start/project", {"year": "2570", "invite": "some", "province_codes": ["TH-90"], "_none": "province_codes"})
    assert answer.text.count(" checked>") == 1 + 17 + 1  # the radio, the north, and what was ticked before
    assert 'value="TH-90" checked' in answer.text
    assert 'value="TH-90" checked' not in again.text


def test_a_second_project_of_a_year_needs_a_reference_of_its_own(page: Browser, opened: Engine) -> None:
    asked = {"year": "2570", "invite": "some", "province_codes": ["TH-50"]}
    assert page.send("/start/project", asked).status_code == 302
    refused = page.send("/start/project", asked)
    assert refused.status_code == 422
    assert "มี “2570” อยู่แล้ว" in refused.text
    assert 'href="#f-_business_key"' in refused.text
    assert "เช่น 2570-2" in refused.text
    assert page.send("/start/project", {**asked, "_business_key": "2570-2"}).status_code == 302
    assert "เช่น 2570-3" in page.send("/start/project", asked).text
    roots = opened.instances(actor=SYSTEM, key="project").items
    assert sorted(root.business_key or "" for root in roots) == ["2570", "2570-2"]
    inbox = [task.business_key for task in opened.inbox(opened.actor("consultant1")).items]
    assert sorted(key or "" for key in inbox) == ["2570", "2570-2"]


def test_a_cancelled_project_is_in_nobodys_way(page: Browser, opened: Engine) -> None:
    asked = {"year": "2570", "invite": "some", "province_codes": ["TH-50"]}
    assert page.send("/start/project", asked).status_code == 302
    (root,) = opened.instances(actor=SYSTEM, key="project").items
    opened.cancel(root.id, reason="ทดลอง", actor=SYSTEM)
    assert page.send("/start/project", asked).status_code == 302


def test_no_reference_is_asked_where_the_process_makes_its_own(client: Browser, office: Engine) -> None:
    body = '<startEvent id="s"/><userTask id="t" camunda:assignee="writer"/><endEvent id="e"/>'
    plain = draw(body, "s > t > e", key="own")
    office.deploy({"own.bpmn": plain}, name="own", actor=SYSTEM)
    client.log_in("admin")
    assert 'name="_business_key"' in client.get("/start/own").text
    own = plain.replace(b'id="own"', b'id="own" ruam:businessKey="K-1"', 1)
    office.deploy({"own.bpmn": own}, name="own", actor=SYSTEM)
    assert 'name="_business_key"' not in client.get("/start/own").text
