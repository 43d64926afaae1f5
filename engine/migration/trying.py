"""What a plan would do to running instances: read, told, nothing changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

from engine.errors import Problem, Unavailable
from engine.migration.carrying import carry
from engine.migration.moving import calls_within
from engine.migration.plan import continuations
from engine.migration.refusals import Reason, reasons_of, refusal
from engine.migration.validating import problems_of
from engine.migration.views import Effects, Group, Trial
from engine.running.outside import StoredScopes
from engine.spiff import Host, Instance, adopting
from engine.storage.outages import DRIVERS

if TYPE_CHECKING:
    from engine.deployment.definitions import Definition
    from engine.migration.carried import Carried
    from engine.migration.moving import Route
    from engine.spiff import Scope
    from engine.storage.session import Session

NAMED = 20  # instances named with each reason
AT_ONCE = 200  # instances whose scopes are read by one statement
SCOPES = "SELECT id, parent_scope_id, parent_token_id, element_id, blob, instance_id FROM scope WHERE instance_id IN ({marks})"
RUNNING = "SELECT id FROM instance WHERE definition_id = ? AND state IN ('ACTIVE', 'SUSPENDED') ORDER BY id"
Stored = dict[str, tuple[str | None, str | None, str, bytes]]  # scopes by id: parent scope and token, element, blob
ANSWERABLE = (Reason.GONE, Reason.KIND, Reason.EVENT, Reason.MOVED, Reason.LOOP)


def running_instances(session: Session, definition_id: str) -> list[str]:
    """The instances of a version that have not ended, oldest first."""
    return [row[0] for row in session.rows.all(RUNNING, (definition_id,))]


def attempt(session: Session, route: Route, instance_ids: Sequence[str] | None) -> Trial:
    """What the plan would do to these instances, by default to all that run on the version it leaves."""
    plan = route.plan
    problems = problems_of(route.old, route.new, plan)
    if problems:
        return Trial(plan.source, plan.target, 0, 0, (), Effects(), tuple(problems))
    wanted = running_instances(session, plan.source) if instance_ids is None else list(dict.fromkeys(instance_ids))
    counted = Counted(route)
    for instance_id, carried, refused in carried_of(session, route, wanted):
        counted.add(instance_id, carried, refused)
    return counted.told()


def problems(session: Session, route: Route, instance_id: str) -> list[Problem]:
    """Why one instance cannot move, as far as that can be seen beforehand."""
    return next(refused for _id, _carried, refused in carried_of(session, route, [instance_id]))


class Counted:
    """What a plan would do to instances, one after the other."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._groups = Groups()
        self._effects = dict.fromkeys(Effects.__dataclass_fields__, 0)
        self._movable = list[str]()
        self._refused = self._held = self._ends = 0

    def add(self, instance_id: str, carried: Carried | None, refused: Sequence[Problem], *, held: bool = False, ends: bool = False) -> None:
        """`held`: what it belongs to cannot move; `ends`: what called it ends it as it moves."""
        if ends:
            self._ends += 1
        elif refused or carried is None:
            self._groups.add(instance_id, refused, self._route)
            self._refused += 1
        elif held:
            self._held += 1
        else:
            self._movable.append(instance_id)
            for name, number in _effects(carried).items():
                self._effects[name] += number

    def told(self) -> Trial:
        """All of them."""
        plan, movable = self._route.plan, self._movable
        return Trial(
            plan.source, plan.target, len(movable), self._refused, self._groups.told(), Effects(**self._effects), (),
            tuple(movable[:NAMED]), self._held, self._ends,
        )  # fmt: skip


def carried_of(session: Session, route: Route, instance_ids: Sequence[str]) -> Iterator[tuple[str, Carried | None, list[Problem]]]:
    """What the plan makes of each of these instances, and why it cannot move."""
    for first in range(0, len(instance_ids), AT_ONCE):
        chunk = instance_ids[first : first + AT_ONCE]
        marks = ", ".join("?" for _ in chunk)
        states = {
            row[0]: row[1:] for row in session.rows.all(f"SELECT id, definition_id, state FROM instance WHERE id IN ({marks})", chunk)
        }
        stored = scopes_of(session, chunk)
        for instance_id in chunk:
            definition_id, state = states.get(instance_id, (None, None))
            if definition_id != route.plan.source:
                yield instance_id, None, [refusal(Reason.VERSION)]
            elif state not in ("ACTIVE", "SUSPENDED"):
                yield instance_id, None, [refusal(Reason.ENDED)]
            else:
                yield instance_id, *_looked_at(session, route, instance_id, stored.get(instance_id, {}))


