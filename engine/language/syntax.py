"""The one syntax tree that all three surface forms are read into. `position` is the offset in the text as written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Dialect(StrEnum):
    """Which surface form a text is written in; a few operations mean something else in each."""

    PLAIN = "plain"  # a == 'x' and not b
    JUEL = "juel"  # ${a == 'x' && !b}
    FEEL = "feel"  # = a = "x" and not(b)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    position: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    value: Any


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Index(Node):
    """`xs[i]`, `d['key']` of plain and JUEL: counts from 0."""

    base: Node
    index: Node


@dataclass(frozen=True, slots=True)
class Slice(Node):
    base: Node
    start: Node | None
    stop: Node | None
    step: Node | None


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """FEEL's `xs[item > 2]`; with a number it is an index counted from 1."""

    base: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """`operator`: - + not empty defined."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """`operator`: + - * / // % **."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`first op operand op operand …`; op: == != < <= > >= in, not in."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`operator`: and, or; any number of operands."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Conditional(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Default(Node):
    """`default(x, fallback)`: the fallback where x is missing or null."""

    operand: Node
    fallback: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    function: str
    arguments: tuple[Node, ...]
    named: tuple[tuple[str, Node], ...] = ()


@dataclass(frozen=True, slots=True)
class Lambda(Node):
    """FEEL's `function(a, b) a + b`, Python's `lambda a, b: a + b`."""

    parameters: tuple[str, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Invoke(Node):
    """A call of what an expression gives: `(function(a) a)(1)`, `ctx.f(1)`."""

    function: Node
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class DictOf(Node):
    """A dict literal or FEEL context (whose later entries see the earlier ones)."""

    items: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """`for names in source if condition …` of a comprehension."""

    names: tuple[str, ...]
    source: Node
    conditions: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Comprehension(Node):
    """A list made from others; with `key` a dict."""

    element: Node
    clauses: tuple[Clause, ...]
    key: Node | None = None


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """FEEL's `some x in xs satisfies c` and `every …`."""

    every: bool
    clauses: tuple[Clause, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class Range(Node):
    """`[1..10]`, `(1..10]` …; a missing end is open-ended."""

    low: Node | None
    high: Node | None
    low_closed: bool = True
    high_closed: bool = True


@dataclass(frozen=True, slots=True)
class Test(Node):
    """One unary test of FEEL: `> 5`, `[1..3]`, `"a"`. With no operator the operand is a value, list, range or condition on `?`."""

    operator: str | None
    operand: Node
    is_condition: bool = False  # speaks of `?` itself


@dataclass(frozen=True, slots=True)
class Tests(Node):
    """Unary tests applied to a value: `x in (> 5, 1)`, or a cell of a decision table (value None: the cell's input, `?`)."""

    value: Node | None
    tests: tuple[Test, ...]
    negated: bool = False
    anything: bool = False  # the cell is "-"


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    operand: Node
    type_name: str


@dataclass(frozen=True, slots=True)
class Change(Node):
    """`xs.append(1)`: only as a statement, where it becomes the assignment `xs = append(xs, 1)`."""

    target: Node
    call: Node


@dataclass(frozen=True, slots=True)
class Assignment(Node):
    """`target = value`, `target += value`; a target is a Name, or Attributes and Indexes of one."""

    target: Node
    operator: str | None
    value: Node


@dataclass(frozen=True, slots=True)
class Unpacking(Node):
    """`a, b = 1, 2`, all values read before any is set, or `a, b = xs`."""

    targets: tuple[Name, ...]
    values: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Deletion(Node):
    """`del x`, `del a.b`, `del xs[0]`."""

    target: Node


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if`, `elif`, `else`: conditions with their statements, and what is done where none of them holds."""

    branches: tuple[tuple[Node, tuple[Node, ...]], ...]
    otherwise: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for x in xs:`; `changes`: its statements change what is in an item, which is then that of the list itself."""

    names: tuple[str, ...]
    source: Node
    body: tuple[Node, ...]
    changes: bool


@dataclass(frozen=True, slots=True)
class Leave(Node):
    """`break`, or `continue` where the loop goes on."""

    goes_on: bool


@dataclass(frozen=True, slots=True)
class Nothing(Node):
    """Python's `pass`."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A whole expression as written, with its tree."""

    text: str
    dialect: Dialect
    tree: Node


@dataclass(frozen=True, slots=True)
class Template:
    """Text with expressions in it; `parts` are texts and expressions in turn."""

    text: str
    parts: tuple[str | Expression, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """Statements, in order."""

    text: str
    statements: tuple[Node, ...]
