"""The turn of one whole: it moves, or goes back, in the transaction of the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.migration import undoing
from engine.migration.moving import Moved, Route, move
from engine.migration.refusals import Refused
from engine.migration.views import ItemState
from engine.storage import model

if TYPE_CHECKING:
    from engine.migration.bulk import Planned
    from engine.storage.session import Record, Session

NEXT = (  # in the order of its index: unsorted. Who has locked a whole's first row has the turn of the whole.
    "SELECT whole_id, source_id FROM migration_item WHERE migration_id = ? AND state = ? AND instance_id = whole_id LIMIT 1"
)
ITEMS = "SELECT instance_id, source_id FROM migration_item WHERE migration_id = ? AND whole_id = ? AND state = ? ORDER BY instance_id"
SET_MOVED = "UPDATE migration_item SET state = 'MOVED', seq = ?, before = ?, final = ? WHERE migration_id = ? AND instance_id = ?"
SET_PASSED = "UPDATE migration_item SET state = 'PASSED' WHERE migration_id = ? AND instance_id = ?"
HOLD = "SELECT 1 FROM migration WHERE id = ? FOR UPDATE"  # what is tried again at this moment is seen by the statement after it
LEAD = "UPDATE migration_item SET whole_id = ? WHERE migration_id = ? AND whole_id = ?"
END = (
    "UPDATE migration SET state = 'DONE', ended = ? WHERE id = ? AND state = 'RUNNING' AND NOT EXISTS "
    "(SELECT 1 FROM migration_item i WHERE i.migration_id = migration.id AND i.state IN ('WAITING', 'RETURNING'))"
)


class Turn:
    """The turn of one whole. Whose it was is known also when its transaction has been rolled back: `refuse` is then to be told."""

    def __init__(self, planned: Planned) -> None:
        self.planned = planned
        self.whole_id: str | None = None
        self.back = False
        self.at = ""  # the instance that is being moved

    @property
    def route(self) -> Route:
        """Any of them."""
        return self.planned.routes.first

    def take(self, session: Session) -> int:
        """Move the next whole that waits, or put it back; how many instances had their turn, 0 where none waits.

        Raises Refused, NotFound, and whatever its steps raise.
        """
        self.whole_id = None
        migration_id = self.planned.cause.migration_id
        for state in (ItemState.WAITING, ItemState.RETURNING):
            row = session.rows.one(NEXT if session.rows.sqlite else NEXT + " FOR UPDATE SKIP LOCKED", (migration_id, state))
            if row is not None:
                self.whole_id = self.at = str(row[0])
                self.back = state == ItemState.RETURNING
                alone = not self.planned.routes.together
                waiting = dict([row] if alone else session.rows.all(ITEMS, (migration_id, self.whole_id, state)))
                return self._go_back(session, waiting) if self.back else self._move(session, waiting)
        if not session.rows.sqlite:
            session.rows.one(HOLD, (migration_id,))
        session.rows.run(END, (session.now, migration_id))
        return 0

    def _move(self, session: Session, waiting: dict[str, str]) -> int:
        moved: list[tuple[Record, Moved]] = []
        for record in self._locked(session):
            self.at = record.id
            if moved and record.over:  # what called it has moved, and no longer calls it
                continue
            if moved:  # what it reads of its caller, and what came to it from there, stands in rows
                session.execution.store_scopes()
            moved.append((record, move(session, record, self.planned.routes.of(record), self.planned.cause)))
        self._note(session, waiting, moved)
        return max(len(waiting), len(moved))

    def _locked(self, session: Session) -> list[Record]:
        """What of the whole is to move now. An instance by itself is refused by name where it has ended or runs on another version."""
        routes, whole_id = self.planned.routes, str(self.whole_id)
        if not routes.together:
            return [session.lock(whole_id)]
        row = session.rows.one("SELECT root_id FROM instance WHERE id = ?", (whole_id,))
        if row is None:
            return []
        session.lock(row[0])
        ids = routes.below(session, row[0])
        while [session.lock(id) for id in ids if id not in session.records]:
            ids = routes.below(session, row[0])  # called until its caller was locked
        return [session.lock(id) for id in ids]

    def _note(self, session: Session, waiting: dict[str, str], moved: list[tuple[Record, Moved]]) -> None:
        migration_id, whole_id = self.planned.cause.migration_id, str(self.whole_id)
        called = [{"migration_id": migration_id, "instance_id": record.id, "source_id": one.source_id, "whole_id": whole_id,
                   "state": ItemState.WAITING} for record, one in moved if record.id not in waiting]  # fmt: skip
        session.rows.insert(model.migration_item, called)
        for record, one in moved:
            session.rows.run(SET_MOVED, (record.history_seq, one.before.pack(), one.final, migration_id, record.id))
        left = waiting.keys() - {record.id for record, _one in moved}
        for id in left:
            session.rows.run(SET_PASSED, (migration_id, id))
        if moved and whole_id in left:  # another one leads from now on
            session.rows.run(LEAD, (moved[0][0].id, migration_id, whole_id))

    def _go_back(self, session: Session, waiting: dict[str, str]) -> int:
        """What was called before its callers: each as it stood."""
        cause, routes = self.planned.undoing or self.planned.cause, self.planned.routes
        checked = []
        for id in waiting:
            self.at = id
            checked.append(undoing.ready(session, cause.migration_id, id, routes.by_source[waiting[id]]))
        for one in reversed(checked):
            self.at = one.record.id
            undoing.undo(session, one, cause)
        return len(waiting)


def why_not(session: Session, turn: Turn) -> dict[str, Refused]:
    """Of a whole that cannot move or go back: why, by instance, as far as that can be seen beforehand."""
    from engine.migration import trying

    routes, migration_id = turn.planned.routes, turn.planned.cause.migration_id
    state = ItemState.RETURNING if turn.back else ItemState.WAITING
    found: dict[str, Refused] = {}
    for id, source in session.rows.all(ITEMS, (migration_id, str(turn.whole_id), state)):
        problems = undoing.problems(session, migration_id, id, routes.by_source[source]) if turn.back else trying.problems(
            session, routes.by_source[source], id)  # fmt: skip
        if problems:
            found[id] = Refused(problems)
    return found
