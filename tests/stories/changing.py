"""Three projects that run at different steps, and a change that goes its whole way: draft, second person, active, moved."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from engine.dates.zone import BANGKOK
from engine.engine import Engine
from engine.forms import choices
from engine.migration.plan import Due, Instruction
from engine.migration.views import MigrationView
from engine.people import SYSTEM, Actor
from engine.queries import TaskItem
from engine.rehearsal import Rehearsal
from engine.rehearsal.filling import Filling
from handlers.rehearsal import ParticipationPlay, Scenario
from tests.engine.differences.edits import PACK
from tests.stories.playing import opened

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SCENARIO = Scenario(applying=1, declining=0, withdrawing=0, quality=(62.5, 0.2), returns={}, refusals=0)
FIRST, SIXTH, TWELFTH = "2551", "2552", "2553"  # business keys of the projects that stand at these steps


class Arrived(Exception):
    """A project stands where it is wanted."""


class Up(ParticipationPlay):
    """Plays a project up to a step (or a task, by its id), without waiting for anybody."""

    def __init__(self, step: str, key: str) -> None:
        super().__init__(seed=1, units=3, scenario=SCENARIO)
        self._step, self._key = step, key

    def start(self) -> tuple[str, dict[str, Any], str | None]:
        user_id, variables, _key = super().start()
        return user_id, variables, self._key

    def at(self, task: TaskItem, variables: Mapping[str, Any], planned: datetime) -> datetime | None:
        if self._step in (task.step, task.element_id):
            raise Arrived
        done = super().at(task, variables, planned) is not None
        return datetime.fromisoformat("2009-06-01T08:30:00+07:00") if done else None


@dataclass(frozen=True)
class Running:
    """An engine with the three projects, and what is done with them."""

    engine: Engine

    def root(self, key: str) -> str:
        """The id of a project."""
        (root,) = self.engine.instances(actor=SYSTEM, key="project", business_key=key).items
        return root.id

    def open(self, root_id: str, element_id: str, **wanted: Any) -> list[TaskItem]:
        """The open tasks at an element of a project or of what it called."""
        found = self.engine.tasks(actor=SYSTEM, root_id=root_id, limit=1000).items
        return [one for one in found if one.element_id == element_id and all(getattr(one, name) == value for name, value in wanted.items())]

    def found(self, user_id: str, root_id: str, element_id: str) -> TaskItem:
        """The task as it stands in somebody's inbox."""
        inbox = self.engine.inbox(self.engine.actor(user_id), root_id=root_id, limit=200).items
        return next(one for one in inbox if one.element_id == element_id)

    def does(self, user_id: str, root_id: str, element_id: str, **values: Any) -> TaskItem:
        """Somebody finds a task in his inbox and completes it, its form filled."""
        task, actor = self.found(user_id, root_id, element_id), self.engine.actor(user_id)
        self.engine.complete_task(task.id, self.filled(task, actor) | values, actor=actor)
        return task

    def filled(self, task: TaskItem, actor: Actor) -> dict[str, Any]:
        """Values that its form takes."""
        view = self.engine.task(task.id, actor=actor)
        if view.form is None:
            return {}

        def upload(field: str, document: Any) -> str:
            return self.engine.upload(task.id, field, f"{field}.pdf", io.BytesIO(PDF), actor=actor).id

        now = self.engine.clock_now().astimezone(BANGKOK)
        functions = choices.functions(now, frozenset(), self.engine.members)
        return dict(Filling(view.form, view.variables, now.date(), Random(1), upload, functions).fill(dict(view.values)))

    def changed(self, files: Mapping[str, bytes], process: str = "project") -> str:
        """The files become a draft of a designer, which a second person approves; active. The id of the process's new version."""
        engine, designer, approver = self.engine, self.engine.actor("designer"), self.engine.actor("approver")
        draft = engine.draft_deployed(process, title="ตามที่หารือ", actor=designer)
        for path, content in files.items():
            if path not in PACK:
                engine.add_draft_files(draft, {path: content}, actor=designer)
            elif content != PACK[path]:
                read = engine.draft_file(draft, path, actor=designer)
                engine.save_draft_file(draft, path, content, revision=read.revision, actor=designer)
        assert engine.draft_differences(draft, actor=approver).groups
        engine.submit_draft(draft, actor=designer)
        revision = engine.draft(draft, actor=approver).draft.revision
        engine.approve_draft(draft, revision=revision, reason="อ่านแล้ว", actor=approver)
        engine.activate_draft(draft, untested="เรื่องนี้ว่าด้วยการย้าย", actor=approver)
        return engine.definitions(key=process, latest=True).items[0].id

    def moved(self, process: str = "project", instructions: Sequence[Instruction] = (), due: Due = Due.KEEP) -> int:
        """All that runs of a process moves to its newest version; how many there were."""
        admin, number = self.engine.actor("admin"), 0
        for plan in self.engine.suggest_migrations(process, instructions=instructions, due=due, actor=admin):
            trial = self.engine.try_migration(plan, actor=admin)
            done = self.engine.migrate(plan, reason="ตามที่หารือ", actor=admin)
            assert (done.moved, done.refused) == (trial.movable, 0), done.groups
            number += done.moved
        assert self.engine.audit_verify().ok
        assert not self.engine.incidents(actor=SYSTEM).items
        return number

    def moved_together(self, due: Due = Due.KEEP) -> MigrationView:
        """All that runs of what was deployed with the newest version of the project moves, each project whole."""
        admin = self.engine.actor("admin")
        deployment = self.engine.definitions(key="project", latest=True).items[0].deployment_id
        plans = self.engine.suggest_joint_migration(deployment, due=due, actor=admin)
        trial = self.engine.try_joint_migration(deployment, plans, actor=admin)
        assert not trial.refused, [one.groups for one in trial.trials]
        begun = self.engine.begin_joint_migration(deployment, plans, reason="ตามที่หารือ", actor=admin)
        done = self.engine.go_on_migrating(begun.id, actor=admin)
        assert (done.state, done.refused, done.passed) == ("DONE", 0, 0), done.groups
        assert done.moved == sum(one.movable for one in trial.trials)
        assert self.engine.audit_verify().ok
        assert not self.engine.incidents(actor=SYSTEM).items
        return done

    def refused(self, process: str = "project") -> list[tuple[str | None, str | None, int]]:
        """Why some could not move as suggested, and how many."""
        admin = self.engine.actor("admin")
        plans = self.engine.suggest_migrations(process, actor=admin)
        groups = [group for plan in plans for group in self.engine.try_migration(plan, actor=admin).groups]
        return [(group.problem.rule, group.problem.element_id, group.number) for group in groups]


def prepare(folder: Path, url: str, password: str | None = None) -> None:
    """Put the three projects into an empty database, and its files into a folder. `password`: everybody's, for tests of the pages."""
    with opened(url, folder) as engine:
        engine.upgrade()
        for step, key in (("12", TWELFTH), ("6", SIXTH), ("1", FIRST)):
            rehearsal = Rehearsal(engine, Up(step, key), 1, None, password)
            try:
                rehearsal.run()
            except Arrived:
                continue
            raise AssertionError(f"step {step} was not reached")
