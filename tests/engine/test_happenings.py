"""What happened, as each may know it; an element's facts; sealed values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from engine.engine import Engine
from engine.errors import NotFound
from engine.people import SYSTEM, Actor
from engine.running.modification import move
from engine.states import Event
from engine.storage import model
from engine.testing import Stage, linear, process
from tests.projects import ACCEPT, COMMITTEE, OFFICE, START, STRANGER, VILLAGE_A, VILLAGE_B, WATCHER, do, opened, start

ADMIN = Actor("admin", roles=frozenset({"administrator"}))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = opened(tmp_path)
    yield made
    made.close()


@pytest.fixture
def root(engine: Engine) -> str:
    """A project whose villages may apply."""
    found = start(engine)
    do(engine, OFFICE, found, {"file": "plan.pdf"})
    do(engine, COMMITTEE, found, ACCEPT)
    do(engine, VILLAGE_A, found)
    return found


def told(engine: Engine, root_id: str, actor: Actor, **options: str) -> list[tuple[str, str | None, str | None]]:
    return [(one.event, one.actor, one.unit) for one in engine.happenings(root_id, actor=actor, limit=500, **options).items]


def test_newest_first_with_names(engine: Engine, root: str) -> None:
    done = engine.happenings(root, actor=OFFICE, kind="work").items
    assert [(one.name, one.actor, one.unit) for one in done] == [
        ("ใบสมัคร", "villager-a", "A"),
        ("ตรวจ", "member", None),
        ("จัดทำแผน", "officer", None),
    ]
    assert done[2].name_en == "Write the plan"
    assert all("values" not in one.facts for one in done)


def test_each_is_told_what_he_may_know(engine: Engine, root: str) -> None:
    assert (Event.TASK_COMPLETED, "villager-a", "A") in told(engine, root, OFFICE)
    assert not [unit for _event, _who, unit in told(engine, root, WATCHER) if unit]
    assert {unit for _event, _who, unit in told(engine, root, VILLAGE_B)} == {"B"}
    assert engine.happenings(root, actor=VILLAGE_A).total == len(told(engine, root, VILLAGE_A))
    with pytest.raises(NotFound):
        engine.happenings(root, actor=STRANGER)


def test_papers_are_told_of_to_who_may_see_them(engine: Engine, root: str) -> None:
    assert [event for event, _who, _unit in told(engine, root, COMMITTEE, kind="papers")] == [Event.DOCUMENT_MARKED, Event.DOCUMENT_ADDED]
    assert told(engine, root, WATCHER, kind="papers") == []


def test_grants_and_variables_are_not_told(engine: Engine, root: str) -> None:
    events = {event for event, _who, _unit in told(engine, root, OFFICE)}
    assert not events & {Event.GRANTED, Event.VARIABLES_CHANGED}
    assert Event.GRANTED in {event for event, _who, _unit in told(engine, root, ADMIN)}


def test_an_element_tells_its_tasks_and_called_instances(engine: Engine, root: str) -> None:
    apply = engine.activity(root, "apply", actor=OFFICE)
    assert (apply.step, apply.called) == ("3", "application")
    assert [(child.unit, child.state) for child in apply.children] == [("A", "COMPLETED"), ("B", "ACTIVE")]
    assert engine.activity(root, "apply", actor=WATCHER).children == ()
    write = engine.activity(root, "write", actor=WATCHER)
    assert [(task.ended_by, task.state) for task in write.tasks] == [("officer", "COMPLETED")]
    child = engine.tree(root, actor=VILLAGE_A)[0]
    assert engine.calling_element(child.id, actor=VILLAGE_A) == "apply"
    with pytest.raises(NotFound):
        engine.activity(root, "write", actor=STRANGER)


def test_a_seal_opens_for_its_writer_and_for_grants_only(engine: Engine, root: str) -> None:
    place = {"root_id": root, "instance_id": root, "task_id": "t", "category": "score", "unit": "A"}
    sheet = {"id": "s", **place, "field": "points", "value": "7", "created": START, "created_by": "member"}
    with engine._shared.database.read() as connection:
        connection.execute(insert(model.sealed), [sheet])
        connection.commit()
    assert [row.value for row in engine.released(root, actor=COMMITTEE)] == [7]
    for actor in (OFFICE, ADMIN, VILLAGE_A):
        assert engine.released(root, actor=actor) == ()
    with engine._shared.database.read() as connection:
        connection.execute(insert(model.grant), [{"root_id": root, "group_": "village", "category": "score", "unit": "own"}])
        connection.commit()
    assert [row.value for row in engine.released(root, actor=VILLAGE_A, unit="A")] == [7]
    assert engine.released(root, actor=VILLAGE_B) == ()


def test_the_system_sees_all(engine: Engine, root: str) -> None:
    assert engine.happenings(root, actor=SYSTEM).total >= engine.happenings(root, actor=OFFICE).total


def test_a_task_tells_by_what_it_was_taken_or_is_held_and_by_nothing_else(stage: Callable[..., Stage]) -> None:
    body = '<startEvent id="s"/><parallelGateway id="f"/><userTask id="a"/><userTask id="b"/><callActivity id="call" calledElement="c"/>'
    flows = ("s -> f", "f -> a", "f -> b", "f -> call", "a -> e", "b -> e", "call -> e")
    here = stage({"p.bpmn": process("p", body + '<endEvent id="e"/>', *flows), "c.bpmn": linear("c", "called")})
    root, engine = here.start("p").id, here.engine  # on a clock that stands still

    def why(task_id: str) -> str | None:
        deed = engine.task(task_id, actor=ADMIN).deed
        return None if deed is None else deed.facts["reason"]

    a, b, called = (here.open(name)[0].id for name in ("a", "b", "called"))
    for name in ("a", "b"):
        engine.suspend_activity(name, instance_id=root, reason=f"hold {name}", actor=ADMIN)
    assert [why(a), why(b), why(called)] == ["hold a", "hold b", None]
    engine.suspend(root, reason="hold all", actor=ADMIN)
    assert [why(a), why(b), why(called)] == ["hold all"] * 3
    engine.resume(root, actor=ADMIN)
    assert [why(a), why(b), why(called)] == ["hold a", "hold b", None]
    for name, task in (("a", a), ("b", b)):
        engine.resume_activity(name, instance_id=root, reason="on", actor=ADMIN)
        engine.modify(root, move(task, name), reason=f"again {name}", actor=ADMIN)
    again = here.open("a")[0].id
    engine.cancel(root, reason="over", actor=ADMIN)
    assert [why(a), why(b), why(again), why(called)] == ["again a", "again b", "over", "over"]
