"""What happened to a draft: who, when, why. Rows that are only added, in the chain that the audit verifies."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from engine.drafts.states import DraftEvent, RehearsalState
from engine.drafts.views import Happened
from webui import current, names
from webui.languages import pick
from webui.pages.designer import parts
from webui.pages.designer.blueprint import page

LIMIT = 50
WORDS = {
    DraftEvent.CREATED: lazy_gettext("began the draft"),
    DraftEvent.RENAMED: lazy_gettext("renamed the draft"),
    DraftEvent.FILE_SAVED: lazy_gettext("saved"),
    DraftEvent.FILE_ADDED: lazy_gettext("added"),
    DraftEvent.FILE_RENAMED: lazy_gettext("renamed"),
    DraftEvent.FILE_REMOVED: lazy_gettext("removed"),
    DraftEvent.FILE_RESTORED: lazy_gettext("brought back"),
    DraftEvent.SAVE_LOST: lazy_gettext("was too late to save; what he had is kept aside"),
    DraftEvent.REBASED: lazy_gettext("took in the newest version"),
    DraftEvent.BASE_CONFIRMED: lazy_gettext("confirmed that a newer version is replaced"),
    DraftEvent.REHEARSED: lazy_gettext("rehearsed it"),
    DraftEvent.SUBMITTED: lazy_gettext("submitted it for approval"),
    DraftEvent.WITHDRAWN: lazy_gettext("withdrew it"),
    DraftEvent.RETURNED: lazy_gettext("sent it back"),
    DraftEvent.APPROVED: lazy_gettext("approved it"),
    DraftEvent.REOPENED: lazy_gettext("opened it for changes again"),
    DraftEvent.SCHEDULED: lazy_gettext("set the time of its activation"),
    DraftEvent.UNSCHEDULED: lazy_gettext("took back the time of its activation"),
    DraftEvent.ACTIVATED: lazy_gettext("activated it"),
    DraftEvent.ACTIVATION_REFUSED: lazy_gettext("could not be activated at its time"),
    DraftEvent.DISCARDED: lazy_gettext("discarded it"),
}
RESULTS = {
    RehearsalState.ENDED: lazy_gettext("played to its end"),
    RehearsalState.STALLED: lazy_gettext("it stalls"),
    RehearsalState.STOPPED: lazy_gettext("broken off"),
}


@page.get("/<draft_id>/history")
def history(draft_id: str) -> str:
    """What happened, newest first."""
    first = current.first()
    head = parts.head(draft_id, "history")
    found = current.engine().draft_history(draft_id, first=first, limit=LIMIT, actor=current.actor())
    return render_template(
        "designer/history.html",
        head=head,
        draft=head.whole.draft,
        happened=[(one, WORDS.get(DraftEvent(one.event), one.event), what(one), why(one)) for one in found.items],
        total=found.total,
        first=first,
        limit=LIMIT,
        states=parts.STATES,
        names=names,
        further=lambda start: url_for("designer.history", draft_id=draft_id, first=start or None),
    )


def what(one: Happened) -> str:
    """What it was about: a file, a revision, a time."""
    facts = one.facts
    paths = [str(facts["path"])] if "path" in facts else [str(path) for path in facts.get("paths", [])]
    shown = paths[:4] + ([_("and %(n)s more", n=len(paths) - 4)] if len(paths) > 4 else [])
    if "to" in facts:
        shown.append("→ " + str(facts["to"]))
    if one.event == DraftEvent.REHEARSED:
        shown.append(str(RESULTS.get(RehearsalState(facts["state"]), facts["state"])))
    if isinstance(facts.get("versions"), dict):
        shown += [f"{key} {version}" for key, version in facts["versions"].items()]
    if "untested" in facts:
        shown.append(_("although its process tests were not passed: %(reason)s", reason=facts["untested"]))
    if "after" in facts:
        shown.append(f"“{facts['before']}” → “{facts['after']}”")
    return ", ".join(shown)


def why(one: Happened) -> str:
    """The reason given with it."""
    return pick(one.facts.get("reason_th"), one.facts.get("reason")) or str(one.facts.get("note", ""))
