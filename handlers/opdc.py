"""สำนักงาน ก.พ.ร.: opens the round, writes the letters, puts things to the sub-commission, announces, reports."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date
from typing import Any

from engine.context import Context
from engine.registry import Pack
from handlers.shared import papers, project, provinces, scoring, story, windows

pack = Pack("participation")
OPTIONAL_LIST = {"type": ["array", "null"]}
OPTIONAL_TEXT = {"type": ["string", "null"]}

VISIT_PROGRAMME = [
    "จังหวัดนำเสนอผลการดำเนินงานการบริหารราชการแบบมีส่วนร่วม",
    "ผู้แทน อ.ก.พ.ร. และคณะกรรมการกลางซักถาม",
    "พบประชาชนและผู้มีส่วนได้ส่วนเสียในพื้นที่",
    "สรุปผลการตรวจเยี่ยม",
]


@pack.handler(
    "opdc.open_round",
    parameters={"year": int, "start_date": OPTIONAL_TEXT, "province_codes": OPTIONAL_LIST, "own_criteria": {"type": ["boolean", "null"]}},
)
def open_round(
    context: Context, year: int, start_date: str | None, province_codes: list[str] | None, own_criteria: bool | None
) -> dict[str, Any]:
    """Everything the year's project needs before step 1: provinces, clusters, windows, a first plan of the seminars (PROCESS.md 4, 5)."""
    project.check_start(context.variables, {party: {member.id for member in context.people(party)} for party in project.APPOINTED.values()})
    invited = provinces.of_year(context.resource("provinces.csv"), year, province_codes or ())
    names = context.resource("regions.toml")
    clusters = provinces.clusters_of(names, invited)
    dates, holidays = _windows(context, year, start_date), context.holidays
    regions = provinces.regions_of(names, invited)
    # Letters go out before the first seminar, and applications are invited after the last one, all within a month.
    days = windows.spread(windows.part(dates["9"], 0.25, 0.5), len(regions), holidays)
    for cluster in clusters:
        for province in cluster["provinces"]:
            context.grant(f"cluster_academics:{cluster['no']}", "application", province["code"])
    context.notify(["consultant", "opdc", "central_committee"], "project_started", year=year)
    return {
        "provinces": invited,
        "regions": regions,
        "clusters": clusters,
        "windows": dates,
        "seminar_plan": [{"region": r["key"], "name": r["th"], "date": day, "place": ""} for r, day in zip(regions, days, strict=True)],
        "own_criteria": bool(own_criteria),
        **{name: [] for name in ("applicants", "passed1", "passed2", "lesson_provinces", "proposed", "awarded", "visits", "seminars")},
    }


def _windows(context: Context, year: int, start_date: str | None) -> dict[str, dict[str, str]]:
    schedule = tomllib.loads(context.resource("schedule.toml").decode("utf-8"))
    start = date.fromisoformat(start_date[:10]) if start_date else windows.planned_start(schedule, year)
    return windows.of_project(schedule, year, start, context.holidays)


@pack.dated("project")
def project_dates(context: Context) -> dict[str, Any]:
    """The windows of a project that goes on by another schedule; and the closing, once it is fixed."""
    dates = _windows(context, context.variables["year"], context.variables.get("start_date"))
    closing = {"closing": windows.closing(dates["12"], context.now, context.holidays)} if "closing" in context.variables else {}
    return {"windows": dates, **closing}


def called_dates(context: Context) -> dict[str, Any]:
    """When the step is due for which a process was called."""
    step = next((one for one in context.progress().steps if one.n == context.instance.step), None)
    if step is None or step.closes is None:
        return {}
    return {name: step.closes.isoformat() for name in ("due", "closing") if name in context.variables}


for _process in ("acceptance", "seminar", "application", "desk_assessment", "site_assessment", "visit"):
    pack.dated(_process)(called_dates)


@pack.handler("opdc.put_to_subcommission", parameters={"deliverables": list, "reports": OPTIONAL_LIST})
def put_to_subcommission(context: Context, deliverables: list[str], reports: list[str] | None = None) -> None:
    """Steps 4, 18, 24: the sub-commission may read what is put to it."""
    for key in deliverables:
        context.grant("subcommission", "deliverable", key)
    for key in reports or ():
        context.grant("subcommission", "report", key)
    context.notify(["subcommission"], "put_to_subcommission", step=context.step)


