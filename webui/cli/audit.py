"""`ruam audit`: the heads of the histories' hash chains, to be kept elsewhere, and the check against them."""

from __future__ import annotations

import json
from typing import IO

import click

from engine.queries import Head
from webui.cli.context import opened, pass_settings
from webui.cli.output import json_option, print_json, print_rows
from webui.settings import Settings

COLUMNS = ("instance_id", "seq", "hash")


@click.group()
def audit() -> None:
    """The history's hash chains."""


@audit.command()
@json_option
@pass_settings
def heads(settings: Settings, as_json: bool) -> None:
    """Print the end of each instance's chain, to be kept where nobody here can change it."""
    with opened(settings) as engine:
        found = engine.audit_heads()
    if as_json:
        print_json(found)
    else:
        print_rows(found, COLUMNS)


@audit.command()
@click.option("--heads", "kept", type=click.File(encoding="utf-8"), help="What `ruam audit heads` printed earlier, with --json or without.")
@click.option("--begun", hidden=True, help="A check that a page has begun.")
@json_option
@pass_settings
@click.pass_context
def verify(context: click.Context, settings: Settings, kept: IO[str] | None, begun: str | None, as_json: bool) -> None:
    """Recompute every chain; exit 1 if something was changed, or cut off since the heads were kept."""
    with opened(settings) as engine:
        report = engine.verify_begun(begun) if begun else engine.audit_verify(_read(kept) if kept else None)
    if as_json:
        print_json({"ok": report.ok, "instances": report.instances, "events": report.events, "faults": report.faults})
    else:
        for fault in report.faults:
            click.echo(f"{fault.instance_id}:{fault.seq}: {fault.message}")
        verdict = "as they were written" if report.ok else "NOT as they were written"
        click.echo(f"{report.events} events of {report.instances} instances: {verdict}")
    context.exit(0 if report.ok else 1)


def _read(file: IO[str]) -> list[Head]:
    """Heads as they were printed, as JSON or as columns."""
    try:
        text = file.read()
        first, *rows = [line.split() for line in text.splitlines() if line.strip()] or [[]]
        if tuple(first) == COLUMNS:
            return [Head(instance_id, int(seq), digest) for instance_id, seq, digest in rows]
        return [Head(entry["instance_id"], entry["seq"], entry["hash"]) for entry in json.loads(text)]
    except (ValueError, TypeError, KeyError) as error:
        raise click.UsageError(f"{file.name} is not what `ruam audit heads` prints: {error}") from error
