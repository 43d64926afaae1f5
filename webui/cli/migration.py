"""`ruam migrate`: running instances moved to another version of their definition, tried, gone on with, undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import click

from engine.engine import Engine
from engine.errors import Invalid, NotFound
from engine.migration.plan import Due, Instruction, Plan, Way
from engine.migration.views import Group, JointTrial, MigrationView, Trial, Undoing
from engine.people import SYSTEM
from webui.cli.context import opened, pass_settings
from webui.cli.output import json_option, pick, print_facts, print_json, print_rows
from webui.settings import Settings

REASON = "ruam migrate"
MOST_VERSIONS = 500
COLUMNS = (
    "id",
    "definition_key",
    "source_version",
    "target_version",
    "state",
    "moved",
    "refused",
    "waiting",
    "undone",
    "created",
    "created_by",
)
FACTS = (*COLUMNS, "reason", "ended", "undone_by", "undo_reason")


class Pair(click.ParamType[tuple[str, str]]):
    """`OLD=NEW`: two ids of elements."""

    name = "OLD=NEW"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        old, sign, new = str(value).partition("=")
        if not sign or not old or not new:
            self.fail("write OLD=NEW, the ids of two elements", param, ctx)
        return old, new


@click.command()
@click.argument("key")
@click.option("--to", "version", type=click.IntRange(1), help="The version to move to.")
@click.option("--from", "source", type=click.IntRange(1), help="Only what runs on this version; default: on any other.")
@click.option("--together", is_flag=True, help="With all that was deployed with it: each root whole with all it called.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--map", "mapped", type=Pair(), multiple=True, help="What stands at OLD goes on at NEW; also of two sequence flows.")
@click.option("--before", type=Pair(), multiple=True, help="What stands at OLD ends; its path goes on before NEW.")
@click.option("--after", type=Pair(), multiple=True, help="What stands at OLD ends; its path goes on behind NEW.")
@click.option("--drop", multiple=True, metavar="OLD", help="What stands at OLD ends, and its path with it.")
@click.option("--instance", "instances", multiple=True, metavar="ID", help="Only these instances.")
@click.option(
    "--due", type=click.Choice([due.value for due in Due]), default=Due.KEEP.value, show_default=True, help="Due dates and timers."
)
@click.option("--reason", default=REASON, show_default=True, help="For the history.")
@click.option("--go-on", metavar="MIGRATION", help="Go on with a migration that was broken off.")
@click.option("--undo", metavar="MIGRATION", help="Put its instances back, where nothing further was completed.")
@json_option
@click.pass_context
@pass_settings
def migrate(
    settings: Settings,
    context: click.Context,
    /,
    key: str,
    version: int | None,
    source: int | None,
    together: bool,
    dry_run: bool,
    instances: Sequence[str],
    due: str,
    reason: str,
    go_on: str | None,
    undo: str | None,
    as_json: bool,
    **ways: Any,
) -> None:
    """Move what runs of the process KEY to another version. Exits with 1 where some of it cannot move.

    With --together, OLD may be said of one process alone: PROCESS:OLD=NEW.
    """
    if together and (version is None or source is not None):
        raise click.UsageError("--together goes with --to, and moves what runs on any older version")
    if sum(given is not None for given in (version, go_on, undo)) != 1:
        raise click.UsageError("say one of --to, --go-on and --undo")
    with opened(settings) as engine:
        found: list[Any]
        if go_on is not None:
            found = [engine.go_on_migrating(go_on, actor=SYSTEM)]
        elif undo is not None and dry_run:
            found = [engine.try_undoing(undo, actor=SYSTEM)]
        elif undo is not None:
            found = [engine.undo_migration(undo, instance_ids=instances or None, reason=reason, actor=SYSTEM)]
        elif together:
            found = [_together(engine, key, version, _instructions(**ways), Due(due), instances, dry_run, reason)]
        else:
            plans = _plans(engine, key, version, source, _instructions(**ways), Due(due), instances)
            found = [_done(engine, plan, ids, dry_run, reason) for plan, ids in plans]
    if as_json:
        print_json(found)
    else:
        for one in found:
            _print(one)
        if not found:
            click.echo("nothing runs on another version")
    if any(one.refused or getattr(one, "problems", ()) for one in found):
        context.exit(1)


@click.command()
@click.argument("migration_id", metavar="[MIGRATION]", required=False)
@click.option("--key", help="Only of this process.")
@click.option("--first", type=click.IntRange(0), default=0, help="Skip so many.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@json_option
@pass_settings
def migrations(settings: Settings, migration_id: str | None, key: str | None, first: int, limit: int, as_json: bool) -> None:
    """List migrations, the newest first; or tell one, with what did not move and why."""
    with opened(settings) as engine:
        if migration_id is not None:
            one = engine.migration(migration_id, actor=SYSTEM)
            if as_json:
                print_json(one)
            else:
                _print_whole(one)
            return
        found = engine.migrations(key=key, first=first, limit=limit, actor=SYSTEM)
    if as_json:
        print_json(found)
    else:
        print_rows(found.items, COLUMNS)


def _instructions(
    mapped: Sequence[tuple[str, str]], before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]], drop: Sequence[str]
) -> list[Instruction]:
    pairs = ((Way.MAP, mapped), (Way.BEFORE, before), (Way.AFTER, after))
    return [Instruction(old, new, way) for way, given in pairs for old, new in given] + [Instruction(old, way=Way.DROP) for old in drop]


def _plans(
    engine: Engine, key: str, version: int | None, source: int | None, instructions: list[Instruction], due: Due, instances: Sequence[str]
) -> list[tuple[Plan, list[str] | None]]:
    """A plan for each version that something runs on; with the instances that were named, if any were."""
    named: dict[str, list[str]] = {}
    for id in instances:
        named.setdefault(engine.instance(id, actor=SYSTEM).definition_id, []).append(id)
    plans = engine.suggest_migrations(key, version, instructions=instructions, due=due, actor=SYSTEM)
    wanted = [plan for plan in plans if source is None or engine.definition(plan.source).version == source]
    return [(plan, named.get(plan.source)) for plan in wanted if not instances or plan.source in named]


def _together(
    engine: Engine, key: str, version: int | None, given: list[Instruction], due: Due, ids: Sequence[str], dry_run: bool, reason: str
) -> JointTrial | MigrationView:
    """All that runs on older versions of what was deployed with a version of a process."""
    made = [one for one in engine.definitions(key=key, limit=MOST_VERSIONS).items if one.version == version]
    if not made:
        raise NotFound(f"There is no version {version} of '{key}'.", th=f"ไม่มี “{key}” ฉบับที่ {version}")
    deployment_id, unknown, plans = made[0].deployment_id, {one.source for one in given}, []
    for plan in engine.suggest_joint_migration(deployment_id, due=due, actor=SYSTEM):
        process, elements = engine.definition(plan.source).key, engine.elements_of(plan.source, actor=SYSTEM)
        own = [replace(one, source=one.source.removeprefix(f"{process}:")) for one in given]
        known = [one for one in own if one.source in elements]
        unknown -= {one.source for one in known} | {f"{process}:{one.source}" for one in known}
        plans.append(plan.with_instructions(*known))
    if plans and unknown:
        raise Invalid(f"No version that is left has: {', '.join(sorted(unknown))}.", th=f"ฉบับเดิมไม่มี {', '.join(sorted(unknown))}")
    if dry_run:
        return engine.try_joint_migration(deployment_id, plans, instance_ids=list(ids) or None, actor=SYSTEM)
    begun = engine.begin_joint_migration(deployment_id, plans, instance_ids=list(ids) or None, reason=reason, actor=SYSTEM)
    return engine.go_on_migrating(begun.id, actor=SYSTEM)


def _done(engine: Engine, plan: Plan, ids: list[str] | None, dry_run: bool, reason: str) -> Trial | MigrationView:
    if dry_run:
        return engine.try_migration(plan, instance_ids=ids, actor=SYSTEM)
    return engine.migrate(plan, instance_ids=ids, reason=reason, actor=SYSTEM)


def _print(one: Trial | JointTrial | MigrationView | Undoing) -> None:
    if isinstance(one, JointTrial):
        click.echo(f"{one.deployment_id}: {one.movable} can move whole, {one.refused} cannot")
        for trial in one.trials:
            _print(trial)
        return
    if isinstance(one, Trial):
        held = f", {one.held} stay with what they belong to" if one.held else ""
        ends = f", {one.ends} end with what called them" if one.ends else ""
        click.echo(f"{one.source_id} -> {one.target_id}: {one.movable} can move, {one.refused} cannot{held}{ends}")
        for problem in one.problems:
            click.echo(f"  {pick(problem.message_th, problem.message)} [{problem.rule}]")
    elif isinstance(one, MigrationView):
        waiting = f", {one.waiting} wait" if one.waiting else ""
        click.echo(f"{one.source_id} -> {one.target_id}: {one.moved} moved, {one.refused} did not{waiting} (migration {one.id})")
    else:
        told = f"{one.done} went back" if one.done else f"{one.possible} can go back"
        click.echo(f"{one.migration_id}: {told}, {one.refused} cannot")
    for group in one.groups:
        click.echo(_line(group))


def _print_whole(one: MigrationView) -> None:
    """What was moved, when, by whom and why; what stayed, or could not go back, with the ids of the first of them."""
    print_facts(one, FACTS)
    for groups in (one.groups, one.back_groups):
        for group in groups:
            more = ", …" if group.number > len(group.instance_ids) else ""
            click.echo(f"{_line(group)}\n    {', '.join(group.instance_ids)}{more}")


def _line(group: Group) -> str:
    message = pick(group.problem.message_th, group.problem.message)
    places = ", ".join(group.continuations)
    choices = pick(f" ดำเนินต่อก่อนสิ่งนี้ได้: {places}", f" It may continue before: {places}.") if places else ""
    return f"  {group.number}: {message}{choices} [{group.problem.rule}: {group.problem.element_id or '-'}]"
