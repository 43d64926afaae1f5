"""The syntax tree to a value, within limits. One method a kind of node; the dialects differ only where a method says so."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from datetime import date, timedelta
from typing import Any

from engine.errors import RuamError
from engine.language import operators, temporal
from engine.language.feel import INPUT
from engine.language.functions import FUNCTIONS
from engine.language.limits import Budget, Fault, Missing
from engine.language.syntax import (
    Attribute,
    Binary,
    Call,
    Clause,
    Compare,
    Comprehension,
    Conditional,
    Default,
    Dialect,
    DictOf,
    Filter,
    Index,
    InstanceOf,
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
        self.dialect = dialect
        self.budget = budget
        self.scopes: list[Mapping[str, Any]] = []  # of comprehensions, filters and contexts, innermost last

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
            raise Fault(f"expected true or false, not {type_name(value)}")
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
        if isinstance(base, date | timedelta | Period):
            try:
                return temporal.part(base, name)
            except KeyError:
                raise Missing(f"{type_name(base)} has no part '{name}'") from None
        if self.feel and base is None:
            return None
        if self.feel and isinstance(base, list | tuple):
            self.budget.charge(len(base))
            return [self.part(item, name) for item in base]
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
            return None if value is None and self.feel else not self.true(value)
        if value is None and self.feel:
            return None
        if operators.is_number(value):
            return -value if node.operator == "-" else value
        if isinstance(value, timedelta | Period):
            return -value if node.operator == "-" else value
        raise Fault(f"'{node.operator}' needs a number, not {type_name(value)}")

    def binary(self, node: Binary) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        if self.feel and (left is None or right is None):
            return None
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
        if operator == "==":
            return operators.equal(left, right, self.budget)
        if operator == "!=":
            return not operators.equal(left, right, self.budget)
        if operator in ("in", "not in"):
            return operators.contains(right, left, self.budget) is (operator == "in")
        if self.feel and (left is None or right is None):
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

    def call(self, node: Call) -> Any:
        arguments = [self.value(argument) for argument in node.arguments]
        named = {name: self.value(argument) for name, argument in node.named}
        given = self.functions.get(node.function)
        own = FUNCTIONS.get(node.function)
        if given is None and own is None:
            raise Fault(f"there is no function '{node.function}'")
        try:
            result = given(*arguments, **named) if given is not None else own(self.budget, *arguments, **named)  # type: ignore[misc]
        except (Fault, RuamError):
            raise
        except TypeError as error:
            raise Fault(f"'{node.function}' was given wrong arguments ({error})") from error
        except (ValueError, ArithmeticError, LookupError, AttributeError) as error:
            raise Fault(f"'{node.function}' failed ({error})") from error
        if isinstance(result, str | list | dict):
            self.budget.check_size(len(result))  # copies cost memory, however quickly they are made
        return result

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

    def comprehension(self, node: Comprehension) -> Any:
        if node.key is not None:
            pairs: dict[str, Any] = {}
            with closing(self.rounds(node.clauses)) as rounds:
                for _ in rounds:
                    pairs[self.key(node.key)] = self.value(node.element)
            return pairs
        found: list[Any] = []
        with closing(self.rounds(node.clauses, partial=found)) as rounds:
            for _ in rounds:
                found.append(self.value(node.element))  # `partial` sees it grow
        return found

    def rounds(self, clauses: tuple[Clause, ...], partial: list[Any] | None = None) -> Generator[None, None, None]:
        """Every combination of the clauses' names, in sight while the caller looks at it. To be closed: a fault may end it early."""
        clause, rest = clauses[0], clauses[1:]
        for item in self.items(clause.source):
            self.scopes.append(self.bound(clause, item, partial))
            try:
                if all(self.truth(condition) for condition in clause.conditions):
                    if rest:
                        yield from self.rounds(rest, partial)
                    else:
                        yield
            finally:
                self.scopes.pop()

    def bound(self, clause: Clause, item: Any, partial: list[Any] | None) -> dict[str, Any]:
        if len(clause.names) == 1:
            scope = {clause.names[0]: item}
        elif isinstance(item, list | tuple) and len(item) == len(clause.names):
            scope = dict(zip(clause.names, item, strict=True))
        else:
            raise Fault(f"cannot take {len(clause.names)} names from {type_name(item)}", clause.source.position)
        if self.feel and partial is not None:
            scope["partial"] = partial
        return scope

    def items(self, node: Node) -> Iterator[Any]:
        source = self.value(node)
        if isinstance(source, Interval):
            low, high = operators.whole(source.low), operators.whole(source.high)
            step = 1 if high >= low else -1
            for number in range(low, high + step, step):
                self.budget.charge()
                yield number
            return
        if source is None and self.feel:
            return
        if not isinstance(source, list | tuple | Mapping):
            if not self.feel:
                raise Fault(f"cannot go through {type_name(source)}", node.position)
            source = [source]
        for item in list(source):
            self.budget.charge()
            yield item

    def quantified(self, node: Quantified) -> bool:
        with closing(self.rounds(node.clauses)) as rounds:
            for _ in rounds:
                if self.truth(node.condition) is not node.every:
                    return not node.every
        return node.every

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
        if isinstance(expected, Interval):
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
    Conditional: Evaluator.conditional, Default: Evaluator.default, Call: Evaluator.call, ListOf: Evaluator.list_of,
    DictOf: Evaluator.dict_of, Comprehension: Evaluator.comprehension, Quantified: Evaluator.quantified, Range: Evaluator.range,
    Tests: Evaluator.tests, InstanceOf: Evaluator.instance_of,
}  # fmt: skip
