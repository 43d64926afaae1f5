"""What the year gives: provinces, clusters, windows."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.dates.zone import BANGKOK
from engine.errors import Invalid
from handlers.rehearsal import ParticipationPlay
from handlers.shared import project, provinces, windows

PACK = Path("bpmn/participation")
TABLE, NAMES = (PACK / "provinces.csv").read_bytes(), (PACK / "regions.toml").read_bytes()
SCHEDULE = tomllib.loads((PACK / "schedule.toml").read_text("utf-8"))


def test_the_provinces_of_a_year() -> None:
    assert len(provinces.of_year(TABLE, 2552)) == 75
    later = provinces.of_year(TABLE, 2570)
    assert len(later) == 76
    assert next(p for p in later if p["code"] == "TH-38")["cluster"] == "10"
    assert [p["th"] for p in provinces.of_year(TABLE, 2552, ["TH-50", "TH-30"])] == ["นครราชสีมา", "เชียงใหม่"]
    with pytest.raises(Invalid, match="TH-38"):
        provinces.of_year(TABLE, 2552, ["TH-38"])


def test_a_rehearsal_is_of_the_year_that_is_asked_for() -> None:
    play = ParticipationPlay(seed=1, year=2027)
    assert play.begins() == datetime(2027, 6, 1, tzinfo=BANGKOK)
    assert play.start() == ("opdc1", {"year": 2570, "start_date": "2027-06-01"}, "2570")
    assert len(play.invited) == 76


def test_regions_and_clusters() -> None:
    invited = provinces.of_year(TABLE, 2552)
    assert [region["key"] for region in provinces.regions_of(NAMES, invited)] == ["north", "central", "northeast", "south"]
    clusters = provinces.clusters_of(NAMES, invited)
    assert [cluster["no"] for cluster in clusters] == [str(n) for n in range(1, 19)]
    assert sum(len(cluster["provinces"]) for cluster in clusters) == 75
    assert [c["no"] for c in provinces.clusters_of(NAMES, provinces.of_year(TABLE, 2552, ["TH-50"]))] == ["15"]


def test_windows_close_on_their_last_working_day() -> None:
    found = windows.of_project(SCHEDULE, 2552, date(2009, 6, 1), {date(2009, 6, 30)})
    assert set(found) == {str(n) for n in range(1, 25)}
    assert found["1"] == {"opens": "2009-06-01T00:00:00+07:00", "closes": "2009-06-29T23:59:59+07:00"}
    assert found["13"]["closes"] == "2009-08-31T23:59:59+07:00"


def test_another_start_moves_all_by_whole_days() -> None:
    found = windows.of_project(SCHEDULE, 2552, date(2009, 6, 11), set())
    assert found["12"] == {"opens": "2009-07-11T00:00:00+07:00", "closes": "2009-08-10T23:59:59+07:00"}


def test_closing_entered_too_late_is_as_long_as_planned() -> None:
    window = {"opens": "2009-07-01T00:00:00+07:00", "closes": "2009-07-31T23:59:59+07:00"}
    assert windows.closing(window, datetime(2009, 7, 20, tzinfo=BANGKOK), set()) == window["closes"]
    assert windows.closing(window, datetime(2009, 8, 3, 9, tzinfo=BANGKOK), set()) == "2009-09-03T23:59:59+07:00"


def test_seminars_are_spread_over_working_days() -> None:
    window = {"opens": "2009-07-01T00:00:00+07:00", "closes": "2009-07-31T23:59:59+07:00"}
    days = windows.spread(window, 4, set())
    assert len(set(days)) == 4
    assert all(date.fromisoformat(day).weekday() < 5 for day in days)
    assert days == sorted(days)


def problems(variables: dict[str, Any]) -> list[tuple[str | None, str | None]]:
    members = {"inspection_committee": {"inspection1"}, "central_committee": {"central1", "central2"}}
    try:
        project.check_start(variables, members)
    except Invalid as error:
        return [(problem.field, problem.rule) for problem in error.problems]
    return []


def test_what_a_project_is_started_with_is_checked() -> None:
    weights = {f"phase{phase}_{key}": 25 for phase in (1, 2) for key in ("leadership", "sustainability", "public_issue", "stakeholders")}
    assert problems({}) == []
    members = {"inspection_members": ["inspection1"], "central_members": ["central2"]}
    assert problems({**members, "own_criteria": True, **weights}) == []
    assert problems({"inspection_members": ["somebody"]}) == [("inspection_members", "member")]
    assert problems({"invite": "some"}) == [("province_codes", "required")]
    assert problems({"invite": "some", "province_codes": ["TH-50"]}) == []
    nothing = problems({"own_criteria": True, **dict.fromkeys(weights, 0)})
    assert nothing == [("phase1_leadership", "weights"), ("phase2_leadership", "weights")]
