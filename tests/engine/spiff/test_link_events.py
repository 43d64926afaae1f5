"""Link events: go on at the catch of the same name in the same scope (BPMN 2.0.2, 10.5.1 and 13.5.2)."""

from __future__ import annotations

import pytest

from tests.drawing import users
from tests.engine.spiff.test_flows import ENDS, run
from tests.engine.spiff.test_scopes import sub


def throw(name: str, id: str) -> str:
    return f'<intermediateThrowEvent id="{id}"><linkEventDefinition name="{name}"/></intermediateThrowEvent>'


def catch(name: str, id: str) -> str:
    return f'<intermediateCatchEvent id="{id}"><linkEventDefinition name="{name}"/></intermediateCatchEvent>'


@pytest.mark.bpmn("link")
def test_a_link_goes_on_at_its_catch() -> None:
    r = run(ENDS + users("a", "b") + throw("L", "t") + catch("L", "c"), "s > a > t; c > b > e").start()
    assert r.complete("a").open == ["b"]
    assert r.complete("b").instance.ended
    assert r.completed() == ["s", "a", "t", "c", "b", "e"]


def test_several_throws_to_one_catch() -> None:
    body = ENDS + users("a") + '<parallelGateway id="g"/>' + throw("L", "t1") + throw("L", "t2") + catch("L", "c")
    r = run(body, "s > g; g > t1; g > t2; c > a > e").start()
    assert r.open == ["a", "a"]


def test_names_belong_to_their_scope() -> None:
    inner = sub('<startEvent id="s1"/>' + users("in") + throw("L", "t1") + catch("L", "c1"))
    body = ENDS + users("out") + throw("L", "t") + catch("L", "c") + inner
    r = run(body, "s > p1 > t; c > out > e", inner={"p1": "s1 > t1; c1 > in"}).start()
    assert r.open == ["in"]
    assert r.complete("in").open == ["out"]


def test_an_inclusive_join_waits_for_what_comes_over_a_link() -> None:
    body = ENDS + users("a", "b", "d") + '<parallelGateway id="g"/><inclusiveGateway id="j"/>' + throw("L", "t") + catch("L", "c")
    r = run(body, "s > g; g > a > j; g > b > t; c > j > d > e").start()
    assert r.complete("a").open == ["b"]
    assert r.complete("b").open == ["d"]


def test_a_link_may_lead_back() -> None:
    body = ENDS + users("a") + '<exclusiveGateway id="x"/>' + throw("again", "t") + catch("again", "c")
    r = run(body, "s > a > x; x >[ok] e; x >* t; c > a").start()
    assert r.complete("a", {"ok": False}).open == ["a"]
    assert r.complete("a", {"ok": True}).instance.ended
