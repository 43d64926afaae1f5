"""A draft: where it stands, what is next, its files."""

from __future__ import annotations

import io

from flask import render_template, request, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.drafts.intake import packed
from webui import acting, current, names
from webui.pages.designer import parts
from webui.pages.designer.blueprint import page


@page.get("/<draft_id>")
def overview(draft_id: str) -> str:
    """Where it stands."""
    head = parts.head(draft_id, "overview")
    current.engine().at_draft(draft_id, "", actor=current.actor())
    titles = parts.titles(draft_id)
    order = {path: place for place, path in enumerate(titles)}
    files = sorted(head.whole.files, key=lambda file: order.get(file.path, len(order)))
    groups = {kind: [file for file in files if file.kind == kind] for kind in parts.KINDS}
    removed = sorted(path for path, how in head.whole.changes.items() if how == "removed")
    return render_template(
        "designer/overview.html",
        head=head,
        draft=head.whole.draft,
        groups={kind: found for kind, found in groups.items() if found},
        titles=titles,
        removed=removed,
        changed=[file for file in files if file.path in head.whole.changes],
        kinds=parts.KINDS,
        changes=parts.CHANGES,
        states=parts.STATES,
        names=names,
    )


@page.post("/<draft_id>/title")
def rename(draft_id: str) -> Response:
    """Call it something else."""
    title = request.form.get("title", "")
    return acting.done(
        lambda: current.engine().rename_draft(draft_id, title, actor=current.actor()), _("Renamed."), parts.to("overview", draft_id)
    )


@page.post("/<draft_id>/discard")
def discard(draft_id: str) -> Response:
    """Give it up."""
    reason = parts.typed_reason()
    return acting.done(
        lambda: current.engine().discard_draft(draft_id, reason, actor=current.actor()),
        _("The draft is discarded. It can still be read."),
        parts.to("overview", draft_id),
    )


@page.get("/<draft_id>/download")
def download(draft_id: str) -> Response:
    """All its files, as a zip."""
    engine, me = current.engine(), current.actor()
    name = engine.draft(draft_id, actor=me).draft.name or draft_id
    plain = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name).strip("-.") or draft_id
    content = io.BytesIO(packed(engine.draft_contents(draft_id, actor=me), plain))
    return send_file(content, mimetype="application/zip", as_attachment=True, download_name=f"{plain}.zip")
