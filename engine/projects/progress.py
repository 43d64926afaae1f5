"""How far the numbered steps of a root instance are (`ruam:step`): what the line of steps, the schedule and the reports show.

Who may see the root instance sees every step; of the tasks inside only those he may see are counted. Who only takes part (a grant or
a task somewhere under the root, but no sight of the root) is told the dates of the steps, and how his own tasks stand.

Planned dates: engine.projects.windows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from engine.dates.zone import in_bangkok
from engine.migration.renamed import former_ids
from engine.people import authorization
from engine.projects import naming, roots, windows
from engine.projects.windows import Moved
from engine.queries import loads
from engine.states import COMPLETED, CUT, ENTERED, OPEN_TASK_STATES, DocumentState, Event, InstanceState, TaskState, Verb
from engine.storage import model

if TYPE_CHECKING:
    from engine.deployment.definitions import Definition
    from engine.diagrams.model import Element
    from engine.storage.session import Session

__all__ = ["Progress", "Step", "StepState", "Waiting", "progress"]


class StepState(StrEnum):
    NOT_STARTED = "not_started"
    OPEN = "open"
    OVERDUE = "overdue"  # open, and its date is past
    RETURNED = "returned"  # open again: something of it was sent back
    DONE = "done"
    SKIPPED = "skipped"  # the process ended without it, or somebody led the process past it by hand
    STOPPED = "stopped"  # open when the process was cancelled


@dataclass(frozen=True, slots=True)
class Waiting:
    """Open tasks of one party: how many, how many of them late, and of which units where the party has some."""

    party: str
    tasks: int
    overdue: int
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step. `state` is None where the actor is only told its dates."""

    n: str
    element_id: str
    name: str
    name_en: str
    party: str | None
    state: StepState | None
    opens: datetime | None  # of the planned window
    closes: datetime | None
    due: datetime | None  # what counts now: of the open tasks, else the window's end
    started: datetime | None = None  # the first time
    completed: datetime | None = None  # the last time
    times: int = 0  # how often it was entered
    returned: int = 0  # how often something was sent back in it
    waits_for: tuple[Waiting, ...] = ()
    moved: tuple[Moved, ...] = ()
    instalment: int | None = None

    @property
    def month(self) -> date | None:
        """The first day of the month it is planned for, in Bangkok."""
        when = self.closes or self.due
        return None if when is None else in_bangkok(when).date().replace(day=1)

    @property
    def open(self) -> bool:
        return self.state in (StepState.OPEN, StepState.OVERDUE, StepState.RETURNED)

    @property
    def open_tasks(self) -> int:
        return sum(waiting.tasks for waiting in self.waits_for)


@dataclass(frozen=True, slots=True)
class Progress:
    """The steps in their order; iterating gives them. `whole` is False where the actor is told dates only."""

    root_id: str
    steps: tuple[Step, ...]
    whole: bool

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def done(self) -> int:
        return sum(step.state is StepState.DONE for step in self.steps)

    @property
    def current(self) -> tuple[Step, ...]:
        """The steps something is going on in."""
        return tuple(step for step in self.steps if step.open)


def progress(session: Session, root_id: str) -> Progress:
    """The numbered steps of a root instance. Raises NotFound, also for who has nothing to do with it."""
    root = roots.row(session, root_id)
    definition = session.shared.definitions.get(session.connection, root["definition_id"])
    planned = windows.windows(session, root_id)
    whole = authorization.may(session.connection, session.actor, Verb.SEE, model.instance, root_id)
    elements = naming.told_in(session, root_id, numbered(definition))
    tasks = _tasks(session, root_id)
    former = former_ids(session.connection, root_id, definition.process) if whole else {}
    told = (_entries(session, root_id, elements, former), _returns(session, root_id, elements)) if whole else ({}, {})
    returned = standing_returned(session, root_id) if whole else frozenset()
    moves = windows.moves(session, root_id)
    found = _Facts(root, definition, planned, session.now, tasks, *told, moves, returned, _instalments_of(elements))
    return Progress(root_id, tuple(found.step(element) if whole else found.dates(element) for element in elements), whole)


def numbered(definition: Definition) -> list[Element]:
    """The elements that carry a number themselves, by number; the first one where two carry the same."""
    found: dict[str, Element] = {}
    for element in definition.process.elements.values():
        if element.step is not None:
            found.setdefault(element.step, element)
    return sorted(found.values(), key=lambda element: order(element.step or ""))


