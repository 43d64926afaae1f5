"""The engine: one short method a verb, one transaction a verb. What a verb does stands in the module of its noun."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self, TypeVar

from sqlalchemy import Connection

from engine import (
    authorization,
    backup,
    checking,
    comments,
    definitions,
    history,
    inbox,
    incidents,
    instalments,
    instances,
    jobs,
    messages,
    outbox,
    papers,
    people,
    progress,
    roots,
    schema,
    tasks,
    trail,
)
from engine.backup import BackupSummary
from engine.clock import Clock, DatabaseClock
from engine.database import Database
from engine.definitions import Definitions
from engine.documents import DocumentStore
from engine.errors import Conflict, ExecutionFailed, Problem
from engine.instalments import Instalment
from engine.live import Live
from engine.papers import DocumentView
from engine.people import SYSTEM, Actor
from engine.progress import Progress
from engine.queries import (
    AuditReport,
    CommentView,
    Completion,
    DefinitionView,
    Deployment,
    DiagramState,
    Head,
    HistoryEvent,
    InboxCounts,
    IncidentView,
    InstanceView,
    JobView,
    NoticeView,
    Page,
    TaskItem,
    TaskView,
    UserView,
)
from engine.registry import Pack, Registry
from engine.roots import Root
from engine.session import Session, Shared
from engine.states import Verb

if TYPE_CHECKING:
    from engine.typesetting import Typesetter

T = TypeVar("T")


class Engine:
    """Opens with `Engine.open`. Every verb takes the actor who asks and raises the errors of `engine.errors`; thread-safe."""

    def __init__(self, shared: Shared, home: Path) -> None:
        self._shared = shared
        self.home = home

    @classmethod
    def open(
        cls, url: str, *, home: Path | str = "var", packs: Iterable[Pack | str] = (), clock: Clock | None = None, documents: str | None = None
    ) -> Self:
        """Open a database (SQLAlchemy URL). `home`: the folder of the documents, unless `documents` names another store (fsspec URL).

        `packs`: Pack objects or "module:attribute". `clock`: by default simulated where the database says so, else real.
        """
        home = Path(home)
        store = DocumentStore(documents or str(home / "documents"))
        typesetter = cache(lambda: _typesetter(home / "fonts"))
        return cls(Shared(Database(url), clock or DatabaseClock(), Registry(packs), Definitions(), Live(), store, typesetter), home)

    def close(self) -> None:
        """Close the database's connections."""
        self._shared.database.close()

    def _write(self, actor: Actor, work: Callable[[Session], T]) -> T:
        def run(connection: Connection) -> tuple[Session, T]:
            session = Session(self._shared, connection, actor)
            result = work(session)
            session.close()
            return session, result

        try:
            session, result = self._shared.database.write(run)
        except ExecutionFailed as error:
            if "origin" in error.facts:
                self._shared.database.write(lambda connection: _kept(Session(self._shared, connection, SYSTEM), error))
            raise
        session.committed()
        return result

    def _read(self, actor: Actor, work: Callable[[Session], T]) -> T:
        with self._shared.database.read() as connection:
            return work(Session(self._shared, connection, actor))

    def _allowed(self, actor: Actor, verb: Verb) -> None:
        authorization.require(actor, verb)

    # ---- schema and definitions

    def upgrade(self) -> None:
        """Create or migrate the schema."""
        schema.upgrade(self._shared.database)

    def deploy(self, files: Mapping[str, bytes], *, name: str, pack: str | None = None, actor: Actor) -> Deployment:
        """Deploy files, all or none; the same files again are no new deployment. Raises Invalid (problems say what and where)."""
        self._allowed(actor, Verb.DEPLOY)
        return self._write(actor, lambda session: definitions.deploy(session, files, name=name, pack=pack))

    def check(self, files: Mapping[str, bytes], *, pack: str | None = None) -> list[Problem]:
        """Everything `deploy` would complain or warn about."""
        return self._read(SYSTEM, lambda session: list(checking.checked(session, files, pack).problems))

    def definitions(self, *, key: str | None = None, latest: bool = False, first: int = 0, limit: int = 100) -> Page[DefinitionView]:
        """Definitions by key, newest version first."""
        return self._read(SYSTEM, lambda session: definitions.definitions(session.connection, key=key, latest=latest, first=first, limit=limit))

    def definition(self, definition_id: str) -> DefinitionView:
        """One definition. Raises NotFound."""
        return self._read(SYSTEM, lambda session: definitions.definition(session.connection, definition_id))

    def startable(self, *, actor: Actor) -> list[DefinitionView]:
        """The newest version of each process the actor may start."""
        return self._read(actor, instances.startable)

    def start_form(self, key: str, *, actor: Actor) -> Any:
        """The `engine.forms.Form` asked when a process is started, or None. Raises NotFound, Forbidden."""
        return self._read(actor, lambda session: instances.start_form(session, key))

    def definition_xml(self, definition_id: str, *, actor: Actor) -> bytes:
        """The BPMN file of a definition. Raises NotFound."""
        return self._read(actor, lambda session: definitions.definition_xml(session.connection, definition_id))

    def resource(self, deployment_id: str, path: str) -> bytes:
        """A file of a deployment. Raises NotFound."""
        return self._read(SYSTEM, lambda session: session.shared.definitions.resource(session.connection, deployment_id, path))

    # ---- instances

    def start(
        self, key: str, *, variables: Mapping[str, Any] | None = None, business_key: str | None = None, version: int | None = None, actor: Actor
    ) -> InstanceView:
        """Start a process by its key. Raises NotFound, Forbidden, Invalid, ExecutionFailed."""
        return self._write(actor, lambda session: instances.start(session, key, variables or {}, business_key, version))

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

    def set_variables(self, instance_id: str, variables: Mapping[str, Any], *, reason: str, actor: Actor) -> None:
        """Change variables of the instance's root scope, to repair it. Raises Invalid."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: instances.set_variables(session, instance_id, variables, reason))

    def instance(self, instance_id: str, *, actor: Actor) -> InstanceView:
        """One instance. Raises NotFound, also for who may not see it."""
        return self._read(actor, lambda session: instances.view(session, instance_id))

    def instances(
        self, *, actor: Actor, key: str | None = None, state: str | None = None, business_key: str | None = None, roots: bool = False,
        search: str | None = None, first: int = 0, limit: int = 50,
    ) -> Page[InstanceView]:  # fmt: skip
        """Instances the actor may see, newest first; `roots`: only those no other instance called."""
        return self._read(actor, lambda session: instances.page(
            session, key=key, state=state, business_key=business_key, roots=roots, search=search, first=first, limit=limit))  # fmt: skip

    def children(self, instance_id: str, *, actor: Actor, key: str | None = None) -> list[InstanceView]:
        """The instances it called, oldest first."""
        return self._read(actor, lambda session: instances.children(session, instance_id, key))

    def variables(self, instance_id: str, *, actor: Actor) -> dict[str, Any]:
        """The variables of the root scope. Raises NotFound."""
        return self._read(actor, lambda session: instances.variables(session, instance_id))

    def history(
        self, instance_id: str, *, actor: Actor, tree: bool = False, event: str | None = None, first: int = 0, limit: int = 200
    ) -> Page[HistoryEvent]:
        """What happened in an instance, in order; `tree` also what happened in the instances it called, as far as the actor may see them."""
        return self._read(actor, lambda session: trail.events(session, instance_id, tree=tree, event=event, first=first, limit=limit))

    def diagram_state(self, instance_id: str, *, actor: Actor) -> DiagramState:
        """Which elements are done, open, overdue, or have an incident."""
        return self._read(actor, lambda session: trail.diagram_state(session, instance_id))

    def roots(self, *, actor: Actor, key: str | None = None, state: str | None = None, first: int = 0, limit: int = 50) -> Page[Root]:
        """Root instances the actor sees or takes part in, newest first."""
        return self._read(actor, lambda session: roots.roots(session, key=key, state=state, first=first, limit=limit))

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

    # ---- tasks

    def inbox(self, actor: Actor, *, view: str = "open", search: str | None = None, root_id: str | None = None, first: int = 0, limit: int = 50) -> Page[TaskItem]:
        """The tasks the actor may do: `view` is open, overdue, coming (due within seven days), mine (claimed) or done (by the actor)."""
        return self._read(actor, lambda session: inbox.page(session, view=view, search=search, root_id=root_id, first=first, limit=limit))

    def inbox_counts(self, actor: Actor) -> InboxCounts:
        """How much waits for the actor."""
        return self._read(actor, inbox.counts)

    def tasks(
        self, *, actor: Actor, instance_id: str | None = None, root_id: str | None = None, open_only: bool = True, first: int = 0, limit: int = 100
    ) -> Page[TaskItem]:
        """Tasks the actor may see (not only those he may do), for lists of an instance and for administration."""
        return self._read(actor, lambda session: inbox.tasks(
            session, instance_id=instance_id, root_id=root_id, open_only=open_only, first=first, limit=limit))  # fmt: skip

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

    def set_task_due(self, task_id: str, due: datetime | None, *, reason: str, actor: Actor) -> None:
        """Move a task's due date and its reminders."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: tasks.set_due(session, task_id, due, reason))

    # ---- documents and comments

    def upload(self, task_id: str, field: str, name: str, stream: IO[bytes], *, actor: Actor) -> DocumentView:
        """Add a file for a form's field; content and size are checked. Raises Invalid."""
        stored = papers.receive(lambda work: self._read(actor, work), self._shared.store, task_id, field, name, stream)
        return self._write(actor, lambda session: papers.uploaded(session, task_id, field, stored))

    def open_document(self, document_id: str, *, actor: Actor) -> tuple[DocumentView, IO[bytes]]:
        """A document and a stream of its content. Raises NotFound, Forbidden."""
        view = self._read(actor, lambda session: papers.openable(session, document_id))
        return view, self._shared.store.open(view.store_key)

    def documents(
        self, root_id: str, *, actor: Actor, category: str | None = None, unit: str | None = None, deliverable: str | None = None,
        task_id: str | None = None, first: int = 0, limit: int = 200,
    ) -> Page[DocumentView]:  # fmt: skip
        """Documents of a root instance that the actor may see (administrators: their names)."""
        return self._read(actor, lambda session: papers.page(
            session, root_id, category=category, unit=unit, deliverable=deliverable, task_id=task_id, first=first, limit=limit))  # fmt: skip

    def comment(self, instance_id: str, text: str, *, task_id: str | None = None, actor: Actor) -> CommentView:
        """Add a remark."""
        return self._write(actor, lambda session: comments.add(session, instance_id, text, task_id))

    def comments(self, instance_id: str, *, actor: Actor, task_id: str | None = None) -> list[CommentView]:
        """Remarks, oldest first."""
        return self._read(actor, lambda session: comments.listed(session, instance_id, task_id))

    # ---- jobs, messages, incidents

    def jobs(
        self, *, actor: Actor, root_id: str | None = None, instance_id: str | None = None, kind: str | None = None, state: str | None = None,
        first: int = 0, limit: int = 50,
    ) -> Page[JobView]:  # fmt: skip
        """Timers, deferred handlers and reminders by due time."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(actor, lambda session: jobs.page(
            session.connection, root_id=root_id, instance_id=instance_id, kind=kind, state=state, first=first, limit=limit))  # fmt: skip

    def move_job(self, job_id: str, due: datetime, *, reason: str, actor: Actor) -> None:
        """Change when a job is due."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: jobs.move(session, job_id, due, reason))

    def retry_job(self, job_id: str, *, actor: Actor) -> None:
        """Run a failed job again, now."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: jobs.retry(session, job_id))

    def run_due(self, limit: int = 100) -> int:
        """Run jobs that are due, each in a transaction of its own, until none is or `limit` is reached. Returns how many were run."""
        done = 0
        while done < limit:
            claimed = self._write(SYSTEM, lambda session: jobs.claim(session, min(20, limit - done)))
            for job in claimed:
                self._run(job)
            done += len(claimed)
            if not claimed:
                break
        return done

    def _run(self, job: jobs.Job) -> None:
        try:
            self._write(SYSTEM, lambda session: jobs.run(session, job))
        except Exception as error:
            self._write(SYSTEM, lambda session: jobs.failed(session, job, error))

    def next_due(self) -> datetime | None:
        """When the next job is due, by the engine's clock."""
        return self._read(SYSTEM, lambda session: jobs.next_due(session.connection))

    def correlate(
        self, message: str, *, business_key: str | None = None, correlation: Any = None, variables: Mapping[str, Any] | None = None, actor: Actor
    ) -> str:
        """Give a message to the one who waits for it, or start the process it starts; returns the instance's id. Raises NotFound, Conflict."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._write(actor, lambda session: messages.correlate(session, message, business_key, correlation, variables or {}))

    def signal(self, name: str, variables: Mapping[str, Any] | None = None, *, actor: Actor) -> int:
        """Give a signal to all who wait for it; returns how many."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._write(actor, lambda session: messages.signal(session, name, variables or {}))

    def incidents(self, *, actor: Actor, root_id: str | None = None, open_only: bool = True, first: int = 0, limit: int = 50) -> Page[IncidentView]:
        """What went wrong, newest first."""
        self._allowed(actor, Verb.ADMINISTER)
        return self._read(actor, lambda session: incidents.page(session.connection, root_id=root_id, open_only=open_only, first=first, limit=limit))

    def retry_incident(self, incident_id: str, *, actor: Actor) -> None:
        """Try again what failed: a failed job is queued; a failed step is the worker's to complete again, so its incident is closed."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: incidents.retry(session, incident_id))

    def sweep(self) -> int:
        """Find instances that wait for nothing and have not ended; each becomes an incident. Returns how many were found."""
        return self._write(SYSTEM, incidents.sweep)

    def notices(self, actor: Actor, *, first: int = 0, limit: int = 20) -> Page[NoticeView]:
        """Notices for the actor and his groups, newest first."""
        return self._read(actor, lambda session: outbox.notices(session, first=first, limit=limit))

    # ---- people

    def actor(self, user_id: str) -> Actor:
        """The actor a user is now. Raises NotFound."""
        return self._read(SYSTEM, lambda session: people.actor(session.connection, user_id, session.now))

    def user(self, user_id: str) -> UserView:
        """One user. Raises NotFound."""
        return self._read(SYSTEM, lambda session: people.user(session.connection, user_id))

    def users(self, *, actor: Actor, search: str | None = None, group: str | None = None, first: int = 0, limit: int = 50) -> Page[UserView]:
        """Users by id."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)

        def read(session: Session) -> Page[UserView]:
            found, total = people.users(session.connection, search=search, group=group, first=first, limit=limit)
            return Page(tuple(found), total)

        return self._read(actor, read)

    def members(self, group: str) -> list[tuple[str, str, str]]:
        """(user id, name, English name) of a group's members."""
        return self._read(SYSTEM, lambda session: people.members(session.connection, group, session.now))

    def parties(self) -> dict[str, tuple[str, str]]:
        """Thai and English name of every party by key."""
        return self._read(SYSTEM, lambda session: people.parties(session.connection))

    def add_user(
        self, user_id: str, *, name: str, name_en: str = "", email: str | None = None, password: str | None = None, roles: Iterable[str] = (),
        groups: Iterable[str] = (), demo: bool = False, locale: str | None = None, actor: Actor,
    ) -> None:  # fmt: skip
        """Add a user. Raises Invalid, Conflict."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        self._write(actor, lambda session: people.add_user(
            session.connection, user_id, name=name, name_en=name_en, email=email, password=password, roles=roles, groups=groups, demo=demo,
            locale=locale))  # fmt: skip

    def add_users(self, users: Sequence[Mapping[str, Any]], *, actor: Actor) -> None:
        """Add many users in one transaction; each a mapping of the arguments of `add_user`."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        self._write(actor, lambda session: people.add_users(session.connection, users))

    def change_user(self, user_id: str, *, actor: Actor, **changes: Any) -> None:
        """Change name, name_en, email, roles or locale."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        self._write(actor, lambda session: people.change_user(session.connection, user_id, **changes))

    def set_locale(self, locale: str, *, actor: Actor) -> None:
        """Remember the language a user reads in."""
        self._write(actor, lambda session: people.change_user(session.connection, actor.user_id, locale=locale))

    def set_password(self, user_id: str, password: str, *, actor: Actor) -> None:
        """Set a password: one's own, or as an administrator anybody's. Ends the user's other sessions."""
        if actor.user_id != user_id:
            self._allowed(actor, Verb.MANAGE_PEOPLE)
        self._write(actor, lambda session: people.set_password(session.connection, user_id, password))

    def check_password(self, user_id: str, password: str, *, demo: bool = False) -> Actor:
        """The actor with that name and password; demo users only where `demo`. Raises Forbidden."""
        return self._read(SYSTEM, lambda session: people.check_password(session.connection, user_id, password, session.now, demo=demo))

    def set_memberships(self, user_id: str, groups: Iterable[str], *, actor: Actor) -> None:
        """Make these the user's groups."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        self._write(actor, lambda session: people.set_memberships(session.connection, user_id, groups))

    def deactivate(self, user_id: str, *, active: bool = False, actor: Actor) -> None:
        """Take away (or give back) a user's access; what he did stays."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        self._write(actor, lambda session: people.change_user(session.connection, user_id, active=active))

    def create_link(self, purpose: str, *, user_id: str | None = None, hours: float = 24, actor: Actor) -> str:
        """A one-time link's token."""
        self._allowed(actor, Verb.MANAGE_PEOPLE)
        return self._write(actor, lambda session: people.create_link(session.connection, purpose, user_id, hours=hours))

    def check_link(self, token: str, purpose: str) -> str | None:
        """Whom a link is for, without using it up. Raises Forbidden."""
        return self._read(SYSTEM, lambda session: people.check_link(session.connection, token, purpose))

    def use_link(self, token: str, purpose: str) -> str | None:
        """Use up a one-time link; returns whom it is for. Raises Forbidden."""
        return self._write(SYSTEM, lambda session: people.use_link(session.connection, token, purpose))

    # ---- time, settings, audit

    @property
    def simulated(self) -> bool:
        """Whether the clock is simulated."""
        return self._read(SYSTEM, lambda session: session.shared.clock.is_simulated(session.rows))

    def clock_now(self) -> datetime:
        """The time processes see (aware, UTC)."""
        return self._read(SYSTEM, lambda session: session.now)

    def simulate(self, start: datetime, *, actor: Actor) -> None:
        """Make this database's clock a simulated one that stands at `start`. Raises Conflict where instances have run."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: instances.simulate(session, start))

    def advance_clock(self, to: datetime, *, actor: Actor) -> int:
        """Move a simulated clock and run what falls due on the way, in order; returns how many jobs were run. Raises Conflict."""
        self._allowed(actor, Verb.ADMINISTER)
        if not self.simulated:
            raise Conflict("This database runs on the real clock.")
        done = 0
        while True:
            done += self.run_due(limit=10_000)
            if self._write(actor, lambda session: jobs.move_clock(session, to)) == to:
                return done + self.run_due(limit=10_000)

    def setting(self, key: str) -> str | None:
        """A setting of this database."""
        return self._read(SYSTEM, lambda session: instances.setting(session, key))

    def put_setting(self, key: str, value: str, *, actor: Actor) -> None:
        """Set a setting."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: instances.put_setting(session, key, value))

    def audit_heads(self, *, actor: Actor = SYSTEM) -> list[Head]:
        """The end of every instance's hash chain, to be kept elsewhere."""
        self._allowed(actor, Verb.AUDIT)
        return self._read(actor, lambda session: history.heads(session.connection))

    def audit_verify(self, heads: Iterable[Head] | None = None, *, actor: Actor = SYSTEM) -> AuditReport:
        """Recompute the hash chains and compare them with their heads, and with heads kept elsewhere."""
        self._allowed(actor, Verb.AUDIT)
        return self._read(actor, lambda session: history.verify(session.connection, heads))

    def backup(self, target: IO[bytes], *, actor: Actor) -> BackupSummary:
        """Write all rows and files, as they are at one instant, to a stream (engine/backup.py)."""
        self._allowed(actor, Verb.ADMINISTER)
        return backup.write(self._shared.database, self._shared.store, target)

    def restore(self, source: IO[bytes], *, actor: Actor) -> BackupSummary:
        """Fill an empty database and file store from a backup. Raises Conflict where it is not empty, Invalid."""
        self._allowed(actor, Verb.ADMINISTER)
        return backup.restore(self._shared.database, self._shared.store, source)


def _typesetter(fonts: Path) -> Typesetter:
    from engine.typesetting import Typesetter

    return Typesetter(fonts)


def _kept(session: Session, error: ExecutionFailed) -> None:
    incidents.failed_step(session, error)
    session.close()

