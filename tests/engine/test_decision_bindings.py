"""Business-rule tasks: which version of a decision they are bound to, and what of its result becomes a variable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.errors import ExecutionFailed, NotFound
from engine.people import SYSTEM
from engine.testing import Stage, linear, process

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
CAMUNDA = 'xmlns:camunda="http://camunda.org/schema/1.0/dmn"'
ZEEBE = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'


def rules(answer: str, *, tag: str = "", policy: str = "UNIQUE") -> bytes:
    """A decision `ระดับ` that gives the answer, whatever it is asked."""
    rows = "".join(
        f"<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>{one}</text></outputEntry></rule>" for one in answer.split(";")
    )
    return (
        f'<definitions xmlns="{DMN}" {CAMUNDA} id="f" name="f" namespace="n"><decision id="ระดับ" name="ระดับ" camunda:versionTag="{tag}">'
        f'<decisionTable hitPolicy="{policy}"><input><inputExpression><text>คะแนน</text></inputExpression></input><output name="ผล"/>{rows}'
        "</decisionTable></decision></definitions>"
    ).encode()


def asking(attributes: str, extensions: str = "") -> bytes:
    body = (
        f'<startEvent id="s"/><businessRuleTask id="decide" {attributes}><extensionElements>{extensions}</extensionElements>'
        '</businessRuleTask><endEvent id="e"/>'
    )
    return process("p", body, "s -> decide", "decide -> e")


def task(binding: str = "") -> bytes:
    return asking(f'camunda:decisionRef="ระดับ" camunda:resultVariable="r" camunda:mapDecisionResult="singleEntry" {binding}')


@pytest.mark.parametrize(
    ("binding", "expected"),
    [
        ("", "two"),
        ('camunda:decisionRefBinding="deployment"', "two"),
        ('camunda:decisionRefBinding="latest"', "three"),
        ('camunda:decisionRefBinding="version" camunda:decisionRefVersion="1"', "one"),
        ('camunda:decisionRefBinding="version" camunda:decisionRefVersion="${wanted}"', "three"),
        ('camunda:decisionRefBinding="versionTag" camunda:decisionRefVersionTag="ต้นปี"', "one"),
    ],
)
def test_binding(stage: Callable[..., Stage], binding: str, expected: str) -> None:
    one = stage({"first.dmn": rules('"one"', tag="ต้นปี"), "q.bpmn": linear("q", "t")})
    one.engine.deploy({"p.bpmn": task(binding), "r.dmn": rules('"two"')}, name="second", actor=SYSTEM)
    one.engine.deploy({"q.bpmn": linear("q", "t"), "r.dmn": rules('"three"')}, name="third", actor=SYSTEM)
    instance = one.start("p", คะแนน=1, wanted=3)
    assert one.variables(instance)["r"] == expected


def test_rules_deployed_apart_from_their_process(stage: Callable[..., Stage]) -> None:
    one = stage({"q.bpmn": linear("q", "t"), "r.dmn": rules('"one"')})
    one.engine.deploy({"p.bpmn": task()}, name="process", actor=SYSTEM)
    assert one.variables(one.start("p", คะแนน=1))["r"] == "one"
    found = one.engine.check({"p.bpmn": asking('camunda:decisionRef="nowhere"')})
    assert [problem.rule for problem in found] == ["missing-decision"]


def test_a_version_that_is_not_there_is_named(stage: Callable[..., Stage]) -> None:
    one = stage({"p.bpmn": task('camunda:decisionRefBinding="version" camunda:decisionRefVersion="9"'), "r.dmn": rules('"one"')})
    with pytest.raises(ExecutionFailed, match="no version 9 of the decision 'ระดับ'"):
        one.start("p", คะแนน=1)


@pytest.mark.parametrize(
    ("answer", "policy", "expected"), [('"one"', "UNIQUE", "one"), ('"one";"two"', "COLLECT", ["one", "two"]), ("1;2", "FIRST", 1)]
)
def test_camunda_8_gives_what_the_decision_is_worth(stage: Callable[..., Stage], answer: str, policy: str, expected: Any) -> None:
    called = f'<zeebe:calledDecision {ZEEBE} decisionId="ระดับ" resultVariable="ผลลัพธ์"/>'
    one = stage({"p.bpmn": asking("", called), "r.dmn": rules(answer, policy=policy)})
    assert one.variables(one.start("p", คะแนน=1))["ผลลัพธ์"] == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("singleResult", {"ผล": "one"}), ("collectEntries", ["one"]), ("resultList", [{"ผล": "one"}]), ("singleEntry", "one")],
)
def test_shapes_of_camunda_7(stage: Callable[..., Stage], kind: str, expected: Any) -> None:
    drawn = asking(f'camunda:decisionRef="ระดับ" camunda:resultVariable="r" camunda:mapDecisionResult="{kind}"')
    one = stage({"p.bpmn": drawn, "r.dmn": rules('"one"')})
    assert one.variables(one.start("p", คะแนน=1))["r"] == expected


def test_what_is_deployed_and_deleted_since_counts(stage: Callable[..., Stage]) -> None:
    one = stage({"r.dmn": rules('"one"')})
    assert one.engine.decision(key="ระดับ").version == 1
    second = one.engine.deploy({"r.dmn": rules('"two"')}, name="second", actor=SYSTEM)
    newest = one.engine.decision(key="ระดับ")
    assert (newest.version, newest.latest) == (2, True)
    assert one.engine.evaluate_decision(newest, {"คะแนน": 1}, actor=SYSTEM) == [{"ผล": "two"}]
    one.engine.delete_deployment(second.id, actor=SYSTEM)
    assert one.engine.decision(key="ระดับ").version == 1
    with pytest.raises(NotFound):
        one.engine.decision(id=newest.id)
