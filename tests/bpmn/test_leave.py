"""The leave request: a pack without a line of code, from asking to recording, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.deployment.packs import read_folder
from engine.errors import Forbidden, Invalid, NotFound
from engine.people import Actor
from engine.testing import Stage

PACK = Path(__file__).parents[2] / "bpmn" / "leave"
EMPLOYEE = Actor("employee", frozenset({"employee"}))
COLLEAGUE = Actor("colleague", frozenset({"employee"}))
HEAD = Actor("head", frozenset({"head"}))
PERSONNEL = Actor("personnel", frozenset({"personnel"}))
ASKED = {"name": "ผู้ขอลา", "kind": "holiday", "first_day": "2009-06-15", "last_day": "2009-06-19", "reason": "พักผ่อน"}


@pytest.fixture
def stage(engine_url: str, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(read_folder(PACK), pack="leave", url=engine_url, home=tmp_path / "home")
    yield made
    made.close()


def test_asked_returned_revised_approved_recorded(stage: Stage) -> None:
    leave = stage.start("leave", actor=EMPLOYEE, **ASKED)
    [task] = stage.engine.inbox(HEAD).items
    assert task.name == "พิจารณาการลา: ผู้ขอลา"
    with pytest.raises(Invalid):
        stage.complete("approve", actor=HEAD, decision="return")  # a return says why
    stage.complete("approve", actor=HEAD, decision="return", return_reasons="ตรงกับงานสำคัญ")
    assert stage.engine.inbox(COLLEAGUE).total == 0
    stage.complete("revise", actor=EMPLOYEE, **ASKED | {"first_day": "2009-06-22", "last_day": "2009-06-26"})
    stage.complete("approve", actor=HEAD, decision="approve")
    stage.complete("record", actor=PERSONNEL, days=5)
    assert stage.state(leave) == "COMPLETED"
    assert stage.variables(leave)["first_day"] == "2009-06-22"


def test_after_two_days_personnel_is_asked_to_hurry_the_head_and_the_request_still_waits(stage: Stage) -> None:
    leave = stage.start("leave", actor=EMPLOYEE, **ASKED)
    stage.advance(timedelta(days=1, hours=23))
    assert stage.names() == ["approve"]
    stage.advance(timedelta(hours=2))
    assert stage.names() == ["approve", "hurry"]
    stage.complete("approve", actor=HEAD, decision="approve")
    stage.complete("record", actor=PERSONNEL, days=5)
    assert stage.state(leave) == "COMPLETED"  # whoever has not hurried anybody by then need not
    assert stage.names() == []


def test_only_employees_ask_and_only_the_head_decides(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        stage.start("leave", actor=HEAD, **ASKED)
    stage.start("leave", actor=EMPLOYEE, **ASKED)
    with pytest.raises(NotFound):  # a colleague may not even know of it
        stage.complete("approve", actor=COLLEAGUE, decision="approve")
