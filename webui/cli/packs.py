"""`ruam export-pack`: the files of what is deployed, back into a folder, for version control and other tools."""

from __future__ import annotations

from pathlib import Path

import click

from engine.errors import Conflict
from engine.people import SYSTEM
from webui.cli.context import opened, pass_settings
from webui.cli.output import json_option, print_json
from webui.settings import Settings


@click.command("export-pack")
@click.argument("key")
@click.option("--version", type=click.IntRange(1), help="Of the process of that key; default: the newest.")
@click.option("--to", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="A new or empty folder.")
@json_option
@pass_settings
def export_pack(settings: Settings, key: str, version: int | None, folder: Path, as_json: bool) -> None:
    """Write all files deployed with a process into a folder; `ruam deploy` takes them back."""
    with opened(settings) as engine:
        files = engine.pack_files(key, version=version, actor=SYSTEM)
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(f"The folder {folder} is not empty.")
    inside = folder.resolve()
    for path, content in files.items():
        place = (inside / path).resolve()
        if not place.is_relative_to(inside):
            raise Conflict(f"The deployment has a file {path!r}, which is no path inside a folder.")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    if as_json:
        print_json(sorted(files))
    else:
        click.echo(f"{len(files)} files in {folder}")
