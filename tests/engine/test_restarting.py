"""An instance that has ended is started once more from a step: with what it knew, and each names the other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import Conflict, Invalid
from engine.people import SYSTEM, Actor
from engine.running.modification import Do, Instruction
from engine.states import Event
from engine.testing import ADMINISTRATOR, Stage, linear, process

THREE = linear("p", "a", "b", "c")
FROM_B = [Instruction(Do.START_BEFORE, "b")]


def ended(here: Stage) -> str:
    instance = here.start("p", business_key="2552", n=1, actor=Actor("starter"))
    here.complete("a", n=2)
    here.complete("b", n=3)
    here.engine.set_variables(instance.id, {"n": 4}, reason="r", actor=SYSTEM)
    here.complete("c")
    return instance.id


def test_it_begins_where_it_is_told_with_what_the_old_one_knew(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": THREE})
    old = ended(here)
    would = here.engine.restart(old, FROM_B, reason="", preview=True, actor=ADMINISTRATOR)
    assert [one.en for one in would.sentences] == ["Task “b” opens for workers."]
    assert here.names() == []
    done = here.engine.restart(old, FROM_B, reason="the letter was wrong", actor=ADMINISTRATOR)
    assert done.new_id is not None
    new = here.engine.instance(done.new_id, actor=ADMINISTRATOR)
    assert (new.business_key, new.state, here.variables(new)["n"]) == ("2552", "ACTIVE", 4)
    assert here.names(new.id) == ["b"]
    (there,) = here.engine.history(old, actor=SYSTEM, event=Event.INSTANCE_RESTARTED).items
    (here_,) = here.engine.history(new.id, actor=SYSTEM, event=Event.INSTANCE_RESTARTED).items
    assert (there.data["restarted_as"], here_.data["restarted_from"]) == (new.id, old)
    assert there.data["reason"] == here_.data["reason"] == "the letter was wrong"
    here.complete("b")
    here.complete("c")
    assert here.state(new) == "COMPLETED"
    assert here.engine.audit_verify().ok


def test_with_the_variables_it_was_started_with_and_of_a_given_version(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": THREE})
    old = ended(here)
    newer = here.engine.deploy({"p.bpmn": linear("p", "a", "last")}, name="newer", actor=SYSTEM).definitions[0]
    instructions = [Instruction(Do.START_AFTER, "a", variables={"m": 1})]
    done = here.engine.restart(old, instructions, reason="r", definition_id=newer.id, initial_variables=True, actor=ADMINISTRATOR)
    assert done.new_id is not None
    assert here.names(done.new_id) == ["last"]
    assert here.variables(done.new_id) == {"n": 1, "m": 1}


def test_what_cannot_be_restarted_is_refused(stage: Callable[..., Stage]) -> None:
    calling = process("outer", '<startEvent id="s"/><callActivity id="c" calledElement="p"/><endEvent id="e"/>', "s -> c", "c -> e")
    here = stage({"p.bpmn": THREE, "o.bpmn": calling})
    running = here.start("p")
    with pytest.raises(Conflict, match="still runs"):
        here.engine.restart(running.id, FROM_B, reason="r", actor=ADMINISTRATOR)
    here.engine.cancel(running.id, reason="r", actor=ADMINISTRATOR)
    with pytest.raises(Invalid, match="stands nowhere"):
        here.engine.restart(running.id, [Instruction(Do.CANCEL, "a")], reason="r", actor=ADMINISTRATOR)
    with pytest.raises(Invalid, match="no element"):
        here.engine.restart(running.id, [Instruction(Do.START_BEFORE, "zzz")], reason="r", actor=ADMINISTRATOR)
    with pytest.raises(Invalid, match="reason"):
        here.engine.restart(running.id, FROM_B, reason="", actor=ADMINISTRATOR)
    outer = here.start("outer")
    (child,) = here.engine.children(outer.id, actor=SYSTEM)
    here.engine.cancel(outer.id, reason="r", actor=ADMINISTRATOR)
    with pytest.raises(Conflict, match="called by another"):
        here.engine.restart(child.id, FROM_B, reason="r", actor=ADMINISTRATOR)
