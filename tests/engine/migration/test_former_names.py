"""What was done under former ids is found under the new ones: by pages, by handlers, by REST's history."""

from __future__ import annotations

from typing import Any

from engine.context import Context
from engine.people import SYSTEM
from engine.registry import Pack
from engine.testing import ADMINISTRATOR
from engine.views.subjects.activities import ACTIVITIES
from tests.drawing import draw, users
from tests.engine.migration.moves import Staging, deploy, moved, onto

ENDS = '<startEvent id="s"/><endEvent id="e"/>'


def test_handlers_find_the_answers_of_a_task_that_is_called_otherwise(stage: Staging) -> None:
    pack, found = Pack("p"), list[Any]()

    @pack.handler("look")
    def look(context: Context) -> dict[str, Any]:
        found.extend((one.state, one.values) for one in context.task_data("asked"))
        return {}

    here = stage(packs=[pack])
    here.engine.deploy({"p.bpmn": draw(ENDS + users("ask", "b"), "s > ask > b > e")}, name="p", pack="p", actor=SYSTEM)
    instance = here.start("p")
    here.complete("ask", n=1)
    target_body = ENDS + users("asked", "b") + '<serviceTask id="h" ruam:handler="look"/>'
    here.engine.deploy({"p.bpmn": draw(target_body, "s > asked > b > h > e")}, name="p", pack="p", actor=SYSTEM)
    target = here.engine.definitions(key="p", latest=True).items[0].id
    moved(here, instance, target, onto("ask", "asked"))
    here.complete("b")
    assert found == [("COMPLETED", {"n": 1})]


def test_pages_and_rest_tell_one_time_at_an_element(stage: Staging) -> None:
    here = stage({"p.bpmn": draw(ENDS + users("a", "b"), "s > a > b > e")})
    instance = here.start("p")
    here.complete("a")
    moved(here, instance, deploy(here, ENDS + users("x", "y"), "s > x > y > e"), onto("a", "x"), onto("b", "y"))
    here.complete("y")
    for element_id in ("x", "y"):
        shown = here.engine.activity(instance.id, element_id, actor=ADMINISTRATOR)
        assert [(one.ended is not None, one.cut) for one in shown.entries] == [(True, False)]
        assert [task.state for task in shown.tasks] == ["COMPLETED"]
    told = here.engine.search(ACTIVITIES, actor=ADMINISTRATOR)
    assert sorted((one.element_id, one.ended is not None) for one in told if one.task_id is not None) == [("a", True), ("b", True)]
