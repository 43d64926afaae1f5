"""Recomputing the chains because somebody asked: rows that say how far it is and what was found, for pages that do not wait for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from engine.dates.clock import real_now
from engine.errors import Conflict, NotFound
from engine.ids import new_id
from engine.people.authorization import require
from engine.queries import AuditReport, FromRow, loads
from engine.states import SystemEvent, Verb
from engine.storage import history, journal, model
from engine.storage.history import to_json

if TYPE_CHECKING:
    from engine.storage.session import Session

PATIENCE = timedelta(minutes=2)  # without a sign, whoever computed is taken to have died
KEPT_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Verification(FromRow):
    """A check of all chains. `faults`: the first hundred, as {instance_id, seq, message, message_th}."""

    id: str
    started: datetime
    started_by: str
    beat: datetime
    done: int
    total: int
    ended: datetime | None
    chains: int
    faults: tuple[Any, ...]
    fault_count: int

    @property
    def running(self) -> bool:
        return self.ended is None and real_now() - self.beat < PATIENCE

    @property
    def ok(self) -> bool:
        return self.ended is not None and not self.fault_count


def begin(session: Session) -> str:
    """A check that somebody is to compute. Raises Forbidden, Conflict where one is running."""
    require(session.actor, Verb.AUDIT)
    if any(one.running for one in listed(session, 1)):
        raise Conflict("The chains are being checked already.", th="กำลังตรวจสอบประวัติอยู่แล้ว")
    now, total = real_now(), history.count(session.connection)
    row = {"id": new_id(), "started": now, "started_by": session.actor.user_id, "beat": now, "total": total}
    session.connection.execute(insert(model.verification).values(**row))
    return str(row["id"])


def beat(session: Session, id: str, done: int) -> None:
    """Say how far it is."""
    session.connection.execute(update(model.verification).where(model.verification.c.id == id).values(done=done, beat=real_now()))


def end(session: Session, id: str, report: AuditReport) -> None:
    """Keep what was found, and tell the journal."""
    faults = [asdict(one) for one in report.faults[:KEPT_FAULTS]]
    found = {"done": report.events, "chains": report.instances, "faults": to_json(faults), "fault_count": len(report.faults)}
    table = model.verification
    session.connection.execute(update(table).where(table.c.id == id).values(**found, beat=real_now(), ended=real_now()))
    facts = {"events": report.events, "faults": len(report.faults)}
    journal.tell(session, SystemEvent.CHAINS_VERIFIED, facts=facts, actor=one_of(session, id).started_by)


def one_of(session: Session, id: str) -> Verification:
    """One check. Raises NotFound."""
    row = session.connection.execute(select(model.verification).where(model.verification.c.id == id)).mappings().first()
    if row is None:
        raise NotFound("There is no such check.", th="ไม่พบการตรวจสอบนี้")
    return Verification.of(row, faults=tuple(loads(row["faults"])))


def listed(session: Session, limit: int = 5) -> list[Verification]:
    """The last checks, newest first."""
    table = model.verification
    rows = session.connection.execute(select(table).order_by(table.c.started.desc(), table.c.id.desc()).limit(limit)).mappings()
    return [Verification.of(row, faults=tuple(loads(row["faults"]))) for row in rows]
