"""Lanes: whose an element is."""

from __future__ import annotations

from engine.diagrams.namespaces import RUAM, Node, bpmn_child, bpmn_children, text_of


def read_lanes(scope: Node) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Party by element id (of the innermost lane that names it), and (party, lane name) of each innermost lane, in the file's order."""
    parties: dict[str, tuple[int, str]] = {}
    lanes: list[tuple[str, str]] = []
    # the lane sets open at this point of the file; a stack, since a hostile file nests them deeper than Python recurses
    lane_sets = [iter([lane for lane_set in bpmn_children(scope, "laneSet") for lane in bpmn_children(lane_set, "lane")])]
    while lane_sets:
        lane = next(lane_sets[-1], None)
        if lane is None:
            lane_sets.pop()
            continue
        party, depth = party_of(lane), len(lane_sets)
        for reference in bpmn_children(lane, "flowNodeRef"):
            key = text_of(reference)
            if key and party and parties.get(key, (0, ""))[0] < depth:
                parties[key] = (depth, party)
        inner = bpmn_children(bpmn_child(lane, "childLaneSet"), "lane")
        if inner:
            lane_sets.append(iter(inner))
        elif party:
            lanes.append((party, " ".join((lane.get("name") or "").split()) or party))
    return {key: party for key, (_, party) in parties.items()}, lanes


def party_of(lane: Node) -> str | None:
    """The key of a lane's party: `ruam:party`, else its id, else its name."""
    party: str | None = lane.get(f"{{{RUAM}}}party") or lane.get("id") or lane.get("name")
    return party
