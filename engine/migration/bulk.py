"""Many instances, one a transaction: what has become of each is a row, written with the instance itself.

So whatever is broken off can be gone on with: who has moved has its row saying so, who has not is untouched and waits for its turn. Several
may go on with one migration at once; each takes another instance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import func, select

from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.ids import new_id
from engine.migration.moving import Cause, Route, move
from engine.migration.plan import Plan
from engine.migration.refusals import Refused
from engine.migration.trying import Groups, running_instances
from engine.migration.validating import problems_of
from engine.migration.views import Item, ItemState, MigrationState, MigrationView
from engine.queries import Page
from engine.storage import model
from engine.values import check_reason

if TYPE_CHECKING:
    from engine.storage.session import Session

NEXT = "SELECT instance_id FROM migration_item WHERE migration_id = ? AND state = 'WAITING' LIMIT 1"  # in the order of its index: unsorted
SET_MOVED = "UPDATE migration_item SET state = 'MOVED', seq = ?, before = ?, final = ? WHERE migration_id = ? AND instance_id = ?"
SET_REFUSED = (  # somebody else may have moved it since
    "UPDATE migration_item SET state = 'REFUSED', problems = ? WHERE migration_id = ? AND instance_id = ? AND state = 'WAITING'"
)
END = (
    "UPDATE migration SET state = 'DONE', ended = ? WHERE id = ? AND state = 'RUNNING' AND NOT EXISTS "
    "(SELECT 1 FROM migration_item i WHERE i.migration_id = migration.id AND i.state = 'WAITING')"
)
AGAIN = "UPDATE migration_item SET state = 'WAITING', problems = NULL WHERE migration_id = ? AND state = 'REFUSED'"
SET_RUNNING = "UPDATE migration SET state = 'RUNNING', ended = NULL WHERE id = ?"
UNFINISHED = "SELECT id FROM migration WHERE state = 'RUNNING' ORDER BY id"
_problems = msgspec.json.Decoder(list[Problem])


def begin(session: Session, plan: Plan, instance_ids: Sequence[str] | None, reason: str) -> str:
    """Write down which instances are to move; the id of the migration. Raises Invalid where the plan makes no sense."""
    check_reason(reason)
    route = Route(session, plan)
    problems = problems_of(route.old, route.new, plan)
    if problems:
        raise Refused(problems)
    wanted = running_instances(session, plan.source) if instance_ids is None else list(dict.fromkeys(instance_ids))
    if not wanted:
        raise Invalid("No instance runs on this version.", th="ไม่มีรายการใดใช้ฉบับนี้อยู่")
    id = new_id()
    row = {"id": id, "definition_key": route.old.key, "source_id": plan.source, "target_id": plan.target, "plan": plan.to_json(),
           "reason": reason, "state": MigrationState.RUNNING, "created": session.now, "created_by": session.actor.user_id}  # fmt: skip
    session.rows.insert(model.migration, [row])
    items = [{"migration_id": id, "instance_id": instance_id, "state": ItemState.WAITING} for instance_id in wanted]
    session.rows.insert(model.migration_item, items)
    return id


def plan_of(session: Session, migration_id: str) -> tuple[Plan, Cause]:
    """The plan of a migration, and why and by whom it is done. Raises NotFound."""
    row = session.rows.one("SELECT plan, reason, created_by FROM migration WHERE id = ?", (migration_id,))
    if row is None:
        raise NotFound("There is no such migration.", th="ไม่พบการย้ายฉบับนี้")
    return Plan.from_json(row[0]), Cause(migration_id, row[1], row[2])


class Turn:
    """The turn of one instance. Whose it was is known also when its transaction has been rolled back: `refuse` is then to be told."""

    def __init__(self, route: Route, cause: Cause) -> None:
        self.route, self.cause = route, cause
        self.instance_id: str | None = None

    def take(self, session: Session) -> bool:
        """Move the next instance that waits; False where none does. Raises Refused, NotFound, and whatever its steps raise."""
        self.instance_id = None
        row = session.rows.one(NEXT if session.rows.sqlite else NEXT + " FOR UPDATE SKIP LOCKED", (self.cause.migration_id,))
        if row is None:
            session.rows.run(END, (session.now, self.cause.migration_id))
            return False
        self.instance_id = str(row[0])
        moved = move(session, session.lock(self.instance_id), self.route, self.cause)
        session.rows.run(SET_MOVED, (moved.seq, moved.before.pack(), moved.final, self.cause.migration_id, self.instance_id))
        return True


def refuse(session: Session, migration_id: str, instance_id: str, problems: Sequence[Problem]) -> None:
    """Note why an instance that waits did not move. Its transaction was rolled back."""
    session.rows.run(SET_REFUSED, (msgspec.json.encode(list(problems)).decode(), migration_id, instance_id))


def again(session: Session, migration_id: str) -> None:
    """What was refused waits for its turn once more. Raises NotFound, Conflict where nothing was."""
    plan_of(session, migration_id)
    if not session.rows.run(AGAIN, (migration_id,)):
        raise Conflict("No instance of it was refused.", th="ไม่มีรายการที่ย้ายไม่ได้")
    session.rows.run(SET_RUNNING, (migration_id,))


def unfinished(session: Session) -> list[str]:
    """The migrations that have been broken off, or run."""
    return [row[0] for row in session.rows.all(UNFINISHED)]


# ---- looking


def view(session: Session, migration_id: str) -> MigrationView:
    """A migration with its progress and the reasons of what was refused. Raises NotFound."""
    table = model.migration
    found = session.connection.execute(_query().where(table.c.id == migration_id)).mappings().first()
    if found is None:
        raise NotFound("There is no such migration.", th="ไม่พบการย้ายฉบับนี้")
    groups = Groups(Route(session, Plan.from_json(found["plan"])))
    item = model.migration_item
    refused = select(item.c.instance_id, item.c.problems).where(item.c.migration_id == migration_id, item.c.state == ItemState.REFUSED)
    for instance_id, problems in session.connection.execute(refused.order_by(item.c.instance_id)):
        groups.add(instance_id, read_problems(problems))
    return _view(session, found, groups=groups.told())


def page(session: Session, key: str | None, first: int, limit: int) -> Page[MigrationView]:
    """Migrations, newest first."""
    table = model.migration
    where = [] if key is None else [table.c.definition_key == key]
    total = session.connection.scalar(select(func.count()).select_from(table).where(*where)) or 0
    query = _query().where(*where).order_by(table.c.created.desc(), table.c.id.desc()).offset(first).limit(limit)
    return Page(tuple(_view(session, row) for row in session.connection.execute(query).mappings()), total)


def items(session: Session, migration_id: str, state: ItemState | None, first: int, limit: int) -> Page[Item]:
    """The instances of a migration, oldest first. Raises NotFound."""
    plan_of(session, migration_id)
    item = model.migration_item
    where = [item.c.migration_id == migration_id, *([] if state is None else [item.c.state == state])]
    total = session.connection.scalar(select(func.count()).select_from(item).where(*where)) or 0
    query = select(item.c.instance_id, item.c.state, item.c.problems).where(*where).order_by(item.c.instance_id).offset(first).limit(limit)
    return Page(tuple(Item(id, state, tuple(read_problems(told))) for id, state, told in session.connection.execute(query)), total)


def read_problems(text: str | None) -> list[Problem]:
    """The problems kept with an item."""
    return _problems.decode(text) if text else []


def _query() -> Any:
    table, source, target = model.migration, model.definition.alias("source"), model.definition.alias("target")
    return (
        select(
            table, source.c.version.label("source_version"), target.c.version.label("target_version"), target.c.name, target.c.name_en
        )
        .join(source, source.c.id == table.c.source_id)
        .join(target, target.c.id == table.c.target_id)
    )  # fmt: skip


def _view(session: Session, row: Any, **more: Any) -> MigrationView:
    item = model.migration_item
    query = select(item.c.state, func.count()).where(item.c.migration_id == row["id"]).group_by(item.c.state)
    counts = {state: number for state, number in session.connection.execute(query)}  # noqa: C416
    names = [name for name in MigrationView.__dataclass_fields__ if name in row]
    numbers = {state.lower(): counts.get(state, 0) for state in ItemState}
    return MigrationView(**{name: row[name] for name in names}, **numbers, **more)
