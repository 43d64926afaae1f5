"""Call activities that call a global task: a child instance that is this one task (BPMN 2.0.2, 10.3.6 and 10.3.7)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.people import SYSTEM
from engine.testing import Stage, process

MakeStage = Callable[..., Stage]
pytestmark = pytest.mark.bpmn("global-task")

DECISION = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="t">
<decision id="fee" name="fee"><decisionTable hitPolicy="FIRST">
<input id="i"><inputExpression typeRef="number"><text>n</text></inputExpression></input>
<output id="o" name="price" typeRef="number"/>
<rule id="r"><inputEntry id="ie"><text>&gt; 1</text></inputEntry><outputEntry id="oe"><text>50</text></outputEntry></rule>
</decisionTable></decision></definitions>"""
TASKS = {
    "ask": '<globalUserTask id="ask" name="Ask"><potentialOwner id="po"><resourceAssignmentExpression id="ra"><formalExpression>clerks'
    "</formalExpression></resourceAssignmentExpression></potentialOwner></globalUserTask>",
    "count": '<globalScriptTask id="count" scriptLanguage="ruam"><script>n = n + 1</script></globalScriptTask>',
    "sign": '<globalManualTask id="sign"/>',
    "any": '<globalTask id="any"/>',
    "decide": '<globalBusinessRuleTask id="decide" camunda:decisionRef="fee"/>',
}


def calling(called: str, mappings: str = "", more: str = "") -> dict[str, bytes]:
    inside = f"<extensionElements>{mappings}</extensionElements>" if mappings else ""
    body = f'<startEvent id="s"/><callActivity id="k" calledElement="{called}">{inside}{more}</callActivity><userTask id="after"/>'
    return {"p.bpmn": process("p", body, "s -> k", "k -> after", outside="".join(TASKS.values())), "fee.dmn": DECISION}


@pytest.mark.parametrize(("called", "variables"), [("count", {"n": 2}), ("sign", {"n": 1}), ("any", {"n": 1})])
def test_what_needs_nobody_runs_and_shares_the_callers_variables(stage: MakeStage, called: str, variables: dict[str, int]) -> None:
    here = stage(calling(called))
    instance = here.start("p", n=1)
    assert here.names() == ["after"]
    assert here.variables(instance) == variables
    (child,) = here.engine.children(instance.id, actor=SYSTEM)
    assert (child.definition_key, child.state) == (called, "COMPLETED")


def test_a_global_decision(stage: MakeStage) -> None:
    here = stage(calling("decide"))
    assert here.variables(here.start("p", n=2)) == {"n": 2, "price": 50}


def test_a_global_user_task_is_offered_to_its_owners_in_an_instance_of_its_own(stage: MakeStage) -> None:
    here = stage(calling("ask", '<camunda:in source="n" target="question"/><camunda:out source="answer" target="said"/>'))
    instance = here.start("p", n=1, other=2)
    (task,) = here.open()
    assert (task.element_id, task.name, task.party) == ("ask", "Ask", "clerks")
    assert here.variables(task.instance_id) == {"question": 1}
    here.complete("ask", answer="yes")
    assert here.names() == ["after"]
    assert here.variables(instance) == {"n": 1, "other": 2, "said": "yes"}


def test_global_tasks_are_called_not_started(stage: MakeStage) -> None:
    here = stage(calling("ask"))
    assert [definition.key for definition in here.engine.startable(actor=SYSTEM)] == ["p"]


def test_a_call_of_a_global_task_repeats(stage: MakeStage) -> None:
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    here = stage(calling("ask", "", loop))
    here.start("p")
    assert here.names() == ["ask", "ask"]
    here.complete("ask")
    here.complete("ask")
    assert here.names() == ["after"]
