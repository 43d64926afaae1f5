"""Reminders: a job before a task's due date for its people, then one after it for whom it escalates to. They go when the task ends."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from engine.dates import thai
from engine.dates.calendar import MOST_DAYS, working_days_after, working_days_before
from engine.dates.zone import in_bangkok
from engine.deployment.packs import Reminders
from engine.errors import LanguageError
from engine.ids import new_id
from engine.papers import outbox
from engine.projects import naming
from engine.queries import loads
from engine.running import candidates
from engine.states import Event, JobKind, JobState
from engine.storage import model
from engine.storage.history import to_json

if TYPE_CHECKING:
    from engine.deployment.definitions import Definition
    from engine.diagrams.model import HumanTask
    from engine.running.jobs import Job
    from engine.running.outside import Outside
    from engine.storage.session import Record, Session

BEFORE, AFTER = "before", "after"


def rules(outside: Outside, human: HumanTask, variables: Mapping[Any, Any]) -> Reminders:
    """What the task says, else what schedule.toml says for all."""
    default = outside.definition.files.reminders
    to = outside.template(human.escalate_to, variables) if human.escalate_to else default.escalate_to
    return Reminders(
        _days(outside, human.remind, variables, default.before),
        _days(outside, human.escalate, variables, default.after),
        str(to) if to else None,
    )


def _days(outside: Outside, text: str | None, variables: Mapping[Any, Any], default: int | None) -> int | None:
    if not text:
        return default
    value = outside.template(text, variables)
    try:
        days = max(0, int(value))
    except (TypeError, ValueError, OverflowError):
        days = None
    if days is None or days > MOST_DAYS:
        th = f"{value!r} ไม่ใช่จำนวนวันทำการ (ไม่เกิน {MOST_DAYS} วัน)"
        raise LanguageError(f"{value!r} is not a number of working days (at most {MOST_DAYS})", th=th, expression=text)
    return days


def plan(session: Session, task: Mapping[Any, Any], rule: Reminders) -> None:
    """Add the next reminder of a task (a row) with a due date, if one is still to come."""
    if rule.before is not None:
        at = working_days_before(task["due"], rule.before, session.holidays)
        if at > session.now:
            _add(session, task, at, BEFORE, rule)
            return
    _plan_escalation(session, task, rule)


def _plan_escalation(session: Session, task: Mapping[Any, Any], rule: Reminders) -> None:
    """Whom it is told to when it is late; nobody where that is after the end of the calendar."""
    if rule.after is not None and rule.escalate_to:
        with suppress(OverflowError):
            _add(session, task, working_days_after(task["due"], rule.after, session.holidays), AFTER, rule)


def _add(session: Session, task: Mapping[Any, Any], at: datetime, stage: str, rule: Reminders) -> None:
    payload = {"stage": stage, "before": rule.before, "after": rule.after, "to": rule.escalate_to}
    session.add(
        model.job,
        {
            "id": new_id(),
            "kind": JobKind.REMINDER,
            "state": JobState.PENDING,
            "due": at.astimezone(UTC),
            "definition_id": task["definition_id"],
            "instance_id": task["instance_id"],
            "root_id": task["root_id"],
            "scope_id": task["scope_id"],
            "token_id": task["id"],
            "element_id": task["element_id"],
            "element_name": task["name"],
            "step": task["step"],
            "payload": to_json(payload),
            "created": session.now,
        },
    )


def fire(session: Session, record: Record, job: Job) -> None:
    """Remind the task's people, or tell whom it escalates to; plan what comes next."""
    task = session.connection.execute(model.task.select().where(model.task.c.id == job.token_id)).mappings().first()
    if task is None or task["state"] not in ("CREATED", "CLAIMED") or task["due"] is None:
        return
    payload = loads(job.payload) or {}
    rule = Reminders(payload.get("before"), payload.get("after"), payload.get("to"))
    if payload.get("stage") == BEFORE:
        text, recipients = "reminder", _people(session, task)
        _plan_escalation(session, task, rule)
    else:
        text, recipients = "escalation", [*_people(session, task), rule.escalate_to or ""]
    due = in_bangkok(task["due"]).date()
    definition = session.shared.definitions.get(session.connection, task["definition_id"])
    party, party_en = _party(session, record, definition, task)
    facts = {
        "task": task["name"],
        "task_en": task["name_en"] or task["name"],
        "due": thai.format_date(due, "short"),
        "due_en": thai.format_date(due, "short", locale="en"),
        "party": party,
        "party_en": party_en,
        "business_key": task["business_key"] or "",
        "step": task["step"] or "",
    }
    recipients = [recipient for recipient in recipients if recipient]
    outbox.notify(session, record, definition, recipients, text, facts, task_id=task["id"])
    session.record(
        record,
        Event.REMINDER_SENT,
        element_id=task["element_id"],
        token_id=task["id"],
        step=task["step"],
        facts={"stage": payload.get("stage"), "to": recipients},
    )


def _party(session: Session, record: Record, definition: Definition, task: Mapping[Any, Any]) -> tuple[str, str]:
    """What the party of a task is called, Thai and English."""
    if not task["party"]:
        return "", ""
    seen = session.execution.instance(record).view_of(task["scope_id"], task["id"])
    return naming.party(definition.files.parties, task["party"], seen)


def _people(session: Session, task: Mapping[Any, Any]) -> list[str]:
    if task["assignee"]:
        return [task["assignee"]]
    return sorted({name for kind, name in candidates.listed(*(task[column] for column in candidates.COLUMNS.values())) if kind != "barred"})


def replan(session: Session, task: Mapping[Any, Any], rule: Reminders) -> None:
    """The due date of a task has moved: its reminders move with it."""
    session.rows.run("DELETE FROM job WHERE token_id = ? AND kind = 'reminder'", (task["id"],))
    if task["due"] is not None:
        plan(session, task, rule)
