"""Variables of instances, for who may read what is in them: those of running instances, and those that ever were.

They stand in the instances' states and in their history, not in a table; so a search has to say of which instances.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, select

from engine.errors import Invalid, Problem
from engine.people.authorization import contents, visible
from engine.projects.windows import root_variables
from engine.queries import loads
from engine.spiff import stored_variables
from engine.states import Event, InstanceState
from engine.storage import model
from engine.views.searching import Condition, Conditions, Gathered, Operator, Rule, holds

if TYPE_CHECKING:
    from engine.storage.session import Session

INSTANCE, HISTORY, SCOPE = model.instance, model.history, model.scope
MOST = 1000  # instances looked through in the history, where none is named
MOST_LIVE = 20_000  # instances that go on, looked through for a value
NARROWING = ("instance_id", "definition_id", "definition_key")


@dataclass(frozen=True, slots=True)
class VariableInstance:
    """A variable of an instance."""

    id: str
    name: str
    value: Any
    instance_id: str
    root_id: str
    definition_id: str
    definition_key: str
    created: datetime | None = None


def _instances(session: Session, conditions: Conditions, running: bool) -> Iterable[Any]:
    """The instances whose variables are asked for and may be read. Raises Invalid where they are too many to look through."""
    where = [visible(session.actor, INSTANCE), contents(session.actor)]
    if running:
        where.append(INSTANCE.c.state.in_((InstanceState.ACTIVE, InstanceState.SUSPENDED)))
    columns = {"instance_id": INSTANCE.c.id, "definition_id": INSTANCE.c.definition_id, "definition_key": INSTANCE.c.definition_key}
    for condition in conditions:
        if not isinstance(condition, Condition):
            continue
        if condition.field == "id" and condition.operator is Operator.IS:
            where.append(INSTANCE.c.id == str(condition.value).partition(":")[0])
        elif condition.field in columns and condition.operator in (Operator.IS, Operator.ONE_OF):
            wanted = [condition.value] if condition.operator is Operator.IS else condition.value
            where.append(columns[condition.field].in_(wanted))
    query = select(INSTANCE.c.id, INSTANCE.c.root_id, INSTANCE.c.definition_id, INSTANCE.c.definition_key).where(*where)
    rows = session.connection.execute(query.order_by(INSTANCE.c.id).limit(MOST + 1)).all()
    _refuse_more_than(MOST, len(rows))
    return rows


def _running(session: Session, conditions: Conditions) -> list[VariableInstance]:
    return [
        VariableInstance(f"{row.id}:{name}", name, value, *row)
        for row in _instances(session, conditions, running=True)
        for name, value in root_variables(session, row.id).items()
    ]


def _ever(session: Session, conditions: Conditions) -> list[VariableInstance]:
    found: list[VariableInstance] = []
    for row in _instances(session, conditions, running=False):
        known: dict[str, VariableInstance] = {}
        changed = (HISTORY.c.instance_id == row.id, HISTORY.c.event == Event.VARIABLES_CHANGED.value)
        for time, text in session.connection.execute(select(HISTORY.c.time, HISTORY.c.data).where(*changed).order_by(HISTORY.c.seq)):
            facts = loads(text) or {}
            for name, value in facts.get("after", {}).items() if "scope" not in facts else ():
                first = known[name].created if name in known else time
                known[name] = replace(VariableInstance(f"{row.id}:{name}", name, value, *row), created=first)
        found += known.values()
    return found


Wanted = Sequence[tuple[str, Operator, Any]]  # name, comparison, value


def of_instances(*, ended: bool) -> Rule:
    """A rule of instances by their root variables, as far as the actor may read them; `ended`: also of those that are over."""
    return lambda session, wanted: INSTANCE.c.id.in_(_having(session, wanted, ended))


def of_tasks(session: Session, wanted: Wanted) -> ColumnElement[bool]:
    """A rule of tasks by the root variables of their instances, as far as the actor may read them."""
    return model.task.c.instance_id.in_(_having(session, wanted, ended=False))


def _having(session: Session, wanted: Wanted, ended: bool) -> list[str]:
    """The ids of the instances whose variables meet all that is wanted. Raises Invalid where they are too many to look through."""
    readable = (visible(session.actor, INSTANCE), contents(session.actor))
    stored = select(SCOPE.c.id, SCOPE.c.blob).join(INSTANCE, INSTANCE.c.id == SCOPE.c.id).where(*readable).limit(MOST_LIVE + 1)
    known = {id: stored_variables(bytes(blob)) for id, blob in session.connection.execute(stored)}
    _refuse_more_than(MOST_LIVE, len(known))
    if ended:
        over = list(session.connection.scalars(select(INSTANCE.c.id).where(*readable, INSTANCE.c.ended.is_not(None)).limit(MOST + 1)))
        _refuse_more_than(MOST, len(over))
        known |= {id: root_variables(session, id) for id in over}
    return [id for id, variables in known.items() if all(_meets(variables, *one) for one in wanted)]


def _meets(variables: Mapping[str, Any], name: str, operator: Operator, value: Any) -> bool:
    return name in variables and holds(variables[name], operator, value)


def _refuse_more_than(most: int, number: int) -> None:
    if number > most:
        message = f"These are the variables of more than {most} instances: say of which."
        raise Invalid(message, [Problem(message, f"มีมากกว่า {most} กระบวนการ โปรดระบุกระบวนการ", rule="narrow")])


@dataclass(frozen=True, slots=True)
class VariableUpdate:
    """A value that a variable was given. `revision`: 0 for its first one."""

    id: str
    name: str
    value: Any
    revision: int
    instance_id: str
    root_id: str
    definition_id: str
    definition_key: str
    time: datetime


def _updates(session: Session, conditions: Conditions) -> list[VariableUpdate]:
    found: list[VariableUpdate] = []
    for row in _instances(session, conditions, running=False):
        revisions: Counter[str] = Counter()
        changed = (HISTORY.c.instance_id == row.id, HISTORY.c.event == Event.VARIABLES_CHANGED.value)
        query = select(HISTORY.c.seq, HISTORY.c.time, HISTORY.c.data).where(*changed).order_by(HISTORY.c.seq)
        for seq, time, text in session.connection.execute(query):
            for name, value in (loads(text) or {}).get("after", {}).items():
                ids = (row.id, row.root_id, row.definition_id, row.definition_key)
                found.append(VariableUpdate(f"{row.id}:{seq}:{name}", name, value, revisions[name], *ids, time))
                revisions[name] += 1
    return found


FIELDS = frozenset(("id", "name", "value", *NARROWING, "root_id", "created"))
RUNNING_VARIABLES: Gathered[VariableInstance] = Gathered("variable instance", "ตัวแปร", _running, FIELDS)
ALL_VARIABLES: Gathered[VariableInstance] = Gathered("variable instance", "ตัวแปร", _ever, FIELDS)
UPDATES: Gathered[VariableUpdate] = Gathered(
    "variable update", "การเปลี่ยนค่าตัวแปร", _updates, frozenset(("id", "name", "value", "revision", *NARROWING, "root_id", "time"))
)
