"""One instance moves: what it stands at goes on in the other version."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import Conflict, Forbidden
from engine.migration.plan import Due, Instruction, Way
from engine.people import SYSTEM, Actor
from engine.testing import ADMINISTRATOR
from tests.drawing import draw, users
from tests.engine.migration.moves import Staging, before, deploy, move, moved, onto, plan, refused

ENDS = '<startEvent id="s"/><endEvent id="e"/>'
ALICE = Actor("alice", groups=frozenset({"workers"}))
TIMER = "<timerEventDefinition><timeDuration>{}</timeDuration></timerEventDefinition>"


def test_a_step_is_added_behind_and_before_the_one_somebody_is_at(stage: Staging) -> None:
    mine = '<userTask id="a" name="a" camunda:candidateGroups="workers"/>'
    playing = stage({"p.bpmn": draw(ENDS + mine + users("b"), "s > a > b > e")})
    instance = playing.start("p")
    task = playing.open("a")[0]
    playing.engine.save_draft(task.id, {"text": "half"}, actor=ALICE)
    playing.engine.comment(instance.id, "a remark", task_id=task.id, actor=ADMINISTRATOR)
    target = deploy(playing, ENDS + mine + users("b", "new", "early"), "s > early > a > new > b > e")
    moved(playing, instance, target)
    kept = playing.open("a")[0]
    assert (kept.id, kept.assignee, kept.has_draft, kept.definition_id) == (task.id, "alice", True, target)
    assert [remark.text for remark in playing.engine.comments(instance.id, with_tasks=True, actor=ADMINISTRATOR)] == ["a remark"]
    for name in ("a", "new", "b"):
        playing.complete(name)
    assert playing.state(instance) == "COMPLETED"
    assert playing.engine.audit_verify().ok


def test_the_history_says_from_where_to_where(stage: Staging) -> None:
    playing = stage({"p.bpmn": draw(ENDS + '<userTask id="a" name="Ask"/>', "s > a > e")})
    instance = playing.start("p")
    target = deploy(playing, '<startEvent id="s"/><endEvent id="e"/><userTask id="ask" name="Ask"/>', "s > ask > e")
    migration = moved(playing, instance, target)
    (event,) = playing.engine.history(instance.id, actor=ADMINISTRATOR, event="instance.migrated").items
    assert event.data == {
        "from": instance.definition_id, "to": target, "versions": [1, 2], "mapping": {"a": "ask"}, "migration": migration,
        "reason": "the new version",
    }  # fmt: skip
    assert event.actor == "administrator"
    assert [task.element_id for task in playing.open()] == ["ask"]
    playing.complete("ask")
    assert playing.state(instance) == "COMPLETED"


def test_everything_is_renamed(stage: Staging) -> None:
    body = (
        '<startEvent id="{0}s"/><endEvent id="{0}e"/>'
        '<userTask id="{0}a" name="A"/><userTask id="{0}b" name="B"/><userTask id="{0}c" name="C"/>'
        '<parallelGateway id="{0}f"/><parallelGateway id="{0}j"/>'
    )
    flows = "{0}s > {0}f > {0}a > {0}j > {0}c > {0}e; {0}f > {0}b > {0}j"
    playing = stage({"p.bpmn": draw(body.format(""), flows.format(""))})
    instance = playing.start("p")
    playing.complete("a")  # one branch has arrived at the join
    moved(playing, instance, deploy(playing, body.format("n"), flows.format("n")))
    assert playing.names() == ["nb"]
    playing.complete("nb")
    playing.complete("nc")
    assert playing.state(instance) == "COMPLETED"


def test_a_removed_task_is_refused_by_name_then_continued_elsewhere(stage: Staging) -> None:
    playing = stage({"p.bpmn": draw(ENDS + users("a", "b", "c"), "s > a > b > c > e")})
    instance = playing.start("p")
    playing.complete("a")
    target = deploy(playing, ENDS + users("a", "c"), "s > a > c > e")
    assert refused(playing, instance, target) == [("gone", "b")]
    trial = playing.engine.try_migration(plan(playing, instance, target), actor=ADMINISTRATOR)
    assert (trial.movable, trial.refused) == (0, 1)
    assert trial.groups[0].problem.message == "'b' no longer exists; choose where it continues."
    assert trial.groups[0].continuations == ("c",)
    moved(playing, instance, target, before("b", "c"))
    assert playing.names() == ["c"]
    assert ("task.terminated", "b") in playing.events(instance)
    playing.complete("c")
    assert playing.state(instance) == "COMPLETED"


def test_a_removed_task_is_mapped_to_another_and_keeps_its_claim(stage: Staging) -> None:
    playing = stage({"p.bpmn": draw(ENDS + users("a"), "s > a > e")})
    instance = playing.start("p")
    task = playing.open("a")[0]
    target = deploy(playing, ENDS + users("one", "two"), "s > one > two > e")
    moved(playing, instance, target, onto("a", "two"))
    assert [(one.id, one.element_id, one.name) for one in playing.open()] == [(task.id, "two", "two")]
    playing.complete("two")
    assert playing.state(instance) == "COMPLETED"


def test_a_lane_changes_and_the_task_goes_to_the_other_party(stage: Staging) -> None:
    first = ENDS + '<userTask id="a" name="a" camunda:candidateGroups="workers"/>'
    playing = stage({"p.bpmn": draw(first, "s > a > e")})
    instance = playing.start("p")
    playing.engine.claim(playing.open("a")[0].id, actor=ALICE)
    target = deploy(playing, first.replace("workers", "masters"), "s > a > e")
    moved(playing, instance, target)
    (task,) = playing.open("a")
    assert (task.assignee, task.candidate_groups, task.party) == (None, ("masters",), "masters")
    master = Actor("master", groups=frozenset({"masters"}))
    assert [one.id for one in playing.engine.inbox(master).items] == [task.id]
    assert playing.engine.inbox(ALICE).total == 0
    playing.complete("a", actor=master)
    assert playing.state(instance) == "COMPLETED"


def test_offers_made_by_hand_survive_where_the_diagram_says_the_same(stage: Staging) -> None:
    body = ENDS + '<userTask id="a" name="a" camunda:candidateGroups="workers"/>'
    playing = stage({"p.bpmn": draw(body, "s > a > e")})
    instance = playing.start("p")
    playing.engine.offer_task(playing.open("a")[0].id, "group", "masters", actor=ADMINISTRATOR)
    moved(playing, instance, deploy(playing, body + users("b"), "s > a > b > e"))
    assert set(playing.open("a")[0].candidate_groups) == {"workers", "masters"}


def test_due_dates_are_kept_or_recalculated_from_when_the_task_opened(stage: Staging) -> None:
    body = ENDS + '<userTask id="a" name="a" camunda:dueDate="{}" ruam:remind="1"/>'
    playing = stage({"p.bpmn": draw(body.format("P10D"), "s > a > e")})
    one, other = playing.start("p"), playing.start("p")
    due = playing.open("a")[0].due
    assert due is not None
    playing.advance(timedelta(days=2))
    target = deploy(playing, body.format("P17D"), "s > a > e")
    moved(playing, one, target)
    moved(playing, other, target, due=Due.RECALCULATE)
    assert playing.open("a", one.id)[0].due == due
    assert playing.open("a", other.id)[0].due == due + timedelta(days=7)
    reminders = {job.instance_id: job for job in playing.engine.jobs(kind="reminder", actor=ADMINISTRATOR).items}
    assert reminders[other.id].due > reminders[one.id].due
    assert reminders[one.id].definition_id == target


def test_the_form_changes(stage: Staging) -> None:
    form = b'{"type": "object", "properties": {"%s": {"type": "string"}}}'
    body = ENDS + '<userTask id="a" name="a" camunda:formKey="%s"/>'
    playing = stage({"p.bpmn": draw(body % "one", "s > a > e"), "forms/one.json": form % b"x"})
    instance = playing.start("p")
    task = playing.open("a")[0]
    files = {"p.bpmn": draw(body % "two", "s > a > e"), "forms/two.json": form % b"y"}
    target = playing.engine.deploy(files, name="next", actor=ADMINISTRATOR).definitions[0].id
    moved(playing, instance, target)
    with pytest.raises(Conflict):
        playing.engine.complete_task(task.id, {"x": "1"}, revision=task.revision, actor=SYSTEM)
    playing.engine.complete_task(task.id, {"y": "1"}, actor=SYSTEM)
    assert playing.variables(instance) == {"y": "1"}


def test_only_administrators(stage: Staging) -> None:
    playing = stage({"p.bpmn": draw(ENDS + users("a"), "s > a > e")})
    instance = playing.start("p")
    target = deploy(playing, ENDS + users("a", "b"), "s > a > b > e")
    planned = plan(playing, instance, target)
    with pytest.raises(Forbidden):
        playing.engine.try_migration(planned, actor=ALICE)
    with pytest.raises(Forbidden):
        playing.engine.migrate(planned, reason="why not", actor=ALICE)


def test_a_suspended_instance_stays_suspended(stage: Staging) -> None:
    playing = stage({"p.bpmn": draw(ENDS + users("a"), "s > a > e")})
    instance = playing.start("p")
    playing.engine.suspend(instance.id, reason="wait", actor=ADMINISTRATOR)
    late = f'<boundaryEvent id="late" attachedToRef="a">{TIMER.format("PT1H")}</boundaryEvent>'
    target = deploy(playing, ENDS + users("a", "chase") + late, "s > a > e; late > chase > e")
    moved(playing, instance, target)
    assert playing.state(instance) == "SUSPENDED"
    playing.advance(timedelta(hours=2))
    assert [(task.element_id, task.state) for task in playing.open()] == [("a", "SUSPENDED")]
    playing.engine.resume(instance.id, actor=ADMINISTRATOR)
    playing.advance(timedelta(seconds=1))
    assert playing.names() == ["chase"]


def test_what_is_completed_meanwhile_is_seen(stage: Staging) -> None:
    playing = stage({"p.bpmn": draw(ENDS + users("a", "b"), "s > a > b > e")})
    instance = playing.start("p")
    target = deploy(playing, ENDS + users("a", "c"), "s > a > c > e")
    planned = plan(playing, instance, target)
    assert playing.engine.try_migration(planned, actor=ADMINISTRATOR).movable == 1
    playing.complete("a")
    done = playing.engine.migrate(planned, reason="late", actor=ADMINISTRATOR)
    assert [(group.problem.rule, group.problem.element_id) for group in done.groups] == [("gone", "b")]
    playing.complete("b")
    assert playing.state(instance) == "COMPLETED"
    again = playing.engine.migrate(planned, instance_ids=[instance.id], reason="later", actor=ADMINISTRATOR)
    assert [group.problem.rule for group in again.groups] == ["ended"]


def test_a_branch_is_dropped(stage: Staging) -> None:
    fork = '<parallelGateway id="f"/><parallelGateway id="j"/>'
    playing = stage({"p.bpmn": draw(ENDS + fork + users("a", "b", "c"), "s > f > a > j > c > e; f > b > j")})
    instance = playing.start("p")
    target = deploy(playing, ENDS + users("a", "c"), "s > a > c > e")
    assert refused(playing, instance, target) == [("gone", "b")]
    moved(playing, instance, target, Instruction("b", way=Way.DROP))
    playing.complete("a")
    playing.complete("c")
    assert playing.state(instance) == "COMPLETED"


def test_a_step_split_between_two_is_refused_where_the_other_half_would_never_come(stage: Staging) -> None:
    playing = stage({"p.bpmn": draw(ENDS + users("a", "b"), "s > a > b > e")})
    instance = playing.start("p")
    fork = '<parallelGateway id="f"/><parallelGateway id="j"/>'
    target = deploy(playing, ENDS + fork + users("a", "a2", "b"), "s > f > a > j > b > e; f > a2 > j")
    assert refused(playing, instance, target) == [("waits-for-ever", "j")]
    moved(playing, instance, target, before("a", "f"))
    for name in ("a", "a2", "b"):
        playing.complete(name)
    assert playing.state(instance) == "COMPLETED"


def test_nothing_more_comes_through_a_complex_gateway_that_has_started(stage: Staging) -> None:
    early = '<complexGateway id="early"><activationCondition>${activationCount == 2}</activationCondition></complexGateway>'
    body = ENDS + users("a", "b", "c", "t") + '<parallelGateway id="f"/>' + early
    flows = "s > f; f > a > early; f > b > early; f > c > early; "
    playing = stage({"p.bpmn": draw(body, flows + "early > t > e")})
    instance = playing.start("p")
    playing.complete("a")
    playing.complete("b")
    split = body + users("beside") + '<parallelGateway id="g"/><parallelGateway id="j"/>'
    target = deploy(playing, split, flows + "early > g; g > t > j; g > beside > j; j > e")
    assert refused(playing, instance, target) == [("waits-for-ever", "j")], "c may still come, and leads no further"


def test_nothing_of_it_may_be_left_out(stage: Staging) -> None:
    playing = stage({"p.bpmn": draw(ENDS + users("a"), "s > a > e")})
    instance = playing.start("p")
    target = deploy(playing, ENDS + users("b"), "s > b > e")
    assert refused(playing, instance, target, Instruction("a", way=Way.DROP)) == [("nothing-left", None)]
    assert move(playing, instance, target, before("a", "b")).moved == 1


def test_what_was_done_under_another_name_is_still_done(stage: Staging) -> None:
    def steps(*names: str) -> str:
        return "".join(
            f'<userTask id="{id}" name="{name}" ruam:step="{number}"/>' for number, (id, name) in enumerate(map(str.split, names), 1)
        )

    playing = stage({"p.bpmn": draw(ENDS + steps("a One", "b Two", "c Three"), "s > a > b > c > e")})
    instance = playing.start("p")
    playing.complete("a")
    moved(playing, instance, deploy(playing, ENDS + steps("x One", "y Two", "z Three"), "s > x > y > z > e"))
    drawn = playing.engine.diagram_state(instance.id, actor=ADMINISTRATOR)
    assert ("x" in drawn.done, "y" in drawn.open, {"a", "b"} & {*drawn.done, *drawn.open}) == (True, True, set())
    seen = {step.n: step.state for step in playing.engine.progress(instance.id, actor=ADMINISTRATOR).steps}
    assert (seen["1"], seen["2"], seen["3"]) == ("done", "open", "not_started")
    playing.complete("y")
    assert "y" in playing.engine.diagram_state(instance.id, actor=ADMINISTRATOR).done


def test_one_that_is_stuck_is_set_going_again(stage: Staging) -> None:
    join = '<parallelGateway id="j"/><exclusiveGateway id="x"/>'
    flows = "s > x >[y] a > j > c > e; x >* b > j"
    playing = stage({"p.bpmn": draw(ENDS + join + users("a", "b", "c"), flows)})
    instance = playing.start("p", y=True)
    playing.complete("a")
    assert playing.engine.incidents(actor=ADMINISTRATOR).total == 1
    target = deploy(playing, ENDS + '<exclusiveGateway id="x"/>' + users("a", "b", "c"), "s > x >[y] a > c > e; x >* b > c")
    moved(playing, instance, target, before("j", "c"))
    assert playing.names() == ["c"]
    assert playing.engine.incidents(actor=ADMINISTRATOR).total == 0
