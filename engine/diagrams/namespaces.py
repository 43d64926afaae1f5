"""The XML namespaces of BPMN and of the dialects, and the few ways a reader takes a node apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
CAMUNDA_EARLY = "http://camunda.org/bpmn"  # what Camunda 7 wrote while it was young
OPERATON = "http://operaton.org/schema/1.0/bpmn"  # Camunda 7 as it goes on under another name
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
FLOWABLE = "http://flowable.org/bpmn"
ACTIVITI = "http://activiti.org/bpmn"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
RUAM = "urn:ruam:bpmn:1"
VENDORS = (CAMUNDA, CAMUNDA_EARLY, OPERATON, FLOWABLE, ACTIVITI)  # Camunda 7 and its relatives

# The prefix a property is filed under, whatever prefix its file chose.
PREFIXES = {
    CAMUNDA: "camunda",
    CAMUNDA_EARLY: "camunda",
    OPERATON: "camunda",
    ZEEBE: "zeebe",
    FLOWABLE: "flowable",
    ACTIVITI: "activiti",
    SPIFF: "spiffworkflow",
    RUAM: "ruam",
    XSI: "xsi",
}

# lxml's stubs do not name the type of a node, so the package names it here once.
Node = Any


def split(name: str) -> tuple[str, str]:
    """Namespace and local name of `{namespace}local`; the namespace is empty where there is none."""
    if name.startswith("{"):
        namespace, _, local = name[1:].partition("}")
        return namespace, local
    return "", name


def nodes(parent: Node | None) -> Iterator[Node]:
    """The element children of a node: no comments, no processing instructions."""
    if parent is not None:
        yield from parent.iterchildren("*")


def bpmn_name(node: Node) -> str | None:
    """The local name of a BPMN element, None for a foreign one."""
    namespace, local = split(node.tag)
    return local if namespace == BPMN else None


def bpmn_children(parent: Node | None, *names: str) -> list[Node]:
    """The children with one of these BPMN names, in the order of the file."""
    return [] if parent is None else list(parent.iterchildren(*(f"{{{BPMN}}}{name}" for name in names)))


def bpmn_child(parent: Node | None, name: str) -> Node | None:
    """The first child of that BPMN name."""
    return None if parent is None else parent.find(f"{{{BPMN}}}{name}")


def text_of(node: Node | None) -> str | None:
    """The text of a node without surrounding space, None where there is none. Comments in between are skipped."""
    if node is None:
        return None
    text = (node.text or "") + "".join(child.tail or "" for child in node)
    return text.strip() or None


def bpmn_text(parent: Node | None, name: str) -> str | None:
    """The text of the first child of that BPMN name."""
    return text_of(bpmn_child(parent, name))


def prefixed(node: Node, name: str) -> str:
    """`prefix:local` for a tag or attribute name: the dialect's usual prefix, else the file's own."""
    namespace, local = split(name)
    if not namespace:
        return local
    prefix = PREFIXES.get(namespace)
    if prefix is None:
        prefix = next((key for key, uri in node.nsmap.items() if uri == namespace and key), namespace)
    return f"{prefix}:{local}"


def without_prefix(node: Node, reference: str | None) -> str | None:
    """A QName reference (`tns:order`) without its prefix, if that prefix is declared; else the text as it stands."""
    if not reference:
        return None
    reference = reference.strip()
    prefix, colon, local = reference.partition(":")
    return local if colon and prefix in node.nsmap else reference or None


def flag(text: str | None, default: bool) -> bool:
    """An xsd:boolean."""
    if text is None:
        return default
    return text.strip().lower() in ("true", "1")


def number(text: str | None) -> int | None:
    """A whole number of ASCII digits, None where the text is not one."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
