"""One instance moves to another version: whole, or not at all, in the transaction of the session.

Whoever completes something at the same moment does so before, and the instance moves from where it is then; or finds afterwards that what
he has open was changed in the meantime.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from engine.errors import RuamError, Unavailable
from engine.migration import rewriting, triggers
from engine.migration.before import Before
from engine.migration.carrying import carry
from engine.migration.dating import renew_dates
from engine.migration.plan import Plan, Way
from engine.migration.refusals import Reason, Refused, failed, refusal
from engine.migration.versions import Versions
from engine.running import holding, incidents
from engine.spiff import adopting
from engine.states import Event, InstanceState

if TYPE_CHECKING:
    from engine.deployment.definitions import Definition
    from engine.migration.carried import Carried
    from engine.spiff import Instance, Modification
    from engine.storage.session import Record, Session

SET_VERSION = "UPDATE instance SET definition_id = ? WHERE id = ?"
GIVE_BACK = "UPDATE job SET state = 'PENDING', locked_by = NULL, lock_until = NULL WHERE instance_id = ? AND state = 'RUNNING'"
SET_SCOPE = "UPDATE scope SET element_id = ?, parent_scope_id = ? WHERE id = ?"


class Route:
    """A plan with both of its definitions: made once for many instances."""

    def __init__(self, session: Session, plan: Plan) -> None:
        self.plan = plan
        self.old: Definition = session.shared.definitions.get(session.connection, plan.source)
        self.new: Definition = session.shared.definitions.get(session.connection, plan.target)
        self.versions = Versions(self.old.compiled, self.new.compiled, plan)

    @property
    def renamed(self) -> dict[str, str]:
        """New id by old id of the elements that are called otherwise."""
        elements = self.old.process.elements
        return {old: new for old, new in self.plan.images.items() if old != new and old in elements}


@dataclass(frozen=True, slots=True)
class Cause:
    """Why instances move, and who has said so: for their histories."""

    migration_id: str
    reason: str
    actor: str


class Moved:
    """What is known of an instance that has moved: the version it left, the rows before, whether it cannot be undone."""

    def __init__(self, source_id: str, before: Before, final: bool) -> None:
        self.source_id, self.before, self.final = source_id, before, final


def move(session: Session, record: Record, route: Route, cause: Cause) -> Moved:
    """Move a locked instance. Raises Refused; the transaction is then to be rolled back."""
    _require_movable(record, route)
    session.write()
    session.rows.run(GIVE_BACK, (record.id,))  # whoever was about to run one finds that it is no longer his
    before = Before.read(session, record)
    running = session.execution.instance(record)
    scopes = adopting.all_scopes(running, [row["id"] for row in before.scopes if row["parent_token_id"] is not None])
    carried = carry(running, scopes, route.versions)
    if carried.refusals:
        raise Refused(carried.refusals)
    try:
        final = _leave(session, record, running, carried)
        _arrive(session, record, route, carried, before)
        holding.carry(session, record, route.old.id, route.plan.images, cause.reason)
        _go_on(session, record, route, carried, before)
    except (Refused, Unavailable):
        raise
    except RuamError as error:
        raise failed(error, route.new) from error
    facts = {"from": route.old.id, "to": route.new.id, "versions": [route.old.version, route.new.version], "mapping": route.renamed,
             "migration": cause.migration_id, "reason": cause.reason}  # fmt: skip
    session.record(record, Event.INSTANCE_MIGRATED, facts=facts, actor=cause.actor)
    return Moved(route.old.id, before, final)


def _require_movable(record: Record, route: Route) -> None:
    if record.over:
        raise Refused([refusal(Reason.ENDED)])
    if record.definition_id != route.plan.source:
        raise Refused([refusal(Reason.VERSION)])


def _leave(session: Session, record: Record, running: Instance, carried: Carried) -> bool:
    """End what does not go on, under the version that is left; whether it cannot be brought back."""
    outside, final = session.execution.outside(record), False
    for token in carried.cut:
        final = final or bool(calls_within(running, token))
        token.cancel()
    for token in carried.dissolved:
        outside.cancelled(token, token.element)
    for token in carried.dropped:
        outside.unwatch(token)
    for token in carried.dissolved:
        for child_id in token._children:
            outside.unwatch(token.workflow.tasks[child_id])
    outside.settle()
    session.execution.release(record)
    return final


def calls_within(running: Instance, token: Any) -> list[str]:
    """The ids of a token and of those inside it that have called another process."""
    scopes = running.scopes_of(token)
    found = [token.id] if token.element.call is not None and not scopes else []
    for scope in scopes:
        for inner in list(scope.tasks.values()):
            found += calls_within(running, inner)
    return found


def _arrive(session: Session, record: Record, route: Route, carried: Carried, before: Before) -> None:
    """Put the instance together under its new version."""
    record.definition_id = route.new.id
    session.rows.run(SET_VERSION, (route.new.id, record.id))
    running = session.execution.instance(record)
    scopes = [
        adopting.AdoptedScope(place.id, place.element_id, place.parent.id if place.parent else None, place.host, place.data, place.scope)
        for place in carried.places.values()
    ]
    tokens = [
        adopting.AdoptedToken(one.id, one.element_id, one.place.id, one.parent, one.memory, one.token) for one in carried.standing.values()
    ]
    adopting.adopt(running, scopes, tokens)
    kept = {*carried.places, *carried.standing}
    for row in before.scopes:
        place = carried.places.get(row["id"])
        if row["parent_token_id"] is not None and place is None:
            running.removed.append(row["id"])
        elif (
            place is not None
            and place.parent is not None
            and (row["element_id"], row["parent_scope_id"]) != (place.element_id, place.parent.id)
        ):
            session.rows.run(SET_SCOPE, (place.element_id, place.parent.id, place.id))
        elif row["id"] in _apart(carried) and row["id"] not in kept:
            running.removed.append(row["id"])
    renew_dates(session, record, route)
    rewriting.rewrite(session, record, route, carried, before)


def _apart(carried: Carried) -> set[str]:
    return {token.id for token in (*carried.cut, *carried.dissolved)}


def _go_on(session: Session, record: Record, route: Route, carried: Carried, before: Before) -> None:
    """Wait for what the new version waits for besides, start what goes on elsewhere, and run as far as that leads."""
    suspended = record.state == InstanceState.SUSPENDED
    running = session.execution.instance(record)
    triggers.renew(session, record, route, carried, before)
    joins = any("arrived" in one.memory for one in carried.standing.values())
    changes = bool(carried.armed or carried.starts or carried.cut or carried.dissolved or joins or running.unasked)
    if carried.starts or carried.cut:
        incidents.resolve_stuck(session, record)  # if nothing comes of it there is a new one
    if changes or any(place.scope is None for place in carried.places.values()):
        session.execution.step(record, partial(_set_going, carried=carried, suspended=suspended))
    elif route.new.compiled.conditions and not suspended:
        session.execution.step(record, lambda running: running.ask_again())
    if not record.over and (carried.cut or carried.dropped or carried.dissolved):
        session.write()
        if not incidents.waits(session, record):
            raise Refused([refusal(Reason.NOTHING_LEFT)])
    if suspended:
        session.write()
        holding.hold_all(session, record)


def _set_going(running: Instance, carried: Carried, suspended: bool) -> None:
    for one in carried.standing.values():
        if one.token is None:
            adopting.opened(running, one.place.id, one.id)
    for armed in carried.armed:
        adopting.arm(running, armed.place.id, armed.element_id, armed.parent, armed.flow_id)
    adopting.meet(running)
    adopting.close_emptied(running)

    def start(modification: Modification) -> None:
        for one in carried.starts:
            if one.flow_id is not None:
                modification.take(one.flow_id, within=one.place.id)
                continue
            begin = modification.start_after if one.way == Way.AFTER else modification.start_before
            begin(one.element_id, within=one.place.id)
        if suspended:  # conditions are asked when it goes on
            running.unasked.clear()

    running.modify(start)
    if not suspended and not running.ended:
        running.ask_again()
