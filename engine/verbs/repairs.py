"""What administrators do to instances by hand. Each is told before it is done: `preview` does it and takes it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from engine.people import Actor
from engine.running import modification
from engine.running.modification import Instruction
from engine.running.outcomes import Outcome
from engine.running.transactions import Transactions
from engine.states import Verb
from engine.storage.session import Session


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

    def _repair(self, actor: Actor, preview: bool, work: Callable[[Session], Outcome]) -> Outcome:
        self._allowed(actor, Verb.ADMINISTER)
        return self._preview(actor, work) if preview else replace(self._write(actor, work), done=True)
