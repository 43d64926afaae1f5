"""Activation: now or at a time; and what somebody else has activated meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import time

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Invalid, Problem
from engine.packtests.model import RULE
from engine.packtests.words import Words
from webui import acting, current, names
from webui.pages.administration.moving import deployed_with
from webui.pages.designer import parts
from webui.pages.designer.blueprint import page
from webui.rendering import moment

MIDNIGHT = time(0, 0)
Answer = Response | tuple[str, int]


@page.get("/<draft_id>/activation")
def activation(draft_id: str) -> str:
    """Whether it is active, or when it will be."""
    return _page(draft_id)


def _page(draft_id: str, failing: Sequence[Problem] = ()) -> str:
    head = parts.head(draft_id, "activation")
    one = head.whole.draft
    engine = current.engine()
    made = deployed_with(one.deployment_id) if one.deployment_id else []
    rebase = engine.plan_rebase(draft_id, actor=current.actor()) if head.whole.stale else None
    return render_template(
        "designer/activation.html",
        head=head,
        draft=one,
        may=one.may,
        made=made,
        mover=current.actor().administrator,
        rebase=rebase,
        states=parts.STATES,
        names=names,
        now=current.now(),
        failing=failing,
        diagrams=Words.of(engine.draft_contents(draft_id, actor=current.actor())).places if failing else {},
    )


@page.post("/<draft_id>/activate")
def activate(draft_id: str) -> Answer:
    """Now."""
    return _unless_tests_fail(
        draft_id,
        lambda: current.engine().activate_draft(draft_id, untested=_untested(), actor=current.actor()),
        _("Active: whoever starts it now starts this version. What runs stays on its own version until it is moved."),
    )


@page.post("/<draft_id>/schedule")
def schedule(draft_id: str) -> Answer:
    """At a time to come."""
    try:
        at = acting.typed_moment(MIDNIGHT)
    except Invalid as error:
        flash(acting.said(error), "overdue")
        return _page(draft_id), 422
    return _unless_tests_fail(
        draft_id,
        lambda: current.engine().schedule_draft(draft_id, at, untested=_untested(), actor=current.actor()),
        _("It will be activated %(time)s.", time=moment(at)),
    )


def _untested() -> str:
    """Why its process tests need not pass, if somebody says so."""
    return request.form.get("untested", "").strip()


def _unless_tests_fail(draft_id: str, act: Callable[[], object], words: str) -> Answer:
    """Do it and say so; what was typed stays where it is refused. Of process tests that fail the page asks why they need not pass."""
    try:
        act()
    except acting.REFUSED as error:
        failing = [problem for problem in error.problems if problem.rule == RULE] if isinstance(error, Invalid) else []
        if not failing:
            flash(acting.said(error), "overdue")
        return _page(draft_id, failing), 422
    flash(words, "done")
    return redirect(parts.to("activation", draft_id))


@page.post("/<draft_id>/unschedule")
def unschedule(draft_id: str) -> Response:
    """Not at that time."""
    reason = parts.typed_reason()
    return acting.done(
        lambda: current.engine().unschedule_draft(draft_id, reason, actor=current.actor()),
        _("It stays approved and waits for a person."),
        parts.to("activation", draft_id),
    )


@page.post("/<draft_id>/rebase")
def rebase(draft_id: str) -> Response:
    """Take in what somebody else has activated; for each file both changed one says whose is kept."""
    take = {name.removeprefix("take:"): value for name, value in request.form.items() if name.startswith("take:")}
    return acting.done(
        lambda: current.engine().rebase_draft(draft_id, take, actor=current.actor()),
        _("The draft stands on the newest version now. Check it again."),
        parts.to("overview", draft_id),
    )
