"""What the REST can be asked: an operation a function, whose annotations are its parameters, its body and its answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_type_hints

import msgspec
from flask import Response

from webui.rest import reading

F = TypeVar("F", bound=Callable[..., Any])
JSON = "application/json"
_PLACE = re.compile(r"{(\w+)}")


class Dto(msgspec.Struct, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A body or an answer: fields in snake_case here, in camelCase outside; what it does not name is refused."""


class Link(Dto):
    """A link to another resource. None are told: their list is empty."""

    method: str
    href: str
    rel: str


class Count(Dto):
    """How many there are."""

    count: int


@dataclass(frozen=True, slots=True)
class Operation:
    """A method and path, what it takes and what it answers."""

    method: str
    path: str  # "/task/{id}/claim"
    name: str  # unique; the operationId
    call: Callable[..., Any]
    summary: str
    query: type[msgspec.Struct] | None
    body: Any  # a type, or None
    answer: Any  # a type; None: 204 without content
    status: int
    media: str  # of the answer, where it is not JSON
    multipart: Mapping[str, Any] | None  # the schema of a multipart body's fields

    @property
    def places(self) -> list[str]:
        """The names in the path."""
        return _PLACE.findall(self.path)

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        return _PLACE.sub(r"<\1>", self.path)

    def respond(self, **arguments: Any) -> Response:
        """Read what was sent, call, and write the answer."""
        if self.query is not None:
            arguments["query"] = reading.query(self.query)
        if self.body is not None:
            arguments["body"] = reading.body(self.body)
        result = self.call(**arguments)
        if isinstance(result, Response):
            return result
        if result is None:
            nothing = Response(status=204)
            del nothing.headers["Content-Type"]  # of what is not there
            return nothing
        return Response(msgspec.json.encode(result), self.status, mimetype=JSON)


@dataclass(slots=True)
class Resource:
    """A noun of the REST with its operations, in the order they are told in the docs."""

    name: str
    about: str
    operations: list[Operation] = field(default_factory=list)

    def get(self, path: str, **more: Any) -> Callable[[F], F]:
        """Register a function under GET."""
        return self._registering("GET", path, more)

    def post(self, path: str, **more: Any) -> Callable[[F], F]:
        """Register a function under POST."""
        return self._registering("POST", path, more)

    def put(self, path: str, **more: Any) -> Callable[[F], F]:
        """Register a function under PUT."""
        return self._registering("PUT", path, more)

    def delete(self, path: str, **more: Any) -> Callable[[F], F]:
        """Register a function under DELETE."""
        return self._registering("DELETE", path, more)

    def _registering(self, method: str, path: str, more: Mapping[str, Any]) -> Callable[[F], F]:
        def register(call: F) -> F:
            self.add(method, path, call, **more)
            return call

        return register

    def add(
        self,
        method: str,
        path: str,
        call: Callable[..., Any],
        *,
        name: str = "",
        summary: str = "",
        media: str = JSON,
        multipart: Mapping[str, Any] | None = None,
    ) -> None:
        """Register a function: `query` and `body` are what its parameters of those names are annotated with."""
        hints = get_type_hints(call, include_extras=True)
        answer = hints.get("return")
        if answer is type(None):
            answer = None
        about = summary or (call.__doc__ or "").strip().splitlines()[0]
        self.operations.append(
            Operation(
                method, path, name or f"{self.name.replace('-', '_')}_{call.__name__}", call, about, hints.get("query"), hints.get("body"),
                answer, 204 if answer is None else 200, media, multipart,
            )
        )  # fmt: skip
