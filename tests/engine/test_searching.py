"""Lists by conditions: what a database says and what is compared without one are the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.errors import Forbidden, Invalid
from engine.people import SYSTEM, Actor
from engine.testing import Stage, linear
from engine.views.searching import AnyOf, Condition, Operator, Order, holds
from engine.views.subjects.definitions import DEFINITIONS
from engine.views.subjects.instances import RUNNING_INSTANCES
from engine.views.subjects.operations import JOBS

KEYS = ["50%", "50\\", "a_b", "axb", None]
PATTERNS = {"50\\%": ["50%"], "%": ["50%", "50\\", "a_b", "axb"], "a_b": ["a_b", "axb"], "a\\_b": ["a_b"], "50\\": ["50\\"], "": []}


@pytest.fixture
def keyed(stage: Callable[..., Stage]) -> Stage:
    here = stage({"letter.bpmn": linear("letter", "write")})
    for key in KEYS:
        here.start("letter", business_key=key)
    return here


def found(here: Stage, *conditions: Condition | AnyOf) -> list[Any]:
    rows = here.engine.search(RUNNING_INSTANCES, conditions, [Order("business_key")], actor=SYSTEM)
    assert here.engine.count(RUNNING_INSTANCES, conditions, actor=SYSTEM) == len(rows)
    return [row.business_key for row in rows]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns(keyed: Stage, pattern: str) -> None:
    assert sorted(found(keyed, Condition("business_key", Operator.LIKE, pattern))) == PATTERNS[pattern]
    assert [key for key in KEYS if key and holds(key, Operator.LIKE, pattern)] == PATTERNS[pattern]


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        (Operator.IS, "axb"), (Operator.IS_NOT, "axb"), (Operator.ONE_OF, ["axb", "a_b"]), (Operator.NONE_OF, ["axb", "a_b"]),
        (Operator.GIVEN, True), (Operator.GIVEN, False), (Operator.NOT_LIKE, "a%"), (Operator.AFTER, "a_b"), (Operator.AT_MOST, "a_b"),
    ],
)  # fmt: skip
def test_both_ways_of_comparing_agree(keyed: Stage, operator: Operator, value: Any) -> None:
    by_database = found(keyed, Condition("business_key", operator, value))
    assert set(by_database) == {key for key in KEYS if holds(key, operator, value)}


def test_what_is_missing_comes_last_and_pages_do_not_overlap(keyed: Stage) -> None:
    order = [Order("business_key", descending=True)]
    pages = [keyed.engine.search(RUNNING_INSTANCES, (), order, first=first, limit=2, actor=SYSTEM) for first in (0, 2, 4)]
    keys = [row.business_key for page in pages for row in page]
    assert (sorted(keys, key=str), keys[-1]) == (sorted(KEYS, key=str), None)


def test_alternatives(keyed: Stage) -> None:
    either = AnyOf((Condition("business_key", Operator.IS, "axb"), Condition("business_key", Operator.GIVEN, False)))
    assert found(keyed, either) == ["axb", None]
    assert found(keyed, either, Condition("business_key", Operator.IS, "axb")) == ["axb"]


def test_a_condition_never_goes_round_who_may_see(keyed: Stage) -> None:
    stranger = Actor("stranger")
    assert keyed.engine.search(RUNNING_INSTANCES, [AnyOf((Condition("state", Operator.IS, "ACTIVE"),))], actor=stranger) == ()
    with pytest.raises(Forbidden):
        keyed.engine.count(JOBS, actor=stranger)


def test_what_cannot_be_asked_is_refused(keyed: Stage) -> None:
    for conditions, order in (([Condition("password", Operator.IS, "x")], []), ([], [Order("password")])):
        with pytest.raises(Invalid):
            keyed.engine.search(DEFINITIONS, conditions, order, actor=SYSTEM)


def test_things_of_different_kinds_are_neither_equal_nor_in_an_order() -> None:
    assert not holds(True, Operator.IS, 1)
    assert not holds("5", Operator.AFTER, 4)
    assert not holds(None, Operator.BEFORE, 4)
    assert holds(5, Operator.AT_LEAST, 5)


def test_a_pattern_takes_no_longer_than_its_text() -> None:
    assert not holds("x" * 3_000, Operator.LIKE, "%x" * 20 + "%y")
    assert holds("ก.ข" + "\n" + "100% (a_b)", Operator.LIKE, r"ก.ข_100\% (a\_%")
    assert not holds("กxข", Operator.LIKE, "ก.ข")
    assert not holds("5", Operator.LIKE, 5)


@pytest.mark.parametrize(
    "conditions",
    [
        [Condition("key", Operator.ONE_OF, ["letter"] * 10_001)],
        [AnyOf((Condition("key", Operator.IS, "letter"),) * 2)] * 101,
        [Condition("key", Operator.LIKE, "%" * 1_001)],
    ],
)
def test_no_search_is_longer_than_databases_take(keyed: Stage, conditions: Any) -> None:
    with pytest.raises(Invalid):
        keyed.engine.count(DEFINITIONS, conditions, actor=SYSTEM)
    with pytest.raises(Invalid):
        keyed.engine.search(DEFINITIONS, (), [Order("key")] * 21, actor=SYSTEM)
