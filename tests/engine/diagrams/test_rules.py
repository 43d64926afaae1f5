"""The constraints of the standard: one tiny wrong diagram a rule, and the right one beside it that is left alone."""

from __future__ import annotations

import pytest

from engine.diagrams import check, read
from tests.engine.diagrams.drawing import around, arrows, file, found, problems

START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'
MESSAGE = '<message id="m" name="m"/>'
ON_MESSAGE = '<messageEventDefinition messageRef="m"/>'
ON_TIME = "<timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition>"
ON_ERROR = "<errorEventDefinition/>"


def test_a_plain_diagram_has_no_findings() -> None:
    assert around('<task id="x"/>') == set()


def test_a_flow_s_ends_are_in_its_process_and_scope() -> None:
    assert ("dangling-reference", "x-nowhere") in around('<task id="x"/>', flows="x>nowhere")
    sub = f'<subProcess id="x"><startEvent id="s2"/><task id="a"/>{arrows("s2>a")}</subProcess>'
    assert around(sub) == set()
    assert ("crosses-scope", "a-e") in around(sub, flows="a>e")


def test_start_and_end_events_have_flows_on_one_side_only() -> None:
    assert {("start-with-incoming", "s"), ("end-with-outgoing", "e")} <= around('<task id="x"/>', flows="x>s e>x")


def test_a_process_starts_once() -> None:
    assert [(problem.rule, problem.severity) for problem in problems('<task id="a"/>')] == [("no-start-event", "warning")]
    assert ("no-start-event", "error") in [(problem.rule, problem.severity) for problem in problems('<task id="a"/>', "a>a")]
    assert ("several-start-events", "t") in found(START + '<startEvent id="t"/>')
    several = START + f'<startEvent id="t">{ON_MESSAGE}</startEvent><startEvent id="u">{ON_TIME}</startEvent>'
    assert found(several, roots=MESSAGE) == set()


def test_an_embedded_sub_process_starts_without_trigger() -> None:
    assert around('<subProcess id="x"/>') == {("empty-sub-process", "x")}
    assert around('<subProcess id="x"><task id="a"/><task id="b"/></subProcess>', flows="a>b b>a") == {("no-start-event", "x")}
    assert around(f'<subProcess id="x"><startEvent id="s2">{ON_TIME}</startEvent></subProcess>') == {("start-with-trigger", "s2")}


@pytest.mark.parametrize(
    ("starts", "rules"),
    [
        (f'<startEvent id="s2">{ON_TIME}</startEvent>', set()),
        (f'<startEvent id="s2">{ON_ERROR}</startEvent>', set()),
        ('<startEvent id="s2"/>', {"event-sub-process-start"}),
        ("", {"event-sub-process-start"}),
        (f'<startEvent id="s2">{ON_TIME}</startEvent><startEvent id="s3">{ON_TIME}</startEvent>', {"event-sub-process-start"}),
        (f'<startEvent id="s2" isInterrupting="false">{ON_ERROR}</startEvent>', {"must-interrupt"}),
    ],
)
def test_an_event_sub_process_has_one_triggered_start(starts: str, rules: set[str]) -> None:
    drawn = found(f'{START}<task id="x"/>{END}<subProcess id="es" triggeredByEvent="true">{starts}</subProcess>', "s>x x>e")
    assert {rule for rule, _ in drawn} == rules


def test_an_event_sub_process_has_no_flows() -> None:
    inner = f'<subProcess id="x" triggeredByEvent="true"><startEvent id="s2">{ON_TIME}</startEvent></subProcess>'
    assert around(inner) == {("event-sub-process-with-flow", "x")}


def test_boundary_events_sit_on_activities() -> None:
    event = '<boundaryEvent id="b" attachedToRef="{}">{}</boundaryEvent>'
    assert around('<task id="x"/>' + event.format("x", ON_TIME)) == set()
    assert ("event-without-definition", "b") in around('<task id="x"/>' + event.format("x", ""))
    assert ("boundary-host", "b") in around('<exclusiveGateway id="x"/>' + event.format("x", ON_TIME))
    assert ("dangling-reference", "b") in around('<task id="x"/>' + event.format("nowhere", ON_TIME))
    assert ("boundary-with-incoming", "b") in around('<task id="x"/>' + event.format("x", ON_TIME), flows="x>b")
    assert ("must-interrupt", "b") in around(
        f'<task id="x"/><boundaryEvent id="b" attachedToRef="x" cancelActivity="false">{ON_ERROR}</boundaryEvent>'
    )


