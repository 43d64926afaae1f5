"""Incidents in bulk, and the open work of somebody who left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.errors import Forbidden, Invalid, NotFound
from engine.people import SYSTEM, Actor
from engine.states import Event
from engine.testing import ADMINISTRATOR, Stage, linear, process

COUNTING = process(
    "counting",
    '<startEvent id="s"/><scriptTask id="count" camunda:asyncBefore="true"><script>b = a + 1</script></scriptTask>'
    '<userTask id="t"/><endEvent id="e"/>',
    "s -> count",
    "count -> t",
    "t -> e",
)


def failing(here: Stage, *values: object) -> list[str]:
    """Instances whose step fails, and the ids of their incidents in their order."""
    started = [here.start("counting", a=value).id for value in values]
    here.advance(timedelta(days=2))
    found = {one.instance_id: one.id for one in here.engine.incidents(actor=ADMINISTRATOR).items}
    return [found[id] for id in started]


def test_many_are_tried_again_with_other_variables_each_for_itself(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": COUNTING})
    first, second = failing(here, "x", "y")
    told = here.engine.retry_incidents([first, second, "gone"], variables={"a": 1}, reason="a number was meant", actor=ADMINISTRATOR)
    assert [one.problem is None for one in told] == [True, True, False]
    assert told[2].problem == ("ไม่พบเหตุขัดข้องนี้", "There is no such incident.")
    here.engine.run_due()
    assert here.names() == ["t", "t"]
    assert here.engine.incidents(actor=ADMINISTRATOR).total == 0
    instance = here.open()[0].instance_id
    (row,) = here.engine.history(instance, actor=SYSTEM, event=Event.INCIDENT_RETRIED).items
    assert (row.data["reason"], row.actor) == ("a number was meant", ADMINISTRATOR.user_id)


def test_what_is_dismissed_stays_as_it_is_with_the_reason(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": COUNTING})
    first, second = failing(here, "x", "y")
    with pytest.raises(Invalid, match="reason"):
        here.engine.dismiss_incidents([first], reason="", actor=ADMINISTRATOR)
    with pytest.raises(Forbidden):
        here.engine.dismiss_incidents([first], reason="r", actor=Actor("worker"))
    assert [one.problem for one in here.engine.dismiss_incidents([first], reason="known", actor=ADMINISTRATOR)] == [None]
    (left,) = here.engine.incidents(actor=ADMINISTRATOR).items
    assert left.id == second
    assert {job.state for job in here.engine.jobs(actor=ADMINISTRATOR).items} == {"FAILED"}
    dismissed = next(one for one in here.engine.incidents(actor=ADMINISTRATOR, open_only=False).items if one.id == first)
    (row,) = here.engine.history(dismissed.instance_id or "", actor=SYSTEM, event=Event.INCIDENT_RESOLVED).items
    assert row.data == {"reason": "known", "dismissed": True}


@pytest.fixture
def office(stage: Callable[..., Stage]) -> Stage:
    """Two workers with the same group, one of whom has tasks in hand."""
    alone = process("alone", '<startEvent id="s"/><userTask id="own" camunda:assignee="leaver"/><endEvent id="e"/>', "s -> own", "own -> e")
    offered = process(
        "offered", '<startEvent id="s"/><userTask id="his" camunda:candidateUsers="leaver"/><endEvent id="e"/>', "s -> his", "his -> e"
    )
    here = stage({"p.bpmn": linear("p", "a"), "alone.bpmn": alone, "offered.bpmn": offered})
    for name in ("leaver", "stayer"):
        here.engine.add_user(name, name=name, password="correct horse battery", groups=["workers"], actor=SYSTEM)
    for key in ("p", "p", "alone", "offered"):
        here.start(key)
    for task in here.open("a"):
        here.engine.claim(task.id, actor=here.engine.actor("leaver"))
    return here


def test_all_of_it_goes_to_somebody_else(office: Stage) -> None:
    engine = office.engine
    suspended = office.open("a")[0]
    engine.suspend(suspended.instance_id, reason="r", actor=ADMINISTRATOR)
    would = engine.reassign("leaver", to="stayer", reason="", preview=True, actor=ADMINISTRATOR)
    assert (len(would.handed), would.stays, would.done) == (4, (), False)
    assert {task.assignee for task in engine.tasks(actor=SYSTEM).items} == {"leaver", None}
    done = engine.reassign("leaver", to="stayer", reason="retired", actor=ADMINISTRATOR)
    assert done.done
    assert {task.assignee for task in engine.tasks(actor=SYSTEM).items} == {"stayer"}
    (row,) = engine.history(suspended.instance_id, actor=SYSTEM, event=Event.TASK_ASSIGNED).items
    assert row.data == {"before": "leaver", "after": "stayer", "reason": "retired"}
    assert engine.reassign("leaver", to="stayer", reason="again", actor=ADMINISTRATOR).handed == ()


def test_back_to_the_candidates_goes_what_others_may_do(office: Stage) -> None:
    before = office.engine.open_work("leaver", actor=ADMINISTRATOR)
    done = office.engine.reassign("leaver", to=None, reason="retired", actor=ADMINISTRATOR)
    assert (before.handed, before.stays) == (done.handed, done.stays)
    assert [task.name for task in done.handed] == ["a", "a"]
    assert sorted(task.name for task in done.stays) == ["his", "own"]
    assert office.engine.open_work("leaver", actor=ADMINISTRATOR).stays == done.stays
    assert done.stays[0].obstacle is not None
    assert {task.assignee for task in office.open("a")} == {None}
    office.complete("a", actor=office.engine.actor("stayer"))


def test_the_receiver_must_be_there(office: Stage) -> None:
    with pytest.raises(NotFound):
        office.engine.reassign("leaver", to="nobody", reason="r", actor=ADMINISTRATOR)
    with pytest.raises(Invalid, match="somebody else"):
        office.engine.reassign("leaver", to="leaver", reason="r", actor=ADMINISTRATOR)
    office.engine.deactivate("stayer", actor=ADMINISTRATOR)
    with pytest.raises(NotFound, match="active"):
        office.engine.reassign("leaver", to="stayer", reason="r", actor=ADMINISTRATOR)


def test_who_is_barred_from_a_task_gets_it_in_no_state(office: Stage) -> None:
    engine = office.engine
    body = '<startEvent id="s"/><userTask id="mark" camunda:candidateUsers="leaver" ruam:barred="markers"/><endEvent id="e"/>'
    engine.deploy({"m.bpmn": process("m", body, "s -> mark", "mark -> e")}, name="m", actor=SYSTEM)
    engine.add_user("marker", name="marker", groups=["markers"], actor=SYSTEM)
    ids = [office.start("m").id for _ in range(2)]
    engine.suspend(ids[0], reason="r", actor=ADMINISTRATOR)
    done = engine.reassign("leaver", to="marker", reason="retired", actor=ADMINISTRATOR)
    assert sorted(task.instance_id for task in done.stays) == sorted(ids)
    assert {task.assignee for task in office.open("mark")} == {None}
