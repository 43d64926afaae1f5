"""Messages between the pools of a file and between instances (BPMN 2.0.2, 8.4.2, 9.4 and 10.5.4)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from engine.diagrams import read
from engine.errors import NotFound
from engine.people import SYSTEM
from engine.testing import NAMESPACES, Stage

FLOW = '<sequenceFlow id="{0}_{1}" sourceRef="{0}" targetRef="{1}"/>'


def pool(key: str, *nodes: str, executable: bool = True) -> str:
    """A process with nodes one after the other, written `tag:id`, `tag:id:attributes` or with their content after `|`."""
    drawn, ids = "", []
    for node in nodes:
        head, _bar, content = node.partition("|")
        tag, element_id, *attributes = head.split(":", 2)
        drawn += f'<{tag} id="{element_id}" name="{element_id}" {" ".join(attributes)}>{content}</{tag}>'
        ids.append(element_id)
    flows = "".join(FLOW.format(a, b) for a, b in pairwise(ids))
    return f'<process id="{key}" isExecutable="{str(executable).lower()}">{drawn}{flows}</process>'


def collaboration(*pools: str, flows: str = "", roots: str = "", keys: str = "") -> dict[str, bytes]:
    """A file of pools; `flows` is `a>b`, message flows between their nodes."""
    arrows = "".join(
        f'<messageFlow id="mf_{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in (pair.split(">") for pair in flows.split())
    )
    drawn = f'<collaboration id="c">{arrows}{keys}</collaboration>'
    return {"c.bpmn": f'<definitions {NAMESPACES} targetNamespace="t" id="d">{roots}{drawn}{"".join(pools)}</definitions>'.encode()}


MESSAGE, NAMED = "<messageEventDefinition/>", '<messageEventDefinition messageRef="{}"/>'
CUSTOMER = pool("customer", "startEvent:s", "sendTask:order", f"intermediateCatchEvent:goods|{MESSAGE}", "userTask:enjoy")
SHOP = pool("shop", f"startEvent:ordered|{MESSAGE}", "userTask:pack", f"endEvent:shipped|{MESSAGE}")


@pytest.mark.bpmn("message-flow", "pool", "send-task")
def test_a_message_flow_names_the_message_of_its_ends(stage: Callable[..., Stage]) -> None:
    on = stage(collaboration(CUSTOMER, SHOP, flows="order>ordered shipped>goods"))
    one = on.start("customer", business_key="A-1")
    (pack,) = on.open()
    assert (pack.element_id, pack.business_key) == ("pack", "A-1")
    assert on.names(one.id) == []
    on.complete("pack")
    assert on.names() == on.names(one.id) == ["enjoy"]


def test_answers_go_to_the_instance_of_the_same_business_key(stage: Callable[..., Stage]) -> None:
    on = stage(collaboration(CUSTOMER, SHOP, flows="order>ordered shipped>goods"))
    first, second = on.start("customer", business_key="1"), on.start("customer", business_key="2")
    task = next(task for task in on.open("pack") if task.business_key == "2")
    on.engine.complete_task(task.id, {}, actor=SYSTEM)
    assert (on.names(first.id), on.names(second.id)) == ([], ["enjoy"])


def test_a_flow_to_a_pool_is_for_its_message_start() -> None:
    roots = '<message id="M" name="hello"/>'
    sender = pool("a", "startEvent:s", "sendTask:call")
    receiver = pool("b", f"startEvent:got|{NAMED.format('M')}", "userTask:t")
    files = collaboration(sender, receiver, flows="call>them", roots=roots)
    content = files["c.bpmn"].replace(b'<collaboration id="c">', b'<collaboration id="c"><participant id="them" processRef="b"/>')
    processes = {process.id: process for process in read(content, "c.bpmn").processes}
    assert processes["a"].elements["call"].events[0].name == "hello"


def test_a_pool_that_is_not_executed_names_nothing() -> None:
    sender = pool("a", "startEvent:s", f"endEvent:bye|{MESSAGE}")
    box = pool("b", f"startEvent:got|{MESSAGE}", executable=False)
    diagram = read(collaboration(sender, box, flows="bye>got")["c.bpmn"], "c.bpmn")
    assert diagram.processes[0].elements["bye"].events[0].name is None


def test_the_inputs_of_a_throw_event_are_what_it_sends(stage: Callable[..., Stage]) -> None:
    def parameter(side: str, name: str, value: str) -> str:
        inside = f'<camunda:{side}Parameter name="{name}">${{{value}}}</camunda:{side}Parameter>'
        return f"<extensionElements><camunda:inputOutput>{inside}</camunda:inputOutput></extensionElements>"

    sender = pool("a", "startEvent:s", "endEvent:bye|" + parameter("input", "total", "x * 2") + MESSAGE)
    receiver = pool("b", "startEvent:got|" + parameter("output", "twice", "total * 2") + MESSAGE, "userTask:t")
    on = stage(collaboration(sender, receiver, flows="bye>got"))
    on.start("a", x=3)
    (task,) = on.open("t")
    assert on.variables(task.instance_id) == {"total": 6, "twice": 12}


def path(message: str, text: str) -> str:
    inside = f"<messagePath>{text}</messagePath>"
    return f'<correlationPropertyRetrievalExpression messageRef="{message}">{inside}</correlationPropertyRetrievalExpression>'


ROOTS = (
    '<message id="ask" name="ask"/><message id="answer" name="answer"/>'
    f'<correlationProperty id="number" name="number">{path("ask", "n")}{path("answer", "reply.n")}</correlationProperty>'
)
KEY = '<correlationKey id="k" name="k"><correlationPropertyRef>number</correlationPropertyRef></correlationKey>'


def own(name: str, value: str) -> str:
    inside = f'<camunda:inputParameter name="{name}">{value}</camunda:inputParameter>'
    return f"<extensionElements><camunda:inputOutput>{inside}</camunda:inputOutput></extensionElements>"


ASKING = pool(
    "asking",
    "startEvent:s",
    "sendTask:send:messageRef='ask'|" + own("n", "${order}"),
    f"intermediateCatchEvent:wait|{NAMED.format('answer')}",
    "userTask:done",
).replace(
    'isExecutable="true">',
    'isExecutable="true"><correlationSubscription id="cs" correlationKeyRef="k">'
    '<correlationPropertyBinding correlationPropertyRef="number">'
    "<dataPath>order</dataPath></correlationPropertyBinding></correlationSubscription>",
    1,
)
ANSWERING = pool(
    "answering",
    f"startEvent:asked|{NAMED.format('ask')}",
    "userTask:think",
    "endEvent:tell|" + own("reply", '<camunda:map><camunda:entry key="n">${n}</camunda:entry></camunda:map>') + NAMED.format("answer"),
)


@pytest.mark.bpmn("correlation")
def test_a_correlation_key_tells_conversations_apart(stage: Callable[..., Stage]) -> None:
    on = stage(collaboration(ASKING, ANSWERING, roots=ROOTS, keys=KEY))
    one, two = on.start("asking", order=1), on.start("asking", order=2)
    second = on.open("think")[1]
    on.engine.complete_task(second.id, {}, actor=SYSTEM)
    assert (on.names(one.id), on.names(two.id)) == ([], ["done"])
    on.complete("think")
    assert on.names(one.id) == ["done"]


def test_without_a_binding_the_variables_of_the_conversation_tell(stage: Callable[..., Stage]) -> None:
    """The catch compares what its own variables have at the message's path."""
    waiting = pool("w", "startEvent:s", f"intermediateCatchEvent:wait|{NAMED.format('ask')}", "userTask:done")
    on = stage(collaboration(waiting, pool("x", "startEvent:y", "sendTask:send:messageRef='ask'"), roots=ROOTS, keys=KEY))
    one, two, new = on.start("w", n=1), on.start("w", n=2), on.start("w")
    on.start("x", n=2)
    assert [on.names(instance.id) for instance in (one, two, new)] == [[], ["done"], []]
    on.start("x", n=9)
    assert on.names(new.id) == ["done"], "its key had no value yet: its conversation begins with this message"
    assert on.names(one.id) == []


@pytest.mark.bpmn("correlation")
def test_a_message_from_outside_says_its_conversation(stage: Callable[..., Stage]) -> None:
    waiting = pool("w", "startEvent:s", f"intermediateCatchEvent:wait|{NAMED.format('answer')}", "userTask:done")
    on = stage(collaboration(waiting, roots=ROOTS, keys=KEY))
    one, two = on.start("w", reply={"n": 1}), on.start("w", reply={"n": 2})
    on.engine.correlate("answer", variables={"reply": {"n": 2}}, actor=SYSTEM)
    assert (on.names(one.id), on.names(two.id)) == ([], ["done"])
    with pytest.raises(NotFound):
        on.engine.correlate("answer", variables={"reply": {"n": 7}}, actor=SYSTEM)
