"""Playing a draft by hand: a database of its own, everybody's part, the clock, what comes from outside; nothing here changes."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.packtests.playing import play_all
from engine.packtests.trials import FACTS, FOLDER, LIFETIME, Trials
from engine.packtests.writing import write
from engine.people import SYSTEM, Actor
from engine.states import Role
from engine.testing import Stage, process
from tests.engine.packtests.test_playing import END, START, task
from tests.engine.packtests.test_recording import pack

Make = Callable[..., Stage]
DESIGNER = Actor("designer", roles=frozenset({Role.DESIGNER}))
OTHER = Actor("other", roles=frozenset({Role.DESIGNER}))
BEGINS = datetime(2026, 6, 1, 2, tzinfo=UTC)
BODY = (
    START + task("a") + '<intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>P2D</timeDuration></timerEventDefinition>'
    '</intermediateCatchEvent><intermediateCatchEvent id="m"><messageEventDefinition messageRef="mm"/></intermediateCatchEvent>'
    '<serviceTask id="w" camunda:type="external" camunda:topic="work"/>'
    '<userTask id="b" name="b" camunda:assignee="somebody.named"/>' + END
)
FILES = pack(process("p", BODY, "start -> a", "a -> t", "t -> m", "m -> w", "w -> b", "b -> end", outside='<message id="mm" name="paid"/>'))


def test_everybodys_part_the_clock_and_what_comes_from_outside(stage: Make) -> None:
    one = stage({})
    draft = one.engine.draft_files(FILES, title="ลอง", actor=DESIGNER)
    trials = Trials(one.engine)
    trials.begin(draft, "p", BEGINS, actor=DESIGNER)
    with trials.open(draft, actor=DESIGNER) as trial:
        with pytest.raises(Conflict):
            trial.tasks()
        trial.start({}, None)
    with trials.open(draft, actor=DESIGNER) as trial:  # as another page would
        (first,) = trial.tasks()
        assert trial.worker(first).groups == {"workers"}
        trial.complete(first, {"x": 1})
        trial.forward()
        assert trial.engine.clock_now().date().isoformat() == "2026-06-03"
        with pytest.raises(Conflict):
            trial.forward()
        assert [(entry.kind, entry.name) for entry in trial.waiting()] == [("message", "paid")]
        trial.hear("message", "paid", {"sum": 7})
        trial.report(trial.outside()[0].id, {"made": True})
        (last,) = trial.tasks()
        assert trial.worker(last).user_id == "somebody.named"
        trial.complete(last, {})
        found = trial.recorded()
    test = found.kept(name="t", th="ลอง", en="", tasks=True, end=True, that=list(found.asserted))
    (outcome,) = play_all({**FILES, "tests/t.toml": write(test).encode()}).outcomes
    assert outcome.failure is None, outcome.failure.en
    assert {"sum == 7", "made == true", "x == 1"} <= set(found.asserted)
    assert not one.engine.definitions().total
    assert not one.engine.users(actor=DESIGNER_AND_ADMINISTRATOR).total


DESIGNER_AND_ADMINISTRATOR = Actor("both", roles=frozenset({Role.DESIGNER, Role.ADMINISTRATOR}))


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_several_begin_at_the_same_moment_and_one_presses_twice(stage: Make) -> None:
    one = stage({})
    draft = one.engine.draft_files(FILES, title="ลอง", actor=DESIGNER)
    with ThreadPoolExecutor(4) as pool:
        begun = [pool.submit(Trials(one.engine).begin, draft, "p", BEGINS, actor=actor) for actor in (DESIGNER, OTHER) * 2]
    assert [one.exception() for one in begun] == [None] * 4
    for actor in (DESIGNER, OTHER):
        with Trials(one.engine).open(draft, actor=actor) as trial:
            trial.start({}, None)
            assert [task.element_id for task in trial.tasks()] == ["a"]
    assert len(list((one.engine.home / FOLDER).iterdir())) == 2


def test_whose_it_is_and_how_it_ends(stage: Make) -> None:
    one = stage({})
    draft = one.engine.draft_files(FILES, title="ลอง", actor=DESIGNER)
    trials, home = Trials(one.engine), one.engine.home / FOLDER
    with pytest.raises(NotFound):
        trials.open(draft, actor=DESIGNER)
    with pytest.raises(NotFound):
        trials.begin(draft, "q", BEGINS, actor=DESIGNER)
    with pytest.raises(Forbidden):
        trials.begin(draft, "p", BEGINS, actor=Actor("stranger"))
    with pytest.raises(NotFound):
        trials.open("../../etc", actor=DESIGNER)
    assert not list(home.glob("*"))
    trials.begin(draft, "p", BEGINS, actor=DESIGNER)
    assert trials.there(draft, actor=DESIGNER)
    assert not trials.there(draft, actor=OTHER)
    (kept,) = home.glob(f"*/{FACTS}")
    before = kept.stat().st_mtime - LIFETIME - 1
    os.utime(kept, (before, before))
    trials.begin(draft, "p", BEGINS, actor=OTHER)  # sweeps up
    assert not trials.there(draft, actor=DESIGNER)
    trials.end(draft, actor=OTHER)
    assert not list(home.glob("*"))


def test_a_draft_with_faults_is_not_played(stage: Make) -> None:
    one = stage({})
    draft = one.engine.draft_files(pack(b"<nothing/>"), title="ลอง", actor=DESIGNER)
    with pytest.raises(Invalid):
        Trials(one.engine).begin(draft, "p", BEGINS, actor=DESIGNER)


def test_a_step_that_is_gone_is_called_as_it_was(stage: Make) -> None:
    engine = stage({}).engine
    first = START + task("a", 'ruam:nameEn="Ask"').replace('name="a"', 'name="ขออนุมัติ"') + END
    engine.deploy(pack(process("p", first, "start -> a", "a -> end")), name="p", actor=SYSTEM)
    changed = pack(process("p", START + task("z") + END, "start -> z", "z -> end"))
    text = b'process = "p"\nat = 2026-06-01\n[start]\n[[step]]\ncomplete = "a"\nexpect.state = "COMPLETED"\n'
    draft = engine.draft_files({**changed, "tests/t.toml": text}, title="ลอง", actor=DESIGNER)
    (outcome,) = engine.test_draft(draft, actor=DESIGNER).outcomes
    assert outcome.failure is not None
    assert outcome.failure.said == ("ทำงาน “ขออนุมัติ”", "complete “Ask”")
