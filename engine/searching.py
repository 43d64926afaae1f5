"""Lists as clients ask for them: conditions on named fields, an order, a part of it. One mechanism for every noun.

What may be asked of a noun, and who may see which of its rows, a `Subject` says (engine/subjects); a condition adds to that rule and
never goes round it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, nulls_last, or_

from engine import authorization
from engine.errors import Invalid

if TYPE_CHECKING:
    from engine.session import Session
    from engine.states import Verb

T = TypeVar("T")
Rule = Callable[["Session", Any], ColumnElement[bool]]


class Operator(StrEnum):
    """How a field is compared with a condition's value."""

    IS = "is"
    IS_NOT = "is_not"
    ONE_OF = "one_of"
    NONE_OF = "none_of"
    LIKE = "like"  # % for any characters
    NOT_LIKE = "not_like"
    BEFORE = "before"
    AFTER = "after"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    GIVEN = "given"  # True: there is a value; False: there is none


@dataclass(frozen=True, slots=True)
class Condition:
    """What a row's field is to be."""

    field: str
    operator: Operator
    value: Any


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """By which field."""

    field: str
    descending: bool = False


@dataclass(frozen=True)
class Subject(Generic[T]):
    """A noun that can be searched."""

    noun: str
    query: Callable[[Session], Select[Any]]  # the rows the actor may know of
    fields: Mapping[str, ColumnElement[Any]]
    views: Callable[[Session, Sequence[Mapping[Any, Any]]], Sequence[T]]
    rules: Mapping[str, Rule] = field(default_factory=dict)  # conditions that are more than a comparison of a column
    key: tuple[str, ...] = ("id",)  # what tells rows apart: ends every order, so that pages do not overlap
    verb: Verb | None = None  # what one has to be allowed to see any


Conditions = Sequence[Condition | AnyOf]


def search(
    session: Session,
    subject: Subject[T],
    conditions: Conditions = (),
    order: Sequence[Order] = (),
    *,
    first: int = 0,
    limit: int | None = None,
) -> tuple[T, ...]:
    """The things of a kind that the actor may know of and that meet all conditions. Raises Forbidden, Invalid."""
    query = _asked(session, subject, conditions)
    ordered = [_ordered(subject, one) for one in order]
    ordered += [subject.fields[name].asc() for name in subject.key if name not in {one.field for one in order}]
    rows = session.connection.execute(query.order_by(*ordered).offset(first).limit(limit)).mappings().all()
    return tuple(subject.views(session, rows))


def count(session: Session, subject: Subject[Any], conditions: Conditions = ()) -> int:
    """How many there are."""
    query = _asked(session, subject, conditions)
    return int(session.connection.scalar(query.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)) or 0)


def _asked(session: Session, subject: Subject[Any], conditions: Conditions) -> Select[Any]:
    if subject.verb is not None:
        authorization.require(session.actor, subject.verb)
    return subject.query(session).where(*(_met(session, subject, condition) for condition in conditions))


def _met(session: Session, subject: Subject[Any], condition: Condition | AnyOf) -> ColumnElement[bool]:
    if isinstance(condition, AnyOf):
        return or_(*(_met(session, subject, one) for one in condition.conditions))
    rule = subject.rules.get(condition.field)
    if rule is not None:
        return rule(session, condition.value)
    column = subject.fields.get(condition.field)
    if column is None:
        raise Invalid(f"A {subject.noun} cannot be asked for by {condition.field!r}.")
    return _compared(column, condition.operator, condition.value)


def _compared(column: ColumnElement[Any], operator: Operator, value: Any) -> ColumnElement[bool]:
    met: ColumnElement[bool]
    match operator:
        case Operator.IS:
            met = column == value
        case Operator.IS_NOT:
            met = or_(column != value, column.is_(None))
        case Operator.ONE_OF:
            met = column.in_(value)
        case Operator.NONE_OF:
            met = or_(column.not_in(value), column.is_(None))
        case Operator.LIKE:
            met = column.like(_pattern(value), escape="\\")
        case Operator.NOT_LIKE:
            met = or_(column.not_like(_pattern(value), escape="\\"), column.is_(None))
        case Operator.BEFORE:
            met = column < value
        case Operator.AFTER:
            met = column > value
        case Operator.AT_LEAST:
            met = column >= value
        case Operator.AT_MOST:
            met = column <= value
        case Operator.GIVEN:
            met = column.is_not(None) if value else column.is_(None)
    return met


def _pattern(text: str) -> str:
    """A pattern whose backslashes escape something: PostgreSQL refuses one at the end."""
    return text + "\\" if (len(text) - len(text.rstrip("\\"))) % 2 else text


def _ordered(subject: Subject[Any], order: Order) -> Any:
    column = subject.fields.get(order.field)
    if column is None:
        raise Invalid(f"A {subject.noun} cannot be sorted by {order.field!r}.")
    return nulls_last(column.desc() if order.descending else column.asc())
