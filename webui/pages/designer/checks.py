"""What is wrong with a draft, by file, each finding leading to its element; and, played on demand, which of its process tests fail."""

from __future__ import annotations

from itertools import groupby

from flask import render_template

from engine.errors import Invalid
from engine.packtests import Report, is_test
from engine.packtests.words import Words
from webui import current, names
from webui.pages.designer import parts
from webui.pages.designer.blueprint import page


@page.get("/<draft_id>/check")
def check(draft_id: str) -> str:
    """The findings, errors first in each file."""
    return _page(draft_id, None)


@page.post("/<draft_id>/check")
def check_tests(draft_id: str) -> str:
    """The same, with the process tests played."""
    try:
        return _page(draft_id, current.engine().test_draft(draft_id, actor=current.actor()))
    except Invalid:
        return _page(draft_id, None)  # what keeps them from being played is among the findings


def _page(draft_id: str, report: Report | None) -> str:
    head = parts.head(draft_id, "check")
    ordered = sorted(head.problems, key=lambda one: (one.file or "", one.severity != "error", one.line or 0))
    files = {file.path: file for file in head.whole.files}
    failing = report is not None and not report.ok
    return render_template(
        "designer/check.html",
        head=head,
        draft=head.whole.draft,
        findings=[(path, files.get(path), list(many)) for path, many in groupby(ordered, key=lambda one: one.file or "")],
        tests=sum(map(is_test, files)),
        report=report,
        diagrams=Words.of(current.engine().draft_contents(draft_id, actor=current.actor())).places if failing else {},
        states=parts.STATES,
        names=names,
    )
