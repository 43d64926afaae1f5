"""Papers and letters: what there is, by kind and by whom it concerns; looking at one in the page; all letters as one file."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import NotFound
from webui import current, names, projecthead
from webui.languages import pick
from webui.pages import provinces

if TYPE_CHECKING:
    from engine.papers import DocumentView

page = Blueprint("papers", __name__)

LIMIT = 40
MOST = 5000  # papers read of a project


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to narrow the list, and how many papers it leaves."""

    value: str
    words: str
    count: int


@page.get("/papers")
def show() -> AnyResponse | str:
    """The papers of the newest project."""
    try:
        return redirect(url_for("papers.of_project", root_id=projecthead.newest().id))
    except NotFound:
        return render_template("pages/none_yet.html", title=_("Papers and letters"), icon_name="papers")


@page.get("/projects/<root_id>/papers")
def of_project(root_id: str) -> str:
    """The papers of a project that the actor may know of, newest first."""
    head = projecthead.head(root_id, "papers")
    chosen: dict[str, Any] = dict(_chosen())
    first = current.first()
    engine, me = current.engine(), current.actor()
    everything = engine.documents(root_id, actor=me, limit=MOST).items
    found = [paper for paper in everything if _fits(paper, chosen)]
    units, places = provinces.unit_names(head.root), provinces.places(head.root)
    return render_template(
        "pages/project_papers.html",
        head=head,
        papers=found[first : first + LIMIT],
        total=len(found),
        first=first,
        limit=LIMIT,
        chosen=chosen,
        categories=_categories(everything),
        units=_units(everything, units),
        unit_names=places,
        steps=_steps(everything),
        names=names,
        category_names=names.CATEGORIES,
        zipped=sum(paper.readable for paper in found),
        further=lambda start: url_for("papers.of_project", root_id=root_id, first=start or None, **chosen),
    )


@page.get("/projects/<root_id>/papers.zip")
def zipped(root_id: str) -> Response:
    """The chosen papers, as far as the actor may read them, as one file."""
    engine, me, chosen = current.engine(), current.actor(), _chosen()
    papers = [paper for paper in engine.documents(root_id, actor=me, limit=MOST).items if paper.readable and _fits(paper, chosen)]
    if not papers:
        raise NotFound("There is no paper to put into the file.", th="ไม่มีเอกสารที่จะรวมในไฟล์")
    content, used = tempfile.TemporaryFile(), set[str]()  # noqa: SIM115  on the disk, for there may be gigabytes; the answer closes it
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for paper in papers:
            view, stream = engine.open_document(paper.id, actor=me)
            with stream, archive.open(_name_in_zip(view, used), "w") as entry:
                shutil.copyfileobj(stream, entry)
    content.seek(0)
    name = "-".join(["papers", *(value for value in chosen.values() if value)]) + ".zip"
    return send_file(content, mimetype="application/zip", as_attachment=True, download_name=name)


@page.get("/projects/<root_id>/papers/<document_id>")
def look(root_id: str, document_id: str) -> str:
    """One paper, shown in the page."""
    head = projecthead.head(root_id, "papers")
    engine, me = current.engine(), current.actor()
    paper = engine.document(document_id, actor=me)
    if paper.root_id != root_id:
        raise NotFound("There is no such paper, or it is not open to you.", th="ไม่พบเอกสารนี้ หรือท่านไม่มีสิทธิ์ดู")
    others = engine.documents(root_id, actor=me, deliverable=paper.deliverable, unit=paper.unit).items if paper.deliverable else ()
    return render_template(
        "pages/paper.html",
        head=head,
        paper=paper,
        names=names,
        category_names=names.CATEGORIES,
        unit_names=provinces.places(head.root),
        versions=[other for other in others if other.category == paper.category and other.id != paper.id],
    )


def _chosen() -> dict[str, str]:
    return {name: text for name in ("category", "unit", "step", "state") if (text := request.args.get(name, "").strip())}


def _fits(paper: DocumentView, chosen: dict[str, str]) -> bool:
    return all(getattr(paper, name) == value for name, value in chosen.items())


def _categories(papers: Sequence[DocumentView]) -> list[Choice]:
    found = dict.fromkeys(paper.category for paper in papers)
    return [Choice(key, names.category(key), sum(paper.category == key for paper in papers)) for key in found]


def _units(papers: Sequence[DocumentView], unit_names: dict[str, str]) -> list[Choice]:
    found = sorted({paper.unit for paper in papers if paper.unit in unit_names}, key=lambda unit: list(unit_names).index(unit or ""))
    return [Choice(unit, unit_names[unit], sum(paper.unit == unit for paper in papers)) for unit in found if unit]


def _steps(papers: Sequence[DocumentView]) -> list[str]:
    return sorted({paper.step for paper in papers if paper.step}, key=lambda n: (int(n) if n.isdecimal() else 999, n))


def _name_in_zip(paper: DocumentView, used: set[str]) -> str:
    """`หนังสือ-TH-50-12.pdf`: tells apart what has the same name."""
    stem, dot, suffix = paper.name.rpartition(".")
    unit = paper.unit if paper.category not in ("deliverable", "project") else None
    parts = [part for part in (paper.number, unit, pick(paper.title, paper.title_en), stem or suffix) if part]
    name = "-".join(part.replace("/", "_") for part in parts)
    if paper.version > 1:
        name += f"-v{paper.version}"
    count, found = 1, name
    while found in used:
        count += 1
        found = f"{name}-{count}"
    used.add(found)
    return f"{found}{dot}{suffix}" if dot else found
