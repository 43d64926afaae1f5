"""What is wrong with the tests of a pack, before any is played: mistakes in the files, and names that its diagrams do not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from engine.errors import Problem
from engine.packtests.model import RULE, ProcessTest
from engine.packtests.reading import read

if TYPE_CHECKING:
    from engine.diagrams.model import Diagram


def problems(files: Mapping[str, bytes], diagrams: Iterable[Diagram]) -> list[Problem]:
    """Errors in the files; warnings where a test names a process or element that is not there: playing it will say so."""
    tests, found = read(files)
    if not tests:
        return list(found)
    processes = [process for diagram in diagrams for process in diagram.processes]
    keys, elements = {process.id for process in processes}, {id for process in processes for id in process.elements}
    return [*found, *(problem for test in tests for problem in _unknown(test, keys, elements))]


def _unknown(test: ProcessTest, keys: set[str], elements: set[str]) -> Iterator[Problem]:
    if test.process not in keys:
        yield _warning(test, 1, f"There is no process '{test.process}' here.", f"ที่นี่ไม่มีกระบวนการ “{test.process}”")
    missing = set[str]()  # each is told once, where it comes first
    for step in test.steps:
        for element in sorted(step.elements - elements - missing):
            missing.add(element)
            yield _warning(test, step.line, f"There is no element '{element}'.", f"ไม่มีองค์ประกอบ “{element}”")


def _warning(test: ProcessTest, line: int, message: str, thai: str) -> Problem:
    return Problem(message, thai, rule=RULE, severity="warning", file=test.file, line=line)
