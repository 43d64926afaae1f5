"""Approval: putting a draft before a second person, who looks at what it changes, approves it or sends it back."""

from __future__ import annotations

from collections.abc import Callable

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.drafts.states import DraftEvent, DraftState
from engine.packtests import is_test
from webui import acting, current, names
from webui.pages.designer import parts
from webui.pages.designer.blueprint import page
from webui.pages.designer.history import WORDS, why

DECISIONS = frozenset({"draft.submitted", "draft.withdrawn", "draft.approved", "draft.returned", "draft.reopened", "draft.base_confirmed"})
NAMED = 8  # of those who may approve it


@page.get("/<draft_id>/approval")
def approval(draft_id: str) -> str:
    """Where the approval stands, and what the reader may do for it."""
    head = parts.head(draft_id, "approval")
    engine, me = current.engine(), current.actor()
    happened = engine.draft_history(draft_id, limit=200, actor=me).items
    waits = head.whole.draft.state == DraftState.SUBMITTED
    return render_template(
        "designer/approval.html",
        head=head,
        draft=head.whole.draft,
        may=head.whole.draft.may,
        deciders=[names.person(one) for one in head.whole.deciders[:NAMED]],
        more=max(0, len(head.whole.deciders) - NAMED),
        tests=sum(is_test(file.path) for file in head.whole.files),
        mover=me.administrator,
        is_editor=me.user_id in head.whole.editors,
        decisions=[(one, WORDS[DraftEvent(one.event)], why(one)) for one in happened if one.event in DECISIONS],
        groups=engine.draft_differences(draft_id, actor=me).groups if waits else (),
        states=parts.STATES,
        names=names,
    )


@page.post("/<draft_id>/submit")
def submit(draft_id: str) -> Response:
    """Put it before a second person."""
    note = parts.typed_reason()
    return _then(draft_id, lambda: current.engine().submit_draft(draft_id, note, actor=current.actor()), _("Submitted for approval."))


@page.post("/<draft_id>/withdraw")
def withdraw(draft_id: str) -> Response:
    """Take it back to change it."""
    reason = parts.typed_reason()
    return _then(
        draft_id, lambda: current.engine().withdraw_draft(draft_id, reason, actor=current.actor()), _("Withdrawn; it can be changed.")
    )


@page.post("/<draft_id>/approve")
def approve(draft_id: str) -> Response:
    """Approve what was looked at."""
    revision, reason, replace = request.form.get("revision", 0, type=int), parts.typed_reason(), request.form.get("replace") == "yes"
    return _then(
        draft_id,
        lambda: current.engine().approve_draft(draft_id, revision=revision, reason=reason, replace=replace, actor=current.actor()),
        _("Approved. It can be activated now, or at a time."),
    )


@page.post("/<draft_id>/return")
def send_back(draft_id: str) -> Response:
    """Send it back, with a reason."""
    revision, reason = request.form.get("revision", 0, type=int), parts.typed_reason()
    return _then(
        draft_id,
        lambda: current.engine().return_draft(draft_id, revision=revision, reason=reason, actor=current.actor()),
        _("Sent back. Its author is told why."),
    )


@page.post("/<draft_id>/reopen")
def reopen(draft_id: str) -> Response:
    """Change what was approved; it will have to be approved again."""
    reason = parts.typed_reason()
    return _then(draft_id, lambda: current.engine().reopen_draft(draft_id, reason, actor=current.actor()), _("It can be changed again."))


def _then(draft_id: str, act: Callable[[], object], words: str) -> Response:
    return acting.done(act, words, parts.to("approval", draft_id))
