"""What a DMN file says, frozen: decisions, their tables and expressions, business knowledge, and what they require."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class HitPolicy(StrEnum):
    """Which of the matching rules count (DMN 1.3, 8.2.8)."""

    UNIQUE = "UNIQUE"  # at most one rule may match
    ANY = "ANY"  # several may match if they say the same
    PRIORITY = "PRIORITY"  # the match whose outputs stand first in the lists of output values
    FIRST = "FIRST"  # the first match
    RULE_ORDER = "RULE ORDER"  # all, in the order of the table
    OUTPUT_ORDER = "OUTPUT ORDER"  # all, in the order of the output values
    COLLECT = "COLLECT"  # all, or their SUM, MIN, MAX or COUNT


AGGREGATIONS = ("SUM", "MIN", "MAX", "COUNT")


@dataclass(frozen=True, slots=True)
class Cell:
    """A text of the file: an expression, a test or a list of values. `language` is feel or juel."""

    text: str
    line: int | None = None
    language: str = "feel"


@dataclass(frozen=True, slots=True)
class Input:
    """A column that is tested."""

    expression: Cell
    label: str = ""
    values: Cell | None = None  # tests that every value must pass
    type: str | None = None  # typeRef: what the value is made into before it is tested
    variable: str | None = None  # camunda:inputVariable: what the cells of this column may call the value, besides `?`
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """A column that is given."""

    name: str
    label: str = ""
    type: str | None = None  # typeRef: what the value is made into
    values: Cell | None = None  # possible values, best first
    default: Cell | None = None  # where no rule matches
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row."""

    id: str
    number: int  # counted from 1
    line: int | None
    tests: tuple[Cell, ...]
    results: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table."""

    policy: HitPolicy
    aggregation: str | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Boxed:
    """A boxed expression (DMN 1.3, 10.2.1; 1.4's conditional, iterator and filter).

    `kind`: context list relation invocation function conditional filter for some every. `parts`: what is in it, by name where it has
    names; of a function its parameters are `names`, of a relation its columns, of an iterator its variable.
    """

    kind: str
    parts: tuple[tuple[str, Logic], ...]
    names: tuple[str, ...] = ()
    line: int | None = None


Logic = Table | Cell | Boxed


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function that decisions call by its name."""

    key: str
    name: str
    parameters: tuple[str, ...]
    logic: Logic
    file: str
    line: int | None = None
    requires: tuple[str, ...] = ()  # keys of other business knowledge


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision: a table, or an expression."""

    key: str
    name: str
    variable: str  # the name its value has for the decisions that require it
    file: str
    line: int | None
    logic: Logic
    requires: tuple[str, ...] = ()  # keys of decisions that are made first
    knowledge: tuple[str, ...] = ()  # keys of the business knowledge it calls
    type: str | None = None  # typeRef of its variable
    version_tag: str | None = None
    names: frozenset[str] = field(default_factory=frozenset)  # of inputs and required decisions, as written
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """The decisions of a file, or of several together, by key; and the business knowledge they call."""

    decisions: Mapping[str, Decision] = field(default_factory=dict)
    knowledge: Mapping[str, Knowledge] = field(default_factory=dict)
