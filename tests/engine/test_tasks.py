"""What people do with tasks."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.errors import Conflict, ExecutionFailed, Forbidden, Invalid, NotFound
from engine.people import SYSTEM, Actor
from engine.queries import Completion
from engine.testing import ADMINISTRATOR, Stage, linear, process

MakeStage = Callable[..., Stage]
ANN = Actor("ann", frozenset({"workers"}))
BEN = Actor("ben", frozenset({"workers"}))
STRANGER = Actor("stranger", frozenset({"others"}))
TWO = {"two.bpmn": linear("two", "first", "second")}


@pytest.mark.bpmn("user-task")
def test_a_task_is_offered_to_its_candidates_and_done_by_one(stage: MakeStage) -> None:
    here = stage(TWO)
    instance = here.start("two")
    (task,) = here.engine.inbox(ANN).items
    assert task.candidate_groups == ("workers",)
    assert here.engine.inbox(STRANGER).total == 0
    done = here.engine.complete_task(task.id, {"answer": 42}, actor=ANN)
    assert here.names() == ["second"]
    assert done.next_task_id == here.open("second")[0].id
    here.engine.complete_task(done.next_task_id, actor=BEN)
    assert here.state(instance) == "COMPLETED"
    assert here.variables(instance) == {"answer": 42}


def test_claim_release_assign(stage: MakeStage) -> None:
    here = stage(TWO)
    here.start("two")
    task = here.open("first")[0]
    here.engine.claim(task.id, actor=ANN)
    assert here.engine.inbox(BEN).total == 0
    with pytest.raises(Conflict, match="taken"):
        here.engine.claim(task.id, actor=BEN)
    with pytest.raises(Conflict, match="taken"):
        here.engine.complete_task(task.id, actor=BEN)
    with pytest.raises(Forbidden):
        here.engine.release(task.id, actor=BEN)
    here.engine.release(task.id, actor=ANN)
    here.engine.add_user("ben", name="ข", actor=SYSTEM)
    with pytest.raises(Forbidden):
        here.engine.assign(task.id, "ben", actor=ANN)
    here.engine.assign(task.id, "ben", reason="ann is away", actor=ADMINISTRATOR)
    assert here.engine.inbox(BEN, view="mine").total == 1
    with pytest.raises(NotFound):
        here.engine.assign(task.id, "nobody", actor=ADMINISTRATOR)


def test_what_somebody_had_begun_to_write_is_not_for_who_takes_the_task_after_him(stage: MakeStage) -> None:
    here = stage(TWO)
    here.start("two")
    task = here.open("first")[0].id
    here.engine.save_draft(task, {"score": 3}, actor=ANN)
    assert here.engine.task(task, actor=ANN).draft == {"score": 3}
    here.engine.release(task, actor=ANN)
    assert here.engine.task(task, actor=BEN).values == {}
    here.engine.claim(task, actor=BEN)
    assert here.engine.task(task, actor=BEN).draft is None


def test_a_stale_revision_conflicts(stage: MakeStage) -> None:
    here = stage(TWO)
    here.start("two")
    task = here.open("first")[0]
    here.engine.claim(task.id, actor=ANN, revision=task.revision)
    here.engine.release(task.id, actor=ANN)
    with pytest.raises(Conflict, match="changed in the meantime"):
        here.engine.claim(task.id, actor=BEN, revision=task.revision)
    with pytest.raises(Conflict, match="changed in the meantime"):
        here.engine.complete_task(task.id, actor=BEN, revision=task.revision)


def test_who_takes_a_task_or_keeps_a_draft_may_complete_it_on_a_page_he_opened_before(stage: MakeStage) -> None:
    """The page keeps the first draft by itself, maybe while it is being sent: one's own draft is no conflict."""
    here = stage(TWO)
    here.start("two")
    task = here.open("first")[0]
    here.engine.save_draft(task.id, {"score": 3}, actor=ANN)
    with pytest.raises(Conflict, match="Somebody else"):
        here.engine.complete_task(task.id, actor=BEN, revision=task.revision)
    here.engine.complete_task(task.id, {"score": 4}, actor=ANN, revision=task.revision)


