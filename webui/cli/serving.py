"""`ruam serve`, `ruam worker`: the processes that stay. What they stand on is loaded when they start: no other command waits for it."""

from __future__ import annotations

import logging
import signal
import time
from typing import TYPE_CHECKING

import click

from webui.cli.context import opened, pass_settings
from webui.settings import Settings

if TYPE_CHECKING:
    from engine.engine import Engine

NAP_SECONDS = 0.5


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any that is free.")
@pass_settings
def serve(settings: Settings, host: str, port: int) -> None:
    """Serve the pages and, on SQLite, run the clock; on PostgreSQL `ruam worker` does."""
    with opened(settings) as engine:
        if settings.embedded:
            engine.upgrade()
        run(engine, settings, host, port)


def run(engine: Engine, settings: Settings, host: str, port: int) -> None:
    """Serve until told to stop (SIGTERM, Ctrl-C)."""
    from webui import server

    log_to_stderr()
    server.run(engine, settings, host, port)


@click.command()
@click.option("--beat", type=click.FloatRange(0.1), default=1.0, show_default=True, help="Seconds between two looks at what is due.")
@pass_settings
def worker(settings: Settings, beat: float) -> None:
    """Run due jobs until told to stop; as many as wanted beside several `ruam serve`."""
    from engine.running.scheduler import Scheduler

    log_to_stderr()
    told = list[int]()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: told.append(number))
    with opened(settings) as engine:
        scheduler = Scheduler(engine, beat_seconds=beat)
        scheduler.start()
        click.echo("waiting for jobs  (Ctrl-C stops it)")
        while not told:  # not a lock that is waited for: a signal that comes just before one would never wake it
            time.sleep(NAP_SECONDS)
        scheduler.stop()


def log_to_stderr() -> None:
    """What is told while it serves."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
