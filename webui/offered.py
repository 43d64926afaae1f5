"""To whom tasks are offered, and who is none of them: work that is to go to such a person is asked about once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.queries import TaskItem

if TYPE_CHECKING:
    from engine.engine import Engine


def groups(task: TaskItem) -> tuple[str, ...]:
    """The groups a task is offered to, else its party."""
    return task.candidate_groups or ((task.party,) if task.party else ())


def members(engine: Engine, task: TaskItem) -> list[tuple[str, str, str]]:
    """Who may do a task by these groups: user, Thai name, English name."""
    return [member for group in groups(task) for member in engine.members(group)]


def foreign(engine: Engine, tasks: Iterable[TaskItem], user_id: str) -> tuple[str, ...]:
    """The groups that tasks are offered to where a user is none of those who may do them; none where he is one for all."""
    strange = (task for task in tasks if user_id not in (*task.candidate_users, *(id for id, _th, _en in members(engine, task))))
    return tuple(dict.fromkeys(group for task in strange for group in groups(task)))
