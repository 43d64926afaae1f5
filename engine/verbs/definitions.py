"""Deploying and looking at process definitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.decisions import Decisions
from engine.deployment import checking, decision_definitions, definitions, deploying
from engine.deployment.decision_versions import DecisionView
from engine.errors import Problem
from engine.people import SYSTEM, Actor
from engine.queries import (
    DefinitionView,
    Deployment,
    Page,
    Resource,
)
from engine.registry import Pack
from engine.running import instances
from engine.states import SystemEvent, Verb
from engine.storage import journal, schema
from engine.storage.session import Session
from engine.verbs.packtests import PackTestVerbs


class DefinitionVerbs(PackTestVerbs):
    """Verbs of deployments and definitions."""

    def upgrade(self) -> tuple[str | None, str | None]:
        """Create or migrate the schema; returns the revision it was (None: no schema) and the one it is."""
        return schema.upgrade(self._shared.database)

    def deploy(
        self,
        files: Mapping[str, bytes],
        *,
        name: str,
        pack: str | None = None,
        source: str | None = None,
        same_again: bool = False,
        changed_only: bool = False,
        tested: bool = False,
        untested: str = "",
        actor: Actor,
    ) -> Deployment:
        """Deploy files, all or none; the same files again are no new deployment. Raises Invalid (problems say what and where).

        `same_again`: they are one all the same; `changed_only`: diagrams that have not changed are no new versions.
        `tested`: only if the process tests among them pass, or for a reason why they need not, `untested`, which is recorded.
        """
        self._allowed(actor, Verb.DEPLOY)
        facts = self._pass_tests(files, pack, untested) if tested else {}
        return self._write(
            actor,
            lambda session: deploying.deploy(
                session, files, name=name, pack=pack, source=source, same_again=same_again, changed_only=changed_only, facts=facts
            ),
        )

    def delete_deployment(self, deployment_id: str, *, actor: Actor) -> None:
        """Take a deployment back that no instance ever ran of. Raises NotFound, Conflict."""
        self._allowed(actor, Verb.DEPLOY)

        def take_back(session: Session) -> None:
            deploying.take_back(session, deployment_id)
            journal.tell(session, SystemEvent.DEPLOYMENT_DELETED, deployment_id)

        self._write(actor, take_back)

    def check(self, files: Mapping[str, bytes], *, pack: str | None = None) -> list[Problem]:
        """Everything `deploy` would complain or warn about."""
        return self._read(SYSTEM, lambda session: list(checking.checked(session, files, pack).problems))

    def definitions(self, *, key: str | None = None, latest: bool = False, first: int = 0, limit: int = 100) -> Page[DefinitionView]:
        """Definitions by key, newest version first."""
        return self._read(
            SYSTEM, lambda session: definitions.definitions(session.connection, key=key, latest=latest, first=first, limit=limit)
        )

    def definition(self, definition_id: str) -> DefinitionView:
        """One definition. Raises NotFound."""
        return self._read(SYSTEM, lambda session: definitions.definition(session.connection, definition_id))

    def element_names(self, definition_id: str) -> dict[str, tuple[str, str]]:
        """What the elements of a version are called, Thai and English, by id. Raises NotFound."""

        def names(session: Session) -> dict[str, tuple[str, str]]:
            process = self._shared.definitions.get(session.connection, definition_id).process
            return {id: (element.name, element.name_en) for id, element in process.elements.items()}

        return self._read(SYSTEM, names)

    def suspend_definition(self, definition_id: str, *, reason: str = "", actor: Actor) -> None:
        """Nobody and no event can start it; instances that run go on, and what they call is still called. Raises NotFound, Conflict."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: self._suspend(session, definition_id, True, reason))

    def resume_definition(self, definition_id: str, *, reason: str = "", actor: Actor) -> None:
        """Let it be started again. Raises NotFound, Conflict."""
        self._allowed(actor, Verb.ADMINISTER)
        self._write(actor, lambda session: self._suspend(session, definition_id, False, reason))

    def _suspend(self, session: Session, definition_id: str, suspended: bool, reason: str) -> None:
        definitions.suspend(session.connection, definition_id, suspended)
        event = SystemEvent.DEFINITION_SUSPENDED if suspended else SystemEvent.DEFINITION_RESUMED
        journal.tell(session, event, definition_id, {"reason": reason} if reason else None)

    def startable(self, *, actor: Actor) -> list[DefinitionView]:
        """The newest version of each process the actor may start."""
        return self._read(actor, instances.startable)

    def start_form(self, key: str, *, version: int | None = None, actor: Actor) -> Any:
        """The `engine.forms.Form` asked when a process is started, or None. Raises NotFound, Forbidden."""
        return self._read(actor, lambda session: instances.start_form(session, key, version))

    def makes_its_key(self, key: str, *, actor: Actor) -> bool:
        """Whether the newest version of a process makes its business key itself, where nobody gives one. Raises NotFound, Forbidden."""
        return self._read(actor, lambda session: instances.makes_its_key(session, key))

    @property
    def packs(self) -> tuple[Pack, ...]:
        """The packs of handlers it was opened with."""
        return self._shared.registry.packs

    def play(self, key: str) -> Callable[..., Any] | None:
        """What makes the `engine.rehearsal.plays.Play` by which a process (or the pack of that key) is rehearsed, if a pack brings one."""
        return self._shared.registry.play(key)

    def definition_xml(self, definition_id: str, *, actor: Actor) -> bytes:
        """The BPMN file of a definition. Raises NotFound."""
        return self._read(actor, lambda session: definitions.definition_xml(session.connection, definition_id))

    def resources(self, deployment_id: str, *, actor: Actor) -> list[Resource]:
        """The files of a deployment. Raises NotFound, Forbidden."""
        self._allowed(actor, Verb.DEPLOY)
        return self._read(actor, lambda session: definitions.resources(session.connection, deployment_id))

    def resource(self, deployment_id: str, path: str) -> bytes:
        """A file of a deployment. Raises NotFound."""
        return self._read(SYSTEM, lambda session: session.shared.definitions.resource(session.connection, deployment_id, path))

    def decision(self, *, id: str | None = None, key: str | None = None) -> DecisionView:
        """A version of a decision by its id, or the newest of a key. Raises NotFound."""
        return self._read(SYSTEM, lambda session: decision_definitions.decision(session, id=id, key=key))

    def decision_model(self, view: DecisionView, *, actor: Actor) -> Decisions:
        """What a version of a decision says, with those of its deployment that it may require. Raises Forbidden."""
        self._allowed(actor, Verb.DEPLOY)
        return self._read(actor, lambda session: decision_definitions.kept(session, view))

    def decision_users(self, *, actor: Actor) -> dict[str, list[DefinitionView]]:
        """The newest versions of the processes that ask a decision, by the decision's key. Raises Forbidden."""
        self._allowed(actor, Verb.DEPLOY)
        return self._read(actor, decision_definitions.users)

    def evaluate_decision(self, view: DecisionView, variables: Mapping[str, Any], *, actor: Actor) -> list[dict[str, Any]]:
        """The rows a decision gives. Raises LanguageError (facts: file, line, decision, rule), Invalid."""
        return self._read(actor, lambda session: decision_definitions.evaluate(session, view, variables))
