"""Process tests at each deployment: one that fails refuses it, unless somebody says why it need not pass."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from engine.errors import ExecutionFailed, Forbidden, Invalid
from engine.packtests.trials import Trials
from engine.people import Actor
from engine.spiff import Limits
from engine.states import Role
from engine.storage import model
from engine.testing import ADMINISTRATOR, Stage, process
from tests.engine.packtests.test_playing import TWO, pack

GOOD = '[[step]]\ncomplete = "a"\nexpect.tasks = ["b"]\n'
BAD = '[[step]]\ncomplete = "a"\nexpect.tasks = ["c"]\n'
DESIGNER = Actor("designer", roles=frozenset({Role.DESIGNER}))
APPROVER = Actor("approver", roles=frozenset({Role.APPROVER}))
Make = Callable[..., Stage]


def told(stage: Stage) -> list[dict[str, Any]]:
    """What the journal says of the deployments."""
    table = model.system_event
    query = select(table.c.data).where(table.c.event == "deployment.added").order_by(table.c.seq)
    rows: list[str] = stage.engine._read(ADMINISTRATOR, lambda session: list(session.connection.scalars(query)))
    return [json.loads(data) for data in rows]


def deploy(stage: Stage, files: Mapping[str, bytes], **more: Any) -> int:
    made = stage.engine.deploy(files, name="p", tested=True, actor=ADMINISTRATOR, **more)
    return made.definitions[0].version


def test_a_failing_test_refuses_it_as_a_finding(stage: Make) -> None:
    one = stage({})
    with pytest.raises(Invalid) as refused:
        deploy(one, pack(TWO, good=GOOD, bad=BAD))
    (problem,) = refused.value.problems
    assert (problem.rule, problem.severity, problem.file, problem.line) == ("process-test", "error", "tests/bad.toml", 3)
    assert "expected the open tasks “c”; found “b”" in problem.message
    assert "คาดว่า" in problem.message_th
    assert not one.engine.definitions().total
    assert deploy(one, pack(TWO, good=GOOD)) == 1
    assert told(one)[-1]["tests"] == 1


def test_a_reason_why_they_need_not_pass_is_recorded(stage: Make) -> None:
    one = stage({})
    assert deploy(one, pack(TWO, bad=BAD), untested="ฝ่ายกฎหมายขอให้ใช้วันนี้") == 1
    assert told(one)[-1]["untested"] == "ฝ่ายกฎหมายขอให้ใช้วันนี้"
    assert one.engine.audit_verify().ok


def test_who_may_not_deploy_plays_nothing(stage: Make) -> None:
    with pytest.raises(Forbidden):
        stage({}).engine.deploy(pack(TWO, bad=BAD), name="p", tested=True, actor=DESIGNER)


def test_files_without_tests_are_deployed_as_ever(stage: Make) -> None:
    one = stage({})
    assert deploy(one, pack(TWO)) == 1
    assert not {"tests", "untested"} & set(told(one)[-1])


def approved(one: Stage, text: str) -> str:
    """A draft that adds a test, approved."""
    draft = one.engine.draft_deployed("p", title="t", actor=DESIGNER)
    one.engine.add_draft_files(draft, {"tests/t.toml": pack(TWO, t=text)["tests/t.toml"]}, actor=DESIGNER)
    one.engine.submit_draft(draft, actor=DESIGNER)
    revision = one.engine.draft(draft, actor=APPROVER).draft.revision
    one.engine.approve_draft(draft, revision=revision, actor=APPROVER)
    return draft


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_draft_whose_tests_fail_is_not_activated(stage: Make) -> None:
    one = stage(pack(TWO))
    draft = approved(one, BAD)
    later = one.engine.clock_now() + timedelta(days=1)
    for act in (
        lambda: one.engine.activate_draft(draft, actor=APPROVER),
        lambda: one.engine.schedule_draft(draft, later, actor=APPROVER),
    ):
        with pytest.raises(Invalid) as refused:
            act()
        assert [problem.rule for problem in refused.value.problems] == ["process-test"]
    assert one.engine.draft(draft, actor=APPROVER).draft.state == "APPROVED"
    one.engine.activate_draft(draft, untested="reason", actor=APPROVER)
    assert one.engine.draft_history(draft, actor=APPROVER).items[0].facts["untested"] == "reason"
    assert told(one)[-1]["untested"] == "reason"


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_draft_whose_tests_pass_is_activated_by_the_clock(stage: Make) -> None:
    one = stage(pack(TWO))
    draft = approved(one, GOOD)
    later = one.engine.clock_now() + timedelta(days=1)
    one.engine.schedule_draft(draft, later, actor=APPROVER)
    one.advance(later)
    assert one.engine.draft(draft, actor=APPROVER).draft.state == "ACTIVE"
    assert one.engine.draft_history(draft, actor=APPROVER).items[1].facts["tests"] == 1


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_tests_and_trials_run_within_the_limits_of_the_engine(stage: Make) -> None:
    """What does not pass where it is to run must not pass where it is tried."""
    scripts = "".join(f'<scriptTask id="s{number}"><script>x = {number}</script></scriptTask>' for number in range(20))
    names = ["a", *(f"s{number}" for number in range(20)), "b"]
    body = '<startEvent id="start"/>' + "".join(f'<userTask id="{name}"/>' for name in "ab") + scripts + '<endEvent id="end"/>'
    files = pack(process("p", body, "start -> a", *(f"{one} -> {other}" for one, other in pairwise(names)), "b -> end"), x=GOOD)
    narrow, wide = stage({}, limits=Limits(elements=10)).engine, stage({}).engine
    for engine, passes in ((narrow, False), (wide, True)):
        draft = engine.draft_files(files, title="many", actor=DESIGNER)
        assert engine.test_draft(draft, actor=DESIGNER).ok is passes
        Trials(engine).begin(draft, "p", engine.clock_now(), actor=DESIGNER)
        with Trials(engine).open(draft, actor=DESIGNER) as trial, nullcontext() if passes else pytest.raises(ExecutionFailed):
            trial.start({}, None)
            trial.complete(trial.tasks()[0], {})
