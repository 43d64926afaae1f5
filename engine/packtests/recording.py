"""What was played once, as a process test: the history of an instance becomes the steps of a test.

What the actor may not read does not come out: such answers are made up when the test is played. Files and sealed values always are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine import language, people
from engine.errors import Invalid, NotFound
from engine.packtests.doers import Doers
from engine.packtests.masking import is_patterned, masked
from engine.packtests.model import Deed, Expected, Pair, ProcessTest, Step
from engine.packtests.ordering import in_order
from engine.packtests.unrecorded import Unrecorded
from engine.packtests.words import Words
from engine.people.authorization import require_sight
from engine.projects.released import released
from engine.queries import HistoryEvent, loads
from engine.running.instances import may_read
from engine.states import Event
from engine.storage import model
from engine.views import trail

if TYPE_CHECKING:
    from engine.forms import Form
    from engine.storage.session import Session

MOST = 20_000  # events
PAUSE = timedelta(minutes=5)  # as long as less has passed, the clock stands still
LONGEST = 80  # characters of a value that may be expected
DONE = {
    Event.TASK_COMPLETED: Deed.COMPLETE,
    Event.EXTERNAL_TASK_COMPLETED: Deed.EXTERNAL,
    Event.EXTERNAL_TASK_ERROR: Deed.EXTERNAL,
    Event.MESSAGE_RECEIVED: Deed.MESSAGE,
    Event.SIGNAL_RECEIVED: Deed.SIGNAL,
}
THROWERS = ("sendTask", "intermediateThrowEvent", "endEvent")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A test as it was played, with all that could be expected of it. Who keeps it chooses (`kept`)."""

    test: ProcessTest
    words: Words
    definition_id: str
    asserted: Mapping[str, bool]  # expressions over the variables at the end → whether they say what somebody decided
    notes: tuple[Pair, ...]  # what the test does not do
    hidden: int  # tasks whose answers the actor may not read

    def kept(self, *, name: str, th: str, en: str, tasks: bool, end: bool, that: Sequence[str]) -> ProcessTest:
        """The test under a name, with these of its expectations."""

        def seen(step: Step, last: bool) -> Expected:
            expected = step.expected if tasks else replace(step.expected, tasks=None)
            if not (last and end):
                expected = replace(expected, state=None, passed=())
            return replace(expected, that=tuple(one for one in that if one in self.asserted)) if last else expected

        steps = self.test.steps
        chosen = tuple(replace(step, expected=seen(step, step is steps[-1])) for step in steps)
        return replace(self.test, name=name, file=f"tests/{name}.toml", th=th, en=en, steps=chosen)


def record(session: Session, instance_id: str, *, trial: bool = False, texts: bool = False) -> Recorded:
    """What happened in an instance and all below its root, as a test.

    `texts`: free text stays as it was written; else samples stand for it. `trial`: it was played to be recorded, so what was entered
    under a seal is written down, too. Raises NotFound, Forbidden, Invalid for what no test can begin with.
    """
    root_id = session.connection.scalar(select(model.instance.c.root_id).where(model.instance.c.id == instance_id))
    require_sight(session.connection, session.actor, model.instance, instance_id)
    if root_id is None:
        raise NotFound("There is no such instance.", th="ไม่พบกระบวนการนี้")
    events = trail.events(session, root_id, tree=True, limit=MOST)
    if events.total > MOST:
        raise Invalid("Too much happened in it for a test.", th="กระบวนการนี้มีเหตุการณ์มากเกินกว่าจะเก็บเป็นแบบทดสอบ")
    return _Recording(session, root_id, in_order(events.items), trial=trial, texts=texts or trial).recorded()


