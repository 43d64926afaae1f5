"""`ruam backup`, `ruam restore`."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import click

from engine.errors import Conflict
from engine.people import SYSTEM
from webui.cli.context import opened, pass_settings
from webui.settings import Settings


@click.command()
@click.option("--to", "target", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A new file (.tar.gz).")
@pass_settings
def backup(settings: Settings, target: Path) -> None:
    """Write all rows and files, as they are now, into one file; everybody can go on working."""
    if target.exists():
        raise click.UsageError(f"{target} exists")
    part = target.with_name(target.name + ".part")
    with opened(settings) as engine:
        try:
            with part.open("xb") as stream:
                summary = engine.backup(stream, actor=SYSTEM)
            part.rename(target)
        finally:
            part.unlink(missing_ok=True)
    click.echo(f"{target}: {summary.rows} rows, {summary.files} files")


@click.command()
@click.argument("source", metavar="FILE", type=click.File("rb"))
@pass_settings
def restore(settings: Settings, source: IO[bytes]) -> None:
    """Fill an empty database and file store from a backup, and verify the history."""
    with opened(settings) as engine:
        engine.upgrade()
        summary = engine.restore(source, actor=SYSTEM)
        report = engine.audit_verify()
    click.echo(f"{summary.rows} rows, {summary.files} files; {report.events} events of history checked")
    if not report.ok:
        raise Conflict(f"The history is not as it was written ({len(report.faults)} faults): see `ruam audit verify`.")
