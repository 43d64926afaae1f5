"""Who did what, over everything: the histories of instances and drafts and the journal as one list, newest first.

No index of the history is by time alone, because every step would pay for it. The list is read backwards in windows of time, for each
of the roots there are (the history's index is by root and time), until a page is full or a second has gone by; one goes on from there.
What was entered is not told and not searched: auditors and administrators know names, events and dates.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from engine.drafts.states import DraftEvent
from engine.errors import NotFound
from engine.people import SYSTEM
from engine.people.authorization import require
from engine.people.particulars import same
from engine.queries import loads
from engine.states import Event, SystemEvent, Verb
from engine.storage import model
from engine.storage.journal import CHAIN
from engine.storage.model import to_text

if TYPE_CHECKING:
    from engine.storage.session import Session

SECONDS = 1.0  # one reading may look back before it answers with what it has
FIRST_WINDOW, WIDER = timedelta(hours=6), 4
MOST_PEOPLE = 100  # that a part of a name may mean at once
LAST = "z"  # behind the id of every chain
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
KINDS: Mapping[str, frozenset[str]] = {
    "access": frozenset({SystemEvent.LOGGED_IN, SystemEvent.LOGIN_FAILED, SystemEvent.LOGGED_OUT, SystemEvent.LINK_USED}),
    "people": frozenset(
        {one for one in SystemEvent if one.startswith(("user", "token.")) or one in (SystemEvent.LINK_MADE, SystemEvent.PASSWORD_SET)}
    ),
    "processes": frozenset({*DraftEvent, *(one for one in SystemEvent if one.startswith(("deployment.", "definition.")))}),
    "instances": frozenset({one for one in Event if one.startswith("instance.")} - {Event.INSTANCE_MIGRATED, Event.MIGRATION_UNDONE}),
    "work": frozenset({Event.TASK_CLAIMED, Event.TASK_RELEASED, Event.TASK_ASSIGNED, Event.TASK_COMPLETED}),
    "repairs": frozenset(
        {
            Event.INSTANCE_MODIFIED, Event.INSTANCE_RESTARTED, Event.INSTANCE_SUSPENDED, Event.INSTANCE_RESUMED, Event.INSTANCE_CANCELLED,
            Event.TASK_DUE_CHANGED, Event.NOTED, Event.JOB_RETRIED, Event.JOB_DUE_CHANGED, Event.EXTERNAL_TASK_RETRIED,
            Event.INCIDENT_RETRIED, Event.INCIDENT_RESOLVED, Event.ACTIVITY_SUSPENDED, Event.ACTIVITY_RESUMED,
        }
    ),
    "migrations": frozenset({Event.INSTANCE_MIGRATED, Event.MIGRATION_UNDONE}),
    "papers": frozenset({Event.DOCUMENT_ADDED, Event.DOCUMENT_MARKED}),
    "system": frozenset({one for one in SystemEvent if one.startswith(("setting.", "clock.", "audit."))}),
}  # fmt: skip
TOLD = frozenset({"reason", "name", "state", "to", "due", "group", "category", "unit", "number", "version"})  # of an instance's facts
OF_ASSIGNMENT = frozenset({"before", "after"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What one looks for. `person`: a user name, else a part of what people are called; `instance`: an id or a business key; `engine`:
    also what happened by itself."""

    person: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    instance: str | None = None
    text: str | None = None
    engine: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done. `chain` is the instance's or draft's id, or `system`."""

    chain: str
    seq: int
    time: datetime
    event: str
    actor: str | None
    subject: str | None
    facts: Mapping[str, Any]
    root_id: str | None = None
    business_key: str | None = None
    title: str = ""  # of the task, element or draft
    title_en: str = ""
    process: str = ""
    process_en: str = ""

    @property
    def place(self) -> tuple[datetime, str, int]:
        """Where it stands in the list."""
        return self.time, self.chain, self.seq


@dataclass(frozen=True, slots=True)
class Deeds:
    """A page of them. `before` leads to older ones (none: there are none); `looked_to`: how far back was looked."""

    items: tuple[Deed, ...]
    before: str | None
    looked_to: datetime


def deeds(session: Session, asked: Asked, *, before: str | None = None, limit: int = 50, seconds: float = SECONDS) -> Deeds:
    """Who did what, newest first, from `before` (of the page before) on. Raises Forbidden."""
    require(session.actor, Verb.AUDIT)
    edge, who = _read_place(before), _meant(session, asked.person)
    high = edge[0] if edge else asked.until or session.now + timedelta(days=1)
    floor = max(asked.since or EARLIEST, _beginning(session))
    found: list[Deed] = []
    started, width = time.monotonic(), FIRST_WINDOW
    low = high
    while True:
        top, low = low, max(low - width, floor)
        found += _window(session, asked, who, low, top, edge, limit + 1 - len(found), including_low=low == floor)
        width *= WIDER
        if len(found) > limit or low <= floor or time.monotonic() - started > seconds:
            break
    shown = _named(session, found[:limit])
    if len(found) > limit:
        return Deeds(shown, _place(shown[-1].place), shown[-1].time)
    return Deeds(shown, _place((low, LAST, 0)) if low > floor else None, low)


def every(session: Session, asked: Asked, limit: int) -> Iterator[Deed]:
    """All of them, up to a limit, however long it takes. Raises Forbidden."""
    place: str | None = None
    while limit > 0:
        page = deeds(session, asked, before=place, limit=min(limit, 500), seconds=3600.0)
        yield from page.items
        limit, place = limit - len(page.items), page.before
        if place is None:
            return


def _meant(session: Session, person: str | None) -> frozenset[str] | None:
    """Whose deeds are asked for: who has that user name, else all who are called so; the text itself where nobody is."""
    if person is None:
        return None
    if same(person) == SYSTEM.user_id:
        return frozenset({SYSTEM.user_id})
    table = model.user
    exact = session.connection.scalars(select(table.c.id).where(or_(table.c.id == person, table.c.lower_id == same(person))))
    if found := frozenset(exact):
        return found
    called = or_(*(column.icontains(person, autoescape=True) for column in (table.c.id, table.c.name, table.c.name_en)))
    return frozenset(session.connection.scalars(select(table.c.id).where(called).order_by(table.c.id).limit(MOST_PEOPLE))) or frozenset(
        {person}
    )


def _beginning(session: Session) -> datetime:
    tables = ((model.instance.c.started,), (model.draft_event.c.time,), (model.system_event.c.time,))
    firsts = [session.connection.scalar(select(func.min(*column))) for column in tables]
    return min((first for first in firsts if first is not None), default=session.now)


def _window(
    session: Session,
    asked: Asked,
    who: frozenset[str] | None,
    low: datetime,
    high: datetime,
    edge: Place | None,
    most: int,
    *,
    including_low: bool,
) -> list[Deed]:
    found: list[Deed] = []
    for query, read in _queries(asked, who):
        table = query.selected_columns
        after = table.time >= low if including_low else table.time > low
        query = query.where(after, table.time <= high)
        if edge is not None:
            moment, chain, seq = edge
            earlier = or_(table.chain < chain, and_(table.chain == chain, table.seq < seq))
            query = query.where(or_(table.time < moment, and_(table.time == moment, earlier)))
        query = query.order_by(table.time.desc(), table.chain.desc(), table.seq.desc()).limit(most)
        found += [read(row) for row in session.connection.execute(query).mappings()]
    return sorted(found, key=lambda one: one.place, reverse=True)[:most]


Place = tuple[datetime, str, int]


def _queries(asked: Asked, who: frozenset[str] | None) -> Iterator[tuple[Select[Any], Any]]:
    events = KINDS.get(asked.kind or "")
    if events is None or not events.isdisjoint(Event):
        yield _of_instances(asked, who, events), _instance_deed
    if asked.instance is None:
        if events is None or not events.isdisjoint(DraftEvent):
            yield _of_drafts(asked, who, events), _draft_deed
        if events is None or not events.isdisjoint(SystemEvent):
            yield _of_system(asked, who, events), _system_deed


def _of_instances(asked: Asked, who: frozenset[str] | None, events: frozenset[str] | None) -> Select[Any]:
    table, root, instance, task = model.history, model.instance.alias("root"), model.instance.alias("one"), model.task
    query = (
        select(
            table.c.instance_id.label("chain"), table.c.seq, table.c.time, table.c.event, table.c.actor, table.c.data, table.c.root_id,
            table.c.element_id, instance.c.business_key, instance.c.definition_id, task.c.name, task.c.name_en,
        )
        .select_from(root.join(table, table.c.root_id == root.c.id))
        .join(instance, instance.c.id == table.c.instance_id)
        .outerjoin(task, task.c.id == table.c.token_id)
        .where(root.c.parent_id.is_(None), root.c.root_id == root.c.id)
    )  # fmt: skip
    query = query.where(*_common(asked, who, events, table, Event))
    if asked.until is not None:
        query = query.where(root.c.started <= asked.until)
    if asked.instance is not None:
        same = (root.c.id == asked.instance, root.c.business_key == asked.instance)
        query = query.where(or_(*same, instance.c.id == asked.instance, instance.c.business_key == asked.instance))
    if asked.text:
        columns = (task.c.name, task.c.name_en, instance.c.business_key, instance.c.definition_key, table.c.element_id, table.c.event)
        query = query.where(or_(*(column.icontains(asked.text, autoescape=True) for column in columns)))
    return query


def _of_drafts(asked: Asked, who: frozenset[str] | None, events: frozenset[str] | None) -> Select[Any]:
    table, draft = model.draft_event, model.draft
    query = select(
        table.c.draft_id.label("chain"), table.c.seq, table.c.time, table.c.event, table.c.actor, table.c.data, draft.c.title
    ).join(draft, draft.c.id == table.c.draft_id)
    query = query.where(*_common(asked, who, events, table, DraftEvent))
    if asked.text:
        query = query.where(
            or_(*(column.icontains(asked.text, autoescape=True) for column in (draft.c.title, table.c.data, table.c.event)))
        )
    return query


def _of_system(asked: Asked, who: frozenset[str] | None, events: frozenset[str] | None) -> Select[Any]:
    table, chain = model.system_event, model.chain
    query = select(chain.c.id.label("chain"), table.c.seq, table.c.time, table.c.event, table.c.actor, table.c.subject, table.c.data).join(
        chain, chain.c.id == CHAIN
    )
    query = query.where(*_common(asked, who, events, table, SystemEvent, about=table.c.subject))
    if asked.text:
        columns = (table.c.subject, table.c.actor, table.c.data, table.c.event)
        query = query.where(or_(*(column.icontains(asked.text, autoescape=True) for column in columns)))
    return query


def _common(
    asked: Asked,
    who: frozenset[str] | None,
    events: frozenset[str] | None,
    table: Any,
    of: type[Event] | type[DraftEvent] | type[SystemEvent],
    about: Any = None,
) -> list[ColumnElement[bool]]:
    """Conditions on the person (as who did it or whom it was done to), on kinds, and whether the engine's own deeds are wanted."""
    where: list[ColumnElement[bool]] = []
    if events is not None:
        where.append(table.c.event.in_(sorted(event for event in events if event in set(of))))
    if who is not None:
        where.append(table.c.actor.in_(who) if about is None else or_(table.c.actor.in_(who), about.in_(who)))
    if of is Event and not asked.engine:
        where += _by_people(table, events)
    return where


