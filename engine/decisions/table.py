"""A decision table made ready: each column knows, by value, which rules pass. A set of rules is the bits of a whole number.

Most cells compare with constants; those are looked up. The others are tested once for each different text, not once a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.decisions.model import Cell, Decision, HitPolicy, Rule, Table
from engine.language.evaluation import Evaluator
from engine.language.limits import Fault
from engine.language.operators import equal, is_number
from engine.language.reading import read_expression, read_feel, read_tests
from engine.language.syntax import Expression, Literal, Node, Range, Test, Tests, Unary
from engine.language.values import stored

Row = dict[str, Any]
_NO_VALUE = object()
_SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class CellFault(Exception):
    """A Fault in a cell, with the place of the cell."""

    def __init__(self, fault: Fault, cell: Cell, place: str) -> None:
        super().__init__(fault.message)
        self.fault, self.cell, self.place = fault, cell, place


def constant(node: Node) -> Any:
    """The value of a literal (or a negative number), else _NO_VALUE."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Unary) and node.operator == "-" and isinstance(node.operand, Literal) and is_number(node.operand.value):
        return -node.operand.value
    return _NO_VALUE


def lookup(value: Any) -> Any:
    """What a value is looked up by: equal values have equal keys, true is not 1. None for values that constants never equal."""
    if isinstance(value, bool) or value is None:
        return (value,)
    return value if isinstance(value, int | float | str) else _NO_VALUE


class Column:
    """The tests of one input."""

    def __init__(self, cells: list[tuple[int, Cell, Tests]]) -> None:
        self.anything = 0
        self.equal: dict[Any, int] = {}
        others: dict[str, tuple[Cell, Tests, int]] = {}
        for bit, cell, tests in cells:
            keys = None if tests.negated else [self._key(test) for test in tests.tests]
            if tests.anything:
                self.anything |= bit
            elif keys is not None and _NO_VALUE not in keys:
                for key in keys:
                    self.equal[key] = self.equal.get(key, 0) | bit
            else:
                known = others.get(cell.text, (cell, tests, 0))
                others[cell.text] = (cell, tests, known[2] | bit)
        self.others = [(quick(tests), cell, tests, bits) for cell, tests, bits in others.values()]

    @staticmethod
    def _key(test: Test) -> Any:
        if test.operator not in (None, "==") or isinstance(test.operand, Range):
            return _NO_VALUE
        value = constant(test.operand)
        return lookup(value) if value is not _NO_VALUE else _NO_VALUE

    def passing(self, value: Any, live: int, evaluator: Evaluator, place: str) -> int:
        """The rules, of those still live, whose cell a value passes; as bits."""
        found = self.anything
        key = lookup(value)
        if key is not _NO_VALUE:
            found |= self.equal.get(key, 0)
        number = is_number(value)
        for test, cell, tests, bits in self.others:
            if not bits & live:
                continue
            if test(value) if number and test is not None else _slowly(tests, value, evaluator, cell, place):
                found |= bits
        return found & live


def _slowly(tests: Tests, value: Any, evaluator: Evaluator, cell: Cell, place: str) -> bool:
    try:
        return evaluator.passes(tests, value)
    except Fault as fault:
        raise CellFault(fault, cell, place) from fault


def quick(tests: Tests) -> Callable[[Any], bool] | None:
    """A function of a number, where a cell compares with nothing but constants."""
    checks = [_quick(test) for test in tests.tests]
    known = [check for check in checks if check is not None]
    if len(known) != len(checks):
        return None
    if len(known) == 1 and not tests.negated:
        return known[0]
    return lambda value: any(check(value) for check in known) is not tests.negated


def _quick(test: Test) -> Callable[[Any], bool] | None:
    limit = constant(test.operand)
    if test.operator in (None, "==") and limit is not _NO_VALUE:
        return (lambda value: bool(value == limit)) if is_number(limit) else (lambda value: False)
    if test.operator is not None and test.operator in _SIGNS and is_number(limit):
        compare = _SIGNS[test.operator]
        return lambda value: compare(value, limit)
    if test.operator is None and isinstance(test.operand, Range) and test.operand.low is not None and test.operand.high is not None:
        low, high = constant(test.operand.low), constant(test.operand.high)
        above = _SIGNS[">=" if test.operand.low_closed else ">"]
        below = _SIGNS["<=" if test.operand.high_closed else "<"]
        if is_number(low) and is_number(high):
            return lambda value: above(value, low) and below(value, high)
    return None


class ReadyExpression:
    """An expression of a decision, read once."""

    def __init__(self, cell: Cell, place: str, spaced: frozenset[str]) -> None:
        self.cell, self.place = cell, place
        try:
            read = read_expression(cell.text) if cell.language == "juel" else read_feel(cell.text, spaced)
        except Fault as fault:
            raise CellFault(fault, cell, place) from fault
        if not isinstance(read, Expression):
            raise CellFault(Fault("is not one expression", 0), cell, place)
        self.expression = read

    def value(self, evaluator: Evaluator) -> Any:
        """The value, JSON-like. Raises CellFault."""
        expression = self.expression
        if isinstance(expression.tree, Literal):
            return expression.tree.value
        if expression.dialect is not evaluator.dialect:
            evaluator = Evaluator(evaluator.variables, evaluator.functions, expression.dialect, evaluator.budget)
        try:
            return stored(evaluator.value(expression.tree), evaluator.budget)
        except Fault as fault:
            raise CellFault(fault, self.cell, self.place) from fault


