"""Processes that events start: several definitions, conditions (BPMN 2.0.2, 10.5.2 and table 10.84)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.testing import ADMINISTRATOR, Stage, process
from tests.engine.spiff.stored import forget

ROOTS = '<message id="M" name="order"/><signal id="S" name="open"/>'
BOTH = '<messageEventDefinition messageRef="M"/><signalEventDefinition signalRef="S"/>'
TIMER = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"


def started_by(definitions: str, attributes: str = "") -> dict[str, bytes]:
    body = f'<startEvent id="s" {attributes}>{definitions}</startEvent><userTask id="a" name="a"/>'
    return {"p.bpmn": process("p", body, "s -> a", outside=ROOTS)}


@pytest.mark.bpmn("multiple", "start-message", "start-signal")
def test_any_of_several_definitions_starts(stage: Callable[..., Stage]) -> None:
    on = stage(started_by(BOTH))
    on.engine.signal("open", {"x": 1}, actor=ADMINISTRATOR)
    on.engine.correlate("order", business_key="k", actor=ADMINISTRATOR)
    assert on.names() == ["a", "a"]


@pytest.mark.bpmn("parallel-multiple")
def test_all_of_several_definitions_start_together(stage: Callable[..., Stage]) -> None:
    """The first begins an instance; it waits for the others."""
    on = stage(started_by(BOTH + TIMER, 'parallelMultiple="true"'))
    on.engine.correlate("order", business_key="k", variables={"x": 1}, actor=ADMINISTRATOR)
    forget(on)
    assert on.names() == []
    on.engine.signal("open", {"y": 2}, actor=ADMINISTRATOR)
    (first, other) = sorted(on.engine.instances(actor=ADMINISTRATOR).items, key=lambda instance: instance.business_key or "", reverse=True)
    assert on.names() == []
    on.advance(timedelta(hours=1))
    assert on.names() == on.names(first.id) == ["a"]
    assert on.variables(first) == {"x": 1, "y": 2}
    assert on.state(other) == "ACTIVE", "the signal has begun another, which still waits for its message"


@pytest.mark.bpmn("start-conditional")
def test_a_condition_starts_when_it_is_asked(stage: Callable[..., Stage]) -> None:
    """As in Camunda: no instance, no variables; somebody gives them and asks."""
    on = stage(started_by("<conditionalEventDefinition><condition>${stock &lt; 5}</condition></conditionalEventDefinition>"))
    assert on.engine.start_where_it_holds({"stock": 7}, actor=ADMINISTRATOR) == ()
    assert on.engine.start_where_it_holds({"other": 7}, actor=ADMINISTRATOR) == ()
    (started,) = on.engine.start_where_it_holds({"stock": 3}, business_key="k", actor=ADMINISTRATOR)
    assert on.names(started) == ["a"]
    assert on.variables(started) == {"stock": 3}
    assert on.engine.start_where_it_holds({"stock": 3}, key="other", actor=ADMINISTRATOR) == ()
