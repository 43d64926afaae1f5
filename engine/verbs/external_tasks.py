"""External tasks: what workers outside fetch, do and report, and what administrators mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from engine.people import Actor
from engine.queries import ExternalTaskView
from engine.running import external_tasks, fetching, reporting
from engine.running.fetching import USUAL, LockedTask, Looked, Sight, Turn, Wanted
from engine.running.transactions import Transactions
from engine.states import Verb
from engine.views import workload
from engine.views.workload import TopicView

NOTHING: Mapping[str, Any] = {}


class ExternalTaskVerbs(Transactions):
    """Verbs of external tasks. Who is in the group `topic:NAME` works on that topic, who is in `topic:*` on all."""

    def fetch_external_tasks(
        self,
        worker_id: str,
        wanted: Sequence[Wanted],
        *,
        limit: int = 1,
        turn: Turn = USUAL,
        looked: Looked | None = None,
        actor: Actor,
    ) -> tuple[LockedTask, ...]:
        """Lock free tasks of these topics for a worker; usually the most urgent first, then the oldest.

        `looked` is kept by who asks again and again, and then asks for the same. Raises Forbidden, Invalid.
        """
        fetching.check(worker_id, wanted, limit)
        sight = self._in_sight(wanted, limit, turn, looked, actor)
        if not sight:
            return ()  # without a writing transaction, for which on SQLite all others would have to wait
        return self._write(actor, lambda session: fetching.fetch(session, worker_id, sight, limit, turn))

    def external_tasks_wait(self, wanted: Sequence[Wanted], *, actor: Actor) -> bool:
        """Whether a fetch of these topics may find something. Raises Forbidden, Invalid."""
        return bool(self._in_sight(wanted, 1, USUAL, None, actor))

    def _in_sight(self, wanted: Sequence[Wanted], limit: int, turn: Turn, looked: Looked | None, actor: Actor) -> Sight:
        fetching.require_topics(actor, wanted)
        known = Looked() if looked is None else looked
        return self._read(actor, lambda session: fetching.look(session, wanted, limit, turn, known))

    def complete_external_task(
        self, id: str, worker_id: str, variables: Mapping[str, Any] = NOTHING, *, local: Mapping[str, Any] = NOTHING, actor: Actor
    ) -> None:
        """It is done: the instance goes on with these variables; `local` ones only its output parameters see."""
        self._write(actor, lambda session: reporting.complete(session, id, worker_id, variables, local))

    def fail_external_task(
        self,
        id: str,
        worker_id: str,
        *,
        message: str = "",
        details: str = "",
        retries: int = 0,
        wait: timedelta = timedelta(),
        variables: Mapping[str, Any] = NOTHING,
        local: Mapping[str, Any] = NOTHING,
        actor: Actor,
    ) -> None:
        """An attempt failed: so many are left, the next after `wait`; with none left it is an incident."""
        self._write(
            actor,
            lambda session: reporting.fail(
                session, id, worker_id, message=message, details=details, retries=retries, wait=wait, variables=variables, local=local
            ),
        )

    def throw_external_error(
        self, id: str, worker_id: str, code: str, message: str = "", variables: Mapping[str, Any] = NOTHING, *, actor: Actor
    ) -> None:
        """It ended with a BPMN error of this code."""
        self._write(actor, lambda session: reporting.throw(session, id, worker_id, code, message, variables))

    def lock_external_task(self, id: str, worker_id: str, duration: timedelta, *, actor: Actor) -> None:
        """Take this very task, without a fetch. Raises Conflict where another worker has it."""
        self._write(actor, lambda session: reporting.lock(session, id, worker_id, duration))

    def extend_external_lock(self, id: str, worker_id: str, duration: timedelta, *, actor: Actor) -> None:
        """The worker's lock ends `duration` from now. Raises Conflict where it has run out."""
        self._write(actor, lambda session: reporting.extend(session, id, worker_id, duration))

    def unlock_external_task(self, id: str, *, actor: Actor) -> None:
        """Let anybody fetch it."""
        self._write(actor, lambda session: reporting.unlock(session, id))

    def set_external_retries(self, ids: Sequence[str], retries: int, *, actor: Actor) -> None:
        """Give tasks attempts, so that they are fetched again; none makes incidents of them."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: external_tasks.set_retries(session, ids, retries))

    def set_external_priority(self, id: str, priority: int, *, actor: Actor) -> None:
        """Change which of a topic's tasks is fetched first."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: external_tasks.set_priority(session, id, priority))

    def external_task(self, id: str, *, actor: Actor) -> ExternalTaskView:
        """One external task. Raises NotFound."""
        return self._read(actor, lambda session: external_tasks.one(session, id))

    def topics(self, *, actor: Actor) -> tuple[TopicView, ...]:
        """How the work of each topic stands; where the oldest waits first."""
        return self._read(actor, workload.topics)
