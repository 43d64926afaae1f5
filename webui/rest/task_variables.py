"""A task's variables: all that it sees for who may read its instance, the fields of its form for who may do it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from webui import current
from webui.rest import variables
from webui.rest.authentication import actor
from webui.rest.operations import Resource
from webui.rest.tasks import find
from webui.rest.variables import FormVariableQuery, TypedValues
from webui.rest.variables_of import REASON, VariablesOf, in_instance

resource = Resource("task-variable", "What a task sees: all of it for who may read its instance, the fields of its form for who may do it.")


def _seen(id: str) -> dict[str, Any]:
    return current.engine().task_variables(id, actor=actor())


def _local(id: str) -> dict[str, Any]:
    return current.engine().task_locals(id, actor=actor())


def _change_local(id: str, values: dict[str, Any], remove: Iterable[str]) -> None:
    current.engine().set_task_locals(id, values, remove=remove, reason=REASON, actor=actor())


VariablesOf(_local, _change_local).register(resource, "/task/{id}/localVariables")
VariablesOf(_seen, in_instance(lambda id: find(id).instance_id)).register(resource, "/task/{id}/variables")


@resource.get("/task/{id}/form-variables")
def form_variables(id: str, query: FormVariableQuery) -> TypedValues:
    """The fields of a task's form with what they begin with; without a form what the task sees."""
    view = current.engine().task(id, actor=actor())
    seen = view.variables if view.may_work and view.form is not None else _seen(id)
    found = dict(seen)
    if view.form is not None:
        begin = {name: view.form.default(name, seen, functions=current.functions()) for name in view.form.properties}
        found = begin | {name: value for name, value in {**seen, **view.values}.items() if name in begin and value is not None}
    return variables.typed_fields(view.form, {name: found[name] for name in query.variable_names or found if name in found})
