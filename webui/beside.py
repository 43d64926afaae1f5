"""What stands beside a task's form: papers to read, facts, its place in the whole, who comes after, what happened, what was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import url_for

from engine.errors import NotFound
from engine.papers import standing
from engine.states import TaskState
from webui import current, names
from webui.languages import pick
from webui.line import Station, stations
from webui.rendering import written

if TYPE_CHECKING:
    from engine.forms import FormView
    from engine.papers import DocumentView
    from engine.queries import CommentView, TaskView

LAST = 5  # of what happened


@dataclass(frozen=True, slots=True)
class Papers:
    """Documents to read for this task, under what the form calls them."""

    title: str
    documents: tuple[DocumentView, ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """A task of the same instance that was done before."""

    name: str
    who: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Beside:
    """All of it."""

    facts: tuple[tuple[str, str], ...]
    papers: tuple[Papers, ...]
    line: tuple[Station, ...]
    line_url: str | None  # the project's page, for whoever may see it
    here: str
    after: Station | None  # the next step, whose party waits for this task
    after_party: str
    happened: tuple[Happened, ...]
    remarks: tuple[CommentView, ...]


def beside(view: TaskView, form: FormView | None) -> Beside:
    """What the actor may know around a task."""
    steps, url = _steps(view)
    here = view.task.step or ""
    after = next((station for station in steps if station.state == "waiting" and _later(station.n, here)), None)
    remarks = current.engine().comments(view.task.instance_id, actor=current.actor(), task_id=view.task.id)
    return Beside(
        tuple((shown.title, _text(shown.value)) for shown in (form.shown if form else ()) if shown.document is None and _text(shown.value)),
        _papers(view, form), steps, url, here, after, names.group(after.party) if after else "", _happened(view), tuple(remarks),
    )  # fmt: skip


def _later(n: str, here: str) -> bool:
    return n.isdecimal() and here.isdecimal() and int(n) > int(here)


def _steps(view: TaskView) -> tuple[tuple[Station, ...], str | None]:
    if not view.task.step:
        return (), None
    try:
        progress = current.engine().progress(view.task.root_id, actor=current.actor())
    except NotFound:
        return (), None
    return stations(progress), url_for("project.show", root_id=view.task.root_id) if progress.whole else None


def _papers(view: TaskView, form: FormView | None) -> tuple[Papers, ...]:
    found = []
    for shown in form.shown if form else ():
        if shown.document is not None:
            units = shown.units if shown.units is not None else (None, view.task.unit) if view.task.unit is not None else None
            documents = current.engine().documents(view.task.root_id, actor=current.actor(), category=shown.document, limit=200).items
            mine = standing(paper for paper in documents if paper.readable and (units is None or paper.unit in units))
            if mine:
                found.append(Papers(shown.title, mine))
    return tuple(found)


def _happened(view: TaskView) -> tuple[Happened, ...]:
    """What was done before in the same instance; not the same task of others: who judges, judges alone."""
    try:
        tasks = current.engine().tasks(actor=current.actor(), instance_id=view.task.instance_id, open_only=False, limit=200).items
    except NotFound:
        return ()
    done = [
        Happened(pick(task.name, task.name_en), names.person(task.ended_by), task.ended)
        for task in tasks
        if task.state == TaskState.COMPLETED and task.ended is not None and task.element_id != view.task.element_id
    ]
    return tuple(sorted(done, key=lambda one: one.when, reverse=True)[:LAST])


def _text(value: Any) -> str:
    """A fact as text: lists in lines, named things by their name."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "\n".join(text for text in map(_text, value) if text)
    if isinstance(value, dict):
        return pick(value.get("th"), value.get("en")) or " · ".join(text for text in map(_text, value.values()) if text)
    return written(str(value))
