"""Loops, ad-hoc sub-processes, complex gateways, quantities and thrown ends of instances over the database, read anew before each step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from engine.errors import Conflict, NotFound
from engine.people import Actor
from engine.testing import ADMINISTRATOR, Stage, process
from tests.engine.spiff.stored import forget, rows

MakeStage = Callable[..., Stage]
START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'
CHILD = process("c", START + '<userTask id="t"/>' + END, "s -> t", "t -> e")
CALL = '<callActivity id="k" calledElement="c">{}<extensionElements><camunda:out variables="all"/></extensionElements></callActivity>'


def users(*ids: str) -> str:
    return "".join(f'<userTask id="{element_id}"/>' for element_id in ids)


def played(here: Stage, *steps: str | tuple[str, dict[str, Any]], **variables: Any) -> list[list[str]]:
    """What is open after the start and after each completed task, to the end."""
    instance = here.start("p", **variables)
    opened = [here.names()]
    for step in steps:
        forget(here)
        element_id, values = (step, {}) if isinstance(step, str) else step
        here.complete(element_id, **values)
        opened.append(here.names())
    assert here.state(instance) == "COMPLETED"
    assert here.engine.incidents(actor=ADMINISTRATOR).total == 0
    assert rows(here, "SELECT 1 FROM scope WHERE instance_id = ? AND id <> instance_id", instance.id) == [], "but for its variables"
    return opened


def drawn(body: str, *flows: str, outside: str = "") -> dict[str, bytes]:
    return {"p.bpmn": process("p", START + body + END, *flows, outside=outside), "c.bpmn": CHILD}


def test_a_complex_gateway_resets(stage: MakeStage) -> None:
    condition = "<activationCondition>${activationCount >= 2}</activationCondition>"
    gates = f'<parallelGateway id="f"/><complexGateway id="g">{condition}</complexGateway>'
    flows = ("s -> f", "f -> a", "f -> b", "f -> c", "a -> g", "b -> g", "c -> g", "g -> z", "z -> e")
    here = stage(drawn(users("a", "b", "c", "z") + gates, *flows))
    assert played(here, "b", "a", "z", "c") == [["a", "b", "c"], ["a", "c"], ["c", "z"], ["c"], []]


def test_a_call_activity_loops(stage: MakeStage) -> None:
    loop = "<standardLoopCharacteristics><loopCondition>${again}</loopCondition></standardLoopCharacteristics>"
    here = stage(drawn(CALL.replace("{}", "").replace("</callActivity>", loop + "</callActivity>"), "s -> k", "k -> e"))
    yes, no = ("t", {"again": True}), ("t", {"again": False})
    assert played(here, yes, yes, no) == [["t"], ["t"], ["t"], []]


@pytest.mark.parametrize(
    ("attributes", "condition", "steps", "opened"),
    [
        ("", "", ["a", "t", "b"], [["a", "b", "t"], ["b", "t"], ["b"], []]),
        ("", "${done}", [("a", {"done": True})], [["a", "b", "t"], []]),
        ('cancelRemainingInstances="false"', "${done}", [("a", {"done": True}), "t", "b"], [["a", "b", "t"], ["b", "t"], ["b"], []]),
        ('ordering="Sequential"', "", ["a", "b", "t"], [["a"], ["b"], ["t"], []]),
        ('ordering="Sequential"', "${done}", ["a", "b", "t", ("a", {"done": True})], [["a"], ["b"], ["t"], ["a"], []]),
    ],
)
def test_an_ad_hoc_sub_process(
    stage: MakeStage, attributes: str, condition: str, steps: Sequence[str | tuple[str, dict[str, Any]]], opened: list[list[str]]
) -> None:
    asked = f"<completionCondition>{condition}</completionCondition>" if condition else ""
    inside = users("a", "b") + CALL.format("") + asked
    here = stage(drawn(f'<adHocSubProcess id="h" {attributes}>{inside}</adHocSubProcess>', "s -> h", "h -> e"))
    assert played(here, *steps, done=False) == opened


def test_an_activity_of_an_ad_hoc_sub_process_is_started_once_more(stage: MakeStage) -> None:
    inside = users("a", "b", "c") + '<sequenceFlow id="i" sourceRef="b" targetRef="c"/>'
    here = stage(drawn(f'<adHocSubProcess id="h">{inside}</adHocSubProcess>' + users("z"), "s -> z", "z -> h", "h -> e"))
    instance = here.start("p")
    with pytest.raises(Conflict, match="is not open"):
        here.engine.start_activity(instance.id, "a", actor=ADMINISTRATOR)
    here.complete("z")
    here.complete("a")
    forget(here)
    here.engine.start_activity(instance.id, "a", actor=ADMINISTRATOR)
    assert here.names() == ["a", "b"]
    for element_id in ("c", "e"):  # something leads to the one, the other stands elsewhere
        with pytest.raises(Conflict):
            here.engine.start_activity(instance.id, element_id, actor=ADMINISTRATOR)
    with pytest.raises(NotFound):
        here.engine.start_activity(instance.id, "nothing", actor=ADMINISTRATOR)
    with pytest.raises(NotFound, match="no such instance"):  # who may not see it learns nothing of it
        here.engine.start_activity(instance.id, "a", actor=Actor("somebody"))
    for task in "abc":
        here.complete(task)
    assert here.state(instance) == "COMPLETED"


def test_an_activity_that_needs_two_tokens(stage: MakeStage) -> None:
    here = stage(drawn(users("a", "b") + '<userTask id="w" startQuantity="2"/>', "s -> a", "s -> b", "a -> w", "b -> w", "w -> e"))
    assert played(here, "a", "b", "w") == [["a", "b"], ["b"], ["w"], []]


def test_what_instances_throw_reaches_other_processes(stage: MakeStage) -> None:
    loop = (
        '<multiInstanceLoopCharacteristics behavior="None" noneBehaviorEventRef="sd"><loopCardinality>2</loopCardinality>'
        "</multiInstanceLoopCharacteristics>"
    )
    outside = '<signal id="S" name="voted"/><signalEventDefinition id="sd" signalRef="S"/>'
    hearing = process(
        "o", '<startEvent id="s"><signalEventDefinition signalRef="S"/></startEvent>' + users("heard") + END, "s -> heard", outside=outside
    )
    files = drawn(f'<userTask id="v">{loop}</userTask>', "s -> v", "v -> e", outside=outside)
    assert played(stage({**files, "o.bpmn": hearing}), "v", "v") == [["v", "v"], ["heard", "v"], ["heard", "heard"]]
