"""What is expected after a step, held against what is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from engine import language
from engine.engine import Engine
from engine.errors import LanguageError
from engine.forms import choices
from engine.packtests.model import Expected, Pair
from engine.people import SYSTEM
from engine.states import COMPLETED

MOST = 10_000
LONGEST = 200  # characters of a value that is shown
NOTHING: Pair = ("ไม่มี", "nothing")


class Stage:
    """The instance a test plays, with all below it."""

    def __init__(self, engine: Engine, root_id: str) -> None:
        self.engine, self.root_id = engine, root_id
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
            reasons = "; ".join(f"{one.element_id}: {one.message}" for one in open_ones)
            wanted = ", ".join(self._troubled)
            yield (
                (f"เหตุขัดข้องที่ {wanted}" if wanted else "ไม่มีเหตุขัดข้อง", f"incidents at {wanted}" if wanted else "no incident"),
                (reasons, reasons) if reasons else NOTHING,
            )

    def _state(self, expected: Expected) -> Iterator[tuple[Pair, Pair]]:
        if expected.state is not None:
            state = self.engine.instance(self.root_id, actor=SYSTEM).state
            if state != expected.state:
                open_ones = _listed(self.open_tasks())
                waits = (f" (รออยู่ที่ {open_ones})", f" (it waits at {open_ones})") if open_ones else ("", "")
                yield (f"สถานะ {expected.state}", f"the state {expected.state}"), (f"{state}{waits[0]}", f"{state}{waits[1]}")

    def _tasks(self, expected: Expected) -> Iterator[tuple[Pair, Pair]]:
        if expected.tasks is not None:
            found, wanted = self.open_tasks(), Counter(dict(expected.tasks))
            if +found != +wanted:
                yield _shown(wanted, "งานที่เปิดอยู่ ", "the open tasks "), _shown(found, "", "")

    def _passed(self, expected: Expected) -> Iterator[tuple[Pair, Pair]]:
        if not expected.passed:
            return
        gone = {element for event in COMPLETED for element in self._told(event)}
        if missing := ", ".join(one for one in expected.passed if one not in gone):
            open_ones = _listed(self.open_tasks())
            waits = (f"ยังไม่ผ่าน แต่รออยู่ที่ {open_ones}", f"not passed; it waits at {open_ones}") if open_ones else ("ยังไม่ผ่าน", "not passed")
            yield (f"ผ่าน {missing} แล้ว", f"{missing} to be passed"), waits

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
            counted = Counter({name: found[name] for name in wanted})
            yield _shown(wanted, "เอกสาร ", "the documents "), _shown(counted, "", "")


def _shown(counts: Counter[str], thai: str, english: str) -> Pair:
    listed = _listed(counts)
    return (f"{thai}{listed}", f"{english}{listed}") if listed else (f"{thai}{NOTHING[0]}", f"{english}{NOTHING[1]}")


def _listed(counts: Counter[str]) -> str:
    """`apply ×3, check`."""
    return ", ".join(name if number == 1 else f"{name} ×{number}" for name, number in sorted(counts.items()))


def _value(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
