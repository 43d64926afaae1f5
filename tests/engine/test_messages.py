"""Messages: to the one who waits, and what becomes of them where he is suspended."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import Conflict
from engine.states import Event
from engine.testing import ADMINISTRATOR, Stage, process

MakeStage = Callable[..., Stage]
MESSAGES = '<message id="m" name="payment"/>'
CATCH = '<startEvent id="s"/><intermediateCatchEvent id="paid"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>\
<userTask id="t"/><endEvent id="e"/>'
THROW = '<startEvent id="s"/><userTask id="go"/><intermediateThrowEvent id="pay"><messageEventDefinition messageRef="m"/>\
</intermediateThrowEvent><userTask id="after"/><endEvent id="e"/>'
SHOP = {
    "p.bpmn": process("shop", CATCH, "s -> paid", "paid -> t", "t -> e", outside=MESSAGES),
    "q.bpmn": process("pays", THROW, "s -> go", "go -> pay", "pay -> after", "after -> e", outside=MESSAGES),
}


def test_a_message_thrown_to_who_is_suspended_is_missed_and_the_thrower_goes_on(stage: MakeStage) -> None:
    here = stage(SHOP)
    meant, other = here.start("shop", business_key="1"), here.start("shop", business_key="2")
    here.start("pays", business_key="1")
    here.engine.suspend(meant.id, reason="audit", actor=ADMINISTRATOR)
    here.complete("go")
    assert here.names() == ["after"], "who threw it went on; it reached nobody, for the other was not meant"
    assert (Event.MESSAGE_MISSED, "paid") in here.events(meant)
    assert here.events(other, Event.MESSAGE_MISSED) == []
    here.engine.resume(meant.id, actor=ADMINISTRATOR)
    assert here.names() == ["after"], "it was not kept"
    here.engine.correlate("payment", business_key="1", actor=ADMINISTRATOR)
    assert here.names() == ["after", "t"]


def test_a_message_from_outside_goes_to_who_is_not_suspended_else_says_so(stage: MakeStage) -> None:
    here = stage(SHOP)
    one, two = here.start("shop"), here.start("shop")
    here.engine.suspend(one.id, reason="audit", actor=ADMINISTRATOR)
    assert here.engine.correlate("payment", actor=ADMINISTRATOR) == two.id
    with pytest.raises(Conflict, match="resume it first") as caught:
        here.engine.correlate("payment", actor=ADMINISTRATOR)
    assert "พักไว้" in caught.value.message_th
    assert here.engine.incidents(actor=ADMINISTRATOR).total == 0
