"""The journal: what was done that is no instance's and no draft's (logins, users, deployments, settings).

One chain of hashes that is only ever added to; who adds waits for who adds before him.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.storage import history

if TYPE_CHECKING:
    from engine.states import SystemEvent
    from engine.storage.session import Session

CHAIN = "system"  # its id among the heads
BEGIN = "INSERT INTO chain (id, history_seq, history_head) VALUES (?, 0, '') ON CONFLICT DO NOTHING"
HEAD = "SELECT history_seq, history_head FROM chain WHERE id = ?"
ADVANCE = "UPDATE chain SET history_seq = ?, history_head = ? WHERE id = ?"
ADD = "INSERT INTO system_event (seq, time, event, actor, subject, data, hash) VALUES (?, ?, ?, ?, ?, ?, ?)"


def tell(
    session: Session, event: SystemEvent, subject: str | None = None, facts: Mapping[str, Any] | None = None, actor: str | None = None
) -> None:
    """Add what the session's actor (or another) did to a user or thing."""
    row = session.rows.one(_locking(session), (CHAIN,))
    if row is None:
        session.rows.run(BEGIN, (CHAIN,))
        row = session.rows.one(_locking(session), (CHAIN,)) or (0, "")
    seq, data, who = int(row[0]) + 1, history.data_of(facts or {}), actor or session.actor.user_id
    head = history.chained(row[1], link(seq, session.now_text, str(event), who, subject, data))
    session.rows.run(ADD, (seq, session.now_text, str(event), who, subject, data, head))
    session.rows.run(ADVANCE, (seq, head, CHAIN))


def link(seq: int, time: str, event: str, actor: str, subject: str | None, data: str) -> tuple[Any, ...]:
    """An event in the form of an instance's, as hashes are made of it."""
    return (CHAIN, seq, CHAIN, time, event, actor, subject, None, None, data)


def _locking(session: Session) -> str:
    return HEAD if session.rows.sqlite else HEAD + " FOR UPDATE"
