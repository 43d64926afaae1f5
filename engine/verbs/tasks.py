"""The inbox and what people do with tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from engine.people import Actor
from engine.queries import (
    Asked,
    Completion,
    InboxCounts,
    Page,
    TaskItem,
    TaskView,
)
from engine.running import candidates, delegation, task_locals, tasks
from engine.running.transactions import Transactions
from engine.states import Verb
from engine.storage.session import Session
from engine.views import inbox


class TaskVerbs(Transactions):
    """Verbs of tasks."""

    def inbox(
        self, actor: Actor, *, view: str = "open", search: str | None = None, root_id: str | None = None, first: int = 0, limit: int = 50
    ) -> Page[TaskItem]:
        """The tasks the actor may do: `view` is open, overdue, coming (due within seven days), mine (claimed) or done (by the actor)."""
        return self._read(actor, lambda session: inbox.page(session, view=view, search=search, root_id=root_id, first=first, limit=limit))

    def inbox_counts(self, actor: Actor) -> InboxCounts:
        """How much waits for the actor."""
        return self._read(actor, inbox.counts)

    def desk(
        self, actor: Actor, *, view: str = "open", search: str | None = None, first: int = 0, limit: int = 50
    ) -> tuple[Page[TaskItem], InboxCounts]:
        """`inbox` and `inbox_counts` in one."""
        return self._read(actor, lambda session: inbox.desk(session, view=view, search=search, first=first, limit=limit))

    def asked(self, task_id: str, *, actor: Actor) -> Asked:
        """A task's form, to read a post with, and its name; `complete_task` says who may. Raises NotFound."""
        return self._read(actor, lambda session: inbox.asked(session, task_id))

    def tasks(
        self,
        *,
        actor: Actor,
        instance_id: str | None = None,
        root_id: str | None = None,
        open_only: bool = True,
        first: int = 0,
        limit: int = 100,
    ) -> Page[TaskItem]:
        """Tasks the actor may see (not only those he may do), for lists of an instance and for administration."""
        return self._read(
            actor,
            lambda session: inbox.tasks(session, instance_id=instance_id, root_id=root_id, open_only=open_only, first=first, limit=limit),
        )

    def task(self, task_id: str, *, actor: Actor) -> TaskView:
        """A task with its form, values, facts and documents. Raises NotFound, also for who may not see it."""
        return self._read(actor, lambda session: inbox.task(session, task_id))

    def claim(self, task_id: str, *, actor: Actor, revision: int | None = None) -> None:
        """Take a task. Raises Conflict where somebody else has it or it was changed since `revision`."""
        self._write(actor, lambda session: tasks.claim(session, task_id, revision))

    def release(self, task_id: str, *, actor: Actor) -> None:
        """Give a task back to its candidates."""
        self._write(actor, lambda session: tasks.release(session, task_id))

    def assign(self, task_id: str, user_id: str | None, *, reason: str | None = None, actor: Actor) -> None:
        """Put a task into somebody's hands, or nobody's. Administrators only; the reason goes into the history."""
        self._write(actor, lambda session: tasks.assign(session, task_id, user_id, reason))

    def delegate(self, task_id: str, user_id: str, *, actor: Actor) -> None:
        """Let somebody else do it for who has it. Raises NotFound, Forbidden, Conflict."""
        self._write(actor, lambda session: delegation.delegate(session, task_id, user_id))

    def resolve(self, task_id: str, *, actor: Actor) -> None:
        """Give a delegated task back to its owner. Raises NotFound, Forbidden, Conflict."""
        self._write(actor, lambda session: delegation.resolve(session, task_id))

    def claim_for(self, task_id: str, user_id: str, *, actor: Actor) -> None:
        """Put a task that nobody has into somebody's hands; into others' only administrators. Raises Forbidden, Conflict."""
        self._write(actor, lambda session: tasks.claim_for(session, task_id, user_id))

    def offer_task(self, task_id: str, kind: str, name: str, *, offered: bool = True, actor: Actor) -> None:
        """Offer a task to a `group` or `user`, or no longer. Administrators only. Raises NotFound, Conflict, Invalid."""
        self._write(actor, lambda session: candidates.change(session, task_id, kind, name, offered))

    def task_locals(self, task_id: str, *, actor: Actor) -> dict[str, Any]:
        """Of what `task_variables` tells, what belongs to an open task alone. Raises NotFound, Forbidden."""

        def found(session: Session) -> dict[str, Any]:
            own = task_locals.names(session, task_id)
            return {name: value for name, value in inbox.variables(session, task_id).items() if name in own}

        return self._read(actor, found)

    def set_task_locals(self, task_id: str, variables: Mapping[str, Any], *, remove: Iterable[str] = (), reason: str, actor: Actor) -> None:
        """Change the variables of an open task alone, to repair it. Raises NotFound, Invalid."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: task_locals.change(session, task_id, variables, remove, reason))

    def task_variables(self, task_id: str, *, actor: Actor) -> dict[str, Any]:
        """What an open task sees, for who may read its instance; for others who may do it, of that the fields of its form.

        Raises NotFound, Forbidden.
        """
        return self._read(actor, lambda session: inbox.variables(session, task_id))

    def save_draft(self, task_id: str, values: Mapping[str, Any], *, actor: Actor) -> None:
        """Keep an unfinished form; only whoever may do the task sees it."""
        self._write(actor, lambda session: tasks.save_draft(session, task_id, values))

    def complete_task(
        self, task_id: str, values: Mapping[str, Any] | None = None, *, actor: Actor, revision: int | None = None, key: str | None = None
    ) -> Completion:
        """Complete a task and run on to the next wait. `key`: the same again gives the same answer.

        Raises NotFound, Forbidden, Conflict, Invalid (problems by field), ExecutionFailed (the task stays open, an incident shows where).
        """
        return self._write(actor, lambda session: tasks.complete(session, task_id, values or {}, revision, key))

    def throw_task_error(
        self, task_id: str, code: str, message: str = "", variables: Mapping[str, Any] | None = None, *, actor: Actor
    ) -> None:
        """A task ends with a BPMN error of this code, for who catches it.

        Raises NotFound, Forbidden, Conflict, Invalid, ExecutionFailed (nobody catches it).
        """
        self._write(actor, lambda session: tasks.throw_error(session, task_id, code, message, variables or {}))

    def throw_task_escalation(self, task_id: str, code: str, variables: Mapping[str, Any] | None = None, *, actor: Actor) -> None:
        """A task throws a BPMN escalation of this code; where nobody catches it nothing happens. Raises NotFound, Forbidden, Conflict."""
        self._write(actor, lambda session: tasks.throw_escalation(session, task_id, code, variables or {}))

    def set_task_due(self, task_id: str, due: datetime | None, *, reason: str, actor: Actor) -> None:
        """Move a task's due date and its reminders."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: tasks.set_due(session, task_id, due, reason))
