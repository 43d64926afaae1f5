"""What the pages of the administration share: their tabs, a reason, variables typed by hand, what processes are called."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from engine.errors import Invalid, NotFound
from webui import current
from webui.languages import pick


def tabs(here: str) -> list[dict[str, object]]:
    """The pages of the administration; incidents with their number."""
    engine, me = current.engine(), current.actor()
    entries: list[tuple[str, str, int | None, bool]] = [
        ("incidents", _("Incidents"), engine.incidents(actor=me, limit=1).total, True),
        ("jobs", _("Jobs"), None, False),
        ("workers", _("Workers outside"), None, False),
        ("tasks", _("Open tasks"), None, False),
        ("instances", _("Instances"), None, False),
        ("definitions", _("Processes"), None, False),
        ("decisions", _("Decisions"), None, False),
        ("system", _("System"), None, False),
    ]
    if engine.simulated:
        entries.insert(-1, ("clock", _("Clock"), None, False))
    found: list[dict[str, object]] = [
        {"url": url_for(f"administration.{name}"), "words": words, "here": name == here, "count": count, "alarm": alarm}
        for name, words, count, alarm in entries
    ]
    return [*found, {"url": url_for("people.show"), "words": _("People"), "here": False}]


def reason() -> str:
    """The reason typed. Raises Invalid where there is none."""
    text = request.form.get("reason", "").strip()
    if not text:
        raise Invalid(_("Please give a reason: it stays in the history."))
    return text


def typed_variables(name: str) -> dict[str, Any]:
    """The variables typed as a JSON object; none where nothing was. Raises Invalid."""
    text = request.form.get(name, "").strip()
    if not text:
        return {}
    try:
        found = json.loads(text)
    except ValueError as error:
        raise not_json(error) from None
    if not isinstance(found, dict):
        raise Invalid(_('Write the variables as an object: {"name": value}.'))
    return found


def not_json(error: ValueError) -> Invalid:
    """That a text is no JSON, and where it stops being so."""
    at = {"line": getattr(error, "lineno", 1), "column": getattr(error, "colno", 1)}
    return Invalid(_("This cannot be read as JSON, from line %(line)s, character %(column)s on. Check quotes, commas and brackets.", **at))


def processes(ids: Iterable[str | None]) -> dict[str | None, str]:
    """What people call the versions of processes, by their ids: the name and which version."""
    found: dict[str | None, str] = {None: ""}
    for id in set(ids) - {None}:
        try:
            view = current.engine().definition(str(id))
        except NotFound:
            found[id] = ""
        else:
            found[id] = f"{pick(view.name, view.name_en) or view.key} · {_('version %(n)s', n=view.version)}"
    return found
