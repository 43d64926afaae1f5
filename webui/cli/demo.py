"""`ruam demo`: a database to try things in, with its own clock, people whose password is known, and a project that has begun."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from engine.dates.clock import real_now
from engine.dates.zone import BANGKOK
from engine.deployment.packs import read_folder
from engine.engine import Engine
from engine.errors import Conflict
from engine.people import SYSTEM
from handlers.demo import demo_users
from webui.cli import serving
from webui.cli.context import opened, pass_settings
from webui.demo import PASSWORD, SETTING
from webui.settings import Settings

PACKS = Path(__file__).parents[2] / "bpmn"
PARTICIPATION, LEAVE = "participation", "leave"
PROJECT = "project"
STARTER = "opdc1"
ERA = 543  # พ.ศ. = CE + 543


@click.command()
@click.option("--serve", "serving_too", is_flag=True, help="Then serve it.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@pass_settings
def demo(settings: Settings, serving_too: bool, host: str, port: int) -> None:
    """Prepare a demo in an empty database: packs, people by role, one project on a simulated clock."""
    with opened(settings) as engine:
        engine.upgrade()
        prepare(engine)
        introduce(engine)
        if serving_too:
            serving.run(engine, settings, host, port)


def prepare(engine: Engine) -> None:
    """Fill an empty database, or go on where it was interrupted. Raises Conflict where somebody works with the database."""
    if engine.setting(SETTING) is None:
        if engine.users(actor=SYSTEM, limit=1).total:
            raise Conflict("This database has users: a demo begins in an empty one.")
        engine.put_setting(SETTING, PASSWORD, actor=SYSTEM)
    elif _begun(engine):
        return
    begin = datetime(real_now().astimezone(BANGKOK).year + 1, 6, 1, 9, 0, tzinfo=BANGKOK)
    if not engine.simulated:
        engine.simulate(begin, actor=SYSTEM)
    for pack in (LEAVE, PARTICIPATION):
        if (PACKS / pack).is_dir():
            engine.deploy(read_folder(PACKS / pack), name=pack, pack=pack, actor=SYSTEM)
    if not engine.users(actor=SYSTEM, limit=1).total:
        everybody = demo_users(read_folder(PACKS / PARTICIPATION))
        engine.add_users([person | {"password": PASSWORD} for person in everybody], actor=SYSTEM)
    year = begin.year + ERA
    variables = {"year": year, "start_date": begin.date().isoformat()}
    engine.start(PROJECT, variables=variables, business_key=str(year), actor=engine.actor(STARTER))


def introduce(engine: Engine) -> None:
    """Say who there is to be."""
    click.echo(f"{engine.users(limit=1, actor=SYSTEM).total} demo users, each with the password {PASSWORD}, among them:")
    click.echo("  consultant1 opdc1 inspection1 subcommission1 central1 cluster1 area-TH-50 province-TH-50 observer admin")
    click.echo("  designer drafts changes of a process, approver approves them")
    click.echo(f"The clock of this database stands at {engine.clock_now().astimezone(BANGKOK):%Y-%m-%d %H:%M}; admin can move it.")


def _begun(engine: Engine) -> bool:
    return engine.instances(key=PROJECT, limit=1, actor=SYSTEM).total > 0
