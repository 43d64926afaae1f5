"""The only place that opens transactions: a session a verb, and what follows from its end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from engine import authorization, incidents
from engine.errors import ExecutionFailed
from engine.people import SYSTEM, Actor
from engine.session import Session, Shared
from engine.states import Verb

T = TypeVar("T")


class Transactions:
    """Runs verbs in transactions."""

    def __init__(self, shared: Shared, home: Path) -> None:
        self._shared = shared
        self.home = home

    def _write(self, actor: Actor, work: Callable[[Session], T]) -> T:
        """A writing transaction, from the start again where it lost a race. A failed step is kept as an incident in one of its own."""

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
        return result

    def _keep(self, failure: ExecutionFailed) -> None:
        def run(connection: Connection) -> None:
            session = Session(self._shared, connection, SYSTEM)
            incidents.failed_step(session, failure)
            session.close()

        self._shared.database.write(run)

    def _read(self, actor: Actor, work: Callable[[Session], T]) -> T:
        """A reading transaction: all it reads is of one moment."""
        return self._shared.database.look(lambda connection: work(Session(self._shared, connection, actor)))

    def _allowed(self, actor: Actor, verb: Verb) -> None:
        authorization.require(actor, verb)
