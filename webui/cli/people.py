"""`ruam user`: who may log in, and with which parties."""

from __future__ import annotations

from collections.abc import Sequence

import click

from engine.people import SYSTEM
from engine.states import Role
from webui.cli.context import opened, pass_settings
from webui.demo import PASSWORD, SETTING
from webui.settings import Settings


@click.group()
def user() -> None:
    """Users."""


@user.command()
@click.argument("user_id", metavar="NAME")
@click.option("--party", "groups", multiple=True, help="A group: party or party:unit. May be given several times.")
@click.option("--role", "roles", multiple=True, type=click.Choice([role.value for role in Role]))
@click.option("--display-name", help="As others see it; default: NAME.")
@click.option("--email")
@pass_settings
def add(settings: Settings, user_id: str, groups: Sequence[str], roles: Sequence[str], display_name: str | None, email: str | None) -> None:
    """Add a user, who cannot log in before a password is set."""
    with opened(settings) as engine:
        engine.add_user(user_id, name=display_name or user_id, groups=groups, roles=roles, email=email, actor=SYSTEM)
    click.echo(f"added {user_id}; now: ruam user password {user_id}")


@user.command()
@click.argument("user_id", metavar="NAME")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Better left out: it is asked for.")
@pass_settings
def password(settings: Settings, user_id: str, password: str) -> None:
    """Set a user's password and end the sessions begun with the old one."""
    with opened(settings) as engine:
        if password == PASSWORD and engine.setting(SETTING) is None:
            raise click.ClickException("Everybody knows this password: it is that of the demonstration. Choose another.")
        engine.set_password(user_id, password, actor=SYSTEM)
    click.echo(f"the password of {user_id} is set")


@user.command()
@click.argument("user_id", metavar="NAME")
@click.option("--name", "purpose", default="API", show_default=True, help="What it is for.")
@click.option("--days", type=click.FloatRange(min=0, min_open=True), help="How long it is valid; default: until it is taken back.")
@pass_settings
def token(settings: Settings, user_id: str, purpose: str, days: float | None) -> None:
    """Print a new token with which programs act for a user over the REST; it is shown this once."""
    with opened(settings) as engine:
        _token, secret = engine.add_api_token(user_id, purpose, days=days, actor=SYSTEM)
    click.echo(secret)
