"""`ruam rehearse`: the whole project on a simulated clock, played by seeded actors."""

from __future__ import annotations

import math
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from engine.engine import Engine
from engine.errors import Invalid
from engine.people import SYSTEM
from webui.cli.context import opened, pass_settings
from webui.cli.output import json_option, print_json
from webui.demo import PASSWORD, SETTING
from webui.settings import Settings

MOST_CPU_SECONDS = 180


@click.command()
@click.argument("key", default="project")
@click.option("--provinces", type=click.IntRange(1), help="How many are invited; default: all of the year.")
@click.option("--year", type=int, help="The year it is played in, พ.ศ. or C.E. (2570 and 2027 are the same); default: พ.ศ. 2552.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed, the same decisions.")
@click.option("--database", "url", help="Keep the result in this (new) database, to look at in the pages.")
@json_option
@pass_settings
def rehearse(settings: Settings, key: str, provinces: int | None, year: int | None, seed: int, url: str | None, as_json: bool) -> None:
    """Play a process from start to end, with everybody's tasks done by seeded actors."""
    from engine.rehearsal import rehearse as play

    with _place(settings, url) as (home, database), opened(replace(settings, home=home), database) as engine:
        engine.upgrade()
        password = _as_demo(engine) if url is not None else None
        with _progress() as progress:
            result = play(engine, key, seed=seed, provinces=provinces, year=year, progress=progress, password=password)
    if as_json:
        print_json(result)
    else:
        for name, value in result.items():
            if not isinstance(value, list):
                click.echo(f"{name:<16} {value}")


def _as_demo(engine: Engine) -> str | None:
    """Make an empty database a demo, whose people can log in; the password of its people."""
    if engine.users(actor=SYSTEM, limit=1).total:
        return None
    engine.put_setting(SETTING, PASSWORD, actor=SYSTEM)
    return PASSWORD


@contextmanager
def _place(settings: Settings, url: str | None) -> Iterator[tuple[Path, str]]:
    """Where it is played: in the database named, its files in the data folder, or somewhere that goes when it is over."""
    if url is not None:
        yield settings.home, url
        return
    with tempfile.TemporaryDirectory(prefix="ruam-rehearsal-") as folder:
        yield Path(folder), f"sqlite:///{folder}/ruam.db"


@contextmanager
def _progress() -> Iterator[Callable[..., Any] | None]:
    """A bar on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TimeElapsedColumn(), BarColumn(), TextColumn("{task.completed:>4.0f}"), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(done: int, total: int | None, text: str = "") -> None:
            bar.update(task, completed=done, total=total, description=text)

        yield show


@click.command("rehearse-draft")
@click.argument("draft", required=False)
@click.option("--process", help="Which of its processes; default: the one that begins by itself.")
@click.option("--begun", help="One that a page has begun, instead of a draft.")
@json_option
@pass_settings
def rehearse_draft(settings: Settings, draft: str | None, process: str | None, begun: str | None, as_json: bool) -> None:
    """Play a draft's process to its end in a database of its own, and keep with the draft what was found."""
    if (draft is None) == (begun is None):
        raise click.UsageError("Name a draft.")
    from engine.drafts.playing import play as play_draft

    with _at_most(MOST_CPU_SECONDS), opened(settings) as engine:  # where one step of it alone takes for ever
        if draft is not None:
            begun = engine.begin_rehearsal(draft, process or _starting(engine, draft), actor=SYSTEM)
        found = play_draft(engine, begun or "")
    if as_json:
        print_json(found)
    else:
        click.echo(f"{found.state} {found.done}")


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    """The system ends this process when it has used its processor for so many more seconds; as before once the block is left."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    limit = math.ceil(time.process_time()) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _starting(engine: Engine, draft: str) -> str:
    """The first process of a draft that no other of its processes calls."""
    offered = engine.draft_choices(draft, actor=SYSTEM)["processes"]
    own = [one["key"] for one in offered if one["path"] and one["startable"]]
    if not own:
        raise Invalid("The draft has no process to play.")
    return str(own[0])
