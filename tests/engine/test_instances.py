"""Instances: called ones, suspended, cancelled; messages, signals; what waits for nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.people import SYSTEM, Actor
from engine.testing import ADMINISTRATOR, Stage, linear, process

MakeStage = Callable[..., Stage]
PARENT = process(
    "parent",
    '<startEvent id="s"/>\
<callActivity id="call" name="เรียก" calledElement="child" ruam:step="12" ruam:category="application" ruam:unit="${province}">'
    '<extensionElements><camunda:in source="province" target="province"/><camunda:in businessKey="${year}/${province}"/>'
    '<camunda:out source="answer" target="last"/></extensionElements>'
    '<multiInstanceLoopCharacteristics camunda:collection="provinces" camunda:elementVariable="province" ruam:resultCollection="answers" '
    'ruam:resultExpression="${last}"/></callActivity><boundaryEvent id="closing" attachedToRef="call"><timerEventDefinition>'
    '<timeDuration>P30D</timeDuration></timerEventDefinition></boundaryEvent><userTask id="after"/><endEvent id="e"/>',
    "s -> call", "call -> after", "closing -> after", "after -> e",
)  # fmt: skip
CHILD = linear("child", "apply", group="province:${province}")
FILES = {"parent.bpmn": PARENT, "child.bpmn": CHILD}
PROVINCES = ["TH-50", "TH-51", "TH-90"]


@pytest.mark.bpmn("call-activity")
def test_each_called_instance_is_one_of_its_own(stage: MakeStage) -> None:
    here = stage(FILES)
    parent = here.start("parent", provinces=PROVINCES, year=2552)
    children = here.engine.children(parent.id, actor=SYSTEM)
    assert [(child.business_key, child.category, child.unit, child.step) for child in children] == [
        (f"2552/{province}", "application", province, "12") for province in PROVINCES
    ]
    for task in reversed(here.open("apply")):
        assert task.candidate_groups == (f"province:{task.unit}",)
        assert task.step == "12"
        here.engine.complete_task(task.id, {"answer": f"from {task.unit}"}, actor=Actor("a", frozenset({f"province:{task.unit}"})))
    assert here.names() == ["after"]
    assert here.variables(parent)["answers"] == [f"from {province}" for province in PROVINCES]
    assert {child.state for child in here.engine.children(parent.id, actor=SYSTEM)} == {"COMPLETED"}
    assert here.engine.audit_verify().ok


def test_a_list_counts_what_is_open_in_all_that_an_instance_called(stage: MakeStage) -> None:
    here = stage({**FILES, "other.bpmn": linear("other", "x")})
    ann = Actor("ann", frozenset({"province:TH-51"}))
    parent = here.engine.start("parent", variables={"provinces": PROVINCES, "year": 2552}, actor=ann)
    other = here.start("other")
    here.engine.complete_task(here.open("apply")[0].id, {"answer": "yes"}, actor=SYSTEM)
    listed = here.engine.instances(actor=ADMINISTRATOR, roots=True).items
    assert {one.id: one.open_tasks for one in listed} == {parent.id: 2, other.id: 1}
    everything = here.engine.instances(actor=ADMINISTRATOR).items
    assert {one.id: one.open_tasks for one in everything} == {
        parent.id: 2, other.id: 1, **{child.id: child.open_tasks for child in here.engine.children(parent.id, actor=ADMINISTRATOR)},
    }  # fmt: skip
    assert sum(one.open_tasks for one in everything if one.parent_id) == 2
    seen = here.engine.instances(actor=ann, roots=True).items
    assert [(one.id, one.open_tasks) for one in seen] == [(parent.id, 1)]  # of tasks those he may know of


def test_a_closing_ends_what_is_still_open_in_the_children(stage: MakeStage) -> None:
    here = stage(FILES)
    parent = here.start("parent", provinces=PROVINCES, year=2552)
    here.complete("apply", answer="yes")
    here.advance(timedelta(days=31))
    assert here.names() == ["after"]
    assert sorted(child.state for child in here.engine.children(parent.id, actor=SYSTEM)) == [
        "COMPLETED",
        "INTERNALLY_TERMINATED",
        "INTERNALLY_TERMINATED",
    ]
    here.complete("after")
    assert here.state(parent) == "COMPLETED"


def test_suspended_nothing_moves_and_resumed_all_goes_on(stage: MakeStage) -> None:
    here = stage(FILES)
    parent = here.start("parent", provinces=PROVINCES, year=2552)
    task = here.open("apply")[0]
    here.engine.claim(task.id, actor=SYSTEM)
    with pytest.raises(Invalid):
        here.engine.suspend(parent.id, reason="", actor=ADMINISTRATOR)
    with pytest.raises(Forbidden):
        here.engine.suspend(parent.id, reason="x", actor=Actor("ann"))
    here.engine.suspend(parent.id, reason="the court says so", actor=ADMINISTRATOR)
    with pytest.raises(Conflict, match="suspended"):
        here.engine.complete_task(task.id, actor=SYSTEM)
    assert here.advance(timedelta(days=40)) == 0
    assert here.engine.sweep() == 0
    here.engine.resume(parent.id, actor=ADMINISTRATOR)
    assert [found.state for found in here.open("apply")] == ["CLAIMED", "CREATED", "CREATED"]
    assert here.engine.run_due() == 1
    assert here.names() == ["after"]


def test_a_job_claimed_before_the_suspension_waits(stage: MakeStage) -> None:
    from engine.running import jobs

    here = stage(FILES)
    parent = here.start("parent", provinces=PROVINCES, year=2552)
    claimed = here.engine._write(SYSTEM, lambda session: jobs.claim(session, 10))
    assert claimed == []
    (job,) = here.engine.jobs(actor=ADMINISTRATOR, kind="timer").items
    here.engine.move_job(job.id, here.engine.clock_now(), reason="now", actor=ADMINISTRATOR)
    (one,) = here.engine._write(SYSTEM, lambda session: jobs.claim(session, 10))
    here.engine.suspend(parent.id, reason="stop", actor=ADMINISTRATOR)
    here.engine._write(SYSTEM, lambda session: jobs.run(session, one))
    assert here.names() == ["apply"] * 3
    here.engine.resume(parent.id, actor=ADMINISTRATOR)
    assert here.engine.run_due() == 1
    assert here.names() == ["after"]


def test_cancelled_with_a_reason_everything_below_ends(stage: MakeStage) -> None:
    here = stage(FILES)
    parent = here.start("parent", provinces=PROVINCES, year=2552)
    child = here.engine.children(parent.id, actor=SYSTEM)[0]
    with pytest.raises(Conflict):
        here.engine.cancel(child.id, reason="only this", actor=ADMINISTRATOR)
    here.engine.cancel(parent.id, reason="no budget", actor=ADMINISTRATOR)
    view = here.engine.instance(parent.id, actor=SYSTEM)
    assert (view.state, view.end_reason) == ("EXTERNALLY_TERMINATED", "no budget")
    assert {found.state for found in here.engine.children(parent.id, actor=SYSTEM)} == {"INTERNALLY_TERMINATED"}
    assert here.open() == []
    assert here.engine.jobs(actor=ADMINISTRATOR).total == 0
    with pytest.raises(Conflict):
        here.engine.cancel(parent.id, reason="again", actor=ADMINISTRATOR)
    assert here.engine.audit_verify().ok


def test_a_step_far_down_is_one_transaction_with_its_parents(stage: MakeStage) -> None:
    call = '<startEvent id="s"/><callActivity id="call" calledElement="{}"/><endEvent id="e"/>'
    files = {
        "a.bpmn": process("a", call.format("b"), "s -> call", "call -> e"),
        "b.bpmn": process("b", call.format("c"), "s -> call", "call -> e"),
        "c.bpmn": linear("c", "task"),
    }
    here = stage(files)
    top = here.start("a")
    assert here.engine.instance(here.open("task")[0].root_id, actor=SYSTEM).id == top.id
    here.complete("task")
    assert here.state(top) == "COMPLETED"
    assert here.engine.instances(actor=SYSTEM, state="COMPLETED").total == 3


@pytest.mark.bpmn("call-activity", "boundary-error")
def test_an_error_of_a_child_is_caught_by_the_call(stage: MakeStage) -> None:
    failing = '<startEvent id="s"/><userTask id="t"/><endEvent id="e"><errorEventDefinition errorRef="err"/></endEvent>'
    error = '<error id="err" errorCode="withdrawn"/>'
    caller = '<startEvent id="s"/><callActivity id="call" calledElement="c"/><boundaryEvent id="b" attachedToRef="call">\
<errorEventDefinition errorRef="err"/>\
</boundaryEvent><userTask id="repair"/><endEvent id="e"/><endEvent id="e2"/>'
    here = stage({
        "p.bpmn": process("p", caller, "s -> call", "call -> e", "b -> repair", "repair -> e2", outside=error),
        "c.bpmn": process("c", failing, "s -> t", "t -> e", outside=error),
    })  # fmt: skip
    here.start("p")
    here.complete("t")
    assert here.names() == ["repair"]


MESSAGES = '<message id="m" name="payment"/><signal id="g" name="round-closed-${year}"/>'
CATCH = '<startEvent id="s"/><intermediateCatchEvent id="paid"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>\
<userTask id="t"/><endEvent id="e"/>'


@pytest.mark.bpmn("catch-message")
def test_a_message_goes_to_the_one_who_waits(stage: MakeStage) -> None:
    here = stage({"p.bpmn": process("shop", CATCH, "s -> paid", "paid -> t", "t -> e", outside=MESSAGES)})
    one, two = here.start("shop", business_key="1"), here.start("shop", business_key="2")
    with pytest.raises(Conflict):
        here.engine.correlate("payment", actor=ADMINISTRATOR)
    assert here.engine.correlate("payment", business_key="2", variables={"sum": 5}, actor=ADMINISTRATOR) == two.id
    assert here.variables(two) == {"sum": 5}
    assert here.variables(one) == {}
    with pytest.raises(NotFound):
        here.engine.correlate("payment", business_key="2", actor=ADMINISTRATOR)
    with pytest.raises(Invalid):
        here.engine.correlate("payment", business_key="1", variables={"__x": 5}, actor=ADMINISTRATOR)


@pytest.mark.bpmn("throw-signal", "catch-signal")
def test_a_signal_thrown_by_one_reaches_all(stage: MakeStage) -> None:
    catch = '<startEvent id="s"/><intermediateCatchEvent id="closed"><signalEventDefinition signalRef="g"/></intermediateCatchEvent>\
<userTask id="t"/><endEvent id="e"/>'
    throw = '<startEvent id="s"/><userTask id="go"/><intermediateThrowEvent id="close"><signalEventDefinition signalRef="g"/>\
</intermediateThrowEvent><endEvent id="e"/>'
    here = stage({
        "p.bpmn": process("waits", catch, "s -> closed", "closed -> t", "t -> e", outside=MESSAGES),
        "q.bpmn": process("throws", throw, "s -> go", "go -> close", "close -> e", outside=MESSAGES),
    })  # fmt: skip
    for year in (2552, 2552, 2553):
        here.start("waits", year=year)
    here.start("throws", year=2552)
    here.complete("go")
    assert here.names() == ["t", "t"]
    assert here.engine.signal("round-closed-2553", actor=ADMINISTRATOR) == 1
    assert here.names() == ["t", "t", "t"]


@pytest.mark.bpmn("start-message", "start-signal", "start-several")
def test_messages_and_signals_start_processes(stage: MakeStage) -> None:
    body = '<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent><userTask id="t"/><endEvent id="e"/>'
    here = stage({"p.bpmn": process("started", body, "s -> t", "t -> e", outside=MESSAGES)})
    instance_id = here.engine.correlate("payment", business_key="7", variables={"sum": 1}, actor=ADMINISTRATOR)
    view = here.engine.instance(instance_id, actor=SYSTEM)
    assert (view.business_key, view.definition_key) == ("7", "started")
    assert here.names() == ["t"]


def test_who_waits_for_nothing_is_an_incident(stage: MakeStage) -> None:
    body = '<startEvent id="s"/><userTask id="a"/><exclusiveGateway id="x" default="flow5"/><userTask id="b"/>\
<parallelGateway id="join"/><endEvent id="e"/>'
    flows = ("s -> a", "s -> b", "a -> x", "b -> join", "x -> join: ${ok}", "x -> e", "join -> e")
    here = stage({"p.bpmn": process("stuck", body, *flows)})
    instance = here.start("stuck")
    here.complete("b")
    here.complete("a", ok=False)
    assert here.state(instance) == "ACTIVE"
    (incident,) = here.engine.incidents(actor=ADMINISTRATOR).items
    assert (incident.type, incident.instance_id) == ("stuck", instance.id)
    assert here.engine.sweep() == 0
    with pytest.raises(Conflict):
        here.engine.retry_incident(incident.id, actor=ADMINISTRATOR)
    here.engine.cancel(instance.id, reason="the diagram is wrong", actor=ADMINISTRATOR)
    assert here.engine.incidents(actor=ADMINISTRATOR).total == 0


def test_the_place_in_the_diagram(stage: MakeStage) -> None:
    here = stage({"two.bpmn": linear("two", "first", "second")})
    instance = here.start("two")
    here.complete("first")
    state = here.engine.diagram_state(instance.id, actor=SYSTEM)
    assert (state.done, state.open, state.overdue, state.incidents) == (("first", "start"), ("second",), (), ())
