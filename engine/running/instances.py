"""Process instances: start, suspend, resume, cancel, look at.

ACTIVE —suspend→ SUSPENDED —resume→ ACTIVE; ACTIVE —its own end→ COMPLETED or INTERNALLY_TERMINATED; either —cancel→ EXTERNALLY_TERMINATED.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, Table, func, literal, or_, select, union_all

from engine import language
from engine.dates import clock
from engine.deployment import definitions
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.people.authorization import IS_OPEN, contents, open_in, require_sight, visible
from engine.projects import windows
from engine.queries import DefinitionView, InstanceView, Page
from engine.running import holding
from engine.states import Event, InstanceState
from engine.storage import model
from engine.values import check_reason, check_set_by_hand, check_text, check_values

if TYPE_CHECKING:
    from engine.deployment.definitions import Definition
    from engine.forms import Form
    from engine.people import Actor
    from engine.spiff import Instance
    from engine.storage.session import Record, Session

CHILDREN = "SELECT id FROM instance WHERE parent_id = ? AND state IN ('ACTIVE', 'SUSPENDED') ORDER BY id"


# ---- starting


def start(
    session: Session, key: str, variables: Mapping[str, Any], business_key: str | None, version: int | None, distinct: bool = False
) -> InstanceView:
    """Start a process; `distinct`: not where the actor sees another of that business key. Raises NotFound, Forbidden, Invalid."""
    definition = _to_start(session, key, version)
    check_values(variables)
    form = _start_form(session, definition)
    if form is not None:
        problems = form.validate(variables, {}, functions=session.functions)
        if problems:
            raise Invalid("The form has mistakes.", problems, th="แบบฟอร์มยังไม่ถูกต้อง")
        variables = form.split(variables, functions=session.functions)[0]
    business_key = business_key or _own_key(definition, variables)
    if business_key is not None:
        check_text(business_key, "_business_key")
        if distinct:
            _refuse_namesakes(session, definition.key, business_key)
    record = session.execution.start(definition, variables, business_key=business_key)
    session.write()
    return described(session, record.id)


def _own_key(definition: Definition, variables: Mapping[str, Any]) -> str | None:
    """The business key a process makes of what it is started with. Raises LanguageError."""
    template = _key_template(definition)
    return str(language.template(template, variables)) if template else None


def _key_template(definition: Definition) -> str | None:
    """What a process makes its business key of: `ruam:businessKey`, a field of its start form."""
    drawn = (element.properties.get("camunda:businessKey") for element in definition.process.children(None))
    return definition.process.properties.get("ruam:businessKey") or next((text for text in drawn if text), None)


def makes_its_key(session: Session, key: str) -> bool:
    """Whether the newest version of a process makes its business key itself. Raises NotFound, Forbidden."""
    return _key_template(_to_start(session, key, None)) is not None


def _refuse_namesakes(session: Session, key: str, business_key: str) -> None:
    """Raises Invalid where the actor sees an instance of the process that is called the same and was not cancelled."""
    table = model.instance
    cancelled = (InstanceState.EXTERNALLY_TERMINATED, InstanceState.INTERNALLY_TERMINATED)
    alike = [table.c.business_key == business_key, table.c.business_key.startswith(f"{business_key}-", autoescape=True)]
    query = select(table.c.business_key).where(
        table.c.definition_key == key,
        table.c.parent_id.is_(None),
        table.c.state.not_in(cancelled),
        or_(*alike),
        visible(session.actor, table),
    )
    taken = set(session.connection.scalars(query))
    if business_key not in taken:
        return
    free = next(text for n in count(2) if (text := f"{business_key}-{n}") not in taken)
    message = f"There is a “{business_key}” already. Give this one a reference of its own, such as {free}."
    message_th = f"มี “{business_key}” อยู่แล้ว โปรดตั้งชื่ออ้างอิงอื่นให้รายการนี้ เช่น {free}"
    raise Invalid(message, [Problem(message, message_th, field="_business_key", rule="unique")])


def _to_start(session: Session, key: str, version: int | None) -> Definition:
    definition = session.shared.definitions.get(session.connection, definitions.latest_id(session.connection, key, version))
    definitions.require_running(session.connection, definition.id)
    if not definition.process.startable and not session.actor.system and not session.actor.administrator:
        raise Forbidden("This process is started by others only.", th="กระบวนการนี้เริ่มโดยกระบวนการอื่นเท่านั้น")
    if not may_start(session.actor, definition):
        raise Forbidden("You may not start this process.", th="ท่านไม่มีสิทธิ์เริ่มกระบวนการนี้")
    return definition


def may_start(actor: Actor, definition: Definition) -> bool:
    """Administrators, the candidate starters, and everybody where none are named."""
    groups, users = definition.process.candidate_starter_groups, definition.process.candidate_starter_users
    return actor.administrator or (not groups and not users) or actor.user_id in users or bool(actor.all_groups & set(groups))


def _start_form(session: Session, definition: Definition) -> Form | None:
    return session.shared.definitions.start_form(session.connection, definition)


def start_form(session: Session, key: str, version: int | None = None) -> Form | None:
    """The form asked when a process is started. Raises NotFound, Forbidden."""
    return _start_form(session, _to_start(session, key, version))


def startable(session: Session) -> list[DefinitionView]:
    """The newest version of each process the actor may start."""
    found = definitions.definitions(session.connection, latest=True, limit=1000).items
    kept = session.shared.definitions
    return [
        view for view in found if view.startable and not view.suspended and may_start(session.actor, kept.get(session.connection, view.id))
    ]


# ---- suspending, resuming, ending


def suspend(session: Session, instance_id: str, reason: str) -> None:
    """Hold an instance and its children. Raises Conflict where it does not run."""
    check_reason(reason)
    record = session.lock(instance_id)
    if record.state != InstanceState.ACTIVE:
        raise Conflict("This process does not run.", th="กระบวนการนี้ไม่ได้ดำเนินอยู่", state=record.state)
    record.state = InstanceState.SUSPENDED.value
    session.record(record, Event.INSTANCE_SUSPENDED, facts={"reason": reason})
    hold(session, record, reason)


def hold(session: Session, record: Record, reason: str) -> None:
    """Suspend what is open in a suspended instance, and what it called."""
    for one in _tree(session, record):
        if one.state == InstanceState.ACTIVE:
            one.state = InstanceState.SUSPENDED.value
            session.record(one, Event.INSTANCE_SUSPENDED, facts={"reason": reason})
        holding.hold_all(session, one)


def resume(session: Session, instance_id: str, reason: str) -> None:
    """Let an instance and its children go on. Raises Conflict where it is not suspended, or its parent still is."""
    record = session.lock(instance_id)
    if record.state != InstanceState.SUSPENDED:
        raise Conflict("This process is not suspended.", th="กระบวนการนี้ไม่ได้ถูกพักไว้", state=record.state)
    if record.parent_id is not None and session.lock(record.parent_id).state == InstanceState.SUSPENDED:
        raise Conflict(
            "The process that called it is suspended; resume that one.", th="กระบวนการที่เรียกกระบวนการนี้ถูกพักไว้ โปรดให้กระบวนการนั้นดำเนินการต่อ"
        )
    held = [one for one in _tree(session, record) if one.state == InstanceState.SUSPENDED]
    for one in held:
        one.state = InstanceState.ACTIVE.value
        holding.let_all_go(session, one)
        session.record(one, Event.INSTANCE_RESUMED, facts={"reason": reason})
    for one in held:  # once all go on: what one of them causes may be for another, or its end
        if not one.over and session.execution.definition(one).compiled.conditions:
            session.execution.step(one, lambda running: running.ask_again())


def cancel(session: Session, instance_id: str, reason: str) -> None:
    """End an instance and its children. Raises Conflict where it has ended, or was called by one that goes on."""
    check_reason(reason)
    record = session.lock(instance_id)
    if record.over:
        raise Conflict("This process has ended.", th="กระบวนการนี้จบแล้ว", state=record.state)
    if record.parent_id is not None and not session.lock(record.parent_id).over:
        raise Conflict(
            "Another process waits for this one; cancel that, or repair this.",
            th="กระบวนการอื่นรอกระบวนการนี้อยู่ โปรดยกเลิกกระบวนการนั้น หรือแก้ไขกระบวนการนี้",
        )
    session.execution.end(record, InstanceState.EXTERNALLY_TERMINATED, reason)
    session.execution.run()


def set_variables(session: Session, instance_id: str, variables: Mapping[str, Any], reason: str, remove: Iterable[str] = ()) -> None:
    """Change variables of the root scope, or take them out, to repair an instance."""
    check_reason(reason)
    check_set_by_hand(variables)
    record = session.lock(instance_id)
    session.record(record, Event.NOTED, facts={"note": "variables set by hand", "reason": reason})

    def change(running: Instance) -> None:
        running.drop_variables(record.id, remove)
        running.set_variables(record.id, variables, suspended=record.state == InstanceState.SUSPENDED)

    session.execution.step(record, change)


def _tree(session: Session, record: Record) -> list[Record]:
    """The instance and all it called that have not ended, locked."""
    found, position = [record], 0
    while position < len(found):
        found += [session.lock(row[0]) for row in session.rows.all(CHILDREN, (found[position].id,))]
        position += 1
    return found


# ---- looking


def _query(actor: Actor) -> Any:
    """Instances with what is open in them: of the tasks those the actor may know of."""
    instance, definition, task, incident = model.instance, model.definition, model.task, model.incident
    tasks = select(func.count()).where(*open_in(instance), visible(actor, task)).scalar_subquery()
    unresolved = select(func.count()).where(incident.c.instance_id == instance.c.id, incident.c.resolved.is_(None)).scalar_subquery()
    incidents = unresolved if actor.administrator else literal(0)  # how much goes wrong is for who repairs it; diagrams mark where
    names = [column.label(f"definition_{column.name}") for column in (definition.c.name, definition.c.name_en, definition.c.version)]
    return select(instance, *names, tasks.label("open_tasks"), incidents.label("open_incidents")).join(
        definition, definition.c.id == instance.c.definition_id
    )


def described(session: Session, instance_id: str) -> InstanceView:
    """One instance; whether the actor may see it is for the caller to ask. Raises NotFound."""
    row = session.connection.execute(_query(session.actor).where(model.instance.c.id == instance_id)).mappings().first()
    if row is None:
        raise NotFound("There is no such instance.", th="ไม่พบกระบวนการนี้")
    return InstanceView.of(row)


def view(session: Session, instance_id: str) -> InstanceView:
    """One instance the actor may see. Raises NotFound."""
    require_sight(session.connection, session.actor, model.instance, instance_id)
    return described(session, instance_id)


def page(
    session: Session,
    *,
    key: str | None = None,
    state: str | None = None,
    business_key: str | None = None,
    roots: bool = False,
    search: str | None = None,
    first: int = 0,
    limit: int = 50,
) -> Page[InstanceView]:
    """Instances the actor may see, newest first."""
    table = model.instance
    where: list[Any] = [visible(session.actor, table)]
    wanted = {"definition_key": key, "state": state, "business_key": business_key}
    where += [table.c[name] == value for name, value in wanted.items() if value is not None]
    if roots:
        where.append(table.c.parent_id.is_(None))
    if search:
        where.append(or_(table.c.business_key.icontains(search, autoescape=True), table.c.id == search))
    total = session.connection.scalar(select(func.count()).select_from(table).where(*where)) or 0
    query = _query(session.actor).where(*where).order_by(table.c.started.desc(), table.c.id.desc()).offset(first).limit(limit)
    rows = session.connection.execute(query).mappings().all()
    open_below = _open_in_trees(session, [row["id"] for row in rows])
    return Page(tuple(InstanceView.of({**row, **open_below[row["id"]]}) for row in rows), total)


def _open_in_trees(session: Session, ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many tasks the actor may know of, and for administrators incidents, are open in each of these and in all that runs under it."""
    found = {id: {"open_tasks": 0, "open_incidents": 0} for id in ids}
    if not ids:
        return found
    instance, task, incident, actor = model.instance, model.task, model.incident, session.actor
    tree = select(instance.c.id.label("top"), instance.c.id).where(instance.c.id.in_(ids)).cte("tree", recursive=True)
    running = instance.c.state.in_((InstanceState.ACTIVE, InstanceState.SUSPENDED))  # what has ended has nothing open under it
    tree = tree.union_all(select(tree.c.top, instance.c.id).where(instance.c.parent_id == tree.c.id, running))

    def counted(what: str, table: Table, *where: ColumnElement[bool]) -> Select[Any]:
        joined = select(tree.c.top, literal(what), func.count()).join(table, table.c.instance_id == tree.c.id)
        return joined.where(*where).group_by(tree.c.top)

    tasks = counted("open_tasks", task, IS_OPEN, visible(actor, task))
    query = union_all(tasks, counted("open_incidents", incident, incident.c.resolved.is_(None))) if actor.administrator else tasks
    for top, what, number in session.connection.execute(query):
        found[top][what] = number
    return found


