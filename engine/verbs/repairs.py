"""What administrators do to instances by hand. Each is told before it is done: `preview` does it and takes it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from engine.people import Actor
from engine.running import modification, restarting
from engine.running.modification import Instruction
from engine.running.outcomes import Outcome
from engine.running.transactions import Transactions
from engine.states import Verb
from engine.storage.session import Session
from engine.views import standing
from engine.views.standing import Standing


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

    def standing(self, instance_id: str, *, actor: Actor) -> Standing:
        """Where an instance stands, as far as the actor may know. Raises NotFound."""
        return self._read(actor, lambda session: standing.standing(session, instance_id))

    def _repair(self, actor: Actor, preview: bool, work: Callable[[Session], Outcome]) -> Outcome:
        self._allowed(actor, Verb.ADMINISTER)
        return self._preview(actor, work) if preview else replace(self._write(actor, work), done=True)
