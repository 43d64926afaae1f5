"""From draft to running: submit, approve by a second person, schedule, activate; each with who, when and why in the draft's history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from engine.deployment.checking import Plan, checked
from engine.deployment.deploying import deploy
from engine.drafts import bases, files, telling
from engine.drafts.record import Locked, change, lock
from engine.drafts.states import RULES, DraftEvent, DraftState, Step
from engine.errors import Conflict, Invalid, Problem, RuamError
from engine.ids import new_id
from engine.queries import loads
from engine.states import JobKind, JobState
from engine.storage import model
from engine.values import LONGEST_REASON, check_reason, check_text

if TYPE_CHECKING:
    from engine.queries import Deployment
    from engine.running.jobs import Job
    from engine.storage.session import Session

WRONG, WRONG_TH = "The draft has faults; nothing is done before they are mended.", "ร่างยังมีข้อผิดพลาด โปรดแก้ไขก่อน"


def submit(session: Session, draft_id: str, note: str = "") -> None:
    """Put a draft before a second person. Raises NotFound, Invalid (problems), Conflict where it changes nothing."""
    check_text(note, "note", LONGEST_REASON)
    draft = lock(session, draft_id, Step.SUBMIT)
    content = files.contents(session, draft_id)
    if draft.row["base_id"] and content == bases.files_of(session, draft.row["base_id"]) and not bases.stale(session, draft.row, content):
        raise Conflict("This draft changes nothing yet.", th="ร่างนี้ยังไม่มีสิ่งใดเปลี่ยนแปลง")
    _require_right(session, draft, content)
    _step(session, draft, Step.SUBMIT, DraftEvent.SUBMITTED, note, reason=None)
    telling.submitted(session, draft)


def withdraw(session: Session, draft_id: str, reason: str) -> None:
    """Take a submitted draft back to change it. Raises NotFound, Conflict, Invalid."""
    check_reason(reason)
    _step(session, lock(session, draft_id, Step.WITHDRAW), Step.WITHDRAW, DraftEvent.WITHDRAWN, reason)


def approve(session: Session, draft_id: str, *, revision: int, reason: str = "", replace: bool = False) -> None:
    """Approve the draft as of the revision one has looked at. `replace`: over somebody's newer version, with a reason.

    Raises NotFound, Forbidden (not a second person), StaleBase, Conflict, Invalid.
    """
    check_text(reason, "reason", LONGEST_REASON)
    draft = lock(session, draft_id, Step.APPROVE)
    _require_revision(draft, revision)
    content = files.contents(session, draft_id)
    if replace and (over := bases.stale(session, draft.row, content)):
        check_reason(reason)
        facts = {"reason": reason, "replaced": {one.key: one.newest for one in over}}
        draft = change(session, draft, DraftEvent.BASE_CONFIRMED, facts, base_versions=bases.confirmed(session, draft.row, content))
    bases.require_fresh(session, draft.row, content)
    _require_right(session, draft, content)
    approved = {"approved": draft.revision, "approved_by": session.actor.user_id}
    _step(session, draft, Step.APPROVE, DraftEvent.APPROVED, reason, **approved)
    telling.decided(session, draft, "approved", reason)


def send_back(session: Session, draft_id: str, *, revision: int, reason: str) -> None:
    """Return a submitted draft with a reason. Raises NotFound, Forbidden, Conflict, Invalid."""
    check_reason(reason)
    draft = lock(session, draft_id, Step.RETURN)
    _require_revision(draft, revision)
    _step(session, draft, Step.RETURN, DraftEvent.RETURNED, reason, reason=reason)
    telling.decided(session, draft, "returned", reason)


def reopen(session: Session, draft_id: str, reason: str) -> None:
    """Change what was approved already: it will have to be approved again. Raises NotFound, Conflict, Invalid."""
    check_reason(reason)
    draft = lock(session, draft_id, Step.REOPEN)
    _forget_job(session, draft)
    _step(session, draft, Step.REOPEN, DraftEvent.REOPENED, reason, activate_at=None)


def discard(session: Session, draft_id: str, reason: str) -> None:
    """Give a draft up; it can still be read. Raises NotFound, Conflict, Invalid."""
    check_reason(reason)
    draft = lock(session, draft_id, Step.DISCARD)
    _forget_job(session, draft)
    _step(session, draft, Step.DISCARD, DraftEvent.DISCARDED, reason, reason=reason, activate_at=None)


# ---- activation


@dataclass(frozen=True, slots=True)
class Tested:
    """At which revision the draft's process tests have passed, or need not, and what is told of it."""

    revision: int
    facts: Mapping[str, object]


