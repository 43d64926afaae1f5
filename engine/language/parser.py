"""Tokens to the syntax tree: the grammar that plain Python-like text and JUEL share. FEEL's differences: feel.py.

Precedence climbing: `expression(level)` reads operators that bind at least as tightly as `level`.
"""

from __future__ import annotations

from engine.language import methods
from engine.language.limits import MAX_NESTING, Fault
from engine.language.literals import interpolated, number, special_form
from engine.language.syntax import (
    Attribute,
    Binary,
    Call,
    Clause,
    Compare,
    Comprehension,
    Conditional,
    DictOf,
    Index,
    Invoke,
    Lambda,
    ListOf,
    Literal,
    Logic,
    Name,
    Node,
    Slice,
    Unary,
)
from engine.language.tokens import Token, tokenize

CONDITIONAL, OR, AND, NOT, COMPARE, SUM, PRODUCT, UNARY, POWER = range(1, 10)

_INFIX = {
    "or": (OR, "or"), "||": (OR, "or"), "and": (AND, "and"), "&&": (AND, "and"),
    "==": (COMPARE, "=="), "eq": (COMPARE, "=="), "!=": (COMPARE, "!="), "ne": (COMPARE, "!="), "is": (COMPARE, "=="),
    "<": (COMPARE, "<"), "lt": (COMPARE, "<"), "<=": (COMPARE, "<="), "le": (COMPARE, "<="),
    ">": (COMPARE, ">"), "gt": (COMPARE, ">"), ">=": (COMPARE, ">="), "ge": (COMPARE, ">="),
    "in": (COMPARE, "in"), "not": (COMPARE, "not in"),
    "+": (SUM, "+"), "-": (SUM, "-"),
    "*": (PRODUCT, "*"), "/": (PRODUCT, "/"), "div": (PRODUCT, "/"), "//": (PRODUCT, "//"), "%": (PRODUCT, "%"), "mod": (PRODUCT, "%"),
    "**": (POWER, "**"),
}  # fmt: skip
CONSTANTS = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
RESERVED = frozenset({"and", "or", "not", "in", "is", "if", "else", "for", *CONSTANTS})


