"""Gateways that cannot go on: an incident that names them, and the state before it (BPMN 2.0.2, 13.4)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import ExecutionFailed
from engine.testing import ADMINISTRATOR, Stage, process

MakeStage = Callable[..., Stage]
BODY = '<startEvent id="s"/><userTask id="a"/><userTask id="b"/><userTask id="c"/><endEvent id="e"/>'


@pytest.mark.bpmn("exclusive-gateway")
def test_an_exclusive_gateway_without_a_way_out_is_an_incident_that_names_it(stage: MakeStage) -> None:
    gateway = '<exclusiveGateway id="g" name="ผ่านไหม"/>'
    flows = ("s -> a", "a -> g", "b -> g", "g -> b: x == 1", "g -> c: x == 2", "c -> e")
    here = stage({"p.bpmn": process("p", BODY + gateway, *flows)})
    instance = here.start("p")
    with pytest.raises(ExecutionFailed, match=r"'ผ่านไหม' \(g\) cannot choose"):
        here.complete("a", x=3)
    (incident,) = here.engine.incidents(actor=ADMINISTRATOR).items
    assert (incident.type, incident.element_id, incident.element_name) == ("failedStep", "g", "ผ่านไหม")
    assert (here.names(), here.variables(instance)) == (["a"], {})
    here.complete("a", x=1)
    here.complete("b", x=2)
    assert here.names() == ["c"], "a gateway that joins and decides lets each token pass"


@pytest.mark.bpmn("parallel-gateway")
def test_a_join_that_misses_a_token_for_ever_is_an_incident_that_names_it(stage: MakeStage) -> None:
    gates = '<exclusiveGateway id="x"/><parallelGateway id="j" name="พร้อมกัน"/>'
    flows = ("s -> x", "x -> a: first", "x -> b: not first", "a -> j", "b -> j", "j -> e")
    here = stage({"p.bpmn": process("p", BODY + gates, *flows)})
    instance = here.start("p", first=True)
    here.complete("a")
    (incident,) = here.engine.incidents(actor=ADMINISTRATOR).items
    assert (incident.type, incident.instance_id, incident.element_id) == ("stuck", instance.id, "j")
    assert "'พร้อมกัน' (j) waits for what cannot come" in incident.message
    assert here.state(instance) == "ACTIVE"


@pytest.mark.bpmn("parallel-gateway")
def test_a_split_without_a_join_ends_when_all_have_ended(stage: MakeStage) -> None:
    here = stage({"p.bpmn": process("p", BODY + '<parallelGateway id="f"/>', "s -> f", "f -> a", "f -> b", "f -> c", "b -> e", "c -> e")})
    instance = here.start("p")
    for task in "cab":
        assert here.state(instance) == "ACTIVE"
        here.complete(task)
    assert here.state(instance) == "COMPLETED"


@pytest.mark.bpmn("inclusive-gateway")
def test_inclusive_joins_that_wait_for_one_another_are_an_incident_that_names_both(stage: MakeStage) -> None:
    """By the rule of 13.4.3 neither may go on: a token at each could still reach the other's empty flow (in a loop they stand in)."""
    gates = (
        '<parallelGateway id="f"/><inclusiveGateway id="j1" name="รวมแรก"/><inclusiveGateway id="j2" name="รวมหลัง"/>'
        '<exclusiveGateway id="x1"/><exclusiveGateway id="x2"/>'
    )
    flows = ("s -> f", "f -> a", "f -> b", "a -> j1", "b -> j2", "j1 -> x1", "x1 -> j2", "x1 -> e", "j2 -> x2", "x2 -> j1", "x2 -> e")
    here = stage({"p.bpmn": process("p", BODY.replace('<userTask id="c"/>', "") + gates, *flows)})
    here.start("p")
    here.complete("a")
    here.complete("b")
    (incident,) = here.engine.incidents(actor=ADMINISTRATOR).items
    assert (incident.type, incident.element_id) == ("stuck", "j1")
    assert (incident.message_th or "").startswith("“รวมแรก” (j1) และ “รวมหลัง” (j2) ต่างรอกันเอง กระบวนการยังไม่จบ")
    assert "'รวมแรก' (j1) and 'รวมหลัง' (j2) wait for one another" in incident.message


@pytest.mark.bpmn("parallel-gateway")
def test_a_join_inside_a_sub_process_is_named(stage: MakeStage) -> None:
    inside = (
        '<startEvent id="s1"/><userTask id="a"/><userTask id="b"/><exclusiveGateway id="x"/><parallelGateway id="j"/><endEvent id="e1"/>'
    )
    pairs = [("s1", "x", ""), ("x", "a", "first"), ("x", "b", "not first"), ("a", "j", ""), ("b", "j", ""), ("j", "e1", "")]
    drawn = "".join(
        f'<sequenceFlow id="i{number}" sourceRef="{source}" targetRef="{target}">'
        + (f"<conditionExpression>${{{condition}}}</conditionExpression>" if condition else "")
        + "</sequenceFlow>"
        for number, (source, target, condition) in enumerate(pairs)
    )
    body = f'<startEvent id="s"/><subProcess id="p1">{inside}{drawn}</subProcess><endEvent id="e"/>'
    here = stage({"p.bpmn": process("p", body, "s -> p1", "p1 -> e")})
    here.start("p", first=True)
    here.complete("a")
    assert here.engine.incidents(actor=ADMINISTRATOR).items[0].element_id == "j"
