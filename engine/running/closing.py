"""An account is closed and its open work goes to others, in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.people import accounts
from engine.running.reassignment import Reassignment, reassign
from engine.states import SystemEvent
from engine.storage import journal
from engine.values import check_reason

if TYPE_CHECKING:
    from engine.storage.session import Session


def close(session: Session, user_id: str, to: str | None, hand_over: bool, back_first: bool, reason: str) -> Reassignment:
    """Shut a user out and hand his work over; what cannot go back goes to `to`, if somebody is named.

    Raises NotFound, Conflict, Invalid.
    """
    check_reason(reason)
    accounts.deactivate(session, user_id, reason)
    if not hand_over:
        return Reassignment(user_id, None, True, (), ())
    first = reassign(session, user_id, None if back_first else to, reason)
    rest = reassign(session, user_id, to, reason) if first.stays and back_first and to else None
    stays = first.stays if rest is None else rest.stays
    handed = first.handed + (rest.handed if rest is not None else ())
    if handed:
        journal.tell(session, SystemEvent.WORK_HANDED_OVER, user_id, {"to": to, "tasks": [one.task_id for one in handed], "reason": reason})
    return Reassignment(user_id, to, True, handed, stays)
