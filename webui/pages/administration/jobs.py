"""What the engine has to do at a time: timers, automatic steps, reminders."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from engine.errors import Invalid
from engine.states import JobKind, JobState
from engine.views.searching import Condition, Operator
from engine.views.subjects.operations import JOBS
from webui import acting, current, names
from webui.pages.administration import parts
from webui.pages.administration.blueprint import page

LIMIT = 50
KINDS = {
    JobKind.TIMER: lazy_gettext("Timer"), JobKind.START: lazy_gettext("Starts a process"), JobKind.HANDLER: lazy_gettext("Automatic step"),
    JobKind.REMINDER: lazy_gettext("Reminder"), JobKind.CONTINUATION: lazy_gettext("Next step"),
    JobKind.ACTIVATION: lazy_gettext("Activates a draft"),
}  # fmt: skip


@page.get("/jobs")
def jobs() -> str:
    """The jobs by due time."""
    kind = request.args.get("kind") if request.args.get("kind") in set(JobKind) else None
    state = request.args.get("state") if request.args.get("state") in set(JobState) else None
    first = current.first()
    found = current.engine().jobs(actor=current.actor(), kind=kind, state=state, first=first, limit=LIMIT)
    return render_template(
        "pages/admin_jobs.html",
        tabs=parts.tabs("jobs"),
        jobs=found.items,
        processes=parts.processes(one.definition_id for one in found.items),
        total=found.total,
        first=first,
        limit=LIMIT,
        kind=kind,
        state_chosen=state,
        kinds=KINDS,
        names=names,
        states=list(JobState),
        further=lambda start: url_for("administration.jobs", kind=kind, state=state, first=start or None),
    )


@page.get("/jobs/<job_id>")
def job(job_id: str) -> str:
    """One job: what it is, and moving its date."""
    found = current.engine().search(JOBS, [Condition("id", Operator.IS, job_id)], actor=current.actor())
    return render_template("pages/admin_job.html", tabs=parts.tabs("jobs"), job=found[0] if found else None, kinds=KINDS, names=names)


@page.post("/jobs/<job_id>/move")
def move_job(job_id: str) -> Response:
    """Move its date, with a reason. A date that has passed is a slip of the pen: to do it at once there is a button of its own."""
    engine, me = current.engine(), current.actor()

    def act() -> None:
        due = acting.typed_moment()
        if due < engine.clock_now():
            raise Invalid(_("That date has passed. To have it done at once, press “Run it now”."))
        engine.move_job(job_id, due, reason=parts.reason(), actor=me)

    return acting.done(act, _("The date is moved."), url_for("administration.job", job_id=job_id))


@page.post("/jobs/<job_id>/run")
def run_job(job_id: str) -> Response:
    """Make it due now and run what is due."""
    engine, me = current.engine(), current.actor()

    def act() -> None:
        engine.move_job(job_id, engine.clock_now(), reason=parts.reason(), actor=me)
        engine.run_due()

    return acting.done(act, _("It was run."), url_for("administration.jobs"))


@page.post("/jobs/<job_id>/retry")
def retry_job(job_id: str) -> Response:
    """Try a failed job again."""
    engine, me = current.engine(), current.actor()
    return acting.done(
        lambda: engine.retry_job(job_id, reason=parts.reason(), actor=me), _("It will be tried again."), url_for("administration.jobs")
    )