def test_a_stranger_does_not_know_of_it_and_a_completed_one_conflicts(stage: MakeStage) -> None:
    here = stage(TWO)
    here.start("two")
    task = here.open("first")[0]
    for verb in (lambda: here.engine.complete_task(task.id, actor=STRANGER), lambda: here.engine.task(task.id, actor=STRANGER)):
        with pytest.raises(NotFound):
            verb()
    here.engine.complete_task(task.id, actor=ANN)
    with pytest.raises(Conflict, match="done already"):
        here.engine.complete_task(task.id, actor=ANN)
    with pytest.raises(NotFound):
        here.engine.complete_task("0" * 32, actor=ANN)


@pytest.mark.parametrize(
    "values",
    [
        {"typename": "x"},
        {"a": [{"typename": "x"}]},
        {"__class__": 1},
        {"a": {"b": {"__x": 1}}},
        {"when": datetime(2009, 6, 1, tzinfo=UTC)},
        {"a": {1: "x"}},
        {"a": float("nan")},
        {"a": "x" * 1_100_000},
        {"a": {1, 2}},
        {"nrOfInstances": 3},
        {"a": "nul \x00"},
    ],
)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_what_could_not_be_kept_is_refused(stage: MakeStage, values: dict[str, Any]) -> None:
    here = stage(TWO)
    here.start("two")
    task = here.open("first")[0]
    for verb in (here.engine.complete_task, here.engine.save_draft):
        with pytest.raises(Invalid) as refused:
            verb(task.id, values, actor=ANN)
        assert refused.value.problems
    assert here.names() == ["first"]


def test_the_same_key_gives_the_same_answer(stage: MakeStage) -> None:
    here = stage(TWO)
    here.start("two")
    task = here.open("first")[0]
    first = here.engine.complete_task(task.id, {"a": 1}, actor=ANN, key="k1")
    assert here.engine.complete_task(task.id, {"a": 1}, actor=ANN, key="k1") == first
    with pytest.raises(Conflict):
        here.engine.complete_task(here.open("second")[0].id, actor=ANN, key="k1")
    with pytest.raises(Conflict):
        here.engine.complete_task(task.id, actor=BEN, key="k1")


def test_eight_at_once_one_wins(stage: MakeStage) -> None:
    here = stage(TWO)
    for _round in range(3):
        here.start("two")
        task = here.open("first")[0]
        actors = [Actor(f"w{n}", frozenset({"workers"})) for n in range(8)]

        def attempt(actor: Actor, task_id: str = task.id) -> Completion | Conflict:
            try:
                return here.engine.complete_task(task_id, {"by": actor.user_id}, actor=actor)
            except Conflict as conflict:
                return conflict

        with ThreadPoolExecutor(8) as pool:
            results = list(pool.map(attempt, actors))
        assert sum(isinstance(result, Completion) for result in results) == 1
        assert len(here.open("second")) == _round + 1
    assert here.engine.audit_verify().ok


def test_eight_siblings_at_once_are_all_kept(stage: MakeStage) -> None:
    body = '<startEvent id="s"/><userTask id="sign" camunda:candidateGroups="workers">\
<multiInstanceLoopCharacteristics camunda:collection="names" \
camunda:elementVariable="name" ruam:resultCollection="signed" ruam:resultExpression="${signature}"/></userTask><endEvent id="e"/>'
    here = stage({"p.bpmn": process("signing", body, "s -> sign", "sign -> e")})
    instance = here.start("signing", names=[f"n{n}" for n in range(8)])
    tasks = here.open("sign")
    assert [task.context["name"] for task in tasks] == [f"n{n}" for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda task: here.engine.complete_task(task.id, {"signature": task.context["name"]}, actor=ANN), tasks))
    assert here.state(instance) == "COMPLETED"
    assert here.variables(instance)["signed"] == [f"n{n}" for n in range(8)]
    assert here.engine.audit_verify().ok


