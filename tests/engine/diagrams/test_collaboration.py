"""Pools and message flows: what is wrong with them is said, and stops nothing."""

from __future__ import annotations

import pytest

from engine.diagrams import check, read
from tests.engine.diagrams.drawing import NAMESPACES, arrows

SELLER = (
    '<process id="p" isExecutable="true"><startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent><task id="a"/>'
    '<exclusiveGateway id="g"/><endEvent id="e"/><intermediateCatchEvent id="c"><messageEventDefinition messageRef="m"/>'
    f"</intermediateCatchEvent>{arrows('s>a a>g g>c c>e')}</process>"
)
BUYER = '<process id="q" isExecutable="false"><task id="b"/></process>'
POOLS = '<participant id="seller" processRef="p"/><participant id="buyer" processRef="q"/><participant id="box" name="คนกลาง"/>'


def drawn(source: str, target: str) -> list[tuple[str | None, str | None, str]]:
    flow = f'<messageFlow id="mf" sourceRef="{source}" targetRef="{target}"/>'
    collaboration = f'<collaboration id="c0">{POOLS}{flow}</collaboration>'
    content = f'<definitions {NAMESPACES} targetNamespace="t"><message id="m" name="m"/>{collaboration}{SELLER}{BUYER}</definitions>'
    found = check([read(content.encode(), "two.bpmn", thorough=True)])
    return [(problem.rule, problem.element_id, problem.severity) for problem in found]


@pytest.mark.parametrize(("source", "target"), [("b", "s"), ("box", "s"), ("a", "box"), ("buyer", "seller"), ("b", "c"), ("a", "b")])
def test_between_pools_and_what_sends_and_receives(source: str, target: str) -> None:
    assert drawn(source, target) == []


@pytest.mark.parametrize(("source", "target"), [("a", "c"), ("seller", "a"), ("g", "b"), ("b", "e"), ("e", "b"), ("s", "b")])
def test_not_within_a_pool_nor_from_what_sends_nothing(source: str, target: str) -> None:
    assert set(drawn(source, target)) == {("message-flow", "mf", "warning")}


def test_an_end_that_is_not_there() -> None:
    assert drawn("gone", "s") == [("dangling-reference", "mf", "warning")]
