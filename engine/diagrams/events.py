"""Event definitions: what an event, a receive task or a send task waits for or throws (BPMN 2.0.2, section 10.5)."""

from __future__ import annotations

import re

from engine.diagrams.catalog import Catalog, correlation_of, look_up, spiff_payload
from engine.diagrams.dialects.draft import as_template
from engine.diagrams.model import DataMapping, EventDefinition, Parcel
from engine.diagrams.namespaces import (
    RUAM,
    VENDORS,
    Node,
    bpmn_child,
    bpmn_name,
    bpmn_text,
    flag,
    nodes,
    prefixed,
    text_of,
    without_prefix,
)

_SUFFIX = "EventDefinition"
_TIMERS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
_QUOTED = re.compile(r"""^(["'])([^"'\\]*)\1$""")
_BARE = re.compile(r"^[^\W\d][\w.]*(\(.*\))?$", re.DOTALL)  # a name or a call, as SpiffWorkflow writes timers
_ISO = re.compile(r"^(P[T\d]|R\d*/|\d{4}-)")
KINDS = frozenset(("timer", "message", "signal", "error", "escalation", "conditional", "link", "compensation", "cancel", "terminate"))


def read_events(node: Node, catalog: Catalog) -> tuple[EventDefinition, ...]:
    """The event definitions of a flow node: inline ones, those referred to, and the message of a send or receive task."""
    found: list[EventDefinition] = []
    for child in nodes(node):
        name = bpmn_name(child) or ""
        if name == "eventDefinitionRef":
            definition = referred(text_of(child) or "", child, node, catalog)
            found += [definition] if definition is not None else []
        elif name.endswith(_SUFFIX):
            found.append(_definition(child, node, catalog))
    if bpmn_name(node) in ("sendTask", "receiveTask") and node.get("messageRef"):
        found.append(_message(node, node, catalog))
    return tuple(found)


def referred(reference: str | None, asker: Node, owner: Node, catalog: Catalog) -> EventDefinition | None:
    """The event definition of the file that a node refers to; a problem is noted where it is missing."""
    if reference is None:
        return None
    definition = look_up(catalog.definitions, reference)
    if definition is None:
        catalog.note(
            "dangling-reference",
            f"There is no event definition {reference!r} in the file.",
            f"ไม่พบนิยามเหตุการณ์ {reference!r} ในไฟล์",
            asker,
        )
        return None
    return _definition(definition, owner, catalog)


def _definition(node: Node, owner: Node, catalog: Catalog) -> EventDefinition:
    kind = (bpmn_name(node) or "").removesuffix(_SUFFIX)
    kind = "compensation" if kind == "compensate" else kind
    if kind == "timer":
        return _timer(node)
    if kind == "message":
        return _message(node, owner, catalog)
    if kind == "signal":
        signal = catalog.find("signal", node.get("signalRef"), node)
        payload, variable = spiff_payload(signal) if signal is not None else (None, None)
        name, within = _vendor(node, "signalExpression"), False
        if signal is not None:
            name, within = signal.get("name"), _vendor(signal, "scope") == "processInstance"
        return EventDefinition(kind, name=name, within=within, payload=payload, variable=variable, parcel=_parcel(node))
    if kind in ("error", "escalation"):
        return _coded(kind, node, catalog)
    if kind == "conditional":
        changes = (_vendor(node, "variableEvents") or _vendor(node, "variableEvent") or "").replace(",", " ").split()
        return EventDefinition(
            kind, expression=bpmn_text(node, "condition"), variable=_vendor(node, "variableName"), changes=tuple(changes)
        )
    if kind == "link":
        return EventDefinition(kind, name=(node.get("name") or "").strip() or None)
    if kind == "compensation":
        return EventDefinition(
            kind, activity_ref=without_prefix(node, node.get("activityRef")), waits=flag(node.get("waitForCompletion"), default=True)
        )
    return EventDefinition(kind, everything=kind == "terminate" and flag(_vendor(node, "terminateAll"), default=False))


def _parcel(node: Node) -> Parcel | None:
    """What Camunda 7 lets a signal take along; its processes get what is written, nothing else."""
    extensions = bpmn_child(node, "extensionElements")
    taken = [child for child in nodes(extensions) if prefixed(child, child.tag) == "camunda:in"]
    if not taken:
        return None
    given = [(child.get("target"), child.get("source") or child.get("sourceExpression"), bool(child.get("source"))) for child in taken]
    return Parcel(
        tuple(DataMapping(target, as_template(source), or_null=named) for target, source, named in given if target and source),
        any(child.get("variables") == "all" for child in taken),
        next((child.get("businessKey") for child in taken if child.get("businessKey")), None),
    )


def _timer(node: Node) -> EventDefinition:
    for child in nodes(node):
        timer = _TIMERS.get(bpmn_name(child) or "")
        if timer:
            text, end = _timer_text(text_of(child)), _vendor(child, "endDate")
            return EventDefinition("timer", timer=timer, expression=f"{text}/{end}" if end and timer == "cycle" else text)
    return EventDefinition("timer")


def _timer_text(text: str | None) -> str | None:
    """A name or a call is an expression; SpiffWorkflow's timers are Python, where a quoted text is that text."""
    if text is None:
        return text
    quoted = _QUOTED.match(text)
    if quoted:
        return quoted.group(2)
    return f"${{{text}}}" if _BARE.match(text) and not _ISO.match(text) else text


def _message(node: Node, owner: Node, catalog: Catalog) -> EventDefinition:
    message = catalog.find("message", node.get("messageRef"), node)
    correlation = node.get(f"{{{RUAM}}}correlation") or owner.get(f"{{{RUAM}}}correlation")
    payload, variable = spiff_payload(owner)
    name, said = _vendor(node, "messageExpression"), None
    if message is not None:
        name = (message.get("name") or "").strip() or None
        correlation = correlation or correlation_of(message)
        if correlation is None:
            correlation, said = catalog.correlation.expressions(message.get("id"), owner) or (None, None)
        default_payload, default_variable = spiff_payload(message)
        payload, variable = payload or default_payload, variable or default_variable
    return EventDefinition("message", name=name, correlation=correlation, said=said, payload=payload, variable=variable)


def _coded(kind: str, node: Node, catalog: Catalog) -> EventDefinition:
    """An error or escalation. One that is named but has no code is thrown by its name or id; its catcher catches all.

    An error that is not in the file is the code itself, as Camunda 7 and Flowable read it: who catches it and who throws it are two files.
    """
    reference = node.get(f"{kind}Ref")
    root = catalog.find(kind, reference, node, "warning" if kind == "error" else "error")
    variable = _vendor(node, f"{kind}CodeVariable") or _vendor(node, f"{kind}VariableName")
    message_variable = _vendor(node, f"{kind}MessageVariable")
    if root is None:
        code = without_prefix(node, reference) if kind == "error" else None
        return EventDefinition(kind, code=code or None, variable=variable, message_variable=message_variable)
    payload, spiff_variable = spiff_payload(root)
    code = (root.get(f"{kind}Code") or "").strip()
    return EventDefinition(
        kind,
        name=root.get("name"),
        code=code or root.get("name") or root.get("id"),
        any_code=not code,
        payload=payload,
        variable=variable or spiff_variable,
        message=_vendor(root, f"{kind}Message"),
        message_variable=message_variable,
    )


def _vendor(node: Node, name: str) -> str | None:
    """An attribute of Camunda 7 or one of its relatives."""
    for namespace in VENDORS:
        value: str | None = node.get(f"{{{namespace}}}{name}")
        if value:
            return value
    return None
