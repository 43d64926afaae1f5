"""คณะกรรมการในพื้นที่: assesses on site where the province is (step 14)."""

from __future__ import annotations

from typing import Any

from engine.context import Context
from engine.registry import Pack
from handlers.shared import committee

pack = Pack("participation")


@pack.handler("area_committee.open_round2", parameters={"provinces": list, "applicants": list})
def open_round2(context: Context, provinces: list[dict[str, Any]], applicants: list[dict[str, Any]]) -> None:
    """Those who go to a province may read what it handed in; those who did not pass are told so."""
    for party in ("central_committee", "consultant", "opdc"):
        context.grant(party, "round2")
    for province in provinces:
        code = province["code"]
        for category in ("application", "round2"):
            context.grant(f"area_committee:{code}", category, code)
        context.grant(f"cluster_academics:{province['cluster']}", "round2", code)
    passed = {province["code"] for province in provinces}
    for province in applicants:
        if province["code"] not in passed:
            context.notify([f"province:{province['code']}"], "phase1_not_passed", province=province["th"], province_en=province["en"])


@pack.handler("area_committee.prepare_visit", parameters={"province": dict})
def prepare_visit(context: Context, province: dict[str, Any]) -> dict[str, Any]:
    """The judges on site: the area's members and the central committee's, without those who belong to the province."""
    area = committee.members(context, None, f"area_committee:{province['code']}")
    central = committee.members(context, context.variables.get("central_members"), "central_committee")
    return {"judges": committee.without(context, dict.fromkeys([*area, *central]), f"province:{province['code']}")}
