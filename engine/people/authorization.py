"""Who may do what: one rule, asked of one thing (`may`) or of a table (`visible`, `workable`: the same rule as SQL).

To see: administrators see that things are there; whoever started an instance sees it; anybody else what a grant of one of his groups
covers (engine.grants). What is in an instance (its variables, what was entered) is for fewer: `contents`. To work on a task: its
assignee, or while it has none its candidates.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Table, and_, exists, false, func, or_, select, true

from engine.errors import Forbidden, NotFound
from engine.states import OPEN_TASK_STATES, Role, Verb
from engine.storage import model

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.people import Actor

EVERY_UNIT, OWN_UNIT = "*", "own"
WORKERS = "topic"  # the party of the workers outside; its units are the topics they work on
CONTENTS = "variables"  # the category of a grant that opens the contents of all instances its group sees
IN_THAI = {
    Role.ADMINISTRATOR: "ผู้ดูแลระบบ",
    Role.OBSERVER: "ผู้สังเกตการณ์",
    Role.DESIGNER: "ผู้ออกแบบ",
    Role.APPROVER: "ผู้เห็นชอบ",
    Role.AUDITOR: "ผู้ตรวจสอบ",
}
ROLES: dict[Verb, tuple[Role, ...]] = {  # any of them
    Verb.ASSIGN: (Role.ADMINISTRATOR,),
    Verb.DEPLOY: (Role.ADMINISTRATOR,),
    Verb.ADMINISTER: (Role.ADMINISTRATOR,),
    Verb.MANAGE_PEOPLE: (Role.ADMINISTRATOR,),
    Verb.AUDIT: (Role.AUDITOR, Role.ADMINISTRATOR),
    Verb.DESIGN: (Role.DESIGNER, Role.ADMINISTRATOR),
    Verb.APPROVE: (Role.APPROVER, Role.ADMINISTRATOR),
    Verb.SEE_DRAFTS: (Role.DESIGNER, Role.APPROVER, Role.ADMINISTRATOR),
}


def allowed(actor: Actor, verb: Verb) -> bool:
    """Whether one of the actor's roles is for that."""
    return actor.system or not actor.roles.isdisjoint(ROLES[verb])


def require(actor: Actor, verb: Verb) -> None:
    """Refuse what is for a role the actor does not have. Raises Forbidden."""
    if not allowed(actor, verb):
        raise Forbidden(
            f"This is for those with the role {' or '.join(ROLES[verb])}.",
            verb=verb.value,
            th=f"เฉพาะ{'หรือ'.join(IN_THAI[role] for role in ROLES[verb])}เท่านั้น",
        )


# ---- tasks


IS_OPEN = and_(model.task.c.ended.is_(None), model.task.c.state.in_(OPEN_TASK_STATES))  # indexes hold what has not ended


def open_in(instance: Any) -> tuple[ColumnElement[bool], ...]:
    """The open tasks of each instance of a query."""
    task = model.task
    return task.c.root_id == instance.c.root_id, task.c.instance_id == instance.c.id, IS_OPEN


def workable(actor: Actor) -> ColumnElement[bool]:
    """The tasks an actor may work on, as long as they have not ended."""
    task, candidate = model.task, model.candidate
    not_ended = task.c.ended.is_(None)
    if actor.system:
        return not_ended
    named = or_(
        and_(candidate.c.kind == "group", candidate.c.name.in_(sorted(actor.all_groups))),
        and_(candidate.c.kind == "user", candidate.c.name == actor.user_id),
    )
    offered = select(candidate.c.task_id).where(named)  # found once a query, by the index on kind and name, not once a task
    mine = and_(task.c.assignee == actor.user_id, not_ended)  # said in each part: SQLite looks for an index for each alone
    return and_(or_(mine, and_(task.c.assignee.is_(None), task.c.id.in_(offered))), not_ended)


def waiting(actor: Actor) -> ColumnElement[bool]:
    """The tasks that wait for an actor: `workable` without those offered to him that he is barred from (`ruam:barred`)."""
    if actor.system:
        return IS_OPEN
    task, candidate = model.task, model.candidate
    barred = select(candidate.c.task_id).where(candidate.c.kind == "barred", candidate.c.name.in_(sorted(actor.all_groups)))
    return and_(IS_OPEN, workable(actor), or_(task.c.assignee == actor.user_id, task.c.id.not_in(barred)))


def may_work(actor: Actor, assignee: str | None, candidates: Iterable[tuple[str, str]]) -> bool:
    """`workable` for one task; `candidates` are (kind, name)."""
    if actor.system or assignee == actor.user_id:
        return True
    return assignee is None and is_candidate(actor, candidates)


