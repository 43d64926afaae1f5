"""Elements that do one simple thing when a token comes by (BPMN 2.0.2, 13.3.3 and 13.5)."""

from __future__ import annotations

import pytest

from tests.drawing import users
from tests.engine.spiff.test_flows import ENDS, run
from tests.engine.spiff.test_scopes import ERRORS, sub

ROOTS = '<message id="M" name="news"/><signal id="G" name="alarm"/>'


@pytest.mark.bpmn("task", "manual-task", "throw-none")
@pytest.mark.parametrize("kind", ["task", "manualTask", "intermediateThrowEvent"])
def test_nobody_is_asked(kind: str) -> None:
    r = run(ENDS + f'<{kind} id="x"/>', "s > x > e").start()
    assert r.completed() == ["s", "x", "e"]
    assert r.instance.ended


@pytest.mark.bpmn("send-task", "throw-message", "throw-signal", "end-message", "end-signal")
@pytest.mark.parametrize(
    ("element", "thrown"),
    [
        ('<sendTask id="x" messageRef="M"/>', ("message", "news")),
        ('<intermediateThrowEvent id="x"><messageEventDefinition messageRef="M"/></intermediateThrowEvent>', ("message", "news")),
        ('<intermediateThrowEvent id="x"><signalEventDefinition signalRef="G"/></intermediateThrowEvent>', ("signal", "alarm")),
        ('<endEvent id="x"><messageEventDefinition messageRef="M"/></endEvent>', ("message", "news")),
        ('<endEvent id="x"><signalEventDefinition signalRef="G"/></endEvent>', ("signal", "alarm")),
    ],
)
def test_what_is_thrown_leaves_the_instance(element: str, thrown: tuple[str, str]) -> None:
    r = run('<startEvent id="s"/>' + element, "s > x", definitions=ROOTS).start()
    assert r.host.thrown == [thrown]
    assert r.instance.ended


@pytest.mark.bpmn("catch-message", "catch-signal", "catch-timer", "event-definition-ref")
@pytest.mark.parametrize(
    "definition",
    [
        '<messageEventDefinition messageRef="M"/>',
        '<signalEventDefinition signalRef="G"/>',
        "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
        "<eventDefinitionRef>T</eventDefinitionRef>",
    ],
)
def test_what_is_caught_goes_on_once(definition: str) -> None:
    roots = ROOTS + '<timerEventDefinition id="T"><timeDuration>PT1H</timeDuration></timerEventDefinition>'
    catch = f'<intermediateCatchEvent id="x">{definition}</intermediateCatchEvent>'
    r = run(ENDS + catch + users("a"), "s > x > a > e", definitions=roots).start()
    assert r.waiting_for == ["x"]
    r.occur("x")
    assert (r.open, r.waiting_for) == (["a"], [])


@pytest.mark.bpmn("no-start-event")
def test_without_a_start_event_everything_begins_that_nothing_leads_to() -> None:
    r = run(users("a", "b", "c"), "a > c").start()
    assert sorted(r.open) == ["a", "b"]
    assert r.complete("a").complete("b").open == ["c"]
    assert r.complete("c").instance.ended


@pytest.mark.bpmn("start-several")
def test_the_start_event_that_is_meant_begins() -> None:
    body = '<startEvent id="s"/><startEvent id="t"><messageEventDefinition messageRef="M"/></startEvent>' + users("a", "b")
    assert run(body, "s > a; t > b", definitions=ROOTS).start().open == ["a"]
    assert run(body, "s > a; t > b", definitions=ROOTS).start(start_event_id="t").open == ["b"]


@pytest.mark.bpmn("sub-start-escalation")
@pytest.mark.parametrize(("interrupting", "opened"), [("true", ["n"]), ("false", ["a", "n"])])
def test_an_event_sub_process_catches_an_escalation_of_its_scope(interrupting: str, opened: list[str]) -> None:
    start = f'<startEvent id="s1" isInterrupting="{interrupting}"><escalationEventDefinition escalationRef="X"/></startEvent>'
    throw = '<intermediateThrowEvent id="up"><escalationEventDefinition escalationRef="X"/></intermediateThrowEvent>'
    body = ENDS + throw + users("a") + sub(start + users("n"), attributes='triggeredByEvent="true"')
    r = run(body, "s > up > a > e", inner={"p1": "s1 > n"}, definitions=ERRORS).start()
    assert sorted(r.open) == opened


