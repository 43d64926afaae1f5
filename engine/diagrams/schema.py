"""A file against BPMN20.xsd, in our own words and all at once. What the engine reads all the same is a warning, lost meaning an error."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from engine.diagrams.catalog import Catalog
from engine.diagrams.cross_references import Reference, note_dangling
from engine.diagrams.elements import FLOW_NODES
from engine.diagrams.namespaces import BPMN, Node, flag, prefixed, split
from engine.diagrams.vocabulary import Attribute, Child, Kind, Vocabulary, vocabulary

# What changes what runs: lost where it stands in the wrong place, or twice where one is read.
_MEANT = FLOW_NODES | {
    "sequenceFlow", "conditionExpression", "condition", "script", "timeDate", "timeDuration", "timeCycle", "eventDefinitionRef",
    "multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "loopCondition", "loopCardinality", "completionCondition",
    "activationCondition",
}  # fmt: skip
_READ = frozenset((
    "isExecutable", "cancelActivity", "isInterrupting", "isSequential", "triggeredByEvent", "isForCompensation", "parallelMultiple",
    "instantiate", "eventGatewayType", "testBefore", "loopMaximum", "startQuantity", "completionQuantity", "behavior", "ordering",
    "cancelRemainingInstances",
))  # fmt: skip
_MISSED_ELSEWHERE = (f"{{{BPMN}}}sequenceFlow", f"{{{BPMN}}}boundaryEvent")  # the rules on flows and events miss what these lack
_PROCESS = f"{{{BPMN}}}process"
_BOOLEANS = frozenset(("true", "false", "1", "0"))
_SHOWN = 5  # unknown attributes of an element that are named
_INTEGER = re.compile(r"\s*[+-]?[0-9]{1,9}\s*")


@dataclass(slots=True)
class _Walk:
    """One pass over a file. `strict`: inside a process that is to run; nothing is an error elsewhere."""

    catalog: Catalog
    words: Vocabulary
    strict: bool = False
    ids: set[str] = field(default_factory=set)
    references: list[Reference] = field(default_factory=list)

    def note(self, rule: str, message: str, message_th: str, node: Node, meant: bool = False) -> None:
        self.catalog.note(rule, message, message_th, node, severity="error" if meant and self.strict else "warning")


def note_against_schema(root: Node, catalog: Catalog) -> None:
    """Note in the catalog what is not as BPMN20.xsd has it, extension elements aside, and references to nothing."""
    walk = _Walk(catalog, vocabulary())
    waiting = [(root, walk.words.kinds["tDefinitions"], False)]
    while waiting:
        node, kind, walk.strict = waiting.pop()
        if node.tag == _PROCESS:
            walk.strict = flag(node.get("isExecutable"), default=True)
        _attributes(walk, node, kind)
        inner = _children(walk, node, kind)
        waiting.extend((child, walk.words.kinds[name], walk.strict) for child, name in reversed(inner))
    note_dangling(walk.references, walk.ids, root, catalog)


def _attributes(walk: _Walk, node: Node, kind: Kind) -> None:
    unknown: list[str] = []
    for name, value in node.attrib.items():
        declared = kind.attributes.get(name)
        if declared is None:
            if name[0] != "{" or name.startswith(f"{{{BPMN}}}"):
                unknown.append(name)
        elif declared.kind == "ID":
            walk.ids.add(value)
            _id(walk, node, value)
        elif declared.kind in ("IDREF", "QName"):
            walk.references.append((node, name, value))
        elif declared.kind in ("boolean", "integer") or declared.choices:
            _value(walk, node, name, value, declared)
    if unknown:
        _unknown_attributes(walk, node, kind, unknown)
    for name, declared in kind.attributes.items():
        if declared.required and node.get(name) is None and not (walk.strict and node.tag in _MISSED_ELSEWHERE):
            walk.note("missing-attribute", f"{_shown(node)} needs the attribute {name}.", f"{_shown(node)} ต้องมีแอตทริบิวต์ {name}", node)


def _unknown_attributes(walk: _Walk, node: Node, kind: Kind, unknown: list[str]) -> None:
    """One finding for all of an element, and one for each that is a known one misspelt."""
    known = {name.lower(): name for name in kind.attributes}
    near = [(name, known[split(name)[1].lower()]) for name in unknown if split(name)[1].lower() in known]
    for name, meant in near:
        walk.note(
            "unknown-attribute",
            f"{_shown(node)} has no attribute {prefixed(node, name)}; meant is {meant}, without a prefix.",
            f"{_shown(node)} ไม่มีแอตทริบิวต์ {prefixed(node, name)} น่าจะเป็น {meant}",
            node,
            meant=meant in _READ | {"default", "id"},
        )
    if len(unknown) > len(near):
        spelt = {name for name, _ in near}
        names = ", ".join(prefixed(node, name) for name in unknown[:_SHOWN] if name not in spelt) + (" …" if len(unknown) > _SHOWN else "")
        walk.note(
            "unknown-attribute",
            f"{_shown(node)} has no attribute {names}: not of BPMN, and without a dialect's prefix it is not read.",
            f"{_shown(node)} ไม่มีแอตทริบิวต์ {names} ไม่ใช่ของ BPMN และไม่มีคำนำหน้า จึงไม่ถูกอ่าน",
            node,
        )


def _id(walk: _Walk, node: Node, value: str) -> None:
    try:
        etree.QName(None, value)
    except ValueError:
        walk.note(
            "id-syntax",
            f"{value!r} is not an id of XML (a letter first; no spaces or colons); other tools may refuse the file.",
            f"{value!r} ไม่ใช่ id ที่ถูกต้องของ XML (ต้องขึ้นต้นด้วยตัวอักษร ไม่มีช่องว่างหรือโคลอน) เครื่องมืออื่นอาจไม่รับไฟล์นี้",
            node,
        )


def _value(walk: _Walk, node: Node, name: str, value: str, declared: Attribute) -> None:
    if declared.kind == "boolean":
        right, read, wanted = value.strip() in _BOOLEANS, value.strip().lower() in _BOOLEANS, "true, false"
    elif declared.kind == "integer":
        right, read, wanted = bool(_INTEGER.fullmatch(value)), False, "a whole number"
    else:
        right, read, wanted = value in declared.choices, False, ", ".join(sorted(declared.choices))
    if not right:
        walk.note(
            "wrong-value",
            f"{name} of {_shown(node)} is {value!r}; it can be: {wanted}.",
            f"{name} ของ {_shown(node)} เป็น {value!r} ซึ่งใช้ไม่ได้ ค่าที่ใช้ได้: {wanted}",
            node,
            meant=name in _READ and not read,
        )


def _children(walk: _Walk, node: Node, kind: Kind) -> list[tuple[Node, str]]:
    """Note what is wrong with the children of a node; those to be looked into, with their kinds."""
    inner: list[tuple[Node, str]] = []
    seen: set[str] = set()
    position, ordered = 0, True
    stray = node.text
    for child in node:
        stray = stray if stray and not stray.isspace() else child.tail
        if not isinstance(child.tag, str):
            continue
        namespace, name = split(child.tag)
        place = kind.children.get(name)
        if place is None or (namespace != BPMN and name != "BPMNDiagram"):
            if not kind.free:
                _unexpected(walk, node, child, namespace, name)
            continue
        if ordered and place.position < position:
            ordered = False
            _order(walk, node, child)
        position = place.position
        _repeated(walk, node, child, name, place, seen)
        if place.kind:
            inner.append((child, place.kind))
        elif namespace == BPMN and place.refers:
            walk.references.append((child, name, child.text or ""))
    if stray and not stray.isspace() and not (kind.text or kind.free):
        walk.note(
            "stray-text", f"The text {stray.strip()[:40]!r} does not belong in {_shown(node)}.", f"มีข้อความเกินมาใน {_shown(node)}", node
        )
    for name, place in kind.children.items():
        if place.required and name not in seen:
            walk.note("missing-element", f"{_shown(node)} needs a {name}.", f"{_shown(node)} ต้องมี {name}", node)
    return inner


def _unexpected(walk: _Walk, node: Node, child: Node, namespace: str, name: str) -> None:
    if namespace != BPMN:
        walk.note(
            "misplaced-extension",
            f"{prefixed(child, child.tag)} is not of BPMN; it is read in extensionElements only.",
            f"{prefixed(child, child.tag)} ไม่ใช่องค์ประกอบของ BPMN ระบบอ่านเฉพาะใน extensionElements",
            child,
        )
    elif name not in walk.words.names:
        near = next((known for known in walk.words.names if known.lower() == name.lower()), None)
        meant, meant_th = (f"; meant is {near}", f" น่าจะเป็น {near}") if near else ("", "")
        walk.note("unknown-element", f"BPMN has no element {name!r}{meant}.", f"BPMN ไม่มีองค์ประกอบ {name!r}{meant_th}", child, meant=True)
    else:
        walk.note(
            "misplaced-element",
            f"A {name} does not belong in {_shown(node)}.",
            f"{name} อยู่ใน {_shown(node)} ไม่ได้",
            child,
            meant=name in _MEANT or name.endswith("EventDefinition"),
        )


def _order(walk: _Walk, node: Node, child: Node) -> None:
    walk.note(
        "wrong-order",
        f"{_shown(child)} stands too late in {_shown(node)}; it is read, but other tools may refuse the file.",
        f"{_shown(child)} อยู่ผิดลำดับใน {_shown(node)} ระบบอ่านได้ แต่เครื่องมืออื่นอาจไม่รับไฟล์นี้",
        child,
    )


def _repeated(walk: _Walk, node: Node, child: Node, name: str, place: Child, seen: set[str]) -> None:
    key = "" if place.alternative else name
    if key in seen and not place.many:
        walk.note(
            "repeated-element",
            f"{_shown(node)} has several of what it can have once ({name}); only the first is read.",
            f"{_shown(node)} มี {name} ได้เพียงหนึ่ง ระบบอ่านเฉพาะตัวแรก",
            child,
            meant=name in _MEANT,
        )
    seen |= {key, name}


def _shown(node: Node) -> str:
    return split(node.tag)[1]
