"""The simulated clock of a demo: to the next date, a day on, to a day; and what fired on the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from engine.errors import Conflict, Invalid
from engine.states import JobState
from webui import acting, current, names, sentences
from webui.pages.administration import parts
from webui.pages.administration.blueprint import page
from webui.pages.administration.jobs import KINDS
from webui.rendering import moment

if TYPE_CHECKING:
    from engine.queries import JobView

COMING = 12  # lines
MOST = 500  # jobs read for them
LATELY = 25


@page.get("/clock")
def clock() -> str:
    """Where the clock stands, what comes next, what fired lately."""
    engine, me = current.engine(), current.actor()
    if not engine.simulated:
        raise Conflict(_("This database runs on the real clock."))
    coming = _coming([job for job in engine.jobs(actor=me, limit=MOST).items if job.state != JobState.FAILED])
    roots = engine.roots(actor=me, limit=5).items
    fired = [one for root in roots for one in engine.happenings(root.instance.id, actor=me, kind="time", limit=LATELY).items]
    fired.sort(key=lambda one: one.time, reverse=True)
    return render_template(
        "pages/admin_clock.html",
        tabs=parts.tabs("clock"),
        now=engine.clock_now(),
        coming=coming,
        kinds=KINDS,
        names=names,
        days=sentences.by_day(fired[:LATELY]),
    )


def _coming(jobs: Sequence[JobView]) -> list[tuple[JobView, int]]:
    """The next jobs; those of one kind at one moment as one line, with how many they are."""
    found = [list(many) for _same, many in groupby(jobs, key=lambda job: (job.due, job.kind))]
    return [(many[0], len(many)) for many in found[:COMING]]


@page.post("/clock")
def move_clock() -> Response:
    """Move it: `to` is next, day, week or date."""
    engine, me = current.engine(), current.actor()
    to, now = request.form.get("to"), engine.clock_now()
    try:
        if to == "next":
            target = engine.next_due() or now
        elif to == "date":
            target = acting.typed_moment()
        else:
            target = now + timedelta(days=7 if to == "week" else 1)
        if target < now:
            raise Conflict(_("The clock cannot go back."))
        fired = engine.advance_clock(target, actor=me)
    except (Invalid, Conflict) as error:
        flash(acting.said(error), "overdue")
        acting.keep()
    else:
        words = ngettext("%(num)d date fired on the way", "%(num)d dates fired on the way", fired)
        flash(_("It is now %(time)s", time=moment(engine.clock_now())) + " · " + words, "done")
    return redirect(url_for("administration.clock"))
