"""The inbox: what an actor may do, as one authorised query; and a task with all that its page shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, nulls_last, or_, select

from engine import language, papers
from engine.errors import Forbidden, Invalid, LanguageError, NotFound
from engine.people.authorization import is_candidate, may, require_sight, visible, waiting
from engine.queries import Asked, InboxCounts, Page, TaskItem, TaskView, loads
from engine.running import usertasks
from engine.running.instances import described, may_read
from engine.states import OPEN_TASK_STATES, Event, TaskState, Verb
from engine.storage import model
from engine.views import happenings

if TYPE_CHECKING:
    from engine.diagrams.model import Element
    from engine.storage.session import Session

SOON = timedelta(days=7)
VIEWS = ("open", "overdue", "coming", "mine", "done")
Row = Mapping[Any, Any]


def _named() -> Any:
    """Tasks with the name of their root instance's process."""
    task, root, definition = model.task, model.instance.alias("root"), model.definition
    names = (definition.c.name.label("root_name"), definition.c.name_en.label("root_name_en"))
    return select(task, *names).join(root, root.c.id == task.c.root_id).join(definition, definition.c.id == root.c.definition_id)


def _where(session: Session, view: str, search: str | None, root_id: str | None) -> list[Any]:
    task, actor, now = model.task, session.actor, session.now
    if view not in VIEWS:
        raise Invalid(f"There is no view {view!r} of the inbox.", th=f"กล่องงานไม่มีมุมมอง “{view}”")
    if view == "done":
        where: list[Any] = [task.c.ended_by == actor.user_id, task.c.state == TaskState.COMPLETED.value]
    else:
        where = [waiting(actor)]
    where += {
        "overdue": [task.c.due < now],
        "coming": [task.c.due >= now, task.c.due < now + SOON],
        "mine": [task.c.assignee == actor.user_id],
    }.get(view, [])
    if root_id is not None:
        where.append(task.c.root_id == root_id)
    if search:
        columns = (task.c.name, task.c.name_en, task.c.business_key, task.c.context)
        where.append(or_(*(column.icontains(search, autoescape=True) for column in columns)))
    return where


def page(
    session: Session, *, view: str = "open", search: str | None = None, root_id: str | None = None, first: int = 0, limit: int = 50,
    total: int | None = None,
) -> Page[TaskItem]:  # fmt: skip
    """The actor's tasks: what is due first comes first. `total`: how many there are, where that is known already."""
    task = model.task
    where = _where(session, view, search, root_id)
    if total is None:
        total = session.connection.scalar(select(func.count()).select_from(task).where(*where)) or 0
    order = (task.c.ended.desc(),) if view == "done" else (nulls_last(task.c.due), task.c.priority.desc(), task.c.created)
    query = _named().where(*where).order_by(*order, task.c.id).offset(first).limit(limit)
    return Page(items(session, session.connection.execute(query).mappings().all()), total)


def items(session: Session, rows: Any) -> tuple[TaskItem, ...]:
    """The rows of tasks as lines of a list."""
    return tuple(TaskItem.of(row) for row in rows)


def counts(session: Session) -> InboxCounts:
    """How much waits for the actor."""
    task, actor, now, notice = model.task, session.actor, session.now, model.outbox
    open_, overdue, coming, mine = session.connection.execute(
        select(
            func.count(),
            func.count().filter(task.c.due < now),
            func.count().filter(task.c.due >= now, task.c.due < now + SOON),
            func.count().filter(task.c.assignee == actor.user_id),
        )
        .select_from(task)
        .where(waiting(actor))
    ).one()
    mine_too = notice.c.recipient.in_([actor.user_id, *sorted(actor.all_groups)])
    notices = session.connection.scalar(
        select(func.count()).select_from(notice).where(mine_too, notice.c.kind == "notice", notice.c.created >= now - SOON)
    )
    return InboxCounts(open_, overdue, coming, mine, notices or 0)


def desk(session: Session, *, view: str, search: str | None, first: int, limit: int) -> tuple[Page[TaskItem], InboxCounts]:
    """A page of the inbox and its counts: what a count says is not counted twice."""
    found = counts(session)
    known = {"open": found.open, "overdue": found.overdue, "coming": found.coming, "mine": found.mine}.get(view)
    return page(session, view=view, search=search, first=first, limit=limit, total=None if search else known), found


FORM = "SELECT definition_id, element_id, name, name_en FROM task WHERE id = ?"


def asked(session: Session, task_id: str) -> Asked:
    """What a task asks, for reading a post of its form; whether the actor may post it, completing decides. Raises NotFound."""
    row = session.rows.one(FORM, (task_id,))
    if row is None:
        raise NotFound("There is no such task.", th="ไม่พบงานนี้")
    definition = session.shared.definitions.get(session.connection, row[0])
    return Asked(session.shared.definitions.form(session.connection, definition, definition.element(row[1])), row[2], row[3])


