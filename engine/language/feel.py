"""What FEEL writes differently: `=`, if-then-else, for-return, some/every, ranges, filters, contexts, names of several words, tests."""

from __future__ import annotations

from engine.language import functions as table
from engine.language.limits import Fault
from engine.language.names import free_names
from engine.language.operators import INSTANCES
from engine.language.parser import COMPARE, NOT, OR, POWER, SUM, Parser
from engine.language.syntax import (
    Call,
    Clause,
    Compare,
    Comprehension,
    Conditional,
    DictOf,
    Filter,
    InstanceOf,
    Lambda,
    ListOf,
    Literal,
    Name,
    Node,
    Quantified,
    Range,
    Test,
    Tests,
    Unary,
)
from engine.language.tokens import Token

_RESERVED = frozenset(
    {"and", "or", "in", "if", "then", "else", "for", "return", "some", "every", "satisfies", "between", "instance", "true", "false", "null"}
)
_COMPARISONS = {"=": "==", "==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_INFIX = {
    **{sign: (COMPARE, operator) for sign, operator in _COMPARISONS.items()},
    "in": (COMPARE, "in"), "between": (COMPARE, "between"), "instance": (COMPARE, "instance"),
    "or": (OR, "or"), "and": (OR + 1, "and"), "+": (SUM, "+"), "-": (SUM, "-"),
    "*": (SUM + 1, "*"), "/": (SUM + 1, "/"), "**": (POWER, "**"),
}  # fmt: skip
_AFTER_RANGE = frozenset({",", ")", "]", "}", "and", "or", "then", "else", "return", "satisfies", ""})
INPUT = "?"  # the name a unary test's value has in the tree


