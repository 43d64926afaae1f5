"""The variables of an instance: what they are, what they were, and changing one with a reason."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Forbidden, Invalid
from engine.states import Event, InstanceState
from webui import current, names
from webui.pages.administration import parts
from webui.pages.administration.blueprint import page

LATELY = 200  # changes that are shown


@dataclass(frozen=True, slots=True)
class Change:
    """That a variable was set, taken out, or set anew. `None`: there was none."""

    time: datetime
    who: str | None
    name: str
    before: str | None
    after: str | None


@page.get("/instances/<instance_id>/variables")
def variables(instance_id: str) -> str:
    """The values as far as this administrator may read them, and their history."""
    engine, me = current.engine(), current.actor()
    view = engine.instance(instance_id, actor=me)
    try:
        values: dict[str, Any] | None = engine.variables(instance_id, actor=me)
    except Forbidden:
        values = None
    return render_template(
        "pages/admin_variables.html",
        tabs=parts.tabs("instances"),
        instance=view,
        values=None if values is None else {name: _written(value) for name, value in sorted(values.items())},
        changes=_changes(instance_id),
        running=view.state in (InstanceState.ACTIVE, InstanceState.SUSPENDED),
        chosen=request.args.get("name", ""),
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
    return parts.done(act, _("%(name)s is changed.", name=name), back)


def _changes(instance_id: str) -> list[Change]:
    """Newest first; none where the values are not for this administrator."""
    found = current.engine().history(instance_id, actor=current.actor(), event=Event.VARIABLES_CHANGED, limit=100_000).items
    changes = []
    for row in found[-LATELY:]:
        if "scope" in row.data:
            continue
        before, after = row.data.get("before", {}), row.data.get("after", {})
        for name, value in after.items():
            was = _written(before[name]) if name in before else None
            changes.append(Change(row.time, row.actor, name, was, _written(value)))
    return changes[::-1]


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _read(text: str) -> Any:
    """JSON; any other text is itself. Raises Invalid for what only begins like JSON."""
    try:
        return json.loads(text)
    except ValueError as error:
        if text.strip()[:1] in ("{", "[", '"'):
            raise Invalid(_("The value is not JSON: %(error)s", error=error)) from None
        return text
