"""A file of a draft, to change: diagrams on a canvas, everything else as its kind asks."""

from __future__ import annotations

from flask import Response, make_response, render_template, url_for

from engine.errors import NotFound
from webui import current
from webui.headers import policy
from webui.pages.designer import parts
from webui.pages.designer.blueprint import page

PLACE = "PATH"  # in the address the scripts make links to other files from
TEMPLATES = {"diagram": "designer/edit.html"}
OTHERS = "designer/edit_text.html"


@page.get("/<draft_id>/edit/<path:path>")
def edit(draft_id: str, path: str) -> Response:
    """The editor of one file. Its script reads and saves by the drafts' JSON. Raises NotFound."""
    whole = current.engine().draft(draft_id, actor=current.actor())
    kind = next((file.kind for file in whole.files if file.path == path), None)
    if kind is None:
        raise NotFound(f"There is no file {path} in this draft.", th=f"ร่างนี้ไม่มีไฟล์ {path}")
    answer = make_response(
        render_template(
            TEMPLATES.get(kind, OTHERS),
            draft=whole.draft,
            path=path,
            title=parts.titles(draft_id).get(path),
            kind=kind,
            draft_url=url_for("designer.overview", draft_id=draft_id),
            edit_url=url_for("designer.edit", draft_id=draft_id, path=PLACE),
        )
    )
    # bpmn-js draws its icons with style attributes; style sheets and scripts stay our own.
    answer.headers["Content-Security-Policy"] = policy(current.settings().provider, "style-src-attr 'unsafe-inline'")
    return answer
