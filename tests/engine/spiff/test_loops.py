"""Standard loops, token quantities and scripts around activities (BPMN 2.0.2, 13.3.2 and 13.3.6)."""

from __future__ import annotations

import time

import pytest

from engine.errors import ExecutionFailed
from tests.drawing import users
from tests.engine.spiff.test_flows import ENDS, run
from tests.engine.spiff.test_scopes import sub

SPIFF = 'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'


def loop(condition: str | None = None, *, before: bool = False, maximum: str | None = None) -> str:
    attributes = (' testBefore="true"' if before else "") + (f' loopMaximum="{maximum}"' if maximum is not None else "")
    inside = f"<loopCondition>{condition}</loopCondition>" if condition else ""
    return f"<standardLoopCharacteristics{attributes}>{inside}</standardLoopCharacteristics>"


def rounds(characteristics: str, **variables: object) -> int:
    """How often a script that counts ran."""
    count = f'<scriptTask id="c">{characteristics}<script>n = n + 1</script></scriptTask>'
    r = run(ENDS + count, "s > c > e").start({"n": 0, **variables})
    assert r.instance.ended
    return int(r.variables["n"])


@pytest.mark.bpmn("standard-loop")
@pytest.mark.parametrize(("n", "before", "after"), [(0, 3, 3), (3, 0, 1), (9, 0, 1)])
def test_a_loop_asks_before_or_after_each_round(n: int, before: int, after: int) -> None:
    assert rounds(loop("${n &lt; 3}", before=True), n=n) == n + before
    assert rounds(loop("${n &lt; 3}"), n=n) == n + after


@pytest.mark.bpmn("standard-loop")
@pytest.mark.parametrize(
    ("condition", "maximum", "before", "after"),
    [
        ("${true}", "4", 4, 4),
        ("${n &lt; 2}", "4", 2, 2),
        (None, "4", 4, 4),
        (None, None, 1, 1),
        ("${true}", "0", 0, 1),
        ("${true}", "-1", 0, 1),
        ("${loopCounter &lt; 3}", None, 3, 3),
        ("${true}", "${limit}", 5, 5),
    ],
)
def test_maximum_and_condition_present_absent_zero_and_negative(
    condition: str | None, maximum: str | None, before: int, after: int
) -> None:
    assert rounds(loop(condition, before=True, maximum=maximum), limit=5) == before
    assert rounds(loop(condition, maximum=maximum), limit=5) == after


def test_what_is_no_condition_and_no_maximum_is_refused() -> None:
    with pytest.raises(ExecutionFailed, match="goes on"):
        rounds(loop("${n}"))
    with pytest.raises(ExecutionFailed, match="maximum"):
        rounds(loop("${true}", maximum="${'many'}"))


@pytest.mark.bpmn("standard-loop")
def test_each_round_of_a_user_task_waits_and_boundaries_stand_once() -> None:
    boundary = (
        '<boundaryEvent id="t" attachedToRef="a"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>'
        "</boundaryEvent>"
    )
    body = ENDS + f'<userTask id="a">{loop("${again}")}</userTask>' + users("b") + boundary
    r = run(body, "s > a > e; t > b").start()
    counters = []
    for again in (True, True):
        counters.append(next(iter(r.host.tasks.values())).view()["loopCounter"])
        r.complete("a", {"again": again})
        assert (r.open, r.waiting_for) == (["a"], ["t"])
    assert counters == [0, 1]
    assert run(body, "s > a > e; t > b").start().complete("a", {"again": False}).instance.ended
    r.occur("t")
    assert r.open == ["b"]
    assert r.complete("b").instance.ended


@pytest.mark.bpmn("standard-loop")
def test_a_sub_process_and_a_call_loop_too() -> None:
    inside = '<startEvent id="s1"/>' + users("a", "b") + '<endEvent id="e1"/>'
    r = run(ENDS + sub(inside, characteristics=loop("${again}")), "s > p1 > e", inner={"p1": "s1 > a > b > e1"}).start()
    r.complete("a").complete("b", {"again": True})
    assert r.open == ["a"]
    assert r.complete("a").complete("b", {"again": False}).instance.ended
    call = f'<callActivity id="k" calledElement="o"><extensionElements><camunda:out variables="all"/></extensionElements>{loop("${again}")}'
    r = run(ENDS + call + "</callActivity>", "s > k > e").start().complete("k", {"again": True})
    assert not r.instance.ended
    assert r.complete("k", {"again": False}).instance.ended


