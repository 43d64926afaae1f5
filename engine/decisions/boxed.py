"""Boxed expressions: contexts, lists, relations, invocations, functions, conditions, iterators; read, and made into one tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.decisions.markup import Element, children, local
from engine.decisions.model import Boxed, Cell, Logic, Table
from engine.language.limits import Fault
from engine.language.reading import read_expression, read_feel
from engine.language.syntax import (
    Attribute,
    Call,
    Clause,
    Comprehension,
    Conditional,
    DictOf,
    Expression,
    Filter,
    Lambda,
    ListOf,
    Literal,
    Node,
    Quantified,
)

BOXED = ("context", "invocation", "functionDefinition", "relation", "list", "conditional", "for", "every", "some", "filter")
_RESULT = "\x00"  # the entry of a context without a name: what the context is worth
_ITERATORS = {"for": "return", "some": "satisfies", "every": "satisfies"}
_MAX_DEPTH = 30


class BoxedReader:
    """Reads boxed expressions; cells and tables are read by the file's reader, which also notes what is wrong."""

    def __init__(
        self,
        cell: Callable[[Element], Cell],
        table: Callable[[Element, str], Table | None],
        problem: Callable[[Element, str, str, str], None],
    ) -> None:
        self._cell, self._table, self._problem = cell, table, problem
        self._depth = 0

    def read(self, element: Element) -> Logic:
        """The logic an element says; an empty cell where it says nothing we know."""
        kind = local(element)
        self._depth += 1
        try:
            if self._depth > _MAX_DEPTH:
                self._problem(element, "dmn-unsupported", "The expression is nested too deeply.", "นิพจน์ซ้อนกันลึกเกินไป")
            elif kind == "literalExpression":
                return self._cell(element)
            elif kind == "decisionTable":
                return self._table(element, _RESULT) or Cell("null", element.sourceline)
            elif kind in BOXED:
                return _READERS[kind](self, element)
            else:
                self._problem(element, "dmn-unsupported", f"A {kind} is not executed.", f"ไม่รองรับ {kind}")
            return Cell("null", element.sourceline)
        finally:
            self._depth -= 1

    def inner(self, element: Element) -> Logic:
        """The one expression inside an element."""
        found = next((node for node in children(element) if local(node) in (*BOXED, "literalExpression", "decisionTable")), None)
        if found is None:
            self._problem(element, "dmn-empty", f"The {local(element)} has no expression.", f"{local(element)} ไม่มีนิพจน์")
            return Cell("null", element.sourceline)
        return self.read(found)

    def function(self, element: Element) -> Boxed:
        """A function's parameters and body."""
        if element.get("kind", "FEEL").upper() != "FEEL":
            self._problem(element, "dmn-unsupported", "Functions of Java or PMML are not executed.", "ไม่รองรับฟังก์ชัน Java หรือ PMML")
        names = tuple(node.get("name", "") for node in children(element, "formalParameter"))
        return Boxed("function", (("", self.inner(element)),), names, element.sourceline)

    def context(self, element: Element) -> Boxed:
        parts = []
        for entry in children(element, "contextEntry"):
            name = next((node.get("name", "") for node in children(entry, "variable")), "")
            parts.append((name or _RESULT, self.inner(entry)))
        return Boxed("context", tuple(parts), (), element.sourceline)

    def invocation(self, element: Element) -> Boxed:
        called = next(children(element, "literalExpression"), None)
        name = self._cell(called).text if called is not None else ""
        if not name:
            self._problem(element, "dmn-empty", "The invocation names no function.", "การเรียกใช้ไม่ได้ระบุฟังก์ชัน")
        parts = []
        for binding in children(element, "binding"):
            parameter = next((node.get("name", "") for node in children(binding, "parameter")), "")
            parts.append((parameter, self.inner(binding)))
        return Boxed("invocation", tuple(parts), (name,), element.sourceline)

    def listed(self, element: Element) -> Boxed:
        return Boxed("list", tuple(("", self.read(node)) for node in children(element, *BOXED, "literalExpression", "decisionTable")))

    def relation(self, element: Element) -> Boxed:
        names = tuple(node.get("name", "") for node in children(element, "column"))
        return Boxed("relation", tuple(("", self.listed(row)) for row in children(element, "row")), names, element.sourceline)

    def named(self, element: Element) -> Boxed:
        """A condition, filter or iterator: its parts have names of their own."""
        parts = tuple(
            (local(node), self.inner(node)) for node in children(element) if local(node) not in ("description", "extensionElements")
        )
        return Boxed(local(element), parts, (element.get("iteratorVariable", "item"),), element.sourceline)


