"""ที่ปรึกษา: the plaques and the project's final report (steps 20, 22)."""

from __future__ import annotations

from typing import Any

from engine.context import Context
from engine.registry import Pack
from handlers.shared import papers, story

pack = Pack("participation")


@pack.handler("consultant.prepare_awards", parameters={"awarded": list})
def prepare_awards(context: Context, awarded: list[dict[str, Any]]) -> dict[str, Any]:
    """Step 20: the list of plaques, one a winning province; without winners only the lessons are made and accepted."""
    if not awarded:
        return {"papers21": ["lessons"]}
    title = "รายการโล่รางวัล"
    papers.file_report(context, "plaque_list", title, {"winners": awarded}, category="project", deliverable="plaque_list", name=title)
    return {"papers21": ["plaques", "lessons"]}


@pack.handler("consultant.compile_final_report")
def compile_final_report(context: Context) -> None:
    """Step 22: what happened when, for the consultant to build the final report on."""
    papers.file_report(
        context, "final_report", "รายงานสรุปผลการดำเนินโครงการ (ร่าง)", story.of_project(context), category="report", unit="final_draft",
        deliverable="final_draft", name="รายงานสรุปผลการดำเนินโครงการ (ร่าง)",
    )  # fmt: skip
