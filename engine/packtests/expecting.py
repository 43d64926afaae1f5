"""What is expected after a step, held against what is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from engine import language
from engine.engine import Engine
from engine.errors import LanguageError
from engine.forms import choices
from engine.packtests.model import Expected, Pair
from engine.packtests.telling import STATES
from engine.people import SYSTEM
from engine.states import COMPLETED, JobState

MOST = 10_000
LONGEST = 200  # characters of a value that is shown
NOTHING: Pair = ("ไม่มี", "nothing")


class Stage:
    """The instance a test plays, with all below it."""

    def __init__(self, engine: Engine, root_id: str, called: Callable[[str], Pair]) -> None:
        """`called`: what an element is told as."""
        self.engine, self.root_id, self.called = engine, root_id, called
        self._troubled: tuple[str, ...] = ()  # the incidents that are expected from now on

    def open_tasks(self) -> Counter[str]:
        """How many tasks of each element are open."""
        return Counter(task.element_id for task in self.engine.tasks(actor=SYSTEM, root_id=self.root_id, limit=MOST).items)

    def functions(self) -> Mapping[str, Any]:
        """What expressions may call."""
        return choices.functions(self.engine.clock_now(), self.engine.holidays(), self.engine.members)

    def wrong(self, expected: Expected) -> Iterator[tuple[Pair, Pair]]:
        """(expected, found) for everything that is not as it must be; the reason first."""
        yield from self._incidents(expected)
        yield from self._state(expected)
        yield from self._tasks(expected)
        yield from self._passed(expected)
        yield from self._expressions(expected)
        yield from self._documents(expected)

    def _incidents(self, expected: Expected) -> Iterator[tuple[Pair, Pair]]:
        if expected.incidents is not None:
            self._troubled = tuple(sorted(expected.incidents))
        open_ones = self.engine.incidents(actor=SYSTEM, root_id=self.root_id, limit=MOST).items
        found = tuple(sorted(one.element_id or "" for one in open_ones))
        if found != self._troubled:
            th, en = self._named(self._troubled)
            named = [(self.called(one.element_id or ""), one) for one in open_ones]
            reasons = (
                "; ".join(f"{name[0]}: {one.message_th or one.message}" for name, one in named),
                "; ".join(f"{name[1]}: {one.message}" for name, one in named),
            )
            yield (f"เหตุขัดข้องที่ {th}", f"incidents at {en}") if th else ("ไม่มีเหตุขัดข้อง", "no incident"), reasons if named else NOTHING

    def failing(self) -> tuple[Pair, ...]:
        """What failed and is tried again later: no incident yet, but mostly why a test does not see what it expects."""
        tried = [job for job in self.engine.jobs(actor=SYSTEM, root_id=self.root_id, state=JobState.PENDING, limit=MOST).items if job.error]
        named = [(self.called(job.element_id or ""), job) for job in tried]
        return tuple(
            (f"{name[0]} ทำไม่สำเร็จและจะลองใหม่: {job.error_th or job.error}", f"{name[1]} failed and is tried again: {job.error}")
            for name, job in named
        )

    def _state(self, expected: Expected) -> Iterator[tuple[Pair, Pair]]:
        if expected.state is not None:
            state = self.engine.instance(self.root_id, actor=SYSTEM).state
            if state != expected.state:
                th, en = self.counted(self.open_tasks())
                waits = (f" (รออยู่ที่ {th})", f" (it waits at {en})") if th else ("", "")
                is_now = STATES[state]
                yield STATES[expected.state], (f"{is_now[0]}{waits[0]}", f"{is_now[1]}{waits[1]}")

    def _tasks(self, expected: Expected) -> Iterator[tuple[Pair, Pair]]:
        if expected.tasks is not None:
            found, wanted = self.open_tasks(), Counter(dict(expected.tasks))
            if +found != +wanted:
                th, en = self.counted(wanted)
                expects = (f"งานที่เปิดอยู่ {th}", f"the open tasks {en}") if th else ("ไม่มีงานที่เปิดอยู่", "no open task")
                yield expects, self.counted(found) if +found else NOTHING

    def _passed(self, expected: Expected) -> Iterator[tuple[Pair, Pair]]:
        if not expected.passed:
            return
        gone = {element for event in COMPLETED for element in self._told(event)}
        missing = self._named(one for one in expected.passed if one not in gone)
        if missing[0]:
            th, en = self.counted(self.open_tasks())
            waits = (f"ยังไม่ผ่าน แต่รออยู่ที่ {th}", f"not passed; it waits at {en}") if th else ("ยังไม่ผ่าน", "not passed")
            yield (f"ผ่าน {missing[0]} แล้ว", f"{missing[1]} to be passed"), waits

    def _named(self, elements: Iterable[str]) -> Pair:
        names = [self.called(one) for one in elements]
        return ", ".join(th for th, _en in names), ", ".join(en for _th, en in names)

    def counted(self, tasks: Counter[str]) -> Pair:
        """`“Apply” ×3, “Check”`."""
        named = {self.called(one): number for one, number in sorted((+tasks).items())}
        return _listed({th: number for (th, _en), number in named.items()}), _listed({en: number for (_th, en), number in named.items()})

    def _told(self, event: str) -> Iterator[str]:
        """The elements of which the history says that."""
        for one in self.engine.history(self.root_id, actor=SYSTEM, tree=True, event=event, limit=MOST).items:
            yield one.element_id or ""

    def _expressions(self, expected: Expected) -> Iterator[tuple[Pair, Pair]]:
        if not expected.that:
            return
        variables = self.engine.variables(self.root_id, actor=SYSTEM)
        functions = self.functions()
        for text in expected.that:
            try:
                value = language.evaluate(text, variables, functions=functions)
            except LanguageError as error:
                yield (text, text), (error.message_th or error.message, error.message)
                continue
            if value is not True:
                read = {name: variables[name] for name in sorted(language.names(text)) if name in variables}
                said = ", ".join(f"{name} = {_value(one)}" for name, one in read.items()) or _value(value)
                yield (text, text), (said, said)

    def _documents(self, expected: Expected) -> Iterator[tuple[Pair, Pair]]:
        if expected.documents is None:
            return
        there = self.engine.documents(self.root_id, actor=SYSTEM, limit=MOST).items
        found = Counter[str]()
        for one in there:
            found.update({name for name in (one.category, one.deliverable) if name})
        wanted = Counter(dict(expected.documents))
        if any(found[name] != number for name, number in wanted.items()):
            expects, listed = _listed(wanted), _listed({name: found[name] for name in wanted})
            yield (f"เอกสาร {expects}", f"the documents {expects}"), (listed, listed)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(name if number == 1 else f"{name} ×{number}" for name, number in counts.items())


def _value(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