def order(number: str) -> tuple[int, str]:
    """Sorts "9" before "10", and what is no number last."""
    return (int(number), "") if number.isdecimal() else (10**9, number)


# ---- what the rows say


@dataclass(slots=True)
class _Entries:
    """How often and when an element was entered and left."""

    times: int = 0
    started: datetime | None = None
    left: datetime | None = None
    cut: bool = False  # it was cancelled the last time, not completed
    inside: int = 0  # tokens at the element now
    by_hand: bool = False  # what cut it was a change by hand


def _entries(session: Session, root_id: str, elements: Sequence[Element], former: Mapping[str, str]) -> dict[str, _Entries]:
    table, ids = model.history, {element.id for element in elements}
    query = (
        select(table.c.event, table.c.time, table.c.element_id)
        .where(
            table.c.instance_id == root_id,
            or_(
                table.c.event == Event.INSTANCE_MODIFIED.value,
                and_(
                    table.c.event.in_(ENTERED + COMPLETED + CUT),
                    table.c.element_id.in_([*ids, *(id for id, now in former.items() if now in ids)]),
                ),
            ),
        )
        .order_by(table.c.seq)
    )
    several = {element.id for element in elements if element.loop is not None}
    found: dict[str, _Entries] = {}
    changed: datetime | None = None  # when somebody last changed by hand where it stands
    for event, time, element_id in session.connection.execute(query):
        if event == Event.INSTANCE_MODIFIED:
            changed = time
            continue
        element_id = former.get(element_id, element_id)
        entry = found.setdefault(element_id, _Entries())
        if event in ENTERED:
            if not entry.inside or element_id not in several:  # the many of a multi-instance activity are one entry
                entry.times += 1
            entry.inside += 1
            entry.started = entry.started or time
        else:
            entry.inside = max(0, entry.inside - 1)
            entry.left, entry.cut, entry.by_hand = time, event in CUT, event in CUT and time == changed
    return found


def _tasks(session: Session, root_id: str) -> dict[str, list[Mapping[str, Any]]]:
    table = model.task
    below = select(model.instance.c.id).where(model.instance.c.root_id == root_id)
    columns = select(table.c.step, table.c.party, table.c.assignee, table.c.due, table.c.state, table.c.created, table.c.ended)
    query = columns.where(table.c.instance_id.in_(below), table.c.step.is_not(None), authorization.visible(session.actor, table)).order_by(
        table.c.created
    )
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in session.connection.execute(query).mappings():
        found.setdefault(row["step"], []).append(dict(row))
    return found


def _returns(session: Session, root_id: str, elements: Sequence[Element]) -> dict[str, int]:
    """How many times papers were sent back, by step: several at once are one return."""
    table = model.history
    query = select(table.c.step, table.c.instance_id, table.c.time, table.c.data).where(
        table.c.root_id == root_id, table.c.event == Event.DOCUMENT_MARKED.value, table.c.step.is_not(None), windows.told(session, root_id)
    )
    examined = {key for element in elements for accepts in element.accepts for key in accepts.deliverables}
    found: dict[str, set[tuple[str, datetime]]] = {}
    for step, instance_id, time, text in session.connection.execute(query):
        facts = loads(text) or {}
        if facts.get("after") == DocumentState.RETURNED and facts.get("deliverable") in examined:
            found.setdefault(step, set()).add((instance_id, time))
    return {step: len(times) for step, times in found.items()}


def standing_returned(session: Session, root_id: str) -> frozenset[str]:
    """The deliverables whose newest version was sent back."""
    table = model.document
    query = (
        select(table.c.deliverable, table.c.state)
        .where(table.c.root_id == root_id, table.c.deliverable.is_not(None), table.c.state != DocumentState.DRAFT.value)
        .order_by(table.c.version, table.c.created)
    )
    newest = {key: state for key, state in session.connection.execute(query)}  # noqa: C416 - rows are not pairs to mypy
    return frozenset(key for key, state in newest.items() if state == DocumentState.RETURNED)


