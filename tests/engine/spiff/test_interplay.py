"""Where constructs meet: boundaries and event sub-processes around repeated and nested work, and what must not escape its place."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import ExecutionFailed, Invalid
from engine.spiff import DEFERRED, BpmnError, Limits
from engine.spiff.memory import MemoryHost
from tests.drawing import users
from tests.engine.spiff.test_flows import ENDS, run
from tests.engine.spiff.test_scopes import CYCLE, ERRORS, MESSAGE, MESSAGES, TIMER, sub

ON_BAD = '<errorEventDefinition errorRef="E"/>'
EACH = '<multiInstanceLoopCharacteristics {}camunda:collection="xs" camunda:elementVariable="x" {}/>'
BY_ERROR = 'triggeredByEvent="true"'


def parameters(*pairs: tuple[str, str, str]) -> str:
    drawn = "".join(f'<camunda:{side}Parameter name="{name}">{value}</camunda:{side}Parameter>' for side, name, value in pairs)
    return f"<extensionElements><camunda:inputOutput>{drawn}</camunda:inputOutput></extensionElements>"


MINE = parameters(("input", "mine", "${x + 1}"), ("output", "out", "${mine * 10}"))


@pytest.mark.bpmn("multi-instance-parallel", "multi-instance-sequential")
@pytest.mark.parametrize("sequential", ["", 'isSequential="true" '])
@pytest.mark.parametrize("inside", ['<startEvent id="s1"/>' + users("a"), None])
def test_every_instance_has_parameters_of_its_own(sequential: str, inside: str | None) -> None:
    result = 'ruam:resultCollection="outs" ruam:resultExpression="${out}"'
    loop = EACH.format(sequential, result)
    if inside is None:
        r = run(ENDS + f'<userTask id="a">{MINE}{loop}</userTask>', "s > a > e")
    else:
        r = run(ENDS + sub(inside, characteristics=MINE + loop), "s > p1 > e", inner={"p1": "s1 > a"})
    r.start({"xs": [1, 2]})
    for _ in range(2):
        token = next(iter(r.host.tasks.values()))
        assert token.view()["mine"] == token.view()["x"] + 1
        r.complete("a")
    assert r.instance.ended
    assert r.variables == {"xs": [1, 2], "outs": [20, 30]}


def test_without_a_declared_result_outputs_go_outside() -> None:
    r = run(
        ENDS + sub('<startEvent id="s1"/>' + users("a"), characteristics=MINE + EACH.format("", "")), "s > p1 > e", inner={"p1": "s1 > a"}
    )
    r.start({"xs": [1, 2]}).complete("a").complete("a")
    assert r.variables == {"xs": [1, 2], "out": 30}


@pytest.mark.bpmn("multi-instance-parallel")
def test_instances_that_declare_a_result_write_nothing_else_outside() -> None:
    loop = EACH.format("", 'ruam:resultCollection="r" ruam:resultExpression="${total}"')
    script = '<startEvent id="s1"/><scriptTask id="k"><script>total = total + x</script></scriptTask>'
    r = run(ENDS + sub(script, characteristics=loop), "s > p1 > e", inner={"p1": "s1 > k"}).start({"xs": [1, 2], "total": 10})
    assert r.variables == {"xs": [1, 2], "total": 10, "r": [11, 12]}


def test_a_result_without_a_collection_is_nothing() -> None:
    loop = EACH.format("", 'ruam:resultExpression="${x}"')
    assert run(ENDS + f'<userTask id="a">{loop}</userTask>', "s > a > e").start({"xs": [1]}).complete("a").variables == {"xs": [1]}


@pytest.mark.bpmn("multi-instance-completion")
def test_a_completion_condition_is_true_or_false() -> None:
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
        "<completionCondition>${nrOfCompletedInstances}</completionCondition></multiInstanceLoopCharacteristics>"
    )
    r = run(ENDS + f'<userTask id="v">{loop}</userTask>', "s > v > e").start()
    with pytest.raises(ExecutionFailed, match="gives 1, not true or false"):
        r.complete("v")


@pytest.mark.bpmn("multi-instance-completion")
def test_the_engines_counters_cannot_be_set() -> None:
    loop = EACH.format("", "")
    r = run(ENDS + f'<userTask id="v">{loop}</userTask>', "s > v > e").start({"xs": [1]})
    with pytest.raises(Invalid, match="loopCounter"):
        r.complete("v", {"loopCounter": 7})
    call = (
        f'<callActivity id="k" calledElement="o"><extensionElements><camunda:out variables="all"/></extensionElements>{loop}</callActivity>'
    )
    r = run(ENDS + call, "s > k > e").start({"xs": [1]}).complete("k", {"y": 1, "loopCounter": 0})
    assert r.variables == {"xs": [1], "y": 1}


@pytest.mark.bpmn("end-terminate")
def test_terminate_ends_one_instance_of_many() -> None:
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    inside = '<startEvent id="s1"/>' + users("a", "b") + '<endEvent id="e1"><terminateEventDefinition/></endEvent>'
    r = run(ENDS + users("c") + sub(inside, characteristics=loop), "s > p1 > c > e", inner={"p1": "s1 > a > e1; s1 > b"}).start()
    assert sorted(r.complete("a").open) == ["a", "b"]
    assert r.complete("a").open == ["c"]


@pytest.mark.bpmn("boundary-interrupting")
def test_boundaries_of_a_repeated_activity_stand_once_for_all() -> None:
    loop = EACH.format('isSequential="true" ', "")
    task = f'<userTask id="v">{loop}</userTask>'
    for attribute, opened in (('cancelActivity="false"', ["n", "v"]), ("", ["n"])):
        body = ENDS + users("n") + task + f'<boundaryEvent id="m" attachedToRef="v" {attribute}>{MESSAGE}</boundaryEvent>'
        r = run(body, "s > v > e; m > n > e", definitions=MESSAGES).start({"xs": [1, 2]})
        assert r.waiting_for == ["m"]
        r.complete("v").occur("m")
        assert sorted(r.open) == opened
    inside = '<startEvent id="s1"/><serviceTask id="w"/>'
    caught = f'<boundaryEvent id="b" attachedToRef="p1">{ON_BAD}</boundaryEvent>'
    host = MemoryHost(work_done={"w": BpmnError("bad")})
    body = ENDS + users("n") + sub(inside, characteristics=EACH.format("", "")) + caught
    r = run(body, "s > p1 > e; b > n > e", inner={"p1": "s1 > w"}, host=host, definitions=ERRORS).start({"xs": [1, 2, 3]})
    assert r.open == ["n"]
    assert list(r.host.rows) == ["instance"]


@pytest.mark.bpmn("event-sub-process")
def test_an_event_sub_process_does_not_catch_what_is_thrown_in_it() -> None:
    esp = sub(f'<startEvent id="s2">{ON_BAD}</startEvent><serviceTask id="again"/>', id="p2", attributes=BY_ERROR)
    outer = f'<boundaryEvent id="b" attachedToRef="p1">{ON_BAD}</boundaryEvent>'
    host = MemoryHost(work_done={"w": BpmnError("bad"), "again": BpmnError("bad")})
    body = ENDS + users("x") + sub('<startEvent id="s1"/><serviceTask id="w"/>' + esp) + outer
    inner = {"p1": "s1 > w", "p2": "s2 > again"}
    assert run(body, "s > p1 > e; b > x > e", inner=inner, host=host, definitions=ERRORS).start().open == ["x"]
    with pytest.raises(ExecutionFailed, match="nobody catches"):
        run(ENDS + '<serviceTask id="w"/>' + esp, "s > w > e", inner={"p2": "s2 > again"}, host=host, definitions=ERRORS).start()


@pytest.mark.bpmn("boundary-error")
def test_code_and_message_of_an_error_go_to_variables_and_codes_may_be_computed() -> None:
    names = 'camunda:errorCodeVariable="code" camunda:errorMessageVariable="said"'
    body = ENDS + users("a") + '<serviceTask id="w"/>'
    body += f'<boundaryEvent id="b" attachedToRef="w"><errorEventDefinition errorRef="E" {names}/></boundaryEvent>'
    host = MemoryHost(work_done={"w": BpmnError("bad-1", "no paper", {"more": 1})})
    computed = '<error id="E" errorCode="bad-${n}"/>'
    r = run(body, "s > w > e; b > a > e", host=host, definitions=computed).start({"n": 1})
    assert (r.open, r.variables) == (["a"], {"n": 1, "code": "bad-1", "said": "no paper", "more": 1})
    inside = f'<startEvent id="s1"/><endEvent id="e1">{ON_BAD}</endEvent>'
    body = ENDS + users("a") + sub(inside) + f'<boundaryEvent id="b" attachedToRef="p1">{ON_BAD}</boundaryEvent>'
    assert run(body, "s > p1 > e; b > a > e", inner={"p1": "s1 > e1"}, definitions=computed).start({"n": 2}).open == ["a"]


@pytest.mark.bpmn("event-sub-process", "sub-start-non-interrupting")
@pytest.mark.parametrize("live", [True, False])
def test_an_event_sub_process_with_a_cycle_runs_each_time_in_each_instance(live: bool) -> None:
    esp = sub(f'<startEvent id="s2" isInterrupting="false">{CYCLE}</startEvent>' + users("n"), id="p2", attributes=BY_ERROR)
    body = ENDS + sub('<startEvent id="s1"/>' + users("a") + esp, characteristics=EACH.format("", ""))
    r = run(body, "s > p1 > e", inner={"p1": "s1 > a", "p2": "s2 > n"}, live=live).start({"xs": [1, 2]})
    assert r.waiting_for == ["p2", "p2"]
    r.occur("p2").occur("p2")
    assert sorted(r.open) == ["a", "a", "n", "n"]
    r.complete("a")
    assert len(r.waiting_for) == 2, "the first instance still has its own work"
    r.complete("n").complete("n")
    assert r.waiting_for == ["p2"]
    assert r.complete("a").instance.ended


@pytest.mark.bpmn("event-sub-process", "sub-start-interrupting")
def test_an_interrupting_event_sub_process_ends_nested_work_and_the_others_wait() -> None:
    deep = sub('<startEvent id="s3"/>' + users("deep"), id="p3")
    first = sub(f'<startEvent id="s4">{MESSAGE}</startEvent>' + users("n"), id="p4", attributes=BY_ERROR)
    second = sub(f'<startEvent id="s5">{TIMER}</startEvent>' + users("m"), id="p5", attributes=BY_ERROR)
    body = ENDS + sub('<startEvent id="s1"/>' + deep + first + second)
    r = run(body, "s > p1 > e", inner={"p3": "s3 > deep", "p4": "s4 > n", "p5": "s5 > m", "p1": "s1 > p3"}, definitions=MESSAGES).start()
    assert r.occur("p4").open == ["n"]
    assert r.waiting_for == []
    assert r.complete("n").instance.ended


@pytest.mark.bpmn("parallel-gateway")
def test_tokens_that_arrive_again_at_a_join_wait_for_the_next_round() -> None:
    body = ENDS + users("a", "b", "c") + '<exclusiveGateway id="m"/><parallelGateway id="j"/><exclusiveGateway id="x"/>'
    flows = "s > a; s > b; a > m > j; b > j; j > c > x; x >[again] m; x >* e"
    r = run(body, flows).start().complete("a").complete("b")
    r.complete("c", {"again": True})
    assert r.open == [], "the join waits for the other flow again"
    body += users("d")
    r = run(body, "s > a; s > b; s > d; a > m; d > m; m > j; b > j; j > c > x; x >* e; x >[again] b").start()
    r.complete("a").complete("d").complete("b")
    assert r.open == ["c"]
    r.complete("c", {"again": True})
    assert r.complete("b").open == ["c"]
    assert r.complete("c", {"again": False}).instance.ended


@pytest.mark.bpmn("conditional-flow")
def test_a_single_conditional_flow_is_looked_at() -> None:
    for node in ('<exclusiveGateway id="g"/>', '<inclusiveGateway id="g"/>', '<task id="g"/>'):
        assert run(ENDS + users("a") + node, "s > g; g >[x] a; a > e").start({"x": True}).open == ["a"]
        with pytest.raises(ExecutionFailed, match="no condition"):
            run(ENDS + users("a") + node, "s > g; g >[x] a; a > e").start({"x": False})


@pytest.mark.bpmn("send-task", "throw-message", "end-message")
@pytest.mark.parametrize("element", [
    '<sendTask id="w" messageRef="M" ruam:handler="h"/>',
    f'<intermediateThrowEvent id="w" ruam:handler="h">{MESSAGE}</intermediateThrowEvent>',
    f'<endEvent id="w" ruam:handler="h">{MESSAGE}</endEvent>',
])  # fmt: skip
def test_work_named_with_a_message_sends_it(element: str) -> None:
    flows = "s > w" if "endEvent" in element else "s > w > e"
    done: list[dict[str, Any]] = [{"w": {"sent": 1}}, {"w": DEFERRED}]
    for work in done:
        r = run(ENDS + element, flows, host=MemoryHost(work_done=work), definitions=MESSAGES).start()
        if work["w"] is DEFERRED:
            assert not r.instance.ended
            r.complete("w", {"sent": 1})
        assert r.instance.ended
        assert (r.variables, r.host.thrown) == ({"sent": 1}, [])


def test_values_that_python_holds_equal_are_kept_apart() -> None:
    r = run(ENDS + users("a", "b"), "s > a > b > e").start({"x": [1], "y": {"z": 1}, "n": 1})
    r.complete("a", {"x": [True], "y": {"z": 1.0}, "n": True})
    assert (str(r.variables["x"]), str(r.variables["y"]), str(r.variables["n"])) == ("[True]", "{'z': 1.0}", "True")


def test_scopes_count_as_work_so_that_nested_repetition_ends() -> None:
    for sequential in ("true", "false"):
        times = "<loopCardinality>1000</loopCardinality>"
        loop = f'<multiInstanceLoopCharacteristics isSequential="{sequential}">{times}</multiInstanceLoopCharacteristics>'
        body = ENDS + f'<subProcess id="p1">{loop}<startEvent id="s1"/><subProcess id="p2">{loop}</subProcess>{{flows:p1}}</subProcess>'
        r = run(body, "s > p1 > e", inner={"p1": "s1 > p2"}, live=True)
        r.limits = Limits(elements=2_000)
        with pytest.raises(ExecutionFailed, match="longer than one step may"):
            r.start()
        assert len(r.instance.scopes) <= 2_000


@pytest.mark.parametrize("definition", [ON_BAD, "<terminateEventDefinition/>"])
def test_what_was_about_to_run_does_not_when_its_scope_ends_before(definition: str) -> None:
    end = f'<endEvent id="e1">{definition}</endEvent>'
    inside = f'<startEvent id="s1"/><parallelGateway id="f"/>{end}<scriptTask id="k"><script>ran = true</script></scriptTask>' + users("u")
    body = ENDS + users("x") + sub(inside) + f'<boundaryEvent id="b" attachedToRef="p1">{ON_BAD}</boundaryEvent>'
    flows = {"p1": "s1 > f; f > u; f > e1; f > k"}
    r = run(body, "s > p1 > x > e; b > x", inner=flows, definitions=ERRORS).start()
    assert (r.open, r.variables, list(r.host.rows)) == (["x"], {}, ["instance"])
