"""Which element is which of the next version."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.diagrams import read
from engine.diagrams.model import Process
from engine.differences.matching import match
from engine.testing import process

PACK = Path("bpmn/participation")


def model(content: bytes) -> Process:
    return read(content, "p.bpmn").processes[0]


def of(body: str, *flows: str) -> Process:
    return model(process("p", body, *flows))


def renumbered(content: bytes) -> bytes:
    """The same diagram with every id another, as a tool does that draws it anew."""
    text = content.decode()
    processes = set(re.findall(r'<\w*:?process id="([^"]+)"', text))
    ids = set(re.findall(r'\bid="([^"]+)"', text)) - processes
    attributes = r'((?:\bid|sourceRef|targetRef|attachedToRef|bpmnElement|default)=")([^"]+)'
    texts = r"(<bpmn:(?:incoming|outgoing|flowNodeRef)>)([^<]+)"
    for pattern in (attributes, texts):
        text = re.sub(pattern, lambda found: found[1] + ("new_" if found[2] in ids else "") + found[2], text)
    return text.encode()


def test_the_same_process_matches_itself() -> None:
    old = model((PACK / "project.bpmn").read_bytes())
    assert match(old, old) == {key: key for key in old.elements}


@pytest.mark.parametrize("file", sorted(PACK.glob("*.bpmn")), ids=lambda path: path.stem)
def test_a_pack_drawn_anew_with_other_ids_is_recognised(file: Path) -> None:
    content = file.read_bytes()
    old, new = model(content), model(renumbered(content))
    assert not old.elements.keys() & new.elements.keys()
    assert match(old, new) == {key: f"new_{key}" for key in old.elements}


@pytest.mark.parametrize(
    "change",
    [lambda text: re.sub(r' name="[^"]*"', ' name="อื่น"', text), lambda text: re.sub(r' camunda:formKey="[^"]*"', "", text)],
    ids=["names", "forms"],
)
def test_another_id_and_another_name_or_form_is_still_the_same(change: Callable[[str], str]) -> None:
    content = (PACK / "desk_assessment.bpmn").read_bytes()
    old, new = model(content), model(renumbered(change(content.decode()).encode()))
    found = match(old, new)
    assert {key: value for key, value in found.items() if value != f"new_{key}"} == {}
    assert {key for key, element in old.elements.items() if element.type in ("userTask", "callActivity")} - found.keys() == set()


def test_a_task_of_another_name_and_form_in_its_place_is_another() -> None:
    old = of('<startEvent id="s"/><userTask id="a" name="Ask" camunda:formKey="f"/><endEvent id="e"/>', "s -> a", "a -> e")
    new = of('<startEvent id="s"/><userTask id="b" name="Sign" camunda:formKey="g"/><endEvent id="e"/>', "s -> b", "b -> e")
    assert match(old, new) == {"s": "s", "e": "e"}


def test_alike_tasks_are_told_apart_by_what_stands_around_them() -> None:
    old = of(
        '<startEvent id="s"/><userTask id="a" name="Sign"/><userTask id="b" name="Read"/><userTask id="c" name="Sign"/>',
        "s -> a", "a -> b", "b -> c",
    )  # fmt: skip
    new = of(
        '<startEvent id="s2"/><userTask id="z" name="Sign"/><userTask id="y" name="Read"/><userTask id="x" name="Sign"/>',
        "s2 -> x", "x -> y", "y -> z",
    )  # fmt: skip
    assert match(old, new) == {"s": "s2", "a": "x", "b": "y", "c": "z"}


def test_what_nothing_tells_apart_is_not_guessed() -> None:
    old = of('<userTask id="a" name="Sign"/><userTask id="b" name="Sign"/>')
    new = of('<userTask id="c" name="Sign"/><userTask id="d" name="Sign"/>')
    assert match(old, new) == {}


def test_an_id_stays_whatever_becomes_of_it_but_not_as_another_kind_of_thing() -> None:
    old = of('<userTask id="a" name="A"/><userTask id="b" name="B"/>')
    new = of('<serviceTask id="a" name="Z"/><endEvent id="b" name="B"/>')
    assert match(old, new) == {"a": "a"}


def test_a_boundary_event_goes_with_its_activity() -> None:
    timer = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"

    def drawn(first: str, second: str) -> Process:
        tasks = f'<userTask id="{first}" name="A"/><userTask id="{second}" name="B"/>'
        return of(tasks + "".join(f'<boundaryEvent id="t{key}" attachedToRef="{key}">{timer}</boundaryEvent>' for key in (first, second)))

    assert match(drawn("a", "b"), drawn("x", "y")) == {"a": "x", "b": "y", "ta": "tx", "tb": "ty"}


def test_five_thousand_elements_drawn_anew_take_no_second() -> None:
    body = "".join(f'<userTask id="t{n}" name="T{n % 50}" camunda:formKey="f{n}"/>' for n in range(5000))
    flows = [f"t{n} -> t{n + 1}" for n in range(4999)]
    old, new = of(body, *flows), of(body.replace('id="t', 'id="u'), *(flow.replace("t", "u") for flow in flows))
    began = time.process_time()
    assert len(match(old, new)) == 5000
    assert time.process_time() - began < 1
