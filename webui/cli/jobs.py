"""`ruam run-due`, `ruam incidents`, `ruam retry`."""

from __future__ import annotations

from dataclasses import replace

import click

from engine.people import SYSTEM
from webui.cli.context import opened, pass_settings
from webui.cli.output import json_option, pick, print_json, print_rows
from webui.settings import Settings


@click.command("run-due")
@json_option
@pass_settings
def run_due(settings: Settings, as_json: bool) -> None:
    """Run what is due now, once."""
    with opened(settings) as engine:
        number = engine.run_due()
    if as_json:
        print_json({"run": number})
    else:
        click.echo(f"{number} run")


@click.command()
@click.option("--all", "also_resolved", is_flag=True, help="Those that were resolved, too.")
@json_option
@pass_settings
def incidents(settings: Settings, also_resolved: bool, as_json: bool) -> None:
    """List what went wrong and waits for somebody, in Thai where LANG is; `ruam retry ID` tries one again."""
    with opened(settings) as engine:
        page = engine.incidents(open_only=not also_resolved, actor=SYSTEM)
    if as_json:
        print_json(page)
    else:
        said = [replace(one, message=pick(one.message_th, one.message)) for one in page.items]
        print_rows(said, ("id", "type", "business_key", "element_name", "message", "created"))


@click.command()
@click.argument("incident_id", metavar="ID")
@pass_settings
def retry(settings: Settings, incident_id: str) -> None:
    """Try again what an incident says failed."""
    with opened(settings) as engine:
        engine.retry_incident(incident_id, actor=SYSTEM)
    click.echo(f"retried {incident_id}")