@pytest.mark.parametrize(
    ("node", "rule"),
    [
        (f'<intermediateCatchEvent id="x">{ON_ERROR}</intermediateCatchEvent>', "event-not-allowed"),
        (
            '<intermediateThrowEvent id="x"><timerEventDefinition><timeDate>2026-01-01</timeDate></timerEventDefinition>'
            "</intermediateThrowEvent>",
            "event-not-allowed",
        ),
        ('<intermediateThrowEvent id="x"><terminateEventDefinition/></intermediateThrowEvent>', "event-not-allowed"),
        ('<intermediateCatchEvent id="x"/>', "event-without-definition"),
        ('<intermediateCatchEvent id="x"><timerEventDefinition/></intermediateCatchEvent>', "timer-without-time"),
        ('<intermediateCatchEvent id="x"><messageEventDefinition/></intermediateCatchEvent>', "message-without-name"),
        ('<intermediateThrowEvent id="x"><signalEventDefinition/></intermediateThrowEvent>', "signal-without-name"),
        ('<receiveTask id="x"/>', "message-without-name"),
        ('<intermediateThrowEvent id="x"><escalationEventDefinition/></intermediateThrowEvent>', "escalation-without-code"),
    ],
)
def test_events_say_what_they_wait_for_or_throw(node: str, rule: str) -> None:
    assert around(node) == {(rule, "x")}


def test_an_end_event_throws_an_error_with_a_code() -> None:
    assert ("error-without-code", "e") in found(f'{START}<endEvent id="e">{ON_ERROR}</endEvent>', "s>e")
    known = f'{START}<endEvent id="e"><errorEventDefinition errorRef="er"/></endEvent>'
    assert found(known, "s>e", roots='<error id="er" errorCode="E"/>') == set()


def test_a_dangling_message_is_said_once() -> None:
    assert around('<receiveTask id="x" messageRef="nowhere"/>') == {("dangling-reference", "x")}


def test_gateways_have_flows_and_a_way_out() -> None:
    assert ("gateway-without-flows", "g") in found(START + '<exclusiveGateway id="g"/>', "s>g")
    assert found(START + '<task id="a"/><task id="b"/><parallelGateway id="g"/>', "s>a s>b a>g b>g") == set()
    body = START + '<exclusiveGateway id="g" {default}/><task id="a"/><task id="b"/>'
    body += condition("g", "a", "{one}") + condition("g", "b", "{two}")

    def drawn(one: str, two: str, default: str = "") -> set[tuple[str | None, str | None]]:
        return found(body.format(one=one, two=two, default=default), "s>g")

    assert drawn("${x == 1}", "${x == 2}") == {("no-way-out", "g")}
    assert drawn("${x == 1}", "${x != 1}") == set()
    assert drawn("${ok}", "${!ok}") == set()
    assert drawn("x &gt; 3", "x &lt;= 3") == set()
    assert drawn("= ok", "= not(ok)") == set()
    assert drawn("${x == 1}", "${x == 2}", 'default="g-b"') == {("condition-on-default", "g")}
    assert drawn("${x == 1}", "${x == 2}", 'default="elsewhere"') == {("default-not-outgoing", "g")}


def condition(source: str, target: str, text: str) -> str:
    return (
        f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">'
        f"<conditionExpression>{text}</conditionExpression>"
        "</sequenceFlow>"
    )


def test_one_flow_without_condition_is_enough() -> None:
    body = START + '<exclusiveGateway id="g"/><task id="a"/><task id="b"/>'
    assert found(body + arrows("g>a") + condition("g", "b", "${x}"), "s>g") == set()
    assert found(body, "s>g g>a g>b") == {("flow-without-condition", "g")}


def test_a_condition_where_nothing_decides_is_not_looked_at() -> None:
    assert found(START + '<parallelGateway id="g"/><task id="a"/>' + condition("g", "a", "${x}"), "s>g") == {("condition-ignored", "g-a")}
    assert found(START + '<task id="a"/><task id="b"/>' + condition("a", "b", "${x}"), "s>a") == set()


def test_sub_processes_are_not_nested_without_end() -> None:
    def deep(levels: int) -> str:
        inner = '<task id="t"/>'
        for level in range(levels):
            inner = f'<subProcess id="p{level}"><startEvent id="s{level}"/>{inner}</subProcess>'
        return START + inner

    found_at = {depth: {rule for rule, _ in found(deep(depth), f"s>p{depth - 1}")} for depth in (39, 40, 300)}
    assert {depth: "nested-too-deeply" in rules for depth, rules in found_at.items()} == {39: False, 40: True, 300: True}


