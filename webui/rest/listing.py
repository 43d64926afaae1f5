"""Lists: filters, order, paging and count of a noun, from one table of what may be asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec

from engine.views.searching import AnyOf, Condition, Order, Searchable
from webui import current
from webui.rest import finding
from webui.rest.authentication import actor
from webui.rest.filters import NUMBER, Filter
from webui.rest.operations import Count, Dto, Resource
from webui.rest.reading import refused

Direction = Literal["asc", "desc"]


class Sorting(Dto):
    """One of the fields to sort by."""

    sort_by: str
    sort_order: Direction = "asc"
    parameters: dict[str, Any] | None = None  # of variables, by which nothing is sorted


@dataclass(frozen=True)
class Listing:
    """What may be asked of a list."""

    noun: str  # of the schema: "Task" → TaskQuery
    subject: Searchable[Any]
    filters: Sequence[Filter]
    sorts: Mapping[str, str]  # sortBy → field
    answer: Any  # the type of an entry, with a constructor `of`
    ahead: tuple[Order, ...] = ()  # the order where none is asked for

    def shape(self, *, body: bool) -> Any:
        """The struct of the parameters: of a query string, or of a body, which may hold alternatives and several orders."""
        kinds = [(one.name, (one.body_kind if body else None) or one.kind) for one in self.filters]
        about = {one.name: one.about for one in self.filters}
        fields: list[tuple[str, Any, Any]] = [(name, _described(kind | None, about[name]), None) for name, kind in kinds]
        keys = Literal[tuple(self.sorts)]  # type: ignore[valid-type]
        if body:
            inner = _struct(self.noun + "OrQuery", fields)
            return _struct(self.noun + "Query", [*fields, ("orQueries", list[inner] | None, None), ("sorting", list[Sorting] | None, None)])  # type: ignore[valid-type]
        order: list[tuple[str, Any, Any]] = [("sortBy", keys | None, None), ("sortOrder", Direction | None, None)]
        return _struct(
            self.noun + "Parameters", [*fields, *order, ("firstResult", NUMBER | None, None), ("maxResults", NUMBER | None, None)]
        )

    def conditions(self, given: Any) -> list[Condition | AnyOf]:
        """What the parameters ask for."""
        found: list[Condition | AnyOf] = list(self._plain(given))
        alternatives = (tuple(self._plain(one)) for one in getattr(given, "orQueries", None) or ())
        return found + [AnyOf(each) for each in alternatives if each]

    def _plain(self, given: Any) -> list[Condition]:
        asked = ((one, getattr(given, one.name)) for one in self.filters)
        return [condition for one, value in asked if value is not None for condition in one.conditions(value)]

    def order(self, given: Any) -> list[Order]:
        """How the list is to be sorted. Raises Invalid."""
        if (by := getattr(given, "sortBy", None)) is not None:
            return [self._sorted(by, given.sortOrder)]
        if getattr(given, "sortOrder", None) is not None:
            raise refused("sortOrder needs sortBy.", "sortOrder")
        return [self._sorted(one.sort_by, one.sort_order) for one in getattr(given, "sorting", None) or ()] or list(self.ahead)

    def _sorted(self, by: str, direction: str | None) -> Order:
        if by.endswith("Variable"):
            raise refused(f"Lists are not sorted by variables ('{by[:60]}'); there is {', '.join(self.sorts)}.", "sortBy")
        if by not in self.sorts:
            raise refused(f"There is no sorting by '{by[:60]}'; there is {', '.join(self.sorts)}.", "sortBy")
        return Order(self.sorts[by], direction == "desc")

    def entries(self, given: Any, first: int | None, limit: int | None) -> list[Any]:
        """The asked part of the list."""
        engine = current.engine()
        found = engine.search(self.subject, self.conditions(given), self.order(given), first=first or 0, limit=limit, actor=actor())
        return [self.answer.of(one) for one in found]

    def counted(self, given: Any) -> Count:
        """How many there are."""
        return Count(count=current.engine().count(self.subject, self.conditions(given), actor=actor()))


class Part(msgspec.Struct, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """Which part of a list."""

    first_result: NUMBER | None = None
    max_results: NUMBER | None = None


def register(resource: Resource, path: str, listing: Listing, *, post: bool = True, by_id: bool = True) -> None:
    """Put a list, its count and (where Camunda has them) the same by POST and one of the list by its id under a path."""
    stem = path.strip("/").replace("/", "_").replace("-", "_")
    query, entry = listing.shape(body=False), listing.answer
    for method, name, call in _calls(listing, query, listing.shape(body=True), entry):
        if method == "GET" or post:
            resource.add(
                method,
                path + ("/count" if name == "count" else ""),
                call,
                name=f"{stem}_{name}" + ("_by_post" if method == "POST" else ""),
                summary=("How many" if name == "count" else "The")
                + f" {listing.subject.noun}s that one may know of"
                + (", by what the body asks for." if method == "POST" else "."),
            )
    if by_id:
        resource.add("GET", path + "/{id}", _by_id(listing), name=f"{stem}_get", summary=f"One {listing.subject.noun}.")


def _by_id(listing: Listing) -> Callable[..., Any]:
    def get(id: str) -> Any:
        return listing.answer.of(finding.one(listing.subject, id))

    get.__annotations__["return"] = listing.answer
    return get


def _calls(listing: Listing, query: Any, body: Any, entry: Any) -> Iterable[tuple[str, str, Callable[..., Any]]]:
    def entries(query: Any) -> Any:
        """The list."""
        return listing.entries(query, query.firstResult, query.maxResults)

    def counted(query: Any) -> Any:
        """How many there are."""
        return listing.counted(query)

    def entries_of_body(query: Part, body: Any) -> Any:
        """The list, by what the body asks for."""
        return listing.entries(body, query.first_result, query.max_results)

    def counted_of_body(body: Any) -> Any:
        """How many there are, by what the body asks for."""
        return listing.counted(body)

    entries.__annotations__ |= {"query": query, "return": list[entry]}
    counted.__annotations__ |= {"query": query, "return": Count}
    entries_of_body.__annotations__ |= {"query": Part, "body": body, "return": list[entry]}
    counted_of_body.__annotations__ |= {"body": body, "return": Count}
    return [("GET", "list", entries), ("GET", "count", counted), ("POST", "list", entries_of_body), ("POST", "count", counted_of_body)]


def _described(kind: Any, about: str) -> Any:
    return Annotated[kind, msgspec.Meta(description=about)] if about else kind


def _struct(name: str, fields: Sequence[tuple[str, Any, Any]]) -> Any:
    return msgspec.defstruct(name, fields, kw_only=True, forbid_unknown_fields=True, module=__name__)
