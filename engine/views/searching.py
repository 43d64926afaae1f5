"""Lists as clients ask for them: conditions on named fields, an order, a part of it. One mechanism for every noun.

What may be asked of a noun, and who may see which of its rows, a `Subject` says (engine/views/subjects); a condition adds to that rule and
never goes round it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import re2  # type: ignore[import-untyped]
from sqlalchemy import ColumnElement, Select, func, nulls_last, or_

from engine.errors import Invalid, Problem
from engine.people import authorization

if TYPE_CHECKING:
    from engine.states import Verb
    from engine.storage.session import Session

T = TypeVar("T")
Rule = Callable[["Session", Any], ColumnElement[bool]]
MOST_CONDITIONS, MOST_VALUES, MOST_ORDERS = 200, 10_000, 20  # of one search: databases refuse what is very much longer
LONGEST_PATTERN = 1_000  # characters
TOGETHER = 5_000  # rows whose views are made at once: what is looked up for them are values of a query
_WILD = {"%": "(?s:.*)", "_": "(?s:.)"}


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
    noun_th: str
    query: Callable[[Session], Select[Any]]  # the rows the actor may know of
    fields: Mapping[str, ColumnElement[Any]]
    views: Callable[[Session, Sequence[Mapping[Any, Any]]], Sequence[T]]
    rules: Mapping[str, Rule] = field(default_factory=dict)  # conditions that are more than a comparison of a column
    key: tuple[str, ...] = ("id",)  # what tells rows apart: ends every order, so that pages do not overlap
    verb: Verb | None = None  # what one has to be allowed to see any


Conditions = Sequence[Condition | AnyOf]


@dataclass(frozen=True)
class Gathered(Generic[T]):
    """A noun that stands in no table of its own: its things are gathered, then compared by their attributes."""

    noun: str
    noun_th: str
    gather: Callable[[Session, Conditions], Sequence[T]]  # what the actor may know of; the conditions say where not to look
    fields: frozenset[str]
    key: str = "id"


Searchable = Subject[T] | Gathered[T]


def search(
    session: Session,
    subject: Searchable[T],
    conditions: Conditions = (),
    order: Sequence[Order] = (),
    *,
    first: int = 0,
    limit: int | None = None,
) -> tuple[T, ...]:
    """The things of a kind that the actor may know of and that meet all conditions. Raises Forbidden, Invalid."""
    _refuse_too_much(conditions, order)
    if isinstance(subject, Gathered):
        found = _sorted(subject, _gathered(session, subject, conditions), order)
        return tuple(found[first:] if limit is None else found[first : first + limit])
    query = _asked(session, subject, conditions)
    ordered = [_ordered(subject, one) for one in order]
    down = bool(order) and order[-1].descending  # ids are in the order of time: the newest first goes on where things began together
    rest = [subject.fields[name] for name in subject.key if name not in {one.field for one in order}]
    ordered += [column.desc() if down else column.asc() for column in rest]
    rows = session.connection.execute(query.order_by(*ordered).offset(first).limit(limit)).mappings().all()
    parts = (rows[start : start + TOGETHER] for start in range(0, len(rows), TOGETHER))
    return tuple(view for part in parts for view in subject.views(session, part))


def count(session: Session, subject: Searchable[Any], conditions: Conditions = ()) -> int:
    """How many there are."""
    _refuse_too_much(conditions)
    if isinstance(subject, Gathered):
        return len(_gathered(session, subject, conditions))
    query = _asked(session, subject, conditions)
    return int(session.connection.scalar(query.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)) or 0)


def tally(session: Session, subject: Subject[Any], fields: Sequence[str], conditions: Conditions = ()) -> Counter[tuple[Any, ...]]:
    """How many there are of each combination of these fields' values."""
    _refuse_too_much(conditions)
    columns = [subject.fields[name] for name in fields]
    query = _asked(session, subject, conditions).with_only_columns(*columns, func.count(), maintain_column_froms=True)
    return Counter({tuple(row[:-1]): row[-1] for row in session.connection.execute(query.order_by(None).group_by(*columns))})


