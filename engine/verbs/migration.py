"""Moving running instances to another version of their definition, and back."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

from engine.errors import Conflict, Problem, RuamError, Unavailable
from engine.migration import bulk, choosing, trying, undoing, versions_left
from engine.migration.moving import Cause, Route
from engine.migration.plan import Due, Instruction, Plan, suggested
from engine.migration.refusals import problems_of
from engine.migration.validating import validate
from engine.migration.views import Choice, Item, ItemState, MigrationView, Trial, Undoing
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

    def begin_migration(self, plan: Plan, *, instance_ids: Sequence[str] | None = None, reason: str, actor: Actor) -> MigrationView:
        """Write down what is to move; `go_on_migrating`, or the clock, does it. Raises Invalid where the plan makes no sense."""
        self._allowed(actor, Verb.ADMINISTER)

        def work(session: Session) -> MigrationView:
            return bulk.view(session, bulk.begin(session, plan, instance_ids, reason))

        return self._write(actor, work)

    def go_on_migrating(self, migration_id: str, *, limit: int | None = None, actor: Actor) -> MigrationView:
        """Move instances that wait for their turn, each in a transaction of its own; all, or so many. Raises NotFound."""
        self._allowed(actor, Verb.ADMINISTER)
        self._take_turns(migration_id, limit, actor)
        return self.migration(migration_id, actor=actor)

    def _take_turns(self, migration_id: str, limit: int | None, actor: Actor) -> int:
        """How many had their turn. One that cannot move, for whatever reason, keeps no other one waiting."""
        route, cause = self._read(actor, lambda session: _route(session, migration_id))
        done = 0
        while limit is None or done < limit:
            turn = bulk.Turn(route, cause)
            try:
                if not self._write(actor, turn.take):
                    break
            except Exception as error:
                self._refuse(turn, error)
            done += 1
        return done

    def _refuse(self, turn: bulk.Turn, error: Exception) -> None:
        """Raises what is nothing against the instance: the database is away, too many others are at work."""
        instance_id = turn.instance_id
        if instance_id is None or isinstance(error, (Unavailable, Conflict)):
            raise error
        if not isinstance(error, RuamError):
            log.error("the instance %s could not be moved", instance_id, exc_info=error)
        problems = problems_of(error, turn.route.new.process.name)
        self._write(SYSTEM, lambda session: bulk.refuse(session, turn.cause.migration_id, instance_id, problems))

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
        return self._read(actor, lambda session: bulk.view(session, migration_id))

    def migration_items(
        self, migration_id: str, *, state: ItemState | None = None, first: int = 0, limit: int = 50, actor: Actor
    ) -> Page[Item]:
        """The instances of a migration, what became of each and why, oldest first. Raises NotFound."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(actor, lambda session: bulk.items(session, migration_id, state, first, limit))

    def retry_migration(self, migration_id: str, *, actor: Actor) -> MigrationView:
        """Let the instances that were refused wait for their turn once more, with the same plan. Raises NotFound, Conflict."""
        self._allowed(actor, Verb.ADMINISTER)

        def work(session: Session) -> MigrationView:
            bulk.again(session, migration_id)
            return bulk.view(session, migration_id)

        return self._write(actor, work)

    def migrations(self, *, key: str | None = None, first: int = 0, limit: int = 50, actor: Actor) -> Page[MigrationView]:
        """Migrations, newest first; of one process by its key."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(actor, lambda session: bulk.page(session, key, first, limit))

    def try_undoing(self, migration_id: str, *, actor: Actor) -> Undoing:
        """Which instances of a migration can go back, and why the others cannot; nothing is changed. Raises NotFound."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(actor, lambda session: undoing.attempt(session, migration_id))

    def undo_migration(self, migration_id: str, *, instance_ids: Sequence[str] | None = None, reason: str, actor: Actor) -> Undoing:
        """Put instances back to the version before, those in which nothing further was completed. Raises NotFound, Invalid."""
        self._allowed(actor, Verb.ADMINISTER)
        route, wanted = self._read(actor, lambda session: undoing.wanted(session, migration_id, instance_ids, reason))
        groups, done, refused = trying.Groups(route), 0, 0
        for instance_id in wanted:
            try:
                self._write(actor, partial(undoing.undo, migration_id=migration_id, instance_id=instance_id, route=route, reason=reason))
                done += 1
            except (Unavailable, Conflict):
                raise
            except RuamError as error:
                groups.add(instance_id, problems_of(error, route.old.process.name))
                refused += 1
        return Undoing(migration_id, 0, done, refused, groups.told())


def _route(session: Session, migration_id: str) -> tuple[Route, Cause]:
    plan, cause = bulk.plan_of(session, migration_id)
    return Route(session, plan), cause
