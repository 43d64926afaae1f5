"""The web server: pages and REST on one port, with the clock of an embedded database, until told to stop."""

from __future__ import annotations

import errno
import signal
from types import FrameType

import click
from waitress import create_server

from engine.engine import Engine
from engine.errors import RuamError
from engine.people import SYSTEM
from engine.people.links import FIRST_ADMINISTRATOR
from engine.running.scheduler import Scheduler
from webui.application import create_app
from webui.rest import waiting
from webui.settings import Settings

THREADS = 8  # for what is answered at once; requests that wait have their own
LINK_HOURS = 24.0


def run(engine: Engine, settings: Settings, host: str, port: int) -> None:
    """Serve until told to stop (SIGTERM, Ctrl-C)."""
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
            " Stop it, or take another port: --port NUMBER; make run PORT=NUMBER.",
            th=f"มีโปรแกรมอื่นใช้ {host}:{port} อยู่แล้ว อาจเป็น Ruam เอง ให้หยุดโปรแกรมนั้น หรือใช้พอร์ตอื่น: --port NUMBER; make run PORT=NUMBER",
        ) from error
    address = f"http://{host}:{server.effective_port}"
    click.echo(f"Ruam is at {address}  (Ctrl-C stops it)")
    if not engine.administrators(actor=SYSTEM):
        token = engine.create_link(FIRST_ADMINISTRATOR, hours=LINK_HOURS, actor=SYSTEM)
        click.echo(f"No administrator can log in yet. The first one begins here, once, within {LINK_HOURS:.0f} hours:")
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


def _stop(_number: int, _frame: FrameType | None) -> None:
    waiting.room.close()
    raise SystemExit(0)