def children(session: Session, instance_id: str, key: str | None = None) -> list[InstanceView]:
    """The instances an instance called, as far as the actor may see them, oldest first."""
    table = model.instance
    seen = _query(session.actor).where(table.c.parent_id == instance_id, visible(session.actor, table))
    query = seen.order_by(table.c.started, table.c.id)
    rows = session.connection.execute(query if key is None else query.where(table.c.definition_key == key)).mappings()
    return [InstanceView.of(row) for row in rows]


def variables(session: Session, instance_id: str) -> dict[str, Any]:
    """The variables of the root scope, also after the end. Raises NotFound."""
    require_sight(session.connection, session.actor, model.instance, instance_id)
    if not may_read(session, instance_id):
        raise Forbidden("You may see that this process is there, not what is in it.", th="คุณดูได้ว่ามีกระบวนการนี้อยู่ แต่ไม่มีสิทธิ์ดูข้อมูลภายใน")
    return windows.root_variables(session, instance_id)


def may_read(session: Session, instance_id: str) -> bool:
    """Whether the actor may read what is in an instance he sees."""
    table = model.instance
    return session.connection.scalar(select(table.c.id).where(table.c.id == instance_id, contents(session.actor))) is not None


# ---- settings


def setting(session: Session, key: str) -> str | None:
    """A setting of this database."""
    row = session.rows.one("SELECT value FROM setting WHERE key = ?", (key,))
    return None if row is None else str(row[0])


def put_setting(session: Session, key: str, value: str) -> None:
    """Set a setting."""
    session.rows.run("INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value))


def simulate(session: Session, start_at: datetime) -> None:
    """Make the clock a simulated one. Raises Conflict where instances have run on another."""
    if not session.shared.clock.is_simulated(clock.kept(session.rows)) and session.rows.one("SELECT 1 FROM instance LIMIT 1") is not None:
        raise Conflict(
            "Instances have run on the real clock; a simulated one is for an empty database.",
            th="มีกระบวนการที่ใช้นาฬิกาจริงแล้ว นาฬิกาจำลองใช้ได้กับฐานข้อมูลที่ว่างเท่านั้น",
        )
    clock.move(session.rows, start_at)
