"""What a multi-instance activity throws as its instances end: behavior None, One, All and Complex (BPMN 2.0.2, 10.3.8, table 10.30)."""

from __future__ import annotations

import pytest

from engine.spiff.memory import Run
from tests.drawing import users
from tests.engine.spiff.test_flows import ENDS, run

pytestmark = pytest.mark.bpmn("multi-instance-behavior")

ROOTS = (
    '<signal id="S" name="voted"/><signalEventDefinition id="sd" signalRef="S"/>'
    '<escalation id="X" escalationCode="late"/><escalationEventDefinition id="xd" escalationRef="X"/>'
    '<error id="E" errorCode="bad"/><errorEventDefinition id="ed" errorRef="E"/><signal id="D" name="a"/>'
)
SIGNAL, ESCALATION, ERROR = (
    f'<{kind}EventDefinition {kind}Ref="{reference}"/>' for kind, reference in (("signal", "S"), ("escalation", "X"), ("error", "E"))
)


def votes(attributes: str, catch: str, *, interrupting: bool = False, inside: str = "", sequential: bool = False) -> Run:
    """Three instances of a task `a` with a boundary event that leads to `seen`."""
    loop = (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}" {attributes}><loopCardinality>3</loopCardinality>'
        f"{inside}</multiInstanceLoopCharacteristics>"
    )
    boundary = f'<boundaryEvent id="b" attachedToRef="a" cancelActivity="{str(interrupting).lower()}">{catch}</boundaryEvent>'
    body = ENDS + f'<userTask id="a">{loop}</userTask>' + users("seen", "after") + (boundary if catch else "")
    return run(body, "s > a > after > e" + ("; b > seen" if catch else ""), definitions=ROOTS).start()


@pytest.mark.parametrize("sequential", [False, True])
@pytest.mark.parametrize(
    ("attributes", "seen"),
    [
        ('behavior="None" noneBehaviorEventRef="sd"', [1, 2, 3]),
        ('behavior="One" oneBehaviorEventRef="sd"', [1, 1, 1]),
        ('behavior="All"', [0, 0, 0]),
    ],
)
def test_at_each_end_at_the_first_or_never(attributes: str, seen: list[int], sequential: bool) -> None:
    r = votes(attributes, SIGNAL, sequential=sequential)
    for times in seen:
        assert r.complete("a").open.count("seen") == times
    assert r.open.count("after") == 1
    assert r.host.thrown == [], "what a boundary event of the activity catches goes nowhere else"


@pytest.mark.parametrize(("catch", "reference"), [(SIGNAL, "sd"), (ESCALATION, "xd"), (ERROR, "ed")])
def test_an_interrupting_boundary_ends_the_other_instances(catch: str, reference: str) -> None:
    r = votes(f'behavior="One" oneBehaviorEventRef="{reference}"', catch, interrupting=True).complete("a")
    assert r.open == ["seen"]
    assert r.complete("seen").instance.ended
    assert not r.host.rows or list(r.host.rows) == ["instance"]


def test_escalations_are_caught_each_time() -> None:
    r = votes('behavior="None" noneBehaviorEventRef="xd"', ESCALATION)
    assert sorted(r.complete("a").complete("a").open) == ["a", "seen", "seen"]


def test_what_no_boundary_catches_leaves_the_instance() -> None:
    r = votes('behavior="None" noneBehaviorEventRef="sd"', "").complete("a").complete("a").complete("a")
    assert r.host.thrown == [("signal", "voted")] * 3
    assert r.open == ["after"]


def test_the_standards_own_signal_has_the_activitys_id() -> None:
    assert votes('behavior="One"', '<signalEventDefinition signalRef="D"/>').complete("a").open == ["a", "a", "seen"]
    assert votes('behavior="None"', "").complete("a").host.thrown == [("signal", "a")]


def test_complex_behavior_asks_a_condition_for_each_event() -> None:
    definition = '<complexBehaviorDefinition id="c{0}"><condition>{1}</condition><event id="v{0}">{2}</event></complexBehaviorDefinition>'
    complex_definitions = definition.format(1, "${nrOfCompletedInstances == 2}", SIGNAL) + definition.format(2, "${yes}", ESCALATION)
    r = votes('behavior="Complex"', SIGNAL, inside=complex_definitions)
    r.complete("a", {"yes": False})
    assert r.open == ["a", "a"]
    r.complete("a", {"yes": True})
    assert sorted(r.open) == ["a", "seen"]
    assert r.complete("a", {"yes": False}).open == ["seen", "after"]
