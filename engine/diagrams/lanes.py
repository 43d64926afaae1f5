"""Lanes: whose an element is."""

from __future__ import annotations

from engine.diagrams.namespaces import RUAM, Node, bpmn_child, bpmn_children, text_of


def read_lanes(scope: Node) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Party by element id (of the innermost lane that names it), and (party, lane name) of each innermost lane, in the file's order."""
    parties: dict[str, tuple[int, str]] = {}
    lanes: list[tuple[str, str]] = []
    # lane sets still to read, the next one last; a stack, since a hostile file nests them deeper than Python recurses
    waiting = [(lane_set, 0) for lane_set in reversed(bpmn_children(scope, "laneSet"))]
    while waiting:
        lane_set, depth = waiting.pop()
        inner = []
        for lane in bpmn_children(lane_set, "lane"):
            party = party_of(lane)
            for reference in bpmn_children(lane, "flowNodeRef"):
                key = text_of(reference)
                if key and party and parties.get(key, (-1, ""))[0] < depth:
                    parties[key] = (depth, party)
            child = bpmn_child(lane, "childLaneSet")
            if child is not None and len(child):
                inner.append((child, depth + 1))
            elif party:
                lanes.append((party, " ".join((lane.get("name") or "").split()) or party))
        waiting.extend(reversed(inner))
    return {key: party for key, (_, party) in parties.items()}, lanes


def party_of(lane: Node) -> str | None:
    """The key of a lane's party: `ruam:party`, else its id, else its name."""
    party: str | None = lane.get(f"{{{RUAM}}}party") or lane.get("id") or lane.get("name")
    return party
