"""Tasks: those that are open, and all that ever were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from engine.people.authorization import visible
from engine.queries import TaskItem
from engine.states import TaskState
from engine.storage import model
from engine.storage.history import to_json
from engine.views.inbox import items
from engine.views.searching import Rule, Subject
from engine.views.subjects.variables import of_tasks

if TYPE_CHECKING:
    from engine.storage.session import Session

TASK, CANDIDATE, INSTANCE, DEFINITION = model.task, model.candidate, model.instance, model.definition
UNSEARCHED = ("draft", "context", "candidate_groups", "candidate_users", "barred_groups")
FIELDS: dict[str, ColumnElement[Any]] = {
    **{column.name: column for column in TASK.columns if column.name not in UNSEARCHED},
    "definition_key": DEFINITION.c.key,
    "definition_name": DEFINITION.c.name,
    "instance_state": INSTANCE.c.state,
}


def _query(session: Session) -> Select[Any]:
    joined = TASK.join(INSTANCE, INSTANCE.c.id == TASK.c.instance_id).join(DEFINITION, DEFINITION.c.id == TASK.c.definition_id)
    return select(TASK, DEFINITION.c.key.label("definition_key")).select_from(joined).where(visible(session.actor, TASK))


def _open(session: Session) -> Select[Any]:
    return _query(session).where(TASK.c.ended.is_(None))


def _offered(*named: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(CANDIDATE.c.task_id == TASK.c.id, *named)


def _to_group(session: Session, groups: list[str]) -> ColumnElement[bool]:
    return _offered(CANDIDATE.c.kind == "group", CANDIDATE.c.name.in_(groups))


def _to_user(session: Session, user_id: str) -> ColumnElement[bool]:
    """Offered to the user by name, or to a group he is in (Camunda's candidateUser)."""
    from engine.errors import NotFound
    from engine.people import actor

    try:
        groups = sorted(actor(session.connection, user_id, session.now).all_groups)
    except NotFound:
        groups = []
    by_name = and_(CANDIDATE.c.kind == "user", CANDIDATE.c.name == user_id)
    return _offered(or_(by_name, and_(CANDIDATE.c.kind == "group", CANDIDATE.c.name.in_(groups))))


def _with(column: ColumnElement[Any]) -> Rule:
    return lambda session, wanted: and_(column.is_not(None), TASK.c.ended.is_(None)) if wanted else column.is_(None)


def _once(column: ColumnElement[Any]) -> Rule:
    """Offered to this one, whatever has become of it: the columns keep it as a JSON list."""
    return lambda session, name: or_(*(column.contains(before + to_json(name), autoescape=True) for before in "[,"))


_ONCE_TO_GROUP, _ONCE_TO_USER = _once(TASK.c.candidate_groups), _once(TASK.c.candidate_users)
RULES: dict[str, Rule] = {
    "had_candidate_group": _ONCE_TO_GROUP,
    "had_candidate_user": _ONCE_TO_USER,
    "had_candidate_groups": lambda session, wanted: TASK.c.candidate_groups.is_not(None) if wanted else TASK.c.candidate_groups.is_(None),
    "was_involved": lambda session, name: or_(
        TASK.c.assignee == name, TASK.c.owner == name, TASK.c.ended_by == name, _ONCE_TO_USER(session, name)
    ),
    "variables": of_tasks,
    "activity_instances": lambda session, ids: TASK.c.id.in_([id.rpartition(":")[2] for id in ids]),  # element:token
    "candidate_group": lambda session, name: _to_group(session, [name]),
    "candidate_groups": _to_group,
    "candidate_user": _to_user,
    "involved_user": lambda session, name: or_(
        TASK.c.assignee == name, TASK.c.owner == name, _offered(CANDIDATE.c.kind == "user", CANDIDATE.c.name == name)
    ),
    "with_candidate_groups": _with(TASK.c.candidate_groups),
    "with_candidate_users": _with(TASK.c.candidate_users),
    "suspended": lambda session, wanted: TASK.c.state == TaskState.SUSPENDED if wanted else TASK.c.state != TaskState.SUSPENDED,
    "follow_up_before_or_none": lambda session, moment: or_(TASK.c.follow_up.is_(None), TASK.c.follow_up < moment),
    "instance_over": lambda session, wanted: INSTANCE.c.ended.is_not(None) if wanted else INSTANCE.c.ended.is_(None),
}

OPEN: Subject[TaskItem] = Subject("task", "งาน", _open, FIELDS, items, RULES)
ALL: Subject[TaskItem] = Subject("task", "งาน", _query, FIELDS, items, RULES)