class _Recording:
    """The recording of one root instance."""

    def __init__(self, session: Session, root_id: str, events: Sequence[HistoryEvent], *, trial: bool, texts: bool) -> None:
        self._session, self._root_id, self._events, self._texts = session, root_id, events, texts
        self._steps: list[Step] = []
        self._open: dict[str, str] = {}  # tasks that wait, by id: their element
        self._outside: dict[str, str] = {}  # the same of external tasks
        self._passed: list[str] = []  # the ends that were reached
        self._clock: datetime | None = None
        self._readable: dict[str, bool] = {}
        self._hidden = 0
        self._left_out = Unrecorded()
        self._decided: set[str] = set()  # variables that are somebody's choice
        self._written: set[str] = set()  # those that samples stand for
        self._changes = _changes(events)
        self._thrown: set[tuple[datetime, str]] = set()  # messages and signals that it sent itself, and when
        self._sealed = {(one.task_id, one.field): one.value for one in released(session, root_id)} if trial else {}

    def recorded(self) -> Recorded:
        """Go through all that happened."""
        for number, event in enumerate(self._events):
            step = self._start(event) if number == 0 else self._step(event)
            if step is not None:
                self._see()
                self._steps.append(replace(step, at=self._moved(event.time, step)))
            self._follow(event)
        instance = model.instance
        row = self._session.connection.execute(select(instance).where(instance.c.id == self._root_id)).mappings().one()
        self._see(str(row["state"]))
        test = ProcessTest(
            "", "", row["definition_key"], tuple(self._steps), at=_second(self._events[0].time), people=self._doers.people
        )  # fmt: skip
        notes = tuple(self._left_out.notes())
        return Recorded(test, self._words, row["definition_id"], dict(self._asserted()), notes, self._hidden)

    # ---- what is known of it

    @cached_property
    def _words(self) -> Words:
        """The files that the instances ran on."""
        definitions, connection = self._session.shared.definitions, self._session.connection
        table = model.definition.join(model.instance, model.instance.c.definition_id == model.definition.c.id)
        query = select(model.definition.c.deployment_id).select_from(table).where(model.instance.c.root_id == self._root_id).distinct()
        files: dict[str, bytes] = {}
        for id in connection.scalars(query):
            files = {path: definitions.resource(connection, id, path) for path in definitions.resources(connection, id)} | files
        return Words.of(files)

    @cached_property
    def _tasks(self) -> dict[str, Any]:
        rows = self._session.connection.execute(select(model.task).where(model.task.c.root_id == self._root_id)).mappings()
        return {row["id"]: row for row in rows}

    @cached_property
    def _doers(self) -> Doers:
        """Who started it and who completed tasks, with the groups they did it for; else with all of the pack's that they are in."""
        acted: dict[str, list[str]] = {}
        for event in self._events:
            if event.actor is None or event.event not in (Event.INSTANCE_STARTED, Event.TASK_COMPLETED):
                continue
            actor = people.actor(self._session.connection, event.actor, self._session.now) if event.actor != people.SYSTEM.user_id else None
            groups = actor.groups if actor is not None else frozenset()
            task = self._tasks.get(event.token_id or "") if event.event == Event.TASK_COMPLETED else None
            offered = loads(task["candidate_groups"]) or [] if task is not None else []
            acted.setdefault(event.actor, []).extend(group for group in offered if group in groups)
        return Doers({user_id: many or self._memberships(user_id) for user_id, many in acted.items()})

    def _memberships(self, user_id: str) -> list[str]:
        if user_id == people.SYSTEM.user_id:
            return []
        groups = people.actor(self._session.connection, user_id, self._session.now).groups
        return sorted(group for group in groups if group.partition(":")[0] in self._words.parties)

    def _may_read(self, event: HistoryEvent) -> bool:
        if event.instance_id not in self._readable:
            self._readable[event.instance_id] = may_read(self._session, event.instance_id)
        return self._readable[event.instance_id]

    # ---- steps

    def _start(self, event: HistoryEvent) -> Step:
        process = self._words.processes.get(str(event.data.get("definition", "")).split(":")[0])
        began = next((one.element_id for one in self._events if one.event == Event.ACTIVITY_STARTED), None)
        element = self._words.elements.get(began or "")
        if event.event != Event.INSTANCE_STARTED or (element is not None and element.events):
            raise Invalid(
                "Only what somebody started can be kept as a test, not what began by itself.",
                th="เก็บเป็นแบบทดสอบได้เฉพาะกระบวนการที่มีผู้เริ่ม ไม่ใช่ที่เริ่มเองตามเวลาหรือตามข้อความ",
            )
        form = self._words.starts.get(process.id) if process is not None else None
        own = {one.initiator for one in process.elements.values() if one.initiator} if process is not None else set()
        given = {name: value for name, value in self._changed(event).items() if name not in own}
        if form is not None:
            given = {name: value for name, value in given.items() if name in form.properties}
        values, fill = self._answers(event, form, given)
        return Step(
            deed=Deed.START, by=self._doers.by(event.actor), values=values, fill=fill, business_key=event.data.get("business_key")
        )  # fmt: skip

    def _step(self, event: HistoryEvent) -> Step | None:
        if event.event == Event.TIMER_FIRED:
            return Step() if self._clock is not None and _second(event.time) > self._clock else None
        deed = DONE.get(Event(event.event)) if event.event in DONE else None
        if deed is Deed.COMPLETE:
            return self._completed(event)
        if deed is Deed.EXTERNAL:
            number = 1 + sum(id < (event.token_id or "") for id, element in self._outside.items() if element == event.element_id)
            error = event.data.get("code") if event.event == Event.EXTERNAL_TASK_ERROR else None
            values = self._outside_values(event)
            return Step(deed=deed, of=event.element_id or "", number=number, values=values, error=error)
        if deed is not None and not self._thrown_inside(event):
            return Step(deed=deed, of=str(event.data.get("name", "")), values=self._outside_values(event))
        return None

    def _completed(self, event: HistoryEvent) -> Step:
        element, row = event.element_id or "", self._tasks[event.token_id or ""]
        values, fill = self._answers(event, self._words.forms.get(element), event.data.get("values") or {})
        others = [self._tasks[id] for id, waiting in self._open.items() if waiting == element]
        by = self._doers.by(event.actor)
        same = ("definition_id", "unit", "candidate_groups") + (() if row["candidate_groups"] else ("assignee",))
        alike = [one for one in others if all(one[name] == row[name] for name in same)]
        units = {one["unit"] for one in others}
        keys = {str(one["definition_id"]).split(":")[0] for one in others}
        return Step(
            deed=Deed.COMPLETE,
            of=element,
            by=by,
            process=str(row["definition_id"]).split(":")[0] if len(keys) > 1 else None,
            unit=row["unit"] if len(units) > 1 else None,
            number=1 + sum(one["id"] < row["id"] for one in alike),
            values=values,
            fill=fill,
        )

    def _answers(self, event: HistoryEvent, form: Form | None, given: Mapping[str, Any]) -> tuple[dict[str, Any], bool | tuple[str, ...]]:
        """What was entered, and which fields are made up: all of them where the actor may not read it."""
        if not self._may_read(event):
            self._hidden += 1
            return {}, True if form is not None else ()
        values, fill = dict[str, Any](), list[str]()
        for name in _ordered(given, form):
            value = given[name]
            schema = form.properties.get(name) if form is not None else None
            if value in (None, "", []) and schema is not None:
                continue
            if schema is not None and ("x-document" in schema or (is_patterned(schema) and not self._texts)):
                fill.append(name)
            elif schema is not None and not self._texts and (sample := masked(schema, value)) != value:
                values[name] = sample
                self._written.add(name)
            else:
                values[name] = self._doers.told(value)
                self._decided |= {name} if schema is not None and ("oneOf" in schema or "enum" in schema) else set()
        for name in (name for name, schema in form.properties.items() if "x-sealed" in schema) if form is not None else ():
            kept = (event.token_id or "", name)
            if kept in self._sealed:
                values[name] = self._sealed[kept]
            elif form is not None and name in form.required:
                fill.append(name)
        self._written |= set(fill)
        return values, tuple(fill)

    def _outside_values(self, event: HistoryEvent) -> dict[str, Any]:
        """What came from outside, with what followed from it at once: the history tells both together."""
        if not self._may_read(event):
            self._hidden += 1
            return {}
        return {name: self._doers.told(value) for name, value in self._changed(event).items()}

    def _changed(self, event: HistoryEvent) -> Mapping[str, Any]:
        change = self._changes.get((event.instance_id, event.seq))
        return {} if change is None else change.data.get("after") or {}

    def _thrown_inside(self, event: HistoryEvent) -> bool:
        """Whether another part of it sent this: then it comes by itself."""
        return (event.time, str(event.data.get("name", ""))) in self._thrown

    def _moved(self, time: datetime, step: Step) -> datetime | None:
        """Where the clock goes before a step, if it goes."""
        before, now = self._clock, _second(time)
        if before is None:
            self._clock = now
            return None
        if step.deed is not None and now - before < PAUSE:
            return None
        self._clock = now
        return now

    # ---- what is seen

    def _follow(self, event: HistoryEvent) -> None:
        self._left_out.hear(event, working=event.token_id in self._open)
        token_id, element = event.token_id or "", self._words.elements.get(event.element_id or "")
        if event.event == Event.TASK_CREATED:
            self._open[token_id] = event.element_id or ""
        elif event.event in (Event.TASK_COMPLETED, Event.TASK_TERMINATED):
            self._open.pop(token_id, None)
        elif event.event == Event.ACTIVITY_STARTED and element is not None:
            if element.type in THROWERS:
                self._thrown |= {(event.time, thrown.name or "") for thrown in element.events}
            if element.work is not None and element.work.kind == "external":
                self._outside[token_id] = element.id
        elif event.event in (Event.ACTIVITY_COMPLETED, Event.ACTIVITY_CANCELLED):
            self._outside.pop(token_id, None)
            if event.event == Event.ACTIVITY_COMPLETED and event.instance_id == self._root_id and element and element.type == "endEvent":
                self._passed.append(element.id)

    def _see(self, state: str | None = None) -> None:
        """The last step is over: what can be expected of it; `state`: of the instance, at the very end."""
        if not self._steps:
            return
        tasks = dict(Counter(self._open.values()))
        passed = () if state is None else tuple(dict.fromkeys(self._passed))
        self._steps[-1] = replace(self._steps[-1], expected=Expected(state=state, tasks=tasks, passed=passed))

    def _asserted(self) -> Iterator[tuple[str, bool]]:
        """What the variables are at the end, as far as it says the same each time it is played."""
        if not self._readable.get(self._root_id):
            return
        last = dict[str, Any]()
        for event in self._events:
            if event.event == Event.VARIABLES_CHANGED and event.instance_id == self._root_id and "scope" not in event.data:
                last |= event.data.get("after") or {}
        for name, value in sorted(last.items(), key=lambda item: (item[0] not in self._decided, item[0])):
            if name in self._written or self._doers.knows(value) or not isinstance(value, str | int | float | bool):
                continue
            text = f"{name} == {_literal(value)}"
            if len(text) <= LONGEST and not any(language.check(text, "expression")):
                yield text, name in self._decided


