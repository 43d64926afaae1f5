"""Definitions have two addresses: `/{id}`, a version, and `/key/{key}`, the newest one. An operation is written once for both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_type_hints

from webui.rest.operations import Resource


@dataclass(frozen=True, slots=True)
class Addressed:
    """Where definitions of a kind are found, and how."""

    resource: Resource
    path: str
    by_id: Callable[[str], Any]
    by_key: Callable[[str], Any]

    def add(self, method: str, end: str, call: Callable[..., Any], **more: Any) -> None:
        """Register a function whose first parameter, `view`, is the definition."""
        self.resource.add(method, f"{self.path}/{{id}}{end}", _finding(call, "id", self.by_id), **more)
        name = f"{self.resource.name.replace('-', '_')}_{call.__name__}_by_key"
        self.resource.add(method, f"{self.path}/key/{{key}}{end}", _finding(call, "key", self.by_key), name=name, **more)


def _finding(call: Callable[..., Any], place: str, find: Callable[[str], Any]) -> Callable[..., Any]:
    def found(**arguments: Any) -> Any:
        return call(find(arguments.pop(place)), **arguments)

    hints = get_type_hints(call, include_extras=True)
    hints.pop("view", None)
    found.__annotations__ = hints
    found.__name__, found.__doc__ = call.__name__, call.__doc__
    return found
