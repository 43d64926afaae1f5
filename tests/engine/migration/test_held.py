"""What is suspended in an instance goes with it to another version and back; what is suspended in a version stays with the version."""

from __future__ import annotations

import pytest

from engine.errors import Conflict
from engine.people import SYSTEM
from engine.states import Event
from engine.testing import ADMINISTRATOR, Stage
from tests.drawing import draw, users
from tests.engine.migration.moves import Staging, before, deploy, moved, onto

ENDS = '<startEvent id="s"/><endEvent id="e"/>'
FIRST = (ENDS + users("a", "b"), "s > a > b > e")
SECOND = (ENDS + users("x", "y"), "s > x > y > e")


def states(here: Stage) -> dict[str, str]:
    return {task.element_id: task.state for task in here.open()}


def suspend(here: Stage, element_id: str, **where: str) -> None:
    here.engine.suspend_activity(element_id, reason="wait", actor=ADMINISTRATOR, **where)


def resume(here: Stage, element_id: str, **where: str) -> None:
    here.engine.resume_activity(element_id, reason="on", actor=ADMINISTRATOR, **where)


def test_what_is_held_is_held_under_its_new_name_and_back_under_its_old_one(stage: Staging) -> None:
    here = stage({"p.bpmn": draw(*FIRST)})
    instance = here.start("p")
    for element_id in ("a", "b"):
        suspend(here, element_id, instance_id=instance.id)
    migration = moved(here, instance, deploy(here, *SECOND), onto("a", "x"), onto("b", "y"))
    assert states(here) == {"x": "SUSPENDED"}
    with pytest.raises(Conflict):
        suspend(here, "x", instance_id=instance.id)
    resume(here, "x", instance_id=instance.id)
    suspend(here, "x", instance_id=instance.id)
    assert here.engine.undo_migration(migration, reason="back", actor=ADMINISTRATOR).done == 1
    assert states(here) == {"a": "SUSPENDED"}
    resume(here, "a", instance_id=instance.id)
    here.complete("a")
    assert states(here) == {"b": "SUSPENDED"}


def test_the_new_version_says_what_is_held_in_all_of_it(stage: Staging) -> None:
    here = stage({"p.bpmn": draw(*FIRST)})
    instance, source = here.start("p"), here.engine.definitions(key="p").items[0].id
    suspend(here, "a", definition_id=source)
    target = deploy(here, *SECOND)
    suspend(here, "y", definition_id=target)
    migration = moved(here, instance, target, onto("a", "x"), onto("b", "y"))
    assert states(here) == {"x": "CREATED"}
    told = [(row.event, row.element_id) for row in here.engine.history(instance.id, actor=SYSTEM).items][-3:]
    assert told == [(Event.ACTIVITY_RESUMED, "x"), (Event.ACTIVITY_SUSPENDED, "y"), (Event.INSTANCE_MIGRATED, None)]
    assert here.engine.undo_migration(migration, reason="back", actor=ADMINISTRATOR).done == 1
    assert states(here) == {"a": "SUSPENDED"}
    resume(here, "a", definition_id=source)
    here.complete("a")
    assert states(here) == {"b": "CREATED"}


def test_what_goes_on_at_an_element_that_is_held_is_held(stage: Staging) -> None:
    here = stage({"p.bpmn": draw(*FIRST)})
    instance = here.start("p")
    target = deploy(here, ENDS + users("n", "b"), "s > n > b > e")
    suspend(here, "n", definition_id=target)
    moved(here, instance, target, before("a", "n"))
    assert states(here) == {"n": "SUSPENDED"}
    resume(here, "n", definition_id=target)
    assert states(here) == {"n": "CREATED"}


def test_undoing_leaves_a_suspended_instance_held(stage: Staging) -> None:
    here = stage({"p.bpmn": draw(*FIRST)})
    instance = here.start("p")
    suspend(here, "a", instance_id=instance.id)
    migration = moved(here, instance, deploy(here, *SECOND), onto("a", "x"), onto("b", "y"))
    here.engine.suspend(instance.id, reason="r", actor=ADMINISTRATOR)
    assert here.engine.undo_migration(migration, reason="back", actor=ADMINISTRATOR).done == 1
    here.engine.resume(instance.id, reason="r", actor=ADMINISTRATOR)
    assert states(here) == {"a": "SUSPENDED"}