def test_a_loop_that_never_ends_is_stopped() -> None:
    with pytest.raises(ExecutionFailed, match="is there a loop"):
        rounds(loop("${true}"))


def test_a_hundred_thousand_rounds_across_waits() -> None:
    r = run(ENDS + users("a") + '<exclusiveGateway id="g"/>', "s > a > g; g >[n != 0] a; g >* e", live=True).start()
    began = time.process_time()
    for n in range(100_000, -1, -1):
        r.complete("a", {"n": n})
        r.host.trail.clear()
    assert r.instance.ended
    assert time.process_time() - began < 60
    assert len(r.instance.tasks) == 0


@pytest.mark.bpmn("token-quantity")
def test_an_activity_starts_when_enough_tokens_have_arrived() -> None:
    body = ENDS + users("a", "b", "c") + '<userTask id="w" startQuantity="2"/>'
    flows = "s > a > w; s > b > w; s > c > w; w > e"
    r = run(body, flows).start().complete("a")
    assert r.open == ["b", "c"]
    r.complete("b")
    assert sorted(r.open) == ["c", "w"]
    r.complete("c")
    assert r.open == ["w"], "one token more waits for another start"
    r.complete("w")
    assert (r.open, r.instance.ended) == ([], False)


@pytest.mark.bpmn("token-quantity")
def test_an_activity_gives_as_many_tokens_as_it_says() -> None:
    body = (
        ENDS + users("a", "b").replace('id="a"', 'id="a" completionQuantity="3"') + users("c").replace('id="c"', 'id="c" startQuantity="3"')
    )
    r = run(body, "s > a > b > c > e").start().complete("a")
    assert r.open == ["b", "b", "b"]
    r.complete("b").complete("b")
    assert r.open == ["b"]
    assert r.complete("b").open == ["c"]
    assert r.complete("c").instance.ended


@pytest.mark.bpmn("token-quantity")
def test_quantities_of_a_repeated_activity_are_those_of_the_whole() -> None:
    repeated = (
        '<userTask id="a" startQuantity="2" completionQuantity="2"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>'
        "</multiInstanceLoopCharacteristics></userTask>"
    )
    r = run(ENDS + users("x", "y", "b") + repeated, "s > x > a; s > y > a; a > b > e").start()
    assert r.complete("x").open == ["y"]
    r.complete("y")
    assert r.open == ["a", "a"]
    assert r.complete("a").open == ["a"]
    assert r.complete("a").open == ["b", "b"]


def scripts(pre: str, post: str, more: str = "") -> str:
    return (
        f"<extensionElements {SPIFF}><spiffworkflow:preScript>{pre}</spiffworkflow:preScript>"
        f"<spiffworkflow:postScript>{post}</spiffworkflow:postScript>{more}</extensionElements>"
    )


def test_scripts_before_and_after_an_activity() -> None:
    task = f'<userTask id="a">{scripts("x = 1", "z = x + y")}</userTask>'
    r = run(ENDS + task, "s > a > e").start()
    assert r.variables == {"x": 1}
    assert r.complete("a", {"y": 2}).variables == {"x": 1, "y": 2, "z": 3}


def test_scripts_around_a_repeated_activity_run_once_or_on_each_instance() -> None:
    many = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
    for more, times in (("", 1), ("<spiffworkflow:scriptsOnInstances>true</spiffworkflow:scriptsOnInstances>", 3)):
        around = scripts("n = n + 1", "m = m + 1", more)
        inside = '<startEvent id="s1"/><task id="t1"/>'
        for drawn in (
            f'<scriptTask id="p1">{around}{many}<script>k = k + 1</script></scriptTask>',
            sub(inside, characteristics=around + many),
        ):
            r = run(ENDS + drawn, "s > p1 > e", inner={"p1": "s1 > t1"}).start({"n": 0, "m": 0, "k": 0})
            assert (r.variables["n"], r.variables["m"]) == (times, times)
