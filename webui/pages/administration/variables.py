"""The variables of an instance: what they are, what they were, and changing one with a reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Forbidden, Invalid, RuamError
from engine.states import Event, InstanceState
from webui import acting, current, names
from webui.pages.administration import parts
from webui.pages.administration.blueprint import page
from webui.rendering import size, written
from webui.rest import variables as variables_of_clients

LATELY = 200  # changes that are shown


@dataclass(frozen=True, slots=True)
class Told:
    """A value as people read it: as JSON, or what it is and a text for files and dates."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """That a variable was set, taken out, or set anew. `None`: there was none."""

    time: datetime
    who: str | None
    name: str
    before: Told | None
    after: Told | None
    reason: str = ""  # where it was set by hand


@page.get("/instances/<instance_id>/variables")
def variables(instance_id: str) -> str:
    """The values as far as this administrator may read them, and their history."""
    engine, me = current.engine(), current.actor()
    view, chosen = engine.instance(instance_id, actor=me), request.args.get("name", "")
    try:
        values: dict[str, Any] | None = engine.variables(instance_id, actor=me)
    except Forbidden:
        values = None
    return render_template(
        "pages/admin_variables.html",
        tabs=parts.tabs("instances"),
        instance=view,
        values=None if values is None else {name: _told(value) for name, value in sorted(values.items())},
        written=_written((values or {})[chosen]) if chosen in (values or {}) else "",
        changes=_changes(instance_id, values or {}),
        running=view.state in (InstanceState.ACTIVE, InstanceState.SUSPENDED),
        chosen=chosen,
        names=names,
    )


@page.post("/instances/<instance_id>/variables")
def change_variable(instance_id: str) -> Response:
    """Set one, or take it out."""
    engine, me, form = current.engine(), current.actor(), request.form
    name = form.get("name", "").strip()

    def act() -> None:
        if not name:
            raise Invalid(_("Which variable? Write its name."))
        remove = form.get("act") == "remove"
        given = {} if remove else {name: _read(form.get("value", ""))}
        engine.set_variables(instance_id, given, remove=[name] if remove else [], reason=parts.reason(), actor=me)

    back = url_for("administration.variables", instance_id=instance_id)
    return acting.done(act, _("%(name)s is changed.", name=name), back)


def _changes(instance_id: str, values: Mapping[str, Any]) -> list[Change]:
    """Newest first; none where the values are not for this administrator.

    What was taken out is kept as set to null; but of what was set to null the next change, or the value of today, knows.
    """
    engine, me = current.engine(), current.actor()
    found = engine.history(instance_id, actor=me, event=Event.VARIABLES_CHANGED, limit=100_000).items
    reasons = {  # a change by hand stands right behind what says why
        row.seq: str(row.data.get("reason") or "")
        for event in (Event.NOTED, Event.INSTANCE_MODIFIED)
        for row in engine.history(instance_id, actor=me, event=event, limit=100_000).items
    }
    changes: list[Change] = []
    known = set(values)  # the names there are after the change that is looked at
    for row in reversed(found[-LATELY:]):
        if "scope" in row.data:
            continue
        before, after = row.data.get("before", {}), row.data.get("after", {})
        for name, value in after.items():
            after_it = None if value is None and name not in known else _told(value)
            changes.append(
                Change(row.time, row.actor, name, _told(before[name]) if name in before else None, after_it, reasons.get(row.seq - 1, ""))
            )
        known = known - set(after) | set(before)
    return changes


def _told(value: Any) -> Told:
    """A file by its name and size, a date as people write it, everything else as JSON."""
    if variables_of_clients.type_of(value) in ("File", "Bytes"):
        try:
            content, name, _media = variables_of_clients.content(value)
        except RuamError:
            return Told(_written(value))
        return Told(f"{name} · {size(len(content))}" if value.get("filename") else size(len(content)), _("a file"))
    if isinstance(value, str) and (said := written(value)) != value:
        return Told(said, value)
    return Told(_written(value))


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _read(text: str) -> Any:
    """JSON; any other text is itself, without the space around it. Raises Invalid for what only begins like JSON."""
    try:
        return json.loads(text)
    except ValueError as error:
        if text.strip()[:1] in ("{", "[", '"'):
            raise parts.not_json(error) from None
        return text.strip()
