"""Plans for all that runs on other versions of a process than the one wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.deployment.definitions import latest_id
from engine.migration.moving import Route
from engine.migration.plan import Due, Instruction, Plan, suggested
from engine.migration.refusals import Reason, Refused, refusal

if TYPE_CHECKING:
    from engine.storage.session import Session

LEFT = (
    "SELECT DISTINCT d.id, d.version FROM definition d JOIN instance i ON i.definition_id = d.id "
    "WHERE d.key = ? AND d.id <> ? AND i.state IN ('ACTIVE', 'SUSPENDED') ORDER BY d.version DESC"
)


def plans(session: Session, key: str, version: int | None, instructions: Sequence[Instruction], due: Due) -> list[Plan]:
    """A plan from each version that something runs on. Raises NotFound, and Refused for instructions about nothing."""
    target = latest_id(session.connection, key, version)
    found, unknown = list[Plan](), {one.source for one in instructions}
    for source, _version in session.rows.all(LEFT, (key, target)):
        route = Route(session, Plan.of(source, target, []))
        old = route.old.compiled
        known = [one for one in instructions if one.source in old.process.elements or one.source in old.process.flows]
        unknown -= {one.source for one in known}
        found.append(suggested(source, old, target, route.new.compiled, due).with_instructions(*known))
    if found and unknown:
        raise Refused([refusal(Reason.NO_SUCH_SOURCE, source) for source in sorted(unknown)])
    return found
