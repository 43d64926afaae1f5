"""`ruam start`, `ruam instances`, `ruam show`."""

from __future__ import annotations

from typing import Any

import click

from engine.people import SYSTEM
from engine.views.searching import Condition, Operator
from engine.views.subjects.external_tasks import EXTERNAL_TASKS
from webui.cli.context import JsonObject, opened, pass_settings
from webui.cli.output import json_option, print_facts, print_json, print_rows
from webui.settings import Settings

FACTS = (
    "id",
    "definition_id",
    "definition_name",
    "business_key",
    "state",
    "parent_id",
    "step",
    "started",
    "started_by",
    "ended",
    "end_reason",
)


@click.command()
@click.argument("key")
@click.option("--business-key", help="A name of its own for this instance: the year of a project, say.")
@click.option("--data", type=JsonObject(), default={}, help="Variables to start with, or @FILE.")
@click.option("--version", type=int, help="Of the definition; default: the newest.")
@click.option("--user", "user_id", help="Who starts it, if he may; default: the system.")
@json_option
@pass_settings
def start(
    settings: Settings, key: str, business_key: str | None, data: dict[str, Any], version: int | None, user_id: str | None, as_json: bool
) -> None:
    """Start an instance of the process KEY."""
    with opened(settings) as engine:
        actor = SYSTEM if user_id is None else engine.actor(user_id)
        instance = engine.start(key, variables=data, business_key=business_key, version=version, actor=actor)
    if as_json:
        print_json(instance)
    else:
        click.echo(instance.id)


@click.command()
@click.option("--state", help="ACTIVE, SUSPENDED, COMPLETED …; default: all.")
@click.option("--key", help="Of the definition.")
@click.option("--first", type=click.IntRange(0), default=0, help="Skip so many.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@json_option
@pass_settings
def instances(settings: Settings, state: str | None, key: str | None, first: int, limit: int, as_json: bool) -> None:
    """List instances, the newest first."""
    with opened(settings) as engine:
        page = engine.instances(state=state, key=key, first=first, limit=limit, actor=SYSTEM)
    if as_json:
        print_json(page)
    else:
        print_rows(page.items, ("id", "definition_key", "business_key", "state", "started", "open_tasks", "open_incidents"))


@click.command()
@click.argument("instance_id", metavar="INSTANCE")
@json_option
@pass_settings
def show(settings: Settings, instance_id: str, as_json: bool) -> None:
    """Show an instance with its variables and what it waits for: tasks, jobs, external tasks, children."""
    with opened(settings) as engine:
        instance = engine.instance(instance_id, actor=SYSTEM)
        variables = engine.variables(instance_id, actor=SYSTEM)
        tasks = engine.tasks(instance_id=instance_id, actor=SYSTEM).items
        jobs = engine.jobs(instance_id=instance_id, actor=SYSTEM).items
        outside = engine.search(EXTERNAL_TASKS, [Condition("instance_id", Operator.IS, instance_id)], actor=SYSTEM)
        children = engine.children(instance_id, actor=SYSTEM)
    if as_json:
        told = {"instance": instance, "variables": variables, "tasks": tasks, "jobs": jobs, "external_tasks": outside, "children": children}
        print_json(told)
        return
    print_facts(instance, FACTS)
    for name, value in sorted(variables.items()):
        click.echo(f"  {name} = {value!r}")
    for title, rows, columns in (
        ("tasks", tasks, ("id", "step", "name", "state", "assignee", "party", "due")),
        ("jobs", jobs, ("id", "kind", "element_id", "element_name", "state", "due", "retries", "error")),
        ("external tasks", outside, ("id", "topic", "element_id", "state", "worker_id", "lock_until", "retries", "created", "error")),
        ("children", children, ("id", "definition_key", "business_key", "unit", "state", "open_tasks")),
    ):
        if rows:
            click.echo(f"\n{title}")
            print_rows(rows, columns)
