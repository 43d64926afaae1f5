"""Conditional events: asked as they begin to wait and at every change of a variable they read (BPMN 2.0.2, 10.5.1, 10.5.5)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import ExecutionFailed
from engine.spiff.host import COUNTERS
from engine.spiff.memory import MemoryHost
from engine.testing import ADMINISTRATOR, Stage, process
from tests.drawing import draw, users
from tests.engine.spiff.stored import forget, rows
from tests.engine.spiff.test_compensation import undo
from tests.engine.spiff.test_flows import ENDS, run
from tests.engine.spiff.test_scopes import TIMER, sub

BY_EVENT = 'triggeredByEvent="true"'
EACH = '<multiInstanceLoopCharacteristics camunda:collection="xs" camunda:elementVariable="x"/>'


def when(condition: str, attributes: str = "") -> str:
    return f"<conditionalEventDefinition {attributes}><condition>${{{condition}}}</condition></conditionalEventDefinition>"


def catch(condition: str, attributes: str = "", id: str = "w") -> str:
    return f'<intermediateCatchEvent id="{id}">{when(condition, attributes)}</intermediateCatchEvent>'


def boundary(condition: str, host: str = "a", *, stops: bool = True, attributes: str = "") -> str:
    return (
        f'<boundaryEvent id="b" attachedToRef="{host}" cancelActivity="{str(stops).lower()}">{when(condition, attributes)}</boundaryEvent>'
    )


@pytest.mark.bpmn("catch-conditional")
@pytest.mark.parametrize("live", [True, False])
def test_an_intermediate_event_waits_for_its_condition(live: bool) -> None:
    r = run(ENDS + users("a") + catch("x > 5"), "s > w > a > e", live=live).start({"x": 1})
    assert (r.open, r.waiting_for) == ([], ["w"])
    assert r.set(x=5).open == []
    assert r.set(x=6).open == ["a"]
    assert r.waiting_for == []


def test_a_condition_that_holds_already_does_not_wait() -> None:
    assert run(ENDS + users("a") + catch("x > 5"), "s > w > a > e").start({"x": 9}).open == ["a"]


def test_a_variable_that_is_not_there_yet_is_no_error() -> None:
    r = run(ENDS + users("a") + catch("order.total > 5 and name == 'x'"), "s > w > a > e").start()
    assert r.set(order={"total": 7}).open == []
    assert r.set(name="x").open == ["a"]


def test_what_is_neither_true_nor_false_is_an_error_that_names_the_event() -> None:
    r = run(ENDS + catch("x + 1"), "s > w > e").start()
    with pytest.raises(ExecutionFailed, match=r"\(w\) cannot decide: its condition \$\{x \+ 1\} gives 2"):
        r.set(x=1)


def test_a_task_beside_it_makes_it_true() -> None:
    body = ENDS + users("a", "c") + '<parallelGateway id="g"/>' + catch("ready")
    r = run(body, "s > g; g > a > e; g > w > c > e").start()
    assert r.complete("a", {"ready": True}).open == ["c"]


def test_a_script_makes_it_true_before_the_next_element_runs() -> None:
    scripts = '<scriptTask id="k"><script>x = 1</script></scriptTask><scriptTask id="l"><script>y = 1</script></scriptTask>'
    body = ENDS + users("late") + sub('<startEvent id="s1"/>' + scripts) + boundary("x == 1", "p1")
    r = run(body, "s > p1 > e; b > late > e", inner={"p1": "s1 > k > l"}).start()
    assert r.open == ["late"]
    assert "y" not in r.variables


@pytest.mark.bpmn("boundary-conditional")
def test_an_interrupting_boundary_event() -> None:
    r = run(ENDS + users("a", "late") + boundary("x > 5"), "s > a > e; b > late > e").start({"x": 1})
    assert r.set(x=7).open == ["late"]
    assert r.complete("late").instance.ended


def test_a_boundary_condition_that_holds_at_entry_interrupts_at_once() -> None:
    service = '<serviceTask id="a" ruam:handler="h"/>'
    r = run(ENDS + users("late") + service + boundary("x > 5"), "s > a > e; b > late > e").start({"x": 7})
    assert r.open == ["late"]
    assert "a" not in r.completed()


@pytest.mark.bpmn("boundary-conditional")
@pytest.mark.bpmn("boundary-conditional")
@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize(("stops", "opened"), [(True, ["after"]), (False, ["after", "next"])])
def test_what_its_activity_writes_makes_it_true(live: bool, stops: bool, opened: list[str]) -> None:
    script, outs = '<scriptTask id="a"><script>x = 1</script></scriptTask>', '<camunda:out source="y" target="x"/>'
    called = f'<callActivity id="a" calledElement="o"><extensionElements>{outs}</extensionElements></callActivity>'
    for work in (script, '<serviceTask id="a"/>', called):
        host = MemoryHost(work_done={"a": {"x": 1}})
        body = ENDS + users("after", "next") + work + boundary("x == 1", stops=stops)
        r = run(body, "s > a > next > e; b > after > e", host=host, live=live).start()
        if work == called:
            r.complete("a", {"y": 1})
        assert sorted(r.open) == opened


@pytest.mark.bpmn("boundary-conditional", "sub-start-conditional")
@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("value", [0, 1])
def test_what_a_task_is_completed_with_is_asked_about_before_it_is_left(live: bool, value: int) -> None:
    own, around = boundary("x == 1"), boundary("x == 1", "p1")
    event = sub(f'<startEvent id="s2">{when("x == 1")}</startEvent>' + users("late"), "ev", BY_EVENT)
    within = '<startEvent id="s1"/>' + users("a", "next")
    for body, flows, inner in (
        (ENDS + users("a", "next", "late") + own, "s > a > next > e; b > late > e", {}),
        (ENDS + users("late") + sub(within) + around, "s > p1 > e; b > late > e", {"p1": "s1 > a > next"}),
        (ENDS + users("a", "next") + event, "s > a > next > e", {"ev": "s2 > late"}),
    ):
        r = run(body, flows, inner=inner, live=live).start({"x": 7})
        r.complete("a", {"x": value})
        assert r.open == (["late"] if value else ["next"])
        assert ("started", "next") not in r.host.trail or not value, "it is not even begun"


def test_a_condition_that_does_not_interrupt_lets_the_task_complete(stage: Callable[..., Stage]) -> None:
    body = ENDS + users("a", "next", "late") + boundary("x == 1", stops=False)
    on = stage({"p.bpmn": draw(body, "s > a > next > e; b > late > e")})
    on.start("p")
    on.complete("a", x=1)
    assert sorted(on.names()) == ["late", "next"]


def test_who_completes_a_task_has_completed_it_also_where_a_condition_interrupts(stage: Callable[..., Stage]) -> None:
    on = stage({"p.bpmn": draw(ENDS + users("a", "next", "late") + boundary("x == 1"), "s > a > next > e; b > late > e")})
    one = on.start("p")
    on.complete("a", x=1)
    assert on.names() == ["late"]
    assert on.events(one, "task.completed") == [("task.completed", "a")]
    assert rows(on, "SELECT state FROM task WHERE element_id = 'a'") == [("COMPLETED",)]


def test_output_parameters_are_written_when_the_activity_is_over() -> None:
    outs = '<camunda:inputOutput><camunda:outputParameter name="x">${1}</camunda:outputParameter></camunda:inputOutput>'
    work = f'<scriptTask id="a"><extensionElements>{outs}</extensionElements><script>y = 1</script></scriptTask>'
    r = run(ENDS + users("after", "next") + work + boundary("x == 1"), "s > a > next > e; b > after > e").start()
    assert r.open == ["next"]


def test_it_must_have_been_false_before_it_occurs_again() -> None:
    r = run(ENDS + users("a", "n") + boundary("x > 5", stops=False), "s > a > e; b > n > e").start({"x": 1})
    assert r.set(x=6).open == ["a", "n"]
    assert r.set(x=7).open == ["a", "n"]
    assert r.set(x=2).open == ["a", "n"]
    assert r.set(x=8).open == ["a", "n", "n"]
    r.complete("a").complete("n").complete("n")
    assert r.instance.ended


def test_it_sees_the_parameters_of_its_activity() -> None:
    mine = (
        '<userTask id="a"><extensionElements><camunda:inputOutput><camunda:inputParameter name="mine">${x}</camunda:inputParameter>'
        "</camunda:inputOutput></extensionElements></userTask>"
    )
    r = run(ENDS + users("late") + mine + boundary("mine > 5"), "s > a > e; b > late > e").start({"x": 9})
    assert r.open == ["late"]


@pytest.mark.parametrize(("changes", "opened"), [("create", ["a"]), ("update", ["late"]), ("create, update", ["late"])])
def test_camundas_filter_on_the_kind_of_change(changes: str, opened: list[str]) -> None:
    attributes = f'camunda:variableName="x" camunda:variableEvents="{changes}"'
    r = run(ENDS + users("a", "late") + boundary("x == 2", attributes=attributes), "s > a > e; b > late > e").start({"x": 1})
    assert r.set(x=2).open == opened


def test_camundas_filter_on_the_name() -> None:
    attributes = 'camunda:variableName="go"'
    r = run(ENDS + users("a", "late") + boundary("x == 2", attributes=attributes), "s > a > e; b > late > e").start({"x": 1})
    assert r.set(x=2).open == ["a"]
    assert r.set(go=True).open == ["late"]


@pytest.mark.bpmn("event-based-gateway")
def test_behind_an_event_based_gateway() -> None:
    body = ENDS + users("yes", "late") + '<eventBasedGateway id="g"/>' + catch("ok")
    body += f'<intermediateCatchEvent id="t">{TIMER}</intermediateCatchEvent>'
    r = run(body, "s > g; g > w > yes > e; g > t > late > e").start()
    assert r.set(ok=True).open == ["yes"]
    assert r.waiting_for == []
    assert run(body, "s > g; g > w > yes > e; g > t > late > e").start({"ok": True}).open == ["yes"], "true already"


@pytest.mark.bpmn("sub-start-conditional")
def test_an_interrupting_event_sub_process() -> None:
    start = f'<startEvent id="s1">{when("x > 5")}</startEvent>'
    body = ENDS + users("a") + sub(start + users("n"), attributes=BY_EVENT)
    r = run(body, "s > a > e", inner={"p1": "s1 > n"}).start({"x": 1})
    assert r.set(x=6).open == ["n"]
    assert r.complete("n").instance.ended
    assert run(body, "s > a > e", inner={"p1": "s1 > n"}).start({"x": 6}).open == ["n"], "true already"


@pytest.mark.bpmn("sub-start-conditional")
def test_a_non_interrupting_event_sub_process_starts_each_time() -> None:
    start = f'<startEvent id="s1" isInterrupting="false">{when("x > 5")}</startEvent>'
    body = ENDS + users("a") + sub(start + users("n"), attributes=BY_EVENT)
    r = run(body, "s > a > e", inner={"p1": "s1 > n"}).start({"x": 1})
    r.set(x=6).set(x=1).set(x=6)
    assert r.open == ["a", "n", "n"]
    r.complete("n").complete("n").complete("a")
    assert r.instance.ended


def test_a_sub_process_asks_what_its_own_and_outer_scopes_change() -> None:
    inner = sub(catch("v > 1") + users("a"), characteristics=EACH)
    r = run(ENDS + inner.replace("<subProcess", '<subProcess name="each"'), "s > p1 > e", inner={"p1": "w > a"}).start({"xs": [1, 2]})
    assert r.open == []
    assert r.set(v=2).open == ["a", "a"]


def test_a_change_in_one_instance_does_not_concern_the_other() -> None:
    own = '<camunda:inputOutput><camunda:inputParameter name="v">${0}</camunda:inputParameter></camunda:inputOutput>'
    mine = f"<extensionElements>{own}</extensionElements>"
    body = sub('<parallelGateway id="g"/>' + users("a", "late") + catch("v > 1"), characteristics=mine + EACH)
    r = run(ENDS + body, "s > p1 > e", inner={"p1": "g > w > late; g > a"}).start({"xs": [1, 2]})
    assert r.open == ["a", "a"]
    assert r.complete("a", {"v": 2}).open == ["a", "late"]
    token = r.host.tasks[next(id for id, token in r.host.tasks.items() if token.element_id == "late")]
    assert token.view()["x"] == 1
    assert not COUNTERS & set(r.variables)


def conditional_process() -> bytes:
    body = (
        ENDS
        + users("a", "late", "n")
        + boundary("x > 5")
        + sub(f'<startEvent id="s1" isInterrupting="false">{when("y == 1")}</startEvent><userTask id="m"/>', attributes=BY_EVENT)
    )
    return draw(body, "s > a > n > e; b > late > e", inner={"p1": "s1 > m"})


def test_over_the_database(stage: Callable[..., Stage]) -> None:
    """The task, the change from outside and the next task are steps of stored instances."""
    on = stage({"p.bpmn": conditional_process()})
    one, other = on.start("p", x=1, y=0), on.start("p", x=1, y=0)
    on.engine.set_variables(one.id, {"x": 9}, reason="a test", actor=ADMINISTRATOR)
    assert (on.names(one.id), on.names(other.id)) == (["late"], ["a"])
    on.engine.set_variables(one.id, {"y": 1}, reason="a test", actor=ADMINISTRATOR)
    assert (on.names(one.id), on.names(other.id)) == (["late", "m"], ["a"])
    forget(on)
    on.engine.set_variables(other.id, {"y": 1}, reason="a test", actor=ADMINISTRATOR)
    assert on.names(other.id) == ["a", "m"]
    assert _waiting(on, other.id) == 2
    for element_id in ("late", "m", "m", "a", "n"):
        on.complete(element_id)
    assert (on.state(one), on.state(other)) == ("COMPLETED", "COMPLETED")
    assert _waiting(on, other.id) == 0


def _waiting(on: Stage, instance_id: str) -> int:
    query = "SELECT count(*) FROM subscription WHERE kind = 'conditional' AND instance_id = ?"
    return rows(on, query, instance_id)[0][0]


def test_a_variable_that_is_taken_away() -> None:
    attributes = 'camunda:variableName="x" camunda:variableEvents="delete"'
    r = run(ENDS + users("a", "gone") + boundary("true", attributes=attributes), "s > a > e; b > gone > e")
    assert r.start({"x": 1}).open == ["gone"], "it holds at entry, whatever has happened"
    r = run(ENDS + users("a", "gone") + boundary("not defined(x)"), "s > a > e; b > gone > e").start({"x": 1})
    r.instance.drop_variables("instance", ["x"])
    assert r.set().open == ["gone"]


def test_how_many_instances_have_completed() -> None:
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
    body = ENDS + users("late") + f'<userTask id="a">{loop}</userTask>' + boundary("nrOfCompletedInstances >= 2")
    r = run(body, "s > a > e; b > late > e").start().complete("a")
    assert r.open == ["a", "a"]
    assert r.complete("a").open == ["late"]


def test_in_a_transaction_it_may_cancel() -> None:
    own = f'<startEvent id="s2">{when("bad")}</startEvent><endEvent id="x"><cancelEventDefinition/></endEvent>'
    inside = '<startEvent id="s1"/>' + users("a", "c") + undo("a") + sub(own, id="p2", attributes=BY_EVENT)
    body = ENDS + users("off") + f'<transaction id="p1">{inside}{{flows:p1}}</transaction>'
    body += '<boundaryEvent id="k" attachedToRef="p1"><cancelEventDefinition/></boundaryEvent>'
    r = run(body, "s > p1 > e; k > off > e", inner={"p2": "s2 > x", "p1": "s1 > a > c"}).start({"bad": False}).complete("a")
    assert r.set(bad=True).open == ["undo_a"]
    assert r.complete("undo_a").open == ["off"]


def test_suspended_it_is_asked_when_the_instance_goes_on(stage: Callable[..., Stage]) -> None:
    on = stage({"p.bpmn": draw(ENDS + users("a") + catch("x > 5"), "s > w > a > e")})
    one = on.start("p", x=1)
    on.engine.suspend(one.id, reason="a test", actor=ADMINISTRATOR)
    on.engine.set_variables(one.id, {"x": 9}, reason="a test", actor=ADMINISTRATOR)
    assert on.names() == []
    on.engine.resume(one.id, actor=ADMINISTRATOR)
    assert on.names() == ["a"]


def test_resumed_what_a_condition_causes_reaches_those_that_were_held_with_it(stage: Callable[..., Stage]) -> None:
    signal = '<signalEventDefinition signalRef="go"/>'
    body = ENDS + '<callActivity id="c" calledElement="q"/>' + f'<endEvent id="t">{signal}</endEvent>'
    body += f'<boundaryEvent id="b" attachedToRef="c" cancelActivity="false">{when("x > 5")}</boundaryEvent>'
    called = f'<startEvent id="s"/><intermediateCatchEvent id="w">{signal}</intermediateCatchEvent><endEvent id="e"/>'
    go = '<signal id="go" name="go"/>'
    files = {
        "p.bpmn": process("p", body, "s -> c", "c -> e", "b -> t", outside=go),
        "q.bpmn": process("q", called, "s -> w", "w -> e", outside=go),
    }
    on = stage(files)
    one = on.start("p", x=1)
    on.engine.suspend(one.id, reason="a test", actor=ADMINISTRATOR)
    on.engine.set_variables(one.id, {"x": 9}, reason="a test", actor=ADMINISTRATOR)
    on.engine.resume(one.id, actor=ADMINISTRATOR)
    assert on.state(one) == "COMPLETED"
