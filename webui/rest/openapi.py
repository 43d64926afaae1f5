"""The OpenAPI document, made from the operations: what it says is what is read and answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import UnionType
from typing import Any

import msgspec

from webui.rest.errors import Error
from webui.rest.operations import JSON, Operation, Resource

VERSION = "3.1.0"
PLACES = {"id": "Its id.", "key": "Its key; the newest version is meant.", "name": "The name of the variable."}
REFERENCE = "#/components/schemas/{name}"
SECURITY = {
    "basic": {"type": "http", "scheme": "basic", "description": "A local account."},
    "bearer": {"type": "http", "scheme": "bearer", "description": "A personal token: account page, or `ruam user token`."},
}


def document(resources: Iterable[Resource], prefix: str, version: str) -> dict[str, Any]:
    """The whole document."""
    resources = tuple(resources)
    operations = [operation for resource in resources for operation in resource.operations]
    shapes = [kind for operation in operations for kind in (operation.body, operation.answer, operation.query) if _described(kind)]
    schemas, components = msgspec.json.schema_components([*shapes, Error], ref_template=REFERENCE)
    by_shape = dict(zip([id(shape) for shape in shapes], schemas, strict=False))
    paths: dict[str, Any] = {}
    for resource in resources:
        for operation in resource.operations:
            paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(resource, operation, by_shape, components)
    queries = {operation.query.__name__ for operation in operations if operation.query is not None}
    bodies = {getattr(operation.body, "__name__", "") for operation in operations}
    return {
        "openapi": VERSION,
        "info": {"title": "Ruam REST", "version": version, "description": "Processes, tasks and their history, under Camunda 7's names."},
        "servers": [{"url": prefix}],
        "security": [{"basic": []}, {"bearer": []}],
        "tags": [{"name": resource.name, "description": resource.about} for resource in resources],
        "paths": paths,
        "components": {
            "securitySchemes": SECURITY,
            "schemas": {name: schema for name, schema in components.items() if name not in queries - bodies},
        },
    }


def _described(kind: Any) -> bool:
    return kind is not None and not (isinstance(kind, type) and kind.__module__.startswith("flask"))


def _operation(resource: Resource, operation: Operation, schemas: Mapping[int, Any], components: Mapping[str, Any]) -> dict[str, Any]:
    parameters = [_place(name) for name in operation.places]
    if operation.query is not None:
        parameters += _query(components[operation.query.__name__])
    told: dict[str, Any] = {"operationId": operation.name, "tags": [resource.name], "summary": operation.summary}
    if parameters:
        told["parameters"] = parameters
    if operation.body is not None:
        shape = schemas[id(operation.body)]
        needed = bool(components.get(shape.get("$ref", "").rpartition("/")[2], {}).get("required"))
        told["requestBody"] = {"required": needed, "content": {JSON: {"schema": shape}}}
    if operation.multipart is not None:
        told["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": dict(operation.multipart)}}}
    told["responses"] = _responses(operation, schemas)
    return told


def _place(name: str) -> dict[str, Any]:
    about = PLACES.get(name, "The id of the " + name.removesuffix("_id").replace("_", " ") + ".")
    return {"name": name, "in": "path", "required": True, "description": about, "schema": {"type": "string", "minLength": 1}}


def _query(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", ())
    found = []
    for name, given in schema["properties"].items():
        kinds = [kind for kind in given.get("anyOf", [given]) if kind != {"type": "null"}]
        shape = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
        entry = {"name": name, "in": "query", "required": name in required, "schema": shape}
        if "description" in given:
            entry["description"] = given["description"]
        if shape.get("type") == "array":
            entry |= {"style": "form", "explode": False}
        found.append(entry)
    return found


def _given(shape: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema without null: where there is nothing to answer, the status says so."""
    kinds = [kind for kind in shape.get("anyOf", ()) if kind != {"type": "null"}]
    return kinds[0] if len(kinds) == 1 else shape


def _responses(operation: Operation, schemas: Mapping[int, Any]) -> dict[str, Any]:
    error = {"description": "Refused, or failed.", "content": {JSON: {"schema": {"$ref": REFERENCE.format(name="Error")}}}}
    if operation.answer is None:
        done: dict[str, Any] = {"description": "Done."}
    elif operation.media != JSON or not _described(operation.answer):
        done = {"description": operation.summary, "content": {operation.media: {"schema": {"type": "string"}}}}
    else:
        done = {"description": operation.summary, "content": {JSON: {"schema": _given(schemas[id(operation.answer)])}}}
    answers = {str(operation.status): done, "default": error}
    if operation.status != 204 and isinstance(operation.answer, UnionType) and type(None) in operation.answer.__args__:
        answers["204"] = {"description": "Done; there is nothing to answer."}
    return answers