def test_a_step_that_fails_is_rolled_back_and_shown(stage: MakeStage) -> None:
    body = '<startEvent id="s"/><userTask id="ask" camunda:candidateGroups="workers"/><scriptTask id="count" name="นับ">\
<script>b = a + 1</script></scriptTask>\
<endEvent id="e"/>'
    here = stage({"p.bpmn": process("failing", body, "s -> ask", "ask -> count", "count -> e")})
    instance = here.start("failing")
    task = here.open("ask")[0]
    with pytest.raises(ExecutionFailed, match="นับ"):
        here.engine.complete_task(task.id, {"a": "text"}, actor=ANN)
    assert here.names() == ["ask"]
    assert here.variables(instance) == {}
    (incident,) = here.engine.incidents(actor=ADMINISTRATOR).items
    assert (incident.element_id, incident.type, incident.task_id) == ("count", "failedStep", task.id)
    here.engine.complete_task(task.id, {"a": 1}, actor=ANN)
    assert here.state(instance) == "COMPLETED"
    assert here.variables(instance) == {"a": 1, "b": 2}
    assert here.engine.incidents(actor=ADMINISTRATOR).total == 0
    assert here.engine.audit_verify().ok


def test_drafts_are_kept_for_who_works(stage: MakeStage) -> None:
    here = stage(TWO)
    here.start("two")
    task = here.open("first")[0]
    here.engine.save_draft(task.id, {"a": "unfinished"}, actor=ANN)
    assert here.engine.task(task.id, actor=ANN).draft == {"a": "unfinished"}
    assert here.engine.task(task.id, actor=ADMINISTRATOR).draft is None
    assert here.engine.inbox(ANN, view="mine").items[0].has_draft
    with pytest.raises(Conflict):
        here.engine.save_draft(task.id, {"a": "mine"}, actor=BEN)


def test_a_due_date_moves_with_a_reason(stage: MakeStage) -> None:
    here = stage(TWO)
    here.start("two")
    task = here.open("first")[0]
    due = datetime(2009, 7, 1, tzinfo=UTC)
    with pytest.raises(Forbidden):
        here.engine.set_task_due(task.id, due, reason="later", actor=ANN)
    with pytest.raises(Invalid):
        here.engine.set_task_due(task.id, due, reason=" ", actor=ADMINISTRATOR)
    here.engine.set_task_due(task.id, due, reason="later", actor=ADMINISTRATOR)
    assert here.open("first")[0].due == due
    event = here.engine.history(task.instance_id, actor=SYSTEM, event="task.due_changed").items[0]
    assert event.data["reason"] == "later"


def test_inbox_views_and_counts(stage: MakeStage) -> None:
    body = '<startEvent id="s"/><userTask id="late" name="สาย" camunda:candidateGroups="workers" camunda:dueDate="2009-06-02"/>\
<userTask id="soon" \
camunda:candidateGroups="workers" camunda:dueDate="${due}"/><userTask id="some" camunda:candidateUsers="ann" /><endEvent id="e"/>'
    flows = ("s -> late", "s -> soon", "s -> some", "late -> e", "soon -> e", "some -> e")
    here = stage({"p.bpmn": process("three", body, *flows)})
    here.start("three", due="2009-06-10T12:00:00+07:00", business_key="2552/TH-50")
    here.advance(datetime(2009, 6, 5, 1, tzinfo=UTC))
    counts = here.engine.inbox_counts(ANN)
    assert (counts.open, counts.overdue, counts.coming, counts.mine) == (3, 1, 1, 0)
    assert [task.element_id for task in here.engine.inbox(ANN).items] == ["late", "soon", "some"]
    assert [task.element_id for task in here.engine.inbox(BEN).items] == ["late", "soon"]
    assert [task.element_id for task in here.engine.inbox(ANN, search="สาย").items] == ["late"]
    assert here.engine.inbox(ANN, search="TH-50").total == 3
    assert here.engine.inbox(ANN, search="%").total == 0
    here.complete("late", actor=ANN)
    assert [task.element_id for task in here.engine.inbox(ANN, view="done").items] == ["late"]


@pytest.mark.parametrize("priority", [2**40, "urgent", [1], 1.0e300])
def test_a_priority_that_is_none_fails_where_it_stands(stage: MakeStage, priority: Any) -> None:
    body = '<startEvent id="s"/><userTask id="a" camunda:priority="${p}"/><endEvent id="e"/>'
    here = stage({"p.bpmn": process("p", body, "s -> a", "a -> e")})
    with pytest.raises(ExecutionFailed) as failed:
        here.start("p", p=priority)
    assert (failed.value.facts["element_id"], "priority" in failed.value.message) == ("a", True)
    assert "ลำดับความสำคัญ" in failed.value.thai
