"""Who has a file of a draft open: told by the pages every half minute, forgotten after two minutes. Real time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from engine.dates.clock import real_now
from engine.drafts import record
from engine.drafts.views import Presence
from engine.storage import model
from engine.values import check_text

if TYPE_CHECKING:
    from engine.storage.session import Session

LATELY = timedelta(minutes=2)


def here(session: Session, draft_id: str, path: str | None) -> list[Presence]:
    """The actor has this file open ("": the overview; None: nothing any more); answers with the others. Raises NotFound."""
    record.row_of(session, draft_id)
    table, now, who = model.draft_presence, real_now(), session.actor.user_id
    if path is None:
        session.connection.execute(delete(table).where(table.c.draft_id == draft_id, table.c.user_id == who))
        return others(session, draft_id)
    check_text(path, "path")
    session.connection.execute(delete(table).where(table.c.draft_id == draft_id, table.c.seen < now - LATELY))
    mine = (table.c.draft_id == draft_id, table.c.user_id == who, table.c.path == path)
    if not session.connection.execute(update(table).where(*mine).values(seen=now)).rowcount:
        session.connection.execute(insert(table).values(draft_id=draft_id, user_id=who, path=path, seen=now))
    return others(session, draft_id)


def others(session: Session, draft_id: str) -> list[Presence]:
    """Who else has which file open, the last seen first."""
    table = model.draft_presence
    where = (table.c.draft_id == draft_id, table.c.user_id != session.actor.user_id, table.c.seen >= real_now() - LATELY)
    rows = session.connection.execute(select(table.c.user_id, table.c.path, table.c.seen).where(*where).order_by(table.c.seen.desc()))
    return [Presence(*row) for row in rows]
