"""The three paid deliveries, on a page that prints on A4."""

from __future__ import annotations

from flask import Blueprint, render_template

from engine.errors import NotFound
from webui import names, projecthead

page = Blueprint("instalments", __name__)


@page.get("/projects/<root_id>/instalments")
def show(root_id: str) -> str:
    """What each instalment contains, what of it is accepted, who said what."""
    head = projecthead.head(root_id, "instalments")
    if not head.whole:
        raise NotFound("The instalments are not open to you.", th="ท่านไม่มีสิทธิ์ดูงวดงาน")
    papers = {paper.key: paper for instalment in head.instalments for paper in instalment.deliverables}
    return render_template("pages/instalments.html", head=head, instalments=head.instalments, papers=papers, names=names)