class FeelParser(Parser):
    """`spaced`: variable names that contain spaces (inputs of a decision), so that `Applicant Age > 18` reads."""

    reserved = _RESERVED

    def __init__(self, tokens: list[Token], spaced: frozenset[str] = frozenset()) -> None:
        super().__init__(tokens)
        self.spaced = spaced
        self.open_ranges = 0

    def infix_here(self) -> tuple[int, str] | None:
        token = self.token
        return _INFIX.get(token.value) if token.kind in ("operator", "name") else None

    def comparison(self, first: Node) -> Node:
        position = self.token.position
        word = self.advance().value
        if word == "between":
            low = self.expression(SUM)
            self.expect("and")
            high = self.expression(SUM)
            return Compare(low, (("<=", first), ("<=", high)), position=position)
        if word == "instance":
            if self.advance().value != "of":
                raise Fault("expected 'instance of'", position)
            return InstanceOf(first, self.type_name(), position=position)
        if word == "in":
            return self.membership(first, position)
        return Compare(first, ((_COMPARISONS[word], self.expression(SUM)),), position=position)

    def type_name(self) -> str:
        position, words = self.token.position, [self.advance().value]
        while self.token.kind == "name" and any(name.startswith(" ".join([*words, self.token.value])) for name in INSTANCES):
            words.append(self.advance().value)
        name = " ".join(words)
        if name not in INSTANCES:
            raise Fault(f"unknown type '{name}'", position)
        if self.accept("<"):
            self.inner_types()
        if self.accept("->"):
            self.type_name()
        return name

    def inner_types(self) -> None:
        """`list<number>`, `context<a: string>`: what is inside is not looked at."""
        depth = 1
        while depth and self.token.kind != "end":
            sign = self.advance().value
            depth += (sign == "<") - (sign == ">")

    def membership(self, value: Node, position: int) -> Node:
        """`x in (> 5, [1..3])`, `x in [1..3]`, `x in xs`."""
        if self.at("(") and (tests := self.parenthesised_tests()) is not None:
            return Tests(value, tests, position=position)
        return Tests(value, (self.test(SUM),), position=position)

    def parenthesised_tests(self) -> tuple[Test, ...] | None:
        """The tests between parentheses; None (and nothing read) where it is a range such as (1..5)."""
        start, nesting = self.index, self.nesting
        self.advance()
        tests = [self.test()]
        while self.accept(","):
            tests.append(self.test())
        if self.accept(")"):
            return tuple(tests)
        self.index, self.nesting = start, nesting
        return None

    # unary tests
    def unary_tests(self) -> Tests:
        """A cell of a decision table."""
        position = self.token.position
        if self.token.kind == "end" or (self.at("-") and self.peek().kind == "end"):
            return Tests(None, (), anything=True, position=position)
        negated = self.at("not") and self.peek().value == "("
        start, nesting = self.index, self.nesting
        if negated:
            self.index += 2
        tests = [self.test()]
        while self.accept(","):
            tests.append(self.test())
        if negated:
            self.expect(")")
        if self.token.kind != "end":
            if not negated:
                raise self.unexpected("expected ',' or the end")
            self.index, self.nesting = start, nesting  # "not(a) and b": an expression after all
            tests, negated = [self.test()], False
            if self.token.kind != "end":
                raise self.unexpected("expected ',' or the end")
        return Tests(None, tuple(tests), negated, position=position)

    def test(self, level: int = OR) -> Test:
        token = self.token
        if token.kind == "operator" and token.value in _COMPARISONS:
            self.advance()
            return Test(_COMPARISONS[token.value], self.expression(SUM), position=token.position)
        operand = self.expression(level)
        return Test(None, operand, INPUT in free_names(operand), position=token.position)

    # operands
    def allows_if(self) -> bool:
        return False

    def conditional(self, left: Node) -> Node:
        return left

    def prefix(self) -> Node:
        token = self.token
        if token.kind == "name":
            if token.value == "not":
                return self.negation()
            if token.value == "if":
                return self.if_then_else()
            if token.value == "for":
                return self.for_return()
            if token.value in ("some", "every"):
                return self.quantified()
        return super().prefix()

    def negation(self) -> Node:
        token = self.advance()
        if not self.at("("):
            return Unary("not", self.expression(NOT), position=token.position)
        self.advance()
        operand = self.expression()
        self.expect(")")
        return Unary("not", operand, position=token.position)

    def if_then_else(self) -> Node:
        position = self.advance().position
        condition = self.expression()
        self.expect("then")
        then = self.expression()
        self.expect("else")
        return Conditional(condition, then, self.expression(), position=position)

    def iterations(self) -> tuple[Clause, ...]:
        found: list[Clause] = []
        while True:
            name = self.identifier()
            self.expect("in")
            position = self.token.position
            source = self.expression()
            if self.at(".."):
                self.advance()
                source = Range(source, self.expression(SUM), position=position)
            found.append(Clause((name,), source))
            if not self.accept(","):
                return tuple(found)

    def for_return(self) -> Node:
        position = self.advance().position
        clauses = self.iterations()
        self.expect("return")
        return Comprehension(self.expression(), clauses, position=position)

    def quantified(self) -> Node:
        word = self.advance()
        clauses = self.iterations()
        self.expect("satisfies")
        return Quantified(word.value == "every", clauses, self.expression(), position=word.position)

    def primary(self) -> Node:
        token = self.token
        if token.kind == "name" and token.value == "function" and self.peek().value == "(":
            return self.function_literal()
        if self.accept("?"):
            return Name(INPUT, position=token.position)
        if self.accept("@"):
            text = self.advance()
            if text.kind != "string":
                raise Fault("expected a date or duration in quotes after @", token.position)
            return Call("temporal", (Literal(text.value, position=text.position),), position=token.position)
        if self.accept("]"):
            self.open_ranges += 1
            node = self.range_from(self.expression(SUM), False, token.position)
            self.open_ranges -= 1
            return node
        if self.accept("("):
            node = self.expression()
            if self.at(".."):
                return self.range_from(node, False, token.position)
            self.expect(")")
            return node
        return super().primary()

    def function_literal(self) -> Node:
        """`function(a, b: number) a + b`."""
        position = self.advance().position
        self.advance()
        names: list[str] = []
        while not self.at(")"):
            names.append(self.identifier())
            if self.accept(":"):
                self.type_name()
            if not self.accept(","):
                break
        self.expect(")")
        if self.at("external"):
            raise Fault("functions of Java are not part of the language", self.token.position)
        return Lambda(tuple(names), self.expression(), position=position)

    def key_after_dot(self) -> Token:
        """A key of several words: `ctx.first name`."""
        key = super().key_after_dot()
        while self.token.kind == "name" and self.token.value not in self.reserved and self.peek(0).kind == "name":
            key = key._replace(value=f"{key.value} {self.advance().value}")
        return key

    def argument_name(self) -> str | None:
        """`start position:` before an argument."""
        words, offset = [], 0
        while self.peek(offset).kind == "name":
            words.append(self.peek(offset).value)
            offset += 1
        if not words or self.peek(offset).value != ":" or self.peek(offset).kind != "operator":
            return None
        self.index += offset + 1
        return " ".join(words)

    def list_literal(self, position: int) -> Node:
        items: list[Node] = []
        while not self.at("]"):
            items.append(self.expression())
            if len(items) == 1 and self.at(".."):
                return self.range_from(items[0], True, position)
            if not self.accept(","):
                break
        self.expect("]")
        return ListOf(tuple(items), position=position)

    def range_from(self, low: Node, low_closed: bool, position: int) -> Node:
        """What follows the lower end: `..5]`, `..5)`, `..5[`."""
        self.expect("..")
        self.open_ranges += 1
        high = self.expression(SUM)
        self.open_ranges -= 1
        if not (end := self.accept("]", ")", "[")):
            raise self.unexpected("expected the end of the range")
        return Range(low, high, low_closed, end.value == "]", position=position)

    def allows_bracket(self) -> bool:
        return not (self.open_ranges and self.peek().value in _AFTER_RANGE)

    def subscript(self, base: Node, position: int) -> Node:
        condition = self.expression()
        self.expect("]")
        return Filter(base, condition, position=position)

    def dict_literal(self, position: int) -> Node:
        items: list[tuple[Node, Node]] = []
        while not self.at("}"):
            key = self.dict_key()
            self.expect(":")
            items.append((key, self.expression()))
            if not self.accept(","):
                break
        self.expect("}")
        return DictOf(tuple(items), position=position)

    def dict_key(self) -> Node:
        """A key of a context: text, or one or more words."""
        token = self.token
        if token.kind not in ("string", "name"):
            raise self.unexpected("expected a key")
        words = [self.advance().value]
        while token.kind == "name" and self.token.kind == "name":
            words.append(self.advance().value)
        return Literal(" ".join(words), position=token.position)

    def word(self) -> Node:
        """A name, which may be several words: a function (`string length(`) or a known variable."""
        token = self.token
        words: list[str] = []
        best = 0
        for offset in range(6):
            following = self.peek(offset)
            if following.kind != "name":
                break
            words.append(following.value)
            joined = " ".join(words)
            is_function = joined in table.SPACED and self.peek(offset + 1).value == "("
            if len(words) > 1 and (is_function or joined in self.spaced):
                best = len(words)
        if not best:
            return super().word()
        joined = " ".join(words[:best])
        self.index += best
        if joined in table.SPACED and self.accept("("):
            return self.call(table.SPACED[joined], [], token.position)
        if joined in self.spaced and self.accept("("):
            return self.call(joined, [], token.position)
        return Name(joined, position=token.position)
