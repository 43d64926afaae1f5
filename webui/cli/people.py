"""`ruam user`: who may log in, and with which parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.errors import Conflict
from engine.people import SYSTEM
from engine.people.authorization import WORKERS
from engine.people.importing import ImportPlan
from engine.people.links import HOURS
from engine.people.sheets import MAX_BYTES
from engine.states import Role
from webui import offered
from webui.cli.context import opened, pass_settings
from webui.cli.output import json_option, pick, print_json, print_rows
from webui.demo import PASSWORD, SETTING
from webui.settings import Settings

if TYPE_CHECKING:
    from engine.engine import Engine
    from engine.running.reassignment import Reassignment

COLUMNS = ("id", "name", "roles", "groups", "active", "locked", "last_login")
FACTS = ("id", "name", "name_en", "email", "roles", "groups", "active", "locked", "demo", "created", "last_login")


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
    from webui.names import by_party, unit_names  # with Flask, which no other command waits for

    with opened(settings) as engine:
        engine.add_user(user_id, name=display_name or user_id, groups=groups, roles=roles, email=email, actor=SYSTEM)
        parties, units = {WORKERS, *engine.parties()}, by_party(unit_names(engine))
    split = [(group, group.partition(":")[0]) for group in groups]
    unheard = [group for group, party in split if party not in parties or (group != party and group not in units.get(party, [group]))]
    if unheard:  # not refused: the pack may be deployed later, and diagrams name groups of their own and compute them
        click.echo(f"{', '.join(unheard)}: in no deployed pack's parties.toml; right where a diagram names that very group", err=True)
    click.echo(f"added {user_id}; now: ruam user password {user_id}")


@user.command("list")
@click.option("--search", help="Part of a name or an address.")
@click.option("--party", "group", help="Members of a group: party or party:unit.")
@click.option("--role", type=click.Choice([role.value for role in Role]))
@click.option("--state", type=click.Choice(["active", "locked", "inactive"]), help="locked: no password yet.")
@click.option("--first", type=click.IntRange(0), default=0, help="Skip so many.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@json_option
@pass_settings
def list_users(
    settings: Settings,
    search: str | None,
    group: str | None,
    role: str | None,
    state: str | None,
    first: int,
    limit: int,
    as_json: bool,
) -> None:
    """List users by their names; never a password."""
    with opened(settings) as engine:
        found = engine.users(search=search, group=group, role=role, state=state, first=first, limit=limit, actor=SYSTEM)
    if as_json:
        print_json({"items": [{name: getattr(one, name) for name in FACTS} for one in found.items], "total": found.total})
    else:
        print_rows(found.items, COLUMNS)


@user.command()
@click.argument("user_id", metavar="NAME")
@click.option("--to", metavar="NAME", help="Who gets all of the open work. Default: back to those it was offered to.")
@click.option("--outside", is_flag=True, help="Also where NAME is none of those it was offered to.")
@click.option("--leave", is_flag=True, help="Leave the open work where it is.")
@click.option("--reason", required=True, help="Why; it stays in the history.")
@json_option
@pass_settings
@click.pass_context
def close(
    context: click.Context, settings: Settings, user_id: str, to: str | None, outside: bool, leave: bool, reason: str, as_json: bool
) -> None:
    """Take away a user's access at once, and hand over the open work; what he did stays.

    Refused where nobody else may do some of the work and neither --to nor --leave says what becomes of it. Exits with 1 where the one
    who is to get it may not do all of it, either.
    """
    if leave and to is not None:
        raise click.UsageError("say one of --to and --leave")
    with opened(settings) as engine:
        work = engine.open_work(user_id, actor=SYSTEM)
        if not leave:
            _refuse_unsaid(engine, work, to, outside)
        done = engine.close_account(user_id, to=to, hand_over=not leave, back_first=to is None, reason=reason, actor=SYSTEM)
    stays = (*work.handed, *work.stays) if leave else done.stays
    if as_json:
        print_json(replace(done, stays=stays))
    else:
        click.echo(f"{user_id} may not log in any more; {len(done.handed)} handed over, {len(stays)} stay")
        for task in stays:
            click.echo(f"  {pick(task.name, task.name_en)} ({task.task_id}): {pick(*task.obstacle) if task.obstacle else ''}".rstrip(": "))
    context.exit(1 if stays and not leave else 0)


def _refuse_unsaid(engine: Engine, work: Reassignment, to: str | None, outside: bool) -> None:
    """Refuse to guess who does what nobody else may do, and to give work to who is none of those it was offered to."""
    if to is None:
        if work.stays:
            tasks = ", ".join(f"{pick(task.name, task.name_en)} ({task.task_id})" for task in work.stays)
            raise Conflict(
                f"Nobody else may do this: {tasks}. Say --to NAME who gets the work, or --leave it.",
                th=f"ไม่มีผู้อื่นที่ทำงานนี้ได้: {tasks} โปรดระบุผู้รับงานด้วย --to หรือใช้ --leave เพื่อคงงานไว้",
            )
        return
    receiver = engine.user(to).id
    tasks_given = [engine.task(task.task_id, actor=SYSTEM).task for task in work.handed + work.stays]
    if not outside and (found := offered.foreign(engine, tasks_given, receiver)):
        groups = ", ".join(found)
        raise Conflict(
            f"{to} does not work for {groups}. To hand over all the same, add --outside.",
            th=f"{to} ไม่ได้ทำงานให้ {groups} หากต้องการส่งมอบให้จริง โปรดเพิ่ม --outside",
        )


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


@user.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only tell what each row would do.")
@json_option
@pass_settings
@click.pass_context
def import_sheet(context: click.Context, settings: Settings, file: Path, dry_run: bool, as_json: bool) -> None:
    """Add and change users as a sheet (CSV, XLSX) says, all rows or none; exit 1 where a row is mistaken."""
    from webui.names import by_party, called, unit_names

    with opened(settings) as engine:
        content = file.read_bytes() if file.stat().st_size <= MAX_BYTES else b" " * (MAX_BYTES + 1)
        units, names = by_party(unit_names(engine)), called(engine)
        plan = engine.import_users(content, units=units, called=names, preview=True, actor=SYSTEM)
        if plan.ok and not dry_run:
            plan = engine.import_users(content, units=units, called=names, fingerprint=plan.fingerprint, actor=SYSTEM)
    if as_json:
        print_json(plan)
    else:
        _tell(plan, file.name)
    context.exit(0 if plan.ok else 1)


def _tell(plan: ImportPlan, name: str) -> None:
    for row in plan.rows:
        for column, problem in row.mistakes.items():
            click.echo(f"{name}:{row.number}: {column}: {problem.message}", err=True)
        if not row.mistakes and row.outcome != "unchanged":
            changes = "; ".join(f"{what}: {before or '-'} -> {after or '-'}" for what, before, after in row.changes)
            click.echo(f"{row.outcome:<9} {row.user_id}  {changes}".rstrip())
    counts = ", ".join(f"{plan.count(outcome)} {outcome}" for outcome in ("added", "changed", "unchanged", "mistake"))
    click.echo(f"{'done' if plan.done else 'nothing done'}: {counts}")


@user.command()
@click.argument("user_id", metavar="NAME")
@pass_settings
def link(settings: Settings, user_id: str) -> None:
    """Print a one-time link with which a user sets his password; the one he has is good no more."""
    with opened(settings) as engine:
        token = engine.invite(user_id, actor=SYSTEM)
    click.echo(f"{settings.public_url.rstrip('/')}/password/{token}")
    here = "" if settings.public_url else "; put the address of the server in front, or set RUAM_PUBLIC_URL"
    click.echo(f"good once, for {HOURS:.0f} hours{here}", err=True)


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