def _changes(events: Sequence[HistoryEvent]) -> dict[tuple[str, int], HistoryEvent]:
    """What each deed changed at once, by its place in the history: nothing else was done in between."""
    found, following = dict[tuple[str, int], HistoryEvent](), dict[str, HistoryEvent]()
    for event in reversed(events):
        if event.event == Event.VARIABLES_CHANGED:
            following[event.instance_id] = event
        elif event.event in DONE or event.event in (Event.INSTANCE_STARTED, Event.TIMER_FIRED):
            change = following.pop(event.instance_id, None)
            if change is not None and change.time == event.time:
                found[event.instance_id, event.seq] = change
    return found


def _ordered(given: Mapping[str, Any], form: Form | None) -> list[str]:
    """The names in the order in which the form asks them."""
    places = {name: place for place, name in enumerate(form.properties)} if form is not None else {}
    return sorted(given, key=lambda name: places.get(name, len(places)))


def _literal(value: str | float | bool) -> str:
    if isinstance(value, str) and not set(value) & set("'\\\n"):
        return f"'{value}'"
    return str(value).lower() if isinstance(value, bool) else json.dumps(value, ensure_ascii=False)


def _second(time: datetime) -> datetime:
    """The second that has begun by then: what is due at a part of one is due when it is over."""
    whole = time.replace(microsecond=0)
    return whole if whole == time else whole + timedelta(seconds=1)
