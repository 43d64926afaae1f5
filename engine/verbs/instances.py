"""Starting, holding, ending and looking at instances."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from engine.people import Actor
from engine.projects import instalments, progress, released, roots
from engine.projects.instalments import Instalment
from engine.projects.progress import Progress
from engine.projects.released import Released
from engine.projects.roots import Root
from engine.queries import DiagramState, HistoryEvent, InstanceView, Page
from engine.running import choosing, instances
from engine.running.choosing import Choice
from engine.running.transactions import Transactions
from engine.states import Verb
from engine.views import activities, happenings, trail
from engine.views.activities import Activity
from engine.views.happenings import Happening


class InstanceVerbs(Transactions):
    """Verbs of process instances."""

    def start(
        self,
        key: str,
        *,
        variables: Mapping[str, Any] | None = None,
        business_key: str | None = None,
        version: int | None = None,
        distinct: bool = False,
        actor: Actor,
    ) -> InstanceView:
        """Start a process by its key; `distinct`: not where the actor sees another of that business key.

        Raises NotFound, Forbidden, Invalid, ExecutionFailed.
        """
        return self._write(actor, lambda session: instances.start(session, key, variables or {}, business_key, version, distinct))

    def suspend(self, instance_id: str, *, reason: str, actor: Actor) -> None:
        """Nobody can work on the instance and its children, no job runs. Raises Conflict where it has ended."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: instances.suspend(session, instance_id, reason))

    def resume(self, instance_id: str, *, reason: str = "", actor: Actor) -> None:
        """Go on after a suspension."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: instances.resume(session, instance_id, reason))

    def cancel(self, instance_id: str, *, reason: str, actor: Actor) -> None:
        """End the instance and its children where they stand. Raises Conflict where it has ended."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: instances.cancel(session, instance_id, reason))

    def set_variables(
        self, instance_id: str, variables: Mapping[str, Any], *, remove: Iterable[str] = (), reason: str, actor: Actor
    ) -> None:
        """Change variables of the instance's root scope, or take some out, to repair it. Raises Invalid."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: instances.set_variables(session, instance_id, variables, reason, remove))

    def choices(self, instance_id: str, *, actor: Actor) -> tuple[Choice, ...]:
        """The activities of open ad-hoc sub-processes that the actor may begin now."""
        return self._read(actor, lambda session: choosing.choices(session, instance_id))

    def start_activity(self, instance_id: str, element_id: str, *, scope_id: str | None = None, actor: Actor) -> None:
        """Begin an activity of an open ad-hoc sub-process: whom its task is for, or who administers.

        Raises NotFound, Forbidden, Conflict where it cannot be chosen now.
        """
        self._write(actor, lambda session: choosing.start(session, instance_id, element_id, scope_id))

    def instance(self, instance_id: str, *, actor: Actor) -> InstanceView:
        """One instance. Raises NotFound, also for who may not see it."""
        return self._read(actor, lambda session: instances.view(session, instance_id))

    def instances(
        self,
        *,
        actor: Actor,
        key: str | None = None,
        state: str | None = None,
        business_key: str | None = None,
        roots: bool = False,
        search: str | None = None,
        first: int = 0,
        limit: int = 50,
    ) -> Page[InstanceView]:
        """Instances the actor may see, newest first; `roots`: only those no other instance called."""
        return self._read(
            actor,
            lambda session: instances.page(
                session, key=key, state=state, business_key=business_key, roots=roots, search=search, first=first, limit=limit
            ),
        )

    def children(self, instance_id: str, *, actor: Actor, key: str | None = None) -> list[InstanceView]:
        """The instances it called, oldest first."""
        return self._read(actor, lambda session: instances.children(session, instance_id, key))

    def variables(self, instance_id: str, *, actor: Actor) -> dict[str, Any]:
        """The variables of the root scope. Raises NotFound."""
        return self._read(actor, lambda session: instances.variables(session, instance_id))

    def history(
        self, instance_id: str, *, actor: Actor, tree: bool = False, event: str | None = None, first: int = 0, limit: int = 200
    ) -> Page[HistoryEvent]:
        """What happened in an instance, in order; `tree`: also in the instances below it, as far as the actor may see them."""
        return self._read(actor, lambda session: trail.events(session, instance_id, tree=tree, event=event, first=first, limit=limit))

    def diagram_state(self, instance_id: str, *, actor: Actor) -> DiagramState:
        """Which elements are done, open, overdue, or have an incident."""
        return self._read(actor, lambda session: trail.diagram_state(session, instance_id))

    def roots(
        self,
        *,
        actor: Actor,
        key: str | None = None,
        state: str | None = None,
        states: Collection[str] = (),
        first: int = 0,
        limit: int = 50,
    ) -> Page[Root]:
        """Root instances the actor sees or takes part in, newest first; `states`: in one of several."""
        return self._read(actor, lambda session: roots.roots(session, key=key, state=state, states=states, first=first, limit=limit))

    def root(self, root_id: str, *, actor: Actor) -> Root:
        """One root instance the actor sees or takes part in. Raises NotFound."""
        return self._read(actor, lambda session: roots.root(session, root_id))

    def tree(self, root_id: str, *, actor: Actor) -> tuple[InstanceView, ...]:
        """All instances under a root that the actor may see, oldest first."""
        return self._read(actor, lambda session: roots.tree(session, root_id))

    def progress(self, root_id: str, *, actor: Actor) -> Progress:
        """How far the numbered steps of a root instance are; who only takes part is told dates."""
        return self._read(actor, lambda session: progress.progress(session, root_id))

    def instalments(self, root_id: str, *, actor: Actor) -> tuple[Instalment, ...]:
        """The paid deliveries of a root instance: papers, states, verdicts."""
        return self._read(actor, lambda session: instalments.instalments(session, root_id))

    def happenings(
        self,
        root_id: str,
        *,
        actor: Actor,
        kind: str | None = None,
        step: str | None = None,
        unit: str | None = None,
        actor_id: str | None = None,
        first: int = 0,
        limit: int = 50,
    ) -> Page[Happening]:
        """What happened under a root instance as people read it, newest first; `kind`: a key of `engine.views.happenings.KINDS`."""
        return self._read(
            actor,
            lambda session: happenings.happenings(
                session, root_id, kind=kind, step=step, unit=unit, actor_id=actor_id, first=first, limit=limit
            ),
        )

    def activity(self, instance_id: str, element_id: str, *, actor: Actor) -> Activity:
        """What one may know of an element of an instance's diagram. Raises NotFound."""
        return self._read(actor, lambda session: activities.activity(session, instance_id, element_id))

    def calling_element(self, instance_id: str, *, actor: Actor) -> str | None:
        """The element of the parent's diagram that called an instance. Raises NotFound."""
        return self._read(actor, lambda session: activities.calling_element(session, instance_id))

    def released(self, root_id: str, *, actor: Actor, category: str | None = None, unit: str | None = None) -> tuple[Released, ...]:
        """Sealed values the actor may read: his own, and those released to his groups. No role opens a seal."""
        return self._read(actor, lambda session: released.released(session, root_id, category=category, unit=unit))
