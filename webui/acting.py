"""Doing what a form of a page asks for: what was typed, doing it, and saying that it is done, or why it is not and what was typed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from datetime import datetime, time

from flask import Flask, flash, g, redirect, request, session
from werkzeug.wrappers import Response

from engine.dates import thai
from engine.dates.zone import BANGKOK
from engine.drafts.intake import gathered
from engine.errors import Conflict, Forbidden, Invalid, NotFound, RuamError
from webui import auth, current
from webui.languages import pick

REFUSED = (Invalid, Conflict, Forbidden, NotFound)
TOLD = 5  # problems at once
END_OF_DAY = time(23, 59, 59)
TYPED = "typed"
MOST_TYPED = 2000  # bytes as the session's cookie has them, which holds it from the refusal to the page that shows it


def register(app: Flask) -> None:
    """Let templates fill in what was typed into a form that was refused: `typed(action, name)`."""
    app.before_request(_recall)
    app.jinja_env.globals.update(typed=typed)


def said(error: RuamError) -> str:
    """What was refused, in the language of the page."""
    problems = error.problems[:TOLD] if isinstance(error, Invalid) else ()
    return " ".join(pick(one.message_th, one.message) for one in problems) or pick(error.message_th, error.message)


def done(act: Callable[[], object], words: str, back: str) -> Response:
    """Do something and say so, or say what stands against it; then back to the page, or to the `next` of the form."""
    try:
        act()
    except REFUSED as error:
        flash(said(error), "overdue")
        keep()
    else:
        flash(words, "done")
    return redirect(auth.safe_next(request.form.get("next")) or back)


def typed(action: str, name: str, otherwise: str = "") -> str:
    """What was typed as `name` into the form sent to `action`, where that has just been refused."""
    kept = g.get(TYPED) or {}
    return str(kept["fields"].get(name, otherwise)) if kept.get("action") == action else otherwise


def keep() -> None:
    """Keep what was typed into the form of this request for the page that comes next, if it is not too long."""
    fields = {name: text for name, text in request.form.items() if not name.startswith("_")}
    if len(zlib.compress(json.dumps(fields).encode())) <= MOST_TYPED:
        session[TYPED] = {"action": request.script_root + request.path, "fields": fields}


def _recall() -> None:
    if request.method == "GET" and TYPED in session and request.headers.get("Sec-Fetch-Dest", "document") == "document":
        g.typed = session.pop(TYPED)


def begin(instance_id: str) -> None:
    """Begin the `element` of the form in the ad-hoc sub-process whose `scope` it names. Raises NotFound, Forbidden, Conflict."""
    element_id, scope_id = request.form.get("element", ""), request.form.get("scope") or None
    current.engine().start_activity(instance_id, element_id, scope_id=scope_id, actor=current.actor())


def typed_moment(otherwise: time = END_OF_DAY) -> datetime:
    """The day typed as `date`, at the time typed as `date_time`, if one is. Raises Invalid."""
    day = thai.parse_date(request.form.get("date", ""))
    text = request.form.get("date_time", "").strip()
    return datetime.combine(day, thai.parse_time(text) if text else otherwise, BANGKOK)


def uploaded() -> dict[str, bytes]:
    """The `files` of the form by path; a zip is unpacked. Raises Invalid."""
    return gathered((file.filename, file.read()) for file in request.files.getlist("files") if file.filename)
