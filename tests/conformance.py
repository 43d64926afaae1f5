"""`make docs`: the tables of docs/bpmn.md, made of docs/bpmn_elements.toml, of what the rules say, and of the tests' marks.

A test says which elements it shows with `@pytest.mark.bpmn("link", "end-none")`, a whole module with `pytestmark`. Whether an
element is executed is not written anywhere: its example is checked as `ruam check` does.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from engine.diagrams import check, read
from tests.engine.diagrams.drawing import file

ROOT = Path(__file__).parent.parent
ELEMENTS, PAGE = ROOT / "docs/bpmn_elements.toml", ROOT / "docs/bpmn.md"
BEGIN, END = "<!-- made by `make docs` from here -->", "<!-- to here -->"
SHOWN = 4  # tests of an element that are named; the rest are counted

GROUPS = {
    "flows": "Sequence flows",
    "activities": "Activities",
    "gateways": "Gateways",
    "events": "Events",
    "data": "Data",
    "people": "People",
    "collaboration": "Collaboration, choreography",
    "artifacts": "Artifacts and the rest",
}


@dataclass(frozen=True)
class Element:
    """A row of docs/bpmn_elements.toml."""

    key: str
    group: str
    name: str
    section: str
    node: str = ""
    body: str = ""
    flows: str = ""
    roots: str = ""
    noted: bool = False
    camunda: str = ""
    spiffworkflow: str = ""
    tests: tuple[str, ...] = field(default=(), compare=False)  # "tests/…/test_x.py::test_y"

    @property
    def example(self) -> bytes:
        """A file with the smallest diagram that has it."""
        if self.node:
            return file(f'<startEvent id="s"/>{self.node}<endEvent id="e"/>', "s>x x>e", roots=self.roots)
        return file(self.body, self.flows, roots=self.roots)

    @property
    def refusals(self) -> list[str]:
        """The rules its example breaks, warnings aside."""
        found = check([read(self.example, "example.bpmn")])
        return sorted({problem.rule or "" for problem in found if problem.severity == "error"})

    @property
    def status(self) -> str:
        """What becomes of it: executed, noted or refused."""
        refusals = self.refusals
        if refusals:
            return "refused: " + ", ".join(f"`{rule}`" for rule in refusals)
        return "noted" if self.noted else "executed"


def elements() -> list[Element]:
    """Every element, with the tests that carry its key."""
    table = tomllib.loads(ELEMENTS.read_text("utf-8"))
    marks = marked()
    return [Element(key, group, tests=tuple(marks.get(key, ())), **row) for group, rows in table.items() for key, row in rows.items()]


def marked() -> dict[str, list[str]]:
    """Tests by the key they are marked with, in the order of files and lines."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text("utf-8")
        if "mark.bpmn" not in text:
            continue
        tree = ast.parse(text)
        module = [key for node in tree.body if isinstance(node, ast.Assign) and _names(node) for key in _keys(node.value)]
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                own = [key for decorator in node.decorator_list for key in _keys(decorator)]
                for key in dict.fromkeys(own + module):
                    found.setdefault(key, []).append(f"{path.relative_to(ROOT)}::{node.name}")
    return found


def _names(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets)


def _keys(node: ast.expr) -> Iterator[str]:
    """The keys of the `pytest.mark.bpmn(…)` in an expression."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "bpmn":
            yield from (argument.value for argument in call.args if isinstance(argument, ast.Constant) and isinstance(argument.value, str))


def tables() -> str:
    """The tables as Markdown."""
    parts = []
    every = elements()
    for group, title in GROUPS.items():
        parts.append(f"### {title}\n| key | element | section | | shown by | elsewhere |\n|---|---|---|---|---|---|")
        parts[-1] += "".join(f"\n{_row(element)}" for element in every if element.group == group)
    return "\n\n".join(parts)


def _row(element: Element) -> str:
    tests = [test.rpartition("/")[2].replace(".py::", ": ") for test in element.tests]
    shown = "<br>".join(f"`{test}`" for test in tests[:SHOWN]) + (f"<br>and {len(tests) - SHOWN} more" if len(tests) > SHOWN else "")
    elsewhere = "; ".join(
        f"{engine}: {text}" for engine, text in (("Camunda 7", element.camunda), ("SpiffWorkflow", element.spiffworkflow)) if text
    )
    return f"| `{element.key}` | {element.name} | {element.section} | {element.status} | {shown} | {elsewhere} |"


def page(text: str) -> str:
    """docs/bpmn.md with its tables made anew; everything else stays as it is."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{tables()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
