"""How tokens go from element to element (BPMN 2.0.2, 13.2 to 13.4)."""

from __future__ import annotations

import pytest

from engine.diagrams import read
from engine.errors import Conflict, ExecutionFailed
from engine.spiff import DEFERRED, BpmnError, Compiled
from engine.spiff.memory import MemoryHost, Run
from tests.drawing import draw, users

ENDS = '<startEvent id="s"/><endEvent id="e"/>'


def run(body: str, flows: str = "", *, host: MemoryHost | None = None, live: bool = False, **more: object) -> Run:
    diagram = read(draw(body, flows, **more), "test.bpmn")  # type: ignore[arg-type]
    return Run(Compiled.build(diagram.processes[0]), host, live)


@pytest.mark.bpmn("sequence-flow", "user-task", "start-none", "end-none")
def test_a_sequence_runs_to_its_end() -> None:
    r = run(ENDS + users("a", "b"), "s > a > b > e").start()
    assert r.open == ["a"]
    r.complete("a")
    assert r.open == ["b"]
    r.complete("b")
    assert r.instance.ended
    assert r.completed() == ["s", "a", "b", "e"]


def test_ids_start_and_end_are_ordinary() -> None:
    r = run('<startEvent id="Start"/>' + users("Root") + '<endEvent id="End"/>', "Start > Root > End").start().complete("Root")
    assert r.instance.ended


@pytest.mark.bpmn("implicit-end")
def test_what_has_no_outgoing_flow_ends_its_path() -> None:
    assert run('<startEvent id="s"/>' + users("a"), "s > a").start().complete("a").instance.ended


@pytest.mark.bpmn("implicit-split")
def test_several_flows_out_of_an_activity_split() -> None:
    r = run(ENDS + users("a", "b", "c"), "s > a > b > e; a > c > e").start().complete("a")
    assert sorted(r.open) == ["b", "c"]
    r.complete("b")
    assert not r.instance.ended
    assert r.complete("c").instance.ended


@pytest.mark.bpmn("conditional-flow", "default-flow")
@pytest.mark.parametrize(("x", "opened"), [(1, ["b"]), (2, ["c"]), (3, ["d"])])
def test_conditional_and_default_flows_out_of_an_activity(x: int, opened: list[str]) -> None:
    r = run(ENDS + users("a", "b", "c", "d"), "s > a; a >[x == 1] b; a >[x == 2] c; a >* d").start().complete("a", {"x": x})
    assert r.open == opened


@pytest.mark.bpmn("exclusive-gateway", "default-flow")
@pytest.mark.parametrize(("x", "opened"), [(5, ["b"]), (15, ["c"]), (0, ["d"])])
def test_exclusive_gateway_takes_the_first_that_holds(x: int, opened: list[str]) -> None:
    r = run(ENDS + users("b", "c", "d") + '<exclusiveGateway id="g"/>', "s > g; g >[x > 10] c; g >[x > 0] b; g >* d").start({"x": x})
    assert r.open == opened


@pytest.mark.bpmn("exclusive-gateway")
def test_exclusive_gateway_without_a_way_out_names_itself() -> None:
    r = run(ENDS + users("b", "c") + '<exclusiveGateway id="g" name="ผ่านไหม"/>', "s > g; g >[x == 1] b; g >[x == 2] c")
    with pytest.raises(ExecutionFailed, match="ผ่านไหม") as caught:
        r.start({"x": 3})
    assert caught.value.facts["element_id"] == "g"


@pytest.mark.bpmn("parallel-gateway")
def test_parallel_gateway_waits_for_every_flow() -> None:
    gates = '<parallelGateway id="f"/><parallelGateway id="j"/>'
    r = run(ENDS + users("a", "b", "c") + gates, "s > f > a > j > c > e; f > b > j").start()
    assert r.complete("a").open == ["b"]
    assert r.complete("b").open == ["c"]
    assert r.complete("c").instance.ended


@pytest.mark.bpmn("parallel-gateway")
def test_parallel_join_needs_each_flow_not_just_as_many_tokens() -> None:
    body = ENDS + users("a", "b", "c", "d") + '<exclusiveGateway id="m"/><parallelGateway id="j"/>'
    r = run(body, "s > a > m; s > b > m > j; s > c > j > d > e").start()
    r.complete("a").complete("b")
    assert r.open == ["c"], "two tokens on one flow are not one on each"
    r.complete("c")
    assert r.open == ["d"]
    r.complete("d")
    assert not r.instance.ended, "the second token on the first flow still waits"


@pytest.mark.bpmn("inclusive-gateway")
def test_inclusive_gateway_joins_what_was_split() -> None:
    gates = '<inclusiveGateway id="f"/><inclusiveGateway id="j"/>'
    flows = "s > f; f >[x > 0] a; f >[x > 1] b; f >* c; a > j; b > j; c > j; j > d; d > e"
    body = ENDS + users("a", "b", "c", "d") + gates
    both = run(body, flows).start({"x": 2})
    assert sorted(both.open) == ["a", "b"]
    assert both.complete("a").open == ["b"]
    assert both.complete("b").open == ["d"]
    assert run(body, flows).start({"x": 1}).complete("a").open == ["d"]
    assert run(body, flows).start({"x": 0}).complete("c").open == ["d"]


