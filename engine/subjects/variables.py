"""Variables of instances, for who may read what is in them: those of running instances, and those that ever were.

They stand in the instances' states and in their history, not in a table; so a search has to say of which instances.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine import model
from engine.authorization import contents, visible
from engine.errors import Invalid, Problem
from engine.queries import loads
from engine.searching import Condition, Conditions, Gathered, Operator
from engine.states import Event, InstanceState
from engine.windows import root_variables

if TYPE_CHECKING:
    from engine.session import Session

INSTANCE, HISTORY = model.instance, model.history
MOST = 1000  # instances looked through where none is named
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
    if len(rows) > MOST:
        message = f"These are the variables of more than {MOST} instances: say of which (processInstanceIdIn)."
        raise Invalid(message, [Problem(message, f"มีมากกว่า {MOST} กระบวนการ โปรดระบุกระบวนการ", rule="narrow")])
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


FIELDS = frozenset(("id", "name", "value", *NARROWING, "root_id", "created"))
RUNNING_VARIABLES: Gathered[VariableInstance] = Gathered("variable instance", _running, FIELDS)
ALL_VARIABLES: Gathered[VariableInstance] = Gathered("variable instance", _ever, FIELDS)
