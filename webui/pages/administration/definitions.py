"""Processes: their versions and diagrams, and deploying files or a pack, all or none."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Invalid, Problem
from engine.views.searching import Condition, Operator
from engine.views.subjects.activities import ACTIVITIES
from webui import acting, current, names
from webui.languages import pick
from webui.pages.administration import parts, repair
from webui.pages.administration.blueprint import page

LONGEST_NAME = 200
Page = tuple[str, int] | Response


@page.get("/processes")
def definitions() -> str:
    """The newest version of each process, with all its versions below."""
    return _page([])


@page.get("/processes/<definition_id>")
def definition(definition_id: str) -> str:
    """One version: its diagram and file."""
    engine = current.engine()
    view = engine.definition(definition_id)
    versions = engine.definitions(key=view.key).items
    can_hold = engine.holdable(definition_id, actor=current.actor())
    return render_template(
        "pages/admin_definition.html",
        tabs=parts.tabs("definitions"),
        definition=view,
        versions=versions,
        element_names={one.id: repair.told(one) for one in can_hold},
        elsewhere=sum(one.active_instances for one in versions if one.id != view.id),
        names=names,
    )


@page.post("/processes/<definition_id>/<any(suspend, resume):verb>")
def hold_definition(definition_id: str, verb: str) -> Response:
    """Keep it from being started, or let it be started again."""
    engine, me = current.engine(), current.actor()
    act, words = (
        (engine.suspend_definition, _("Suspended: nobody can start it. What runs goes on."))
        if verb == "suspend"
        else (engine.resume_definition, _("It can be started again."))
    )
    back = url_for("administration.definition", definition_id=definition_id)
    return acting.done(lambda: act(definition_id, reason=parts.reason(), actor=me), words, back)


@page.get("/processes/<definition_id>/elements/<element_id>")
def element_of_definition(definition_id: str, element_id: str) -> str:
    """What can be done about an element in all of a version: a part of its page."""
    engine, me = current.engine(), current.actor()
    view = engine.definition(definition_id)
    of_it = {"definition_id": definition_id, "element_id": element_id, "finished": False}
    there = [Condition(field, Operator.IS, value) for field, value in of_it.items()]
    return render_template(
        "administration/element.html",
        definition=view,
        element_id=element_id,
        element=next((one for one in engine.holdable(definition_id, actor=me) if one.id == element_id), None),
        held=element_id in view.held_elements,
        standing=engine.count(ACTIVITIES, there, actor=me),
        told=repair.told,
    )


@page.post("/processes/<definition_id>/elements/<any(suspend, resume):verb>")
def hold_in_definition(definition_id: str, verb: str) -> Response:
    """Hold the `element` of the form in all instances of a version (`suspend`), those to come too, or let it go on."""
    engine, me, element_id = current.engine(), current.actor(), request.form.get("element", "")
    act, words = (engine.suspend_activity, _("It is held.")) if verb == "suspend" else (engine.resume_activity, _("It goes on."))
    back = url_for("administration.definition", definition_id=definition_id)
    return acting.done(lambda: act(element_id, definition_id=definition_id, reason=parts.reason(), actor=me), words, back)


@page.post("/processes")
def deploy() -> Page:
    """Deploy what was posted: files, or one zip of a pack's folder."""
    name = request.form.get("name", "").strip()
    try:
        files = acting.uploaded()
        if not files:
            raise Invalid(_("Choose the files first."))
        deployment = current.engine().deploy(
            files, name=(name or next(iter(files)))[:LONGEST_NAME], pack=request.form.get("pack") or None,
            tested=True, untested=request.form.get("untested", ""), actor=current.actor(),
        )  # fmt: skip
    except Invalid as error:
        return _page(error.problems or [Problem(error.message, error.thai)]), 422
    made = ", ".join(f"{pick(one.name, one.name_en) or one.key} {one.version}" for one in deployment.definitions)
    flash(_("Deployed: %(names)s", names=made) if deployment.new else _("Nothing has changed since the last deployment."), "done")
    return redirect(url_for("administration.definitions"))


@page.post("/processes/check")
def check() -> Page:
    """Say what would be wrong, and change nothing."""
    try:
        problems: Sequence[Problem] = current.engine().check(acting.uploaded(), pack=request.form.get("pack") or None)
    except Invalid as error:
        problems = error.problems or [Problem(error.message, error.thai)]
    if not problems:
        flash(_("Nothing is wrong with these files."), "done")
    return _page(problems), 200


def _page(problems: Sequence[Problem]) -> str:
    found = current.engine().definitions(limit=500).items
    newest = {one.key: one for one in reversed(found)}
    processes = sorted(newest.values(), key=lambda one: (not one.startable, one.key))
    older = {key: [one for one in found if one.key == key and one.id != view.id] for key, view in newest.items()}
    return render_template(
        "pages/admin_definitions.html",
        tabs=parts.tabs("definitions"),
        processes=processes,
        older=older,
        problems=problems,
        name=request.form.get("name", ""),
        packs=sorted({one.pack for one in found if one.pack}),
        pack=request.form.get("pack", ""),
    )
