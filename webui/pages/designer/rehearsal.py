"""Rehearsal: the draft's process is played to its end on a simulated clock, in a database of its own; what it found."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from engine.drafts.states import RehearsalState
from webui import acting, background, current, names
from webui.pages.designer import parts
from webui.pages.designer.blueprint import page
from webui.rendering import Look

STATES: dict[str, Look] = {
    RehearsalState.RUNNING: Look("open", "clock", lazy_gettext("Being played")),
    RehearsalState.ENDED: Look("done", "done", lazy_gettext("Played to its end")),
    RehearsalState.STALLED: Look("overdue", "error", lazy_gettext("It stalls")),
    RehearsalState.STOPPED: Look("returned", "stopped", lazy_gettext("Broken off")),
    RehearsalState.CANCELLED: Look("waiting", "stopped", lazy_gettext("Cancelled")),
}


@page.get("/<draft_id>/rehearsal")
def rehearsal(draft_id: str) -> str:
    """The newest rehearsal, or how to begin one."""
    head = parts.head(draft_id, "rehearsal")
    one = head.whole.rehearsal
    offered = current.engine().draft_choices(draft_id, actor=current.actor())["processes"]
    return render_template(
        "designer/rehearsal.html",
        head=head,
        draft=head.whole.draft,
        rehearsal=one,
        result=one.result if one is not None else {},
        processes=[process for process in offered if process["path"]],
        looks=STATES,
        states=parts.STATES,
        names=names,
    )


@page.post("/<draft_id>/rehearsal")
def rehearse(draft_id: str) -> Response:
    """Begin one, beside this process."""

    def begin() -> None:
        process = request.form.get("process", "")
        background.rehearse(current.engine().begin_rehearsal(draft_id, process, actor=current.actor()))

    return acting.done(begin, _("The rehearsal has begun. This page shows how far it is."), parts.to("rehearsal", draft_id))


@page.get("/<draft_id>/rehearsal.json")
def rehearsal_state(draft_id: str) -> dict[str, Any]:
    """How far it is, for the page that waits."""
    one = current.engine().draft(draft_id, actor=current.actor()).rehearsal
    return {} if one is None else {"id": one.id, "state": one.state, "done": one.done, "doing": one.doing}


@page.post("/<draft_id>/rehearsal/cancel")
def cancel_rehearsal(draft_id: str) -> Response:
    """No further."""
    rehearsal_id = request.form.get("rehearsal", "")
    return acting.done(
        lambda: current.engine().cancel_rehearsal(rehearsal_id, actor=current.actor()), _("Cancelled."), parts.to("rehearsal", draft_id)
    )
