"""The diagrams that are measured: both engines read the same files."""

from __future__ import annotations

import json
from itertools import pairwise

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="definitions" targetNamespace="urn:ruam:bench">\n'
)
DRAWN_HEAD = HEAD.replace(
    "xmlns:camunda",
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:camunda',
)
TAIL = "</bpmn:definitions>\n"


def linear(tasks: int, key: str = "linear") -> bytes:
    """So many user tasks, one after another."""
    return (HEAD + _process(key, _chain(tasks)) + TAIL).encode()


def inside(provinces: int, tasks: int, key: str = "inside") -> bytes:
    """A sub-process of so many tasks, so many times at once."""
    body = f'<bpmn:subProcess id="work">{_loop(provinces)}{_chain(tasks)}</bpmn:subProcess>'
    return (HEAD + _process(key, _around(body)) + TAIL).encode()


def called(provinces: int, tasks: int, key: str = "called") -> dict[str, bytes]:
    """A process that calls another one of so many tasks, so many times at once: two files."""
    body = f'<bpmn:callActivity id="work" calledElement="{key}_province">{_loop(provinces)}</bpmn:callActivity>'
    return {
        f"{key}.bpmn": (HEAD + _process(key, _around(body)) + TAIL).encode(),
        f"{key}_province.bpmn": linear(tasks, f"{key}_province"),
    }


FORM = json.dumps(
    {
        "type": "object",
        "title": "รายงาน",
        "x-en": {"title": "Report"},
        "required": ["summary", "pages"],
        "properties": {
            "summary": {"type": "string", "title": "สรุป", "x-en": {"title": "Summary"}, "x-widget": "textarea"},
            "pages": {"type": "integer", "title": "จำนวนหน้า", "x-en": {"title": "Pages"}, "minimum": 1},
            "final": {"type": "boolean", "title": "ฉบับสมบูรณ์", "x-en": {"title": "Final"}},
        },
    }
).encode()
VALUES = {"summary": "ประชุมครบทุกภาค", "pages": "12", "final": "true"}


def one_form(key: str = "form") -> bytes:
    """One user task with a form."""
    return (HEAD + _process(key, _chain(1).replace("<bpmn:userTask ", '<bpmn:userTask camunda:formKey="report" ')) + TAIL).encode()


def external(topic: str, key: str = "external") -> bytes:
    """One task for a worker outside."""
    task = f'<bpmn:serviceTask id="work" name="งาน" camunda:type="external" camunda:topic="{topic}"/>'
    return (HEAD + _process(key, _around(task)) + TAIL).encode()


def many(tasks: int, key: str = "many") -> bytes:
    """One user task, so many times at once, for the group that a variable names."""
    task = f'<bpmn:userTask id="work" name="งาน" camunda:candidateGroups="${{group}}">{_loop(tasks)}</bpmn:userTask>'
    return (HEAD + _process(key, _around(task)) + TAIL).encode()


def large(elements: int, key: str = "large") -> bytes:
    """So many elements as a modeler exports them: names, incoming and outgoing, expressions, decisions, the drawing."""
    drawn: list[tuple[str, str, str]] = [("startEvent", "begin", "")]
    flows: list[tuple[str, str, str]] = []
    while len(drawn) < elements - 4:
        number, before = len(drawn), drawn[-1][1]
        split, join, left, right = (f"{word}{number}" for word in ("split", "join", "ask", "set"))
        drawn += [
            ("exclusiveGateway", split, ""),
            ("userTask", left, f'name="ตรวจ {number}" camunda:candidateGroups="staff,boss" camunda:dueDate="${{due}}"'),
            ("scriptTask", right, f'name="คิด {number}"'),
            ("exclusiveGateway", join, ""),
        ]
        flows += [(before, split, ""), (split, left, "amount > 1000 and approved"), (split, right, "not (amount > 1000 and approved)")]
        flows += [(left, join, ""), (right, join, "")]
    flows.append((drawn[-1][1], "finish", ""))
    drawn.append(("endEvent", "finish", ""))
    nodes = "".join(
        _drawn(kind, node, attributes, flows_at) for (kind, node, attributes), flows_at in zip(drawn, _at(drawn, flows), strict=True)
    )
    arrows = "".join(_arrow(number, *flow) for number, flow in enumerate(flows))
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{node}_di" bpmnElement="{node}"><dc:Bounds x="{x}" y="80" width="100" height="80"/></bpmndi:BPMNShape>\n'
        for x, (_, node, _) in enumerate(drawn)
    )
    edges = "".join(
        f'<bpmndi:BPMNEdge id="f{n}_di" bpmnElement="f{n}"><di:waypoint x="1" y="2"/><di:waypoint x="3" y="4"/></bpmndi:BPMNEdge>\n'
        for n in range(len(flows))
    )
    plane = f'<bpmndi:BPMNPlane id="plane" bpmnElement="{key}">\n{shapes}{edges}</bpmndi:BPMNPlane>'
    drawing = f'<bpmndi:BPMNDiagram id="drawing">{plane}</bpmndi:BPMNDiagram>\n'
    return (DRAWN_HEAD + _process(key, nodes + arrows) + drawing + TAIL).encode()


def _at(drawn: list[tuple[str, str, str]], flows: list[tuple[str, str, str]]) -> list[str]:
    """The incoming and outgoing flows of each element."""
    found: dict[str, list[str]] = {node: [] for _, node, _ in drawn}
    for number, (source, target, _) in enumerate(flows):
        found[target].insert(0, f"<bpmn:incoming>f{number}</bpmn:incoming>")
        found[source].append(f"<bpmn:outgoing>f{number}</bpmn:outgoing>")
    return ["".join(found[node]) for _, node, _ in drawn]


def _drawn(kind: str, node: str, attributes: str, flows_at: str) -> str:
    script = "<bpmn:script>total = total + 1; names = [x.name for x in rows if x.ok]</bpmn:script>" if kind == "scriptTask" else ""
    return f'<bpmn:{kind} id="{node}" {attributes}>{flows_at}{script}</bpmn:{kind}>\n'


def _arrow(number: int, source: str, target: str, condition: str) -> str:
    text = condition.replace(">", "&gt;")
    inside = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${{{text}}}</bpmn:conditionExpression>' if condition else ""
    return f'<bpmn:sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>\n'


def _process(key: str, content: str) -> str:
    return f'<bpmn:process id="{key}" isExecutable="true">{content}</bpmn:process>\n'


def _loop(times: int) -> str:
    return (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="false">'
        f'<bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">{times}</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>'
    )


def _around(work: str) -> str:
    return (
        '<bpmn:startEvent id="begin"/>' + work + '<bpmn:endEvent id="finish"/>'
        '<bpmn:sequenceFlow id="to_work" sourceRef="begin" targetRef="work"/>'
        '<bpmn:sequenceFlow id="from_work" sourceRef="work" targetRef="finish"/>'
    )


def _chain(tasks: int) -> str:
    nodes = ["first", *(f"task{n}" for n in range(1, tasks + 1)), "last"]
    users = (f'<bpmn:userTask id="{node}" name="งาน {node}" camunda:candidateGroups="workers"/>' for node in nodes[1:-1])
    flows = (f'<bpmn:sequenceFlow id="{before}_{after}" sourceRef="{before}" targetRef="{after}"/>' for before, after in pairwise(nodes))
    return f'<bpmn:startEvent id="first"/>{"".join(users)}<bpmn:endEvent id="last"/>{"".join(flows)}'
