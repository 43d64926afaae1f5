"""One root instance with all below it as it was played: what happened, who did it, and the files it ran on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine import people
from engine.packtests.doers import Doers
from engine.packtests.words import Words
from engine.queries import HistoryEvent, loads
from engine.running.instances import may_read
from engine.states import Event
from engine.storage import model

if TYPE_CHECKING:
    from engine.storage.session import Session

# What somebody, or something outside, did: all that follows from it at once is told after it.
DEEDS = frozenset({
    Event.INSTANCE_STARTED, Event.TASK_COMPLETED, Event.EXTERNAL_TASK_COMPLETED, Event.EXTERNAL_TASK_ERROR, Event.MESSAGE_RECEIVED,
    Event.SIGNAL_RECEIVED, Event.TIMER_FIRED,
})  # fmt: skip


class Played:
    """Read once each, when it is asked for; `events` are in the order in which they happened."""

    def __init__(self, session: Session, root_id: str, events: Sequence[HistoryEvent]) -> None:
        self.root_id, self.events = root_id, events
        self._session = session
        self._readable: dict[str, bool] = {}
        self._changes = _changes(events)

    @cached_property
    def root(self) -> Mapping[str, Any]:
        """The row of the root instance."""
        table = model.instance
        return dict(self._session.connection.execute(select(table).where(table.c.id == self.root_id)).mappings().one())

    @cached_property
    def words(self) -> Words:
        """The files that the instances ran on."""
        definitions, connection = self._session.shared.definitions, self._session.connection
        table = model.definition.join(model.instance, model.instance.c.definition_id == model.definition.c.id)
        query = select(model.definition.c.deployment_id).select_from(table).where(model.instance.c.root_id == self.root_id).distinct()
        files: dict[str, bytes] = {}
        for id in connection.scalars(query):
            files = {path: definitions.resource(connection, id, path) for path in definitions.resources(connection, id)} | files
        return Words.of(files)

    @cached_property
    def tasks(self) -> dict[str, Any]:
        """The rows of all tasks there were, by id."""
        rows = self._session.connection.execute(select(model.task).where(model.task.c.root_id == self.root_id)).mappings()
        return {row["id"]: row for row in rows}

    @cached_property
    def doers(self) -> Doers:
        """Who started it and who completed tasks, with the groups they did it for; else with all of the pack's that they are in."""
        acted: dict[str, list[str]] = {}
        for event in self.events:
            if event.actor is None or event.event not in (Event.INSTANCE_STARTED, Event.TASK_COMPLETED):
                continue
            task = self.tasks.get(event.token_id or "") if event.event == Event.TASK_COMPLETED else None
            offered = loads(task["candidate_groups"]) or [] if task is not None else []
            groups = self._groups(event.actor)
            acted.setdefault(event.actor, []).extend(group for group in offered if group in groups)
        return Doers({user_id: many or self._memberships(user_id) for user_id, many in acted.items()})

    def may_read(self, instance_id: str) -> bool:
        """Whether the actor may read what was entered in an instance."""
        if instance_id not in self._readable:
            self._readable[instance_id] = may_read(self._session, instance_id)
        return self._readable[instance_id]

    def changed(self, event: HistoryEvent) -> Mapping[str, Any]:
        """The variables that a deed changed at once, by their values after it."""
        change = self._changes.get((event.instance_id, event.seq))
        return {} if change is None else change.data.get("after") or {}

    def _groups(self, user_id: str) -> frozenset[str]:
        if user_id == people.SYSTEM.user_id:
            return frozenset()
        return people.actor(self._session.connection, user_id, self._session.now).groups

    def _memberships(self, user_id: str) -> list[str]:
        return sorted(group for group in self._groups(user_id) if group.partition(":")[0] in self.words.parties)


def _changes(events: Sequence[HistoryEvent]) -> dict[tuple[str, int], HistoryEvent]:
    """What each deed changed at once, by its place in the history: nothing else was done in between."""
    found, following = dict[tuple[str, int], HistoryEvent](), dict[str, HistoryEvent]()
    for event in reversed(events):
        if event.event == Event.VARIABLES_CHANGED:
            following[event.instance_id] = event
        elif event.event in DEEDS:
            change = following.pop(event.instance_id, None)
            if change is not None and change.time == event.time:
                found[event.instance_id, event.seq] = change
    return found
