"""The projects: every root instance the actor sees or takes part in, of whatever process."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from engine.projects.progress import Progress
from engine.queries import InstanceView
from engine.states import InstanceState
from webui import current, line, names, projecthead
from webui.languages import pick

page = Blueprint("projects", __name__)

LIMIT = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A project as a line of the list."""

    root: InstanceView
    name: str
    whole: bool
    progress: Progress
    stations: tuple[line.Station, ...]
    now: str  # what it is at


VIEWS: dict[str, tuple[InstanceState, ...]] = {
    "running": (InstanceState.ACTIVE, InstanceState.SUSPENDED),
    "ended": (InstanceState.COMPLETED,),
    "cancelled": (InstanceState.EXTERNALLY_TERMINATED, InstanceState.INTERNALLY_TERMINATED),
}


@page.get("/projects")
def show() -> str:
    """The projects: those that run, those completed, those that ended before they were."""
    asked = request.args.get("view", "")
    view = asked if asked in VIEWS else "running"
    first = current.first()
    found = current.engine().roots(actor=current.actor(), states=VIEWS[view], first=first, limit=LIMIT)
    words = {"running": _("Running"), "ended": _("Completed"), "cancelled": _("Cancelled")}
    tabs = [
        {"url": url_for("projects.show", view=None if key == "running" else key), "words": words[key], "here": key == view} for key in VIEWS
    ]
    return render_template(
        "pages/projects.html",
        rows=[_row(root.instance, root.whole) for root in found.items],
        view=view,
        tabs=tabs,
        first=first,
        limit=LIMIT,
        total=found.total,
        may_start=bool(current.engine().startable(actor=current.actor())),
        further=lambda start: url_for("projects.show", view=view if view != "running" else None, first=start or None),
    )


def _row(root: InstanceView, whole: bool) -> Row:
    progress = current.engine().progress(root.id, actor=current.actor())
    return Row(root, projecthead.title(root), whole, progress, line.stations(progress), _now(progress))


def _now(progress: Progress) -> str:
    """`ขั้นตอนที่ 12 จังหวัด… (รอ จังหวัด)`: the first of the steps that are open."""
    for step in progress.current:
        waits = ", ".join(names.group(waiting.party) for waiting in step.waits_for) or names.group(step.party)
        words = _("Step %(n)s: %(name)s", n=step.n, name=pick(step.name, step.name_en))
        return f"{words} · {waits}" if waits else words
    return ""