def test_after_an_event_gateway_come_events() -> None:
    body = START + '<eventBasedGateway id="g"/>{}' + f'<intermediateCatchEvent id="t">{ON_TIME}</intermediateCatchEvent>'
    assert found(body.format('<receiveTask id="a" messageRef="m"/>'), "s>g g>a g>t", roots=MESSAGE) == set()
    assert found(body.format('<userTask id="a" camunda:assignee="u"/>'), "s>g g>a g>t") == {("event-gateway-target", "a")}
    twice = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    looped = f'<receiveTask id="a" messageRef="m">{twice}</receiveTask>'
    watched = f'<receiveTask id="a" messageRef="m"/><boundaryEvent id="b" attachedToRef="a">{ON_TIME}</boundaryEvent>'
    for target in (looped, watched):
        assert found(body.format(target), "s>g g>a g>t", roots=MESSAGE) == {("event-gateway-target", "a")}
    again = '<receiveTask id="a" messageRef="m"/><sequenceFlow id="again" sourceRef="g" targetRef="a"/>'
    assert {rule for rule, _ in found(body.format(again), "s>g g>a g>t", roots=MESSAGE)} == {"duplicate-flow"}
    assert found(body.format('<task id="a"/>'), "s>g g>t a>t") >= {("event-gateway-target", "t"), ("event-gateway-alone", "g")}


def test_links_come_in_pairs() -> None:
    throw = '<intermediateThrowEvent id="x"><linkEventDefinition name="{}"/></intermediateThrowEvent>'
    catch = '<intermediateCatchEvent id="y"><linkEventDefinition name="{}"/></intermediateCatchEvent><task id="z"/>'
    link_rules = {"link-without-pair", "link-without-name", "link-caught-twice", "unreachable"}

    def drawn(*links: str) -> set[str | None]:
        return {rule for rule, _ in found(START + "".join(links), "s>x y>z")} & link_rules

    assert drawn(throw.format("หนึ่ง"), catch.format("หนึ่ง")) == set()
    assert drawn(throw.format("หนึ่ง"), catch.format("สอง")) == {"link-without-pair", "unreachable"}
    assert drawn(throw.format(""), catch.format("")) == {"link-without-name", "unreachable"}


def test_what_nothing_leads_to_is_a_warning() -> None:
    (problem,) = problems(START + END + '<task id="lost"/>', "s>e")
    assert (problem.rule, problem.element_id, problem.severity) == ("unreachable", "lost", "warning")


def test_compensation_has_a_handler_and_no_flows() -> None:
    boundary = '<task id="x"/><boundaryEvent id="b" attachedToRef="x"><compensateEventDefinition/></boundaryEvent>'
    undo = '<task id="undo" isForCompensation="true"/>'
    joined = around(boundary + undo + '<association id="as" sourceRef="b" targetRef="undo"/>')
    assert not {rule for rule, _ in joined} & {"compensation-handler", "compensation-with-flow", "not-executed-yet"}
    assert ("compensation-handler", "b") in around(boundary + undo)
    assert ("compensation-with-flow", "undo") in around(boundary + undo, flows="x>undo")
    throw = '<intermediateThrowEvent id="x"><compensateEventDefinition activityRef="nowhere"/></intermediateThrowEvent>'
    assert ("dangling-reference", "x") in around(throw)


def test_an_activity_is_compensated_in_one_way() -> None:
    boundary = '<boundaryEvent id="{}" attachedToRef="x"><compensateEventDefinition/></boundaryEvent>'
    undo = '<task id="undo" isForCompensation="true"/><association id="as" sourceRef="b" targetRef="undo"/>'
    undo += '<association id="at" sourceRef="c" targetRef="undo"/>'
    assert ("compensated-twice", "c") in around('<task id="x"/>' + boundary.format("b") + boundary.format("c") + undo)
    own = '<subProcess id="own" triggeredByEvent="true"><startEvent id="s3"><compensateEventDefinition/></startEvent></subProcess>'
    inside = f'<subProcess id="x"><startEvent id="s2"/>{own}</subProcess>'
    assert "compensated-twice" not in {rule for rule, _ in around(inside)}
    assert ("compensated-twice", "b") in around(inside + boundary.format("b") + undo)
    assert ("compensation-of-process", "own") in around('<task id="x"/>' + own)


def test_who_catches_compensation_names_no_activity() -> None:
    undo = '<task id="x"/><task id="undo" isForCompensation="true"/><association id="as" sourceRef="b" targetRef="undo"/>'
    for attribute, wrong in (("", False), ('activityRef="x"', True), ('waitForCompletion="false"', True)):
        boundary = f'<boundaryEvent id="b" attachedToRef="x"><compensateEventDefinition {attribute}/></boundaryEvent>'
        assert (("compensation-caught", "b") in around(undo + boundary)) is wrong


