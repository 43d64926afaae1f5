"""Closing a round of assessment: from sealed sheets to the list of provinces that passed, and the report (PROCESS.md 10, 11)."""

from __future__ import annotations

from typing import Any

from engine.context import Context
from handlers.shared import papers, scoring

READERS = ("consultant", "opdc", "central_committee")


def close(context: Context, phase: int, provinces: list[dict[str, Any]], scheme: dict[str, Any]) -> list[dict[str, Any]]:
    """Compute the ranking, file its report, open the sheets to those who may now see them; return the provinces that passed.

    Scores and ranks go into the report alone, never into variables.
    """
    rows = context.sealed(f"score{phase}")
    codes = [province["code"] for province in provinces]
    own = {code: frozenset(member.id for member in context.people(f"province:{code}")) for code in codes}
    results = scoring.rank(codes, scoring.sheets(rows, own), scheme, scheme["pass"])
    _report(context, phase, provinces, scheme, results)
    for reader in READERS:
        context.grant(reader, f"score{phase}")
    passed = {result.unit for result in results if result.passed}
    return [province for province in provinces if province["code"] in passed]


def _report(context: Context, phase: int, provinces: list[dict[str, Any]], scheme: dict[str, Any], results: list[scoring.Result]) -> None:
    names = {province["code"]: province for province in provinces}
    whole = sum(float(scheme[key]) for key in scoring.CRITERIA)
    facts = {
        "phase": phase,
        "criteria": [{"key": key, "th": th, "weight": f"{float(scheme[key]) * 100 / whole:g}"} for key, th in scoring.CRITERIA.items()],
        "pass_mark": float(scheme["pass"]),
        "ranking": [_line(result, names[result.unit]) for result in results],
    }
    papers.file_report(
        context, "round_report", f"รายงานผลการตรวจสอบประเมินระยะที่ {phase}", facts, category="report", unit=f"phase{phase}_report",
        deliverable=f"phase{phase}_ranking", name=f"ผลการตรวจสอบประเมินระยะที่ {phase}",
    )  # fmt: skip


def _line(result: scoring.Result, province: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": result.unit,
        "th": province["th"],
        "rank": result.rank,
        "score": None if result.score is None else float(result.score),
        "passed": result.passed,
        "judges": result.judges,
        "criteria": {key: float(mean) for key, mean in result.means.items()},
        "opinions": list(result.opinions),
    }
