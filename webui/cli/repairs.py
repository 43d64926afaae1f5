"""`ruam modify`, `ruam restart`: where an instance stands, changed by hand."""

from __future__ import annotations

from typing import Any

import click

from engine.people import SYSTEM
from engine.running.modification import Do, Instruction
from engine.running.outcomes import Outcome
from webui.cli.context import JsonObject, opened, pass_settings
from webui.cli.output import json_option, print_json
from webui.settings import Settings

Placed = tuple[str, ...]
START = click.option("--start-before", multiple=True, metavar="ELEMENT", help="Put a token before an element; may be repeated.")
AFTER = click.option("--start-after", multiple=True, metavar="ELEMENT", help="Go on as if the element had been completed.")
FLOW = click.option("--start-flow", multiple=True, metavar="FLOW", help="Put a token on a sequence flow.")
DATA = click.option("--data", type=JsonObject(), default={}, help="Variables to set first, as JSON or @FILE.")
REASON = click.option("--reason", required=True, help="Why; it stays in the history.")
DRY = click.option("--dry-run", is_flag=True, help="Only say what would happen.")


@click.command()
@click.argument("instance_id", metavar="INSTANCE")
@START
@AFTER
@FLOW
@click.option("--cancel", multiple=True, metavar="ELEMENT|TOKEN", help="Take tokens away: all of an element, or one by its id.")
@DATA
@REASON
@DRY
@json_option
@pass_settings
def modify(
    settings: Settings,
    instance_id: str,
    start_before: Placed,
    start_after: Placed,
    start_flow: Placed,
    cancel: Placed,
    data: dict[str, Any],
    reason: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Change where INSTANCE stands. What begins begins first, then tokens are taken away; all of it or nothing."""
    with opened(settings) as engine:
        elements = {one.id for one in engine.standing(instance_id, actor=SYSTEM).destinations}
        taken = [Instruction(Do.CANCEL, what) if what in elements else Instruction(Do.CANCEL, token_id=what) for what in cancel]
        instructions = [*_starts(start_before, start_after, start_flow, data), *taken]
        _print(engine.modify(instance_id, instructions, reason=reason, preview=dry_run, actor=SYSTEM), as_json)


@click.command()
@click.argument("instance_id", metavar="INSTANCE")
@START
@AFTER
@FLOW
@DATA
@click.option("--version", "definition_id", metavar="DEFINITION", help="The id of another version; default: the instance's.")
@REASON
@DRY
@json_option
@pass_settings
def restart(
    settings: Settings,
    instance_id: str,
    start_before: Placed,
    start_after: Placed,
    start_flow: Placed,
    data: dict[str, Any],
    definition_id: str | None,
    reason: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Start a new instance with the variables and business key of INSTANCE, which has ended."""
    instructions = _starts(start_before, start_after, start_flow, data)
    with opened(settings) as engine:
        outcome = engine.restart(instance_id, instructions, reason=reason, definition_id=definition_id, preview=dry_run, actor=SYSTEM)
    _print(outcome, as_json)


def _starts(before: Placed, after: Placed, flows: Placed, data: dict[str, Any]) -> list[Instruction]:
    found = [Instruction(Do.START_BEFORE, id, variables=data) for id in before]
    found += [Instruction(Do.START_AFTER, id, variables=data) for id in after]
    return found + [Instruction(Do.START_TRANSITION, flow_id=id, variables=data) for id in flows]


def _print(outcome: Outcome, as_json: bool) -> None:
    if as_json:
        print_json(outcome)
        return
    if outcome.new_id is not None:
        click.echo(outcome.new_id)
    for sentence in outcome.sentences:
        click.echo(sentence.en)
    if not outcome.done:
        click.echo("Nothing was changed.")
