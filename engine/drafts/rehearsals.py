"""Rehearsals of drafts: who asked for one, how far it is, what it found. They are played elsewhere (engine/drafts/playing.py)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from engine.dates.clock import real_now
from engine.deployment.checking import checked
from engine.drafts import bases, files, record
from engine.drafts.states import DraftEvent, RehearsalState
from engine.drafts.views import Rehearsed
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.ids import new_id
from engine.queries import loads
from engine.storage import model

if TYPE_CHECKING:
    from engine.storage.session import Session

SILENT = timedelta(seconds=60)  # a rehearsal that has not been heard of for so long is over: what played it has died
RUNNING = RehearsalState.RUNNING.value
MOST_AT_ONCE = 3  # of all drafts: each is a program that takes a processor


def begin(session: Session, draft_id: str, process: str) -> str:
    """Ask for a rehearsal of one of the draft's processes; returns its id. Raises NotFound, Invalid, Conflict where one is running."""
    draft = record.lock(session, draft_id)
    content = files.contents(session, draft_id)
    if process not in bases.keys_of(content):
        message = f"The draft has no process {process!r} that can be played."
        raise Invalid(message, [Problem(message, f"ร่างนี้ไม่มีกระบวนการ {process!r}", field="process", rule="enum")])
    plan = checked(session, content, draft.row["pack"])
    if not plan.ok:
        raise Invalid("A draft with faults cannot be played.", plan.errors, th="ร่างที่มีข้อผิดพลาดซ้อมไม่ได้ โปรดแก้ไขก่อน")
    former = newest(session, draft_id)
    if former is not None and former.state == RUNNING:
        raise Conflict("A rehearsal of this draft is being played.", th="กำลังซ้อมร่างนี้อยู่")
    if _running(session) >= MOST_AT_ONCE:
        raise Conflict("Other drafts are being rehearsed; wait until one is over.", th="กำลังซ้อมร่างอื่นอยู่ โปรดรอจนซ้อมเสร็จก่อน")
    now, rehearsal_id = real_now(), new_id()
    row = {"id": rehearsal_id, "draft_id": draft_id, "revision": draft.revision, "process": process, "state": RUNNING}
    started = {"started": now, "started_by": session.actor.user_id, "beat": now}
    session.connection.execute(insert(model.draft_rehearsal).values(**row, **started))
    return rehearsal_id


def _running(session: Session) -> int:
    table = model.draft_rehearsal
    alive = (table.c.state == RUNNING, table.c.beat >= real_now() - SILENT)
    return session.connection.scalar(select(func.count()).select_from(table).where(*alive)) or 0


def newest(session: Session, draft_id: str) -> Rehearsed | None:
    """The last rehearsal of a draft, if there was one."""
    table = model.draft_rehearsal
    query = select(table).where(table.c.draft_id == draft_id).order_by(table.c.started.desc(), table.c.id.desc()).limit(1)
    row = session.connection.execute(query).mappings().first()
    return None if row is None else _view(row)


def one(session: Session, rehearsal_id: str) -> Rehearsed:
    """A rehearsal. Raises NotFound."""
    row = session.connection.execute(select(model.draft_rehearsal).where(model.draft_rehearsal.c.id == rehearsal_id)).mappings().first()
    if row is None:
        raise NotFound("There is no such rehearsal.", th="ไม่พบการซ้อมนี้")
    return _view(row)


def _view(row: Mapping[Any, Any]) -> Rehearsed:
    died = row["state"] == RUNNING and row["beat"] < real_now() - SILENT
    state = RehearsalState.STOPPED.value if died else row["state"]
    return Rehearsed.of(row, state=state, result=loads(row["result"]) or {})


def heard(session: Session, rehearsal_id: str, done: int, doing: str) -> bool:
    """Note how far it is; answers whether to go on."""
    table = model.draft_rehearsal
    still = (table.c.id == rehearsal_id, table.c.state == RUNNING)
    values = {"done": done, "doing": doing[:200], "beat": real_now()}
    return bool(session.connection.execute(update(table).where(*still).values(**values)).rowcount)


def cancel(session: Session, rehearsal_id: str) -> None:
    """Let a rehearsal go no further. Raises NotFound, Conflict."""
    table = model.draft_rehearsal
    one(session, rehearsal_id)
    still = (table.c.id == rehearsal_id, table.c.state == RUNNING)
    cancelled = {"state": RehearsalState.CANCELLED.value, "ended": real_now()}
    if not session.connection.execute(update(table).where(*still).values(**cancelled)).rowcount:
        raise Conflict("This rehearsal is over already.", th="การซ้อมนี้จบแล้ว")


def end(session: Session, rehearsal_id: str, state: RehearsalState, done: int, result: Mapping[str, Any]) -> None:
    """Keep what it found, unless somebody cancelled it."""
    table = model.draft_rehearsal
    still = (table.c.id == rehearsal_id, table.c.state == RUNNING)
    values = {"state": state.value, "done": done, "result": json.dumps(result, ensure_ascii=False), "ended": real_now()}
    if session.connection.execute(update(table).where(*still).values(**values)).rowcount:
        found = one(session, rehearsal_id)
        facts = {"process": found.process, "revision": found.revision, "state": state.value, "tasks": done}
        record.tell(session, record.lock(session, found.draft_id), DraftEvent.REHEARSED, facts, found.started_by)