class ReadyTable:
    """A table made ready. Raises CellFault for the first cell that cannot be read."""

    def __init__(self, decision: Decision, table: Table) -> None:
        self.table = table
        self.names = [output.name for output in table.outputs]
        spaced = frozenset(name for name in decision.names if " " in name)
        self.inputs = [ReadyExpression(item.expression, f"input '{item.label}'", spaced) for item in table.inputs]
        self.allowed = [
            None if item.values is None or not item.values.text else self._tests(item.values, "input values", spaced)
            for item in table.inputs
        ]
        self.columns = [
            Column(
                [
                    (1 << row, rule.tests[number], self._tests(rule.tests[number], place(rule), spaced))
                    for row, rule in enumerate(table.rules)
                ]
            )
            for number in range(len(table.inputs))
        ]
        self.results = [[_result(cell, place(rule), spaced) for cell in rule.results] for rule in table.rules]
        self.defaults = [
            _result(output.default, f"default of '{output.name}'", spaced) if output.default else None for output in table.outputs
        ]
        self.orders = [self._order(output.values, spaced) for output in table.outputs]
        self.everything = (1 << len(table.rules)) - 1

    @staticmethod
    def _tests(cell: Cell, where: str, spaced: frozenset[str]) -> Tests:
        try:
            return read_tests(cell.text, spaced)
        except Fault as fault:
            raise CellFault(fault, cell, where) from fault

    def _order(self, cell: Cell | None, spaced: frozenset[str]) -> list[Any] | None:
        if cell is None or not cell.text:
            return None
        return [constant(test.operand) for test in self._tests(cell, "output values", spaced).tests]

    def evaluate(self, evaluator: Evaluator) -> list[Row]:
        """The rows the table gives. Raises CellFault, or Fault with the rules' names where the hit policy is broken."""
        found = self.everything
        for number, column in enumerate(self.columns):
            value = self.inputs[number].value(evaluator)
            self._check_allowed(number, value, evaluator)
            found = column.passing(value, found, evaluator, f"input '{self.table.inputs[number].label}'")
            if not found:
                break
        matches = [row for row in range(found.bit_length()) if found >> row & 1]
        return self._hits(matches, evaluator)

    def _check_allowed(self, number: int, value: Any, evaluator: Evaluator) -> None:
        tests, item = self.allowed[number], self.table.inputs[number]
        if tests is None or value is None or item.values is None:
            return
        if not _slowly(tests, value, evaluator, item.values, f"input '{item.label}'"):
            raise CellFault(Fault(f"{value!r} is not one of the values allowed"), item.values, f"input '{item.label}'")

    def _hits(self, matches: list[int], evaluator: Evaluator) -> list[Row]:
        policy, rules = self.table.policy, self.table.rules
        if not matches:
            return self._nothing(evaluator)
        if policy is HitPolicy.UNIQUE and len(matches) > 1:
            raise Fault(f"the hit policy is UNIQUE, but {_named(rules, matches)} match")
        if policy in (HitPolicy.UNIQUE, HitPolicy.FIRST):
            return [self._row(matches[0], evaluator)]
        rows = [self._row(match, evaluator) for match in matches]
        if policy is HitPolicy.ANY:
            if any(not equal(row, rows[0], evaluator.budget) for row in rows):
                raise Fault(f"the hit policy is ANY, but {_named(rules, matches)} match and differ")
            return rows[:1]
        if policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER):
            rows.sort(key=self._rank)
            return rows[:1] if policy is HitPolicy.PRIORITY else rows
        return self._aggregated(rows, evaluator) if self.table.aggregation else rows

    def _nothing(self, evaluator: Evaluator) -> list[Row]:
        if self.table.aggregation == "COUNT":
            return [{self.names[0]: 0}]
        if any(default is not None for default in self.defaults):
            return [
                {
                    name: None if default is None else default.value(evaluator)
                    for name, default in zip(self.names, self.defaults, strict=True)
                }
            ]
        return []

    def _row(self, match: int, evaluator: Evaluator) -> Row:
        return {name: None if cell is None else cell.value(evaluator) for name, cell in zip(self.names, self.results[match], strict=True)}

    def _rank(self, row: Row) -> tuple[int, ...]:
        """Where a row's values stand in the lists of output values; the first column counts most."""
        return tuple(
            order.index(row[name]) if row[name] in order else len(order)
            for name, order in zip(self.names, self.orders, strict=True)
            if order is not None
        )

    def _aggregated(self, rows: list[Row], evaluator: Evaluator) -> list[Row]:
        from engine.language.lists import maximum, minimum, total

        name = self.names[0]
        values = [row[name] for row in rows]
        if self.table.aggregation == "COUNT":
            return [{name: len(values)}]
        work = {"SUM": total, "MIN": minimum, "MAX": maximum}[self.table.aggregation or "SUM"]
        return [{name: work(evaluator.budget, values)}]


def _result(cell: Cell, where: str, spaced: frozenset[str]) -> ReadyExpression | None:
    return ReadyExpression(cell, where, spaced) if cell.text and cell.text != "-" else None


def place(rule: Rule) -> str:
    """What to call a rule in an error."""
    return f"rule {rule.number} ({rule.id})"


def _named(rules: tuple[Rule, ...], matches: list[int]) -> str:
    return "rules " + ", ".join(f"{rules[match].number} ({rules[match].id})" for match in matches[:5])
