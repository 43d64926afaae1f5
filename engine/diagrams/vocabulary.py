"""What BPMN20.xsd says of every element: which attributes and children it may have. The schema is the one SpiffWorkflow ships.

The tables are made of the schema's text, not by a validating parser: a validator stops at the first child it did not expect, in words
nobody can act on; from tables everything wrong with a file can be said at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree

from engine.diagrams.namespaces import Node, split

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_FILES = ("BPMN20.xsd", "Semantic.xsd")
_LAX = {"tExpression": "tFormalExpression"}  # whose attributes an xsi:type may add


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of an element. `kind`: the simple type's name; `choices`: the values of an enumeration."""

    kind: str
    required: bool = False
    choices: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Child:
    """A place for a child element. `position`: its place in the order; `alternative`: only one of those that are may be there."""

    kind: str
    position: int
    many: bool
    required: bool
    alternative: bool = False
    refers: bool = False  # its text is the id of something


@dataclass(slots=True)
class Kind:
    """A complex type: its attributes, its children by local name. `free`: any element may stand in it; `text`: text may."""

    attributes: dict[str, Attribute] = field(default_factory=dict)
    children: dict[str, Child] = field(default_factory=dict)
    free: bool = False
    text: bool = False

    def copy(self) -> Kind:
        """One that may be added to."""
        return Kind(dict(self.attributes), dict(self.children), self.free, self.text)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All complex types by name; and every element name of BPMN."""

    kinds: Mapping[str, Kind]
    names: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    """The tables, made once."""
    schema = _Schema([etree.parse(_folder() / name).getroot() for name in _FILES])
    kinds = {name: schema.kind(name) for name in schema.types}
    return Vocabulary(kinds, frozenset(schema.elements) | {name for kind in kinds.values() for name in kind.children})


def _folder() -> Path:
    """Where the schema lies. The package is found, not imported: only engine.spiff knows SpiffWorkflow."""
    spec = find_spec("SpiffWorkflow")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("SpiffWorkflow is not installed.")
    return Path(spec.submodule_search_locations[0]) / "bpmn" / "parser" / "schema"


class _Schema:
    """The declarations of the schema's files."""

    def __init__(self, roots: list[Node]) -> None:
        declared = [node for root in roots for node in root if isinstance(node.tag, str)]
        self.types: dict[str, Node] = {node.get("name"): node for node in declared if node.tag == f"{_XSD}complexType"}
        self.elements: dict[str, Node] = {node.get("name"): node for node in declared if node.tag == f"{_XSD}element"}
        self.choices = {
            node.get("name"): frozenset(value.get("value") for value in node.iter(f"{_XSD}enumeration"))
            for node in declared
            if node.tag == f"{_XSD}simpleType" and node.find(f"{_XSD}union") is None
        }
        self.members: dict[str, list[str]] = {}
        for name, node in self.elements.items():
            if node.get("substitutionGroup"):
                self.members.setdefault(_local(node.get("substitutionGroup")), []).append(name)
        self.made: dict[str, Kind] = {}

    def kind(self, name: str) -> Kind:
        """A complex type with all it inherits."""
        if name not in self.made:
            node = self.types[name]
            extension = node.find(f"{_XSD}complexContent/{_XSD}extension")
            made = Kind() if extension is None else self.kind(_local(extension.get("base"))).copy()
            made.text = made.text or node.get("mixed") == "true"
            self._add(made, node if extension is None else extension)
            self.made[name] = made
        return self.made[name]

    def _add(self, kind: Kind, node: Node) -> None:
        for attribute in node.iter(f"{_XSD}attribute"):
            simple = _local(attribute.get("type"))
            kind.attributes[attribute.get("name")] = Attribute(
                simple, attribute.get("use") == "required", self.choices.get(simple, frozenset())
            )
        kind.free = kind.free or any(True for _ in node.iter(f"{_XSD}any"))
        for number, place in enumerate(node.iter(f"{_XSD}element"), len(kind.children)):
            optional = place.get("minOccurs", "1") == "0" or any(True for _ in place.iterancestors(f"{_XSD}choice"))
            alternative = place.getparent().tag == f"{_XSD}choice"
            many = place.get("maxOccurs", "1") != "1"
            names = [place.get("name")] if place.get("name") else self._stand_for(_local(place.get("ref")))
            for name in names:
                child = Child(
                    self._type_of(name, place),
                    number,
                    many,
                    required=not optional and len(names) == 1,
                    alternative=alternative,
                    refers=_local(place.get("type")) in ("QName", "IDREF"),
                )
                kind.children.setdefault(name, child)

    def _stand_for(self, name: str) -> list[str]:
        """An element and those that may stand in its place."""
        found = [name]
        for member in found:
            found += self.members.get(member, [])
        return [member for member in found if not self._abstract(member)] or [name]

    def _abstract(self, name: str) -> bool:
        node = self.elements.get(name)
        kind = self.types.get(_local(node.get("type"))) if node is not None else None
        return kind is not None and kind.get("abstract") == "true"

    def _type_of(self, name: str, place: Node) -> str:
        declared = place.get("type") or (self.elements[name].get("type") if name in self.elements else None)
        simple = _local(declared)
        simple = _LAX.get(simple, simple)
        return simple if simple in self.types else ""


def _local(name: str | None) -> str:
    return split(name or "")[1].rpartition(":")[2]
