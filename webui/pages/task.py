"""A task: its form, what belongs beside it, keeping a draft, completing it, giving it back."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.states import TaskState
from webui import acting, beside, current, following, formpage, names, tasknames
from webui.languages import pick
from webui.rendering import moment
from webui.sentences import sentence

if TYPE_CHECKING:
    from engine.forms import Form
    from engine.queries import Asked, TaskItem, TaskView
    from engine.running.choosing import Choice

page = Blueprint("task", __name__, url_prefix="/tasks")

Page = tuple[str, int] | Response
CODE = re.compile(r"[\w.:-]+", re.ASCII)
GONE = (TaskState.TERMINATED, TaskState.SUSPENDED)  # somebody took it away or holds it; its page says who and why


@page.get("/<task_id>")
def show(task_id: str) -> str:
    """The task with its form as far as it is filled in."""
    view = current.engine().task(task_id, actor=current.actor())
    return _page(view, _initial(view), [])


@page.post("/<task_id>/complete")
def complete(task_id: str) -> Page:
    """Complete it with what was posted; what is wrong is said at its field, and all that was typed stays."""
    engine, me = current.engine(), current.actor()
    asked = engine.asked(task_id, actor=me)
    if formpage.reshapes(request.form):
        view = engine.task(task_id, actor=me)
        return _page(view, formpage.reshaped(asked.form, formpage.read(asked.form, request.form), view.variables, request.form), []), 200
    values, problems = _posted(task_id, asked.form)
    if not problems and asked.form is not None and asked.form.schema.get("x-confirm") is True:
        view = engine.task(task_id, actor=me)
        problems = asked.form.validate(values, view.variables, functions=current.functions())
        if not problems:
            engine.save_draft(task_id, values, actor=me)
            return redirect(url_for("task.check", task_id=task_id))
    if problems:
        return _page(engine.task(task_id, actor=me), values, problems), 422
    return _completed(task_id, asked, values)


def _completed(task_id: str, asked: Asked, values: Mapping[str, Any]) -> Page:
    """Complete the task and go on, or show what is wrong."""
    engine, me = current.engine(), current.actor()
    try:
        completion = engine.complete_task(task_id, values, actor=me, revision=_revision(), key=request.form.get("_key") or None)
    except Invalid as error:
        return _page(engine.task(task_id, actor=me), values, error.problems or [Problem(error.message, error.thai)]), 422
    except Conflict as error:
        return _gone(task_id, error), 409
    name = pick(asked.name, asked.name_en)
    if completion.next_task_id:
        flash(_("Done: %(name)s. This is your next task.", name=name), "done")
        return redirect(url_for("task.show", task_id=completion.next_task_id))
    waits = following.waits_for(completion.instance_id)
    flash(_("Done: %(name)s. Now it waits for %(whom)s.", name=name, whom=waits) if waits else _("Done: %(name)s", name=name), "done")
    return redirect(url_for("inbox.show"))


def _gone(task_id: str, error: Conflict) -> str:
    """What became of a task that somebody took away or holds; the error again where it is another, or not to be seen any more."""
    try:
        view = current.engine().task(task_id, actor=current.actor())
    except NotFound:
        raise error from None
    if view.task.state not in GONE:
        raise error
    flash(_("It was not sent: the task is not open any more."), "overdue")
    return _page(view, {}, [])


@page.get("/<task_id>/check")
def check(task_id: str) -> str | Response:
    """The answers once more, before what cannot be taken back."""
    view = current.engine().task(task_id, actor=current.actor())
    if view.draft is None or view.form is None:
        return redirect(url_for("task.show", task_id=task_id))
    form = formpage.shown(view.form, view.draft, view.variables)
    rows = formpage.summary(form.sections, _filled(view, view.draft, []))
    answers = [(label, text, url_for("task.show", task_id=task_id, _anchor=place)) for label, text, place in rows]
    return render_template("pages/task_check.html", view=view, task=view.task, form=form, answers=answers, key=secrets.token_hex(16))


@page.post("/<task_id>/confirm")
def confirm(task_id: str) -> Page:
    """Complete it with the draft that was checked."""
    view = current.engine().task(task_id, actor=current.actor())
    return _completed(task_id, current.engine().asked(task_id, actor=current.actor()), view.draft or {})


@page.post("/<task_id>/draft")
def save_draft(task_id: str) -> Page | dict[str, Any]:
    """Keep what is filled in so far. A script is told when; a person comes back to the page."""
    engine, me = current.engine(), current.actor()
    view = engine.task(task_id, actor=me)
    values, problems = _posted(task_id, view.form)
    engine.save_draft(task_id, values, actor=me)
    if request.accept_mimetypes.best == "application/json":
        return {"saved": _("Draft kept at %(time)s", time=moment(current.now()))}
    if problems:
        return _page(engine.task(task_id, actor=me), values, problems), 422
    flash(_("Your draft is kept. Nobody else sees it."), "done")
    return redirect(url_for("task.show", task_id=task_id))


@page.post("/<task_id>/visible")
def visible(task_id: str) -> dict[str, list[str]]:
    """Which fields the answers so far ask for."""
    view = current.engine().task(task_id, actor=current.actor())
    if view.form is None:
        return {"visible": []}
    shown = view.form.visible(formpage.read(view.form, request.form), view.variables, functions=current.functions())
    return {"visible": [name for name, yes in shown.items() if yes]}


@page.post("/<task_id>/release")
def release(task_id: str) -> Response:
    """Give it back to its party."""
    current.engine().release(task_id, actor=current.actor())
    flash(_("The task is given back. Anybody of its party can take it."), "done")
    return redirect(url_for("inbox.show"))


@page.post("/<task_id>/begin")
def begin(task_id: str) -> Response:
    """Begin an activity of an open ad-hoc sub-process that the task's instance offers."""
    view = current.engine().task(task_id, actor=current.actor())
    words, back = _("It has begun; whose task it is finds it in the inbox."), url_for("task.show", task_id=task_id)
    return acting.done(lambda: acting.begin(view.task.instance_id), words, back)


