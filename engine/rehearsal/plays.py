"""How a process is rehearsed: what a pack says about it, and what is done for one whose pack says nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from random import Random
from typing import Any, Protocol

from engine.dates.clock import real_now
from engine.dates.zone import BANGKOK
from engine.engine import Engine
from engine.errors import Forbidden, Invalid
from engine.forms import choices
from engine.people import SYSTEM
from engine.queries import InstanceView, TaskItem, TaskView
from engine.rehearsal.filling import Filling

OPENS = time(9)


class Play(Protocol):
    """How a pack is rehearsed. What a pack registers makes one of `seed`, `units` (how many take part) and `year` (C.E.)."""

    process: str  # key of the definition that is started
    name: str  # of the deployment, and the pack's key

    def files(self) -> Mapping[str, bytes]:
        """The files to deploy where the process is not deployed yet."""

    def people(self) -> Sequence[Mapping[str, Any]]:
        """Arguments of `Engine.add_user`, for a database without users."""

    def begins(self) -> datetime:
        """When the clock starts."""

    def start(self) -> tuple[str, dict[str, Any], str | None]:
        """Who starts it, with which variables, and its business key."""

    def at(self, task: TaskItem, variables: Mapping[str, Any], planned: datetime) -> datetime | None:
        """When a task is done, given the moment chance proposes; None: nobody does it (as yet)."""

    def decide(self, view: TaskView, random: Random, today: date) -> dict[str, Any]:
        """What is answered on purpose; the rest of the form is filled in anyhow."""

    def summary(self, engine: Engine, root: InstanceView) -> dict[str, Any]:
        """What the result says beside the generic facts."""


class PlainPlay:
    """Plays any deployed process: a user a party, the first who may starts it, forms are filled with their defaults and first choices."""

    def __init__(self, engine: Engine, process: str, seed: int, year: int | None = None, *, day: date | None = None) -> None:
        """It begins on that day; else on the first of the year, or today."""
        self.engine, self.process, self.name, self.seed = engine, process, process, seed
        self.day = day or (real_now().astimezone(BANGKOK).date() if year is None else date(year, 1, 1))

    def files(self) -> Mapping[str, bytes]:
        return {}

    def people(self) -> Sequence[Mapping[str, Any]]:
        parties = self.engine.parties().items()
        return [{"user_id": key, "name": th, "name_en": en, "groups": [key], "demo": True} for key, (th, en) in parties]

    def begins(self) -> datetime:
        return datetime.combine(self.day, OPENS, BANGKOK)

    def start(self) -> tuple[str, dict[str, Any], str | None]:
        for user in self.engine.users(actor=SYSTEM, limit=1000).items:
            actor = self.engine.actor(user.id)
            if not any(view.key == self.process for view in self.engine.startable(actor=actor)):
                continue
            form = self.engine.start_form(self.process, actor=actor)
            if form is None:
                return user.id, {}, None
            filling = Filling(form, {}, self.begins().date(), Random(f"{self.seed}/start"), _no_upload, self._functions())
            return user.id, filling.fill({}), None
        raise Forbidden(f"Nobody here may start '{self.process}'.")

    def _functions(self) -> Mapping[str, Callable[..., Any]]:
        return choices.functions(self.engine.clock_now(), self.engine.holidays(), self.engine.members)

    def at(self, task: TaskItem, variables: Mapping[str, Any], planned: datetime) -> datetime | None:
        return planned

    def decide(self, view: TaskView, random: Random, today: date) -> dict[str, Any]:
        return {}

    def summary(self, engine: Engine, root: InstanceView) -> dict[str, Any]:
        return {}


def _no_upload(field: str, document: Mapping[str, Any]) -> str:
    raise Invalid(f"A process is started without files; its form asks for '{field}'.")
