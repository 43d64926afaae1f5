"""Rehearsals: a draft played in a database of its own; where it stalls, who has how much to do, stopping one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.drafts.playing import play
from engine.drafts.states import RehearsalState
from engine.errors import Conflict, Invalid
from engine.people import SYSTEM, Actor
from engine.states import Role
from engine.testing import Stage, linear, process

DESIGNER = Actor("designer", roles=frozenset({Role.DESIGNER}))
Make = Callable[..., Stage]


def rehearsed(one: Stage, draft: str, key: str = "p", seconds: float = 60) -> dict[str, object]:
    begun = one.engine.begin_rehearsal(draft, key, actor=DESIGNER)
    found = play(one.engine, begun, seconds=seconds)
    return {"state": found.state, "done": found.done, **found.result}


def workers(one: Stage, *groups: str) -> None:
    for number, group in enumerate(groups):
        one.engine.add_user(f"worker{number}", name="w", groups=[group], actor=SYSTEM)


def test_a_draft_is_played_to_its_end_and_nothing_of_it_is_here(stage: Make) -> None:
    one = stage()
    workers(one, "workers")
    draft = one.engine.draft_files({"p.bpmn": linear("p", "a", "b", "c")}, title="p", actor=DESIGNER)
    found = rehearsed(one, draft)
    assert (found["state"], found["done"], found["ended"], found["stalls"]) == (RehearsalState.ENDED, 3, True, [])
    assert str(found["begins"])[:10] == one.engine.clock_now().date().isoformat(), "it begins on the day of the engine's clock"
    assert (one.engine.definitions().total, one.engine.instances(actor=SYSTEM).total) == (0, 0)
    told = one.engine.draft_history(draft, actor=DESIGNER).items[0]
    assert (told.event, told.actor, told.facts["state"]) == ("draft.rehearsed", "designer", "ENDED")
    assert one.engine.draft(draft, actor=DESIGNER).draft.changed_by == "designer"


def test_it_says_where_it_stalls(stage: Make) -> None:
    one = stage()
    workers(one, "workers")
    body = (
        '<startEvent id="s"/><userTask id="a" name="first" camunda:candidateGroups="workers"/>'
        '<userTask id="b" name="nobody\'s" camunda:candidateGroups="ghosts"/><endEvent id="e"/>'
    )
    draft = one.engine.draft_files({"p.bpmn": process("p", body, "s -> a", "a -> b", "b -> e")}, title="p", actor=DESIGNER)
    found = rehearsed(one, draft)
    assert (found["state"], found["done"]) == (RehearsalState.STALLED, 1)
    assert [stall["element"] for stall in found["stalls"]] == ["b"]  # type: ignore[attr-defined]
    assert "ghosts" in found["reason"]["en"]  # type: ignore[index]


def test_a_process_that_waits_for_a_message_stalls_there(stage: Make) -> None:
    one = stage()
    workers(one, "workers")
    body = (
        '<startEvent id="s"/><intermediateCatchEvent id="m"><messageEventDefinition messageRef="word"/></intermediateCatchEvent>'
        '<endEvent id="e"/>'
    )
    text = process("p", body, "s -> m", "m -> e", outside='<message id="word" name="word"/>')
    found = rehearsed(one, one.engine.draft_files({"p.bpmn": text}, title="p", actor=DESIGNER))
    assert (found["state"], found["ended"]) == (RehearsalState.STALLED, False)
    assert found["reason"]


def test_it_says_who_has_how_much_to_do_a_head_of_the_people_there_are(stage: Make) -> None:
    one = stage()
    workers(one, "workers", "workers", "others")
    body = (
        '<startEvent id="s"/><userTask id="a" name="many" camunda:candidateGroups="workers">'
        "<multiInstanceLoopCharacteristics><loopCardinality>30</loopCardinality></multiInstanceLoopCharacteristics></userTask>"
        '<userTask id="b" name="one" camunda:candidateGroups="others"/><endEvent id="e"/>'
    )
    pack = {
        "p.bpmn": process("p", body, "s -> a", "a -> b", "b -> e"),
        "pack.toml": b'key = "x"\nth = "x"\nen = "x"\n',
        "parties.toml": '[workers]\nth = "ผู้ทำ"\nen = "Workers"\n[others]\nth = "อื่น"\nen = "Others"\n'.encode(),
    }
    found = rehearsed(one, one.engine.draft_files(pack, title="p", actor=DESIGNER))
    first, second = found["parties"]  # type: ignore[misc]
    assert (first["key"], first["tasks"], first["people"], first["a_head"], first["overloaded"]) == ("workers", 30, 2, 15.0, True)
    assert (second["key"], second["tasks"], second["overloaded"]) == ("others", 1, False)
    assert sum(week["tasks"] for week in first["weeks"]) == 30


def test_it_plays_what_it_was_asked_for_whatever_was_saved_since(stage: Make) -> None:
    one = stage()
    workers(one, "workers")
    draft = one.engine.draft_files({"p.bpmn": linear("p", "a")}, title="p", actor=DESIGNER)
    begun = one.engine.begin_rehearsal(draft, "p", actor=DESIGNER)
    one.engine.save_draft_file(draft, "p.bpmn", linear("p", "a", "b", "c", "d"), revision=1, actor=DESIGNER)
    assert play(one.engine, begun).done == 1


def test_one_at_a_time_and_it_can_be_cancelled(stage: Make) -> None:
    one = stage()
    draft = one.engine.draft_files({"p.bpmn": linear("p", "a")}, title="p", actor=DESIGNER)
    begun = one.engine.begin_rehearsal(draft, "p", actor=DESIGNER)
    with pytest.raises(Conflict):
        one.engine.begin_rehearsal(draft, "p", actor=DESIGNER)
    one.engine.cancel_rehearsal(begun, actor=DESIGNER)
    assert play(one.engine, begun).state == RehearsalState.CANCELLED
    with pytest.raises(Conflict):
        one.engine.cancel_rehearsal(begun, actor=DESIGNER)
    with pytest.raises(Invalid):
        one.engine.begin_rehearsal(draft, "q", actor=DESIGNER)


def test_a_process_without_an_end_is_broken_off_when_its_time_is_over(stage: Make) -> None:
    one = stage()
    workers(one, "workers")
    body = '<startEvent id="s"/><exclusiveGateway id="g"/><userTask id="a" name="again" camunda:candidateGroups="workers"/>'
    draft = one.engine.draft_files({"p.bpmn": process("p", body, "s -> g", "g -> a", "a -> g")}, title="p", actor=DESIGNER)
    found = rehearsed(one, draft, seconds=0.7)
    assert found["state"] == RehearsalState.STOPPED
    assert found["done"]


def test_a_draft_with_faults_is_not_played(stage: Make) -> None:
    one = stage()
    draft = one.engine.draft_files({"p.bpmn": linear("p", "a").replace(b'targetRef="end"', b'targetRef="x"')}, title="p", actor=DESIGNER)
    with pytest.raises(Invalid):
        one.engine.begin_rehearsal(draft, "p", actor=DESIGNER)


def test_no_more_than_three_are_played_at_once(stage: Make) -> None:
    one = stage()
    workers(one, "workers")
    drafts = [one.engine.draft_files({"p.bpmn": linear("p", "a")}, title=f"{number}", actor=DESIGNER) for number in range(4)]
    begun = [one.engine.begin_rehearsal(draft, "p", actor=DESIGNER) for draft in drafts[:3]]
    with pytest.raises(Conflict, match="Other drafts"):
        one.engine.begin_rehearsal(drafts[3], "p", actor=DESIGNER)
    one.engine.cancel_rehearsal(begun[0], actor=DESIGNER)
    assert one.engine.begin_rehearsal(drafts[3], "p", actor=DESIGNER)
