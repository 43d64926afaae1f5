"""The drafts: those somebody works on, those that are over; beginning a new one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Invalid, Problem
from engine.people import authorization
from engine.states import Verb
from webui import acting, current, names
from webui.languages import pick
from webui.pages.designer import parts
from webui.pages.designer.blueprint import page

LIMIT = 30


@page.get("")
def show() -> str:
    """The drafts, the last changed first."""
    over, first = request.args.get("view") == "over", current.first()
    found = current.engine().drafts(over=over, first=first, limit=LIMIT, actor=current.actor())
    tabs = [
        {"url": url_for("designer.show"), "words": _("In work"), "here": not over},
        {"url": url_for("designer.show", view="over"), "words": _("Active and discarded"), "here": over},
    ]
    return render_template(
        "designer/drafts.html",
        drafts=found.items,
        total=found.total,
        first=first,
        limit=LIMIT,
        over=over,
        tabs=tabs,
        states=parts.STATES,
        names=names,
        may_design=authorization.allowed(current.actor(), Verb.DESIGN),
        further=lambda start: url_for("designer.show", view="over" if over else None, first=start or None),
    )


@page.get("/new")
def new() -> str:
    """From what a new draft may begin."""
    return _new([])


@page.post("/new")
def create() -> Response | tuple[str, int]:
    """Begin one: `from` is deployed, files or empty."""
    engine, me, asked = current.engine(), current.actor(), request.form
    title = asked.get("title", "").strip()
    try:
        if asked.get("from") == "files":
            draft_id = engine.draft_files(acting.uploaded(), title=title, pack=asked.get("pack") or None, actor=me)
        elif asked.get("from") == "empty":
            draft_id = engine.draft_empty(asked.get("key", "").strip(), title=title, actor=me)
        else:
            version = asked.get("version", type=int)
            draft_id = engine.draft_deployed(asked.get("process", ""), title=title, version=version, actor=me)
    except acting.REFUSED as error:
        problems = error.problems if isinstance(error, Invalid) else ()
        return _new(problems or [Problem(error.message, error.message_th)]), 422
    flash(_("The draft has begun. Nothing that runs changes before it is active."), "done")
    return redirect(url_for("designer.overview", draft_id=draft_id))


def _new(problems: object) -> str:
    found = current.engine().definitions(latest=True, limit=500).items
    processes = sorted(found, key=lambda one: (not one.startable, pick(one.name, one.name_en) or one.key))
    asked = request.values
    return render_template(
        "designer/new.html",
        processes=processes,
        packs=sorted({one.pack for one in found if one.pack}),
        problems=problems,
        given=asked,
        chosen=asked.get("from") or ("deployed" if processes else "empty"),
    )
