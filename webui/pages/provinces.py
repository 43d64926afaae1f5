"""The board of provinces and one province's story, for projects that have provinces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from engine.errors import NotFound
from handlers.shared import board, scoring
from handlers.shared.board import Stage
from webui import current, names, projecthead, sentences
from webui.languages import pick

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.projects.released import Released
    from engine.queries import InstanceView
    from handlers.shared.board import Board

page = Blueprint("provinces", __name__)

WORDS = {
    Stage.INVITED: lazy_gettext("Invited"),
    Stage.NOT_APPLIED: lazy_gettext("Did not apply"),
    Stage.APPLIED: lazy_gettext("Applied"),
    Stage.NOT_PASSED1: lazy_gettext("Phase 1 not passed"),
    Stage.PASSED1: lazy_gettext("Passed phase 1"),
    Stage.NOT_PASSED2: lazy_gettext("Phase 2 not passed"),
    Stage.PASSED2: lazy_gettext("Passed phase 2"),
    Stage.VISITED: lazy_gettext("Visited"),
    Stage.AWARDED: lazy_gettext("Awarded"),
}
CRITERIA_EN = {
    "leadership": "Leadership of the executives of the province",
    "sustainability": "Sustained work with tangible results",
    "public_issue": "A public issue of the province's own, clearly chosen",
    "stakeholders": "Clearly chosen groups of stakeholders",
}
ROUNDS = {"score1": lazy_gettext("Phase 1, from the documents"), "score2": lazy_gettext("Phase 2, on site")}


@dataclass(frozen=True, slots=True)
class Sheets:
    """The released score sheets of one round."""

    words: str
    criteria: tuple[tuple[str, str], ...]  # name, mean
    judges: int
    opinions: tuple[str, ...]
    own: bool  # only sheets the actor has written himself


@page.get("/provinces")
def show() -> Response | str:
    """The board of the newest project that has one."""
    try:
        return redirect(url_for("provinces.of_project", root_id=projecthead.newest(concerns).id))
    except NotFound:
        return render_template("pages/none_yet.html", title=_("Provinces"), icon_name="province")


@page.get("/projects/<root_id>/provinces")
def of_project(root_id: str) -> str:
    """How far each province has come."""
    head = projecthead.head(root_id, "provinces")
    if not concerns(head.root) or not head.whole:
        raise NotFound("This project has no board of provinces.", th="โครงการนี้ไม่มีตารางจังหวัด")
    found = _board(head.root)
    region, stage = request.args.get("region"), request.args.get("stage")
    regions = [one for one in found.regions if region in (None, "", one.key)]
    return render_template(
        "pages/provinces.html",
        head=head,
        board=found,
        regions=regions,
        region=region,
        stage=stage if stage in board.WAY else None,
        words=WORDS,
        way=board.WAY,
    )


@page.get("/projects/<root_id>/provinces/<code>")
def story(root_id: str, code: str) -> str:
    """One province from the invitation to the award, as far as the actor may know it."""
    head = projecthead.head(root_id, "provinces" if current.engine().root(root_id, actor=current.actor()).whole else f"province-{code}")
    if not concerns(head.root):
        raise NotFound("This project has no provinces.", th="โครงการนี้ไม่มีจังหวัด")
    found = _board(head.root)
    province = next((one for one in found.provinces if one.code == code), None)
    if province is None or (not head.whole and not mine(code)):
        raise NotFound("There is no such province, or it is not open to you.", th="ไม่พบจังหวัดนี้ หรือท่านไม่มีสิทธิ์ดู")
    engine, me = current.engine(), current.actor()
    region, cluster = next((region, cluster) for region in found.regions for cluster in region.clusters if province in cluster.provinces)
    papers = [paper for paper in engine.documents(root_id, actor=me, unit=code).items if paper.state != "DRAFT"]
    tasks = [
        task
        for task in engine.tasks(actor=me, root_id=root_id, limit=1000).items
        if code in (task.unit, (task.party or "").partition(":")[2])
    ]
    return render_template(
        "pages/province.html",
        head=head,
        province=province,
        region=region,
        cluster=cluster,
        words=WORDS,
        way=board.WAY,
        papers=papers,
        tasks=tasks,
        days=sentences.by_day(engine.happenings(root_id, actor=me, unit=code, limit=40).items),
        scores=_scores(root_id, code),
        names=names,
        instances=[child for child in engine.tree(root_id, actor=me) if child.unit == code] if head.whole else [],
    )


def concerns(root: InstanceView) -> bool:
    """Whether a project is of the process that has provinces."""
    return root.definition_key == board.PROCESS


def mine(code: str) -> bool:
    """Whether the actor is of this province."""
    return f"{board.PARTY}:{code}" in current.actor().groups


def unit_names(root: InstanceView) -> dict[str, str]:
    """What the units of a project are called; empty where it has none."""
    if not concerns(root):
        return {}
    return {province.code: pick(province.th, province.en) for province in _board(root).provinces}


def places(root: InstanceView) -> dict[str, str]:
    """What provinces and clusters are called, by the unit of their papers and instances."""
    if not concerns(root):
        return {}
    clusters = {cluster.no: pick(cluster.th, cluster.en) for region in _board(root).regions for cluster in region.clusters}
    return clusters | unit_names(root)


def _board(root: InstanceView) -> Board:
    """Read once a request."""
    if g.get("board_of") != root.id:
        g.board, g.board_of = board.board(current.engine(), root, current.actor()), root.id
    found: Board = g.board
    return found


def _scores(root_id: str, code: str) -> list[Sheets]:
    found = []
    for category, words in ROUNDS.items():
        rows = current.engine().released(root_id, actor=current.actor(), category=category, unit=code)
        sheets = scoring.sheets(rows)
        if sheets:
            found.append(_sheets(str(words), rows, sheets))
    return found


def _sheets(words: str, rows: Sequence[Released], sheets: Sequence[scoring.Sheet]) -> Sheets:
    me = current.actor().user_id
    means = scoring.means(sheets)
    criteria = tuple((pick(name, CRITERIA_EN[key]), f"{means[key]:.2f}") for key, name in scoring.CRITERIA.items())
    return Sheets(
        words, criteria, len(sheets), tuple(sheet.opinion for sheet in sheets if sheet.opinion), all(row.created_by == me for row in rows)
    )
