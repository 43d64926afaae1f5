"""Opening a document: shown in the browser where that is safe, else saved."""

from __future__ import annotations

from flask import Blueprint, Response, request, send_file

from webui import current

page = Blueprint("documents", __name__)

SHOWN = frozenset({"application/pdf", "image/jpeg", "image/png"})  # never what could run a script


@page.get("/documents/<document_id>")
def show(document_id: str) -> Response:
    """The content, for whoever may read it; `?download=1` saves it."""
    view, stream = current.engine().open_document(document_id, actor=current.actor())
    saved = view.media_type not in SHOWN or "download" in request.args
    answer = send_file(
        stream, mimetype=view.media_type, as_attachment=saved, download_name=view.name, etag=view.sha256, conditional=True, max_age=0
    )
    answer.headers["Cache-Control"] = "private, no-cache"
    if not saved and view.media_type != "application/pdf":
        answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'self'"
    return answer
