"""Playing a draft by hand: everybody's tasks with their real forms, on a clock that one moves; kept as a test or thrown away."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from flask import Response as Answer
from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.diagrams import as_text
from engine.errors import ExecutionFailed, Invalid, NotFound, Problem
from engine.forms import Form, choices
from engine.packtests.samples import sample
from engine.packtests.trials import Trial, Trials
from engine.people import SYSTEM
from engine.queries import TaskItem
from webui import acting, current, formpage, names
from webui.fields import Section, Wrong
from webui.languages import pick
from webui.pages.designer import keeping, parts
from webui.pages.designer.blueprint import page
from webui.pages.diagrams import XML

OPENS = time(9)
REFUSED = (*acting.REFUSED, ExecutionFailed)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A form as the page draws it."""

    title: str
    instructions: str
    submit: str
    sections: Sequence[Section]
    wrongs: Sequence[Wrong]


@page.get("/<draft_id>/trial")
def trial(draft_id: str) -> str:
    """How it stands, with the task that was chosen; or how to begin."""
    return _page(draft_id)


@page.post("/<draft_id>/trial")
def begin_trial(draft_id: str) -> Response:
    """Begin one, from a day on; the former one is over."""

    def begin() -> None:
        at = acting.typed_moment(OPENS)
        Trials(current.engine()).begin(draft_id, request.form.get("process", ""), at, actor=current.actor())

    return _done(draft_id, begin)


@page.post("/<draft_id>/trial/end")
def end_trial(draft_id: str) -> Response:
    """Throw it away."""
    return acting.done(
        lambda: Trials(current.engine()).end(draft_id, actor=current.actor()), _("It is thrown away."), parts.to("tests", draft_id)
    )


@page.post("/<draft_id>/trial/start")
def start_trial(draft_id: str) -> Response | tuple[str, int]:
    """Start the process with what the form asks."""
    with _opened(draft_id) as one:
        form = one.start_form()
        values = _read(one, form)
        if formpage.reshapes(request.form):
            return _page(draft_id, one, formpage.reshaped(form, values, {}, request.form)), 200
        return _tried(draft_id, one, values, lambda: one.start(values, request.form.get("_business_key", "").strip() or None))


@page.post("/<draft_id>/trial/tasks/<task_id>")
def do_task(draft_id: str, task_id: str) -> Response | tuple[str, int]:
    """Do a task as whoever has it; samples stand for the files that it needs."""
    with _opened(draft_id) as one:
        task = _task(one, task_id)
        view = one.engine.task(task.id, actor=one.worker(task))
        values = _read(one, view.form)
        if formpage.reshapes(request.form):
            return _page(draft_id, one, formpage.reshaped(view.form, values, view.variables, request.form), task), 200
        if view.form is not None:
            values |= _files(one, task, view.form, values, view.variables)
        return _tried(draft_id, one, values, lambda: one.complete(task, values), task)


@page.post("/<draft_id>/trial/<any(forward, hear, report):deed>")
def happen(draft_id: str, deed: str) -> Response:
    """The clock moves on; a message or signal comes; a program outside has done its work."""
    with _opened(draft_id) as one:
        posted = request.form
        deeds: dict[str, Callable[[], None]] = {
            "forward": one.forward,
            "hear": lambda: one.hear(posted.get("kind", ""), posted.get("name", ""), _typed()),
            "report": lambda: one.report(posted.get("task", ""), _typed()),
        }
        return _done(draft_id, deeds[deed])


@page.post("/<draft_id>/trial/keep")
def keep_trial(draft_id: str) -> Response:
    """Put it among the draft's tests."""

    def keep() -> None:
        with _opened(draft_id) as one:
            recorded = one.recorded()
        keeping.keep(draft_id, keeping.Kept.read(recorded).test(recorded, keeping.taken(draft_id)))

    try:
        keep()
    except acting.REFUSED as error:
        flash(acting.said(error), "overdue")
        return redirect(url_for("designer.trial", draft_id=draft_id, _anchor="keep"))
    return redirect(parts.to("tests", draft_id))


# ---- what the page's scripts ask


