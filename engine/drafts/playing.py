"""Plays a rehearsal of a draft: its files in a database of its own, with a simulated clock, from which no mail leaves."""

from __future__ import annotations

import logging
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.dates.zone import BANGKOK
from engine.drafts.states import RehearsalState
from engine.engine import Engine
from engine.errors import RuamError
from engine.people import SYSTEM
from engine.rehearsal import Rehearsal
from engine.rehearsal.findings import findings
from engine.rehearsal.plays import PlainPlay

if TYPE_CHECKING:
    from engine.drafts.views import Rehearsed

CPU_SECONDS = 120.0
MOST_USERS = 5_000
TELL_SECONDS = 1.0  # between two signs of life

log = logging.getLogger(__name__)


class Broken(Exception):
    """The rehearsal goes no further: somebody cancelled it, or its time is over."""


class Teller:
    """Tells the database how far a rehearsal is, and hears whether it shall go on."""

    def __init__(self, engine: Engine, rehearsal_id: str, seconds: float) -> None:
        self.engine, self.id = engine, rehearsal_id
        self._until, self._told, self.done = time.process_time() + seconds, 0.0, 0

    def __call__(self, done: int, total: int | None, text: str) -> None:
        """Called with every task and every step of the clock. Raises Broken."""
        self.done = done
        if time.process_time() > self._until:
            raise Broken("It took too long.")
        if time.monotonic() - self._told >= TELL_SECONDS:
            self._told = time.monotonic()
            if not self.engine.hear_rehearsal(self.id, done, text):
                raise Broken("Cancelled.")


def play(engine: Engine, rehearsal_id: str, *, seconds: float = CPU_SECONDS) -> Rehearsed:
    """Play a rehearsal that was begun, and keep what it finds. `seconds`: of CPU. Raises NotFound."""
    begun = engine.draft_rehearsal(rehearsal_id, actor=SYSTEM)
    tell = Teller(engine, rehearsal_id, seconds)
    state, result = RehearsalState.STOPPED, dict[str, Any]()
    try:
        tell(0, None, "")
        with (
            tempfile.TemporaryDirectory(prefix="ruam-rehearsal-") as folder,
            Engine.aside(Path(folder), packs=engine.packs, limits=engine.limits) as scratch,
        ):
            state, result = _played(engine, scratch, begun, tell)
    except Broken as broken:
        result = {"reason": str(broken)}
    engine.end_rehearsal(rehearsal_id, state, tell.done, result)
    return engine.draft_rehearsal(rehearsal_id, actor=SYSTEM)


def _played(engine: Engine, scratch: Engine, begun: Rehearsed, tell: Teller) -> tuple[RehearsalState, dict[str, Any]]:
    scratch.upgrade()
    row = engine.draft(begun.draft_id, actor=SYSTEM).draft
    files = engine.draft_contents(begun.draft_id, revision=begun.revision, actor=SYSTEM)
    scratch.deploy(files, name=row.name, pack=row.pack, actor=SYSTEM)
    played = _rehearsal(engine, scratch, begun.process, tell)
    reason = None
    try:
        played.run()
    except RuamError as error:
        reason = {"th": error.message_th or error.message, "en": error.message}
    except (LookupError, TypeError, ValueError, AttributeError) as error:  # a pack's own play, written for another version of it
        log.warning("the play of %s broke: %r", begun.process, error, exc_info=error)
        reason = {"th": f"ผู้ซ้อมทำต่อไม่ได้ ({error!r})", "en": f"The play could not go on ({error!r})."}
    members = {party: len(engine.members(party)) for party in scratch.parties()}
    found = findings(scratch, played.root_id, members, reason)
    return (RehearsalState.ENDED if found["ended"] else RehearsalState.STALLED), found


def _rehearsal(engine: Engine, scratch: Engine, process: str, tell: Teller) -> Rehearsal:
    """As the pack says it is played, in this year; else plainly from today on (by the engine's clock), with the people there are."""
    make, today = scratch.play(process), engine.clock_now().astimezone(BANGKOK).date()
    if make is not None:
        return Rehearsal(scratch, make(seed=1, units=_units(engine, scratch), year=today.year), 1, tell)
    _people(engine, scratch)
    return Rehearsal(scratch, PlainPlay(scratch, process, 1, day=today), 1, tell)


def _units(engine: Engine, scratch: Engine) -> int | None:
    """Of how many units the biggest party here consists; None where nobody is a member of one."""
    groups = {group for user in engine.users(actor=SYSTEM, limit=MOST_USERS).items if user.active for group in user.groups}
    counts = [sum(group.startswith(f"{party}:") for group in groups) for party in scratch.parties()]
    return max(counts, default=0) or None


def _people(engine: Engine, scratch: Engine) -> None:
    """Those who work here, without passwords and addresses; for parties nobody is a member of, somebody made up."""
    users = [user for user in engine.users(actor=SYSTEM, limit=MOST_USERS).items if user.active]
    copies = [{"user_id": one.id, "name": one.name, "name_en": one.name_en, "roles": one.roles, "groups": one.groups} for one in users]
    served = {group.partition(":")[0] for one in users for group in one.groups}
    made_up = [
        {"user_id": f"rehearsal-{party}"[:64], "name": th, "name_en": en, "groups": [party], "demo": True}
        for party, (th, en) in scratch.parties().items()
        if party not in served
    ]
    someone = [{"user_id": "rehearsal", "name": "ผู้ซ้อม", "name_en": "Somebody", "demo": True}] if not users and not made_up else []
    scratch.add_users([*copies, *made_up, *someone], actor=SYSTEM)