def is_candidate(actor: Actor, candidates: Iterable[tuple[str, str]]) -> bool:
    """Whether a task was offered to the actor."""
    groups, user_id = actor.all_groups, actor.user_id
    for kind, name in candidates:  # noqa: SIM110 - a loop, for the hot path
        if name in groups if kind == "group" else kind == "user" and name == user_id:
            return True
    return False


def is_barred(actor: Actor, candidates: Iterable[tuple[str, str]]) -> bool:
    """Whether a task that was offered bars a group of the actor's, as far as was known when it opened."""
    return any(kind == "barred" and name in actor.all_groups for kind, name in candidates)


# ---- external tasks


def workers_of(topic: str) -> str:
    """The group whose members may do the external tasks of a topic."""
    return f"{WORKERS}:{topic}"


def may_fetch(actor: Actor, topic: str, category: str | None) -> bool:
    """Whether an actor may do an external task: a member of its topic's group; administrators where who may see it is not restricted."""
    return works_on(actor, topic) or (actor.administrator and category is None)


def works_on(actor: Actor, topic: str) -> bool:
    """Whether an actor may do all external tasks of a topic."""
    return actor.system or not actor.units.get(WORKERS, frozenset()).isdisjoint((topic, EVERY_UNIT))


# ---- seeing


def granted(actor: Actor, table: Table) -> ColumnElement[bool]:
    """The rows (of a table with root_id, category, unit) that a grant of the actor's groups covers."""
    grant = model.grant
    if actor.system:
        return true()
    if not actor.all_groups:
        return false()
    units = [and_(grant.c.unit == EVERY_UNIT), and_(grant.c.unit == table.c.unit)]
    units += [
        and_(grant.c.unit == OWN_UNIT, grant.c.group_ == party, table.c.unit.in_(sorted(own))) for party, own in sorted(actor.units.items())
    ]
    category = grant.c.category == table.c.category
    if table is model.document:  # `deliverable.accepted`: only those in that state
        category = grant.c.category.in_([table.c.category, table.c.category + "." + func.lower(table.c.state)])
    covered = and_(grant.c.root_id == table.c.root_id, grant.c.group_.in_(sorted(actor.all_groups)), category, or_(*units))
    return exists().where(covered)


def visible(actor: Actor, table: Table) -> ColumnElement[bool]:
    """The rows of instance, task, external task or document that an actor may know of."""
    if actor.overseer:
        return true()
    if table is model.instance:
        return or_(_started(actor), granted(actor, table))
    if table is model.task:
        return or_(
            table.c.assignee == actor.user_id, table.c.ended_by == actor.user_id, and_(IS_OPEN, workable(actor)), granted(actor, table)
        )
    if table is model.external_task:
        topics = actor.units.get(WORKERS, frozenset())
        return true() if EVERY_UNIT in topics else or_(table.c.topic.in_(sorted(topics)), granted(actor, table))
    return readable(actor)


def _started(actor: Actor) -> ColumnElement[bool]:
    """The instances an actor started himself. One called by another is whose category says, not whose step led to the call."""
    instance = model.instance
    return and_(instance.c.started_by == actor.user_id, or_(instance.c.parent_id.is_(None), instance.c.category.is_(None)))


def contents(actor: Actor) -> ColumnElement[bool]:
    """The instances whose variables and entered values an actor may read."""
    instance, grant = model.instance, model.grant
    if actor.system:
        return true()
    of_no_category = and_(instance.c.category.is_(None), true() if actor.administrator else false())
    opened = and_(
        granted(actor, instance),
        exists().where(grant.c.root_id == instance.c.root_id, grant.c.category == CONTENTS, grant.c.group_.in_(sorted(actor.all_groups))),
    )
    return or_(_started(actor), of_no_category, opened)


def readable(actor: Actor) -> ColumnElement[bool]:
    """The documents whose content an actor may read: his own, those of his open tasks, those granted once they were submitted."""
    document, task = model.document, model.task
    if actor.system:
        return true()
    of_my_task = exists().where(task.c.id == document.c.task_id, waiting(actor))  # not of one that he is barred from
    return or_(
        document.c.created_by == actor.user_id,
        and_(document.c.state == "DRAFT", of_my_task),
        and_(document.c.state != "DRAFT", granted(actor, document)),
    )


def may(connection: Connection, actor: Actor, verb: Verb, table: Table, id: str) -> bool:
    """Whether an actor may SEE (an instance, task, document) or WORK on (a task) one thing."""
    rule: Any = workable(actor) if verb is Verb.WORK else visible(actor, table)
    return connection.scalar(select(table.c.id).where(table.c.id == id, rule)) is not None


def require_sight(connection: Connection, actor: Actor, table: Table, id: str) -> None:
    """Raises NotFound for a thing that is not there or that the actor may not know of."""
    if not may(connection, actor, Verb.SEE, table, id):
        raise NotFound(f"There is no such {table.name}.", th="ไม่พบรายการนี้ หรือท่านไม่มีสิทธิ์ดู")
