"""A form of a draft as a task's page shows it, before it is saved; nothing can be sent from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
from flask import render_template
from werkzeug.datastructures import MultiDict

from engine.errors import LanguageError, RuamError
from engine.forms import Form
from engine.forms.choices import read_table
from webui import current, formpage
from webui.formpage import Filled
from webui.languages import language, speaking
from webui.pages.designer.api import Json, page, read

Tables = Mapping[str, list[dict[str, str]]]
SAMPLES = (("1", "(ตัวเลือกที่ 1 จากข้อมูล)", "(first choice, from data)"), ("2", "(ตัวเลือกที่ 2 จากข้อมูล)", "(second choice, from data)"))


class Shown(msgspec.Struct):
    """A form that is not saved yet, the language to show it in, and what was answered in it.

    `answered`: the names of those fields; `answers`: what their controls hold, by the controls' names.
    """

    path: str
    content: str
    language: str = ""
    answered: list[str] = []
    answers: dict[str, list[str]] = {}


@page.post("/drafts/<draft_id>/preview")
def preview(draft_id: str) -> Json:
    """The form as a page of its own, and which of its fields are asked. Raises NotFound, and Invalid where it is no form."""
    body = read(Shown)
    files = current.engine().draft_contents(draft_id, actor=current.actor())
    tables = _tables(files)
    form = _sampled(Form.load(body.content.encode(), body.path, tables), tables)
    with speaking(body.language or language()):
        given = formpage.read(form, MultiDict(body.answers))
        values = formpage.fresh(form, {}, {}) | {name: given.get(name) for name in body.answered if name in form.properties}
        view = formpage.shown(form, values, {})
        shown = form.visible(values, functions=current.functions(), otherwise=True)  # what only a running instance knows hides nothing
        asked = [replace(part, fields=tuple(replace(one, visible=True) for one in part.fields)) for part in view.sections]
        drawn = formpage.sections(asked, Filled(values, {}, {}))
        when = {one.name: one.visible_when for one in view.fields if one.visible_when}
        html = render_template("designer/preview.html", form=view, sections=drawn, when=when)
        return {"html": html, "visible": [name for name, yes in shown.items() if yes]}


def _tables(files: Mapping[str, bytes]) -> Tables:
    """The tables its expressions may read; what is none is left to the check."""
    found = {}
    for path, content in files.items():
        if path.endswith(".csv"):
            try:
                found[path] = read_table(content)
            except ValueError:
                continue
    return found


def _sampled(form: Form, tables: Tables) -> Form:
    """The form with made-up choices where the real ones are computed from what only a running instance knows."""
    fields: dict[str, Any] = dict(form.schema["properties"])
    for name, item in form.properties.items():
        if "x-options" in item and not _computable(form, name):
            fields[name] = _with_samples(item)
    return Form({**form.schema, "properties": fields}, form.file, tables)


def _computable(form: Form, name: str) -> bool:
    try:
        return bool(form.options(name, {}, {}, language(), functions=current.functions()))
    except (LanguageError, RuamError):
        return False


def _with_samples(item: Mapping[str, Any]) -> dict[str, Any]:
    samples = [{"const": value, "title": th, "x-en": {"title": en}} for value, th, en in SAMPLES]
    kept = {key: value for key, value in item.items() if key not in ("x-options", "x-default")}
    if kept.get("type") == "array":
        return {**kept, "items": {"type": "string", "oneOf": samples}}
    return {**kept, "oneOf": samples}
