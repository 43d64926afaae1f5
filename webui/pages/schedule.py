"""The schedule: the planned window of each step beside what really happened, by month, with today's mark."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.dates.zone import in_bangkok
from engine.errors import NotFound
from engine.projects.progress import Progress, Step, StepState
from webui import current, line, names, projecthead
from webui.languages import pick
from webui.rendering import month_of

page = Blueprint("schedule", __name__)


@dataclass(frozen=True, slots=True)
class Bar:
    """A span of days on the chart, counted from its first day."""

    start: int
    days: int


@dataclass(frozen=True, slots=True)
class Row:
    """A step on the chart. `plan`: its window; `real`: from its first entry to its end, or to today; `due`: a moved date."""

    step: Step
    name: str
    party: str
    state: str
    plan: Bar | None
    real: Bar | None
    due: int | None


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the chart and its rows; `first` and `days` on the chart."""

    words: str
    first: int
    days: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole: how many days, which is today's (None: outside), the months."""

    days: int
    today: int | None
    months: tuple[Month, ...]


@page.get("/schedule")
def show() -> Response | str:
    """The schedule of the newest project."""
    try:
        return redirect(url_for("schedule.of_project", root_id=projecthead.newest().id))
    except NotFound:
        return render_template("pages/none_yet.html", title=_("Schedule"), icon_name="calendar")


@page.get("/projects/<root_id>/schedule")
def of_project(root_id: str) -> str:
    """Planned and real dates of the steps."""
    head = projecthead.head(root_id, "schedule")
    return render_template("pages/schedule.html", head=head, chart=chart(head.progress, current.now()), now=current.now())


def chart(progress: Progress, now: datetime) -> Chart | None:
    """The steps on a chart from the first month to the last; None where no step has a date."""
    days = [
        _day(when) for step in progress for when in (step.opens, step.closes, step.due, step.started, step.completed) if when is not None
    ]
    if not days:
        return None
    first = min(days).replace(day=1)
    last = max(days)
    last = last.replace(day=monthrange(last.year, last.month)[1])
    today = (_day(now) - first).days
    rows = [_row(step, first, now) for step in progress]
    months, at = [], first
    while at <= last:
        length = monthrange(at.year, at.month)[1]
        of_month = tuple(row for row in rows if row.step.month == at)
        months.append(Month(month_of(at), (at - first).days, length, of_month))
        at = (at + timedelta(days=32)).replace(day=1)
    whole = (last - first).days + 1
    return Chart(whole, today if 0 <= today < whole else None, tuple(months))


def _row(step: Step, first: date, now: datetime) -> Row:
    plan = Bar((_day(step.opens) - first).days, (_day(step.closes) - _day(step.opens)).days + 1) if step.opens and step.closes else None
    real = None
    if step.started is not None:
        end = step.completed or now
        real = Bar((_day(step.started) - first).days, max((_day(end) - _day(step.started)).days + 1, 1))
    moved = step.due is not None and step.closes is not None and _day(step.due) != _day(step.closes) and bool(step.moved)
    due = (_day(step.due) - first).days if moved and step.due is not None and step.state is not StepState.DONE else None
    return Row(step, pick(step.name, step.name_en), names.group(step.party), line.LOOKS[step.state], plan, real, due)


def _day(when: datetime) -> date:
    return in_bangkok(when).date()
