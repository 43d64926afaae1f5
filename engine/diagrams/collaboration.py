"""Pools and message flows (BPMN 2.0.2, 9.3 and 9.4). Messages find their way by name, not by arrows: what is wrong is a warning."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.catalog import Catalog
from engine.diagrams.elements import ACTIVITIES, FLOW_NODES
from engine.diagrams.namespaces import BPMN, Node, bpmn_children, bpmn_name, without_prefix

_SOURCES = ACTIVITIES | {"participant", "intermediateThrowEvent", "endEvent"}
_TARGETS = ACTIVITIES | {"participant", "startEvent", "intermediateCatchEvent", "boundaryEvent"}
_MESSAGE, _REFERENCE = f"{{{BPMN}}}messageEventDefinition", f"{{{BPMN}}}eventDefinitionRef"


def note_collaborations(root: Node, catalog: Catalog) -> None:
    """Warn of message flows within a pool, or between what neither sends nor receives."""
    ends = {node.get("id"): node for node in root.iter(*(f"{{{BPMN}}}{name}" for name in FLOW_NODES | {"participant"}))}
    for collaboration in bpmn_children(root, "collaboration"):
        pools = {without_prefix(pool, pool.get("processRef")): pool.get("id") for pool in bpmn_children(collaboration, "participant")}
        for flow in bpmn_children(collaboration, "messageFlow"):
            source, target = (ends.get(without_prefix(flow, flow.get(name))) for name in ("sourceRef", "targetRef"))
            if source is None or target is None:
                continue  # a dangling reference, or an end in a choreography
            for message, message_th in _wrong(source, target, pools):
                catalog.note("message-flow", message, message_th, flow, severity="warning")


def _wrong(source: Node, target: Node, pools: dict[str | None, str | None]) -> Iterator[tuple[str, str]]:
    if _pool(source, pools) == _pool(target, pools) is not None:
        yield "A message flow leads from one pool to another, not within one.", "เส้นข้อความต้องเชื่อมระหว่างพูล ไม่ใช่ภายในพูลเดียวกัน"
    for node, able, verb, verb_th in ((source, _SOURCES, "sends", "ส่ง"), (target, _TARGETS, "receives", "รับ")):
        name = bpmn_name(node) or ""
        event = name.endswith("Event") and name != "startEvent" and node.find(_MESSAGE) is None and node.find(_REFERENCE) is None
        if name not in able or event:
            yield f"The {name} {node.get('id')!r} {verb} no message.", f"{name} {node.get('id')!r} ไม่ได้{verb_th}ข้อความ"


def _pool(node: Node, pools: dict[str | None, str | None]) -> str | None:
    """The id of the pool something stands in; a pool's own."""
    if bpmn_name(node) == "participant":
        own: str | None = node.get("id")
        return own
    process = next(node.iterancestors(f"{{{BPMN}}}process"), None)
    return pools.get(process.get("id")) if process is not None else None
