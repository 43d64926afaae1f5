"""What is different between versions, in plain language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.differences import Differences, Said, compare
from engine.differences.words import named
from engine.drafts import bases, beginnings, files, record
from engine.people import Actor
from engine.running.transactions import Transactions
from engine.states import Verb
from engine.storage import model

if TYPE_CHECKING:
    from engine.storage.session import Session

Files = Mapping[str, bytes]


class DifferenceVerbs(Transactions):
    """Comparing all files of two deployments, or of one with what is not deployed yet; for who drafts, approves or administers."""

    def differences(self, key: str, before: int, after: int, *, actor: Actor) -> Differences:
        """From a version of a process to another, with all files deployed with each. Raises NotFound, Forbidden."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        return self._compared(actor, lambda session: (_deployed(session, key, before), _deployed(session, key, after)))

    def differences_with(self, key: str, given: Files, *, version: int | None = None, actor: Actor) -> Differences:
        """From a process's newest (or given) version to a set of files. Raises NotFound, Forbidden."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        return self._compared(actor, lambda session: (_deployed(session, key, version), given))

    def draft_differences(self, draft_id: str, *, actor: Actor) -> Differences:
        """From what a draft was begun from to what it is now; all of it is new where it was begun from nothing. Raises NotFound."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        return self._compared(actor, lambda session: (_base(session, draft_id), files.contents(session, draft_id)))

    def draft_base(self, draft_id: str, *, actor: Actor) -> dict[str, bytes]:
        """The files a draft was begun from, none where it was begun from nothing. Raises NotFound."""
        self._allowed(actor, Verb.SEE_DRAFTS)
        return self._read(actor, lambda session: _base(session, draft_id))

    def _compared(self, actor: Actor, sides: Callable[[Session], tuple[Files, Files]]) -> Differences:
        """Compares after the transaction has ended: it holds nobody up."""
        (old, new), known = self._read(actor, lambda session: (sides(session), _parties(session)))
        return compare(old, new, known)


def _deployed(session: Session, key: str, version: int | None) -> Files:
    return beginnings.pack_files(session, key, version)


def _parties(session: Session) -> dict[str, Said]:
    table = model.party
    rows = session.connection.execute(select(table.c.key, table.c.th, table.c.en))
    return {key: named(th, en) for key, th, en in rows}


def _base(session: Session, draft_id: str) -> dict[str, bytes]:
    row = record.row_of(session, draft_id)
    return bases.files_of(session, row["base_id"]) if row["base_id"] else {}
