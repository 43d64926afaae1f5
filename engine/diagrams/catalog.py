"""What stands beside the processes of a file and is referred to by id: messages, signals, errors, escalations, event definitions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from engine.diagrams.correlation import Correlation, read_correlation
from engine.diagrams.data import data_names
from engine.diagrams.namespaces import RUAM, SPIFF, ZEEBE, Node, bpmn_name, nodes, split, text_of
from engine.errors import Problem

MOST_FINDINGS = 1_000  # of a severity: nobody reads more, and a file can be made to have any number
_REFERRED = ("message", "signal", "error", "escalation", "resource")


@dataclass(slots=True)
class Catalog:
    """The root elements of a file by id, and the problems met while reading it."""

    file: str
    roots: dict[str, dict[str, Node]] = field(default_factory=dict)  # kind → id → node
    definitions: dict[str, Node] = field(default_factory=dict)  # root event definitions by id
    forms: dict[str, Node] = field(default_factory=dict)  # Camunda 8's embedded forms (zeebe:userTaskForm) by id
    correlation: Correlation = field(default_factory=Correlation)
    data: dict[str, tuple[str, ...]] = field(default_factory=dict)  # names of the variables behind data objects, inputs …, by id
    spiff: bool = False  # drawn for SpiffArena: bare texts are Python there
    problems: list[Problem] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)  # of problems, by severity

    def find(self, kind: str, reference: str | None, asker: Node, severity: str = "error") -> Node | None:
        """The root element a reference names, with or without a namespace prefix; a problem is noted where it is missing."""
        if not reference:
            return None
        found = look_up(self.roots.get(kind, {}), reference)
        if found is None:
            message, message_th = f"There is no {kind} {reference!r} in the file.", f"ไม่พบ {kind} {reference!r} ในไฟล์"
            self.note("dangling-reference", message, message_th, asker, severity)
        return found

    def note(self, rule: str, message: str, message_th: str, node: Node, severity: str = "error") -> None:
        """Remember a problem at a node; of a severity as many as are ever listed, and one to know that there were more."""
        self.counts[severity] += 1
        if self.counts[severity] > MOST_FINDINGS + 1:
            return
        owner = node
        while owner is not None and not owner.get("id"):
            owner = owner.getparent()
        self.problems.append(
            Problem(
                message,
                message_th,
                rule=rule,
                severity=severity,
                file=self.file,
                line=node.sourceline,
                element_id=owner.get("id") if owner is not None else None,
                element_name=owner.get("name") if owner is not None else None,
            )
        )


def look_up(nodes_by_id: dict[str, Node], reference: str) -> Node | None:
    """The node of that id, else of the id without its namespace prefix."""
    found = nodes_by_id.get(reference)  # not `or`: a node without children is false
    return nodes_by_id.get(reference.partition(":")[2]) if found is None else found


def read_catalog(root: Node, file: str) -> Catalog:
    """Collect the root elements of a `definitions` node."""
    catalog = Catalog(file, correlation=read_correlation(root), spiff=SPIFF in root.nsmap.values())
    catalog.data = data_names(root)
    for node in nodes(root):
        name, key = bpmn_name(node), node.get("id")
        if name is None or not key:
            continue
        if name in _REFERRED:
            catalog.roots.setdefault(name, {}).setdefault(key, node)
        elif name.endswith("EventDefinition"):
            catalog.definitions.setdefault(key, node)
    catalog.forms = {node.get("id", ""): node for node in root.iter(f"{{{ZEEBE}}}userTaskForm")}
    return catalog


def correlation_of(message: Node) -> str | None:
    """The expression a message is correlated by, as zeebe or ruam write it."""
    own: str | None = message.get(f"{{{RUAM}}}correlation")
    if own:
        return own
    for node in message.iter(f"{{{ZEEBE}}}subscription"):
        key: str | None = node.get("correlationKey")
        return key
    return None


def spiff_payload(owner: Node) -> tuple[str | None, str | None]:
    """SpiffArena's payload expression and the variable it goes to."""
    payload = variable = None
    for node in owner.iter(
        f"{{{SPIFF}}}messagePayload", f"{{{SPIFF}}}payloadExpression", f"{{{SPIFF}}}messageVariable", f"{{{SPIFF}}}variableName"
    ):
        if split(node.tag)[1] in ("messagePayload", "payloadExpression"):
            payload = payload or text_of(node)
        else:
            variable = variable or text_of(node)
    return payload, variable
