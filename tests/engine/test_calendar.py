"""Working days around Thai holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dates.calendar import (
    BANGKOK,
    end_of_day,
    expression_functions,
    is_working_day,
    last_working_day,
    seed_holidays,
    working_days_after,
    working_days_before,
    working_days_between,
)
from engine.language import evaluate
from engine.language.functions import HOST_FUNCTIONS

HOLIDAYS = {date(2009, 7, 6), date(2009, 7, 7), date(2009, 7, 8)}


def test_before_and_after_skip_weekends_and_holidays() -> None:
    due = datetime(2009, 7, 9, 16, 30, tzinfo=BANGKOK)
    assert working_days_before(due, 1, HOLIDAYS) == datetime(2009, 7, 3, 16, 30, tzinfo=BANGKOK)
    assert working_days_before(due, 0, HOLIDAYS) == due
    assert working_days_after(datetime(2009, 7, 3, 9, tzinfo=BANGKOK), 2, HOLIDAYS) == datetime(2009, 7, 10, 9, tzinfo=BANGKOK)


def test_the_day_is_bangkoks() -> None:
    late = datetime(2009, 7, 2, 18, tzinfo=UTC)  # already Friday the 3rd in Bangkok
    assert working_days_after(late, 1, HOLIDAYS).date() == date(2009, 7, 9)


def test_last_working_day_and_end_of_day() -> None:
    assert last_working_day(date(2009, 7, 1)) == date(2009, 7, 31)
    assert last_working_day(date(2009, 5, 5), {date(2009, 5, 29)}) == date(2009, 5, 28)
    assert last_working_day(date(2009, 2, 1)) == date(2009, 2, 27)
    assert end_of_day(date(2009, 7, 31)).isoformat() == "2009-07-31T23:59:59+07:00"


@given(st.dates(date(2009, 1, 1), date(2010, 12, 31)), st.integers(0, 40))
def test_after_and_between_are_inverse(start: date, number: int) -> None:
    later = working_days_after(datetime.combine(start, datetime.min.time(), BANGKOK), number, HOLIDAYS).date()
    assert working_days_between(start, later, HOLIDAYS) == number
    assert working_days_between(later, start, HOLIDAYS) == -number
    counted = sum(is_working_day(start + timedelta(days=n), HOLIDAYS) for n in range(1, (later - start).days + 1))
    assert counted == number


def test_seed_holidays() -> None:
    found = {holiday.day: holiday for holiday in seed_holidays(range(2009, 2010))}
    assert found[date(2009, 7, 7)].th == "วันอาสาฬหบูชา"
    assert date(2009, 12, 7) in found  # in lieu of Saturday the 5th
    assert all(holiday.th and holiday.en for holiday in found.values())


def test_what_cannot_be_counted_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        working_days_after(datetime(2009, 1, 1), 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="expected 0"):
        working_days_after(datetime(2009, 1, 1, tzinfo=UTC), -1)


def test_expression_functions() -> None:
    functions = expression_functions(datetime(2009, 7, 3, 2, tzinfo=UTC), HOLIDAYS)
    assert set(functions) == HOST_FUNCTIONS - {"people", "currentUser", "currentUserGroups", "execution"}, "people come from the database"
    assert evaluate("today()", {}, functions=functions) == "2009-07-03"
    assert evaluate("working_days_after(now(), 1)", {}, functions=functions) == "2009-07-09T09:00:00+07:00"
    assert evaluate("working_days_before(due, 1)", {"due": "2009-07-09"}, functions=functions) == "2009-07-03T00:00:00+07:00"
    assert evaluate("end_of_day(last_working_day(today()))", {}, functions=functions) == "2009-07-31T23:59:59+07:00"
