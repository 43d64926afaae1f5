"""Trials: the process of a draft is played by hand, everybody's part, in a database of its own, to be looked at and kept as a test.

From there nothing leaves: no mail is sent, nothing here changes. Everybody has at most one trial of a draft; after a day it is swept up.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from engine.engine import Engine
from engine.errors import Conflict, Invalid, NotFound
from engine.forms import Form
from engine.ids import new_id
from engine.packtests.cast import Cast
from engine.packtests.deeds import LOCK, WORKER
from engine.packtests.doers import person_of
from engine.packtests.model import ProcessTest
from engine.packtests.recording import Recorded
from engine.people import SYSTEM, Actor
from engine.queries import ExternalTaskView, JobView, TaskItem
from engine.running.messages import Sought
from engine.states import JobKind, JobState
from engine.views.searching import Condition, Operator, Order
from engine.views.subjects.external_tasks import EXTERNAL_TASKS
from engine.views.subjects.subscriptions import SUBSCRIPTIONS, SubscriptionView

FOLDER, FACTS = "trials", "trial.json"
LIFETIME = 86_400.0  # seconds since it was last touched
TICK = timedelta(seconds=1)  # of its clock between two deeds, so that one can tell which was first
MOST = 500  # tasks that are shown
MOST_JOBS = 10_000
PLACING = threading.Lock()  # one takes the place of another
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Begun:
    """What is played: a process of a draft as of one of its revisions; `root_id`: the instance, once it was started."""

    draft_id: str
    revision: int
    process: str
    root_id: str | None = None


class Trial:
    """A trial in hand; use it as a context manager. All verbs are done as who has the task, with one tick of the clock before each."""

    def __init__(self, home: Path, engine: Engine) -> None:
        self.home, self.engine = home, engine
        self.begun = Begun(**json.loads((home / FACTS).read_text("utf-8")))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *what: object) -> None:
        self.engine.close()

    @property
    def root_id(self) -> str:
        """The instance. Raises Conflict before it was started."""
        if self.begun.root_id is None:
            raise Conflict("The process was not started.", th="กระบวนการไม่ได้เริ่ม")
        return self.begun.root_id

    # ---- what there is

    def starter(self) -> Actor:
        """The first who may start the process, else the engine itself."""
        for user in self.engine.users(actor=SYSTEM, limit=MOST).items:
            actor = self.engine.actor(user.id)
            if any(view.key == self.begun.process for view in self.engine.startable(actor=actor)):
                return actor
        return SYSTEM

    def start_form(self) -> Form | None:
        """What is asked as it is started."""
        found: Form | None = self.engine.start_form(self.begun.process, actor=self.starter())
        return found

    def tasks(self) -> Sequence[TaskItem]:
        """What is to be done, by anybody."""
        return self.engine.tasks(actor=SYSTEM, root_id=self.root_id, limit=MOST).items

    def timers(self) -> Sequence[JobView]:
        """What waits for its time, the next first."""
        waiting = self.engine.jobs(actor=SYSTEM, root_id=self.root_id, kind=JobKind.TIMER, state=JobState.PENDING, limit=MOST).items
        return sorted(waiting, key=lambda job: job.due)

    def waiting(self) -> Sequence[SubscriptionView]:
        """The messages and signals that are waited for."""
        found = self.engine.search(SUBSCRIPTIONS, actor=SYSTEM)
        return [one for one in found if one.instance_id is not None and one.kind in ("message", "signal")]

    def outside(self) -> Sequence[ExternalTaskView]:
        """The work of programs outside."""
        return self.engine.search(EXTERNAL_TASKS, [Condition("root_id", Operator.IS, self.root_id)], [Order("id")], actor=SYSTEM)

    def worker(self, task: TaskItem) -> Actor:
        """Whoever has a task, else the first it is offered to; somebody is made up where there is nobody."""
        for user_id in (task.assignee, *task.candidate_users):
            if user_id is not None:
                return self._somebody(user_id, ())
        for group in task.candidate_groups:
            members = self.engine.members(group)
            return self.engine.actor(members[0][0]) if members else self._somebody(person_of(group), (group,))
        return SYSTEM

    def _somebody(self, user_id: str, groups: Sequence[str]) -> Actor:
        try:
            return self.engine.actor(user_id)
        except NotFound:
            self.engine.add_users([{"user_id": user_id, "name": user_id, "groups": groups, "demo": True}], actor=SYSTEM)
            return self.engine.actor(user_id)

    def recorded(self) -> Recorded:
        """What was done so far, as a test."""
        return self.engine.record_test(self.root_id, trial=True, actor=SYSTEM)

    # ---- what is done

    def start(self, values: Mapping[str, Any], business_key: str | None) -> None:
        """Start the process. Raises what `Engine.start` does."""
        if self.begun.root_id is not None:
            raise Conflict("The process was started already.", th="เริ่มกระบวนการไปแล้ว")
        view = self.engine.start(self.begun.process, variables=values, business_key=business_key, actor=self.starter())
        self.begun = replace(self.begun, root_id=view.id)
        _write(self.home, self.begun)
        self._settle()

    def complete(self, task: TaskItem, values: Mapping[str, Any]) -> None:
        """Do a task. Raises what `Engine.complete_task` does."""
        self._tick()
        self.engine.complete_task(task.id, values, actor=self.worker(task))
        self._settle()

    def forward(self) -> None:
        """Move the clock to when the next timer is due. Raises Conflict where none waits."""
        timers = self.timers()
        if not timers:
            raise Conflict("No timer waits.", th="ไม่มีตัวจับเวลาใดรออยู่")
        self.engine.advance_clock(timers[0].due, actor=SYSTEM)
        self._settle()

    def hear(self, kind: str, name: str, variables: Mapping[str, Any]) -> None:
        """A message arrives, or a signal is sent. Raises what `Engine.deliver_message` does."""
        self._tick()
        if kind == "message":
            self.engine.deliver_message(name, Sought(), variables, actor=SYSTEM)
        else:
            self.engine.signal(name, variables, actor=SYSTEM)
        self._settle()

    def report(self, task_id: str, variables: Mapping[str, Any]) -> None:
        """A program outside has done its work. Raises what `Engine.complete_external_task` does."""
        self._tick()
        self.engine.lock_external_task(task_id, WORKER, LOCK, actor=SYSTEM)
        self.engine.complete_external_task(task_id, WORKER, variables, actor=SYSTEM)
        self._settle()

    def _tick(self) -> None:
        self.engine.advance_clock(self.engine.clock_now() + TICK, actor=SYSTEM)

    def _settle(self) -> None:
        """Deferred handlers and continuations."""
        self.engine.run_due(limit=MOST_JOBS)


class Trials:
    """The trials on an engine's drafts, each in a folder below the engine's home."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._folder = engine, engine.home / FOLDER

    def begin(self, draft_id: str, process: str, at: datetime, *, actor: Actor) -> None:
        """Deploy a draft, as it is now, for the actor to play; his former trial of it is over. Raises NotFound, Invalid, Forbidden."""
        draft = self._engine.draft(draft_id, actor=actor).draft
        if any(problem.severity == "error" for problem in self._engine.check_draft(draft_id, actor=actor)):
            raise Invalid("A draft with faults cannot be played.", th="ร่างที่มีข้อผิดพลาดยังลองเล่นไม่ได้ โปรดแก้ไขก่อน")
        files = self._engine.draft_contents(draft_id, revision=draft.revision, actor=actor)
        self._sweep()
        home = self._home(draft_id, actor)
        made = home.with_name(f"{home.name}.{new_id()}")  # made aside: who presses the button twice still has one that is whole
        made.mkdir(parents=True)
        try:
            _write(made, Begun(draft_id, draft.revision, process))
            with self._opened(made) as trial:
                self._prepare(trial.engine, files, draft.name, draft.pack, at)
                if not trial.engine.definitions(key=process, latest=True).total:
                    raise NotFound(f"The draft has no process '{process}'.", th=f"ร่างนี้ไม่มีกระบวนการ “{process}”")
            with PLACING:
                self.end(draft_id, actor=actor)
                made.rename(home)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise

    @staticmethod
    def _prepare(engine: Engine, files: Mapping[str, bytes], name: str, pack: str | None, at: datetime) -> None:
        engine.upgrade()
        engine.deploy(files, name=name, pack=pack, actor=SYSTEM)
        engine.simulate(at, actor=SYSTEM)
        Cast(engine, ProcessTest("", "", "", ()))

    def there(self, draft_id: str, *, actor: Actor) -> bool:
        """Whether the actor is playing a draft."""
        return (self._home(draft_id, actor) / FACTS).exists()

    def open(self, draft_id: str, *, actor: Actor) -> Trial:
        """The actor's trial of a draft. Raises NotFound where there is none (any more)."""
        self._engine.draft(draft_id, actor=actor)
        home = self._home(draft_id, actor)
        if not (home / FACTS).exists():
            raise NotFound("This trial is over; begin another one.", th="การลองเล่นนี้สิ้นสุดแล้ว โปรดเริ่มใหม่")
        (home / FACTS).touch()
        return self._opened(home)

    def end(self, draft_id: str, *, actor: Actor) -> None:
        """Throw the actor's trial of a draft away, if there is one."""
        shutil.rmtree(self._home(draft_id, actor), ignore_errors=True)

    def _opened(self, home: Path) -> Trial:
        return Trial(home, Engine.aside(home, packs=self._engine.packs, limits=self._engine.limits))

    def _home(self, draft_id: str, actor: Actor) -> Path:
        if not _ID.fullmatch(draft_id):
            raise NotFound("There is no such draft.", th="ไม่พบร่างนี้")
        return self._folder / f"{draft_id}-{hashlib.sha256(actor.user_id.encode()).hexdigest()[:16]}"

    def _sweep(self) -> None:
        """Throw away what nobody has touched for a day."""
        for facts in self._folder.glob(f"*/{FACTS}"):
            if facts.stat().st_mtime < time.time() - LIFETIME:
                shutil.rmtree(facts.parent, ignore_errors=True)


def _write(home: Path, begun: Begun) -> None:
    (home / FACTS).write_text(json.dumps(asdict(begun)), "utf-8")
