"""A process test as it is written, and what playing it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine.errors import Problem

Pair = tuple[str, str]  # Thai and English
RULE = "process-test"  # of a problem that a test is


class Deed(StrEnum):
    """What a step does: the key that stands in it."""

    COMPLETE = "complete"  # the task of this element
    MESSAGE = "message"  # a message of this name arrives
    SIGNAL = "signal"  # a signal of this name is sent
    EXTERNAL = "external"  # the external task of this element is done by its worker
    START = "start"  # the process; never written, the table [start] is it


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be seen after a step; what is None is not looked at."""

    state: str | None = None  # of the instance
    tasks: Mapping[str, int] | None = None  # the open tasks: how many of each element, and no others
    that: tuple[str, ...] = ()  # expressions over the instance's variables that must be true
    documents: Mapping[str, int] | None = None  # how many of each category, or deliverable, there are
    passed: tuple[str, ...] = ()  # elements that have been gone through by now: which end was reached, say
    incidents: tuple[str, ...] | None = None  # the elements with an incident, from here on; where no step says so, none
    refused: str | None = None  # the code of the error with which the deed is refused

    @property
    def something(self) -> bool:
        return self != Expected()


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the clock is moved, then something is done, then something is seen."""

    line: int = 0
    at: datetime | None = None  # the clock is moved to this (aware)
    after: str | None = None  # or by this duration (ISO 8601), or to the NEXT_TIMER
    deed: Deed | None = None
    of: str = ""  # the element, or the name of the message or signal
    by: str | None = None  # a person of the test, or a group; None: who may
    process: str | None = None  # only tasks of this process, where several are in play
    unit: str | None = None  # only of this unit
    where: str | None = None  # only where this expression over what the task sees is true
    number: int = 1  # which of those that are left, the oldest first
    values: Mapping[str, Any] = field(default_factory=dict)
    fill: bool | tuple[str, ...] = ()  # fields that are filled in with something valid; True: what is required and not given
    business_key: str | None = None
    correlation: Any = None  # of a message
    error: str | None = None  # an external task ends with the BPMN error of this code
    expected: Expected = Expected()

    @property
    def elements(self) -> frozenset[str]:
        """The elements it names."""
        done = {self.of} if self.deed in (Deed.COMPLETE, Deed.EXTERNAL) else set[str]()
        return frozenset(done | set(self.expected.tasks or ()) | set(self.expected.passed))


NEXT_TIMER = "next timer"


@dataclass(frozen=True, slots=True)
class ProcessTest:
    """A test: who there is, when it begins, what is done in order. `steps[0]` is the start."""

    name: str  # the file's, without its suffix
    file: str
    process: str
    steps: tuple[Step, ...]
    th: str = ""
    en: str = ""
    at: datetime | None = None  # when the clock starts (aware)
    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # user id → groups
    note: str = ""  # a comment for who reads the file


@dataclass(frozen=True, slots=True)
class Failure:
    """Where a test failed: its step (0 is the start), what was expected there and what is. Each in Thai and English."""

    step: int
    line: int
    element: str | None
    said: tuple[str, str]  # what the step does
    expected: tuple[str, str]
    found: tuple[str, str]

    @property
    def th(self) -> str:
        return f"ขั้นที่ {self.step} ({self.said[0]}): คาดว่า {self.expected[0]} แต่พบว่า {self.found[0]}"

    @property
    def en(self) -> str:
        return f"step {self.step} ({self.said[1]}): expected {self.expected[1]}; found {self.found[1]}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What playing one test gave; `seconds`: of CPU, None where it was not played because its pack took too long."""

    test: ProcessTest
    failure: Failure | None
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return self.failure is None

    def problem(self) -> Problem | None:
        """The failure as a finding, in the shape of those of `ruam check`."""
        if self.failure is None:
            return None
        title, failure = self.test, self.failure
        return Problem(
            f"The test '{title.en or title.name}' fails: {failure.en}.",
            f"การทดสอบ “{title.th or title.name}” ไม่ผ่าน: {failure.th}",
            rule=RULE,
            file=title.file,
            line=failure.line or None,
            element_id=failure.element,
        )


@dataclass(frozen=True, slots=True)
class Report:
    """What playing the tests of a pack gave."""

    outcomes: tuple[Outcome, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        found = (outcome.problem() for outcome in self.outcomes)
        return tuple(problem for problem in found if problem is not None)

    @property
    def ok(self) -> bool:
        return all(outcome.passed for outcome in self.outcomes)
