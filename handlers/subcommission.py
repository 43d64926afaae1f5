"""อ.ก.พ.ร.: takes note, delegates, selects (steps 4, 15, 18, 24)."""

from __future__ import annotations

from typing import Any

from engine.context import Context
from engine.registry import Pack

pack = Pack("participation")


@pack.handler("subcommission.record_selection", parameters={"selection": str, "selected": list, "reasons": str})
def record_selection(context: Context, selection: str, selected: list[str], reasons: str = "") -> dict[str, Any]:
    """Step 18: yes names the provinces to be awarded, of those that passed round 2; none is no award (PROCESS.md 8, 9)."""
    if selection != "yes":
        context.record("selection", selection=selection, reasons=reasons)
        return {"awarded": [], "result": "no_award"}
    awarded = [province for province in context.variables["passed2"] if province["code"] in selected]
    result = "award" if awarded else "no_award"
    context.record("selection", selection=selection, awarded=[province["code"] for province in awarded], result=result)
    return {"awarded": awarded, "result": result}
