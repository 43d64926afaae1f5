"""What parties, groups and units are called on the pages, wherever the engine speaks of them by key."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from flask import Flask

from engine.engine import Engine
from engine.people import SYSTEM
from engine.queries import InstanceView
from tests.drawing import draw
from tests.webui.pages.conftest import Browser
from webui import languages, names

PACK = Path(__file__).parents[3] / "bpmn" / "participation"


@pytest.fixture
def participation(app: Flask, office: Engine) -> Flask:
    """The application with the tables of the pack whose units have names."""
    files = {
        name: (PACK / name).read_bytes() for name in ("parties.toml", "provinces.csv", "regions.toml", "deliverables.toml", "reports.toml")
    }
    files["project.bpmn"] = draw('<startEvent id="s"/><endEvent id="e"/>', "s > e", key="project")
    files["pack.toml"] = 'key = "participation"\nth = "โครงการ"'.encode()
    office.deploy(files, name="participation", pack="participation", actor=SYSTEM)
    return app


def test_groups_of_units_have_the_units_names(participation: Flask) -> None:
    with participation.test_request_context():
        assert names.group("province:TH-50") == "จังหวัดเชียงใหม่"
        assert names.group("area_committee:TH-50") == "คณะกรรมการในพื้นที่ · จังหวัดเชียงใหม่"
        assert names.group("cluster_academics:15") == "คณะวิชาการประจำกลุ่มจังหวัด · ภาคเหนือตอนบน 1"
        assert names.business_key("2552/TH-50") == "2552 · จังหวัดเชียงใหม่"
        languages.choose("en")
        assert names.group("province:TH-50") == "Chiang Mai province"


def test_what_may_be_seen_is_named_too(participation: Flask) -> None:
    with participation.test_request_context():
        assert names.category("letter") == "หนังสือราชการ"
        assert names.category("own_kind") == "own_kind"
        assert names.category("deliverable.accepted") == "ผลงานที่ส่งมอบ (รับแล้ว)"


def test_papers_and_clusters_are_units_with_names(participation: Flask) -> None:
    with participation.test_request_context():
        assert names.unit("phase1_report") == "รายงานผลการประเมินระยะที่ 1"
        assert names.unit("seminar_summary") == "รายงานสรุปผลการประชุม สัมมนา"
        assert names.unit("subcommission").startswith("อ.ก.พ.ร.")
        assert names.unit("15") == "ภาคเหนือตอนบน 1"
        languages.choose("en")
        assert names.unit("phase1_report") == "Report on assessment phase 1"
        assert names.unit("own_unit") == "own_unit"


@pytest.mark.parametrize(
    ("key", "unit", "told"),
    [
        ("2552", "15", "2552 · ภาคเหนือตอนบน 1"),
        ("2552/TH-50", "TH-50", "2552 · จังหวัดเชียงใหม่"),
        ("2552", None, "2552"),
        (None, "15", "ภาคเหนือตอนบน 1"),
    ],
)
def test_what_bears_its_callers_key_is_known_by_its_unit(participation: Flask, key: str | None, unit: str | None, told: str) -> None:
    one = SimpleNamespace(business_key=key, unit=unit)
    with participation.test_request_context():
        assert names.reference(cast(InstanceView, one)) == told


def test_every_grant_of_the_pack_names_what_may_be_seen(participation: Flask) -> None:
    granted = tomllib.loads((PACK / "parties.toml").read_text(encoding="utf-8"))
    seen = [entry.partition(":") for party in granted.values() for entry in party.get("see", ())]
    with participation.test_request_context():
        for category, _, unit in seen:
            assert names.category(category) != category
            assert unit in ("", "own") or names.unit(unit) != unit


def test_what_nobody_named_keeps_its_key(app: Flask, participation: Flask) -> None:
    with app.test_request_context():
        assert names.group("school:15") == "school · 15"
        assert names.group("province:TH-00").endswith(" · TH-00")
        assert names.business_key("A/B") == "A · B"
        assert names.business_key(None) == ""


@pytest.mark.parametrize(
    ("language", "words", "day"),
    [("th", "ของ จังหวัดเชียงใหม่ เกินกำหนด", "12 มิ.ย. 2552"), ("en", "of Chiang Mai province was due", "12 Jun 2009")],
)
def test_a_notice_of_a_late_task_names_party_and_date(
    client: Browser, office: Engine, participation: Flask, language: str, words: str, day: str
) -> None:
    body = (
        '<startEvent id="s"/><userTask id="t" name="รายงาน" ruam:nameEn="Report" camunda:candidateGroups="province:TH-50" '
        'ruam:escalate="1" ruam:escalateTo="writers" camunda:dueDate="2009-06-12"/><endEvent id="e"/>'
    )
    files = {"report.bpmn": draw(body, "s > t > e", key="report"), "parties.toml": (PACK / "parties.toml").read_bytes()}
    office.deploy(files, name="report", actor=SYSTEM)
    office.simulate(datetime(2009, 6, 1, 2, tzinfo=UTC), actor=SYSTEM)
    office.start("report", variables={"province": {"code": "TH-50", "th": "เชียงใหม่", "en": "Chiang Mai"}}, actor=SYSTEM)
    office.advance_clock(datetime(2009, 6, 20, tzinfo=UTC), actor=SYSTEM)
    client.log_in("writer")
    client.post("/language", language=language)
    text = client.get("/notices").text
    assert words in text
    assert day in text
    assert "2009-06-12" not in text


def test_what_a_name_computes_is_left_open_where_nothing_is_known_of_its_instance(app: Flask, office: Engine) -> None:
    body = '<startEvent id="s"/><userTask id="a" name="แก้: ${item.th}" ruam:nameEn="Rework: ${item.en}"/>'
    office.deploy({"named.bpmn": draw(body, "s > a", key="named")}, name="named", actor=SYSTEM)
    (definition,) = office.definitions(key="named").items
    drawn = SimpleNamespace(definition_id=definition.id, element_id="a", element_name="แก้: ${item.th}")
    with app.test_request_context():
        assert names.element(drawn) == "แก้: …"
        languages.choose("en")
        assert names.element(drawn) == "Rework: …"