def _initial(view: TaskView) -> dict[str, Any]:
    """What a form starts with: defaults, what is known already, the draft."""
    if view.form is None or not view.may_work:
        return {}
    return dict(view.values) if view.draft is not None else formpage.fresh(view.form, view.values, view.variables)


def _unplaced(view: TaskView) -> tuple[str, ...]:
    """What was written into a draft and has no field any more, since the form has changed; codes of choices are no writing."""
    if view.form is None or not view.may_work:
        return ()
    left = (value for name, value in (view.draft or {}).items() if name not in view.form.properties)
    return tuple(value for value in left if isinstance(value, str) and value and not CODE.fullmatch(value))


def _posted(task_id: str, form: Form | None) -> tuple[dict[str, Any], list[Problem]]:
    """The values of the post, its files uploaded; what is wrong with the files."""
    if form is None:
        return {}, []
    problems: list[Problem] = []
    values = formpage.read(form, request.form)
    for name in form.documents():
        for file in request.files.getlist(name):
            if not file.filename:
                continue
            try:
                paper = current.engine().upload(task_id, name, file.filename, file.stream, actor=current.actor())
            except Invalid as error:
                problems.extend(
                    Problem(f"{file.filename}: {each.message}", f"{file.filename}: {each.message_th}", field=f"/{name}")
                    for each in error.problems
                )
            else:
                several = form.properties[name].get("type") == "array"
                values[name] = [*(values.get(name) or []), paper.id] if several else paper.id
    return values, problems


def _answers(view: TaskView) -> list[tuple[str, str]]:
    """What the actor himself entered in a task that is done; its papers stand in a list of their own."""
    if view.form is None or not view.values:
        return []
    answered = formpage.shown(view.form, view.values, view.values)
    rows = formpage.summary(answered.sections, _filled(view, view.values, []))
    papers = {item.title for item in answered.fields if item.document is not None}
    return [(label, text) for label, text, _place in rows if label not in papers and text != "–"]


def _revision() -> int | None:
    return request.form.get("_revision", type=int)


def _filled(view: TaskView, values: Mapping[str, Any], problems: Sequence[Problem]) -> formpage.Filled:
    return formpage.Filled(values, formpage.problems_by_field(problems), {paper.id: paper for paper in view.documents})


def _offered(task: TaskItem) -> str:
    """Whom the task waits for: its party, else the groups and people it is offered to."""
    if task.party:
        return names.group(task.party)
    return ", ".join([*map(names.group, task.candidate_groups), *map(names.person, task.candidate_users)])


def _missing(view: TaskView) -> str | None:
    """The key of the form that the diagram names and nobody has deployed."""
    return view.task.form_key if view.may_work and view.form is None and view.task.form_key else None


def _choices(task: TaskItem) -> tuple[Choice, ...]:
    """What one may begin beside an open task."""
    return current.engine().choices(task.instance_id, actor=current.actor()) if task.ended is None else ()


def _page(view: TaskView, values: Mapping[str, Any], problems: Sequence[Problem]) -> str:
    form = formpage.shown(view.form, values, view.variables) if view.form is not None and view.may_work else None
    filled = _filled(view, values, problems)
    answers = () if form is not None else _answers(view)
    sections = formpage.sections(form.sections, filled) if form is not None else []
    return render_template(
        "pages/task.html", view=view, task=view.task, name=pick(view.task.name, view.task.name_en), where=tasknames.where(view.task),
        form=form, answers=answers, sections=sections, problems=formpage.wrongs(sections, filled),
        beside=beside.beside(view, form), choices=_choices(view.task), names=names, offered=_offered(view.task), missing=_missing(view),
        unplaced=_unplaced(view), key=secrets.token_hex(16), mine=view.task.assignee == current.actor().user_id,
        deed=sentence(view.deed) if view.deed else None,
    )  # fmt: skip
