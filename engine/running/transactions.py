"""The only place that opens transactions: a session a verb, and what follows from its end."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar, cast

from sqlalchemy import Connection

from engine.errors import ExecutionFailed, RuamError, Unavailable
from engine.papers.documents import PassingStore
from engine.people import SYSTEM, Actor, authorization
from engine.running import incidents, jobs
from engine.states import Verb
from engine.storage.session import Session, Shared

T = TypeVar("T")
MOST_AT_ONCE = 100  # transactions that one verb goes on with


class _RolledBack(Exception):
    """Ends a transaction that was only to be looked at; carries its answer."""


class Transactions:
    """Runs verbs in transactions."""

    def __init__(self, shared: Shared, home: Path) -> None:
        self._shared = shared
        self.home = home

    def _write(self, actor: Actor, work: Callable[[Session], T]) -> T:
        """A writing transaction, and those it leaves what follows to."""
        session, result = self._commit(actor, work)
        if session.continuations:
            self._go_on(session.continuations)
        return result

    def _go_on(self, job_ids: Iterable[str]) -> None:
        """Do jobs that were to be done as soon as they were committed. What fails, and what is too much for now, is left to the clock."""
        waiting = deque(job_ids)
        for _ in range(MOST_AT_ONCE):
            if not waiting:
                return
            job_id = waiting.popleft()
            try:
                session, _done = self._commit(SYSTEM, partial(jobs.go_on, job_id=job_id))
                waiting.extend(session.continuations)
            except Unavailable:
                return
            except Exception as failure:
                with suppress(RuamError):  # what went before is committed all the same
                    self._commit(SYSTEM, partial(jobs.not_gone_on, job_id=job_id, error=failure))

    def _commit(self, actor: Actor, work: Callable[[Session], T]) -> tuple[Session, T]:
        """One transaction, from the start again where it lost a race. A failed step is kept as an incident in one of its own."""

        def run(connection: Connection) -> tuple[Session, T]:
            session = Session(self._shared, connection, actor)
            result = work(session)
            session.close()
            return session, result

        try:
            session, result = self._shared.database.write(run)
        except ExecutionFailed as failure:
            if "origin" in failure.facts:
                self._keep(failure)
            raise
        session.committed()
        return session, result

    def _keep(self, failure: ExecutionFailed) -> None:
        def run(connection: Connection) -> None:
            session = Session(self._shared, connection, SYSTEM)
            incidents.failed_step(session, failure)
            session.close()

        self._shared.database.write(run)

    def _preview(self, actor: Actor, work: Callable[[Session], T]) -> T:
        """What a writing transaction would answer. It does all it does and is rolled back; neither incidents nor files are kept of it."""

        def run(connection: Connection) -> T:
            session = Session(replace(self._shared, store=PassingStore(self._shared.store)), connection, actor)
            result = work(session)
            session.close()
            raise _RolledBack(result)

        try:
            return self._shared.database.write(run)
        except _RolledBack as over:
            return cast(T, over.args[0])

    def _read(self, actor: Actor, work: Callable[[Session], T]) -> T:
        """A reading transaction: all it reads is of one moment."""
        return self._shared.database.look(lambda connection: work(Session(self._shared, connection, actor)))

    def _allowed(self, actor: Actor, verb: Verb) -> None:
        authorization.require(actor, verb)
