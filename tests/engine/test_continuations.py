"""What begins, or is left, in a transaction of its own: asyncBefore, asyncAfter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.engine import Engine
from engine.registry import Pack
from engine.testing import ADMINISTRATOR, Stage, process

MakeStage = Callable[..., Stage]
START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'
FLOWABLE = 'xmlns:flowable="http://flowable.org/bpmn"'
BEFORE, AFTER = 'camunda:asyncBefore="true"', 'camunda:asyncAfter="true"'


PACK = {"pack.toml": b'key = "test"\nth = "t"'}


def user(id: str, more: str = "") -> str:
    return f'<userTask id="{id}" {more}/>'


def work(more: str = "") -> str:
    return (
        f'<serviceTask id="work" ruam:handler="test.work" {more}><extensionElements>'
        "<camunda:failedJobRetryTimeCycle>R2/PT5M</camunda:failedJobRetryTimeCycle></extensionElements></serviceTask>"
    )


def printer() -> tuple[Pack, list[str]]:
    """A pack whose handler fails until something is put into the list."""
    pack = Pack("test")
    paper: list[str] = []

    @pack.handler("test.work")
    def do(context: Any) -> dict[str, Any]:
        if not paper:
            raise ValueError("the printer is out of paper")
        return {"printed": True}

    return pack, paper


@pytest.mark.parametrize(
    "more", [BEFORE, AFTER, f"{BEFORE} {AFTER}", f'{FLOWABLE} flowable:async="true"', f'{FLOWABLE} flowable:asyncLeave="true"']
)
def test_nobody_waits_for_the_clock(stage: MakeStage, more: str) -> None:
    here = stage(PACK | {"p.bpmn": process("p", START + user("a", more) + user("b") + END, "s -> a", "a -> b", "b -> e")})
    instance = here.start("p")
    for element in ("a", "b"):
        assert here.names() == [element]
        here.complete(element)
    assert here.state(instance) == "COMPLETED"
    assert here.engine.jobs(actor=ADMINISTRATOR).total == 0


def test_what_went_before_is_kept_where_it_fails(stage: MakeStage) -> None:
    pack, paper = printer()
    body = START + user("a") + work(BEFORE) + user("b") + END
    here = stage(PACK | {"p.bpmn": process("p", body, "s -> a", "a -> work", "work -> b", "b -> e")}, packs=[pack])
    instance = here.start("p")
    here.complete("a")
    assert here.names() == []
    (job,) = here.engine.jobs(actor=ADMINISTRATOR).items
    assert (job.kind, job.element_id, job.retries) == ("continuation", "work", 1)
    here.advance(timedelta(minutes=5))
    (incident,) = here.engine.incidents(actor=ADMINISTRATOR).items
    assert incident.element_id == "work"
    assert "out of paper" in incident.message
    paper.append("A4")
    here.engine.retry_incident(incident.id, actor=ADMINISTRATOR)
    here.engine.run_due()
    assert here.names() == ["b"]
    assert here.variables(instance)["printed"] is True


def test_an_activity_is_done_though_it_cannot_be_left_yet(stage: MakeStage) -> None:
    pack, _paper = printer()
    body = START + user("a", AFTER) + work() + END
    here = stage(PACK | {"p.bpmn": process("p", body, "s -> a", "a -> work", "work -> e")}, packs=[pack])
    instance = here.start("p")
    here.complete("a")
    assert ("task.completed", "a") in here.events(instance)
    (job,) = here.engine.jobs(actor=ADMINISTRATOR).items
    assert (job.kind, job.element_id) == ("continuation", "a")


def test_what_is_interrupted_meanwhile_is_not_gone_on_with(stage: MakeStage) -> None:
    pack, paper = printer()
    inside = f'<startEvent id="s1"/>{work(BEFORE)}<sequenceFlow id="inside" sourceRef="s1" targetRef="work"/>'
    late = "<timerEventDefinition><timeDuration>PT1M</timeDuration></timerEventDefinition>"
    body = START + f'<subProcess id="sub">{inside}</subProcess><boundaryEvent id="late" attachedToRef="sub">{late}</boundaryEvent>'
    here = stage(PACK | {"p.bpmn": process("p", body + user("b") + END, "s -> sub", "sub -> e", "late -> b")}, packs=[pack])
    instance = here.start("p")
    paper.append("A4")
    here.advance(timedelta(minutes=1))
    assert here.names() == ["b"]
    assert here.engine.jobs(actor=ADMINISTRATOR).total == 0
    here.advance(timedelta(days=1))
    assert "printed" not in here.variables(instance)
    assert ("activity.cancelled", "work") not in here.events(instance)  # it had not begun


def test_repeated_activities_and_gateways(stage: MakeStage) -> None:
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
    many = f'<userTask id="many" {BEFORE} {AFTER}>{loop}</userTask>'
    body = START + f'<parallelGateway id="split" {BEFORE}/><parallelGateway id="join" {BEFORE}/>' + many + user("b") + END
    flows = ("s -> split", "split -> many", "split -> b", "many -> join", "b -> join", "join -> e")
    here = stage(PACK | {"p.bpmn": process("p", body, *flows)})
    instance = here.start("p")
    assert here.names() == ["b", "many", "many", "many"]
    for element in ("many", "b", "many", "many"):
        here.complete(element)
    assert here.state(instance) == "COMPLETED"


def test_an_endless_loop_of_them_holds_nobody_up(stage: MakeStage) -> None:
    count = f'<scriptTask id="count" {BEFORE}><script>n = n + 1</script></scriptTask><exclusiveGateway id="g"/>'
    here = stage(
        PACK | {"p.bpmn": process("p", START + count + END, "s -> count", "count -> g", "g -> count: n &lt; 150", "g -> e: n &gt;= 150")}
    )
    instance = here.start("p", n=0)
    assert here.variables(instance)["n"] == 100
    here.engine.run_due()
    assert here.state(instance) == "COMPLETED"


def test_after_a_stop_the_clock_goes_on(stage: MakeStage, monkeypatch: pytest.MonkeyPatch) -> None:
    here = stage(PACK | {"p.bpmn": process("p", START + user("a", BEFORE) + END, "s -> a", "a -> e")})
    with monkeypatch.context() as stopped:  # the process ends between the two transactions
        stopped.setattr(Engine, "_go_on", lambda engine, jobs: None)
        here.start("p")
    assert here.names() == []
    assert here.engine.run_due() == 1
    assert here.names() == ["a"]
