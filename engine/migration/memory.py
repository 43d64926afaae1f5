"""What a token keeps for itself, in the words of the new version: what has arrived at a join, what an ad-hoc sub-process offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.migration.kinds import JOINS
from engine.migration.refusals import Reason, Refused, refusal

if TYPE_CHECKING:
    from engine.migration.versions import Versions
    from engine.spiff import Token

Memory = dict[str, Any]


def remembered(token: Token, image: str, versions: Versions) -> Memory | None:
    """What a token remembers at its new element; None where nothing is left for it to wait with. Raises Refused."""
    memory = dict(token.internal_data)
    if "arrived" in memory:
        if token.element.type not in JOINS:
            _arrived_anyhow(memory, versions.becomes(image).incoming)
        elif not _arrived_over_branches(memory, token, image, versions):
            return None
    if "ad_hoc" in memory:
        memory["ad_hoc"] = {
            scope_id: kept | {"waiting": [versions.images[id] for id in kept.get("waiting", ()) if id in versions.images]}
            for scope_id, kept in memory["ad_hoc"].items()
        }
    return memory


def _arrived_anyhow(memory: Memory, incoming: tuple[str, ...]) -> None:
    """An activity that takes several tokens: over which flows they came does not matter."""
    if incoming:
        memory["arrived"] = {incoming[0]: sum(memory["arrived"].values())}


def _arrived_over_branches(memory: Memory, token: Token, image: str, versions: Versions) -> bool:
    """What has arrived at a join, by the flows of the new version; whether any of it is left."""
    known = versions.branches(token.element_id, image)
    lost = [flow for flow in memory["arrived"] if flow not in known]
    fewer = len(token.element.incoming) > len(versions.becomes(image).incoming)  # a branch is gone, and what came over it with it
    if lost and not fewer:
        source = versions.was(versions.old.process.flows[lost[0]].source)
        raise Refused([refusal(Reason.JOIN, token.element, source.name or source.id)])
    memory["arrived"] = {known[flow]: count for flow, count in memory["arrived"].items() if flow in known}
    if "passed" in memory:
        memory["passed"] = [known[flow] for flow in memory["passed"] if flow in known]
        return True
    return bool(memory["arrived"]) or not lost
