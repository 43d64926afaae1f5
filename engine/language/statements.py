"""The statements of a script: assignments, expressions, methods that change what they are called on, `if` and `for` as in Python."""

from __future__ import annotations

from collections.abc import Iterator

from engine.language.limits import MAX_NESTING, Fault
from engine.language.names import base
from engine.language.parser import Parser
from engine.language.syntax import (
    Assignment,
    Call,
    Change,
    Deletion,
    For,
    If,
    Leave,
    Name,
    Node,
    Nothing,
    Unpacking,
)
from engine.language.tokens import Token

ASSIGNING = ("=", "+=", "-=", "*=", "/=", "//=", "%=", "**=")
NOT_OURS = frozenset({"while", "def", "class", "import", "from", "try", "with", "return", "raise", "global", "assert", "yield", "async"})
TAB = 8  # columns


class Statements:
    """Reads the statements of a text; `if` and `for` have theirs indented below them, or behind the colon."""

    def __init__(self, parser: Parser, text: str) -> None:
        self.parser, self.text = parser, text
        self.depth = 0  # of blocks
        self.loops = 0

    def all(self) -> list[Node]:
        """All statements to the end. Raises Fault."""
        found: list[Node] = []
        while self._at_statement():
            found.append(self._statement())
        return found

    def _at_statement(self) -> bool:
        while self.parser.token.kind == "newline" or self.parser.at(";"):
            self.parser.advance()
        return self.parser.token.kind != "end"

    def _statement(self) -> Node:
        parser, start = self.parser, self.parser.token
        following = parser.peek()
        if start.kind == "name" and start.value in ("if", "for"):
            indent = self._indent(start)
            if indent is None:
                raise Fault(f"'{start.value}' must begin a line of its own", start.position)
            return self._if(indent) if start.value == "if" else self._for(indent)
        if (
            start.kind == "name"
            and start.value in NOT_OURS
            and (following.kind in ("name", "string", "number", "newline", "end") or following.value in (":", "("))
        ):
            raise Fault(f"'{start.value}' is not part of the language of scripts", start.position)
        node = self._simple()
        if parser.token.kind not in ("newline", "end") and not parser.at(";"):
            raise parser.unexpected("expected the end of the statement")
        return node

    # ---- blocks

    def _if(self, indent: int) -> Node:
        parser, start = self.parser, self.parser.advance()
        branches = [(parser.expression(), self._block(indent))]
        while self._goes_on("elif", indent):
            branches.append((parser.expression(), self._block(indent)))
        otherwise = self._block(indent) if self._goes_on("else", indent) else ()
        return If(tuple(branches), otherwise, position=start.position)

    def _goes_on(self, word: str, indent: int) -> bool:
        """Whether the next line goes on with an `if`."""
        parser, before = self.parser, self.parser.index
        while parser.token.kind == "newline" or parser.at(";"):
            parser.advance()
        if parser.at(word) and self._indent(parser.token) == indent:
            parser.advance()
            return True
        parser.index = before
        return False

    def _for(self, indent: int) -> Node:
        parser, start = self.parser, self.parser.advance()
        bracket = parser.accept("(")
        names = [parser.identifier()]
        while parser.accept(",") and not parser.at(")", "in"):
            names.append(parser.identifier())
        if bracket is not None:
            parser.expect(")")
        parser.expect("in")
        source = parser.expression()
        self.loops += 1
        body = self._block(indent)
        self.loops -= 1
        changes = len(names) == 1 and any(name == names[0] for name in _changed_inside(body))
        return For(tuple(names), source, body, changes, position=start.position)

    def _block(self, outer: int) -> tuple[Node, ...]:
        """The statements behind a colon: on the same line, or on the lines below that are indented further than `outer`."""
        parser = self.parser
        parser.expect(":")
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise Fault("is nested too deeply", parser.token.position)
        found = self._lines(outer) if parser.token.kind == "newline" else self._same_line()
        self.depth -= 1
        return tuple(found)

    def _same_line(self) -> list[Node]:
        found = [self._statement()]
        while self.parser.accept(";") and self.parser.token.kind not in ("newline", "end"):
            found.append(self._statement())
        return found

    def _lines(self, outer: int) -> list[Node]:
        found: list[Node] = []
        inner: int | None = None
        before = self.parser.index
        while self._at_statement():
            token = self.parser.token
            indent = self._indent(token)
            if indent is not None:
                if indent <= outer:
                    break
                inner = indent if inner is None else inner
                if indent != inner:
                    raise Fault("this line is not indented as those around it", token.position)
            found.append(self._statement())
            before = self.parser.index
        if not found:
            raise Fault("what is to be done must be indented below", self.parser.token.position)
        self.parser.index = before
        return found

    def _indent(self, token: Token) -> int | None:
        """The column a line begins at; None where the token does not begin one."""
        start = self.text.rfind("\n", 0, token.position) + 1
        before = self.text[start : token.position]
        return None if before.strip() else len(before.expandtabs(TAB))

    # ---- one line

    def _simple(self) -> Node:
        parser, start = self.parser, self.parser.token
        if parser.at("pass"):
            parser.advance()
            return Nothing(position=start.position)
        if parser.at("break", "continue") and (parser.peek().kind in ("newline", "end") or parser.peek().value == ";"):
            if not self.loops:
                raise Fault(f"'{start.value}' stands in no loop", start.position)
            return Leave(parser.advance().value == "continue", position=start.position)
        if parser.at("del") and parser.peek().kind == "name":
            parser.advance()
            return Deletion(_checked(parser.expression(), start), position=start.position)
        node = parser.expression()
        if parser.at(","):
            return _unpacking(parser, node)
        operator = parser.accept(*ASSIGNING)
        if operator is None and not isinstance(node, Change):
            return node
        if operator is None and isinstance(node, Change):
            return Assignment(_checked(node.target, start), None, node.call, position=start.position)
        assert operator is not None
        return Assignment(_checked(node, start), operator.value[:-1] or None, parser.expression(), position=start.position)


