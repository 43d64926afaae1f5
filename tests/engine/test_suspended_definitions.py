"""Definitions that are suspended: nobody and nothing starts them, what runs goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.errors import Conflict, Forbidden, NotFound
from engine.people import SYSTEM, Actor
from engine.testing import ADMINISTRATOR, Stage, linear, process

MakeStage = Callable[..., Stage]
CALLING = process(
    "calling", '<startEvent id="s"/><userTask id="go"/><callActivity id="call" calledElement="two"/><endEvent id="e"/>',
    "s -> go", "go -> call", "call -> e",
)  # fmt: skip
START = '<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent><startEvent id="daily"><timerEventDefinition>\
<timeCycle>R/2009-06-02T08:00:00/P1D</timeCycle></timerEventDefinition></startEvent><userTask id="t"/><endEvent id="e"/>'
STARTED = process("started", START, "s -> t", "daily -> t", "t -> e", outside='<message id="m" name="order"/>')


def test_it_cannot_be_started_and_what_runs_goes_on(stage: MakeStage) -> None:
    here = stage({"two.bpmn": linear("two", "first", "second"), "calling.bpmn": CALLING})
    running, caller = here.start("two"), here.start("calling")
    (newest,) = here.engine.definitions(key="two").items
    with pytest.raises(Forbidden):
        here.engine.suspend_definition(newest.id, actor=Actor("ann"))
    with pytest.raises(NotFound):
        here.engine.suspend_definition("nothing", actor=ADMINISTRATOR)
    here.engine.suspend_definition(newest.id, actor=ADMINISTRATOR)
    with pytest.raises(Conflict, match="suspended already"):
        here.engine.suspend_definition(newest.id, actor=ADMINISTRATOR)
    for act in (lambda: here.start("two"), lambda: here.engine.start_form("two", actor=SYSTEM)):
        with pytest.raises(Conflict, match="nobody can start it") as caught:
            act()
        assert "ระงับไว้" in caught.value.message_th
    here.complete("first")
    here.complete("second")
    assert here.state(running) == "COMPLETED"
    here.complete("go")
    assert [child.definition_key for child in here.engine.children(caller.id, actor=SYSTEM)] == ["two"], "what runs still calls it"
    here.engine.resume_definition(newest.id, actor=ADMINISTRATOR)
    assert here.state(here.start("two")) == "ACTIVE"


def test_no_event_starts_it_and_what_is_missed_is_not_made_up_for(stage: MakeStage) -> None:
    here = stage({"p.bpmn": STARTED})
    (newest,) = here.engine.definitions(key="started").items
    here.engine.suspend_definition(newest.id, actor=ADMINISTRATOR)
    with pytest.raises(NotFound):
        here.engine.correlate("order", actor=ADMINISTRATOR)
    here.advance(timedelta(days=3))
    assert here.engine.instances(actor=SYSTEM).total == 0
    here.engine.resume_definition(newest.id, actor=ADMINISTRATOR)
    here.advance(timedelta(days=1))
    here.engine.correlate("order", actor=ADMINISTRATOR)
    assert here.engine.instances(actor=SYSTEM).total == 2