@pack.handler("opdc.issue_letters", parameters={"template": str, "to": list, "others_template": OPTIONAL_TEXT, "others": OPTIONAL_LIST})
def issue_letters(
    context: Context,
    template: str,
    to: list[dict[str, Any]],
    others_template: str | None = None,
    others: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """One numbered PDF a province; whoever is in `others` but not in `to` gets the other letter. Nobody gets the same letter twice.

    The date on the letters is forgotten: the next ones are of another day.
    """
    addressed = {province["code"] for province in to}
    letters = [(province, template) for province in to]
    letters += [(province, others_template) for province in others or () if others_template and province["code"] not in addressed]
    sent = {(letter.unit, letter.deliverable) for letter in context.documents.find(category="letter")}
    agency = papers.agency(context)
    for province, name in letters:
        if (province["code"], name) not in sent:
            _letter(context, name, province, agency["prefix"])
    return {"letters": len(to), "letter_date": None}


def _letter(context: Context, template: str, province: dict[str, Any], prefix: str) -> None:
    number = papers.number(context, prefix)
    subject, subject_en = story.LETTERS[template]
    title = f"{subject} จังหวัด{province['th']}"
    data = {**papers.basis(context, title, number), "province": province, **FACTS.get(template, _nothing)(context, province)}
    content = context.typeset(f"letters/{template}.typ", data)
    papers.file_letter(context, template, title, content, unit=province["code"], number=number)
    context.notify([f"province:{province['code']}"], "letter_received", subject=subject, subject_en=subject_en, number=number)


def _nothing(context: Context, province: dict[str, Any]) -> dict[str, Any]:
    return {}


def _seminar(context: Context, province: dict[str, Any]) -> dict[str, Any]:
    plan = {row["region"]: row for row in context.variables["seminar_plan"]}
    seminar = plan.get(province["region"], {"name": "", "date": None, "place": ""})
    return {"seminar": {"place": "", **seminar}, "count": len(context.variables["provinces"])}


def _applications(context: Context, province: dict[str, Any]) -> dict[str, Any]:
    return {"closes": context.variables["closing"], "criteria": list(scoring.CRITERIA.values())}


def _site_period(context: Context, province: dict[str, Any]) -> dict[str, Any]:
    return {"site_period": context.variables.get("site_period") or ""}


def _visit(context: Context, province: dict[str, Any]) -> dict[str, Any]:
    planned = {row["province"]: row for row in context.variables.get("visit_schedule") or []}
    row = planned.get(province["code"], {})
    return {"visit": {"date": row.get("date"), "time": row.get("time") or ""}, "programme": VISIT_PROGRAMME}


def _ceremony(context: Context, province: dict[str, Any]) -> dict[str, Any]:
    variables = context.variables
    return {"ceremony_date": variables.get("ceremony_date"), "ceremony_place": variables.get("ceremony_place") or ""}


FACTS: dict[str, Callable[[Any, dict[str, Any]], dict[str, Any]]] = {
    "seminar_invitation": _seminar,
    "application_invitation": _applications,
    "phase2_notice": _site_period,
    "visit_schedule": _visit,
    "award_invitation": _ceremony,
}


@pack.handler("opdc.set_closing")
def set_closing(context: Context) -> dict[str, Any]:
    """When step 12 closes."""
    return {"closing": windows.closing(context.variables["windows"]["12"], context.now, context.holidays)}


@pack.handler("opdc.close_applications")
def close_applications(context: Context) -> dict[str, Any]:
    """Who applied: the provinces whose newest receipt has not been withdrawn. Drafts count as not applied (PROCESS.md 5)."""
    found = context.documents.find(category="application", deliverable="application")
    receipts = {receipt.unit: receipt for receipt in found}  # the newest last
    applicants = [
        province for province in context.variables["provinces"]
        if (receipt := receipts.get(province["code"])) is not None and receipt.state == "SUBMITTED"
    ]  # fmt: skip
    context.record("applications.closed", applicants=[province["code"] for province in applicants])
    context.notify(["opdc", "central_committee", "consultant"], "applications_closed", count=len(applicants))
    return {"applicants": applicants}


@pack.handler("opdc.submit_list", parameters={"provinces": list})
def submit_list(context: Context, provinces: list[dict[str, Any]]) -> dict[str, Any]:
    """Step 15: the list goes to the sub-commission with all that stands behind it."""
    agency = papers.agency(context)
    number = papers.number(context, agency["prefix"])
    title = story.LETTERS["list_submission"][0]
    regions = {region["key"]: region["th"] for region in context.variables["regions"]}
    rows = [{"th": province["th"], "region_th": regions.get(province["region"], "")} for province in provinces]
    content = context.typeset("letters/list_submission.typ", {**papers.basis(context, title, number), "provinces": rows})
    papers.file_letter(context, "list_submission", title, content, unit="subcommission", number=number)
    for category, unit in (("letter", "subcommission"), ("report", "phase1_report"), ("report", "phase2_report")):
        context.grant("subcommission", category, unit)
    for category in ("score1", "score2", "round1", "round2"):
        context.grant("subcommission", category)
    for province in provinces:
        context.grant("subcommission", "application", province["code"])
    context.notify(["subcommission"], "list_submitted", count=len(provinces))
    return {"letter_date": None}


@pack.handler("opdc.announce_result", parameters={"applicants": list, "awarded": list})
def announce_result(context: Context, applicants: list[dict[str, Any]], awarded: list[dict[str, Any]]) -> None:
    """Step 22: each applicant may now see its own scores (PROCESS.md 11)."""
    winners = {province["code"] for province in awarded}
    for province in applicants:
        code = province["code"]
        for category in ("score1", "score2"):
            context.grant(f"province:{code}", category, code)
        text = "result_awarded" if code in winners else "result_not_awarded"
        context.notify([f"province:{code}"], text, province=province["th"], province_en=province["en"])


@pack.handler("opdc.compile_project_report")
def compile_project_report(context: Context) -> None:
    """Step 24: the project as it stands, every step and delivery, for the report to the sub-commission."""
    papers.file_report(
        context, "final_report", "รายงานสรุปผลการดำเนินโครงการ", story.of_project(context), category="report", unit="final_report_24",
        deliverable="final_report_24", name="รายงานสรุปผลการดำเนินโครงการ",
    )  # fmt: skip
