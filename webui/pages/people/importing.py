"""Users from a sheet: choose a file, see row by row what would happen, then do it, all or nothing."""

from __future__ import annotations

import base64
import binascii
import csv
import io

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.worksheet.table import Table
from werkzeug.wrappers import Response

from engine.errors import Conflict, Invalid
from engine.people.importing import COLUMNS, ImportPlan
from engine.people.sheets import MAX_BYTES
from webui import current, fields, names
from webui.languages import ENGLISH, language, pick
from webui.pages.people.blueprint import ROLES, page, tabs
from webui.rendering import written

Page = tuple[str, int] | str | Response
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page.get("/people/import")
def importing() -> str:
    """The form for a file, and the template."""
    return _shown()


@page.post("/people/import")
def look() -> Page:
    """Read the file and tell what it would do; nothing is done."""
    file = request.files.get("sheet")
    content = file.read(MAX_BYTES + 1) if file else b""
    if not content:
        return _shown(wrong=_("Choose a file.")), 422
    return _preview(content, file.filename or "" if file else "")


@page.post("/people/import/do")
def carry_out() -> Page:
    """Do what was looked at, if it would still do the same."""
    try:
        content = base64.b64decode(request.form.get("content", ""), validate=True)
    except binascii.Error:
        return _shown(wrong=_("Choose a file.")), 422
    try:
        mark = request.form.get("fingerprint", "")
        done = _imported(content, fingerprint=mark)
    except Conflict as error:
        return _preview(content, request.form.get("name", ""), pick(error.message_th, error.message))
    except Invalid:
        return _preview(content, request.form.get("name", ""))
    counts = {outcome: done.count(outcome) for outcome in ("added", "changed")}
    flash(_("The sheet is imported: %(added)s rows added somebody, %(changed)s changed somebody.", **counts), "done")
    if counts["added"]:
        flash(_("Those added have no password yet: make each a one-time link."), "returned")
        return redirect(url_for("people.show", state="locked"))
    return redirect(url_for("people.show"))


@page.get("/people/import/template.<kind>")
def template(kind: str) -> Response:
    """An empty sheet with the columns in the reader's language and two examples."""
    rows = [list(COLUMNS) if language() == ENGLISH else [_thai(key) for key in COLUMNS]]
    rows += [
        ["somchai.j", "ชื่อ นามสกุล", "Name Surname", "name@example.go.th", "opdc", "designer, approver", "", ""],
        ["user50", "ชื่อ นามสกุล", "", "", "province:TH-50", "", "1/10/2569", "30/9/2570"],
    ]
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        return send_file(
            io.BytesIO(text.getvalue().encode("utf-8-sig")), mimetype="text/csv", as_attachment=True, download_name="people.csv"
        )
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "people"
    for row in rows:
        sheet.append(row)
    for place, width in enumerate((16, 26, 22, 26, 26, 22, 14, 14)):
        sheet.column_dimensions["ABCDEFGH"[place]].width = width
    sheet.add_table(Table(displayName="people", ref=f"A1:H{len(rows)}"))
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return send_file(stream, mimetype=XLSX, as_attachment=True, download_name="people.xlsx")


def _imported(content: bytes, *, preview: bool = False, fingerprint: str | None = None) -> ImportPlan:
    engine, units = current.engine(), names.units()
    return engine.import_users(
        content, units=units, called=names.called(engine), preview=preview, fingerprint=fingerprint, actor=current.actor()
    )


def _preview(content: bytes, name: str, said: str = "") -> Page:
    try:
        plan = _imported(content, preview=True)
    except (Invalid, Conflict) as error:
        return _shown(wrong=pick(error.message_th, error.message)), 422
    return _shown(plan, content, name, said)


def _shown(plan: ImportPlan | None = None, content: bytes = b"", name: str = "", said: str = "", wrong: str = "") -> str:
    hint = _("XLSX or CSV (also as Thai Excel saves it), 2,000 rows at most.")
    entries = fields.simple((("sheet", _("Sheet"), {"widget": "file", "accept": ".xlsx,.csv", "hint": hint}),), {}, {"sheet": wrong})
    columns = [key for key in COLUMNS if plan is not None and any(key in row.cells for row in plan.rows)]
    return render_template(
        "pages/people_import.html",
        tabs=tabs("importing"),
        plan=plan,
        content=base64.b64encode(content).decode(),
        name=name,
        said=said,
        file=entries[0],
        problems=fields.wrongs(entries),
        columns=columns,
        names=names,
        told=_told,
        heads={key: key if language() == ENGLISH else _thai(key) for key in COLUMNS},
        parties=[(key, names.group(key)) for key in current.engine().parties()],
    )


def _told(what: str, text: str) -> str:
    """What is before or after a change, as people read it."""
    return ", ".join(str(ROLES.get(role, role)) for role in text.split(", ")) if what == "roles" else written(text)  # type: ignore[call-overload]


def _thai(key: str) -> str:
    """What a column is called in Thai: the first of its other names that is."""
    return next(name for name in COLUMNS[key] if not name.isascii())
