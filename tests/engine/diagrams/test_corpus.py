"""Diagrams as many tools export them, our own drawings in their manner: nobody is told of faults that are none.

What is not made to run (isExecutable="false", choreographies, conversations) is said in one sentence; made to run, it is said what lacks.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.diagrams import check, read
from engine.errors import Problem
from tests.engine.diagrams.drawing import file

EXPORTS = Path(__file__).parent / "exports"
NOT_TO_RUN = {
    "signavio": {"message-without-name", "missing-handler", "flow-without-condition"},
    "trisotech": {"missing-called-process", "duplicate-flow"},
    "bpmn_io": set[str](),
    "choreography": {"nothing-executable"},
    "conversation": {"nothing-executable"},
}


def drawn(name: str, *, to_run: bool = False) -> list[Problem]:
    content = (EXPORTS / f"{name}.bpmn").read_bytes()
    content = content.replace(b'isExecutable="false"', b'isExecutable="true"') if to_run else content
    return check([read(content, f"{name}.bpmn", thorough=True)])


@pytest.mark.parametrize("name", NOT_TO_RUN)
def test_a_drawing_is_no_deployment_and_that_is_all_that_is_said(name: str) -> None:
    (problem,) = drawn(name)
    assert (problem.rule, problem.severity, problem.file, problem.line) == ("nothing-executable", "error", f"{name}.bpmn", 1)


@pytest.mark.parametrize("name", NOT_TO_RUN)
def test_made_to_run_it_is_said_what_lacks(name: str) -> None:
    found = drawn(name, to_run=True)
    assert {problem.rule for problem in found} == NOT_TO_RUN[name]
    assert all(problem.line and problem.message_th for problem in found)
    assert all(problem.element_id for problem in found if problem.rule != "nothing-executable")


@pytest.mark.parametrize("name", NOT_TO_RUN)
def test_beside_what_runs_a_drawing_is_a_warning(name: str) -> None:
    drawing = read((EXPORTS / f"{name}.bpmn").read_bytes(), f"{name}.bpmn", thorough=True)
    running = read(file('<startEvent id="s"/>'), "runs.bpmn", thorough=True)
    assert [(problem.rule, problem.severity) for problem in check([drawing, running])] == [("nothing-executable", "warning")]


def test_what_leaves_open_whether_it_runs_is_taken_to() -> None:
    assert [(problem.rule, problem.severity) for problem in drawn("bizagi")] == [("executable-not-said", "warning")]


def test_what_runs_elsewhere_runs_here() -> None:
    assert drawn("kogito") == []
