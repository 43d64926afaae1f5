"""A form of a draft as a task's page shows it, before it is saved; nothing can be sent from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
from flask import render_template

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
    """A form that is not saved yet, and the language to show it in."""

    path: str
    content: str
    language: str = ""


@page.post("/drafts/<draft_id>/preview")
def preview(draft_id: str) -> Json:
    """The form as a page of its own. Raises NotFound, and Invalid where it is no form."""
    body = read(Shown)
    files = current.engine().draft_contents(draft_id, actor=current.actor())
    tables = _tables(files)
    form = _sampled(Form.load(body.content.encode(), body.path, tables), tables)
    with speaking(body.language or language()):
        view = formpage.shown(form, {}, {})
        asked = [replace(part, fields=tuple(replace(one, visible=True) for one in part.fields)) for part in view.sections]
        values = {one.name: one.default for part in asked for one in part.fields if one.default is not None}
        drawn = formpage.sections(asked, Filled(values, {}, {}))
        when = {one.name: one.visible_when for one in view.fields if one.visible_when}
        return {"html": render_template("designer/preview.html", form=view, sections=drawn, when=when)}


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
