"""Who acts in a test: its people, and somebody for each party it has nobody of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.engine import Engine
from engine.packtests.doers import person_of
from engine.packtests.model import ProcessTest
from engine.people import SYSTEM, Actor
from engine.queries import TaskItem


class Cast:
    """The people of a test, as users of the database it is played in."""

    def __init__(self, engine: Engine, test: ProcessTest) -> None:
        self._engine = engine
        self.people = dict(test.people)
        parties = engine.parties()
        for group in [*parties, *_units_named(test, parties)]:
            if not self._members(group):
                self.people[person_of(group)] = (group,)
        users = [{"user_id": user_id, "name": user_id, "groups": groups, "demo": True} for user_id, groups in self.people.items()]
        engine.add_users(users, actor=SYSTEM)

    def _members(self, group: str) -> list[str]:
        """The people of a group; of a party those of its units, too."""
        return [
            user_id for user_id, groups in self.people.items() if group in groups or any(one.partition(":")[0] == group for one in groups)
        ]

    def actor(self, name: str, tasks: Iterable[TaskItem] = ()) -> Actor:
        """The person of that name, else a member of the group: whoever has one of the tasks, else the first."""
        if name in self.people:
            return self._engine.actor(name)
        members = self._members(name)
        having = [task.assignee for task in tasks if task.assignee in members]
        if members:
            return self._engine.actor(having[0] or members[0] if having else members[0])
        return Actor(person_of(name), frozenset({name}))

    def who_may(self, task: TaskItem) -> Actor:
        """Whoever has a task, else the first it is offered to."""
        if task.assignee is not None:
            return self.actor(task.assignee)
        for name in (*task.candidate_users, *task.candidate_groups):
            return self.actor(name)
        return SYSTEM

    def starter(self, key: str) -> Actor:
        """The first who may start a process, else the engine itself."""
        for user_id in self.people:
            actor = self._engine.actor(user_id)
            if any(view.key == key for view in self._engine.startable(actor=actor)):
                return actor
        return SYSTEM


def _units_named(test: ProcessTest, parties: Mapping[str, object]) -> list[str]:
    """The units (`province:TH-50`) that steps are done by."""
    named = dict.fromkeys(step.by for step in test.steps if step.by is not None)
    return [group for group in named if group not in test.people and ":" in group and group.partition(":")[0] in parties]
