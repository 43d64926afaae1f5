"""Who did what, over everything: searched, taken along as a file, and whether the chains it is told from are whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from engine.dates import thai
from engine.dates.zone import BANGKOK
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.storage.journal import CHAIN
from engine.views.audit import KINDS, Asked, Deed
from webui import background, current, deeds, fields, names, spreadsheet
from webui.languages import pick

page = Blueprint("audit", __name__, url_prefix="/audit")

LIMIT = 50
MOST_FAULTS = 20  # of a check that are listed
MOST_EXPORTED = 100_000  # rows
KIND_NAMES = {
    "access": lazy_gettext("Logins"),
    "people": lazy_gettext("People and roles"),
    "processes": lazy_gettext("Drafts and deployments"),
    "instances": lazy_gettext("Instances"),
    "work": lazy_gettext("Tasks"),
    "repairs": lazy_gettext("Repairs"),
    "migrations": lazy_gettext("Migrations"),
    "papers": lazy_gettext("Papers"),
    "system": lazy_gettext("Settings and audit"),
}


@page.before_request
def overseers_only() -> None:
    """Auditors and administrators."""
    if not current.actor().overseer:
        raise Forbidden("This is for auditors and administrators.", th="เฉพาะผู้ตรวจสอบและผู้ดูแลระบบเท่านั้น")


@page.get("")
def show() -> str:
    """The deeds that were looked for, newest first."""
    asked, problems = _asked()
    before = request.args.get("before")
    found = current.engine().deeds(asked, before=before, limit=LIMIT, actor=current.actor())
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "before" and value}
    dates = fields.simple(
        (
            ("since", _("From"), {"widget": "short"}),
            ("until", _("To"), {"widget": "short"}),
        ),
        request.args,
        problems,
    )
    return render_template(
        "pages/audit.html", deeds=found, told=deeds, names=names, asked=asked, kinds=[(key, KIND_NAMES[key]) for key in KINDS], dates=dates,
        problems=fields.wrongs(dates), filtered=bool(kept), begun=before is not None,
        newest=url_for("audit.show", **kept), older=url_for("audit.show", **{**kept, "before": found.before}) if found.before else None,
        by_itself=url_for("audit.show", **{**kept, "engine": "yes"}),
        export=lambda kind: url_for("audit.export", **{**kept, "format": kind}),
    )  # fmt: skip


@page.get("/export.<format>")
def export(format: str) -> Response:
    """What was looked for as CSV (for spreadsheets) or as JSON lines (for programs)."""
    asked, problems = _asked()
    if problems:
        return redirect("/audit?" + request.query_string.decode("ascii", "replace"))
    found = current.engine().export_deeds(asked, limit=MOST_EXPORTED, actor=current.actor())
    day = current.now().astimezone(BANGKOK).date().isoformat()
    lines, media = (_csv(found), "text/csv") if format == "csv" else (_json_lines(found), "application/x-ndjson")
    name = f"audit-{day}.{'csv' if format == 'csv' else 'jsonl'}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(list(lines), mimetype=media, headers=headers)


@page.get("/chains")
def chains() -> str:
    """The last checks of the chains, and the button for another."""
    found = current.engine().verifications(actor=current.actor(), limit=10)
    running = next((one for one in found if one.running), None)
    touched = {fault["instance_id"] for one in found for fault in one.faults[:MOST_FAULTS]}
    chains = {id: _chain(id) for id in touched}
    return render_template("pages/audit_chains.html", checks=found, running=running, names=names, chains=chains, most=MOST_FAULTS)


def _chain(id: str) -> tuple[str, str | None]:
    """What people call a chain, and its page."""
    if id == CHAIN:
        return _("Beside the processes"), None
    try:
        one = current.engine().instance(id, actor=current.actor())
    except NotFound:
        return _("Draft"), None
    words = (pick(one.definition_name, one.definition_name_en), names.business_key(one.business_key))
    return " · ".join(filter(None, words)), url_for("project.history", root_id=one.root_id)


@page.post("/chains")
def verify() -> Response:
    """Begin a check; it is computed beside the pages."""
    try:
        background.verify(current.engine().begin_verification(actor=current.actor()))
    except Conflict as error:
        flash(pick(error.message_th, error.message), "returned")
    return redirect(url_for("audit.chains"))


@page.get("/chains/<id>")
def chains_state(id: str) -> dict[str, Any]:
    """How far a check is, for the page that waits for it."""
    one = current.engine().verification(id, actor=current.actor())
    done = f"{one.done:,} / {one.total:,}"
    return {"state": "RUNNING" if one.running else "ENDED", "done": done, "doing": f"{100 * one.done // one.total if one.total else 0}%"}


def _asked() -> tuple[Asked, dict[str, str]]:
    given = {name: request.args.get(name, "").strip() or None for name in ("user", "kind", "instance", "q", "since", "until")}
    days: dict[str, datetime | None] = {"since": None, "until": None}
    problems: dict[str, str] = {}
    for name, hour in (("since", time.min), ("until", time.max)):
        if text := given[name]:
            try:
                days[name] = datetime.combine(thai.parse_date(text), hour, BANGKOK)
            except Invalid as error:
                problems |= fields.problems_of(error, name)
                problems[name] = problems.get(name) or pick(error.message_th, error.message)
    if days["since"] and days["until"] and days["until"] < days["since"]:
        problems["until"] = _("The last day is before the first.")
    kind = given["kind"] if given["kind"] in KINDS else None
    everything = request.args.get("engine") == "yes"
    return Asked(given["user"], kind, days["since"], days["until"], given["instance"], given["q"], everything), problems


def _csv(found: Iterable[Deed]) -> Iterator[bytes]:
    heads = (_("Time"), _("User name"), _("Name"), _("What"), _("About"), _("Process"), _("Key"), _("Particulars"), _("Chain"), _("No."))
    return spreadsheet.lines(heads, map(_cells, found))


def _cells(one: Deed) -> tuple[object, ...]:
    return (
        one.time.astimezone(BANGKOK).strftime("%Y-%m-%d %H:%M:%S"), one.actor or "", names.person(one.actor), deeds.words(one),
        deeds.about(one), pick(one.process, one.process_en), one.business_key or "", deeds.particulars(one), one.chain, str(one.seq),
    )  # fmt: skip


def _json_lines(found: Iterable[Deed]) -> Iterator[bytes]:
    for one in found:
        row = {
            "time": one.time.isoformat(), "event": one.event, "actor": one.actor, "subject": one.subject, "title": one.title,
            "process": one.process, "businessKey": one.business_key, "facts": one.facts, "chain": one.chain, "seq": one.seq,
        }  # fmt: skip
        yield json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n"
