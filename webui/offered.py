"""To whom tasks are offered, and who is none of them: work that is to go to such a person is asked about once."""

from __future__ import annotations

from collections.abc import Iterable

from engine.queries import TaskItem
from webui import current, names


def groups(task: TaskItem) -> tuple[str, ...]:
    """The groups a task is offered to, else its party."""
    return task.candidate_groups or ((task.party,) if task.party else ())


def members(task: TaskItem) -> list[tuple[str, str, str]]:
    """Who may do a task by these groups: user, Thai name, English name."""
    return [member for group in groups(task) for member in current.engine().members(group)]


def foreign(tasks: Iterable[TaskItem], user_id: str) -> str:
    """The groups that tasks are offered to where a user is none of those who may do them, by name; nothing where he is one for all."""
    found = dict.fromkeys(
        groups(task) for task in tasks if user_id not in task.candidate_users and user_id not in {id for id, _th, _en in members(task)}
    )
    return ", ".join(map(names.group, dict.fromkeys(group for many in found for group in many)))
