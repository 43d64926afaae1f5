"""What a repair does, or would do: which tasks, dates, messages, works and called processes end by it and which begin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.projects import naming
from engine.running.outcome_sentences import Sentence, sentences
from engine.states import Event

if TYPE_CHECKING:
    from engine.diagrams.model import Element, Process
    from engine.storage.session import Record, Session

# (id, instance, definition, element, name, English name, whose, due) of all that an instance and what is in its tree waits for
TASKS = (
    "SELECT id, instance_id, definition_id, element_id, name, name_en, party, due FROM task WHERE root_id = ? AND ended IS NULL ORDER BY id"
)
JOBS = (
    "SELECT j.id, j.instance_id, j.definition_id, j.element_id, j.element_name, '', NULL, j.due, j.kind FROM job j "
    "JOIN instance i ON i.id = j.instance_id WHERE i.root_id = ? AND j.kind <> 'reminder' ORDER BY j.due, j.id"
)
SUBSCRIPTIONS = (
    "SELECT s.token_id, s.instance_id, i.definition_id, s.element_id, s.name, '', NULL, NULL, s.kind FROM subscription s "
    "JOIN instance i ON i.id = s.instance_id WHERE i.root_id = ? ORDER BY s.id"
)
OUTSIDE = (
    "SELECT e.id, e.instance_id, e.definition_id, e.element_id, e.element_name, '', e.topic, NULL FROM external_task e "
    "JOIN instance i ON i.id = e.instance_id WHERE i.root_id = ? ORDER BY e.id"
)
CALLED = (
    "SELECT i.id, i.parent_id, i.definition_id, NULL, d.name, d.name_en, i.unit, NULL FROM instance i "
    "JOIN definition d ON d.id = i.definition_id WHERE i.root_id = ? AND i.parent_id IS NOT NULL AND i.state IN ('ACTIVE', 'SUSPENDED') "
    "ORDER BY i.id"
)
INCIDENTS = (
    "SELECT n.id, n.instance_id, n.definition_id, n.element_id, n.message, '', NULL, NULL FROM incident n "
    "JOIN instance i ON i.id = n.instance_id WHERE i.root_id = ? AND n.resolved IS NULL ORDER BY n.id"
)
QUERIES = (
    ("task", TASKS),
    ("job", JOBS),
    ("subscription", SUBSCRIPTIONS),
    ("outside", OUTSIDE),
    ("called", CALLED),
    ("incident", INCIDENTS),
)
PASSED = "SELECT element_id, event FROM history WHERE instance_id = ? AND seq > ? AND event = ? ORDER BY seq"
SPOKEN = frozenset({"task", "serviceTask", "sendTask", "scriptTask", "businessRuleTask", "manualTask", "callActivity", "subProcess"})


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that is waited for. `kind`: task, timer, work, message, signal, conditional, outside, called, incident; or passed."""

    kind: str
    id: str
    instance_id: str
    element_id: str | None
    name: str
    name_en: str
    whose: tuple[str, str] | None = None  # of a task: the party, Thai and English; of work outside: its topic
    due: str | None = None  # ISO 8601


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, or would be. `revision` is the instance's as it was looked at."""

    instance_id: str
    revision: int
    done: bool
    state: str
    ends: tuple[Effect, ...]
    begins: tuple[Effect, ...]
    passes: tuple[Effect, ...]  # what is carried out on the way
    sentences: tuple[Sentence, ...]
    variables: tuple[str, ...] = ()  # names of those that are set
    new_id: str | None = None  # of the instance that was started instead


Standing = Mapping[tuple[str, str], Effect]


def standing(session: Session, root_id: str) -> Standing:
    """All that is waited for in a tree of instances."""
    found: dict[tuple[str, str], Effect] = {}
    for kind, text in QUERIES:
        for row in session.rows.all(text, (root_id,)):
            if kind == "called" and row[0] in session.records and session.records[row[0]].over:
                continue  # states are written as the transaction ends
            effect = _effect(session, kind, row)
            found[effect.kind, effect.id] = effect
    return found


def outcome(
    session: Session, record: Record, before: Standing, *, since: int, variables: tuple[str, ...] = (), new_id: str | None = None
) -> Outcome:
    """What has changed in this transaction; `since` is where the instance's history stood."""
    session.write()
    after = standing(session, record.root_id)
    ends = tuple(effect for key, effect in before.items() if key not in after)
    begins = tuple(effect for key, effect in after.items() if key not in before)
    passes, state = _passed(session, record, since), str(record.state)
    return Outcome(
        instance_id=record.id,
        revision=record.revision,
        done=False,
        state=state,
        ends=ends,
        begins=begins,
        passes=passes,
        sentences=sentences(ends, begins, passes, variables, state),
        variables=variables,
        new_id=new_id,
    )


def _effect(session: Session, kind: str, row: tuple[Any, ...]) -> Effect:
    id, instance_id, definition_id, element_id, name, name_en, whose, due, *more = row
    if kind == "job":
        kind = "timer" if more[0] == "timer" else "work"
    elif kind == "subscription":
        kind = str(more[0])
    if kind in ("timer", "work", "message", "signal", "conditional", "outside") and definition_id is not None:
        process = session.shared.definitions.get(session.connection, definition_id).process
        said = name if kind in ("message", "signal") else ""
        name, name_en = _label(process, process.elements.get(element_id or ""), said or element_id or "")
    return Effect(kind, id or "", instance_id or "", element_id, name, name_en, _whose(session, kind, definition_id, whose), due)


def _whose(session: Session, kind: str, definition_id: str | None, whose: str | None) -> tuple[str, str] | None:
    if whose is None:
        return None
    if kind != "task" or definition_id is None:
        return whose, whose
    return naming.party(session.shared.definitions.get(session.connection, definition_id).files.parties, whose, {})


def _label(process: Process, element: Element | None, otherwise: str) -> tuple[str, str]:
    """What people call an element: its own name, else that of what it is attached to or in."""
    while element is not None:
        if element.name:
            return element.name, element.name_en
        element = process.elements.get(element.attached_to or element.parent or "")
    return otherwise, ""


def _passed(session: Session, record: Record, since: int) -> tuple[Effect, ...]:
    process = session.execution.definition(record).process
    found = []
    for element_id, _event in session.rows.all(PASSED, (record.id, since, Event.ACTIVITY_COMPLETED.value)):
        element = process.elements.get(element_id)
        if element is not None and element.type in SPOKEN:
            found.append(Effect("passed", element_id, record.id, element_id, element.name or element_id, element.name_en))
    return tuple(found)