@pytest.mark.bpmn("implicit-end")
@pytest.mark.parametrize("gateway", ["exclusive", "inclusive", "parallel", "complex"])
def test_a_join_that_nothing_leaves_ends_its_paths(gateway: str) -> None:
    r = run(f'<startEvent id="s"/><{gateway}Gateway id="j"/>' + users("a", "b"), "s > a > j; s > b > j").start().complete("a")
    assert not r.instance.ended
    assert r.complete("b").instance.ended
    assert "j" in r.completed()


@pytest.mark.bpmn("inclusive-gateway")
def test_inclusive_join_waits_for_a_loop_that_may_still_arrive() -> None:
    body = ENDS + users("a", "b", "d") + '<inclusiveGateway id="f"/><inclusiveGateway id="j"/><exclusiveGateway id="x"/>'
    r = run(body, "s > f; f >[true] a; f >[true] b; a > x; x >[again] a; x >* j; b > j; j > d; d > e").start()
    r.complete("b").complete("a", {"again": True})
    assert r.open == ["a"]
    r.complete("a", {"again": False})
    assert r.open == ["d"]


@pytest.mark.bpmn("inclusive-gateway")
@pytest.mark.parametrize("live", [True, False])
def test_inclusive_join_goes_on_once_nothing_more_can_reach_it(live: bool) -> None:
    gates = '<parallelGateway id="f"/><inclusiveGateway id="j"/><exclusiveGateway id="x"/><endEvent id="elsewhere"/>'
    r = run(ENDS + users("a", "b", "d") + gates, "s > f; f > a > x; x >[here] j; x >* elsewhere; f > b > j > d > e", live=live)
    assert r.start().complete("b").open == ["a"], "it may still come"
    assert r.complete("a", {"here": False}).open == ["d"], "it went elsewhere"
    assert r.complete("d").instance.ended


@pytest.mark.bpmn("inclusive-gateway")
@pytest.mark.parametrize("interrupting", [True, False])
def test_inclusive_join_and_a_boundary_event_of_a_branch(interrupting: bool) -> None:
    timer = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
    boundary = f'<boundaryEvent id="t" attachedToRef="a" cancelActivity="{str(interrupting).lower()}">{timer}</boundaryEvent>'
    gates = '<parallelGateway id="f"/><inclusiveGateway id="j"/>'
    beside = "t > elsewhere" if interrupting else "t > c > j"
    body = ENDS + users("a", "b", "c", "d") + gates + boundary + '<endEvent id="elsewhere"/>'
    r = run(body, f"s > f; f > a > j; f > b > j > d > e; {beside}").start().complete("b").occur("t")
    if not interrupting:
        assert r.complete("a").open == ["c"], "what the event began leads here, too"
        r.complete("c")
    assert r.open == ["d"]
    assert r.complete("d").instance.ended


@pytest.mark.bpmn("event-based-gateway")
def test_event_based_gateway_takes_the_first_event() -> None:
    body = (
        ENDS + users("a", "b") + '<eventBasedGateway id="g"/>'
        '<intermediateCatchEvent id="m"><messageEventDefinition messageRef="M"/></intermediateCatchEvent>'
        '<intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
        "</timerEventDefinition></intermediateCatchEvent>"
    )
    r = run(body, "s > g; g > m; g > t; m > a; t > b; a > e; b > e", definitions='<message id="M" name="reply"/>').start()
    assert sorted(r.waiting_for) == ["m", "t"]
    r.occur("m", {"answer": 1})
    assert (r.open, r.waiting_for, r.variables) == (["a"], [], {"answer": 1})
    assert r.complete("a").instance.ended


@pytest.mark.bpmn("event-based-gateway")
def test_two_flows_of_an_event_based_gateway_to_one_event_are_one_wait() -> None:
    event = '<intermediateCatchEvent id="m"><messageEventDefinition messageRef="M"/></intermediateCatchEvent>'
    body = ENDS + users("a") + '<eventBasedGateway id="g"/>' + event
    r = run(body, "s > g; g > m; g > m; m > a; a > e", definitions='<message id="M" name="reply"/>').start()
    r.occur("m")
    assert (r.open, r.waiting_for) == (["a"], [])
    assert r.complete("a").instance.ended


@pytest.mark.bpmn("event-based-gateway")
def test_event_based_gateway_with_a_receive_task() -> None:
    body = (
        ENDS + users("a", "b") + '<eventBasedGateway id="g"/><receiveTask id="m" messageRef="M"/>'
        '<intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
        "</timerEventDefinition></intermediateCatchEvent>"
    )
    for winner, opened in (("m", "a"), ("t", "b")):
        r = run(body, "s > g; g > m; g > t; m > a; t > b; a > e; b > e", definitions='<message id="M" name="reply"/>').start()
        assert sorted(r.waiting_for) == ["m", "t"]
        r.occur(winner)
        assert (r.open, r.waiting_for) == ([opened], [])
        assert r.complete(opened).instance.ended
        assert r.host.trail.count(("started", winner)) == 1


