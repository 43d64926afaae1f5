"""Plays the tests of a pack, each in a database of its own with a simulated clock, from which nothing leaves."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from engine.engine import Engine
from engine.errors import Conflict, Invalid, NotFound, RuamError
from engine.packtests import deeds
from engine.packtests.cast import Cast
from engine.packtests.expecting import Stage
from engine.packtests.model import Deed, Failure, Outcome, Pair, ProcessTest, Report, Step
from engine.packtests.reading import read
from engine.packtests.words import Words
from engine.people import SYSTEM
from engine.registry import Pack
from engine.spiff import LIMITS, Limits

SECONDS = 60.0  # of CPU, for all tests of a pack
BEGINNING = datetime(2026, 1, 5, 2, tzinfo=UTC)  # a Monday, 9:00 in Bangkok, where a test says no other time
MOST_JOBS = 10_000
DEEDS: dict[Deed | None, Pair] = {
    None: ("ดู", "look"),
    Deed.START: ("เริ่ม", "start"),
    Deed.COMPLETE: ("ทำงาน", "complete"),
    Deed.MESSAGE: ("ข้อความ", "message"),
    Deed.SIGNAL: ("สัญญาณ", "signal"),
    Deed.EXTERNAL: ("งานภายนอก", "external"),
}


def play_all(
    files: Mapping[str, bytes],
    *,
    packs: Iterable[Pack | str] = (),
    pack: str | None = None,
    names: Collection[str] = (),
    seconds: float = SECONDS,
    limits: Limits = LIMITS,
    former: Callable[[], Mapping[str, bytes]] = dict,
) -> Report:
    """Play the tests among a pack's files, or those of these names. `seconds`: of CPU for all together; `limits`: of a transaction;
    `former`: the files of the version before, asked for where a test fails: what is gone is called by its name there.

    Raises Invalid where a test or the pack has mistakes, NotFound for a name that no test has.
    """
    tests, problems = read(files)
    if problems:
        raise Invalid("The tests have mistakes.", problems, th="การทดสอบมีข้อผิดพลาด")
    if missing := sorted(set(names) - {test.name for test in tests}):
        raise NotFound(f"The pack has no test '{missing[0]}'.", th=f"ชุดนี้ไม่มีการทดสอบ “{missing[0]}”")
    chosen = [test for test in tests if not names or test.name in names]
    if not chosen:
        return Report()
    until = time.thread_time() + seconds
    words = cache(lambda: Words.of(files, former()))  # read where something fails: most tests pass
    with tempfile.TemporaryDirectory(prefix="ruam-tests-") as folder:
        made = Path(folder) / "deployed"
        made.mkdir()
        with Engine.aside(made, packs=packs, limits=limits) as engine:
            engine.upgrade()
            engine.deploy(files, name="tests", pack=pack, actor=SYSTEM)

        def played(number: int, test: ProcessTest) -> Outcome:
            """In a copy of the database the pack was deployed in."""
            begun, home = time.thread_time(), Path(folder) / str(number)
            shutil.copytree(made, home)
            with Engine.aside(home, packs=packs, limits=limits) as engine:
                failure = _Playing(engine, test, until, lambda element: words().quoted(element)).play()
            shutil.rmtree(home, ignore_errors=True)
            return Outcome(test, failure, round(time.thread_time() - begun, 3))

        return Report(tuple(played(number, test) for number, test in enumerate(chosen)))


class _Playing:
    """One playing of one test."""

    def __init__(self, engine: Engine, test: ProcessTest, until: float, called: Callable[[str], Pair]) -> None:
        self._engine, self._test, self._until, self._called = engine, test, until, called
        self._stage: Stage | None = None

    def play(self) -> Failure | None:
        """Where it failed, or None."""
        self._engine.simulate(self._test.at or BEGINNING, actor=SYSTEM)
        cast = Cast(self._engine, self._test)
        for number, step in enumerate(self._test.steps):
            if time.thread_time() > self._until:
                return self._failed(number, step, ("ไม่ใช้เวลานานเกินกำหนด", "not to take too long"), ("หมดเวลา", "the time is over"))
            wrong = self._step(cast, step)
            if wrong is not None:
                return self._failed(number, step, *wrong)
        return None

    def _step(self, cast: Cast, step: Step) -> tuple[Pair, Pair] | None:
        """(expected, found) of the first thing that is not as it must be."""
        try:
            deeds.move_clock(self._engine, self._stage, step)
            if step.deed is Deed.START:
                self._stage = Stage(self._engine, deeds.start(self._engine, cast, self._test.process, step), self._called)
            elif self._stage is not None:
                deeds.do(self._stage, cast, step)
            elif step.deed is not None:
                raise Conflict("The process was not started.", th="กระบวนการไม่ได้เริ่ม")
        except RuamError as error:
            if error.code != step.expected.refused:
                return _refused(step.expected.refused), _told(error)
        else:
            if step.expected.refused is not None:
                return _refused(step.expected.refused), ("ทำได้", "it is done")
        self._engine.run_due(limit=MOST_JOBS)  # deferred handlers and continuations
        if self._stage is None:
            return None
        return next(self._stage.wrong(step.expected), None)

    def _failed(self, number: int, step: Step, expected: Pair, found: Pair) -> Failure:
        thai, english = DEEDS[step.deed]
        element = step.of if step.deed in (Deed.COMPLETE, Deed.EXTERNAL) else None
        of = (step.of, step.of) if element is None else self._called(element)
        said = (f"{thai} {of[0]}".strip(), f"{english} {of[1]}".strip())
        tried = () if self._stage is None else self._stage.failing()
        told = ("; ".join((found[0], *(th for th, _ in tried))), "; ".join((found[1], *(en for _, en in tried))))
        return Failure(number, step.line, element, said, expected, told)


def _refused(code: str | None) -> Pair:
    return ("ทำได้", "it to be done") if code is None else (f"ถูกปฏิเสธ ({code})", f"a refusal ({code})")


def _told(error: RuamError) -> Pair:
    thai, english = [error.message_th or error.message], [error.message]
    for problem in error.problems if isinstance(error, Invalid) else ():
        where = f"{problem.field}: " if problem.field else ""
        thai.append(f"{where}{problem.message_th or problem.message}")
        english.append(f"{where}{problem.message}")
    return "; ".join(text.removesuffix(".") for text in thai), "; ".join(text.removesuffix(".") for text in english)
