"""The paid deliveries of a root instance: what each contains, who accepted or returned it, what is late.

The diagram says what there is: an activity makes deliverables (`ruam:deliverable`), another examines those of an instalment
(`ruam:accepts`). Documents, their states and the answers in the examining process say how far it is. An answer is a completed form with
the fields `decision` ("accept" or "return"), `returned_keys` (or `returned`; none means all) and `reasons`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.migration.renamed import known_as
from engine.people import authorization
from engine.projects import windows
from engine.queries import loads
from engine.states import COMPLETED, ENTERED, DocumentState, Event, InstanceState
from engine.storage import model

if TYPE_CHECKING:
    from engine.deployment.definitions import Definition
    from engine.diagrams.model import Deliverable as Drawn
    from engine.diagrams.model import Element
    from engine.storage.session import Session


class PaperState(StrEnum):
    AWAITED = "awaited"
    LATE = "late"  # awaited, and the window of its step is over
    DELIVERED = "delivered"  # waits to be examined
    RETURNED = "returned"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Version:
    """One delivered version of a paper. `marked` and `reason` are of its acceptance or return."""

    document_id: str
    version: int
    name: str
    state: str
    delivered: datetime
    delivered_by: str | None
    marked: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Deliverable:
    """A paper of an instalment. `versions` are those the actor may read; the state counts all."""

    key: str
    th: str
    en: str
    step: str | None
    party: str | None
    copies: int | None
    cds: int | None
    state: PaperState
    due: datetime | None
    delivered: datetime | None  # the first version
    accepted_at: datetime | None
    returned: int  # how often it was sent back
    versions: tuple[Version, ...] = ()

    @property
    def accepted(self) -> bool:
        return self.state is PaperState.ACCEPTED

    @property
    def late(self) -> bool:
        """Not there in time: still awaited, or delivered after its date."""
        return self.state is PaperState.LATE or (self.due is not None and self.delivered is not None and self.delivered > self.due)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one member of the committee said, when and why."""

    member: str | None
    time: datetime | None
    accepted: bool
    returned: tuple[str, ...]
    reasons: str


