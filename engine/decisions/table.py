"""A decision table made ready: each column knows, by value, which rules pass. A set of rules is the bits of a whole number."""

from __future__ import annotations

from typing import Any

from engine.decisions.column import Column, constant, passes
from engine.decisions.model import Cell, HitPolicy, Input, Rule, Table
from engine.decisions.ready import CellFault, ReadyExpression
from engine.decisions.types import Conversion, conversion
from engine.language.evaluation import Evaluator
from engine.language.limits import Fault
from engine.language.lists import maximum, minimum, total
from engine.language.operators import equal
from engine.language.reading import read_tests
from engine.language.syntax import Tests

Row = dict[str, Any]


class ReadyTable:
    """A table made ready. Raises CellFault for the first cell that cannot be read."""

    def __init__(self, table: Table, spaced: frozenset[str]) -> None:
        """`spaced`: names of several words that its expressions may use."""
        self.table, self.spaced = table, spaced
        self.names = [output.name for output in table.outputs]
        self.inputs = [ReadyExpression(item.expression, f"input '{item.label}'", spaced, conversion(item.type)) for item in table.inputs]
        self.allowed = [
            None if item.values is None or not item.values.text else self._tests(item.values, f"values of input '{item.label}'")
            for item in table.inputs
        ]
        self.columns = [self._column(number, item) for number, item in enumerate(table.inputs)]
        kinds = [conversion(output.type) for output in table.outputs]
        self.results = [
            [
                self._result(cell, f"{place(rule)}, output '{name}'", kind)
                for cell, name, kind in zip(rule.results, self.names, kinds, strict=False)
            ]
            for rule in table.rules
        ]
        self.defaults = [
            self._result(output.default, f"default of '{output.name}'", kind) if output.default else None
            for output, kind in zip(table.outputs, kinds, strict=True)
        ]
        self.orders = [self._order(output.values, output.name) for output in table.outputs]
        self.everything = (1 << len(table.rules)) - 1

    def _column(self, number: int, item: Input) -> Column:
        found: list[tuple[int, Cell, Tests | ReadyExpression, str]] = []
        for row, rule in enumerate(self.table.rules):
            cell, where = rule.tests[number], f"{place(rule)}, input '{item.label}'"
            tests = ReadyExpression(cell, where, self.spaced) if cell.language == "juel" else self._tests(cell, where)
            found.append((1 << row, cell, tests, where))
        return Column(item, found)

    def _result(self, cell: Cell, where: str, kind: Conversion | None) -> ReadyExpression | None:
        return ReadyExpression(cell, where, self.spaced, kind) if cell.text and cell.text != "-" else None

    def _tests(self, cell: Cell, where: str) -> Tests:
        try:
            return read_tests(cell.text, self.spaced)
        except Fault as fault:
            raise CellFault(fault, cell, where) from fault

    def _order(self, cell: Cell | None, name: str) -> list[Any] | None:
        if cell is None or not cell.text:
            return None
        return [constant(test.operand) for test in self._tests(cell, f"values of output '{name}'").tests]

    def evaluate(self, evaluator: Evaluator) -> list[Row]:
        """The rows the table gives. Raises CellFault, or Fault with the rules' names where the hit policy is broken."""
        return self._hits(self.matching(evaluator), evaluator)

    def matching(self, evaluator: Evaluator) -> list[int]:
        """Which rules match, counted from 0. Raises CellFault."""
        found = self.everything
        for number, column in enumerate(self.columns):
            value = self.inputs[number].value(evaluator, inside=True)
            self._check_allowed(number, value, evaluator)
            found = column.passing(value, found, evaluator)
            if not found:
                break
        return [row for row in range(found.bit_length()) if found >> row & 1]

    def _check_allowed(self, number: int, value: Any, evaluator: Evaluator) -> None:
        tests, item = self.allowed[number], self.table.inputs[number]
        if tests is None or value is None or item.values is None:
            return
        if not passes(evaluator, tests, value, item.values, f"input '{item.label}'"):
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
        name = self.names[0]
        values = [row[name] for row in rows]
        if self.table.aggregation == "COUNT":
            return [{name: len(values)}]
        work = {"SUM": total, "MIN": minimum, "MAX": maximum}[self.table.aggregation or "SUM"]
        return [{name: work(evaluator.budget, values)}]


def place(rule: Rule) -> str:
    """What to call a rule in an error."""
    return f"rule {rule.number} ({rule.id})"


def _named(rules: tuple[Rule, ...], matches: list[int]) -> str:
    return "rules " + ", ".join(f"{rules[match].number} ({rules[match].id})" for match in matches[:5])