def _by_people(table: Any, events: frozenset[str] | None) -> list[ColumnElement[bool]]:
    """Not what the engine did, nor what followed by itself from what somebody did (which bears his name, too)."""
    wanted = [] if events is not None else [table.c.event.in_(sorted(frozenset().union(*KINDS.values())))]
    by_hand = or_(table.c.event != Event.NOTED, table.c.data.contains('"reason":'))  # variables set by hand; not what handlers note
    return [table.c.actor.is_not(None), table.c.actor != "system", *wanted, by_hand]


def _instance_deed(row: Any) -> Deed:
    facts, event = loads(row["data"]) or {}, row["event"]
    told = {name: value for name, value in facts.items() if name in TOLD or (name in OF_ASSIGNMENT and event == Event.TASK_ASSIGNED)}
    if event == Event.VARIABLES_CHANGED:
        told = {"name": ", ".join(sorted(facts.get("after", {})))}
    place = {"definition_id": row["definition_id"], "element_id": row["element_id"]}
    return Deed(
        row["chain"], row["seq"], row["time"], event, row["actor"], None, {**told, "_": place}, row["root_id"], row["business_key"],
        row["name"] or "", row["name_en"] or "",
    )  # fmt: skip


def _draft_deed(row: Any) -> Deed:
    facts, title = loads(row["data"]) or {}, row["title"]
    return Deed(row["chain"], row["seq"], row["time"], row["event"], row["actor"], None, facts, title=title, title_en=title)


