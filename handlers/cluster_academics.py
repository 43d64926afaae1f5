"""คณะวิชาการประจำกลุ่มจังหวัด: ranks its own cluster and reports (beside steps 9–14)."""

from __future__ import annotations

from typing import Any

from engine.context import Context
from engine.registry import Pack
from handlers.shared import papers

pack = Pack("participation")


@pack.handler("cluster_academics.collect", parameters={"cluster": dict})
def collect(context: Context, cluster: dict[str, Any]) -> dict[str, Any]:
    """The cluster's provinces that were assessed on site: those that got the letter about it."""
    notified = {letter.unit for letter in context.documents.find(category="letter", deliverable="phase2_notice")}
    return {"assessed": [province for province in cluster["provinces"] if province["code"] in notified]}


@pack.handler("cluster_academics.compile_ranking", parameters={"cluster": dict})
def compile_ranking(context: Context, cluster: dict[str, Any]) -> None:
    """The team's own ranking of its cluster, as a paper for KPI."""
    names = {province["code"]: province["th"] for province in cluster["provinces"]}
    variables = context.variables
    rows = sorted(variables.get("ranking") or [], key=lambda row: int(row["rank"]))
    ranking = [{"rank": row["rank"], "th": names.get(row["province"], row["province"]), "note": row.get("note") or ""} for row in rows]
    facts = {
        "cluster": cluster,
        "ranking": ranking,
        "opinion": variables.get("opinion") or "",
    }
    papers.file_report(
        context, "cluster_ranking", f"รายงานการจัดลำดับ กลุ่มจังหวัด{cluster['th']}", facts, category="cluster", unit=cluster["no"],
        deliverable="cluster_ranking", name=f"การจัดลำดับกลุ่มจังหวัด{cluster['th']}",
    )  # fmt: skip
