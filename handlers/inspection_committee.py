"""คณะกรรมการตรวจรับผลงาน: examines the paid deliveries (steps 5, 7, 19, 21, 23; PROCESS.md 7)."""

from __future__ import annotations

import tomllib
from typing import Any

from engine.context import Context
from engine.registry import Pack
from handlers.shared import committee, papers

pack = Pack("participation")
PARTY = "inspection_committee"


@pack.handler("inspection_committee.open_acceptance", parameters={"deliverables": list, "instalment": int})
def open_acceptance(context: Context, deliverables: list[str], instalment: int) -> dict[str, Any]:
    """Fix who examines what: members are those of the committee now, never one of the consultant."""
    appointed = committee.members(context, context.variables.get("inspection_members"), PARTY)
    members = committee.without(context, appointed, "consultant")
    if not members:
        raise ValueError("the inspection committee has no member who is not of the consultant")
    for key in deliverables:
        context.grant(PARTY, "deliverable", key)
    context.notify([PARTY], "acceptance_opened", instalment=instalment)
    return {"members": members, "examined": _papers(context, deliverables), "round": 1, "rounds": []}


@pack.handler("inspection_committee.conclude", parameters={"verdicts": list, "examined": list})
def conclude(context: Context, verdicts: list[dict[str, Any]], examined: list[dict[str, Any]]) -> dict[str, Any]:
    """Unanimity: what anybody returns is returned, with everybody's reasons; a return that names nothing returns all."""
    keys = [paper["key"] for paper in examined]
    reasons = {key: _reasons(verdicts, key, keys) for key in keys}
    number = context.variables["round"]
    for key in keys:
        document = _newest(context, key)
        if document is not None:
            context.documents.mark(document.id, "RETURNED" if reasons[key] else "ACCEPTED", "; ".join(reasons[key]) or None)
    returned = [{**paper, "reasons": "; ".join(reasons[key]), "round": number} for paper in examined if reasons[(key := paper["key"])]]
    record = {
        "round": number,
        "date": context.now.isoformat(),
        "examined": keys,
        "versions": {key: _version(context, key) for key in keys},
        "verdicts": _named(context, verdicts),
        "returned": [paper["key"] for paper in returned],
    }
    context.record("acceptance", round=number, accepted=not returned, returned=record["returned"])
    if returned:
        names = {language: ", ".join(paper[language] for paper in returned) for language in ("th", "en")}
        context.notify(sorted({paper["party"] for paper in returned}), "acceptance_returned", papers=names["th"], papers_en=names["en"])
    return {"accepted": not returned, "returned": returned, "rounds": [*context.variables.get("rounds", []), record]}


@pack.handler("inspection_committee.reopen", parameters={"returned": list})
def reopen(context: Context, returned: list[dict[str, Any]]) -> dict[str, Any]:
    """The next round examines only what was returned."""
    examined = [{name: value for name, value in paper.items() if name not in ("reasons", "round")} for paper in returned]
    return {"examined": examined, "round": context.variables["round"] + 1}


@pack.handler("inspection_committee.certify", parameters={"instalment": int, "part": str, "deliverables": list, "rounds": list})
def certify(context: Context, instalment: int, part: str, deliverables: list[str], rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """The certificate with every round, all members' decisions and the dissent; then the accepted papers are opened to others."""
    table = {paper["key"]: paper for paper in _papers(context, deliverables)}
    facts = {
        "instalment": instalment,
        "subject": "ตรวจรับบางส่วนเพื่อใช้งาน" if part == "partial" else "ตรวจรับงานทั้งงวดส่วนที่เหลือ",
        "rounds": [_round(record, table) for record in rounds],
    }
    certificate = papers.file_report(
        context, "acceptance_certificate", f"ใบตรวจรับงานงวดที่ {instalment}", facts, category="project", deliverable="acceptance_certificate",
        unit=f"step{context.step}", name=f"ใบตรวจรับงานงวดที่ {instalment} (ขั้นตอนที่ {context.step})",
    )  # fmt: skip
    for key in deliverables:
        for party in _facts(context).get(key, {}).get("open_to", []):
            context.grant(party, "deliverable.accepted", key)
    context.notify([PARTY, "consultant", "opdc"], "acceptance_certified", instalment=instalment)
    return {"certificate": certificate.id}


def _facts(context: Context) -> dict[str, Any]:
    table = tomllib.loads(context.resource("deliverables.toml").decode("utf-8"))
    return dict(table.get("deliverables", table))


def _papers(context: Context, keys: list[str]) -> list[dict[str, Any]]:
    facts = _facts(context)
    return [
        {
            "key": key,
            "th": facts[key]["th"],
            "en": facts[key]["en"],
            "party": facts[key].get("party", "consultant"),
            "copies": _copies(context, key, facts[key]),
            "cds": facts[key].get("cds"),
        }
        for key in keys
    ]


def _copies(context: Context, key: str, facts: dict[str, Any]) -> int | None:
    """Of most papers the table says how many; of plaques there is one a winner."""
    return len(context.variables.get("awarded") or ()) if key == "plaques" else facts.get("copies")


def _reasons(verdicts: list[dict[str, Any]], key: str, keys: list[str]) -> list[str]:
    """Why members return a paper; empty where nobody does."""
    found = []
    for verdict in verdicts:
        if verdict["decision"] == "return" and key in ([k for k in verdict.get("returned") or [] if k in keys] or keys):
            found.append(verdict.get("reasons") or "ไม่ระบุเหตุผล")
    return list(dict.fromkeys(found))


def _named(context: Context, verdicts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Verdicts with the name of whoever really decided: an absent member may have been replaced."""
    names = committee.names(context, PARTY, "opdc", "subcommission", "central_committee")  # whoever stands in comes from these
    answered = {done.context.get("member"): done.ended_by for done in context.task_data("examine")}  # of the newest round
    named = []
    for verdict in verdicts:
        user_id = answered.get(verdict["member"]) or verdict["member"]
        named.append({**verdict, "by": user_id, "name": names.get(user_id, user_id)})
    return named


def _newest(context: Context, key: str) -> Any:
    found = context.documents.find(category="deliverable", deliverable=key)
    return max(found, key=lambda document: document.version, default=None)


def _version(context: Context, key: str) -> int:
    document = _newest(context, key)
    return 1 if document is None else int(document.version)


def _round(record: dict[str, Any], table: dict[str, dict[str, Any]]) -> dict[str, Any]:
    returned = set(record["returned"])
    return {
        "date": record["date"],
        "accepted": not returned,
        "deliverables": [_examined(table[key], record["versions"][key], key not in returned) for key in record["examined"]],
        "members": [
            {"name": verdict["name"], "accepts": verdict["decision"] == "accept", "reason": verdict.get("reasons") or ""}
            for verdict in record["verdicts"]
        ],
    }


def _examined(paper: dict[str, Any], version: int, accepted: bool) -> dict[str, Any]:
    return {"th": paper["th"], "copies": paper["copies"], "cds": paper["cds"], "version": version, "accepted": accepted}
