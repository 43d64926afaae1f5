"""Many instances, each whole a transaction: what has become of each is a row, written with the instance itself.

So whatever is broken off can be gone on with: who has moved has its row saying so, who has not is untouched and waits for its turn. Several
may go on with one migration at once; each takes another whole. Going back is the same once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.ids import new_id
from engine.migration.moving import Cause
from engine.migration.plan import Plan, plans_from_json, plans_to_json
from engine.migration.refusals import Refused
from engine.migration.views import ItemState, MigrationState
from engine.migration.wholes import Routes
from engine.storage import model
from engine.values import check_reason

if TYPE_CHECKING:
    from engine.storage.session import Session

REFUSE = (  # somebody else may have moved it since
    "UPDATE migration_item SET state = ? WHERE migration_id = ? AND whole_id = ? AND state = ?"
)
SET_PROBLEMS = "UPDATE migration_item SET problems = ? WHERE migration_id = ? AND instance_id = ? AND state = ?"
AGAIN = "UPDATE migration_item SET state = 'WAITING', problems = NULL WHERE migration_id = ? AND state = 'REFUSED'"
RETURN = "UPDATE migration_item SET state = 'RETURNING', problems = NULL WHERE migration_id = ? AND state = 'MOVED'"
STOP = "UPDATE migration_item SET state = 'UNDONE' WHERE migration_id = ? AND state = 'WAITING'"
THE_WHOLES = " AND whole_id IN (SELECT w.whole_id FROM migration_item w WHERE w.migration_id = ? AND w.instance_id IN ({marks}))"
SET_RUNNING = "UPDATE migration SET state = 'RUNNING', ended = NULL WHERE id = ?"
SET_UNDOING = "UPDATE migration SET state = 'RUNNING', ended = NULL, undo_reason = ?, undone_by = ? WHERE id = ?"
UNFINISHED = "SELECT id FROM migration WHERE state = 'RUNNING' ORDER BY id"
MIGRATION = "SELECT plan, reason, created_by, deployment_id, undo_reason, undone_by FROM migration WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Planned:
    """What a migration does, and why and by whom it is done and undone."""

    routes: Routes
    cause: Cause
    undoing: Cause | None


def begin(
    session: Session, plans: Sequence[Plan], instance_ids: Sequence[str] | None, reason: str, deployment_id: str | None = None
) -> str:
    """Write down which instances are to move; the id of the migration. Raises Invalid where the plans make no sense."""
    check_reason(reason)
    if not plans:
        raise Invalid("Nothing runs on another version.", th="ไม่มีรายการใดใช้ฉบับอื่นอยู่")
    routes = Routes(session, plans, deployment_id is not None)
    problems = [problem for found in routes.problems().values() for problem in found]
    if problems:
        raise Refused(problems)
    members = routes.members(session, instance_ids)
    if not members:
        raise Invalid("No instance runs on this version.", th="ไม่มีรายการใดใช้ฉบับนี้อยู่")
    id, first, leaders = new_id(), routes.first, routes.leaders(members)
    row = {"id": id, "definition_key": first.old.key, "source_id": first.plan.source, "target_id": first.plan.target,
           "deployment_id": deployment_id, "plan": plans_to_json(plans), "reason": reason, "state": MigrationState.RUNNING,
           "created": session.now, "created_by": session.actor.user_id}  # fmt: skip
    session.rows.insert(model.migration, [row])
    items = [{"migration_id": id, "instance_id": one.id, "source_id": one.source_id, "whole_id": leaders[one.id],
              "state": ItemState.WAITING} for one in members]  # fmt: skip
    session.rows.insert(model.migration_item, items)
    return id


def planned(session: Session, migration_id: str) -> Planned:
    """What a migration does. Raises NotFound."""
    row = session.rows.one(MIGRATION, (migration_id,))
    if row is None:
        raise NotFound("There is no such migration.", th="ไม่พบการย้ายฉบับนี้")
    plan, reason, by, deployment_id, undo_reason, undone_by = row
    undoing = None if undo_reason is None else Cause(migration_id, undo_reason, undone_by)
    return Planned(Routes(session, plans_from_json(plan), deployment_id is not None), Cause(migration_id, reason, by), undoing)


def begin_undoing(session: Session, migration_id: str, instance_ids: Sequence[str] | None, reason: str) -> int:
    """Let what has moved wait for its turn to go back, with all it moved with; what has not stays. How many. Raises NotFound, Invalid."""
    check_reason(reason)
    planned(session, migration_id)
    ids = None if instance_ids is None else list(dict.fromkeys(instance_ids))
    if ids == []:
        return 0
    chosen, values = ("", [migration_id]) if ids is None else (
        THE_WHOLES.format(marks=", ".join("?" for _ in ids)), [migration_id, migration_id, *ids])  # fmt: skip
    stopped = session.rows.run(STOP + chosen, values)  # first: what is being moved at this moment is waited for, and then goes back
    number = stopped + session.rows.run(RETURN + chosen, values)
    if number:
        session.rows.run(SET_UNDOING, (reason, session.actor.user_id, migration_id))
    return number


def refuse(session: Session, migration_id: str, whole_id: str, problems: Mapping[str, Sequence[Problem]], *, back: bool = False) -> None:
    """Note why a whole that waits did not move (or go back), by instance. Its transaction was rolled back."""
    waited, stays = (ItemState.RETURNING, ItemState.MOVED) if back else (ItemState.WAITING, ItemState.REFUSED)
    for instance_id, told in problems.items():
        session.rows.run(SET_PROBLEMS, (msgspec.json.encode(list(told)).decode(), migration_id, instance_id, waited))
    session.rows.run(REFUSE, (stays, migration_id, whole_id, waited))


def again(session: Session, migration_id: str) -> None:
    """What was refused waits for its turn once more. Raises NotFound, Conflict where nothing was."""
    planned(session, migration_id)
    if not session.rows.run(AGAIN, (migration_id,)):
        raise Conflict("No instance of it was refused.", th="ไม่มีรายการที่ย้ายไม่ได้")
    session.rows.run(SET_RUNNING, (migration_id,))


def unfinished(session: Session) -> list[str]:
    """The migrations that have been broken off, or run."""
    return [row[0] for row in session.rows.all(UNFINISHED)]
