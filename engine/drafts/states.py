"""The words of drafts: their states, what may be done in which, and what their history says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.states import Verb


class DraftState(StrEnum):
    DRAFT = "DRAFT"  # its files are being changed
    SUBMITTED = "SUBMITTED"  # waits for a second person
    RETURNED = "RETURNED"  # sent back with a reason; its files are being changed
    APPROVED = "APPROVED"  # may be activated as it is
    SCHEDULED = "SCHEDULED"  # approved; the clock will activate it
    ACTIVE = "ACTIVE"  # it has been deployed
    DISCARDED = "DISCARDED"  # nobody goes on with it; it can still be read


class RevisionKind(StrEnum):
    SAVED = "SAVED"
    LOST = "LOST"  # what somebody wanted to save while another did; kept, to be brought back if wanted
    REMOVED = "REMOVED"  # there is no such file from here on


class RehearsalState(StrEnum):
    RUNNING = "RUNNING"
    ENDED = "ENDED"  # played to the process's end
    STALLED = "STALLED"  # it went no further: the result says where
    STOPPED = "STOPPED"  # out of time, or what played it died
    CANCELLED = "CANCELLED"  # by a person


class DraftEvent(StrEnum):
    """What the history of a draft may say happened."""

    CREATED = "draft.created"
    RENAMED = "draft.renamed"
    FILE_SAVED = "file.saved"
    FILE_ADDED = "file.added"
    FILE_RENAMED = "file.renamed"
    FILE_REMOVED = "file.removed"
    FILE_RESTORED = "file.restored"
    SAVE_LOST = "file.lost"  # refused because somebody else had saved; kept aside
    REBASED = "draft.rebased"
    BASE_CONFIRMED = "draft.base_confirmed"  # somebody else's newer version will be replaced, knowingly
    REHEARSED = "draft.rehearsed"
    SUBMITTED = "draft.submitted"
    WITHDRAWN = "draft.withdrawn"
    RETURNED = "draft.returned"
    APPROVED = "draft.approved"
    REOPENED = "draft.reopened"
    SCHEDULED = "draft.scheduled"
    UNSCHEDULED = "draft.unscheduled"
    ACTIVATED = "draft.activated"
    ACTIVATION_REFUSED = "draft.activation_refused"
    DISCARDED = "draft.discarded"


class Step(StrEnum):
    """What can be done with a draft."""

    SAVE = "save"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    RETURN = "return"
    REOPEN = "reopen"
    SCHEDULE = "schedule"
    UNSCHEDULE = "unschedule"
    ACTIVATE = "activate"
    REBASE = "rebase"
    DISCARD = "discard"


@dataclass(frozen=True, slots=True)
class Rule:
    """In which states a step may be taken, by whom, and the state after it (None: the same)."""

    states: frozenset[DraftState]
    verb: Verb
    after: DraftState | None = None
    second: bool = False  # by a second person: see engine/drafts/life.py


OPEN = frozenset({DraftState.DRAFT, DraftState.RETURNED})
READY = frozenset({DraftState.APPROVED, DraftState.SCHEDULED})
OVER = frozenset({DraftState.ACTIVE, DraftState.DISCARDED})
RULES: Mapping[Step, Rule] = {
    Step.SAVE: Rule(OPEN, Verb.DESIGN),
    Step.REBASE: Rule(OPEN, Verb.DESIGN),
    Step.SUBMIT: Rule(OPEN, Verb.DESIGN, DraftState.SUBMITTED),
    Step.WITHDRAW: Rule(frozenset({DraftState.SUBMITTED}), Verb.DESIGN, DraftState.DRAFT),
    Step.APPROVE: Rule(frozenset({DraftState.SUBMITTED}), Verb.APPROVE, DraftState.APPROVED, second=True),
    Step.RETURN: Rule(frozenset({DraftState.SUBMITTED}), Verb.APPROVE, DraftState.RETURNED, second=True),
    Step.REOPEN: Rule(READY, Verb.DESIGN, DraftState.DRAFT),
    Step.SCHEDULE: Rule(READY, Verb.SEE_DRAFTS, DraftState.SCHEDULED),
    Step.UNSCHEDULE: Rule(frozenset({DraftState.SCHEDULED}), Verb.SEE_DRAFTS, DraftState.APPROVED),
    Step.ACTIVATE: Rule(READY, Verb.SEE_DRAFTS, DraftState.ACTIVE),
    Step.DISCARD: Rule(frozenset(DraftState) - OVER, Verb.DESIGN, DraftState.DISCARDED),
}
