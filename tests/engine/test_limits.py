"""What one transaction may run: beyond it there is an incident, and the state before it is kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import ExecutionFailed
from engine.spiff import LIMITS, Limits
from engine.testing import ADMINISTRATOR, Stage, process

MakeStage = Callable[..., Stage]
TASK = '<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>'
ROUND = TASK + '<task id="a"/><task id="b"/><exclusiveGateway id="g"/>'
ENDLESS = process("p", ROUND, "s -> t", "t -> g", "g -> e: not again", "g -> a: again", "a -> b", "b -> g")


@pytest.mark.parametrize("limits", [Limits(elements=300), Limits(seconds=0.05)])
def test_a_loop_in_which_nobody_waits_is_an_incident_and_can_be_left(stage: MakeStage, limits: Limits) -> None:
    here = stage({"p.bpmn": ENDLESS}, limits=limits)
    instance = here.start("p")
    with pytest.raises(ExecutionFailed, match="is there a loop in which nobody waits"):
        here.complete("t", again=True)
    (incident,) = here.engine.incidents(actor=ADMINISTRATOR).items
    assert (incident.type, incident.instance_id, incident.element_id in "abg") == ("failedStep", instance.id, True)
    assert here.names() == ["t"]
    assert here.variables(instance) == {}, "nothing of the failed step was kept"
    here.complete("t", again=False)
    assert here.state(instance) == "COMPLETED"


def test_the_instances_of_a_transaction_share_its_limits(stage: MakeStage) -> None:
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>20</loopCardinality></multiInstanceLoopCharacteristics>"
    caller = process("p", f'<startEvent id="s"/><callActivity id="k" calledElement="c">{loop}</callActivity>', "s -> k")
    chain = [f"t{n}" for n in range(30)]
    called = process("c", "".join(f'<task id="{task}"/>' for task in chain), *(f"t{n} -> t{n + 1}" for n in range(29)))
    files = {"p.bpmn": caller, "c.bpmn": called}
    assert stage(files).start("p").state == "COMPLETED"
    with pytest.raises(ExecutionFailed, match="longer than one step may"):
        stage(files, limits=Limits(elements=500)).start("p")


def test_a_chain_of_five_thousand_elements_in_one_file(stage: MakeStage) -> None:
    chain = [f"t{n}" for n in range(5_000)]
    flows = [f"{before} -> {after}" for before, after in zip(["s", *chain], [*chain, "e"], strict=True)]
    body = '<startEvent id="s"/><endEvent id="e"/>' + "".join(f'<task id="{task}"/>' for task in chain)
    here = stage({"p.bpmn": process("p", body, *flows)})
    assert here.start("p").state == "COMPLETED"
    assert (LIMITS.elements, LIMITS.seconds) == (50_000, 5.0)
