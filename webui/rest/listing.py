"""Lists: filters, order, paging and count of a noun, from one table of what may be asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec

from engine.searching import AnyOf, Condition, Operator, Order, Searchable
from webui import current
from webui.rest import dates
from webui.rest.authentication import actor
from webui.rest.operations import Count, Dto, Resource
from webui.rest.reading import refused

WHOLE = Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)]
NUMBER = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
_COMPARISON = re.compile(r"(.*?)_(eq|neq|gteq|gt|lteq|lt|like|notLike)_(.*)", re.DOTALL)
Direction = Literal["asc", "desc"]


@dataclass(frozen=True, slots=True)
class Filter:
    """A parameter and the condition it makes."""

    name: str  # camelCase, as clients send it
    field: str = ""
    operator: Operator = Operator.IS
    kind: Any = str
    value: Any = None  # what a flag asks for when it is true
    negated: Any = None  # what the flag asks for when it is false; nothing: it asks for nothing then
    body_kind: Any = None  # in a body, where it is another

    def conditions(self, given: Any) -> Iterable[Condition]:
        """What a given value asks for."""
        if self.kind is bool and self.value is not None:
            wanted = self.value if given else self.negated
            return () if wanted is None else (Condition(self.field, self.operator, wanted),)
        if self.kind == dates.Instant:
            given = dates.parse(given, self.name)
        return (Condition(self.field, self.operator, given),)


def text(name: str, field: str, operator: Operator = Operator.IS) -> Filter:
    """A filter by text."""
    return Filter(name, field, operator)


def several(name: str, field: str, operator: Operator = Operator.ONE_OF) -> Filter:
    """A filter by one of several texts."""
    return Filter(name, field, operator, list[str])


def like(name: str, field: str) -> Filter:
    """A filter by a pattern with %."""
    return Filter(name, field, Operator.LIKE)


def whole(name: str, field: str, operator: Operator = Operator.IS) -> Filter:
    """A filter by a whole number."""
    return Filter(name, field, operator, WHOLE)


def moment(name: str, field: str, operator: Operator) -> Filter:
    """A filter by an instant."""
    return Filter(name, field, operator, dates.Instant)


def flag(name: str, field: str, value: Any, operator: Operator = Operator.IS, *, negated: Any = None) -> Filter:
    """A filter by yes: the field is to be `value` then (and `negated` for no)."""
    return Filter(name, field, operator, bool, value, negated)


class Compared(Dto):
    """A comparison of an instant."""

    operator: Literal["gt", "lt", "gteq", "lteq", "eq", "neq"]
    value: dates.Instant


OPERATORS = {
    "eq": Operator.IS, "neq": Operator.IS_NOT, "gt": Operator.AFTER, "gteq": Operator.AT_LEAST, "lt": Operator.BEFORE,
    "lteq": Operator.AT_MOST, "like": Operator.LIKE, "notLike": Operator.NOT_LIKE,
}  # fmt: skip


def compared(name: str, field: str) -> Filter:
    """A filter by comparisons of an instant: `gt_2009-06-01T08:30:00.000+0700` in a query, objects in a body."""
    return Comparisons(name, field, kind=list[str], body_kind=list[Compared])


@dataclass(frozen=True, slots=True)
class Comparisons(Filter):
    """A filter by several comparisons."""

    def conditions(self, given: Any) -> Iterable[Condition]:
        """A condition for each."""
        for one in given:
            operator, value = (one.operator, one.value) if isinstance(one, Compared) else one.partition("_")[::2]
            if operator not in OPERATORS or "ike" in operator:
                raise refused(f"There is no comparison '{operator[:20]}'.", self.name)
            yield Condition(self.field, OPERATORS[operator], dates.parse(value, self.name))


@dataclass(frozen=True, slots=True)
class Translated(Filter):
    """A filter by a word of Camunda's that stands for several of ours."""

    meaning: Callable[[str], Sequence[Any]] = tuple

    def conditions(self, given: Any) -> Iterable[Condition]:
        """One of what it stands for."""
        return (Condition(self.field, Operator.ONE_OF, list(self.meaning(given))),)


