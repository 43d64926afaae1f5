"""จังหวัด: applies, replaces, withdraws or declines (step 12)."""

from __future__ import annotations

from typing import Any

from engine.context import Context
from engine.registry import Pack
from handlers.shared import papers

pack = Pack("participation")
CATEGORY = "application"


@pack.handler("province.submit", parameters={"province": dict})
def submit(context: Context, province: dict[str, Any]) -> dict[str, Any]:
    """The receipt, newest of its kind, is what says that the province applies: `opdc.close_applications` reads it."""
    code = province["code"]
    files = [paper for paper in context.documents.find(category=CATEGORY, unit=code) if paper.deliverable != "application"]
    submitted_at = context.now.isoformat()
    facts = {
        "province": province,
        "submitted": submitted_at,
        "facts": _facts(context),
        "files": [{"name": paper.name, "version": paper.version} for paper in files if paper.state != "RETURNED"],
    }
    papers.file_report(
        context, "application_receipt", f"ใบรับข้อเสนอ จังหวัด{province['th']}", facts, category=CATEGORY, unit=code, deliverable="application",
        name=f"ใบรับข้อเสนอ จังหวัด{province['th']}",
    )  # fmt: skip
    context.record("application.submitted", province=code)
    context.notify(["opdc", f"province:{code}"], "application_received", province=province["th"], province_en=province["en"])
    return {"submitted_at": submitted_at}


@pack.handler("province.decline", parameters={"province": dict})
def decline(context: Context, province: dict[str, Any]) -> None:
    """The province does not take part this year."""
    context.record("application.declined", province=province["code"], reasons=context.variables.get("decline_reasons") or "")


@pack.handler("province.withdraw", parameters={"province": dict})
def withdraw(context: Context, province: dict[str, Any]) -> None:
    """What was handed in counts no more; the province may apply again until closing."""
    code = province["code"]
    for paper in context.documents.find(category=CATEGORY, unit=code):
        if paper.state != "RETURNED":
            context.documents.mark(paper.id, "RETURNED", "จังหวัดถอนใบสมัคร")
    context.record("application.withdrawn", province=code)
    context.notify(["opdc", f"province:{code}"], "application_withdrawn", province=province["th"], province_en=province["en"])


def _facts(context: Context) -> list[dict[str, Any]]:
    """What the application form says, as lines of the receipt."""
    variables = context.variables
    lines = (("project_name", "ชื่อผลงาน"), ("public_issue", "ประเด็นสาธารณะ"), ("coordinator", "ผู้ประสานงาน"), ("summary", "สรุปผลงาน"))
    return [{"th": th, "value": str(variables[name])} for name, th in lines if variables.get(name)]
