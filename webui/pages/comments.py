"""Remarks about a task or a project: what whoever sees it said to the others who see it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Invalid
from webui import current, fields

page = Blueprint("comments", __name__)

PLACE = "remarks"  # where they stand on a page


@page.post("/tasks/<task_id>/comments")
def about_task(task_id: str) -> Response:
    """Add a remark about a task."""
    task = current.engine().task(task_id, actor=current.actor()).task
    return _added(task.instance_id, task_id, url_for("task.show", task_id=task_id, _anchor=PLACE))


@page.post("/projects/<root_id>/comments")
def about_project(root_id: str) -> Response:
    """Add a remark about a project as a whole."""
    return _added(root_id, None, url_for("project.show", root_id=root_id, _anchor=PLACE))


def _added(instance_id: str, task_id: str | None, back: str) -> Response:
    try:
        current.engine().comment(instance_id, request.form.get("text", ""), task_id=task_id, actor=current.actor())
    except Invalid as error:
        flash(" ".join(fields.problems_of(error, "text").values()), "overdue")
    else:
        flash(_("Your remark is added."), "done")
    return redirect(back)
