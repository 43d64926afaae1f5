"""A task's variables: all that it sees for who may read its instance, the fields of its form for who may do it."""

from __future__ import annotations

from typing import Any

from flask import Response

from engine.errors import NotFound
from webui import current
from webui.rest import variables
from webui.rest.answers import file_answer
from webui.rest.authentication import actor
from webui.rest.instance_variables import Modifications
from webui.rest.operations import Resource
from webui.rest.process_instances import REASON
from webui.rest.tasks import find
from webui.rest.variables import FormVariableQuery, GivenValue, TypedValue, TypedValues, VariableQuery

resource = Resource("task-variable", "What a task sees: all of it for who may read its instance, the fields of its form for who may do it.")


@resource.get("/task/{id}/variables")
def task_variables(id: str, query: VariableQuery) -> TypedValues:
    """What a task sees."""
    return variables.typed_all(current.engine().task_variables(id, actor=actor()))


@resource.get("/task/{id}/variables/{name}")
def task_variable(id: str, name: str, query: VariableQuery) -> TypedValue:
    """One of the variables."""
    return variables.typed(_one(id, name))


@resource.get("/task/{id}/variables/{name}/data", media="application/octet-stream")
def task_variable_content(id: str, name: str) -> Response:
    """The content of a file or of bytes."""
    content, media, file_name = variables.content(_one(id, name))
    return file_answer(content, file_name, media)


def _one(id: str, name: str) -> Any:
    found = current.engine().task_variables(id, actor=actor())
    if name not in found:
        raise NotFound(f"task variable with name {name} does not exist", th=f"ไม่มีตัวแปร “{name}”")
    return found[name]


@resource.put("/task/{id}/variables/{name}")
def set_task_variable(id: str, name: str, body: GivenValue) -> None:
    """Set a variable of the task's instance; for administrators."""
    current.engine().set_variables(find(id).instance_id, variables.read({name: body}), reason=REASON, actor=actor())


@resource.delete("/task/{id}/variables/{name}")
def delete_task_variable(id: str, name: str) -> None:
    """Take a variable out of the task's instance; for administrators."""
    current.engine().set_variables(find(id).instance_id, {}, remove=[name], reason=REASON, actor=actor())


@resource.post("/task/{id}/variables")
def change_task_variables(id: str, body: Modifications) -> None:
    """Set and take out variables of the task's instance; for administrators."""
    given = variables.read(body.modifications)
    current.engine().set_variables(find(id).instance_id, given, remove=body.deletions or (), reason=REASON, actor=actor())


@resource.get("/task/{id}/form-variables")
def form_variables(id: str, query: FormVariableQuery) -> TypedValues:
    """The fields of a task's form with what they begin with; without a form what the task sees."""
    view = current.engine().task(id, actor=actor())
    seen = view.variables if view.may_work and view.form is not None else current.engine().task_variables(id, actor=actor())
    found = dict(seen)
    if view.form is not None:
        begin = {name: view.form.default(name, seen, functions=current.functions()) for name in view.form.properties}
        found = begin | {name: value for name, value in {**seen, **view.values}.items() if name in begin and value is not None}
    return variables.typed_all({name: found[name] for name in query.variable_names or found if name in found})
