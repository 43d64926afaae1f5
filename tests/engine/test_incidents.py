"""Incidents: who is told how many there are, and trying again what failed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import Conflict, ExecutionFailed, NotFound
from engine.people import Actor
from engine.testing import ADMINISTRATOR, Stage, process

OFFICER = Actor("officer", frozenset({"office"}))
BODY = '<startEvent id="s"/><userTask id="ask" camunda:candidateGroups="office"/><scriptTask id="count">\
<script>b = a + 1</script></scriptTask><endEvent id="e"/>'


def test_how_many_there_are_is_for_who_repairs_and_the_diagram_says_where(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": process("counting", BODY, "s -> ask", "ask -> count", "count -> e")})
    instance = here.start("counting", actor=OFFICER)
    with pytest.raises(ExecutionFailed):
        here.complete("ask", actor=OFFICER, a="x")
    assert here.engine.instance(instance.id, actor=ADMINISTRATOR).open_incidents == 1
    assert here.engine.instance(instance.id, actor=OFFICER).open_incidents == 0
    assert here.engine.diagram_state(instance.id, actor=OFFICER).incidents == ("count",)


def test_an_incident_of_a_step_is_closed_once(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": process("counting", BODY, "s -> ask", "ask -> count", "count -> e")})
    instance = here.start("counting", actor=OFFICER)
    with pytest.raises(ExecutionFailed):
        here.complete("ask", actor=OFFICER, a="x")
    (incident,) = here.engine.incidents(actor=ADMINISTRATOR).items
    here.engine.retry_incident(incident.id, actor=ADMINISTRATOR)
    with pytest.raises(Conflict, match="resolved already"):
        here.engine.retry_incident(incident.id, actor=ADMINISTRATOR)
    with pytest.raises(NotFound):
        here.engine.retry_incident("nothing", actor=ADMINISTRATOR)
    assert ("incident.resolved", "count") in here.events(instance)
