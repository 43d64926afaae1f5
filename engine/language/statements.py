"""The statements of a script: assignments, expressions, and methods that change what they are called on."""

from __future__ import annotations

from engine.language.limits import Fault
from engine.language.parser import Parser
from engine.language.syntax import Assignment, Attribute, Change, Index, Name, Node, Nothing, Unpacking


def statements(parser: Parser) -> list[Node]:
    """Assignments and expressions separated by line ends or semicolons."""
    found: list[Node] = []
    while True:
        while parser.token.kind == "newline" or parser.at(";"):
            parser.advance()
        if parser.token.kind == "end":
            return found
        found.append(_statement(parser))
        if parser.token.kind not in ("newline", "end") and not parser.at(";"):
            raise parser.unexpected("expected the end of the statement")


def _statement(parser: Parser) -> Node:
    start = parser.token
    if parser.at("pass"):
        parser.advance()
        return Nothing(position=start.position)
    node = parser.expression()
    if parser.at(","):
        return _unpacking(parser, node)
    operator = parser.accept("=", "+=", "-=", "*=", "/=")
    if operator is None and not isinstance(node, Change):
        return node
    target = node.target if isinstance(node, Change) and operator is None else node
    while isinstance(target, Attribute | Index):
        target = target.base
    if not isinstance(target, Name):
        raise Fault("only a name, a.b or a[i] can be assigned to", start.position)
    if operator is None and isinstance(node, Change):
        return Assignment(node.target, None, node.call, position=start.position)
    assert operator is not None
    return Assignment(node, operator.value[:-1] or None, parser.expression(), position=start.position)


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
