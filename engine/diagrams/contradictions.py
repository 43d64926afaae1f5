"""What a file says of itself that is not so, or leaves open: directions of gateways, lanes, whether a process is to run."""

from __future__ import annotations

from collections import Counter

from engine.diagrams.catalog import Catalog
from engine.diagrams.elements import GATEWAYS
from engine.diagrams.namespaces import BPMN, Node, bpmn_children, text_of

_GATEWAYS = tuple(f"{{{BPMN}}}{name}" for name in GATEWAYS)
_FLOW, _LANE_SET, _CHILD_LANE_SET = (f"{{{BPMN}}}{name}" for name in ("sequenceFlow", "laneSet", "childLaneSet"))


def note_contradictions(root: Node, catalog: Catalog) -> None:
    """Note processes without id, what is left open of them, gateways drawn against their direction, what stands in two lanes."""
    for process in bpmn_children(root, "process"):
        if process.get("isExecutable") is None:
            catalog.note(
                "executable-not-said",
                "Whether the process is to run is not said (isExecutable); it is taken to be.",
                "ไม่ได้ระบุว่าดำเนินการได้หรือไม่ (isExecutable) ระบบถือว่าดำเนินการได้",
                process,
                severity="warning",
            )
        if not process.get("id"):
            catalog.note("missing-id", "The process has no id, by which it would be started.", "กระบวนการไม่มี id สำหรับใช้เริ่ม", process)
        _directions(process, catalog)
        for lane_set in process.iter(_LANE_SET, _CHILD_LANE_SET):
            _lanes(lane_set, catalog)


def _directions(process: Node, catalog: Catalog) -> None:
    directed = [node for node in process.iter(*_GATEWAYS) if node.get("gatewayDirection", "Unspecified") != "Unspecified"]
    if not directed:
        return
    flows = list(process.iter(_FLOW))
    incoming, outgoing = Counter(flow.get("targetRef") for flow in flows), Counter(flow.get("sourceRef") for flow in flows)
    for node in directed:
        joins, splits = incoming[node.get("id")] > 1, outgoing[node.get("id")] > 1
        drawn = {(True, False): "Converging", (False, True): "Diverging", (True, True): "Mixed"}.get((joins, splits))
        said = node.get("gatewayDirection")
        if drawn is not None and said != drawn:
            catalog.note(
                "gateway-direction",
                f"The gateway is called {said} and drawn {drawn}; it does what is drawn.",
                f"เกตเวย์ระบุเป็น {said} แต่วาดแบบ {drawn} ระบบทำตามที่วาด",
                node,
                severity="warning",
            )


def _lanes(lane_set: Node, catalog: Catalog) -> None:
    """Lanes of one set divide what is in the process: nothing stands in two."""
    seen: dict[str, Node] = {}
    for lane in bpmn_children(lane_set, "lane"):
        for reference in bpmn_children(lane, "flowNodeRef"):
            key = text_of(reference) or ""
            first: Node = seen.setdefault(key, lane)
            if first is not lane:
                catalog.note(
                    "in-two-lanes",
                    f"{key!r} stands in the lane {first.get('name') or first.get('id')!r} already; the first counts.",
                    f"{key!r} อยู่ในเลน {first.get('name') or first.get('id')!r} แล้ว ระบบใช้เลนแรก",
                    reference,
                    severity="warning",
                )
