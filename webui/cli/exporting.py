"""`ruam export`: one instance and all below it as a ZIP file that needs no engine to be read."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import TypeVar

import click

from engine.engine import Engine
from engine.people import SYSTEM
from engine.queries import InstanceView, Page
from webui.cli.context import opened, pass_settings
from webui.cli.output import json_option, plain, print_json
from webui.settings import Settings

T = TypeVar("T")
PAGE = 1_000  # rows read at once


@click.command()
@click.argument("instance_id", metavar="INSTANCE")
@click.option("--to", "target", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A new file (.zip).")
@json_option
@pass_settings
def export(settings: Settings, instance_id: str, target: Path, as_json: bool) -> None:
    """Write INSTANCE and all below it into a file: variables, history, diagrams, papers. What is sealed stays sealed."""
    if target.exists():
        raise click.UsageError(f"{target} exists")
    part = target.with_name(target.name + ".part")
    with opened(settings) as engine:
        family = _family(engine, instance_id)
        try:
            with part.open("xb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
                for one in family:
                    _put(archive, f"instances/{one.id}.json", _told(engine, one))
                for definition_id in sorted({one.definition_id for one in family}):
                    archive.writestr(f"diagrams/{definition_id.replace(':', '-')}.bpmn", engine.definition_xml(definition_id, actor=SYSTEM))
                papers = _write_papers(engine, archive, family)
            part.rename(target)
        finally:
            part.unlink(missing_ok=True)
    if as_json:
        print_json({"file": str(target), "instances": len(family), "documents": papers})
    else:
        click.echo(f"{target}: {len(family)} instances, {papers} documents")


def _family(engine: Engine, instance_id: str) -> list[InstanceView]:
    """The instance, then all that it called, and they: who calls stands before whom he calls."""
    first = engine.instance(instance_id, actor=SYSTEM)
    family, found = [first], {first.id}
    for one in engine.tree(first.root_id, actor=SYSTEM):  # the oldest first
        if one.parent_id in found:
            family.append(one)
            found.add(one.id)
    return family


def _told(engine: Engine, one: InstanceView) -> object:
    history = _all(lambda first: engine.history(one.id, first=first, limit=PAGE, actor=SYSTEM))
    return {
        "instance": one,
        "variables": engine.variables(one.id, actor=SYSTEM),
        "comments": engine.comments(one.id, with_tasks=True, actor=SYSTEM),
        "history": list(history),
    }


def _write_papers(engine: Engine, archive: zipfile.ZipFile, family: list[InstanceView]) -> int:
    root, ids = family[0].root_id, {one.id for one in family}
    papers = _all(lambda first: engine.documents(root, first=first, limit=PAGE, actor=SYSTEM))
    mine = [paper for paper in papers if paper.instance_id in ids]
    for paper in (paper for paper in mine if paper.readable):
        view, stream = engine.open_document(paper.id, actor=SYSTEM)
        name = PurePosixPath(view.name.replace("\\", "/")).name or "paper"
        with stream, archive.open(f"documents/{view.id}/{name}", "w") as entry:
            shutil.copyfileobj(stream, entry)
    _put(archive, "documents.json", mine)
    return len(mine)


def _all(page: Callable[[int], Page[T]]) -> Iterator[T]:
    first = 0
    while items := page(first).items:
        yield from items
        first += len(items)


def _put(archive: zipfile.ZipFile, name: str, value: object) -> None:
    archive.writestr(name, json.dumps(plain(value), ensure_ascii=False, indent=2))
