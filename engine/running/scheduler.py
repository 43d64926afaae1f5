"""The clock that finds what is due: APScheduler with its memory store beats, the job rows say what there is to do.

Any number of processes may beat on one database: a job is claimed with `FOR UPDATE SKIP LOCKED` (SQLite: BEGIN IMMEDIATE), so it
runs once. A beat that finds nothing due reads one row and loads no instance.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from apscheduler.schedulers.background import BackgroundScheduler

from engine.dates.clock import real_now
from engine.errors import RuamError, Unavailable

if TYPE_CHECKING:
    from engine.engine import Engine

BEAT_SECONDS = 1.0
SWEEP_SECONDS = 600.0  # how often instances are looked for that wait for nothing
LEASES_SECONDS = 60.0  # how often jobs are looked at whose worker may have died
BATCH = 100  # jobs a beat runs before it looks again whether it was asked to stop

log = logging.getLogger(__name__)


class Scheduler:
    """Runs an engine's due jobs in a thread of this process until it is stopped."""

    def __init__(self, engine: Engine, *, beat_seconds: float = BEAT_SECONDS) -> None:
        self._engine = engine
        self._stopping = False
        self._broken_off = False  # the last run, by an outage
        self._clock = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
        self._clock.add_job(self.beat, "interval", seconds=beat_seconds)
        self._clock.add_job(self.run, "interval", seconds=LEASES_SECONDS, next_run_time=real_now())
        self._clock.add_job(self.migrate, "interval", seconds=beat_seconds)
        self._clock.add_job(self.sweep, "interval", seconds=SWEEP_SECONDS)

    def start(self) -> None:
        """Begin to beat; what fell due while nobody did is run at the first beat."""
        self._clock.start()

    def stop(self) -> None:
        """Finish the batch in hand and stop."""
        self._stopping = True
        self._clock.shutdown(wait=True)

    def beat(self) -> int:
        """Run what is due, if anything is; returns how many were run."""
        try:
            due = self._engine.next_due()
            return self.run() if self._broken_off or (due is not None and due <= self._engine.clock_now()) else 0
        except RuamError as error:
            log.warning("it is not known what is due: %s", error.message)
            return 0

    def run(self) -> int:
        """Run what is due, also what a worker that died has left; a database that is away is tried again at the next beat."""
        done, self._broken_off = 0, False
        try:
            while not self._stopping and (ran := self._engine.run_due(limit=BATCH)):
                done += ran
        except RuamError as error:
            self._broken_off = isinstance(error, Unavailable)
            log.warning("due jobs could not be run: %s", error.message)
        return done

    def migrate(self) -> int:
        """Go on with migrations that were begun, also by a process that died; returns how many instances had their turn."""
        done = 0
        try:
            while not self._stopping and (moved := self._engine.resume_migrations()):
                done += moved
        except RuamError as error:
            log.warning("migrations could not be gone on with: %s", error.message)
        return done

    def sweep(self) -> int:
        """Make an incident of every instance that waits for nothing and has not ended; returns how many."""
        try:
            return self._engine.sweep()
        except RuamError as error:
            log.warning("stuck instances could not be looked for: %s", error.message)
            return 0
