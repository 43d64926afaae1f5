"""From sheets to a ranking."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from handlers.shared import scoring

WEIGHTS = {"leadership": 25, "sustainability": 25, "public_issue": 30, "stakeholders": 20}


@dataclass(frozen=True)
class Row:
    unit: str
    task_id: str
    field: str
    value: Any
    created_by: str


def rows(unit: str, judge: str, points: list[int], task: str = "", opinion: str = "") -> list[Row]:
    values = dict(zip(scoring.CRITERIA, points, strict=True)) | {"opinion": opinion}
    return [Row(unit, task or f"{unit}-{judge}", name, value, judge) for name, value in values.items()]


def test_the_weighted_mean_over_judges() -> None:
    sheets = scoring.sheets(rows("A", "a", [80, 60, 90, 70], opinion=" ดี ") + rows("A", "b", [60, 60, 60, 60]))
    (result,) = scoring.rank(["A"], sheets, WEIGHTS, 68)
    assert result.score == Decimal("68.00")  # (20 + 15 + 27 + 14 + 60) / 2
    assert (result.passed, result.judges, result.opinions) == (True, 2, ("ดี",))
    assert result.means["leadership"] == Decimal("70.00")


def test_ties_share_a_rank_and_the_next_is_skipped() -> None:
    given = rows("A", "a", [70] * 4) + rows("B", "a", [80] * 4) + rows("C", "a", [70] * 4) + rows("D", "a", [10] * 4)
    results = scoring.rank(["A", "B", "C", "D"], scoring.sheets(given), WEIGHTS, 70)
    assert [(r.unit, r.rank, r.passed) for r in results] == [("B", 1, True), ("A", 2, True), ("C", 2, True), ("D", 4, False)]


def test_without_a_sheet_there_is_no_score() -> None:
    results = scoring.rank(["A", "B"], scoring.sheets(rows("B", "a", [0] * 4)), WEIGHTS, 0)
    assert [(r.unit, r.score, r.passed) for r in results] == [("B", Decimal("0.00"), True), ("A", None, False)]


def test_the_newest_complete_sheet_counts_and_members_of_the_province_do_not() -> None:
    given = rows("A", "a", [10] * 4, task="1") + rows("A", "a", [90] * 4, task="2") + rows("A", "own", [100] * 4)
    given.append(Row("A", "3", "leadership", 0, "a"))  # an incomplete later sheet
    sheets = scoring.sheets(given, {"A": frozenset({"own"})})
    assert [(sheet.judge, sheet.points["leadership"]) for sheet in sheets] == [("a", Decimal(90))]


def test_weights_need_not_be_a_hundred_but_something() -> None:
    sheets = scoring.sheets(rows("A", "a", [100, 0, 0, 0]))
    assert scoring.rank(["A"], sheets, dict.fromkeys(WEIGHTS, 1), 0)[0].score == Decimal("25.00")
    with pytest.raises(ValueError, match="nothing"):
        scoring.rank(["A"], sheets, dict.fromkeys(WEIGHTS, 0), 0)
