"""`ruam diff`: what is different between two versions, in plain language."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from engine.differences import Differences, Said
from engine.people import SYSTEM
from webui.cli.context import opened, pass_settings
from webui.cli.deployments import PATHS, gathered
from webui.cli.output import json_option, print_json
from webui.settings import Settings


@click.command()
@click.argument("key", metavar="KEY")
@click.argument("before", metavar="[FROM]", type=click.IntRange(min=1), required=False)
@click.argument("after", metavar="[TO]", type=click.IntRange(min=1), required=False)
@click.option(
    "--with", "paths", metavar="PATH", multiple=True, type=PATHS, help="Compare with a pack folder or files instead of a version."
)
@click.option("--language", type=click.Choice(["en", "th"]), default="en", show_default=True)
@json_option
@pass_settings
def diff(settings: Settings, key: str, before: int | None, after: int | None, paths: Sequence[Path], language: str, as_json: bool) -> None:
    """Say what is different between two versions of a process, with all files deployed with each.

    With --with PATH: from version FROM (the newest where it is left out) to these files.
    """
    if paths and after is not None:
        raise click.UsageError("--with takes the place of TO")
    if not paths and (before is None or after is None):
        raise click.UsageError("two versions are compared, or one with --with PATH")
    with opened(settings) as engine:
        if before is not None and after is not None:
            found = engine.differences(key, before, after, actor=SYSTEM)
        else:
            found = engine.differences_with(key, gathered(paths), version=before, actor=SYSTEM)
    if as_json:
        print_json(found)
    else:
        _print(found, language)


def _print(found: Differences, language: str) -> None:
    def pick(said: Said) -> str:
        return said.th if language == "th" else said.en

    if not found:
        click.echo("ไม่มีสิ่งใดต่างกัน" if language == "th" else "nothing is different")
    for group in found.groups:
        click.echo(f"{pick(group.title)} [{group.file or group.old_file}]")
        for change in group.changes:
            click.echo(f"  {_SIGNS[change.kind.value]} {pick(change.sentence)}")


_SIGNS = {"added": "+", "removed": "-", "changed": "~", "drawn": "."}
