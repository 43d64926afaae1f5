"""Dates, due dates and states as people read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask, g
from flask_babel import Babel

from engine.states import DocumentState, InstanceState, JobState, TaskState
from webui import rendering

NOW = datetime(2009, 7, 28, 3, 0, tzinfo=UTC)  # a Tuesday, 10:00 in Bangkok


@pytest.fixture(params=["th", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """A request in each language, on a day whose holidays are known."""
    app = Flask("webui")
    app.config["BABEL_DEFAULT_LOCALE"] = "th"
    Babel(app, locale_selector=lambda: request.param)
    app.extensions["ruam.holidays"] = (float("inf"), frozenset({date(2009, 7, 29)}))
    with app.test_request_context():
        g.language, g.now = request.param, NOW
        yield request.param


def test_a_day_is_written_in_the_era_of_its_language(language: str) -> None:
    expected = {"th": "ศ. 31 ก.ค. 2552", "en": "Fri 31 Jul 2009"}
    assert rendering.day(datetime(2009, 7, 30, 18, 0, tzinfo=UTC)) == expected[language], "after midnight in Bangkok"
    assert rendering.day(None) == ""


@pytest.mark.parametrize(
    ("due", "kind", "th", "en"),
    [
        (datetime(2009, 7, 31, 16, 59, tzinfo=UTC), "soon", "เหลือ 2 วันทำการ", "2 working days left"),
        (datetime(2009, 8, 10, 16, 59, tzinfo=UTC), "later", "เหลือ 8 วันทำการ", "8 working days left"),
        (datetime(2009, 7, 28, 16, 59, tzinfo=UTC), "today", "ครบกำหนดวันนี้", "Due today"),
        (datetime(2009, 7, 28, 2, 0, tzinfo=UTC), "overdue", "เพิ่งเกินกำหนด", "Overdue since today"),
        (datetime(2009, 7, 24, 16, 59, tzinfo=UTC), "overdue", "เกินมา 2 วันทำการ", "2 working days late"),
    ],
)
def test_how_long_is_left_counts_working_days(language: str, due: datetime, kind: str, th: str, en: str) -> None:
    said = rendering.due(due)
    assert said is not None
    assert (said.kind, said.left) == (kind, {"th": th, "en": en}[language])


def test_instants_in_a_forms_text_are_written_for_people(language: str) -> None:
    text = rendering.written("ปิด 2009-07-31T23:59:59+07:00 เริ่ม 2009-06-01 เลขที่ 2009-06-011")
    expected = {"th": "ปิด 31 ก.ค. 2552 23:59 น. เริ่ม จ. 1 มิ.ย. 2552", "en": "ปิด 31 Jul 2009 23:59 เริ่ม Mon 1 Jun 2009"}
    assert text == expected[language] + " เลขที่ 2009-06-011"


@pytest.mark.parametrize("typed", ["2009-02-30", "9999-99-99", "0000-00-00", "2009-06-01T25:61Z", "9999-12-31T23:59:59+99:00"])
def test_what_only_looks_like_a_date_stays_as_somebody_typed_it(language: str, typed: str) -> None:
    assert rendering.written(f"เลขที่ {typed} ครับ") == f"เลขที่ {typed} ครับ"


@pytest.mark.parametrize("far", [datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)])
def test_the_ends_of_the_calendar_can_be_shown(language: str, far: datetime) -> None:
    """Programs write the last moment there is for “never”: in Bangkok it would be in the year after."""
    assert str(far.year + (543 if language == "th" else 0)) in rendering.moment(far)
    assert "" not in (rendering.day(far), rendering.clock(far), rendering.written(far.isoformat()))
    said = rendering.due(far)
    assert said is not None
    assert said.kind == ("later" if far > NOW else "overdue")


@pytest.mark.parametrize(("count", "words"), [(512, "512 B"), (1_500, "1.5 KB"), (20 * 1024 * 1024, "20 MB"), (3 * 1024**3, "3.0 GB")])
def test_sizes(count: int, words: str) -> None:
    assert rendering.size(count) == words


@pytest.mark.parametrize("state", [*TaskState, *InstanceState, *DocumentState, *JobState])
def test_every_state_has_a_look_of_its_own(state: str, language: str) -> None:
    look = rendering.look(state)
    assert str(look.word) != str(state), "a word people know"
    assert look.kind in {"done", "open", "waiting", "overdue", "returned", "sealed"}
