"""An instance's variables, for who may read what is in it. Changing them is a repair, for administrators."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from engine.errors import NotFound
from webui import current
from webui.rest import variables
from webui.rest.answers import file_answer
from webui.rest.authentication import actor
from webui.rest.operations import Dto, Resource
from webui.rest.process_instances import REASON, running
from webui.rest.variables import GivenValue, GivenValues, TypedValue, TypedValues, VariableQuery

resource = Resource(
    "process-instance-variable", "What is in an instance, for who may read it. Changing it is a repair, for administrators."
)


class Modifications(Dto):
    """Variables to set, and names of those to take out."""

    modifications: GivenValues | None = None
    deletions: list[str] | None = None


FILE = {
    "type": "object",
    "properties": {"data": {"type": "string", "format": "binary"}, "valueType": {"type": "string", "enum": ["File", "Bytes"]}},
}


@resource.get("/process-instance/{id}/variables")
def all_variables(id: str, query: VariableQuery) -> TypedValues:
    """The variables of an instance."""
    return variables.typed_all(_all(id))


@resource.get("/process-instance/{id}/variables/{name}")
def variable(id: str, name: str, query: VariableQuery) -> TypedValue:
    """One variable."""
    return variables.typed(_one(id, name))


@resource.get("/process-instance/{id}/variables/{name}/data", media="application/octet-stream")
def variable_content(id: str, name: str) -> Response:
    """The content of a file or of bytes."""
    content, media, file_name = variables.content(_one(id, name))
    return file_answer(content, file_name, media)


def _all(id: str) -> dict[str, Any]:
    running(id)
    return current.engine().variables(id, actor=actor())


def _one(id: str, name: str) -> Any:
    found = _all(id)
    if name not in found:
        raise NotFound(f"process instance variable with name {name} does not exist", th=f"ไม่มีตัวแปร “{name}”")
    return found[name]


@resource.put("/process-instance/{id}/variables/{name}")
def set_variable(id: str, name: str, body: GivenValue) -> None:
    """Set a variable."""
    running(id)
    current.engine().set_variables(id, variables.read({name: body}), reason=REASON, actor=actor())


@resource.post("/process-instance/{id}/variables/{name}/data", multipart=FILE)
def set_file(id: str, name: str) -> None:
    """Set a variable to a file, sent as such."""
    running(id)
    file = request.files.get("data")
    content = file.stream.read() if file is not None else request.form.get("data", "").encode()
    kind = request.form.get("valueType") or "Bytes"
    value = variables.of_file(kind, content, file.filename if file is not None else None, file.mimetype if file is not None else None)
    current.engine().set_variables(id, variables.read({name: value}), reason=REASON, actor=actor())


@resource.delete("/process-instance/{id}/variables/{name}")
def delete_variable(id: str, name: str) -> None:
    """Take a variable out."""
    running(id)
    current.engine().set_variables(id, {}, remove=[name], reason=REASON, actor=actor())


@resource.post("/process-instance/{id}/variables")
def change_variables(id: str, body: Modifications) -> None:
    """Set and take out variables."""
    running(id)
    current.engine().set_variables(id, variables.read(body.modifications), remove=body.deletions or (), reason=REASON, actor=actor())
