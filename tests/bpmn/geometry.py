"""What a diagram's interchange part says: the boxes and lines of each plane."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DD = "{http://www.omg.org/spec/DD/20100524/DI}"
CONTAINERS = ("participant", "lane")
FLOW_NODES = ("Event", "Task", "Gateway", "Activity", "subProcess")

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A shape: where it is, and what element of which kind it shows."""

    element: str
    kind: str
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def overlaps(self, other: Box) -> bool:
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def contains(self, other: Box) -> bool:
        return self.x <= other.x and other.right <= self.right and self.y <= other.y and other.bottom <= self.bottom

    def touches(self, point: Point, slack: float = 1) -> bool:
        """Whether the point lies on the edge or inside."""
        x, y = point
        return self.x - slack <= x <= self.right + slack and self.y - slack <= y <= self.bottom + slack

    def crossed(self, start: Point, end: Point) -> bool:
        """Whether a horizontal or vertical piece of a line runs through the inside."""
        (x1, y1), (x2, y2) = sorted((start, end))
        low, high = min(y1, y2), max(y1, y2)
        return x1 < self.right - 1 and x2 > self.x + 1 and low < self.bottom - 1 and high > self.y + 1


@dataclass(frozen=True)
class Line:
    """A sequence flow as drawn."""

    flow: str
    source: str
    target: str
    points: tuple[Point, ...]

    @property
    def pieces(self) -> list[tuple[Point, Point]]:
        return list(pairwise(self.points))


@dataclass
class Plane:
    """One drawing: the process itself, or the inside of a collapsed sub-process."""

    shows: str
    boxes: dict[str, Box] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def of_kind(self, *kinds: str) -> list[Box]:
        return [box for box in self.boxes.values() if box.kind in kinds]

    @property
    def nodes(self) -> list[Box]:
        return [box for box in self.boxes.values() if box.kind.endswith(FLOW_NODES)]


@dataclass(frozen=True)
class Drawing:
    """A file: every element by id, its planes, and the lane of each element that says it is in one."""

    elements: dict[str, str]
    planes: list[Plane]
    lanes: dict[str, str]


def read(path: Path) -> Drawing:
    """The drawing of a BPMN file of ours."""
    root = etree.parse(path).getroot()
    found = {node.get("id"): node for node in root.iter() if isinstance(node.tag, str) and node.tag.startswith(BPMN) and node.get("id")}
    kinds = {key: etree.QName(node).localname for key, node in found.items()}
    planes = [_plane(plane, found, kinds) for plane in root.iter(f"{DI}BPMNPlane")]
    lanes = {ref.text: lane.get("id") for lane in root.iter(f"{BPMN}lane") for ref in lane.findall(f"{BPMN}flowNodeRef")}
    return Drawing(kinds, planes, lanes)


def _plane(node: etree._Element, found: dict[str, etree._Element], kinds: dict[str, str]) -> Plane:
    plane = Plane(node.get("bpmnElement"))
    for shape in node.iter(f"{DI}BPMNShape"):
        element, bounds = shape.get("bpmnElement"), shape.find(f"{DC}Bounds")
        x, y, width, height = (float(bounds.get(key)) for key in ("x", "y", "width", "height"))
        plane.boxes[element] = Box(element, kinds[element], x, y, width, height)
    for edge in node.iter(f"{DI}BPMNEdge"):
        flow = found[edge.get("bpmnElement")]
        points = tuple((float(point.get("x")), float(point.get("y"))) for point in edge.findall(f"{DD}waypoint"))
        plane.lines.append(Line(flow.get("id"), flow.get("sourceRef"), flow.get("targetRef"), points))
    return plane
