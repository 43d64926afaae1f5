"""Who did what, over everything; and whether the chains it is told from are whole."""

from __future__ import annotations

import time
from collections.abc import Iterable
from itertools import islice

from engine.people import SYSTEM, Actor
from engine.queries import AuditReport, Head
from engine.running.transactions import Transactions
from engine.states import SystemEvent, Verb
from engine.storage import history, journal, verification
from engine.storage.verification import Verification
from engine.views import audit
from engine.views.audit import Asked, Deed, Deeds

BEAT_SECONDS = 1.0


class AuditVerbs(Transactions):
    """Verbs of auditors."""

    def deeds(self, asked: Asked, *, before: str | None = None, limit: int = 50, actor: Actor) -> Deeds:
        """Who did what, newest first; `before`: where the page before said to go on. Raises Forbidden."""
        return self._read(actor, lambda session: audit.deeds(session, asked, before=before, limit=limit))

    def export_deeds(self, asked: Asked, *, limit: int, actor: Actor) -> list[Deed]:
        """All of them up to a limit; the journal keeps that somebody took them along. Raises Forbidden."""
        found = self._read(actor, lambda session: list(islice(audit.every(session, asked, limit), limit)))
        self._write(actor, lambda session: journal.tell(session, SystemEvent.AUDIT_EXPORTED, facts={"events": len(found)}))
        return found

    def audit_heads(self, *, actor: Actor = SYSTEM) -> list[Head]:
        """The end of every chain, to be kept elsewhere."""
        self._allowed(actor, Verb.AUDIT)
        return self._read(actor, lambda session: history.heads(session.connection))

    def audit_verify(self, heads: Iterable[Head] | None = None, *, actor: Actor = SYSTEM) -> AuditReport:
        """Recompute the chains and compare them with their heads, and with heads kept elsewhere."""
        self._allowed(actor, Verb.AUDIT)
        return self._read(actor, lambda session: history.verify(session.connection, heads))

    def begin_verification(self, *, actor: Actor) -> str:
        """The id of a check that `verify_begun` is to compute. Raises Forbidden, Conflict where one is running."""
        return self._write(actor, verification.begin)

    def verify_begun(self, id: str) -> AuditReport:
        """Compute a check that was begun; its row says how far it is. Raises NotFound."""
        self._read(SYSTEM, lambda session: verification.one_of(session, id))
        told = time.monotonic()

        def progress(done: int) -> None:
            nonlocal told
            if time.monotonic() - told >= BEAT_SECONDS:
                told = time.monotonic()
                self._write(SYSTEM, lambda session: verification.beat(session, id, done))

        report = self._read(SYSTEM, lambda session: history.verify(session.connection, progress=progress))
        self._write(SYSTEM, lambda session: verification.end(session, id, report))
        return report

    def verification(self, id: str, *, actor: Actor) -> Verification:
        """A check. Raises NotFound, Forbidden."""
        self._allowed(actor, Verb.AUDIT)
        return self._read(actor, lambda session: verification.one_of(session, id))

    def verifications(self, *, actor: Actor, limit: int = 5) -> list[Verification]:
        """The last checks, newest first. Raises Forbidden."""
        self._allowed(actor, Verb.AUDIT)
        return self._read(actor, lambda session: verification.listed(session, limit))
