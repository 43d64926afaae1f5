"""Ten-line diagrams: elements as XML, flows as `a > b > c` with conditions in brackets."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:ruam="urn:ruam:bpmn:1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="t">'
)


def draw(body: str, flows: str = "", *, key: str = "p", inner: dict[str, str] | None = None, definitions: str = "") -> bytes:
    """A BPMN file with one process. `inner` gives the flows of sub-processes, put where the body says `{flows:id}`.

    Flows: one chain a line or `;`, `a > b`, `a >[x == 1] b`, `a >* b` (the default flow of a).
    """
    defaults: dict[str, str] = {}
    for sub_process, text in (inner or {}).items():
        body = body.replace(f"{{flows:{sub_process}}}", _flows(text, defaults, f"{sub_process}_"))
    own = _flows(flows, defaults, "")
    for element_id, flow_id in defaults.items():
        body = re.sub(rf'(<\w+ id="{element_id}")', rf'\1 default="{flow_id}"', body)
    return f'{HEAD}{definitions}<process id="{key}" isExecutable="true">{body}{own}</process></definitions>'.encode()


def _flows(text: str, defaults: dict[str, str], prefix: str) -> str:
    drawn = []
    for chain in re.split(r"[;\n]", text):
        parts = re.split(r"\s*>(?:\[(.*?)\]|(\*))?\s*", chain.strip())
        for index in range(0, len(parts) - 3, 3):
            source, condition, default, target = parts[index : index + 4]
            flow_id = f"{prefix}f{len(drawn)}_{source}_{target}"
            if default:
                defaults[source] = flow_id
            inside = (
                f'<conditionExpression xsi:type="tFormalExpression">${{{escape(condition)}}}</conditionExpression>' if condition else ""
            )
            drawn.append(f'<sequenceFlow id="{flow_id}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>')
    return "".join(drawn)


def users(*ids: str) -> str:
    """User tasks with these ids."""
    return "".join(f'<userTask id="{element_id}" name="{element_id}"/>' for element_id in ids)
