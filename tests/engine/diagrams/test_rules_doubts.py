"""Constraints hardly anybody breaks on purpose: the smallest diagram that does, and the right one beside it."""

from __future__ import annotations

import pytest

from engine.diagrams import check, read
from tests.engine.diagrams.drawing import NAMESPACES, arrows, file, found, problems

START = '<startEvent id="s"/>'
MESSAGE = '<message id="m" name="m"/>'
ON_MESSAGE = '<messageEventDefinition messageRef="m"/>'
CODES = '<error id="e1" errorCode="E1"/><error id="e2" errorCode="E2"/>'


def rules(body: str, flows: str = "", **options: str) -> set[tuple[str | None, str | None]]:
    return {
        (rule, key) for rule, key in found(START + body, flows, **options) if rule not in ("unreachable", "nobody-to-do-it", "wrong-order")
    }


def test_one_flow_one_way() -> None:
    twice = '<sequenceFlow id="again" sourceRef="a" targetRef="b"/>'
    assert rules('<task id="a"/><task id="b"/>' + twice, "s>a a>b") == {("duplicate-flow", "a-b")}
    assert rules('<task id="a"/><task id="b"/>', "s>a a>b b>a") == set()


def test_a_link_is_the_flow() -> None:
    throw = '<intermediateThrowEvent id="x"><linkEventDefinition name="l"/></intermediateThrowEvent>'
    catch = '<intermediateCatchEvent id="y"><linkEventDefinition name="l"/></intermediateCatchEvent><task id="z"/>'
    assert rules(throw + catch, "s>x y>z") == set()
    assert rules(throw + catch, "s>x y>z x>z") == {("link-with-flow", "x")}
    assert rules(throw + catch, "s>x y>z z>y") == {("link-with-flow", "y")}


def test_an_ad_hoc_sub_process_has_activities_and_neither_start_nor_end() -> None:
    done = "<completionCondition>${done}</completionCondition>"
    assert rules(f'<adHocSubProcess id="x"><task id="a"/>{done}</adHocSubProcess>', "s>x") == set()
    started = f'<adHocSubProcess id="x"><startEvent id="s2"/><task id="a"/><endEvent id="e2"/>{done}</adHocSubProcess>'
    assert rules(started, "s>x") == {("ad-hoc-start-or-end", "s2"), ("ad-hoc-start-or-end", "e2")}
    assert rules(f'<adHocSubProcess id="x">{done}</adHocSubProcess>', "s>x") == {("ad-hoc-empty", "x")}


def test_a_loop_ends() -> None:
    looped = '<task id="x"><standardLoopCharacteristics {}</task>'
    assert rules(looped.format("/>"), "s>x") == {("loop-once", "x")}
    assert rules(looped.format('loopMaximum="3"/>'), "s>x") == set()
    assert rules(looped.format("><loopCondition>${again}</loopCondition></standardLoopCharacteristics>"), "s>x") == set()


def test_an_activity_for_compensation_is_led_to() -> None:
    undo = '<task id="undo" isForCompensation="true"/>'
    event = '<boundaryEvent id="b" attachedToRef="x"><compensateEventDefinition/></boundaryEvent>'
    joined = '<association id="as" sourceRef="b" targetRef="undo"/>'
    assert ("compensation-unused", "undo") in rules('<task id="x"/>' + undo, "s>x")
    assert rules('<task id="x"/>' + event + undo + joined, "s>x") == set()


@pytest.mark.parametrize(("second", "wrong"), [("e1", {("caught-twice", "b2")}), ("e2", set())])
def test_an_error_is_caught_once(second: str, wrong: set[tuple[str, str]]) -> None:
    boundary = '<boundaryEvent id="{}" attachedToRef="x"><errorEventDefinition errorRef="{}"/></boundaryEvent>'
    drawn = '<userTask id="x" camunda:assignee="u"/>' + boundary.format("b1", "e1") + boundary.format("b2", second)
    assert rules(drawn, "s>x", roots=CODES) == wrong


def test_events_and_receive_tasks_are_not_mixed_after_a_gateway() -> None:
    receive, catch = '<receiveTask id="{}" messageRef="m"/>', f'<intermediateCatchEvent id="{{}}">{ON_MESSAGE}</intermediateCatchEvent>'
    for first, second, wrong in ((receive, catch, True), (catch, catch, False), (receive, receive, False)):
        drawn = rules('<eventBasedGateway id="g"/>' + first.format("a") + second.format("b"), "s>g g>a g>b", roots=MESSAGE)
        assert drawn == ({("event-gateway-mixed", "g")} if wrong else set())


