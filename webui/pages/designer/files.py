"""The files of a draft: more of them, fewer, under other names, as they were before."""

from __future__ import annotations

import io

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.drafts import templates
from webui import acting, current, names
from webui.pages.designer import parts
from webui.pages.designer.blueprint import page

PLACES = {"form": "forms/{}.json", "decision": "{}.dmn", "process": "{}.bpmn"}  # of a new file, by its kind


@page.post("/<draft_id>/files")
def add_files(draft_id: str) -> Response:
    """Add what was uploaded: files, or a zip of them; or an empty file of a name."""
    folder = request.form.get("folder", "").strip().strip("/")

    def act() -> None:
        found = acting.uploaded().items()
        placed = {f"{folder}/{path}" if folder and "/" not in path else path: content for path, content in found}
        current.engine().add_draft_files(draft_id, placed, actor=current.actor())

    return acting.done(act, _("Added."), parts.to("overview", draft_id))


@page.post("/<draft_id>/begin")
def begin_file(draft_id: str) -> Response:
    """Begin a form, a decision or a diagram, and go on in its editor."""
    kind, key, title = (request.form.get(name, "").strip() for name in ("kind", "key", "title"))
    path = PLACES.get(kind, "{}").format(key)
    try:
        current.engine().add_draft_files(draft_id, {path: templates.content(kind, key, title)}, actor=current.actor())
    except acting.REFUSED as error:
        flash(acting.said(error), "overdue")
        return redirect(parts.to("overview", draft_id))
    return redirect(url_for("designer.edit", draft_id=draft_id, path=path))


@page.post("/<draft_id>/remove/<path:path>")
def remove_file(draft_id: str, path: str) -> Response:
    """Take one away."""
    revision = request.form.get("revision", 0, type=int)
    return acting.done(
        lambda: current.engine().remove_draft_file(draft_id, path, revision=revision, actor=current.actor()),
        _("Removed. What it was stays among the revisions."),
        parts.to("overview", draft_id),
    )


@page.post("/<draft_id>/rename/<path:path>")
def rename_file(draft_id: str, path: str) -> Response:
    """Give one another name."""
    revision, to = request.form.get("revision", 0, type=int), request.form.get("to", "").strip()
    return acting.done(
        lambda: current.engine().rename_draft_file(draft_id, path, to, revision=revision, actor=current.actor()),
        _("Renamed."),
        parts.to("overview", draft_id),
    )


@page.get("/<draft_id>/revisions/<path:path>")
def revisions(draft_id: str, path: str) -> str:
    """Every content a file had, the refused ones as well."""
    engine, me = current.engine(), current.actor()
    head = parts.head(draft_id, "overview")
    now = next((file.revision for file in head.whole.files if file.path == path), 0)
    return render_template(
        "designer/revisions.html",
        head=head,
        draft=head.whole.draft,
        path=path,
        now=now,
        revisions=engine.draft_revisions(draft_id, path, actor=me),
        states=parts.STATES,
        names=names,
    )


@page.get("/<draft_id>/revisions/<int:revision>/<path:path>")
def former(draft_id: str, revision: int, path: str) -> Response:
    """One of them, to be saved."""
    found = current.engine().draft_file(draft_id, path, revision=revision, actor=current.actor())
    name = path.rpartition("/")[2]
    return send_file(io.BytesIO(found.content), mimetype="application/octet-stream", as_attachment=True, download_name=name)


@page.post("/<draft_id>/restore/<path:path>")
def restore_file(draft_id: str, path: str) -> Response:
    """Make a file again what it was."""
    to, revision = request.form.get("to", 0, type=int), request.form.get("revision", 0, type=int)
    return acting.done(
        lambda: current.engine().restore_draft_file(draft_id, path, to=to, revision=revision, actor=current.actor()),
        _("The file is as it was at revision %(n)s.", n=to),
        url_for("designer.revisions", draft_id=draft_id, path=path),
    )
