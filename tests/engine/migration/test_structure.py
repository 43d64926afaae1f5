"""What stands in sub-processes, at joins, in repeated activities, before events; and what is waited for beside it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import ExecutionFailed
from engine.migration.plan import Instruction
from engine.people import SYSTEM
from engine.running.fetching import Wanted
from engine.testing import ADMINISTRATOR
from tests.drawing import draw, users
from tests.engine.migration.moves import Staging, before, deploy, moved, onto, refused

ENDS = '<startEvent id="s"/><endEvent id="e"/>'
TIMER = "<timerEventDefinition><timeDuration>{}</timeDuration></timerEventDefinition>"
BOX = '<subProcess id="{0}" name="{0}"><startEvent id="{0}s"/><endEvent id="{0}e"/>{1}{{flows:{0}}}</subProcess>'


def boundary(id: str, host: str, wait: str = "PT1H", interrupting: str = "true") -> str:
    return f'<boundaryEvent id="{id}" attachedToRef="{host}" cancelActivity="{interrupting}">{TIMER.format(wait)}</boundaryEvent>'


def test_a_timer_goes_on_and_fires_once(stage: Staging) -> None:
    body = ENDS + users("a", "late") + boundary("alarm", "a", interrupting="false")
    playing = stage({"p.bpmn": draw(body, "s > a > e; alarm > late > e")})
    instance = playing.start("p")
    playing.advance(timedelta(minutes=30))
    renamed = ENDS + users("b", "late") + boundary("bell", "b", "PT5H", "false")
    target = deploy(playing, renamed, "s > b > e; bell > late > e")
    moved(playing, instance, target, onto("a", "b"), onto("alarm", "bell"))
    playing.advance(timedelta(minutes=31))
    assert playing.names() == ["b", "late"]
    playing.advance(timedelta(hours=9))
    assert playing.names() == ["b", "late"]
    assert [event for event in playing.events(instance) if event[0] == "timer.fired"] == [("timer.fired", "bell")]


def test_a_timer_that_has_fired_does_not_fire_again(stage: Staging) -> None:
    body = ENDS + users("a", "late") + boundary("alarm", "a", interrupting="false")
    playing = stage({"p.bpmn": draw(body, "s > a > e; alarm > late > e")})
    instance = playing.start("p")
    playing.advance(timedelta(hours=2))
    target = deploy(playing, body + users("c"), "s > a > c > e; alarm > late > e")
    moved(playing, instance, target)
    playing.advance(timedelta(hours=9))
    assert playing.names() == ["a", "late"]


def test_boundary_events_are_added_and_removed(stage: Staging) -> None:
    playing = stage({"p.bpmn": draw(ENDS + users("a", "x") + boundary("one", "a"), "s > a > e; one > x > e")})
    instance = playing.start("p")
    playing.advance(timedelta(minutes=1))
    target = deploy(playing, ENDS + users("a", "y") + boundary("two", "a", "PT2H"), "s > a > e; two > y > e")
    moved(playing, instance, target)
    assert [job.element_id for job in playing.engine.jobs(actor=ADMINISTRATOR).items] == ["two"]
    playing.advance(timedelta(minutes=90))
    assert playing.names() == ["a"]
    playing.advance(timedelta(hours=1))
    assert playing.names() == ["y"]


@pytest.mark.parametrize("way", [onto("a", "b"), before("a", "b")])
def test_what_is_attached_to_a_task_that_continues_elsewhere_waits_no_more(stage: Staging, way: Instruction) -> None:
    playing = stage({"p.bpmn": draw(ENDS + users("a", "late") + boundary("alarm", "a"), "s > a > e; alarm > late > e")})
    instance = playing.start("p")
    target = deploy(playing, ENDS + users("a", "b", "late") + boundary("alarm", "a"), "s > a > b > e; alarm > late > e")
    moved(playing, instance, target, way)
    assert (playing.names(), playing.engine.jobs(actor=ADMINISTRATOR).total) == (["b"], 0)


def test_a_timer_is_recalculated_from_when_it_began(stage: Staging) -> None:
    wait = '<intermediateCatchEvent id="w">{}</intermediateCatchEvent>'
    playing = stage({"p.bpmn": draw(ENDS + wait.format(TIMER.format("P10D")) + users("a"), "s > w > a > e")})
    instance = playing.start("p")
    playing.advance(timedelta(days=2))
    target = deploy(playing, ENDS + wait.format(TIMER.format("P3D")) + users("a"), "s > w > a > e")
    moved(playing, instance, target, onto("w", "w", update=True))
    playing.advance(timedelta(hours=23))
    assert playing.names() == []
    playing.advance(timedelta(hours=2))
    assert playing.names() == ["a"]


def test_a_message_is_waited_for_by_its_new_name(stage: Staging) -> None:
    waits = '<receiveTask id="w" name="wait" messageRef="m"/>'
    playing = stage({"p.bpmn": draw(ENDS + waits, "s > w > e", definitions='<message id="m" name="old"/>')})
    instance = playing.start("p")
    target = deploy(playing, ENDS + waits, "s > w > e", definitions='<message id="m" name="new"/>')
    moved(playing, instance, target)
    playing.engine.correlate("new", actor=SYSTEM)
    assert playing.state(instance) == "COMPLETED"


def test_a_sub_process_is_put_around_what_goes_on(stage: Staging) -> None:
    playing = stage({"p.bpmn": draw(ENDS + users("a", "b"), "s > a > b > e")})
    instance = playing.start("p")
    task = playing.open()[0]
    box = BOX.format("box", users("a", "inner")) + boundary("alarm", "box") + users("late")
    target = deploy(playing, ENDS + box + users("b"), "s > box > b > e; alarm > late > e", inner={"box": "boxs > a > inner > boxe"})
    moved(playing, instance, target)
    assert playing.open()[0].id == task.id
    for name in ("a", "inner", "b"):
        playing.complete(name)
    assert playing.state(instance) == "COMPLETED"
    assert playing.engine.jobs(actor=ADMINISTRATOR).total == 0


def test_the_alarm_of_a_new_sub_process_interrupts_what_was_moved_into_it(stage: Staging) -> None:
    playing = stage({"p.bpmn": draw(ENDS + users("a"), "s > a > e")})
    instance = playing.start("p")
    box = BOX.format("box", users("a")) + boundary("alarm", "box") + users("late")
    moved(playing, instance, deploy(playing, ENDS + box, "s > box > e; alarm > late > e", inner={"box": "boxs > a > boxe"}))
    playing.advance(timedelta(hours=2))
    assert playing.names() == ["late"]


def test_a_sub_process_is_taken_away_and_its_variables_stay(stage: Staging) -> None:
    given = '<camunda:inputOutput><camunda:inputParameter name="mine">7</camunda:inputParameter></camunda:inputOutput>'
    inside = '<startEvent id="bs"/><endEvent id="be"/><userTask id="a"/>{flows:box}'
    told = f'<subProcess id="box" name="box"><extensionElements>{given}</extensionElements>{inside}</subProcess>'
    playing = stage({"p.bpmn": draw(ENDS + told, "s > box > e", inner={"box": "bs > a > be"})})
    instance = playing.start("p")
    moved(playing, instance, deploy(playing, ENDS + users("a", "b"), "s > a > b > e"))
    assert playing.variables(instance) == {"mine": "7"}
    playing.complete("a")
    playing.complete("b")
    assert playing.state(instance) == "COMPLETED"


def test_what_moves_out_leaves_no_empty_sub_process(stage: Staging) -> None:
    box = BOX.format("box", users("a", "x"))
    playing = stage({"p.bpmn": draw(ENDS + box + users("b"), "s > box > b > e", inner={"box": "boxs > a > x > boxe"})})
    instance = playing.start("p")
    small = BOX.format("box", users("x"))
    moved(playing, instance, deploy(playing, ENDS + small + users("a", "b"), "s > box > a > b > e", inner={"box": "boxs > x > boxe"}))
    playing.complete("a")
    assert playing.names() == ["b"]
    playing.complete("b")
    assert playing.state(instance) == "COMPLETED"


def test_many_instances_of_an_activity(stage: Staging) -> None:
    many = '<userTask id="{0}" name="each" {1}><multiInstanceLoopCharacteristics isSequential="{2}"><loopCardinality>3</loopCardinality>\
</multiInstanceLoopCharacteristics></userTask>'
    playing = stage({"p.bpmn": draw(ENDS + many.format("a", "", "false"), "s > a > e")})
    instance = playing.start("p")
    playing.complete("a")
    target = deploy(playing, ENDS + many.format("a2", 'camunda:candidateGroups="g"', "false") + users("b"), "s > a2 > b > e")
    moved(playing, instance, target)
    assert [task.candidate_groups for task in playing.open("a2")] == [("g",), ("g",)]
    third = deploy(playing, ENDS + many.format("a2", "", "true") + users("b"), "s > a2 > b > e")
    now = playing.engine.instance(instance.id, actor=SYSTEM)
    assert refused(playing, now, third) == [("loop", "a2")]
    for name in ("a2", "a2", "b"):
        playing.complete(name)
    assert playing.state(instance) == "COMPLETED"


def test_a_repeated_sub_process_with_a_step_added_and_one_removed(stage: Staging) -> None:
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    playing = stage({"p.bpmn": draw(ENDS + BOX.format("box", loop + users("a", "b")), "s > box > e", inner={"box": "boxs > a > b > boxe"})})
    instance = playing.start("p")
    playing.complete("a")
    changed = ENDS + BOX.format("box", loop + users("a", "c", "d"))
    target = deploy(playing, changed, "s > box > e", inner={"box": "boxs > a > c > d > boxe"})
    assert refused(playing, instance, target) == [("gone", "b")]
    moved(playing, instance, target, before("b", "c"))
    for name in ("a", "c", "c", "d", "d"):
        playing.complete(name)
    assert playing.state(instance) == "COMPLETED"


def test_an_arrival_at_a_join_is_kept_where_a_step_is_added_before_it(stage: Staging) -> None:
    fork = '<parallelGateway id="f"/><parallelGateway id="j"/>'
    playing = stage({"p.bpmn": draw(ENDS + fork + users("a", "b"), "s > f > a > j > e; f > b > j")})
    instance = playing.start("p")
    playing.complete("a")
    target = deploy(playing, ENDS + fork + users("a", "n", "b", "c"), "s > f > a > n > j > c > e; f > b > j")
    moved(playing, instance, target)
    playing.complete("b")
    assert playing.names() == ["c"]


def test_a_join_with_fewer_branches_is_passed_at_once(stage: Staging) -> None:
    fork = '<parallelGateway id="f"/><parallelGateway id="j"/>'
    playing = stage({"p.bpmn": draw(ENDS + fork + users("a", "b", "c"), "s > f > a > j > c > e; f > b > j")})
    instance = playing.start("p")
    playing.complete("a")
    target = deploy(playing, ENDS + fork + users("a", "c"), "s > f > a > j > c > e")
    assert refused(playing, instance, target) == [("gone", "b")]
    moved(playing, instance, target, before("b", "c"))
    assert playing.names() == ["c", "c"]


def test_the_events_behind_a_gateway(stage: Staging) -> None:
    gate = '<eventBasedGateway id="g"/><intermediateCatchEvent id="t">' + TIMER.format("PT1H") + "</intermediateCatchEvent>"
    message = '<intermediateCatchEvent id="{0}"><messageEventDefinition messageRef="{0}m"/></intermediateCatchEvent>'
    names = '<message id="onem" name="one"/><message id="twom" name="two"/>'
    playing = stage({"p.bpmn": draw(ENDS + gate + message.format("one"), "s > g > t > e; g > one > e", definitions=names)})
    instance = playing.start("p")
    playing.advance(timedelta(minutes=30))
    target = deploy(playing, ENDS + gate + message.format("two") + users("a"), "s > g > t > e; g > two > a > e", definitions=names)
    moved(playing, instance, target)
    (job,) = playing.engine.jobs(actor=ADMINISTRATOR).items
    assert (job.element_id, job.due - playing.engine.clock_now()) == ("t", timedelta(minutes=30))
    playing.engine.correlate("two", actor=SYSTEM)
    assert playing.names() == ["a"]
    assert playing.engine.jobs(actor=ADMINISTRATOR).total == 0


def test_event_sub_processes_are_added_kept_and_removed(stage: Staging) -> None:
    def beside(id: str, name: str) -> str:
        start = f'<startEvent id="{id}s" isInterrupting="false"><messageEventDefinition messageRef="{name}m"/></startEvent>'
        return f'<subProcess id="{id}" triggeredByEvent="true">{start}<userTask id="{id}t"/>{{flows:{id}}}</subProcess>'

    names = '<message id="onem" name="one"/><message id="twom" name="two"/>'
    playing = stage({"p.bpmn": draw(ENDS + users("a") + beside("x", "one"), "s > a > e", inner={"x": "xs > xt"}, definitions=names)})
    instance = playing.start("p")
    body = ENDS + users("a") + beside("x", "one") + beside("y", "two")
    moved(playing, instance, deploy(playing, body, "s > a > e", inner={"x": "xs > xt", "y": "ys > yt"}, definitions=names))
    playing.engine.correlate("one", actor=SYSTEM)
    playing.engine.correlate("two", actor=SYSTEM)
    assert playing.names() == ["a", "xt", "yt"]
    now = playing.engine.instance(instance.id, actor=SYSTEM)
    less = deploy(playing, ENDS + users("a") + beside("x", "one"), "s > a > e", inner={"x": "xs > xt"}, definitions=names)
    assert ("gone", "y") in refused(playing, now, less) or ("gone", "yt") in refused(playing, now, less)
    playing.complete("yt")
    moved(playing, now, less)
    for name in ("xt", "a"):
        playing.complete(name)
    assert playing.state(instance) == "COMPLETED"


def test_a_condition_is_asked_as_the_new_version_says_it(stage: Staging) -> None:
    when = '<intermediateCatchEvent id="w"><conditionalEventDefinition><condition>${{n > {}}}</condition></conditionalEventDefinition>\
</intermediateCatchEvent>'
    playing = stage({"p.bpmn": draw(ENDS + when.format(9) + users("a"), "s > w > a > e")})
    instance = playing.start("p", n=5)
    moved(playing, instance, deploy(playing, ENDS + when.format(3) + users("a"), "s > w > a > e"))
    assert playing.names() == ["a"]


def test_a_called_process_goes_on_and_returns(stage: Staging) -> None:
    child = draw('<startEvent id="s"/><userTask id="c"/><endEvent id="e"/>', "s > c > e", key="child")
    playing = stage({"p.bpmn": draw(ENDS + '<callActivity id="k" calledElement="child"/>', "s > k > e"), "child.bpmn": child})
    instance = playing.start("p")
    other = ENDS + '<callActivity id="call" name="called" calledElement="p"/>' + users("z")
    target = deploy(playing, other, "s > call > z > e")
    moved(playing, instance, target, onto("k", "call"))
    playing.complete("c")
    assert playing.names() == ["z"]


def test_work_outside_keeps_its_worker(stage: Staging) -> None:
    work = '<serviceTask id="{0}" name="work" camunda:type="external" camunda:topic="{1}"/>'
    playing = stage({"p.bpmn": draw(ENDS + work.format("w", "t"), "s > w > e")})
    instance = playing.start("p")
    (task,) = playing.engine.fetch_external_tasks("me", [Wanted("t", timedelta(minutes=1))], actor=SYSTEM)
    moved(playing, instance, deploy(playing, ENDS + work.format("w2", "other") + users("a"), "s > w2 > a > e"))
    playing.engine.complete_external_task(task.task.id, "me", {}, actor=SYSTEM)
    assert playing.names() == ["a"]
    assert playing.state(instance) == "ACTIVE"


def test_what_waits_to_go_on_in_its_own_transaction(stage: Staging) -> None:
    script = '<scriptTask id="x" camunda:asyncBefore="{}"><script>{}</script></scriptTask>'
    playing = stage({"p.bpmn": draw(ENDS + users("a") + script.format("true", "y = nothing.there"), "s > a > x > e")})
    instance = playing.start("p")
    playing.complete("a")
    assert playing.engine.jobs(kind="continuation", actor=ADMINISTRATOR).total == 1
    target = deploy(playing, ENDS + users("a") + script.format("false", "y = 1"), "s > a > x > e")
    assert refused(playing, instance, target) == [("continuation", "x")]
    moved(playing, instance, deploy(playing, ENDS + users("a") + script.format("true", "y = 1"), "s > a > x > e"))
    playing.advance(timedelta(days=1))
    assert playing.state(instance) == "COMPLETED"
    assert playing.variables(instance) == {"y": 1}


def test_what_can_be_undone_is_carried_or_refused(stage: Staging) -> None:
    undo = (
        '<boundaryEvent id="{0}u" attachedToRef="{0}"><compensateEventDefinition/></boundaryEvent>'
        '<userTask id="{0}h" isForCompensation="true"/><association sourceRef="{0}u" targetRef="{0}h"/>'
        '<intermediateThrowEvent id="throw"><compensateEventDefinition/></intermediateThrowEvent>'
    )
    playing = stage({"p.bpmn": draw(ENDS + users("a", "b") + undo.format("a"), "s > a > b > throw > e")})
    instance = playing.start("p")
    playing.complete("a")
    target = deploy(playing, ENDS + users("b"), "s > b > e")
    assert refused(playing, instance, target) == [("undoing", "p")]
    moved(playing, instance, deploy(playing, ENDS + users("a", "b", "c") + undo.format("a"), "s > a > b > c > throw > e"))
    for name in ("b", "c", "ah"):
        playing.complete(name)
    assert playing.state(instance) == "COMPLETED"


def test_an_open_incident_stays_with_what_it_is_about(stage: Staging) -> None:
    script = '<scriptTask id="{}" name="count"><script>{}</script></scriptTask>'
    playing = stage({"p.bpmn": draw(ENDS + users("a") + script.format("x", "y = nothing.there"), "s > a > x > e")})
    instance = playing.start("p")
    with pytest.raises(ExecutionFailed, match="nothing"):
        playing.complete("a")
    (incident,) = playing.engine.incidents(actor=ADMINISTRATOR).items
    target = deploy(playing, ENDS + users("a") + script.format("x2", "y = 1"), "s > a > x2 > e")
    moved(playing, instance, target)
    (kept,) = playing.engine.incidents(actor=ADMINISTRATOR).items
    assert (kept.id, kept.element_id) == (incident.id, "x2")
    playing.complete("a")
    assert playing.state(instance) == "COMPLETED"


def test_a_call_returns_to_where_its_activity_has_moved(stage: Staging) -> None:
    child = draw('<startEvent id="s"/><userTask id="c"/><endEvent id="e"/>', "s > c > e", key="child")
    call = '<callActivity id="k" calledElement="child"/>'
    box = BOX.format("box", call)
    playing = stage({"p.bpmn": draw(ENDS + box, "s > box > e", inner={"box": "boxs > k > boxe"}), "child.bpmn": child})
    one, other = playing.start("p"), playing.start("p")
    target = deploy(playing, ENDS + call + users("z"), "s > k > z > e")
    moved(playing, one, target)
    migration = moved(playing, other, target)
    assert playing.engine.undo_migration(migration, reason="back", actor=ADMINISTRATOR).done == 1
    for _ in range(2):
        playing.complete("c")
    assert playing.names(one.id) == ["z"]
    assert playing.state(other) == "COMPLETED"


def test_a_path_that_goes_on_before_a_join_arrives_over_its_own_branch(stage: Staging) -> None:
    fork = '<parallelGateway id="f"/><parallelGateway id="j"/>'
    playing = stage({"p.bpmn": draw(ENDS + fork + users("a", "b", "c"), "s > f > a > j > c > e; f > b > j")})
    instance = playing.start("p")
    target = deploy(playing, ENDS + fork + users("a", "x", "c"), "s > f > a > j > c > e; f > x > j")
    moved(playing, instance, target, before("b", "j"))
    playing.complete("a")
    assert playing.names() == ["c"]
