"""A file against BPMN20.xsd: the smallest diagram that breaks each rule, and what modelers write that is nobody's mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from engine.diagrams import read
from engine.diagrams.vocabulary import _folder, vocabulary
from tests.engine.diagrams.drawing import arrows, file, problems

START = '<startEvent id="s"/>'
EXPORTS = sorted((Path(__file__).parent / "exports").glob("*.bpmn"))
PACKS = sorted((Path(__file__).parents[3] / "bpmn").rglob("*.bpmn"))


def drawn(body: str, flows: str = "", **options: str) -> set[tuple[str | None, str | None, str]]:
    return {(problem.rule, problem.element_id, problem.severity) for problem in problems(START + body, flows, **options)}


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        ('<userTsk id="x"/>', ("unknown-element", "x", "error")),
        ('<task id="x"><timerEventDefinition/></task>', ("misplaced-element", "x", "error")),
        ('<task id="x"><flowNodeRef>s</flowNodeRef></task>', ("misplaced-element", "x", "warning")),
        ('<task id="x" colour="red"/>', ("unknown-attribute", "x", "warning")),
        ('<subProcess id="x" triggeredbyevent="true"><startEvent id="s2"/></subProcess>', ("unknown-attribute", "x", "error")),
        ('<subProcess id="x" triggeredByEvent="yes"><startEvent id="s2"/></subProcess>', ("wrong-value", "x", "error")),
        ('<subProcess id="x" triggeredByEvent="False"><startEvent id="s2"/></subProcess>', ("wrong-value", "x", "warning")),
        ('<task id="x" startQuantity="two"/>', ("wrong-value", "x", "error")),
        ('<exclusiveGateway id="x" gatewayDirection="diverging"/>', ("wrong-value", "x", "warning")),
        ('<task id="1 x"/>', ("id-syntax", "1 x", "warning")),
        ('<task id="x"/><association id="a" sourceRef="x"/>', ("missing-attribute", "a", "warning")),
        (
            '<task id="x"><dataInputAssociation><targetRef>x</targetRef><assignment><from/></assignment></dataInputAssociation></task>',
            ("missing-element", "x", "warning"),
        ),
        ('<task id="x"><standardLoopCharacteristics/><standardLoopCharacteristics/></task>', ("repeated-element", "x", "error")),
        ('<task id="x"><extensionElements/><extensionElements/></task>', ("repeated-element", "x", "warning")),
        ('<task id="x"><standardLoopCharacteristics/><incoming>s-x</incoming></task>', ("wrong-order", "x", "warning")),
        ('<task id="x"><camunda:inputOutput/></task>', ("misplaced-extension", "x", "warning")),
        ('<task id="x">do it</task>', ("stray-text", "x", "warning")),
        ('<task id="x"/><association id="a" sourceRef="x" targetRef="nowhere"/>', ("dangling-reference", "a", "warning")),
    ],
)
def test_every_rule(body: str, finding: tuple[str, str, str]) -> None:
    assert finding in drawn(body)


def test_of_alternatives_one_is_read() -> None:
    both = "<timerEventDefinition><timeDate>2026-01-01</timeDate><timeDuration>P1D</timeDuration></timerEventDefinition>"
    assert ("repeated-element", "x", "error") in drawn(f'<intermediateCatchEvent id="x">{both}</intermediateCatchEvent>', "s>x")


def test_all_is_said_at_once_and_in_both_languages() -> None:
    body = '<task id="x" colour="red">do it<timerEventDefinition/><foo/></task>\n<task id="1" a=""><bar/></task>'
    found = problems(START + body, "s>x s>1")
    assert [(problem.rule, problem.line) for problem in found if problem.element_id in ("x", "1")][:4] == [
        ("unknown-attribute", 3), ("misplaced-element", 3), ("unknown-element", 3), ("stray-text", 3),
    ]  # fmt: skip
    assert {problem.rule for problem in found if problem.line == 4} >= {"unknown-attribute", "id-syntax", "unknown-element"}
    assert all(problem.message_th and problem.message != problem.message_th for problem in found)


@pytest.mark.parametrize(
    "body",
    [
        '<documentation>free <b xmlns="http://www.w3.org/1999/xhtml">text</b></documentation>',
        '<extensionElements><other:a other:b="1"><unknown/></other:a></extensionElements>',
        '<task id="x" other:colour="red" name="ทำงาน"><documentation textFormat="text/html">อ่าน</documentation></task>',
        '<task id="กำหนดการ-๑"/>',
        '<userTask id="x" implementation="##unspecified" camunda:assignee="u"><rendering id="r"/></userTask>',
        '<dataObject id="d"/><dataObjectReference id="r" dataObjectRef="d"/>',
        '<textAnnotation id="t"><text>note</text></textAnnotation><association id="a" sourceRef="t" targetRef="s"/>',
    ],
)
def test_what_the_schema_allows_is_left_alone(body: str) -> None:
    found = problems(body + START if body.startswith(("<doc", "<ext")) else START + body)
    assert {problem.rule for problem in found} <= {"unreachable"}


def test_where_nothing_runs_nothing_is_an_error() -> None:
    content = file(f'{START}<userTsk id="x"/>{arrows("s>x")}').replace(b'isExecutable="true"', b'isExecutable="false"')
    found = {(problem.rule, problem.severity) for problem in read(content, "x.bpmn", thorough=True).problems}
    assert found == {("unknown-element", "warning")}


def test_references_into_other_files_and_prefixes() -> None:
    roots = '<itemDefinition id="i" structureRef="xsd:string"/><message id="m" name="m" itemRef="tns:i"/>'
    own = 'xmlns:tns="t" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:far="urn:far"'
    assert drawn("", roots=roots, namespaces=own) == set()
    assert drawn("", roots=roots.replace("tns:i", "far:i"), namespaces=own) == set()
    assert drawn("", roots=roots.replace("tns:i", "tns:j"), namespaces=own) == {("dangling-reference", "m", "warning")}


def test_the_drawing_draws_what_is_there() -> None:
    di = (
        '<d:BPMNDiagram xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI"><d:BPMNPlane bpmnElement="p"><d:BPMNShape bpmnElement="{}"/>'
        "</d:BPMNPlane></d:BPMNDiagram></definitions>"
    )

    def with_shape(of: str) -> set[tuple[str | None, str | None]]:
        content = file(START).replace(b"</definitions>", di.format(of).encode())
        return {(problem.rule, problem.element_id) for problem in read(content, "x.bpmn", thorough=True).problems}

    assert with_shape("s") == set()
    assert with_shape("gone") == {("dangling-reference", None), ("not-drawn", "s")}


@pytest.mark.parametrize("path", EXPORTS + PACKS, ids=lambda path: path.stem)
def test_what_the_schema_accepts_has_no_findings_and_the_other_way_round(path: Path) -> None:
    schema = etree.XMLSchema(etree.parse(_folder() / "BPMN20.xsd"))
    ours = {problem.rule for problem in read(path.read_bytes(), path.name, thorough=True).problems}
    by_schema = ours & {
        "unknown-element", "misplaced-element", "unknown-attribute", "wrong-value", "id-syntax", "missing-attribute", "missing-element",
        "repeated-element", "wrong-order", "misplaced-extension", "stray-text",
    }  # fmt: skip
    assert schema.validate(etree.parse(path)) == (not by_schema), schema.error_log


def test_every_type_of_the_schema_is_known() -> None:
    words = vocabulary()
    assert {"userTask", "choreographyTask", "globalUserTask", "conversationLink", "flowNodeRef"} <= words.names
    assert words.kinds["tUserTask"].children["potentialOwner"].many
    assert words.kinds["tLane"].children["flowNodeRef"].refers
    assert words.kinds["tSequenceFlow"].attributes["sourceRef"].required