def schedule(session: Session, draft_id: str, at: datetime, *, tested: Tested) -> None:
    """Let the clock activate an approved draft at a time to come. Raises NotFound, Conflict, Invalid."""
    draft = lock(session, draft_id, Step.SCHEDULE)
    _require_revision(draft, tested.revision)
    if at <= session.now:
        message = "The time is past; name one to come, or activate it now."
        raise Invalid(message, [Problem(message, "เวลานี้ผ่านไปแล้ว โปรดระบุเวลาในอนาคต หรือเปิดใช้ทันที", field="at", rule="past")])
    bases.require_fresh(session, draft.row, files.contents(session, draft_id))
    _forget_job(session, draft)
    session.add(
        model.job,
        {
            "id": new_id(),
            "kind": JobKind.ACTIVATION.value,
            "state": JobState.PENDING.value,
            "due": at,
            "element_name": draft.row["title"],
            "payload": json.dumps({"draft": draft_id, "by": session.actor.user_id}),
            "created": session.now,
        },
    )
    _step(session, draft, Step.SCHEDULE, DraftEvent.SCHEDULED, "", {"at": at, **tested.facts}, activate_at=at, reason=None)


def unschedule(session: Session, draft_id: str, reason: str) -> None:
    """Keep the clock from activating it. Raises NotFound, Conflict, Invalid."""
    check_reason(reason)
    draft = lock(session, draft_id, Step.UNSCHEDULE)
    _forget_job(session, draft)
    _step(session, draft, Step.UNSCHEDULE, DraftEvent.UNSCHEDULED, reason, activate_at=None)


def activate(session: Session, draft_id: str, *, tested: Tested) -> Deployment:
    """Deploy all files of an approved draft in one deployment. Raises NotFound, StaleBase, Conflict, Invalid."""
    draft = lock(session, draft_id, Step.ACTIVATE)
    _require_revision(draft, tested.revision)
    _forget_job(session, draft)
    return _activate(session, draft, tested.facts)


def _activate(session: Session, draft: Locked, facts: Mapping[str, object]) -> Deployment:
    content = files.contents(session, draft.id)
    bases.require_fresh(session, draft.row, content)
    made = deploy(session, content, name=draft.row["name"], pack=draft.row["pack"], source=f"draft:{draft.id}", facts=_of_tests(facts))
    bases.require_next(draft.row, made.definitions)
    versions = {one.key: one.version for one in made.definitions}
    facts = {**facts, "deployment": made.id, "versions": versions, "approved_by": draft.row["approved_by"]}
    _step(session, draft, Step.ACTIVATE, DraftEvent.ACTIVATED, "", facts, deployment_id=made.id)
    return made


def _of_tests(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: facts[name] for name in ("tests", "untested") if name in facts}


def on_time(session: Session, job: Job) -> None:
    """The clock's activation. What stands against it now is told, and the draft waits for a person again."""
    asked = loads(job.payload) or {}
    draft = lock(session, asked["draft"])
    if draft.state is not DraftState.SCHEDULED:
        return
    try:
        content = files.contents(session, draft.id)
        bases.require_fresh(session, draft.row, content)
        _require_right(session, draft, content)
    except RuamError as refusal:
        facts = {"reason": refusal.message, "reason_th": refusal.message_th, "problems": _told(refusal), "scheduled_by": asked.get("by")}
        values = {"state": DraftState.APPROVED.value, "reason": refusal.message_th or refusal.message, "activate_at": None}
        change(session, draft, DraftEvent.ACTIVATION_REFUSED, facts, **values)
        telling.decided(session, draft, "refused", f"{refusal.thai}\n\n{refusal.message}", also=asked.get("by"))
    else:
        _activate(session, draft, {"scheduled_by": asked.get("by")})


def _told(refusal: RuamError) -> list[str]:
    return [f"{problem.file}: {problem.message}" for problem in refusal.problems[:20]] if isinstance(refusal, Invalid) else []


# ---- what all of them share


def _step(
    session: Session,
    draft: Locked,
    step: Step,
    event: DraftEvent,
    reason: str,
    facts: Mapping[str, object] | None = None,
    /,
    **values: object,
) -> Locked:
    after = RULES[step].after
    told = {"revision": draft.revision, **(facts or {})} | ({"reason": reason.strip()} if reason.strip() else {})
    return change(session, draft, event, told, **values, state=(after or draft.state).value)


def _require_revision(draft: Locked, revision: int) -> None:
    if revision != draft.revision:
        raise Conflict("The draft has changed since you looked at it; look at it again.", th="ร่างเปลี่ยนไปหลังจากที่ท่านเปิดดู โปรดตรวจดูใหม่")


def _require_right(session: Session, draft: Locked, content: Mapping[str, bytes]) -> Plan:
    plan = checked(session, content, draft.row["pack"])
    if not plan.ok:
        raise Invalid(WRONG, plan.errors, th=WRONG_TH)
    return plan


def _forget_job(session: Session, draft: Locked) -> None:
    """No job waits for the draft any more."""
    if draft.state is not DraftState.SCHEDULED:
        return
    table = model.job
    waiting = session.connection.execute(select(table.c.id, table.c.payload).where(table.c.kind == JobKind.ACTIVATION.value)).all()
    mine = [job_id for job_id, payload in waiting if (loads(payload) or {}).get("draft") == draft.id]
    session.connection.execute(delete(table).where(table.c.id.in_(mine)))
