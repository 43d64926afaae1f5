"""What was played once, as a process test: the history of an instance becomes the steps of a test.

What the actor may not read does not come out: such answers are made up when the test is played. Files and sealed values always are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.errors import Invalid, NotFound
from engine.packtests.answers import Answers
from engine.packtests.model import Deed, Expected, Pair, ProcessTest, Step
from engine.packtests.ordering import in_order
from engine.packtests.played import Played
from engine.packtests.unrecorded import Unrecorded
from engine.packtests.words import Words
from engine.people.authorization import require_sight
from engine.projects.released import released
from engine.queries import HistoryEvent
from engine.states import Event
from engine.storage import model
from engine.views import trail

if TYPE_CHECKING:
    from engine.storage.session import Session

MOST = 20_000  # events
PAUSE = timedelta(minutes=5)  # as long as less has passed, the clock stands still
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
    played = Played(session, root_id, in_order(events.items))
    sealed = {(one.task_id, one.field): one.value for one in released(session, root_id)} if trial else {}
    return _Recording(played, Answers(played, texts=texts or trial, sealed=sealed)).recorded()


class _Recording:
    """Goes through all that happened: what somebody did is a step, what follows from it is what can be expected of that step."""

    def __init__(self, played: Played, answers: Answers) -> None:
        self._played, self._answers, self._words = played, answers, played.words
        self._steps: list[Step] = []
        self._open: dict[str, str] = {}  # tasks that wait, by id: their element
        self._outside: dict[str, str] = {}  # the same of external tasks
        self._passed: list[str] = []  # the ends that were reached
        self._thrown: set[tuple[datetime, str]] = set()  # messages and signals that it sent itself, and when
        self._left_out = Unrecorded()
        self._clock: datetime | None = None

    def recorded(self) -> Recorded:
        """All of it."""
        for number, event in enumerate(self._played.events):
            step = self._start(event) if number == 0 else self._step(event)
            if step is not None:
                self._see()
                self._steps.append(replace(step, at=self._moved(event.time, step)))
            self._follow(event)
        root, begun = self._played.root, _second(self._played.events[0].time)
        self._see(str(root["state"]))
        test = ProcessTest("", "", root["definition_key"], tuple(self._steps), at=begun, people=self._played.doers.people)
        notes, asserted = tuple(self._left_out.notes()), dict(self._answers.asserted())
        return Recorded(test, self._words, root["definition_id"], asserted, notes, self._answers.hidden)

    # ---- steps

    def _start(self, event: HistoryEvent) -> Step:
        process = self._words.processes.get(str(event.data.get("definition", "")).split(":")[0])
        began = next((one.element_id for one in self._played.events if one.event == Event.ACTIVITY_STARTED), None)
        element = self._words.elements.get(began or "")
        if event.event != Event.INSTANCE_STARTED or (element is not None and element.events):
            raise Invalid(
                "Only what somebody started can be kept as a test, not what began by itself.",
                th="เก็บเป็นแบบทดสอบได้เฉพาะกระบวนการที่มีผู้เริ่ม ไม่ใช่ที่เริ่มเองตามเวลาหรือตามข้อความ",
            )
        form = self._words.starts.get(process.id) if process is not None else None
        own = {one.initiator for one in process.elements.values() if one.initiator} if process is not None else set()
        given = {name: value for name, value in self._played.changed(event).items() if name not in own}
        if form is not None:
            given = {name: value for name, value in given.items() if name in form.properties}
        values, fill = self._answers.of(event, form, given)
        return Step(
            deed=Deed.START, by=self._played.doers.by(event.actor), values=values, fill=fill, business_key=event.data.get("business_key")
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
            values = self._answers.from_outside(event)
            return Step(deed=deed, of=event.element_id or "", number=number, values=values, error=error)
        if deed is not None and not self._thrown_inside(event):
            return Step(deed=deed, of=str(event.data.get("name", "")), values=self._answers.from_outside(event))
        return None

    def _completed(self, event: HistoryEvent) -> Step:
        element, row = event.element_id or "", self._played.tasks[event.token_id or ""]
        values, fill = self._answers.of(event, self._words.forms.get(element), event.data.get("values") or {})
        others = [self._played.tasks[id] for id, waiting in self._open.items() if waiting == element]
        by = self._played.doers.by(event.actor)
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
            passed = event.event == Event.ACTIVITY_COMPLETED and event.instance_id == self._played.root_id
            if passed and element is not None and element.type == "endEvent":
                self._passed.append(element.id)

    def _see(self, state: str | None = None) -> None:
        """The last step is over: what can be expected of it; `state`: of the instance, at the very end."""
        if not self._steps:
            return
        tasks = dict(Counter(self._open.values()))
        passed = () if state is None else tuple(dict.fromkeys(self._passed))
        self._steps[-1] = replace(self._steps[-1], expected=Expected(state=state, tasks=tasks, passed=passed))


def _second(time: datetime) -> datetime:
    """The second that has begun by then: what is due at a part of one is due when it is over."""
    whole = time.replace(microsecond=0)
    return whole if whole == time else whole + timedelta(seconds=1)
