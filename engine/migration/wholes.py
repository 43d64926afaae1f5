"""What moves in one transaction: an instance by itself; or, where all that was deployed together moves, all below one root."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from engine.errors import NotFound
from engine.migration.moving import Route
from engine.migration.plan import Due, Plan, suggested
from engine.migration.validating import problems_of

if TYPE_CHECKING:
    from engine.errors import Problem
    from engine.storage.session import Record, Session

MEMBERS = (
    "SELECT id, root_id, definition_id FROM instance WHERE definition_id IN ({marks}) AND state IN ('ACTIVE', 'SUSPENDED') ORDER BY id"
)
BELOW = "SELECT id, parent_id, definition_id FROM instance WHERE root_id = ? AND state IN ('ACTIVE', 'SUSPENDED') ORDER BY id"
LEFT = (
    "SELECT d.id, t.id FROM definition t JOIN definition d ON d.key = t.key AND d.version < t.version "
    "JOIN instance i ON i.definition_id = d.id WHERE t.deployment_id = ? AND i.state IN ('ACTIVE', 'SUSPENDED') "
    "GROUP BY d.id, d.key, d.version, t.id ORDER BY MIN(CASE WHEN i.parent_id IS NULL THEN 0 ELSE 1 END), d.key, d.version DESC"
)


@dataclass(frozen=True, slots=True)
class Member:
    """An instance that is to move, and what it moves with."""

    id: str
    root_id: str
    source_id: str


class Routes:
    """The routes of a migration, by the version each leaves; `together`: all below a root moves whole or not at all."""

    def __init__(self, session: Session, plans: Sequence[Plan], together: bool) -> None:
        self.together = together
        self.by_source: Mapping[str, Route] = {plan.source: Route(session, plan) for plan in plans}

    @cached_property
    def first(self) -> Route:
        """The only one, or the first of several."""
        return next(iter(self.by_source.values()))

    def of(self, record: Record) -> Route:
        """The route of an instance. Where it runs on another version its move is refused."""
        return self.by_source.get(record.definition_id, self.first)

    def members(self, session: Session, instance_ids: Sequence[str] | None = None) -> list[Member]:
        """What is to move, oldest first: all that runs on the versions that are left, or these instances with all that moves with them."""
        marks = ", ".join("?" for _ in self.by_source)
        running = [Member(*row) for row in session.rows.all(MEMBERS.format(marks=marks), list(self.by_source))]
        if instance_ids is None:
            return running
        if self.together:
            wanted = set(instance_ids)
            roots = {one.root_id for one in running if one.id in wanted or one.root_id in wanted}
            return [one for one in running if one.root_id in roots]
        return [Member(id, id, self.first.plan.source) for id in dict.fromkeys(instance_ids)]

    def leaders(self, members: Iterable[Member]) -> dict[str, str]:
        """By instance the first of those that move with it."""
        first: dict[str, str] = {}
        return {one.id: first.setdefault(one.root_id if self.together else one.id, one.id) for one in members}

    def below(self, session: Session, root_id: str) -> list[str]:
        """What of a root is to move now, callers before what they called: what was called reads what its caller has become."""
        found = {row[0]: (row[1], row[2]) for row in session.rows.all(BELOW, (root_id,))}

        def depth(id: str) -> int:
            deep, parent = 0, found[id][0]
            while parent in found:
                deep, parent = deep + 1, found[parent][0]
            return deep

        return sorted((id for id, (_parent, definition_id) in found.items() if definition_id in self.by_source), key=depth)

    def problems(self) -> dict[str, list[Problem]]:
        """What makes no sense in the plans, by the version each leaves."""
        found = {source: problems_of(route.old, route.new, route.plan) for source, route in self.by_source.items()}
        return {source: problems for source, problems in found.items() if problems}


def plans_to(session: Session, deployment_id: str, due: Due) -> list[Plan]:
    """A plan from each older version that something runs on to a deployment's, processes that nothing called first. Raises NotFound."""
    if session.rows.one("SELECT 1 FROM deployment WHERE id = ?", (deployment_id,)) is None:
        raise NotFound("There is no such deployment.", th="ไม่พบการติดตั้งนี้")
    found = list[Plan]()
    for source, target in session.rows.all(LEFT, (deployment_id,)):
        route = Route(session, Plan.of(source, target, []))
        found.append(suggested(source, route.old.compiled, target, route.new.compiled, due))
    return found
