"""Moving running instances to another version of their definition, and back."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from engine.errors import Conflict, Problem, RuamError, Unavailable
from engine.migration import bulk, choosing, drawing, jointly, progress, trying, undoing, versions_left
from engine.migration.moving import Route
from engine.migration.plan import Due, Instruction, Plan, suggested
from engine.migration.refusals import reasons_of
from engine.migration.turns import Turn, why_not
from engine.migration.validating import validate
from engine.migration.views import Choice, Drawn, Item, ItemState, JointTrial, MigrationView, Trial, Undoing
from engine.migration.wholes import Routes, plans_to
from engine.people import SYSTEM, Actor
from engine.queries import Page
from engine.running.transactions import Transactions
from engine.states import Verb
from engine.storage.session import Session

AT_A_BEAT = 200  # instances that the clock moves before it looks for what else there is

log = logging.getLogger(__name__)


class MigrationVerbs(Transactions):
    """Verbs of migrations; all are for administrators."""

    def suggest_migration(self, source_id: str, target_id: str, *, due: Due = Due.KEEP, update: bool = False, actor: Actor) -> Plan:
        """A plan that maps what is recognised; `update`: all that is waited for as the new version says. Raises NotFound."""
        self._allowed(actor, Verb.ADMINISTER)

        def work(session: Session) -> Plan:
            route = Route(session, Plan.of(source_id, target_id, []))
            return suggested(source_id, route.old.compiled, target_id, route.new.compiled, due, update)

        return self._read(actor, work)

    def suggest_migrations(
        self, key: str, version: int | None = None, *, instructions: Sequence[Instruction] = (), due: Due = Due.KEEP, actor: Actor
    ) -> list[Plan]:
        """Plans to a version (by default the newest) from each other one that something runs on, newest first.

        `instructions` are for the versions that have what they are about. Raises NotFound, Invalid where none of them has it.
        """
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(actor, lambda session: versions_left.plans(session, key, version, instructions, due))

    def check_migration(self, plan: Plan, *, actor: Actor) -> dict[str | None, list[Problem]]:
        """What is wrong with a plan, by the source of the instruction; under None what is wrong with the whole. Raises NotFound."""
        self._allowed(actor, Verb.ADMINISTER)

        def work(session: Session) -> dict[str | None, list[Problem]]:
            route = Route(session, plan)
            return validate(route.old, route.new, plan)

        return self._read(actor, work)

    def try_migration(self, plan: Plan, *, instance_ids: Sequence[str] | None = None, actor: Actor) -> Trial:
        """What a plan would do to these instances, by default to all that run on the version it leaves; nothing is changed."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(actor, lambda session: trying.attempt(session, Route(session, plan), instance_ids))

    def migration_choices(self, plan: Plan, trial: Trial, chosen: Sequence[str] = (), *, actor: Actor) -> tuple[Choice, ...]:
        """Where what a trial found kept back may continue, after the elements for which that was said (`chosen`). Raises NotFound."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(actor, lambda session: choosing.choices(session, Route(session, plan), trial.groups, chosen))

    def draw_migration(self, plan: Plan, *, actor: Actor) -> Drawn:
        """What may wait in the version a plan leaves, and where it goes on. Raises NotFound."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(actor, lambda session: drawing.drawn(Route(session, plan)))

    def begin_migration(self, plan: Plan, *, instance_ids: Sequence[str] | None = None, reason: str, actor: Actor) -> MigrationView:
        """Write down what is to move; `go_on_migrating`, or the clock, does it. Raises Invalid where the plan makes no sense."""
        self._allowed(actor, Verb.ADMINISTER)

        def work(session: Session) -> MigrationView:
            return progress.view(session, bulk.begin(session, [plan], instance_ids, reason))

        return self._write(actor, work)

    def suggest_joint_migration(self, deployment_id: str, *, due: Due = Due.KEEP, actor: Actor) -> list[Plan]:
        """Plans for all that runs on older versions of what was deployed together, processes that nothing called first. Raises NotFound."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(actor, lambda session: plans_to(session, deployment_id, due))

    def elements_of(self, definition_id: str, *, actor: Actor) -> frozenset[str]:
        """The ids of the elements and sequence flows of a version: what instructions may be about. Raises NotFound."""
        self._allowed(actor, Verb.ADMINISTER)

        def work(session: Session) -> frozenset[str]:
            process = self._shared.definitions.get(session.connection, definition_id).process
            return frozenset({*process.elements, *process.flows})

        return self._read(actor, work)

    def try_joint_migration(
        self, deployment_id: str, plans: Sequence[Plan], *, instance_ids: Sequence[str] | None = None, actor: Actor
    ) -> JointTrial:
        """What moving all of it would do, each root whole with all it called; `instance_ids`: only these roots. Nothing is changed."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(actor, lambda session: jointly.attempt(session, Routes(session, plans, True), deployment_id, instance_ids))

    def begin_joint_migration(
        self, deployment_id: str, plans: Sequence[Plan], *, instance_ids: Sequence[str] | None = None, reason: str, actor: Actor
    ) -> MigrationView:
        """Write down that each root is to move whole, callers before what they called. Raises Invalid where a plan makes no sense."""
        self._allowed(actor, Verb.ADMINISTER)

        def work(session: Session) -> MigrationView:
            return progress.view(session, bulk.begin(session, plans, instance_ids, reason, deployment_id))

        return self._write(actor, work)

    def go_on_migrating(self, migration_id: str, *, limit: int | None = None, actor: Actor) -> MigrationView:
        """Move what waits for its turn, or put it back, each whole in a transaction of its own; all, or about so many. Raises NotFound."""
        self._allowed(actor, Verb.ADMINISTER)
        self._take_turns(migration_id, limit, actor)
        return self.migration(migration_id, actor=actor)

    def _take_turns(self, migration_id: str, limit: int | None, actor: Actor) -> int:
        """How many had their turn. One that cannot move, for whatever reason, keeps no other one waiting."""
        planned = self._read(actor, lambda session: bulk.planned(session, migration_id))
        done = 0
        while limit is None or done < limit:
            turn = Turn(planned)
            try:
                taken = self._write(actor, turn.take)
                if not taken:
                    break
                done += taken
            except Exception as error:
                self._refuse(turn, error)
                done += 1
        return done

    def _refuse(self, turn: Turn, error: Exception) -> None:
        """Raises what is nothing against the instance: the database is away, too many others are at work."""
        whole_id, migration_id = turn.whole_id, turn.planned.cause.migration_id
        if whole_id is None or isinstance(error, (Unavailable, Conflict)):
            raise error
        if not isinstance(error, RuamError):
            log.error("the instance %s could not be moved", turn.at, exc_info=error)
        told = {turn.at: reasons_of(error, turn.route.new)}
        if turn.planned.routes.together:  # all that keeps the whole back, not only what was met first
            told = {id: found.problems for id, found in self._read(SYSTEM, lambda session: why_not(session, turn)).items()} | told
        self._write(SYSTEM, lambda session: bulk.refuse(session, migration_id, whole_id, told, back=turn.back))

    def migrate(self, plan: Plan, *, instance_ids: Sequence[str] | None = None, reason: str, actor: Actor) -> MigrationView:
        """Move these instances, by default all that run on the version it leaves, each whole or not at all. Raises Invalid."""
        begun = self.begin_migration(plan, instance_ids=instance_ids, reason=reason, actor=actor)
        return self.go_on_migrating(begun.id, actor=actor)

    def resume_migrations(self, *, limit: int = AT_A_BEAT) -> int:
        """Go on with what was begun and is not done, also by a process that died; how many instances had their turn."""
        return sum(self._take_turns(migration_id, limit, SYSTEM) for migration_id in self._read(SYSTEM, bulk.unfinished))

    def migration(self, migration_id: str, *, actor: Actor) -> MigrationView:
        """A migration with its progress. Raises NotFound."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(actor, lambda session: progress.view(session, migration_id))

    def migration_items(
        self, migration_id: str, *, state: ItemState | None = None, first: int = 0, limit: int = 50, actor: Actor
    ) -> Page[Item]:
        """The instances of a migration, what became of each and why, oldest first. Raises NotFound."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(actor, lambda session: progress.items(session, migration_id, state, first, limit))

    def retry_migration(self, migration_id: str, *, actor: Actor) -> MigrationView:
        """Let the instances that were refused wait for their turn once more, with the same plan. Raises NotFound, Conflict."""
        self._allowed(actor, Verb.ADMINISTER)

        def work(session: Session) -> MigrationView:
            bulk.again(session, migration_id)
            return progress.view(session, migration_id)

        return self._write(actor, work)

    def migrations(self, *, key: str | None = None, first: int = 0, limit: int = 50, actor: Actor) -> Page[MigrationView]:
        """Migrations, newest first; of one process by its key."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(actor, lambda session: progress.page(session, key, first, limit))

    def try_undoing(self, migration_id: str, *, actor: Actor) -> Undoing:
        """Which instances of a migration can go back, and why the others cannot; nothing is changed. Raises NotFound."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(actor, lambda session: undoing.attempt(session, bulk.planned(session, migration_id)))

    def begin_undoing(self, migration_id: str, *, instance_ids: Sequence[str] | None = None, reason: str, actor: Actor) -> MigrationView:
        """Let what has moved wait for its turn to go back, with all it moved with; `go_on_migrating`, or the clock, does it.

        Raises NotFound, Invalid.
        """
        self._allowed(actor, Verb.ADMINISTER)

        def work(session: Session) -> MigrationView:
            bulk.begin_undoing(session, migration_id, instance_ids, reason)
            return progress.view(session, migration_id)

        return self._write(actor, work)

    def undo_migration(self, migration_id: str, *, instance_ids: Sequence[str] | None = None, reason: str, actor: Actor) -> Undoing:
        """Put instances back to the version before, those in which nothing further was completed. Raises NotFound, Invalid."""
        self._allowed(actor, Verb.ADMINISTER)

        def begun(session: Session) -> dict[str, str]:
            before = progress.states(session, migration_id)
            bulk.begin_undoing(session, migration_id, instance_ids, reason)
            return before

        before = self._write(actor, begun)
        self._take_turns(migration_id, None, actor)
        after, groups = self._read(actor, lambda session: (progress.states(session, migration_id), progress.back(session, migration_id)))
        done = sum(after[id] == ItemState.UNDONE != state for id, state in before.items())
        refused = sum(group.number for group in groups)
        return Undoing(migration_id, 0, done, refused, groups)
