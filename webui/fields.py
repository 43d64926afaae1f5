"""The fields of a page's form as the templates draw them; what a form of the engine means in HTML stands in `formpage`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.dates import thai
from engine.errors import RuamError
from webui.languages import ENGLISH, language, pick


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers to choose from."""

    value: str
    words: str
    chosen: bool = False
    hint: str = ""
    group: str = ""  # the heading it stands under


@dataclass(frozen=True, slots=True)
class File:
    """A file already kept for a field."""

    id: str
    name: str
    size: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table field."""

    name: str  # `table[2]`
    number: int | str
    cells: tuple[Field, ...]

    @property
    def index(self) -> str:
        """The `2` of `table[2]`."""
        return self.name.rpartition("[")[2].rstrip("]")


@dataclass(frozen=True, slots=True)
class DateParts:
    """A date as typed: day, number of the month, year in the era of the language."""

    day: str = ""
    month: str = ""
    year: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `widget`: those of `engine.forms.Field`, password, and short: a text of a word or two."""

    name: str
    label: str
    widget: str = "text"
    hint: str = ""
    error: str = ""
    value: Any = None
    required: bool = True
    conditional: bool = False  # asked only where other answers want it
    visible: bool = True
    read_only: bool = False
    choices: tuple[Choice, ...] = ()
    whole: bool = False  # of a number: no decimals
    longest: int | None = None
    autocomplete: str = ""
    maximum: Any = None  # of a score
    parts: DateParts = DateParts()
    files: tuple[File, ...] = ()
    accept: str = ""
    max_bytes: int | None = None
    limit: str = ""  # the same in words
    rows: tuple[Row, ...] = ()
    blank: Row | None = None  # of a table whose rows can be added to
    fields: tuple[Field, ...] = ()  # of a group

    @property
    def id(self) -> str:
        """Unique on the page; where an error's link leads."""
        return "f-" + self.name.replace("[", "-").replace("]", "")

    @property
    def groups(self) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
        """The choices under their headings, in the order in which these first appear."""
        found: dict[str, list[Choice]] = {}
        for choice in self.choices:
            found.setdefault(choice.group, []).append(choice)
        return tuple((title, tuple(many)) for title, many in found.items())

    @property
    def months(self) -> tuple[str, ...]:
        return thai.MONTHS_EN if language() == ENGLISH else thai.MONTHS


@dataclass(frozen=True, slots=True)
class Section:
    """Fields under a heading of their own; the first one may have none."""

    title: str
    fields: tuple[Field, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line of the summary of errors: the field's id and what to do."""

    words: str
    target: str = ""


def wrongs(fields: Sequence[Field]) -> list[Wrong]:
    """The errors of these fields, in their order, with the id each link leads to."""
    found = []
    for entry in fields:
        if entry.error:
            found.append(Wrong(entry.error, entry.id))
        found.extend(wrongs(entry.fields))
        for row in entry.rows:
            found.extend(wrongs(row.cells))
    return found


def simple(
    specification: Sequence[tuple[str, str, Mapping[str, Any]]], values: Mapping[str, Any], problems: Mapping[str, str]
) -> list[Field]:
    """Fields of a small page: (name, label, more of `Field`) with their values and errors."""
    return [
        Field(name=name, label=label, value=values.get(name), error=problems.get(name, ""), **more) for name, label, more in specification
    ]


def problems_of(error: RuamError, default: str) -> dict[str, str]:
    """The engine's problems by field, in the request's language; those of no field stand at `default`."""
    found: dict[str, str] = {}
    for problem in getattr(error, "problems", ()):
        found.setdefault(problem.field or default, pick(problem.message_th, problem.message))
    return found or {default: pick(error.message_th, error.message)}
