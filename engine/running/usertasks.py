"""How a user task opens and is taken away: its row, its candidates, its due date and reminders, as the diagram says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from engine import language
from engine.dates.zone import BANGKOK
from engine.diagrams.model import HumanTask
from engine.errors import Forbidden, LanguageError
from engine.language.timers import parse_timer
from engine.projects import naming
from engine.running import candidates, reminders
from engine.running.priorities import priority
from engine.states import Event, TaskState
from engine.storage import model
from engine.storage.history import to_json

if TYPE_CHECKING:
    from engine.deployment.definitions import Definition
    from engine.diagrams.model import Element
    from engine.running.outside import Outside
    from engine.spiff import Token
    from engine.storage.session import Record, Session

Variables = Mapping[str, Any]
DEFAULT_PRIORITY = 50
LONGEST_CONTEXT = 2000  # characters of the facts kept beside a task for lists
END_OF_DAY = time(23, 59, 59)
NOBODY = HumanTask()


def open(outside: Outside, token: Token, element: Element, variables: Variables) -> None:
    """Write the task of a token. Raises LanguageError where a text cannot be evaluated."""
    session, record = outside.session, outside.record
    row, groups, users, barred = drawn(outside, token, element, variables)
    if record.held is not None and record.holds(element.id):
        row["state"] = TaskState.SUSPENDED
    candidates.offer(session, row, groups, users, barred)
    session.add(model.task, row)
    due = row["due"]
    facts = {"party": row["party"], "assignee": row["assignee"], "due": due}
    session.record(
        record,
        Event.TASK_CREATED,
        element_id=element.id,
        token_id=token.id,
        step=outside.step_of(element),
        facts={name: value for name, value in facts.items() if value is not None},
    )
    if due is not None:
        reminders.plan(session, row, reminders.rules(outside, element.human or NOBODY, variables))


Drawn = tuple[dict[str, Any], list[str], list[str], list[str]]  # the row of a task; groups and users it is for; groups barred from it


def drawn(outside: Outside, token: Token, element: Element, variables: Variables) -> Drawn:
    """What the diagram says of a token's task now. Raises LanguageError where a text cannot be evaluated."""
    record, human = outside.record, element.human or NOBODY
    party_key = outside.definition.lanes.get(element.id) or record.party
    groups, users, assignee = meant(outside, element, variables)
    due = _when(outside, human.due, variables)
    now = outside.session.now_text
    row = {
        "id": token.id,
        "instance_id": record.id,
        "root_id": record.root_id,
        "scope_id": token.scope_id,
        "definition_id": record.definition_id,
        "element_id": element.id,
        "name": str(outside.template(element.name or element.id, variables)),
        "name_en": str(outside.template(element.name_en, variables)) if element.name_en else "",
        "state": TaskState.CREATED if assignee is None else TaskState.CLAIMED,
        "assignee": assignee,
        "owner": str(outside.template(human.owner, variables)) if human.owner else None,
        "priority": priority(outside, human.priority, variables) if human.priority else DEFAULT_PRIORITY,
        "due": due,
        "follow_up": _when(outside, human.follow_up, variables),
        "form_key": human.form_key,
        "business_key": record.business_key,
        "step": outside.step_of(element),
        "party": groups[0] if groups else party_key,
        "category": str(outside.template(human.category, variables)) if human.category else record.category,
        "unit": str(outside.template(human.unit, variables)) if human.unit else record.unit,
        "context": _context(outside, element, variables),
        "created": now,
        "claimed": now if assignee is not None else None,
    }
    barred = _names(outside.template(text, variables) for text in human.barred) if human.barred and (groups or users) else []
    return row, groups, users, barred


def meant(outside: Outside, element: Element, variables: Variables) -> tuple[list[str], list[str], str | None]:
    """The groups and users a task is offered to, and whose it is from the start. Raises LanguageError."""
    human, party_key = element.human or NOBODY, outside.definition.lanes.get(element.id) or outside.record.party
    assignee = outside.template(human.assignee, variables) if human.assignee else None
    groups = _names(outside.template(text, variables) for text in human.candidate_groups)
    users = _names(outside.template(text, variables) for text in human.candidate_users)
    assignee = str(assignee) if assignee not in (None, "") else None
    if not groups and not users and assignee is None and party_key is not None:
        groups = [outside.group_of(party_key, variables)]
    return groups, users, assignee


def barring(
    session: Session, definition: Definition, human: HumanTask | None, variables: Variables, held: Iterable[str]
) -> tuple[str, str] | None:
    """The first of the groups barred from a task that somebody who holds these groups is a member of, by its name (Thai, English)."""
    if human is None or not human.barred:
        return None
    mine = {name for group in held for name in (group, group.partition(":")[0])}
    groups = _names(language.template(text, variables, functions=session.functions) for text in human.barred)
    group = next((group for group in groups if group in mine), None)
    return None if group is None else naming.party(definition.files.parties, group, variables)


