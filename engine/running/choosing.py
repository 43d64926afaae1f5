"""The activities of open ad-hoc sub-processes that somebody chooses to begin (BPMN 2.0.2, 13.3.5: those who do the work decide).

Who would be offered the task that an activity opens may begin it; administrators any of them. To choose is work, as completing a task is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.errors import Conflict, Forbidden, LanguageError
from engine.people.authorization import is_candidate, require_sight
from engine.running import usertasks
from engine.running.outside import Outside
from engine.spiff import Instance
from engine.states import Event, InstanceState
from engine.storage import model
from engine.storage.session import LOCK

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.spiff import Scope
    from engine.storage.session import Record, Session


@dataclass(frozen=True, slots=True)
class Choice:
    """An activity that can be begun now, and where."""

    scope_id: str
    element_id: str
    name: str
    name_en: str
    inside_name: str  # of the ad-hoc sub-process
    inside_name_en: str
    number: int | None  # which of a repeated one it is, from 0


def choices(session: Session, instance_id: str) -> tuple[Choice, ...]:
    """What the actor may begin in an instance now; nothing where he may begin nothing."""
    row = session.rows.one(LOCK, (instance_id,))  # read, not locked
    if row is None:
        return ()
    record = session.adopt(row)
    definition = session.shared.definitions.get(session.connection, record.definition_id)
    if record.state != InstanceState.ACTIVE or not any(one.ad_hoc for one in definition.process.elements.values()):
        return ()
    outside = Outside(session.execution, record, definition)
    reader = Instance(definition.compiled, outside, record.id)
    return tuple(
        _choice(outside, scope, definition.element(id))
        for scope in _open(session, record, reader)
        for id in reader.choices(scope.scope_id)
        if not record.holds(id) and _may(outside, scope, definition.element(id))
    )


def start(session: Session, instance_id: str, element_id: str, scope_id: str | None = None) -> None:
    """Begin an activity of an open ad-hoc sub-process, in its oldest scope or that one. Raises NotFound, Forbidden, Conflict."""
    record = session.lock(instance_id)
    definition = session.execution.definition(record)
    if not session.actor.administrator:
        _require_candidate(session, record, element_id, scope_id)
    element = definition.element(element_id)
    if record.state == InstanceState.SUSPENDED:
        raise Conflict("This process is suspended.", th="กระบวนการนี้ถูกพักไว้")
    opened = [id for id in _scopes(session, record, [element.parent or ""]) if scope_id in (None, id)]
    if not opened:
        raise Conflict(f"What {element_id!r} stands in is not open.", th="ส่วนของกระบวนการที่มีงานนี้ไม่ได้เปิดอยู่")
    session.record(record, Event.NOTED, element_id=element_id, facts={"note": "started by hand"})
    session.execution.step(record, lambda running: running.start_activity(opened[0], element_id))


def _require_candidate(session: Session, record: Record, element_id: str, scope_id: str | None) -> None:
    """Who may not begin it is told so where he may know of the instance, else that there is none."""
    element = session.execution.definition(record).process.elements.get(element_id)
    outside = Outside(session.execution, record, session.execution.definition(record))
    reader = Instance(outside.definition.compiled, outside, record.id)
    places = [scope for scope in _open(session, record, reader) if scope.spec.name == (element.parent if element else None)]
    if element is None or not any(_may(outside, scope, element) for scope in places if scope_id in (None, scope.scope_id)):
        require_sight(session.connection, session.actor, model.instance, record.id)
        raise Forbidden("This activity is begun by whom its task is for.", th="เฉพาะผู้ที่มีหน้าที่ทำงานนี้เท่านั้นที่เริ่มงานนี้ได้")


def _open(session: Session, record: Record, reader: Instance) -> list[Scope]:
    inside = [one.id for one in session.execution.definition(record).process.elements.values() if one.ad_hoc]
    return [reader.scope_at(id) for id in _scopes(session, record, inside)]


def _scopes(session: Session, record: Record, elements: list[str]) -> list[str]:
    table = model.scope
    query = select(table.c.id).where(table.c.instance_id == record.id, table.c.element_id.in_(elements)).order_by(table.c.id)
    return list(session.connection.scalars(query))


def _may(outside: Outside, scope: Scope, element: Element) -> bool:
    """Whether the actor may begin it: whom its task would be offered to, as its variables are now."""
    session, view = outside.session, scope.view()
    if session.actor.administrator or session.actor.system:
        return True
    if element.type != "userTask":
        return False
    try:
        groups, users, assignee = usertasks.meant(outside, element, view)
        barred = usertasks.barring(session, outside.definition, element.human, view, session.actor.all_groups)
    except LanguageError:
        return False
    named = [("group", name) for name in groups] + [("user", name) for name in users]
    return barred is None and (assignee == session.actor.user_id or is_candidate(session.actor, named))


def _choice(outside: Outside, scope: Scope, element: Element) -> Choice:
    around, view = outside.definition.element(element.parent or ""), scope.view()

    def told(text: str) -> str:
        try:
            return str(outside.template(text, view))
        except LanguageError:
            return text

    return Choice(
        scope.scope_id, element.id, told(element.name or element.id), told(element.name_en), told(around.name or around.id),
        told(around.name_en), scope.data.get("loopCounter"),
    )  # fmt: skip
