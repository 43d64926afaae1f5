"""What the pages of a draft share: its head with the steps from draft to active, its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from engine.drafts.states import DraftState, RehearsalState
from engine.drafts.views import DraftWhole
from engine.errors import Problem
from webui import current, names
from webui.languages import pick
from webui.rendering import Look, moment

STATES: dict[str, Look] = {
    DraftState.DRAFT: Look("open", "change", lazy_gettext("Being drafted")),
    DraftState.SUBMITTED: Look("waiting", "waiting", lazy_gettext("Waits for approval")),
    DraftState.RETURNED: Look("returned", "returned", lazy_gettext("Returned")),
    DraftState.APPROVED: Look("done", "done", lazy_gettext("Approved")),
    DraftState.SCHEDULED: Look("open", "clock", lazy_gettext("Will be activated")),
    DraftState.ACTIVE: Look("done", "done", lazy_gettext("Active")),
    DraftState.DISCARDED: Look("waiting", "stopped", lazy_gettext("Discarded")),
}
KINDS = {
    "diagram": lazy_gettext("Diagram"),
    "decision": lazy_gettext("Decision table"),
    "form": lazy_gettext("Form"),
    "table": lazy_gettext("Table"),
    "letter": lazy_gettext("Letter"),
    "text": lazy_gettext("Text"),
    "other": lazy_gettext("Other file"),
}
CHANGES = {"added": lazy_gettext("new"), "changed": lazy_gettext("changed"), "removed": lazy_gettext("removed")}
AFTER_APPROVAL = (DraftState.APPROVED, DraftState.SCHEDULED, DraftState.ACTIVE)


def titles(draft_id: str) -> dict[str, str]:
    """What the files of a draft are called, by path, in the order to read them; without those that have no name but their path."""
    return {path: pick(said.th, said.en) for path, said in current.engine().draft_titles(draft_id, actor=current.actor()).items()}


@dataclass(frozen=True, slots=True)
class Station:
    """One step on the way. `kind`: done open waiting overdue returned, as everywhere."""

    words: str
    note: str
    kind: str
    url: str
    here: bool


@dataclass(frozen=True, slots=True)
class Head:
    """What stands on top of every page of a draft."""

    whole: DraftWhole
    problems: Sequence[Problem]
    stations: tuple[Station, ...]
    others: tuple[str, ...]  # who else has it open

    @property
    def errors(self) -> int:
        return sum(problem.severity == "error" for problem in self.problems)


def head(draft_id: str, here: str) -> Head:
    """The draft and how far it is; it is checked each time, so that what is said of it is true. Raises NotFound."""
    engine, me = current.engine(), current.actor()
    whole = engine.draft(draft_id, actor=me)
    problems = engine.check_draft(draft_id, actor=me)
    found: list[tuple[str, str, str, str]] = [
        ("overview", _("Draft"), *_drafted(whole)),
        ("check", _("Check"), *_checked(problems)),
        ("difference", _("Difference"), "waiting" if not whole.changes else "done", _("what it changes")),
        ("rehearsal", _("Rehearsal"), *_rehearsed(whole)),
        ("approval", _("Approval"), *_approved(whole)),
        ("activation", _("Activation"), *_active(whole)),
    ]
    stations = tuple(
        Station(words, note, kind, url_for(f"designer.{name}", draft_id=draft_id), name == here) for name, words, kind, note in found
    )
    others = tuple(dict.fromkeys(names.person(one.user_id) for one in whole.presence))
    return Head(whole, problems, stations, others)


def _drafted(whole: DraftWhole) -> tuple[str, str]:
    if not whole.changes:
        return "open", _("nothing changed yet")
    return "done", ngettext("%(num)d file changed", "%(num)d files changed", len(whole.changes))


def _checked(problems: Sequence[Problem]) -> tuple[str, str]:
    errors = sum(problem.severity == "error" for problem in problems)
    if errors:
        return "overdue", ngettext("%(num)d fault", "%(num)d faults", errors)
    if problems:
        return "done", ngettext("%(num)d warning", "%(num)d warnings", len(problems))
    return "done", _("nothing wrong")


def _rehearsed(whole: DraftWhole) -> tuple[str, str]:
    one = whole.rehearsal
    if one is None or one.state == RehearsalState.CANCELLED:
        return "waiting", _("not rehearsed")
    if one.state == RehearsalState.RUNNING:
        return "open", ngettext("%(num)d task so far", "%(num)d tasks so far", one.done)
    if one.state == RehearsalState.STOPPED:
        return "returned", _("broken off")
    if one.state == RehearsalState.STALLED:
        return "overdue", _("it stalls")
    return ("done", _("played to its end")) if one.revision == whole.draft.revision else ("returned", _("changed since then"))


def _approved(whole: DraftWhole) -> tuple[str, str]:
    state = whole.draft.state
    if state in AFTER_APPROVAL:
        return "done", _("approved")
    if state == DraftState.RETURNED:
        return "returned", _("returned")
    return ("open", _("waits for a second person")) if state == DraftState.SUBMITTED else ("waiting", _("by a second person"))


def _active(whole: DraftWhole) -> tuple[str, str]:
    one = whole.draft
    if one.state == DraftState.ACTIVE:
        return "done", _("it runs")
    if one.state == DraftState.SCHEDULED:
        return "open", moment(one.activate_at)
    return ("open", _("now or at a time")) if one.state == DraftState.APPROVED else ("waiting", _("after approval"))


def typed_reason() -> str:
    """The reason typed, as it is: the engine says where one is needed."""
    return request.form.get("reason", "").strip()


def to(name: str, draft_id: str) -> str:
    """The address of a page of a draft."""
    return url_for(f"designer.{name}", draft_id=draft_id)
