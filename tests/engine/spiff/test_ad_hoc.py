"""Ad-hoc sub-processes: what is in them starts without being led to (BPMN 2.0.2, 13.3.5)."""

from __future__ import annotations

import pytest

from engine.errors import ExecutionFailed
from engine.spiff.memory import Run
from tests.drawing import users
from tests.engine.spiff.test_flows import ENDS, run

pytestmark = pytest.mark.bpmn("ad-hoc-sub-process")


def ad_hoc(inside: str, condition: str | None = None, attributes: str = "", more: str = "") -> str:
    asked = f"<completionCondition>{condition}</completionCondition>" if condition else ""
    return f'<adHocSubProcess id="p1" {attributes}>{more}{inside}{{flows:p1}}{asked}</adHocSubProcess>'


def started(drawn: str, inner: str = "", **variables: object) -> Run:
    return run(ENDS + users("after") + drawn, "s > p1 > after > e", inner={"p1": inner}).start(variables)


def test_everything_is_offered_and_done_in_any_order() -> None:
    r = started(ad_hoc(users("a", "b", "c")))
    assert r.open == ["a", "b", "c"]
    r.complete("c").complete("a")
    assert r.open == ["b"]
    assert r.complete("b").open == ["after"]


def test_the_completion_condition_cancels_what_is_left() -> None:
    r = started(ad_hoc(users("a", "b", "c"), "${done}"), done=False).complete("b")
    assert r.open == ["a", "c"]
    r.complete("a", {"done": True})
    assert r.open == ["after"]
    assert ("cancelled", "c") in r.host.trail


def test_or_lets_it_finish() -> None:
    inside = users("a", "b", "c", "b2")
    r = started(ad_hoc(inside, "${done}", 'cancelRemainingInstances="false"'), "b > b2", done=False).complete("a", {"done": True})
    assert r.open == ["b", "c"]
    r.complete("b", {"done": False})
    assert r.open == ["c"], "what follows is not started any more"
    assert r.complete("c").open == ["after"]


def test_what_waits_for_its_other_paths_then_waits_no_more() -> None:
    inside = users("b", "c", "d") + '<parallelGateway id="f"/><parallelGateway id="j"/>'
    flows = "f > j; f > b > j; f > c > j; j > d"
    r = started(ad_hoc(inside, "${done}", 'cancelRemainingInstances="false"'), flows, done=False).complete("b")
    assert r.open == ["c"]
    assert r.complete("c", {"done": True}).open == ["after"], "two of three have arrived at the join"
    r = started(ad_hoc(inside, "${done}", 'cancelRemainingInstances="false"'), flows, done=False).complete("b", {"done": True})
    assert r.open == ["c"], "what runs still ends"
    assert r.complete("c", {"done": False}).open == ["after"]


def test_one_after_the_other() -> None:
    r = started(ad_hoc(users("a", "b", "c", "a2"), None, 'ordering="Sequential"'), "a > a2")
    for task in ("a", "a2", "b", "c"):
        assert r.open == [task]
        r.complete(task)
    assert r.open == ["after"]
    r = started(ad_hoc(users("a", "b", "c"), "${done}", 'ordering="Sequential"'), done=False)
    r.complete("a").complete("b", {"done": True})
    assert r.open == ["after"]


def test_while_the_condition_does_not_hold_everything_is_offered_again() -> None:
    r = started(ad_hoc(users("a", "b"), "${done}"), done=False).complete("a").complete("b")
    assert r.open == ["a", "b"]
    assert r.complete("b", {"done": True}).open == ["after"]
    counting = '<scriptTask id="k"><script>n = n + 1</script></scriptTask>'
    r = started(ad_hoc(counting, "${n >= 3}"), n=0)
    assert (r.open, r.variables["n"]) == (["after"], 3)


def test_flows_inside_lead_on() -> None:
    inside = users("a", "b", "c", "d") + '<parallelGateway id="f"/><parallelGateway id="j"/>'
    r = started(ad_hoc(inside), "a > f; f > b > j; f > c > j; j > d")
    assert r.open == ["a"]
    r.complete("a")
    assert r.open == ["b", "c"]
    assert r.complete("b").complete("c").open == ["d"]
    assert r.complete("d").open == ["after"]


def test_camunda_8_says_what_starts() -> None:
    chosen = '<zeebe:adHoc xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" activeElementsCollection="=chosen"/>'
    zeebe = f"<extensionElements>{chosen}</extensionElements>"
    drawn = ad_hoc(users("a", "b", "c"), None, "", zeebe)
    assert started(drawn, chosen=["c", "a"]).open == ["c", "a"]
    assert started(drawn, chosen=[]).open == ["after"]
    for wrong in (["nobody"], "a"):
        with pytest.raises(ExecutionFailed, match=r"\(p1\) cannot start"):
            started(drawn, chosen=wrong)


def test_camunda_8_collects_what_each_path_gives() -> None:
    attributes = 'outputCollection="results" outputElement="= found"'
    zeebe = f'<extensionElements><zeebe:adHoc xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" {attributes}/></extensionElements>'
    r = started(ad_hoc(users("a", "b", "b2"), None, "", zeebe), "b > b2", found=0)
    r.complete("b", {"found": 1}).complete("a", {"found": 2}).complete("b2", {"found": 3})
    assert (r.open, r.variables["results"]) == (["after"], [2, 3])


def test_terminate_ends_it_whatever_the_condition_says() -> None:
    end = '<endEvent id="t"><terminateEventDefinition/></endEvent>'
    assert started(ad_hoc(users("a", "b") + end, "${done}"), "a > t", done=False).complete("a").open == ["after"]


def test_an_empty_one_is_passed_and_a_condition_must_be_one() -> None:
    assert started(ad_hoc("", "${false}")).open == ["after"]
    with pytest.raises(ExecutionFailed, match=r"\(p1\) cannot decide whether it is complete"):
        started(ad_hoc(users("a"), "${1}")).complete("a")


def test_boundaries_interrupt_it_and_it_may_be_repeated() -> None:
    timer = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
    boundary = f'<boundaryEvent id="t" attachedToRef="p1">{timer}</boundaryEvent>' + users("x")
    r = (
        run(ENDS + users("after") + ad_hoc(users("a", "b")) + boundary, "s > p1 > after > e; t > x", inner={"p1": ""})
        .start()
        .complete("a")
        .occur("t")
    )
    assert r.open == ["x"]
    loop = '<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>'
    for attributes, opened in (("", ["a", "b"]), ('ordering="Sequential"', ["a"])):
        r = started(ad_hoc(users("a", "b"), None, attributes, loop))
        for _ in range(2):
            assert r.open == opened
            r.complete("a").complete("b")
        assert r.open == ["after"]


def test_work_repeated_inside_asks_once_it_has_ended_as_a_whole() -> None:
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    inside = f'<userTask id="a">{loop}</userTask>' + users("b")
    r = started(ad_hoc(inside, "${done}"), done=True).complete("a")
    assert sorted(r.open) == ["a", "b"]
    assert r.complete("a").open == ["after"]
