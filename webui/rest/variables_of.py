"""The variables of a thing under its path: looked at by who may see them, changed by administrators."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from webui import current
from webui.rest import variables
from webui.rest.answers import OCTETS, file_answer
from webui.rest.authentication import actor
from webui.rest.finding import named
from webui.rest.operations import Dto, Resource
from webui.rest.variables import GivenValue, GivenValues, TypedValue, TypedValues, VariableQuery

REASON = "REST"  # in the history, where the client gives none
FILE = {
    "type": "object",
    "properties": {"data": {"type": "string", "format": "binary"}, "valueType": {"type": "string", "enum": ["File", "Bytes"]}},
}


class Modifications(Dto):
    """Variables to set, and names of those to take out."""

    modifications: GivenValues | None = None
    deletions: list[str] | None = None


@dataclass(frozen=True, slots=True)
class VariablesOf:
    """Whose variables they are."""

    seen: Callable[[str], dict[str, Any]]  # what one may see of them, by the thing's id
    change_in: Callable[[str, dict[str, Any], Iterable[str]], None]  # sets some and takes some out, by the thing's id

    def register(self, resource: Resource, path: str) -> None:
        """Put all that can be done with them under a path with {id}."""
        stem = path.strip("/").replace("/{id}/", "_").replace("-", "_")
        one, content = path + "/{name}", path + "/{name}/data"
        resource.add("GET", path, self.all_variables, name=f"{stem}_list")
        resource.add("POST", path, self.change, name=f"{stem}_change")
        resource.add("GET", one, self.variable, name=f"{stem}_get")
        resource.add("PUT", one, self.set_one, name=f"{stem}_set")
        resource.add("DELETE", one, self.delete, name=f"{stem}_delete")
        resource.add("GET", content, self.content, name=f"{stem}_get_content", media=OCTETS)
        resource.add("POST", content, self.set_content, name=f"{stem}_set_content", multipart=FILE)

    def all_variables(self, id: str, query: VariableQuery) -> TypedValues:
        """The variables."""
        return variables.typed_all(self.seen(id))

    def variable(self, id: str, name: str, query: VariableQuery) -> TypedValue:
        """One variable."""
        return variables.typed(named(self.seen(id), name))

    def content(self, id: str, name: str) -> Response:
        """The content of a file or of bytes."""
        return file_answer(*variables.content(named(self.seen(id), name)))

    def set_one(self, id: str, name: str, body: GivenValue) -> None:
        """Set a variable; for administrators."""
        self._set(id, {name: body})

    def delete(self, id: str, name: str) -> None:
        """Take a variable out; for administrators."""
        self._set(id, {}, [name])

    def change(self, id: str, body: Modifications) -> None:
        """Set and take out variables; for administrators."""
        self._set(id, body.modifications, body.deletions or ())

    def set_content(self, id: str, name: str) -> None:
        """Set a variable to a file, sent as such; for administrators."""
        file = request.files.get("data")
        content = file.stream.read() if file is not None else request.form.get("data", "").encode()
        kind = request.form.get("valueType") or "Bytes"
        value = variables.of_file(kind, content, file.filename if file is not None else None, file.mimetype if file is not None else None)
        self._set(id, {name: value})

    def _set(self, id: str, given: GivenValues | None, remove: Iterable[str] = ()) -> None:
        self.change_in(id, variables.read(given), remove)


def in_instance(instance_id: Callable[[str], str]) -> Callable[[str, dict[str, Any], Iterable[str]], None]:
    """Changes the variables of a thing's instance."""

    def change(id: str, values: dict[str, Any], remove: Iterable[str]) -> None:
        current.engine().set_variables(instance_id(id), values, remove=remove, reason=REASON, actor=actor())

    return change
