"""Timers: ISO 8601 to instants (BPMN 2.0, 10.5.5.7)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.errors import LanguageError
from engine.language import evaluate
from engine.language.timers import parse_timer

NOW = datetime(2009, 1, 31, tzinfo=UTC)  # 07:00 in Bangkok


def rounds(text: str, number: int, now: datetime = NOW) -> list[str]:
    """The first rounds of a cycle."""
    timer = parse_timer("cycle", text, now)
    found = []
    while timer is not None and len(found) < number:
        found.append(timer.due.isoformat())
        assert timer.cycle is not None
        timer = timer.cycle.next(timer.due)  # type: ignore[assignment]
    return found


@pytest.mark.parametrize(
    ("kind", "value", "due"),
    [
        ("date", "2009-06-01", "2009-05-31T17:00:00+00:00"),
        ("date", date(2009, 6, 1), "2009-05-31T17:00:00+00:00"),
        ("date", "2009-06-01T08:30:00", "2009-06-01T01:30:00+00:00"),
        ("date", "2009-06-01T08:30:00Z", "2009-06-01T08:30:00+00:00"),
        ("date", "2009-06-01T08:30+02:00", "2009-06-01T06:30:00+00:00"),
        ("date", "2009-06-01T08:30:00@Europe/Berlin", "2009-06-01T06:30:00+00:00"),
        ("date", "2009-06-01T08:30:00[Europe/Berlin]", "2009-06-01T06:30:00+00:00"),
        ("date", "2009-06-01T08:30:00+02:00[Europe/Berlin]", "2009-06-01T06:30:00+00:00"),
        ("duration", "PT10M", "2009-01-31T00:10:00+00:00"),
        ("duration", "P0.5D", "2009-01-31T12:00:00+00:00"),
        ("duration", "P2W", "2009-02-14T00:00:00+00:00"),
        ("duration", "P1M", "2009-02-28T00:00:00+00:00"),
        ("duration", "P1Y2M3DT4H5M6.5S", "2010-04-03T04:05:06.500000+00:00"),
    ],
)
def test_due(kind: str, value: Any, due: str) -> None:
    timer = parse_timer(kind, value, NOW)
    assert timer.due.isoformat() == due
    assert timer.cycle is None


def test_cycles() -> None:
    assert rounds("R3/PT10M", 9) == ["2009-01-31T00:10:00+00:00", "2009-01-31T00:20:00+00:00", "2009-01-31T00:30:00+00:00"]
    assert len(rounds("R/PT1H", 9)) == 9
    assert len(rounds("R-1/PT1H", 9)) == 9
    assert len(rounds("PT1H", 9)) == 1
    assert rounds("R5/P1D/2009-02-03", 9) == ["2009-02-01T00:00:00+00:00", "2009-02-02T00:00:00+00:00"]
    assert rounds("R2/2009-06-01/2009-06-08", 9) == ["2009-05-31T17:00:00+00:00", "2009-06-07T17:00:00+00:00"]


def test_months_come_back_to_the_last_day() -> None:
    assert [due[:10] for due in rounds("R/2009-01-31T12:00:00/P1M", 4)] == ["2009-01-31", "2009-02-28", "2009-03-31", "2009-04-30"]


def test_rounds_before_now_are_not_made_up_for() -> None:
    now = datetime(2009, 6, 15, tzinfo=UTC)
    assert rounds("R/2009-06-01T00:00:00Z/P1W", 2, now) == ["2009-06-15T00:00:00+00:00", "2009-06-22T00:00:00+00:00"]
    assert rounds("R3/2009-06-01T00:00:00Z/P1W", 9, now) == ["2009-06-15T00:00:00+00:00"]
    assert rounds("R/2009-01-31T00:00:00Z/P1M", 2, now) == ["2009-06-30T00:00:00+00:00", "2009-07-31T00:00:00+00:00"]
    assert rounds("R2/2008-01-01T00:00:00Z/P1D", 9, now) == ["2008-01-02T00:00:00+00:00"]


def test_a_round_that_was_moved_moves_the_rest() -> None:
    timer = parse_timer("cycle", "R3/P1D", NOW)
    assert timer.cycle is not None
    following = timer.cycle.next(datetime(2009, 3, 1, tzinfo=UTC))
    assert following is not None
    assert following.due == datetime(2009, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("date", "2009-06-31"),
        ("date", "tomorrow"),
        ("date", "P1D"),
        ("date", ""),
        ("date", None),
        ("date", 5),
        ("duration", "10 minutes"),
        ("duration", "P"),
        ("duration", "P1DT"),
        ("duration", "P0.5M"),
        ("duration", "P99999Y"),
        ("duration", "2009-06-01"),
        ("cycle", "0 0 9 * * MON"),
        ("cycle", "R3"),
        ("cycle", "R0/PT1M"),
        ("cycle", "R/PT0S"),
        ("cycle", "R/-PT5M"),
        ("cycle", "R2/P1D/2009-01-01"),
        ("cycle", "R2/P1D/P1D"),
        ("nonsense", "PT1S"),
    ],
)
def test_refused(kind: str, value: Any) -> None:
    with pytest.raises(LanguageError) as caught:
        parse_timer(kind, value, NOW)
    assert str(value) in caught.value.message or "cycle" in caught.value.message or kind in caught.value.message


def test_zeebes_cycle() -> None:
    assert evaluate('= cycle(3, duration("PT1H"))', {}) == "R3/PT1H"
    assert evaluate('= cycle(duration("P1M"))', {}) == "R/P1M"


def test_now_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        parse_timer("duration", "PT1S", datetime(2009, 1, 1))  # noqa: DTZ001
