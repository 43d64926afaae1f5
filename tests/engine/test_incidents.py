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


def test_a_step_of_a_task_is_tried_again_by_who_does_the_task(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": process("counting", BODY, "s -> ask", "ask -> count", "count -> e")})
    here.start("counting", actor=OFFICER)
    with pytest.raises(ExecutionFailed):
        here.complete("ask", actor=OFFICER, a="x")
    (incident,) = here.engine.incidents(actor=ADMINISTRATOR).items
    with pytest.raises(Conflict, match="whoever does it completes it again"):
        here.engine.retry_incident(incident.id, actor=ADMINISTRATOR)
    assert here.engine.incidents(actor=ADMINISTRATOR).total == 1
    here.complete("ask", actor=OFFICER, a=1)
    assert here.engine.incidents(actor=ADMINISTRATOR).total == 0


def test_a_step_of_a_task_is_set_right_with_variables(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": process("counting", BODY.replace("a + 1", "base + 1"), "s -> ask", "ask -> count", "count -> e")})
    instance = here.start("counting", actor=OFFICER)
    with pytest.raises(ExecutionFailed):
        here.complete("ask", actor=OFFICER)
    (incident,) = here.engine.incidents(actor=ADMINISTRATOR).items
    (done,) = here.engine.retry_incidents([incident.id], variables={"base": 1}, reason="it was forgotten", actor=ADMINISTRATOR)
    assert (done.problem, here.engine.incidents(actor=ADMINISTRATOR).total) == (None, 0)
    here.complete("ask", actor=OFFICER)
    assert here.state(instance) == "COMPLETED"


def test_an_incident_of_a_step_is_closed_once(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": process("counting", BODY, "s -> ask", "ask -> count", "count -> e")})
    instance = here.start("counting", actor=OFFICER)
    with pytest.raises(ExecutionFailed):
        here.complete("ask", actor=OFFICER, a="x")
    (incident,) = here.engine.incidents(actor=ADMINISTRATOR).items
    (closed,) = here.engine.dismiss_incidents([incident.id], reason="the officer knows", actor=ADMINISTRATOR)
    assert closed.problem is None
    with pytest.raises(Conflict, match="resolved already"):
        here.engine.retry_incident(incident.id, actor=ADMINISTRATOR)
    with pytest.raises(NotFound):
        here.engine.retry_incident("nothing", actor=ADMINISTRATOR)
    assert ("incident.resolved", "count") in here.events(instance)


@pytest.mark.parametrize(
    ("element", "id"),
    [
        ('<userTask id="a" camunda:assignee="${nobody.there}"/>', "a"),
        (
            '<scriptTask id="a"><extensionElements><camunda:inputOutput><camunda:inputParameter name="n">${nobody + 1}'
            "</camunda:inputParameter></camunda:inputOutput></extensionElements><script>b = 1</script></scriptTask>",
            "a",
        ),
        ('<userTask id="a"/><boundaryEvent id="late" attachedToRef="a"><timerEventDefinition><timeDuration>${nobody}</timeDuration>'
         "</timerEventDefinition></boundaryEvent>", "late"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("asked", [False, True])
def test_what_fails_as_it_begins_is_named_not_what_stands_before_it(
    stage: Callable[..., Stage], element: str, id: str, asked: bool
) -> None:
    before = '<userTask id="g" name="before" camunda:candidateGroups="office"/>' if asked else '<exclusiveGateway id="g" name="before"/>'
    body = f'<startEvent id="s"/>{before}{element}<endEvent id="e"/><endEvent id="f"/>'
    flows = ["s -> g", "g -> a", "a -> e", *(["late -> f"] if id == "late" else [])]
    here = stage({"p.bpmn": process("beginning", body, *flows)})
    if asked:
        here.start("beginning", actor=OFFICER)
    with pytest.raises(ExecutionFailed, match=f"^'{id}'") as failed:
        here.complete("g", actor=OFFICER) if asked else here.start("beginning", actor=OFFICER)
    assert failed.value.facts["element_id"] == id
    if asked:
        (incident,) = here.engine.incidents(actor=ADMINISTRATOR).items
        assert incident.element_id == id
