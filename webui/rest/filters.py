"""The parameters of lists: each says which condition on a subject's field it makes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec

from engine.views.searching import Condition, Operator
from webui.rest import dates
from webui.rest.operations import Dto
from webui.rest.reading import refused

WHOLE = Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)]
NUMBER = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
_COMPARISON = re.compile(r"(.*?)_(eq|neq|gteq|gt|lteq|lt|like|notLike)_(.*)", re.DOTALL)


ABOUT = {
    Operator.LIKE: "A pattern: `%` for any characters, `_` for one.",
    Operator.NOT_LIKE: "A pattern: `%` for any characters, `_` for one.",
    Operator.ONE_OF: "One of these; in a query separated by commas.",
    Operator.NONE_OF: "None of these; in a query separated by commas.",
    Operator.BEFORE: "Before this instant.",
    Operator.AFTER: "After this instant.",
    Operator.AT_LEAST: "This or more.",
    Operator.AT_MOST: "This or less.",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """A parameter and the condition it makes."""

    name: str  # camelCase, as clients send it
    field: str = ""
    operator: Operator = Operator.IS
    kind: Any = str
    value: Any = None  # what a flag asks for when it is true
    body_kind: Any = None  # in a body, where it is another
    said: str = ""  # of a flag, in the OpenAPI document

    @property
    def about(self) -> str:
        """What is said of it in the OpenAPI document; nothing of one that is what its name says."""
        if self.kind is bool and self.value is not None:
            return self.said or "`true` asks for it, `false` for nothing."
        return ABOUT.get(self.operator, "")

    def conditions(self, given: Any) -> Iterable[Condition]:
        """What a given value asks for."""
        if self.kind is bool and self.value is not None:
            return (Condition(self.field, self.operator, self.value),) if given else ()
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


def flag(name: str, field: str, value: Any, operator: Operator = Operator.IS) -> Filter:
    """A filter by yes: the field is to be `value` then; no asks for nothing, as in Camunda."""
    return Filter(name, field, operator, bool, value)


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

    @property
    def about(self) -> str:
        """How they are written."""
        return "Comparisons; in a query `gt_2009-06-01T08:30:00.000+0700`, separated by commas (eq neq gt gteq lt lteq)."

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


OF_VARIABLES = "Variables; in a query `amount_gt_5`, separated by commas (eq neq gt gteq lt lteq like notLike)."


def variable_values(name: str) -> Filter:
    """A filter by a variable's name and value: `amount_gt_5` in a query, objects in a body."""
    return VariableValues(name, "value", kind=list[str], body_kind=list[ComparedValue])


@dataclass(frozen=True, slots=True)
class VariableValues(Filter):
    """A filter by the value of the variable a thing is."""

    @property
    def about(self) -> str:
        """How they are written."""
        return OF_VARIABLES

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

    @property
    def about(self) -> str:
        """How they are written."""
        return OF_VARIABLES

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
    except (msgspec.DecodeError, RecursionError):
        value = rest
    return msgspec.convert({"name": name, "operator": operator, "value": value}, ComparedValue)


def no_difference(name: str, field: str = "id") -> Filter:
    """A parameter that makes no difference here."""
    return Filter(name, field, Operator.GIVEN, bool, True, said="Makes no difference here.")


NO_TENANTS = (no_difference("withoutTenantId"),)  # there are none, so everything is without
