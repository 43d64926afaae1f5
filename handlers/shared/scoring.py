"""From sealed score sheets to a ranking (PROCESS.md 10): the weighted mean over judges; equal results share a rank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CRITERIA = {
    "leadership": "ภาวะผู้นำของผู้บริหารในระดับจังหวัด",
    "sustainability": "ความยั่งยืนของการดำเนินงานที่เป็นรูปธรรม",
    "public_issue": "การกำหนดประเด็นสาธารณะที่จะดำเนินการ ซึ่งต้องเป็นประเด็นของจังหวัด และต้องมีความชัดเจน",
    "stakeholders": "การกำหนดกลุ่มผู้มีส่วนได้ส่วนเสีย (Stakeholder) ที่ชัดเจน",
}
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one judge gave one province: 0–100 for each criterion."""

    unit: str
    judge: str
    points: Mapping[str, Decimal]
    opinion: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A province's result in a round; without a sheet it has no score and comes last. Scores are rounded to hundredths, as printed."""

    unit: str
    score: Decimal | None
    rank: int
    passed: bool
    judges: int
    means: Mapping[str, Decimal]
    opinions: tuple[str, ...]


def sheets(rows: Iterable[Any], excluded: Mapping[str, frozenset[str]] | None = None) -> list[Sheet]:
    """Group sealed rows, oldest first, into sheets: the newest complete one of each judge and province.

    `excluded`: unit → judges whose sheets do not count (they belong to the province).
    """
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in rows:
        key = (row.unit, row.created_by, row.task_id)
        found.setdefault(key, {})[row.field] = row.value
    newest: dict[tuple[str, str], Sheet] = {}
    for (unit, judge, _task), values in found.items():
        if CRITERIA.keys() <= values.keys() and judge not in (excluded or {}).get(unit, frozenset()):
            points = {criterion: Decimal(str(values[criterion])) for criterion in CRITERIA}
            newest[unit, judge] = Sheet(unit, judge, points, str(values.get("opinion") or "").strip())
    return list(newest.values())


def rank(units: Sequence[str], given: Iterable[Sheet], weights: Mapping[str, Any], pass_mark: Any) -> list[Result]:
    """The results of all `units`, best first; those of equal score in the order of `units`, sharing a rank (1, 1, 3).

    `weights` need not add up to 100. Raises ValueError where they add up to nothing.
    """
    share = {criterion: Decimal(str(weights[criterion])) for criterion in CRITERIA}
    whole = sum(share.values())
    if whole <= 0:
        raise ValueError("the weights add up to nothing")
    by_unit: dict[str, list[Sheet]] = {unit: [] for unit in units}
    for sheet in given:
        if sheet.unit in by_unit:
            by_unit[sheet.unit].append(sheet)
    scored = [(unit, _score(by_unit[unit], share, whole)) for unit in units]
    scored.sort(key=lambda pair: -1 if pair[1] is None else pair[1], reverse=True)
    results: list[Result] = []
    for place, (unit, score) in enumerate(scored, 1):
        tied = results[-1].rank if results and results[-1].score == score else place
        of_unit = by_unit[unit]
        passed = score is not None and score >= Decimal(str(pass_mark))
        results.append(Result(unit, score, tied, passed, len(of_unit), means(of_unit), tuple(s.opinion for s in of_unit if s.opinion)))
    return results


def _score(of_unit: Sequence[Sheet], share: Mapping[str, Decimal], whole: Decimal | int) -> Decimal | None:
    if not of_unit:
        return None
    total = sum((sheet.points[criterion] * weight for sheet in of_unit for criterion, weight in share.items()), Decimal())
    return (total / whole / len(of_unit)).quantize(HUNDREDTH, ROUND_HALF_UP)


def means(of_unit: Sequence[Sheet]) -> dict[str, Decimal]:
    """The mean of each criterion over the judges; nothing without a sheet."""
    if not of_unit:
        return {}
    return {
        criterion: (sum((sheet.points[criterion] for sheet in of_unit), Decimal()) / len(of_unit)).quantize(HUNDREDTH, ROUND_HALF_UP)
        for criterion in CRITERIA
    }
