"""One thing by its id, as far as one may know of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from engine.errors import NotFound
from engine.views.searching import Condition, Operator, Searchable
from webui import current
from webui.rest.authentication import actor


class Named(Protocol):
    """What has an id."""

    @property
    def id(self) -> str:
        """Its id."""


T = TypeVar("T")
N = TypeVar("N", bound=Named)


def one(subject: Searchable[T], id: str) -> T:
    """The thing of a kind with this id. Raises NotFound."""
    found = current.engine().search(subject, [Condition("id", Operator.IS, id)], actor=actor())
    if not found:
        raise missing(subject.noun, id, subject.noun_th)
    return found[0]


def among(things: Iterable[N], id: str, noun: str, noun_th: str) -> N:
    """The one of these things with this id. Raises NotFound."""
    for thing in things:
        if thing.id == id:
            return thing
    raise missing(noun, id, noun_th)


def named(values: dict[str, Any], name: str) -> Any:
    """The variable of this name. Raises NotFound."""
    if name not in values:
        raise missing("variable", name, "ตัวแปร")
    return values[name]


def missing(noun: str, id: str, noun_th: str, by: str = "id") -> NotFound:
    """That there is no such thing, or none that one may know of."""
    return NotFound(f"{noun.capitalize()} with {by} '{id}' does not exist.", th=f"ไม่พบ{noun_th} “{id}” หรือท่านไม่มีสิทธิ์ดู")
