"""References that name nothing in the file, and what the drawing (BPMN DI) draws or leaves out."""

from __future__ import annotations

from engine.diagrams.catalog import Catalog
from engine.diagrams.elements import FLOW_NODES
from engine.diagrams.namespaces import BPMN, Node, bpmn_children, bpmn_name, split

_FLOW = f"{{{BPMN}}}sequenceFlow"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
Reference = tuple[Node, str, str]  # who refers, by which attribute or element, to what

# Noted where they are read or ruled on; and what names things outside of the file (types, services, processes) or variables.
_KNOWN = frozenset((
    "default", "attachedToRef", "activityRef", "flowNodeRef", "incoming", "outgoing", "processRef", "calledElement", "eventDefinitionRef",
    "structureRef", "evaluatesToTypeRef", "type", "implementationRef", "definition", "source", "target", "supports", "loopDataInputRef",
    "loopDataOutputRef", "calledCollaborationRef", "calledChoreographyRef",
))  # fmt: skip
_IN_EVENTS = frozenset(("messageRef", "signalRef", "errorRef", "escalationRef"))


def note_dangling(references: list[Reference], ids: set[str], root: Node, catalog: Catalog) -> None:
    """Warn of references to what is not in the file, and of shapes without their element."""
    own = root.get("targetNamespace")
    for node, name, value in references:
        if name in _KNOWN or (name in _IN_EVENTS and _read(node)) or (node.tag == _FLOW and name in ("sourceRef", "targetRef")):
            continue
        reference = value.strip()
        prefix, colon, local = reference.partition(":")
        if not reference or reference in ids or (colon and (local in ids or node.nsmap.get(prefix, own) != own)):
            continue
        catalog.note(
            "dangling-reference",
            f"{name} names {reference!r}, which is not in the file.",
            f"{name} อ้างถึง {reference!r} ซึ่งไม่มีในไฟล์",
            node,
            severity="warning",
        )
    _drawing(root, ids, catalog)


def _read(node: Node) -> bool:
    """Whether the references of a node are looked up as it is read."""
    return (bpmn_name(node) or "").endswith(("EventDefinition", "sendTask", "receiveTask", "messageFlow"))


def _drawing(root: Node, ids: set[str], catalog: Catalog) -> None:
    """Warn of shapes of nothing, and where there is a drawing, of elements of a process that are not on it."""
    drawn: set[str] = set()
    for name in ("BPMNShape", "BPMNEdge"):
        for shape in root.iter(f"{{{DI}}}{name}"):
            element = (shape.get("bpmnElement") or "").strip()
            element = element if element in ids else element.rpartition(":")[2]
            drawn.add(element)
            if element and element not in ids:
                catalog.note(
                    "dangling-reference",
                    f"A {name} draws {element!r}, which is not in the file.",
                    f"{name} วาด {element!r} ซึ่งไม่มีในไฟล์",
                    shape,
                    severity="warning",
                )
    if not drawn:
        return
    for process in bpmn_children(root, "process"):
        for node in process:
            if isinstance(node.tag, str) and bpmn_name(node) in FLOW_NODES and node.get("id") not in drawn:
                catalog.note(
                    "not-drawn",
                    f"This {split(node.tag)[1]} has no shape: people do not see it in the diagram.",
                    f"{split(node.tag)[1]} นี้ไม่มีรูปในแผนภาพ ผู้ใช้จึงมองไม่เห็น",
                    node,
                    severity="warning",
                )
