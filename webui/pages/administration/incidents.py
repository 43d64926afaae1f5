"""What went wrong and waits for somebody: where, why, and trying again."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine.errors import Invalid
from engine.queries import IncidentView
from engine.states import IncidentType
from engine.views.searching import Condition, Operator
from engine.views.subjects.operations import ALL_INCIDENTS, OPEN_INCIDENTS
from webui import acting, current, names
from webui.languages import pick
from webui.pages.administration import parts
from webui.pages.administration.blueprint import page

LIMIT = 30
Page = tuple[str, int] | Response
CAUSES = {
    IncidentType.FAILED_JOB: lazy_gettext("A timer or an automatic step failed several times and has stopped."),
    IncidentType.FAILED_STEP: lazy_gettext(
        "A step failed while somebody completed a task. The task is still open; it can be completed again."
    ),
    IncidentType.STUCK: lazy_gettext("The process has not ended but waits for nothing."),
    IncidentType.FAILED_EXTERNAL_TASK: lazy_gettext("A worker from outside reported that it failed."),
}

WAYS_OUT = {  # that an instance is stuck says its message
    IncidentType.FAILED_JOB: lazy_gettext("Put right what is named here, or set variables below; then try it again."),
    IncidentType.FAILED_STEP: lazy_gettext(
        "Set the variables right below with “Try again”, or mend the diagram and move the process to its new version; "
        "then whoever does the task completes it again."
    ),
    IncidentType.FAILED_EXTERNAL_TASK: lazy_gettext("Have the program that does this work looked at, then try again."),
}


@page.get("/incidents")
def incidents() -> str:
    """The incidents, open ones or all."""
    return _page({})


@page.post("/incidents/repair")
def repair_incidents() -> Page:
    """Try those that were chosen again, with other variables where some are typed, or close them as they are; with a reason."""
    engine, me, form = current.engine(), current.actor(), request.form
    ids = form.getlist("incident")
    retried = form.get("act") != "dismiss"
    wrong, variables = _wrong(ids, retried)
    if wrong:
        return _page(wrong), 422
    reason, known = form["reason"].strip(), _known(ids)
    if retried:
        repaired = engine.retry_incidents(ids, reason=reason, variables=variables, actor=me)
        engine.run_due()
    else:
        repaired = engine.dismiss_incidents(ids, reason=reason, actor=me)
    again = _again([known[one.id] for one in repaired if one.problem is None and one.id in known]) if retried else []
    if done := sum(one.problem is None for one in repaired) - len(again):
        flash(ngettext("%(num)d incident is seen to.", "%(num)d incidents are seen to.", done), "done")
    if again:
        words = ngettext("%(num)d failed again at once:", "%(num)d failed again at once:", len(again))
        links = Markup(", ").join(Markup('<a href="#incident-{}">{}</a>').format(one.id, _name(one)) for one in again)
        flash(Markup("{} {}").format(words, links), "overdue")
    for problem in dict.fromkeys(one.problem for one in repaired if one.problem is not None):
        flash(pick(*problem), "overdue")
    return redirect(url_for("administration.incidents"))


def _wrong(ids: list[str], retried: bool) -> tuple[dict[str, str], dict[str, Any]]:
    """What is wrong with what was typed, by field; and the variables."""
    wrong: dict[str, str] = {}
    variables: dict[str, Any] = {}
    if not ids:
        wrong["incident"] = _("Choose incidents first.")
    if not request.form.get("reason", "").strip():
        wrong["reason"] = _("Please give a reason: it stays in the history.")
    try:
        variables = parts.typed_variables("variables") if retried else {}
    except Invalid as error:
        wrong["variables"] = acting.said(error)
    return wrong, variables


def _known(ids: list[str]) -> dict[str, IncidentView]:
    """The chosen incidents by their ids."""
    found = current.engine().search(ALL_INCIDENTS, [Condition("id", Operator.ONE_OF, ids)], limit=len(ids), actor=current.actor())
    return {one.id: one for one in found}


def _again(tried: list[IncidentView]) -> list[IncidentView]:
    """The incidents that have come anew where something was tried again."""
    instances = [one.instance_id for one in tried if one.instance_id is not None]
    if not instances:
        return []
    places = {(one.instance_id, one.element_id) for one in tried}
    conditions = [Condition("instance_id", Operator.ONE_OF, instances)]
    found = current.engine().search(OPEN_INCIDENTS, conditions, limit=len(instances) * 10, actor=current.actor())
    old = {one.id for one in tried}
    return [one for one in found if (one.instance_id, one.element_id) in places and one.id not in old]


def _name(one: IncidentView) -> str:
    return names.element(one) or names.business_key(one.business_key) or one.type


def _page(wrong: dict[str, str]) -> str:
    every = request.args.get("view") == "all"
    first = current.first()
    found = current.engine().incidents(actor=current.actor(), open_only=not every, first=first, limit=LIMIT)
    return render_template(
        "pages/admin_incidents.html",
        tabs=parts.tabs("incidents"),
        incidents=found.items,
        processes=parts.processes(one.definition_id for one in found.items),
        total=found.total,
        first=first,
        limit=LIMIT,
        every=every,
        causes=CAUSES,
        ways_out=WAYS_OUT,
        names=names,
        name=_name,
        wrong=wrong,
        chosen=request.form.getlist("incident"),
        further=lambda start: url_for("administration.incidents", view="all" if every else None, first=start or None),
    )