def scopes_of(session: Session, instance_ids: Sequence[str]) -> dict[str, Stored]:
    """The stored scopes of some instances, by instance."""
    stored: dict[str, Stored] = {}
    for row in session.rows.all(SCOPES.format(marks=", ".join("?" for _ in instance_ids)), instance_ids):
        stored.setdefault(row[5], {})[row[0]] = (row[1], row[2], row[3], bytes(row[4]))
    return stored


def _looked_at(session: Session, route: Route, instance_id: str, rows: Stored) -> tuple[Carried | None, list[Problem]]:
    """One that cannot be read, for whatever reason, keeps no other one from being looked at."""
    try:
        carried = read(session, route, instance_id, rows)
    except (Unavailable, *DRIVERS):
        raise
    except Exception as error:
        return None, list(reasons_of(error, route.new))
    return carried, carried.refusals


def read(session: Session, route: Route, instance_id: str, rows: Stored) -> Carried:
    """What the plan makes of one instance, from its stored scopes."""
    running, scopes = as_stored(session, route.old, instance_id, rows)
    carried = carry(running, scopes, route.versions)
    for token in carried.cut:
        carried.calls_ended += calls_within(running, token)
    return carried


def as_stored(session: Session, definition: Definition, instance_id: str, rows: Stored) -> tuple[Instance, list[Scope]]:
    """An instance as its rows say it stands, outer scopes first; nothing can be done with it."""
    running = Instance(definition.compiled, cast(Host, _Known(session, rows)), instance_id)
    return running, adopting.all_scopes(running, [id for id, row in rows.items() if row[1] is not None])


class _Known(StoredScopes):
    """Stored scopes that have been read already."""

    def __init__(self, session: Session, rows: Stored) -> None:
        super().__init__(session)
        self._rows = rows

    def load_scope(self, scope_id: str) -> tuple[str | None, str | None, str, bytes]:
        found = self._rows.get(scope_id)
        return found if found is not None else super().load_scope(scope_id)


def _effects(carried: Carried) -> dict[str, int]:
    standing = carried.standing.values()
    return {
        "tasks_kept": sum(
            one.token is not None and one.token.element.type == "userTask" and one.token.element.loop is None for one in standing
        ),
        "tasks_ended": sum(token.element.type == "userTask" for token in carried.cut),
        "timers_kept": sum(
            one.token is not None and any(event.kind == "timer" for event in one.token.task_spec.awaited.events) for one in standing
        ),
        "watches_begun": len(carried.armed),
        "watches_ended": len(carried.dropped),
        "continued": len(carried.starts),
        "calls_ended": len(carried.calls_ended),
    }


class Groups:
    """Reasons, each with the instances it keeps back; the most frequent first."""

    def __init__(self) -> None:
        self._found: dict[Problem, tuple[Route, list[str]]] = {}

    def add(self, instance_id: str, problems: Sequence[Problem], route: Route) -> None:
        """An instance with its reasons."""
        for problem in dict.fromkeys(problems):
            self._found.setdefault(problem, (route, []))[1].append(instance_id)

    def told(self) -> tuple[Group, ...]:
        """All of them."""
        ordered = sorted(self._found.items(), key=lambda entry: -len(entry[1][1]))
        return tuple(
            Group(problem, len(ids), tuple(ids[:NAMED]), _continuations(route, problem), route.plan.source)
            for problem, (route, ids) in ordered
        )


def _continuations(route: Route, problem: Problem) -> tuple[str, ...]:
    old = route.old.compiled
    if problem.rule not in ANSWERABLE or problem.element_id is None or problem.element_id not in old.process.elements:
        return ()
    return continuations(old, route.plan.images, problem.element_id)