class Parser:
    """Reads one expression (or, with `statement`, one after another) from tokens."""

    reserved = RESERVED

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.index = 0
        self.nesting = 0

    # tokens
    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def peek(self, offset: int = 1) -> Token:
        return self.tokens[min(self.index + offset, len(self.tokens) - 1)]

    def advance(self) -> Token:
        token = self.tokens[self.index]
        if token.kind != "end":
            self.index += 1
        return token

    def at(self, *values: str) -> bool:
        """Whether an operator or word of these stands here (a text literal never does)."""
        token = self.token
        return token.kind in ("operator", "name") and token.value in values

    def accept(self, *values: str) -> Token | None:
        return self.advance() if self.at(*values) else None

    def expect(self, value: str) -> Token:
        if not self.at(value):
            raise self.unexpected(f"expected '{value}'")
        return self.advance()

    def unexpected(self, expected: str) -> Fault:
        token = self.token
        found = "the end" if token.kind == "end" else "the end of the line" if token.kind == "newline" else f"{token.value!r}"
        return Fault(f"{expected}, found {found}", token.position)

    def identifier(self) -> str:
        token = self.token
        if token.kind != "name" or token.value in self.reserved:
            raise self.unexpected("expected a name")
        return self.advance().value

    # entry points
    def whole(self) -> Node:
        """One expression and nothing behind it."""
        node = self.expression()
        if self.token.kind != "end":
            raise self.unexpected("expected an operator or the end")
        return node

    # expressions
    def expression(self, level: int = CONDITIONAL) -> Node:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise Fault("is nested too deeply", self.token.position)
        left = self.prefix()
        while True:
            infix = self.infix_here()
            if infix is None or infix[0] < level:
                break
            left = self.infix(left, *infix)
        if level <= CONDITIONAL:
            left = self.conditional(left)
        self.nesting -= 1
        return left

    def infix_here(self) -> tuple[int, str] | None:
        token = self.token
        if token.kind not in ("operator", "name"):
            return None
        if token.value == "not" and self.peek().value != "in":
            return None
        return _INFIX.get(token.value)

    def infix(self, left: Node, level: int, operator: str) -> Node:
        token = self.token
        if level == COMPARE:
            return self.comparison(left)
        self.advance()
        if level in (OR, AND):
            operands = [left, self.expression(level + 1)]
            while (more := self.infix_here()) is not None and more[0] == level:
                self.advance()
                operands.append(self.expression(level + 1))
            return Logic(operator, tuple(operands), position=token.position)
        right = self.expression(UNARY if level == POWER else level + 1)
        return Binary(operator, left, right, position=token.position)

    def comparison(self, first: Node) -> Node:
        """`a < b <= c` compares neighbours, as in Python."""
        position, rest = self.token.position, []
        while (infix := self.infix_here()) is not None and infix[0] == COMPARE:
            operator = infix[1]
            word = self.advance().value
            if operator == "not in":
                self.advance()
            elif word == "is" and self.accept("not"):
                operator = "!="
            rest.append((operator, self.expression(SUM)))
        return Compare(first, tuple(rest), position=position)

    def conditional(self, left: Node) -> Node:
        """`a if c else b` and `c ? a : b`."""
        position = self.token.position
        if self.accept("?"):
            then = self.expression()
            self.expect(":")
            return Conditional(left, then, self.expression(), position=position)
        if self.at("if") and self.allows_if():
            self.advance()
            condition = self.expression(OR)
            self.expect("else")
            return Conditional(condition, left, self.expression(), position=position)
        return left

    def allows_if(self) -> bool:
        return True

    def prefix(self) -> Node:
        token = self.token
        if self.accept("not"):
            return Unary("not", self.expression(NOT), position=token.position)
        if self.accept("!"):
            return Unary("not", self.expression(UNARY), position=token.position)
        if self.at("-", "+"):
            self.advance()
            return Unary(token.value, self.expression(UNARY), position=token.position)
        if self.at("empty") and self.starts_operand(self.peek()):
            self.advance()
            return Unary("empty", self.expression(UNARY), position=token.position)
        return self.postfix(self.primary())

    def starts_operand(self, token: Token) -> bool:
        """Whether `empty` before this token is the operator and not a variable of that name."""
        if token.kind in ("number", "string"):
            return True
        return token.value == "(" or (token.kind == "name" and token.value not in _INFIX and token.value not in ("if", "else", "for"))

    def primary(self) -> Node:
        token = self.token
        if token.kind == "number":
            self.advance()
            return Literal(number(token), position=token.position)
        if token.kind == "string":
            self.advance()
            return Literal(token.value, position=token.position)
        if token.kind == "name":
            return self.word()
        if self.accept("("):
            return self.parenthesised(token.position)
        if self.accept("["):
            return self.list_literal(token.position)
        if self.accept("{"):
            return self.dict_literal(token.position)
        raise self.unexpected("expected a value")

    def inner(self, text: str, offset: int) -> Node:
        """An expression inside a text that stands at an offset."""
        parser = type(self)([token._replace(position=token.position + offset) for token in tokenize(text)[0]])
        parser.nesting = self.nesting
        return parser.whole()

    def parenthesised(self, position: int) -> Node:
        """`(a)` is a, `(a, b)` a list."""
        node = self.expression()
        if not self.at(","):
            self.expect(")")
            return node
        items = [node]
        while self.accept(",") and not self.at(")"):
            items.append(self.expression())
        self.expect(")")
        return ListOf(tuple(items), position=position)

    def word(self) -> Node:
        token = self.token
        if token.value in CONSTANTS:
            self.advance()
            return Literal(CONSTANTS[token.value], position=token.position)
        if token.value == "lambda":
            return self.function_literal()
        name = self.identifier()
        if name in methods.PREFIXES and self.at(":") and self.token.position == token.position + len(name):
            return self.variable_function(token.position)
        if self.token.kind == "string" and self.token.position == token.position + len(name):
            if name not in ("f", "F"):
                raise Fault(f"text with a prefix ({name}) is not part of the language", token.position)
            return interpolated(self.advance(), self.inner)
        if self.accept("("):
            return self.call(name, [], token.position)
        return Name(name, position=token.position)

    def variable_function(self, position: int) -> Node:
        """Flowable's `variables:get(x)`."""
        self.advance()
        name = self.identifier()
        self.expect("(")
        return methods.of_variable(name, self.argument_list()[0], position)

    def function_literal(self) -> Node:
        """`lambda a, b: a + b`."""
        position = self.advance().position
        names: list[str] = []
        while not self.at(":"):
            names.append(self.identifier())
            if not self.accept(","):
                break
        self.expect(":")
        return Lambda(tuple(names), self.expression(), position=position)

    def postfix(self, node: Node) -> Node:
        while True:
            token = self.token
            if self.accept("."):
                key = self.key_after_dot()
                if self.accept("("):
                    node = self.method(node, key)
                else:
                    node = self.attribute(node, key)
            elif self.at("[") and self.allows_bracket():
                self.advance()
                node = self.subscript(node, token.position)
            elif self.accept("("):
                node = Invoke(node, tuple(self.argument_list()[0]), position=token.position)
            else:
                return node

    def attribute(self, base: Node, key: Token) -> Node:
        part = methods.execution_part(key.value, key.position) if isinstance(base, Name) and base.name == "execution" else None
        return part or Attribute(base, key.value, position=key.position)

    def key_after_dot(self) -> Token:
        if self.token.kind != "name":
            raise self.unexpected("expected a key after '.'")
        return self.advance()

    def allows_bracket(self) -> bool:
        return True

    def subscript(self, base: Node, position: int) -> Node:
        bounds: list[Node | None] = [None]
        while not self.at("]"):
            if self.accept(":"):
                bounds.append(None)
            elif bounds[-1] is None:
                bounds[-1] = self.expression()
            else:
                break
        self.expect("]")
        if len(bounds) == 1:
            if bounds[0] is None:
                raise Fault("an index is missing", position)
            return Index(base, bounds[0], position=position)
        if len(bounds) > 3:
            raise Fault("a slice has at most three parts", position)
        start, stop, step = (*bounds, None)[:3]
        return Slice(base, start, stop, step, position=position)

    # calls
    def method(self, receiver: Node, key: Token) -> Node:
        """`x.size()` of JUEL and `x.lower()` of Python, where one of our functions does the same."""
        arguments, named = self.argument_list()
        return methods.translated(receiver, key.value, arguments, named, key.position)

    def call(self, name: str, arguments: list[Node], position: int) -> Node:
        """A function whose parenthesis is open."""
        more, named = self.argument_list()
        arguments = [*arguments, *more]
        return special_form(name, arguments, position) or Call(name, tuple(arguments), tuple(named), position=position)

    def argument_list(self) -> tuple[list[Node], list[tuple[str, Node]]]:
        """Arguments and named arguments, up to the closing parenthesis."""
        arguments: list[Node] = []
        named: list[tuple[str, Node]] = []
        while not self.at(")"):
            key = self.argument_name()
            if key is not None:
                named.append((key, self.expression()))
            else:
                start = self.token.position
                argument = self.expression()
                if self.at("for"):
                    argument = Comprehension(argument, self.clauses(), position=start)
                arguments.append(argument)
            if not self.accept(","):
                break
        self.expect(")")
        return arguments, named

    def argument_name(self) -> str | None:
        """The name before an argument, `reverse=`, taken in."""
        if self.token.kind != "name" or self.peek().value != "=" or self.peek().kind != "operator":
            return None
        name = self.identifier()
        self.advance()
        return name

    # collections
    def list_literal(self, position: int) -> Node:
        items: list[Node] = []
        while not self.at("]"):
            items.append(self.expression())
            if len(items) == 1 and self.at("for"):
                clauses = self.clauses()
                self.expect("]")
                return Comprehension(items[0], clauses, position=position)
            if not self.accept(","):
                break
        self.expect("]")
        return ListOf(tuple(items), position=position)

    def dict_literal(self, position: int) -> Node:
        items: list[tuple[Node, Node]] = []
        while not self.at("}"):
            key = self.dict_key()
            self.expect(":")
            items.append((key, self.expression()))
            if len(items) == 1 and self.at("for"):
                clauses = self.clauses()
                self.expect("}")
                return Comprehension(items[0][1], clauses, key, position=position)
            if not self.accept(","):
                break
        self.expect("}")
        return DictOf(tuple(items), position=position)

    def dict_key(self) -> Node:
        return self.expression()

    def clauses(self) -> tuple[Clause, ...]:
        """`for x in xs if c for y in ys …`."""
        found: list[Clause] = []
        while self.accept("for"):
            names = [self.identifier()]
            while self.accept(","):
                names.append(self.identifier())
            self.expect("in")
            source = self.expression(OR)
            conditions = []
            while self.accept("if"):
                conditions.append(self.expression(OR))
            found.append(Clause(tuple(names), source, tuple(conditions)))
        return tuple(found)
