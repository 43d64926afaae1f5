"""Plays a process from start to end on a simulated clock, through the same verbs the pages use, with seeded actors.

What is particular to a pack (who there is, when to start, what people decide) is its `Play`; a pack brings one as `Pack.play`.
Each open task is given a moment in working hours at which somebody will do it; the clock goes to whatever comes first, such a moment or
a job that falls due. The same seed gives the same project.
"""

from __future__ import annotations

import heapq
import io
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from random import Random
from typing import Any

from engine.dates import thai
from engine.dates.calendar import is_working_day, seed_holidays
from engine.dates.zone import BANGKOK
from engine.engine import Engine
from engine.errors import Conflict, Forbidden, NotFound
from engine.forms import choices
from engine.people import SYSTEM, Actor
from engine.queries import InstanceView, TaskItem, TaskView
from engine.rehearsal.filling import Filling
from engine.rehearsal.plays import PlainPlay, Play
from engine.states import OPEN_TASK_STATES, Event, InstanceState

OPENS, CLOSES = clock_time(8, 30), clock_time(16, 30)
OFFICE_MINUTES = 480
SOONEST = timedelta(hours=1)  # nobody does a task sooner after it appears, so the list of open tasks is read at most that often
LATEST = timedelta(days=14)
MOST_TASKS = 100_000
ORDER = ("state", "result", "year", "user_tasks", "timers_fired", "returned", "history_events", "audit_ok", "cpu_seconds", "clock")  # first
Progress = Callable[[int, int | None, str], None]


