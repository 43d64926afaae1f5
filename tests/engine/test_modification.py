"""Moving, skipping, repeating and cancelling by hand: told before, done in one transaction, kept in the history with its reason."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from engine.context import Context
from engine.engine import Engine
from engine.errors import Conflict, ExecutionFailed, Forbidden, Invalid
from engine.people import SYSTEM, Actor
from engine.queries import InstanceView
from engine.registry import Pack
from engine.running.modification import Do, Instruction, cancel, move, repeat, skip
from engine.running.outcomes import Outcome
from engine.states import Event
from engine.testing import ADMINISTRATOR, Stage, linear, process

TIMER = (
    '<boundaryEvent id="late" name="ล่าช้า" attachedToRef="a"><timerEventDefinition><timeDuration>P3D</timeDuration>'
    "</timerEventDefinition></boundaryEvent>"
)
WATCHED = process(
    "watched",
    f'<startEvent id="s"/><userTask id="a" name="ร่างแผน" ruam:nameEn="Draft the plan"/>{TIMER}<userTask id="b" name="ตรวจแผน"/>'
    '<scriptTask id="count" name="นับ"><script>n = n + 1</script></scriptTask><endEvent id="e"/>',
    "s -> a",
    "a -> count",
    "count -> b",
    "b -> e",
    "late -> b",
)
CALLING = process(
    "calling",
    '<startEvent id="s"/><callActivity id="call" calledElement="inner"/><userTask id="after"/><endEvent id="e"/>',
    "s -> call",
    "call -> after",
    "after -> e",
)
INNER = linear("inner", "x", "y")


def told(outcome: Outcome) -> list[str]:
    return [sentence.en for sentence in outcome.sentences]


def test_what_would_happen_is_told_and_nothing_is_changed(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": WATCHED})
    instance = here.start("watched", n=1)
    (task,) = here.open()
    before = here.events(instance)
    outcome = here.engine.modify(instance.id, skip(task.id), reason="", preview=True, actor=ADMINISTRATOR)
    assert told(outcome) == [
        "Task “Draft the plan” ends without being done.",
        "The date of “ล่าช้า” (Thu 4 Jun 2009) is dropped.",
        "“นับ” is carried out on the way.",
        "Task “ตรวจแผน” opens.",
    ]
    assert outcome.sentences[1].th == "กำหนดเวลา “ล่าช้า” (พฤ. 4 มิ.ย. 2552) ถูกยกเลิก"
    assert not outcome.done
    assert here.names() == ["a"]
    assert here.variables(instance) == {"n": 1}
    assert here.events(instance) == before
    here.complete("a")
    assert here.names() == ["b"]


def test_what_is_done_is_answered_alike_and_stays_in_the_history(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": WATCHED})
    instance = here.start("watched", n=1)
    (task,) = here.open()
    would = here.engine.modify(instance.id, skip(task.id, {"n": 5}), reason="", preview=True, actor=ADMINISTRATOR)
    outcome = here.engine.modify(
        instance.id, skip(task.id, {"n": 5}), reason="the plan exists", revision=would.revision, actor=ADMINISTRATOR
    )
    assert outcome.done
    assert outcome.sentences == would.sentences
    assert told(outcome)[0] == "Variables are set: n."
    assert here.names() == ["b"]
    assert here.variables(instance) == {"n": 6}
    (row,) = here.engine.history(instance.id, actor=SYSTEM, event=Event.INSTANCE_MODIFIED).items
    assert row.actor == ADMINISTRATOR.user_id
    assert row.data["reason"] == "the plan exists"
    assert [one["do"] for one in row.data["instructions"]] == ["startAfterActivity", "cancel"]
    assert here.advance(timedelta(days=5)) == 0
    assert here.engine.audit_verify().ok


def test_what_was_looked_at_must_still_be_so(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": linear("p", "a", "b", "c")})
    instance = here.start("p")
    (task,) = here.open()
    would = here.engine.modify(instance.id, move(task.id, "c"), reason="", preview=True, actor=ADMINISTRATOR)
    here.complete("a")
    with pytest.raises(Conflict, match="moved since"):
        here.engine.modify(instance.id, move(task.id, "c"), reason="r", revision=would.revision, actor=ADMINISTRATOR)
    with pytest.raises(Conflict, match="no longer there"):
        here.engine.modify(instance.id, move(task.id, "c"), reason="r", actor=ADMINISTRATOR)
    assert here.names() == ["b"]


def test_it_needs_a_reason_and_an_administrator(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": linear("p", "a", "b")})
    instance = here.start("p")
    (task,) = here.open()
    with pytest.raises(Invalid, match="reason"):
        here.engine.modify(instance.id, skip(task.id), reason=" ", actor=ADMINISTRATOR)
    with pytest.raises(Forbidden):
        here.engine.modify(instance.id, skip(task.id), reason="r", preview=True, actor=Actor("worker", frozenset({"workers"})))
    with pytest.raises(Invalid, match="what is to be done"):
        here.engine.modify(instance.id, [], reason="r", actor=ADMINISTRATOR)
    assert here.names() == ["a"]


def test_one_that_fails_leaves_nothing(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": WATCHED})
    instance = here.start("watched", n="x")
    (task,) = here.open()
    before = here.events(instance)
    for preview in (True, False):
        with pytest.raises(ExecutionFailed, match="นับ"):
            here.engine.modify(instance.id, skip(task.id), reason="r", preview=preview, actor=ADMINISTRATOR)
    assert here.names() == ["a"]
    assert here.events(instance) == before
    assert here.engine.incidents(actor=ADMINISTRATOR).total == 0


def test_a_task_repeated_is_a_new_one(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": linear("p", "a", "b")})
    instance = here.start("p")
    (task,) = here.open()
    here.engine.modify(instance.id, repeat(task.id), reason="wrong person", actor=ADMINISTRATOR)
    (again,) = here.open()
    assert (again.element_id, again.id != task.id) == ("a", True)
    with pytest.raises(Conflict, match="withdrawn"):
        here.engine.complete_task(task.id, {}, actor=SYSTEM)


def test_cancelling_all_there_is_cancels_the_instance_with_the_reason(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": linear("p", "a", "b")})
    instance = here.start("p")
    (task,) = here.open()
    outcome = here.engine.modify(instance.id, cancel(task.id), reason="not needed", actor=ADMINISTRATOR)
    assert told(outcome)[-1] == "Nothing is left of the process: it is cancelled."
    ended = here.engine.instance(instance.id, actor=SYSTEM)
    assert (ended.state, ended.end_reason) == ("EXTERNALLY_TERMINATED", "not needed")
    with pytest.raises(Conflict, match="has ended"):
        here.engine.modify(instance.id, cancel(task.id), reason="again", actor=ADMINISTRATOR)


def called_in(here: Stage) -> tuple[InstanceView, InstanceView]:
    instance = here.start("calling")
    (child,) = here.engine.children(instance.id, actor=SYSTEM)
    return instance, child


def test_a_called_process_ends_with_the_token_that_called_it(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": CALLING, "i.bpmn": INNER})
    instance, child = called_in(here)
    instructions = [Instruction(Do.CANCEL, "call"), Instruction(Do.START_AFTER, "call")]
    outcome = here.engine.modify(instance.id, instructions, reason="done elsewhere", actor=ADMINISTRATOR)
    assert "The called process “inner” ends." in told(outcome)
    assert here.state(child) == "INTERNALLY_TERMINATED"
    assert here.names() == ["after"]


def test_a_called_process_is_skipped_to_its_end_but_not_emptied(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": CALLING, "i.bpmn": INNER})
    _instance, child = called_in(here)
    (task,) = here.open("x")
    with pytest.raises(Conflict, match="Nothing would be left"):
        here.engine.modify(child.id, cancel(task.id), reason="r", actor=ADMINISTRATOR)
    instructions = (Instruction(Do.START_AFTER, "y"), Instruction(Do.CANCEL, token_id=task.id))
    outcome = here.engine.modify(child.id, instructions, reason="r", actor=ADMINISTRATOR)
    assert outcome.state == "COMPLETED"
    assert "Task “after” opens." in told(outcome)
    assert here.names() == ["after"]


def test_what_begins_in_a_suspended_instance_is_suspended_with_it(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": WATCHED, "c.bpmn": CALLING, "i.bpmn": INNER})
    instance = here.start("watched", n=1)
    here.complete("a")
    here.engine.suspend(instance.id, reason="wait", actor=ADMINISTRATOR)
    (task,) = here.engine.tasks(actor=SYSTEM, instance_id=instance.id).items
    here.engine.modify(instance.id, move(task.id, "a"), reason="r", actor=ADMINISTRATOR)
    (moved,) = here.engine.tasks(actor=SYSTEM, instance_id=instance.id).items
    assert (moved.element_id, moved.state) == ("a", "SUSPENDED")
    assert {job.state for job in here.engine.jobs(actor=SYSTEM, instance_id=instance.id).items} == {"SUSPENDED"}
    here.engine.resume(instance.id, reason="go on", actor=ADMINISTRATOR)
    here.complete("a")
    assert here.names() == ["b"]


def test_the_incident_of_what_is_taken_away_is_closed(stage: Callable[..., Stage]) -> None:
    body = (
        '<startEvent id="s"/><scriptTask id="count" camunda:asyncBefore="true"><script>b = a + 1</script></scriptTask>'
        '<userTask id="ask"/><endEvent id="e"/>'
    )
    here = stage({"p.bpmn": process("p", body, "s -> count", "count -> ask", "ask -> e")})
    instance = here.start("p", a="x")
    here.advance(timedelta(days=2))
    assert here.engine.incidents(actor=ADMINISTRATOR).total == 1
    instructions = [Instruction(Do.START_BEFORE, "ask"), Instruction(Do.CANCEL, "count")]
    here.engine.modify(instance.id, instructions, reason="by hand", actor=ADMINISTRATOR)
    assert here.engine.incidents(actor=ADMINISTRATOR).total == 0
    assert here.engine.jobs(actor=ADMINISTRATOR).total == 0
    assert here.names() == ["ask"]


def test_what_is_left_without_anything_to_wait_for_is_told(stage: Callable[..., Stage]) -> None:
    body = '<startEvent id="s"/><parallelGateway id="f"/><userTask id="a"/><userTask id="b"/><parallelGateway id="j"/><endEvent id="e"/>'
    here = stage({"p.bpmn": process("p", body, "s -> f", "f -> a", "f -> b", "a -> j", "b -> j", "j -> e")})
    instance = here.start("p")
    here.complete("a")
    (task,) = here.open()
    outcome = here.engine.modify(instance.id, cancel(task.id), reason="r", actor=ADMINISTRATOR)
    assert outcome.sentences[-1].kind == "trouble"
    assert here.engine.incidents(actor=ADMINISTRATOR).total == 1
    here.engine.modify(instance.id, [Instruction(Do.START_TRANSITION, flow_id="flow4")], reason="r", actor=ADMINISTRATOR)
    assert here.state(instance) == "COMPLETED"
    assert here.engine.incidents(actor=ADMINISTRATOR).total == 0


def test_a_completion_and_a_move_of_the_same_task_are_one_after_the_other(
    engine_url: str, tmp_path: object, stage: Callable[..., Stage]
) -> None:
    here = stage({"p.bpmn": linear("p", "a", "b", "c")})
    instances = [here.start("p") for _ in range(6)]
    tasks = {task.instance_id: task.id for task in here.open("a")}
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def attempt(name: str, act: Callable[[str], object]) -> None:
        for instance in instances:
            barrier.wait()
            try:
                act(instance.id)
                outcomes.append(name)
            except Conflict:
                pass

    engine: Engine = here.engine
    threads = [
        threading.Thread(target=attempt, args=("done", lambda id: engine.complete_task(tasks[id], {}, actor=SYSTEM))),
        threading.Thread(target=attempt, args=("moved", lambda id: engine.modify(id, move(tasks[id], "c"), reason="r", actor=SYSTEM))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == len(instances)
    assert sorted(here.names()) == sorted("b" if one == "done" else "c" for one in outcomes)


def test_looking_at_what_would_happen_keeps_no_file(stage: Callable[..., Stage], tmp_path: Path) -> None:
    pack = Pack("p")

    @pack.handler("write")
    def write(context: Context) -> dict[str, str]:
        made = context.documents.add(name="letter.txt", content=b"a letter", media_type="text/plain", category="letter")
        return {"paper": made.id, "text": context.documents.content(made.id).decode()}

    body = '<startEvent id="s"/><userTask id="a"/><serviceTask id="h" ruam:handler="write"/><userTask id="b"/><endEvent id="e"/>'
    here = stage({"p.bpmn": process("p", body, "s -> a", "a -> h", "h -> b", "b -> e")}, packs=[pack], pack="p")
    here.start("p")
    (token,) = here.open("a")
    kept = set((tmp_path / "home").rglob("*"))
    told = here.engine.modify(token.instance_id, skip(token.id), reason="", preview=True, actor=ADMINISTRATOR)
    assert [effect.element_id for effect in told.begins] == ["b"]
    assert {path for path in set((tmp_path / "home").rglob("*")) - kept if path.is_file()} == set()
    here.engine.modify(token.instance_id, skip(token.id), reason="r", actor=ADMINISTRATOR)
    assert [path for path in set((tmp_path / "home").rglob("*")) - kept if path.is_file()]
