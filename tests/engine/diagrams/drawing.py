"""Diagram text for these tests: all dialects' prefixes declared, flows as `a>b`."""

from __future__ import annotations

from engine.diagrams import Context, check, read
from engine.diagrams.model import Element, Process
from engine.errors import Problem

NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:flowable="http://flowable.org/bpmn" xmlns:activiti="http://activiti.org/bpmn" xmlns:ruam="urn:ruam:bpmn:1" '
    'xmlns:other="urn:example:other"'
)
SPIFF = 'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'


def file(body: str, flows: str = "", *, roots: str = "", attributes: str = "", namespaces: str = "") -> bytes:
    """A file with one process `p`; `roots` stands beside it, `flows` is `a>b b>c`."""
    return (
        f'<definitions {NAMESPACES} {namespaces} targetNamespace="t">{roots}\n<process id="p" isExecutable="true" {attributes}>\n'
        f"{body}\n{arrows(flows)}</process></definitions>"
    ).encode()


def arrows(flows: str) -> str:
    """Sequence flows `a>b` named `a-b`."""
    pairs = [pair.split(">") for pair in flows.split()]
    return "".join(f'<sequenceFlow id="{a}-{b}" sourceRef="{a}" targetRef="{b}"/>\n' for a, b in pairs)


def process(*arguments: str, **options: str) -> Process:
    """The process of such a file."""
    return read(file(*arguments, **options), "test.bpmn").processes[0]


def element(node: str, **options: str) -> Element:
    """The one element `x` drawn in such a file."""
    return process(node, **options).elements["x"]


def problems(*arguments: str, context: Context | None = None, **options: str) -> list[Problem]:
    """What the rules say of such a file."""
    return check([read(file(*arguments, **options), "test.bpmn", thorough=True)], context)


def found(*arguments: str, context: Context | None = None, **options: str) -> set[tuple[str | None, str | None]]:
    """Rule and element of each finding."""
    return {(problem.rule, problem.element_id) for problem in problems(*arguments, context=context, **options)}


def around(node: str, *, flows: str = "", context: Context | None = None, **options: str) -> set[tuple[str | None, str | None]]:
    """Findings for `x` between a start and an end event."""
    return found(f'<startEvent id="s"/>{node}<endEvent id="e"/>', f"s>x x>e {flows}", context=context, **options)
