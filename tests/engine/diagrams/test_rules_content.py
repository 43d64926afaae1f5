"""What a diagram names, says in expressions, or asks for that is not executed."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.diagrams import Context, check, read
from engine.diagrams.rules.timers import fault
from tests.engine.diagrams.drawing import around, file, found, problems

LETTERS = SimpleNamespace(parameters={"to": list, "template": str}, required={"to"})
CONTEXT = Context(forms={"report"}, handlers={"letters": LETTERS}, parties={"opdc", "province"}, decisions={"scoring"}, called={"old"})
START = '<startEvent id="s"/>'


def given(node: str) -> set[str | None]:
    """Rules found against `x` in this context."""
    return {rule for rule, key in around(node, context=CONTEXT) if key == "x"}


@pytest.mark.parametrize(
    ("node", "rules"),
    [
        ('<userTask id="x" camunda:formKey="report" camunda:candidateGroups="opdc,province:TH-50,${g}"/>', set()),
        ('<userTask id="x" camunda:formKey="nowhere" camunda:assignee="a"/>', {"missing-form"}),
        ('<userTask id="x" camunda:candidateGroups="nobody:1"/>', {"missing-party"}),
        ('<userTask id="x" camunda:assignee="a" ruam:escalateTo="nobody"/>', {"missing-party"}),
        ('<userTask id="x"/>', {"nobody-to-do-it"}),
        ('<serviceTask id="x"/>', {"missing-handler"}),
        ('<sendTask id="x"/>', {"missing-handler"}),
        ('<businessRuleTask id="x"/>', {"missing-handler"}),
        ('<serviceTask id="x" ruam:handler="nowhere"/>', {"missing-handler"}),
        ('<serviceTask id="x" ruam:handler="letters"/>', {"missing-parameter"}),
        (
            '<serviceTask id="x" ruam:handler="letters"><extensionElements><ruam:parameter name="to">${a}</ruam:parameter>'
            '<ruam:parameter name="ถึง">${a}</ruam:parameter></extensionElements></serviceTask>',
            {"unknown-parameter"},
        ),
        ('<businessRuleTask id="x" camunda:decisionRef="scoring" camunda:resultVariable="r"/>', set()),
        ('<businessRuleTask id="x" camunda:decisionRef="scoring"/>', set()),
        ('<businessRuleTask id="x" camunda:decisionRef="nowhere"/>', {"missing-decision"}),
        (
            '<businessRuleTask id="x" camunda:decisionRef="scoring" camunda:resultVariable="r" camunda:mapDecisionResult="first"/>',
            {"wrong-choice"},
        ),
        ('<callActivity id="x" calledElement="old"/>', set()),
        ('<callActivity id="x" calledElement="p"/>', set()),
        ('<callActivity id="x" calledElement="${which}"/>', set()),
        ('<callActivity id="x" calledElement="nowhere"/>', {"missing-called-process"}),
        ("<callActivity id='x'/>", {"missing-called-process"}),
        ('<callActivity id="x" calledElement="old" camunda:calledElementBinding="version"/>', {"missing-version"}),
    ],
)
def test_what_is_named_must_be_there(node: str, rules: set[str]) -> None:
    assert given(node) == rules


def test_a_lane_s_party_counts_only_where_somebody_works() -> None:
    lanes = '<laneSet><lane id="{}"><flowNodeRef>x</flowNodeRef></lane></laneSet>'
    assert found(lanes.format("opdc") + START + '<userTask id="x"/>', "s>x", context=CONTEXT) == set()
    assert found(lanes.format("nobody") + START + '<userTask id="x"/>', "s>x", context=CONTEXT) == {("missing-party", "x")}
    assert found(lanes.format("system") + START + '<task id="x"/>', "s>x", context=CONTEXT) == set()


def test_processes_of_the_same_deployment_can_call_each_other() -> None:
    caller = read(file(START + '<callActivity id="x" calledElement="q"/>', "s>x"), "a.bpmn")
    called = read(file(START).replace(b'<process id="p"', b'<process id="q"'), "b.bpmn")
    assert [problem.rule for problem in check([caller], CONTEXT)] == ["missing-called-process"]
    assert check([caller, called], CONTEXT) == []


def test_what_is_not_known_is_not_checked() -> None:
    node = '<userTask id="x" camunda:formKey="any" camunda:candidateGroups="any"/>'
    assert around(node) == set()


@pytest.mark.parametrize(
    "node",
    [
        '<scriptTask id="x"><script>a = = b</script></scriptTask>',
        '<userTask id="x" camunda:assignee="${a +}"/>',
        '<userTask id="x" camunda:candidateGroups="${a b}"/>',
        '<userTask id="x" camunda:assignee="a" camunda:priority="${(}"/>',
        '<task id="x"><multiInstanceLoopCharacteristics camunda:collection="${a..b}"/></task>',
        '<task id="x"><multiInstanceLoopCharacteristics><loopCardinality>3 +</loopCardinality></multiInstanceLoopCharacteristics></task>',
        '<serviceTask id="x" ruam:handler="h"><extensionElements><ruam:parameter name="a">${1 +}</ruam:parameter></extensionElements>'
        "</serviceTask>",
        '<callActivity id="x" calledElement="c"><extensionElements><camunda:in sourceExpression="${a b}" target="t"/></extensionElements>'
        "</callActivity>",
        '<task id="x"><extensionElements><zeebe:ioMapping><zeebe:input source="= a b" target="t"/></zeebe:ioMapping></extensionElements>'
        "</task>",
        '<intermediateCatchEvent id="x"><timerEventDefinition><timeDate>${a b}</timeDate></timerEventDefinition></intermediateCatchEvent>',
    ],
)
def test_every_expression_is_read(node: str) -> None:
    assert around(node) == {("expression-syntax", "x")}


def test_a_condition_s_fault_stands_at_its_flow() -> None:
    flow = '<sequenceFlow id="f" sourceRef="s" targetRef="x"><conditionExpression>${a ==}</conditionExpression></sequenceFlow>'
    assert ("expression-syntax", "f") in found(START + '<task id="x"/>' + flow)


@pytest.mark.parametrize("text", ["${ผ่าน &amp;&amp; คะแนน &gt; 3}", "= ผ่าน and คะแนน &gt; 3", "ผ่าน and not (คะแนน == 'กำหนด')"])
def test_thai_names_in_every_way_of_writing_an_expression(text: str) -> None:
    flow = f'<sequenceFlow id="f" sourceRef="g" targetRef="x"><conditionExpression>{text}</conditionExpression></sequenceFlow>'
    assert found(START + '<exclusiveGateway id="g"/><task id="x"/>' + flow, "s>g") == set()


def test_the_checker_of_expressions_can_be_given() -> None:
    seen: list[tuple[str, str]] = []
    node = '<userTask id="x" camunda:assignee="${a}"/>'
    around(node, context=Context(check_expression=lambda text, kind: seen.append((text, kind))))
    assert seen == [("${a}", "template")]


@pytest.mark.parametrize(
    ("kind", "text", "good"),
    [
        ("duration", "P3D", True),
        ("duration", "PT1H30M", True),
        ("duration", "3 days", False),
        ("duration", "PT", False),
        ("date", "2026-06-30", True),
        ("date", "2026-06-30T16:30:00+07:00", True),
        ("date", "2026-06-31", False),
        ("date", "2569-06-30", False),
        ("date", "30/06/2026", False),
        ("cycle", "R3/PT10M", True),
        ("cycle", "R/PT1H", True),
        ("cycle", "R2/2026-06-01T08:30:00/P1D", True),
        ("cycle", "0 0/5 * * * ?", False),
        ("cycle", "R3", False),
        ("cycle", "R3/2026-06-01", False),
        ("cycle", "R3/PT10X", False),
        ("moment", "P1D", True),
        ("moment", "2026-06-30", True),
        ("moment", "soon", False),
        ("retries", "R3/PT10M", True),
        ("retries", "R5", True),
        ("retries", "three", False),
        ("days", "3", True),
        ("days", "3, 1", True),
        ("days", "-1", False),
    ],
)
def test_literal_times(kind: str, text: str, good: bool) -> None:
    assert (fault(kind, text) is None) is good


@pytest.mark.parametrize("cron", ["0 0 9 * * MON", "0 0/5 * * * ?", "*/5 * * * *", "@daily"])
def test_a_cron_text_is_refused_with_what_to_write_instead(cron: str) -> None:
    timer = f"<timerEventDefinition><timeCycle>{cron}</timeCycle></timerEventDefinition>"
    (problem,) = problems(f'{START}<intermediateCatchEvent id="x">{timer}</intermediateCatchEvent>', "s>x")
    assert problem.rule == "timer-syntax"
    for text in (problem.message, problem.message_th):
        assert cron in text
        assert "cron" in text
        assert "R/2009-06-01T09:00:00/P1W" in text
    for written in ("R/PT1H", "R/2009-06-01T09:00:00/P1D", "R/2009-06-01T09:00:00/P1W", "R/2009-06-01T09:00:00/P1M"):
        assert fault("cycle", written) is None


def test_a_literal_timer_is_checked_and_a_buddhist_year_explained() -> None:
    timer = "<timerEventDefinition><timeDate>2569-06-30</timeDate></timerEventDefinition>"
    node = f'<intermediateCatchEvent id="x">{timer}</intermediateCatchEvent>'
    (problem,) = problems(f"{START}{node}", "s>x")
    assert problem.rule == "timer-syntax"
    assert "2026" in problem.message
    assert "พ.ศ." in problem.message_th
    assert around('<userTask id="x" camunda:assignee="a" camunda:dueDate="tomorrow" ruam:remind="x"/>') == {("timer-syntax", "x")}


@pytest.mark.parametrize(
    ("node", "rule"),
    [
        ('<serviceTask id="x" camunda:class="a.B"/>', "java-class"),
        ('<serviceTask id="x" flowable:delegateExpression="${b}"/>', "delegate-expression"),
        ('<serviceTask id="x" activiti:expression="${b.run()}"/>', "expression-syntax"),
        ('<serviceTask id="x" camunda:expression="run"/>', "expression-as-work"),
        ('<serviceTask id="x" flowable:type="mail"/>', "task-type"),
        ('<endEvent id="x"><messageEventDefinition camunda:class="a.B"/></endEvent>', "java-class"),
        ('<task id="x"><extensionElements><camunda:executionListener class="a.L"/></extensionElements></task>', "listener"),
        (
            '<userTask id="x" camunda:assignee="a"><extensionElements><camunda:taskListener expression="${l}"/></extensionElements>'
            "</userTask>",
            "listener",
        ),
        (
            '<task id="x"><extensionElements><zeebe:executionListeners><zeebe:executionListener type="t"/></zeebe:executionListeners>'
            "</extensionElements></task>",
            "listener",
        ),
        (
            '<serviceTask id="x"><extensionElements><camunda:connector><camunda:connectorId>http</camunda:connectorId></camunda:connector>'
            "</extensionElements></serviceTask>",
            "connector",
        ),
        ('<task id="x" flowable:skipExpression="${skip}"/>', "skip-expression"),
        (
            '<receiveTask id="x"><extensionElements><flowable:eventType>paid</flowable:eventType></extensionElements></receiveTask>',
            "event-registry",
        ),
        ('<endEvent id="x"><terminateEventDefinition flowable:terminateMultiInstance="true"/></endEvent>', "terminate-instances"),
        ('<scriptTask id="x" scriptFormat="groovy"><script>a = 1</script></scriptTask>', "script-language"),
        ('<scriptTask id="x" scriptFormat="application/javascript"><script>a = 1</script></scriptTask>', "script-language"),
        (
            '<task id="x"><extensionElements><camunda:inputOutput><camunda:inputParameter name="a">'
            '<camunda:script scriptFormat="groovy">a</camunda:script>'
            "</camunda:inputParameter></camunda:inputOutput></extensionElements></task>",
            "script-language",
        ),
    ],
)
def test_what_other_engines_run_is_refused_with_a_way_out(node: str, rule: str) -> None:
    found_here = {(problem.rule, problem.element_id) for problem in problems(f"{START}{node}", "s>x")}
    assert (rule, "x") in found_here
    assert ("missing-handler", "x") not in found_here


@pytest.mark.parametrize("language", ["", "python", "juel", "ruam", "text/x-python"])
def test_our_language_by_any_of_its_names(language: str) -> None:
    assert around(f'<scriptTask id="x" scriptFormat="{language}"><script>a = b + 1</script></scriptTask>') == set()


def test_listeners_of_a_process_and_a_flow_are_refused() -> None:
    listener = '<extensionElements><camunda:executionListener class="L"/></extensionElements>'
    flow = f'<sequenceFlow id="f" sourceRef="s" targetRef="x">{listener}</sequenceFlow>'
    assert found(f'{listener}{START}<task id="x"/>{flow}') == {("listener", "p"), ("listener", "f")}


@pytest.mark.parametrize("together", ["", 'parallelMultiple="true"'])
def test_several_triggers(together: str) -> None:
    timer = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
    assert around(f'<intermediateCatchEvent id="x" {together}>{timer}{timer}</intermediateCatchEvent>') == set()


def test_what_cannot_be_waited_for_together() -> None:
    definitions = '<errorEventDefinition/><messageEventDefinition messageRef="M"/>'
    event = f'<boundaryEvent id="b" attachedToRef="x" parallelMultiple="true">{definitions}</boundaryEvent>'
    assert ("event-not-allowed", "b") in around('<task id="x"/>' + event, roots='<message id="M" name="m"/>')
    link = '<intermediateCatchEvent id="x"><linkEventDefinition name="l"/><messageEventDefinition messageRef="M"/></intermediateCatchEvent>'
    assert ("event-not-allowed", "x") in around(link, roots='<message id="M" name="m"/>')


@pytest.mark.parametrize(
    ("node", "rules"),
    [
        ('<task id="x"><multiInstanceLoopCharacteristics/></task>', {("loop-without-count", "x")}),
        ('<task id="x"><multiInstanceLoopCharacteristics camunda:collection="xs"/></task>', set()),
        ('<task id="x"><standardLoopCharacteristics/></task>', {("loop-once", "x")}),
        ('<task id="x" startQuantity="0"/>', {("wrong-number", "x")}),
        ('<task id="x" completionQuantity="99999999"/>', {("wrong-number", "x")}),
        ('<task id="x" completionQuantity="3" startQuantity="2"/>', set()),
    ],
)
def test_repeated_activities_and_quantities(node: str, rules: set[tuple[str, str]]) -> None:
    assert around(node) == rules


def test_what_starts_a_process_stands_at_its_beginning() -> None:
    roots = '<message id="m" name="m"/>'
    receive = '<startEvent id="s"/><task id="a"/><receiveTask id="r" instantiate="true" messageRef="m"/>'
    assert ("instantiate-not-at-start", "r") in found(receive, "s>a a>r", roots=roots)
    assert found('<startEvent id="s"/><receiveTask id="r" instantiate="true" messageRef="m"/>', "s>r", roots=roots) == set()
    assert found('<receiveTask id="r" instantiate="true" messageRef="m"/>', roots=roots) == set()
    timer = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
    gateway = '<eventBasedGateway id="g" instantiate="true"/><receiveTask id="a" messageRef="m"/>'
    gateway += f'<intermediateCatchEvent id="t">{timer}</intermediateCatchEvent>'
    assert found(gateway, "g>a g>t", roots=roots) == {("event-gateway-target", "t")}


def test_every_rule_is_documented() -> None:
    root = Path(__file__).parents[3]
    sources = "\n".join(path.read_text() for path in (root / "engine" / "diagrams").rglob("*.py"))
    calls = r"(?:\.error|\.warning|\.note|report|Refusal|rule=|None|line|1|CurrentLineNumber)"
    names = set(re.findall(calls + r'[(,]?\s*"([a-z]+(?:-[a-z]+)+)"', sources))
    documented = (root / "docs" / "bpmn.md").read_text()
    assert len(names) > 50
    assert {name for name in names if f"`{name}`" not in documented} == set()


def test_what_is_of_another_language_is_said_once() -> None:
    assert around('<scriptTask id="x" scriptFormat="javascript"><script>next();</script></scriptTask>') == {("script-language", "x")}
    script = '<camunda:script scriptFormat="groovy">1 +</camunda:script>'
    inputs = "".join(f'<camunda:inputParameter name="{name}">{script}</camunda:inputParameter>' for name in "ab")
    task = f'<task id="x"><extensionElements><camunda:inputOutput>{inputs}</camunda:inputOutput></extensionElements></task>'
    assert [problem.rule for problem in problems(f"{START}{task}", "s>x") if problem.severity == "error"] == ["script-language"]
    beside = script + '</camunda:inputParameter><camunda:inputParameter name="b">${2 +}'
    mixed = f'<camunda:inputOutput><camunda:inputParameter name="a">{beside}</camunda:inputParameter></camunda:inputOutput>'
    task = f'<task id="x"><extensionElements>{mixed}</extensionElements></task>'
    found = [problem.rule for problem in problems(f"{START}{task}", "s>x") if problem.severity == "error"]
    assert sorted(found) == ["expression-syntax", "script-language"]
    elsewhere = '<scriptTask id="x" scriptFormat="groovy" camunda:resource="a.groovy"/>'
    assert {problem.rule for problem in problems(f"{START}{elsewhere}", "s>x")} == {"script-resource"}


@pytest.mark.parametrize(
    ("node", "said"),
    [
        ('<serviceTask id="x"/>', "camunda:topic"),
        ('<businessRuleTask id="x"/>', "names no decision"),
        ('<businessRuleTask id="x" camunda:decisionRef=""/>', "names no decision"),
        ('<userTask id="x" camunda:formKey="camunda-forms:deployment:nope.form"/>', "There is no form 'nope.form' (nope.form)."),
        ('<userTask id="x" camunda:formKey="nope"/>', "There is no form 'nope' (forms/nope.json)."),
        ('<subProcess id="p"><startEvent id="x"><messageEventDefinition/></startEvent></subProcess>', "must have no trigger"),
    ],
)
def test_a_finding_says_what_is_missing_in_the_words_of_its_dialect(node: str, said: str) -> None:
    inner = re.search('id="(.)"', node)
    assert inner is not None
    found = problems(f"{START}{node}", f"s>{inner[1]}", context=Context(forms={"other"}))
    assert any(said in problem.message for problem in found if problem.element_id == "x")


def test_a_condition_of_another_language_is_no_script() -> None:
    groovy = '<conditionExpression language="groovy">a</conditionExpression>'
    body = f'{START}<task id="x"/><sequenceFlow id="f" sourceRef="s" targetRef="x">{groovy}</sequenceFlow>'
    (found,) = [problem for problem in problems(body) if problem.rule == "script-language"]
    assert "write the condition" in found.message