def _refuse_too_much(conditions: Conditions, order: Sequence[Order] = ()) -> None:
    single = [one for each in conditions for one in (each.conditions if isinstance(each, AnyOf) else (each,))]
    values = sum(len(one.value) for one in single if isinstance(one.value, list | tuple))
    patterns = [one.value for one in single if one.operator in (Operator.LIKE, Operator.NOT_LIKE) and isinstance(one.value, str)]
    if len(single) > MOST_CONDITIONS or values > MOST_VALUES or len(order) > MOST_ORDERS:
        message = f"A search has at most {MOST_CONDITIONS} conditions, {MOST_VALUES} values in its lists and {MOST_ORDERS} orders."
    elif any(len(pattern) > LONGEST_PATTERN for pattern in patterns):
        message = f"A pattern has at most {LONGEST_PATTERN} characters."
    else:
        return
    raise Invalid(message, [Problem(message, "เงื่อนไขการค้นหามากหรือยาวเกินไป", rule="limit")])


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
        raise Invalid(
            f"A {subject.noun} cannot be asked for by {condition.field!r}.", th=f"ค้นหา{subject.noun_th}ด้วย “{condition.field}” ไม่ได้"
        )
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
        raise Invalid(f"A {subject.noun} cannot be sorted by {order.field!r}.", th=f"เรียง{subject.noun_th}ตาม “{order.field}” ไม่ได้")
    return nulls_last(column.desc() if order.descending else column.asc())


# ---- what stands in no table


def _gathered(session: Session, subject: Gathered[T], conditions: Conditions) -> list[T]:
    return [one for one in subject.gather(session, conditions) if all(_holds(subject, one, condition) for condition in conditions)]


def _holds(subject: Gathered[Any], one: Any, condition: Condition | AnyOf) -> bool:
    if isinstance(condition, AnyOf):
        return any(_holds(subject, one, each) for each in condition.conditions)
    if condition.field not in subject.fields:
        raise Invalid(
            f"A {subject.noun} cannot be asked for by {condition.field!r}.", th=f"ค้นหา{subject.noun_th}ด้วย “{condition.field}” ไม่ได้"
        )
    return holds(getattr(one, condition.field), condition.operator, condition.value)


def holds(found: Any, operator: Operator, value: Any) -> bool:
    """The comparison of a condition, outside the database. Things of different kinds are neither equal nor in an order."""
    match operator:
        case Operator.IS | Operator.IS_NOT:
            return _equal(found, value) == (operator is Operator.IS)
        case Operator.ONE_OF | Operator.NONE_OF:
            return any(_equal(found, one) for one in value) == (operator is Operator.ONE_OF)
        case Operator.LIKE | Operator.NOT_LIKE:
            return (isinstance(found, str) and isinstance(value, str) and _like(found, value)) == (operator is Operator.LIKE)
        case Operator.GIVEN:
            return (found is not None) == bool(value)
    try:
        below, same = bool(found < value), bool(found == value)
    except TypeError:
        return False
    return {
        Operator.BEFORE: below,
        Operator.AFTER: not below and not same,
        Operator.AT_LEAST: not below,
        Operator.AT_MOST: below or same,
    }[operator]


def _equal(one: Any, other: Any) -> bool:
    return bool(isinstance(one, bool) == isinstance(other, bool) and one == other)


def _like(text: str, pattern: str) -> bool:
    """SQL's LIKE; by RE2, whose time no pattern can stretch."""
    parts = re.split(r"(?s)(\\.|%|_)", pattern)
    return re2.fullmatch("".join(_WILD.get(part) or re2.escape(_plain(part)) for part in parts), text) is not None


def _plain(part: str) -> str:
    """What an escaped character stands for."""
    return part[1:] if len(part) == 2 and part.startswith("\\") else part


def _sorted(subject: Gathered[T], found: list[T], order: Sequence[Order]) -> list[T]:
    down = bool(order) and order[-1].descending
    for one in (Order(subject.key, down), *reversed(order)):  # sorting is stable: the first of the order comes last
        if one.field not in subject.fields:
            raise Invalid(f"A {subject.noun} cannot be sorted by {one.field!r}.", th=f"เรียง{subject.noun_th}ตาม “{one.field}” ไม่ได้")
        present = [each for each in found if getattr(each, one.field) is not None]
        absent = [each for each in found if getattr(each, one.field) is None]
        found = sorted(present, key=lambda each: _rank(getattr(each, one.field)), reverse=one.descending) + absent
    return found


def _rank(value: Any) -> tuple[str, Any]:
    """Things of one kind in their order, kinds apart."""
    if isinstance(value, bool | int | float):
        return "number", float(value)
    return type(value).__name__, value if isinstance(value, str | datetime) else str(value)
