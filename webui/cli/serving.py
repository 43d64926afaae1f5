"""`ruam serve`, `ruam worker`: the processes that stay."""

from __future__ import annotations

import errno
import logging
import signal
import threading
from types import FrameType

import click
from waitress import create_server

from engine.engine import Engine
from engine.errors import RuamError
from engine.people import SYSTEM
from engine.people.links import FIRST_ADMINISTRATOR
from engine.running.scheduler import Scheduler
from webui import create_app
from webui.cli.context import opened, pass_settings
from webui.rest import waiting
from webui.settings import Settings

THREADS = 8  # for what is answered at once; requests that wait have their own
LINK_HOURS = 24.0


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
    log_to_stderr()
    try:
        server = create_server(
            create_app(engine, settings),
            host=host,
            port=port,
            threads=THREADS + waiting.PLACES,
            ident=None,
            channel_request_lookahead=1,  # so that one may ask whether a client that waits is still there
        )
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise RuamError(
            f"Another program listens at {host}:{port} already, maybe Ruam itself."
            " Stop it, or take another port: --port NUMBER; make run PORT=NUMBER."
        ) from error
    address = f"http://{host}:{server.effective_port}"
    click.echo(f"Ruam is at {address}  (Ctrl-C stops it)")
    if not engine.users(limit=1, actor=SYSTEM).total:
        token = engine.create_link(FIRST_ADMINISTRATOR, hours=LINK_HOURS, actor=SYSTEM)
        click.echo(f"There are no users yet. The first administrator begins here, once, within {LINK_HOURS:.0f} hours:")
        click.echo(f"  {settings.public_url or address}/welcome/{token}")
    scheduler = Scheduler(engine) if settings.embedded else None
    signal.signal(signal.SIGTERM, _stop)
    if scheduler is not None:
        scheduler.start()
    try:
        server.run()
    finally:
        server.close()
        if scheduler is not None:
            scheduler.stop()


@click.command()
@click.option("--beat", type=click.FloatRange(0.1), default=1.0, show_default=True, help="Seconds between two looks at what is due.")
@pass_settings
def worker(settings: Settings, beat: float) -> None:
    """Run due jobs until told to stop; as many as wanted beside several `ruam serve`."""
    log_to_stderr()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with opened(settings) as engine:
        scheduler = Scheduler(engine, beat_seconds=beat)
        scheduler.start()
        click.echo("waiting for jobs  (Ctrl-C stops it)")
        stopped.wait()
        scheduler.stop()


def log_to_stderr() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


def _stop(_number: int, _frame: FrameType | None) -> None:
    waiting.room.close()
    raise SystemExit(0)
