"""What moving all that was deployed together would do: every running root with all it called, read and told, nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.migration.trying import NAMED, Counted, carried_of
from engine.migration.views import Effects, JointTrial, Trial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.errors import Problem
    from engine.migration.carried import Carried
    from engine.migration.wholes import Member, Routes
    from engine.storage.session import Session

CALLED = "SELECT id, parent_id, parent_token_id FROM instance WHERE root_id = ? AND state IN ('ACTIVE', 'SUSPENDED') ORDER BY id"


def attempt(session: Session, routes: Routes, deployment_id: str, instance_ids: Sequence[str] | None) -> JointTrial:
    """A root moves with all it called, or not at all."""
    wrong = routes.problems()
    members = [] if wrong else routes.members(session, instance_ids)
    by_source: dict[str, list[Member]] = {source: [] for source in routes.by_source}
    for one in members:
        by_source[one.source_id].append(one)
    looked: dict[str, tuple[Carried | None, list[Problem]]] = {}
    for source, ones in by_source.items():
        for id, carried, refused in carried_of(session, routes.by_source[source], [one.id for one in ones]):
            looked[id] = (carried, refused)
    ending = _ending(session, members, looked)
    roots = {one.root_id for one in members}
    kept_back = {one.root_id for one in members if looked[one.id][1] and one.id not in ending}
    trials = []
    for source, route in routes.by_source.items():
        if source in wrong:
            trials.append(Trial(source, route.plan.target, 0, 0, (), Effects(), tuple(wrong[source])))
            continue
        counted = Counted(route)
        for one in by_source[source]:
            counted.add(one.id, *looked[one.id], held=one.root_id in kept_back, ends=one.id in ending)
        trials.append(counted.told())
    return JointTrial(deployment_id, len(roots) - len(kept_back), len(kept_back), tuple(trials), tuple(sorted(kept_back)[:NAMED]))


def _ending(session: Session, members: Sequence[Member], looked: dict[str, tuple[Carried | None, list[Problem]]]) -> set[str]:
    """What ends as its caller moves, with all it called: it needs no place in the new version."""
    roots, tokens = set[str](), set[str]()
    for one in members:
        carried = looked[one.id][0]
        if carried is not None and carried.calls_ended:
            roots.add(one.root_id)
            tokens.update(carried.calls_ended)
    ending = set[str]()
    for root_id in roots:
        for id, parent_id, token_id in session.rows.all(CALLED, (root_id,)):  # callers are older than what they called
            if token_id in tokens or parent_id in ending:
                ending.add(id)
    return ending
