"""Back to the version before, as long as nothing further was completed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import Conflict
from engine.migration.plan import Due
from engine.people import Actor
from engine.testing import ADMINISTRATOR
from tests.drawing import draw, users
from tests.engine.migration.moves import Staging, before, deploy, image, moved, plan

ENDS = '<startEvent id="s"/><endEvent id="e"/>'
WORKER = Actor("worker", groups=frozenset({"workers"}))


def task(id: str, attributes: str = "") -> str:
    return f'<userTask id="{id}" name="{id}" camunda:candidateGroups="workers" {attributes}/>'


def test_all_is_as_it_was_but_for_what_people_did_meanwhile(stage: Staging) -> None:
    nine = "<timerEventDefinition><timeDuration>PT9H</timeDuration></timerEventDefinition>"
    timer = f'<boundaryEvent id="t" attachedToRef="a">{nine}</boundaryEvent>'
    playing = stage({"p.bpmn": draw(ENDS + task("a", 'camunda:dueDate="P10D"') + task("b") + timer, "s > a > e; t > b > e")})
    instance = playing.start("p")
    open_before, due, jobs = playing.open()[0], playing.open()[0].due, playing.engine.jobs(actor=ADMINISTRATOR).items
    target = deploy(playing, ENDS + task("x", 'camunda:dueDate="P20D"').replace("workers", "masters") + task("a"), "s > x > a > e")
    migration = moved(playing, instance, target, before("a", "x"), due=Due.RECALCULATE)
    assert playing.names() == ["x"]
    playing.advance(timedelta(hours=1))
    assert playing.engine.try_undoing(migration, actor=ADMINISTRATOR).possible == 1
    done = playing.engine.undo_migration(migration, reason="a mistake", actor=ADMINISTRATOR)
    assert (done.done, done.refused) == (1, 0)
    (back,) = playing.open()
    assert (back.id, back.due, back.candidate_groups, back.state) == (open_before.id, due, ("workers",), "CREATED")
    assert playing.engine.jobs(actor=ADMINISTRATOR).items == jobs
    assert [one.id for one in playing.engine.inbox(WORKER).items] == [back.id]
    assert playing.engine.audit_verify().ok
    assert playing.engine.migration(migration, actor=ADMINISTRATOR).undone == 1
    assert ("instance.migration_undone", None) in playing.events(instance)
    playing.advance(timedelta(hours=9))
    assert playing.names() == ["b"]
    playing.complete("b")
    assert playing.state(instance) == "COMPLETED"


def test_a_claim_and_a_draft_of_meanwhile_stay(stage: Staging) -> None:
    playing = stage({"p.bpmn": draw(ENDS + task("a"), "s > a > e")})
    instance = playing.start("p")
    migration = moved(playing, instance, deploy(playing, ENDS + task("a") + users("b"), "s > a > b > e"))
    playing.engine.save_draft(playing.open("a")[0].id, {"x": 1}, actor=WORKER)
    assert playing.engine.undo_migration(migration, reason="back", actor=ADMINISTRATOR).done == 1
    (back,) = playing.open()
    assert (back.assignee, back.state, back.has_draft, back.definition_id) == ("worker", "CLAIMED", True, instance.definition_id)
    playing.engine.complete_task(back.id, {}, actor=WORKER)
    assert playing.state(instance) == "COMPLETED"


def test_not_after_something_was_completed(stage: Staging) -> None:
    playing = stage({"p.bpmn": draw(ENDS + users("a", "b"), "s > a > b > e")})
    instance = playing.start("p")
    migration = moved(playing, instance, deploy(playing, ENDS + users("a", "b", "c"), "s > a > b > c > e"))
    playing.complete("a")
    now = image(playing, instance)
    tried = playing.engine.try_undoing(migration, actor=ADMINISTRATOR)
    assert (tried.possible, tried.refused, tried.groups[0].problem.rule) == (0, 1, "went-on")
    assert playing.engine.undo_migration(migration, reason="back", actor=ADMINISTRATOR).refused == 1
    assert image(playing, instance) == now
    playing.complete("b")
    playing.complete("c")
    assert playing.state(instance) == "COMPLETED"


def test_not_where_a_called_process_was_ended(stage: Staging) -> None:
    child = draw('<startEvent id="s"/><userTask id="c"/><endEvent id="e"/>', "s > c > e", key="child")
    playing = stage({"p.bpmn": draw(ENDS + '<callActivity id="k" calledElement="child"/>', "s > k > e"), "child.bpmn": child})
    instance = playing.start("p")
    migration = moved(playing, instance, deploy(playing, ENDS + users("z"), "s > z > e"), before("k", "z"))
    assert playing.names() == ["z"]
    tried = playing.engine.try_undoing(migration, actor=ADMINISTRATOR)
    assert tried.groups[0].problem.rule == "final"


def test_a_sub_process_that_was_put_around_is_taken_away(stage: Staging) -> None:
    playing = stage({"p.bpmn": draw(ENDS + users("a"), "s > a > e")})
    instance = playing.start("p")
    box = '<subProcess id="box"><startEvent id="bs"/><endEvent id="be"/><userTask id="a" name="a"/>{flows:box}</subProcess>'
    first = image(playing, instance)[1]
    migration = moved(playing, instance, deploy(playing, ENDS + box, "s > box > e", inner={"box": "bs > a > be"}))
    assert playing.engine.undo_migration(migration, reason="back", actor=ADMINISTRATOR).done == 1
    assert image(playing, instance)[1] == first
    playing.complete("a")
    assert playing.state(instance) == "COMPLETED"
    assert playing.engine.undo_migration(migration, reason="back", actor=ADMINISTRATOR).done == 0


def test_not_after_something_was_done_in_what_the_move_has_called(stage: Staging) -> None:
    child = draw('<startEvent id="s"/><userTask id="c"/><userTask id="d"/><endEvent id="e"/>', "s > c > d > e", key="child")
    playing = stage({"p.bpmn": draw(ENDS + users("a"), "s > a > e"), "child.bpmn": child})
    instances = [playing.start("p") for _ in range(2)]
    target = deploy(playing, ENDS + '<callActivity id="k" calledElement="child"/>', "s > k > e")
    migrations = [moved(playing, instance, target, before("a", "k")) for instance in instances]
    playing.complete("c", opinion="the work of a day")
    tried = [playing.engine.try_undoing(one, actor=ADMINISTRATOR) for one in migrations]
    assert [one.possible for one in tried] == [0, 1]
    assert [(one.problem.rule, one.problem.element_id) for one in tried[0].groups] == [("went-on", "c")]
    assert [playing.engine.undo_migration(one, reason="back", actor=ADMINISTRATOR).done for one in migrations] == [0, 1]
    assert playing.names() == ["a", "d"]
    assert playing.engine.audit_verify().ok


def test_what_was_called_before_the_move_may_go_on_meanwhile(stage: Staging) -> None:
    child = draw('<startEvent id="s"/><userTask id="c"/><userTask id="d"/><endEvent id="e"/>', "s > c > d > e", key="child")
    call = '<callActivity id="k" calledElement="child"/>'
    playing = stage({"p.bpmn": draw(ENDS + call, "s > k > e"), "child.bpmn": child})
    migration = moved(playing, playing.start("p"), deploy(playing, ENDS + call + users("z"), "s > k > z > e"))
    playing.complete("c")
    assert playing.engine.undo_migration(migration, reason="back", actor=ADMINISTRATOR).done == 1
    playing.complete("d")
    assert playing.names() == []


def test_a_job_that_somebody_holds_stays_held(stage: Staging) -> None:
    nine = "<timerEventDefinition><timeDuration>PT9H</timeDuration></timerEventDefinition>"
    timer = f'<boundaryEvent id="t" attachedToRef="a">{nine}</boundaryEvent>'
    playing = stage({"p.bpmn": draw(ENDS + users("a", "b") + timer, "s > a > e; t > b > e")})
    instance = playing.start("p")
    target = deploy(playing, ENDS + users("a", "b", "x") + timer, "s > a > x > e; t > b > e")
    (job,) = playing.engine.jobs(actor=ADMINISTRATOR).items
    playing.engine.suspend_job(job.id, True, actor=ADMINISTRATOR)
    migration = moved(playing, instance, target)
    assert playing.engine.undo_migration(migration, reason="back", actor=ADMINISTRATOR).done == 1
    playing.advance(timedelta(hours=10))
    assert playing.names() == ["a"]
    playing.engine.suspend_job(job.id, False, actor=ADMINISTRATOR)
    playing.advance(timedelta(hours=1))
    assert playing.names() == ["b"]


def test_what_still_waits_as_all_is_to_go_back_does_not_move(stage: Staging) -> None:
    playing = stage({"p.bpmn": draw(ENDS + users("a"), "s > a > e")})
    instances = [playing.start("p") for _ in range(3)]
    target = deploy(playing, ENDS + users("a", "b"), "s > a > b > e")
    engine = playing.engine
    begun = engine.begin_migration(plan(playing, instances[0], target), reason="on", actor=ADMINISTRATOR)
    engine.go_on_migrating(begun.id, limit=1, actor=ADMINISTRATOR)
    asked = engine.begin_undoing(begun.id, reason="a mistake", actor=ADMINISTRATOR)
    assert (asked.waiting, asked.returning, asked.undone) == (0, 1, 2)
    engine.resume_migrations()
    over = engine.migration(begun.id, actor=ADMINISTRATOR)
    assert (over.state, over.moved, over.undone) == ("DONE", 0, 3)
    assert {engine.instance(one.id, actor=ADMINISTRATOR).definition_id for one in instances} == {instances[0].definition_id}
    assert len(engine.history(instances[2].id, actor=ADMINISTRATOR, event="instance.migrated").items) == 0


def test_a_draft_moves_only_with_the_hands_it_was_written_in(stage: Staging) -> None:
    playing = stage({"p.bpmn": draw(ENDS + task("a"), "s > a > e")})
    instance = playing.start("p")
    playing.engine.save_draft(playing.open("a")[0].id, {"x": 1}, actor=WORKER)
    target = deploy(playing, ENDS + task("a").replace("workers", "masters"), "s > a > e")
    migration = moved(playing, instance, target)
    (theirs,) = playing.open("a")
    assert (theirs.assignee, theirs.has_draft) == (None, False), "it is for others now, who are not to read it"
    assert playing.engine.undo_migration(migration, reason="back", actor=ADMINISTRATOR).done == 1
    (back,) = playing.open("a")
    assert back.assignee == "worker"
    assert playing.engine.task(back.id, actor=WORKER).draft == {"x": 1}


def test_a_version_that_a_move_was_to_is_not_deleted(stage: Staging) -> None:
    """Nobody could be told of the move any more; one that waits for its turn would wait for ever, and every one begun after it."""
    playing = stage({"p.bpmn": draw(ENDS + users("a"), "s > a > e")})
    instance = playing.start("p")
    target = deploy(playing, ENDS + users("a", "b"), "s > a > b > e")
    deployment = playing.engine.definition(target).deployment_id
    migration = moved(playing, instance, target)
    assert playing.engine.undo_migration(migration, reason="back", actor=ADMINISTRATOR).done == 1
    with pytest.raises(Conflict, match="moved"):
        playing.engine.delete_deployment(deployment, actor=ADMINISTRATOR)
    assert playing.engine.migration(migration, actor=ADMINISTRATOR).undone == 1