REPORT = '<dataObject id="obj" name="report"/><dataObjectReference id="ref" name="report [draft]" dataObjectRef="obj"/>'
FLOWABLE = 'xmlns:flowable="http://flowable.org/bpmn"'


def copied(name: str) -> str:
    """A task that reads the data object as `text` and gives it a new value from `made`."""
    return (
        '<scriptTask id="c"><ioSpecification><dataInput id="i" name="text"/><dataOutput id="o" name="made"/><inputSet/><outputSet/>'
        f"</ioSpecification><dataInputAssociation><sourceRef>{name}</sourceRef><targetRef>i</targetRef></dataInputAssociation>"
        f"<dataOutputAssociation><sourceRef>o</sourceRef><targetRef>{name}</targetRef></dataOutputAssociation>"
        "<script>made = text + '!'</script></scriptTask>"
    )


@pytest.mark.bpmn("input-output", "data-object")
@pytest.mark.parametrize("reference", ["obj", "ref"])
@pytest.mark.parametrize("variable", ["report", "obj", "report [draft]", "ref"])
def test_data_associations_copy_data_objects_by_name_or_id(reference: str, variable: str) -> None:
    known = {"obj": ["report", "obj"], "ref": ["report", "obj", "report [draft]", "ref"]}[reference]
    if variable in known:
        r = run(ENDS + REPORT + copied(reference), "s > c > e").start({variable: "a"})
        assert r.variables == {variable: "a!", "made": "a!"}


def test_a_data_object_without_a_value_is_passed_over() -> None:
    task = copied("ref").replace("made = text + '!'", "n = 1")
    assert run(ENDS + REPORT + task, "s > c > e").start().variables == {"n": 1}
    same = copied("ref").replace('name="text"', 'name="report"').replace("text", "report")
    assert run(ENDS + REPORT + same, "s > c > e").start({"report": "a"}).variables == {"report": "a!", "made": "a!"}


@pytest.mark.bpmn("input-output")
def test_a_transformation_of_a_data_association_is_an_input_or_output() -> None:
    task = (
        '<scriptTask id="c"><ioSpecification><dataInput id="i" name="text"/><inputSet/><outputSet/></ioSpecification><dataInputAssociation>'
        "<sourceRef>obj</sourceRef><targetRef>i</targetRef><transformation>${report + '?'}</transformation></dataInputAssociation>"
        "<dataOutputAssociation><targetRef>obj</targetRef><transformation>${made}</transformation></dataOutputAssociation>"
        "<script>made = text</script></scriptTask>"
    )
    assert run(ENDS + REPORT + task, "s > c > e").start({"report": "a"}).variables == {"report": "a?", "made": "a?"}


@pytest.mark.bpmn("data-object")
def test_flowables_data_objects_have_values_from_the_beginning() -> None:
    def objects(*given: tuple[str, str, str]) -> str:
        value = "<extensionElements {}><flowable:value>{}</flowable:value></extensionElements>"
        return "".join(
            f'<dataObject id="{name}" name="{name}" itemSubjectRef="xsd:{kind}">{value.format(FLOWABLE, text)}</dataObject>'
            for name, kind, text in given
        )

    inner = f'<subProcess id="p1">{objects(("inside", "string", "in"))}<startEvent id="s1"/>' + users("a") + "{flows:p1}</subProcess>"
    body = ENDS + objects(("n", "int", "3"), ("x", "double", "1.5"), ("yes", "boolean", "true"), ("t", "string", "3")) + inner
    r = run(body, "s > p1 > e", inner={"p1": "s1 > a"}).start({"n": 7})
    assert r.variables == {"n": 7, "x": 1.5, "yes": True, "t": "3"}
    assert next(iter(r.host.tasks.values())).view()["inside"] == "in"


@pytest.mark.bpmn("input-output")
def test_an_assignment_of_a_data_association_is_an_input() -> None:
    inputs = (
        '<ioSpecification><dataInput id="i" name="report"/><inputSet/><outputSet/></ioSpecification>'
        "<dataInputAssociation><targetRef>i</targetRef><assignment><from>${n + 1}</from><to>i</to></assignment></dataInputAssociation>"
    )
    script = (
        '<subProcess id="x">{flows:x}'
        + inputs
        + '<startEvent id="s1"/><scriptTask id="c"><script>seen = report</script></scriptTask></subProcess>'
    )
    r = run(ENDS + "<scriptTask id='k'><script>seen = 0</script></scriptTask>" + script, "s > k > x > e", inner={"x": "s1 > c"})
    assert r.start({"n": 1}).variables["seen"] == 2
