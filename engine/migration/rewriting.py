"""The rows of an instance that has moved: its tasks, jobs, subscriptions, work outside and incidents say what the new version says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import people
from engine.migration.plan import Due
from engine.people.authorization import is_barred, is_candidate
from engine.running import candidates, reminders, usertasks
from engine.states import Event, TaskState

if TYPE_CHECKING:
    from engine.deployment.definitions import Definition
    from engine.diagrams.model import Element
    from engine.migration.before import Before
    from engine.migration.carried import Carried, Standing
    from engine.migration.moving import Route
    from engine.running.outside import Outside
    from engine.spiff import Token
    from engine.storage.session import Record, Session

Row = Mapping[str, Any]
OF_INSTANCE = {
    name: f"UPDATE {name} SET definition_id = ? WHERE instance_id = ?{where}"
    for name, where in {"job": "", "external_task": "", "incident": " AND resolved IS NULL"}.items()
}
SET_TASK = "UPDATE task SET definition_id = ?, element_id = ?, scope_id = ?, revision = revision + 1 WHERE id = ?"
SET_JOB = "UPDATE job SET element_id = ?, element_name = ?, step = ?, scope_id = ? WHERE id = ?"
SET_SUBSCRIPTION = "UPDATE subscription SET element_id = ?, scope_id = ? WHERE id = ?"
SET_EXTERNAL = "UPDATE external_task SET element_id = ?, element_name = ?, step = ?, scope_id = ?, topic = ? WHERE id = ?"
SET_CALLER = "UPDATE instance SET parent_scope_id = ? WHERE parent_token_id = ?"  # a called instance returns to where its caller is
SET_INCIDENT = "UPDATE incident SET element_id = ?, element_name = ? WHERE id = ?"


def rewrite(session: Session, record: Record, route: Route, carried: Carried, before: Before) -> None:
    """Carry the rows over; the instance has been put together under the new version."""
    outside = session.execution.outside(record)
    for name, rows in (("job", before.jobs), ("external_task", before.external_tasks), ("incident", before.incidents)):
        if rows:
            session.rows.run(OF_INSTANCE[name], (route.new.id, record.id))
    for row in before.tasks:
        one = carried.standing.get(row["id"])
        if one is not None:
            _task(session, record, route, row, one)
    for one in carried.standing.values():
        if one.token is not None and one.token.element.call is not None and one.token.workflow.scope_id != one.place.id:
            session.rows.run(SET_CALLER, (one.place.id, one.id))
    for row in before.jobs:
        one = carried.standing.get(row["token_id"])
        if one is not None:
            element = awaited(route.new, one)
            _change(session, SET_JOB, row, ("element_id", "element_name", "step", "scope_id"),
                    (element.id, element.name, outside.step_of(element), one.place.id))  # fmt: skip
    for row in before.subscriptions:
        one = carried.standing.get(row["token_id"])
        if one is not None:
            _change(session, SET_SUBSCRIPTION, row, ("element_id", "scope_id"), (awaited(route.new, one).id, one.place.id))
    for row in before.external_tasks:
        one = carried.standing.get(row["id"])
        if one is not None:
            _external(session, route, outside, row, one)
    for row in before.incidents:
        image = route.plan.images.get(row["element_id"] or "")
        if image is not None and image in route.new.process.elements:
            element = route.new.element(image)
            _change(session, SET_INCIDENT, row, ("element_id", "element_name"), (element.id, element.name))


def awaited(definition: Definition, one: Standing) -> Element:
    """The element that the rows of a token name: for an event sub-process that is waited for, its start event."""
    element = definition.element(one.element_id)
    if element.triggered_by_event and one.watching:
        return definition.compiled.starts_of(element.id)[0]
    return element


def _change(session: Session, text: str, row: Row, names: tuple[str, ...], values: tuple[Any, ...]) -> None:
    if tuple(row[name] for name in names) != values:
        session.rows.run(text, (*values, row["id"]))


def _external(session: Session, route: Route, outside: Outside, row: Row, one: Standing) -> None:
    element, former = route.new.element(one.element_id), route.old.element(row["element_id"])
    topic = row["topic"]
    if element.work is not None and former.work is not None and element.work.name != former.work.name:
        topic = str(outside.template(element.work.name or "", _token(outside, one).view()))
    names = ("element_id", "element_name", "step", "scope_id", "topic")
    _change(session, SET_EXTERNAL, row, names, (element.id, element.name, outside.step_of(element), one.place.id, topic))


def _token(outside: Outside, one: Standing) -> Token:
    return outside.execution.instance(outside.record).scopes[one.place.id].tasks[one.id]


# ---- tasks


def _task(session: Session, record: Record, route: Route, row: Row, one: Standing) -> None:
    session.rows.run(SET_TASK, (route.new.id, one.element_id, one.place.id, row["id"]))
    old, new = route.old.element(row["element_id"]), route.new.element(one.element_id)
    due = route.plan.due == Due.RECALCULATE or _updates(route, old.id)
    if _said(route.old, old) == _said(route.new, new) and not due:
        return
    outside = session.execution.outside(record)
    token = _token(outside, one)
    drawn, groups, users, barred = usertasks.drawn(outside, token, new, token.view())
    changed = {name: drawn[name] for name in ("name", "name_en", "form_key", "step", "category", "unit", "context")}
    if _offered(route.old, old) != _offered(route.new, new):
        changed |= _offer(session, row, drawn, groups, users, barred)
    if _differs(old, new, "priority"):
        changed["priority"] = drawn["priority"]
    changed = {name: value for name, value in changed.items() if row[name] != value}
    if changed:
        text = ", ".join(f"{name} = ?" for name in changed)
        session.rows.run(f"UPDATE task SET {text} WHERE id = ?", (*changed.values(), row["id"]))
    if due:
        _recalculate(session, record, outside, {**row, **changed}, token, new)


def _updates(route: Route, element_id: str) -> bool:
    instruction = route.plan.instructions.get(element_id)
    return instruction is not None and instruction.update


def _said(definition: Definition, element: Element) -> tuple[Any, ...]:
    """What the row of a task comes from."""
    steps = definition.steps.get(element.id)
    return (element.name, element.name_en, element.human, element.loop, steps, _offered(definition, element))


def _offered(definition: Definition, element: Element) -> tuple[Any, ...]:
    """What says to whom a task is offered."""
    human, lane = element.human or usertasks.NOBODY, definition.lanes.get(element.id)
    party = definition.files.parties.get(lane or "")
    return (human.assignee, human.candidate_groups, human.candidate_users, human.barred, lane, party.unit if party is not None else None)


def _differs(old: Element, new: Element, name: str) -> bool:
    return bool(getattr(old.human, name, None) != getattr(new.human, name, None))


def _offer(session: Session, row: Row, drawn: Row, groups: list[str], users: list[str], barred: list[str]) -> dict[str, Any]:
    """Offer a task to whom the new version offers it. Who has claimed it keeps it as long as he is one of these."""
    former = candidates.listed(*(row[column] for column in candidates.COLUMNS.values()))
    candidates.withdraw(session, row["id"], former)
    offer: dict[str, Any] = {"id": row["id"]}
    candidates.offer(session, offer, groups, users, barred)
    del offer["id"]
    now = candidates.listed(*(offer[column] for column in candidates.COLUMNS.values()))
    changed = offer | {"party": drawn["party"]}
    if drawn["assignee"] is not None and drawn["assignee"] != row["assignee"]:
        changed |= {"assignee": drawn["assignee"], "owner": drawn["owner"], "claimed": session.now_text, "delegation": None, "draft": None}
    elif drawn["assignee"] is None and row["assignee"] is not None and now and not _is_one_of(session, row["assignee"], now):
        changed |= {"assignee": None, "claimed": None, "delegation": None, "draft": None}
    assignee = changed.get("assignee", row["assignee"])
    if row["state"] != TaskState.SUSPENDED:
        changed["state"] = TaskState.CREATED.value if assignee is None else TaskState.CLAIMED.value
    return changed


def _is_one_of(session: Session, user_id: str, offered: list[candidates.Candidate]) -> bool:
    actor = people.Actor(user_id, groups=people.groups_of(session.connection, user_id, session.now))
    return is_candidate(actor, offered) and not is_barred(actor, offered)


def _recalculate(session: Session, record: Record, outside: Outside, row: Row, token: Token, element: Element) -> None:
    """The due date as the new version says it, a duration counted from when the task opened; its reminders move with it."""
    human = element.human or usertasks.NOBODY
    began = datetime.fromisoformat(row["created"])
    value = outside.template(human.due, token.view()) if human.due else None
    due = None if value in (None, "") else usertasks.due_instant(value, began)
    before = None if row["due"] is None else datetime.fromisoformat(row["due"])
    if due == before:
        return
    session.rows.run("UPDATE task SET due = ? WHERE id = ?", (due, row["id"]))
    reminders.replan(session, {**row, "due": due, "definition_id": record.definition_id, "element_id": element.id,
                               "scope_id": token.scope_id}, reminders.rules(outside, human, token.view()))  # fmt: skip
    facts = {"before": before, "after": due}
    session.record(record, Event.TASK_DUE_CHANGED, element_id=element.id, token_id=row["id"], step=row["step"], facts=facts)