@page.get("/<draft_id>/trial/xml")
def trial_xml(draft_id: str) -> Answer:
    """The diagram of the instance that is shown."""
    with _opened(draft_id) as one:
        instance = one.engine.instance(_shown(one), actor=SYSTEM)
        return Answer(as_text(one.engine.definition_xml(instance.definition_id, actor=SYSTEM)), mimetype=XML)


@page.get("/<draft_id>/trial/state")
def trial_state(draft_id: str) -> dict[str, Any]:
    """What to colour in it."""
    with _opened(draft_id) as one:
        found = one.engine.diagram_state(_shown(one), actor=SYSTEM)
    states = {name: getattr(found, name) for name in ("done", "open", "returned", "overdue", "incidents")}
    return {**states, "names": {element: pick(*both) for element, both in found.names.items()}}


@page.post("/<draft_id>/trial/visible")
def trial_visible(draft_id: str) -> dict[str, list[str]]:
    """Which fields the answers so far ask for."""
    with _opened(draft_id) as one:
        task_id = request.args.get("task")
        if task_id is None:
            form, variables = one.start_form(), dict[str, Any]()
        else:
            task = _task(one, task_id)
            view = one.engine.task(task.id, actor=one.worker(task))
            form, variables = view.form, dict(view.variables)
        if form is None:
            return {"visible": []}
        shown = form.visible(formpage.read(form, request.form), variables, functions=current.functions())
    return {"visible": [name for name, yes in shown.items() if yes]}


# ---- the trial in hand


def _opened(draft_id: str) -> Trial:
    """The actor's trial; forms are read and drawn with its clock and its people. Raises NotFound."""
    one = Trials(current.engine()).open(draft_id, actor=current.actor())
    g.functions = choices.functions(one.engine.clock_now(), one.engine.holidays(), one.engine.members)
    return one


def _shown(one: Trial) -> str:
    """The instance whose diagram is asked for: of this trial, since it has a database of its own."""
    return request.args.get("instance") or one.root_id


def _task(one: Trial, task_id: str) -> TaskItem:
    found = next((task for task in one.tasks() if task.id == task_id), None)
    if found is None:
        raise NotFound("This task is not open any more.", th="งานนี้ไม่ได้เปิดอยู่แล้ว")
    return found


def _read(one: Trial, form: Form | None) -> dict[str, Any]:
    return formpage.read(form, request.form) if form is not None else {}


