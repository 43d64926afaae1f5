"""How problems are printed."""

import pytest

from engine.errors import Problem
from webui.cli.output import problem_line


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (Problem("no target", rule="flow.target", file="a.bpmn", line=7, element_id="f1"), "a.bpmn:7: f1: no target [flow.target]"),
        (Problem("no English name", severity="warning", file="a.bpmn", line=2), "a.bpmn:2: warning: no English name"),
        (Problem("is needed", field="year"), "year: is needed"),
        (Problem("nothing to deploy"), "nothing to deploy"),
    ],
)
def test_a_line_names_what_is_known(problem: Problem, line: str) -> None:
    assert problem_line(problem) == line
