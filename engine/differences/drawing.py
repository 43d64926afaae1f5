"""Where a file draws its elements, and what else it holds that nothing reads: enough to say that only the drawing is another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from engine.diagrams.namespaces import BPMN, text_of
from engine.diagrams.xml import parse_xml
from engine.errors import Invalid

_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
Place = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A file's drawing: the corners of each element, and the texts of its annotations."""

    places: Mapping[str, Place]
    notes: Mapping[str, str]
    canonical: bytes


def read_drawing(content: bytes, file: str) -> Drawing | None:
    """The drawing of a BPMN file; None where it is no XML."""
    try:
        root = parse_xml(content, file)
    except Invalid:
        return None
    places = {}
    for shape in root.iter(f"{{{_DI}}}BPMNShape", f"{{{_DI}}}BPMNEdge"):
        key = str(shape.get("bpmnElement") or "").rpartition(":")[2]
        places[key] = tuple(
            tuple(f"{name}={value}" for name, value in sorted(node.attrib.items()) if name != "id") for node in shape.iter(etree.Element)
        )
    notes = {
        str(node.get("id")): " ".join((text_of(child) or "").split())
        for node in root.iter(f"{{{BPMN}}}textAnnotation")
        for child in node.iter(f"{{{BPMN}}}text")
    }
    for node in root.iter(etree.Element):
        node.text, node.tail = (text if text and text.strip() else None for text in (node.text, node.tail))
    return Drawing(places, notes, etree.tostring(root, method="c14n2", with_comments=False))
