"""คณะกรรมการกลาง: judges the applications, from the papers and on site (steps 13, 14)."""

from __future__ import annotations

from typing import Any

from engine.context import Context
from engine.registry import Pack
from handlers.shared import committee, rounds

pack = Pack("participation")
PARTY = "central_committee"


@pack.handler("central_committee.open_round1", parameters={"provinces": list})
def open_round1(context: Context, provinces: list[dict[str, Any]]) -> None:
    """The committee reads every applicant's papers."""
    for province in provinces:
        context.grant(PARTY, "application", province["code"])
    for party in (PARTY, "consultant", "opdc"):
        context.grant(party, "round1")


@pack.handler("central_committee.assign_judges", parameters={"province": dict})
def assign_judges(context: Context, province: dict[str, Any]) -> dict[str, Any]:
    """Nobody scores a province he belongs to; a conflict is declared on the sheet itself."""
    candidates = committee.members(context, context.variables.get("central_members"), PARTY)
    return {"judges": committee.without(context, candidates, f"province:{province['code']}")}


@pack.handler("central_committee.close_round1", parameters={"provinces": list, "scoring": dict})
def close_round1(context: Context, provinces: list[dict[str, Any]], scoring: dict[str, Any]) -> dict[str, Any]:
    """Step 13: who passed on paper; they are asked to share their lessons later."""
    passed = rounds.close(context, 1, provinces, scoring)
    return {"passed1": passed, "lesson_provinces": passed}


@pack.handler("central_committee.close_round2", parameters={"provinces": list, "scoring": dict})
def close_round2(context: Context, provinces: list[dict[str, Any]], scoring: dict[str, Any]) -> dict[str, Any]:
    """Step 14: who passed on site."""
    return {"passed2": rounds.close(context, 2, provinces, scoring)}
