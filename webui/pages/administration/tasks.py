"""Open tasks: putting one into other hands, moving its date, each with a reason."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Invalid
from engine.queries import TaskItem
from engine.views.searching import Condition, Operator
from engine.views.subjects.operations import OPEN_INCIDENTS
from webui import acting, current, names, offered, tasknames
from webui.languages import pick
from webui.pages.administration import parts
from webui.pages.administration.blueprint import page

LIMIT = 50


@page.get("/tasks")
def tasks() -> str:
    """The open tasks of everybody, by project and search."""
    first = current.first()
    root_id = request.args.get("root") or None
    found = current.engine().tasks(actor=current.actor(), root_id=root_id, first=first, limit=LIMIT)
    return render_template(
        "pages/admin_tasks.html",
        tabs=parts.tabs("tasks"),
        tasks=found.items,
        total=found.total,
        first=first,
        limit=LIMIT,
        names=names,
        where=tasknames.where,
        further=lambda start: url_for("administration.tasks", root=root_id, first=start or None),
    )


@page.get("/tasks/<task_id>")
def task(task_id: str) -> str:
    """One task: who may do it, and the two repairs."""
    view = current.engine().task(task_id, actor=current.actor())
    return render_template(
        "pages/admin_task.html",
        tabs=parts.tabs("tasks"),
        view=view,
        task=view.task,
        incidents=current.engine().search(OPEN_INCIDENTS, [Condition("task_id", Operator.IS, task_id)], actor=current.actor()),
        members=offered.members(current.engine(), view.task),
        names=names,
        where=tasknames.where,
    )


@page.post("/tasks/<task_id>/assign")
def assign_task(task_id: str) -> Response:
    """Put it into somebody's hands, or nobody's; into those of somebody it is not offered to when that is asked for once more."""
    engine, me = current.engine(), current.actor()
    user_id = request.form.get("user", "").strip() or None

    def act() -> None:
        if user_id not in (None, request.form.get("outside")):
            _warn_of_others(engine.task(task_id, actor=me).task, user_id)
        engine.assign(task_id, user_id, reason=parts.reason(), actor=me)

    return acting.done(act, _("The task is in other hands now."), url_for("administration.task", task_id=task_id))


def _warn_of_others(task: TaskItem, user_id: str) -> None:
    user = current.engine().user(user_id)
    if found := offered.foreign(current.engine(), [task], user_id):
        who, groups = pick(user.name, user.name_en), ", ".join(map(names.group, found))
        raise Invalid(_("%(who)s does not work for %(groups)s. To give the task all the same, press once more.", who=who, groups=groups))


@page.post("/tasks/<task_id>/due")
def move_task(task_id: str) -> Response:
    """Move its date."""
    engine, me = current.engine(), current.actor()
    back = url_for("administration.task", task_id=task_id)
    return acting.done(
        lambda: engine.set_task_due(task_id, acting.typed_moment(), reason=parts.reason(), actor=me),
        _("The date is moved."),
        back,
    )
