"""Literals and calls whose reading takes more than a line: numbers, f-texts, and functions that look at a name before its value."""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.language.limits import Fault
from engine.language.syntax import Call, Default, ListOf, Literal, Node, Unary
from engine.language.tokens import Token

_FORMAT = re.compile(r"[<>^=]?[+ ]?0?\d{0,3},?(?:\.\d{1,2})?[dfgns%]?")
_PIECES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")


def number(token: Token) -> int | float:
    """A number literal's value."""
    if token.value.isdigit():
        return int(token.value)
    value = float(token.value)
    if value in (float("inf"), float("-inf")):
        raise Fault("number is too large", token.position)
    return value


def interpolated(token: Token, read: Callable[[str, int], Node]) -> Node:
    """Python's `f'{a}-{b}'`, with plain format specifications; `read` reads what stands between braces, at its offset."""
    parts: list[Node] = []
    for match in _PIECES.finditer(token.value):
        if match[1] is None:
            if match[0] in ("{", "}"):
                raise Fault(f"'{match[0]}' has no partner in the text", token.position)
            parts.append(Literal({"{{": "{", "}}": "}"}.get(match[0], match[0]), position=token.position))
            continue
        try:
            parts.append(_piece(match[1], token.position + 1 + match.start(1), read))
        except Fault as fault:
            raise Fault(f"{fault.message} (in {{{match[1][:40]}}})", token.position) from fault
    glue = Literal("", position=token.position)
    return Call("join", (ListOf(tuple(parts), position=token.position), glue), position=token.position)


def _piece(text: str, position: int, read: Callable[[str, int], Node]) -> Node:
    """`{value}` or `{value:.2f}`."""
    value, colon, how = text.rpartition(":")
    if colon and _FORMAT.fullmatch(how):
        return Call("format", (read(value, position), Literal(how, position=position)), position=position)
    return read(text, position)


def special_form(name: str, arguments: list[Node], position: int) -> Node | None:
    """`empty(x)`, `defined(x)` and `default(x, y)` do not evaluate a missing x."""
    if name in ("empty", "defined", "is_defined") and len(arguments) == 1:
        return Unary("empty" if name == "empty" else "defined", arguments[0], position=position)
    if name == "dateTime" and not arguments:
        return Call("now", (), position=position)  # Camunda 7's
    if name in ("default", "get_or_else") and len(arguments) == 2:
        return Default(arguments[0], arguments[1], position=position)
    return None