def tasks(
    session: Session,
    *,
    instance_id: str | None = None,
    root_id: str | None = None,
    open_only: bool = True,
    first: int = 0,
    limit: int = 100,
) -> Page[TaskItem]:
    """Tasks the actor may see, oldest first."""
    task = model.task
    where: list[Any] = [visible(session.actor, task)]
    if open_only:
        where.append(task.c.ended.is_(None))
    wanted = {"instance_id": instance_id, "root_id": root_id}
    where += [task.c[name] == value for name, value in wanted.items() if value is not None]
    total = session.connection.scalar(select(func.count()).select_from(task).where(*where)) or 0
    query = _named().where(*where).order_by(task.c.created, task.c.id).offset(first).limit(limit)
    return Page(items(session, session.connection.execute(query).mappings().all()), total)


def _answered(session: Session, row: Row) -> dict[str, Any]:
    """What the actor himself entered in a task he completed; nothing of others', nothing sealed."""
    if row["ended_by"] != session.actor.user_id:
        return {}
    history = model.history
    query = select(history.c.data).where(
        history.c.instance_id == row["instance_id"], history.c.event == Event.TASK_COMPLETED.value, history.c.token_id == row["id"]
    )
    return dict((loads(session.connection.scalar(query)) or {}).get("values") or {})


def _instructions(session: Session, element: Element, variables: Row) -> str:
    """What the diagram tells whoever does the task (SpiffArena's instructions), as far as it can be filled in."""
    text = element.human.instructions if element.human is not None else None
    try:
        return str(language.template(text, variables, functions=session.functions)) if text else ""
    except LanguageError:
        return ""


def seen_by_task(session: Session, row: Row) -> dict[str, Any]:
    """The variables an open task sees."""
    return session.execution.seen(row["instance_id"], row["definition_id"], row["scope_id"], row["id"])


def variables(session: Session, task_id: str) -> dict[str, Any]:
    """The variables of an open task: all of them for who may read its instance, those of its form for who may do it.

    Raises NotFound, Forbidden.
    """
    require_sight(session.connection, session.actor, model.task, task_id)
    row = session.connection.execute(select(model.task).where(model.task.c.id == task_id)).mappings().one()
    if row["state"] not in (*OPEN_TASK_STATES, TaskState.SUSPENDED):
        raise NotFound("This task is not open.", th="งานนี้ไม่ได้เปิดอยู่")
    if may_read(session, row["instance_id"]):
        return seen_by_task(session, row)
    if not may(session.connection, session.actor, Verb.WORK, model.task, task_id):
        raise Forbidden("You may see that this task is there, not what is in it.", th="คุณดูได้ว่ามีงานนี้อยู่ แต่ไม่มีสิทธิ์ดูข้อมูลภายใน")
    definition = session.shared.definitions.get(session.connection, row["definition_id"])
    element = definition.element(row["element_id"])
    form = session.shared.definitions.form(session.connection, definition, element)
    if form is None:
        return {}
    seen = seen_by_task(session, row)
    usertasks.refuse_barred(session, definition, element.human, seen, session.actor.user_id, session.actor.groups)
    return {name: seen[name] for name in form.properties if name in seen}


def task(session: Session, task_id: str) -> TaskView:
    """A task with its form and what it shows. Its contents are for whoever may work on it (or did); others see that it is there."""
    require_sight(session.connection, session.actor, model.task, task_id)
    row = session.connection.execute(_named().where(model.task.c.id == task_id)).mappings().first()
    if row is None:
        raise NotFound("There is no such task.", th="ไม่พบงานนี้")
    (item,) = items(session, [row])
    actor, is_open = session.actor, row["state"] in OPEN_TASK_STATES
    works = is_open and may(session.connection, actor, Verb.WORK, model.task, task_id)
    candidates = [("group", name) for name in item.candidate_groups] + [("user", name) for name in item.candidate_users]
    definition = session.shared.definitions.get(session.connection, row["definition_id"])
    element = definition.element(row["element_id"])
    form = session.shared.definitions.form(session.connection, definition, element)
    variables = seen_by_task(session, row) if works else {}
    barred = usertasks.barring(session, definition, element.human, variables, actor.groups) if works and not actor.system else None
    if barred is not None:
        works, variables = False, {}
    draft = loads(row["draft"]) if works else None
    known = {} if form is None or not works else {name: variables[name] for name in form.properties if name in variables}
    return TaskView(
        task=item,
        form=form,
        values={**known, **(draft or {})} if is_open else _answered(session, row),
        draft=draft,
        variables=variables,
        documents=papers.of_task(session, task_id) if works or row["ended_by"] == actor.user_id else (),
        instance=described(session, row["instance_id"]),
        documentation=(_instructions(session, element, variables) if works else "") or element.documentation,
        may_work=works,
        may_claim=is_open and barred is None and row["assignee"] is None and (actor.system or is_candidate(actor, candidates)),
        may_release=row["state"] == TaskState.CLAIMED and bool(candidates) and (row["assignee"] == actor.user_id or actor.administrator),
        may_assign=is_open and actor.administrator,
        barred=barred,
        deed=happenings.of_task(session, row),
    )
