"""The paid deliveries: what is awaited, delivered, returned, accepted, late, and who said so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.engine import Engine
from engine.errors import NotFound
from engine.papers import standing
from engine.people import SYSTEM, Actor
from engine.projects.instalments import Instalment, PaperState
from engine.projects.progress import StepState
from tests.projects import ACCEPT, COMMITTEE, OFFICE, START, STRANGER, VILLAGE_A, WATCHER, do, opened, start


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = opened(tmp_path)
    yield made
    made.close()


@pytest.fixture
def root(engine: Engine) -> str:
    return start(engine)


def the_only(engine: Engine, root_id: str, actor: Actor = OFFICE) -> Instalment:
    (instalment,) = engine.instalments(root_id, actor=actor)
    return instalment


def test_a_paper_is_awaited_with_its_copies(engine: Engine, root: str) -> None:
    instalment = the_only(engine, root)
    (paper,) = instalment.deliverables
    assert (paper.key, paper.th, paper.copies, paper.cds, paper.step, paper.state) == ("plan", "แผน", 10, 2, "1", PaperState.AWAITED)
    assert (instalment.n, instalment.percent, instalment.accepted) == (1, 0, None)


def test_a_paper_whose_window_is_over_is_late(engine: Engine, root: str) -> None:
    engine.advance_clock(START + timedelta(days=40), actor=SYSTEM)
    assert [paper.key for paper in the_only(engine, root).late] == ["plan"]
    do(engine, OFFICE, root, {"file": "plan.pdf"})
    (paper,) = the_only(engine, root).deliverables
    assert (paper.state, paper.late) == (PaperState.DELIVERED, True)


def test_a_return_names_who_and_why_and_the_next_version_is_examined(engine: Engine, root: str) -> None:
    do(engine, OFFICE, root, {"file": "plan.pdf"})
    do(engine, COMMITTEE, root, {"decision": "return", "reasons": "too short"})
    instalment = the_only(engine, root)
    assert instalment.deliverables[0].state is PaperState.RETURNED
    (returned,) = engine.documents(root, actor=OFFICE, category="paper").items
    assert (returned.title, returned.title_en) == ("แผน", "Plan"), "as who examines it calls it, not as its field is called"
    assert standing([returned]) == (returned,)
    assert engine.progress(root, actor=OFFICE).steps[1].state is StepState.RETURNED
    do(engine, OFFICE, root, {"file": "plan2.pdf"})
    assert [paper.version for paper in standing(engine.documents(root, actor=OFFICE, category="paper").items)] == [2], "each once"
    do(engine, COMMITTEE, root, ACCEPT)
    instalment = the_only(engine, root)
    (paper,), (examination,) = instalment.deliverables, instalment.examinations
    assert [(version.version, version.state, version.reason) for version in paper.versions] == [
        (1, "RETURNED", "too short"),
        (2, "ACCEPTED", None),
    ]
    assert (paper.accepted, paper.returned, instalment.percent) == (True, 1, 100)
    assert instalment.accepted is not None
    assert instalment.accepted == examination.accepted
    assert [[(verdict.member, verdict.accepted, verdict.reasons) for verdict in verdicts] for verdicts in examination.rounds] == [
        [("member", False, "too short")],
        [("member", True, "")],
    ]
    assert engine.progress(root, actor=OFFICE).steps[1].returned == 1


def test_who_may_not_read_a_paper_sees_its_state_and_no_version(engine: Engine, root: str) -> None:
    do(engine, OFFICE, root, {"file": "plan.pdf"})
    (paper,) = the_only(engine, root, WATCHER).deliverables
    assert paper.state is PaperState.DELIVERED
    assert paper.versions == ()


def test_they_are_not_for_who_only_takes_part(engine: Engine, root: str) -> None:
    for actor in (VILLAGE_A, STRANGER):
        with pytest.raises(NotFound):
            engine.instalments(root, actor=actor)
