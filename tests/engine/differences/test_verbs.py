"""Comparing what is deployed, and a draft with what it was begun from; for who drafts, approves or administers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import Forbidden, NotFound
from engine.people import SYSTEM, Actor
from engine.states import Role
from engine.testing import ADMINISTRATOR, Stage, linear

OLD, NEW = {"p.bpmn": linear("p", "a")}, {"p.bpmn": linear("p", "a", "b"), "letters/x.typ": b"Hello"}
DESIGNER = Actor("designer", roles=frozenset({Role.DESIGNER}))
WORKER = Actor("worker", groups=frozenset({"workers"}))
SENTENCES = ["Task “b” added after “a”, for workers", "Letter “x” added"]


@pytest.fixture
def two(stage: Callable[..., Stage]) -> Stage:
    found = stage(OLD)
    found.engine.deploy(NEW, name="p", actor=SYSTEM)
    return found


def test_two_versions(two: Stage) -> None:
    assert [change.sentence.en for change in two.engine.differences("p", 1, 2, actor=ADMINISTRATOR)] == SENTENCES
    assert not two.engine.differences("p", 2, 2, actor=DESIGNER)
    with pytest.raises(NotFound):
        two.engine.differences("p", 1, 3, actor=ADMINISTRATOR)


def test_with_files_that_are_not_deployed(two: Stage) -> None:
    assert not two.engine.differences_with("p", NEW, actor=DESIGNER)
    assert [change.sentence.en for change in two.engine.differences_with("p", NEW, version=1, actor=DESIGNER)] == SENTENCES


def test_a_draft_with_what_it_was_begun_from(two: Stage) -> None:
    draft = two.engine.draft_deployed("p", title="more", actor=DESIGNER)
    assert not two.engine.draft_differences(draft, actor=DESIGNER)
    two.engine.add_draft_files(draft, {"letters/y.typ": b"Hello"}, actor=DESIGNER)
    assert [change.sentence.en for change in two.engine.draft_differences(draft, actor=DESIGNER)] == ["Letter “y” added"]
    assert two.engine.draft_base(draft, actor=DESIGNER) == NEW
    new = two.engine.draft_files(OLD, title="new", actor=DESIGNER)
    told = [change.sentence.en for change in two.engine.draft_differences(new, actor=DESIGNER)]
    assert told == ["Task “b” removed", "Letter “x” removed"], "files brought in are a change of what is deployed"


def test_nobody_else_is_told(two: Stage) -> None:
    draft = two.engine.draft_deployed("p", title="more", actor=DESIGNER)
    for ask in (
        lambda: two.engine.differences("p", 1, 2, actor=WORKER),
        lambda: two.engine.differences_with("p", NEW, actor=WORKER),
        lambda: two.engine.draft_differences(draft, actor=WORKER),
        lambda: two.engine.draft_base(draft, actor=WORKER),
    ):
        with pytest.raises(Forbidden):
            ask()
