"""A draft as a whole, as its page and the modeler need it; and what its files would be told if they were deployed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.deployment.checking import checked
from engine.drafts import bases, choices, files, presence, record, rehearsals, telling
from engine.drafts.views import DraftView, DraftWhole
from engine.errors import Problem

if TYPE_CHECKING:
    from engine.storage.session import Session


def whole(session: Session, draft_id: str) -> DraftWhole:
    """All of a draft but the contents of its files. Raises NotFound."""
    row = record.row_of(session, draft_id)
    over, editors = record.is_over(row), record.editors(session, row)
    return DraftWhole(
        draft=DraftView.of(row, may=record.may(session, row)),
        files=tuple(files.listed(session, draft_id)),
        presence=() if over else tuple(presence.others(session, draft_id)),
        stale=() if over else bases.stale(session, row),
        changes=bases.changes(session, row),
        editors=editors,
        deciders=() if over else tuple(sorted(telling.approvers(session) - editors)),
        rehearsal=rehearsals.newest(session, draft_id),
    )


def check(session: Session, draft_id: str, unsaved: Mapping[str, bytes]) -> list[Problem]:
    """What deploying the draft's files would complain or warn about, with these contents in the place of saved ones. Raises NotFound."""
    row = record.row_of(session, draft_id)
    return list(checked(session, files.contents(session, draft_id) | dict(unsaved), row["pack"]).problems)


def offered(session: Session, draft_id: str, unsaved: Mapping[str, bytes]) -> dict[str, Any]:
    """What the draft's files offer to the properties of an element, with these contents in the place of saved ones. Raises NotFound."""
    row = record.row_of(session, draft_id)
    return choices.choices(session, files.contents(session, draft_id) | dict(unsaved), row["pack"])