def test_the_events_of_a_variable() -> None:
    for events, wrong in (("create, update", False), ("craete", True)):
        condition = (
            f'<conditionalEventDefinition camunda:variableEvents="{events}"><condition>${{n > 1}}</condition></conditionalEventDefinition>'
        )
        assert (("variable-events", "x") in around(f'<intermediateCatchEvent id="x">{condition}</intermediateCatchEvent>')) is wrong


def test_what_is_compensated_is_within_reach() -> None:
    throw = '<intermediateThrowEvent id="{}"><compensateEventDefinition activityRef="{}"/></intermediateThrowEvent>'
    deep = '<subProcess id="p"><startEvent id="s2"/><task id="deep"/></subProcess>'
    assert ("compensation-out-of-reach", "x") in around(deep + throw.format("x", "deep"))
    assert "compensation-out-of-reach" not in {rule for rule, _ in around(deep + throw.format("x", "p"))}
    outwards = f'<subProcess id="x"><startEvent id="s2"/>{throw.format("t", "near")}</subProcess><task id="near"/>'
    assert "compensation-out-of-reach" not in {rule for rule, _ in around(outwards)}


def test_a_cancel_event_belongs_to_a_transaction() -> None:
    event = '<boundaryEvent id="b" attachedToRef="x"><cancelEventDefinition/></boundaryEvent>'
    assert ("cancel-outside-transaction", "b") in around('<task id="x"/>' + event)
    assert ("cancel-outside-transaction", "b") not in around('<transaction id="x"><startEvent id="s2"/></transaction>' + event)


def test_step_numbers_are_given_once() -> None:
    assert found(START + '<task id="a" ruam:step="1"/><task id="b" ruam:step="1"/>', "s>a a>b") == {("duplicate-step", "b")}
    inherited = '<subProcess id="x" ruam:step="1"><startEvent id="s2"/><task id="a" ruam:step="1"/><task id="b"/></subProcess>'
    assert "duplicate-step" not in {rule for rule, _ in around(inherited)}


def test_ids_are_given_once() -> None:
    assert ("duplicate-id", "x") in around('<task id="x"/><task id="x"/>')
    twice = [read(file(START), name) for name in ("a.bpmn", "b.bpmn")]
    assert [(problem.rule, problem.file) for problem in check(twice)] == [("duplicate-process", "b.bpmn")]


def test_stale_references_of_the_drawing_are_warnings() -> None:
    lanes = '<laneSet><lane id="l"><flowNodeRef>s</flowNodeRef><flowNodeRef>gone</flowNodeRef></lane></laneSet>'
    (problem,) = problems(lanes + START)
    assert (problem.rule, problem.severity, problem.line) == ("dangling-reference", "warning", 3)


def test_a_file_needs_an_executable_process() -> None:
    diagram = read(file(START).replace(b'isExecutable="true"', b'isExecutable="false"'), "x.bpmn")
    assert [problem.rule for problem in check([diagram])] == ["nothing-executable"]


def test_findings_say_where_in_both_languages_and_in_order() -> None:
    every = problems('<startEvent id="s"/>\n<receiveTask id="x" name="รอคำตอบ"/>\n<task id="lost"/>', "s>x")
    assert [(problem.rule, problem.line) for problem in every] == [("message-without-name", 4), ("unreachable", 5)]
    assert all(problem.message and problem.message_th and problem.file == "test.bpmn" for problem in every)
    assert every[0].element_name == "รอคำตอบ"


def test_a_parallel_join_that_waits_for_itself_is_said() -> None:
    body = START + '<parallelGateway id="j"/><task id="a"/><exclusiveGateway id="x"/><task id="b"/><task id="c"/>'
    ways = condition("x", "b", "${again}") + condition("x", "c", "${!again}")
    assert found(body + ways, "s>j j>a a>x b>j") == {("join-waits-for-ever", "j")}
    merged = body.replace('<parallelGateway id="j"/>', '<exclusiveGateway id="j"/>')
    assert found(merged + ways, "s>j j>a a>x b>j") == set()
    split = START + '<parallelGateway id="f"/><task id="a"/><task id="b"/><parallelGateway id="j"/><task id="c"/>'
    assert found(split, "s>f f>a f>b a>j b>j j>c") == set()
    assert ("join-waits-for-ever", "j") in found(split, "s>f f>a a>j b>j j>c"), "b is never reached"
