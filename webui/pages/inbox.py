"""The inbox: what waits for me, what is overdue, what is coming; search, and taking a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Conflict
from engine.states import TaskState
from webui import auth, current, names, tasknames
from webui.languages import pick
from webui.rendering import Due, due, moment

if TYPE_CHECKING:
    from engine.queries import TaskItem

page = Blueprint("inbox", __name__)

LIMIT = 50  # rows of one page
VIEWS = ("open", "mine", "overdue", "coming", "done")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the list, ready to be drawn: no macro and no look-up is left for the template."""

    id: str
    name: str
    where: str
    due: Due | None
    kind: str
    icon: str
    whose: str
    may_claim: bool
    draft: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Rows due at about the same time."""

    title: str
    lines: tuple[Line, ...]


@page.get("/inbox")
def show() -> str:
    """The tasks of one view, grouped by when they are due."""
    view = request.args.get("view", "open")
    view = view if view in VIEWS else "open"
    search = request.args.get("q", "").strip()
    first = current.first()
    found, g.counts = current.engine().desk(current.actor(), view=view, search=search or None, first=first, limit=LIMIT)
    groups = _done(found.items) if view == "done" else _by_due(found.items)
    return render_template(
        "pages/inbox.html", view=view, search=search, first=first, limit=LIMIT, total=found.total, groups=groups, tabs=_tabs(view, search),
        further=lambda start: url_for("inbox.show", view=view, q=search or None, first=start or None),
    )  # fmt: skip


@page.post("/tasks/<task_id>/claim")
def claim(task_id: str) -> Response:
    """Take the task and go to it; where somebody was faster, say so and stay."""
    try:
        current.engine().claim(task_id, actor=current.actor())
    except Conflict:
        flash(_("Somebody else has just taken this task."), "returned")
        return redirect(auth.safe_next(request.form.get("next")) or url_for("inbox.show"))
    return redirect(url_for("task.show", task_id=task_id))


def _tabs(view: str, search: str) -> list[dict[str, object]]:
    counts = current.counts()
    words = (
        ("open", _("Waiting for me"), counts.open, False),
        ("mine", _("In my hands"), counts.mine, False),
        ("overdue", _("Overdue"), counts.overdue, True),
        ("coming", _("Due this week"), counts.coming, False),
        ("done", _("Done by me"), None, False),
    )
    return [
        {"url": url_for("inbox.show", view=name, q=search or None), "words": text, "here": name == view, "count": count, "alarm": alarm}
        for name, text, count, alarm in words
    ]


def _by_due(items: Sequence[TaskItem]) -> list[Group]:
    order = {
        "overdue": _("Overdue"),
        "today": _("Today"),
        "soon": _("In the next days"),
        "later": _("Due later"),
        "": _("Without a due date"),
    }
    rows: dict[str, list[Line]] = {kind: [] for kind in order}
    me = current.actor().user_id
    for item in items:
        when = due(item.due)
        rows[when.kind if when else ""].append(_line(item, when, me))
    return [Group(order[kind], tuple(lines)) for kind, lines in rows.items() if lines]


def _line(item: TaskItem, when: Due | None, me: str) -> Line:
    late = when is not None and when.kind == "overdue"
    mine = item.assignee == me
    return Line(
        item.id, pick(item.name, item.name_en), tasknames.where(item), when,
        "overdue" if late else "open" if mine else "waiting",
        "overdue" if late else "person" if mine else "open",
        "" if item.assignee is None else _("In my hands") if mine else names.person(item.assignee),
        item.assignee is None and item.state == TaskState.CREATED,
        item.has_draft and mine,
    )  # fmt: skip


def _done(items: Sequence[TaskItem]) -> list[Group]:
    lines = tuple(
        Line(item.id, pick(item.name, item.name_en), tasknames.where(item), _ended(item), "done", "done", "", False, False)
        for item in items
    )
    return [Group(_("Newest first"), lines)] if lines else []


def _ended(item: TaskItem) -> Due | None:
    """When it was done, in the place of the due date."""
    return Due("later", moment(item.ended), "") if item.ended else None
