"""A step of a long activity writes as much at the end as at the beginning, and nothing of what it has written stays behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.spiff import piles
from engine.spiff.memory import Run
from engine.spiff.scope import Scope
from engine.testing import Stage
from tests.drawing import draw, users
from tests.engine.spiff.stored import forget, rows
from tests.engine.spiff.test_compensation import EACH, INNER, test_whatever_was_done_in_sequence_is_undone_in_reverse, throw, undo
from tests.engine.spiff.test_flows import ENDS, run
from tests.engine.spiff.test_scopes import TIMER, sub

RESULT = 'ruam:resultCollection="ys" ruam:resultExpression="${x}"'
LOOP = ENDS + users("a", "z") + undo("a") + throw() + '<exclusiveGateway id="g"/>'
ROUND = "s > a > g; g >* a; g >[done] t > z > e"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page for each entry."""
    monkeypatch.setattr(piles, "PAGE", 0)


class Weighed(Run):
    """Counts the bytes that each step stores."""

    last = 0

    def _stored(self) -> Run:
        self.last = sum(len(state.blob or b"") for state in self.instance.to_store())
        return super()._stored()


def repeated(sequential: str) -> str:
    return EACH.format(sequential).replace("/>", f" {RESULT}/>")


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("sequential", ["true", "false"])
def test_one_instance_of_many_writes_what_is_its_own(sequential: str, live: bool) -> None:
    items = [f"ผู้ร่วม {number:06}" for number in range(300)]
    r = Weighed(run(ENDS + f'<userTask id="a">{repeated(sequential)}</userTask>', "s > a > e").compiled, live=live).start({"xs": items})
    written = [(r.complete("a"), r.last)[1] for _ in items[:-1]]
    assert sorted(written)[-2] < 2 * piles.PAGE + 500, "neither the list nor the results so far; once that there are pages"
    assert r.complete("a").variables["ys"] == items
    assert list(r.host.rows) == ["instance"]


@pytest.mark.parametrize("live", [True, False])
def test_what_can_be_undone_is_written_once(live: bool) -> None:
    r = Weighed(run(LOOP, ROUND).compiled, live=live).start({"done": False})
    written = [(r.complete("a"), r.last)[1] for _ in range(300)]
    assert max(written[-100:]) < 2 * piles.PAGE + 500
    r.complete("a", {"done": True})
    written = [(r.complete("undo_a"), r.last)[1] for _ in range(301)]
    assert max(written) < 2 * piles.PAGE + 500, "nor is what is still to be undone"
    assert r.open == ["z"]
    assert r.complete("z").instance.ended
    assert list(r.host.rows) == ["instance"]


def test_pages_go_with_their_scope(small: None) -> None:
    body = ENDS + users("z") + sub(INNER) + f'<boundaryEvent id="w" attachedToRef="p1">{TIMER}</boundaryEvent>'
    r = run(body, "s > p1 > z > e; w > z", inner={"p1": "s1 > a > b > e1"}).start().complete("a")
    assert len(r.host.rows) == 3, "the instance, the sub-process, what can be undone in it"
    assert list(r.occur("w").host.rows) == ["instance"]


def test_pages_are_handed_over_where_a_sub_process_can_be_undone(small: None) -> None:
    r = run(ENDS + users("wait", "z") + sub(INNER) + throw(), "s > p1 > wait > t > z > e", inner={"p1": "s1 > a > b > e1"}).start()
    r.complete("a").complete("b")
    pages = [row for row in r.host.rows.values() if row.parent_token_id is None and row.parent_scope_id is not None]
    assert {page.parent_scope_id for page in pages} == {"instance"}
    r.complete("wait").complete("undo_b").complete("undo_a").complete("z")
    assert r.instance.ended
    assert list(r.host.rows) == ["instance"]


def test_whatever_was_done_is_undone_also_over_pages(small: None) -> None:
    test_whatever_was_done_in_sequence_is_undone_in_reverse()


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_over_the_database(small: None, stage: Callable[..., Stage], sequential: str) -> None:
    """Each step is one of another process that knows nothing but the database."""
    body = ENDS + users("c", "z") + undo("c") + throw() + '<exclusiveGateway id="g"/>' + sub(INNER, characteristics=repeated(sequential))
    on = stage({"p.bpmn": draw(body, "s > p1 > c > g; g >* c; g >[done] t > z > e", inner={"p1": "s1 > a > b > e1"})})
    one = on.start("p", xs=["ก", "ข", "ค"], done=False)
    done: list[str] = []
    while on.names():
        done.append(on.names()[0])
        on.complete(done[-1], **({"done": True} if done.count("c") == 3 else {}))
        forget(on)
    assert sorted(done[:9]) == sorted([*["a", "b"] * 3, *["c"] * 3])
    assert done[9:12] == ["undo_c"] * 3
    assert sorted(done[12:18]) == sorted(["undo_a", "undo_b"] * 3)
    assert done[18:] == ["z"]
    assert on.state(one) == "COMPLETED"
    assert on.variables(one)["ys"] == ["ก", "ข", "ค"]
    assert rows(on, "SELECT count(*) FROM scope WHERE id <> instance_id") == [(0,)]


@given(st.lists(st.one_of(st.none(), st.integers(0, 99), st.text(max_size=3), st.binary(max_size=9))), st.sampled_from([0, 3, 40]))
@settings(max_examples=60, deadline=None)
def test_a_pile_is_a_list(operations: list[Any], page: int) -> None:
    """None takes, all else is put on top; every so often the rest is looked at, and all is taken in the end."""
    r = run(ENDS + users("a"), "s > a > e", live=True).start()
    scope, known, pile = cast(Scope, r.instance), list[Any](), piles.new()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(piles, "PAGE", page)
        for operation in operations:
            if operation is not None:
                known.append(operation)
                piles.push(scope, pile, operation)
            elif known:
                assert piles.pop(scope, pile) == known.pop()
            if operation == 7:
                r._stored()
            assert piles.empty(pile) == (not known)
            assert piles.peek(scope, pile) == known[::-1]
        assert piles.take(scope, piles.fill(scope, known)) == known
        assert piles.take(scope, pile) == known
        r._stored()
        assert list(r.host.rows) == ["instance"]
