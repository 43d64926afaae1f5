"""What went wrong and waits for somebody: where, why, and trying again."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from werkzeug.wrappers import Response

from engine.errors import Invalid
from engine.states import IncidentType
from webui import current, names
from webui.languages import pick
from webui.pages.administration import parts
from webui.pages.administration.blueprint import page

LIMIT = 30
CAUSES = {
    IncidentType.FAILED_JOB: lazy_gettext("A timer or an automatic step failed several times and has stopped."),
    IncidentType.FAILED_STEP: lazy_gettext(
        "A step failed while somebody completed a task. The task is still open; it can be completed again."
    ),
    IncidentType.STUCK: lazy_gettext("The process has not ended but waits for nothing."),
    IncidentType.FAILED_EXTERNAL_TASK: lazy_gettext("A worker from outside reported that it failed."),
}


@page.get("/incidents")
def incidents() -> str:
    """The incidents, open ones or all."""
    every = request.args.get("view") == "all"
    first = current.first()
    found = current.engine().incidents(actor=current.actor(), open_only=not every, first=first, limit=LIMIT)
    return render_template(
        "pages/admin_incidents.html",
        tabs=parts.tabs("incidents"),
        incidents=found.items,
        total=found.total,
        first=first,
        limit=LIMIT,
        every=every,
        causes=CAUSES,
        names=names,
        further=lambda start: url_for("administration.incidents", view="all" if every else None, first=start or None),
    )


@page.post("/incidents/repair")
def repair_incidents() -> Response:
    """Try those that were chosen again, with other variables where some are typed, or close them as they are; with a reason."""
    engine, me, form = current.engine(), current.actor(), request.form
    back = redirect(url_for("administration.incidents"))
    ids = form.getlist("incident")
    try:
        if not ids:
            raise Invalid(_("Choose incidents first."))
        reason = parts.reason()
        if form.get("act") == "dismiss":
            repaired = engine.dismiss_incidents(ids, reason=reason, actor=me)
        else:
            repaired = engine.retry_incidents(ids, reason=reason, variables=parts.typed_variables("variables"), actor=me)
    except Invalid as error:
        flash(parts.said(error), "overdue")
        return back
    done = sum(one.problem is None for one in repaired)
    if done:
        flash(ngettext("%(num)d incident is seen to.", "%(num)d incidents are seen to.", done), "done")
    for problem in dict.fromkeys(one.problem for one in repaired if one.problem is not None):
        flash(pick(*problem), "overdue")
    return back


@page.post("/incidents/<incident_id>/retry")
def retry_incident(incident_id: str) -> Response:
    """Try again what failed."""
    back = url_for("administration.incidents")
    return parts.done(lambda: current.engine().retry_incident(incident_id, actor=current.actor()), _("It will be tried again."), back)