def refuse_barred(
    session: Session, definition: Definition, human: HumanTask | None, variables: Variables, user_id: str, held: Iterable[str]
) -> None:
    """Raises Forbidden for a member of a group that the diagram bars from the task (`ruam:barred`)."""
    names = barring(session, definition, human, variables, held)
    if names is not None:
        th = f"สมาชิกของ {names[0]} ทำงานนี้ไม่ได้ เพราะมีส่วนได้เสีย"
        raise Forbidden(f"A member of {names[1]} may not do this task.", th=th, user_id=user_id)


def _names(values: Iterable[Any]) -> list[str]:
    found: list[str] = []
    for value in values:
        for part in value if isinstance(value, list | tuple) else str(value).split(","):
            if str(part).strip():
                found.append(str(part).strip())
    return found


def _when(outside: Outside, text: str | None, variables: Variables) -> datetime | None:
    value = outside.template(text, variables) if text else None
    return None if value in (None, "") else due_instant(value, outside.session.now)


def due_instant(value: Any, now: datetime) -> datetime:
    """A due date as an instant: a day alone is meant to its end, in Bangkok; a duration counts from now. Raises LanguageError."""
    text = value.isoformat() if isinstance(value, date) else str(value).strip()
    if len(text) == 10 and text[4:5] == "-":
        try:
            return datetime.combine(date.fromisoformat(text), END_OF_DAY, BANGKOK).astimezone(UTC)
        except ValueError:
            raise LanguageError(f"{text} is not a day of the calendar", th=f"ไม่มีวันที่ {text} ในปฏิทิน", expression=text) from None
    return parse_timer("duration" if text.startswith("P") else "date", text, now).due


def _context(outside: Outside, element: Element, variables: Variables) -> str | None:
    """The element variables of the multi-instance activities around: what tells one task of a hundred from the others."""
    facts: dict[str, Any] = {}
    elements = outside.definition.process.elements
    holder = elements.get(element.id)  # not `element`: inside a multi-instance activity that is the activity alone
    while holder is not None:
        name = holder.loop.element_variable if holder.loop is not None else None
        if name is not None and name in variables:
            facts[name] = variables[name]
        holder = elements.get(holder.parent or "")
    text = to_json(facts) if facts else None
    return text if text is not None and len(text) <= LONGEST_CONTEXT else None


def terminate(session: Session, record: Record, task_id: str) -> None:
    """Take away an open task."""
    pending = next((row for row in session.pending(model.task) if row["id"] == task_id), None)
    if pending is not None:
        pending.update(state=TaskState.TERMINATED, ended=session.now)
        offers, jobs = session.pending(model.candidate), session.pending(model.job)
        offers[:] = [row for row in offers if row["task_id"] != task_id]
        jobs[:] = [row for row in jobs if row["token_id"] != task_id]
        element_id, step = pending["element_id"], pending["step"]
    else:
        found = session.rows.one(OPEN, (task_id,))
        if found is None:
            return
        element_id, step, *offered = found
        session.rows.run(TERMINATE, (session.now_text, task_id))
        candidates.withdraw(session, task_id, candidates.listed(*offered))
        session.rows.run("DELETE FROM job WHERE token_id = ? AND kind = 'reminder'", (task_id,))
    session.record(record, Event.TASK_TERMINATED, element_id=element_id, token_id=task_id, step=step)


COMPLETE = (
    "UPDATE task SET state = 'COMPLETED', ended = ?, ended_by = ?, assignee = COALESCE(assignee, ?), draft = NULL, revision = revision + 1 "
    "WHERE id = ?"
)
OPEN = "SELECT element_id, step, candidate_groups, candidate_users, barred_groups FROM task WHERE id = ? AND ended IS NULL"
TERMINATE = "UPDATE task SET state = 'TERMINATED', ended = ?, revision = revision + 1 WHERE id = ?"  # the draft is kept


def complete(session: Session, task_id: str, *, offered: Iterable[candidates.Candidate], timed: bool) -> None:
    """Write that the actor has completed a task; it is `offered` no longer and its reminders (if it is `timed`) go."""
    user_id = session.actor.user_id
    session.rows.run(COMPLETE, (session.now_text, user_id, user_id, task_id))
    candidates.withdraw(session, task_id, offered)
    if timed:
        session.rows.run("DELETE FROM job WHERE token_id = ? AND kind = 'reminder'", (task_id,))
