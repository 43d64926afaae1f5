"""Whom the life of a draft concerns is told in his notices."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.drafts import record
from engine.ids import new_id
from engine.people.authorization import ROLES
from engine.states import Verb
from engine.storage import model

if TYPE_CHECKING:
    from engine.drafts.record import Locked
    from engine.storage.session import Session

DECIDED = {
    "approved": ("เห็นชอบร่างแล้ว: {title}", "Draft approved: {title}"),
    "returned": ("ส่งร่างกลับให้แก้ไข: {title}", "Draft returned: {title}"),
    "refused": ("เปิดใช้ร่างตามเวลาไม่ได้: {title}", "The draft could not be activated: {title}"),
}


def submitted(session: Session, draft: Locked) -> None:
    """Tell those who may approve it."""
    barred = record.editors(session, draft.row)
    th, en = "มีร่างกระบวนการรอความเห็นชอบ: {title}", "A draft waits for approval: {title}"
    for user_id in sorted(approvers(session) - barred):
        _tell(session, draft, user_id, (th, en), "")


def decided(session: Session, draft: Locked, how: str, reason: str, also: str | None = None) -> None:
    """Tell its author and who changed it last what became of it."""
    for user_id in sorted({draft.row["author"], draft.row["changed_by"], *([also] if also else ())} - {session.actor.user_id}):
        _tell(session, draft, user_id, DECIDED[how], reason)


def approvers(session: Session) -> set[str]:
    """Everybody whose role lets them approve drafts."""
    table, roles = model.user, {str(role) for role in ROLES[Verb.APPROVE]}
    found = session.connection.execute(select(table.c.id, table.c.roles).where(table.c.active, table.c.roles != "[]"))
    return {user_id for user_id, held in found if not roles.isdisjoint(json.loads(held))}


def _tell(session: Session, draft: Locked, user_id: str, words: tuple[str, str], body: str) -> None:
    th, en = (text.format(title=draft.row["title"]) for text in words)
    told = {"subject": th, "subject_en": en, "body": body, "draft_id": draft.id}
    session.add(model.outbox, {"id": new_id(), "kind": "notice", "recipient": user_id, "created": session.now, **told})
