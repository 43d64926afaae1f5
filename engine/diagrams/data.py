"""Data objects, properties, data inputs and outputs: the variables behind them (BPMN 2.0.2, 10.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.diagrams.model import DataAssociation
from engine.diagrams.namespaces import ACTIVITI, BPMN, FLOWABLE, Node, bpmn_child, bpmn_children, bpmn_text, nodes, split, text_of
from engine.language.tokens import is_name

_NAMED = ("dataObject", "dataObjectReference", "dataStoreReference", "property", "dataInput", "dataOutput")
_NUMBERS = {"int": int, "integer": int, "long": int, "double": float, "float": float, "decimal": float}


def variable_of(node: Node) -> str | None:
    """The variable behind a piece of data: its name, or its id where the name is no name of a variable ("one of them")."""
    name: str | None = node.get("name")
    return name if name and is_name(name) else node.get("id") or name


def data_names(root: Node) -> dict[str, tuple[str, ...]]:
    """By id, what the variable behind a piece of data may be called: its name, the name and id of the object it refers to, its id."""
    found: dict[str, Node] = {node.get("id"): node for node in root.iter(*(f"{{{BPMN}}}{name}" for name in _NAMED)) if node.get("id")}
    names: dict[str, tuple[str, ...]] = {}
    for key, node in found.items():
        referred = found.get(node.get("dataObjectRef", ""))
        both = [node.get("name"), *([] if referred is None else [referred.get("name"), referred.get("id")]), key]
        names[key] = tuple(dict.fromkeys(name for name in both if name and not name.startswith("__")))  # bpmn-js: __targetRef_placeholder
    return names


def associations(node: Node, kind: str, names: dict[str, tuple[str, ...]]) -> Iterator[DataAssociation]:
    """The associations of an activity that copy: without an assignment or transformation, between data of different names."""
    for association in bpmn_children(node, kind):
        if bpmn_child(association, "assignment") is None and bpmn_child(association, "transformation") is None:
            sources, targets = (names.get(bpmn_text(association, side) or "", ()) for side in ("sourceRef", "targetRef"))
            if sources and targets and not set(sources) & set(targets):
                yield DataAssociation(sources, targets)


def initial_values(scope: Node) -> dict[str, Any]:
    """The values that Flowable's data objects have from the beginning, by name."""
    found = {}
    for node in bpmn_children(scope, "dataObject"):
        for container in bpmn_children(node, "extensionElements"):
            for extension in nodes(container):
                if split(extension.tag) in ((FLOWABLE, "value"), (ACTIVITI, "value")) and node.get("name"):
                    found[node.get("name")] = _typed(text_of(extension) or "", (node.get("itemSubjectRef") or "").rpartition(":")[2])
    return found


def _typed(text: str, kind: str) -> Any:
    if kind == "boolean":
        return text.strip().lower() == "true"
    try:
        return _NUMBERS[kind](text) if kind in _NUMBERS else text
    except ValueError:
        return text
