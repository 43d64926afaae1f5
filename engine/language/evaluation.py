"""The syntax tree to a value, within limits. One method a kind of node; the dialects differ only where a method says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from engine.language import coercion, intervals, invocation, iteration, operators, temporal
from engine.language.feel import INPUT
from engine.language.limits import Budget, Fault, Missing
from engine.language.names import folded
from engine.language.syntax import (
    Attribute,
    Binary,
    Call,
    Compare,
    Comprehension,
    Conditional,
    Default,
    Dialect,
    DictOf,
    Filter,
    Index,
    InstanceOf,
    Invoke,
    Lambda,
    ListOf,
    Literal,
    Logic,
    Name,
    Node,
    Quantified,
    Range,
    Slice,
    Test,
    Tests,
    Unary,
)
from engine.language.times import Period
from engine.language.values import Interval, type_name


class Evaluator:
    """Evaluates trees over one set of variables; its budget counts for all of them together."""

    def __init__(self, variables: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]], dialect: Dialect, budget: Budget) -> None:
        self.variables = variables
        self.functions = functions
        self.feel = dialect is Dialect.FEEL
        self.juel = dialect is Dialect.JUEL
        self.dialect = dialect
        self.budget = budget
        self.scopes: list[Mapping[str, Any]] = []  # of comprehensions, filters and contexts, innermost last
        self.depth = 0  # of functions written in the expression that are being called

    def value(self, node: Node) -> Any:
        """The value of a node; a Fault gets the position of the innermost node that it happened in."""
        self.budget.charge()
        try:
            return _METHODS[type(node)](self, node)
        except Fault as fault:
            if fault.position is None:
                fault.position = node.position
            raise

    def truth(self, node: Node) -> bool:
        """Whether a condition holds: true, or (not in FEEL) a number other than 0 and anything that is not empty."""
        return self.true(self.value(node))

    def true(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        if value is None:
            return False
        if self.feel:
            return False  # only true is true (DMN 1.3, 10.3.2.13)
        if self.dialect is Dialect.JUEL and isinstance(value, str) and value.lower() in ("true", "false", ""):
            return value.lower() == "true"
        return bool(value) if isinstance(value, int | float | str | list | tuple | Mapping) else True

    # names and parts
    def literal(self, node: Literal) -> Any:
        return node.value

    def name(self, node: Name) -> Any:
        for scope in reversed(self.scopes):
            if node.name in scope:
                return scope[node.name]
        if node.name in self.variables:
            return self.variables[node.name]
        if not node.name.isascii():
            found = folded(node.name, self.variables)
            if found is not None:
                return self.variables[found]
        if self.feel:
            return None
        raise Missing(f"there is no variable '{node.name}'")

    def attribute(self, node: Attribute) -> Any:
        base = self.value(node.base)
        return self.part(base, node.name)

    def part(self, base: Any, name: str) -> Any:
        if type(base) is dict or isinstance(base, Mapping):
            if name in base:
                return base[name]
            if self.feel:
                return None
            raise Missing(f"there is no key '{name}'")
        if isinstance(base, operators.TEMPORAL | Interval):
            try:
                return intervals.part(base, name) if isinstance(base, Interval) else temporal.part(base, name)
            except KeyError:
                raise Missing(f"{type_name(base)} has no part '{name}'") from None
        if self.feel and isinstance(base, list | tuple):
            self.budget.charge(len(base))
            return [self.part(item, name) for item in base]
        if self.feel:
            return None
        problem = f"{type_name(base)} has no key '{name}'"
        raise Missing(problem) if base is None else Fault(problem)

    def index(self, node: Index) -> Any:
        base, index = self.value(node.base), self.value(node.index)
        if isinstance(base, Mapping):
            if isinstance(index, str) and index in base:
                return base[index]
            raise Missing(f"there is no key {index!r}" if isinstance(index, str) else f"a key is text, not {type_name(index)}")
        if isinstance(base, list | tuple | str):
            position = operators.whole(index)
            if -len(base) <= position < len(base):
                return base[position]
            raise Missing(f"there is no item {position}, there are {len(base)}")
        raise Missing(f"{type_name(base)} has no items")

    def slice(self, node: Slice) -> Any:
        base = self.value(node.base)
        if not isinstance(base, list | tuple | str):
            raise Fault(f"{type_name(base)} has no items")
        bounds = [None if bound is None else operators.whole(self.value(bound)) for bound in (node.start, node.stop, node.step)]
        if bounds[2] == 0:
            raise Fault("the step of a slice cannot be 0")
        self.budget.charge(len(base) >> 3)
        return base[slice(*bounds)]

    def filter(self, node: Filter) -> Any:
        base = self.value(node.base)
        if isinstance(base, Mapping) and isinstance(node.condition, Literal) and isinstance(node.condition.value, str):
            return base.get(node.condition.value)
        if base is None:
            return None if isinstance(node.condition, Literal) else []
        items = list(base) if isinstance(base, list | tuple) else [base]
        if not items:
            return None if isinstance(node.condition, Literal | Unary) else []
        found = []
        for number, item in enumerate(items):
            result = self.about(item, node.condition)
            if number == 0 and operators.is_number(result):
                return operators.feel_item(items, operators.whole(result))
            if result is True:
                found.append(item)
        return found

    def about(self, item: Any, condition: Node) -> Any:
        """The value of a filter's condition, with the item and its keys in sight."""
        scopes = [item, {"item": item}] if isinstance(item, Mapping) else [{"item": item}]
        self.scopes.extend(scopes)
        try:
            return self.value(condition)
        finally:
            del self.scopes[-len(scopes) :]

    # operators
    def unary(self, node: Unary) -> Any:
        if node.operator in ("empty", "defined"):
            try:
                value = self.value(node.operand)
            except Missing:
                return node.operator == "empty"
            if node.operator == "defined":
                return value is not None if self.feel else True
            return value is None or (isinstance(value, str | list | tuple | Mapping) and len(value) == 0)
        value = self.value(node.operand)
        if node.operator == "not":
            return None if self.feel and not isinstance(value, bool) else not self.true(value)
        if operators.is_number(value):
            return -value if node.operator == "-" else value
        if isinstance(value, timedelta | Period):
            return -value if node.operator == "-" else value
        if self.feel:
            return None
        raise Fault(f"'{node.operator}' needs a number, not {type_name(value)}")

    def binary(self, node: Binary) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        if self.feel:
            return operators.arithmetic_or_null(node.operator, left, right, self.budget)
        if self.juel and type(left) is not type(right):
            left, right = coercion.alike(left, right)
        return operators.arithmetic(node.operator, left, right, self.budget)

    def compare(self, node: Compare) -> Any:
        left = self.value(node.first)
        for operator, operand in node.rest:
            right = self.value(operand)
            result = self.compared(operator, left, right)
            if result is not True:
                return result
            left = right
        return True

    def compared(self, operator: str, left: Any, right: Any) -> bool | None:
        if self.juel and type(left) is not type(right):
            left, right = coercion.alike(left, right)
            if (left is None or right is None) and operator in ("<", "<=", ">", ">="):
                return False
        if operator == "==":
            return operators.equal(left, right, self.budget)
        if operator == "!=":
            return not operators.equal(left, right, self.budget)
        if operator in ("in", "not in"):
            return operators.contains(right, left, self.budget) is (operator == "in")
        if self.feel and not operators.comparable(left, right):
            return None
        return operators.compare(operator, left, right)

    def logic(self, node: Logic) -> Any:
        """In FEEL with three values; in plain text the deciding operand, as in Python; in JUEL true or false."""
        decides = node.operator == "or"
        if self.feel:
            unknown = False
            for operand in node.operands:
                value = self.value(operand)
                if value is decides:
                    return decides
                unknown = unknown or not isinstance(value, bool)
            return None if unknown else not decides
        value = None
        for operand in node.operands:
            value = self.value(operand)
            if self.true(value) is decides:
                break
        return self.true(value) if self.dialect is Dialect.JUEL else value

    def conditional(self, node: Conditional) -> Any:
        return self.value(node.then if self.truth(node.condition) else node.otherwise)

    def default(self, node: Default) -> Any:
        try:
            value = self.value(node.operand)
        except Missing:
            value = None
        return self.value(node.fallback) if value is None else value

    # collections
    def list_of(self, node: ListOf) -> list[Any]:
        return [self.value(item) for item in node.items]

    def dict_of(self, node: DictOf) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.feel:
            self.scopes.append(found)
        try:
            for key, item in node.items:
                found[self.key(key)] = self.value(item)
        finally:
            if self.feel:
                self.scopes.pop()
        return found

    def key(self, node: Node) -> str:
        key = self.value(node)
        if not isinstance(key, str):
            raise Fault(f"a key must be text, not {type_name(key)}", node.position)
        return key

    # FEEL
    def range(self, node: Range) -> Interval:
        low = None if node.low is None else self.value(node.low)
        high = None if node.high is None else self.value(node.high)
        return Interval(low, high, node.low_closed, node.high_closed)

    def tests(self, node: Tests) -> bool:
        if node.value is None:
            return self.passes(node, self.variables.get(INPUT))
        return self.passes(node, self.value(node.value))

    def passes(self, node: Tests, value: Any) -> bool:
        """Whether a value passes a cell's tests."""
        if node.anything:
            return True
        self.scopes.append({INPUT: value})
        try:
            return any(self.test(test, value) for test in node.tests) is not node.negated
        finally:
            self.scopes.pop()

    def test(self, node: Test, value: Any) -> bool:
        expected = self.value(node.operand)
        if node.operator is not None:
            return self.compared(node.operator, value, expected) is True
        if isinstance(expected, Interval) and not isinstance(value, Interval):
            return operators.within(expected, value)
        if isinstance(expected, list | tuple) and not isinstance(value, list | tuple):
            return operators.contains(expected, value, self.budget)
        if isinstance(expected, bool) and (not isinstance(value, bool) or node.is_condition):
            return expected
        return operators.equal(value, expected, self.budget)

    def instance_of(self, node: InstanceOf) -> bool:
        return operators.INSTANCES[node.type_name](self.value(node.operand))


_METHODS: Mapping[type[Node], Callable[[Evaluator, Any], Any]] = {
    Literal: Evaluator.literal, Name: Evaluator.name, Attribute: Evaluator.attribute, Index: Evaluator.index, Slice: Evaluator.slice,
    Filter: Evaluator.filter, Unary: Evaluator.unary, Binary: Evaluator.binary, Compare: Evaluator.compare, Logic: Evaluator.logic,
    Conditional: Evaluator.conditional, Default: Evaluator.default, Call: invocation.call, ListOf: Evaluator.list_of,
    DictOf: Evaluator.dict_of, Comprehension: iteration.comprehension, Quantified: iteration.quantified, Range: Evaluator.range,
    Tests: Evaluator.tests, InstanceOf: Evaluator.instance_of, Lambda: invocation.closure, Invoke: invocation.invoke,
}  # fmt: skip