def _files(one: Trial, task: TaskItem, form: Form, values: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
    """What was uploaded, and a sample for each file that is asked for and missing."""
    found: dict[str, Any] = {}
    shown = form.visible(values, variables, functions=current.functions())
    for name, limits in form.documents().items():
        several = form.properties[name].get("type") == "array"
        posted = [(file.filename, file.stream) for file in request.files.getlist(name) if file.filename]
        if not posted and name in form.required and shown.get(name):
            suffix, content = sample(name, limits.kinds)
            posted = [(f"{name}.{suffix}", io.BytesIO(content))]
        ids = [one.engine.upload(task.id, name, title or name, stream, actor=one.worker(task)).id for title, stream in posted]
        if ids:
            found[name] = ids if several else ids[0]
    return found


def _typed() -> dict[str, Any]:
    """The variables typed as a JSON object; none where nothing was. Raises Invalid."""
    text = request.form.get("variables", "").strip()
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Invalid(_('Write the variables as an object: {"name": value}.'), th=_('Write the variables as an object: {"name": value}.'))
    return found


def _here(draft_id: str) -> str:
    """The page, where the playing begins on it."""
    return url_for("designer.trial", draft_id=draft_id, _anchor="playing")


def _done(draft_id: str, act: Callable[[], None]) -> Response:
    """Do it and go back to the page, or say what stands against it."""
    try:
        act()
    except REFUSED as error:
        flash(acting.said(error), "overdue")
    return redirect(_here(draft_id))


def _tried(
    draft_id: str, one: Trial, values: Mapping[str, Any], act: Callable[[], None], task: TaskItem | None = None
) -> Response | tuple[str, int]:
    """Do it and go on; what is wrong with a form stands at its fields."""
    try:
        act()
    except Invalid as error:
        return _page(draft_id, one, values, task, error.problems or [Problem(error.message, error.thai)]), 422
    except REFUSED as error:
        flash(acting.said(error), "overdue")
    return redirect(_here(draft_id))


# ---- drawing


def _page(
    draft_id: str,
    one: Trial | None = None,
    values: Mapping[str, Any] | None = None,
    task: TaskItem | None = None,
    problems: Sequence[Problem] = (),
) -> str:
    head = parts.head(draft_id, "check")
    if one is None and Trials(current.engine()).there(draft_id, actor=current.actor()):
        with _opened(draft_id) as opened:
            return _page(draft_id, opened, values, task, problems)
    about: dict[str, Any] = {
        "head": head,
        "draft": head.whole.draft,
        "states": parts.STATES,
        "names": names,
        "trial": one,
        "started": False,
    }
    if one is None:
        offered = current.engine().draft_choices(draft_id, actor=current.actor())["processes"]
        about["now"] = current.now()
        about["processes"] = [process for process in offered if process["path"]]
    elif one.begun.root_id is None:
        about |= {"form": _drawn(one.start_form(), values, {}, problems), "clock": one.engine.clock_now(), "starter": one.starter().user_id}
        about["process"] = one.engine.definitions(key=one.begun.process, latest=True).items[0]
    else:
        about |= {"started": True, **_running(one, values, task, problems)}
    g.pop("functions", None)  # what follows is of this program again
    return render_template("designer/trial.html", **about)


def _running(one: Trial, values: Mapping[str, Any] | None, task: TaskItem | None, problems: Sequence[Problem]) -> dict[str, Any]:
    """Where it stands, the task in hand, what was done so far."""
    tasks, recorded = one.tasks(), one.recorded()
    wanted = request.args.get("task")
    task = task or next((item for item in tasks if item.id == wanted), tasks[0] if tasks else None)
    form = None
    worker = ""
    if task is not None:
        actor = one.worker(task)
        view = one.engine.task(task.id, actor=actor)
        worker = _group(recorded.words.parties, task, actor.user_id)
        form = _drawn(
            view.form, values if values is not None else view.values, view.variables, problems, title=pick(task.name, task.name_en)
        )
    incidents = one.engine.incidents(actor=SYSTEM, root_id=one.root_id).items
    instance = one.engine.instance(task.instance_id if task is not None else one.root_id, actor=SYSTEM)
    return {
        "tasks": [(item, _group(recorded.words.parties, item, "")) for item in tasks],
        "task": task,
        "worker": worker,
        "form": form,
        "instance": instance,
        "root": one.engine.instance(one.root_id, actor=SYSTEM),
        "clock": one.engine.clock_now(),
        "timers": one.timers()[:5],
        "waiting": one.waiting(),
        "outside": one.outside(),
        "incidents": incidents,
        "recorded": recorded,
        "steps": keeping.steps_of(recorded),
        "kept": keeping.Kept.read(recorded),
    }


def _group(parties: Mapping[str, tuple[str, str]], task: TaskItem, otherwise: str) -> str:
    """Whose a task is."""
    for group in task.candidate_groups:
        party, _colon, unit = group.partition(":")
        return f"{pick(*parties.get(party, (party, party)))} {unit}".strip()
    return task.assignee or otherwise


def _drawn(
    form: Form | None, values: Mapping[str, Any] | None, variables: Mapping[str, Any], problems: Sequence[Problem], title: str = ""
) -> Drawn:
    if form is None:
        wrongs = [Wrong(pick(problem.message_th, problem.message)) for problem in problems]
        return Drawn(title, "", "", (), wrongs)
    given = {name: value for name, value in (values or {}).items() if "x-document" not in form.properties.get(name, {})}
    filled_in = given if problems else formpage.fresh(form, given, variables)
    view = formpage.shown(form, filled_in, variables)
    filled = formpage.Filled(filled_in, formpage.problems_by_field(problems), {})
    sections = formpage.sections(view.sections, filled)
    return Drawn(title or view.title, view.instructions, view.submit, sections, formpage.wrongs(sections, filled))
