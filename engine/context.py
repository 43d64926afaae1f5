"""What a handler is given: its instance, the variables it may read, and the few things it may add. It never commits and never sends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine import papers, people
from engine.dates.zone import BANGKOK
from engine.migration.renamed import known_as
from engine.papers import outbox
from engine.people import grants
from engine.projects import instalments, progress, released
from engine.queries import loads
from engine.states import DocumentState, Event
from engine.storage import model

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.papers import DocumentView
    from engine.people import Actor
    from engine.projects.instalments import Instalment
    from engine.projects.progress import Progress
    from engine.projects.released import Released
    from engine.running.outside import Outside
    from engine.storage.session import Session


@dataclass(frozen=True, slots=True)
class InstanceFacts:
    """The instance a handler works in."""

    id: str
    root_id: str
    business_key: str | None
    definition_key: str
    category: str | None
    unit: str | None
    step: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a group."""

    id: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class TaskDone:
    """A task of this instance and what was answered in it (sealed values are not here)."""

    id: str
    state: str
    assignee: str | None
    ended_by: str | None
    ended: datetime | None
    values: Mapping[str, Any]
    context: Mapping[str, Any]


class Context:
    """A handler's first argument."""

    def __init__(self, outside: Outside, element: Element, variables: Mapping[str, Any], token_id: str) -> None:
        record = outside.record
        self._outside = outside
        self._session = outside.session
        self.documents = Documents(outside, element)
        self.variables: Mapping[str, Any] = MappingProxyType(dict(variables))
        self.element_id = element.id
        self.element_name = element.name
        self.token_id = token_id  # the same when a failed job runs again
        self.step = outside.step_of(element)
        self.instance = InstanceFacts(
            record.id, record.root_id, record.business_key, record.definition_key, record.category, record.unit, record.step
        )

    @property
    def now(self) -> datetime:
        """The process's now in Asia/Bangkok."""
        return self._session.now.astimezone(BANGKOK)

    @property
    def actor(self) -> Actor:
        """Who caused this step; the system in a job."""
        return self._session.actor

    def next_number(self, sequence: str) -> int:
        """The next number of a sequence, from 1, without gaps among committed steps."""
        rows, key = self._session.rows, f"sequence:{sequence}"
        found = rows.one("SELECT value FROM setting WHERE key = ?" + ("" if rows.sqlite else " FOR UPDATE"), (key,))
        number = int(found[0]) + 1 if found is not None else 1
        if found is None:
            rows.run("INSERT INTO setting (key, value) VALUES (?, ?)", (key, "1"))
        else:
            rows.run("UPDATE setting SET value = ? WHERE key = ?", (str(number), key))
        return number

    def resource(self, path: str) -> bytes:
        """A file of the pack as it was deployed with this process. Raises NotFound."""
        return self._session.shared.definitions.resource(self._session.connection, self._outside.definition.deployment_id, path)

    def resources(self, suffix: str = "") -> list[str]:
        """The paths of the pack's files."""
        return self._session.shared.definitions.resources(self._session.connection, self._outside.definition.deployment_id, suffix)

    def typeset(self, template: str, data: Mapping[str, Any]) -> bytes:
        """A PDF of a template of the pack (`letters/receipt.typ`), filled in with `data`. Raises Invalid."""
        files = {path: self.resource(path) for path in self.resources() if path.startswith("letters/")}
        return self._session.shared.typesetter().typeset(template, data, files=files, now=self.now)

    def grant(self, group: str, category: str, unit: str = "*") -> None:
        """Let a group see a category (and unit, `*` for all) of this root instance."""
        grants.grant(self._session, self._outside.record, group, category, unit)

    def revoke(self, group: str, category: str, unit: str = "*") -> None:
        """Take a grant back."""
        grants.revoke(self._session, self._outside.record, group, category, unit)

    def notify(self, groups: str | Iterable[str], text: str, **facts: Any) -> None:
        """A notice for groups or users: `text` is a key of texts/th.toml and texts/en.toml."""
        many = [groups] if isinstance(groups, str) else list(groups)
        outbox.notify(self._session, self._outside.record, self._outside.definition, many, text, facts)

    def sealed(self, category: str, unit: str | None = None) -> list[Released]:
        """The sealed values of a category in this root instance."""
        self._session.write()
        return list(released.released(self._seeing_all(), self.instance.root_id, category=category, unit=unit))

    def record(self, event: str, **facts: Any) -> None:
        """A remark in the instance's history."""
        self._session.record(
            self._outside.record,
            Event.NOTED,
            element_id=self.element_id,
            token_id=self.token_id,
            step=self.step,
            facts={"note": event, **facts},
        )

    def people(self, group: str) -> list[Member]:
        """The active members of a group, or of all units of a party."""
        return [Member(*row) for row in people.members(self._session.connection, group, self._session.now)]

    @property
    def holidays(self) -> frozenset[date]:
        """The days offices are closed."""
        return self._session.holidays

    def progress(self) -> Progress:
        """How far the numbered steps of the root instance are (engine/projects/progress.py)."""
        return progress.progress(self._seeing_all(), self.instance.root_id)

    def instalments(self) -> list[Instalment]:
        """The paid deliveries of the root instance (engine/projects/instalments.py)."""
        return list(instalments.instalments(self._seeing_all(), self.instance.root_id))

    def _seeing_all(self) -> Session:
        """This session with the engine's own eyes: a report tells the same whoever's step makes it."""
        self._session.write()
        session = copy(self._session)
        session.actor = people.SYSTEM
        return session

    def groups_of(self, user_id: str) -> frozenset[str]:
        """The groups a user is a member of now."""
        return people.groups_of(self._session.connection, user_id, self._session.now)

    def task_data(self, element_id: str) -> list[TaskDone]:
        """The tasks of an element of this instance that have ended or are open, oldest first."""
        self._session.write()
        task, history = model.task, model.history
        names = known_as(self._session.connection, self.instance.id, self._outside.definition.process, element_id)
        answered = select(history.c.token_id, history.c.data).where(
            history.c.instance_id == self.instance.id, history.c.event == Event.TASK_COMPLETED.value, history.c.element_id.in_(names)
        )
        values = {token_id: loads(text).get("values", {}) for token_id, text in self._session.connection.execute(answered)}
        query = select(task).where(task.c.instance_id == self.instance.id, task.c.element_id.in_(names)).order_by(task.c.created, task.c.id)
        return [
            TaskDone(
                row["id"],
                row["state"],
                row["assignee"],
                row["ended_by"],
                row["ended"],
                values.get(row["id"], {}),
                loads(row["context"]) or {},
            )
            for row in self._session.connection.execute(query).mappings()
        ]