def _checked(target: Node, start: Token) -> Node:
    if not isinstance(base(target), Name):
        raise Fault("only a name, a.b or a[i] can be assigned to", start.position)
    return target


def _changed_inside(body: tuple[Node, ...]) -> Iterator[str]:
    """The names whose values are changed inside, by the statements of a loop and of the loops through them."""
    for statement in body:
        if isinstance(statement, If):
            for _condition, block in statement.branches:
                yield from _changed_inside(block)
            yield from _changed_inside(statement.otherwise)
        elif isinstance(statement, For):
            source = base(statement.source)
            if statement.changes and isinstance(source, Name):
                yield source.name
            yield from _changed_inside(statement.body)
        elif isinstance(statement, Assignment | Deletion):
            target = base(statement.target)
            in_place = isinstance(statement, Assignment) and statement.operator is None and _is_call_on(statement)
            if isinstance(target, Name) and (target is not statement.target or in_place):
                yield target.name


def _is_call_on(statement: Assignment) -> bool:
    """Whether an assignment is a method that changes what it is called on, `xs.append(1)`."""
    call = statement.value
    return isinstance(call, Call) and bool(call.arguments) and call.arguments[0] is statement.target


def _unpacking(parser: Parser, first: Node) -> Node:
    """`a, b = …`, from the comma on."""
    targets = _listed(parser, first)
    if not all(isinstance(target, Name) for target in targets):
        raise Fault("only names can be assigned to together", first.position)
    parser.expect("=")
    values = _listed(parser, parser.expression())
    if len(values) not in (1, len(targets)):
        raise Fault(f"{len(targets)} names are assigned {len(values)} values", first.position)
    return Unpacking(tuple(target for target in targets if isinstance(target, Name)), tuple(values), position=first.position)


def _listed(parser: Parser, first: Node) -> list[Node]:
    found = [first]
    while parser.accept(","):
        found.append(parser.expression())
    return found
