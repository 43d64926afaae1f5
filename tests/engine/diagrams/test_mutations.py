"""Diagrams broken at random: whatever is read is checked without falling over, and what passes the check can be compiled."""

from __future__ import annotations

import random
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine.diagrams import check, parse_xml, read, write_xml
from engine.errors import ExecutionFailed, Invalid
from engine.spiff import Compiled
from engine.spiff.memory import Run

FILES = sorted((Path(__file__).parent / "exports").glob("*.bpmn")) + sorted((Path(__file__).parents[3] / "bpmn").rglob("*.bpmn"))
ROUNDS = 40
VALUES = [
    "",
    " ",
    "true",
    "nonsense",
    "0",
    "-1",
    "99999999999999999999",
    "${",
    "= 1 +",
    "${a.b.c}",
    "a:b",
    ":",
    "P1D",
    "กำ",
    "x" * 300,
    "None",
]
Node = Any


def nodes(root: Node) -> list[Node]:
    """Elements of BPMN below the root, extension elements included."""
    return [node for node in root.iter("*") if node is not root]


def mutate(root: Node, chance: random.Random) -> None:
    """One change somebody, or a tool, might make."""
    every = nodes(root)
    if not every:
        return
    node, other = chance.choice(every), chance.choice(every)
    match chance.randrange(7):
        case 0:
            node.getparent().remove(node)
        case 1:
            node.addnext(deepcopy(node))
        case 2 if node not in other.iterancestors() and node is not other:
            other.append(node)
        case 3 if node.attrib:
            del node.attrib[chance.choice(list(node.attrib))]
        case 4 if node.attrib:
            node.set(chance.choice(list(node.attrib)), chance.choice([*VALUES, *filter(None, (one.get("id") for one in every))]))
        case 5:
            node.text = chance.choice(VALUES)
        case 6:
            node.tag = other.tag
        case _:
            node.tag = node.tag + "x"


def start(compiled: Compiled) -> None:
    """It begins, or says in our own words why not."""
    with suppress(ExecutionFailed):
        Run(compiled).start({"days": [1, 2], "used": 0, "dueDate": "2026-01-01"})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_passes_the_check_can_be_compiled(path: Path) -> None:
    content = path.read_bytes().replace(b'isExecutable="false"', b'isExecutable="true"')
    compiled = 0
    for number in range(ROUNDS):
        chance = random.Random(f"{path.name} {number}")
        root = parse_xml(content, path.name)
        for _ in range(chance.randint(1, 6)):
            mutate(root, chance)
        changed = write_xml(root)
        try:
            diagram = read(changed, path.name, thorough=True)
        except Invalid:
            continue  # not BPMN any more
        found = check([diagram])
        assert all(problem.rule and problem.message and problem.message_th for problem in found)
        assert found == check([read(changed, path.name, thorough=True)]), "the same is said each time"
        if not any(problem.severity == "error" for problem in found):
            for process in diagram.processes:
                if process.executable:
                    start(Compiled.build(process))
                    compiled += 1
    assert compiled or path.stem in ("choreography", "conversation", "signavio", "trisotech")


def test_what_is_written_after_a_change_is_read_again() -> None:
    root = parse_xml(FILES[0].read_bytes(), "x")
    assert etree.tostring(parse_xml(write_xml(root), "x"), method="c14n") == etree.tostring(root, method="c14n")