class Documents:
    """The documents of the root instance, as a handler sees them: all of them."""

    def __init__(self, outside: Outside, element: Element) -> None:
        self._outside = outside
        self._element = element

    def add(
        self,
        *,
        name: str,
        content: bytes,
        media_type: str,
        category: str,
        unit: str | None = None,
        deliverable: str | None = None,
        number: str | None = None,
    ) -> DocumentView:
        """Add a document that the handler made; its state is SUBMITTED."""
        session, record = self._outside.session, self._outside.record
        stored = session.shared.store.put_bytes(content, name=name, media_type=media_type)
        return papers.add(
            session,
            record,
            stored,
            category=category,
            unit=unit,
            deliverable=deliverable,
            number=number,
            element_id=self._element.id,
            step=self._outside.step_of(self._element),
            state=DocumentState.SUBMITTED,
        )

    def find(
        self, *, category: str | None = None, unit: str | None = None, deliverable: str | None = None, state: str | None = None
    ) -> list[DocumentView]:
        """Documents, oldest first."""
        self._outside.session.write()
        return papers.find(
            self._outside.session, self._outside.record.root_id, category=category, unit=unit, deliverable=deliverable, state=state
        )

    def content(self, document_id: str) -> bytes:
        """The bytes of a document of this root instance. Raises NotFound."""
        session = self._outside.session
        session.write()
        view = papers.of_root(session, self._outside.record.root_id, document_id)
        with session.shared.store.open(view.store_key) as stream:
            return stream.read()

    def mark(self, document_id: str, state: str, reason: str | None = None) -> None:
        """Say that a document was ACCEPTED or RETURNED, and why. Raises NotFound."""
        session = self._outside.session
        session.write()
        papers.mark(session, self._outside.record, document_id, DocumentState(state), reason)