_READERS: dict[str, Callable[[BoxedReader, Element], Logic]] = {
    "context": BoxedReader.context, "invocation": BoxedReader.invocation, "functionDefinition": BoxedReader.function,
    "relation": BoxedReader.relation, "list": BoxedReader.listed,
    **dict.fromkeys(("conditional", "for", "every", "some", "filter"), BoxedReader.named),
}  # fmt: skip


def cells(logic: Logic) -> Iterator[Cell | Table]:
    """The cells and tables of a boxed expression."""
    if isinstance(logic, Boxed):
        for _, part in logic.parts:
            yield from cells(part)
    else:
        yield logic


def tree(logic: Logic, spaced: frozenset[str], tables: dict[str, Table]) -> Node:
    """The logic as a tree of our language; a table in it becomes a call of a name that `tables` then has. Raises Fault."""
    if isinstance(logic, Cell):
        return _expression(logic, spaced)
    if isinstance(logic, Table):
        name = f"table {len(tables) + 1}"
        tables[name] = logic
        return Call(name, (), position=0)
    parts = {name: tree(part, spaced, tables) for name, part in logic.parts if name}
    if logic.kind == "context":
        whole = DictOf(tuple((Literal(name, position=0), part) for name, part in parts.items()), position=0)
        return Attribute(whole, _RESULT, position=0) if _RESULT in parts else whole
    if logic.kind == "function":
        return Lambda(logic.names, tree(logic.parts[0][1], spaced, tables), position=0)
    if logic.kind == "invocation":
        return Call(logic.names[0], (), tuple(parts.items()), position=0)
    if logic.kind in ("list", "relation"):
        return ListOf(tuple(_row(part, logic.names, spaced, tables) for _, part in logic.parts), position=0)
    return _named(logic, parts)


def _row(logic: Logic, columns: tuple[str, ...], spaced: frozenset[str], tables: dict[str, Table]) -> Node:
    """An item of a list; of a relation the context of its columns."""
    made = tree(logic, spaced, tables)
    if not columns or not isinstance(made, ListOf):
        return made
    return DictOf(tuple((Literal(name, position=0), item) for name, item in zip(columns, made.items, strict=False)), position=0)


def _named(logic: Boxed, parts: dict[str, Node]) -> Node:
    needed = {"conditional": ("if", "then", "else"), "filter": ("in", "match")}.get(logic.kind) or ("in", _ITERATORS[logic.kind])
    missing = [name for name in needed if name not in parts]
    if missing:
        raise Fault(f"the {logic.kind} has no '{missing[0]}'", 0)
    found = [parts[name] for name in needed]
    if logic.kind == "conditional":
        return Conditional(found[0], found[1], found[2], position=0)
    if logic.kind == "filter":
        return Filter(found[0], found[1], position=0)
    clauses = (Clause((logic.names[0],), found[0]),)
    if logic.kind == "for":
        return Comprehension(found[1], clauses, position=0)
    return Quantified(logic.kind == "every", clauses, found[1], position=0)


def _expression(cell: Cell, spaced: frozenset[str]) -> Node:
    read = read_expression(cell.text) if cell.language == "juel" else read_feel(cell.text or "null", spaced)
    if not isinstance(read, Expression):
        raise Fault("is not one expression", 0)
    return read.tree
