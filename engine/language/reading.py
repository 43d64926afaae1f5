"""Text to trees, cached: which surface form a text is in, expressions, templates, scripts and decision cells."""

from __future__ import annotations

from functools import lru_cache

from engine.language.feel import FeelParser
from engine.language.limits import MAX_HEIGHT, MAX_TEXT, Fault
from engine.language.names import changes, height
from engine.language.parser import Parser
from engine.language.statements import Statements
from engine.language.syntax import Dialect, Expression, Node, Script, Template, Tests
from engine.language.tokens import tokenize

_MARKS = ("${", "#{")


@lru_cache(maxsize=4096)
def read_expression(text: str) -> Expression | Template:
    """An expression: `${…}`, `= …` or plain. `${a}-${b}` is a template. Raises Fault."""
    _check_length(text)
    start = len(text) - len(text.lstrip())
    if is_feel(text):
        return _feel(text, start + 1)
    if text.startswith(_MARKS, start):
        template = _parts(text, start)
        found = [part for part in template if isinstance(part, Expression) or part.strip()]
        if len(found) == 1 and isinstance(found[0], Expression):
            return found[0]
        return Template(text, tuple(template))
    tokens, _ = tokenize(text, start)
    return Expression(text, Dialect.PLAIN, _checked(Parser(tokens).whole()))


@lru_cache(maxsize=4096)
def read_feel(text: str, spaced: frozenset[str] = frozenset()) -> Expression:
    """A FEEL expression without a leading `=`, as in a decision. Raises Fault."""
    _check_length(text)
    return _feel(text, 0, spaced)


@lru_cache(maxsize=16384)
def read_tests(text: str, spaced: frozenset[str] = frozenset()) -> Tests:
    """A cell of a decision table. Raises Fault."""
    _check_length(text)
    tokens, _ = tokenize(text, feel=True)
    tests = FeelParser(tokens, spaced).unary_tests()
    _checked(tests)
    return tests


@lru_cache(maxsize=4096)
def read_template(text: str) -> Template | Expression:
    """Text with `${…}` in it; one whole expression where it is nothing else. Raises Fault."""
    _check_length(text)
    if is_feel(text):
        return read_expression(text)
    parts = _parts(text, 0)
    if text.strip().startswith(_MARKS):
        found = [part for part in parts if isinstance(part, Expression) or part.strip()]
        if len(found) == 1 and isinstance(found[0], Expression):
            return found[0]
    return Template(text, tuple(parts))


@lru_cache(maxsize=1024)
def read_script(text: str) -> Script:
    """Statements. Raises Fault."""
    _check_length(text)
    tokens, _ = tokenize(text, script=True)
    found = Statements(Parser(tokens), text).all()
    for statement in found:
        _checked(statement)
    return Script(text, tuple(found))


def is_feel(text: str) -> bool:
    """Whether a text has FEEL's leading `=` (`==` is none)."""
    stripped = text.lstrip()
    return stripped.startswith("=") and not stripped.startswith("==")


def is_whole(text: str) -> bool:
    """Whether a script is one expression with its marks, `= a + b` or `${a + b}`, as Camunda writes those that give a result."""
    stripped = text.strip()
    return is_feel(stripped) or (stripped[:2] in _MARKS and stripped.endswith("}"))


def _feel(text: str, start: int, spaced: frozenset[str] = frozenset()) -> Expression:
    tokens, _ = tokenize(text, start, feel=True)
    return Expression(text, Dialect.FEEL, _checked(FeelParser(tokens, spaced).whole()))


def _parts(text: str, start: int) -> list[str | Expression]:
    parts: list[str | Expression] = []
    plain: list[str] = []
    position = start
    while position < len(text):
        following = min((found for mark in _MARKS if (found := text.find(mark, position)) >= 0), default=-1)
        if following < 0:
            plain.append(text[position:])
            break
        if following > position and text[following - 1] == "\\":  # \${ is a text
            plain.append(text[position : following - 1] + text[following : following + 2])
            position = following + 2
            continue
        plain.append(text[position:following])
        if joined := "".join(plain):
            parts.append(joined)
        plain = []
        tokens, position = tokenize(text, following + 2, embedded=True)
        parts.append(Expression(text, Dialect.JUEL, _checked(Parser(tokens).whole())))
    if joined := "".join(plain):
        parts.append(joined)
    return parts


def _check_length(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise Fault(f"is longer than {MAX_TEXT} characters", 0)


def _checked(node: Node) -> Node:
    if height(node) > MAX_HEIGHT:
        raise Fault("is nested too deeply", node.position)
    for change in changes(node):
        raise Fault("changes a value in place: write it as a statement of its own", change.position)
    return node