def test_a_loop_may_run_for_ever() -> None:
    r = run(ENDS + users("a") + '<exclusiveGateway id="g"/>', "s > a > g; g >[again] a; g >* e", live=True).start()
    for _ in range(3_000):
        r.complete("a", {"again": True})
    assert r.complete("a", {"again": False}).instance.ended


def test_a_chain_of_thousands_and_a_loop_nobody_waits_in() -> None:
    chain = " > ".join(["s", *(f"t{n}" for n in range(3_000)), "e"])
    tasks = "".join(f'<task id="t{n}"/>' for n in range(3_000))
    assert run(ENDS + tasks, chain, live=True).start().instance.ended
    with pytest.raises(ExecutionFailed, match="loop"):
        run(ENDS + '<task id="a"/><task id="b"/>', "s > a > b > a").start()


def test_two_parallel_signatures_are_both_kept() -> None:
    gates = '<parallelGateway id="f"/><parallelGateway id="j"/>'
    r = run(ENDS + users("a", "b", "c") + gates, "s > f > a > j > c > e; f > b > j").start({"base": 1})
    r.complete("a", {"x": "A"}).complete("b", {"y": "B"})
    assert r.variables == {"base": 1, "x": "A", "y": "B"}


def test_completing_twice_is_a_conflict() -> None:
    r = run(ENDS + users("a", "b"), "s > a > b > e").start()
    token = next(iter(r.host.tasks.values()))
    r.complete("a")
    with pytest.raises(Conflict):
        r.instance.complete(token.scope_id, token.id, {})


@pytest.mark.bpmn("service-task")
def test_work_now_and_deferred() -> None:
    host = MemoryHost(work_done={"now": {"x": 1}, "later": DEFERRED})
    r = run(ENDS + '<serviceTask id="now"/><serviceTask id="later"/>', "s > now > later > e", host=host).start()
    assert not r.instance.ended
    assert r.variables == {"x": 1}
    assert r.complete("later", {"y": 2}).instance.ended
    assert r.variables == {"x": 1, "y": 2}


def test_an_error_nobody_catches_fails_the_step() -> None:
    host = MemoryHost(work_done={"w": BpmnError("E1", "no paper")})
    with pytest.raises(ExecutionFailed, match="E1"):
        run(ENDS + '<serviceTask id="w"/>', "s > w > e", host=host).start()


@pytest.mark.bpmn("conditional-flow", "default-flow")
@pytest.mark.parametrize(("x", "opened"), [(True, ["a", "c"]), (False, ["b", "c"])])
def test_conditions_on_the_flows_of_a_start_event(x: bool, opened: list[str]) -> None:
    r = run(ENDS + users("a", "b", "c"), "s >[x] a; s >[not x] b; s > c; a > e; b > e; c > e").start({"x": x})
    assert sorted(r.open) == opened
    with pytest.raises(ExecutionFailed, match=r"\(s\) cannot choose"):
        run(ENDS + users("a"), "s >[false] a").start()


@pytest.mark.bpmn("receive-task")
def test_a_receive_task_without_a_message_waits_for_one_of_its_id() -> None:
    r = run(ENDS + '<receiveTask id="paid" name="Payment"/>', "s > paid > e").start()
    ((_, event),) = (entry for entries in r.host.subscriptions.values() for entry in entries)
    assert (event.kind, event.name) == ("message", "paid")
    assert r.occur("paid").instance.ended


@pytest.mark.bpmn("script-task")
@pytest.mark.parametrize(
    ("script", "variables"),
    [
        ("x + 1", {"x": 1, "r": 2}),
        ("y = x + 1\ny * 10", {"x": 1, "y": 2, "r": 20}),
        ("y = x + 1", {"x": 1, "y": 2, "r": 2}),
        ("${x + 1}", {"x": 1, "r": 2}),
        ("= x + 1", {"x": 1, "r": 2}),
        ("", {"x": 1, "r": None}),
    ],
)
def test_the_value_of_a_script_goes_to_its_variable(script: str, variables: dict[str, object]) -> None:
    task = f'<scriptTask id="c" camunda:resultVariable="r"><script>{script}</script></scriptTask>'
    assert run(ENDS + task, "s > c > e").start({"x": 1}).variables == variables


@pytest.mark.bpmn("script-task")
def test_a_script_sets_variables() -> None:
    r = run(ENDS + '<scriptTask id="c"><script>y = x * 2\nz = [n for n in xs if n > 1]</script></scriptTask>', "s > c > e")
    assert r.start({"x": 21, "xs": [1, 2, 3]}).variables == {"x": 21, "xs": [1, 2, 3], "y": 42, "z": [2, 3]}
