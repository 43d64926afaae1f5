"""`ruam check`, `ruam deploy`: diagrams and packs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from engine.deployment.packs import read_folder
from engine.people import SYSTEM
from webui.cli.context import opened, pass_settings
from webui.cli.output import json_option, print_json, print_rows, problem_line, tally
from webui.settings import Settings

PATHS = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("paths", metavar="FILE…", nargs=-1, required=True, type=PATHS)
@click.option("--deployed", is_flag=True, help="Look for processes and decisions that they name in the database, too, as deploying does.")
@json_option
@pass_settings
@click.pass_context
def check(context: click.Context, settings: Settings, paths: Sequence[Path], deployed: bool, as_json: bool) -> None:
    """Say every problem of a diagram or pack folder; exit 1 if one is an error.

    It looks at these files alone, without the database: what they name of a process or decision that is already deployed is
    missing, unless --deployed is given or its file is named, too.
    """
    with opened(settings, None if deployed else "sqlite://") as engine:  # else an empty one in memory
        problems = engine.check(gathered(paths), pack=None)
    if as_json:
        print_json(problems)
    else:
        for problem in problems:
            click.echo(problem_line(problem))
        if problems:
            click.echo(tally(problems), err=True)
    context.exit(1 if any(problem.severity == "error" for problem in problems) else 0)


@click.command()
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=PATHS)
@click.option("--name", help="Of the deployment; default: the folder's or the first file's.")
@click.option("--no-tests", "untested", metavar="REASON", default="", help="Although its process tests fail, or have not been played.")
@json_option
@pass_settings
def deploy(settings: Settings, paths: Sequence[Path], name: str | None, untested: str, as_json: bool) -> None:
    """Deploy files or a pack folder, all or nothing; not if one of its process tests fails."""
    with opened(settings) as engine:
        deployment = engine.deploy(gathered(paths), name=name or paths[0].resolve().stem, tested=True, untested=untested, actor=SYSTEM)
    if as_json:
        print_json(deployment)
    else:
        print_rows(deployment.definitions, ("key", "version", "version_tag", "name"))


def gathered(paths: Sequence[Path]) -> dict[str, bytes]:
    """The files of pack folders by their path inside, and single files by their name."""
    files: dict[str, bytes] = {}
    for path in paths:
        found = read_folder(path) if path.is_dir() else {path.name: path.read_bytes()}
        if twice := sorted(files.keys() & found.keys()):
            raise click.UsageError(f"two files are called {twice[0]}")
        files |= found
    return files
