"""The clock, settings, backups."""

from __future__ import annotations

from datetime import date, datetime
from typing import IO

from engine.dates import clock
from engine.errors import Conflict
from engine.people import SYSTEM, Actor
from engine.running import instances, jobs
from engine.states import SystemEvent, Verb
from engine.storage import backup, journal
from engine.storage.backup import BackupSummary
from engine.storage.session import Session
from engine.verbs.jobs import JobVerbs


class OperationVerbs(JobVerbs):
    """Verbs of operation."""

    @property
    def simulated(self) -> bool:
        """Whether the clock is simulated."""
        return self._read(SYSTEM, lambda session: session.shared.clock.is_simulated(clock.kept(session.rows)))

    def clock_now(self) -> datetime:
        """The time processes see (aware, UTC)."""
        return self._read(SYSTEM, lambda session: session.now)

    def holidays(self) -> frozenset[date]:
        """The days offices are closed beside weekends."""
        return self._read(SYSTEM, lambda session: session.holidays)

    def simulate(self, start: datetime, *, actor: Actor) -> None:
        """Make this database's clock a simulated one that stands at `start`. Raises Conflict where instances have run."""
        self._allowed(actor, Verb.ADMINISTER)

        def simulate(session: Session) -> None:
            instances.simulate(session, start)
            journal.tell(session, SystemEvent.CLOCK_MOVED, facts={"to": start, "simulated": True})

        self._write(actor, simulate)

    def advance_clock(self, to: datetime, *, actor: Actor) -> int:
        """Move a simulated clock and run what falls due on the way, in order; returns how many jobs were run. Raises Conflict."""
        self._allowed(actor, Verb.ADMINISTER)
        if not self.simulated:
            raise Conflict("This database runs on the real clock.", th="ฐานข้อมูลนี้ใช้นาฬิกาจริง จึงเลื่อนเวลาไม่ได้")
        start, done = self.clock_now(), 0
        self._write(actor, lambda session: journal.tell(session, SystemEvent.CLOCK_MOVED, facts={"from": start, "to": to}))
        while True:
            done += self.run_due(limit=10_000)
            if self._write(actor, lambda session: jobs.move_clock(session, to)) >= to:
                return done + self.run_due(limit=10_000)

    def setting(self, key: str) -> str | None:
        """A setting of this database."""
        return self._read(SYSTEM, lambda session: instances.setting(session, key))

    def put_setting(self, key: str, value: str, *, actor: Actor) -> None:
        """Set a setting."""
        self._allowed(actor, Verb.ADMINISTER)

        def put(session: Session) -> None:
            instances.put_setting(session, key, value)
            journal.tell(session, SystemEvent.SETTING_CHANGED, key)

        self._write(actor, put)

    def backup(self, target: IO[bytes], *, actor: Actor) -> BackupSummary:
        """Write all rows and files, as they are at one instant, to a stream (engine/storage/backup.py)."""
        self._allowed(actor, Verb.ADMINISTER)
        return backup.write(self._shared.database, self._shared.store, target)

    def restore(self, source: IO[bytes], *, actor: Actor) -> BackupSummary:
        """Fill an empty database and file store from a backup. Raises Conflict where it is not empty, Invalid."""
        self._allowed(actor, Verb.ADMINISTER)
        return backup.restore(self._shared.database, self._shared.store, source)
