"""What is wrong with a draft, by file, each finding leading to its element."""

from __future__ import annotations

from itertools import groupby

from flask import render_template

from engine.packtests import is_test
from webui import names
from webui.pages.designer import parts
from webui.pages.designer.blueprint import page


@page.get("/<draft_id>/check")
def check(draft_id: str) -> str:
    """The findings, errors first in each file."""
    head = parts.head(draft_id, "check")
    ordered = sorted(head.problems, key=lambda one: (one.file or "", one.severity != "error", one.line or 0))
    files = {file.path: file for file in head.whole.files}
    return render_template(
        "designer/check.html",
        head=head,
        draft=head.whole.draft,
        findings=[(path, files.get(path), list(many)) for path, many in groupby(ordered, key=lambda one: one.file or "")],
        tests=sum(map(is_test, files)),
        states=parts.STATES,
        names=names,
    )
