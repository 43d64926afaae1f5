"""The diagrams that are measured: both engines read the same files."""

from __future__ import annotations

import json
from itertools import pairwise

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="definitions" targetNamespace="urn:ruam:bench">\n'
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


def many(tasks: int, key: str = "many") -> bytes:
    """One user task, so many times at once, for the group that a variable names."""
    task = f'<bpmn:userTask id="work" name="งาน" camunda:candidateGroups="${{group}}">{_loop(tasks)}</bpmn:userTask>'
    return (HEAD + _process(key, _around(task)) + TAIL).encode()


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
