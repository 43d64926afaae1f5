"""Deployments: all or nothing, immutable versions, everything missing at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.diagrams import as_text
from engine.errors import Forbidden, Invalid, NotFound
from engine.people import SYSTEM, Actor
from engine.testing import Stage, linear, process

MakeStage = Callable[..., Stage]


def test_the_same_again_is_no_new_version_and_a_change_is(stage: MakeStage) -> None:
    here = stage()
    first = here.engine.deploy({"p.bpmn": linear("p", "a")}, name="p", actor=SYSTEM)
    again = here.engine.deploy({"p.bpmn": linear("p", "a")}, name="p", actor=SYSTEM)
    assert first.new
    assert (again.new, again.id) == (False, first.id)
    running = here.start("p")
    changed = here.engine.deploy({"p.bpmn": linear("p", "b")}, name="p", actor=SYSTEM)
    assert [view.version for view in changed.definitions] == [2]
    assert here.names(running.id) == ["a"]
    assert here.names(here.start("p").id) == ["b"]
    assert here.names(here.engine.start("p", version=1, actor=SYSTEM).id) == ["a"]
    assert b'id="a"' in here.engine.definition_xml(running.definition_id, actor=SYSTEM)
    latest = here.engine.definitions(latest=True).items
    assert [(view.key, view.version) for view in latest] == [("p", 2)]


def test_everything_missing_is_said_at_once_and_nothing_is_written(stage: MakeStage) -> None:
    here = stage()
    body = '<startEvent id="s"/><userTask id="a" camunda:formKey="nowhere"/><serviceTask id="b" ruam:handler="no.such"/>\
<callActivity id="c" calledElement="unknown"/><businessRuleTask id="d" camunda:decisionRef="none" camunda:resultVariable="x"/>\
<endEvent id="e"/>'
    flows = ("s -> a", "a -> b", "b -> c", "c -> d", "d -> e")
    files = {
        "p.bpmn": process("p", body, *flows),
        "q.bpmn": b"<broken",
        "forms/f.json": b"[]",
        "parties.toml": b"x = 1",
        "pack.toml": b'key = "test"',
    }
    with pytest.raises(Invalid) as refused:
        here.engine.deploy(files, name="p", actor=SYSTEM)
    problems = refused.value.problems
    assert {"p.bpmn", "q.bpmn", "forms/f.json", "parties.toml"} <= {problem.file for problem in problems}
    assert {"a", "b", "c", "d"} <= {problem.element_id for problem in problems}
    assert list(problems) == here.engine.check(files), "warnings too: all that may be wrong, at once"
    assert here.engine.definitions().total == 0


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pack.toml", "key = 5"), ("pack.toml", "[key]\na = 1"), ("schedule.toml", "reminders = 3"),
        ("schedule.toml", "[reminders]\nbefore = 'two'"), ("schedule.toml", "[reminders]\nafter = -4\nescalate_to = 'opdc'"),
        ("schedule.toml", "[reminders]\nescalate_to = ['opdc']"), ("parties.toml", "parties = 3"), ("parties.toml", "[opdc]\nen = 'x'"),
        ("parties.toml", "[opdc]\nth = 'ก'\nsee = 'project'"), ("parties.toml", "[opdc]\nth = 'ก'\nsee = 5"),
        ("parties.toml", "[opdc]\nth = 'ก'\nunit_variable = [1]"), ("parties.toml", "[opdc]\nth = 'ก'\nof_unit = 'x'"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_tables_of_a_pack_that_say_something_else_than_they_can(stage: MakeStage, path: str, text: str) -> None:
    (problem,) = stage().engine.check({"p.bpmn": linear("p", "a"), path: text.encode()})
    assert (problem.file, problem.severity) == (path, "error")
    assert problem.message_th
    with pytest.raises(Invalid):
        stage().engine.deploy({"p.bpmn": linear("p", "a"), path: text.encode()}, name="p", actor=SYSTEM)


@pytest.mark.parametrize("path", ["../p.bpmn", "/p.bpmn", "a\\p.bpmn", "a/../../p.bpmn"])
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_paths_stay_inside(stage: MakeStage, path: str) -> None:
    with pytest.raises(Invalid):
        stage().engine.deploy({path: linear("p", "a")}, name="p", actor=SYSTEM)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_only_administrators_deploy_and_candidates_start(stage: MakeStage) -> None:
    body = '<startEvent id="s"/><userTask id="a"/><endEvent id="e"/>'
    files = {"p.bpmn": process("p", body, "s -> a", "a -> e", attributes='camunda:candidateStarterGroups="opdc"')}
    here = stage(files)
    with pytest.raises(Forbidden):
        here.engine.deploy(files, name="q", actor=Actor("ann"))
    with pytest.raises(Forbidden):
        here.engine.start("p", actor=Actor("ann"))
    opdc = Actor("o", frozenset({"opdc"}))
    assert here.engine.start("p", actor=opdc).started_by == "o"
    assert [view.key for view in here.engine.startable(actor=opdc)] == ["p"]
    assert here.engine.startable(actor=Actor("ann")) == []
    with pytest.raises(NotFound):
        here.engine.start("q", actor=opdc)


def test_a_called_process_is_of_the_same_deployment(stage: MakeStage) -> None:
    call = process("p", '<startEvent id="s"/><callActivity id="c" calledElement="q"/><endEvent id="e"/>', "s -> c", "c -> e")
    here = stage()
    here.engine.deploy({"p.bpmn": call, "q.bpmn": linear("q", "old")}, name="both", actor=SYSTEM)
    here.engine.deploy({"q.bpmn": linear("q", "new")}, name="only q", actor=SYSTEM)
    here.start("p")
    assert here.names() == ["old"]


def test_an_old_instance_goes_on_after_a_restart(stage: MakeStage) -> None:
    here = stage({"p.bpmn": linear("p", "a", "b")})
    instance = here.start("p")
    other = stage()
    other.complete("a", x=1)
    here.complete("b", y=2)
    assert other.state(instance) == "COMPLETED"
    assert other.variables(instance) == {"x": 1, "y": 2}


def test_a_task_taken_by_another_server_keeps_its_instance(stage: MakeStage) -> None:
    """Taking a task opens its instance without reading it: nothing of that may be written over what is stored."""
    here = stage({"p.bpmn": linear("p", "a")})
    instance = here.start("p", x=1)
    other = stage()
    worker = Actor("worker", groups=frozenset({"workers"}))
    other.engine.claim(other.open("a")[0].id, actor=worker)
    assert here.variables(instance) == {"x": 1}
    other.complete("a", actor=worker, y=2)
    assert here.variables(instance) == {"x": 1, "y": 2}


def test_keys_as_long_as_they_may_be(stage: MakeStage) -> None:
    here = stage()
    key, element = "ก" * 255, "ข" * 255
    here.engine.deploy({"p.bpmn": linear(key, element)}, name="p", actor=SYSTEM)
    started = here.start(key)
    assert len(started.definition_id) <= 64
    assert here.names(started.id) == [element]
    with pytest.raises(Invalid) as refused:
        here.engine.deploy({"p.bpmn": linear(key + "ก", "a")}, name="q", actor=SYSTEM)
    assert [problem.rule for problem in refused.value.problems] == ["too-long"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "tis-620"])
def test_a_file_is_kept_to_the_byte_whatever_its_encoding(stage: MakeStage, encoding: str) -> None:
    here = stage()
    drawn = linear("p", "a").decode().replace('name="a"', 'name="กำหนดการ"').partition("?>")
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + (drawn[2] or drawn[0])
    here.engine.deploy({"p.bpmn": text.encode(encoding)}, name="p", actor=SYSTEM)
    (definition,) = here.engine.definitions().items
    kept = here.engine.definition_xml(definition.id, actor=SYSTEM)
    assert kept == text.encode(encoding)
    assert 'name="กำหนดการ"' in as_text(kept)
