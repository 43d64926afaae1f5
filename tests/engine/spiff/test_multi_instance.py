"""What multi-instance activities are given and what they give back (BPMN 2.0.2, 10.3.8 and 13.3.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.errors import Conflict, ExecutionFailed
from engine.people import SYSTEM
from engine.testing import Stage, process
from tests.drawing import users
from tests.engine.spiff.test_flows import ENDS, run

FLOWABLE = 'xmlns:flowable="http://flowable.org/bpmn"'


def many(inside: str, attributes: str = "") -> str:
    return f"<multiInstanceLoopCharacteristics {attributes}>{inside}</multiInstanceLoopCharacteristics>"


@pytest.mark.bpmn("multi-instance-completion")
@pytest.mark.parametrize("sequential", ["true", "false"])
def test_once_it_is_complete_no_further_instance_begins(sequential: str) -> None:
    loop = many(
        "<loopCardinality>8</loopCardinality><completionCondition>${nrOfCompletedInstances == 2}</completionCondition>",
        f'isSequential="{sequential}"',
    )
    r = run(ENDS + f'<scriptTask id="c">{loop}<script>n = n + 1</script></scriptTask>', "s > c > e").start({"n": 0})
    assert r.instance.ended
    assert r.variables["n"] == 2


@pytest.mark.bpmn("multi-instance-parallel")
@pytest.mark.parametrize(("said", "count"), [(3, 3), ("3", 3), (3.0, 3), ("0", 0)])
def test_a_cardinality_may_be_text_or_a_whole_decimal(said: Any, count: int) -> None:
    r = run(ENDS + f'<userTask id="v">{many("<loopCardinality>${n}</loopCardinality>")}</userTask>', "s > v > e").start({"n": said})
    assert r.open == ["v"] * count


@pytest.mark.parametrize("said", [-1, "-1", "three", 1.5, True, None])
def test_what_is_no_number_of_instances_is_refused(said: Any) -> None:
    r = run(ENDS + f'<userTask id="v">{many("<loopCardinality>${n}</loopCardinality>")}</userTask>', "s > v > e")
    with pytest.raises(ExecutionFailed, match="cannot be repeated"):
        r.start({"n": said})


@pytest.mark.bpmn("multi-instance-parallel")
@pytest.mark.parametrize(
    ("one", "result", "variables"),
    [
        ('id="one_in" name="one"', 'id="one_out" name="done"', ("one", "done")),
        ('id="one_in" name="one of them"', 'id="one_out" name="what is done"', ("one_in", "one_out")),
        ('name="one"', 'id="one_out"', ("one", "one_out")),
    ],
)
def test_data_items_go_by_their_name_where_it_is_one_else_by_their_id(one: str, result: str, variables: tuple[str, str]) -> None:
    refs = "<loopDataInputRef>xs</loopDataInputRef><loopDataOutputRef>ys</loopDataOutputRef>"
    loop = many(f"{refs}<inputDataItem {one}/><outputDataItem {result}/>")
    r = run(ENDS + users("z") + f'<userTask id="v">{loop}</userTask>', "s > v > z > e").start({"xs": [1, 2]})
    assert [token.view()[variables[0]] for token in r.host.tasks.values()] == [1, 2]
    r.complete("v", {variables[1]: 10}).complete("v", {variables[1]: 20})
    assert r.variables["ys"] == [10, 20]


@pytest.mark.bpmn("multi-instance-parallel")
def test_flowables_aggregation_gathers_the_variables_it_names() -> None:
    aggregation = (
        f'<extensionElements><flowable:variableAggregation {FLOWABLE} target="reviews"><variable source="approved"/>'
        '<variable sourceExpression="${score * 2}" target="points"/></flowable:variableAggregation></extensionElements>'
    )
    loop = many(f"{aggregation}<loopCardinality>2</loopCardinality>")
    r = run(ENDS + users("z") + f'<userTask id="v">{loop}</userTask>', "s > v > z > e").start()
    r.complete("v", {"approved": False, "score": 1}, index=1).complete("v", {"approved": True, "score": 4})
    assert r.variables == {"reviews": [{"approved": True, "points": 8}, {"approved": False, "points": 2}]}


def test_java_that_makes_a_collection_is_refused(stage: Callable[..., Stage]) -> None:
    handler = f'<extensionElements><flowable:collection {FLOWABLE} flowable:class="org.example.Owners"/></extensionElements>'
    loop = many(handler, f'{FLOWABLE} flowable:collection="${{owners}}" flowable:elementVariable="owner"')
    body = f'{ENDS}<userTask id="v" camunda:candidateGroups="g">{loop}</userTask>'
    found = stage().engine.check({"p.bpmn": process("p", body, "s -> v", "v -> e")})
    assert [(problem.rule, problem.element_id) for problem in found if problem.severity == "error"] == [("java-class", "v")]


@pytest.mark.bpmn("receive-task", "multi-instance-parallel")
def test_a_message_goes_to_the_first_of_alike_instances(stage: Callable[..., Stage]) -> None:
    loop = many("<loopCardinality>2</loopCardinality>")
    body = f'{ENDS}<receiveTask id="v" messageRef="m">{loop}</receiveTask>'
    one = stage({"p.bpmn": process("p", body, "s -> v", "v -> e", outside='<message id="m" name="paper"/>')})
    first = one.start("p")
    one.engine.correlate("paper", actor=SYSTEM)
    second = one.start("p")
    with pytest.raises(Conflict, match="Several wait"):
        one.engine.correlate("paper", actor=SYSTEM)
    one.engine.cancel(second.id, reason="so that the other is meant", actor=SYSTEM)
    one.engine.correlate("paper", actor=SYSTEM)
    assert one.state(first) == "COMPLETED"


@pytest.mark.bpmn("input-output", "multi-instance-parallel")
def test_a_collection_may_be_a_data_input_whose_name_is_a_description() -> None:
    declared = '<ioSpecification><dataInput id="xs" name="the list"/><inputSet/><outputSet/></ioSpecification>'
    loop = many('<loopDataInputRef>xs</loopDataInputRef><inputDataItem id="x" name="one of the list"/>')
    r = run(ENDS + f'<userTask id="v">{declared}{loop}</userTask>', "s > v > e").start({"xs": ["a", "b"]})
    assert [token.view()["x"] for token in r.host.tasks.values()] == ["a", "b"]
