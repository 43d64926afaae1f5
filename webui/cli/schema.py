"""`ruam db`: the schema of the database."""

from __future__ import annotations

import click

from webui.cli.context import opened, pass_settings
from webui.settings import Settings


@click.group()
def db() -> None:
    """The database's schema."""


@db.command()
@pass_settings
def upgrade(settings: Settings) -> None:
    """Create the schema, or bring it to this version's."""
    with opened(settings) as engine:
        before, after = engine.upgrade()
    click.echo(
        f"the schema is {after}: nothing was to be done"
        if before == after
        else f"the schema was brought from {before or 'nothing'} to {after}"
    )