@dataclass(frozen=True, slots=True)
class Examination:
    """One examination of an instalment, or of a part of it: the rounds in their order, a list of verdicts each."""

    step: str
    name: str
    name_en: str
    party: str | None
    deliverables: tuple[str, ...]
    instance_id: str | None
    started: datetime | None
    accepted: datetime | None
    rounds: tuple[tuple[Verdict, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Instalment:
    """One paid delivery."""

    n: int
    deliverables: tuple[Deliverable, ...]
    examinations: tuple[Examination, ...]

    @property
    def accepted(self) -> datetime | None:
        """When the last part of it was accepted; None while anything is missing."""
        if not self.examinations or any(examination.accepted is None for examination in self.examinations):
            return None
        return max(examination.accepted for examination in self.examinations if examination.accepted is not None)

    @property
    def accepted_count(self) -> int:
        return sum(paper.accepted for paper in self.deliverables)

    @property
    def percent(self) -> int:
        """How many of the papers it contains are accepted, of a hundred."""
        return round(100 * self.accepted_count / len(self.deliverables)) if self.deliverables else 0

    @property
    def late(self) -> tuple[Deliverable, ...]:
        """What is awaited past its date."""
        return tuple(paper for paper in self.deliverables if paper.state is PaperState.LATE)


def instalments(session: Session, root_id: str) -> tuple[Instalment, ...]:
    """The instalments by number. Raises NotFound, also for who may not see the root instance."""
    authorization.require_sight(session.connection, session.actor, model.instance, root_id)
    definition_id = session.connection.scalar(select(model.instance.c.definition_id).where(model.instance.c.id == root_id)) or ""
    definition = session.shared.definitions.get(session.connection, definition_id)
    elements = definition.process.elements.values()
    examining = [(element, accepts) for element in elements for accepts in element.accepts]
    examinations: dict[int, list[Examination]] = {}
    for element, accepts in examining:
        found = _examination(session, root_id, definition, element, accepts.deliverables)
        examinations.setdefault(accepts.instalment, []).append(found)
    papers = _Papers(session, root_id, definition, {n: closes for n, (_opens, closes) in windows.windows(session, root_id).items()})
    deliverables: dict[int, list[Deliverable]] = {}
    for element, drawn in _drawn(definition):
        number = drawn.instalment or next((accepts.instalment for _e, accepts in examining if drawn.key in accepts.deliverables), None)
        if number is not None:
            deliverables.setdefault(number, []).append(papers.deliverable(element, drawn, examinations.get(number, ())))
    numbers = sorted({*deliverables, *examinations})
    return tuple(Instalment(n, tuple(deliverables.get(n, ())), tuple(examinations.get(n, ()))) for n in numbers)


def _drawn(definition: Definition) -> list[tuple[Element, Drawn]]:
    return [(element, drawn) for element in definition.process.elements.values() for drawn in element.deliverables]


def _examination(session: Session, root_id: str, definition: Definition, element: Element, keys: Sequence[str]) -> Examination:
    """The newest instance that the element called, and what was answered in it."""
    table, history = model.instance, model.history
    names = known_as(session.connection, root_id, definition.process, element.id)
    token = select(history.c.token_id).where(
        history.c.instance_id == root_id, history.c.element_id.in_(names), history.c.event.in_(ENTERED)
    )
    query = select(table).where(table.c.root_id == root_id, table.c.parent_token_id.in_(token), authorization.visible(session.actor, table))
    row = session.connection.execute(query.order_by(table.c.started.desc(), table.c.id.desc()).limit(1)).mappings().first()
    step = definition.steps.get(element.id, "")
    party = definition.lanes.get(element.id)
    if row is None:
        return Examination(step, element.name, element.name_en, party, tuple(keys), None, None, None)
    accepted = row["ended"] if row["state"] == InstanceState.COMPLETED else None
    return Examination(
        step, element.name, element.name_en, party, tuple(keys), row["id"], row["started"], accepted, _rounds(session, row["id"])
    )


def _rounds(session: Session, instance_id: str) -> tuple[tuple[Verdict, ...], ...]:
    """The answers of an examination, in rounds: one is over when papers are marked, or reworked."""
    history = model.history
    told = (Event.TASK_COMPLETED.value, Event.DOCUMENT_MARKED.value)
    query = select(history).where(history.c.instance_id == instance_id, history.c.event.in_(told)).order_by(history.c.seq)
    rounds: list[list[Verdict]] = [[]]
    for row in session.connection.execute(query).mappings():
        verdict = _verdict(row) if row["event"] == Event.TASK_COMPLETED else None
        if verdict is not None:
            rounds[-1].append(verdict)
        elif rounds[-1]:
            rounds.append([])
    return tuple(tuple(verdicts) for verdicts in rounds if verdicts)


def _verdict(row: Mapping[Any, Any]) -> Verdict | None:
    answer = (loads(row["data"]) or {}).get("values")
    if not isinstance(answer, Mapping) or answer.get("decision") not in ("accept", "return"):
        return None
    returned = answer.get("returned")
    keys = tuple(str(key) for key in returned) if isinstance(returned, list | tuple) else ()
    return Verdict(row["actor"], row["time"], answer["decision"] == "accept", keys, str(answer.get("reasons") or ""))


class _Papers:
    """The documents of a root instance, as deliverables."""

    def __init__(self, session: Session, root_id: str, definition: Definition, closes: Mapping[str, datetime | None]) -> None:
        self._session, self._definition, self._closes, self._now = session, definition, closes, session.now
        table = model.document
        delivered = select(table).where(
            table.c.root_id == root_id, table.c.deliverable.is_not(None), table.c.state != DocumentState.DRAFT.value
        )
        self._rows: dict[str, list[Mapping[str, Any]]] = {}
        for row in session.connection.execute(delivered.order_by(table.c.version, table.c.created, table.c.id)).mappings():
            self._rows.setdefault(row["deliverable"], []).append(dict(row))
        seen = select(table.c.id).where(table.c.root_id == root_id, authorization.visible(session.actor, table))
        self._seen = frozenset(session.connection.scalars(seen))
        self._marks = self._marked(root_id)
        self._left = self._completed(root_id)

    def _marked(self, root_id: str) -> dict[str, datetime]:
        table = model.history
        query = (
            select(table.c.time, table.c.data)
            .where(table.c.root_id == root_id, table.c.event == Event.DOCUMENT_MARKED.value)
            .order_by(table.c.time)
        )
        return {
            facts["document"]: time for time, text in self._session.connection.execute(query) if "document" in (facts := loads(text) or {})
        }

    def _completed(self, root_id: str) -> dict[str, datetime]:
        """When elements were last completed: a deliverable without a file is there when its activity is over."""
        table = model.history
        query = select(table.c.element_id, table.c.time).where(table.c.instance_id == root_id, table.c.event.in_(COMPLETED))
        return {element_id: time for element_id, time in self._session.connection.execute(query.order_by(table.c.seq))}  # noqa: C416

    def deliverable(self, element: Element, drawn: Drawn, examinations: Sequence[Examination]) -> Deliverable:
        step = self._definition.steps.get(element.id)
        due = self._closes.get(step or "")
        rows = self._rows.get(drawn.key, [])
        examination = next((entry for entry in examinations if drawn.key in entry.deliverables), None)
        delivered = rows[0]["created"] if rows else self._left.get(element.id)
        state = self._state(rows, delivered, due, examination)
        accepted = (self._marks.get(rows[-1]["id"]) if rows else None) or (examination.accepted if examination else None)
        th, party = drawn.th or drawn.key, self._definition.lanes.get(element.id)
        returned = sum(row["state"] == DocumentState.RETURNED for row in rows)
        versions = tuple(self._version(row) for row in rows if row["id"] in self._seen)
        return Deliverable(
            drawn.key, th, drawn.en or th, step, party, drawn.copies, drawn.cds, state, due, delivered,
            accepted if state is PaperState.ACCEPTED else None, returned, versions,
        )  # fmt: skip

    def _state(
        self, rows: Sequence[Mapping[str, Any]], delivered: datetime | None, due: datetime | None, examination: Examination | None
    ) -> PaperState:
        if rows:
            newest = {DocumentState.ACCEPTED: PaperState.ACCEPTED, DocumentState.RETURNED: PaperState.RETURNED}
            return newest.get(rows[-1]["state"], PaperState.DELIVERED)
        if delivered is not None:
            return PaperState.ACCEPTED if examination is not None and examination.accepted is not None else PaperState.DELIVERED
        return PaperState.LATE if due is not None and due < self._now else PaperState.AWAITED

    def _version(self, row: Mapping[str, Any]) -> Version:
        marked = self._marks.get(row["id"])
        return Version(row["id"], row["version"], row["name"], row["state"], row["created"], row["created_by"], marked, row["reason"])