class Rehearsal:
    """One playing of one process."""

    def __init__(self, engine: Engine, play: Play, seed: int, progress: Progress | None = None, password: str | None = None) -> None:
        self.engine, self.play, self.seed, self.password = engine, play, seed, password
        self._progress = progress or (lambda done, total, text: None)
        self._planned: list[tuple[datetime, str, int, TaskItem]] = []
        self._known: set[str] = set()
        self._occurrences: Counter[str] = Counter()
        self._members: dict[str, list[str]] = {}
        self._actors: dict[str, Actor] = {}
        self._holidays: frozenset[date] = frozenset()
        self.done = 0
        self.root_id = ""  # once it has begun
        self._doing = ""

    def run(self) -> dict[str, Any]:
        """Play it; returns what happened. Raises Conflict where it stops before its end."""
        begun = time.process_time()
        self._prepare()
        user_id, variables, business_key = self.play.start()
        root = self.engine.start(self.play.process, variables=variables, business_key=business_key, actor=self._actor(user_id))
        self.root_id = root.id
        self._play(root.id)
        return self._result(self.engine.instance(root.id, actor=SYSTEM), begun)

    def go_on(self, root_id: str) -> None:
        """Play what has begun already from where it stands to its end. Raises Conflict where it stops before."""
        self._prepare()
        self.root_id = root_id
        self._play(root_id)

    def _prepare(self) -> None:
        engine, play = self.engine, self.play
        if not engine.definitions(key=play.process, latest=True).total:
            engine.deploy(play.files(), name=play.name, pack=play.name, actor=SYSTEM)
        if not engine.users(actor=SYSTEM, limit=1).total:
            engine.add_users([{**person, "password": self.password} for person in play.people()], actor=SYSTEM)
        if not engine.simulated:
            engine.simulate(play.begins(), actor=SYSTEM)
        year = engine.clock_now().year
        self._holidays = frozenset(holiday.day for holiday in seed_holidays(range(year, year + 2)))

    # ---- the loop

    def _play(self, root_id: str) -> None:
        engine = self.engine
        refreshed = None
        now = engine.clock_now()
        for _ in range(MOST_TASKS):
            self._progress(self.done, None, self._doing)
            if refreshed is None or not self._planned or self._planned[0][0] >= refreshed + SOONEST:
                if engine.instance(root_id, actor=SYSTEM).state != InstanceState.ACTIVE:
                    return
                self._plan(root_id, now)
                refreshed = now
            due = engine.next_due()
            first = self._planned[0][0] if self._planned else None
            if first is None and due is None:
                self._stopped(root_id)
            if first is None or (due is not None and due <= first):
                now = max(now, due or now)
                engine.advance_clock(now, actor=SYSTEM)
                refreshed = None
                continue
            if first > now:
                now = first
                engine.advance_clock(now, actor=SYSTEM)
            self._work(heapq.heappop(self._planned)[3])
        self._stopped(root_id)

    def _stopped(self, root_id: str) -> None:
        incidents = self.engine.incidents(actor=SYSTEM, root_id=root_id).items
        waits = self.engine.tasks(actor=SYSTEM, root_id=root_id, limit=5).items
        reasons = [incident.message for incident in incidents] or [f"nobody does '{task.name}'" for task in waits]
        raise Conflict(f"The rehearsal stopped before the end: {'; '.join(reasons) or 'nothing is waited for'}.")

    def _plan(self, root_id: str, now: datetime) -> None:
        """Give every new open task its moment."""
        variables: Mapping[str, Any] | None = None
        first = 0
        while True:
            page = self.engine.tasks(actor=SYSTEM, root_id=root_id, first=first, limit=1000)
            for task in page.items:
                if task.id in self._known:
                    continue
                if variables is None:
                    variables = self.engine.variables(root_id, actor=SYSTEM)
                self._known.add(task.id)
                moment = self.play.at(task, variables, self._moment(task, now))
                if moment is not None:
                    name = self._name(task)
                    heapq.heappush(self._planned, (self._working(max(moment, now + SOONEST)), name, len(self._known), task))
            first += len(page.items)
            if first >= page.total or not page.items:
                return

    def _moment(self, task: TaskItem, now: datetime) -> datetime:
        """Some part of the time that is left until the task is due."""
        left = min(max((task.due - now) if task.due is not None else timedelta(days=2), timedelta(days=2)), LATEST)
        return now + left * Random(f"{self.seed}/moment/{self._name(task)}").uniform(0.02, 0.10)

    def _working(self, moment: datetime) -> datetime:
        """The moment itself, or the next in which an office is open."""
        local = moment.astimezone(BANGKOK).replace(second=0, microsecond=0)
        day, hour = local.date(), local.time()
        if OPENS <= hour <= CLOSES and is_working_day(day, self._holidays):
            return local
        if hour > CLOSES:
            day += timedelta(days=1)
        while not is_working_day(day, self._holidays):
            day += timedelta(days=1)
        return datetime.combine(day, OPENS, BANGKOK) + timedelta(minutes=(hour.hour * 60 + hour.minute) % OFFICE_MINUTES)

    @staticmethod
    def _name(task: TaskItem) -> str:
        """The same in every playing of the same seed, unlike the id."""
        return f"{task.business_key}/{task.definition_id.split(':')[0]}/{task.element_id}/{task.party}/{task.assignee}/{task.name}"

    # ---- one task

    def _work(self, task: TaskItem) -> None:
        name = self._name(task)
        self._occurrences[name] += 1
        random = Random(f"{self.seed}/{name}/{self._occurrences[name]}")
        actor = self._worker(task, random)
        view = self._open(task, actor)
        if view is None:
            return
        values: dict[str, Any] = {}
        if view.form is not None:
            now = self.engine.clock_now().astimezone(BANGKOK)
            filling = Filling(
                view.form, view.variables, now.date(), random, lambda field, document: self._upload(view, field, document, actor),
                choices.functions(now, self._holidays, self.engine.members),
            )  # fmt: skip
            values = filling.fill({**view.values, **self.play.decide(view, random, now.date())})
        self.engine.complete_task(task.id, values, actor=actor, key=f"rehearsal-{task.id}")
        self.done += 1
        self._doing = task.name

    def _open(self, task: TaskItem, actor: Actor) -> TaskView | None:
        """The task as its worker sees it, unless something else (a timer, a withdrawal) ended it in the meantime."""
        try:
            view = self.engine.task(task.id, actor=actor)
        except NotFound:
            view = self.engine.task(task.id, actor=SYSTEM)
            if view.task.state in OPEN_TASK_STATES:
                raise
        return view if view.task.state in OPEN_TASK_STATES else None

    def _worker(self, task: TaskItem, random: Random) -> Actor:
        candidates = [task.assignee] if task.assignee else list(task.candidate_users)
        for group in () if candidates else task.candidate_groups:
            candidates += self._of(group)
        if not candidates:
            raise Forbidden(f"Nobody may do '{task.name}': it is for {', '.join(task.candidate_groups) or 'nobody'}.")
        return self._actor(random.choice(candidates))

    def _of(self, group: str) -> list[str]:
        if group not in self._members:
            self._members[group] = sorted(member[0] for member in self.engine.members(group))
        return self._members[group]

    def _actor(self, user_id: str) -> Actor:
        if user_id not in self._actors:
            self._actors[user_id] = self.engine.actor(user_id)
        return self._actors[user_id]

    def _upload(self, view: TaskView, field: str, document: Mapping[str, Any], actor: Actor) -> str:
        title = f"{view.task.business_key} {view.task.element_id} {field} {self.done}"
        return self.engine.upload(view.task.id, field, f"{field}.pdf", io.BytesIO(sample_pdf(title)), actor=actor).id

    # ---- the result

    def _result(self, root: InstanceView, begun: float) -> dict[str, Any]:
        engine = self.engine
        facts = {
            "user_tasks": self.done,
            "timers_fired": self._events(root.id, Event.TIMER_FIRED) + self._events(root.id, Event.REMINDER_SENT),
            "history_events": self._events(root.id),
            "audit_ok": engine.audit_verify().ok,
            "clock": {"from": self.play.begins().isoformat(), "to": engine.clock_now().astimezone(BANGKOK).isoformat(timespec="seconds")},
        }
        extra = self.play.summary(engine, root)
        found = {"state": root.state, **facts, **extra, "cpu_seconds": round(time.process_time() - begun, 2)}
        return {name: found.pop(name) for name in ORDER if name in found} | found

    def _events(self, root_id: str, event: str | None = None) -> int:
        return self.engine.history(root_id, actor=SYSTEM, tree=True, event=event, limit=1).total


def sample_pdf(title: str) -> bytes:
    """A small but whole PDF file with one line of (ASCII) text."""
    text = "".join(c if " " <= c < "\x7f" and c not in "()\\" else "?" for c in title)
    content = f"BT /F1 12 Tf 72 770 Td ({text}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def rehearse(
    engine: Engine, key: str, *, seed: int = 1, provinces: int | None = None, year: int | None = None,
    progress: Progress | None = None, password: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Play the process (or pack) of that key: as its pack says, else plainly, if it is deployed. Raises NotFound.

    `provinces`: how many units take part, where its play asks; `year`: in which it is played (C.E. or พ.ศ.), else the play's own;
    `password`: of the people it adds, without one they cannot log in.
    """
    make, common = engine.play(key), thai.common_year(year, field="year") if year is not None else None
    if make is not None:
        return Rehearsal(engine, make(seed=seed, units=provinces, year=common), seed, progress, password).run()
    if not engine.definitions(key=key, latest=True).total:
        raise NotFound(f"No process '{key}' is deployed, and no pack says how it is rehearsed.")
    return Rehearsal(engine, PlainPlay(engine, key, seed, common), seed, progress, password).run()
