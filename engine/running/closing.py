"""An account is closed and its open work goes to others, in one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.people import accounts
from engine.running.reassignment import NOBODY, Reassignment, reassign
from engine.states import SystemEvent
from engine.storage import journal
from engine.values import check_reason

if TYPE_CHECKING:
    from engine.storage.session import Session


def close(
    session: Session, user_id: str, to: str | None, hand_over: bool, back_first: bool, reason: str, single: Mapping[str, str] = NOBODY
) -> Reassignment:
    """Shut a user out and hand his work over; what cannot go back goes to `to`, if somebody is named; `single`: some tasks to others.

    Raises NotFound, Conflict, Invalid.
    """
    check_reason(reason)
    accounts.deactivate(session, user_id, reason)
    if not hand_over and not single:
        return Reassignment(user_id, None, True, (), ())
    first = reassign(session, user_id, None if back_first else to, reason, single, others_too=hand_over)
    rest = reassign(session, user_id, to, reason) if first.stays and back_first and to else None
    stays = first.stays if rest is None else rest.stays
    handed = first.handed + (rest.handed if rest is not None else ())
    if handed:
        facts: dict[str, Any] = {"to": to, "tasks": [one.task_id for one in handed], "reason": reason}
        if given := {one.task_id: single[one.task_id] for one in handed if one.task_id in single}:
            facts["single"] = given
        journal.tell(session, SystemEvent.WORK_HANDED_OVER, user_id, facts)
    return Reassignment(user_id, to, True, handed, stays)
