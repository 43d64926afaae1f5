"""What administrators do to instances by hand. Each is told before it is done: `preview` does it and takes it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.errors import Conflict, ExecutionFailed, Invalid, NotFound
from engine.people import Actor
from engine.running import holding, incidents, modification, reassignment, repairs, restarting
from engine.running.modification import Instruction
from engine.running.outcomes import Outcome
from engine.running.reassignment import Reassignment
from engine.running.transactions import Transactions
from engine.states import Verb
from engine.storage.session import Session
from engine.values import check_reason
from engine.views import standing
from engine.views.standing import Destination, Standing


@dataclass(frozen=True, slots=True)
class Repaired:
    """What became of one of many. `problem`: why nothing did, Thai and English."""

    id: str
    problem: tuple[str, str] | None = None


class RepairVerbs(Transactions):
    """Verbs of repair."""

    def modify(
        self,
        instance_id: str,
        instructions: Sequence[Instruction],
        *,
        reason: str,
        revision: int | None = None,
        preview: bool = False,
        actor: Actor,
    ) -> Outcome:
        """Put tokens elsewhere or take them away; `revision`: only where nothing has changed since that was looked at.

        Raises NotFound, Conflict, Invalid, ExecutionFailed; then nothing is changed.
        """
        given = reason or "-" if preview else reason
        return self._repair(actor, preview, lambda session: modification.modify(session, instance_id, instructions, given, revision))

    def restart(
        self,
        instance_id: str,
        instructions: Sequence[Instruction],
        *,
        reason: str,
        definition_id: str | None = None,
        initial_variables: bool = False,
        keep_business_key: bool = True,
        preview: bool = False,
        actor: Actor,
    ) -> Outcome:
        """Start a new instance with the variables of one that has ended, where the instructions say; `Outcome.new_id` is it.

        Raises NotFound, Conflict, Invalid, ExecutionFailed; then nothing is changed.
        """
        given = reason or "-" if preview else reason
        more = {"initial_variables": initial_variables, "keep_business_key": keep_business_key}
        return self._repair(
            actor,
            preview,
            lambda session: restarting.restart(session, instance_id, instructions, given, definition_id=definition_id, **more),
        )

    def retry_incidents(
        self, ids: Iterable[str], *, reason: str, variables: Mapping[str, Any] | None = None, actor: Actor
    ) -> tuple[Repaired, ...]:
        """Try again what failed, with `variables` set in its instance first; each for itself. Raises Invalid without a reason."""
        return self._each(actor, ids, reason, lambda session, id: repairs.retry(session, id, reason, variables))

    def dismiss_incidents(self, ids: Iterable[str], *, reason: str, actor: Actor) -> tuple[Repaired, ...]:
        """Close incidents and leave what failed as it is; each for itself. Raises Invalid without a reason."""
        return self._each(actor, ids, reason, lambda session, id: repairs.dismiss(session, id, reason))

    def annotate_incident(self, incident_id: str, text: str | None, *, actor: Actor) -> None:
        """Note something about an incident; None takes the note away. Raises NotFound."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: incidents.annotate(session, incident_id, text))

    def suspend_activity(
        self, element_id: str, *, instance_id: str | None = None, definition_id: str | None = None, reason: str, actor: Actor
    ) -> None:
        """Hold what is open at an activity, and what comes there: in one instance, or in all of a definition, those to come too.

        Raises NotFound, Conflict where it is held already, Invalid.
        """
        self._allowed(actor, Verb.ADMINISTER)
        where = {"instance_id": instance_id, "definition_id": definition_id}
        self._write(actor, lambda session: holding.suspend(session, element_id, reason, **where))

    def resume_activity(
        self, element_id: str, *, instance_id: str | None = None, definition_id: str | None = None, reason: str, actor: Actor
    ) -> None:
        """Let an activity go on. Raises NotFound, Conflict where it is not held, Invalid."""
        self._allowed(actor, Verb.ADMINISTER)
        where = {"instance_id": instance_id, "definition_id": definition_id}
        self._write(actor, lambda session: holding.resume(session, element_id, reason, **where))

    def holdable(self, definition_id: str, *, actor: Actor) -> tuple[Destination, ...]:
        """The activities and timers of a version that can be held. Raises NotFound, Forbidden."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(actor, lambda session: standing.holdable(session, definition_id))

    def open_work(self, user_id: str, *, actor: Actor) -> Reassignment:
        """What somebody has in hands or is offered alone, and what of it nobody else could get back. Raises Forbidden."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(actor, lambda session: reassignment.open_work(session, user_id))

    def reassign(self, user_id: str, *, to: str | None, reason: str, preview: bool = False, actor: Actor) -> Reassignment:
        """Hand over all open work of somebody who left, or give it back to its candidates. Raises NotFound, Conflict, Invalid."""
        self._allowed(actor, Verb.ADMINISTER)
        if preview:
            return self._preview(actor, lambda session: reassignment.reassign(session, user_id, to, reason or "-"))
        return replace(self._write(actor, lambda session: reassignment.reassign(session, user_id, to, reason)), done=True)

    def _each(self, actor: Actor, ids: Iterable[str], reason: str, repair: Callable[[Session, str], None]) -> tuple[Repaired, ...]:
        self._allowed(actor, Verb.ADMINISTER)
        check_reason(reason)
        return tuple(self._one(actor, id, repair) for id in dict.fromkeys(ids))

    def _one(self, actor: Actor, id: str, repair: Callable[[Session, str], None]) -> Repaired:
        try:
            self._write(actor, lambda session: repair(session, id))
        except (NotFound, Conflict, Invalid, ExecutionFailed) as error:
            return Repaired(id, (error.message_th or error.message, error.message))
        return Repaired(id)

    def standing(self, instance_id: str, *, actor: Actor) -> Standing:
        """Where an instance stands, as far as the actor may know. Raises NotFound."""
        return self._read(actor, lambda session: standing.standing(session, instance_id))

    def _repair(self, actor: Actor, preview: bool, work: Callable[[Session], Outcome]) -> Outcome:
        self._allowed(actor, Verb.ADMINISTER)
        return self._preview(actor, work) if preview else replace(self._write(actor, work), done=True)