def _system_deed(row: Any) -> Deed:
    return Deed(CHAIN, row["seq"], row["time"], row["event"], row["actor"], row["subject"], loads(row["data"]) or {})


def _named(session: Session, found: Iterable[Deed]) -> tuple[Deed, ...]:
    """The deeds with what their elements and processes are called."""
    named = []
    for one in found:
        place = one.facts.get("_")
        if place is not None:
            facts = {name: value for name, value in one.facts.items() if name != "_"}
            try:
                process = session.shared.definitions.get(session.connection, place["definition_id"]).process
            except NotFound:
                named.append(replace(one, facts=facts))
                continue
            drawn = process.elements.get(place["element_id"] or "")
            titles = (one.title, one.title_en) if one.title or drawn is None else (drawn.name, drawn.name_en)
            named.append(replace(one, facts=facts, title=titles[0], title_en=titles[1], process=process.name, process_en=process.name_en))
        else:
            named.append(one)
    return tuple(named)


def _place(place: Place) -> str:
    return "|".join((to_text(place[0]), place[1], str(place[2])))


def _read_place(text: str | None) -> Place | None:
    """What `_place` wrote; a text that is none begins at the top."""
    try:
        moment, chain, seq = (text or "").split("|")
        place = datetime.fromisoformat(moment)
        return (place.astimezone(UTC), chain, int(seq)) if place.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