@pytest.mark.parametrize(("direction", "wrong"), [("Diverging", False), ("Unspecified", False), ("Converging", True), ("Mixed", True)])
def test_a_gateway_is_what_it_is_called(direction: str, wrong: bool) -> None:
    gateway = f'<parallelGateway id="g" gatewayDirection="{direction}"/><task id="a"/><task id="b"/>'
    assert rules(gateway, "s>g g>a g>b") == ({("gateway-direction", "g")} if wrong else set())


def test_lanes_divide_what_they_hold() -> None:
    lane = '<lane id="{}"><flowNodeRef>s</flowNodeRef>{}</lane>'
    inner = f"<childLaneSet>{lane.format('l3', '')}</childLaneSet>"
    assert found(f"<laneSet>{lane.format('l1', inner)}</laneSet>{START}") == set()
    assert found(f"<laneSet>{lane.format('l1', '')}{lane.format('l2', '')}</laneSet>{START}") == {("in-two-lanes", "l2")}


def test_whether_a_process_runs_is_said_and_it_has_an_id() -> None:
    content = file(START).replace(b'isExecutable="true"', b"")
    assert [(p.rule, p.severity) for p in check([read(content, "x.bpmn", thorough=True)])] == [("executable-not-said", "warning")]
    nameless = file(START).replace(b'id="p" ', b"")
    assert [(p.rule, p.severity) for p in check([read(nameless, "x.bpmn", thorough=True)])] == [("missing-id", "error")]


def test_a_message_starts_one_process() -> None:
    def process(key: str, message: str) -> str:
        start = f'<startEvent id="s{key}"><messageEventDefinition messageRef="{message}"/></startEvent>'
        return f'<process id="{key}" isExecutable="true">{start}</process>'

    def drawn(first: str, second: str) -> list[tuple[str | None, str | None]]:
        roots = MESSAGE + '<message id="n" name="n"/>'
        content = f'<definitions {NAMESPACES} targetNamespace="t">{roots}{process("p", first)}{process("q", second)}</definitions>'
        return [(problem.rule, problem.element_id) for problem in check([read(content.encode(), "x.bpmn", thorough=True)])]

    assert drawn("m", "n") == []
    assert drawn("m", "m") == [("message-starts-two", "sq")]


@pytest.mark.parametrize(
    ("definition", "wrong"),
    [
        ('<messageEventDefinition messageRef="m"/>', set()),
        ('<messageEventDefinition messageRef="x"/>', {("start-needs-variable", "t")}),
        ("<timerEventDefinition><timeDate>${day}</timeDate></timerEventDefinition>", {("start-needs-variable", "t")}),
        ("<timerEventDefinition><timeCycle>R/P1D</timeCycle></timerEventDefinition>", set()),
        ("<timerEventDefinition><timeCycle>R0/P1D</timeCycle></timerEventDefinition>", {("timer-syntax", "t")}),
        ("<timerEventDefinition><timeCycle>R/PT0S</timeCycle></timerEventDefinition>", {("timer-syntax", "t")}),
    ],
)
def test_what_starts_a_process_is_known_when_it_is_deployed(definition: str, wrong: set[tuple[str, str]]) -> None:
    roots = MESSAGE + '<message id="x" name="order-${number}"/>'
    assert rules(f'<startEvent id="t">{definition}</startEvent>', roots=roots) == wrong
    waiting = found(f'{START}<intermediateCatchEvent id="c">{definition}</intermediateCatchEvent>', "s>c", roots=roots)
    assert waiting == {(rule, "c") for rule, _ in wrong if rule == "timer-syntax"}


def test_keys_are_not_longer_than_the_tables_have_room_for() -> None:
    assert rules(f'<task id="{"x" * 255}"/>') == set()
    assert rules(f'<task id="{"x" * 256}"/>') == {("too-long", "x" * 256)}
    assert rules(f'<userTask id="x" camunda:candidateGroups="a,{"g" * 300}" camunda:assignee="${{{"u" * 300}}}"/>') == {("too-long", "x")}


def test_findings_beyond_a_thousand_are_counted_only() -> None:
    every = problems(START + "".join(f'<task id="t{n}" colour="red"/>' for n in range(1_200)), "")
    assert len(every) == 1_001
    assert (every[-1].rule, every[-1].severity) == ("too-many-findings", "warning")
    errors = problems(START + "".join(f'<intermediateCatchEvent id="t{n}"/>' for n in range(1_200)), arrows(""))
    assert [problem.severity for problem in errors].count("error") == 1_001
    assert errors[-1].rule == "too-many-findings"
