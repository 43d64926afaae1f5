"""What tests of migrations have in common: two versions of a diagram, an instance in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.migration.plan import Due, Instruction, Plan, Way
from engine.migration.views import MigrationView
from engine.queries import InstanceView
from engine.testing import ADMINISTRATOR, Stage
from tests.drawing import draw

Staging = Callable[..., Stage]


def latest(stage: Stage, key: str = "p") -> str:
    """The id of the newest version."""
    return stage.engine.definitions(key=key, latest=True).items[0].id


def deploy(stage: Stage, body: str, flows: str = "", **options: Any) -> str:
    """Deploy another version of `p`; its id."""
    stage.engine.deploy({"p.bpmn": draw(body, flows, **options)}, name="next", actor=ADMINISTRATOR)
    return latest(stage)


def plan(stage: Stage, instance: InstanceView, target: str, *more: Instruction, due: Due = Due.KEEP) -> Plan:
    """What is suggested, with instructions besides."""
    suggested = stage.engine.suggest_migration(instance.definition_id, target, actor=ADMINISTRATOR)
    return suggested.with_instructions(*more, due=due)


def move(stage: Stage, instance: InstanceView, target: str, *more: Instruction, due: Due = Due.KEEP) -> MigrationView:
    """Move one instance and look at what became of it."""
    planned = plan(stage, instance, target, *more, due=due)
    trial = stage.engine.try_migration(planned, instance_ids=[instance.id], actor=ADMINISTRATOR)
    assert not trial.problems, trial.problems
    done = stage.engine.migrate(planned, instance_ids=[instance.id], reason="the new version", actor=ADMINISTRATOR)
    assert (done.moved, done.refused) == (trial.movable, trial.refused), (done, trial)
    assert stage.engine.audit_verify().ok
    return done


def moved(stage: Stage, instance: InstanceView, target: str, *more: Instruction, due: Due = Due.KEEP) -> str:
    """Move one instance; the id of the migration."""
    done = move(stage, instance, target, *more, due=due)
    assert done.moved == 1, done.groups
    assert stage.engine.instance(instance.id, actor=ADMINISTRATOR).definition_id == target
    return done.id


def refused(stage: Stage, instance: InstanceView, target: str, *more: Instruction) -> list[tuple[str | None, str | None]]:
    """Try to move an instance; the reasons it was refused for, and that nothing has changed."""
    before = image(stage, instance)
    done = move(stage, instance, target, *more)
    assert done.refused == 1
    assert image(stage, instance) == before
    for group in done.groups:
        assert group.problem.message
        assert group.problem.message_th
    return [(group.problem.rule, group.problem.element_id) for group in done.groups]


def image(stage: Stage, instance: InstanceView) -> list[Any]:
    """All rows of an instance."""
    tables = ("instance", "scope", "task", "job", "subscription", "external_task", "incident", "history")
    with stage.engine._shared.database.read() as connection:
        return [
            sorted(
                map(
                    str,
                    connection.exec_driver_sql(
                        f"SELECT * FROM {table} WHERE {'id' if table == 'instance' else 'instance_id'} = '{instance.id}'"
                    ),
                )
            )
            for table in tables
        ]


def before(source: str, target: str) -> Instruction:
    """Its path goes on before the target."""
    return Instruction(source, target, Way.BEFORE)


def onto(source: str, target: str, *, update: bool = False) -> Instruction:
    """It goes on at the target."""
    return Instruction(source, target, update=update)