def _instalments_of(elements: Sequence[Element]) -> dict[str, int]:
    """Which instalment each step leads to: the first whose last examination does not stand before it."""
    last: dict[int, tuple[int, str]] = {}
    for element in elements:
        for accepts in element.accepts:
            place = order(element.step or "")
            last[accepts.instalment] = max(last.get(accepts.instalment, place), place)
    ends = sorted((place, number) for number, place in last.items())
    found = {}
    for element in elements:
        place = order(element.step or "")
        number = next((number for end, number in ends if place <= end), None)
        if number is not None:
            found[element.step or ""] = number
    return found


@dataclass(frozen=True, slots=True)
class _Facts:
    """All that was read, and how a step is made of it."""

    root: Mapping[str, Any]
    definition: Definition
    planned: Mapping[str, tuple[datetime | None, datetime | None]]
    now: datetime
    tasks: Mapping[str, Sequence[Mapping[str, Any]]]
    entries: Mapping[str, _Entries]
    returns: Mapping[str, int]
    moves: Mapping[str, Sequence[Moved]]
    standing_returned: frozenset[str]
    instalments: Mapping[str, int]

    def dates(self, element: Element) -> Step:
        """For who only takes part: the dates, and how his own tasks stand."""
        n = element.step or ""
        mine = self.tasks.get(n, ())
        open_tasks = [task for task in mine if task["state"] in OPEN_TASK_STATES]
        stand = {task["state"] for task in mine}
        opens, closes = self.planned.get(n, (None, None))
        due = _earliest(open_tasks) or closes
        state = None
        if open_tasks:
            state = StepState.OVERDUE if due is not None and due < self.now else StepState.OPEN
        elif TaskState.SUSPENDED in stand:
            state = StepState.OPEN
        elif stand:
            state = StepState.DONE if TaskState.COMPLETED in stand else StepState.STOPPED
        return Step(
            n, element.id, element.name, element.name_en, self.definition.lanes.get(element.id), state, opens, closes, due,
            waits_for=_waiting(open_tasks, self.now), moved=tuple(self.moves.get(n, ())), instalment=None,
        )  # fmt: skip

    def step(self, element: Element) -> Step:
        """For who may see the whole."""
        n = element.step or ""
        entry = self.entries.get(element.id, _Entries())
        open_tasks = [task for task in self.tasks.get(n, ()) if task["state"] in OPEN_TASK_STATES]
        opens, closes = self.planned.get(n, (None, None))
        due = (_earliest(open_tasks) if entry.inside else None) or closes
        state = self._state(element, entry, due)
        completed = entry.left if state is StepState.DONE else None
        return Step(
            n, element.id, element.name, element.name_en, self.definition.lanes.get(element.id), state, opens, closes, due,
            entry.started, completed, entry.times, self.returns.get(n, 0), _waiting(open_tasks, self.now), tuple(self.moves.get(n, ())),
            self.instalments.get(n),
        )  # fmt: skip

    def _state(self, element: Element, entry: _Entries, due: datetime | None) -> StepState:
        over = self.root["state"] not in (InstanceState.ACTIVE, InstanceState.SUSPENDED)
        if not entry.times:
            return StepState.SKIPPED if over else StepState.NOT_STARTED
        if over and self.root["state"] != InstanceState.COMPLETED and (entry.inside or (entry.cut and entry.left == self.root["ended"])):
            return StepState.STOPPED
        if not entry.inside or over:
            return StepState.SKIPPED if entry.by_hand else StepState.DONE
        if due is not None and due < self.now:
            return StepState.OVERDUE
        examined = {key for accepts in element.accepts for key in accepts.deliverables}
        sent_back = bool(examined & self.standing_returned) or entry.times > 1 or element.step in self.returns
        return StepState.RETURNED if sent_back else StepState.OPEN


def _earliest(tasks: Iterable[Mapping[str, Any]]) -> datetime | None:
    return min((task["due"] for task in tasks if task["due"] is not None), default=None)


def _waiting(tasks: Iterable[Mapping[str, Any]], now: datetime) -> tuple[Waiting, ...]:
    parties: dict[str, list[Mapping[str, Any]]] = {}
    for task in tasks:
        parties.setdefault((task["party"] or task["assignee"] or "").partition(":")[0], []).append(task)
    return tuple(
        Waiting(
            party, len(many), sum(task["due"] is not None and task["due"] < now for task in many),
            tuple(sorted({unit for task in many if (unit := (task["party"] or "").partition(":")[2])})),
        )
        for party, many in parties.items()
    )  # fmt: skip
