"""What happened in the project so far, as the final report tells it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from engine.context import Context
from engine.dates.zone import BANGKOK

LETTERS = {
    "seminar_invitation": ("เชิญเข้าร่วมประชุมสัมมนา", "Invitation to the seminar"),
    "application_invitation": ("เชิญชวนสมัครส่งผลงานเข้าร่วมประกวด", "Invitation to apply"),
    "phase2_notice": ("แจ้งผลการประเมินระยะที่ 1 และขอตรวจประเมินระยะที่ 2", "Result of phase 1 and assessment on site"),
    "phase1_regret": ("แจ้งผลการประเมินระยะที่ 1", "Result of phase 1"),
    "visit_schedule": ("แจ้งกำหนดการตรวจเยี่ยม", "Schedule of the visit"),
    "award_invitation": ("แจ้งผลการพิจารณาและเชิญรับรางวัล", "Result and invitation to the award"),
    "list_submission": ("เสนอรายชื่อจังหวัดที่ผ่านเกณฑ์ต่อ อ.ก.พ.ร.", "List put to the sub-commission"),
}  # template → what the letter is about, Thai and English


def of_project(context: Context) -> dict[str, Any]:
    """The facts of `letters/final_report.typ`."""
    variables = context.variables
    visits = variables.get("visits") or []
    counts = (
        ("จังหวัดที่เชิญ", len(variables["provinces"])),
        ("จังหวัดที่สมัครส่งผลงาน", len(variables["applicants"])),
        ("จังหวัดที่ผ่านการประเมินระยะที่ 1", len(variables["passed1"])),
        ("จังหวัดที่ผ่านการประเมินระยะที่ 2", len(variables["passed2"])),
        ("จังหวัดที่ตรวจเยี่ยม", len(visits)),
        ("จังหวัดที่ได้รับรางวัล", len(variables["awarded"])),
    )
    return {
        "counts": [{"th": th, "count": count} for th, count in counts],
        "winners": variables["awarded"],
        "steps": [_step(step) for step in context.progress()],
        "instalments": [_instalment(instalment) for instalment in context.instalments()],
        "letters": _letters(context),
        "summary": variables.get("project_summary") or "",
    }


def _letters(context: Context) -> list[dict[str, Any]]:
    issued = Counter((letter.step, letter.deliverable) for letter in context.documents.find(category="letter"))
    return [
        {"step": step, "th": LETTERS[template or ""][0], "count": count}
        for (step, template), count in sorted(issued.items(), key=lambda item: (int(item[0][0] or 0), item[0][1] or ""))
    ]


def _step(step: Any) -> dict[str, Any]:
    return {"n": step.n, "th": step.name, "started": _iso(step.started), "completed": _iso(step.completed), "times": step.times}


def _instalment(instalment: Any) -> dict[str, Any]:
    return {
        "n": instalment.n,
        "accepted": _iso(instalment.accepted),
        "deliverables": [
            {
                "th": paper.th,
                "copies": paper.copies,
                "cds": paper.cds,
                "delivered": _iso(paper.delivered),
                "accepted": paper.accepted,
                "returned": paper.returned,
            }
            for paper in instalment.deliverables
        ],
    }


def _iso(instant: Any) -> str | None:

    return None if instant is None else instant.astimezone(BANGKOK).isoformat()
