"""One activity is suspended: what is open there waits, and what comes there; everything else goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from engine.errors import Conflict, Invalid, NotFound
from engine.people import SYSTEM
from engine.states import Event
from engine.storage.session import Session
from engine.testing import ADMINISTRATOR, Stage, process

BODY = (
    '<startEvent id="s"/><userTask id="a" camunda:candidateGroups="workers"/><userTask id="b"/>'
    '<serviceTask id="out" camunda:type="external" camunda:topic="x"/>'
    '<intermediateCatchEvent id="wait"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>'
    "</intermediateCatchEvent>"
    '<scriptTask id="later" camunda:asyncBefore="true"><script>n = 1</script></scriptTask><endEvent id="e"/>'
)
FILE = process("p", BODY, "s -> a", "a -> b", "b -> out", "b -> wait", "b -> later", "out -> e", "wait -> e", "later -> e")


def states(here: Stage, instance_id: str) -> dict[str, str]:
    """The states of tasks by element."""
    return {task.element_id: task.state for task in here.engine.tasks(actor=SYSTEM, instance_id=instance_id).items}


def hold(here: Stage, element_id: str, instance_id: str) -> None:
    here.engine.suspend_activity(element_id, instance_id=instance_id, reason="wait", actor=ADMINISTRATOR)


def let_go(here: Stage, element_id: str, instance_id: str) -> None:
    here.engine.resume_activity(element_id, instance_id=instance_id, reason="on", actor=ADMINISTRATOR)


def test_what_is_open_and_what_comes_wait_until_it_is_resumed(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": FILE})
    id = here.start("p").id
    hold(here, "a", id)
    hold(here, "b", id)
    assert states(here, id) == {"a": "SUSPENDED"}
    with pytest.raises(Conflict):
        here.complete("a")
    with pytest.raises(Conflict, match="suspended already"):
        hold(here, "a", id)
    let_go(here, "a", id)
    here.complete("a")
    assert states(here, id) == {"b": "SUSPENDED"}
    let_go(here, "b", id)
    assert states(here, id) == {"b": "CREATED"}
    with pytest.raises(Conflict, match="not suspended"):
        let_go(here, "b", id)
    told = here.engine.history(id, actor=SYSTEM, event=Event.ACTIVITY_SUSPENDED).items
    assert [(row.element_id, row.data["reason"]) for row in told] == [("a", "wait"), ("b", "wait")]


def test_timers_work_outside_and_continuations_wait_too(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": FILE})
    id = here.start("p").id
    for element_id in ("out", "wait", "later"):
        hold(here, element_id, id)
    here.complete("a")
    here.complete("b")
    assert {job.element_id: job.state for job in here.engine.jobs(actor=SYSTEM).items} == {"wait": "SUSPENDED", "later": "SUSPENDED"}
    assert here.advance(timedelta(days=1)) == 0
    let_go(here, "wait", id)
    let_go(here, "later", id)
    assert here.engine.run_due() == 2
    assert here.variables(id) == {"n": 1}
    assert here.state(id) == "ACTIVE"


def test_suspending_and_resuming_the_instance_leaves_it_held(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": FILE})
    id = here.start("p").id
    hold(here, "a", id)
    here.engine.suspend(id, reason="r", actor=ADMINISTRATOR)
    here.engine.resume(id, reason="r", actor=ADMINISTRATOR)
    assert states(here, id) == {"a": "SUSPENDED"}
    here.engine.suspend(id, reason="r", actor=ADMINISTRATOR)
    let_go(here, "a", id)
    assert states(here, id) == {"a": "SUSPENDED"}
    here.engine.resume(id, reason="r", actor=ADMINISTRATOR)
    assert states(here, id) == {"a": "CREATED"}


def test_of_a_definition_it_is_held_in_all_and_in_those_to_come(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": FILE})
    first = here.start("p")
    where = {"definition_id": first.definition_id}
    here.engine.suspend_activity("a", reason="r", actor=ADMINISTRATOR, **where)
    second = here.start("p")
    assert states(here, first.id) == states(here, second.id) == {"a": "SUSPENDED"}
    here.engine.resume_activity("a", reason="r", actor=ADMINISTRATOR, **where)
    assert states(here, first.id) == states(here, second.id) == states(here, here.start("p").id) == {"a": "CREATED"}
    with pytest.raises(NotFound):
        here.engine.suspend_activity("nothing", reason="r", actor=ADMINISTRATOR, **where)
    with pytest.raises(Invalid):
        here.engine.suspend_activity("a", reason="", actor=ADMINISTRATOR, **where)


def test_what_is_started_while_a_definition_is_held_is_held_too(stage: Callable[..., Stage]) -> None:
    here = stage({"p.bpmn": FILE})
    definition_id, began = here.start("p").definition_id, threading.Event()

    def start(connection: Connection) -> None:
        session = Session(here.engine._shared, connection, SYSTEM)
        session.execution.start(session.shared.definitions.get(connection, definition_id), {})
        began.set()
        time.sleep(0.3)  # the other one has its turn now
        session.close()

    thread = threading.Thread(target=lambda: here.engine._shared.database.write(start))
    thread.start()
    began.wait(5)
    here.engine.suspend_activity("a", reason="r", definition_id=definition_id, actor=ADMINISTRATOR)
    thread.join()
    assert [task.state for task in here.open("a")] == ["SUSPENDED"] * 2
