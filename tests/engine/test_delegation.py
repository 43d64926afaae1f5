"""A task is done for somebody else, and comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import Conflict, Forbidden, NotFound
from engine.people import SYSTEM, Actor
from engine.testing import ADMINISTRATOR, Stage, linear

ONE, TWO = Actor("one", frozenset({"workers"})), Actor("two", frozenset({"workers"}))
OTHER = Actor("other", frozenset({"elsewhere"}))


@pytest.fixture
def here(stage: Callable[..., Stage]) -> Stage:
    made = stage({"letter.bpmn": linear("letter", "write")})
    for actor in (ONE, TWO, OTHER):
        made.engine.add_user(actor.user_id, name=actor.user_id, groups=actor.groups, actor=SYSTEM)
    made.start("letter")
    return made


def test_delegated_done_given_back_completed(here: Stage) -> None:
    (task,) = here.open()
    here.engine.claim(task.id, actor=ONE)
    here.engine.delegate(task.id, "two", actor=ONE)
    (held,) = here.open()
    assert (held.owner, held.assignee, held.delegation) == ("one", "two", "PENDING")
    with pytest.raises(Conflict):
        here.engine.complete_task(task.id, actor=TWO)
    here.engine.release(task.id, actor=TWO)  # giving it back is giving it to its owner
    (held,) = here.open()
    assert (held.owner, held.assignee, held.delegation) == ("one", "one", "RESOLVED")
    here.engine.complete_task(task.id, actor=ONE)


def test_only_to_candidates_and_only_by_who_has_it(here: Stage) -> None:
    (task,) = here.open()
    with pytest.raises(Forbidden):
        here.engine.delegate(task.id, "two", actor=ONE)  # nobody has it
    here.engine.claim(task.id, actor=ONE)
    with pytest.raises(Forbidden):
        here.engine.delegate(task.id, "other", actor=ONE)
    with pytest.raises(NotFound):
        here.engine.delegate(task.id, "two", actor=OTHER)
    with pytest.raises(Conflict):
        here.engine.resolve(task.id, actor=ONE)
    here.engine.delegate(task.id, "other", actor=ADMINISTRATOR)
    assert here.engine.inbox(OTHER).total == 1


def test_claimed_for_others_by_administrators_only(here: Stage) -> None:
    (task,) = here.open()
    with pytest.raises(Forbidden):
        here.engine.claim_for(task.id, "two", actor=ONE)
    here.engine.claim_for(task.id, "two", actor=ADMINISTRATOR)
    with pytest.raises(Conflict):
        here.engine.claim_for(task.id, "one", actor=ADMINISTRATOR)
    assert here.open()[0].assignee == "two"
