"""Starting a process: which ones I may start, and the form it asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Invalid, NotFound, Problem
from webui import current, fields, formpage
from webui.fields import Section
from webui.languages import pick

page = Blueprint("start", __name__, url_prefix="/start")

REFERENCE = "_business_key"  # the field for what an instance is known by


@page.get("")
def choose() -> str:
    """The processes I may start."""
    return render_template("pages/start_choose.html", definitions=current.engine().startable(actor=current.actor()))


@page.get("/<key>")
def show(key: str) -> str:
    """The form of one process, with its defaults."""
    form = current.engine().start_form(key, actor=current.actor())
    return _page(key, form, formpage.fresh(form, {}, {}) if form else {}, [])


@page.post("/<key>")
def begin(key: str) -> tuple[str, int] | Response:
    """Start it; mistakes come back at their fields."""
    engine, me = current.engine(), current.actor()
    form = engine.start_form(key, actor=me)
    values = formpage.read(form, request.form) if form else {}
    if formpage.reshapes(request.form):
        return _page(key, form, formpage.reshaped(form, values, {}, request.form), []), 200
    try:
        instance = engine.start(key, variables=values, business_key=_reference() or None, distinct=True, actor=me)
    except Invalid as error:
        again = formpage.fresh(form, values, {}) if form else values  # with the defaults of fields that have only now appeared
        return _page(key, form, again, error.problems or [Problem(error.message, error.thai)]), 422
    flash(_("Started: %(name)s", name=pick(instance.definition_name, instance.definition_name_en)), "done")
    first = engine.inbox(me, root_id=instance.id, limit=1).items
    if first:  # who starts often has the first task
        return redirect(url_for("task.show", task_id=first[0].id))
    if "project.show" in current_app.view_functions:
        return redirect(url_for("project.show", root_id=instance.id))
    return redirect(url_for("inbox.show"))


@page.post("/<key>/visible")
def visible(key: str) -> dict[str, list[str]]:
    """Which fields the answers so far ask for."""
    form = current.engine().start_form(key, actor=current.actor())
    if form is None:
        return {"visible": []}
    return {
        "visible": [name for name, yes in form.visible(formpage.read(form, request.form), functions=current.functions()).items() if yes]
    }


def _page(key: str, form: Any, values: Mapping[str, Any], problems: Sequence[Problem]) -> str:
    definition = next((one for one in current.engine().startable(actor=current.actor()) if one.key == key), None)
    if definition is None:
        raise NotFound("There is no such process, or you may not start it.", th="ไม่พบกระบวนการนี้ หรือท่านไม่มีสิทธิ์เริ่ม")
    view = formpage.shown(form, values, {}) if form else None
    filled = formpage.Filled(values, formpage.problems_by_field(problems), {})
    asks = REFERENCE in filled.problems or not current.engine().makes_its_key(key, actor=current.actor())
    hint = _("A short name or number by which all will find it, such as 2570.")
    more = {"hint": hint, "required": False, "widget": "short", "longest": 100}
    reference = fields.simple(((REFERENCE, _("Reference"), more),), {REFERENCE: _reference()}, filled.problems)
    sections = [*([Section("", tuple(reference))] if asks else []), *(formpage.sections(view.sections, filled) if view else [])]
    return render_template(
        "pages/start.html", definition=definition, name=pick(definition.name, definition.name_en), form=view, sections=sections,
        problems=formpage.wrongs(sections, filled),
    )  # fmt: skip


def _reference() -> str:
    return request.form.get(REFERENCE, "").strip()
