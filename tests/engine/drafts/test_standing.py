"""How many running instances stand at an element, for who would give it another id."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import Forbidden, NotFound
from engine.people import SYSTEM, Actor
from engine.states import Role
from engine.testing import Stage, linear
from tests.drawing import draw

DESIGNER = Actor("designer", roles=frozenset({Role.DESIGNER}))
BODY = """<startEvent id="s"/><userTask id="work" name="Assess"/>
<boundaryEvent id="late" attachedToRef="work" cancelActivity="false"><timerEventDefinition>
<timeDuration>P9D</timeDuration></timerEventDefinition></boundaryEvent>
<callActivity id="calls" calledElement="inner"/><receiveTask id="told" messageRef="m"/><endEvent id="e"/><endEvent id="f"/>"""


def test_tasks_timers_messages_and_calls_are_counted_until_they_are_over(stage: Callable[..., Stage]) -> None:
    outer = draw(BODY, "s > work > calls > told > e; late > f", definitions='<message id="m" name="m"/>')
    one = stage({"p.bpmn": outer, "inner.bpmn": linear("inner", "inside")})
    draft = one.engine.draft_deployed("p", title="t", actor=DESIGNER)

    def standing() -> dict[str, int]:
        names = ("work", "late", "calls", "told", "e")
        found = {name: one.engine.standing_at(draft, "p", name, actor=DESIGNER) for name in names}
        return {name: number for name, number in found.items() if number}

    assert standing() == {}
    first = one.start("p", business_key="1")
    one.start("p", business_key="2")
    assert standing() == {"work": 2, "late": 2}
    one.engine.complete_task(one.open("work", first.id)[0].id, {}, actor=SYSTEM)
    assert standing() == {"work": 1, "late": 1, "calls": 1}
    one.complete("inside")
    assert standing() == {"work": 1, "late": 1, "told": 1}
    one.engine.correlate("m", business_key="1", actor=SYSTEM)
    assert standing() == {"work": 1, "late": 1}
    old = one.engine.definitions(key="p", latest=True).items[0].id
    one.engine.deploy({"p.bpmn": outer.replace(b"work", b"assess")}, name="p", actor=SYSTEM)
    plan = one.engine.suggest_migration(old, one.engine.definitions(key="p", latest=True).items[0].id, actor=SYSTEM)
    assert (plan.images["work"], plan.images["late"]) == ("assess", "late"), "a move suggests the element under its new id"
    with pytest.raises(Forbidden):
        one.engine.standing_at(draft, "p", "work", actor=Actor("nobody"))
    with pytest.raises(NotFound):
        one.engine.standing_at("0" * 32, "p", "work", actor=DESIGNER)
