"""Jobs, messages, incidents, notices: what goes on without people, and when it does not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.errors import Unavailable
from engine.ids import new_id
from engine.papers import outbox
from engine.people import SYSTEM, Actor
from engine.queries import (
    IncidentView,
    JobView,
    NoticeView,
    Page,
)
from engine.running import incidents, jobs, messages, repairs, starting
from engine.running.jobs import Job
from engine.running.messages import Delivered, Sought
from engine.running.transactions import Transactions
from engine.states import Verb
from engine.storage.session import Shared

BATCH = 20  # jobs claimed at once


class JobVerbs(Transactions):
    """Verbs of jobs, messages, incidents and notices."""

    def __init__(self, shared: Shared, home: Path) -> None:
        super().__init__(shared, home)
        self._broken_off: set[str] = set()  # claims that an outage broke off, to be given back when it is over

    def jobs(
        self,
        *,
        actor: Actor,
        root_id: str | None = None,
        instance_id: str | None = None,
        kind: str | None = None,
        state: str | None = None,
        first: int = 0,
        limit: int = 50,
    ) -> Page[JobView]:
        """Timers, deferred handlers and reminders by due time."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(
            actor,
            lambda session: jobs.page(
                session.connection, root_id=root_id, instance_id=instance_id, kind=kind, state=state, first=first, limit=limit
            ),
        )

    def move_job(self, job_id: str, due: datetime, *, reason: str, actor: Actor) -> None:
        """Change when a job is due."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: jobs.move(session, job_id, due, reason))

    def retry_job(self, job_id: str, *, reason: str = "", actor: Actor) -> None:
        """Run a failed job again, now. Raises NotFound, Conflict."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: jobs.retry(session, job_id, reason))

    def set_job_retries(self, job_id: str, retries: int, *, actor: Actor) -> None:
        """Say how many attempts a job has left; a failed one is queued again, now. Raises NotFound, Invalid."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: jobs.set_retries(session, job_id, retries))

    def suspend_job(self, job_id: str, suspended: bool = True, *, actor: Actor) -> None:
        """Hold a job, or let it go on. Raises NotFound, Conflict."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: jobs.suspend(session, job_id, suspended))

    def execute_job(self, job_id: str, *, actor: Actor) -> None:
        """Run a job now, whenever it is due. Raises NotFound, Conflict, and what its work raises, which counts as an attempt."""
        self._allowed(actor, Verb.ADMINISTER)
        job = self._write(actor, lambda session: jobs.take(session, job_id))
        try:
            self._write(SYSTEM, lambda session: jobs.run(session, job))
        except Exception as failure:
            self._failed(job, failure)
            raise

    def run_due(self, limit: int = 100) -> int:
        """Run jobs that are due, each in a transaction of its own, until none is or `limit` is reached. Returns how many were run."""
        left = limit
        while left > 0:
            claimant = new_id()
            try:
                claimed = self._claim(claimant, min(BATCH, left))
                for job in claimed:
                    self._run(job)
            except Unavailable:
                self._broken_off.add(claimant)
                raise
            left -= len(claimed)
            if not claimed:
                break
        return limit - left

    def _claim(self, claimant: str, number: int) -> list[Job]:
        former = tuple(self._broken_off)
        claimed = self._write(SYSTEM, lambda session: jobs.claim(session, number, claimant, former))
        self._broken_off.difference_update(former)
        return claimed

    def _run(self, job: Job) -> None:
        try:
            self._write(SYSTEM, lambda session: jobs.run(session, job))
        except Exception as failure:
            self._failed(job, failure)

    def _failed(self, job: Job, failure: Exception) -> None:
        self._write(SYSTEM, lambda session: jobs.failed(session, job, failure))

    def next_due(self) -> datetime | None:
        """When the next job is due, by the engine's clock."""
        return self._read(SYSTEM, lambda session: jobs.next_due(session.connection))

    def correlate(
        self,
        message: str,
        *,
        business_key: str | None = None,
        correlation: Any = None,
        variables: Mapping[str, Any] | None = None,
        actor: Actor,
    ) -> str:
        """Give a message to the one who waits for it, or start what it starts; returns the instance's id. Raises NotFound, Conflict."""
        return self.deliver_message(message, Sought(business_key, correlation), variables or {}, actor=actor).instance_id

    def deliver_message(self, name: str, sought: Sought, variables: Mapping[str, Any], *, actor: Actor) -> Delivered:
        """The same, for whom `sought` says. Raises NotFound, Conflict."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._write(actor, lambda session: messages.correlate(session, name, sought, variables))

    def deliver_message_to_all(self, name: str, sought: Sought, variables: Mapping[str, Any], *, actor: Actor) -> tuple[Delivered, ...]:
        """Give a message to all who wait for it, and start what it starts."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._write(actor, lambda session: messages.correlate_all(session, name, sought, variables))

    def signal(self, name: str, variables: Mapping[str, Any] | None = None, *, actor: Actor) -> int:
        """Give a signal to all who wait for it; returns how many."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._write(actor, lambda session: messages.signal(session, name, variables or {}))

    def start_where_it_holds(
        self,
        variables: Mapping[str, Any],
        *,
        key: str | None = None,
        business_key: str | None = None,
        actor: Actor,
    ) -> tuple[str, ...]:
        """Start what has a conditional start event that these variables meet, of one process or of all; returns the instances' ids."""
        self._allowed(actor, Verb.ADMINISTER)
        started = self._write(actor, lambda session: starting.start_where_it_holds(session, key, variables, business_key))
        return tuple(record.id for record in started)

    def incidents(
        self, *, actor: Actor, root_id: str | None = None, open_only: bool = True, first: int = 0, limit: int = 50
    ) -> Page[IncidentView]:
        """What went wrong, newest first."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(
            actor, lambda session: incidents.page(session.connection, root_id=root_id, open_only=open_only, first=first, limit=limit)
        )

    def retry_incident(self, incident_id: str, *, actor: Actor) -> None:
        """Try again what failed: a failed job is queued; a failed step is the worker's to complete again, so its incident is closed."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: repairs.retry(session, incident_id))

    def sweep(self) -> int:
        """Find instances that wait for nothing and have not ended; each becomes an incident. Returns how many were found."""
        return self._write(SYSTEM, incidents.sweep)

    def notices(self, actor: Actor, *, first: int = 0, limit: int = 20) -> Page[NoticeView]:
        """Notices for the actor and his groups, newest first."""
        return self._read(actor, lambda session: outbox.notices(session, first=first, limit=limit))
