"""The row of a draft while a verb works with it: locked, its history added to, its steps ruled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from engine.drafts.states import OVER, RULES, DraftEvent, DraftState, Step
from engine.drafts.views import DraftView, Happened
from engine.errors import Conflict, Forbidden, NotFound
from engine.people.authorization import allowed
from engine.queries import Page, loads
from engine.storage import history, model

if TYPE_CHECKING:
    from engine.storage.session import Session

NO_DRAFT, NO_DRAFT_TH = "There is no such draft.", "ไม่พบร่างนี้"
SECOND = "A second person does this: neither its author nor anybody who has changed it since the last approval."
SECOND_TH = "ต้องเป็นบุคคลที่สอง ซึ่งไม่ใช่ผู้ร่างและไม่ใช่ผู้ที่แก้ไขร่างนี้หลังการเห็นชอบครั้งล่าสุด"
NOT_NOW, NOT_NOW_TH = "The draft's state does not allow this now; load it again.", "สถานะของร่างขณะนี้ไม่อนุญาตให้ทำเช่นนี้ โปรดเปิดใหม่"


@dataclass(frozen=True, slots=True)
class Locked:
    """A draft's row, nobody else's until the transaction ends."""

    id: str
    row: Mapping[Any, Any]

    @property
    def state(self) -> DraftState:
        return DraftState(self.row["state"])

    @property
    def revision(self) -> int:
        return int(self.row["revision"])


def lock(session: Session, draft_id: str, step: Step | None = None) -> Locked:
    """The draft, locked; with a step: only where the actor may take it now. Raises NotFound, Conflict, Forbidden."""
    table = model.draft
    row = session.connection.execute(select(table).where(table.c.id == draft_id).with_for_update()).mappings().first()
    if row is None:
        raise NotFound(NO_DRAFT, th=NO_DRAFT_TH)
    locked = Locked(draft_id, row)
    if step is not None:
        _require(session, locked, step)
    return locked


def _require(session: Session, draft: Locked, step: Step) -> None:
    rule = RULES[step]
    if draft.state not in rule.states:
        raise Conflict(NOT_NOW, th=NOT_NOW_TH)
    if rule.second and session.actor.user_id in editors(session, draft.row):
        raise Forbidden(SECOND, th=SECOND_TH)


def change(session: Session, draft: Locked, event: DraftEvent, facts: Mapping[str, Any], **values: Any) -> Locked:
    """Set columns of a draft and tell its history what happened."""
    return tell(session, draft, event, facts, session.actor.user_id, **values, changed=session.now, changed_by=session.actor.user_id)


def tell(session: Session, draft: Locked, event: DraftEvent, facts: Mapping[str, Any], actor: str, **values: Any) -> Locked:
    """Add to the draft's history what somebody did, which may be no change of it."""
    seq, data = draft.row["history_seq"] + 1, history.data_of(facts)
    link = (draft.id, seq, draft.id, session.now_text, str(event), actor, None, None, None, data)
    head = history.chained(draft.row["history_head"], link)
    values |= {"history_seq": seq, "history_head": head}
    happened = {"draft_id": draft.id, "seq": seq, "time": session.now, "event": str(event), "actor": actor}
    session.connection.execute(insert(model.draft_event).values(**happened, data=data, hash=head))
    session.connection.execute(update(model.draft).where(model.draft.c.id == draft.id).values(**values))
    return Locked(draft.id, {**draft.row, **values})


def editors(session: Session, row: Mapping[Any, Any]) -> frozenset[str]:
    """Who may not approve a draft: its author, and who changed a file since it was approved last."""
    table = model.draft_revision
    since = (table.c.draft_id == row["id"], table.c.revision > (row["approved"] or 0), table.c.kind != "LOST")
    return frozenset({row["author"], *session.connection.scalars(select(table.c.changed_by).where(*since).distinct())})


def may(session: Session, row: Mapping[Any, Any]) -> frozenset[str]:
    """The steps the actor may take with a draft now."""
    state, actor = DraftState(row["state"]), session.actor
    steps = [step for step, rule in RULES.items() if state in rule.states and allowed(actor, rule.verb)]
    if any(RULES[step].second for step in steps) and actor.user_id in editors(session, row):
        steps = [step for step in steps if not RULES[step].second]
    return frozenset(str(step) for step in steps)


def row_of(session: Session, draft_id: str) -> Mapping[Any, Any]:
    """A draft's row, to read. Raises NotFound."""
    row = session.connection.execute(select(model.draft).where(model.draft.c.id == draft_id)).mappings().first()
    if row is None:
        raise NotFound(NO_DRAFT, th=NO_DRAFT_TH)
    return row


def view(session: Session, draft_id: str) -> DraftView:
    """A draft as the actor may go on with it. Raises NotFound."""
    row = row_of(session, draft_id)
    return DraftView.of(row, may=may(session, row))


def page(session: Session, *, over: bool = False, first: int = 0, limit: int = 50) -> Page[DraftView]:
    """Drafts, the last changed first: those somebody works on, or those that are over (active, discarded)."""
    table = model.draft
    ended = table.c.state.in_(sorted(OVER))
    where = ended if over else ~ended
    total = session.connection.scalar(select(func.count()).select_from(table).where(where)) or 0
    query = select(table).where(where).order_by(table.c.changed.desc(), table.c.id.desc()).offset(first).limit(limit)
    rows = session.connection.execute(query).mappings().all()
    return Page(tuple(DraftView.of(row, may=may(session, row)) for row in rows), total)


def events(session: Session, draft_id: str, *, first: int = 0, limit: int = 100) -> Page[Happened]:
    """What happened to a draft, newest first. Raises NotFound."""
    row, table = row_of(session, draft_id), model.draft_event
    query = select(table).where(table.c.draft_id == draft_id).order_by(table.c.seq.desc()).offset(first).limit(limit)
    found = session.connection.execute(query).mappings()
    return Page(
        tuple(Happened(one["seq"], one["time"], one["event"], one["actor"], loads(one["data"]) or {}) for one in found),
        row["history_seq"],
    )


def is_over(row: Mapping[Any, Any]) -> bool:
    """Whether nobody goes on with a draft."""
    return DraftState(row["state"]) in OVER
