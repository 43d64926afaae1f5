"""What is known of an element while its dialects are read: each takes what it understands, the first to say a thing wins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.diagrams.catalog import Catalog
from engine.diagrams.model import DataMapping
from engine.diagrams.namespaces import BPMN, Node, bpmn_children, bpmn_name, nodes, prefixed, split, text_of

_MAX_NESTING = 20  # of a structure kept as a property


@dataclass(slots=True)
class Draft:
    """An element being read. What no dialect takes is left for `properties`."""

    node: Node
    type: str
    catalog: Catalog
    attributes: dict[str, str]  # foreign attributes by `{namespace}name`
    extensions: list[Node]  # children of extensionElements
    fields: dict[str, Any] = field(default_factory=dict)  # of Element
    human: dict[str, Any] = field(default_factory=dict)  # of HumanTask
    work: dict[str, Any] = field(default_factory=dict)  # of Work
    call: dict[str, Any] = field(default_factory=dict)  # of Call
    inputs: list[DataMapping] = field(default_factory=list)
    outputs: list[DataMapping] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)

    @property
    def has_work(self) -> bool:
        """Whether a dialect has said already what the element does."""
        return "kind" in self.work

    def take(self, namespace: str, name: str) -> str | None:
        """A foreign attribute, taken out; None where it is missing or empty."""
        return (self.attributes.pop(f"{{{namespace}}}{name}", "") or "").strip() or None

    def take_children(self, namespace: str, name: str) -> list[Node]:
        """The extension elements of that name, taken out."""
        tag = f"{{{namespace}}}{name}"
        taken = [node for node in self.extensions if node.tag == tag]
        if taken:
            self.extensions = [node for node in self.extensions if node.tag != tag]
        return taken

    def take_child(self, namespace: str, name: str) -> Node | None:
        """The first extension element of that name; all of that name are taken out."""
        return next(iter(self.take_children(namespace, name)), None)

    def finish(self) -> None:
        """File what no dialect took under `properties`."""
        for name, value in self.attributes.items():
            self.properties.setdefault(prefixed(self.node, name), value)
        for node in self.extensions:
            add_property(self.properties, prefixed(node, node.tag), structure(node))


def start_draft(node: Node, kind: str, catalog: Catalog) -> Draft:
    """A draft with the foreign attributes and extension elements of a node.

    Those of a message event definition are counted with them: a throw event's work (`camunda:class`, `camunda:topic`) stands there.
    """
    attributes: dict[str, str] = {}
    extensions: list[Node] = []
    for owner in (node, *bpmn_children(node, "messageEventDefinition", "timerEventDefinition", "terminateEventDefinition")):
        for name, value in owner.attrib.items():
            if split(name)[0] not in ("", BPMN):
                attributes.setdefault(name, value)
        for container in bpmn_children(owner, "extensionElements"):
            extensions.extend(nodes(container))
    return Draft(node, kind, catalog, attributes, extensions)


def put(target: dict[str, Any], **values: Any) -> None:
    """Set what is not set yet; what is None or empty says nothing."""
    for key, value in values.items():
        if value not in (None, (), "", [], {}):
            target.setdefault(key, value)


def add_property(properties: dict[str, Any], name: str, value: Any) -> None:
    """File a property; several of one name become a list."""
    if name not in properties:
        properties[name] = value
    elif isinstance(properties[name], list):
        properties[name].append(value)
    else:
        properties[name] = [properties[name], value]


def structure(node: Node, depth: int = 0) -> Any:
    """An extension element as plain values: its text if it is only that, else its attributes, text and children by name."""
    children = list(nodes(node)) if depth < _MAX_NESTING else []
    if not children and not node.attrib:
        return text_of(node) or ""
    result: dict[str, Any] = {split(name)[1]: value for name, value in node.attrib.items()}
    text = text_of(node)
    if text:
        result["text"] = text
    for child in children:
        add_property(result, split(child.tag)[1], structure(child, depth + 1))
    return result


def comma_list(text: str | None) -> tuple[str, ...]:
    """`a, b, ${c(d, e)}` as its items: commas inside ${…} do not part them, a whole expression after `=` is one item."""
    if not text:
        return ()
    if text.lstrip().startswith("="):
        return (text.strip(),)
    items, depth, current = [], 0, ""
    for character in text:
        depth += (character in "{([") - (character in "})]")
        if character == "," and depth <= 0:
            items.append(current)
            current = ""
        else:
            current += character
    items.append(current)
    return tuple(item.strip() for item in items if item.strip())


def as_template(name: str) -> str:
    """A bare variable name or expression as a template; what is a template already stays as it is."""
    text = name.strip()
    return text if text.startswith("=") or "${" in text or "#{" in text else f"${{{text}}}"


def throws_or_works(draft: Draft) -> bool:
    """Whether the element can have work of its own: a service, send or business-rule task or a message that is thrown."""
    return draft.type in ("serviceTask", "sendTask", "businessRuleTask") or (
        draft.type in ("intermediateThrowEvent", "endEvent") and any(bpmn_name(n) == "messageEventDefinition" for n in nodes(draft.node))
    )
