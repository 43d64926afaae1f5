"""`ruam tasks`, `ruam complete`."""

from __future__ import annotations

from typing import Any

import click

from engine.people import SYSTEM
from webui.cli.context import JsonObject, opened, pass_settings
from webui.cli.output import json_option, print_json, print_rows
from webui.settings import Settings


@click.command()
@click.option("--user", "user_id", help="What this user may work on; default: all open tasks.")
@click.option("--instance", "instance_id", help="Tasks of this instance alone.")
@click.option("--first", type=click.IntRange(0), default=0, help="Skip so many.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@json_option
@pass_settings
def tasks(settings: Settings, user_id: str | None, instance_id: str | None, first: int, limit: int, as_json: bool) -> None:
    """List open tasks."""
    with opened(settings) as engine:
        actor = engine.actor(user_id) if user_id else SYSTEM
        page = engine.tasks(instance_id=instance_id, first=first, limit=limit, actor=actor)
    if as_json:
        print_json(page)
    else:
        print_rows(page.items, ("id", "business_key", "step", "name", "state", "assignee", "party", "due"))


@click.command()
@click.argument("task_id", metavar="TASK")
@click.option("--user", "user_id", required=True, help="Who completes it.")
@click.option("--data", type=JsonObject(), default={}, help="Values of the task's form, or @FILE.")
@json_option
@pass_settings
def complete(settings: Settings, task_id: str, user_id: str, data: dict[str, Any], as_json: bool) -> None:
    """Complete a task."""
    with opened(settings) as engine:
        completion = engine.complete_task(task_id, data, actor=engine.actor(user_id))
    if as_json:
        print_json(completion)
    else:
        click.echo(f"completed {completion.task_id}")
