"""An instance that has ended is started once more: a new one, with its variables and business key, that begins where one says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.deployment import definitions
from engine.errors import Conflict, Invalid
from engine.people.grants import grant
from engine.projects import windows
from engine.queries import loads
from engine.running import modification, outcomes
from engine.running.modification import Do, Instruction
from engine.running.outcomes import Outcome
from engine.states import Event
from engine.values import check_reason

if TYPE_CHECKING:
    from engine.storage.session import Session

# Who was let to see what the old one made may see the new one: handlers of steps that are not done again gave those grants.
GRANTS = "SELECT group_, category, unit FROM grant_ WHERE root_id = ?"
FIRST = "SELECT data FROM history WHERE instance_id = ? AND event = ? ORDER BY seq LIMIT 1"


def restart(
    session: Session,
    instance_id: str,
    instructions: Sequence[Instruction],
    reason: str,
    *,
    definition_id: str | None = None,
    initial_variables: bool = False,
    keep_business_key: bool = True,
) -> Outcome:
    """Start a new instance in an ended one's place; by default of the same version. Raises NotFound, Conflict, Invalid, ExecutionFailed."""
    check_reason(reason)
    modification.check(instructions)
    if any(one.do == Do.CANCEL or one.token_id is not None or one.within is not None for one in instructions):
        raise Invalid(
            "What begins stands nowhere yet: say before or after which element it is to begin.", th="โปรดระบุว่าจะเริ่มก่อนหรือหลังองค์ประกอบใด"
        )
    old = session.lock(instance_id)
    if not old.over:
        raise Conflict("This process still runs; move it instead.", th="กระบวนการนี้ยังดำเนินอยู่ โปรดใช้การย้ายแทน", state=old.state)
    if old.parent_id is not None:
        raise Conflict("This process was called by another; restart that one.", th="กระบวนการนี้ถูกเรียกโดยกระบวนการอื่น โปรดเริ่มกระบวนการนั้นใหม่")
    definition = session.shared.definitions.get(session.connection, definition_id or old.definition_id)
    if definition.key != old.definition_key:
        raise Invalid("The new one is to be of the same process.", th="ต้องเป็นกระบวนการเดียวกัน", definition_id=definition.id)
    definitions.require_running(session.connection, definition.id)
    variables = _first_variables(session, old.id) if initial_variables else windows.root_variables(session, old.id)
    new = session.execution.new_root(definition, old.business_key if keep_business_key else None)
    session.execution.place(new, definition)
    told = [modification.told(one) for one in instructions]
    session.record(new, Event.INSTANCE_RESTARTED, facts={"restarted_from": old.id, "reason": reason, "instructions": told})
    session.record(old, Event.INSTANCE_RESTARTED, facts={"restarted_as": new.id, "reason": reason})
    session.write()
    for group, category, unit in session.rows.all(GRANTS, (old.id,)):
        grant(session, new, group, category, unit)
    modification.follow(session, new, instructions, variables)
    session.execution.run()
    names = tuple(sorted({name for one in instructions for name in (*one.variables, *one.local)}))
    return outcomes.outcome(session, new, {}, since=0, variables=names, new_id=new.id)


def _first_variables(session: Session, instance_id: str) -> dict[str, Any]:
    """What an instance was started with."""
    row = session.rows.one(FIRST, (instance_id, Event.VARIABLES_CHANGED.value))
    return {} if row is None else dict((loads(row[0]) or {}).get("after", {}))
