"""Transactions: success, cancel and hazard (BPMN 2.0.2, 10.7 and 13.5.5)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.testing import Stage
from tests.drawing import draw, users
from tests.engine.spiff.stored import forget, rows
from tests.engine.spiff.test_compensation import EACH, undo
from tests.engine.spiff.test_flows import ENDS, run
from tests.engine.spiff.test_scopes import ERRORS, sub

CANCEL = '<endEvent id="x1"><cancelEventDefinition/></endEvent>'
BOUNDARY = '<boundaryEvent id="k" attachedToRef="p1"><cancelEventDefinition/></boundaryEvent>'
BOOK = '<startEvent id="s1"/>' + users("a", "b", "ask") + undo("a", "b") + '<exclusiveGateway id="g"/><endEvent id="e1"/>' + CANCEL
FLOWS = "s1 > a > b > ask > g; g >[ok] e1; g >* x1"


def transaction(inside: str, characteristics: str = "") -> str:
    return f'<transaction id="p1">{characteristics}{inside}{{flows:p1}}</transaction>'


BODY = ENDS + users("done", "off") + transaction(BOOK) + BOUNDARY
OUTER = "s > p1 > done > e; k > off > e"


@pytest.mark.bpmn("transaction")
def test_success_goes_on_over_the_flow() -> None:
    r = run(BODY, OUTER, inner={"p1": FLOWS}).start().complete("a").complete("b")
    assert r.complete("ask", {"ok": True}).open == ["done"]
    assert r.complete("done").instance.ended


@pytest.mark.bpmn("transaction", "end-cancel", "boundary-cancel")
@pytest.mark.parametrize("live", [True, False])
def test_cancel_undoes_and_leaves_at_the_boundary(live: bool) -> None:
    r = run(BODY, OUTER, inner={"p1": FLOWS}, live=live).start().complete("a").complete("b").complete("ask", {"ok": False})
    assert r.open == ["undo_b"], "the boundary is reached after all is undone"
    assert r.complete("undo_b").open == ["undo_a"]
    assert r.complete("undo_a").open == ["off"]
    assert r.complete("off").instance.ended
    assert list(r.host.rows) == ["instance"]


def test_cancel_with_nothing_to_undo() -> None:
    body = ENDS + users("off") + transaction('<startEvent id="s1"/>' + CANCEL) + BOUNDARY
    assert run(body, "s > p1 > e; k > off > e", inner={"p1": "s1 > x1"}).start().open == ["off"]


def test_cancel_stops_what_still_runs_inside() -> None:
    deep = sub('<startEvent id="s2"/>' + users("c", "d") + undo("c"), id="p2")
    inside = BOOK + '<parallelGateway id="f"/>' + deep
    flows = "s1 > f; f > a > b > ask > g; g >[ok] e1; g >* x1; f > p2"
    r = run(ENDS + users("done", "off") + transaction(inside) + BOUNDARY, OUTER, inner={"p2": "s2 > c > d", "p1": flows}).start()
    r.complete("a").complete("c").complete("b").complete("ask", {"ok": False})
    undone = []
    while r.open != ["off"]:
        assert "d" not in r.open
        undone.append(r.open[0])
        r.complete(r.open[0])
    assert sorted(undone) == ["undo_a", "undo_b", "undo_c"]


def test_a_cancel_end_in_a_sub_process_of_the_transaction() -> None:
    deep = sub('<startEvent id="s2"/>' + users("c") + undo("c") + CANCEL, id="p2")
    body = ENDS + users("off") + transaction('<startEvent id="s1"/>' + users("a") + undo("a") + deep) + BOUNDARY
    r = run(body, "s > p1 > e; k > off > e", inner={"p2": "s2 > c > x1", "p1": "s1 > a > p2"}).start().complete("a").complete("c")
    assert r.open == ["undo_c"]
    assert r.complete("undo_c").open == ["undo_a"]
    assert r.complete("undo_a").open == ["off"]


def test_one_instance_cancels_a_repeated_transaction() -> None:
    body = ENDS + users("done", "off") + transaction(BOOK, EACH.format("false")) + BOUNDARY
    r = run(body, OUTER, inner={"p1": FLOWS}).start({"xs": [1, 2]})
    r.complete("a").complete("b").complete("ask", {"ok": True}).complete("a").complete("b").complete("ask", {"ok": False})
    assert r.open == ["undo_b", "undo_b"], "the one that had completed as well"
    r.complete("undo_b").complete("undo_b").complete("undo_a")
    assert r.open == ["undo_a"]
    assert r.complete("undo_a").open == ["off"]
    assert list(r.host.rows) == ["instance"]


def test_a_hazard_undoes_nothing() -> None:
    failing = '<endEvent id="h1"><errorEventDefinition errorRef="E"/></endEvent>'
    hazard = '<boundaryEvent id="h" attachedToRef="p1"><errorEventDefinition errorRef="E"/></boundaryEvent>'
    inside = '<startEvent id="s1"/>' + users("a") + undo("a") + failing
    body = ENDS + users("off", "sorry") + transaction(inside) + BOUNDARY + hazard
    r = run(body, "s > p1 > e; k > off > e; h > sorry > e", inner={"p1": "s1 > a > h1"}, definitions=ERRORS).start()
    assert r.complete("a").open == ["sorry"]


def test_a_completed_transaction_can_be_undone() -> None:
    body = (
        ENDS
        + users("z")
        + transaction(BOOK)
        + BOUNDARY
        + '<intermediateThrowEvent id="t"><compensateEventDefinition/></intermediateThrowEvent>'
    )
    r = run(body, "s > p1 > t > z > e", inner={"p1": FLOWS}).start().complete("a").complete("b").complete("ask", {"ok": True})
    assert r.open == ["undo_b"]
    assert r.complete("undo_b").complete("undo_a").open == ["z"]


def test_without_a_cancel_boundary_the_path_ends() -> None:
    body = ENDS + users("done") + transaction(BOOK)
    r = run(body, "s > p1 > done > e", inner={"p1": FLOWS}).start().complete("a").complete("b").complete("ask", {"ok": False})
    assert r.complete("undo_b").complete("undo_a").instance.ended


def test_over_the_database(stage: Callable[..., Stage]) -> None:
    on = stage({"p.bpmn": draw(BODY, OUTER, inner={"p1": FLOWS})})
    one = on.start("p", ok=False)
    for element_id in ("a", "b", "ask", "undo_b", "undo_a"):
        on.complete(element_id)
        forget(on)
    assert on.names(one.id) == ["off"]
    on.complete("off")
    assert on.state(one) == "COMPLETED"
    assert rows(on, "SELECT count(*) FROM scope WHERE id <> instance_id") == [(0,)]


def test_cancel_leaves_the_transaction_around_to_go_on() -> None:
    inner = '<transaction id="p2"><startEvent id="s2"/>' + users("b") + CANCEL.replace("x1", "x2") + "{flows:p2}</transaction>"
    caught = '<boundaryEvent id="k2" attachedToRef="p2"><cancelEventDefinition/></boundaryEvent>'
    outer = transaction('<startEvent id="s1"/>' + users("a", "c", "d") + undo("a") + inner + caught)
    body, flows = ENDS + users("done", "off") + outer + BOUNDARY, {"p2": "s2 > b > x2", "p1": "s1 > a > p2 > c; k2 > d"}
    r = run(body, OUTER, inner=flows).start().complete("a").complete("b")
    assert r.open == ["d"], "what the outer one has done stays done"
    assert r.complete("d").open == ["done"]
