"""Dates as people here write them, digits and order."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dates.thai import arabic_digits, check_iso_date, format_date, format_datetime, parse_date, sort_key, thai_digits
from engine.errors import Invalid

DAY = date(2009, 7, 31)


@pytest.mark.parametrize(
    ("style", "thai", "english"),
    [
        ("full", "วันศุกร์ที่ 31 กรกฎาคม พ.ศ. 2552", "Friday 31 July 2009"),
        ("long", "31 กรกฎาคม 2552", "31 July 2009"),
        ("short", "31 ก.ค. 2552", "31 Jul 2009"),
        ("weekday", "ศ. 31 ก.ค. 2552", "Fri 31 Jul 2009"),
        ("month", "กรกฎาคม 2552", "July 2009"),
        ("numeric", "31/7/2552", "31/7/2009"),
    ],
)
def test_format(style: str, thai: str, english: str) -> None:
    assert format_date(DAY, style) == thai
    assert format_date(DAY, style, locale="en") == english


def test_format_of_instants_is_bangkoks() -> None:
    evening = datetime(2009, 7, 30, 18, 5, tzinfo=UTC)
    assert format_datetime(evening) == "31 ก.ค. 2552 01:05 น."
    assert format_datetime(evening.isoformat(), locale="en") == "31 Jul 2009 01:05"
    assert format_date("2009-07-31", digits="thai") == "๓๑ กรกฎาคม ๒๕๕๒"


@pytest.mark.parametrize(
    "text",
    [
        "31/7/2552", "31-07-2552", "31.7.2009", "๓๑/๗/๒๕๕๒", "31 ก.ค. 2552", "31 กค 2552", "31 กรกฎาคม พ.ศ. 2552", "31 กรกฎา 2552",
        "ศ. 31 ก.ค. 2552", "วันศุกร์ที่ ๓๑ กรกฎาคม พ.ศ. ๒๕๕๒", "31 July 2009", "Fri 31 Jul 2009", "31 July 2552 BE", "2009-07-31", "2552-07-31",
        "  31   ก.ค.  2552 ", "31 ก.ค. ค.ศ. 2009", "31/7/พ.ศ.2552",
    ],
)  # fmt: skip
def test_parse(text: str) -> None:
    assert parse_date(text) == DAY


@pytest.mark.parametrize(
    ("text", "english", "thai"),
    [
        ("31/6/2552", "There is no 31 June 2009", "ไม่มีวันที่ 31 มิถุนายน 2552"),
        ("29 ก.พ. 2552", "that month has 28 days", "เดือนนั้นมี 28 วัน"),
        ("1/13/2552", "There is no month 13", "ไม่มีเดือนที่ 13"),
        ("31/7/52", "Write the year in full: 2552", "2552"),
        ("31 ก.ค. พ.ศ. 2009", "2009 is a year of the Common Era", "หากเป็น พ.ศ. คือ 2552"),
        ("31 ก.ค. ค.ศ. 2552", "in the Common Era it is 2009", "หากเป็น ค.ศ. คือ 2009"),
        ("31/7/1500", "cannot be right", "ไม่ถูกต้อง"),
        ("31/7/25520", "cannot be right", "ไม่ถูกต้อง"),
        ("พรุ่งนี้", "is not a date", "ไม่ใช่วันที่"),
        ("", "is not a date", "ไม่ใช่วันที่"),
        ("32 Foo 2009", "is not a date", "ไม่ใช่วันที่"),
    ],
)
def test_wrong_dates_are_explained_in_both_languages(text: str, english: str, thai: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_date(text, field="/day")
    (problem,) = caught.value.problems
    assert english in problem.message
    assert thai in problem.message_th
    assert problem.field == "/day"


def test_stored_dates_are_ce() -> None:
    assert check_iso_date("2009-07-31") is None
    be, june, nonsense = check_iso_date("2552-07-31"), check_iso_date("2009-06-31"), check_iso_date("31/7/2552")
    assert be is not None
    assert "did you mean 2009-07-31" in be.message
    assert june is not None
    assert "30 days" in june.message
    assert nonsense is not None


@given(
    st.dates(date(1900, 1, 1), date(2399, 12, 31)),
    st.sampled_from(["full", "long", "short", "weekday", "numeric"]),
    st.sampled_from(["th", "en"]),
)
def test_what_is_written_is_read_again(day: date, style: str, locale: str) -> None:
    assert parse_date(format_date(day, style, locale=locale)) == day
    assert parse_date(format_date(day, style, locale=locale, digits="thai")) == day


@given(st.text(max_size=100))
def test_any_text_is_a_date_or_a_problem(text: str) -> None:
    try:
        found: date | Invalid = parse_date(text)
    except Invalid as error:
        found = error
    assert isinstance(found, date) or found.problems[0].message_th


def test_digits() -> None:
    assert thai_digits(2552) == "๒๕๕๒"
    assert arabic_digits("๒๕๕๒") == "2552"


def test_dictionary_order() -> None:
    expected = [
        "กระบี่",
        "กรุงเทพมหานคร",
        "เกาะ",
        "แก",
        "ขอนแก่น",
        "เชียงราย",
        "เชียงใหม่",
        "ไทย",
        "พะเยา",
        "พิจิตร",
        "เพชรบุรี",
        "แพร่",
        "ลำปาง",
        "เลย",
        "สตูล",
        "อุบล",
    ]
    assert sorted(set(expected), key=sort_key) == expected
    assert sorted(["ข้า", "ขา", "ค่า", "คา"], key=sort_key) == ["ขา", "ข้า", "คา", "ค่า"]
