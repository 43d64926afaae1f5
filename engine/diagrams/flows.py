"""Sequence flows as the file writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.diagrams.dialects.draft import add_property, structure
from engine.diagrams.namespaces import BPMN, Node, bpmn_child, bpmn_children, nodes, prefixed, split, text_of, without_prefix


@dataclass(frozen=True, slots=True)
class Arrow:
    """A sequence flow before those without an id got one."""

    id: str | None
    source: str
    target: str
    fields: dict[str, Any]


def read_arrow(node: Node) -> Arrow:
    """Read a `sequenceFlow`."""
    condition = bpmn_child(node, "conditionExpression")
    properties: dict[str, Any] = {}
    for owner in (node, condition):
        for name, value in owner.attrib.items() if owner is not None else ():
            if split(name)[0] and not name.endswith("}type") and split(name)[0] != BPMN:
                properties[prefixed(owner, name)] = value
    for container in bpmn_children(node, "extensionElements"):
        for extension in nodes(container):
            add_property(properties, prefixed(extension, extension.tag), structure(extension))
    return Arrow(
        node.get("id") or None,
        without_prefix(node, node.get("sourceRef")) or "",
        without_prefix(node, node.get("targetRef")) or "",
        {
            "condition": text_of(condition),
            "language": condition.get("language") if condition is not None else None,
            "name": node.get("name"),
            "line": node.sourceline,
            "properties": properties,
        },
    )