def translated(name: str, field: str, meaning: Callable[[str], Sequence[Any]]) -> Filter:
    """A filter by a word of Camunda's."""
    return Translated(name, field, meaning=meaning)


class ComparedValue(Dto):
    """A comparison of a variable."""

    operator: Literal["eq", "neq", "gt", "gteq", "lt", "lteq", "like", "notLike"]
    name: str | None = None
    value: Any = None


def variable_values(name: str) -> Filter:
    """A filter by a variable's name and value: `amount_gt_5` in a query, objects in a body."""
    return VariableValues(name, "value", kind=list[str], body_kind=list[ComparedValue])


@dataclass(frozen=True, slots=True)
class VariableValues(Filter):
    """A filter by the value of the variable a thing is."""

    def conditions(self, given: Any) -> Iterable[Condition]:
        """A condition for name and one for value."""
        for one in given:
            wanted = one if isinstance(one, ComparedValue) else _compared_value(one, self.name)
            if wanted.name:
                yield Condition("name", Operator.IS, wanted.name)
            yield Condition(self.field, OPERATORS[wanted.operator], wanted.value)


def having_variables(name: str) -> Filter:
    """A filter of instances and tasks by process variables."""
    return HavingVariables(name, "variables", kind=list[str], body_kind=list[ComparedValue])


@dataclass(frozen=True, slots=True)
class HavingVariables(Filter):
    """A filter by the values of variables."""

    def conditions(self, given: Any) -> Iterable[Condition]:
        """One condition for all of them."""
        wanted = [one if isinstance(one, ComparedValue) else _compared_value(one, self.name) for one in given]
        return (Condition(self.field, Operator.IS, [(one.name or "", OPERATORS[one.operator], one.value) for one in wanted]),)


def _compared_value(text: str, parameter: str) -> ComparedValue:
    """`amount_gt_5`: the value is JSON where it reads as such, else text."""
    found = _COMPARISON.fullmatch(text)
    if found is None:
        raise refused(f"'{text[:60]}' is not like name_eq_value.", parameter)
    name, operator, rest = found.groups()
    try:
        value = msgspec.json.decode(rest)
    except msgspec.DecodeError:
        value = rest
    return msgspec.convert({"name": name, "operator": operator, "value": value}, ComparedValue)


def no_difference(name: str, field: str = "id") -> Filter:
    """A parameter that makes no difference here."""
    return flag(name, field, True, Operator.GIVEN)


NO_TENANTS = (no_difference("withoutTenantId"),)  # there are none, so everything is without


class Sorting(Dto):
    """One of the fields to sort by."""

    sort_by: str
    sort_order: Direction = "asc"


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
        fields: list[tuple[str, Any, Any]] = [(name, _optional(kind), None) for name, kind in kinds]
        keys = Literal[tuple(self.sorts)]  # type: ignore[valid-type]
        if body:
            inner = _struct(self.noun + "OrQuery", fields)
            return _struct(self.noun + "Query", [*fields, ("orQueries", list[inner] | None, None), ("sorting", list[Sorting] | None, None)])  # type: ignore[valid-type]
        order: list[tuple[str, Any, Any]] = [("sortBy", _optional(keys), None), ("sortOrder", Direction | None, None)]
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


def register(resource: Resource, path: str, listing: Listing, *, post: bool = True) -> None:
    """Put GET and (where Camunda has it) POST of a list and of its count under a path."""
    stem = path.strip("/").replace("/", "_").replace("-", "_")
    query, entry = listing.shape(body=False), listing.answer
    for method, name, call in _calls(listing, query, listing.shape(body=True), entry):
        if method == "GET" or post:
            resource.add(
                method, path + ("/count" if name == "count" else ""), call, name=f"{stem}_{name}" + ("_by_post" if method == "POST" else "")
            )


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


def _optional(kind: Any) -> Any:
    return kind | None


def _struct(name: str, fields: Sequence[tuple[str, Any, Any]]) -> Any:
    return msgspec.defstruct(name, fields, kw_only=True, forbid_unknown_fields=True, module=__name__)
