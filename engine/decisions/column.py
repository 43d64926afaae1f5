"""The tests of one input, made ready: which rules a value passes. Constants are looked up; what else there is, is tested once a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from engine.decisions.model import Cell, Input
from engine.decisions.ready import CellFault, ReadyExpression
from engine.language.evaluation import Evaluator
from engine.language.limits import Fault
from engine.language.names import free_names
from engine.language.operators import is_number
from engine.language.syntax import Call, Literal, Node, Range, Test, Tests, Unary
from engine.language.times import parse_temporal, start_of_day

CELL_INPUT = "cellInput"  # what Camunda calls the value where the column gives it no name
_NO_VALUE = object()
_SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
Check = Callable[[Any], bool]


def constant(node: Node) -> Any:
    """The value of a literal, a negative number or a date written out; else _NO_VALUE."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Unary) and node.operator == "-" and isinstance(node.operand, Literal) and is_number(node.operand.value):
        return -node.operand.value
    if isinstance(node, Call) and node.function in ("date", "date_and_time", "temporal") and len(node.arguments) == 1:
        written = node.arguments[0]
        found = instant(written.value) if isinstance(written, Literal) else None
        return found if found is not None else _NO_VALUE
    return _NO_VALUE


def instant(value: Any) -> datetime | None:
    """The moment a date, or a text that says one, is; None for anything else."""
    if isinstance(value, str):
        if value[4:5] != "-" or len(value) < 10:
            return None
        try:
            value = parse_temporal(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=start_of_day(value).tzinfo)
    return start_of_day(value) if isinstance(value, date) else None


def lookup(value: Any) -> Any:
    """What a value is looked up by: equal values have equal keys, true is not 1. _NO_VALUE for values that constants never equal."""
    if isinstance(value, bool) or value is None:
        return (value,)
    return value if isinstance(value, int | float | str) else _NO_VALUE


class Column:
    """The tests of one input. A cell is (its rule as a bit, its text, its tests or JUEL expression, what to call it)."""

    def __init__(self, item: Input, cells: list[tuple[int, Cell, Tests | ReadyExpression, str]]) -> None:
        self.anything = 0
        self.equal: dict[Any, int] = {}
        self.name = item.variable or CELL_INPUT
        others: dict[tuple[str, str], tuple[Cell, Tests | ReadyExpression, str, int]] = {}
        for bit, cell, tests, where in cells:
            keys = None if isinstance(tests, ReadyExpression) or tests.negated else [_key(test) for test in tests.tests]
            if isinstance(tests, Tests) and tests.anything:
                self.anything |= bit
            elif keys is not None and _NO_VALUE not in keys:
                for key in keys:
                    self.equal[key] = self.equal.get(key, 0) | bit
            else:
                known = others.get((cell.language, cell.text), (cell, tests, where, 0))
                others[cell.language, cell.text] = (*known[:3], known[3] | bit)
        self.numeric: list[tuple[Check, int]] = []
        self.dated: list[tuple[Check, int]] = []
        self.slow: list[tuple[Cell, Tests | ReadyExpression, str, int, bool]] = []
        for cell, tests, where, bits in others.values():
            check = quick(tests, is_number) if isinstance(tests, Tests) else None
            moment = quick(tests, lambda value: isinstance(value, datetime)) if isinstance(tests, Tests) else None
            if check is not None:
                self.numeric.append((check, bits))
            elif moment is not None:
                self.dated.append((moment, bits))
            else:
                named = isinstance(tests, ReadyExpression) or self.name in free_names(tests)
                self.slow.append((cell, tests, where, bits, named))

    def passing(self, value: Any, live: int, evaluator: Evaluator) -> int:
        """The rules, of those still live, whose cell a value passes; as bits. Raises CellFault."""
        found = self.anything
        key = lookup(value)
        if key is not _NO_VALUE:
            found |= self.equal.get(key, 0)
        if self.numeric and is_number(value):
            for check, bits in self.numeric:
                if bits & live and check(value):
                    found |= bits
        elif self.numeric:
            found |= _negations(self.numeric, live)
        if self.dated:
            moment = instant(value)
            found |= _negations(self.dated, live) if moment is None else _checked(self.dated, moment, live)
        for cell, tests, where, bits, named in self.slow:
            if bits & live and self._passes(tests, value, evaluator, cell, where, named=named):
                found |= bits
        return found & live

    def _passes(self, tests: Tests | ReadyExpression, value: Any, evaluator: Evaluator, cell: Cell, where: str, *, named: bool) -> bool:
        if not named:
            return passes(evaluator, tests, value, cell, where)
        evaluator.scopes.append({self.name: value})
        try:
            return passes(evaluator, tests, value, cell, where)
        finally:
            evaluator.scopes.pop()


def passes(evaluator: Evaluator, tests: Tests | ReadyExpression, value: Any, cell: Cell, where: str) -> bool:
    """Whether a value passes a cell. Raises CellFault."""
    try:
        return tests.value(evaluator) is True if isinstance(tests, ReadyExpression) else evaluator.passes(tests, value)
    except Fault as fault:
        raise CellFault(fault, cell, where) from fault


class _Never:
    """A value that no constant equals and that lies on no side of any."""


def _negations(checks: list[tuple[Check, int]], live: int) -> int:
    """What a value of another type passes: `not(…)` alone."""
    return _checked(checks, _Never(), live)


def _checked(checks: list[tuple[Check, int]], value: Any, live: int) -> int:
    found = 0
    for check, bits in checks:
        if bits & live and check(value):
            found |= bits
    return found


def _key(test: Test) -> Any:
    if test.operator not in (None, "==") or isinstance(test.operand, Range):
        return _NO_VALUE
    value = constant(test.operand)
    return lookup(value) if value is not _NO_VALUE else _NO_VALUE


def quick(tests: Tests, kind: Callable[[Any], bool]) -> Check | None:
    """A function of a value of a kind, where a cell compares with nothing but constants of that kind."""
    checks = [_quick(test, kind) for test in tests.tests]
    known = [check for check in checks if check is not None]
    if len(known) != len(checks) or not known:
        return None
    if len(known) == 1 and not tests.negated:
        return known[0]
    return lambda value: any(check(value) for check in known) is not tests.negated


def _quick(test: Test, kind: Callable[[Any], bool]) -> Check | None:
    limit = constant(test.operand)
    if test.operator in (None, "==", "!=") and kind(limit):
        return (lambda value: bool(value != limit)) if test.operator == "!=" else (lambda value: bool(value == limit))
    if test.operator is not None and test.operator in _SIGNS and kind(limit):
        compare = _SIGNS[test.operator]
        return lambda value: not isinstance(value, _Never) and compare(value, limit)
    if test.operator is None and isinstance(test.operand, Range) and test.operand.low is not None and test.operand.high is not None:
        low, high = constant(test.operand.low), constant(test.operand.high)
        above = _SIGNS[">=" if test.operand.low_closed else ">"]
        below = _SIGNS["<=" if test.operand.high_closed else "<"]
        if kind(low) and kind(high):
            return lambda value: not isinstance(value, _Never) and above(value, low) and below(value, high)
    return None
